"""The style of lines that begin with `Q:` and `A:`, or with `问：` and `答：`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from deckpress.markdown import Token, cut_text, plain_text
from deckpress.notes.styles import Heading, Item, Split
from deckpress.notes.styles.blocks import (
    Section,
    Sections,
    as_paragraph,
    cut_block,
    line_of,
    opened,
    split_lines,
    without_break,
)
from deckpress.notes.styles.questions import any_of
from deckpress.patterns import lazy_pattern

_QUESTION_LABELS = any_of("question", "question_letters")
_ANSWER_LABELS = any_of("answer", "explanation", "answer_letters")
_END = r"\s*(?:\d+\s*[:：.)、]|[:：])\s*"
_QUESTION = lazy_pattern(rf"\s*(?:{_QUESTION_LABELS}){_END}", re.I)
_ANSWER = lazy_pattern(rf"\s*(?:{_ANSWER_LABELS}){_END}", re.I)
_LABEL_END = r"[\s*_]*(?:\d+[\s*_]*[:：.)、]|[:：])"
_LINE = re.compile(rf"[\s*_#+-]*(?:{_QUESTION_LABELS}){_LABEL_END}", re.I)
_ANSWER_LINE = lazy_pattern(rf"[\s*_]*(?:{_ANSWER_LABELS}){_LABEL_END}", re.I)


def has_questions(lines: Sequence[str]) -> bool:
    """Return whether any line of a file begins with a label of questions."""
    return any(map(_LINE.match, lines))


def has_answers(lines: Sequence[str]) -> bool:
    """Return whether any line of a file begins with a label of answers."""
    return any(map(_ANSWER_LINE.match, lines))


def split_qa(blocks: Sequence[Token]) -> Split:
    """Return the notes of a file with lines `Q:` and `A:`; what follows an answer is part of it."""
    reader = _Reader()
    for block in blocks:
        reader.read(block)
    reader.sections.leave_out_outside()
    reader.sections.split.items += map(_item, reader.asked)
    return reader.sections.split


class _Reader:
    """Opens a section at each label of a question, and finds where its answer begins."""

    def __init__(self) -> None:
        self.sections, self.asked = Sections(), list[Section]()

    def read(self, block: Token) -> None:
        """Read a block of the file."""
        if block.type == "heading" and not _is_underlined(block):
            self._read_heading(block)
            return
        for inner in _spread(block):
            for part in _parts(inner):
                self._read_part(part, self.sections.headings.context())

    def _read_heading(self, heading: Token) -> None:
        label, rest = _read_label(heading.children) if heading.children else ("", [])
        text = as_paragraph(heading.replace(children=rest))
        if label == "answer" and self._lacks_answer():
            self._read_part(_Part(as_paragraph(heading), text, label), ())
            return
        self.sections.enter(heading)
        if label == "question":
            context = self.sections.headings.context()[:-1]
            self._read_part(_Part(as_paragraph(heading), text, label), context)

    def _read_part(self, part: _Part, context: tuple[Heading, ...]) -> None:
        if part.label == "question":
            self.asked.append(Section(part.text.line, [part.text], context))
            self.sections.open(self.asked[-1])
        elif part.label and self._lacks_answer():
            self.asked[-1].answer_at = len(self.asked[-1].body)
            self.sections.add(part.text)
        else:
            self.sections.add(part.whole)

    def _lacks_answer(self) -> bool:
        return self.sections.is_open and self.asked[-1].answer_at is None


def _is_underlined(heading: Token) -> bool:
    """Return whether lines with labels are a heading only by the rule `---` right below them."""
    lines = split_lines(heading.children)
    return len(lines) > 1 and any(_read_label(line)[0] for line in lines)


def _spread(block: Token) -> Iterator[Token]:
    """Yield the blocks of a list whose items begin with labels, and lines with labels below one."""
    if block.type == "heading":
        yield as_paragraph(block)
    elif block.type == "list" and any(map(_has_label, block.children)):
        yield from chain.from_iterable(map(opened, block.children))
    elif block.type == "list" and (parts := cut_block(block, _begins_with_label)):
        yield from parts
    else:
        yield block


def _has_label(item: Token) -> bool:
    first = item.children[0] if item.children else item
    is_text = first.type in ("paragraph", "block_text") and bool(first.children)
    return is_text and _begins_with_label(split_lines(first.children)[0])


def _begins_with_label(line: Sequence[Token]) -> bool:
    return bool(_read_label(line)[0])


def _item(section: Section) -> Item:
    """Return a section as an item: what stands above the answer is the question."""
    blocks = (*section.asked, *section.body)
    asked = 1 if section.answer_at is None else 1 + section.answer_at
    return Item(section.line, blocks, section.context, asked=asked)


class _Part(NamedTuple):
    """A part of a paragraph: with and without the label that it begins with, if it has one."""

    whole: Token
    text: Token
    label: str = ""


def _parts(block: Token) -> Iterator[_Part]:
    """Yield the parts of a paragraph that begin with a label; any other block as it is."""
    if block.type != "paragraph":
        yield _Part(block, block)
        return
    whole, text, label = list[Token](), list[Token](), ""
    for line in split_lines(block.children):
        new_label, rest = _read_label(line)
        if new_label and whole:
            yield _Part(_paragraph(block, whole), _paragraph(block, text), label)
            whole, text = [], []
        label = new_label or label
        whole, text = [*whole, *line], [*text, *rest]
    if whole:
        yield _Part(_paragraph(block, whole), _paragraph(block, text), label)


def split_at_answer(block: Token) -> tuple[Token, Token] | None:
    """Return the question and the answer in a paragraph that a label divides; None without one."""
    parts = list(_parts(block))
    labels = [part.label for part in parts]
    if len(parts) < 2 or labels[0] == "answer" or labels[1] != "answer":
        return None
    rest = [token for part in parts[1:] for token in _tokens(part, parts[1])]
    return parts[0].whole, _paragraph(block, rest)


def _tokens(part: _Part, first: _Part) -> list[Token]:
    """Return the text of a part, with a break before it where it is not the first."""
    if part is first:
        return list(part.text.children)
    return [Token(type="softbreak"), *part.whole.children]


def _paragraph(block: Token, children: list[Token]) -> Token:
    line = line_of(children) or block.line
    return block.replace(children=without_break(children), line=line)


def _read_label(line: Sequence[Token]) -> tuple[str, list[Token]]:
    """Return which label a line begins with, if it does, and the line without it."""
    first = line[0]
    for label, pattern in (("question", _QUESTION), ("answer", _ANSWER)):
        if first.type == "text" and (match := pattern.match(first.raw)):
            return label, [*cut_text(first, match.end(), len(first.raw)), *line[1:]]
        if first.type in ("strong", "emphasis"):
            inner = plain_text([first])
            text = first.children[0] if first.children else first
            match = pattern.match(text.raw) if text.type == "text" else None
            if match and match.end() < len(text.raw):
                cut = cut_text(text, match.end(), len(text.raw))
                return label, [first.replace(children=[*cut, *first.children[1:]]), *line[1:]]
            if pattern.fullmatch(inner + " "):
                return label, _without_space(line[1:])
            if len(line) > 1 and line[1].type == "text":
                match = pattern.fullmatch(f"{inner}{line[1].raw[:1]} ")
                if match:
                    rest = cut_text(line[1], 1, len(line[1].raw))
                    return label, _without_space([*rest, *line[2:]])
    return "", list(line)


def _without_space(line: Sequence[Token]) -> list[Token]:
    if line and line[0].type == "text" and line[0].origins:
        raw = line[0].raw
        return [*cut_text(line[0], len(raw) - len(raw.lstrip()), len(raw)), *line[1:]]
    return list(line)
