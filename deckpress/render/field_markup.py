"""What Anki reads besides HTML, formulas that stay on one line, and the links of sources."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from deckpress.languages import normalize
from deckpress.languages.scripts import is_wide
from deckpress.markdown import Token
from deckpress.markdown.html_tokens import without_controls

_OPEN, _BEGIN, _HINT, _CLOSE, _SOUND, _FORMULA, _FORMULA_END = (
    "\ud800\ud801\ud802\ud803\ud804\ud805\ud806"
)
"""Surrogates: no text that was read from UTF-8 holds them."""
DELETION_END = _CLOSE
"""What ends a deletion for `write_commands`."""
_OVERLAY = "\u0338"
"""The only character that composes with a tag's `>`: to ≯."""
_QUOTES = {"“": "Ps", "‘": "Ps", "”": "Pe", "’": "Pe"}
"""Marks that are as wide as a character in Chinese type; Unicode counts them among the narrow."""
_OPENS = frozenset({"Ps", "Pi"})
_CLOSES = frozenset({"Pe", "Pf", "Po"})
_COMMAND = r"(?=sound:|latex\]|\${1,2}\]|anki:|\[?type:)"
"""What makes a command of a `[` before it."""
_COMMAND_IN_FORMULA = re.compile(rf"\[{_COMMAND}", re.I)
_PIECE = re.compile(
    rf"[{_OPEN}{_HINT}{_CLOSE}{_FORMULA}\[{{}}:]"
    rf"(?:(?<={_OPEN})(?P<number>\d+){_BEGIN}|(?P<hint>(?<={_HINT}))|(?P<close>(?<={_CLOSE}))"
    rf"|(?<={_FORMULA})(?P<formula>[^{_FORMULA_END}]*){_FORMULA_END}"
    rf"|(?P<command>(?<=\[){_COMMAND}|(?<=\{{)(?=\{{))"
    rf"|(?P<end>(?<=\}})(?=\}})|(?<=:)(?=[:{_HINT}])))",
    re.I,
)
"""It begins with the characters that it may begin with, since Python skips all others, and so looks
through a field in a fifth of the time."""
_UNLINKED = re.compile(
    r"(<(a|code|pre|script|style|textarea)\b.*?</\2\s*>|\\\(.*?\\\)|\\\[.*?\\\]|<[^>]*>)",
    re.S | re.I,
)
"""What has no links put into it: links, code, formulas and tags."""
_BRACKETS = r"\([^\s<>\"()&]*\)"
_DOI = (
    r"(?:https?://(?:dx\.)?doi\.org/|\bdoi(?:\s*[:\uff1a]\s*|\s+))"
    rf"(?P<doi>10\.[0-9]{{4,9}}/(?:[!#-%'*-;=?-~]|{_BRACKETS}|&[#\w]+;)*(?:[\w/#+=~-]|{_BRACKETS}))"
)
_ARXIV = (
    r"\barxiv\s*[:\uff1a]\s*"
    r"(?P<arxiv>(?:[0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[a-z]{2})?/[0-9]{7})(?:v[0-9]+)?)(?![0-9])"
)
_SOURCE_NUMBER = re.compile(f"{_DOI}|{_ARXIV}", re.I | re.A)


def deletion(number: int, content: str) -> str:
    """Return a deletion for `write_commands`; its content may end with a `hint`."""
    return f"{deletion_start(number)}{content}{DELETION_END}"


def deletion_start(number: int) -> str:
    """Return what begins a deletion for `write_commands`, where its content is not at hand."""
    return f"{_OPEN}{number}{_BEGIN}"


def hint(text: str) -> str:
    """Return the hint of a deletion for `write_commands`."""
    return f"{_HINT}{text}"


def sound(name: str) -> str:
    """Return what plays a file for `write_commands`."""
    return f"{_SOUND}{name}]"


def formula(text: str) -> str:
    """Return a formula for `write_commands`, with its delimiters, braces and deletions as it is."""
    return f"{_FORMULA}{text}{_FORMULA_END}"


def write_commands(text: str) -> str:
    """Return a whole field as Anki stores it, in which only the commands that are meant are ones.

    Anki composes characters (NFC) and drops control characters (`rslib/src/notes/mod.rs`).
    """
    return _PIECE.sub(_Writer().write, compose(text)).replace(_SOUND, "[sound:")


def compose(text: str) -> str:
    """Return text in composed characters, without control characters, and with each tag's `>`."""
    text = without_controls(text)
    if _OVERLAY not in text:
        return normalize("NFC", text)
    first, *behind = text.split(">")
    pieces = [normalize("NFC", first)]
    for part in behind:
        piece = normalize("NFC", part)
        is_overlaid = piece.startswith(_OVERLAY)
        pieces.append(f"&#{ord(_OVERLAY)};{piece[1:]}" if is_overlaid else piece)
    return ">".join(pieces)


class _Writer:
    """Writes the commands of one field, from its first to its last."""

    def __init__(self) -> None:
        self._depth = 0

    def write(self, match: re.Match[str]) -> str:
        """Return what to put in the place of a command, or of what looks like one."""
        match match.lastgroup:
            case "number":
                self._depth += 1
                return f"{{{{c{match['number']}::"
            case "hint":
                return "::"
            case "close":
                self._depth -= 1
                is_brace = match.string[match.start() - 1] == "}"
                return " }}" if is_brace else "}}"
            case "formula":
                return _COMMAND_IN_FORMULA.sub(_as_entity, match["formula"])
            case "end" if not self._depth:
                return match[0]
        return _as_entity(match)


def _as_entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def nowrap(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens of a line; a formula and what must not leave it become one `together`."""
    pending: list[Token] = []
    for token in tokens:
        if token.type == "inline_math":
            opening = _cut(pending, _trailing_mark(pending))
            yield from pending
            pending = [Token(type="together", children=[*opening, token])]
        elif token.type == "footnote_ref" and _ends_together(pending):
            pending[-1] = _longer(pending[-1], token)
        elif token.type == "text" and _ends_together(pending):
            mark, rest = _split_mark(token.raw)
            if mark:
                pending[-1] = _longer(pending[-1], _text(mark))
            pending += [_text(rest)] if rest else []
        else:
            yield from pending
            pending = [token]
    yield from pending


def _longer(together: Token, token: Token) -> Token:
    return together.replace(children=[*together.children, token])


def _ends_together(tokens: list[Token]) -> bool:
    return bool(tokens) and tokens[-1].type == "together"


def _trailing_mark(tokens: list[Token]) -> str:
    text = tokens[-1].raw if tokens and tokens[-1].type == "text" else ""
    return text[-1:] if _category(text[-1:]) in _OPENS else ""


def _cut(tokens: list[Token], mark: str) -> list[Token]:
    """Take a mark off the end of the last token; return it as a token of its own."""
    if not mark:
        return []
    rest = tokens.pop().raw.removesuffix(mark)
    tokens += [_text(rest)] if rest else []
    return [_text(mark)]


def _split_mark(text: str) -> tuple[str, str]:
    end = 0
    while end < len(text) and _category(text[end]) in _CLOSES:
        end += 1
    return text[:end], text[end:]


def _category(char: str) -> str:
    """Return the Unicode category of a full-width mark, or nothing for any other character."""
    if char in _QUOTES:
        return _QUOTES[char]
    return unicodedata.category(char) if is_wide(char) else ""


def _text(raw: str) -> Token:
    return Token(type="text", raw=raw)


def link_numbers(text: str) -> str:
    """Return a source's HTML in which each DOI and each arXiv number is a link."""
    pieces = _UNLINKED.split(text)
    pieces[::3] = [_SOURCE_NUMBER.sub(_link_number, piece) for piece in pieces[::3]]
    return "".join(piece for index, piece in enumerate(pieces) if index % 3 < 2)


def _link_number(match: re.Match[str]) -> str:
    site = "https://doi.org/" if match["doi"] else "https://arxiv.org/abs/"
    number = quote(html.unescape(match["doi"] or match["arxiv"]), safe="/:;()+=,@!$*~'")
    return f'<a href="{html.escape(site + number, quote=False)}">{match[0]}</a>'
