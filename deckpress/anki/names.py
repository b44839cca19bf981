"""What Anki takes as the name of a deck or of a tag."""

from __future__ import annotations

import re

from deckpress.errors import quote

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BETWEEN_TAGS = re.compile(r"[\s,，、]+")
_MAX_PARTS = 11
"""Of a deck's name: Anki looks for so many parents of a new deck, and then refuses the package
(`first_existing_parent` in `rslib/src/decks/addupdate.rs`)."""
_RESERVED_TAGS = frozenset({"marked", "leech"})


def check_deck_name(name: str) -> str | None:
    """Return what is wrong with a deck's name (`rslib/src/decks/name.rs`), or None."""
    parts = name.split("::")
    if any(not part or part != part.strip() for part in parts):
        return f'deck name {quote(name)} has an empty part or a blank beside "::": write A::B'
    if (shown := _visible(name)) is not None:
        return f"deck name {quote(shown)} holds a character that nobody sees: write it anew"
    if len(parts) > _MAX_PARTS:
        return f"deck name {quote(name)} has {len(parts)} parts, and Anki takes 11: shorten it"
    if parts[0].casefold() == "default":
        return 'deck name "Default" belongs to Anki: choose another'
    return None


def split_tags(text: str) -> list[str]:
    """Return the tags of a text, which spaces and commas separate."""
    return [tag for tag in _BETWEEN_TAGS.split(text) if tag]


def is_like_a_backup(deck_id: str) -> bool:
    """Return whether Anki would take the deck's packages for backups, and restore them.

    Source: `ColpkgImporter.can_import` in `aqt/import_export/importing.py`.
    """
    return f"{deck_id}-".casefold().startswith("backup-")


def check_tag(tag: str) -> str | None:
    """Return what is wrong with a tag (`rslib/src/tags/mod.rs`), or None."""
    if re.search(r"\s", tag):
        return f"tag {quote(tag)} holds a blank: write {'-'.join(tag.split())[:60]}"
    if (shown := _visible(tag)) is not None:
        return f"tag {quote(shown)} holds a character that nobody sees: write it anew"
    if not all(tag.split("::")):
        return f"tag {quote(tag)} has an empty part: write a::b"
    if tag.casefold() in _RESERVED_TAGS:
        return f'tag "{tag}" is one that Anki itself sets: choose another'
    return None


def _visible(name: str) -> str | None:
    """Return a name without the control characters that Anki takes out; None if it has none."""
    return _CONTROL.sub("", name) if _CONTROL.search(name) else None
