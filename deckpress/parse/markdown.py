"""Markdown text → Markdown's tree: each block with its line, what may be wrong with its column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from deckpress.errors import Location, Problem, did_you_mean, error, warning
from deckpress.notes import Token
from deckpress.parse.blocks import NoteBlockParser
from deckpress.parse.inline import NoteInlineParser, NoteInlineState
from deckpress.parse.lines import SourceState

_ALERT = re.compile(r"\[!([A-Za-z]+)\][ \t]*(?:\n|$)")
_ALERT_WITH_TEXT = re.compile(r"\[!(TIP|NOTE|IMPORTANT|WARNING|CAUTION)\][ \t]*\S")
_ALERTS = ("tip", "note", "important", "warning", "caution")
_TASK = re.compile(r"\[([ xX])\]\s+")
_COMMENT = re.compile(r"<!--(.*?)-->", re.S)


@dataclass(frozen=True)
class Document:
    """A Markdown file as a tree."""

    blocks: tuple[Token, ...]
    footnotes: dict[str, tuple[Token, ...]] = field(default_factory=dict)
    """The blocks of each footnote by its label."""


def read_markdown(text: str, file: str, first_line: int = 1) -> tuple[Document, list[Problem]]:
    """Return the tree of a Markdown text, and what is wrong in it.

    `file` is how messages name it; `first_line` is the line of the file on which the text begins.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    parser = NoteBlockParser(file)
    state = SourceState()
    state.first_line = first_line
    state.process(text if text.endswith("\n") else text + "\n")
    parser.parse(state)
    reader = _InlineReader(text.split("\n"), file, first_line, state)
    blocks = reader.read(state.tokens)
    footnotes = {
        label: reader.read(tokens) for label, tokens in state.env.get("footnotes", {}).items()
    }
    return Document(blocks, footnotes), parser.problems + reader.problems


class _InlineReader:
    """Walks the blocks of one file once and reads the lines of text in them."""

    def __init__(self, lines: list[str], file: str, first_line: int, state: SourceState) -> None:
        self._lines, self._file, self._first_line = lines, file, first_line
        self._env = state.env
        self._parser = NoteInlineParser()
        self.problems: list[Problem] = []

    def read(self, blocks: list[Token]) -> tuple[Token, ...]:
        """Return the blocks with their text read."""
        return tuple(self._read_blocks(blocks))

    def _read_blocks(self, blocks: list[Token]) -> Iterator[Token]:
        for block in blocks:
            kind = block["type"]
            if kind == "blank_line":
                continue
            if kind == "block_html":
                yield from self._split_comments(block)
                continue
            if kind == "block_quote":
                self._read_alert(block)
            elif kind == "list_item":
                self._read_task(block)
            if "children" in block:
                block["children"] = list(self._read_blocks(block["children"]))
            elif "text" in block:
                block["children"] = self._read_text(block)
            yield block

    def _read_text(self, block: Token) -> list[Token]:
        text = block.pop("text").strip(" \r\n\t\f")
        state = NoteInlineState(self._env)
        state.src = text
        children: list[Token] = self._parser.render(state)
        for token in state.located:
            self._locate(token, block["line"], text)
        return children

    def _locate(self, token: Token, first_line: int, text: str) -> None:
        """Turn a token's offset in a block's text into a line and a column of the file.

        A line of the text is the end of its line in the file (what was cut off is the indentation
        and the marks before it), or, in a heading or a table, a part of it.
        """
        offset = token.pop("offset")
        line_start = text.rfind("\n", 0, offset) + 1
        line = first_line + text.count("\n", 0, offset)
        line_end = text.find("\n", offset)
        part = text[line_start : None if line_end < 0 else line_end].rstrip()
        index = line - self._first_line
        source = self._lines[index].rstrip() if index < len(self._lines) else ""
        start = len(source) - len(part) if source.endswith(part) else max(source.find(part), 0)
        token["line"], token["column"] = line, start + offset - line_start + 1
        self._tell_problems(token)

    def _tell_problems(self, token: Token) -> None:
        where = Location(self._file, token["line"], token["column"])
        kind, raw = token["type"], token.get("raw", "")
        if kind == "unclosed_math":
            message = "formula is never closed: add $$ (no blank line in between), or write \\$\\$"
            self.problems.append(error(where, message))
        elif kind == "unclosed_cloze":
            message = f"cloze {raw}… is never closed: add }}}} in the same paragraph"
            self.problems.append(error(where, message))
        elif kind == "unknown_html":
            message = f"{raw} is no HTML element and is shown as text: write `{raw}` if it is code"
            self.problems.append(warning(where, message))

    def _read_alert(self, quote: Token) -> None:
        """Turn a quote that opens with a line `[!TIP]` into an alert, as GitHub shows it."""
        first = quote["children"][0] if quote["children"] else {}
        if first.get("type") != "paragraph":
            return
        text = first["text"].lstrip()
        found = _ALERT.match(text)
        if found and found.group(1).lower() in _ALERTS:
            quote["type"], quote["attrs"] = "alert", {"name": found.group(1).lower()}
            first["text"], first["line"] = text[found.end() :], first["line"] + 1
            if not first["text"].strip():
                del quote["children"][0]
            return
        where = Location(self._file, first["line"])
        if found:
            name = found.group(1).lower()
            message = f'unknown alert "{name}"{did_you_mean(name, _ALERTS)}'
            self.problems.append(warning(where, message))
        elif inline := _ALERT_WITH_TEXT.match(text):
            message = (
                f"[!{inline.group(1)}] must stand on a line of its own: break the line after it"
            )
            self.problems.append(warning(where, message))

    def _read_task(self, item: Token) -> None:
        first = item["children"][0] if item["children"] else {}
        found = _TASK.match(first.get("text", ""))
        if found:
            first["text"] = first["text"][found.end() :]
            item["attrs"] = {"checked": found.group(1) != " "}

    def _split_comments(self, block: Token) -> Iterator[Token]:
        """Yield a block of HTML as comments and the HTML between them."""
        raw, end = block["raw"].rstrip("\n"), 0
        for found in _COMMENT.finditer(raw):
            if raw[end : found.start()].strip():
                yield block | {"raw": raw[end : found.start()]}
            line = block["line"] + raw.count("\n", 0, found.start())
            yield {"type": "comment", "raw": found.group(1), "line": line}
            end = found.end()
        if raw[end:].strip():
            yield block | {"raw": raw[end:]}
