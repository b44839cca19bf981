"""Digests: short texts that stand for long ones, and change whenever these do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping


def digest(*texts: str) -> str:
    """Return a short digest of texts, in order."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:16]


def digest_note(fields: Iterable[str], tags: Iterable[str]) -> str:
    """Return a digest of what Anki stores of a note: the texts of its fields, and its tags.

    The fields' names are no part of it, so that a field can be renamed without a change of notes;
    nor is the case of tags, which Anki does not tell.
    """
    return digest(*fields, "\x1e", *sorted(tag.casefold() for tag in tags))


def digest_note_in_form_1(fields: Mapping[str, str], tags: Iterable[str]) -> str:
    """Return the digest that the lock's first form had of a note: with the fields' names in it."""
    return digest(*(f"{name}\x1e{text}" for name, text in fields.items()), *tags)


def short_digest(*texts: str) -> str:
    """Return the ID of a note that has no id of its author's."""
    return digest(*texts)[:8]
