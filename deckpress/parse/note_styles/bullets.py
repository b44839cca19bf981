"""Lists with bullets whose items ask, each with its answer below it."""

from __future__ import annotations

from collections.abc import Sequence, Set

from deckpress.notes import Token, plain_text
from deckpress.parse.note_styles.answers import split_definition, split_first_line
from deckpress.parse.note_styles.asking import asks
from deckpress.parse.note_styles.known import NOTHING, Known
from deckpress.parse.note_styles.outline import is_ordered_list, visible

_FEWEST = 2
"""Items that ask and are answered; one by itself may be part of an answer."""


def find_asking_bullets(
    blocks: Sequence[Token], steps: Set[int] = frozenset(), known: Known = NOTHING
) -> set[int]:
    """Return the `id` of each list with bullets that asks.

    At least half of the items of such a list ask, and two of these have an answer; where there is
    such a list, one answer makes another. Below a numbered list bullets are part of its answers, up
    to the next heading; `steps` has the numbered lists that do not ask. A list with one of the
    `known` questions always asks.
    """
    lists = {id(block): _Bullets(block) for block in blocks if is_bullets(block)}
    has_sure = any(each.are_sure for each in lists.values())
    found, is_below = set[int](), False
    for block in blocks:
        if block["type"] == "heading":
            is_below = False
        elif is_ordered_list(block):
            is_below |= id(block) not in steps
        elif (each := lists.get(id(block))) and (
            each.have(known) or (has_sure and not is_below and each.may_ask)
        ):
            found.add(id(block))
    return found


def is_bullets(block: Token) -> bool:
    """Return whether a block is a list with bullets."""
    return block["type"] == "list" and not block["attrs"]["ordered"]


class _Bullets:
    """The items of a list that ask, and how many of them have an answer."""

    def __init__(self, block: Token) -> None:
        items = [_read_item(item) for item in block["children"]]
        asking = [is_answered for is_asking, is_answered in items if is_asking]
        answered = sum(asking)
        is_half = 2 * len(asking) >= len(items)
        self._block = block
        self.are_sure = is_half and answered >= _FEWEST
        self.may_ask = is_half and (answered > 0 or len(asking) == len(items))

    def have(self, known: Known) -> bool:
        """Return whether an item is one of the known questions."""
        items = self._block["children"]
        return bool(known) and any(known.has(item["children"][:1]) for item in items)


def _read_item(item: Token) -> tuple[bool, bool]:
    """Return whether an item asks, and whether it has an answer."""
    shown = visible(item["children"])
    if not shown or shown[0]["type"] not in ("paragraph", "block_text"):
        return False, False
    if parts := split_definition(shown[0]):
        return True, len(parts) > 1
    if split_first_line(shown[0]):
        return True, True
    return asks(plain_text(shown[:1])), len(shown) > 1
