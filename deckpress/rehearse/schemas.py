"""What makes a note type another one to Anki, so that it sets the notes of a deck aside.

Source: `equal_schema` in `rslib/src/import_export/package/apkg/import/notes.rs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deckpress.errors import quote
from deckpress.package.packed import PackedNoteType

_Part = tuple[str, int | None]
"""The name of a field or a template, and its id if it carries one."""


def schema_changes(old: PackedNoteType, new: PackedNoteType) -> tuple[str, ...]:
    """Return what Anki takes for a change of schema, none if it takes the types for the same."""
    templates = [[(each.name, each.id) for each in one.templates] for one in (old, new)]
    return (*_changes("field", old.fields, new.fields), *_changes("card", *templates))


def _changes(part: str, old: Sequence[_Part], new: Sequence[_Part]) -> Iterator[str]:
    before, after = ([name for name, _ in parts] for parts in (old, new))
    if len(old) == len(new):
        differing = [pair for pair in zip(old, new, strict=True) if not _match(*pair)]
        if differing and before != after and sorted(before) == sorted(after):
            yield f"{part}s are in another order"
            return
        for (was, _), (now, _) in differing:
            its_id = f"{part} {quote(now)} has another id"
            yield its_id if was == now else f"{part} {quote(was)} is now {quote(now)}"
        return
    yield from (f"{part} {quote(name)} is new" for name in after if name not in before)
    yield from (f"{part} {quote(name)} is gone" for name in before if name not in after)


def _match(old: _Part, new: _Part) -> bool:
    """Say whether Anki takes two parts for the same: by id if both have one, else by name."""
    has_ids = old[1] is not None and new[1] is not None
    return old[1] == new[1] if has_ids else old[0] == new[0]
