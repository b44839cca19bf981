r"""The formulas in a text: `$…$`, `$$…$$`, `` $`…`$ ``, `\(…\)` and `\[…\]`, and what is none.

A formula never goes over a tag, as on GitHub; in `<code>` and the like there is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from deckpress.html_tokens import VOID, read_html
from deckpress.parse.brackets import holds_tex
from deckpress.parse.dollars import is_display_text
from deckpress.parse.html_names import TAG, is_html_tag

MATHS = (
    r"\$\$(?P<display>(?:\\.|[^\\$]|\$(?!\$))+?)\$\$"
    r"|\$`(?P<ticked>[^`\n]+)`\$"
    r"|\$(?![\s$])(?P<inline>(?:\\.|[^\\$`])+?)(?<!\s)\$(?!\d)"
    r"|\\\((?P<round>(?:\\[^()]|[^\\])+?)\\\)"
    r"|\\\[(?P<square>(?:\\[^\[\]]|[^\\])+?)\\\]"
)
"""What looks like a formula, which ends where the next one begins: to find its end costs little."""
CODE_OPEN = r"(?<!`)(?P<ticks>`+)"
"""What begins code; to look in the pattern for its end as well would take the square of a text."""
DISPLAY = frozenset({"display", "square"})
_MATHS = re.compile(MATHS, re.S)
_NAMES = frozenset(_MATHS.groupindex)
_BRACKETS = frozenset({"round", "square"})
_CLOSE = {r"\(": r"\)", r"\[": r"\]"}
_TAG = re.compile(TAG)
_JOINS = re.compile(r"[\w)\]`]")
_PARTNER_WITHIN = 2000
"""Characters behind a tag among which its end tag is looked for."""
WITHOUT_MATHS = frozenset("code kbd math noscript pre script style svg textarea".split())
"""Elements of whose text no formula is made, by GitHub, MathJax or both."""


def find_maths(text: str, start: int) -> re.Match[str] | None:
    """Return what begins like a formula, and ends like one, whatever stands in it."""
    close = _CLOSE.get(text[start : start + 2])
    if close and text.find(close, start + 2) < 0:  # a pattern would take longer to see that
        return None
    return _MATHS.match(text, start)


def pieces(
    pattern: re.Pattern[str], text: str, start: int, code_end: Callable[[str, int], int | None]
) -> Iterator[re.Match[str]]:
    """Yield what a pattern with CODE_OPEN and MATHS in it finds, but for what is in code.

    What only looks like a formula is none. `code_end` returns where code ends, given the backticks
    that opened it and their end.
    """
    while found := pattern.search(text, start):
        start = found.end()
        if found.lastgroup == "ticks":
            end = code_end(found.group("ticks"), start)
            start = start if end is None else end + len(found.group("ticks"))
        elif found.lastgroup in _NAMES and not _is_formula(found):
            start = found.start() + (1 if found.lastgroup == "inline" else 2)
        else:
            yield found


def is_text(found: re.Match[str]) -> bool:
    r"""Return whether what was found are words between `\[` and `\]`, or `$$`, and no formula."""
    kind = found.lastgroup
    if kind == "display":
        return is_display_text(found.string, found.start(), found.end())
    if kind not in _BRACKETS:
        return False
    joined = _JOINS.match(found.string, found.start() - 1) if found.start() else None
    return not holds_tex(found.group(kind), square=kind == "square", joined=joined is not None)


def find_tag(text: str, start: int, end: int) -> str:
    """Return the first tag in a part of a text, or nothing.

    `<b>` without its `</b>` behind it is none, so that `$a<b>c$` is an inequality.
    """
    tags = (found for found in _TAG.finditer(text, start, end) if is_html_tag(found.group(0)))
    return next((found.group(0) for found in tags if _is_meant(found)), "")


def without_tags(text: str) -> str:
    """Return a text without what looks like a tag in it."""
    return _TAG.sub("", text)


def _is_meant(found: re.Match[str]) -> bool:
    tag = next(read_html(found.group(0)))
    if tag.is_end or tag.name in VOID or tag.attributes or found.group(0).endswith("/>"):
        return True
    end_tag = re.compile(rf"</{tag.name}\s*>", re.I)
    return end_tag.search(found.string, found.end(), found.end() + _PARTNER_WITHIN) is not None


def _is_formula(found: re.Match[str]) -> bool:
    kind = found.lastgroup
    assert kind
    if kind == "ticked":
        return True
    return not is_text(found) and not find_tag(found.string, *found.span(kind))
