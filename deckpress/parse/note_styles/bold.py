"""The style in which bold lines ask."""

from __future__ import annotations

from collections.abc import Sequence

from deckpress.notes import Token, plain_text
from deckpress.parse.note_styles.asking import asks, is_answer_label, is_answer_title, is_numbered
from deckpress.parse.note_styles.folds import blocks_in_answers
from deckpress.parse.note_styles.model import Item, Split
from deckpress.parse.note_styles.outline import INVISIBLE
from deckpress.parse.note_styles.sections import Section, Sections
from deckpress.parse.note_styles.text_lines import line_of, split_lines, without_break


def split_bold(blocks: Sequence[Token]) -> Split:
    """Return the notes of a file whose bold lines ask.

    A bold line is a paragraph that is bold as a whole, or the first line of one, if it asks. Where
    some ask, one with a colon at its end, as *Options:*, is a part of an answer.
    """
    sections, folded = Sections(), blocks_in_answers(blocks)
    found = {id(block): _read_opener(block) for block in blocks if id(block) not in folded}
    openers = {key: opener for key, opener in found.items() if opener}
    if any(_asks(question) for question, _ in openers.values()):
        openers = {key: opener for key, opener in openers.items() if not _is_label(opener[0])}
    for block in blocks:
        if block["type"] == "heading":
            sections.enter(block)
        elif opener := openers.get(id(block)):
            question, rest = opener
            context = sections.headings.context()
            sections.open(Section(block["line"], [question], context, body=rest))
        else:
            sections.add(block)
    sections.leave_out_outside()
    for section in sections.sections:
        blocks_of = (*section.asked, *section.body)
        sections.split.items.append(Item(section.line, blocks_of, section.context))
    return sections.split


def _read_opener(block: Token) -> tuple[Token, list[Token]] | None:
    """Return the question that a paragraph begins with, and what follows it in the paragraph."""
    if block["type"] != "paragraph":
        return None
    if not begins_bold(block):
        return None
    if _is_bold(block["children"]):
        question = _without_bold(block, block["children"])
        return None if _is_answer(question) else (question, [])
    first, *others = split_lines(block["children"]) or [[]]
    if others and _is_bold(without_break(first)):
        question = _without_bold(block, without_break(first))
        rest = [token for line in others for token in line]
        if _asks(question) and not _is_answer(question):
            return question, [block | {"children": rest, "line": line_of(rest)}]
    return None


def begins_bold(block: Token) -> bool:
    """Return whether the first thing in a paragraph that is seen is bold."""
    if block["type"] != "paragraph":
        return False
    seen = (child for child in block["children"] if child["type"] not in INVISIBLE)
    first = next((child for child in seen if child.get("raw") != " "), None)
    return first is not None and first["type"] == "strong"


def _is_answer(line: Token) -> bool:
    """Return whether a bold line is a label of an answer, or says it, as in *Answer: B*."""
    text = plain_text([line])
    return is_answer_label(text) or is_answer_title(text)


def _asks(question: Token) -> bool:
    text = plain_text([question])
    return asks(text) or is_numbered(text)


def _is_label(question: Token) -> bool:
    return not _asks(question) and plain_text([question]).endswith((":", "："))


def _is_bold(children: Sequence[Token]) -> bool:
    visible = [child for child in children if child["type"] not in INVISIBLE]
    return [child["type"] for child in visible if child.get("raw") != " "] == ["strong"]


def _without_bold(block: Token, line: Sequence[Token]) -> Token:
    children: list[Token] = []
    for child in line:
        children += child["children"] if child["type"] == "strong" else [child]
    return block | {"children": children}
