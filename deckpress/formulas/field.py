r"""TeX → the `\(…\)` and `\[…\]` that Anki's MathJax 3.2.2 typesets.

The facts about MathJax come from Anki 26.09's own bundle: a `\\` outside any environment does not
break the line there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from deckpress.formulas.deletions import Deletion, split_deletions, without_deletions
from deckpress.formulas.tex import TOKEN, Token, closes_group, opens_group
from deckpress.notes import CLOZE_OF_MANY

_ROW_ENDS = frozenset({r"\\", r"\cr", r"\newline"})
_TAGS = frozenset({r"\tag", r"\tag*"})
_ROW_END = re.compile(r"\\\\\s*$")


class Rows(NamedTuple):
    """What stands around the rows of a formula; empty if it has no rows of its own."""

    before: str
    after: str


def to_field(tex: str, *, display: bool, in_cloze: bool, clozes: bool) -> str:
    r"""Return the text of a field for a formula, with `&`, `<` and `>` escaped.

    `display` formulas stand on their own line, and a `\\` in them breaks it. `clozes` says that
    `{{c1::…}}` in the formula is a deletion; `in_cloze` that the formula stands within one.
    """
    tex = tex.strip()
    parts = split_deletions(tex)
    parts = parts if clozes else (without_deletions(parts),)
    body = "".join(_write(part, in_cloze=in_cloze) for part in parts)
    if body.endswith("\\"):
        body += " "  # else the backslash of `\ `, a blank in TeX, would join the delimiter's
    if display:
        before, after = rows_around(without_deletions(parts))
        return rf"\[{before}{body}{after}\]"
    return rf"\({body}\)"


def _write(part: str | Deletion, *, in_cloze: bool) -> str:
    if isinstance(part, str):
        text = CLOZE_OF_MANY.sub(_apart, html.escape(part, quote=False))
        return _protect(text) if in_cloze else text
    content = "".join(_write(each, in_cloze=True) for each in part.content)
    hint = f"::{_protect(html.escape(part.hint, quote=False))}" if part.hint else ""
    apart = " " if (hint or content).endswith("}") else ""
    return f"{{{{c{part.number}::{content}{hint}{apart}}}}}"


def _apart(opened: re.Match[str]) -> str:
    return "{ " + opened[0][1:]


def _protect(text: str) -> str:
    """Keep Anki from ending a deletion at TeX's own `}}`, or from seeing a hint in TeX's `::`."""
    return re.sub(r"\}(?=\})", "} ", text).replace("::", ":&#58;")


def rows_around(tex: str) -> Rows:
    r"""Return what to put around a display formula whose top level has a `\\`."""
    if first_row_end(tex) is None:
        return Rows("", "")
    starred = "*" if r"\tag" in tex else ""
    has_columns = any(token.text == "&" for token in _top_level(tex))
    name = ("align" if has_columns else "gather") + (starred or "ed")
    return Rows(rf"\begin{{{name}}}" + "\n", "\n" + rf"\end{{{name}}}")


def first_row_end(tex: str) -> int | None:
    r"""Return where the first `\\` stands outside all braces and environments, but for the end."""
    ends = (token for token in _top_level(_ROW_END.sub("", tex)) if token.text in _ROW_ENDS)
    return next((token.start for token in ends), None)


def first_tag(tex: str) -> int | None:
    r"""Return where the first `\tag` stands outside all braces and environments."""
    tags = (token for token in _top_level(tex) if token.text in _TAGS)
    return next((token.start for token in tags), None)


def _top_level(tex: str) -> Iterator[Token]:
    """Yield the tokens that stand outside all braces and environments."""
    depth = 0
    for token in TOKEN.finditer(tex):
        text = token.group(0)
        if text == "{" or opens_group(text):
            depth += 1
        elif text == "}" or closes_group(text):
            depth -= 1
        elif depth == 0:
            yield Token(token.start(), text)
