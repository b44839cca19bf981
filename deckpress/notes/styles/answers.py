"""Where the answer of a note begins, if not behind its first block; and answers gathered below."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from deckpress.markdown import Token, cut_text, plain_text, walk
from deckpress.notes.styles.blocks import (
    cut_block,
    is_ordered_list,
    level,
    line_of,
    may_have_lines,
    split_lines,
    without_break,
)
from deckpress.notes.styles.folds import (
    Fold,
    Position,
    between,
    find_folds,
    opens_fold,
    separate_ends,
)
from deckpress.notes.styles.questions import (
    asks,
    is_answer_label,
    is_answer_title,
    is_answer_with_text,
    is_explanation,
    is_key_title,
    may_be_label,
    number_of,
)
from deckpress.patterns import lazy_pattern

_CHOICE = lazy_pattern(r"\W*(?:[A-Za-z\d甲乙丙丁戊])(?:[.)、．:：\]]|\W*\s)")
_COLON = re.compile(r":(?:\s+|$)")
_MARKS = ("?", "？", "؟")
_MOST_PARTS = 4
"""Pieces of text of a label, as in `**Answer** :`; what has more is no label."""
_FEWEST = 2
"""Answers that make a key."""
_LABEL: Token = Token(type="paragraph", children=[Token(type="text", raw="Answer")])
"""What parts a question, and all that belongs to it, from its answer."""


def find_answer(blocks: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return the question and the answer of a note's blocks.

    The question is all above a paragraph that is just a label, as `Answer:`, or above the title of
    an answer, or above the first `<details>` with such a label; else the first block.
    What the only such `<details>` folds is the answer without it.
    """
    folds: Sequence[Fold] = ()
    if any(map(opens_fold, blocks)):
        blocks = separate_ends(blocks)
        folds = find_folds(blocks)
    if split := _find_folded(blocks, folds):
        return split
    folded = {index for fold in folds for index in range(fold.start.block, fold.end.block + 1)}
    for index in range(1, len(blocks)):
        has_more = index + 1 < len(blocks)
        skipped = None if index in folded else _count_label(blocks[index], has_more=has_more)
        if skipped is not None and not (index > 1 and _is_behind_answer(blocks, index)):
            return blocks[:index], blocks[index + skipped :]
        parts = None if index in folded else cut_block(blocks[index], _says_answer)
        if parts and (_are_choices(parts[0]) or not _ends_with_mark(blocks[:1])):
            return [*blocks[:index], parts[0]], [parts[1], *blocks[index + 1 :]]
    return blocks[:1], blocks[1:]


def _are_choices(block: Token) -> bool:
    """Return whether a block is a list, or lines that begin as `A)` or `1.`, and so no answer."""
    if block.type == "list":
        return True
    lines = split_lines(block.children)
    return len(lines) > 1 and all(_CHOICE.match(plain_text(line)) for line in lines)


def _says_answer(line: Sequence[Token]) -> bool:
    """Return whether a line begins with a label of an answer and goes on, as in `Answer: B`."""
    text = [token for token in line if token.type != "inline_html"]
    return may_be_label(_beginning(text)) and is_answer_with_text(plain_text(text))


def split_definition(paragraph: Token) -> tuple[Token, ...] | None:
    """Return the question and the answer of a paragraph in which a line begins with `: `.

    So PHP Markdown Extra writes definitions. Without a text behind the colon there is no answer.
    None if no line but the first begins so.
    """
    parts = cut_block(paragraph, lambda line: _find_colon(line) is not None)
    if parts is None:
        return None
    question, below = parts
    first, *rest = below.children
    colon = _find_colon(below.children)
    assert colon is not None
    answer = [*cut_text(first, colon.end(), len(first.raw)), *rest]
    return (question, below.replace(children=answer)) if answer else (question,)


def _find_colon(line: Sequence[Token]) -> re.Match[str] | None:
    return _COLON.match(line[0].raw) if line[0].type == "text" else None


def split_first_line(paragraph: Token) -> tuple[Token, Token] | None:
    """Return the question and the answer of a paragraph whose first line ends with `?`."""
    if not may_have_lines(paragraph.children):
        return None
    first, *other_lines = split_lines(paragraph.children)
    if not other_lines or not _ends_with_mark(first):
        return None
    rest = [token for line in other_lines for token in line]
    place = {"line": line_of(rest) or paragraph.line}
    return paragraph.replace(children=without_break(first)), paragraph.replace(
        children=rest
    ).replace(**place)


def _count_label(block: Token, *, has_more: bool) -> int | None:
    """Return how many blocks are a label of an answer: this one or none; None if no answer begins.

    The title of an answer may say something, as in `Answer: B`, and is a part of it.
    """
    if block.type not in ("heading", "paragraph") or not may_be_label(_beginning([block])):
        return None
    if block.type == "heading":
        text = plain_text([block])
        if not is_answer_title(text):
            return None
        return 1 if has_more and is_answer_label(text) else 0
    if has_more and _is_label(block):
        return 1
    return 0 if is_answer_with_text(plain_text([block])) else None


def _beginning(tokens: Iterable[Token]) -> str:
    """Return the first pieces of text of a block or line: a label is in these."""
    pieces = (token.raw for token in walk(tokens) if token.raw)
    return "".join(islice(pieces, 2))


def _is_behind_answer(blocks: Sequence[Token], index: int) -> bool:
    """Return whether a label is of an explanation, and what stands above it is an answer."""
    return is_explanation(plain_text([blocks[index]])) and _is_answered(blocks[:index])


def _is_answered(blocks: Sequence[Token]) -> bool:
    """Return whether the first block asks by its mark, and what follows is an answer.

    So is a text, or a list that offers no choices.
    """
    texts = any(
        block.type == "paragraph" or (block.type == "list" and not _offers(block))
        for block in blocks[1:]
    )
    return texts and _ends_with_mark(blocks[:1])


def _offers(block: Token) -> bool:
    """Return whether a list offers choices: with boxes, or by `A)` or `1.` in its items."""
    items = block.children
    texts = (plain_text(item.children, markers=False) for item in items)
    return any(item.checked is not None for item in items) or all(map(_CHOICE.match, texts))


def _ends_with_mark(tokens: Sequence[Token]) -> bool:
    return plain_text(tokens).endswith(_MARKS)


def count_above_rule(blocks: Sequence[Token]) -> int:
    """Return how many blocks stand above the only rule `---` among blocks; 0 if there is none.

    A rule below a question and its answer only divides what follows, such as a source.
    """
    rules = [index for index, block in enumerate(blocks) if block.type == "thematic_break"]
    if len(rules) != 1 or rules[0] == len(blocks) - 1 or _is_answered(blocks[: rules[0]]):
        return 0
    return rules[0]


def _is_label(paragraph: Token) -> bool:
    children = paragraph.children
    if len(children) > _MOST_PARTS or not is_answer_label(plain_text([paragraph])):
        return False
    return len(split_lines(children)) == 1


def _find_folded(
    blocks: Sequence[Token], folds: Sequence[Fold]
) -> tuple[list[Token], list[Token]] | None:
    """Return question and answer where a fold with the label of an answer divides them.

    Such a fold is opened, if it alone answers; of several answers each keeps its label.
    """
    answers = [fold for fold in folds if fold.is_answer]
    if not answers:
        return None
    first, end = answers[0], Position(len(blocks), 0)
    question = between(blocks, Position(0, 0), first.start)
    labels = [_count_label(block, has_more=True) for block in question[1:]]
    if labels and labels[-1] == 1:  # a line `Answer:` above the fold
        question, labels = question[:-1], labels[:-1]
    if any(label is not None for label in labels):
        return None
    if not question or (is_explanation(first.label) and _is_answered(question)):
        return None
    more = [fold for fold in answers[1:] if not is_explanation(fold.label)]
    if more or (answers[1:] and is_explanation(first.label)):
        return question, between(blocks, first.start, end)
    return (question, [*first.body, *between(blocks, first.end, end)]) if first.body else None


def untick(question: list[Token], answer: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return a question without ticks at its choices `- [x]`, and the answer below the ticked ones.

    Who ticks the right choice does not mean to show it with the question.
    """
    ticked = [block for block in question[1:] if _has_ticks(block)]
    if not ticked:
        return question, answer
    asked = [_without_ticks(block) if block in ticked else block for block in question]
    return asked, [*ticked, *answer]


def _has_ticks(block: Token) -> bool:
    """Return whether a block is a list of choices, of which some are ticked and some are not."""
    items = block.children if block.type == "list" else ()
    return {item.checked for item in items if item.checked is not None} == {True, False}


def _without_ticks(block: Token) -> Token:
    items = [
        item.replace(checked=False) if item.checked is not None else item for item in block.children
    ]
    return block.replace(children=items)


class Answered(NamedTuple):
    """The blocks of a file, with the answers of a key at their questions."""

    blocks: tuple[Token, ...]
    titles: tuple[Token, ...] = ()
    """The headings of the keys, and those of the answers in them, which are on no card."""
    spare: tuple[Token, ...] = ()
    """The answers that have no question of their number."""


def place_answers(blocks: Sequence[Token]) -> Answered:
    """Return the blocks of a file with the answers of each key below the questions above it.

    A key is what stands under a heading such as *Answers*, by numbers: a list, or headings such as
    *Answer 1*. It is one if most of its numbers are those of questions above it, which are items of
    lists without an answer, or headings; and if it does not ask itself, as a chapter on *Solutions*
    may.
    """
    placed, titles, spare = list[Token](), list[Token](), list[Token]()
    for part, key in _parts(blocks):
        answers = _read_answers(key) if key else {}
        numbers = _numbers_of(part, answers) if answers else {}
        answered = answers.keys() & numbers.values()
        if len(answered) < _FEWEST or 2 * len(answered) < len(answers):
            placed += [*part, *key]
            continue
        placed += _place(part, answers, numbers)
        titles += (block for block in key if block.type == "heading")
        spare += (block for number in answers.keys() - answered for block in answers[number])
    return Answered(tuple(placed), tuple(titles), tuple(spare))


def _parts(blocks: Sequence[Token]) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
    """Yield what stands above each key, and the key; last what stands below all."""
    start = index = 0
    while index < len(blocks):
        if blocks[index].type == "heading" and is_key_title(blocks[index].text):
            end = _end_of_section(blocks, index)
            yield blocks[start:index], blocks[index:end]
            start = index = end
        else:
            index += 1
    yield blocks[start:], ()


def _end_of_section(blocks: Sequence[Token], start: int) -> int:
    depth = level(blocks[start])
    for index in range(start + 1, len(blocks)):
        if blocks[index].type == "heading" and level(blocks[index]) <= depth:
            return index
    return len(blocks)


def _read_answers(key: Sequence[Token]) -> Mapping[int, list[Token]]:
    """Return the answers of a key by their numbers; none if it holds anything else, or asks."""
    answers: dict[int, list[Token]] = {}
    current: list[Token] | None = None
    for block in key[1:]:
        if block.type == "heading":
            number = number_of(block.text)
            if number is None or number in answers or asks(block.text):
                return {}
            current = answers[number] = []
        elif current is not None:
            current.append(block)
        elif is_ordered_list(block):
            for number, item in _numbered(block):
                if number in answers or asks(plain_text(item.children[:1])):
                    return {}
                answers[number] = list(item.children)
        elif block.type not in ("comment", "thematic_break"):
            return {}
    return {number: blocks for number, blocks in answers.items() if blocks}


def _numbered(block: Token) -> Iterator[tuple[int, Token]]:
    yield from enumerate(block.children, block.start)


def _numbers_of(blocks: Sequence[Token], answers: Collection[int]) -> Mapping[int, int]:
    """Return the numbers of the questions to some answers, by the `id` of the item or heading.

    There are none if two have the same number.
    """
    for numbered in (_items(blocks), _headings(blocks)):
        numbers = {id(token): number for token, number in numbered}
        different = set(numbers.values())
        if len(different) == len(numbers) and len(different.intersection(answers)) >= _FEWEST:
            return numbers
    return {}


def _items(blocks: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Yield the items of numbered lists that have no answer, with their numbers."""
    for block in blocks:
        for number, item in _numbered(block) if is_ordered_list(block) else ():
            if not any(child.type == "paragraph" for child in item.children[1:]):
                yield item, number


def _place(
    blocks: Sequence[Token], answers: Mapping[int, list[Token]], numbers: Mapping[int, int]
) -> list[Token]:
    """Return blocks with the answers below the questions of their numbers."""
    placed, open_number = list[Token](), 0
    for block in blocks:
        if is_ordered_list(block):
            placed.append(_with_answers(block, answers, numbers))
            continue
        if id(block) in numbers:
            placed += _labelled(answers, open_number)
            open_number = numbers[id(block)]
        placed.append(block)
    return [*placed, *_labelled(answers, open_number)]


def _with_answers(
    block: Token, answers: Mapping[int, list[Token]], numbers: Mapping[int, int]
) -> Token:
    items = [
        item.replace(children=[*item.children, *_labelled(answers, numbers.get(id(item), 0))])
        for item in block.children
    ]
    return block.replace(children=items)


def _labelled(answers: Mapping[int, list[Token]], number: int) -> list[Token]:
    answer = answers.get(number)
    return [_LABEL.replace(line=answer[0].line), *answer] if answer else []


def _headings(blocks: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Yield the headings that have a number, of the level that has most of them."""
    numbered = [
        (block, number)
        for block in blocks
        if block.type == "heading" and (number := number_of(block.text)) is not None
    ]
    levels = [level(block) for block, _ in numbered]
    depth = max(levels, key=levels.count, default=0)
    yield from ((block, number) for block, number in numbered if level(block) == depth)
