"""Packages and what Anki does with them."""
