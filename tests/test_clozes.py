"""A cloze number belongs to its text: with it goes what a learner knows of that text."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.lock import Lock
from deckpress.lock.cloze_numbers import check_clozes_kept, clozes_of, number_clozes
from deckpress.lock.matching import identify
from deckpress.lock.similarity import fold, question_similarity
from tests.support.commands import Command, run
from tests.support.locks import EMPTY, notes_of, record
from tests.support.projects import write

ID = " <!-- id=cloze -->"


def rebuild(lock: Lock, text: str) -> tuple[Lock, dict[str, str], list[str]]:
    """Return the lock after a build of one note, its texts by number, and its warnings."""
    notes = notes_of(f"1. {text}{ID}\n")
    identities, doubts = identify(lock, notes)
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


KEPT: dict[str, tuple[list[str], dict[str, str]]] = {
    "nothing changes": (
        ["The ==cat== and the ==dog==.", "The ==cat== and the ==dog==."],
        {"1": "cat", "2": "dog"},
    ),
    "one is inserted before them": (
        ["The ==cat== and the ==dog==.", "A ==whale==, the ==cat== and the ==dog==."],
        {"3": "whale", "1": "cat", "2": "dog"},
    ),
    "one is inserted between them, in Chinese": (
        ["==输入门==与==输出门==。", "==输入门==、==遗忘==与==输出门==。"],
        {"1": "输入门", "3": "遗忘", "2": "输出门"},
    ),
    "the first is removed": (
        ["The ==cat== and the ==dog==.", "The cat and the ==dog==."],
        {"2": "dog"},
    ),
    "they change places": (
        ["The ==cat== and the ==dog==.", "The ==dog== and the ==cat==."],
        {"2": "dog", "1": "cat"},
    ),
    "one changes its place and another comes": (
        ["==Cat==, ==dog==.", "==Whale==, ==dog==, ==cat==."],
        {"3": "Whale", "2": "dog", "1": "cat"},
    ),
    "case, width and blanks change": (
        ["An ==LSTM cell== and a ==gate==.", "A ==Gate== and an ==ＬＳＴＭ  Cell==."],
        {"2": "Gate", "1": "ＬＳＴＭ Cell"},
    ),
    "a typo is corrected": (
        ["The ==elefant== and the ==dog==.", "The ==dog== and the ==elephant==."],
        {"2": "dog", "1": "elephant"},
    ),
    "each one is edited, and they change places": (
        ["A ==weighted sum== of ==the values==.", "Of ==values==, a ==weighted mean==."],
        {"2": "values", "1": "weighted mean"},
    ),
    "one is replaced by something else": (
        ["The ==cat== and the ==dog==.", "The ==cat== and the ==elephant==."],
        {"1": "cat", "3": "elephant"},
    ),
    "one comes back": (
        ["The ==cat== and the ==dog==.", "The ==dog==.", "The ==dog== and the ==cat==."],
        {"2": "dog", "1": "cat"},
    ),
    "one comes back long after another took its place": (
        [
            "The ==cat==.",
            "The ==whale==.",
            "The ==pigeon==.",
            "The ==pigeon==, ==cat==, ==whale==.",
        ],
        {"3": "pigeon", "1": "cat", "2": "whale"},
    ),
    "two are the same text": (
        ["==Cat== and ==cat==.", "A ==whale==, a ==cat== and a ==cat==."],
        {"3": "whale", "1": "cat", "2": "cat"},
    ),
    "the author wrote some of the numbers": (
        ["{{c2::cat}} and ==dog==.", "==whale==, ==dog== and {{c2::cat}}."],
        {"3": "whale", "1": "dog", "2": "cat"},
    ),
    "the author wrote a number that a mark had": (
        ["==cat== and ==dog==.", "{{c1::whale}}, ==cat== and ==dog==."],
        {"1": "whale", "3": "cat", "2": "dog"},
    ),
    "the author wrote the number that would be next": (
        ["==cat==.", "==cat==, {{c2::dog}} and ==whale==."],
        {"1": "cat", "2": "dog", "3": "whale"},
    ),
    "the author wrote out the number that a mark had": (
        ["==cat== and ==dog==.", "==cat== and {{c2::dog}}."],
        {"1": "cat", "2": "dog"},
    ),
    "a cloze in a formula stays what the author wrote": (
        ["$a = {{c2::b + c}}$ and ==dog==.", "==dog==, ==cat== and $a = {{c2::b + c}}$."],
        {"1": "dog", "3": "cat", "2": "b + c"},
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_mark_keeps_its_number(name: str) -> None:
    """Marks are edited, and come and go; each text keeps the number that it was learned under."""
    texts, numbers = KEPT[name]
    assert last(*texts)[0] == numbers


WARNED: dict[str, tuple[list[str], list[str]]] = {
    "numbers changed for each other": (
        ["==cat== and ==dog==.", "{{c2::cat}} and {{c1::dog}}."],
        [
            'notes.md:1:4: warning: "cat" was cloze 1 and is now cloze 2: learners\' progress of '
            '"dog" would pass to it; write {{c1::cat}}',
            'notes.md:1:20: warning: "dog" was cloze 2 and is now cloze 1: learners\' progress of '
            '"cat" would pass to it; write {{c2::dog}}',
        ],
    ),
    "a number that nothing had": (
        ["==猫== and ==狗==.", "==猫== and {{c7::狗}}."],
        [
            'notes.md:1:14: warning: "狗" was cloze 2 and is now cloze 7: learners\' progress '
            "would not go with it; write {{c2::狗}}"
        ],
    ),
    "a number that a mark had": (
        ["==cat== and ==dog==.", "{{c1::whale}}, ==cat== and ==dog==."],
        [
            'notes.md:1:19: warning: "cat" was cloze 1 and is now cloze 3: learners\' progress '
            "would not go with it; write {{c1::cat}} and {{c4::whale}}"
        ],
    ),
    "numbers in a formula": (
        ["$x = {{c1::a}} + {{c2::b}}$.", "$x = {{c1::b}} + {{c2::a}}$."],
        [
            'notes.md:1:4: warning: "b" was cloze 2 and is now cloze 1: learners\' progress of '
            '"a" would pass to it; write {{c2::b}}',
            'notes.md:1:4: warning: "a" was cloze 1 and is now cloze 2: learners\' progress of '
            '"b" would pass to it; write {{c1::a}}',
        ],
    ),
    "a number that was used before": (
        ["==cat== and ==dog==.", "==cat==.", "==cat== and {{c2::whale}}."],
        [
            'notes.md:1:16: warning: cloze 2 was "dog" once, and learners\' progress of it would '
            'pass to "whale": write {{c3::whale}}'
        ],
    ),
    "a number that was used before, by another text of the note": (
        ["==cat== and ==dog==.", "==cat==.", "{{c2::cat}}."],
        [
            'notes.md:1:4: warning: "cat" was cloze 1 and is now cloze 2: learners\' progress of '
            '"dog" would pass to it; write {{c1::cat}}'
        ],
    ),
    "an edited text under its own number": (
        ["{{c1::cat}} and {{c2::dog}}.", "{{c1::tomcat}} and {{c2::bulldog}}."],
        [],
    ),
    "a text that comes back under its own number": (
        ["{{c1::cat}} and {{c2::dog}}.", "{{c1::cat}}.", "{{c2::dog}} and {{c1::cat}}."],
        [],
    ),
    "one number for two texts, written in another order": (
        ["{{c1::cat}} and {{c1::cat}}.", "{{c1::cat}} and {{c1::cat}} and {{c2::dog}}."],
        [],
    ),
}


@pytest.mark.parametrize("name", WARNED)
def test_a_number_that_would_pass_to_another_text_is_told(name: str) -> None:
    """Who writes another number by hand learns what it does to learners, and what to write."""
    texts, warnings = WARNED[name]
    assert last(*texts)[1] == warnings


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
    texts, warnings = WARNED[name]
    for warning in warnings:
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
    told = [deckpress("check", PYTHONHASHSEED=seed).err for seed in ("0", "1")]
    assert told[0].count(": warning: ") == 2
    assert told[0] == told[1]


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
    for one, other in itertools.combinations(WORDS, 2):
        assert question_similarity(fold(one), fold(other)) < 0.5


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=60, deadline=None)
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
