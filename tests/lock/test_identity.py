"""A note is found again however it was edited; where that is not sure, the author is asked."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.diagnostics import Diagnostics
from deckpress.lock import Lock, short_digest
from deckpress.lock.candidates import MARGIN, SURE, Pair, unambiguous_matches
from deckpress.lock.match_steps import MatchedBy
from deckpress.lock.matching import Identity, identify
from deckpress.lock.similarity import (
    SKETCH_SIZE,
    answer_similarity,
    fold,
    gram_numbers,
    id_under_headings,
    numbers_in,
    question_similarity,
    score,
    sketch,
)
from deckpress.notes import NoteText
from tests.support.cases import Check, read_cases
from tests.support.commands import run, without_account, without_counts
from tests.support.locks import (
    COMMENT,
    EMPTY,
    answer,
    build,
    entries_of,
    notes_of,
    record,
    write_list,
)
from tests.support.projects import write

Notes = Sequence[tuple[str, str]]
"""Questions with their answers."""

GATES = "The gates decide what is written, what is kept and what is shown of the cell."
CLIPPING = "Exploding gradients still need clipping, since paths through gates multiply."
门 = "遗忘门接近 1 时，梯度沿单元状态几乎原样传回，不必反复乘权重矩阵。"
ASKED = "How does an LSTM avoid vanishing gradients?"
问 = "LSTM 为什么能缓解梯度消失？"


def identify_text(lock: Lock, text: str) -> tuple[dict[str, Identity], list[str]]:
    """Return the identity of each note by its question, and what is not sure, as it is told."""
    notes = notes_of(text)
    doubts: Diagnostics = []
    identities = identify(lock, notes, doubts)
    by_question = {
        note.question_text: identity for note, identity in zip(notes, identities, strict=True)
    }
    return by_question, sorted(map(str, doubts))


def find(before: str, after: str) -> dict[str, tuple[str, MatchedBy | None]]:
    """Return for each note what it asked in the last build, and how it was found; `""` if new."""
    identities, doubts = identify_text(build(EMPTY, before), after)
    assert doubts == []
    return {
        question: (identity.entry.question if identity.entry else "", identity.matched_by)
        for question, identity in identities.items()
    }


FOUND = read_cases("identity/found")


@pytest.mark.parametrize("name", FOUND)
def test_a_note_is_found(name: str, check_case: Check) -> None:
    """A note is found by its id, its question, its answer, or its likeness, in this order."""
    matches = find(FOUND[name]["before.md"], FOUND[name]["after.md"])
    lines = [
        f"{asked} ← {old} ({how})" if how else f"{asked} is new"
        for asked, (old, how) in matches.items()
    ]
    check_case(FOUND[name], "".join(f"{line}\n" for line in lines))


def test_an_id_given_later_changes_nothing_for_learners() -> None:
    """The ID that learners have stays; the author's is remembered beside it and works as well."""
    first = build(EMPTY, write_list(("A?", "1")))
    second = build(first, write_list(("A? <!-- id=a -->", "1")))
    third = build(second, write_list(("Else? <!-- id=a -->", "1")))
    (old,), (named,), (reworded,) = (lock.notes for lock in (first, second, third))
    assert (named.guid, named.id, named.key) == (old.guid, old.id, "a")
    assert (reworded.guid, reworded.id, reworded.key) == (old.guid, old.id, "a")


@pytest.mark.parametrize("turned", [False, True])
def test_an_id_belongs_to_the_note_that_has_it_now(turned: bool) -> None:
    """An id that a note gave up is free for a new note, whichever of the two stands first."""
    first = build(EMPTY, write_list(("What is a cell? <!-- id=cell -->", GATES)))
    second = build(first, write_list(("What is a cell? <!-- id=lstm-cell -->", GATES)))
    notes = [
        ("What is a cell? <!-- id=lstm-cell -->", GATES),
        ("How many cells has an eye? <!-- id=cell -->", "Some millions."),
    ]
    text = write_list(*(notes[::-1] if turned else notes))
    identities, doubts = identify_text(second, text)
    assert doubts == []
    assert identities["What is a cell?"].guid == first.notes[0].guid
    assert identities["How many cells has an eye?"].entry is None


CLOZE = "A cell has ==three== gates."
CLAIMED: dict[str, tuple[Notes, Notes, str]] = {
    "the ID that it has": (
        [(ASKED, GATES), ("B?", "2")],
        [("B?", "2"), ("New? <!-- id=d8ad01b5 -->", "Yes."), (ASKED, GATES)],
        f'notes.md:5: id "d8ad01b5" is that of "{ASKED}" in notes.md:9',
    ),
    "the id that its author gave it": (
        [(f"{ASKED} <!-- id=lstm -->", GATES)],
        [(ASKED, GATES), ("New? <!-- id=LSTM -->", "Yes.")],
        f'notes.md:5: id "LSTM" is that of "{ASKED}" in notes.md:1',
    ),
    "an id that it gives up for another one": (
        [(f"{ASKED} <!-- id=lstm -->", GATES)],
        [("New? <!-- id=lstm -->", "Yes."), (f"{ASKED} <!-- id=cell -->", GATES)],
        f'notes.md:1: id "lstm" is that of "{ASKED}" in notes.md:5',
    ),
    "an id, in other width": (
        [("ＬＳＴＭ有几个门？ <!-- id=gates -->", "三个。")],
        [("New? <!-- id=gates -->", "Yes."), ("LSTM 有几个门?", "三个。")],
        'notes.md:1: id "gates" is that of "ＬＳＴＭ有几个门？" in notes.md:5',
    ),
    "the id of a cloze": (
        [(f"{CLOZE} <!-- id=gates -->", "")],
        [("A ==new== thing. <!-- id=gates -->", ""), (CLOZE, "")],
        'notes.md:1: id "gates" is that of "A cell has three gates." in notes.md:3',
    ),
}


@pytest.mark.parametrize("name", CLAIMED)
def test_no_note_takes_the_id_of_an_unchanged_one(name: str) -> None:
    """No note's progress goes to a new note in silence because that was given its id by mistake."""
    before, after, message = CLAIMED[name]
    lock = build(EMPTY, write_list(*before))
    identities, doubts = identify_text(lock, write_list(*after))
    assert [line.partition(":")[0] for line in doubts] == ["notes.md"]
    assert doubts[0].startswith(
        f"{message}, which is unchanged: choose another; or, if this is to go"
    )
    kept = {identity.entry.guid for identity in identities.values() if identity.entry}
    assert kept == {entry.guid for entry in lock.notes}
    assert sum(identity.entry is None for identity in identities.values()) == 1


NAMED: dict[str, tuple[Notes, Notes, Mapping[str, str]]] = {
    "at the note itself, in other case": (
        [("Why Adam?", GATES)],
        [("why  adam? <!-- id=8a7430de -->", GATES)],
        {"why adam?": "Why Adam?"},
    ),
    "at the reworded note, while a new one asks what it asked": (
        [("A? <!-- id=a -->", GATES)],
        [("Reworded? <!-- id=a -->", GATES), ("A?", CLIPPING)],
        {"Reworded?": "A?", "A?": ""},
    ),
    "at two notes that change their places": (
        [("A? <!-- id=a -->", GATES), ("B? <!-- id=b -->", CLIPPING)],
        [("A? <!-- id=b -->", GATES), ("B? <!-- id=a -->", CLIPPING)],
        {"A?": "B?", "B?": "A?"},
    ),
    "at one of two equal notes, while the other one lost its id": (
        [("A? <!-- id=a -->", GATES), ("A? <!-- id=b -->", GATES)],
        [("Reworded? <!-- id=a -->", GATES), ("A?", GATES)],
        {"Reworded?": "A?", "A?": "A?"},
    ),
    "at a reworded note, while the old one is said to be new": (
        [("A? <!-- id=a -->", GATES)],
        [("Reworded? <!-- id=a -->", CLIPPING), ("A? <!-- id=NEW -->", GATES)],
        {"Reworded?": "A?", "A?": ""},
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_an_id_says_which_note_it_is(name: str) -> None:
    """Who writes an id where the note is, or goes, is believed."""
    before, after, expected = NAMED[name]
    text = write_list(*after).replace("NEW", short_digest(EMPTY.deck, "A?", "new"))
    identities, doubts = identify_text(build(EMPTY, write_list(*before)), text)
    assert doubts == []
    asked = {
        now: identity.entry.question if identity.entry else ""
        for now, identity in identities.items()
    }
    assert asked == expected


def test_a_question_that_is_taken_back_finds_its_note() -> None:
    """A note is known by the question it had when it was new, if no note asks that any more."""
    first = build(EMPTY, write_list(("Is softmax convex?", GATES)))
    second = build(first, write_list(("Which functions are convex?", GATES)))
    third = build(second, write_list(("Is softmax convex?", "Not at all.")))
    assert [entry.guid for entry in third.notes] == [entry.guid for entry in first.notes]


def test_a_reused_question_does_not_take_over_another_notes_guid() -> None:
    """A new note that asks what one with an id asked before is a note of its own."""
    first = build(EMPTY, write_list(("A?", "1")))
    second = build(first, write_list(("A? <!-- id=a -->", "1"), ("B?", "2")))
    third = build(second, write_list(("A, reworded? <!-- id=a -->", "1"), ("A?", "3")))
    assert len({entry.guid for entry in third.notes}) == 3
    assert {entry.id for entry in third.notes} >= {entry.id for entry in second.notes}


PATTERNS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "capitals": (
        ("What is the capital of France?", "Paris."),
        ("What is the capital of Greece?", "Athens."),
    ),
    "capitals of nearly the same name": (
        ("What is the capital of Iran?", "Tehran."),
        ("What is the capital of Iraq?", "Baghdad."),
    ),
    "derivatives": (
        ("What is the derivative of $\\sin x$?", "It is $\\cos x$."),
        ("What is the derivative of $\\cos x$?", "It is $-\\sin x$."),
    ),
    "norms": (
        ("What is L1 regularization?", "The absolute values of all weights join the loss."),
        ("What is L2 regularization?", "Weights decay: their squares count as a penalty."),
    ),
    "sizes": (
        ("How many parameters does BERT-base have?", "110 million, in 12 layers."),
        ("How many parameters does BERT-large have?", "Three times as much, about 340 million."),
    ),
    "versions, in Chinese": (
        ("GPT-2 有多少参数？", "15 亿。"),
        ("GPT-3 有多少参数？", "1750 亿。"),
    ),
    "halves, in Chinese": (
        ("编码器的自注意力看得到哪些位置？", "整个输入序列的所有位置。"),
        ("解码器的自注意力看得到哪些位置？", "只有当前词和它前面的词。"),
    ),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_questions_of_one_pattern_are_not_mixed_up(name: str) -> None:
    """Progress does not pass from one question of a pattern to the next that replaced it."""
    old, new = PATTERNS[name]
    lock = build(EMPTY, write_list(old))
    (identity,) = identify_text(lock, write_list(new))[0].values()
    assert identity.entry is None


def test_a_question_of_a_pattern_is_known_among_its_like() -> None:
    """Where the others of a pattern stay as they are, one that was edited is known."""
    cities = {"Iran": "Tehran.", "Iraq": "Baghdad.", "Oman": "Muscat.", "Peru": "Lima."}
    before = [(f"What is the capital of {name}?", city) for name, city in cities.items()]
    after = [("What's the capital of Iraq?", "Baghdad."), before[3], before[0], before[2]]
    assert find(write_list(*before), write_list(*after)) == {
        "What's the capital of Iraq?": ("What is the capital of Iraq?", MatchedBy.ANSWER),
        **{asked: (asked, MatchedBy.QUESTION) for asked, _ in after[1:]},
    }


RETURNS: dict[str, tuple[tuple[str, str], bool]] = {
    "with its question": ((ASKED, "Something else."), True),
    "with its ID": (("What is an LSTM? <!-- id=d8ad01b5 -->", "A network."), True),
    "with its answer": (("Why gates?", GATES), True),
    "merely as short": (("Why use gates?", "Yes."), False),
    "merely with a short answer of it": (("Why use gates?", "It depends on the input."), False),
}


@pytest.mark.parametrize("name", RETURNS)
def test_a_retired_note_comes_back_only_as_itself(name: str) -> None:
    """A note that left the deck is found by what it had, and never taken for one like it."""
    returned, is_back = RETURNS[name]
    answered = "It depends on the input." if "depends" in returned[1] else GATES
    first = build(EMPTY, write_list((ASKED, answered), ("B?", "2")))
    retired = build(first, write_list(("B?", "2")))
    identities, doubts = identify_text(retired, write_list(("B?", "2"), returned))
    assert doubts == []
    guids = {identity.guid for identity in identities.values()}
    assert (guids == {entry.guid for entry in first.notes}) is is_back


SORTS = {name: f"What is the complexity of {name} sort?" for name in ("merge", "heap", "quick")}
N_LOG_N = "O(n log n)"


def test_a_retired_note_does_not_take_the_place_of_a_living_one() -> None:
    """Where many notes have an answer, that tells none of them; a reworded one is known as itself.

    The case is found/faults/identity: a note is retired, another one that has its answer reworded.
    """
    first = build(EMPTY, write_list(*((asked, N_LOG_N) for asked in SORTS.values())))
    left = [(SORTS["merge"], N_LOG_N), (SORTS["heap"], N_LOG_N)]
    second = build(first, write_list(*left))
    reworded = "What is the time complexity of merge sort?"
    identities, doubts = identify_text(second, write_list((reworded, N_LOG_N), left[1]))
    assert doubts == []
    assert identities[reworded].entry == entries_of(second)[SORTS["merge"]]
    assert identities[reworded].matched_by is MatchedBy.LIKENESS


def test_a_retired_note_that_comes_back_a_little_like_it_is_told_of() -> None:
    """A new note that is somewhat like a retired one is new; its id is told."""
    first = build(EMPTY, write_list((ASKED, GATES), ("B?", "2")))
    second = build(first, write_list(("B?", "2")))
    asked = "How does an LSTM avoid exploding gradients?"
    identities, doubts = identify_text(second, write_list((asked, CLIPPING), ("B?", "2")))
    assert doubts == []
    assert identities[asked].entry is None
    assert identities[asked].like == (entries_of(second)[ASKED],)


def test_a_new_note_of_a_pattern_is_not_asked_about() -> None:
    """Where all notes are alike, likeness to a retired one is no reason to stop the build."""

    def elements(*names: str) -> str:
        asked = "What is the atomic number of {}, in the table of elements?"
        answered = "The atomic number of {} is what its protons add up to, which is {}."
        return write_list(
            *((asked.format(name), answered.format(name, len(name))) for name in names)
        )

    first = build(EMPTY, elements("tin", "zinc", "iron", "lead"))
    second = build(first, elements("zinc", "iron"))
    identities, doubts = identify_text(second, elements("zinc", "iron", "gold", "neon"))
    assert doubts == []
    assert sum(identity.entry is None for identity in identities.values()) == 2


def test_an_author_may_say_that_a_contradiction_is_a_new_note() -> None:
    """The id for a new note holds though the note asks just what an old one asked, for good."""
    before, text, (message,) = doubt("the question of one note, the answer of another")
    lock = build(EMPTY, before)
    answered = answer(text, message, COMMENT.findall(message)[-1])
    second = build(lock, answered)
    assert len(second.notes) == len(lock.notes) + 1
    assert build(second, answered).notes == build(second, text).notes == second.notes


def test_equal_questions_cost_no_more_than_others() -> None:
    """Each digest is tried once, however many new notes ask the same."""
    text = write_list(*(("Why?", f"Since {index}.") for index in range(300)))
    notes, tried = notes_of(text), []

    def count(deck: str, note: NoteText, number: str) -> str:
        tried.append(note)
        return id_under_headings(deck, note, number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("deckpress.lock.matching.id_under_headings", count)
        identities = identify(EMPTY, notes, [])
    assert len({identity.guid for identity in identities}) == len(tried) == 300


DOUBTFUL = read_cases("identity/doubtful")
DOUBTFUL_LATER = read_cases("identity/doubtful-later")


@pytest.mark.parametrize("name", DOUBTFUL_LATER)
def test_what_is_not_sure_years_later_is_asked(name: str, check_case: Check) -> None:
    """A retired note is compared like a living one, and never decided on in silence."""
    case = DOUBTFUL_LATER[name]
    lock = build(build(EMPTY, case["first.md"]), case["second.md"])
    _, doubts = identify_text(lock, case["third.md"])
    check_case(case, "".join(f"{line}\n" for line in doubts))


def doubt(name: str) -> tuple[str, str, list[str]]:
    """Return the texts of two builds, and what is told of the second one."""
    case = DOUBTFUL[name]
    return case["before.md"], case["after.md"], case["messages"].splitlines()


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_is_not_sure_is_asked(name: str, check_case: Check) -> None:
    """The message names the notes it may be, and the comment to write for each answer."""
    case = DOUBTFUL[name]
    _, doubts = identify_text(build(EMPTY, case["before.md"]), case["after.md"])
    check_case(case, "".join(f"{line}\n" for line in doubts))


@pytest.mark.parametrize("name", DOUBTFUL)
def test_an_answer_settles_the_doubt(name: str) -> None:
    """A comment copied from the message makes the note the one it names, or a new one."""
    before, text, messages = doubt(name)
    lock = build(EMPTY, before)
    guids = {entry.id: entry.guid for entry in lock.notes}
    for message in messages:
        for note_id in COMMENT.findall(message):
            identities, doubts = identify_text(lock, answer(text, message, note_id))
            place = message.partition(" ")[0]
            assert not [doubt for doubt in doubts if doubt.startswith(place)]
            (guid,) = (identity.guid for identity in identities.values() if identity.id == note_id)
            assert guids.get(note_id, guid) == guid
            assert (guid in guids.values()) is (note_id in guids)


def test_a_note_that_was_made_basic_again_is_the_note_it_was() -> None:
    """Who takes back a change of kind, as the message says, has the old note."""
    first = build(EMPTY, write_list(("What is a GRU?", "A gated unit.")))
    turned = "What is a GRU? <!-- kind=reversed id=270145ec -->"
    second = build(first, write_list((turned, "A gated unit.")))
    assert len(second.notes) == 2
    third = build(second, write_list(("What is a GRU?", "A gated unit.")))
    assert [entry for entry in third.notes if not entry.retired] == list(first.notes)


@pytest.mark.parametrize("note_id", ["d8ad01b5", "fb713b94"])
def test_an_answer_may_be_removed_after_the_build(note_id: str) -> None:
    """The comment that settled a doubt is needed once; then the lock knows the new wording."""
    before, text, (message,) = doubt("half reworded")
    lock = build(build(EMPTY, before), answer(text, message, note_id))
    assert build(lock, text).notes == lock.notes


def test_two_notes_that_are_like_a_deleted_one_may_both_be_new() -> None:
    """Every message offers an id for a new note; with these, both notes are new."""
    before, text, _ = doubt("two notes with the answer of one")
    lock = build(EMPTY, before)
    for message in identify_text(lock, text)[1]:
        text = answer(text, message, COMMENT.findall(message)[-1])
    identities, doubts = identify_text(lock, text)
    assert doubts == []
    assert [identity.entry for identity in identities.values()] == [None, None]


ASKS = [
    *(f"What is the capital of {name}?" for name in ("Iran", "Iraq", "Niger", "Nigeria")),
    *(f"什么是 L{index} 正则化？" for index in (1, 2)),
    *(ASKED, "How does a LSTM avoid vanishing gradients?", 问),
    *("Why gates?", "Why gates? <!-- kind=reversed -->"),
    *("GRU 有 ==两== 个门。", "GRU 有 ==两== 个门和 ==一== 个候选值。"),
]
TELLS = ["Yes.", "是。", GATES, GATES.replace("shown", "output"), CLIPPING, 门, f"{GATES} {门}"]
IDS = ["", "", "", " <!-- id=a -->", " <!-- id=b -->"]
A_NOTE = st.tuples(st.sampled_from(ASKS), st.sampled_from(TELLS), st.sampled_from(IDS))
A_DECK = st.lists(
    A_NOTE,
    max_size=5,
    unique_by=(lambda note: note[0].partition(" <")[0], lambda note: note[2] or note),
)


def parse_deck(deck: Sequence[tuple[str, str, str]]) -> list[NoteText]:
    """Return the notes of a drawn deck."""
    return notes_of(write_list(*((asked + note_id, answered) for asked, answered, note_id in deck)))


def make_lock(history: Sequence[Sequence[tuple[str, str, str]]]) -> Lock:
    """Return the lock after builds of one deck after the other, whatever is in doubt."""
    lock = EMPTY
    for deck in history:
        notes = parse_deck(deck)
        lock = record(lock, notes, identify(lock, notes, []))
    return lock


@given(st.lists(A_DECK, min_size=1, max_size=3), A_DECK, st.randoms(use_true_random=False))
def test_no_order_decides_which_note_is_which(
    history: list[list[tuple[str, str, str]]], deck: list[tuple[str, str, str]], chance: Random
) -> None:
    """Notes may change places, and lines of the lock too: the same notes are found and doubted."""
    lock, notes = make_lock(history), parse_deck(deck)

    def look(lock: Lock, notes: Sequence[NoteText]) -> object:
        doubts: Diagnostics = []
        identities = identify(lock, notes, doubts)
        pairs = zip(notes, identities, strict=True)
        return (
            {
                note.location: (identity.guid, identity.id, identity.matched_by)
                for note, identity in pairs
            },
            {doubt.location for doubt in doubts},
        )

    turned = lock._replace(notes=tuple(chance.sample(lock.notes, len(lock.notes))))
    assert look(turned, chance.sample(notes, len(notes))) == look(lock, notes)


@given(st.lists(A_DECK, min_size=2, max_size=4))
def test_no_two_notes_are_the_same(history: list[list[tuple[str, str, str]]]) -> None:
    """Each note of the lock goes to one note at most, and a new one gets a GUID of its own."""
    lock, notes = make_lock(history[:-1]), parse_deck(history[-1])
    identities = identify(lock, notes, [])
    new = [identity for identity in identities if identity.entry is None]
    assert len({identity.guid for identity in identities}) == len(notes)
    assert len({identity.id for identity in identities}) == len(notes)
    assert not {identity.guid for identity in new} & {entry.guid for entry in lock.notes}
    assert not {identity.id for identity in new} & {entry.id for entry in lock.notes}


SCORES = st.floats(min_value=0, max_value=1)
PAIRS = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), SCORES, max_size=12)


@given(PAIRS, st.randoms(use_true_random=False))
def test_a_winner_is_clearly_ahead(scores: dict[tuple[int, int], float], chance: Random) -> None:
    """Of alike pairs each note and each entry wins once at most, and by a margin, in any order."""
    (entry,) = build(EMPTY, write_list(("A?", "1"))).notes
    pairs = [
        Pair(index, entry._replace(guid=str(guid)), value)
        for (index, guid), value in scores.items()
    ]
    winners, left = unambiguous_matches(pairs)
    assert len({won.index for won in winners}) == len({won.entry.guid for won in winners})
    assert len({won.index for won in winners}) == len(winners)
    for won in winners:
        rivals = [rival for rival in left if won.index == rival.index or won.entry == rival.entry]
        assert won.score >= SURE
        assert rivals == []
    turned, _ = unambiguous_matches(chance.sample(pairs, len(pairs)))
    assert {(won.index, won.entry.guid) for won in turned} == {
        (won.index, won.entry.guid) for won in winners
    }


@given(SCORES, SCORES)
def test_two_pairs_of_like_score_have_no_winner(first_score: float, second_score: float) -> None:
    """A note is taken from two candidates only if one of them is ahead by the margin."""
    first, second = build(EMPTY, write_list(("A?", "1"), ("B?", "2"))).notes
    best = max(first_score, second_score)
    won, left = unambiguous_matches([Pair(0, first, first_score), Pair(0, second, second_score)])
    assert bool(won) is (best >= SURE and best - min(first_score, second_score) >= MARGIN)
    assert len(left) == (0 if won else 2)


TEXT = st.text(alphabet="abcdef 门层词。", max_size=60)


@given(TEXT, TEXT)
def test_likeness_has_bounds_and_no_direction(first: str, second: str) -> None:
    """Two texts are as alike one way as the other: between 0, nothing shared, and 1, the same."""
    there = answer_similarity(sketch(first), gram_numbers(second))
    assert 0 <= there <= 1
    assert there == answer_similarity(sketch(second), gram_numbers(first))
    assert answer_similarity(sketch(first), gram_numbers(first)) == (1 if fold(first) else 0)
    asked = question_similarity(fold(first), fold(second))
    assert 0 <= asked <= 1
    assert asked == question_similarity(fold(second), fold(first))
    assert question_similarity(fold(first), fold(first)) == 1


def dice(first: str, second: str) -> float:
    """Return Dice's measure of two texts, exactly."""
    old, new = gram_numbers(first), gram_numbers(second)
    return 2 * len(old & new) / (len(old) + len(new))


@given(st.text(alphabet="abcdef 门层词。", max_size=33), st.text(alphabet="abc 门", max_size=33))
def test_short_texts_are_compared_exactly(first: str, second: str) -> None:
    """The sketch of a text of up to 34 characters holds all of it."""
    if fold(first) and fold(second):
        assert answer_similarity(sketch(first), gram_numbers(second)) == pytest.approx(
            dice(first, second)
        )


def edit_at_random(text: str, chance: Random) -> str:
    """Return a text with some of its words left out, and some put in."""
    kept = [word for word in text.split() if chance.random() > chance.choice([0.02, 0.2, 0.6])]
    return " ".join([*kept, *chance.choices("深度 学习 layer norm of the gate".split(), k=3)])


def test_long_texts_are_compared_nearly_exactly() -> None:
    """A sketch's estimate is off by a tenth or less, mostly, and hardly ever by more than two."""
    chance = Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(300)]
    errors = []
    for _ in range(400):
        old = " ".join(chance.choices(words, k=chance.randint(15, 150)))
        new = edit_at_random(old, chance)
        errors.append(abs(answer_similarity(sketch(old), gram_numbers(new)) - dice(old, new)))
    assert sum(error <= 0.1 for error in errors) > 0.8 * len(errors)
    assert sum(error <= 0.2 for error in errors) > 0.98 * len(errors)


def test_a_sketch_is_small_and_blind_to_how_a_text_is_set() -> None:
    """Case, spaces, line breaks and width are no part of it; a long text takes no more room."""
    assert sketch("An  LSTM\nhas three gates") == sketch("an ＬＳＴＭ has three gates")
    assert sketch("") == sketch(" \n") == ""
    long = " ".join(map(str, range(10_000)))
    assert len(numbers_in(sketch(long))) == SKETCH_SIZE
    assert re.fullmatch("[0-9a-f]{,210}", sketch(long))


def sketch_as_defined(text: str) -> str:
    """Return the sketch of a text, character by character: as it stands in the locks of decks."""
    folded = fold(fold(text))
    grams = set()
    for index, letter in enumerate(folded):
        gram = folded[index : index + (2 if letter >= "\u2e80" else 4)]
        if index == 0 or len(gram) == (2 if letter >= "\u2e80" else 4):
            grams.add(gram)
    numbers = sorted({zlib.crc32(gram.encode()) >> 8 for gram in grams})
    return "".join([short_digest(fold(text)), *(f"{number:06x}" for number in numbers[:32])])


LONG_TEXT = st.randoms().map(lambda chance: "".join(chance.choices("abc de门层，", k=300)))


@given(st.text(max_size=20) | st.text(alphabet="aB é\n门，层🐱ΐﬁ", max_size=60) | LONG_TEXT)
def test_sketches_stay_as_locks_have_them(text: str) -> None:
    """A sketch is what it was in every lock that there is, whatever the text's characters."""
    assert sketch(text) == (sketch_as_defined(text) if fold(text) else "")


@given(SCORES, SCORES, st.integers(1, 40), SCORES, SCORES, st.integers(1, 40))
def test_more_likeness_never_counts_for_less(
    question: float, answer: float, grams: int, more: float, still_more: float, longer: int
) -> None:
    """A score rises with the likeness of either half, and with the length of the answer."""
    low = score(question, answer, grams)
    high = score(max(question, more), max(answer, still_more), max(grams, longer))
    assert 0 <= low <= high <= 1
    assert score(question, answer, 0) <= score(max(question, more), still_more, 0) <= 1


def test_a_question_alone_is_enough_only_without_answers() -> None:
    """Two notes of one pattern have questions that are nearly the same; their answers decide."""
    assert score(0.97, 0, 20) < SURE < score(0.97, 0.5, 20)
    assert score(0.97, 0, 0) > SURE
    assert score(0, 1, 20) == 1


CHANGES = read_cases("identity/changes")


def write_deck(project: Path, files: Mapping[str, Notes], front_matter: str = "") -> None:
    """Make the project's Markdown files lists of these notes."""
    texts = {f"{name}.md": front_matter + write_list(*notes) for name, notes in files.items()}
    write_sources(project, texts)


def write_sources(project: Path, texts: Mapping[str, str | bytes]) -> None:
    """Make the project's Markdown files these."""
    for path in (project / "source").glob("*.md"):
        path.unlink()
    write(project / "source", texts)


def check(project: Path) -> str:
    """Return what `check` tells, below its first line."""
    result = run("check")
    assert (result.exit_code, result.stderr) == (0, "")
    first, _, changes = result.stdout.partition("\n")
    assert first.endswith(", no problems")
    return without_account(changes)


@pytest.mark.parametrize("name", CHANGES)
def test_what_became_of_notes_is_told(name: str, project: Path, check_case: Check) -> None:
    """The author reads what an edit means to those who learn from the deck, before building it."""
    write_sources(project, CHANGES[name].below("before"))
    assert run("--quiet").exit_code == 0
    write_sources(project, CHANGES[name].below("after"))
    check_case(CHANGES[name], check(project))


def test_a_note_that_goes_to_another_deck_is_told(project: Path) -> None:
    """Anki leaves cards that learners have where they are, so the author is told."""
    files = {"rnn": [("One?", GATES), ("四？", 门)]}
    write_deck(project, files)
    run("--quiet")
    write_deck(project, files, "---\ndeck: RNN\n---\n")
    expected = (
        'moved: 2 notes from deck "Demo" to "Demo::RNN": cards that learners have stay where '
        "they are\n"
    )
    assert check(project) == expected
    assert run().stdout.endswith(expected)
    assert check(project) == ""


def test_a_note_that_is_back_is_told(project: Path) -> None:
    """A note that was retired, and returns, is the one that learners still have."""
    write_deck(project, {"rnn": [("One?", GATES), ("四？", 门)]})
    run("--quiet")
    write_deck(project, {"rnn": [("One?", GATES)]})
    run("--quiet")
    write_deck(project, {"rnn": [("One?", GATES), ("四？", 门)]})
    assert check(project) == 'back: "四？", retired, is the note it was\n'


def test_a_new_note_that_is_like_a_retired_one_is_told(project: Path) -> None:
    """A note may be back in quite another form; its author knows, and gets the id to write."""
    write_deck(project, {"rnn": [("One?", GATES), (ASKED, GATES)]})
    run("--quiet")
    write_deck(project, {"rnn": [("One?", GATES)]})
    run("--quiet")
    asked = "How does an LSTM avoid exploding gradients?"
    write_deck(project, {"rnn": [("One?", GATES), (asked, CLIPPING)]})
    expected = (
        f'alike: "{asked}", which is new, and the retired "{ASKED}" '
        "(if it is that note, write <!-- id=d8ad01b5 --> in it)\n"
    )
    assert check(project) == expected
    write_deck(project, {"rnn": [("One?", GATES), (f"{asked} <!-- id=d8ad01b5 -->", CLIPPING)]})
    assert check(project).startswith(f'reworded: "{ASKED}" → "{asked}"\nback: ')


def test_a_doubt_stops_the_build_until_it_is_settled(project: Path) -> None:
    """The command writes nothing while it is not sure, and the comment it shows is all it needs."""
    before, after, (message,) = doubt("half reworded")
    write(project, {"source/notes.md": before})
    run("--quiet")
    lock = (project / "source/deck.lock").read_text()
    write(project, {"source/notes.md": after})
    result = run()
    assert (result.exit_code, without_counts(result.stderr)) == (1, f"source/{message}\n")
    assert (project / "source/deck.lock").read_text() == lock
    text = answer(after, message, "d8ad01b5")
    write(project, {"source/notes.md": text})
    assert run().stdout.startswith("1 note (0 new, 1 changed, 0 unchanged)")


def test_a_light_edit_of_question_and_answer_is_not_missed_in_chinese() -> None:
    """A few characters changed in both halves make no new note without a word."""
    before = ("什么是过拟合？", "模型在训练集上表现好，在测试集上表现差。")
    after = ("过拟合是什么？", "模型在训练集上表现很好，但在测试集上表现较差。")
    lock = build(EMPTY, write_list(before))
    (message,) = identify_text(lock, write_list(after))[1]
    assert "not sure which note this was" in message


def test_a_cloze_added_and_another_edited_is_not_missed() -> None:
    """A cloze note has no answer to be known by, so its text counts in full."""
    lock = build(EMPTY, write_list(("Softmax 把 ==logits== 变成 ==概率==，其和为 ==1==。", "")))
    text = write_list(("==Softmax== 把 ==对数几率== 变成 ==概率==，其和为 ==1==。", ""))
    (message,) = identify_text(lock, text)[1]
    assert "not sure which note this was" in message


def test_the_id_offered_for_a_new_note_comes_late_without_harm() -> None:
    """A note that was built as new already stays what it is when that id is written into it."""
    lock = build(EMPTY, write_list(("Why gates?", GATES)))
    offered = short_digest(lock.deck, "Why gates?", "new")
    identities, doubts = identify_text(
        lock, write_list((f"Why gates? <!-- id={offered} -->", GATES))
    )
    assert doubts == []
    assert identities["Why gates?"].guid == lock.notes[0].guid
