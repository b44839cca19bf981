"""The style in which callouts of Obsidian ask: `> [!question]- What is …?`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deckpress.notes import Token, plain_text
from deckpress.parse.note_styles.asking import is_answer_label
from deckpress.parse.note_styles.model import Heading, Item, Reason, Split
from deckpress.parse.note_styles.outline import shows_nothing
from deckpress.parse.note_styles.sections import Sections
from deckpress.parse.obsidian.callouts import is_question, is_success, split_title


def split_callouts(blocks: Sequence[Token]) -> Split:
    """Return the notes of a file whose callouts ask: the title asks, the text below it answers."""
    sections = Sections(Reason.AMONG)
    items = list[Item]()
    for block in blocks:
        if block["type"] == "heading":
            sections.enter(block)
        elif is_question(block):
            items.append(read_question(block, sections.headings.context()))
        else:
            sections.add(block)
    sections.leave_out_outside()
    sections.split.items += items
    return sections.split


def read_question(callout: Token, context: tuple[Heading, ...]) -> Item:
    """Return a callout as an item; without a title, its first block asks."""
    title, body = split_title(callout)
    asked = [{key: block[key] for key in block if key != "is_title"} for block in title]
    if body and is_success(body[-1]) and (len(body) > 1 or asked):
        answer = _without_label(body[-1])
        asked += body[:-1]
        return Item(callout["line"], (*asked, *answer), context, asked=len(asked))
    return Item(callout["line"], (*asked, *body), context, asked=len(asked))


def _without_label(callout: Token) -> list[Token]:
    """Return what an answer's callout holds, without a title such as *Answer*."""
    title, body = split_title(callout)
    if title and body and is_answer_label(plain_text(title)):
        return body
    return [*title, *body]


def merge_callouts(items: Iterable[Item], callouts: Sequence[Item]) -> list[Item]:
    """Return the notes of a file and those of its callouts, in the order of the file.

    A heading with nothing but such callouts below it is no note, but above them.
    """
    above = {id(token) for each in callouts for heading in each.context for token in heading}
    kept = [
        item
        for item in items
        if not all(map(shows_nothing, item.blocks[1:])) or not _is_above(item, above)
    ]
    return sorted([*kept, *callouts], key=lambda item: item.line)


def _is_above(item: Item, above: set[int]) -> bool:
    return any(id(token) in above for token in item.blocks[0].get("children", ()))
