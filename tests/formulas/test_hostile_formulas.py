r"""Formulas that are meant to do harm, or happen to: refused or harmless, and never in the way."""

from __future__ import annotations

import re
import time
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.cli import main
from deckpress.formulas import Formula, TypesetResult
from deckpress.formulas import engine as engine_module
from deckpress.formulas.engine import Engine
from deckpress.formulas.tex import MAX_NESTING, check_structure
from tests.support.formulas import SLOW
from tests.support.projects import DECK_TOML

GENEROUS = 20
"""Seconds of the processor for a deck with one hostile formula; each limit of time is 5."""

TOO_MUCH = {
    "a megabyte": "x" * 1_000_000,
    "a megabyte of words": "x_1 + " * 150_000 + "x",
    "10,000 braces within each other": "{" * 10_000 + "x" + "}" * 10_000,
    "10,000 braces never closed": "{" * 10_000,
    "10,000 braces never opened": "}" * 10_000,
    "2,000 clozes within each other": "{{c1::" * 2_000 + "x" + "}}" * 2_000,
    "5,000 clozes never closed": "{{c1::" * 5_000 + "x",
    "NUL": "a\x00b",
    "NUL in a text": "\\text{a\x00b}",
    "escape": "a\x1b[31mb",
    "backspace": "a\x08b",
    "delete": "a\x7fb",
    "environments never ended": r"\begin{matrix}" * 700,
    "3,000 brackets never closed": r"\left(" * 1_500,
}
"""What MathJax is not even asked about."""

REFUSED = {
    "endless \\over": (r"a" + r"\over b" * 1_000, "AmbiguousUseOf"),
    "3,000 superscripts": ("x^" * 3_000, "DoubleExponent"),
    "superscript of nothing": ("x^", "MissingScript"),
    "a number too large for Unicode": (r"\unicode{x110000}", "RangeError"),
    "an absurd number": (r"\unicode{99999999999999999999999999}", "RangeError"),
    "a negative number": (r"\unicode{-1}", "BadUnicode"),
    "no number": (r"\unicode{javascript}", "BadUnicode"),
    "a rule of no unit": (r"\rule{1e99em}{9999999999em}", "MissingDimOrUnits"),
    "tag used twice": (r"x\tag{1}\tag{2}", "MultipleCommand"),
    "a name that every object has": (r"\constructor", "UndefinedControlSequence"),
    "an environment like it": (r"\begin{toString}x\end{toString}", "UnknownEnv"),
    "a program behind a token": (r'\mmlToken{mtext}[href="javascript:alert(1)"]{x}', "UnsafeLink"),
    "a picture from elsewhere": (r'\mmlToken{mglyph}[src="http://a.b/c.png"]{x}', "UnsafeLink"),
    "a font that stays for the next card": (r"\unicode[Arial]{65}", "Definition"),
    "an event of the browser": (
        r'\mmlToken{mtext}[onclick="alert(1)"]{x}',
        "UnknownAttrForElement",
    ),
    "an element of the browser": (r"\mmlToken{script}{alert(1)}", "NotMathMLToken"),
    "rows in rows": (r"\begin{align}" * 50 + "x" + r"\end{align}" * 50, "ErroneousNestingEq"),
}
"""What MathJax, or what stands around it, refuses; and the id of the error."""

HARMLESS = {
    "thousands of primes": "x" + "'" * 5_000,
    "a million columns": r"\begin{array}{*{1000000}{c}} a & b \end{array}",
    "a million columns, nested": r"\begin{array}{*{1000}{*{1000}{c}}} a & b \end{array}",
    "a huge space": r"\hspace{99999999999em}x",
    "an endless space": r"\hspace{" + "9" * 400 + "em}x",
    "an endless rule": r"\rule{" + "9" * 400 + "em}{1em}",
    "a huge rule": r"\rule{9999999999em}{9999999999em}",
    "a huge kern backwards": r"x\kern-9999999999em y",
    "text with braces and dollars": r"\text{" + r"\$ \{ \} " * 200 + "}",
    "texts within each other": r"\text{" * 99 + "x" + "}" * 99,
    "chemistry within chemistry": r"\ce{" * 99 + "H2O" + "}" * 99,
    "chemistry in many brackets": r"\ce{" + "(" * 90 + "x" + ")" * 90 + "}",
    "chemistry of some hundred characters": r"\ce{" + "H2O + " * 40 + "H2}",
    "half a surrogate pair": r"\unicode{xD800}x",
    "the other half": r"\unicode{xDFFF}x",
    "NUL by its number": r"\unicode{0}x",
    "style": r"\style{position:fixed;top:0;width:100%}{x}",
    "a style of quotes": "\\style{\"'><script>alert(1)</script>}{x}",
    "class": r'\class{"><script>}{x}',
    "cssId": r"\cssId{qa}{x}",
    "cssId of what every object has": r"\cssId{__proto__}{x}",
    "tag": r"x\tag{1}",
    "label": r"x\label{one}",
    "reference to nothing": r"\ref{one}\eqref{one}",
    "text the other way round": "a\u202eb\u202c + \u2066c\u2069",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe\u2060f",
    "beyond the first plane": "𝑥 + 😀",
    "many combining marks": "x" + "\u0301" * 100,
    "many unrelated letters": "".join(chr(0x4E00 + index) for index in range(300)),
}
"""What is strange, and does no harm."""


ADDRESSES = [
    *("javascript:alert(1)", "JavaScript:alert(1)", "JAVASCRIPT:alert(1)", "javascript:https://x"),
    *(" javascript:x", "\tjavascript:x", "\njavascript:x", "\u00a0javascript:x"),
    *("java\tscript:x", "java\nscript:x", "javascript\t:x", "java\u200bscript:x", "java script:x"),
    *("\x01javascript:x", "\x00javascript:x", "\u202ejavascript:x", "ｊavascript:x"),
    *("&#106;avascript:x", "&#x6A;avascript:x", "java&#115;cript:x", "javascript&colon;x"),
    *("%6Aavascript:x", "javascript%3Ax", "java%0ascript:x", "\\u006aavascript:x"),
    *("{javascript:x}", "{}javascript:x", "\\relax javascript:x", "\\unicode{106}avascript:x"),
    *("data:text/html,x", "Data:text/html;base64,eA==", "vbscript:x", "VBScript:x"),
    *("file:///etc/passwd", "FILE:///etc/passwd", "blob:x", "about:blank", "view-source:x"),
    *("feed:javascript:x", "anki:x", "ws:x", "httpsx:", "https", "https\u200b:x", "ftp://x"),
    *("//evil.example", "/etc", "\\\\evil.example", "#a", "?a", "a.html", ""),
]
"""Where a card must not link to."""

DEFINITIONS = [
    r"\require{physics}",
    r"\newcommand{\zz}{1}",
    r"\newcommand\zz[1]{#1}",
    r"\renewcommand{\frac}{1}",
    r"\providecommand{\zz}{1}",
    r"\newenvironment{zz}{a}{b}",
    r"\renewenvironment{matrix}{a}{b}",
    r"\def\zz{1}",
    r"\def\zz#1#2{#2}",
    r"\def\frac#1{#1}",
    r"\let\zz=\alpha",
    r"\let\zz\href",
    r"\let\frac\sqrt",
    r"\DeclareMathOperator{\zz}{zz}",
    r"\DeclareMathOperator*{\zz}{zz}",
    r"\DeclarePairedDelimiter{\zz}{(}{)}",
    r"\DeclarePairedDelimiters{\zz}{(}{)}",
    r"\DeclarePairedDelimiterX{\zz}[1]{(}{)}{#1}",
    r"\DeclarePairedDelimitersX{\zz}[1]{(}{)}{#1}",
    r"\DeclarePairedDelimiterXPP{\zz}[1]{a}{(}{)}{b}{#1}",
    r"\DeclarePairedDelimitersXPP{\zz}[1]{a}{(}{)}{b}{#1}",
    r"\definecolor{red}{rgb}{0,0,1}",
    r"\Newextarrow{\zz}{5,10}{0x21D0}",
    r"\newtagform{zz}{[}{]}",
    r"\renewtagform{default}{[}{]}",
    r"\usetagform{zz}",
    r"\mathtoolsset{centercolon=true}",
]
"""What would hold for all cards that are shown later."""

PROBES = [
    *(Formula(r"\zz", True), Formula(r"\begin{zz}x\end{zz}", True), Formula(r"\left\zz x", True)),
    *(Formula(r"\frac12 \sqrt[3]{x^2}", False), Formula(r"\textcolor{red}{x}", False)),
    Formula(r"a := b \colon c \coloneqq d", False),
    Formula(r"\begin{matrix}a & b \\ c & d\end{matrix}", True),
    Formula(r"\begin{align}a &= b \tag{1} \\ c &= d\end{align}", True),
    Formula(r"\begin{CD}A @>a>> B\end{CD}", True),
    Formula(r"\begin{prooftree}\AxiomC{a}\UnaryInfC{b}\end{prooftree}", True),
    Formula(r"x\label{one}\tag{1}", True),
    Formula(r"\ref{one}\eqref{two}", True),
    Formula(r"\ce{H2O -> [a] H+}", True),
    Formula(r"\bigcap_{i} \Gamma \mathbf{x} 😀 \text{第 1 层}", True),
    Formula(r"\lfloor x \rfloo \lceil y \rcei", True),
    Formula(r"\left( x", True),
]
"""What would come out otherwise if something were left of an earlier formula."""


@pytest.fixture(scope="module")
def engine() -> Engine:
    """An engine that has all the formulas of these tests to bear."""
    return Engine()


@pytest.fixture(scope="module")
def probes() -> list[TypesetResult]:
    """What is said of the probes before anything else was typeset."""
    return [*map(Engine().typeset, PROBES)]


@cache
def alone(formula: Formula) -> TypesetResult:
    """Return what a formula's verdict is in an engine that has seen no other."""
    return Engine().typeset(formula)


def errors(result: TypesetResult) -> list[str]:
    """Return the ids of a verdict's errors."""
    return [tex_error.error for tex_error in result.errors]


@pytest.mark.parametrize("tex", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_is_refused_unread(tex: str) -> None:
    """Formulas that are too long, too deep or not text never reach MathJax."""
    assert check_structure(tex)


@pytest.mark.parametrize(("tex", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_is_refused(
    tex: str, error: str, engine: Engine, probes: list[TypesetResult]
) -> None:
    """A wrong formula has the same error wherever it stands, and what follows is none the worse."""
    for display in (True, False):
        assert errors(engine.typeset(Formula(tex, display))) == [error]
    assert [*map(engine.typeset, PROBES)] == probes


@pytest.mark.parametrize("tex", HARMLESS.values(), ids=HARMLESS)
def test_what_is_strange_does_no_harm(
    tex: str, engine: Engine, probes: list[TypesetResult]
) -> None:
    """A strange formula is typeset, and what follows comes out as it would without it."""
    for display in (True, False):
        assert errors(engine.typeset(Formula(tex, display))) == []
    assert [*map(engine.typeset, PROBES)] == probes


@pytest.mark.parametrize("tex", SLOW.values(), ids=SLOW)
def test_what_takes_too_long_is_stopped(
    tex: str, engine: Engine, probes: list[TypesetResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A formula that takes MathJax too long is given up, and the next one finds it ready."""
    monkeypatch.setattr(engine_module, "SECONDS", 0.5)
    assert errors(engine.typeset(Formula(tex, False))) == ["TooSlow"]
    assert [*map(engine.typeset, PROBES)] == probes


TOO_LONG = {
    "characters": ("x" * 10_001, "10,001 characters, where 10,000 is the limit"),
    "spaces": ("x" + " " * 20_000 + "y", "20,002 characters, where 10,000 is the limit"),
    "macros": (r"\R" * 5_000, r"macro \R grows beyond 20,000 characters: use it less"),
    "macros beyond any length": (r"\R" * 500_000, "1,000,000 characters, where 10,000"),
    "cards": (
        " ".join(f"{{{{c{number}::x}}}} + y" for number in range(1, 200)),
        "characters with its 199 clozes hidden by turns, where 100,000 is the limit",
    ),
}
"""What comes to a limit of length, and what is told of it."""


@pytest.mark.parametrize(("tex", "message"), TOO_LONG.values(), ids=TOO_LONG)
def test_a_formula_that_is_too_long_is_told_of(tex: str, message: str, project: Path) -> None:
    """It is reported at its place, is not typeset, and the other formulas are judged."""
    (project / "source/deck.toml").write_text(f"{DECK_TOML}[formulas.macros]\nR = 'abcdefgh'\n")
    (project / "source/notes.md").write_text(f"1. One ${tex}$?\n\n   $\\rfloo$\n")
    run = CliRunner().invoke(main, [])
    assert run.exit_code == 1
    lines = [line for line in run.stderr.splitlines() if line.startswith("source/")]
    assert [line for line in lines if message in line and line.startswith("source/notes.md:1:")]
    assert lines[-1].startswith(WRONG.format(line=3).replace(":9:", ":5:"))


def test_a_hundred_unknown_commands_of_a_formula_are_enough(engine: Engine) -> None:
    """A formula of thousands of unknown commands takes no time for each of them."""
    tex = "".join(rf"\{chr(97 + index // 26)}{chr(97 + index % 26)}zz" for index in range(26 * 26))
    assert errors(engine.typeset(Formula(tex, True))) == ["UndefinedControlSequence"] * 100


NESTS = {
    "fractions": (r"\frac{1}{", "}"),
    "roots": (r"\sqrt{", "}"),
    "superscripts": ("x^{", "}"),
    "brackets": (r"\left(", r"\right)"),
    "a table": (r"\begin{pmatrix}a & b \\ c &", r"\end{pmatrix}"),
    "rows": (r"\begin{aligned}a &= b \\ &= ", r"\end{aligned}"),
    "cases": (r"\begin{cases}a & b \\ c &", r"\end{cases}"),
    "an array": (r"\begin{array}c", r"\end{array}"),
    "hats": (r"\hat{", "}"),
    "\\over": (r"{x \over ", "}"),
    "braces above": (r"\overbrace{", "}"),
    "formulas in text": (r"\text{$", "$}"),
}
"""What can be nested, by how it begins and ends."""


@pytest.mark.parametrize("display", [True, False])
@pytest.mark.parametrize(("opener", "closer"), NESTS.values(), ids=NESTS)
def test_what_is_as_deep_as_allowed_is_typeset(
    opener: str, closer: str, display: bool, engine: Engine
) -> None:
    """All that may be nested to the limit comes out at the limit; one level more is refused."""
    tex = opener * MAX_NESTING + "x" + closer * MAX_NESTING
    assert check_structure(tex) is None
    assert errors(engine.typeset(Formula(tex, display))) == []
    deeper = opener * (MAX_NESTING + 1) + "x" + closer * (MAX_NESTING + 1)
    diagnostic = check_structure(deeper)
    assert diagnostic
    assert diagnostic.message == "nested more than 100 levels deep: simplify it"


@pytest.mark.parametrize("tex", DEFINITIONS)
def test_definitions_are_refused(tex: str, engine: Engine, probes: list[TypesetResult]) -> None:
    """Nothing can be defined in a formula, since other cards would have it or lack it."""
    before, within = engine.typeset(Formula(tex, True)), engine.typeset(Formula(f"{{{tex}}}", True))
    assert errors(before) == errors(within) == ["Definition"]
    assert before.errors[0].names == tuple(re.findall(r"^\\\w+", tex))
    assert [*map(engine.typeset, PROBES)] == probes


def test_no_command_leaves_anything_behind(engine: Engine, probes: list[TypesetResult]) -> None:
    """None of the commands that MathJax knows changes what a later formula means."""
    for name in sorted(engine.names("macro")):
        engine.typeset(Formula(rf"\{name}\zz{{zz}}{{x}}", True))
    assert [*map(engine.typeset, PROBES)] == probes


@pytest.mark.parametrize("address", ADDRESSES, ids=map(ascii, ADDRESSES))
def test_a_card_links_to_no_program(address: str, engine: Engine) -> None:
    """A link goes to the web or to a mailbox, however another address is written."""
    for tex in (rf"\href{{{address}}}{{x}}", rf"\text{{a $\href {{{address}}} x$}}"):
        assert errors(engine.typeset(Formula(tex, False))) == ["UnsafeLink"]


@pytest.mark.parametrize("address", ["https://a.b/?c=d#e", "HTTP://a.b", "mailto:a@b.c"])
def test_a_card_links_to_the_web(address: str, engine: Engine) -> None:
    """Ordinary links are as good as without the check."""
    assert errors(engine.typeset(Formula(rf"\href{{{address}}}{{x}}", False))) == []


POOL = [
    *PROBES[::3],
    *(Formula(tex, display=True) for tex, _ in list(REFUSED.values())[::3]),
    *(Formula(tex, display=False) for tex in DEFINITIONS[::9]),
    *(Formula(tex, display=True) for tex in list(HARMLESS.values())[12::4]),
    Formula(r"\href{javascript:x}{x}", False),
]


@settings(max_examples=20)
@given(formulas=st.lists(st.sampled_from(POOL), min_size=2, max_size=8))
def test_formulas_are_judged_each_for_itself(engine: Engine, formulas: list[Formula]) -> None:
    """In whatever order formulas come, each has the verdict that it has alone."""
    assert [*map(engine.typeset, formulas)] == [*map(alone, formulas)]


WRONG = r"source/notes.md:{line}:9: formula: undefined control sequence \rfloo. Did you mean "


def run_with(project: Path, tex: str, macros: str = "") -> tuple[Result, str]:
    """Build a deck of a hostile formula and a wrong one; return also what is told of the latter."""
    (project / "source/deck.toml").write_text(DECK_TOML + macros)
    text = f"1. One?\n\n   So\n\n   $$\n   {tex}\n   $$\n\n2. Two?\n\n   Yes $\\rfloo$ no.\n"
    (project / "source/notes.md").write_bytes(text.encode())
    line = text.count("\n")
    return CliRunner().invoke(main, []), WRONG.format(line=line)


def check_run(project: Path, run: Result, message: str) -> list[str]:
    """Check that a run failed as it should, and return what it told besides the wrong formula."""
    assert isinstance(run.exception, SystemExit), run.exception
    assert run.exit_code == 1
    assert "Traceback" not in run.output
    assert not (project / "dist").exists()
    assert not (project / "source/deck.lock").exists()
    lines = [line for line in run.stderr.splitlines() if line.startswith("source/")]
    assert sum(line.startswith(message) for line in lines) == 1
    return [line for line in lines if not line.startswith(message) and ": hint: " not in line]


@pytest.mark.parametrize(
    "tex",
    [*TOO_MUCH.values(), *(tex for tex, _ in REFUSED.values()), SLOW["arrows"]],
    ids=[*TOO_MUCH, *REFUSED, "arrows"],
)
def test_a_deck_with_a_hostile_formula_is_told_of(
    tex: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command refuses it with a message, in time, and still judges the formulas behind it."""
    monkeypatch.setattr(engine_module, "SECONDS", 0.5)
    started = time.process_time()
    run, message = run_with(project, tex)
    assert check_run(project, run, message)
    assert time.process_time() - started < GENEROUS


@pytest.mark.parametrize("tex", [*HARMLESS.values()][::2], ids=[*HARMLESS][::2])
def test_a_deck_with_a_strange_formula_is_built(tex: str, project: Path) -> None:
    """The command finds nothing wrong in it that would stop a build, and judges what follows."""
    run, message = run_with(project, tex)
    assert all(": warning: " in line for line in check_run(project, run, message))


@pytest.mark.parametrize(
    ("macros", "tex"),
    [
        ({"a": r"\a"}, r"\a"),
        ({"a": r"x\a y"}, r"\a"),
        ({"a": r"\b", "b": r"\a"}, r"\a"),
        ({"a": r"\b\b", "b": r"\c\c", "c": r"\a\a"}, r"\a"),
        ({"a": r"\b{#1}", "b": r"\a{#1}"}, r"\a{x}"),
        ({"a": r"{\a}"}, r"\a"),
        ({"a": r"\a\a"}, r"\frac{\a}{2}"),
        ({chr(97 + index): rf"\{chr(98 + index)}" * 2 for index in range(25)} | {"z": "x"}, r"\a"),
        ({"a": "#1#1"}, r"\a{" * 30 + "x" + "}" * 30),
        ({"a": r"\a{#1#1}"}, r"\a{x}"),
        (
            {chr(97 + index): rf"\{chr(98 + index)}{{#1#1}}" for index in range(25)} | {"z": "#1"},
            r"\a{x}",
        ),
        ({"link": "javascript:alert(1)"}, r"\href{\link}{x}"),
        ({"link": r"\href{javascript:alert(1)}{#1}"}, r"\link{x}"),
        ({"define": r"\def\zz{1}"}, r"\define"),
        ({"zz": r"\require{physics}"}, r"\zz"),
    ],
    ids=[
        *("itself", "itself in other text", "two", "three, and growing", "with arguments"),
        *("in braces", "growing", "millions", "arguments that grow"),
        *("itself with a growing argument", "a chain with growing arguments"),
        *("address", "link", "definition", "package"),
    ],
)
def test_a_deck_with_a_hostile_macro_is_told_of(
    macros: dict[str, str], tex: str, project: Path
) -> None:
    """A macro without an end, or one that hides what is refused, is refused in time."""
    lines = [f"{name} = '{body}'\n" for name, body in macros.items()]
    started = time.process_time()
    run, message = run_with(project, tex, "[formulas.macros]\n" + "".join(lines))
    assert check_run(project, run, message)
    assert time.process_time() - started < GENEROUS
