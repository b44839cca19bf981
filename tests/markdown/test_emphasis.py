"""Bold and italic: CommonMark's for English, and as a reader means it beside Chinese."""

from __future__ import annotations

import re

import mistune
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.formulas.macros import expand_all
from deckpress.media import Media
from deckpress.notes.builder import parse_notes
from deckpress.render import render_note

oracle = mistune.create_markdown()
"""mistune's own reading, which is CommonMark's where all runs of a sort have one length."""

ASCII = st.text("ab .,()'\"-;?", min_size=1, max_size=3)


def lines_of(*runs: str) -> st.SearchStrategy[str]:
    """Return lines in which these runs stand apart among letters, spaces and marks."""
    return st.lists(st.tuples(st.sampled_from(runs), ASCII).map("".join), max_size=10).map("".join)


CHINESE = st.text("中文字，。（）「」、：；？！", min_size=1, max_size=5)


def answer(text: str) -> str:
    """Return the HTML of a line of Markdown, as it stands in the Answer field."""
    notes, diagnostics, *_ = parse_notes(f"1. Q\n\n   x{text}x\n", "f.md")
    assert not diagnostics
    return render_note(notes[0], Media(), expand_all(notes, {}), "en", [])["Answer"]


def ours_and_commonmarks(text: str) -> tuple[str, str]:
    """Return a line as we read it, and as CommonMark does, both without what quotes look like."""
    html = str(oracle(f"x{text}x")).strip().removeprefix("<p>").removesuffix("</p>")
    return answer(text), html.replace("&quot;", '"')


@settings(max_examples=300, derandomize=True)
@given(lines_of("*", "_") | lines_of("**", "_") | lines_of("*", "__") | lines_of("**", "__"))
def test_english_is_read_as_commonmark_says(text: str) -> None:
    """Whatever stars and underscores do among letters, spaces and marks, GitHub does the same."""
    ours, commonmarks = ours_and_commonmarks(re.sub(r"\s+", " ", text))
    assert ours == commonmarks


@settings(max_examples=300)
@given(CHINESE, CHINESE, CHINESE, st.sampled_from(["*", "**", "***"]))
def test_stars_around_chinese_are_always_emphasis(
    before: str, inner: str, after: str, stars: str
) -> None:
    """No bracket, quotation mark or full stop beside the stars keeps them from working."""
    opening, closing = {
        "*": ("<em>", "</em>"),
        "**": ("<strong>", "</strong>"),
        "***": ("<em><strong>", "</strong></em>"),
    }[stars]
    expected = f"x{before}{opening}{inner}{closing}{after}x"
    assert answer(before + stars + inner + stars + after) == expected


@settings(max_examples=100)
@given(CHINESE, CHINESE)
def test_stars_beside_blanks_are_text(before: str, after: str) -> None:
    """A multiplication stays one."""
    assert answer(f"{before} * {after} ** {after}") == f"x{before} * {after} ** {after}x"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("中文**强调（括号）**后面", "中文<strong>强调（括号）</strong>后面"),
        ("**“引号”**后", "<strong>“引号”</strong>后"),
        ("见*《书名》*。", "见<em>《书名》</em>。"),
        ("**$x$（公式）**是", r"<strong>\(x\)（公式）</strong>是"),
        ("**`code`**是", "<strong><code>code</code></strong>是"),
        ("**한국어(괄호)**는", "<strong>한국어(괄호)</strong>는"),
        ("**日本語。**次", "<strong>日本語。</strong>次"),
        ("中_文_字", "中_文_字"),
        ("snake_case_name", "snake_case_name"),
        ("***a** b*", "<em><strong>a</strong> b</em>"),
        ("**a *b***", "<strong>a <em>b</em></strong>"),
        (r"\*a\* \_b\_", "*a* _b_"),
        # what markdown-it makes of runs of several lengths, and mistune does not
        ("*,._,_a__.b_.(***", "<em>,.<em>,<em>a</em>_.b</em>.(</em>**"),
        ("** ,*.(** *ab***.", "** ,<em>.(** <em>ab</em></em>*."),
        ("**.*._.(*b__.***,", "*<em>.<em>._.(<em>b__.</em></em></em>,"),
        ("**,*,**a*(a**a", "*<em>,*,<em><em>a</em>(a</em></em>a"),
        ("_.**b(*, *a.***(", "_.*<em>b(<em>, <em>a.</em></em></em>("),
        ("**,b_..*, *..***,", "*<em>,b_..<em>, <em>..</em></em></em>,"),
        ("_b**b*(*a**(**..", "_b<em><em>b*(<em>a</em></em>(</em>*.."),
        ("_b(__bb_ (__,_,.", "<em>b(<em><em>bb</em> (</em>_,</em>,."),
    ],
)
def test_emphasis(text: str, html: str) -> None:
    """The cases that other converters get wrong."""
    assert answer(" " + text + " ") == f"x {html} x"
