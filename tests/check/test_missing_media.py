"""With `--missing-media warn` a deck builds without files that are not there, and shows words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from deckpress.cli import main
from deckpress.cli.report import group_similar
from deckpress.diagnostics import Severity
from deckpress.formulas import skip_formula_check
from deckpress.lock.store import BuildOptions
from deckpress.pipeline import Prepared
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_standalone
from tests.support.cases import CASES

SHOWN = {
    "its description": ("![the Rhine](no.png)", "the Rhine"),
    "its name where it has no description": ("![](pics/no%20map.png?raw=true)", "no map.png"),
    "a description with formulas, and signs of HTML": (
        r"![a < b & $x$ \\(y\\)](no.png)",
        r'a &lt; b &amp; x <span class="mathjax_ignore">\(</span>y\)',
    ),
    "a title is none": ('![](no.png "The Rhine")', "no.png"),
    "within bold text and a link": (
        "**![the Rhine](no.png)** [![b](no.png)](https://a.b)",
        '<strong>the Rhine</strong> <a href="https://a.b">b</a>',
    ),
    "what looks like a command of Anki": (r"![\[sound:a.mp3\]](no.png)", "&#91;sound:a.mp3]"),
    "HTML": ('<img class="wide" src="no.png" alt="the Rhine" width=3>', "the Rhine"),
    "HTML without a description": ("<img src=no.png>", "no.png"),
    "a sound": ("![](no.mp3)", "no.mp3"),
    "a sound with words": ("![how it sounds](no.mp3)", "how it sounds"),
    "HTML that plays": ("<audio controls src='no.mp3'>get a browser</audio>", "no.mp3"),
    "one of two sources": (
        "<audio><source src='no.mp3'><source src='a.mp3'></audio>",
        '<audio><source src="a-81c393b24f5d.mp3"></audio>',
    ),
    "no source of two": (
        "<video><source src='no.mp4'><source src='no.ogv'></video>",
        "no.mp4, no.ogv",
    ),
    "a player that the author closed nowhere": ("<audio src=no.mp3>", "no.mp3"),
    "an object with what else to show": (
        "<object data='no.svg'><img src='a.png'></object>",
        '<img src="a-c2153f77e110.png">',
    ),
    "an object without": ("<object data='no.svg'></object>", "no.svg"),
    "what lies outside": ("![a](../no.png) ![b](/no.png) ![c](file:///no.png)", "a b c"),
    "a folder": ("![a](.)", "a"),
}


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Return where a deck is written, beside a picture and a sound."""
    for name in ("pics/a.png", "sounds/a.mp3"):
        (tmp_path / Path(name).name).write_bytes((CASES / "media" / name).read_bytes())
    return tmp_path / "notes.md"


def read(notes: Path, text: str, missing: Severity = Severity.WARNING) -> Prepared:
    """Return the deck of a text."""
    notes.write_text(text, encoding="utf-8")
    project, diagnostics = open_standalone(notes)
    options = BuildOptions(missing_media=missing)
    return prepare(
        project, diagnostics, now=1_700_000_000, options=options, typeset=skip_formula_check
    )


@pytest.mark.parametrize(("written", "shown"), SHOWN.values(), ids=SHOWN)
def test_words_stand_in_the_place_of_what_is_missing(notes: Path, written: str, shown: str) -> None:
    """A learner reads what should be there, and no card asks for a file that the deck lacks."""
    prepared = read(notes, f"1. What is here?\n\n   {written}\n")
    answer = prepared.rendered[0].fields["Answer"]
    assert answer == shown
    assert not prepared.has_errors(strict=False)
    assert prepared.has_errors(strict=True)
    assert set(re.findall(r'src="([^"]*)"', answer)) <= prepared.media.contents().keys()


def test_words_stand_in_every_field(notes: Path) -> None:
    """A cloze, a heading above, a footnote and a call-out lack no picture either."""
    text = (
        "# Rivers ![of Asia](no.png)\n\n"
        "1. The ![Yangtze](no.png) {{c1::![long](no.png) river}}[^a]\n\n"
        "   > [!TIP]\n   > ![hint](no.png)\n\n   > [!NOTE]\n   > <img src=no.png alt=extra>\n\n"
        "[^a]: A ![book](no.png).\n"
    )
    fields = read(notes, text).rendered[0].fields
    assert fields["Question"] == 'The Yangtze {{c1::long river}}<sup class="footnote">1</sup>'
    assert fields["Context"] == "Rivers of Asia"
    assert "no.png" not in "".join(fields.values())
    assert "hint" in fields["Hint"]
    assert "extra" in fields["Extra"]
    assert "book" in fields["Source"]


def test_each_is_told_of_three_and_then_lines(notes: Path) -> None:
    """A hundred pictures that are missing fill no screen."""
    items = (f"{number}. Q{number}\n\n   ![a](no{number}.png)\n\n" for number in range(1, 8))
    diagnostics = group_similar(read(notes, "".join(items)).diagnostics)
    assert [diagnostic.severity for diagnostic in diagnostics] == [Severity.WARNING] * 3
    assert "no1.png: no such file" in str(diagnostics[0])
    assert str(diagnostics[0]).endswith("(its description is shown instead)")
    assert diagnostics[2].message.endswith("(and 4 more like it, in lines 15, 19, 23, 27)")


def test_what_is_there_is_shown_all_the_same(notes: Path) -> None:
    """The option changes nothing about files that are there, whole or broken."""
    text = (
        "1. Q\n\n   ![a](a.png) ![](a.mp3) <img src=a.png> ![b](empty.png) ![c](notes.md) ![]()\n"
    )
    (notes.parent / "empty.png").write_bytes(b"")
    warned, stopped = read(notes, text), read(notes, text, Severity.ERROR)
    assert warned.rendered == stopped.rendered
    assert warned.media == stopped.media
    assert warned.diagnostics == stopped.diagnostics


def test_a_build_stops_unless_it_is_told_to_go_on(notes: Path) -> None:
    """Only who asks for it gets a deck without its pictures."""
    notes.write_text("1. Q\n\n   ![the Rhine](no.png)\n", encoding="utf-8")
    said = {(): 1, ("error",): 1, ("warn",): 0, ("never",): 2}
    for command in (["build"], ["check"]):
        for value, code in said.items():
            option = ["--missing-media", *value] if value else []
            done = CliRunner().invoke(main, [*command, str(notes), *option])
            assert done.exit_code == code, done.output
