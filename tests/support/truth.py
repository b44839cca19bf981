"""Builds of a deck whose truth is known: which note each got, and what its author was told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random

from deckpress.diagnostics import Diagnostic, Diagnostics, Location
from deckpress.lock import Lock, LockedNote
from deckpress.lock.changes import Edit, report_changes
from deckpress.lock.dates import date_note, update_lock
from deckpress.lock.match_steps import MatchedBy
from deckpress.lock.matching import Identity, find_retired, identify
from deckpress.lock.similarity import sketch
from deckpress.notes import NO_HEADING, NoteText
from deckpress.notes.builder import parse_notes
from tests.support.editing import EDITS, Author, Files, Written
from tests.support.locks import text_of

_START = 1_760_000_000
_COMMENT = re.compile(r"<!-- id=(\S+) -->")
_KINDS = {"with another answer": "contradiction", "the retired": "retired", "": "living"}
"""What a doubt is about, by words of its message."""


@dataclass
class Tally:
    """What builds did to notes whose truth is known."""

    counts: Counter[str] = field(default_factory=Counter)
    stories: list[str] = field(default_factory=list)
    """What was wrong or lost: the edits, the note, and what was told."""

    def tell(self, what: str, *story: object) -> None:
        """Count something, and remember how it came about."""
        self.counts[what] += 1
        self.stories.append("\n    ".join(map(str, (what, *story))))

    def unreported(self) -> list[str]:
        """Return the stories of notes that were mistaken, or lost, and nobody was told."""
        return [story for story in self.stories if "not reported" in story.split("\n")[0]]


@dataclass
class Truth:
    """Builds of a deck, one after the other, and which note each GUID really is."""

    author: Author
    tally: Tally
    lock: Lock = field(default_factory=lambda: Lock("demo", created=_START))
    guids: dict[int, str] = field(default_factory=dict)
    """The GUID that each note should have."""
    former: dict[str, int] = field(default_factory=dict)
    """Whose each GUID is that a note lost, to get another one."""
    now: int = _START

    def build(self, edits: Sequence[str]) -> None:
        """Build, answer what is asked as the author would, and compare with the truth."""
        self.now += 60
        before = self.lock
        self.author.settle_ids()
        notes, identities = self._identify(edits)
        entries = [self._date(*values) for values in zip(notes, identities, strict=True)]
        self.lock = update_lock(before, "Demo", [], entries)
        edited = [Edit(*values) for values in zip(notes, identities, entries, strict=True)]
        changes = report_changes(before, "Demo", edited, find_retired(before, identities))
        lines = [f"{change.what}: {change.text}" for change in changes]
        self.tally.counts += Counter({"builds": 1, "edits": len(edits)})
        self._compare(identities, lines, edits)
        self.author.see_built()

    def _identify(self, edits: Sequence[str]) -> tuple[list[NoteText], Sequence[Identity]]:
        for index in range(9):
            notes = _parse(self.author.files)
            doubts: Diagnostics = []
            identities = identify(self.lock, notes, doubts)
            if not doubts:
                return notes, identities
            self.tally.counts["builds that ask"] += index == 0
            for doubt in doubts:
                self._answer(notes, doubt, edits)
        raise AssertionError(f"what is asked is never settled: {edits}, {doubts}")

    def _answer(self, notes: Sequence[NoteText], doubt: Diagnostic, edits: Sequence[str]) -> None:
        """Write the id of the true candidate into the note that is asked about."""
        index = next(index for index, note in enumerate(notes) if note.location == doubt.location)
        note, offered = self.author.notes()[index], _COMMENT.findall(doubt.message)
        ids = {entry.guid: entry.author_id for entry in self.lock.notes}
        guid = self.guids.get(note.number)
        about = next(kind for words, kind in _KINDS.items() if words in doubt.message)
        self.tally.counts[f"asked, {about}: {'an old note' if guid else 'a new one'}"] += 1
        true = ids[guid] if guid else offered[-1]
        if true not in offered:
            self.tally.tell("the true note is not offered", edits, note, doubt.message)
        self.author.replace_note(note, replace(note, id=true))

    def _date(self, note: NoteText, identity: Identity) -> LockedNote:
        fields, file = {"Answer": note.answer_text}, note.location.file
        return date_note(note, identity, fields, (), file=file, deck="", now=self.now)

    def _compare(
        self, identities: Sequence[Identity], lines: Sequence[str], edits: Sequence[str]
    ) -> None:
        """Tally the notes that got another GUID than they should have."""
        truth, written = dict(self.guids), self.author.notes()
        owners = {**self.former, **{guid: number for number, guid in truth.items()}}
        for note, identity in zip(written, identities, strict=True):
            true, got = truth.get(note.number), identity.guid
            self.guids[note.number] = got
            if self._is_right(note, identity, true, owners):
                continue
            own = {guid for guid, number in owners.items() if number == note.number}
            is_reported = any(self._tells(line, own, identity) for line in lines)
            what = f"wrong by {identity.matched_by}" if got in owners else "lost"
            asked = self._questions({true, got})
            what += "" if is_reported else ", not reported"
            self.tally.tell(what, edits, note, f"true: {asked.get(true)}", *lines)
            if true:
                self.former[true] = note.number
        now = {self.guids[note.number]: note.number for note in written}
        self.guids = {
            index: guid for index, guid in self.guids.items() if now.get(guid, index) == index
        }
        self.former = {
            guid: index for guid, index in self.former.items() if now.get(guid, index) == index
        }
        self.tally.counts["new, told to be like a retired one"] += sum(
            bool(identity.like) for identity in identities
        )

    def _is_right(
        self, note: Written, identity: Identity, true: str | None, owners: Mapping[str, int]
    ) -> bool:
        """Return whether a note got what it should; an equal question, or id, is the same note.

        Under another heading that holds only of an equal answer, or if the lock does not know it.
        """
        got, old = identity.guid, identity.entry
        is_same = old is not None and (
            old.context in ("", note.under or NO_HEADING) or old.answer == sketch(note.answer)
        )
        if true is None:
            is_found = identity.matched_by is MatchedBy.ID or (
                is_same and identity.matched_by is MatchedBy.QUESTION
            )
            return got not in owners or is_found
        asked = self._questions({true, got})
        is_asked = asked.get(true) == asked[got] == note.asked
        return owners.get(got) == note.number or (is_same and is_asked)

    def _tells(self, line: str, own: Set[str], identity: Identity) -> bool:
        """Return whether a line lets its author see that a note was mistaken for another."""
        if line.startswith("reworded") and "known by" in line:
            known = self._questions({identity.guid, *own}).values()
            return any(question[:40] in line for question in known)
        return any(f"id={e.author_id} " in line for e in self.lock.notes if e.guid in own)

    def _questions(self, guids: Set[str | None]) -> dict[str | None, str]:
        """Return what is asked under GUIDs, before this build for notes that are retired."""
        return {entry.guid: entry.question for entry in self.lock.notes if entry.guid in guids}


@cache
def _parse_one(markdown: str) -> NoteText:
    (note,), diagnostics, *_ = parse_notes(markdown, "notes.md")
    assert not diagnostics
    return text_of(note)


def _parse(files: Files) -> list[NoteText]:
    """Return the notes of all files; each is parsed once, and then put in its place."""
    return [
        note._replace(location=Location(name, line))
        for name, written in files.items()
        for line, note in enumerate((_parse_one(note.markdown) for note in written), 1)
    ]


def write_a_deck(seed: int, builds: int, tally: Tally) -> None:
    """Edit and build a deck so many times, and tally what became of its notes."""
    chance = Random(seed)
    author = Author(chance, {f"file{index}": () for index in range(3)})
    truth = Truth(author, tally)
    for _ in range(chance.choice([6, 12, 25])):
        author.insert()
    truth.build([])
    names, weights = [*EDITS], [weight for _, weight in EDITS.values()]
    for _ in range(builds):
        edits = chance.choices(names, weights, k=chance.choice([1, 1, 1, 2, 3, 5]))
        for name in edits:
            EDITS[name][0](author)
        truth.build(edits)
