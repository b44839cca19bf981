"""The cost of a text grows no faster than the text itself, whatever is repeated in it."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.cli.report import group_similar, report
from deckpress.diagnostics import Diagnostic, Location, warning
from deckpress.formulas import skip_formula_check
from deckpress.languages import normalize
from deckpress.lock.store import BuildOptions
from deckpress.markdown.html_tokens import read_tag
from deckpress.pipeline.prepare import prepare
from deckpress.project import Project
from deckpress.project.opening import open_project, open_standalone
from tests.support.growth import PATTERNS, SETTINGS, Pattern
from tests.support.observed_builds import draw_nothing

SIZE = 240
FACTOR = 4
MOST = 5
"""How much more work a text FACTOR times as long may be; the square would be 16."""

SCANNED = (
    *("heading of spaces", "spaces of a table", "closed parentheses behind an address"),
    *("marks behind an address", "sounds that open", "footnotes that open", "accents of two kinds"),
    *("elements within elements", "elements that close", "pictures with spaces", "prices apart"),
    *("sources without quotes", "values without an end", "brackets of the front matter"),
    *("stars and underscores", "backticks, ever more", "parentheses", "sites and addresses"),
)
"""Patterns whose cost would be within a search, a slice or a sort, where no calls are counted."""


def work_of(action: Callable[[], object]) -> int:
    """Return how many lines of Python an action runs."""
    lines = 0

    def count(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal lines
        lines += 1
        return count

    sys.settrace(count)
    try:
        action()
    finally:
        sys.settrace(None)
    return lines


def build(project: Project, diagnostics: list[Diagnostic]) -> None:
    """Prepare a deck without MathJax and pictures, and write what is said about it."""
    prepared = prepare(
        project,
        diagnostics,
        1_700_000_000,
        options=BuildOptions(tells_all=True),
        typeset=skip_formula_check,
        draw=draw_nothing,
    )
    "\n".join(map(str, group_similar(prepared.diagnostics)))


def build_notes(folder: Path, text: str) -> None:
    """Build a text as a file of notes."""
    path = folder / "notes.md"
    path.write_text(text, encoding="utf-8")
    build(*open_standalone(path))


def build_settings(folder: Path, text: str) -> None:
    """Build a project with a text as its settings."""
    source = folder / "source"
    source.mkdir(exist_ok=True)
    (source / "deck.toml").write_text(text, encoding="utf-8")
    (source / "notes.md").write_text("1. q\n\n   中a (b) $\\a$\n", encoding="utf-8")
    build(*open_project(folder))


def check_growth(pattern: Pattern, folder: Path, make: Callable[[Path, str], None]) -> None:
    """Check that four times the text is about four times the work."""
    count = pattern.count(SIZE)
    short, long = pattern.repeated(count), pattern.repeated(FACTOR * count)
    for text in (short, long):
        make(folder, text)  # what is imported, and patterns of the deck's own words, only once
    works = [work_of(lambda: make(folder, short)), work_of(lambda: make(folder, long))]
    assert works[1] <= MOST * works[0], works


@pytest.mark.parametrize("name", PATTERNS)
def test_four_times_the_text_is_four_times_the_work(tmp_path: Path, name: str) -> None:
    """Whatever is repeated, to read, check and render it takes time in proportion."""
    check_growth(PATTERNS[name], tmp_path, build_notes)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_work_on_settings_grows_with_them(tmp_path: Path, name: str) -> None:
    """So it is with deck.toml."""
    check_growth(SETTINGS[name], tmp_path, build_settings)


@pytest.mark.parametrize("name", SCANNED)
def test_what_is_repeated_often_is_read_soon(tmp_path: Path, name: str) -> None:
    """A second or two; each took 10 seconds to minutes where the square of the text was taken."""
    started = time.process_time()
    build_notes(tmp_path, PATTERNS[name].of_size(50_000))
    assert time.process_time() - started < 8


DEEP = {
    "bullets": ("- " * 3000 + "x", "3: warning: lists or quotes are"),
    "quotes": ("> " * 3000 + "x", "3: warning: lists or quotes are"),
    "quotes and lists": ("> - " * 3000 + "x", "3: warning: lists or quotes are"),
    "footnotes": ("x[^a]\n\n[^a]: " + "[^b]: " * 3000 + "x", "5: warning: lists or quotes are"),
    "emphasis": ("*a " * 3000 + "b*" * 3000, "3:9"),
    "bold and emphasis": ("*a **b " * 3000 + "b** a*" * 3000, "3:21"),
    "bold in a link": ("[" + "**a " * 3000 + "b**" * 3000 + "](http://a.b)", "3:"),
    "marks": ("==a ~~b" * 3000 + "b~~ a==" * 3000, ""),
    "links": ("[" * 3000 + "a" + "](b)" * 3000, ""),
    "pictures": ("![" * 3000 + "a" + "](b)" * 3000, ""),
    "elements": ("<b>" * 3000 + "x" + "</b>" * 3000, ""),
    "blocks of elements": ("<div>" * 3000 + "x" + "</div>" * 3000, ""),
    "braces": ("$" + "{" * 3000 + "}" * 3000 + "$", ""),
}
"""What is nested, and how the message about its depth begins, if there is one."""


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_deep_is_read_or_reported(tmp_path: Path, name: str) -> None:
    """It never ends in a RecursionError; marks that are shown as text are reported."""
    text, message = DEEP[name]
    path = tmp_path / "notes.md"
    path.write_text(f"1. q\n\n   {text}\n", encoding="utf-8")
    project, diagnostics = open_standalone(path)
    prepared = prepare(
        project,
        diagnostics,
        1_700_000_000,
        options=BuildOptions(tells_all=True),
        typeset=skip_formula_check,
    )
    assert len(prepared.notes) == 1
    lines = [str(diagnostic).removeprefix(f"{path}:") for diagnostic in prepared.diagnostics]
    deep = [line for line in lines if "shown as text" in line]
    assert [line[: len(message)] for line in deep[:1]] == ([message] if message else [])


def spell(number: int) -> str:
    """Return a number as a word of its own."""
    return f"{number:b}".replace("0", "o").replace("1", "i")


PROBLEMS: dict[str, Callable[[int], Diagnostic]] = {
    "of a kind": lambda number: warning(Location("a.md", number), f"line {number} is wrong"),
    "in one line": lambda number: warning(Location("a.md", 1, number), "this is wrong"),
    "of many kinds": lambda number: warning(Location("a.md", number), f"{spell(number)} is wrong"),
    "in many files": lambda number: warning(Location(f"{number}.md", 1), "this is wrong"),
    "with long words": lambda number: warning(Location("a.md", number), f'{"<" * 99}{number}"'),
}


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("verbose", [False, True])
def test_ten_thousand_problems_are_told_soon(
    name: str, verbose: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who points the tool at the wrong folder waits for no list of all that is wrong with it."""

    def tell_of(count: int) -> None:
        diagnostics = [PROBLEMS[name](number) for number in range(1, count + 1)]
        report(diagnostics, strict=False, style=True, verbose=verbose)

    works = [work_of(partial(tell_of, count)) for count in (2_500, 10_000)]
    assert works[1] <= MOST * works[0], works
    shown = capsys.readouterr().err.splitlines()
    assert shown[-1] == "10000 warnings"


PRODUCTS = {
    "short rows of a wide table": "# Q\n\n|"
    + "a|" * 1500
    + "\n|"
    + "-|" * 1500
    + "\n"
    + "|a|\n" * 1500,
    "a long address": f"# Q\n\n{'[a] ' * 6000}\n\n[a]: http://x/{'y' * 24_000}\n",
    "a long heading": f"# {'word ' * 9000}\n\n"
    + "".join(f"{number}. q{number}\n\n   a\n\n" for number in range(1, 2600)),
    "many tags": f"---\ntags: [{', '.join(f'tag{index}' for index in range(3000))}]\n---\n"
    + "".join(f"{number}. q{number}\n\n   a\n\n" for number in range(1, 1500)),
    "a long footnote": f"[^a]: {'word ' * 5000}\n\n"
    + "".join(f"{number}. q{number}\n\n   a[^a]\n\n" for number in range(1, 1500)),
}
"""Texts of some 50 kB of which a deck would hold a thousand times as much."""


@pytest.mark.parametrize("name", PRODUCTS)
def test_no_short_text_makes_a_huge_deck(tmp_path: Path, name: str) -> None:
    """What stands once for many notes is on all of their cards, or too long and reported."""
    path = tmp_path / "notes.md"
    path.write_text(PRODUCTS[name], encoding="utf-8")
    project, diagnostics = open_standalone(path)
    prepared = prepare(
        project,
        diagnostics,
        1_700_000_000,
        options=BuildOptions(tells_all=True),
        typeset=skip_formula_check,
    )
    size = sum(len(text) for note in prepared.notes for text in (*note.fields, *note.tags))
    assert size < 9_000_000
    is_reported = any(
        "notes up to here repeat more than " in str(diagnostic)
        for diagnostic in prepared.diagnostics
    )
    assert is_reported == (name != "short rows of a wide table")


def test_a_tag_is_read_in_one_way() -> None:
    """A value without quotes ends at a line break: else each would double the ways to read it."""
    assert read_tag("<a " + "b=c\nd\n" * 1000 + '"', 0) == ""
    assert read_tag(tag := "<a b=c\nd\te='f' g = \"h\"/>", 0) == tag
    assert read_tag("<a b=c\n$>", 0) == ""


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from("a\u00e5\u0301\u0323\u0344\u0338\u05b0\uac00🐱，"), max_size=12),
    st.integers(0, 60),
    st.sampled_from(["NFC", "NFKC"]),
)
def test_accents_in_piles_have_the_order_of_unicode(
    letters: list[str], times: int, form: str
) -> None:
    """However many there are, the text is what Unicode says."""
    text = "".join(letters) * times
    assert normalize(form, text) == unicodedata.normalize(form, text)  # type: ignore[arg-type]
