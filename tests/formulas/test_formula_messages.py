r"""A formula that Anki could not typeset is told of at its place in the file, and no other is."""

from __future__ import annotations

import importlib.util
import re
import time
import unicodedata
from pathlib import Path

import pytest

from deckpress.cli.report import group_similar
from deckpress.diagnostics import Diagnostic, Severity
from deckpress.formulas import Formula
from deckpress.formulas.engine import typeset_here
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project, open_standalone
from tests.support.cases import Check, read_cases
from tests.support.formulas import GOOD, UNREACHABLE, UNSETTLED, WRONG
from tests.support.projects import write

NOT_MATHJAX = {"Definition", "UnsafeLink", "UnsafeStyle", "TypeError"}
"""Errors that the build adds: what no card may do, and where MathJax itself fails."""
UNKNOWN = "write it out, or define it under [formulas.macros] in deck.toml"


def problems_of(text: str) -> list[Diagnostic]:
    """Return what is wrong with a lone file in the current folder, but for matters of style."""
    path = Path("notes.md")
    path.write_bytes(text.encode())  # as it is, with either end of line
    diagnostics = prepare(*open_standalone(path), int(time.time())).diagnostics
    return [
        diagnostic
        for diagnostic in diagnostics
        if diagnostic.severity in (Severity.ERROR, Severity.WARNING)
    ]


def message_at(marked: str, message: str) -> str:
    """Return a problem's text but for its place; in `marked` a ‸ stands before the culprit."""
    before, _, after = marked.partition("‸")
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in before)
    caret = " " * (len(before) + wide) + "^"
    return f"formula: {message}\n    {before}{after}\n    {caret}"


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test write its files where nothing else is."""
    monkeypatch.chdir(tmp_path)


# The table


def test_the_table_has_every_error_of_mathjax() -> None:
    """Each error that MathJax knows has a wrong formula, or a reason why no author meets it."""
    spec = importlib.util.find_spec("mathjax")
    assert spec
    assert spec.origin
    folder = Path(spec.origin).parent / "static/mathjax"
    known = set(
        re.findall(
            r'throw\["(\w+)"',  # by mhchem, which is there in JavaScript only
            (folder / "es5/input/tex-full.js").read_text(encoding="utf-8"),
        )
    )
    for path in (folder / "ts/input/tex").rglob("*.ts"):
        text = path.read_text(encoding="utf-8")
        known.update(re.findall(r"new TexError\(\s*'(\w+)'", text))
        if path.stem.endswith(("Items", "StackItem")):  # they have tables of errors
            known.update(re.findall(r"\['([A-Z]\w+)',\s*'", text))
    assert len(known) > 100
    covered = {wrong_formula.error for wrong_formula in WRONG} | UNSETTLED.keys()
    assert covered - NOT_MATHJAX == known - UNREACHABLE.keys()
    assert UNREACHABLE.keys() <= known


def test_the_table_is_large_and_has_each_formula_once() -> None:
    """At least half of the formulas are good ones."""
    wrong_tex = [tex for wrong_formula in WRONG for tex in wrong_formula.unmarked]
    wrong_tex += [tex for texts in UNSETTLED.values() for tex in texts]
    assert len(GOOD) >= len(wrong_tex) > 80
    assert len({*GOOD, *wrong_tex}) == len(GOOD) + len(wrong_tex)


def test_the_verdict_on_each_wrong_formula() -> None:
    """Each wrong formula of the table has one fault, and the one that the table says."""
    expected = [
        (wrong_formula.error, tex) for wrong_formula in WRONG for tex in wrong_formula.unmarked
    ]
    expected += [(error, tex) for error, all_tex in UNSETTLED.items() for tex in all_tex]
    results = typeset_here([Formula(tex, True) for _, tex in expected])
    actual = [
        ([tex_error.error for tex_error in result.errors], tex)
        for result, (_, tex) in zip(results, expected, strict=True)
    ]
    assert actual == [([error], tex) for error, tex in expected]


@pytest.mark.parametrize("mark", ["$$", "$"], ids=["display", "inline"])
def test_each_wrong_formula_is_told_at_its_culprit(mark: str) -> None:
    """The message says what is wrong, by file, line, column, and a caret below the culprit."""
    for message, tex in [
        (wrong_formula.message, tex) for wrong_formula in WRONG for tex in wrong_formula.formulas
    ]:
        if mark == "$" and "$" in tex:  # it would end the formula
            continue
        diagnostics = problems_of(f"1. Is {mark}{tex.replace('‸', '')}{mark}?\n\n   Yes.\n")
        place = f"notes.md:1:{7 + len(mark) + tex.index('‸')}"
        errors = [
            str(diagnostic) for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR
        ]
        assert errors == [f"{place}: {message_at(tex, message)}"]


@pytest.mark.parametrize("mark", ["$$", "$"], ids=["display", "inline"])
def test_each_good_formula_is_passed(mark: str) -> None:
    """What Anki can typeset is no error, wherever it stands."""
    good = [tex for tex in GOOD if mark == "$$" or "$" not in tex]  # it would end the formula
    notes = [f"1. Is {mark}{tex}{mark}?\n\n   Yes, {n}.\n\n" for n, tex in enumerate(good)]
    text = "".join(notes).replace("\n+ y", "\n   = y")  # a + would begin a list
    assert [
        str(diagnostic) for diagnostic in problems_of(text) if diagnostic.severity is Severity.ERROR
    ] == []


# Places


PLACES = read_cases("formulas/places")
"""Files with a wrong formula, and what is shown of it; a ‸ stands before the culprit."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_place_is_the_culprits_in_the_file(place: str, end: str) -> None:
    """Wherever a formula stands, line and column lead to the culprit, and so does the caret."""
    marked, shown = PLACES[place]["notes.md"], PLACES[place]["shown"].rstrip("\n")
    lines = marked.split("\n")
    line = next(n for n, text in enumerate(lines, 1) if "‸" in text)
    column = lines[line - 1].index("‸") + 1
    code_frame = message_at(shown, rf"undefined control sequence \foo: {UNKNOWN}")
    text = marked.replace("‸", "")
    assert text.split("\n")[line - 1].startswith(r"\foo", column - 1)
    messages = [str(diagnostic) for diagnostic in problems_of(text.replace("\n", end))]
    assert messages == [f"notes.md:{line}:{column}: {code_frame}"]


LINES = {
    "an end of another name": (
        "\\begin{aligned}\n     a &= b \\\\\n     &= c\n   ‸\\end{align}",
        r"\begin{aligned} is ended by \end{align}: make the two names equal",
    ),
    "no end": (
        "a = b\n   + ‸\\begin{cases}\n     c \\\\\n     d",
        r"\begin{cases} is never ended: add \end{cases}",
    ),
    "no right bracket": (
        "a = ‸\\left( b\n   + c",
        r"\left has no \right in its group: add \right), or \right. for none",
    ),
    "no right bracket in rows": (
        "a = b \\\\\n   = ‸\\left( c \\\\\n   = d",
        r"\left has no \right in its group: add \right), or \right. for none",
    ),
    "a second superscript": (
        "a = b \\\\\n   = c^2‸^2 \\\\\n   = d",
        "a second superscript: write {a^b}^c or a^{b^c}",
    ),
    "an unclosed brace": ("a\n   + \\frac{b}‸{c\n   + d", "{ is never closed: add }"),
}


@pytest.mark.parametrize("name", LINES)
def test_the_line_is_the_culprits(name: str) -> None:
    """In a formula of several lines, the line that is told is the one to change."""
    marked, message = LINES[name]
    lines = f"1. One?\n\n   $$\n   {marked}\n   $$\n".split("\n")
    line = next(n for n, text in enumerate(lines, 1) if "‸" in text)
    column = lines[line - 1].index("‸") + 1
    shown = lines[line - 1][3:]
    diagnostics = problems_of("\n".join(lines).replace("‸", ""))
    assert [str(diagnostic) for diagnostic in diagnostics] == [
        f"notes.md:{line}:{column}: {message_at(shown, message)}"
    ]


# Many at once


def test_all_is_told_in_one_run() -> None:
    """An author hears of all formulas, and of all unknown commands in each, in one run."""
    text = (
        "1. One $\\alhpa + \\foo + \\mathbb{\\baz}$?\n\n   $\\foo$ and $x^$, $$a_b_c$$\n\n"
        "   $$\n   \\begin{aligend} a \\end{aligend}\n   $$\n"
    )
    assert [
        (diagnostic.location.line, diagnostic.location.column, diagnostic.message)
        for diagnostic in problems_of(text)
    ] == [
        (1, 9, r"formula: undefined control sequence \alhpa. Did you mean \alpha?"),
        (1, 18, rf"formula: undefined control sequence \foo: {UNKNOWN}"),
        (1, 33, rf"formula: undefined control sequence \baz: {UNKNOWN}"),
        (3, 5, rf"formula: undefined control sequence \foo: {UNKNOWN}"),
        (3, 17, "formula: ^ or _ has nothing behind it: add what is raised or lowered"),
        (3, 26, "formula: a second subscript: write {a_b}_c or a_{b_c}"),
        (6, 4, 'formula: unknown environment "aligend". Did you mean "aligned"?'),
    ]


def test_an_unknown_command_is_told_wherever_it_is_repeated() -> None:
    """Each of several places of one unknown command has its own line and caret."""
    diagnostics = problems_of("1. One $\\foo + \\foo$?\n\n   $\\foo$\n")
    assert [str(diagnostic.location) for diagnostic in diagnostics] == [
        "notes.md:1:9",
        "notes.md:1:16",
        "notes.md:3:5",
    ]


def test_characters_beyond_the_first_plane_count_as_one() -> None:
    """JavaScript counts some letters twice; a caret does not."""
    (diagnostic,) = problems_of("1. One $𝑥𝑥𝑥𝑥𝑥𝑥 & y$?\n\n   Yes.\n")
    assert diagnostic.location.column == 16
    assert diagnostic.message.startswith("formula: & stands outside a table")
    assert diagnostic.code_frame == "𝑥𝑥𝑥𝑥𝑥𝑥 & y\n       ^"


def test_a_mistake_made_often_is_told_a_few_times() -> None:
    """From the fourth place on only the lines are told; other mistakes are told as before."""
    text = "".join(f"{index}. Is it $\\foo_{{{index}}}$?\n\n    Yes.\n\n" for index in range(1, 31))
    diagnostics = group_similar(problems_of(f"{text}31. And $x^$?\n\n    Yes.\n"))
    assert [diagnostic.location.line for diagnostic in diagnostics] == [1, 5, 9, 121]
    listed = ", ".join(str(4 * index + 1) for index in range(3, 23))
    assert diagnostics[2].message.endswith(f"deck.toml (and 27 more like it, in lines {listed}, …)")


def test_the_same_formula_is_told_at_each_place() -> None:
    """A formula that is used twice is wrong twice."""
    diagnostics = problems_of("1. One $x^$?\n\n   $x^$\n\n2. Two $x^$?\n\n   Yes.\n")
    assert [str(diagnostic.location) for diagnostic in diagnostics] == [
        "notes.md:1:10",
        "notes.md:3:6",
        "notes.md:5:10",
    ]


# Clozes


def test_a_front_that_cannot_be_typeset_is_told() -> None:
    r"""What is right on the back may be wrong with the answer hidden, and the cloze is named."""
    hidden = r"\hspace needs a length with its unit, such as 1em"
    marked = r"a ‸\hspace{{{c2::1em}}} {{c1::b}}"
    assert [
        str(diagnostic) for diagnostic in problems_of(f"1. One ${marked.replace('‸', '')}$?\n")
    ] == [f"notes.md:1:11: {message_at(marked, f'with cloze 2 hidden, {hidden}')}"]


def test_a_cloze_that_takes_the_braces_of_an_argument_is_told() -> None:
    r"""In `\frac{{c1::a}}{b}` the braces are the cloze's: the argument needs its own as well."""
    message = r"the braces of a cloze are none of TeX: write \frac{{{c1::…}}}"
    marked = r"x + ‸\frac{{c1::a}}{b}"
    assert [
        str(diagnostic) for diagnostic in problems_of(f"1. One ${marked.replace('‸', '')}$?\n")
    ] == [f"notes.md:1:13: {message_at(marked, message)}"]


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{{{c1::a}}}{b}",
        r"\frac{{{c1::a}}}{{{c2::b::which?}}}",
        r"{{c1::\frac{a}{b}}} = c",
        r"\sum_{{{c1::i=1}}}^{{{c2::n}}} x_i",
        r"\begin{cases} {{c1::a}} & b \\ c & {{c2::d}} \end{cases}",
        r"{{c1::a \\ b}}",
        r"\text{ {{c1::中文}} }",
        r"{{c1::x_{{{c2::i}}}}}",
        r"\left( {{c1::\left[ a \right]}} \right)",
    ],
)
def test_a_cloze_in_a_formula_is_passed(tex: str) -> None:
    """Both sides of a card with a cloze in a formula are typeset."""
    text = f"1. One?\n   $$\n   {tex}\n   $$\n"
    assert [str(diagnostic) for diagnostic in problems_of(text)] == []


def test_what_stands_in_braces_is_no_cloze_elsewhere() -> None:
    """In an answer a cloze's braces are none: it is filled in, and checked so."""
    marked = "a + {{c1::b}} + c‸^"
    text = f"1. One ==two==?\n\n   So ${marked.replace('‸', '')}$.\n"
    assert [diagnostic.location.column for diagnostic in problems_of(text)] == [
        8 + marked.index("‸")
    ]


# The deck's own commands


MACROS = read_cases("formulas/macros")


@pytest.mark.parametrize("name", MACROS)
def test_a_wrong_macro_is_told_once_and_a_wrong_argument_where_it_is(
    name: str, check_case: Check
) -> None:
    """An error in a macro's body is told at its line of deck.toml; others in the formula."""
    write(Path(), MACROS[name].files)
    diagnostics = prepare(*open_project(Path()), int(time.time())).diagnostics
    check_case(MACROS[name], "".join(f"{diagnostic}\n" for diagnostic in diagnostics))
