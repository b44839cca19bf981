"""What differs in a note since the last release, word by word, as `diff` says it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from deckpress.anki import Package, PackageNote
from deckpress.diff import FieldChange, NoteChange
from deckpress.diff.note_changes import PackageView, compare_notes, open_view
from deckpress.diff.word_changes import Op, word_diff
from deckpress.preview import CardView

_TAGS = {Op.SAME: "same", Op.GONE: "del", Op.ADDED: "ins"}
_NOTHING = Package((), 0)


class _Release(NamedTuple):
    """A release, as notes are compared with it."""

    view: PackageView
    by_guid: Mapping[str, PackageNote]


class Differences:
    """Compares notes with those of a release, which is read when the first is asked for."""

    def __init__(self, read_release: Callable[[], Package | None]) -> None:
        """Begin with what returns the package of the last release; None if there is none."""
        self._read_release, self._lock = read_release, threading.Lock()
        self._release_of = lru_cache(maxsize=1)(self._read)

    def _read(self, version: str) -> _Release:
        view = open_view(self._read_release() or _NOTHING)
        return _Release(view, {note.guid: note for note in view.package.notes})

    def of_card(self, card: CardView, version: str) -> list[dict[str, Any]] | None:
        """Return the fields of a card's note that differ since a version, as JSON can hold them.

        Each has its name, and its words as pairs of `same`, `del` or `ins` and a text. None for
        a note that the release has not, or has as it is.
        """
        if card.change != "changed":
            return None
        with self._lock:  # several pages may ask, and a release is read once
            release = self._release_of(version)
        old = release.by_guid.get(card.note.guid)
        if old is None:
            return None
        after = open_view(Package((card.note,), 0))
        change = compare_notes(old, card.note, release.view, after)
        return [*map(_field_row, _fields(change)), *_gap_rows(change)] or None


def _fields(change: NoteChange) -> Iterator[FieldChange]:
    yield from filter(None, (change.question, change.answer, *change.fields))


def _gap_rows(change: NoteChange) -> Iterator[dict[str, Any]]:
    """Yield what differs in the gaps of a picture, by their names."""
    for cloze in change.clozes:
        if cloze.is_gap:
            texts = (("del", cloze.old), ("ins", cloze.new))
            parts = [[tag, text] for tag, text in texts if text]
            yield {"field": f"Gap {cloze.number}", "parts": parts}
    if change.gaps_moved:
        yield {"field": "Gap moved", "parts": [["same", ", ".join(change.gaps_moved)]]}


def _field_row(field: FieldChange) -> dict[str, Any]:
    pieces = word_diff(field.old, field.new)
    return {"field": field.name, "parts": [[_TAGS[piece.how], piece.text] for piece in pieces]}
