"""Whatever happens to a deck over the years, its learners have the notes they had."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.errors import DeckError
from deckpress.lock import LockedNote
from deckpress.lock.lock_file import read_lock
from deckpress.pipeline.build import build
from deckpress.pipeline.prepare import prepare
from deckpress.project import open_project
from tests.support.projects import DECK_TOML, write
from tests.test_lock import NOON

LOCK = "source/deck.lock"
PACKAGE = "dist/demo-1.0.0.apkg"
SYLLABLES = "ka lo mi tu ne sar vol pin dre gho 门 词 向 量 梯度 池化".split()


def words(seed: str, count: int) -> tuple[str, ...]:
    """Return words that belong to a seed, so that texts of two seeds share next to nothing."""
    chance = Random(seed)
    return tuple("".join(chance.choices(SYLLABLES, k=3)) for _ in range(count))


def one_other(text: tuple[str, ...], chance: Random) -> tuple[str, ...]:
    """Return a text in which one word is another one."""
    at = chance.randrange(len(text))
    return (*text[:at], *words(str(chance.random()), 1), *text[at + 1 :])


@dataclass(frozen=True)
class Written:
    """A note as its author knows it: the same note as long as its number is the same."""

    number: int
    question: tuple[str, ...]
    answer: tuple[str, ...]
    tag: str = "old"

    @property
    def markdown(self) -> str:
        """The item of a list; some notes have an id, some another kind."""
        asked = self.asked.replace(self.question[2], f"=={self.question[2]}==")
        marks = [f"id=note-{self.number}"] * (self.number % 3 == 0)
        marks += ["kind=reversed"] * (self.number % 4 == 1)
        first = asked if self.number % 4 == 2 else self.asked
        return f"1. {first} <!-- tags={self.tag} {' '.join(marks)} -->\n\n   {self.told}\n\n"

    @property
    def asked(self) -> str:
        """The question as the lock has it."""
        return " ".join(self.question) + "?"

    @property
    def told(self) -> str:
        """The answer."""
        return " ".join(self.answer) + "."


Deck = Mapping[str, tuple[Written, ...]]
"""Notes by the names of their files, without ending."""


def make_note(number: int) -> Written:
    """Return a note like no other."""
    return Written(number, words(f"question {number}", 6), words(f"answer {number}", 12))


@dataclass
class Desk:
    """A deck being written: each edit changes it, and may be taken back."""

    deck: Deck
    chance: Random
    made: int = 0
    removed: tuple[Written, ...] = ()

    def insert(self) -> None:
        """Write a new note somewhere."""
        self._put(make_note(self.made))
        self.made += 1

    def delete(self) -> None:
        """Take a note out; it may come back."""
        if note := self._take():
            self.removed += (note,)

    def restore(self) -> None:
        """Put a note back that was deleted."""
        if self.removed:
            note = self.chance.choice(self.removed)
            self.removed = tuple(each for each in self.removed if each != note)
            self._put(note)

    def move(self) -> None:
        """Move a note to another place, most often in another file."""
        if note := self._take():
            self._put(note)

    def reword(self) -> None:
        """Change a word of a question."""
        self._change(lambda note: replace(note, question=one_other(note.question, self.chance)))

    def rewrite(self) -> None:
        """Change a word of an answer, or all of them."""
        longer = words(str(self.chance.random()), 9)
        is_small = self.chance.random() < 0.5
        self._change(
            lambda note: replace(
                note, answer=one_other(note.answer, self.chance) if is_small else longer
            )
        )

    def revise(self) -> None:
        """Change a word of a question, and of its answer one word, or half of them, or more."""
        count = self.chance.choice([1, 3, 6, 9])
        new = words(str(self.chance.random()), count)
        self._change(
            lambda note: Written(
                note.number,
                one_other(note.question, self.chance),
                (*note.answer[: 12 - count], *new),
                note.tag,
            )
        )

    def retag(self) -> None:
        """Give a note another tag."""
        self._change(lambda note: replace(note, tag="old" if note.tag == "new" else "new"))

    def reorder(self) -> None:
        """Put the notes of each file into another order."""
        self.deck = {
            name: tuple(self.chance.sample(notes, len(notes))) for name, notes in self.deck.items()
        }

    def rename(self) -> None:
        """Give a file another name, or only another number, which is no part of its name."""
        name, stem = self.chance.choice([*self.deck]), self.chance.choice(["rnn", "cnn", "词向量"])
        if (new := f"{self.chance.randint(10, 99)}-{stem}") not in self.deck:
            self.deck = {new if each == name else each: notes for each, notes in self.deck.items()}

    def _take(self) -> Written | None:
        name = self.chance.choice([*self.deck])
        if not self.deck[name]:
            return None
        note = self.chance.choice(self.deck[name])
        self.deck = {**self.deck, name: tuple(one for one in self.deck[name] if one != note)}
        return note

    def _put(self, note: Written) -> None:
        name = self.chance.choice([*self.deck])
        at = self.chance.randint(0, len(self.deck[name]))
        self.deck = {**self.deck, name: (*self.deck[name][:at], note, *self.deck[name][at:])}

    def _change(self, edit: Callable[[Written], Written]) -> None:
        name = self.chance.choice([*self.deck])
        if self.deck[name]:
            at = self.chance.randrange(len(self.deck[name]))
            note = edit(self.deck[name][at])
            self.deck = {
                **self.deck,
                name: (*self.deck[name][:at], note, *self.deck[name][at + 1 :]),
            }


EDITS: Mapping[str, Callable[[Desk], None]] = {
    edit.__name__: edit
    for edit in (
        *(Desk.insert, Desk.delete, Desk.restore, Desk.move, Desk.reword),
        *(Desk.rewrite, Desk.revise, Desk.retag, Desk.reorder, Desk.rename),
    )
}
STEPS = st.lists(st.lists(st.sampled_from([*EDITS]), min_size=1, max_size=3), max_size=8)
CHANCES = st.integers(0, 2**32).map(Random)


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
        old = {each.guid: each for each in self.entries.values()}.get(entry.guid)
        if is_same:
            assert old is not None
            assert (entry.id, entry.mod) == (old.id, old.mod)
        elif old is not None:
            assert old.mod + 1 <= entry.mod == self.now
        assert entry.mod <= self.now


def places(deck: Deck) -> Iterator[tuple[str, Written]]:
    """Yield each note with its file's name, without the number that orders the files."""
    return ((name.partition("-")[2], note) for name, notes in deck.items() for note in notes)


def write_files(folder: Path, deck: Deck) -> None:
    """Make a project's Markdown files those of a deck, written in the deck's order."""
    for path in (folder / "source").glob("*.md"):
        path.unlink()
    texts = {name: "".join(note.markdown for note in notes) for name, notes in deck.items()}
    write(folder, {f"source/{name}.md": text for name, text in texts.items() if text})


def build_once(folder: Path, now: int) -> tuple[bytes, bytes]:
    """Build a project; return its lock and its package."""
    project, problems = open_project(folder)
    build(prepare(project, problems, now), folder / PACKAGE)
    return (folder / LOCK).read_bytes(), (folder / PACKAGE).read_bytes()


def is_a_doubt(refused: DeckError) -> bool:
    """Say whether a build was refused only because the author has to say which note is which."""
    allowed = ("not sure ", "no Markdown files here", "no note is left")
    return all(problem.message.startswith(allowed) for problem in refused.problems)


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


@settings(max_examples=40, deadline=None)
@given(STEPS, CHANCES)
def test_notes_keep_their_guids_and_dates(steps: list[list[str]], chance: Random) -> None:
    """No GUID goes to another note, and only what was touched gets a later date: the present."""
    with a_history() as history:
        for _ in go_through(history, steps, chance):
            pass


@settings(max_examples=15, deadline=None)
@given(STEPS, CHANCES)
def test_a_second_build_changes_nothing(steps: list[list[str]], chance: Random) -> None:
    """Whenever a deck is built again, lock and package are the same bytes."""
    with a_history() as history:
        for _ in go_through(history, steps, chance):
            write_files(history.folder, history.deck)
            first = build_once(history.folder, history.now)
            assert build_once(history.folder, history.now + 7200) == first


@settings(max_examples=15, deadline=None)
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


@settings(max_examples=15, deadline=None)
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
