"""When Anki takes a note type for another one, so that it sets the notes of a deck aside.

Source: `equal_schema` in `rslib/src/import_export/package/apkg/import/notes.rs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deckpress.anki import NoteType
from deckpress.errors import quote

Part = tuple[str, int | None]
"""The name of a field or a template, and its id if it carries one."""


def equal_schema(old: NoteType, new: NoteType) -> bool:
    """Return whether Anki takes two note types of one id for the same."""
    return all(map(equal_parts, _parts(old), _parts(new)))


def equal_parts(old: Sequence[Part], new: Sequence[Part]) -> bool:
    """Return whether Anki takes the fields, or the templates, of two note types for the same."""
    return len(old) == len(new) and all(map(_match, old, new))


def schema_changes(old: NoteType, new: NoteType) -> tuple[str, ...]:
    """Return what Anki takes for a change of schema, none if it takes the types for the same."""
    parts = zip(("field", "card"), _parts(old), _parts(new), strict=True)
    return tuple(change for each in parts for change in _changes(*each))


def _parts(note_type: NoteType) -> tuple[Sequence[Part], Sequence[Part]]:
    templates = [(template.name, template.id) for template in note_type.templates]
    return note_type.fields, templates


def _match(old: Part, new: Part) -> bool:
    """Return whether Anki takes two parts for the same: by id if both have one, else by name."""
    has_ids = old[1] is not None and new[1] is not None
    return old[1] == new[1] if has_ids else old[0] == new[0]


def _changes(part: str, old: Sequence[Part], new: Sequence[Part]) -> Iterator[str]:
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
