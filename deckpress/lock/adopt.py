"""Another tool's package → which of its notes live on as notes of this deck."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from deckpress.anki import PackageNote
from deckpress.anki.field_text import FieldReader
from deckpress.anki.package_reader import read_package
from deckpress.diagnostics import (
    DeckError,
    Diagnostic,
    Diagnostics,
    Location,
    error,
    quote,
    warning,
)
from deckpress.lock import Lock, LockedNote, short_digest
from deckpress.lock.candidates import is_declared_new
from deckpress.lock.changes import Change
from deckpress.lock.field_roles import find_layouts
from deckpress.lock.match_steps import MatchedBy
from deckpress.lock.matching import Identity, identify
from deckpress.lock.rebuild import our_types
from deckpress.markdown import Token, rewrite
from deckpress.notes import Kind, Note, NoteText
from deckpress.project import Deck

_HOW = {
    MatchedBy.ID: "by id",
    MatchedBy.QUESTION: "by question",
    MatchedBy.ANSWER: "by answer",
    MatchedBy.LIKENESS: "by likeness",
}


_FAMILIES = ("", Kind.CLOZE, Kind.OCCLUSION)
"""Kinds of notes between which no cards are taken over: those without gaps are one."""

_WHAT = {"": "not a cloze note", Kind.CLOZE: "a cloze note", Kind.OCCLUSION: "a picture that asks"}


def _family(kind: str) -> str:
    return kind if kind in _FAMILIES else ""


@dataclass(frozen=True)
class Adoption:
    """Which notes of another tool's deck live on as notes of this one."""

    identities: tuple[Identity, ...]
    """Those of all notes, in order."""
    diagnostics: tuple[Diagnostic, ...]
    changes: tuple[Change, ...]
    """What was adopted and what was not."""


def adopt(
    path: Path, lock: Lock, notes: Sequence[NoteText], identities: Sequence[Identity], deck: Deck
) -> Adoption:
    """Give new notes the GUIDs that they have in another deck's package.

    They are found as in `identify`: by question, by answer, by likeness; cloze notes among cloze
    notes only. A note that its author gave an id may be an old one all the same, since no learner
    has the id yet; where it is not clear which, it is new. A note that the lock knows keeps its
    GUID, unless its author wrote the id that a note of the package is told with. Raises DeckError
    if the package cannot be read, or is this deck's own and the lock lost.
    """
    adopter = _Adopter(path, lock, notes, identities, deck)
    adopter.find()
    return Adoption(
        tuple(adopter.adopted.get(index, identity) for index, identity in enumerate(identities)),
        (*adopter.diagnostics, *adopter.report_other_kinds(), *adopter.report_lost_cards()),
        tuple(adopter.report_changes()),
    )


class _Adopter:
    """Finds the notes of a package among the notes of a deck."""

    def __init__(
        self,
        path: Path,
        lock: Lock,
        notes: Sequence[NoteText],
        identities: Sequence[Identity],
        deck: Deck,
    ) -> None:
        self._path, self._lock = path, lock
        self._notes, self._identities = notes, identities
        self._types = our_types(deck)
        self._packed = _read_by_guid(path)
        self._check_not_lost()
        self._entries, self._doubles = _set_doubles_aside(self._offer())
        self.adopted: dict[int, Identity] = {}
        """The identities of the notes that live on, by the notes' places."""
        self.diagnostics: Diagnostics = []

    def _check_not_lost(self) -> None:
        ours = {note_type.id for note_type in self._types.values()}
        if self._lock.is_new and any(note.note_type.id in ours for note in self._packed.values()):
            message = (
                f"is a package of this deck, whose lock is lost: say --rebuild-lock {self._path} "
                "instead of --adopt"
            )
            raise DeckError([error(Location(str(self._path)), message)])

    def _offer(self) -> Iterator[LockedNote]:
        """Yield an entry for each note of the package that this deck has not."""
        known = {entry.guid for entry in self._lock.notes} | {
            identity.guid for identity in self._identities
        }
        left = [note for guid, note in self._packed.items() if guid not in known]
        layouts = find_layouts(left, {note.question_text for note in self._notes})
        ids = itertools.chain.from_iterable(
            (entry.id, entry.author_id) for entry in self._lock.notes
        )
        taken = {note_id.casefold() for note_id in ids}
        for note in left:
            layout = layouts[note.note_type.id]
            digests = (
                short_digest(self._lock.deck, note.guid, str(index)) for index in itertools.count()
            )
            wanted = itertools.chain(layout.ids(note), digests)
            note_id = next(candidate for candidate in wanted if candidate.casefold() not in taken)
            taken.add(note_id.casefold())
            yield layout.entry(note, note_id)

    def find(self) -> None:
        """Find which notes live on, and what is in doubt about it."""
        notes = {index: note.as_markup or note for index, note in enumerate(self._notes)}
        for family in _FAMILIES:
            entries = [entry for entry in self._entries if _family(entry.kind) == family]
            named = {entry.id.casefold() for entry in entries}
            self._match(
                entries,
                {
                    index: note if (note.id or "").casefold() in named else note._replace(id=None)
                    for index, note in notes.items()
                    if _family(note.kind) == family and self._may_be_old(index, note, named)
                },
            )

    def _may_be_old(self, index: int, note: NoteText, named: Set[str]) -> bool:
        is_new = self._identities[index].entry is None
        is_named = (note.id or "").casefold() in named
        return is_named or (is_new and not is_declared_new(self._lock.deck, note))

    def _match(self, entries: Sequence[LockedNote], notes: Mapping[int, NoteText]) -> None:
        old = Lock(self._lock.deck, self._lock.created, notes=tuple(entries))
        doubts: Diagnostics = []
        identities = identify(old, list(notes.values()), doubts)
        for index, identity in zip(notes, identities, strict=True):
            if identity.entry:
                self.adopted[index] = self._live_on(index, identity.entry, identity.matched_by)
        with_other_id = {
            note.location for index, note in notes.items() if self._notes[index].id and not note.id
        }
        self.diagnostics += [doubt for doubt in doubts if doubt.location not in with_other_id]

    def _live_on(self, index: int, entry: LockedNote, matched_by: MatchedBy | None) -> Identity:
        """Return the identity of a note that lives on: only its GUID is the other deck's."""
        own = self._identities[index]
        if own.entry is None:
            return own._replace(guid=entry.guid, entry=entry, matched_by=matched_by)
        return Identity(entry.guid, entry.id, "", entry, matched_by, context=own.context)

    def report_other_kinds(self) -> Iterator[Diagnostic]:
        """Yield an error for each note that has the id of one whose cards do not fit it."""
        by_id = {entry.id.casefold(): entry for entry in self._entries}
        for note in self._notes:
            old = by_id.get((note.id or "").casefold())
            if old and _family(old.kind) != _family(note.kind):
                whose = f"{quote(old.question)} in {self._path}"
                message = (
                    f"this is {_WHAT[_family(note.kind)]}, and {whose} is "
                    f"{_WHAT[_family(old.kind)]}, so its cards do not fit: remove the id"
                )
                yield error(note.location, message)

    def report_lost_cards(self) -> Iterator[Diagnostic]:
        """Yield a warning for each note of which learners have more cards than its kind has."""
        for index, identity in self.adopted.items():
            note, packed = self._notes[index], self._packed[identity.guid]
            ours, had = self._types[note.kind], len(packed.card_numbers)
            has = len(ours.templates)
            if not ours.is_cloze and has < had:
                yield warning(
                    note.location,
                    f"learners have {had} cards of this note, and kind={note.kind} has {has}: the "
                    "others go, with their progress, when learners change the note type"
                    + ("; write <!-- kind=reversed --> to keep the second" if has == 1 else ""),
                )

    def report_changes(self) -> Iterator[Change]:
        """Yield what was adopted, what was not, and what learners have to do."""
        yield Change("adopted", self._count())
        for index, identity in sorted(self.adopted.items(), key=lambda item: item[0]):
            old = identity.entry.question if identity.entry else ""
            new = self._notes[index].question_text
            if old != new:
                how = f", known {_HOW[identity.matched_by]}" if identity.matched_by else ""
                yield Change("adopted", f"{quote(old)} → {quote(new)}{how}")
        taken = {identity.guid for identity in self.adopted.values()}
        for entry in self._entries:
            if entry.guid not in taken:
                yield Change("not adopted", _format_left(entry))
        for entry in self._doubles:
            yield Change("not adopted", f"{quote(entry.question)}, which the package has twice")
        yield from self._format_way()

    def _count(self) -> str:
        ways = Counter(identity.matched_by for identity in self.adopted.values())
        counts = ", ".join(
            f"{ways[matched_by]} {how}" for matched_by, how in _HOW.items() if ways[matched_by]
        )
        known = len(self._packed) - len(self._entries) - len(self._doubles)
        text = f"{ways.total()} of {len(self._packed)} notes of {self._path}"
        text += f": {counts}" if counts else ""
        return text + (f"; {known} of them this deck has already" if known else "")

    def _format_way(self) -> Iterator[Change]:
        """Yield how learners come by this deck's text, if Anki does not give it to them."""
        types = {
            f'"{old.name}" to "{new.name}"': None
            for index, identity in self.adopted.items()
            for old, new in [
                (self._packed[identity.guid].note_type, self._types[self._notes[index].kind])
            ]
            if old.id != new.id
        }
        if types:
            yield Change(
                "adopted",
                "with learners these notes have another note type, so Anki leaves their text and "
                "schedule as they are, and logs them as conflicting; to get this deck's text, a "
                "learner imports, selects them in the browser, chooses Notes > Change Note Type "
                f"({', '.join(types)}), and imports again with Update notes: Always",
            )


def _read_by_guid(path: Path) -> dict[str, PackageNote]:
    """Return the notes of a package by their GUIDs.

    Of two that share one, which a learner has both, it is the last that Anki takes updates for
    (tried with the `anki` library 26.9.3).
    """
    return {note.guid: note for note in read_package(path).notes if note.guid}


def _set_doubles_aside(
    entries: Iterable[LockedNote],
) -> tuple[tuple[LockedNote, ...], tuple[LockedNote, ...]]:
    """Return the first of all entries that nothing tells apart, and the others."""
    first: dict[tuple[str, ...], LockedNote] = {}
    doubles = []
    for entry in entries:
        key = (entry.kind, entry.question, entry.answer) if entry.question else (entry.guid,)
        if first.setdefault(key, entry) is not entry:
            doubles.append(entry)
    return tuple(first.values()), tuple(doubles)


def _format_left(entry: LockedNote) -> str:
    what = quote(entry.question) if entry.question else f"a note without text, {entry.guid}"
    return f"{what} (if a note is it, write <!-- id={entry.id} --> in it, and adopt again)"


def read_as_markup(note: Note) -> Note:
    """Return a note as another tool would have read it: with the author's HTML as markup."""
    question, answer = (rewrite(side, _token_as_read) for side in (note.question, note.answer))
    return replace(note, question=question, answer=answer)


def _token_as_read(token: Token) -> Token:
    if token.type in ("inline_html", "block_html"):
        reader = FieldReader(token.raw, is_ours=False)
        reader.read()
        return token.replace(type="text", raw=reader.text())
    return token
