"""Callouts `> [!kind]- Title` of Obsidian: which they are, and what they are on a card."""

from __future__ import annotations

import re

from deckpress.notes import Token

_CALLOUT = re.compile(r"\[!([^\]\n]{1,99}+)\]([+-]?)[ \t]*([^\n]*)(?:\n|$)")
_ALERTS = {
    "note": ("note", "info", "abstract", "summary", "tldr"),
    "tip": ("tip", "hint"),
    "warning": ("warning", "attention"),
    "caution": ("caution", "danger", "error", "failure", "fail", "missing", "bug"),
}
"""What Obsidian's kinds are on a card; all others are important."""
_QUESTIONS = frozenset({"question", "help", "faq"})
_QUOTES = frozenset({"quote", "cite"})
_SUCCESS = frozenset({"success", "check", "done"})
_LABELLED = frozenset({"note", "tip", "important", "warning", "caution"})
"""Kinds of which the words stand in the deck's language."""
_ALERT_OF = {kind: name for name, kinds in _ALERTS.items() for kind in kinds}
KINDS = frozenset({*_ALERT_OF, *_QUESTIONS, *_QUOTES, *_SUCCESS, "important", "todo", "example"})
"""All that Obsidian knows."""


def read_callout(quote: Token) -> None:
    """Turn a quote that opens with `[!kind]` into an alert, its title the first of its blocks.

    It is read before the text in it is.
    """
    first = quote["children"][0] if quote["children"] else {}
    found = _CALLOUT.match(first["text"].lstrip()) if first.get("type") == "paragraph" else None
    if not found:
        return
    kind, title = found.group(1).partition("|")[0].strip().lower(), found.group(3).strip()
    _cut_first_line(quote, first, first["text"].lstrip()[found.end() :])
    if title:
        line = {"type": "paragraph", "text": title, "line": quote["line"], "is_title": True}
        quote["children"].insert(0, line)
    if kind in _QUOTES:
        return
    name = _ALERT_OF.get(kind, "important")
    quote["type"], quote["attrs"] = "alert", {"name": name, "kind": kind}
    if kind not in _LABELLED:
        quote["attrs"]["label"] = kind.capitalize()


def _cut_first_line(quote: Token, first: Token, rest: str) -> None:
    quote["line"] = first["line"]
    first["text"], first["line"] = rest, first["line"] + 1
    if not rest.strip():
        del quote["children"][0]


def is_question(block: Token) -> bool:
    """Return whether a block is a callout that asks."""
    return _kind_of(block) in _QUESTIONS


def is_success(block: Token) -> bool:
    """Return whether a block is a callout that answers."""
    return _kind_of(block) in _SUCCESS


def _kind_of(block: Token) -> str:
    return str(block["attrs"].get("kind", "")) if block["type"] == "alert" else ""


def split_title(callout: Token) -> tuple[list[Token], list[Token]]:
    """Return the title of a callout as a paragraph, if it has one, and the blocks below."""
    blocks = callout["children"]
    count = int(bool(blocks) and "is_title" in blocks[0])
    return blocks[:count], blocks[count:]
