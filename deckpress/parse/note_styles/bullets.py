"""Lists with bullets whose items ask, each with its answer below it."""

from __future__ import annotations

from collections.abc import Sequence

from deckpress.notes import Token, plain_text
from deckpress.parse.note_styles.answers import split_definition, split_first_line
from deckpress.parse.note_styles.asking import asks
from deckpress.parse.note_styles.outline import is_ordered_list, visible

_FEWEST = 2
"""Items that ask and are answered; one by itself may be part of an answer."""


def find_asking_bullets(blocks: Sequence[Token]) -> set[int]:
    """Return the `id` of each list with bullets that asks; none in a file with numbered lists.

    At least half of the items of such a list ask, and two of these have an answer.
    """
    if any(map(is_ordered_list, blocks)):
        return set()
    return {id(block) for block in blocks if block["type"] == "list" and _does_ask(block)}


def _does_ask(block: Token) -> bool:
    items = [_read_item(item) for item in block["children"]]
    asking = [is_answered for is_asking, is_answered in items if is_asking]
    return sum(asking) >= _FEWEST and 2 * len(asking) >= len(items)


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
