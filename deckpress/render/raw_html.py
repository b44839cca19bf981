"""HTML that an author wrote → the same with every element closed, and words for lost pictures."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from deckpress.diagnostics import Diagnostics, Location, quote, warning
from deckpress.markdown import Token, location_of
from deckpress.markdown.html_tokens import VOID, HtmlToken, Inside, TokenKind, read_html
from deckpress.media import name_in, source_of
from deckpress.patterns import lazy_pattern

_CLOSED_BY_ITSELF = frozenset(
    "colgroup dd dt li optgroup option p rp rt tbody td tfoot th thead tr".split()
)
"""Elements whose end tag may be left out."""
_WITHOUT_MATHJAX = frozenset("code noscript pre script style textarea".split())
"""Elements in which MathJax looks for no formula (`skipHtmlTags` of MathJax 3.2.2)."""
_DELIMITER = lazy_pattern(
    r"(?:\\|&#0*92;?|&#x0*5c;?|&bsol;)(?:[(\[]|&#0*(?:40|91);?|&#x0*(?:28|5b);?"
    r"|&(?:lpar|lsqb|lbrack);|\Z)",
    re.I,
)
"""What MathJax takes for the beginning of a formula, or would together with what comes next."""
_PLAYERS = frozenset({"audio", "video", "object"})
"""Elements that show or play one of several files, or what else stands in them."""


class RawHtml:
    """The HTML of one field, read tag by tag; what does not pair is added to `diagnostics`."""

    def __init__(self, file: str, diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics
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
        for piece in read_html(html.raw):
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
            self._diagnostics.append(warning(where, message))
        return "".join(f"</{name}>" for name, _ in reversed(missing))

    def _report_unfinished(self, html: Token, piece: HtmlToken) -> None:
        if piece.start or not piece.raw.startswith("<!--"):  # which the parser has reported
            first = piece.raw.partition("\n")[0]
            message = f"{quote(first)} has no end: add >, or write &lt;"
            self._diagnostics.append(warning(self._place(html, piece), message))

    def _place(self, html: Token, piece: HtmlToken) -> Location:
        where = location_of(html, self._file)
        line = where.line + html.raw.count("\n", 0, piece.start)
        return where if line == where.line else Location(where.file, line)

    def _read_text(self, html: Token, piece: HtmlToken) -> Iterator[str | Token]:
        end = piece.start
        for formula in html.formulas:
            start, stop = formula.span
            if piece.start <= start < piece.end:
                yield self._keep_from_mathjax(html.raw[end:start])
                yield formula
                end = stop
        yield self._keep_from_mathjax(html.raw[end : piece.end])

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
                self._diagnostics.append(warning(where, message))
            return False
        del self._open[self._by_name[tag.name].pop()]
        return True


def ignored(match: re.Match[str]) -> str:
    """Return what begins a formula to MathJax in an element that it does not look into."""
    return f'<span class="mathjax_ignore">{match.group(0)}</span>'


@dataclass
class _Player:
    """An element that is open."""

    name: str
    start: int
    """Pieces of the field before it."""
    missing: list[str] = field(default_factory=list)
    """What its files are called that are not there."""
    has_source: bool = False
    """Whether a file of it is there."""


def describe_missing(text: str, urls: Collection[str], write: Callable[[str], str]) -> str:
    """Return a field's HTML in which nothing asks for a file that is not there.

    In the place of a picture stands its alternative text, or else the name of its file, and so in
    that of a sound all of whose files are missing. `urls` are the addresses of those; `write`
    makes HTML of words.
    """
    writer = _Writer(urls, write)
    for token in read_html(text):
        writer.add(token)
    return "".join(writer.pieces)


class _Writer:
    def __init__(self, urls: Collection[str], write: Callable[[str], str]) -> None:
        self._urls, self._write = urls, write
        self._players: list[_Player] = []
        self.pieces: list[str] = []

    def add(self, token: HtmlToken) -> None:
        """Add a piece of the field, or what stands in its place."""
        if token.name in _PLAYERS and not token.is_end:
            self._players.append(_Player(token.name, len(self.pieces)))
        source = source_of(token)
        is_missing = source is not None and source.value in self._urls
        if source is None or not is_missing:
            self._add_as_it_is(token, is_source=source is not None)
        elif token.name == "img":
            self.pieces.append(self._write(_description(token, source.value)))
        else:
            self._leave_out(token, source.value)

    def _add_as_it_is(self, token: HtmlToken, *, is_source: bool) -> None:
        self.pieces.append(token.raw)
        player = self._players[-1] if self._players else None
        if player and is_source and token.name != "img":
            player.has_source = True
        if player and token.is_end and token.name == player.name:
            self._close(self._players.pop())

    def _leave_out(self, token: HtmlToken, url: str) -> None:
        """Add a player without its address, or a `<source>` not at all."""
        source = source_of(token)
        assert source
        start, end = source.start - token.start, source.end - token.start
        if token.name != "source":
            self.pieces.append(token.raw[:start].rstrip() + token.raw[end:])
        if self._players:
            self._players[-1].missing.append(name_in(url))

    def _close(self, player: _Player) -> None:
        """Put words in the place of a player that has nothing to play."""
        if player.has_source or not player.missing:
            return
        within = self.pieces[player.start + 1 : -1] if player.name == "object" else []
        words = [self._write(", ".join(player.missing))]
        self.pieces[player.start :] = within if "".join(within).strip() else words


def _description(picture: HtmlToken, url: str) -> str:
    values = (
        attribute.value.strip() for attribute in picture.attributes if attribute.name == "alt"
    )
    return next(values, "") or name_in(url)
