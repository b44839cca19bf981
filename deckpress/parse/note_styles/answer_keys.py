"""Answer keys: the answers of numbered questions, gathered under a heading below them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from deckpress.notes import Token, plain_text
from deckpress.parse.note_styles.asking import asks, is_key_title, number_of
from deckpress.parse.note_styles.outline import is_ordered_list, level

_FEWEST = 2
"""Answers that make a key."""
_LABEL: Token = {"type": "paragraph", "children": [{"type": "text", "raw": "Answer"}]}
"""What parts a question, and all that belongs to it, from its answer."""


@dataclass(frozen=True)
class Answered:
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
        found = answers.keys() & numbers.values()
        if len(found) < _FEWEST or 2 * len(found) < len(answers):
            placed += [*part, *key]
            continue
        placed += _place(part, answers, numbers)
        titles += (block for block in key if block["type"] == "heading")
        spare += (block for number in answers.keys() - found for block in answers[number])
    return Answered(tuple(placed), tuple(titles), tuple(spare))


def _parts(blocks: Sequence[Token]) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
    """Yield what stands above each key, and the key; last what stands below all."""
    start = index = 0
    while index < len(blocks):
        if blocks[index]["type"] == "heading" and is_key_title(plain_text([blocks[index]])):
            end = _end_of_section(blocks, index)
            yield blocks[start:index], blocks[index:end]
            start = index = end
        else:
            index += 1
    yield blocks[start:], ()


def _end_of_section(blocks: Sequence[Token], start: int) -> int:
    depth = level(blocks[start])
    for index in range(start + 1, len(blocks)):
        if blocks[index]["type"] == "heading" and level(blocks[index]) <= depth:
            return index
    return len(blocks)


def _read_answers(key: Sequence[Token]) -> Mapping[int, list[Token]]:
    """Return the answers of a key by their numbers; none if it holds anything else, or asks."""
    answers: dict[int, list[Token]] = {}
    current: list[Token] | None = None
    for block in key[1:]:
        if block["type"] == "heading":
            number = number_of(plain_text([block]))
            if number is None or number in answers or asks(plain_text([block])):
                return {}
            current = answers[number] = []
        elif current is not None:
            current.append(block)
        elif is_ordered_list(block):
            for number, item in _numbered(block):
                if number in answers or asks(plain_text(item["children"][:1])):
                    return {}
                answers[number] = list(item["children"])
        elif block["type"] not in ("comment", "thematic_break"):
            return {}
    return {number: blocks for number, blocks in answers.items() if blocks}


def _numbered(block: Token) -> Iterator[tuple[int, Token]]:
    yield from enumerate(block["children"], int(block["attrs"].get("start", 1)))


def _numbers_of(blocks: Sequence[Token], answers: Collection[int]) -> Mapping[int, int]:
    """Return the numbers of the questions to some answers, by the `id` of the item or heading.

    There are none if two have the same number.
    """
    for found in (_items(blocks), _headings(blocks)):
        numbers = {id(token): number for token, number in found}
        different = set(numbers.values())
        if len(different) == len(numbers) and len(different.intersection(answers)) >= _FEWEST:
            return numbers
    return {}


def _items(blocks: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Yield the items of numbered lists that have no answer, with their numbers."""
    for block in blocks:
        for number, item in _numbered(block) if is_ordered_list(block) else ():
            if not any(child["type"] == "paragraph" for child in item["children"][1:]):
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
        item | {"children": [*item["children"], *_labelled(answers, numbers.get(id(item), 0))]}
        for item in block["children"]
    ]
    return block | {"children": items}


def _labelled(answers: Mapping[int, list[Token]], number: int) -> list[Token]:
    answer = answers.get(number)
    return [_LABEL | {"line": answer[0]["line"]}, *answer] if answer else []


def _headings(blocks: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Yield the headings that have a number, of the level that has most of them."""
    found = [
        (block, number)
        for block in blocks
        if block["type"] == "heading" and (number := number_of(plain_text([block]))) is not None
    ]
    levels = [level(block) for block, _ in found]
    depth = max(levels, key=levels.count, default=0)
    yield from ((block, number) for block, number in found if level(block) == depth)
