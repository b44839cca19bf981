"""The characters of a ` ```mermaid ` block one by one, and its labels."""

from __future__ import annotations

import html
import re

from deckpress.diagnostics import Diagnostic, Diagnostics, Location, Severity, quote
from deckpress.diagrams import Label
from deckpress.diagrams.flowcharts import FlowchartError, Source

_STRONG = re.compile(r"(\*\*|__|\*|\b_)(?=\S)(.+?)(?<=\S)\1")
_TAG = re.compile(r"</?(?!br\b)[A-Za-z][^<>]*>")
_ICON = re.compile(r"\bfa[a-z]?:fa-[\w-]+[ \t]*")
_PIECE = re.compile(
    r"\$\$(?P<display>[^$]+)\$\$"
    r"|\$(?P<maths>[^\s$](?:[^$\n]*[^\s$])?)\$(?!\d)"
    r"|(?P<br><br[ \t]*/?>|\\n|\n)"
    r"|(?P<tag></?[A-Za-z][^<>]*>)"
    r"|(?P<code>[#&](?:#?[0-9]{1,7}|[A-Za-z][A-Za-z0-9]*);)"
    r"|(?P<plain>[^$<\\#&\n]+|\\+|.)",
    re.S,
)
SPACES = re.compile(r"[ \t]*")
GAP = re.compile(r"\s*")
BETWEEN = re.compile(r"[\s;]*")
LINE = re.compile(r"[^\n]*")
_REST = re.compile(r"[^\n;]*")
_END_OF_STATEMENT = re.compile(r"[ \t]*(?:;|\n|$)")
LETTER = r"[^\W\U00010000-\U0010ffff]"
ID = re.compile(
    rf"(?!%%|[xo](?:--|==|-\.))(?:{LETTER}|[!#$%'*+?/])"
    rf"(?:{LETTER}|[!#$%'*+?/.&,]|:(?!::)|-(?![->.]))*"
)
KEYWORD = re.compile(
    r"(?a:(?:style|linkStyle|interpolate|classDef|class|graph|flowchart|subgraph|end)\b"
    r"|(?:call|href|click)(?=\s))"
)
"""What an id may not begin with."""
_COMMENT = re.compile(r"^[ \t]*%%(?!\{)[^\n]*", re.M)
_RAW = re.compile(r"[^\[\](){}|\"]*")
_RAW_SLANTED = re.compile(r"[^\[\](){}]*")
QUOTED = re.compile(r'"([^"]*)"')
_MARKDOWN = re.compile(r'"`[^"]*`"')
_BEFORE_AT = re.compile(r'[^\s"@]*@(?![{"])')
NOT_DRAWN = (
    "colours and other styles of Mermaid are not drawn: the deck's pictures have their own style"
)
ICON_NOT_DRAWN = "icons and images of Mermaid are not drawn: write a word instead"


def read_text(written: str, where: Location, *, is_markdown: bool = False) -> Label:
    r"""Return the label that Mermaid's text stands for.

    Line breaks become `\\`, `$$…$$` becomes `$…$`; tags, icons and Markdown's marks are left
    out. `where` is the place of the text's first character.
    """
    text = _STRONG.sub(r"\2", written.strip("`")) if is_markdown else written
    pieces = [_convert(match) for match in _PIECE.finditer(_ICON.sub("", text))]
    return Label(join_pieces(pieces), where)


def has_style(written: str, *, is_markdown: bool) -> bool:
    """Return whether a text has tags or marks of Markdown, which are left out."""
    return bool(_TAG.search(written) or (is_markdown and _STRONG.search(written)))


def has_icon(written: str) -> bool:
    """Return whether a text has icons, which are left out."""
    return _ICON.search(written) is not None


def join_pieces(pieces: list[str]) -> str:
    """Return pieces of a label as one, without spaces around its lines.

    A backslash at the end of a piece changes nothing of what follows.
    """
    text = ""
    for piece in pieces:
        is_lone = text.endswith("\\") and not text.endswith("\\\\")
        if is_lone and piece.startswith(("$", "\\")):
            text += " "
        text += piece
    return "\\\\".join(line.strip() for line in text.split("\\\\"))


def escape_plain(text: str) -> str:
    """Return a text outside of maths such that nothing in it is read as maths or a line break."""
    return re.sub(r"\\+", r"\\", text).replace("$", "\\$")


def _convert(match: re.Match[str]) -> str:
    if maths := match["display"] or match["maths"]:
        return f"${maths.strip()}$"
    if match["br"]:
        return "\\\\"
    if match["tag"]:
        return ""
    if code := match["code"]:
        name = code[1:] if code[0] == "&" else code[1:].removeprefix("#")
        name = f"#{name}" if name[0].isdigit() else name
        char = html.unescape(f"&{name}")
        return escape_plain(code if char == f"&{name}" else char)
    return escape_plain(match["plain"])


class Scanner:
    """A text, and how far it has been read."""

    def __init__(self, source: Source, diagnostics: Diagnostics) -> None:
        self.source, self.text, self.index = source, source.text, 0
        self.diagnostics = diagnostics
        self.statement = 0
        """Where the statement begins that is being read."""
        self._hints: set[str] = set()

    def blank_out(self) -> None:
        """Put spaces in the place of directives and comments, as Mermaid takes them out first."""
        start = self.text.find("%%{")
        pieces, end = [], 0
        while start >= 0:
            pieces.append(self.text[end:start])
            end = self.text.find("}%%", start) + len("}%%")
            if end < len("}%%"):
                raise FlowchartError(start, "directive is never closed: add }%% at its end")
            self.hint(NOT_DRAWN, start)
            pieces.append(re.sub(r"[^\n]", " ", self.text[start:end]))
            start = self.text.find("%%{", end)
        text = "".join((*pieces, self.text[end:]))
        self.text = _COMMENT.sub(lambda match: " " * len(match.group(0)), text)

    def read_label(self, opening: str, closings: tuple[str, ...], begin: int) -> Label:
        """Read a label, and what closes it; its node, or the bar before it, stands at `begin`."""
        start = self.index
        if self.text.startswith('"', start):
            self.skip_quotes()
        self.skip(_RAW_SLANTED if opening in ("[/", "[\\") else _RAW)
        for closing in closings:
            # A slash is part of "/]", and no bracket ends the text before it.
            end = self.index - (len(closing) - len(closing.lstrip("/\\-")))
            if end >= start and self.text.startswith(closing, end):
                self.index = end + len(closing)
                self._check_no_id(begin, start, end, f'{opening}"…"{closing}')
                return self.check_written(start, end)
        stop, self.index = self.index, start
        raise self._explain_unclosed(opening, closings, start, stop)

    def _check_no_id(self, begin: int, start: int, end: int, quoted: str) -> None:
        """Refuse what Mermaid takes for an arrow's id: all up to an @, if no space is in it."""
        id_ = _BEFORE_AT.match(self.text, begin, end)
        if id_ and id_.end() > start:
            raise wrong_character("@", id_.end() - 1, quoted)

    def _explain_unclosed(
        self, opening: str, closings: tuple[str, ...], start: int, stop: int
    ) -> FlowchartError:
        """Return what is wrong with a label in which no closing stands at `stop`."""
        line = self.line(stop)
        if "\n" not in self.text[start:stop] and any(closing in line for closing in closings):
            return wrong_character(self.text[stop], stop, f'{opening}"…"{closings[0]}')
        behind = "the arrow's label" if opening == "|" else "the label"
        message = f"{opening} is not closed: add {closings[0]} behind {behind}"
        return FlowchartError(start - len(opening), message)

    def check_written(self, start: int, end: int) -> Label:
        """Return the label between two places; raises FlowchartError where it is empty."""
        if self.text[start:end] in ("", '""'):
            raise FlowchartError(start, 'label is empty: write a text, or " " for none')
        return self.label(start, end)

    def skip_quotes(self) -> None:
        """Read a text in quotes; raises FlowchartError where they are not closed."""
        if self.accept(QUOTED) is None:
            raise FlowchartError(self.index, 'quotes are not closed: add " behind the label')

    def label(self, start: int, end: int, *, is_markdown: bool = False) -> Label:
        """Return a label; a text in quotes may begin it, which is Markdown in backquotes."""
        raw = self.text[start:end]
        if quoted := QUOTED.match(raw):
            is_markdown = _MARKDOWN.fullmatch(raw) is not None
            start, raw = start + 1, quoted.group(1) + raw[quoted.end() :]
        if has_style(raw, is_markdown=is_markdown):
            self.hint(NOT_DRAWN)
        if has_icon(raw):
            self.hint(ICON_NOT_DRAWN)
        where = self.source.where(start + len(raw) - len(raw.lstrip()))
        return read_text(raw.strip(), where, is_markdown=is_markdown)

    def hint(self, message: str, index: int | None = None) -> None:
        """Tell something once that stops nothing, at the beginning of its statement."""
        if message not in self._hints:
            self._hints.add(message)
            where = self.source.where(self.statement if index is None else index)
            self.diagnostics.append(Diagnostic(where, message, Severity.HINT))

    def ends(self) -> bool:
        """Return whether nothing more stands in the statement."""
        return self.peek(_END_OF_STATEMENT)

    def rest(self) -> str:
        """Return what more stands in the statement."""
        match = _REST.match(self.text, self.index)
        return match.group(0).strip() if match else ""

    def line(self, index: int) -> str:
        """Return the rest of a line."""
        match = LINE.match(self.text, index)
        return match.group(0) if match else ""

    def peek(self, pattern: re.Pattern[str]) -> bool:
        """Return whether a pattern comes next."""
        return pattern.match(self.text, self.index) is not None

    def accept(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read a pattern if it comes next."""
        match = pattern.match(self.text, self.index)
        if match:
            self.index = match.end()
        return match

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Read a pattern that may be empty."""
        self.accept(pattern)


def wrong_character(char: str, index: int, quoted: str) -> FlowchartError:
    """Return that a character needs quotes, and how they are written."""
    return FlowchartError(index, f"{quote(char)} in a label: put the label in quotes, {quoted}")
