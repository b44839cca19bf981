"""The style of lines that begin with `Q:` and `A:`, or with `问：` and `答：`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from deckpress.notes import Token, cut_text, plain_text
from deckpress.parse.note_styles.asking import ANSWER_WORDS, QUESTION_WORDS
from deckpress.parse.note_styles.model import Item, Split
from deckpress.parse.note_styles.outline import as_paragraph
from deckpress.parse.note_styles.sections import Section, Sections
from deckpress.parse.note_styles.text_lines import line_of, split_lines, without_break

_END = r"\s*(?:\d+\s*[:：.)、]|[:：])\s*"
_QUESTION = re.compile(rf"\s*(?:{QUESTION_WORDS}|س){_END}", re.I)
_LABEL_END = r"[\s*_]*(?:\d+[\s*_]*[:：.)、]|[:：])"
_LINE = re.compile(rf"[\s*_#]*(?:{QUESTION_WORDS}|س){_LABEL_END}", re.I)
_ANSWER_LINE = re.compile(rf"[\s*_]*(?:[aroج]|{ANSWER_WORDS}){_LABEL_END}", re.I)
_ANSWER = re.compile(rf"\s*(?:[aroج]|{ANSWER_WORDS}){_END}", re.I)


def has_questions(lines: Sequence[str]) -> bool:
    """Return whether any line of a file begins with a label of questions."""
    return any(map(_LINE.match, lines))


def has_answers(lines: Sequence[str]) -> bool:
    """Return whether any line of a file begins with a label of answers."""
    return any(map(_ANSWER_LINE.match, lines))


def split_qa(blocks: Sequence[Token]) -> Split:
    """Return the notes of a file with lines `Q:` and `A:`; what follows an answer is part of it."""
    sections, asked = Sections(), list[Section]()
    for block in blocks:
        if block["type"] == "heading":
            sections.enter(block)
            if asks := _read_heading(block):
                context = sections.headings.context()[:-1]
                asked.append(Section(block["line"], [asks], context))
                sections.open(asked[-1])
            continue
        for part in _parts(block):
            if part.label == "question":
                line, context = part.text["line"], sections.headings.context()
                asked.append(Section(line, [part.text], context))
                sections.open(asked[-1])
            elif part.label and sections.is_open and asked[-1].answer_at is None:
                asked[-1].answer_at = len(asked[-1].body)
                sections.add(part.text)
            else:
                sections.add(part.whole)
    sections.leave_out_outside()
    sections.split.items += map(_item, asked)
    return sections.split


def _read_heading(heading: Token) -> Token | None:
    """Return the question of a heading with a label, as in `### Q: Why?`."""
    label, rest = _read_label(heading["children"]) if heading["children"] else ("", [])
    return as_paragraph(heading | {"children": rest}) if label == "question" else None


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
    if block["type"] != "paragraph":
        yield _Part(block, block)
        return
    whole, text, label = list[Token](), list[Token](), ""
    for line in split_lines(block["children"]):
        found, rest = _read_label(line)
        if found and whole:
            yield _Part(_paragraph(block, whole), _paragraph(block, text), label)
            whole, text = [], []
        label = found or label
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
        return list(part.text["children"])
    return [{"type": "softbreak"}, *part.whole["children"]]


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
            text = first["children"][0] if first["children"] else first
            found = pattern.match(text["raw"]) if text["type"] == "text" else None
            if found and found.end() < len(text["raw"]):
                cut = cut_text(text, found.end(), len(text["raw"]))
                return label, [first | {"children": [*cut, *first["children"][1:]]}, *line[1:]]
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
