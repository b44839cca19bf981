r"""What a card asks for in a formula can be seen, and the formula looks as it did without."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.anki.cloze_filter import cloze_numbers, show_clozes
from deckpress.anki.field_text import html_text
from deckpress.formulas import Formula
from deckpress.formulas.cloze_marks import HIGHEST, find_markable, unmark
from deckpress.formulas.deletions import check_joints, split_deletions, without_deletions
from deckpress.formulas.engine import Engine, draw_formulas
from deckpress.formulas.math_field import back_of, fronts_of, to_field
from deckpress.formulas.tex import check_structure

MARK = re.compile(r"\\class\{gap\d+\}\{")

MARKED = [
    r"{{c1::x}}",
    r"E = {{c1::m}} c^{{{c2::2}}}",
    r"a {{c1::=}} b",
    r"a {{c1::+ b}} = c",
    r"\text{softmax}({{c1::\frac{QK^T}{\sqrt{d_k}}}})V",
    r"{{c1::\sum}}_{i=1}^n x_i",
    r"{{c1::\lim}}_{n \to \infty} a_n",
    r"{{c1::W}}_t + {{c2::12}}^2 + {{c3::\mathbf{h}}}'",
    r"\log {{c1::p}}, \operatorname{softmax}{{c2::(x)}}",
    r"\frac{{{c1::a}}}{{{c2::b}}} + \sqrt[3]{{{c3::x}}} + \hat{{{c4::y}}}",
    r"\mathrm{{{c1::ReLU}}}(x) + \mathbf{ {{c2::W}} x }",
    r"\begin{cases} {{c1::x}} & x > 0 \\ {{c2::0}} & \text{else} \end{cases}",
    r"\begin{aligned} a &= {{c1::b}} \\ &= {{c2::c}} \end{aligned}",
    r"x = {{c2::\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}}}",
    r"\left( {{c1::\left[ x \right]}} \right)",
    r"{{c1::a + {{c2::b}} }} + {{c1::d}}",
    r"\overset{{{c1::a}}}{=} b",
    r"x \in [{{c1::0}}, {{c2::1}}]",
    r"\color{red} {{c1::x}} + y",
    r"\hspace{1em} {{c1::x}}",
    r"\sigma {{c1::(x)::what}}",
    r"a {{c1::x::50% & #2}} + y",
]
"""Formulas all of whose clozes are marked."""

UNMARKED = {
    r"\text{a {{c1::word}}}": "in text, TeX's commands are letters",
    r"\ce{{{c1::H2O}}}": "chemistry is no maths",
    r"\begin{matrix} a {{c1::& b}} \end{matrix}": "a cell ends in it",
    r"\begin{gathered} a {{c1::\\ b}} \end{gathered}": "a row ends in it",
    r"\left( {{c1::x \right)}}": "half of a pair",
    r"{{c1::a +}} b": "an operator at its end would have no room",
    r"x{{c1::^2}}": "it hangs on what stands before",
    r"{{c1::x y}}^2": "only its last letter has the exponent",
    r"{{c1::\displaystyle}} \sum_i": "it changes what follows",
    r"a {{c1::\over}} b": "it takes what stands around it",
    r"\left{{c1::(}} x \right)": "a delimiter",
    r"a \not{{c1::=}} b": "a stroke goes through the next sign",
    r"\sqrt[{{c1::3}}]{x}": "an option's end would be the front's",
    r"\begin{array}{{{c1::cc}}} a & b \end{array}": "columns are no maths",
    rf"{{{{c{HIGHEST + 1}::x}}}}": "no style has so high a number",
    r"\text{a {{c1::x::which word?}} b}": "in text, a hint is as it is",
}


@pytest.fixture(scope="module", name="engine")
def start_engine() -> Engine:
    """Start MathJax once."""
    return Engine()


def both_ways(tex: str) -> Iterator[tuple[str, str]]:
    """Yield what each side of the cards shows of a formula, without marks and with them."""
    parts = split_deletions(tex)
    sides = [
        (back_of(tex, parts, marked), *fronts_of(tex, parts, marked).values())
        for marked in (frozenset[int](), find_markable(tex))
    ]
    for plain, shown in zip(*sides, strict=True):
        yield plain.text, shown.text


@pytest.mark.parametrize("tex", MARKED)
def test_what_a_card_asks_for_can_be_seen(tex: str) -> None:
    """Each cloze has the class of its number on both sides, within what Anki shows of it."""
    field = to_field(tex, display=True, in_cloze=False, clozes=True)
    numbers = cloze_numbers([field])
    assert numbers == {int(number) for number in re.findall(r"\{\{c(\d+)::", tex)}
    for number in numbers:
        for is_front in (True, False):
            shown = show_clozes(field, number, is_front=is_front)
            assert rf"\class{{gap{number}}}{{" in shown
            assert shown.count("{") == shown.count("}")
    assert len(MARK.findall(field)) == len(re.findall(r"\{\{c\d+::", tex))


@pytest.mark.parametrize("tex", UNMARKED, ids=UNMARKED.values())
def test_what_a_mark_would_change_has_none(tex: str) -> None:
    """There the card looks as it always did."""
    assert not MARK.search(to_field(tex, display=True, in_cloze=False, clozes=True))


@pytest.mark.parametrize("tex", [*MARKED, *UNMARKED])
def test_a_formula_is_typeset_as_without_marks(engine: Engine, tex: str) -> None:
    """MathJax makes both sides as wide as they would be, and finds no other fault in them."""
    tex = re.sub(r"(c\d+::[^:]*)::[^{}:]*(?=\}\})", r"\1", tex)  # but for hints of words
    for plain, shown in both_ways(tex):
        before, after = (engine.typeset(Formula(side, display=True)) for side in (plain, shown))
        assert [error.error for error in after.errors] == [error.error for error in before.errors]
        assert after.width == pytest.approx(before.width, abs=0.02)


def test_behind_a_command_that_takes_it_a_cloze_is_an_error(engine: Engine) -> None:
    """So is it told of each of MathJax's own commands that would take a mark for its argument."""
    silent = []
    for name in sorted(filter(str.isalpha, engine.names("macro"))):
        tex = rf"\{name}{{{{c1::x}}}}"
        if any("none of TeX" in joint.message for joint in check_joints(tex)):
            continue
        plain, shown = (
            engine.typeset(Formula(back_of(tex, split_deletions(tex), marked).text, display=True))
            for marked in (frozenset[int](), find_markable(tex))
        )
        if not plain.errors and (shown.errors or abs(shown.width - plain.width) > 0.02):
            silent.append(name)
    assert silent == []


tex_pieces = st.sampled_from(
    r"a x^{2} \frac{a}{b} \text{a} { } & \\ \sum \left( \right) _i ^2 [ ] \sqrt \log '".split()
) | st.text("ab=+ ", max_size=3)
plain = st.lists(tex_pieces, max_size=4).map("".join)
written = st.recursive(
    plain,
    lambda inner: st.builds("{}{{{{c{}::{} }}}} {}".format, plain, st.integers(1, 9), inner, plain),
    max_leaves=6,
)


@given(written, st.booleans())
def test_a_field_is_read_as_if_it_had_no_marks(tex: str, in_cloze: bool) -> None:
    """What learners have of a note is told by what its author wrote, and marks are none of that."""
    field = to_field(tex, display=False, in_cloze=in_cloze, clozes=True)[2:-2]
    text = html.unescape(unmark(field, in_cloze=in_cloze))
    assert not MARK.search(text)
    assert re.sub(r"\s", "", text) == re.sub(r"\s", "", tex)


def test_a_question_reads_as_its_author_wrote_it() -> None:
    """Marks are neither in a diff nor in what a note is known by."""
    field = to_field(r"\frac{{{c1::a}}}{b}", display=False, in_cloze=False, clozes=True)
    assert field == r"\(\frac{\class{gap1}{{{c1::a}}}}{b}\)"
    assert html_text(field, is_ours=True) == r"\frac{{{c1::a}}}{b}"


@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        ("which gate?", r"\mbox{which gate?}"),
        ("是 d 的几倍？", r"\mbox{是 d 的几倍？}"),
        ("energy", r"\mbox{energy}"),
        ("n - 1", "n - 1"),
        ("QK", "QK"),
        (r"\text{why}", r"\text{why}"),
        ("x_i", "x_i"),
        ("snake_case", r"\mbox{snake_case}"),
        ("x^2, then y", r"\mbox{x^2, then y}"),
        ("50% of all", r"\mbox{50% of all}"),
        ("R & D", r"\mbox{R &amp; D}"),
        ("gate #2", r"\mbox{gate #2}"),
        ("كم؟", r"\mbox{كم؟}"),
    ],
)
def test_a_hint_of_words_is_read_as_words(hint: str, shown: str) -> None:
    """It keeps its spaces on the front, and its author's text is as it was."""
    tex = f"a + {{{{c1::b::{hint}}}}}"
    field = to_field(tex, display=False, in_cloze=False, clozes=True)
    assert rf"[{shown}]" in re.sub(r" (?=\])", "", show_clozes(field, 1, is_front=True))
    assert html_text(field, is_ours=True).replace("} }}", "}}}") == tex


@given(written)
def test_whatever_mathjax_reads_it_reads_with_marks(engine: Engine, tex: str) -> None:
    """No mark makes a fault of a formula that had none."""
    if check_structure(without_deletions(split_deletions(tex))) or any(check_joints(tex)):
        return
    for plain, shown in both_ways(tex):
        if not engine.typeset(Formula(plain, display=True)).errors:
            assert not engine.typeset(Formula(shown, display=True)).errors, shown


def test_a_drawn_formula_has_its_marks_and_the_size_of_a_typeset_one() -> None:
    """On a page without MathJax as well, what is asked has its class, and an em is an em."""
    formula = Formula(r"x + \class{gap1}{y} \class{name}{z}", display=False)
    svg = draw_formulas([formula]).svgs[formula]
    assert svg.count('class="gap1"') == 1
    assert "name" not in svg
    assert re.match(r'<svg style="vertical-align: -?[\d.]+em;" width="[\d.]+em"', svg)
