"""HTML that an author wrote in Markdown → the same with every element closed.

On GitHub a forgotten `</details>` ends with the page; on a card it would swallow the rest of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from deckpress.errors import Location, Problem, quote, warning
from deckpress.html_tokens import VOID, HtmlToken, Inside, TokenKind, read_html
from deckpress.notes import Token, location_of

_CLOSED_BY_ITSELF = frozenset(
    "colgroup dd dt li optgroup option p rp rt tbody td tfoot th thead tr".split()
)
"""Elements whose end tag may be left out."""
_WITHOUT_MATHJAX = frozenset("code noscript pre script style textarea".split())
"""Elements in which MathJax looks for no formula (`skipHtmlTags` of MathJax 3.2.2)."""
_DELIMITER = re.compile(
    r"(?:\\|&#0*92;?|&#x0*5c;?|&bsol;)(?:[(\[]|&#0*(?:40|91);?|&#x0*(?:28|5b);?"
    r"|&(?:lpar|lsqb|lbrack);|\Z)",
    re.I,
)
"""What MathJax takes for the beginning of a formula, or would together with what comes next."""


class AuthorHtml:
    """The HTML of one field, read tag by tag; `problems` says what does not pair."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self.without_mathjax = Inside(_WITHOUT_MATHJAX)
        """Whether what comes now stands in an element whose formulas are not typeset."""
        self._file = file
        self._open: dict[int, tuple[str, Location]] = {}
        """The elements that are open, by the numbers of their tags, in order."""
        self._by_name: dict[str, list[int]] = defaultdict(list)
        """The numbers of those of a name, the innermost last."""
        self._tags = 0

    def mend(self, html: Token) -> Iterator[str | Token]:
        """Yield the pieces of an author's HTML, without end tags that close nothing.

        Its formulas are yielded as tokens; what is none is kept from MathJax.
        """
        for piece in read_html(html["raw"]):
            if piece.kind is TokenKind.TEXT:
                yield from self._read_text(html, piece)
            elif piece.kind is TokenKind.UNFINISHED:
                self._report_unfinished(html, piece)
                yield self._keep_from_mathjax(piece.raw.replace("<", "&lt;"))
            elif piece.kind is not TokenKind.TAG or self._read_tag(piece, self._place(html, piece)):
                yield piece.raw

    def close(self) -> str:
        """Return the end tags that are missing at the end of the field."""
        opened = self._open.values()
        missing = [(name, where) for name, where in opened if name not in _CLOSED_BY_ITSELF]
        for name, where in missing:
            message = f"<{name}> is never closed: add </{name}> within the same note"
            self.problems.append(warning(where, message))
        return "".join(f"</{name}>" for name, _ in reversed(missing))

    def _report_unfinished(self, html: Token, piece: HtmlToken) -> None:
        if piece.start or not piece.raw.startswith("<!--"):  # which the parser has reported
            first = piece.raw.partition("\n")[0]
            message = f"{quote(first)} has no end: add >, or write &lt;"
            self.problems.append(warning(self._place(html, piece), message))

    def _place(self, html: Token, piece: HtmlToken) -> Location:
        where = location_of(html, self._file)
        line = where.line + html["raw"].count("\n", 0, piece.start)
        return where if line == where.line else Location(where.file, line)

    def _read_text(self, html: Token, piece: HtmlToken) -> Iterator[str | Token]:
        end = piece.start
        for formula in html.get("formulas", ()):
            start, stop = formula["span"]
            if piece.start <= start < piece.end:
                yield self._keep_from_mathjax(html["raw"][end:start])
                yield formula
                end = stop
        yield self._keep_from_mathjax(html["raw"][end : piece.end])

    def _keep_from_mathjax(self, text: str) -> str:
        if text.endswith("<"):  # which would begin a tag if the one behind it goes
            text = text[:-1] + "&lt;"
        if self.without_mathjax:
            return text
        return _DELIMITER.sub(ignored, text)

    def _read_tag(self, tag: HtmlToken, where: Location) -> bool:
        self.without_mathjax.read(tag)
        if tag.name in VOID or (tag.raw.endswith("/>") and not tag.is_end):
            return True
        if not tag.is_end:
            self._tags += 1
            self._open[self._tags] = tag.name, where
            self._by_name[tag.name].append(self._tags)
            return True
        if not self._by_name[tag.name]:
            if tag.name not in _CLOSED_BY_ITSELF:
                message = (
                    f"</{tag.name}> closes nothing: "
                    f"remove it, or add <{tag.name}> within the same note"
                )
                self.problems.append(warning(where, message))
            return False
        del self._open[self._by_name[tag.name].pop()]
        return True


def ignored(found: re.Match[str]) -> str:
    """Return what begins a formula to MathJax in an element that it does not look into."""
    return f'<span class="mathjax_ignore">{found.group(0)}</span>'
