"""A cloze number belongs to its text: with it goes what a learner knows of that text."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import Diagnostics
from deckpress.lock import Lock
from deckpress.lock.cloze_numbers import check_clozes_kept, clozes_of, number_clozes
from deckpress.lock.matching import identify
from deckpress.lock.similarity import fold, question_similarity
from tests.support.cases import Case, Check, read_cases
from tests.support.commands import Command, run
from tests.support.locks import EMPTY, notes_of, record
from tests.support.projects import write

ID = " <!-- id=cloze -->"


def rebuild(lock: Lock, text: str) -> tuple[Lock, dict[str, str], list[str]]:
    """Return the lock after a build of one note, its texts by number, and its warnings."""
    notes = notes_of(f"1. {text}{ID}\n")
    doubts: Diagnostics = []
    identities = identify(lock, notes, doubts)
    assert doubts == []
    (identity,) = identities
    (note,) = (number_clozes(note, identity.entry) for note in notes)
    warnings = check_clozes_kept(note, identity.entry)
    return record(lock, [note], identities), clozes_of(note), list(map(str, warnings))


def last(*texts: str) -> tuple[dict[str, str], list[str]]:
    """Return the numbers and warnings of the last of some builds of a note."""
    lock, numbers, warnings = EMPTY, dict[str, str](), list[str]()
    for text in texts:
        lock, numbers, warnings = rebuild(lock, text)
    return numbers, warnings


def builds_of(case: Case) -> list[str]:
    """Return the texts of a note, build by build."""
    return [text.decode().rstrip("\n") for text in case.files.values()]


KEPT = read_cases("cloze/kept")


@pytest.mark.parametrize("name", KEPT)
def test_a_mark_keeps_its_number(name: str, check_case: Check) -> None:
    """Marks are edited, and come and go; each text keeps the number that it was learned under."""
    numbers, _ = last(*builds_of(KEPT[name]))
    check_case(KEPT[name], "".join(f"{number} {text}\n" for number, text in numbers.items()))


WARNED = read_cases("cloze/warned")


@pytest.mark.parametrize("name", WARNED)
def test_a_number_that_would_pass_to_another_text_is_told(name: str, check_case: Check) -> None:
    """Who writes another number by hand learns what it does to learners, and what to write."""
    _, warnings = last(*builds_of(WARNED[name]))
    check_case(WARNED[name], "".join(f"{warning}\n" for warning in warnings))


ADVISED = {
    "numbers changed for each other": "{{c1::cat}} and {{c2::dog}}.",
    "a number that nothing had": "==猫== and {{c2::狗}}.",
    "numbers in a formula": "$x = {{c2::b}} + {{c1::a}}$.",
    "a number that was used before": "==cat== and {{c3::whale}}.",
    "a number that was used before, by another text of the note": "{{c1::cat}}.",
}


@pytest.mark.parametrize("name", ADVISED)
def test_the_advice_can_be_taken(name: str) -> None:
    """With the numbers that the warnings name, there is nothing more to warn of."""
    texts = builds_of(WARNED[name])
    for warning in WARNED[name].expected.splitlines():
        assert warning.rpartition("write ")[2] in ADVISED[name]
    assert last(*texts[:-1], ADVISED[name])[1] == []


def test_two_reused_numbers_are_not_sent_to_one() -> None:
    """The numbers that warnings advise are free: no other text has them, or is sent there."""
    numbers, warnings = last(
        "==cat==, ==dog== and ==mouse==.",
        "==cat==.",
        "==cat==, {{c2::whale}}, {{c3::pigeon}} and {{c4::python}}.",
    )
    advised = [warning.rpartition("write ")[2].partition("::")[0] for warning in warnings]
    assert len(set(advised)) == len(warnings) == 2
    assert not {f"{{{{c{number}" for number in numbers} & set(advised)


def test_a_new_mark_gets_a_number_that_anki_makes_a_card_of() -> None:
    """A high number that the author wrote does not drive the next mark beyond Anki's 500."""
    numbers, _ = last("{{c500::cat}} and ==dog==.", "{{c500::cat}}, ==dog== and ==whale==.")
    assert all(1 <= int(number) <= 500 for number in numbers)


def test_the_order_of_warnings_is_always_the_same(project: Path, deckpress: Command) -> None:
    """Two warnings of one place come in one order, whatever the process's hash seed."""
    before, between = "1. $x = {{c1::a}} + {{c2::b}} + {{c3::c}}$", "1. $x = {{c1::a}}$"
    for text in (before, between):
        write(project, {"source/notes.md": f"{text}.{ID}\n"})
        assert run("--quiet").exit_code == 0
    text = "1. $x = {{c1::a}} + {{c2::y^2}} + {{c3::z^3}}$"
    write(project, {"source/notes.md": f"{text}.{ID}\n"})
    outputs = [deckpress("check", PYTHONHASHSEED=seed).err for seed in ("0", "1")]
    assert outputs[0].count(": warning: ") == 2
    assert outputs[0] == outputs[1]


def test_the_card_has_the_number_that_the_lock_knows(project: Path) -> None:
    """What the package says is what was decided: one card a number, under the old numbers."""
    write(project, {"source/notes.md": f"1. The ==cat== and the ==dog==.{ID}\n"})
    assert "2 cards" in run().stdout
    write(project, {"source/notes.md": f"1. A ==whale== and the ==dog==.{ID}\n"})
    result = run()
    assert (result.stderr, "2 cards" in result.stdout) == ("", True)
    lock = (project / "source/deck.lock").read_text()
    assert '"clozes": {"3": "whale", "2": "dog"}, "gone_clozes": {"1": "cat"}' in lock


WORDS = ["cat", "dog", "mouse", "elephant", "python", "whirl", "门控", "注意力", "Σ"]
BUILDS = st.lists(
    st.lists(st.sampled_from(WORDS), unique=True, min_size=1, max_size=5), min_size=2, max_size=8
)


def test_the_words_of_these_tests_are_unlike_each_other() -> None:
    """No word can be taken for another one, edited."""
    for first, second in itertools.combinations(WORDS, 2):
        assert question_similarity(fold(first), fold(second)) < 0.5


@settings(max_examples=60)
@given(BUILDS)
def test_a_text_keeps_its_number_for_ever(builds: list[list[str]]) -> None:
    """However marks come, go and change places, no text changes its number, and none shares it."""
    lock = EMPTY
    of_text: dict[str, str] = {}
    of_number: dict[str, str] = {}
    for words in builds:
        lock, numbers, warnings = rebuild(lock, " ".join(f"=={word}==," for word in words))
        assert list(numbers.values()) == words
        assert warnings == []
        for number, text in numbers.items():
            assert of_text.setdefault(text, number) == number
            assert of_number.setdefault(number, text) == text


WRITTEN = st.dictionaries(st.sampled_from(WORDS), st.sampled_from([None, 1, 2, 3, 9]), min_size=1)


@settings(max_examples=60)
@given(st.lists(WRITTEN, min_size=2, max_size=5))
def test_a_number_that_the_author_wrote_is_the_texts(builds: list[dict[str, int | None]]) -> None:
    """What is written stays, and no mark gets the number of another text of its note."""
    lock = EMPTY
    for build in builds:
        written = {text: number for text, number in build.items() if number}
        marks = [text for text, number in build.items() if not number]
        clozes = [f"{{{{c{number}::{text}}}}}" for text, number in written.items()]
        lock, numbers, _ = rebuild(lock, " ".join([*clozes, *(f"=={text}==" for text in marks)]))
        assert all(text in numbers[str(number)] for text, number in written.items())
        assert {text for text in numbers.values() if text in marks} == set(marks)
