"""What differs in a text is shown by its words, and nothing of the text is lost on the way."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Sequence
from difflib import SequenceMatcher

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.anki.field_text import field_words, is_formula
from deckpress.diff import word_changes
from deckpress.diff.word_changes import Op, Piece, shorten_run, word_diff


def shown(old: str, new: str) -> str:
    """Return how two fields' HTML differs, in the marks of the terminal."""
    marks = {Op.SAME: "{}", Op.GONE: "[-{}-]", Op.ADDED: "{{+{}+}}"}
    pieces = word_diff(field_words(old, is_ours=False), field_words(new, is_ours=False))
    return "".join(marks[piece.how].format(piece.text) for piece in pieces)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a big cat", "a small cat", "a [-big-]{+small+} cat"),
        ("the cat", "the cat sat", "the cat{+ sat+}"),
        ("遗忘门决定保留多少", "遗忘门决定保存多少", "遗忘门决定保[-留-]{+存+}多少"),
        (r"so \(a+b\) is", r"so \(a-b\) is", r"so [-\(a+b\)-]{+\(a-b\)+} is"),
        ("0.5 of it", "0.25 of it", "[-0.5-]{+0.25+} of it"),
        ("<p>one</p><p>two</p>", "<ul><li>one<li>two!</ul>", "one\ntwo{+!+}"),
        ("a, b", "c, d", "[-a, b-]{+c, d+}"),
        ("<b>bold</b>", "bold", "bold"),
        ("caf\u00e9", "cafe\u0301", "café"),
        ('<ol start="1949"><li>It</ol>', '<ol start="1950"><li>It</ol>', "[-1949-]{+1950+}. It"),
        ('<ol start="42"><li></ol>', '<ol start="43"><li></ol>', "[-42-]{+43+}."),
        ("<ol><li>It</ol>", "<ul><li>It</ul>", "It"),
        ('<input type="checkbox" checked> do', '<input type="checkbox"> do', "[[-x-]{+ +}] do"),
        ("10<sup>2</sup>", "102", "[-10^2-]{+102+}"),
        ("x<sub>1</sub>", "x<sup>1</sup>", "[-x_1-]{+x^1+}"),
        ("", "", ""),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
    ],
)
def test_a_change_is_shown_by_words(old: str, new: str, expected: str) -> None:
    """Words, Chinese characters and whole formulas are what is gone and what is added."""
    assert shown(old, new) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (r"a\(x &lt; y\)b", ["a", r"\(x < y\)", "b"]),
        (r"<code>\(no\)</code>", ["\\", "(", "no", "\\", ")"]),
        (r"[$]x[/$] [$$]y[/$$]", [r"\(x\)", " ", r"\[y\]"]),
        (r"\({{c1::x}} + {{c2::y::hint}}\)", [r"\(x + y\)"]),
        ("{{c1::熵::hint}}", ["熵"]),
        ("<pre>if x:\n    y</pre>", ["if", " ", "x", ":", "\n", "    ", "y"]),
        ("one\n\n two", ["one", " ", "two"]),
        ('<img src="a.png" alt="dot"> <img src="b.png">', [*"[", "dot", *"] [", "picture", "]"]),
        ("[sound:a.mp3]", ["[", "sound", "]"]),
        ("a<script>alert(1)</script>b", ["ab"]),
        ("a\x02b\x1bc", ["abc"]),
        ("<table><tr><td>1<td>2<tr><td>3</table>", ["1", " ", "2", "\n", "3"]),
    ],
)
def test_a_field_is_read_word_by_word(field: str, expected: list[str]) -> None:
    """What a reader sees is told apart: words, marks, lines, code as it stands, formulas whole."""
    assert [*field_words(field, is_ours=False)] == expected


def test_only_a_formula_counts_as_one() -> None:
    r"""What merely looks like TeX, such as `\(` in code, is set by nobody."""
    words = field_words(r"\(x\) <code>\(y\)</code>", is_ours=False)
    assert [word for word in words if is_formula(word)] == [r"\(x\)"]


WORDS = st.lists(st.sampled_from(["a", "b", " ", "\n", ".", "门", r"\(x\)"]), max_size=40)


@settings(max_examples=100)
@given(old=WORDS, new=WORDS)
def test_both_texts_can_be_read_off_their_difference(old: list[str], new: list[str]) -> None:
    """Without what is added it is the old text, without what is gone the new one."""
    pieces = word_diff(tuple(old), tuple(new))
    assert [w for p in pieces if p.how is not Op.ADDED for w in p.words] == old
    assert [w for p in pieces if p.how is not Op.GONE for w in p.words] == new
    assert all(piece.words for piece in pieces)
    fates = [piece.how for piece in pieces]
    assert all(fate != next_fate for fate, next_fate in itertools.pairwise(fates))
    assert all(how is Op.SAME for how in fates) == (old == new)


@settings(max_examples=100)
@given(st.text(alphabet="ab门 \n\\()[]{}<>=$\"'&;/pre\x02\x06", max_size=60))
def test_no_field_is_stumbled_over(field: str) -> None:
    """Whatever stands in a field, its words are its text, on lines without spaces at the ends."""
    for is_ours in (True, False):
        words = field_words(field, is_ours=is_ours)
        assert all(words)
        assert not {*"\x02\x03\x04\x05\x06"} & {*"".join(words)}


@pytest.mark.parametrize("alphabet", [["a", "b"], ["x", " "], ["长", "短", "。"], ["one"]])
def test_long_answers_do_not_take_long(alphabet: list[str]) -> None:
    """An answer as long as a book, changed all over, is compared in a moment, if less finely."""
    chance = random.Random(7)
    old, new = (tuple(chance.choices(alphabet, k=size)) for size in (40_000, 39_000))
    started = time.process_time()
    pieces = word_diff(old, new)
    assert time.process_time() - started < 5
    assert tuple(w for p in pieces if p.how is not Op.ADDED for w in p.words) == old


def test_many_long_sentences_between_equal_ones_do_not_take_long() -> None:
    """Where equal sentences part the text, and its few words repeat, all in between is changed."""
    chance = random.Random(7)

    def write() -> tuple[str, ...]:
        parts = ((f"same {index}", ".", *chance.choices("xy", k=900), ".") for index in range(40))
        return tuple(word for part in parts for word in part)

    old, new = write(), write()
    pieces = word_diff(old, new)
    assert len(pieces) == 3 * 40 + 1  # the same, gone, added, for each; and the last full stop
    assert tuple(w for p in pieces if p.how is not Op.ADDED for w in p.words) == old


def test_what_stays_is_cut_around_a_change() -> None:
    """On a terminal a long answer is shown where it differs; one that does not differ is whole."""
    words = tuple("abcdefghij")
    pieces = word_diff(words, ("a", "b", "c", "X", *words[4:]))
    texts = [piece.text for piece in shorten_run(pieces, 2)]
    assert texts == ["abc", "d", "X", "ef…"]
    assert shorten_run((Piece(Op.SAME, words),), 2) == (Piece(Op.SAME, words),)


HOSTILE = {
    "equal sentences in two orders": (
        ("a", ".", " ", "b", ".", " "),
        ("b", ".", " ", "a", ".", " "),
    ),
    "two words in turn": (("a", " ", "b", " "), ("b", " ", "a", " ")),
    "sentences that differ in a word": ((*["x"] * 20, "."), (*["x"] * 19, "y", ".")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_takes_work_in_proportion_to_its_length(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever two packages hold, they are compared in linear time: so many steps for each word."""
    old, new = HOSTILE[name]
    steps: list[int] = []

    def count(junk: object, a: Sequence[str], b: Sequence[str], **named: bool) -> object:
        steps.append(word_changes._effort(a, b))
        return SequenceMatcher(None, a, b, **named)

    monkeypatch.setattr("deckpress.diff.word_changes.SequenceMatcher", count)
    for times in (10, 100, 1000):
        steps.clear()
        pieces = word_changes.word_diff(old * times, new * times)
        assert "".join(piece.text for piece in pieces if piece.how is not Op.ADDED) == "".join(
            old * times
        )
        length = (len(old) + len(new)) * times
        assert sum(steps) <= 2 * (word_changes._EFFORT + word_changes._EFFORT_PER_WORD * length)
