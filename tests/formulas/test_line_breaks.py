"""What of a line stays together when the line breaks."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from deckpress.markdown import Token, plain_text
from deckpress.render.field_markup import nowrap

TEXTS = st.text(alphabet="ab 中（），。“”、", min_size=1, max_size=5)
TOKENS = st.lists(
    st.one_of(
        TEXTS.map(lambda raw: Token(type="text", raw=raw)),
        st.just(Token(type="inline_math", raw="x")),
        st.just(Token(type="codespan", raw="c")),
        st.just(Token(type="footnote_ref", raw="f", number=1)),
    ),
    max_size=8,
)


@given(TOKENS)
def test_nothing_is_lost_or_moved(tokens: list[Token]) -> None:
    """Keeping formulas and marks together changes no character of the line."""
    assert plain_text(nowrap(tokens)) == plain_text(tokens)


@given(TOKENS)
def test_no_mark_is_torn_from_its_formula(tokens: list[Token]) -> None:
    """Behind a formula no text begins with a full-width comma, and before it none ends in （.

    Two marks that meet need no care: a browser keeps marks together by itself.
    """
    for token, below in pairwise(nowrap(tokens)):
        if token.type == "together" and below.type == "text":
            assert below.raw[0] not in "，。、）”"
        if token.type == "text" and below.type == "together":
            assert token.raw[-1] not in "（“" or below.children[0].type == "text"


@given(TOKENS)
def test_no_footnote_is_torn_from_its_formula(tokens: list[Token]) -> None:
    """The number of a footnote never begins the line below the formula that it belongs to."""
    for token, below in pairwise(nowrap(tokens)):
        assert (token.type, below.type) != ("together", "footnote_ref")
