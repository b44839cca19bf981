"""Lists with bullets whose items ask, each with its answer below it."""

from __future__ import annotations

from collections.abc import Sequence, Set

from deckpress.notes import Token, plain_text
from deckpress.parse.note_styles.answers import split_definition, split_first_line
from deckpress.parse.note_styles.asking import asks
from deckpress.parse.note_styles.known import Known
from deckpress.parse.note_styles.outline import is_ordered_list, visible

_FEWEST = 2
"""Items that ask and are answered; one by itself may be part of an answer."""


def find_asking_bullets(blocks: Sequence[Token], steps: Set[int], known: Known) -> set[int]:
    """Return the `id` of each list with bullets that asks.

    At least half of the items of such a list ask, and two of these have an answer; where there is
    such a list, one answer makes another. Below a numbered list, or a heading that asks, bullets
    are part of an answer, up to the next heading; `steps` has the numbered lists that do not ask. A
    list with an answer to one of the `known` questions always asks.
    """
    lists = {id(block): _Bullets(block) for block in blocks if is_bullets(block)}
    has_sure = any(each.are_sure for each in lists.values())
    found, is_in_answer = set[int](), False
    for block in blocks:
        if block["type"] == "heading":
            is_in_answer = asks(plain_text([block]))
        elif is_ordered_list(block):
            is_in_answer |= id(block) not in steps
        elif (each := lists.get(id(block))) and (
            each.have(known) or (has_sure and not is_in_answer and each.may_ask)
        ):
            found.add(id(block))
    return found


def have_asking_bullets(blocks: Sequence[Token]) -> bool:
    """Return whether there is a list of bullets that ask and are answered, wherever it stands."""
    return any(is_bullets(block) and _Bullets(block).are_sure for block in blocks)


def is_bullets(block: Token) -> bool:
    """Return whether a block is a list with bullets."""
    return block["type"] == "list" and not block["attrs"]["ordered"]


class _Bullets:
    """The items of a list that ask, and how many of them have an answer."""

    def __init__(self, block: Token) -> None:
        self._items = [_BulletItem(item) for item in block["children"]]
        asking = [item.is_answered for item in self._items if item.is_asking]
        answered = sum(asking)
        is_half = 2 * len(asking) >= len(self._items)
        self.are_sure = is_half and answered >= _FEWEST
        self.may_ask = is_half and (answered > 0 or len(asking) == len(self._items))

    def have(self, known: Known) -> bool:
        """Return whether an item with an answer is one of the known questions."""
        return bool(known) and any(
            item.is_answered and known.has(item.question) for item in self._items
        )


class _BulletItem:
    """The question of an item, whether it asks, and whether it has an answer."""

    def __init__(self, item: Token) -> None:
        shown = visible(item["children"])
        self.question: Sequence[Token] = shown[:1]
        self.is_asking, self.is_answered = False, len(shown) > 1
        if not shown or shown[0]["type"] not in ("paragraph", "block_text"):
            return
        parts = split_definition(shown[0]) or split_first_line(shown[0])
        if parts:
            self.question, self.is_asking = parts[:1], True
            self.is_answered |= len(parts) > 1
        else:
            self.is_asking = asks(plain_text(shown[:1]))
