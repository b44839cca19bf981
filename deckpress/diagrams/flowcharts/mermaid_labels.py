"""A label as Mermaid writes it → a label of a picture."""

from __future__ import annotations

import html
import re

from deckpress.diagrams.drawing import Label
from deckpress.errors import Location

_MARKDOWN = re.compile(r"`(.*)`", re.S)
_STRONG = re.compile(r"(\*\*|__|\*)(?=\S)(.+?)(?<=\S)\1")
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


def read_text(written: str, where: Location) -> Label:
    r"""Return the label that Mermaid's text stands for.

    Line breaks become `\\`, `$$…$$` becomes `$…$`; tags, icons and Markdown's marks are left
    out. `where` is the place of the text's first character.
    """
    marked = _MARKDOWN.fullmatch(written.strip())
    text = _strip_marks(marked.group(1)) if marked else written
    pieces = [_convert(found) for found in _PIECE.finditer(_ICON.sub("", text))]
    return Label(re.sub(r"\s*(\\\\)\s*", r"\1", join_pieces(pieces)).strip(), where)


def join_pieces(pieces: list[str]) -> str:
    """Return pieces of a label as one; a backslash at an end changes nothing of what follows."""
    text = ""
    for piece in pieces:
        is_standalone = text.endswith("\\") and not text.endswith("\\\\")
        if is_standalone and piece.startswith(("$", "\\")):
            text += " "
        text += piece
    return text


def escape_plain(text: str) -> str:
    """Return a text outside of maths such that nothing in it is read as maths or a line break."""
    return re.sub(r"\\+", r"\\", text).replace("$", "\\$")


def _strip_marks(text: str) -> str:
    return _STRONG.sub(r"\2", text)


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
        return escape_plain(char if not char.startswith("&") else code)
    return escape_plain(found["plain"])
