"""The style of lines that begin with `Q:` and `A:`, or with `问：` and `答：`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from deckpress.notes import Token, cut_text, plain_text
from deckpress.parse.note_styles.asking import ANSWER_WORDS, QUESTION_WORDS
from deckpress.parse.note_styles.model import Item, Split
from deckpress.parse.note_styles.sections import Section, Sections
from deckpress.parse.note_styles.text_lines import line_of, split_lines, without_break

_END = r"(?:\s*\d+)?\s*[:：.)、]\s*"
_QUESTION = re.compile(rf"\s*(?:{QUESTION_WORDS}){_END}", re.I)
_LINE = re.compile(rf"[\s*_]*(?:{QUESTION_WORDS})\s*\d*[\s*_]*[:：.)、]", re.I)
_ANSWER = re.compile(rf"\s*(?:a|r|o|{ANSWER_WORDS}){_END}", re.I)


def has_questions(lines: Sequence[str]) -> bool:
    """Return whether any line of a file begins with a label of questions."""
    return any(map(_LINE.match, lines))


def split_qa(blocks: Sequence[Token]) -> Split:
    """Return the notes of a file with lines `Q:` and `A:`; what follows an answer is part of it."""
    sections, asked = Sections(), list[Section]()
    for block in blocks:
        if block["type"] == "heading":
            sections.enter(block)
            continue
        for part, label in _parts(block):
            if label == "question":
                context = sections.headings.context()
                asked.append(Section(part["line"], [part], context))
                sections.open(asked[-1])
            elif label == "answer" and asked and sections.is_open:
                asked[-1].answer_at = len(asked[-1].body)
                sections.add(part)
            else:
                sections.add(part)
    sections.leave_out_outside()
    sections.split.items += map(_item, asked)
    return sections.split


def _item(section: Section) -> Item:
    """Return a section as an item: what stands above the answer is the question."""
    blocks = (*section.asked, *section.body)
    asked = 1 if section.answer_at is None else 1 + section.answer_at
    return Item(section.line, blocks, section.context, asked=asked)


def _parts(block: Token) -> Iterator[tuple[Token, str]]:
    """Yield the parts of a paragraph that begin with a label, and the label; others as they are."""
    if block["type"] != "paragraph":
        yield block, ""
        return
    part, label = list[Token](), ""
    for line in split_lines(block["children"]):
        found, rest = _read_label(line)
        if found:
            if part:
                yield _paragraph(block, part), label
            part, label = rest, found
        else:
            part += line
    if part:
        yield _paragraph(block, part), label


def _paragraph(block: Token, children: list[Token]) -> Token:
    line = line_of(children) or block["line"]
    return block | {"children": without_break(children), "line": line}


def _read_label(line: list[Token]) -> tuple[str, list[Token]]:
    """Return which label a line begins with, if it does, and the line without it."""
    first = line[0]
    for label, pattern in (("question", _QUESTION), ("answer", _ANSWER)):
        if first["type"] == "text" and (found := pattern.match(first["raw"])):
            return label, [*cut_text(first, found.end(), len(first["raw"])), *line[1:]]
        if first["type"] in ("strong", "emphasis"):
            inner = plain_text([first])
            if pattern.fullmatch(inner + " "):
                return label, _without_space(line[1:])
            if len(line) > 1 and line[1]["type"] == "text":
                found = pattern.fullmatch(f"{inner}{line[1]['raw'][:1]} ")
                if found:
                    rest = cut_text(line[1], 1, len(line[1]["raw"]))
                    return label, _without_space([*rest, *line[2:]])
    return "", line


def _without_space(line: list[Token]) -> list[Token]:
    if line and line[0]["type"] == "text" and "origins" in line[0]:
        raw = line[0]["raw"]
        return [*cut_text(line[0], len(raw) - len(raw.lstrip()), len(raw)), *line[1:]]
    return line
