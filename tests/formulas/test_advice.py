"""What an author is told to write in place of a command is right: MathJax itself says so."""

from __future__ import annotations

import re

import pytest

from deckpress.formulas import Formula
from deckpress.formulas.engine import Engine, typeset_here
from deckpress.formulas.tex_messages import COMMANDS, ENVIRONMENTS

SAMPLES = {
    r"\\": r"a \\ b",
    r"\\[1em]": r"\begin{gathered} a \\[1em] b \end{gathered}",
    r"\hline": r"\begin{array}{c} a \\ \hline b \end{array}",
    "{": "{x}",
    "}": "{x}",
    "^": "x^{2}",
    "_": "x_{2}",
    r"\mid": r"a \mid b",
    r"\not": r"\not{x}",
    r"\limits": r"\sum\limits_i",
    r"\raise 2pt {…}": r"\raise 2pt {x}",
    r"\imath": r"\hat\imath",
    r"]\!]": r"]\!]",
    r"[\![": r"[\![",
    r"\mathrel{:}": r"a \mathrel{:} b",
}
"""Advice that is only a piece of a formula, in a whole one."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    """MathJax with Anki's settings."""
    return Engine()


def test_what_has_advice_is_unknown_to_mathjax(engine: Engine) -> None:
    """Nobody is told to do without a command or an environment that Anki has."""
    for tex, name in [
        *((f"\\{name} ", f"\\{name}") for name in COMMANDS),
        *((f"\\begin{{{name}}}", name) for name in ENVIRONMENTS),
    ]:
        (tex_error,) = engine.typeset(Formula(tex, display=True)).errors
        assert tex_error.error in ("UndefinedControlSequence", "UnknownEnv")
        assert tex_error.names == (name,)


def test_what_is_advised_comes_out(engine: Engine) -> None:
    """What an author is told to write is typeset without an error."""
    for name, advice in COMMANDS.items():
        for tex in advised(advice):
            result = engine.typeset(Formula(tex, display=True))
            assert not result.errors, (name, tex, result)


def test_there_is_advice_for_what_authors_miss_most() -> None:
    """The packages that Anki's MathJax lacks are named, each with the way out."""
    formulas = [r"\bm{x}", r"\SI{5}{\metre}", r"\intertext{so}", r"\tikz x", r"\argmax_x f"]
    formulas += [r"\begin{tikzpicture}\end{tikzpicture}", r"\newcommand{\R}{x}"]
    results = typeset_here([Formula(tex, display=True) for tex in formulas])
    names = [result.errors[0].names[0].lstrip("\\") for result in results]
    assert names == ["bm", "SI", "intertext", "tikz", "argmax", "tikzpicture", "newcommand"]
    assert {*names[:5]} <= {*COMMANDS}
    assert names[5] in ENVIRONMENTS


def advised(advice: str) -> list[str]:
    """Return the TeX in a sentence of advice, each piece as a formula that has what it needs."""
    remedies = re.findall(r"write (.+?)(?:, or (?:define|write|draw)|, the space|$)", advice)
    return [
        as_formula(tex) for remedy in remedies for tex in re.split(r",? or (?=\\)|, (?=\\)", remedy)
    ]


def as_formula(tex: str) -> str:
    """Return a piece of TeX with arguments where it lacks them, or nothing for plain words."""
    if tex in SAMPLES:
        return SAMPLES[tex]
    if "\\" not in tex:
        return "x"
    tex = re.sub(r"^[a-z ]+(?=\\)", "", tex).replace("…", "x")
    takes_argument = re.fullmatch(
        r"\\(?:math|text|over|under|bold|hat|ddot|check|cancel|ce|mbox|operatorname\*|x\w+arrow)\w*",
        tex,
    )
    return tex + "{x}" if takes_argument else tex
