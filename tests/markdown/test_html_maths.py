"""Formulas in an author's HTML stand where they are said to, and are all that MathJax will see."""

from __future__ import annotations

import html
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from deckpress.formulas.macros import expand_all
from deckpress.markdown import SourceSpan, location_in
from deckpress.markdown.html_tokens import HtmlToken, TokenKind, read_html
from deckpress.media import Media
from deckpress.notes.builder import parse_notes
from deckpress.render import render_note

PIECES = (
    *(
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<br>",
        "<code>",
        "</code>",
        "<kbd>",
        "</kbd>",
        "<td title='$x$'>",
    ),
    *('<span class="mathjax_ignore">', "</span>", "<wbr>", "<!-- $c$ -->", "<style>", "</style>"),
    *(
        "$x_1$",
        "$a < b$",
        "$a &lt; b$",
        "$$y^2$$",
        r"\(z &amp;w\)",
        r"\[\frac{1}{2}\]",
        "$\n\\beta\n$",
    ),
    *(
        "$",
        "$$",
        r"\(",
        r"\)",
        r"\[1\]",
        r"\[",
        r"\]",
        "&#92;(",
        "&lpar;x",
        "\\",
        "&#36;",
        "＄x",
        r"\$",
    ),
    *(
        "5",
        " ",
        "\n   ",
        "words and",
        "，",
        "&nbsp;",
        "<",
        "<i title='",
        "'",
        ">",
        "{{c1::x}}",
        "&",
    ),
)
htmls = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
DELIMITER = re.compile(r"\\[(\[]")


@given(st.one_of(st.text(max_size=60), htmls))
def test_pieces_of_html_are_all_of_it(text: str) -> None:
    """Nothing of an author's HTML is lost in reading it."""
    pieces = list(read_html(text))
    assert "".join(piece.raw for piece in pieces) == text
    assert [piece.start for piece in pieces] == [
        sum(len(piece.raw) for piece in pieces[:index]) for index in range(len(pieces))
    ]
    for piece in pieces:
        for name, _, start, *_ in piece.attributes:
            assert text[start : start + len(name)].lower() == name


@settings(max_examples=300)
@given(htmls)
def test_formulas_in_html_stand_where_they_are_said_to(text: str) -> None:
    """The text of the source at a formula's place, its references decoded, is the formula."""
    source = f"1. Q?\n\n   <div>{text}\n   </div>\n"
    notes, *_ = parse_notes(source, "a.md")
    lines = source.split("\n")
    for note in notes:
        for formula, asks in note.formulas:
            if formula.span == (0, 0):
                continue
            assert not asks
            rows = formula.raw.split("\n")
            passage = SourceSpan(formula.raw, formula.rows, formula.escapes)
            index = 0
            for row in rows:
                start, end = passage.place(index), passage.place(index + len(row))
                written = lines[start[0] - 1][start[1] - 1 : end[1] - 1]
                assert html.unescape(written) == row
                index += len(row) + 1
            assert location_in(formula, 0, "a.md").line >= 3
            assert not re.search(r"<\s*/?[A-Za-z]", formula.raw.replace("< b", ""))


@settings(max_examples=300)
@given(htmls)
@example(r"\\(&lpar;x")
def test_mathjax_sees_no_other_formulas(text: str) -> None:
    """What begins a formula to MathJax begins one that was read and checked."""
    notes, *_ = parse_notes(f"1. Q?\n\n   <div>{text}\n   </div>\n", "a.md")
    for note in notes:
        written = expand_all([note], {})
        fields = render_note(note, Media(), written, "en", [])
        seen = text_seen_by_mathjax(fields["Answer"])
        formulas = [formula.raw for formula, _ in note.formulas]
        within = sum(len(DELIMITER.findall(raw)) for raw in formulas)  # which is an error in TeX
        assert len(DELIMITER.findall(seen)) <= len(formulas) + within


def text_seen_by_mathjax(field: str) -> str:
    """Return a field's text outside the elements that MathJax does not look into.

    Each element but `<wbr>` ends a text (MathJax 3.2.2, `ts/handlers/html/HTMLDomStrings.ts`).
    """
    skipped = frozenset({"code", "pre", "script", "style", "textarea"})
    seen, inside, depth = "", "", 0
    for piece in read_html(field):
        if piece.kind is TokenKind.TEXT:
            seen += "" if depth else html.unescape(piece.raw)
        if piece.kind is not TokenKind.TAG:
            continue
        seen += "" if piece.name == "wbr" else "\n"
        if depth:
            depth += (-1 if piece.is_end else 1) if piece.name == inside else 0
        elif not piece.is_end and (piece.name in skipped or _is_ignored(piece)):
            inside, depth = piece.name, 1
    return seen


def _is_ignored(tag: HtmlToken) -> bool:
    return any(name == "class" and "mathjax_ignore" in value for name, value, *_ in tag.attributes)
