"""A typed answer is compared as Anki compares it: real Anki is asked about each pair."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
import quickjs
from anki.collection import Collection
from hypothesis import given
from hypothesis import strategies as st

from tests.support.anki_collection import open_collection
from tests.support.preview_server import PAGE

Compare = Callable[[str, str, bool], str]
PAIRS = [
    ("Danube", "Danube"),
    ("Danube", ""),
    ("Danube", "danube"),
    ("Danube", "Dnaube"),
    ("Danube", "a"),
    ("Danube", "The Danube, I think"),
    ("a < b & c > \"d\" 'e'", "a < b"),
    ("¿Y ahora qué vamos a hacer?", "y ahora qe vamosa hacer"),
    ("쓰다듬다", "스다뜸다"),
    ("café", "cafe\u0301"),
    ("café", "cafe"),
    ("חוֹף", "חופ"),
    ("ば", "は"),
    ("循环神经网络", "循环网络"),
    ("🚣🏽‍♀️ river", "🚣 river"),
    ("e\u0301\u0323", "e\u0323"),
    ("a  b", "a b"),
    ("ab" * 150, "ba" * 150),
    ("abcdefghij" * 30, "abcdefghi" * 30),
    ("\u0301a", "a"),
]


@pytest.fixture(scope="module")
def page_compares() -> Compare:
    """The page's own comparison."""
    context = quickjs.Context()
    context.eval((PAGE / "typed_answer.js").read_text(encoding="utf-8"))

    def compare(expected: str, typed: str, combining: bool) -> str:
        arguments = ", ".join(map(json.dumps, (expected, typed, combining)))
        return str(json.loads(context.eval(f"JSON.stringify(compareAnswer({arguments}))")))

    return compare


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """A collection of the real Anki."""
    with open_collection(tmp_path_factory.mktemp("anki")) as collection:
        yield collection


@pytest.mark.parametrize("combining", [True, False])
@pytest.mark.parametrize(("expected", "typed"), PAIRS)
def test_an_answer_is_compared_as_in_anki(
    expected: str, typed: str, combining: bool, page_compares: Compare, anki: Collection
) -> None:
    """What is right, wrong and missing in an answer has the marks that Anki gives it."""
    written = expected.replace("&", "&amp;").replace("<", "&lt;")
    shown = anki.compare_answer(written, typed, combining)
    assert page_compares(expected, typed, combining) == shown


LETTERS = st.text("ab é\u0301<&ñ语", max_size=30)


@given(LETTERS, LETTERS, st.booleans())
def test_any_answer_is_compared_as_in_anki(
    page_compares: Compare, anki: Collection, expected: str, typed: str, combining: bool
) -> None:
    """So it is with answers that nobody would think of."""
    expected = expected.strip()  # as Anki does before it compares, and `data-expected` has it
    written = expected.replace("&", "&amp;").replace("<", "&lt;")
    shown = anki.compare_answer(written, typed, combining)
    assert page_compares(expected, typed, combining) == shown
