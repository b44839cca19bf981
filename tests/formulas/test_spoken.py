"""How formulas are read aloud, and which ones are not; the list is `cases/formulas/spoken.tsv`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.formulas.spoken import say
from tests.support.cases import CASES


def formulas() -> Iterator[tuple[str, str, str]]:
    """Yield each formula of the list, a language, and how it is said there."""
    lines = (CASES / "formulas/spoken.tsv").read_text(encoding="utf-8").splitlines()
    languages, *rows = (line.split("\t") for line in lines)
    for tex, *said in rows:
        yield from ((tex, *pair) for pair in zip(languages[1:], said, strict=True))


@pytest.mark.parametrize(("tex", "language", "said"), [*formulas()])
def test_a_formula_is_said(tex: str, language: str, said: str) -> None:
    """Small formulas are said in words that can be taken for nothing else, and others are not."""
    assert (say(tex, language) or "—") == said


@given(
    st.lists(st.sampled_from([*r"xy12+-=^_{}()/',.\ ", r"\frac", r"\sqrt", r"\alpha"])).map("".join)
)
def test_any_formula_is_said_or_left_out(tex: str) -> None:
    """No TeX stops a build, and none of it is read as letters."""
    said = say(tex, "en-US")
    assert said is None or not set(said) & set("\\{}^_()/=+'")
