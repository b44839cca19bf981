"""What Obsidian adds to Markdown: links, embeds, callouts, comments, and what it hides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from re import Match

from mistune.core import BlockState

from deckpress.diagnostics import error
from deckpress.markdown import ALERTS, MistuneToken, Token
from deckpress.markdown.block_rules import BlockRule, NoteBlockParser
from deckpress.markdown.inline_parser import NoteInlineParser, NoteInlineState, Rule
from deckpress.markdown.inline_rules import LINK_ADDRESS, LINK_TITLE, MAX_LABEL, RULES, cut_raw_text

_COMMENT_START = r"^ {0,3}%%(?![^\n]*%%)"
_SEPARATOR = r"^\?{1,2}[ \t]*$"
_CALLOUT = re.compile(r"\[!([^\]\n]{1,99}+)\]([+-]?)[ \t]*([^\n]*)(?:\n|$)")
_SYNONYMS = {
    "note": ("info", "abstract", "summary", "tldr"),
    "tip": ("hint",),
    "warning": ("attention",),
    "caution": ("danger", "error", "failure", "fail", "missing", "bug"),
}
"""What Obsidian's kinds are on a card; all others are important."""
_QUESTIONS = frozenset({"question", "help", "faq"})
_QUOTES = frozenset({"quote", "cite"})
_SUCCESS = frozenset({"success", "check", "done"})
_ALERT_OF = {kind: name for name in ALERTS for kind in (name, *_SYNONYMS.get(name, ()))}
KINDS = frozenset({*_ALERT_OF, *_QUESTIONS, *_QUOTES, *_SUCCESS, "todo", "example"})
"""All that Obsidian knows."""
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
_BLOCK_ID = re.compile(r"(?:^|(?<=\s))\^([A-Za-z0-9-]+)\s*$")
_SIZE = re.compile(r"(?:^|\|)\s*(\d{1,4})(?:x(\d{1,4}))?\s*$")
_TEXTS = frozenset({"paragraph", "block_text", "heading"})
_BREAKS = frozenset({"softbreak", "linebreak"})
_UNSEEN = frozenset({"comment", *_BREAKS})


def _read_comment(parser: NoteBlockParser, m: Match[str], state: BlockState) -> int | None:
    """Read a comment `%%` that goes over lines, up to the `%%` that closes it."""
    close = state.src.find("%%", m.end())
    if close < 0:
        if "open_comment" not in state.env:
            state.env["open_comment"] = True
            message = "comment %% is never closed: add %%"
            parser.diagnostics.append(error(parser.location(state, m.start()), message))
        return None
    state.append_token({"type": "obsidian_comment"})
    return close + 2


def _read_separator(parser: NoteBlockParser, m: Match[str], state: BlockState) -> int:
    """Read a line `?` or `??`, which stands between the question and the answer of a card."""
    state.append_token({"type": "separator", "text": m.group(0).strip()})
    return m.end() + 1


OBSIDIAN_BLOCKS: tuple[BlockRule, ...] = (
    ("obsidian_comment", _COMMENT_START, _read_comment, "indent_code"),
)


OBSIDIAN_TOP_BLOCKS: tuple[BlockRule, ...] = (
    ("separator", _SEPARATOR, _read_separator, "atx_heading"),
)
"""Those that no list or quote holds."""


def read_callout(quote: MistuneToken) -> None:
    """Turn a quote that opens with `[!kind]` into an alert, its title the first of its blocks.

    It is read before the text in it is.
    """
    first = quote["children"][0] if quote["children"] else {}
    match = _CALLOUT.match(first["text"].lstrip()) if first.get("type") == "paragraph" else None
    if not match:
        return
    kind, title = match.group(1).partition("|")[0].strip().lower(), match.group(3).strip()
    _cut_first_line(quote, first, first["text"].lstrip()[match.end() :])
    if title:
        line = {"type": "paragraph", "text": title, "line": quote["line"], "is_title": True}
        quote["children"].insert(0, line)
    if kind in _QUOTES:
        return
    name = _ALERT_OF.get(kind, "important")
    quote["type"], quote["attrs"] = "alert", {"name": name, "kind": kind}
    if kind not in ALERTS:  # of which the locales have the words
        quote["attrs"]["label"] = kind.capitalize()


def _cut_first_line(quote: MistuneToken, first: MistuneToken, rest: str) -> None:
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
    return block.kind if block.type == "alert" else ""


def split_title(callout: Token) -> tuple[Sequence[Token], Sequence[Token]]:
    """Return the title of a callout as a paragraph, if it has one, and the blocks below."""
    blocks = callout.children
    count = int(bool(blocks) and blocks[0].is_title)
    return blocks[:count], blocks[count:]


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
        state.index = m.end("wiki_alias") - len(m.group("wiki_alias").lstrip())
        parser.process_text(alias, state)
    else:
        _show_target(parser, m, state)
    return m.end()


def _show_target(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> None:
    """Add the parts of a link's target as texts, each of which knows where it stands."""
    start, is_first = m.start("wiki_target"), True
    for match in _PART.finditer(m.group("wiki_target").rstrip().removesuffix("\\")):
        for char in "" if is_first else _BETWEEN:
            state.index = start + match.start() - 1
            parser.process_text(char, state)
        state.index, is_first = start + match.start(1), False
        parser.process_text(match.group(1).rstrip(), state)
    if is_first:
        state.index = start
        parser.process_text(m.group("wiki_target"), state)


def shown_link(target: str) -> str:
    """Return what a link without a text shows: `a#b` is the part b of a."""
    parts = [part.strip() for part in target.split("#")]
    return _BETWEEN.join(part for part in parts if part and not part.startswith("^")) or target


def _read_inline_comment(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int:
    state.add({"type": "comment", "raw": ""}, m.start())
    return m.end()


def _read_tag(parser: NoteInlineParser, m: Match[str], state: NoteInlineState) -> int | None:
    """Read `#a/b` as a tag, which is no part of the text; in a link it is text."""
    if state.brackets or state.in_link:
        return None
    state.add(tag_token(m.group("tag_name")), m.start())
    return m.end()


def tag_token(name: str) -> MistuneToken:
    """Return a tag as a comment that says it: b below a, where it is called `a/b`."""
    return {"type": "comment", "raw": "", "tags": ("::".join(filter(None, name.split("/"))),)}


OBSIDIAN_RULES: tuple[Rule, ...] = (
    ("wiki", _WIKI, _read_wiki),
    ("obsidian_comment", _COMMENT, _read_inline_comment),
    ("tag", _TAG, _read_tag),
    *(rule for rule in RULES if rule[0] != "foreign_media"),
)
"""Those of this dialect, before all others but `![[…]]`, which is read."""


def tidy(blocks: Iterable[MistuneToken]) -> list[MistuneToken]:
    """Return blocks without what Obsidian does not show, which they know by themselves then.

    The id of a block is its `block_id`; a paragraph of nothing but tags and comments is a comment
    with these `tags`; the width of a picture is among its `attrs`.
    """
    return [*_mark_named(chain.from_iterable(map(_tidy, blocks)))]


def _tidy(block: MistuneToken) -> Iterator[MistuneToken]:
    if block["type"] in _TEXTS:
        _take_block_id(block)
        _read_sizes(block["children"])
    elif block["type"] == "table":
        for row in (row for part in block["children"] for row in part["children"]):
            _read_sizes(row.get("children", (row,)))
    elif "children" in block:
        block["children"] = tidy(block["children"])
    if block["type"] in ("paragraph", "block_text"):
        yield from _take_lines_of_tags(block)
    else:
        yield block


def _take_block_id(block: MistuneToken) -> None:
    children = block["children"]
    last = children[-1] if children else {}
    if last.get("type") != "text" or not (match := _BLOCK_ID.search(last["raw"])):
        return
    rest = last["raw"][: match.start()].rstrip()
    del children[-1]
    children += cut_raw_text(last, 0, len(rest))
    while children and children[-1]["type"] in ("softbreak", "linebreak"):
        del children[-1]
    block["block_id"] = match.group(1)


def _mark_named(blocks: Iterable[MistuneToken]) -> Iterator[MistuneToken]:
    """Yield the blocks, each with the id that stands on a line of its own below it."""
    above: MistuneToken | None = None
    for block in blocks:
        if block["type"] == "comment" and "block_id" in block and above:
            above["block_id"] = block["block_id"]
        above = block
        yield block


def _take_lines_of_tags(paragraph: MistuneToken) -> Iterator[MistuneToken]:
    """Yield a comment for the lines at the top of a paragraph that show nothing, and the rest."""
    children, end = paragraph["children"], 0
    for index, child in enumerate(children, 1):
        if child["type"] not in _UNSEEN and child.get("raw") != " ":
            break
        end = index if child["type"] in _BREAKS or index == len(children) else end
    if end:
        yield _as_comment(paragraph, children[:end])
    if end < len(children):
        line = paragraph["line"] + sum(child["type"] in _BREAKS for child in children[:end])
        yield paragraph | {"children": children[end:], "line": line}


def _as_comment(paragraph: MistuneToken, children: Iterable[MistuneToken]) -> MistuneToken:
    tags = tuple(tag for child in children for tag in child.get("tags", ()))
    named = {"block_id": paragraph["block_id"]} if "block_id" in paragraph else {}
    return {"type": "comment", "raw": "", "line": paragraph["line"], "tags": tags, **named}


def _read_sizes(tokens: Iterable[MistuneToken]) -> None:
    for token in tokens:
        if token["type"] == "image":
            _read_size(token)
        elif "children" in token:
            _read_sizes(token["children"])


def _read_size(image: MistuneToken) -> None:
    """Take the size from the end of a picture's description, as in `![alt|300](a.png)`."""
    last = image["children"][-1] if image["children"] else {}
    match = _SIZE.search(last.get("raw", "")) if last.get("type") == "text" else None
    if match and match.group(0).startswith("|"):
        image["children"] = [*image["children"][:-1], *_text(last["raw"][: match.start()])]
        image["attrs"] |= size_attributes(match)


def _text(raw: str) -> list[MistuneToken]:
    return [{"type": "text", "raw": raw}] if raw.strip() else []


def size_attributes(match: re.Match[str]) -> dict[str, str]:
    """Return the width, and the height if there is one, of a size that was found."""
    names = zip(("width", "height"), match.groups(), strict=True)
    return {name: number for name, number in names if number}


def split_size(alias: str) -> tuple[str, dict[str, str]]:
    """Return what `![[a.png|alias]]` is described by, and its size: `300`, `300x200`, `alt|300`."""
    match = _SIZE.search(alias)
    if not match:
        return alias, {}
    return alias[: match.start()].strip(), size_attributes(match)
