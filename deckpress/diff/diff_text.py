"""A diff for the terminal, `[-gone-]` and `{+added+}`, and as JSON for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from deckpress.anki import NoteType
from deckpress.diagnostics import escape_controls
from deckpress.diff import Diff, FieldChange, MediaChange, NoteChange, NoteTypeChange, ReadNote
from deckpress.diff.sections import Detail, Item, Section, sections, summarise
from deckpress.diff.word_changes import Op, Piece, Pieces, Words, shorten_run, word_diff

_AROUND = 12
"""Words shown beside a change."""
_LINES_AROUND = 1
_LONGEST = 240
"""Words shown of a piece; the rest is counted."""
_MARKS = {Op.SAME: ("", ""), Op.GONE: ("[-", "-]"), Op.ADDED: ("{+", "+}")}
_COLOURS = {Op.GONE: "\x1b[31m", Op.ADDED: "\x1b[32m"}
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
FORM = 1
"""Rises when a key changes its meaning or goes; new keys may come without."""
_Record = dict[str, Any]


def as_text(diff: Diff, *, colour: bool = False) -> str:
    """Return a diff as text, the summary first."""
    parts = sections(diff)
    blocks = [_bold(summarise(parts, diff.unchanged), colour)]
    blocks += ["\n".join(_section(section, colour)) for section in parts]
    return "\n\n".join(blocks) + "\n"


def _section(section: Section, colour: bool) -> Iterator[str]:
    yield _bold(f"{section.title} ({section.size})", colour)
    if section.meaning:
        yield section.meaning
    for item in section.items:
        yield f"  {_pieces(item.title, colour)}"
        if not section.is_listing:
            yield from _details(item, colour)
    if section.search:
        yield "They are found in Anki's browser by"
        yield from (f"  {escape_controls(line)}" for line in section.search.splitlines())


def _details(item: Item, colour: bool) -> Iterator[str]:
    for detail in item.details:
        yield from (f"      {line}" for line in _detail(detail, colour))


def _detail(detail: Detail, colour: bool) -> Iterator[str]:
    label = escape_controls(detail.label)
    if not detail.by_line:
        text = _pieces(shorten_run(detail.pieces, _AROUND), colour)
        yield ": ".join(part for part in (label, text) if part)
        return
    yield f"{label}:"
    for piece in shorten_run(detail.pieces, _LINES_AROUND):
        yield from _marked_lines(piece, colour)


def _marked_lines(piece: Piece, colour: bool) -> Iterator[str]:
    """Yield lines with the signs that patches have."""
    sign = {Op.SAME: " ", Op.GONE: "-", Op.ADDED: "+"}[piece.how]
    for line in _shortened(piece.words):
        yield _coloured(f"{sign} {escape_controls(line.rstrip())}", piece.how, colour)


def _pieces(pieces: Pieces, colour: bool) -> str:
    return "".join(_piece(piece, colour) for piece in pieces)


def _piece(piece: Piece, colour: bool) -> str:
    before, after = _MARKS[piece.how]
    text = "".join(_shortened(piece.words)).replace("\n", " ⏎ ")
    return _coloured(f"{before}{escape_controls(text)}{after}", piece.how, colour)


def _shortened(words: Words) -> Words:
    return words if len(words) <= _LONGEST else (*words[: _LONGEST - 1], "…")


def _coloured(text: str, how: Op, colour: bool) -> str:
    return f"{_COLOURS[how]}{text}{_PLAIN}" if colour and how in _COLOURS else text


def _bold(text: str, colour: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if colour else text


def as_json(diff: Diff) -> str:
    """Return a diff as an object of JSON."""
    record = {
        "form": FORM,
        "unchanged": diff.unchanged,
        "added": [_note(note) for note in diff.added],
        "changed": [_change(change) for change in diff.changed],
        "retired": [_note(note) for note in diff.retired],
        "remade": [{"old": _note(pair.old), "new": _note(pair.new)} for pair in diff.recreated],
        "note_types": {
            "added": _names(diff.note_types_added),
            "retired": _names(diff.note_types_gone),
            "changed": [_note_type(note_type) for note_type in diff.note_types],
        },
        "descriptions": [
            {"deck": description.deck, "old": description.old, "new": description.new}
            for description in diff.descriptions
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _note(note: ReadNote) -> _Record:
    return {
        **_known(note),
        "answer": "".join(note.answer),
        "deck": note.packed.deck,
        "tags": list(note.packed.tags),
        "note_type": note.packed.note_type.name,
    }


def _known(note: ReadNote) -> _Record:
    return {"guid": note.packed.guid, "id": note.id or None, "question": "".join(note.question)}


def _change(change: NoteChange) -> _Record:
    record: _Record = {
        **_known(change.new),
        "reworded": _field(change.question),
        "answer": _field(change.answer),
        "fields": {field.name: _field(field) for field in change.fields},
        "clozes": {cloze.number: {"old": cloze.old, "new": cloze.new} for cloze in change.clozes},
        "gaps_moved": list(change.gaps_moved),
        "hides_all": change.hides_all,
        "tags": {"added": list(change.tags_added), "gone": list(change.tags_gone)},
        "media": [_media(media) for media in change.media],
        "deck": _pair(change.deck),
        "note_type": _pair(change.note_type),
        "cards": {"added": _numbers(change.cards_added), "gone": _numbers(change.cards_gone)},
    }
    return record


def _field(field: FieldChange | None) -> _Record | None:
    if field is None:
        return None
    old, new = "".join(field.old), "".join(field.new)
    words = _json_pieces(field.old, field.new)
    return {"old": old, "new": new, "formatting_only": field.is_formatting, "words": words}


def _json_pieces(old: Words, new: Words) -> list[list[str]]:
    """Return pairs of `same`, `gone` or `added`, and a text."""
    return [[piece.how.value, piece.text] for piece in word_diff(old, new)]


def _media(change: MediaChange) -> _Record:
    names = {"old": change.old, "new": change.new}
    return {**names, "renamed_only": change.is_renamed, "missing": change.is_missing}


def _pair(names: tuple[str, str] | None) -> _Record | None:
    return {"old": names[0], "new": names[1]} if names else None


def _numbers(cards: Iterable[int]) -> list[int]:
    """Return the numbers of cards as Anki's browser shows them, from 1."""
    return [number + 1 for number in cards]


def _names(note_types: Iterable[NoteType]) -> list[str]:
    return [note_type.name for note_type in note_types]


def _note_type(change: NoteTypeChange) -> _Record:
    return {
        "name": change.new.name,
        "schema_changed": change.is_schema_changed,
        "parts": {part.name: {"old": part.old, "new": part.new} for part in change.parts},
    }
