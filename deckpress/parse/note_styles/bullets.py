"""Lists with bullets whose items ask, each with its answer below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from deckpress.notes import Token, cut_text, plain_text
from deckpress.parse.note_styles.asking import asks
from deckpress.parse.note_styles.outline import is_ordered_list, visible
from deckpress.parse.note_styles.text_lines import BREAKS, line_of

_COLON = re.compile(r":(?:\s+|$)")
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
    return asks(plain_text(shown[:1])), len(shown) > 1


def split_definition(paragraph: Token) -> tuple[Token, ...] | None:
    """Return the question and the answer of a paragraph in which a line begins with `: `.

    So PHP Markdown Extra writes definitions. Without a text behind the colon there is no answer.
    None if no line but the first begins so.
    """
    children = paragraph["children"]
    for index, (before, child) in enumerate(pairwise(children), 1):
        if before["type"] not in BREAKS or child["type"] != "text":
            continue
        if colon := _COLON.match(child["raw"]):
            rest = cut_text(child, colon.end(), len(child["raw"]))
            answer = {"children": [*rest, *children[index + 1 :]]}
            place = {"line": line_of([child]) or paragraph["line"]}
            question = paragraph | {"children": children[: index - 1]}
            below = paragraph | answer | place
            return (question, below) if answer["children"] else (question,)
    return None
