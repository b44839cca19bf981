r"""TeX as Anki's MathJax wants it: delimiters, rows, macros and deletions, by their exact text."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.diagnostics import TextDiagnostic
from deckpress.formulas.cloze_marks import unmark
from deckpress.formulas.deletions import Deletion, split_deletions, without_deletions
from deckpress.formulas.macros import MacroError, expand_macros
from deckpress.formulas.math_field import to_field
from deckpress.formulas.tex import check_structure

GATHERED = "\\[\\begin{gathered}\n%s\n\\end{gathered}\\]"
ALIGNED = "\\[\\begin{aligned}\n%s\n\\end{aligned}\\]"


@pytest.mark.parametrize(
    ("tex", "field"),
    [
        (" x ", r"\(x\)"),
        ("a<b>c & d", r"\(a&lt;b&gt;c &amp; d\)"),
        (r"a\\b", r"\(a\\b\)"),
        ("a\\ ", r"\(a\ \)"),
        (r"{{c1::a}}", r"\(a\)"),
        ("f :: X", r"\(f :: X\)"),
        ("", r"\(\)"),
    ],
)
def test_inline(tex: str, field: str) -> None:
    """A formula within a line keeps its text; only what HTML or Anki would read is changed."""
    assert to_field(tex, display=False, in_cloze=False, clozes=False) == field


@pytest.mark.parametrize(
    ("tex", "field"),
    [
        ("\nx\n", r"\[x\]"),
        (r"a \\ b", GATHERED % r"a \\ b"),
        (r"a \\[2pt] b", GATHERED % r"a \\[2pt] b"),
        (r"a &= b \\ &= c", ALIGNED % r"a &amp;= b \\ &amp;= c"),
        (r"a &= b \\", r"\[a &amp;= b \\ \]"),
        (r"a \\", r"\[a \\ \]"),
        (r"\text{a \\ b}", r"\[\text{a \\ b}\]"),
        (r"\sum_{\substack{i \\ j}} x", r"\[\sum_{\substack{i \\ j}} x\]"),
        (r"\begin{cases} a & b \\ c \end{cases}", r"\[\begin{cases} a &amp; b \\ c \end{cases}\]"),
        (
            r"\begin{matrix} a & b \end{matrix} \\ c",
            GATHERED % r"\begin{matrix} a &amp; b \end{matrix} \\ c",
        ),
        (r"\left( a \\ b \right)", r"\[\left( a \\ b \right)\]"),
        (r"a \tag{1} \\ b", "\\[\\begin{gather*}\na \\tag{1} \\\\ b\n\\end{gather*}\\]"),
        (
            r"a &= b \tag{1} \\ c",
            "\\[\\begin{align*}\na &amp;= b \\tag{1} \\\\ c\n\\end{align*}\\]",
        ),
        ("a % no \\\\ row", r"\[a % no \\ row\]"),
        (r"\text{5%} \\ b", GATHERED % r"\text{5%} \\ b"),
        (r"\{ a \\ b \}", GATHERED % r"\{ a \\ b \}"),
    ],
)
def test_display(tex: str, field: str) -> None:
    """A row end breaks the line, whether or not MathJax would do so by itself."""
    assert to_field(tex, display=True, in_cloze=False, clozes=False) == field


@pytest.mark.parametrize(
    ("tex", "field"),
    [
        ("{{c1::a}} + b", r"\(\class{gap1}{{{c1::a}}} + b\)"),
        (r"{{c1::\frac{a}{b}}}", r"\(\class{gap1}{{{c1::\frac{a}{b} }}}\)"),
        (r"{{c1::\frac{1}{\sqrt{x}} }}", r"\(\class{gap1}{{{c1::\frac{1}{\sqrt{x} } }}}\)"),
        ("{{c2::a<b::less}}", r"\(\class{gap2}{{{c2::a&lt;b::\mbox{less} }}}\)"),
        (r"{{c1::\text{a::b}}}", r"\(\class{gap1}{{{c1::\text{a:&#58;b} }}}\)"),
        ("x_{{{c1::i}}}", r"\(x_{\class{gap1}{{{c1::i}}}}\)"),
        ("{{c1::a {{c2::b}} }}", r"\(\class{gap1}{{{c1::a \class{gap2}{{{c2::b}}}  }}}\)"),
        (r"{{c1::\{a\}}}", r"\(\class{gap1}{{{c1::\{a\} }}}\)"),
        ("{{c1::never closed", r"\({{c1::never closed\)"),
    ],
)
def test_deletions(tex: str, field: str) -> None:
    """Anki sees just the deletions that the author wrote, and ends them where the author did."""
    assert to_field(tex, display=False, in_cloze=False, clozes=True) == field


def test_formula_within_a_deletion() -> None:
    """TeX's own `}}` and `::` do not end the deletion around the formula."""
    seen = to_field(r"\frac{1}{x^{2}} :: y", display=False, in_cloze=True, clozes=True)
    assert seen == r"\(\frac{1}{x^{2} } :&#58; y\)"


MACROS = {"R": r"\mathbb{R}", "norm": r"\lVert #1 \rVert", "pair": "(#2, #1)", "loop": r"\loop"}
MACROS |= {"x": "t", "same": "#1", "after": "#1#2", "eq": r"\label{#1}"}


@pytest.mark.parametrize(
    ("tex", "expanded"),
    [
        (r"\R^n", r"\mathbb{R}^n"),
        (r"\R x", r"\mathbb{R} x"),
        (r"\Rx \Re \\R", r"\Rx \Re \\R"),
        (r"\norm{x_{i}} + 1", r"\lVert x_{i} \rVert + 1"),
        (r"\norm x", r"\lVert x \rVert"),
        (r"\norm\alpha", r"\lVert \alpha \rVert"),
        (r"\norm{\norm{a}}", r"\lVert \lVert a \rVert \rVert"),
        (r"\pair{a}{\R}", r"(\mathbb{R}, a)"),
        (r"\in\x", r"\in t"),
        (r"\in\same{}t", r"\in t"),
        (r"\after{\in}{t}", r"\in t"),
        (r"\in\after{}{}\after{}{}t", r"\in t"),
        (r"\verb|\R| \R", r"\verb|\R| \mathbb{R}"),
        ("no macro", "no macro"),
    ],
)
def test_macros(tex: str, expanded: str) -> None:
    """The deck's macros are written out, with their arguments, and nothing else is touched."""
    assert expand_macros(tex, MACROS).text == expanded


@pytest.mark.parametrize(
    ("tex", "written"),
    [
        (r"x \label{eq:one}", "x "),
        (r"\label{a} x \tag{1}", r" x \tag{1}"),
        (r"\label a b", " b"),
        (r"\in\label{a}t", r"\in t"),
        (r"\in\label{a}\label{b}t", r"\in t"),
        (r"\eq{one} x", " x"),
        (r"\labels{a} \\label{a}", r"\labels{a} \\label{a}"),
        (r"\verb+\label{a}+", r"\verb+\label{a}+"),
    ],
)
def test_labels_are_left_out(tex: str, written: str) -> None:
    """A label shows nothing, and would be "multiply defined" when its card is shown again."""
    assert expand_macros(tex, MACROS).text == written


@pytest.mark.parametrize(
    ("tex", "message"),
    [
        (r"\label", r"\label lacks an argument: add {…}"),
        (r"{\label}", r"\label lacks an argument: add {…}"),
        (r"\norm", r"macro \norm takes 1 argument: {…} is missing"),
        (r"\pair{a}", r"macro \pair takes 2 arguments: {…} is missing"),
        (r"\norm{a", r"macro \norm takes 1 argument: {…} is missing"),
        (r"\loop", r"macros expand without end: does \loop use itself?"),
    ],
)
def test_macros_that_cannot_be_expanded(tex: str, message: str) -> None:
    """A missing argument and an endless macro are told of."""
    with pytest.raises(MacroError, match=re.escape(message)):
        expand_macros(tex, MACROS)


@pytest.mark.parametrize(
    ("bodies", "message"),
    [
        ([r"\b\b", r"\c\c", r"\d\d", "x" * 3_000], r"macro \a grows beyond 20,000 characters: use"),
        ([r"\b" * 40, r"\c" * 40, "x"], r"macro \a grows beyond 1,000 other macros: use it less"),
        ([r"\b", r"\c", r"x \b"], r"macros expand without end: does \b use itself?"),
        ([r"\b", r"\a " + "x" * 9_000], r"macros expand without end: does \a use itself?"),
    ],
)
def test_a_macro_that_only_grows_is_not_called_endless(bodies: list[str], message: str) -> None:
    """Nobody looks for a macro that uses itself where none does."""
    macros = dict(zip("abcd", bodies, strict=False))
    with pytest.raises(MacroError, match=re.escape(message)):
        expand_macros(r"\a", macros)


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\frac{a}{b}", None),
        (r"\{ \text{5%} \}", None),
        ("{" * 100 + "}" * 100, None),
        ("x" * 10_000, None),
        (" \n", TextDiagnostic(0, "there is nothing in it: write it, or remove its delimiters")),
        ("b{a", TextDiagnostic(1, "{ is never closed: add }")),
        ("{a{b}", TextDiagnostic(0, "{ is never closed: add }")),
        ("a}", TextDiagnostic(1, "} closes nothing: remove it, or add the { before it")),
        ("}{", TextDiagnostic(0, "} closes nothing: remove it, or add the { before it")),
        ("a\x00b", TextDiagnostic(1, "control character U+0000: remove it")),
        ("b{{c1::a", TextDiagnostic(1, "cloze {{c1::… is never closed: add }} where it ends")),
        (
            "{" * 101 + "}" * 101,
            TextDiagnostic(100, "nested more than 100 levels deep: simplify it"),
        ),
        (
            r"\left(" * 101 + r"\right)" * 101,
            TextDiagnostic(600, "nested more than 100 levels deep: simplify it"),
        ),
        (
            "x" * 10_001,
            TextDiagnostic(
                0, "10,001 characters, where 10,000 is the limit: divide it into several"
            ),
        ),
    ],
)
def test_structure(tex: str, expected: TextDiagnostic | None) -> None:
    """What MathJax would not even see, or never be done with, is told of before it is asked."""
    assert check_structure(tex) == expected


def test_split() -> None:
    """A formula falls apart into TeX and deletions, which may nest and have hints."""
    assert split_deletions("a {{c1::b {{c2::c::why}}}} d") == (
        "a ",
        Deletion(1, ("b ", Deletion(2, ("c",), "why", 10, 16, 17, 24)), "", 2, 8, 24, 26),
        " d",
    )


tex = st.text("ab<&^_ ", max_size=6) | st.sampled_from(
    [r"\frac{a}{b}", r"\{", "x^{2}", r"\text{a}"]
)
plain = st.lists(tex, max_size=4).map("".join)
written = st.recursive(
    plain,
    lambda inner: st.builds("{}{{{{c{}::{}}}}}{}".format, plain, st.integers(1, 9), inner, plain),
    max_leaves=6,
)


@given(plain)
def test_the_back_of_a_formula_without_deletions_is_itself(formula: str) -> None:
    """Splitting takes nothing away."""
    assert without_deletions(split_deletions(formula)) == formula


@given(written)
def test_deletions_are_those_that_were_written(formula: str) -> None:
    """As many deletions come out as went in, and none of them hides TeX from the back."""
    field = to_field(formula, display=False, in_cloze=False, clozes=True)
    numbers = re.findall(r"\{\{c(\d)::", formula)
    assert re.findall(r"\{\{c(\d)::", field) == numbers
    assert len(re.findall(r"\}\}", unmark(field, in_cloze=False))) == len(numbers)
    back = re.sub(r"\{\{c\d::|\}\}|\s", "", formula)
    assert re.sub(r"\s", "", without_deletions(split_deletions(formula))) == back


@given(st.text(max_size=30), st.booleans(), st.booleans(), st.booleans())
def test_any_text_makes_a_field(text: str, display: bool, in_cloze: bool, clozes: bool) -> None:
    """Whatever stands between dollars becomes text that HTML reads back as it was."""
    field = to_field(text, display=display, in_cloze=in_cloze, clozes=clozes)
    assert field.startswith((r"\(", r"\["))
    assert "<" not in field
    if not (in_cloze or display or "{{c" in text):
        assert html.unescape(html.unescape(field)[2:-2]).strip() == html.unescape(text).strip()
