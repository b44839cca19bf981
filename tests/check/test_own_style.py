"""A deck's own style sheet: what is told of it, and the palette that it may set."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.diagnostics import Severity
from deckpress.note_types.own_style import check_style, palette
from deckpress.project import Style
from tests.support.projects import ROOT

PAGE = (ROOT / "docs/look.md").read_text(encoding="utf-8")
PIECES = [
    *(".card", "{", "}", "(", ")", "[", "]", "'", '"', ":", ";", ",", " ", "\n", "/*", "*/", "\\"),
    *("@import", "@media", "url(", "--paper", "--accent", "#fff", "1, 2, 3", "</style", "a", "!"),
]


def style(css: str) -> Style:
    """Return a style sheet."""
    return Style(Path("card.css"), css)


def test_the_page_has_the_palette_as_it_is() -> None:
    """Who writes a style finds each variable on the page, with the colours that it has."""
    rows = re.findall(r"^\| `(--\w+)` \| .+? \| `(.+?)` \| `(.+?)` \|$", PAGE, re.M)
    assert rows == [(name, day, night) for name, (day, night) in palette().items()]


def test_the_examples_of_the_page_are_right() -> None:
    """What is copied from the page works, and can be read by day and by night."""
    examples = re.findall(r"```css\n(.*?)```", PAGE, re.S)
    assert len(examples) == 2
    for css in examples:
        assert check_style(style(css.replace(".card.card", ".card"))) == ()


def test_our_own_colours_can_be_read() -> None:
    """The palette passes what is asked of others: to set it anew as it is brings no warning."""
    days = "".join(f"{name}: {day};" for name, (day, _) in palette().items())
    nights = "".join(f"{name}: {night};" for name, (_, night) in palette().items())
    assert check_style(style(f".card {{ {days} }} .card.nightMode {{ {nights} }}")) == ()


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_style_sheet_is_read(css: str) -> None:
    """Nothing stops the check, each place is in the file, and what ends the style is an error."""
    found = check_style(style(css))
    lines = css.split("\n")
    assert all(1 <= each.location.line <= len(lines) for each in found)
    if "</style" in css:
        assert Severity.ERROR in {each.severity for each in found}


@pytest.mark.parametrize(
    ("css", "told"),
    [
        ("a { b: c }\n// mine\n.card { --ink: #111 }", "card.css:2:1: // begins no comment in CSS"),
        (".card { color: red }\n/* open .x { y: z }", "card.css:2:1: /* is never closed: add */"),
        (".a { b: c;\n.b { d: e }", "card.css:1:4: { is never closed: add }"),
        (".card { --inkk: #123 }", 'card.css:1:9: warning: "--inkk" is no colour of the palette'),
    ],
)
def test_what_a_browser_drops_in_silence_is_told(css: str, told: str) -> None:
    """A slip that costs a rule, or all that follows, has its place and its remedy."""
    assert [str(each)[: len(told)] for each in check_style(style(css))][:1] == [told]


@pytest.mark.parametrize(
    "css",
    [
        '.a::before { content: "{ /* \\" // " }',
        ".a { background: url(data:image/svg+xml,{) } /* } { */ .b { --mine: 1px }",
        ".a\\{b { c: d }",
    ],
)
def test_braces_and_slashes_in_texts_are_text(css: str) -> None:
    """They open and close nothing."""
    assert check_style(style(css)) == ()


def test_a_style_sheet_nested_without_end_is_told() -> None:
    """It is an error with the file's name, and not one of this program."""
    (found,) = check_style(style(".a { b: " + "(" * 100_000))
    assert str(found) == "card.css: cannot be read: it has blocks within blocks too deep"


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour of the palette, by WCAG 2.2."""
    parts = re.findall(r"\d+", colour) if "," in colour else re.findall("[0-9a-f]{2}", colour)
    levels = [int(part, 10 if "," in colour else 16) / 255 for part in parts]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in levels]
    return sum(share * x for share, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_all_text_can_be_read_by_day_and_by_night() -> None:
    """Each colour that a text of a card has, the ID at the foot too, is at least 4.5 to 1."""
    css = files("deckpress.note_types").joinpath("card.css").read_text(encoding="utf-8")
    names = {*re.findall(r"[{;\s]color: (?:rgb\()?var\((--\w+)", css)} - {"--tone"}
    names |= {*re.findall(r"--tone: var\((--\w+)", css)}
    assert {"--ink", "--soft", "--accent", "--note", "--key"} <= names
    for colours in zip(*palette().values(), strict=True):
        light = {
            name: luminance(each) + 0.05
            for name, each in zip(palette(), colours, strict=True)
            if name in {*names, "--paper"}
        }
        ratios = {
            name: max(light["--paper"], each) / min(light["--paper"], each)
            for name, each in light.items()
            if name in names
        }
        assert min(ratios.values()) >= 4.5, ratios
