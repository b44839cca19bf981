"""What the lock remembers of each note and note type, and when it says that one changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.diagnostics import Diagnostics
from deckpress.lock import UNRELEASED, Lock, LockedNoteType, digest_note, digest_note_in_form_1
from deckpress.lock.dates import check_schema, date_note_type
from deckpress.lock.lock_file import format_lock
from deckpress.lock.matching import KnownClozes, identify, keep_kind
from deckpress.lock.similarity import sketch
from deckpress.notes import Kind, NoteText
from tests.support.locks import (
    EMPTY,
    build,
    entries_of,
    notes_of,
    read_notes,
    record,
    text_of,
    write_list,
)
from tests.support.projects import NOON


def test_a_new_note_is_of_today_and_not_yet_released() -> None:
    """The lock says since when there is a note, and that no learner has it so far."""
    (entry,) = build(EMPTY, write_list(("A?", "1")), NOON + 7).notes
    assert (entry.mod, entry.added, entry.changed) == (NOON + 7, "", "")
    assert (entry.released, entry.retired, entry.is_pending) == ("", "", True)


def test_a_date_rises_only_for_the_note_that_changed() -> None:
    """Learners' own edits of notes that the author did not touch stay, since these stay as old."""
    first = build(EMPTY, write_list(("A?", "1"), ("B?", "2")))
    second = build(first, write_list(("A?", "1"), ("B?", "3")), NOON + 60)
    before, after = entries_of(first), entries_of(second)
    assert after["A?"] == before["A?"]
    assert after["B?"].guid == before["B?"].guid
    assert after["B?"].mod == NOON + 60


def test_other_tags_are_a_change() -> None:
    """Tags reach learners only with a later date."""
    first = build(EMPTY, write_list(("A?", "1")))
    second = build(first, write_list(("A? <!-- tags=new -->", "1")), NOON + 60)
    assert entries_of(second)["A?"].mod == NOON + 60


def test_another_file_alone_is_no_change() -> None:
    """A note that moved, and looks as before, keeps its date; the lock knows the new place."""
    first = build(EMPTY, write_list(("A?", "1")))
    second = build(first, write_list(("A?", "1")), NOON + 60, file="other")
    assert second.notes == (first.notes[0]._replace(file="other"),)


@pytest.mark.parametrize("seconds", [0, -1000])
def test_a_date_rises_whatever_the_clock_says(seconds: int) -> None:
    """A change always gets a later date than the one learners have, or Anki would not take it."""
    first = build(EMPTY, write_list(("A?", "1")))
    second = build(first, write_list(("A?", "2")), NOON + seconds)
    assert [entry.mod for entry in second.notes] == [NOON + 1]


def test_a_note_that_is_gone_stays_in_the_lock_as_retired() -> None:
    """The lock says that the note is gone, however many builds follow."""
    lock = build(EMPTY, write_list(("A?", "1"), ("B?", "2")))
    for _ in range(2):
        lock = build(lock, write_list(("A?", "1")))
    assert {entry.question: entry.retired for entry in lock.notes} == {"A?": "", "B?": UNRELEASED}


def test_a_note_that_comes_back_unchanged_is_as_it_was() -> None:
    """A note taken out by mistake and put in again leaves no trace in the lock."""
    text = write_list(("A?", "1"), ("B?", "2"))
    first = build(EMPTY, text)
    without = build(first, write_list(("A?", "1")), NOON + 60)
    assert format_lock(build(without, text, NOON + 120)) == format_lock(first)


FIELDS = st.lists(st.text(alphabet="ab ", max_size=3), min_size=2, max_size=2)
TAGS = st.lists(st.text(alphabet="ab", min_size=1, max_size=2), max_size=2)


@given(FIELDS, FIELDS, TAGS, TAGS)
def test_text_that_moves_to_another_field_is_a_change(
    fields: list[str], more_fields: list[str], tags: list[str], more: list[str]
) -> None:
    """Text that goes from one field to the next, or to the tags, does not look like no change."""
    same = (fields, sorted(tags)) == (more_fields, sorted(more))
    assert (digest_note(fields, tags) == digest_note(more_fields, more)) is same


def test_the_name_of_a_field_is_no_part_of_a_note() -> None:
    """A field can be renamed without a change of every note; the lock's first form could not."""
    old, new = {"Answer": "1"}, {"Reply": "1"}
    assert digest_note(old.values(), ()) == digest_note(new.values(), ())
    assert digest_note_in_form_1(old, ()) != digest_note_in_form_1(new, ())


BASIC = LockedNoteType(
    note_type="basic",
    id=1,
    fields={"Question": 11, "Answer": 12},
    templates={"Card": 21, "Back": 22},
    sort_field=0,
    is_cloze=False,
    style="0123456789abcdef",
    mod=NOON,
)
NO_UPDATES = (
    " since the last build. Learners would get none of these notes' updates, unless they import "
    'with "Merge note types" on and "Update notes: Always" after a backup, and sync in full: build '
    "with the deckpress of the last build, or give the deck a new id, which makes it a new deck"
)
SCHEMAS: dict[str, tuple[LockedNoteType, list[str]]] = {
    "another id": (BASIC._replace(id=2), ["its id is 2 and was 1"]),
    "became a cloze note type": (BASIC._replace(is_cloze=True), ["it became a cloze note type"]),
    "a field more": (
        BASIC._replace(fields={**BASIC.fields, "Hint": 13}),
        ['its field "Hint" was added'],
    ),
    "a field less": (BASIC._replace(fields={"Question": 11}), ['its field "Answer" was removed']),
    "another field under an old name": (
        BASIC._replace(fields={"Question": 11, "Answer": 13}),
        ['its field "Answer" was removed', 'its field "Answer" was added'],
    ),
    "fields in another order": (
        BASIC._replace(fields={"Answer": 12, "Question": 11}),
        ["the order of its fields changed"],
    ),
    "a template less": (
        BASIC._replace(templates={"Card": 21}),
        ['its card template "Back" was removed'],
    ),
    "templates in another order": (
        BASIC._replace(templates={"Back": 22, "Card": 21}),
        ["the order of its card templates changed"],
    ),
    "sorted by another field": (
        BASIC._replace(sort_field=1),
        ["its sort field is number 2 and was number 1"],
    ),
    "other names and another style": (
        BASIC._replace(fields={"Front": 11, "Back": 12}, templates={"A": 21, "B": 22}, style="f"),
        [],
    ),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_note_type_that_learners_could_not_update_is_refused(name: str) -> None:
    """Each part that Anki compares is told of by its name; names and looks may change."""
    now, differences = SCHEMAS[name]
    lock = EMPTY._replace(note_types=(BASIC,))
    expected = [f'note type "basic": {what}{NO_UPDATES}' for what in differences]
    assert list(check_schema(lock, now)) == expected


def test_a_note_type_that_is_new_or_little_known_is_accepted() -> None:
    """Neither a first build nor a lock of form 1, which knows no parts, stands in the way."""
    assert not list(check_schema(EMPTY, BASIC))
    little = BASIC._replace(id=0, fields={}, templates={})
    assert not list(check_schema(EMPTY._replace(note_types=(little,)), BASIC))


def test_a_note_type_gets_a_later_date_only_if_it_changed() -> None:
    """A new style reaches learners, whatever the clock says; the same style troubles nobody."""
    lock = EMPTY._replace(note_types=(BASIC,))
    restyled = BASIC._replace(style="fedcba9876543210", mod=0)
    assert date_note_type(EMPTY, BASIC, NOON + 60).mod == NOON + 60
    assert date_note_type(lock, BASIC._replace(mod=0), NOON + 60).mod == NOON
    assert date_note_type(lock, restyled, NOON + 60).mod == NOON + 60
    assert date_note_type(lock, restyled, NOON - 60).mod == NOON + 1


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


MARKED = """\
1. 2019. What happened to the first of all networks?

   Much.

2. - [x] Which part of it is done already?

   This one.

3. What is 10<sup>2</sup>, and what is done before it?

   - [x] shuffle the whole of the data
   - [ ] look at the test set at last

4. How does it go on with the second one of the steps?

   2. The second step, which is long enough to tell.
   3. The third step.
"""
YEAR, TASK = "What happened to the first of all networks?", "Which part of it is done already?"
FIRST_TEXTS = {f"2019. {YEAR}": YEAR, f"[x] {TASK}": TASK}
"""What the first locks have for questions with markers."""


def in_first_form(lock: Lock, notes: Sequence[NoteText]) -> Lock:
    """Return a lock as it was when no marker of a list counted as text."""
    answers = {note.question_text: note.unmarked_answer for note in notes}
    entries = tuple(
        entry._replace(
            question=FIRST_TEXTS.get(entry.question, entry.question),
            answer=sketch(answers[entry.question]),
        )
        for entry in lock.notes
    )
    return lock._replace(notes=entries)


def test_a_lock_without_markers_of_lists_knows_its_notes() -> None:
    """A lock of before finds every note, tells nothing, and stays as it is."""
    notes = notes_of(MARKED)
    before = in_first_form(build(EMPTY, MARKED), notes)
    assert {entry.question for entry in before.notes} > set(FIRST_TEXTS.values())
    doubts: Diagnostics = []
    identities = identify(before, notes, doubts)
    assert not doubts
    assert [identity.guid for identity in identities] == [entry.guid for entry in before.notes]
    assert format_lock(record(before, notes, identities)) == format_lock(before)


def test_a_lock_without_markers_of_lists_knows_reworded_notes() -> None:
    """An answer with markers tells its note, whichever form the lock has of it."""
    before = in_first_form(build(EMPTY, MARKED), notes_of(MARKED))
    edited = MARKED.replace("What is 10", "How much is, say, 10").replace(
        "How does it go", "Well: go"
    )
    doubts: Diagnostics = []
    identities = identify(before, notes_of(edited), doubts)
    assert not doubts
    assert [identity.matched_by for identity in identities] == [
        "question",
        "question",
        "answer",
        "answer",
    ]
    assert [identity.guid for identity in identities] == [entry.guid for entry in before.notes]


def test_the_guid_of_a_question_with_markers_is_what_it_was() -> None:
    """Without a lock, a new build gives notes the GUIDs that they had before markers counted."""
    marked = identify(EMPTY, notes_of(MARKED), [])
    plain = identify(
        EMPTY, notes_of(MARKED.replace("2019. W", "W").replace("- [x] Which", "Which")), []
    )
    assert [identity.guid for identity in marked] == [identity.guid for identity in plain]


def test_questions_that_differ_by_their_markers_are_two() -> None:
    """Two years, or a task that is done and one that is not, are no doubles."""
    asked = ("2019. What?", "2020. What?", "- [x] Done?", "- [ ] Done?")
    text = "\n\n".join(
        f"{index}. {question}\n\n   Answer {index}." for index, question in enumerate(asked, 1)
    )
    lock = build(EMPTY, text)
    assert (
        len({entry.guid for entry in lock.notes})
        == len({entry.question for entry in lock.notes})
        == 4
    )
    doubts: Diagnostics = []
    identities = identify(lock, notes_of(text), doubts)
    assert not doubts
    assert [identity.matched_by for identity in identities] == ["question"] * 4


def test_a_question_that_has_more_blocks_now_is_the_note_it_was() -> None:
    """Locks of deckpress 0.1 have the first block alone of what is a question of several now."""
    folded = "<details><summary>Answer</summary>\n\nB\n\n</details>"
    questions = ("## 1. What is printed?\n\n- A: 6\n- B: 8", "## 2. And what now?\n\n- C")
    text = "\n\n".join(f"{question}\n\n{folded}" for question in questions)
    lock = build(EMPTY, text)
    before = lock._replace(
        notes=tuple(
            entry._replace(question=entry.question.partition("?")[0] + "?", answer=f"other {index}")
            for index, entry in enumerate(lock.notes)
        )
    )
    after = build(before, text)
    assert [entry.guid for entry in after.notes] == [entry.guid for entry in lock.notes]
    assert [entry.question for entry in after.notes] == [entry.question for entry in lock.notes]


def test_a_note_with_a_mark_in_its_answer_keeps_its_kind() -> None:
    """What learners have as a cloze note stays one; a new note is basic, with a highlight."""
    text = "1. One?\n\n   It is ==one==.\n\n2. Two?\n\n   It is ==two==.\n"
    first, second = read_notes(text)
    assert (first.kind, second.kind) == (Kind.BASIC, Kind.BASIC)
    assert first.as_cloze
    learned = [text_of(first.as_cloze)]
    lock = record(EMPTY, learned, identify(EMPTY, learned, []))
    known = KnownClozes.of(lock)
    kept = [keep_kind(known, note) for note in (first, second)]
    assert [note.kind for note in kept] == [Kind.CLOZE, Kind.BASIC]
    doubts: Diagnostics = []
    identities = identify(lock, list(map(text_of, kept)), doubts)
    assert not doubts
    assert identities[0].guid == lock.notes[0].guid
