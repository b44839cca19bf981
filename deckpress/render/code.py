"""Code → a `<pre>` in Pygments' colours, in which each gap is a box as wide as what it hides."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeAlias

from deckpress.diagnostics import did_you_mean, quote
from deckpress.languages.scripts import is_wide
from deckpress.markdown import Token, plain_text
from deckpress.process import processor_time
from deckpress.render.field_markup import DELETION_END, deletion_start, hint

_SECONDS = 2.0
"""Of the processor, for a block of code; some of Pygments' lexers take the cube of its length."""
_LONGEST = 50_000
"""Characters of code with colours, also where the system keeps no limit of time."""
_REMEMBERED = 2_000
"""Blocks of code; a preview shows the same ones after each edit."""
_PLAINLY = " (shown without colours)"
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none"})
_TAB = 4
"""Columns, as in `card.css`."""
_BRACKETS = 2
"""Columns of what Anki puts around a hint, `[…]` (`rslib/src/cloze.rs`)."""
_INKED = re.compile(r"\S(?:.*\S)?")


class Gap(NamedTuple):
    """A deletion of code: what it hides stands from `start` to `end`, counted in characters."""

    number: int
    start: int
    end: int
    hint: str = ""


Marks: TypeAlias = Sequence[tuple[int, str]]
"""What to put before a character of the code, in order."""


def find_gaps(tokens: Iterable[Token]) -> tuple[str, tuple[Gap, ...]]:
    """Return the code of a fence that asks, and its deletions, outer ones before those in them."""
    code, gaps = _flatten(tokens, 0)
    return code, tuple(gaps)


def _flatten(tokens: Iterable[Token], start: int) -> tuple[str, list[Gap]]:
    code, gaps = "", list[Gap]()
    for token in tokens:
        if token.type == "cloze":
            inner, within = _flatten(token.children, start + len(code))
            asked = Gap(
                token.number, start + len(code), start + len(code) + len(inner), _hint(token)
            )
            gaps += [asked, *within]
            code += inner
        elif token.type != "cloze_hint":
            code += token.raw
    return code, gaps


def _hint(cloze: Token) -> str:
    hints = (plain_text(child.children) for child in cloze.children if child.type == "cloze_hint")
    return next(hints, "")


def highlight_code(code: str, language: str, gaps: tuple[Gap, ...] = ()) -> tuple[str, str]:
    """Return code as a `<pre>`, and why it has no colours; nothing if it has them, or wants none.

    `language` is as written behind the fence, or empty. Its gaps are for `write_commands`; one of
    several lines is a deletion in each, so that indentation is none of them.
    """
    body, message = _colour(code, language, gaps)
    name = f' class="language-{html.escape(language)}"' if language else ""
    return f'<pre class="code"><code{name}>{body}</code></pre>', message


@lru_cache(_REMEMBERED)
def _colour(code: str, language: str, gaps: tuple[Gap, ...]) -> tuple[str, str]:
    marks, lexer = _marks_of(code, gaps), _lexer(language)
    plain = _with_marks(code, marks)
    if lexer is None:
        return plain, _explain_unknown(language)
    size, most = len(code), _LONGEST
    if size > most:
        return plain, f"code has {size:,} characters, where {most:,} is the limit{_PLAINLY}"
    try:
        with processor_time(_SECONDS):
            return _highlight(code, lexer, marks), ""
    except TimeoutError:
        return plain, f"code takes Pygments too long to read{_PLAINLY}"


def _highlight(code: str, lexer: Any, marks: Marks) -> str:
    import pygments

    tokens = pygments.lex(code + "\n", lexer)
    tokens = _among(tokens, marks) if marks else tokens
    return str(pygments.format(tokens, _formatter())).rstrip("\n")


def _marks_of(code: str, gaps: Iterable[Gap]) -> Marks:
    """Return what opens and closes the gaps; at one place, inner ones close before outer ones."""
    opening, closing = [], []
    for order, gap in enumerate(gaps):
        for index, (start, end) in enumerate(_lines_of(code, gap)):
            label = gap.hint if gap.hint and not index else _blank(code[start:end])
            opening.append((start, 1, order, deletion_start(gap.number)))
            closing.append((end, 0, -order, hint(html.escape(label, quote=False)) + DELETION_END))
    return [(place, mark) for place, _, _, mark in sorted([*opening, *closing])]


def _lines_of(code: str, gap: Gap) -> Iterator[tuple[int, int]]:
    """Yield where the text of a gap begins and ends in each of its lines."""
    yield from (match.span() for match in _INKED.finditer(code, gap.start, gap.end))


def _blank(text: str) -> str:
    """Return a hint as wide as a text, with Anki's brackets around it: spaces that stay."""
    columns = sum(_TAB if char == "\t" else 1 + is_wide(char) for char in text)
    return "\u00a0" * max(columns - _BRACKETS, 1)


def _with_marks(code: str, marks: Marks) -> str:
    """Return code without colours."""
    pieces, start = [], 0
    for place, mark in marks:
        pieces += [html.escape(code[start:place], quote=False), mark]
        start = place
    return "".join([*pieces, html.escape(code[start:], quote=False)])


def _among(tokens: Iterable[tuple[Any, str]], marks: Marks) -> Iterator[tuple[Any, str]]:
    """Yield Pygments' tokens, cut where a mark stands, with the marks as text between them."""
    from pygments.token import Text

    waiting, offset = [*marks][::-1], 0
    for kind, text in tokens:
        start = 0
        while waiting and waiting[-1][0] <= offset + len(text):
            place, mark = waiting.pop()
            yield from ((kind, text[start : place - offset]), (Text, mark))
            start = place - offset
        yield kind, text[start:]
        offset += len(text)


def _explain_unknown(language: str) -> str:
    if language in _PLAIN:
        return ""
    from pygments.lexers import get_all_lexers

    aliases = [alias for lexer in get_all_lexers(plugins=False) for alias in lexer[1]]
    return f"unknown language {quote(language)}{did_you_mean(language, aliases)}{_PLAINLY}"


@cache
def _lexer(language: str) -> Any:
    """Return Pygments' lexer; one for each language, since making one costs more than using it."""
    if language in _PLAIN:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language.lower(), stripnl=False)
    except ClassNotFound:
        return None


@cache
def _formatter() -> Any:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)
