"""Markdown that is no note, such as a deck's description → HTML for a page; HTML in it is text."""

from __future__ import annotations

import re
from functools import cache

import mistune

from deckpress.languages.scripts import is_wide

_PRE = re.compile(r"(<pre>.*?</pre>)", re.S)
_BREAK = re.compile(r"(?<=(.))\n(?=(.))")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_ADDRESS = re.compile(r"(?:https?|mailto):", re.I)


class _Renderer(mistune.HTMLRenderer):
    """Leads to whole addresses only: the page lies elsewhere than the text, without its files."""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, url, title) if _ADDRESS.match(url) else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text


def prose_html(text: str) -> str:
    """Return a text as HTML; its comments are left out.

    Links to a file, and those that run something, are only their text; a picture is its text, too.

    It is read as GitHub reads a changelog: with tables, ~~deletions~~ and bare addresses. Between
    two Chinese characters the end of a line is no space.
    """
    html = str(_renderer()(_COMMENT.sub("", text))).strip()
    return "".join(
        part if part.startswith("<pre>") else _BREAK.sub(_joined, part) for part in _PRE.split(html)
    )


def _joined(line_break: re.Match[str]) -> str:
    return "" if is_wide(line_break[1]) and is_wide(line_break[2]) else "\n"


def line_html(text: str) -> str:
    """Return a line as HTML without a paragraph around it."""
    return prose_html(text).removeprefix("<p>").removesuffix("</p>")


@cache
def _renderer() -> mistune.Markdown:
    return mistune.create_markdown(
        renderer=_Renderer(escape=True), plugins=["strikethrough", "table", "url"]
    )
