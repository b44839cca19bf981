"""Markdown text → Markdown's tree: each block with its line, what may be wrong with its column."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, starmap, zip_longest

from deckpress.diagnostics import Diagnostics, Location, did_you_mean_or_known, warning
from deckpress.markdown import (
    ALERTS,
    CLOZE_OPEN,
    MistuneToken,
    SourceSpan,
    Token,
    is_picture,
    language_in,
    walk,
)
from deckpress.markdown.block_rules import NoteBlockParser
from deckpress.markdown.code_clozes import asks, check_unmarked, read_code
from deckpress.markdown.formula_rules import decoded, read_html_maths
from deckpress.markdown.html_tokens import without_controls
from deckpress.markdown.inline_parser import NoteInlineParser, NoteInlineState, plain_tokens
from deckpress.markdown.inline_rules import RULES, check_inline
from deckpress.markdown.obsidian_syntax import (
    KINDS,
    OBSIDIAN_BLOCKS,
    OBSIDIAN_RULES,
    OBSIDIAN_TOP_BLOCKS,
    TRIGGER,
    read_callout,
    tidy,
)
from deckpress.markdown.positions import Gap, SourceState, restore_tabs
from deckpress.project import Dialect

_ALERT = re.compile(r"\[!([A-Za-z]+)\][ \t]*(?:\n|$)")
_ALERT_WITH_TEXT = re.compile(rf"\[!({'|'.join(ALERTS).upper()})\][ \t]*\S")
_SPACES = " \r\t\f"
"""What Markdown takes for spaces; other letters of no ink, such as U+2028, are text."""
_NUMBER = re.compile(r"[\s>]*(\d{1,9})[.)]")
_PARSERS = {
    Dialect.GITHUB: NoteInlineParser(RULES),
    Dialect.OBSIDIAN: NoteInlineParser(OBSIDIAN_RULES, TRIGGER),
}
_SUMMARY = re.compile(r"<summary\b[^>]*>\s*+((?:[^<]|<(?!/summary\b))*+)</summary\b", re.I)
_TEXTS = frozenset({"paragraph", "heading", "block_text"})
_TASK = re.compile(r"\[([ xX])\]\s+")


@dataclass(frozen=True)
class Document:
    """A Markdown file as a tree."""

    blocks: tuple[Token, ...]
    footnotes: dict[str, tuple[Token, ...]] = field(default_factory=dict)
    """The blocks of each footnote by its label, in lower case."""
    longest_address: int = 0
    """Characters of the longest address that links may name by a label."""
    cut_cells: tuple[Token, ...] = ()
    """Texts of cells of tables that are on no card, since no head has a cell for them."""
    lines: tuple[str, ...] = ()
    """The lines of the text."""
    first_line: int = 1
    """The line of the file on which the text begins."""

    def last_line(self, block: Token) -> int:
        """Return the last line of the file that a block stands on."""
        if id(block) not in self._tops:
            return max(_last_lines(block), default=block.line)
        starts = self._starts
        index = bisect_right(starts, block.line)
        end = starts[index] if index < len(starts) else self.first_line + len(self.lines)
        last = end - 1
        while last > block.line and not self.lines[last - self.first_line].strip():
            last -= 1
        return last

    def size(self, first: int, last: int) -> int:
        """Return how many characters stand on lines of the file, without spaces at their ends."""
        sizes, before = self._sizes, self.first_line
        return sizes[min(last + 1 - before, len(sizes) - 1)] - sizes[first - before]

    @cached_property
    def text_size(self) -> int:
        """How many characters the blocks have that are no headings."""
        shown = (block for block in self.blocks if block.type != "heading")
        return sum(self.size(block.line, self.last_line(block)) for block in shown)

    @cached_property
    def _tops(self) -> set[int]:
        return set(map(id, self.blocks))

    @cached_property
    def _starts(self) -> list[int]:
        return [block.line for block in self.blocks]

    @cached_property
    def _sizes(self) -> list[int]:
        return [0, *accumulate(len(line.strip()) for line in self.lines)]


def _last_lines(block: Token) -> Iterator[int]:
    """Yield lines on which parts of a block end."""
    for token in walk([block]):
        if token.last_line:  # a part of a block
            yield token.last_line
        elif token.passage:
            yield token.passage.rows[-1][0]
        elif token.line:
            yield token.line + token.raw.count("\n") + (token.marker != "")


def read_markdown(
    text: str,
    file: str,
    diagnostics: Diagnostics,
    first_line: int = 1,
    dialect: Dialect = Dialect.GITHUB,
) -> Document:
    """Return the tree of a Markdown text, and add to `diagnostics` what is wrong in it.

    `file` is how messages name it; `first_line` is the line of the file on which the text begins.
    """
    is_obsidian = dialect is Dialect.OBSIDIAN
    rules = (OBSIDIAN_BLOCKS, OBSIDIAN_TOP_BLOCKS) if is_obsidian else ()
    parser = NoteBlockParser(file, diagnostics, *rules)
    state = SourceState()
    state.first_line = first_line
    state.process(text if text.endswith("\n") else text + "\n")
    parser.parse(state)
    lines = text.split("\n")
    reader = _InlineReader(lines, file, first_line, state, dialect, diagnostics)
    blocks = reader.read(state.tokens)
    footnotes = {
        label: reader.read(tokens) for label, tokens in state.env.get("footnotes", {}).items()
    }
    addresses = (len(link["url"]) for link in state.env.get("ref_links", {}).values())
    longest = max(addresses, default=0)
    cut_cells = tuple(map(_as_block, parser.cut_cells))
    return Document(blocks, footnotes, longest, cut_cells, tuple(lines), first_line)


class _InlineReader:
    """Walks the blocks of one file once and reads the lines of text in them."""

    def __init__(
        self,
        lines: list[str],
        file: str,
        first_line: int,
        state: SourceState,
        dialect: Dialect,
        diagnostics: Diagnostics,
    ) -> None:
        self._parser, self._is_obsidian = _PARSERS[dialect], dialect is Dialect.OBSIDIAN
        self._lines, self._file, self._first_line = lines, file, first_line
        self._env = state.env
        self._diagnostics = diagnostics

    def read(self, blocks: list[MistuneToken]) -> tuple[Token, ...]:
        """Return the blocks with their text read."""
        read = self._read_blocks(blocks)
        return tuple(map(_as_block, tidy(read) if self._is_obsidian else read))

    def _read_blocks(self, blocks: list[MistuneToken]) -> Iterator[MistuneToken]:
        for block in blocks:
            kind = block["type"]
            if kind in _TEXTS:
                block["children"] = self._read_text(block)
                yield block
                continue
            if kind == "blank_line":
                continue
            if kind == "block_html":
                yield from self._read_html(block)
                continue
            if kind == "block_quote" and self._is_obsidian:
                read_callout(block)
            elif kind == "block_quote":
                self._read_alert(block)
            elif kind == "obsidian_comment":
                block |= {"type": "comment", "raw": ""}
            elif kind == "separator":
                block |= {"type": "paragraph", "separates": True}
            elif kind == "list" and block["attrs"]["ordered"]:
                self._read_numbers(block)
            elif kind == "list_item":
                self._read_task(block)
            elif kind == "block_math":
                block["rows"] = self._find_rows(block)
            elif kind == "block_code":
                self._read_code(block)
            if "children" in block and kind != "block_code":
                block["children"] = list(self._read_blocks(block["children"]))
            elif "text" in block:
                block["children"] = self._read_text(block)
            yield block

    def _read_text(self, block: MistuneToken) -> list[MistuneToken]:
        passage = self._find_span(block)
        if self._parser.is_plain(passage.text):
            return plain_tokens(passage)
        state = NoteInlineState(self._env, passage)
        state.is_paragraph = block["type"] == "paragraph"
        children: list[MistuneToken] = self._parser.render(state)
        for token in state.located:
            self._locate(token, passage)
        return children

    def _locate(self, token: MistuneToken, passage: SourceSpan) -> None:
        _place(token, passage)
        if diagnostic := check_inline(token, self._file):
            self._diagnostics.append(diagnostic)

    def _read_html_text(self, html: MistuneToken, passage: SourceSpan) -> None:
        """Find the formulas in a block of HTML, and what looks like one."""
        html["formulas"] = []
        for token in read_html_maths(html["raw"], passage, self._env):
            self._locate(token, passage)
            if "rows" in token:
                html["formulas"].append(decoded(token))

    def _read_summaries(self, html: MistuneToken, passage: SourceSpan) -> None:
        """Read the text of each `<summary>`, which may be a question; nothing is reported twice."""
        summaries = []
        for match in _SUMMARY.finditer(html["raw"]):
            state = NoteInlineState(self._env, passage.cut(*match.span(1)))
            children: list[MistuneToken] = self._parser.render(state)
            for token in state.located:
                _place(token, state.passage)
            summaries.append((match.start(1), children))
        if summaries:
            html["summaries"] = summaries

    def _find_span(self, block: MistuneToken) -> SourceSpan:
        """Return a block's text with the line and column of each of its lines."""
        text = block.pop("text").strip(_SPACES + "\n")
        if "from_end" in block:
            source = self._lines[block["line"] - self._first_line].rstrip()
            column = len(source) - block.pop("from_end") + 1
            return SourceSpan(text, ((block["line"], column),), block.pop("escapes"))
        if "\n" not in text:
            return SourceSpan(text, ((block["line"], self._indent(block["line"], text) + 1),))
        lines = _lines_of(text, block["line"], block.pop("gaps", ()))
        rows = tuple((line, self._indent(line, part) + 1) for line, part in lines)
        return SourceSpan(text, rows)

    def _indent(self, line: int, part: str) -> int:
        """Return where a line of a block's text begins in its line of the file.

        It is the end of that line (what was cut off is the indentation and the marks before it),
        or, in a heading, a part of it.
        """
        index, part = line - self._first_line, part.rstrip(_SPACES)
        source = self._lines[index].rstrip(_SPACES) if index < len(self._lines) else ""
        if source.endswith(part.lstrip(_SPACES)):  # of which mistune may have written out a tab
            return len(source) - len(part)
        return max(source.find(part), 0)

    def _find_rows(self, block: MistuneToken) -> tuple[tuple[int, int], ...]:
        """Return the line and column of each row of a formula or fence that is a block."""
        first = block["line"] + ("marker" in block)  # a fence's code begins below its marker
        rows = block["raw"].split("\n")
        lines = range(first, first + len(rows))
        return tuple(
            (line, self._indent(line, row) + 1) for line, row in zip(lines, rows, strict=True)
        )

    def _with_tabs(self, block: MistuneToken) -> str:
        """Return the code of a fence with its tabs."""
        rows: list[str] = block["raw"].split("\n")
        first = block["line"] + 1 - self._first_line
        sources = self._lines[first : first + len(rows)]
        if not any("\t" in source for source in sources):
            return "\n".join(rows)
        return "\n".join(starmap(restore_tabs, zip_longest(rows, sources, fillvalue="")))

    def _find_info(self, block: MistuneToken) -> int:
        """Return the column at which stands what is behind the marker of a fence; 0 without one."""
        marker, index = block.get("marker", ""), block["line"] - self._first_line
        if not marker or index >= len(self._lines):
            return 0
        source = self._lines[index]
        behind = source[source.find(marker) + len(marker) :]
        return len(source) - len(behind.lstrip()) + 1

    def _read_alert(self, quote: MistuneToken) -> None:
        """Turn a quote that opens with a line `[!TIP]` into an alert, as GitHub shows it."""
        first = quote["children"][0] if quote["children"] else {}
        if first.get("type") != "paragraph":
            return
        text = first["text"].lstrip()
        match = _ALERT.match(text)
        if match and match.group(1).lower() in ALERTS:
            quote["type"], quote["attrs"] = "alert", {"name": match.group(1).lower()}
            first["text"], first["line"] = text[match.end() :], first["line"] + 1
            if not first["text"].strip():
                del quote["children"][0]
            return
        where = Location(self._file, first["line"])
        if match and match.group(1).lower() not in KINDS:
            name = match.group(1).lower()
            message = f'unknown alert "{name}"{did_you_mean_or_known(name, ALERTS)}'
            self._diagnostics.append(warning(where, message))
        elif inline := _ALERT_WITH_TEXT.match(text):
            message = (
                f"[!{inline.group(1)}] must stand on a line of its own: break the line after it"
            )
            self._diagnostics.append(warning(where, message))

    def _read_numbers(self, ordered: MistuneToken) -> None:
        """Note the number of each item that has another one in the text, and is not the first."""
        for number, item in enumerate(
            ordered["children"][1:], ordered["attrs"].get("start", 1) + 1
        ):
            match = _NUMBER.match(self._lines[item["line"] - self._first_line])
            if match and int(match.group(1)) != number:
                item["number"], item["written"] = number, int(match.group(1))

    def _read_task(self, item: MistuneToken) -> None:
        first = item["children"][0] if item["children"] else {}
        match = _TASK.match(first.get("text", ""))
        if match:
            first["text"] = first["text"][match.end() :]
            item["attrs"] = {"checked": match.group(1) != " "}

    def _read_code(self, block: MistuneToken) -> None:
        """Read the deletions of a fence that asks; a picture gets the places of its rows."""
        if "marker" not in block:
            return
        raw = block["raw"] = self._with_tabs(block)
        info = block.get("attrs", {}).get("info", "")
        if is_picture(info):
            block["rows"] = self._find_rows(block)
            block["info_column"] = self._find_info(block)
            return
        is_asking = asks(info)
        if not is_asking and not CLOZE_OPEN.search(raw):
            return
        passage, language = SourceSpan(raw, self._find_rows(block)), language_in(info)
        if is_asking:
            del block["raw"]
            block["children"] = read_code(passage, language, self._file, self._diagnostics)
        else:
            self._diagnostics += check_unmarked(passage, language, self._file)

    def _read_html(self, block: MistuneToken) -> Iterator[MistuneToken]:
        block["raw"] = without_controls(block["raw"])
        whole = SourceSpan(block["raw"], self._find_rows(block))
        for part in _split_comments(block):
            if part["type"] == "block_html":
                start = part.pop("start")
                passage = whole.cut(start, start + len(part["raw"]))
                part["passage"] = passage
                self._read_html_text(part, passage)
                self._read_summaries(part, passage)
                self._report_markdown_in_html(part)
            yield part

    def _report_markdown_in_html(self, html: MistuneToken) -> None:
        raw, where = html["raw"], Location(self._file, html["line"])
        if match := CLOZE_OPEN.search(raw):
            line = html["line"] + raw.count("\n", 0, match.start())
            message = "no cloze within HTML: put blank lines around its text, or write Markdown"
            self._diagnostics.append(warning(Location(self._file, line), message))
        if not raw.lstrip().startswith("<"):
            message = "text behind a comment is HTML and no Markdown: move the comment to its end"
            self._diagnostics.append(warning(where, message))


def _as_block(read: MistuneToken) -> Token:
    """Return a block that has been read, with all below it, as it stays from now on."""
    types: set[str] = set()
    block = _as_token(read, types)
    block.keep_types(types)
    return block


def _as_token(read: MistuneToken, types: set[str]) -> Token:
    """Return a token as it stays from now on; add its type, and those below it, to `types`."""
    types.add(read["type"])
    if "attrs" in read:
        read |= read.pop("attrs")
        if "_autolink" in read:
            read["autolink"] = read.pop("_autolink")
    if "children" in read:
        read["children"] = [_as_token(child, types) for child in read["children"]]
    elif read["type"] == "block_html":
        read["formulas"] = [_as_token(formula, set()) for formula in read["formulas"]]
        read["summaries"] = [
            (place, [_as_token(child, set()) for child in children])
            for place, children in read.get("summaries", ())
        ]
    return Token.of(read)


def _lines_of(text: str, first: int, gaps: Iterable[Gap]) -> Iterator[tuple[int, str]]:
    """Yield each line of a text with its line in the file; definitions between them are `gaps`."""
    skipped, skipped_at = 0, {gap.row: gap.skipped for gap in gaps}
    for row, part in enumerate(text.split("\n")):
        skipped = skipped_at.get(row, skipped)
        yield first + row + skipped, part


def _place(token: MistuneToken, passage: SourceSpan) -> None:
    """Turn a token's offset in a block's text into a line and a column of the file."""
    token["line"], token["column"] = passage.place(token.pop("offset"))
    if "raw_offset" in token:
        first = token.pop("raw_offset")
        ends = (match.end() for match in re.finditer("\n", token["raw"]))
        begins = [first, *(first + end for end in ends)]
        token["rows"] = tuple(map(passage.place, begins))
        token["escapes"] = passage.escapes_within(first, first + len(token["raw"]))


def _split_comments(block: MistuneToken) -> Iterator[MistuneToken]:
    """Yield a block of HTML as comments and the HTML between them."""
    raw, end, line = block["raw"].rstrip("\n"), 0, block["line"]
    for start, close in [*_find_comments(raw), (len(raw), None)]:
        between = raw[end:start]
        if between.strip():
            space = between[: len(between) - len(between.lstrip())]
            text = between.lstrip("\n")
            place = {"line": line + space.count("\n"), "start": start - len(text)}
            yield block | {"raw": text, **place}
        line += between.count("\n")
        if close is not None:
            comment = raw[start + 4 : close]
            yield {"type": "comment", "raw": comment, "line": line}
            line, end = line + comment.count("\n"), close + 3


def _find_comments(raw: str) -> Iterator[tuple[int, int]]:
    """Yield where each comment begins, and where its `-->` stands."""
    start = raw.find("<!--")
    while start >= 0:
        close = raw.find("-->", start + 4)
        if close < 0:
            return
        yield start, close
        start = raw.find("<!--", close + 3)
