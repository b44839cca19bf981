"""Markdown and its dialects, read."""
