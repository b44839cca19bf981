"""What the lock remembers, and how a note is found again in it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from deckpress.lock import Lock, date_note, format_lock, identify, read_lock, update_lock
from deckpress.notes import Note, plain_text
from deckpress.parse import parse_notes

NOON = 1_760_000_000


def notes_of(text: str) -> list[Note]:
    """Return the notes of a Markdown text."""
    notes, problems = parse_notes(text, "notes.md")
    assert not problems
    return notes


def write_list(*notes: tuple[str, str]) -> str:
    """Return questions and answers as a numbered list."""
    return "".join(f"{at}. {asked}\n\n     {told}\n\n" for at, (asked, told) in enumerate(notes, 1))


def build(lock: Lock, text: str, now: int = NOON, version: str = "1.0.0") -> Lock:
    """Return the lock after a build in which each note has one field, its answer."""
    notes = notes_of(text)
    identities, doubts = identify(lock, notes)
    assert not doubts
    entries = [
        date_note(
            note,
            identity,
            {"Answer": plain_text(note.answer)},
            (),
            file="notes",
            deck="",
            version=version,
            now=now,
        )
        for note, identity in zip(notes, identities, strict=True)
    ]
    return update_lock(lock, "Demo", [], entries, version)


EMPTY = Lock("demo", created=NOON)


def test_a_note_keeps_its_guid_when_its_answer_changes() -> None:
    """An equal question is the same note; its date rises, and only its own."""
    first = build(EMPTY, write_list(("A?", "1"), ("B?", "2")))
    second = build(first, write_list(("A?", "1"), ("B?", "3")), NOON + 60, "1.1.0")
    before, after = ({entry.question: entry for entry in lock.notes} for lock in (first, second))
    assert after["A?"] == before["A?"]
    assert after["B?"].guid == before["B?"].guid
    assert (after["B?"].mod, after["B?"].added, after["B?"].changed) == (
        NOON + 60,
        "1.0.0",
        "1.1.0",
    )


def test_an_id_carries_a_note_through_a_new_question() -> None:
    """A note with an id is the same note whatever it asks."""
    first = build(EMPTY, write_list(("A? <!-- id=a -->", "1")))
    second = build(first, write_list(("Something else? <!-- id=a -->", "1")))
    assert [entry.guid for entry in second.notes] == [entry.guid for entry in first.notes]


def test_an_id_given_later_changes_nothing_for_learners() -> None:
    """The ID that learners have stays; the author's is remembered beside it and works as well."""
    first = build(EMPTY, write_list(("A?", "1")))
    second = build(first, write_list(("A? <!-- id=a -->", "1")))
    third = build(second, write_list(("Else? <!-- id=a -->", "1")))
    (old,), (named,), (reworded,) = (lock.notes for lock in (first, second, third))
    assert (named.guid, named.id, named.key) == (old.guid, old.id, "a")
    assert (reworded.guid, reworded.id, reworded.key) == (old.guid, old.id, "a")


def test_a_reused_question_does_not_take_over_another_notes_guid() -> None:
    """A new note that asks what a retired one with an id asked is a note of its own."""
    first = build(EMPTY, write_list(("A?", "1")))
    second = build(first, write_list(("A? <!-- id=a -->", "1"), ("B?", "2")))
    third = build(second, write_list(("A, reworded? <!-- id=a -->", "1"), ("A?", "3")))
    assert len({entry.guid for entry in third.notes}) == 3
    assert {entry.id for entry in third.notes} >= {entry.id for entry in second.notes}


def test_a_date_rises_even_if_the_clock_went_back() -> None:
    """A change always gets a later date than the one learners have, or Anki would not take it."""
    first = build(EMPTY, write_list(("A?", "1")), NOON)
    second = build(first, write_list(("A?", "2")), NOON - 1000)
    assert [entry.mod for entry in second.notes] == [NOON + 1]


def test_the_file_is_one_line_a_note_in_a_fixed_order() -> None:
    """The file reads the same whatever the order of the notes, so that git merges it by lines."""
    lock = build(EMPTY, write_list(("A?", "1"), ("什么？", "2")))
    turned = build(EMPTY, write_list(("什么？", "2"), ("A?", "1")))
    lines = format_lock(lock).splitlines()
    assert format_lock(turned).splitlines() == lines
    assert json.loads(lines[0]) == {
        "deckpress_lock": 2,
        "deck": "demo",
        "name": "Demo",
        "created": NOON,
    }
    assert len(lines) == 3
    assert any('"question": "什么？"' in line for line in lines)


QUESTIONS = st.lists(st.sampled_from("ABCDEFGH"), unique=True, max_size=8)


@given(st.lists(QUESTIONS, min_size=1, max_size=6))
def test_identity_survives_any_history(history: list[list[str]]) -> None:
    """However notes come, go and change places, a question keeps its GUID and no two share one."""
    lock = EMPTY
    guids: dict[str, str] = {}
    for step, questions in enumerate(history):
        text = write_list(*((f"{name}?", f"{name}!") for name in questions))
        lock = build(lock, text, NOON + step)
        alive = {entry.question: entry.guid for entry in lock.notes if not entry.retired}
        assert set(alive) == {f"{name}?" for name in questions}
        assert all(guids.setdefault(question, guid) == guid for question, guid in alive.items())
        assert len({entry.guid for entry in lock.notes}) == len(lock.notes)
        assert format_lock(build(lock, text, NOON + 1000)) == format_lock(lock)


@given(st.lists(QUESTIONS, min_size=1, max_size=3))
def test_the_file_holds_the_whole_lock(history: list[list[str]]) -> None:
    """What is written is what is read."""
    lock = EMPTY
    for questions in history:
        lock = build(lock, write_list(*((f"{name}?", f"{name}!") for name in questions)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.lock"
        path.write_text(format_lock(lock), encoding="utf-8")
        assert format_lock(read_lock(path, "demo", NOON + 5)) == format_lock(lock)
