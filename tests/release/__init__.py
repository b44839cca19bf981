"""Releases, and real Anki's judgement of them."""
