"""Decks of a few files, which an author edits at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from deckpress.diagnostics import DeckError
from tests.support.projects import write

LOCK = "source/deck.lock"
SYLLABLES = "ka lo mi tu ne sar vol pin dre gho 门 词 向 量 梯度 池化".split()


def words(seed: str, count: int) -> tuple[str, ...]:
    """Return words that belong to a seed, so that texts of two seeds share next to nothing."""
    chance = Random(seed)
    return tuple("".join(chance.choices(SYLLABLES, k=3)) for _ in range(count))


def one_other(text: tuple[str, ...], chance: Random) -> tuple[str, ...]:
    """Return a text in which one word is another one."""
    index = chance.randrange(len(text))
    return (*text[:index], *words(str(chance.random()), 1), *text[index + 1 :])


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
        return f"1. {first} <!-- tags={self.tag} {' '.join(marks)} -->\n\n   {self.answer_text}\n\n"

    @property
    def asked(self) -> str:
        """The question as the lock has it."""
        return " ".join(self.question) + "?"

    @property
    def answer_text(self) -> str:
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
            self.removed = tuple(other for other in self.removed if other != note)
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
            self.deck = {new if file == name else file: notes for file, notes in self.deck.items()}

    def _take(self) -> Written | None:
        name = self.chance.choice([*self.deck])
        if not self.deck[name]:
            return None
        note = self.chance.choice(self.deck[name])
        self.deck = {**self.deck, name: tuple(other for other in self.deck[name] if other != note)}
        return note

    def _put(self, note: Written) -> None:
        name = self.chance.choice([*self.deck])
        index = self.chance.randint(0, len(self.deck[name]))
        self.deck = {**self.deck, name: (*self.deck[name][:index], note, *self.deck[name][index:])}

    def _change(self, edit: Callable[[Written], Written]) -> None:
        name = self.chance.choice([*self.deck])
        if self.deck[name]:
            index = self.chance.randrange(len(self.deck[name]))
            note = edit(self.deck[name][index])
            self.deck = {
                **self.deck,
                name: (*self.deck[name][:index], note, *self.deck[name][index + 1 :]),
            }


EDITS: Mapping[str, Callable[[Desk], None]] = {
    edit.__name__: edit
    for edit in (
        *(Desk.insert, Desk.delete, Desk.restore, Desk.move, Desk.reword),
        *(Desk.rewrite, Desk.revise, Desk.retag, Desk.reorder, Desk.rename),
    )
}
CHANCES = st.integers(0, 2**32).map(Random)


def write_files(folder: Path, deck: Deck) -> None:
    """Make a project's Markdown files those of a deck, written in the deck's order."""
    for path in (folder / "source").glob("*.md"):
        path.unlink()
    texts = {name: "".join(note.markdown for note in notes) for name, notes in deck.items()}
    write(folder, {f"source/{name}.md": text for name, text in texts.items() if text})


def is_a_doubt(refused: DeckError) -> bool:
    """Return whether a build was refused only because the author has to say which note is which."""
    allowed = ("not sure ", "no Markdown files here", "no note is left")
    return all(diagnostic.message.startswith(allowed) for diagnostic in refused.diagnostics)
