"""Whatever happens to a deck over the years, its learners have the notes they had."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import DeckError
from deckpress.lock import LockedNote
from deckpress.lock.lock_file import read_lock
from deckpress.pipeline import build
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project
from tests.support.histories import (
    CHANCES,
    EDITS,
    LOCK,
    Deck,
    Desk,
    Written,
    is_a_doubt,
    make_note,
    write_files,
)
from tests.support.projects import DECK_TOML, NOON, write

PACKAGE = "dist/demo-1.0.0.apkg"


STEPS = st.lists(st.lists(st.sampled_from([*EDITS]), min_size=1, max_size=3), max_size=8)


@dataclass
class History:
    """The builds of a deck, one after the other, in a folder of its own."""

    folder: Path
    now: int = NOON
    deck: Deck = field(default_factory=dict)
    """As it was last built."""
    entries: Mapping[str, LockedNote] = field(default_factory=dict)
    """The lock's notes of the last build that are in the deck, by question."""
    owners: dict[str, int] = field(default_factory=dict)
    """Which note has, or had, each GUID."""

    def build(self, deck: Deck) -> bool:
        """Build a deck some time later; say whether it was built, or the author is to be asked."""
        self.now += 60
        write_files(self.folder, deck)
        try:
            build_once(self.folder, self.now)
        except DeckError as refused:
            if is_a_doubt(refused):
                return False
            raise
        self.check(deck)
        return True

    def check(self, deck: Deck) -> None:
        """See that the lock keeps its promises."""
        lock = read_lock(self.folder / LOCK, "demo", self.now)
        assert len({entry.guid for entry in lock.notes}) == len(lock.notes)
        assert len({entry.id for entry in lock.notes}) == len(lock.notes)
        entries = {entry.question: entry for entry in lock.notes if not entry.retired}
        assert len(entries) == sum(map(len, deck.values()))
        before = {note: stem for stem, note in places(self.deck)}
        for stem, note in places(deck):
            entry = entries[note.asked]
            assert self.owners.setdefault(entry.guid, note.number) == note.number
            self.check_date(entry, is_same=before.get(note) == stem)
        self.deck, self.entries = deck, entries

    def check_date(self, entry: LockedNote, *, is_same: bool) -> None:
        """See that a note that was in the last build is as it was, or of now."""
        old = {entry.guid: entry for entry in self.entries.values()}.get(entry.guid)
        if is_same:
            assert old is not None
            assert (entry.id, entry.mod) == (old.id, old.mod)
        elif old is not None:
            assert old.mod + 1 <= entry.mod == self.now
        assert entry.mod <= self.now


def places(deck: Deck) -> Iterator[tuple[str, Written]]:
    """Yield each note with its file's name, without the number that orders the files."""
    return ((name.partition("-")[2], note) for name, notes in deck.items() for note in notes)


def build_once(folder: Path, now: int) -> tuple[bytes, bytes]:
    """Build a project; return its lock and its package."""
    project, diagnostics = open_project(folder)
    build(prepare(project, diagnostics, now), folder / PACKAGE)
    return (folder / LOCK).read_bytes(), (folder / PACKAGE).read_bytes()


@contextmanager
def a_history() -> Iterator[History]:
    """Run the body with a deck of six notes that was built once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, {"source/deck.toml": DECK_TOML})
        history = History(folder)
        notes = [make_note(number) for number in range(6)]
        assert history.build({"01-rnn": tuple(notes[:4]), "02-cnn": tuple(notes[4:]), "03-x": ()})
        yield history


def go_through(history: History, steps: list[list[str]], chance: Random) -> Iterator[Desk]:
    """Edit and build a deck step by step; an edit after which the author is asked is undone."""
    desk = Desk(history.deck, chance, made=100)
    for step in steps:
        before = replace(desk)
        for name in step:
            EDITS[name](desk)
        if not history.build(desk.deck):
            desk = replace(before, made=desk.made)
        yield desk


@settings(max_examples=40)
@given(STEPS, CHANCES)
def test_notes_keep_their_guids_and_dates(steps: list[list[str]], chance: Random) -> None:
    """No GUID goes to another note, and only what was touched gets a later date: the present."""
    with a_history() as history:
        for _ in go_through(history, steps, chance):
            pass


@settings(max_examples=15)
@given(STEPS, CHANCES)
def test_a_second_build_changes_nothing(steps: list[list[str]], chance: Random) -> None:
    """Whenever a deck is built again, lock and package are the same bytes."""
    with a_history() as history:
        for _ in go_through(history, steps, chance):
            write_files(history.folder, history.deck)
            first = build_once(history.folder, history.now)
            assert build_once(history.folder, history.now + 7200) == first


@settings(max_examples=15)
@given(STEPS, CHANCES)
def test_the_order_of_files_on_disk_does_not_matter(steps: list[list[str]], chance: Random) -> None:
    """A copy whose files were written, and are listed, the other way round gives the same bytes."""
    with a_history() as history, a_history() as copy, pytest.MonkeyPatch.context() as patch:
        listed = Path.iterdir
        for desk in go_through(history, steps, chance):
            copy.now = history.now - 60
            patch.setattr(Path, "iterdir", lambda path: iter(sorted(listed(path), reverse=True)))
            is_built = copy.build({name: desk.deck[name] for name in reversed([*desk.deck])})
            patch.undo()
            assert is_built
            for name in (LOCK, PACKAGE):
                assert (copy.folder / name).read_bytes() == (history.folder / name).read_bytes()


@settings(max_examples=15)
@given(STEPS, CHANCES)
def test_a_note_that_comes_back_is_the_note_it_was(steps: list[list[str]], chance: Random) -> None:
    """However long a note was out of the deck, with its question its GUID comes back."""
    with a_history() as history:
        notes = history.deck["01-rnn"]
        away = chance.choice(notes)
        guid = history.entries[away.asked].guid
        without = tuple(note for note in notes if note != away)
        assert history.build({**history.deck, "01-rnn": without})
        for _ in go_through(history, steps, chance):
            assert guid not in {entry.guid for entry in history.entries.values()}
        name = chance.choice([*history.deck])
        assert history.build({**history.deck, name: (away, *history.deck[name])})
        assert history.entries[away.asked].guid == guid
