"""Tags that stand beside notes: on lines of their own above them, and in the headings above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from deckpress.notes import Token, walk
from deckpress.parse.note_styles.model import Item


def with_tags(items: Sequence[Item], blocks: Iterable[Token]) -> list[Item]:
    """Return the notes of a file, each with the tags of its headings and of the lines above it.

    A line of tags speaks of all notes below it, up to another one with tags of the same root, as
    `#flashcards/rivers` has with `#flashcards/seas`.
    """
    inside = {id(block) for item in items for block in item.blocks}
    lines = [block for block in blocks if block.get("tags") and id(block) not in inside]
    tagged, open_tags, at = [], dict[str, list[str]](), 0
    for item in items:
        while at < len(lines) and lines[at]["line"] <= item.line:
            open_tags |= _by_root(lines[at]["tags"])
            at += 1
        above = [tag for tags in open_tags.values() for tag in tags]
        tags = (*above, *_tags_of_headings(item))
        tagged.append(replace(item, tags=tags) if tags else item)
    return tagged


def _tags_of_headings(item: Item) -> list[str]:
    tokens = (token for heading in item.context for token in walk(heading))
    return [tag for token in tokens for tag in token.get("tags", ())]


def _by_root(tags: Iterable[str]) -> dict[str, list[str]]:
    roots: dict[str, list[str]] = {}
    for tag in tags:
        roots.setdefault(tag.partition("::")[0].casefold(), []).append(tag)
    return roots
