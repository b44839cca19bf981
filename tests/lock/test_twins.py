"""Notes that ask the same under other headings: each keeps its progress, or its author is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.diagnostics import Diagnostics
from deckpress.lock import Lock, short_digest
from deckpress.lock.lock_file import format_lock
from deckpress.lock.matching import Identity, identify
from deckpress.lock.similarity import sketch
from deckpress.notes import NO_HEADING, NoteText
from tests.support.locks import COMMENT, EMPTY, answer, notes_of, record, write_list

Deck = Mapping[str, Sequence[tuple[str, str]]]
"""Questions and answers by the headings that they stand under, ` › ` between two."""

LENGTH = "How long is it?"
LOIRE = "It is 1,006 km long, from the Mont Gerbier de Jonc to Saint-Nazaire."
RHINE = "Some 1,233 km, most of them in Germany, through six countries."
ELBE = "A good 1,094 km, through Bohemia and Hamburg into the North Sea."
TWO: Deck = {"Loire": [(LENGTH, LOIRE)], "Rhine": [(LENGTH, RHINE)]}
THREE: Deck = {**TWO, "Elbe": [(LENGTH, ELBE)]}


def write_deck(deck: Deck) -> str:
    """Return a deck as Markdown; notes under the heading "" stand above all headings."""
    parts = []
    for place, notes in sorted(deck.items(), key=lambda item: item[0] != ""):
        names = filter(None, place.split(" › "))
        parts += [f"{'#' * level} {name}\n" for level, name in enumerate(names, 1)]
        parts += [write_list(*notes)]
    return "\n".join(parts)


def place_of(note: NoteText) -> tuple[str, str]:
    """Return by what these tests know a note of the deck."""
    return " › ".join(note.headings), note.question_text


def look(lock: Lock, deck: Deck) -> tuple[dict[tuple[str, str], Identity], list[str]]:
    """Return the identity of each note, and what is not sure, as it is told."""
    return look_at(lock, write_deck(deck))


def look_at(lock: Lock, text: str) -> tuple[dict[tuple[str, str], Identity], list[str]]:
    """Return the same for a deck in Markdown."""
    notes = notes_of(text)
    doubts: Diagnostics = []
    identities = identify(lock, notes, doubts)
    return dict(zip(map(place_of, notes), identities, strict=True)), list(map(str, doubts))


def build(lock: Lock, deck: Deck) -> Lock:
    """Return the lock after a build in which nothing is in doubt."""
    notes = notes_of(write_deck(deck))
    doubts: Diagnostics = []
    identities = identify(lock, notes, doubts)
    assert not doubts
    return record(lock, notes, identities)


def guids_of(lock: Lock, deck: Deck) -> dict[str, str]:
    """Return the GUID of each note by its answer, which no two of these have in common."""
    identities, doubts = look(lock, deck)
    assert doubts == []
    answers = {(place, asked): answer for place, notes in deck.items() for asked, answer in notes}
    return {answers[index]: identity.guid for index, identity in identities.items()}


SHORT = "Just 1,006 km."
KEPT: Mapping[str, tuple[Deck, Deck, Mapping[str, str]]] = {
    "the sections change places": (TWO, dict([*TWO.items()][::-1]), {}),
    "a third one comes first": (TWO, {"Elbe": [(LENGTH, ELBE)], **TWO}, {}),
    "the first one is gone": (TWO, {"Rhine": TWO["Rhine"]}, {}),
    "the first one is gone, and the second's answer quite another": (
        TWO,
        {"Rhine": [(LENGTH, SHORT)]},
        {SHORT: RHINE},
    ),
    "the first one is gone, and the second's heading reworded": (
        TWO,
        {"The Rhine": TWO["Rhine"]},
        {},
    ),
    "the answers are both quite others": (
        TWO,
        {"Loire": [(LENGTH, "Long.")], "Rhine": [(LENGTH, SHORT)]},
        {"Long.": LOIRE, SHORT: RHINE},
    ),
    "one question is reworded": (
        TWO,
        {"Loire": [("Which length has it?", LOIRE)], "Rhine": TWO["Rhine"]},
        {},
    ),
    "both questions are reworded": (
        TWO,
        {"Loire": [("Length?", LOIRE)], "Rhine": [("Length?", RHINE)]},
        {},
    ),
    "the headings change their names for each other, and the answers with them": (
        TWO,
        {"Loire": [(LENGTH, RHINE)], "Rhine": [(LENGTH, LOIRE)]},
        {LOIRE: RHINE, RHINE: LOIRE},
    ),
    "all headings are reworded": (
        TWO,
        {"La Loire": [(LENGTH, LOIRE)], "Der Rhein": [(LENGTH, RHINE)]},
        {},
    ),
    "the heading above all is reworded, over short answers that several have": (
        {"Sorts › Merge": [("Stable?", "Yes.")], "Sorts › Heap": [("Stable?", "No.")]},
        {"Sorting › Merge": [("Stable?", "Yes.")], "Sorting › Heap": [("Stable?", "No.")]},
        {},
    ),
    "one loses its headings": (TWO, {"": TWO["Loire"], "Rhine": TWO["Rhine"]}, {}),
    "one had no heading, and is gone, while the other's answer is quite another": (
        {"": [(LENGTH, LOIRE)], "Rhine": TWO["Rhine"]},
        {"Rhine": [(LENGTH, SHORT)]},
        {SHORT: RHINE},
    ),
    "the other had no heading, and its answer is quite another": (
        {"Loire": TWO["Loire"], "": [(LENGTH, RHINE)]},
        {"": [(LENGTH, SHORT)]},
        {SHORT: RHINE},
    ),
    "one that was alone gets a twin, which stands first": ({"Rhine": TWO["Rhine"]}, TWO, {}),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_twin_keeps_its_progress(name: str) -> None:
    """Edits of a section, its headings, its neighbours: each twin stays the note that it was."""
    before, after, was = KEPT[name]
    lock = build(EMPTY, before)
    old, now = guids_of(lock, before), guids_of(lock, after)
    known = set(old.values())
    for answered, guid in now.items():
        expected = old.get(was.get(answered, answered))
        assert (guid == expected) if expected else (guid not in known)


def test_twins_of_equal_answers_are_told_apart_by_the_nearest_heading() -> None:
    """Where question and answer are the same, a reworded heading above all others asks nothing."""
    names = ("Merge", "Heap", "Quick")
    lock = build(EMPTY, {f"Sorts › {name}": [("Stable?", "Yes.")] for name in names})
    old, _ = look(lock, {f"Sorts › {name}": [("Stable?", "Yes.")] for name in names})
    now, doubts = look(lock, {f"Sorting › {name}": [("Stable?", "Yes.")] for name in names})
    assert doubts == []
    for name in names:
        there = now[f"Sorting › {name}", "Stable?"].guid
        assert there == old[f"Sorts › {name}", "Stable?"].guid


LOIRE_IS = '<!-- id=30fc366d --> if it is "How long is it?" under "Loire"'
RHINE_IS = '<!-- id=fcae78a2 --> if it is "How long is it?" under "Rhine"'
ASKED: Mapping[str, tuple[Deck, Deck, list[str]]] = {
    "a section with another heading and another answer": (
        TWO,
        {"Loire": TWO["Loire"], "Elbe": [(LENGTH, ELBE)]},
        [f"9: not sure which note this was: write {RHINE_IS}"],
    ),
    "headings and answers that are all others": (
        TWO,
        {"Elbe": [(LENGTH, ELBE)], "Vistula": [(LENGTH, SHORT)]},
        [
            f"3: not sure which note this was: write {LOIRE_IS}, {RHINE_IS}",
            f"9: not sure which note this was: write {LOIRE_IS}, {RHINE_IS}",
        ],
    ),
    "the heading of one, the answer of another": (
        TWO,
        {"Loire": [(LENGTH, RHINE)]},
        [
            f"3: not sure which note this was: write {LOIRE_IS} with another answer, {RHINE_IS} "
            "under other headings"
        ],
    ),
    "equal answers under quite other headings": (
        {"Merge": [("Stable?", "Yes.")], "Heap": [("Stable?", "Yes.")]},
        {"Stable": [("Stable?", "Yes.")]},
        [
            '3: not sure which note this was: write <!-- id=ae8555f8 --> if it is "Stable?" under '
            '"Merge", <!-- id=a2c9c9da --> if it is "Stable?" under "Heap"'
        ],
    ),
    "the id of one that is unchanged": (
        TWO,
        {"Loire": TWO["Loire"], "Elbe": [(f"{LENGTH} <!-- id=30fc366d -->", ELBE)]},
        ['9: id "30fc366d" is that of "How long is it?" under "Loire" in notes.md:3, which is '],
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_twins_leave_open_is_asked(name: str) -> None:
    """Messages name the candidates by their headings, and each comment they offer settles it."""
    before, after, expected = ASKED[name]
    lock = build(EMPTY, before)
    doubts = look(lock, after)[1]
    assert len(doubts) == len(expected)
    for doubt, begin in zip(doubts, expected, strict=True):
        assert doubt.startswith(f"notes.md:{begin}")
        for note_id in COMMENT.findall(doubt):
            text = answer(write_deck(after), doubt, note_id)
            assert not any(later.startswith(doubt.split()[0]) for later in look_at(lock, text)[1])


@pytest.mark.parametrize("deck", [TWO, THREE])
def test_no_order_decides_on_the_ids_of_twins(deck: Deck) -> None:
    """New twins get the same GUIDs whichever stands first, or came first."""
    there = guids_of(EMPTY, deck)
    assert guids_of(EMPTY, dict([*deck.items()][::-1])) == there
    added = {"Elbe": [(LENGTH, ELBE)], **TWO}
    assert guids_of(build(EMPTY, TWO), added)[ELBE] == guids_of(EMPTY, THREE)[ELBE]


def test_only_twins_are_known_by_their_place() -> None:
    """The lock of a deck without twins is as it was before there were any."""
    alone = build(EMPTY, {"Loire": [(LENGTH, LOIRE), ("Source?", "A spring.")]})
    assert "context" not in format_lock(alone)
    assert format_lock(alone).startswith('{"deckpress_lock": 3,')
    lock = build(
        alone, {"Loire": [(LENGTH, LOIRE), ("Source?", "A spring.")], "Rhine": [(LENGTH, RHINE)]}
    )
    assert format_lock(lock).startswith('{"deckpress_lock": 4,')
    places = {
        entry.question: entry.context
        for entry in lock.notes
        if entry.guid in {e.guid for e in alone.notes}
    }
    assert places == {LENGTH: "Loire", "Source?": ""}


PLACES = ("", "Loire", "Rhine", "Rivers › Loire", "Lakes › Loire", "Rivers › Rhine")
QUESTIONS = (LENGTH, "Stable?", "Where does it begin?")
CHANCE = Random(1)
LONG = tuple(
    " ".join("".join(CHANCE.choices("abcdefghijklmnopqrst", k=6)) for _ in range(8))
    for _ in range(40)
)


@dataclass(frozen=True)
class Twin:
    """A note as its author knows it: the same one as long as its number is the same."""

    number: int
    place: str
    asked: str
    answer: str


@dataclass
class Author:
    """Edits notes that often have twins."""

    notes: list[Twin] = field(default_factory=list)
    made: int = 0

    def put(self, note: Twin) -> None:
        """Write a note, anew or for the first time, unless another one looks the same."""
        rest = [other for other in self.notes if other.number != note.number]
        if all((note.place, note.asked) != (other.place, other.asked) for other in rest):
            self.notes = [*rest, note]

    def edit(self, how: str, index: int, value: int) -> None:
        """Make one of the edits of EDITS to the note at a place, with a value."""
        place, asked = PLACES[value % len(PLACES)], QUESTIONS[value % len(QUESTIONS)]
        text = LONG[self.made] if value % 3 else ("Yes.", "No.")[value % 2]
        self.made += 1
        if how == "add" or not self.notes:
            self.put(Twin(self.made, place, QUESTIONS[index % len(QUESTIONS)], text))
            return
        note = self.notes[index % len(self.notes)]
        if how == "delete":
            self.notes.remove(note)
        elif how == "rename":
            if place not in {other.place for other in self.notes}:
                is_there = [other for other in self.notes if other.place == note.place]
                for other in is_there:
                    self.put(replace(other, place=place))
        else:
            new = {
                "move": replace(note, place=place),
                "reword": replace(note, asked=asked),
                "rewrite": replace(note, answer=text),
            }
            self.put(new[how])

    def deck(self) -> Deck:
        """Return the notes by their places, in the order in which they were last edited."""
        places = dict.fromkeys(note.place for note in self.notes)
        return {
            place: [(note.asked, note.answer) for note in self.notes if note.place == place]
            for place in places
        }


def first_ids(note: Twin) -> tuple[str, str]:
    """Return the IDs of a note that asked this when it was new, which finds it again as well."""
    under = ("under", note.place) if note.place else ()
    return (short_digest(EMPTY.deck, note.asked), short_digest(EMPTY.deck, note.asked, *under))


EDITS = ("add", "add", "delete", "move", "rename", "reword", "rewrite")
AN_EDIT = st.tuples(st.sampled_from(EDITS), st.integers(0, 11), st.integers(0, 11))
BUILDS = st.lists(st.lists(AN_EDIT, min_size=1, max_size=4), min_size=2, max_size=6)


@given(BUILDS)
def test_no_progress_goes_to_a_twin_in_silence(builds: list[list[tuple[str, int, int]]]) -> None:
    """A GUID goes to another note only under the same headings, or with the same answer.

    Each note that was edited in one half keeps its GUID, or its author is asked.
    """
    author, lock, owners, guids = Author(), EMPTY, dict[str, int](), dict[int, str]()
    for edits in builds:
        before = {note.number: note for note in author.notes}
        for edit in edits:
            author.edit(*edit)
        identities, doubts = look(lock, author.deck())
        if doubts:
            return
        by_place = {(note.place, note.asked): note for note in author.notes}
        entries = {entry.guid: entry for entry in lock.notes}
        taken = {identity.guid for identity in identities.values()}
        for index, identity in identities.items():
            note, old = by_place[index], entries.get(identity.guid)
            if owners.get(identity.guid, note.number) != note.number:
                assert old is not None
                is_there = old.context in ("", note.place or NO_HEADING)
                assert is_there or old.answer == sketch(note.answer)
                assert note.asked == old.question or old.id in first_ids(note)
            was, guid = before.get(note.number, note), guids.get(note.number)
            is_half_edited = (
                was.answer == note.answer in LONG or replace(was, answer=note.answer) == note
            )
            assert guid in (None, identity.guid) or guid in taken or not is_half_edited
        guids |= {note.number: identities[note.place, note.asked].guid for note in author.notes}
        owners |= {guids[note.number]: note.number for note in author.notes}
        lock = build(lock, author.deck())
