"""A label as Mermaid writes it → a label of a picture."""

from __future__ import annotations

import html
import re

from deckpress.diagrams.drawing import Label
from deckpress.errors import Location

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


def read_text(written: str, where: Location, *, is_markdown: bool = False) -> Label:
    r"""Return the label that Mermaid's text stands for.

    Line breaks become `\\`, `$$…$$` becomes `$…$`; tags, icons and Markdown's marks are left
    out. `where` is the place of the text's first character.
    """
    text = _STRONG.sub(r"\2", written.strip("`")) if is_markdown else written
    pieces = [_convert(found) for found in _PIECE.finditer(_ICON.sub("", text))]
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


def _convert(found: re.Match[str]) -> str:
    if maths := found["display"] or found["maths"]:
        return f"${maths.strip()}$"
    if found["br"]:
        return "\\\\"
    if found["tag"]:
        return ""
    if code := found["code"]:
        name = code[1:] if code[0] == "&" else code[1:].removeprefix("#")
        name = f"#{name}" if name[0].isdigit() else name
        char = html.unescape(f"&{name}")
        return escape_plain(code if char == f"&{name}" else char)
    return escape_plain(found["plain"])
