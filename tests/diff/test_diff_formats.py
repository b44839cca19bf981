"""A diff reads well on a terminal, on GitHub, in a browser, and in other programs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from deckpress.anki import Package, PackageDeck
from deckpress.diff import Diff
from deckpress.diff.compare import compare
from deckpress.diff.diff_html import Files, as_html, formulas_in, language_of, pictures_in
from deckpress.diff.diff_markdown import as_markdown
from deckpress.diff.diff_text import as_json, as_text
from deckpress.formulas import Formula
from deckpress.formulas.engine import draw_formulas
from tests.support.packages import BASIC, OURS, PACKAGES, note, ours, package
from tests.support.projects import PIXEL

OLD_PICTURE, NEW_PICTURE = "gate-0123456789ab.png", "gate-ba9876543210.png"


@pytest.fixture(scope="module")
def diff() -> Diff:
    """Some of everything."""
    old = package(
        ours("lstm", r"What is the \(f_t\) gate?", "It forgets, in two ways."),
        ours("pic", "What does it look like?", f'So: <img src="{OLD_PICTURE}" alt="a gate">'),
        ours("tag", "Which tag?", "This."),
        ours("old", "Who wants_this?", "Nobody."),
        media={OLD_PICTURE: "1"},
    )
    new = package(
        ours("lstm", r"What is the \(i_t\) gate?", "It forgets, in three ways."),
        ours("pic", "What does it look like?", f'So: <img src="{NEW_PICTURE}" alt="a gate">'),
        ours("tag", "Which tag?", "This.", tags="more"),
        ours("new", "What is *new*?", r"\[x < y\]"),
        media={NEW_PICTURE: "2"},
    )
    types = OURS._replace(css=".card { color: red }\n")
    new = replace(new, note_types=(types,), decks=(PackageDeck("Deck", "About more"),))
    return compare(old, new)


SUMMARY = (
    "1 added, 1 reworded, 1 with another answer, 1 with other pictures, 1 with other tags, "
    "1 retired, design changed, 0 unchanged"
)
TEXT = r"""

Added (1)
  What is *new*?

Reworded (1)
  What is the [-\(f_t\)-]{+\(i_t\)+} gate?

Answer changed (1)
  What is the \(i_t\) gate?
      It forgets, in [-two-]{+three+} ways.

Pictures changed (1)
  What does it look like?
      gate.png, with other content

Tags (1)
  Which tag?
      {+more+}

Retired (1)
Learners keep these notes until they delete them.
  Who wants_this?
They are found in Anki's browser by
  ("ID:old") "note:demo\: *"

Design (2)
  demo: Q&A
      style sheet:
      - .card {}
      + .card { color: red }
  Deck
      description:
      - About
      + About more
"""

MARKDOWN = r"""### Added

- What is \*new\*?

### Reworded

- What is the <del>$`f_t`$</del><ins>$`i_t`$</ins> gate?

### Answer changed

- What is the $`i_t`$ gate?
  - It forgets, in <del>two</del><ins>three</ins> ways.

### Pictures changed

- What does it look like?
  - gate.png, with other content

### Tags

- Which tag?
  - <ins>more</ins>

### Retired

Learners keep these notes until they delete them.

- Who wants\_this?

They are found in Anki's browser by:

```
("ID:old") "note:demo\: *"
```

### Design

- demo: Q&amp;A
  - style sheet: +1 −1 lines
- Deck
  - description: +1 −1 lines
"""


def test_a_terminal_shows_marks(diff: Diff) -> None:
    """What is gone and what is added is told by marks, without any colour."""
    assert as_text(diff) == SUMMARY + TEXT


def test_colours_add_nothing_but_colours(diff: Diff) -> None:
    """Whoever sees no colours misses nothing."""
    coloured = as_text(diff, colour=True)
    assert "\x1b[31m[-two-]\x1b[0m\x1b[32m{+three+}\x1b[0m" in coloured
    assert re.sub("\x1b\\[[0-9]+m", "", coloured) == SUMMARY + TEXT


def test_markdown_is_what_a_release_shows(diff: Diff) -> None:
    """Headings of level 3, formulas as GitHub sets them, and no Markdown but our own."""
    assert as_markdown(diff) == MARKDOWN


def test_no_difference_is_told_as_such() -> None:
    """Packages that are the same to learners give a sentence, no section, and empty lists."""
    same = compare(package(note("a", "?")), package(note("a", "?")))
    assert as_text(same) == "no differences\n"
    assert as_markdown(same) == ""
    assert json.loads(as_json(same))["changed"] == []
    assert "no differences" in as_html(same, "x", "en")


def test_a_first_release_lists_its_notes_folded_and_by_heading() -> None:
    """A hundred notes do not bury what else a release says."""
    notes = (ours(f"n{index}", f"{index}. What?", "So.") for index in range(120))
    lines = as_markdown(compare(None, package(*notes))).splitlines()
    assert lines[:6] == [
        "### Added",
        "",
        "<details>",
        "<summary>120 notes</summary>",
        "",
        "**Gates**",
    ]
    assert lines[7] == r"- 0\. What?"
    assert lines[-2:] == ["", "</details>"]


def test_a_renamed_heading_is_told_once() -> None:
    """What many notes share is one entry with the notes below it, not one for each."""
    old = package(*(ours(f"n{index}", f"Q{index}?", "A.", tags="a") for index in range(9)))
    new = package(*(ours(f"n{index}", f"Q{index}?", "A.", tags="b") for index in range(9)))
    lines = as_text(compare(old, new)).splitlines()
    assert lines[:1] == ["9 with other tags, 0 unchanged"]
    assert lines[3:5] == ["  [-a-] {+b+}", "      Q0?"]
    assert len(lines) == 13
    expected = "### Tags\n\n- <del>a</del> <ins>b</ins> (9 notes)\n"
    assert as_markdown(compare(old, new)) == expected, "a changelog does not name them all"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("- a", r"- \- a"),
        ("1) a", r"- 1\) a"),
        ("a@b #1 C#", r"- a@<!-- -->b \#<!-- -->1 C\#"),
        ("&lt;b&gt; &amp;amp; `x` [y](z)", r"- &lt;b&gt; &amp;amp; \`x\` \[y\](z)"),
        ("a<br>b", "- a b"),
        (r"\(a`b\)", "- ``a`b``"),
        ("\u202ea\u2066b", "- ab"),
    ],
)
def test_nothing_in_a_note_is_taken_for_markdown(question: str, expected: str) -> None:
    """Lists, mentions, HTML, links and code in a note are shown as they stand there."""
    assert as_markdown(compare(None, package(note("a", question)))).splitlines()[2] == expected


def test_a_note_cannot_steer_the_terminal() -> None:
    """Escape codes and signs that turn the direction of writing are not passed on."""
    evil = note("a", "a\x1b]0;x\x07\x9b31mb\u202e", tags="t\x1b[2J")._replace(deck="D\x1b[1m")
    old = note("a", "a")._replace(deck="E")
    types = BASIC._replace(css="\x1b[2J{}", name="N\x1b[2J")
    new = replace(package(evil), note_types=(types,))
    text = as_text(compare(package(old), new))
    assert not {*"\x1b\x9b\x07\u202e"} & {*text}


def test_json_has_the_keys_that_are_documented(diff: Diff) -> None:
    """Programs find GUID and ID, both texts, the words between, and what a change consists of."""
    record = json.loads(as_json(diff))
    assert record["form"] == 1
    assert [entry["id"] for entry in record["retired"]] == ["old"]
    assert record["added"][0] == {
        "guid": "new",
        "id": "new",
        "question": "What is *new*?",
        "answer": r"\[x < y\]",
        "deck": "Deck",
        "tags": [],
        "note_type": "demo: Q&A",
    }
    first = record["changed"][0]
    assert first["answer"]["words"][1:3] == [["gone", "two"], ["added", "three"]]
    assert first["reworded"]["old"] == r"What is the \(f_t\) gate?"
    assert record["changed"][1]["media"] == [
        {"old": OLD_PICTURE, "new": NEW_PICTURE, "renamed_only": False, "missing": False}
    ]
    assert record["changed"][2]["tags"] == {"added": ["more"], "gone": []}
    assert record["note_types"]["changed"][0]["parts"]["style sheet"]["old"] == ".card {}\n"
    assert record["descriptions"] == [{"deck": "Deck", "old": "About", "new": "About more"}]


def page_of(diff: Diff) -> str:
    """Return the page with its formulas and pictures."""
    old, new = pictures_in(diff)
    pictures = (dict.fromkeys(old, PIXEL), dict.fromkeys(new, PIXEL[::-1]))
    drawings = draw_formulas(formulas_in(diff))
    return as_html(diff, "1 → 2", language_of(diff), Files(drawings, *pictures))


def test_the_page_has_all_it_shows(diff: Diff) -> None:
    """Formulas are drawn, changed pictures stand side by side, and nothing is loaded."""
    page = page_of(diff)
    assert pictures_in(diff) == (frozenset([OLD_PICTURE]), frozenset([NEW_PICTURE]))
    assert page.count('<img src="data:image/png;base64,') == 2
    assert r'<span class="tex" role="img" aria-label="f_t"><svg' in page
    assert r'<span class="tex display" role="img" aria-label="x &lt; y"><svg' in page
    assert not re.findall(r"https?:|url\(|<script|<link|@import", page)
    assert '<html lang="en">' in page
    assert '<h3 class="title" lang="en">' in page
    for glyph in re.findall(r'href="#([^"]+)"', page):
        assert f'<path id="{glyph}"' in page


def test_what_notes_say_runs_as_their_language_does() -> None:
    """Arabic is shown from right to left; what deckpress says of it is English."""
    page = page_of(compare(package(), package(ours("river", "ما هو المنبع؟", "النهر"))))
    assert '<html lang="en">' in page
    assert '<h3 class="title" lang="ar" dir="rtl">' in page


def test_the_page_is_well_formed(diff: Diff) -> None:
    """Every element that is opened is closed, whatever the notes hold."""
    body = page_of(diff).partition("<body>")[2].partition("</body>")[0]
    ElementTree.fromstring(f"<body>{re.sub('(<img [^>]*)>', '[.]', body)}</body>")


def test_a_picture_that_the_new_package_lacks_is_told() -> None:
    """Whoever reads the changes learns that learners would see a gap."""
    old = package(note("a", '<img src="x.png">'), media={"x.png": "1"})
    new = package(note("a", '<img src="x.png">'), media={"x.png": None})
    assert "      x.png, which the new package lacks" in as_text(compare(old, new)).splitlines()


@settings(max_examples=25)
@given(old=PACKAGES, new=PACKAGES)
def test_every_format_tells_of_every_diff(old: Package, new: Package) -> None:
    """Whatever differs, each format has something to say, and the same number of sections."""
    compared = compare(old, new)
    sections = as_markdown(compared).count("### ")
    assert as_html(compared, "x", "en").count("<section>") == sections
    assert len(re.findall(r"^[A-Z][a-z ]+ \(\d+\)$", as_text(compared), re.M)) == sections
    assert (json.loads(as_json(compared))["changed"] != []) == bool(compared.changed)


EVIL = (
    '<script>alert(1)</script><img src=x onerror="alert(1)"><b onclick=alert(1)>x</b>'
    '<a href="javascript:alert(1)">y</a>&lt;script&gt;alert(2)&lt;/script&gt;'
)


def test_nothing_of_a_foreign_note_runs_in_the_page() -> None:
    """A package of any tool may hold scripts; the page shows text, formulas and pictures only."""
    hostile = BASIC._replace(id=1, name="<script>alert(3)</script>", css="</style><script>")
    new = package(
        note("a", f"changed {EVIL}", EVIL, EVIL)._replace(deck="<script>", tags=("<script>",)),
        note("b", EVIL, EVIL),
        media={"x": "1"},
    )
    old = package(note("a", "?", "!"), media={"x": "2"})
    page = page_of(compare(old, replace(new, note_types=(hostile,))))
    names = {name.lower() for name in re.findall(r"<\s*([a-zA-Z0-9]+)", page)}
    assert not names & {"script", "a", "b", "iframe", "object"}
    assert not re.findall(r"<[^>]*\son\w+\s*=", page)
    assert "Content-Security-Policy" in page


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{https://example.org}{x}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(https://example.org/x)}{x}",
        r"\bbox[background:url(https://example.org/x)]{x}",
        r"\class{evil}{x}",
        r"\cssId{glyphs}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\mmlToken{mi}[onclick=alert(1)]{x}",
        r"\color{url(x)}{x}",
    ],
)
def test_a_formula_is_drawn_without_what_it_smuggles(tex: str) -> None:
    """Links, styles, classes and handlers in a formula do not get into the page."""
    svg = draw_formulas([Formula(tex, False)]).svgs.get(Formula(tex, False), "")
    assert not re.search(r"<a\b|<script|url\(|style=\"(?!vertical)|class=|onclick|id=|https?:", svg)


def test_formulas_that_are_in_error_are_left_out() -> None:
    """A formula that MathJax does not set is shown as TeX, and the others are drawn."""
    good, bad, slow = (Formula(tex, False) for tex in ("x", r"\frac{", r"\text{" + "{" * 5000))
    drawn = draw_formulas([good, bad, slow, Formula("y", True)])
    assert {*drawn.svgs} == {good, Formula("y", True)}
    page = as_html(compare(None, package(note("a", r"\(\frac{\)"))), "x", "en")
    assert r"<code>\(\frac{\)</code>" in page


def test_glyphs_are_on_the_page_once() -> None:
    """A thousand formulas with an x share its outline."""
    drawn = draw_formulas([Formula(f"x_{index}", False) for index in range(3)])
    assert len([name for name in drawn.glyphs if name.endswith("1D465")]) == 1
    assert all('href="#TEX-I-1D465"' in svg for svg in drawn.svgs.values())
    assert all("<path" not in svg for svg in drawn.svgs.values())
