"""A typed answer is compared as Anki compares it, and stands where the desktop puts it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.anki.cloze_filter import typed_cloze
from deckpress.anki.typed_answers import compare_typed
from tests.support.anki_collection import open_collection

if TYPE_CHECKING:
    from anki.collection import Collection

PAIRS = (
    *(("<div>a</div>b<br>c\nd", "x"), ("a<BR >b<br/ >c<BR/>d", ""), (" a ", "a"), ("a", " ")),
    *(
        ("&nbsp;a&nbsp;b&nbsp;", "a b"),
        ("[sound:x]a", "a"),
        ("[anki:tts lang=en]x[/anki:tts]y", "y"),
    ),
    *(
        ("é", "e\u0301"),
        ("é", "e"),
        ("e\u0301x", "ex"),
        ("\u0301a", "b"),
        ("a", "\u0301"),
        ("", "x"),
    ),
    *(
        ("ﬁ", "fi"),
        ("ば", "は"),
        ("각", "가"),
        ("e\u0301\u0323", "x\u0301"),
        ("שִׁנּוּן", "שנון"),
        ("חוֹף", "חופ"),
    ),
    *(("a&b", "a&b"), ("a &amp b", "x"), ("&lt;dir&gt; 'q'", "<dir> 'q'"), ("<b>a</b>", "<b>")),
    *(
        ("{{c1::a}}", "a"),
        ("\\(x^2\\)", "x"),
        ("[[type:x]]", "x"),
        ("1", "23"),
        ("12", "1"),
        ("", ""),
    ),
    *(
        ("¿Y ahora qué vamos a hacer?", "y ahora qe vamosa hacer"),
        ("нос", "нс"),
        ("쓰다듬다", "스다뜸다"),
    ),
    *(("a" * 250, "a" * 249 + "b"), ("ab" * 120 + "xyz" * 20, "ba" * 100 + "zyx" * 15), ("a", "")),
    *(
        ("مرحبا بالعالم", "مرحبا العالم"),
        ("漢字かな", "漢字仮名"),
        ("a\u200db", "ab"),
        ("👩‍🚀", "👩"),
    ),
)
LETTERS = st.text(st.sampled_from("aab cdeéE\u0301\u0323中文שּ&<>'\"\u200dﬁば1-  "), max_size=12)
ANSWERS = st.lists(
    st.one_of(
        LETTERS, st.sampled_from(["<br>", "<div>", "</div>", "\n", "&nbsp;", "&amp;", "<b>"])
    ),
    max_size=5,
).map("".join)
LONG = st.text(st.sampled_from("abcde fghijklmnop"), min_size=150, max_size=420)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """A collection, for its comparison."""
    with open_collection(tmp_path_factory.mktemp("typed")) as collection:
        yield collection


def check(collection: Collection, expected: str, typed: str) -> None:
    """Assert that a comparison is Anki's, with and without accents."""
    for combining in (True, False):
        theirs = collection.compare_answer(expected, typed, combining)
        assert compare_typed(expected, typed, combining=combining) == theirs


def test_answers_are_compared_as_in_anki(collection: Collection) -> None:
    """HTML, sounds, entities, accents, scripts, and long answers."""
    for expected, typed in PAIRS:
        check(collection, expected, typed)


@settings(max_examples=400, deadline=None)
@given(ANSWERS, LETTERS)
def test_any_answers_are_compared_as_in_anki(
    collection: Collection, expected: str, typed: str
) -> None:
    """Whatever was to be typed and was typed."""
    check(collection, expected, typed)


@settings(max_examples=40, deadline=None)
@given(LONG, st.data())
def test_long_answers_are_compared_as_in_anki(
    collection: Collection, expected: str, data: st.DataObject
) -> None:
    """Answers of which some letters were left out, so long that rare letters do not count."""
    gaps = data.draw(st.sets(st.integers(0, len(expected) - 1), max_size=40))
    typed = "".join(letter for index, letter in enumerate(expected) if index not in gaps)
    check(collection, expected, typed)


@pytest.mark.parametrize(
    "text",
    [
        *("{{c1::a}} {{c1::b}}", "{{c1::a}} {{c1::a}}", "{{c1::a {{c1::b}}}}", "x", "{{c1::a::h}}"),
        *(
            "{{c2::a {{c1::b}}}}",
            "{{c1::<b>x</b>}}",
            "{{c1,2::a}} {{c1::}}",
            "{{c1::}}",
            "{{c2::a}}",
        ),
    ],
)
def test_what_is_typed_for_a_cloze_is_what_anki_asks_for(collection: Collection, text: str) -> None:
    """One answer if all deletions of the card have the same, else all of them."""
    assert typed_cloze(text, 1) == collection.extract_cloze_for_typing(text, 1)
