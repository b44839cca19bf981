"""Tests of `deckpress.preview`."""
