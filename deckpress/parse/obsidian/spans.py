"""What Obsidian has within a line: `[[links]]`, `![[embeds]]`, `%%comments%%` and `#tags`."""

from __future__ import annotations

import re
from re import Match

from deckpress.notes import Token
from deckpress.parse.inline import NoteInlineParser, NoteInlineState, Rule
from deckpress.parse.spans import LINK_ADDRESS, LINK_TITLE, MAX_LABEL, RULES

NO_ADDRESS = rf"(?!\(\s*+{LINK_ADDRESS}{LINK_TITLE}\s*+\))"
"""`[[a]](b.md)` is a link of Markdown's own, described in brackets."""
_WIKI = (
    rf"!?\[\[(?P<wiki_target>[^\[\]\n|]{{1,{MAX_LABEL}}}+)"
    rf"(?:\|(?P<wiki_alias>[^\[\]\n]{{0,{MAX_LABEL}}}+))?\]\]{NO_ADDRESS}"
)
_COMMENT = r"(?<!\w)%%(?:[^%]|%(?!%))*+%%"
_TAG = r"(?<!\S)#(?P<tag_name>[\w/-]*[^\W\d][\w/-]*)(?:[ \t]+(?=\S))?"
"""Behind a space, with a letter in it: neither `C#` nor `#1`."""
_PART = re.compile(r"(?:^|(?<=#))\s*([^#^\s][^#]*)")
"""A part of a link's target, which is a heading or the note; `^a1` is the id of a block."""
_BETWEEN = " > "
TRIGGER = r"%%|#"
"""What these may begin with, beside what others begin with."""


def _read_wiki(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    """Read `[[a|b]]` as the text that it shows; leave `![[a]]` to who knows the files."""
    target = m.group("wiki_target").removesuffix("\\").strip()
    alias = (m.group("wiki_alias") or "").strip()
    if not target:
        return None
    if m.group(0).startswith("!"):
        attrs = {"target": target, "alias": alias}
        state.add({"type": "embed", "raw": m.group(0), "attrs": attrs}, m.start())
    elif alias:
        state.at = m.end("wiki_alias") - len(m.group("wiki_alias").lstrip())
        parser.process_text(alias, state)
    else:
        _show_target(parser, m, state)
    return m.end()


def _show_target(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> None:
    """Add the parts of a link's target as texts, each of which knows where it stands."""
    start, is_first = m.start("wiki_target"), True
    for found in _PART.finditer(m.group("wiki_target").rstrip().removesuffix("\\")):
        for char in "" if is_first else _BETWEEN:
            state.at = start + found.start() - 1
            parser.process_text(char, state)
        state.at, is_first = start + found.start(1), False
        parser.process_text(found.group(1).rstrip(), state)
    if is_first:
        state.at = start
        parser.process_text(m.group("wiki_target"), state)


def shown_link(target: str) -> str:
    """Return what a link without a text shows: `a#b` is the part b of a."""
    parts = [part.strip() for part in target.split("#")]
    return _BETWEEN.join(part for part in parts if part and not part.startswith("^")) or target


def _read_comment(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    state.add({"type": "comment", "raw": ""}, m.start())
    return m.end()


def _read_tag(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    """Read `#a/b` as a tag, which is no part of the text; in a link it is text."""
    if state.brackets or state.in_link:
        return None
    state.add(tag_token(m.group("tag_name")), m.start())
    return m.end()


def tag_token(name: str) -> Token:
    """Return a tag as a comment that says it: b below a, where it is called `a/b`."""
    return {"type": "comment", "raw": "", "tags": ("::".join(filter(None, name.split("/"))),)}


OBSIDIAN_RULES: tuple[Rule, ...] = (
    ("wiki", _WIKI, _read_wiki),
    ("obsidian_comment", _COMMENT, _read_comment),
    ("tag", _TAG, _read_tag),
    *(rule for rule in RULES if rule[0] != "foreign_media"),
)
"""Those of this dialect, before all others but `![[…]]`, which is read."""
