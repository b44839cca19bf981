"""The styles of word lists: the rows of tables, and lines `**term**: meaning`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from deckpress.languages.scripts import joins_without_space
from deckpress.markdown import Token, cut_text, plain_text, shows_picture
from deckpress.notes.styles import Item, Reason, Split
from deckpress.notes.styles.blocks import Headings, line_of, split_lines, visible, without_break
from deckpress.patterns import lazy_pattern

_COLON = lazy_pattern(r"\s*(?::(?=\s|$)|：)\s*|\s+[-–—=]\s+")
"""A colon before a space: `std::map` and `http://` are no terms with meanings."""
_COLON_AT_START = re.compile(r"\s*[:：](?!:)\s*")
_NUMBER = re.compile(r"\W*(\d{1,6})\W*")
_NUMBER_HEAD = lazy_pattern(r"#|no\.?|nr\.?|n[°º]|№|id|index|序号|編號|编号|番号|번호|stt|lp\.?")
"""What stands above a column of numbers."""
_COLON_AT_END = re.compile(r"\s*[:：]\s*$")


def split_tables(blocks: Sequence[Token]) -> Split:
    """Return each row of each table as a note: the first cell asks, the others answer.

    Of more than two columns the answer is a table of the others.
    """
    split, headings = Split(), Headings()
    for block in blocks:
        if block.type == "heading":
            headings.enter(block)
        elif block.type == "table" and len(_head(block).children) > 1:
            _split_table(split, block, headings)
        else:
            split.leave_out(Reason.BETWEEN, visible([block]))
    return split


def _head(table: Token) -> Token:
    head: Token = table.children[0]
    return head


def _body(table: Token) -> list[Token]:
    bodies = [part.children for part in table.children[1:]]
    return [row for rows in bodies for row in rows]


def _split_table(split: Split, table: Token, headings: Headings) -> None:
    """Add the rows of a table to a split; one without a word in its first cell is left out."""
    if _counts_rows(table):
        numbers = [row.children[0] for row in (_head(table), *_body(table))]
        split.leave_out(Reason.ROW_NUMBER, numbers)
        table = _without_first_column(table)
    head, line = _head(table), table.line
    cells = head.children if len(head.children) == 2 else head.children[:1]
    whole = head.replace(children=cells, line=line, last_line=line)
    split.leave_out(Reason.TABLE_HEAD, [whole])
    for row in _body(table):
        first, *rest = row.children
        question = _paragraph(first)
        if not plain_text([question]) and not shows_picture(question):
            split.leave_out(Reason.BETWEEN, rest)
            continue
        answer = [_paragraph(rest[0])] if len(rest) == 1 else [_rest_of_row(table, row)]
        if not any(cell.children for cell in rest):
            answer = []
        context = headings.context()
        split.items.append(Item(first.line, (question, *answer), context, asked=1))


def _paragraph(cell: Token) -> Token:
    return Token(type="paragraph", children=cell.children, line=cell.line)


def _counts_rows(table: Token) -> bool:
    """Return whether the first of several columns holds only the numbers, or IDs, of the rows."""
    head, *more = _head(table).children
    if len(more) < 2:
        return False
    cells = [plain_text([row.children[0]]) for row in _body(table)]
    is_named = _NUMBER_HEAD.fullmatch(plain_text([head]).strip().lower()) is not None
    return bool(cells) and (is_named or _do_count(cells))


def _do_count(cells: Sequence[str]) -> bool:
    """Return whether texts are numbers that run on."""
    numbers = [int(match[1]) for match in map(_NUMBER.fullmatch, cells) if match]
    return len(numbers) == len(cells) and numbers == list(
        range(numbers[0], numbers[0] + len(cells))
    )


def _without_first_column(table: Token) -> Token:
    head, *bodies = table.children
    rest = [
        body.replace(children=[_without_first(row) for row in body.children]) for body in bodies
    ]
    return table.replace(children=[_without_first(head), *rest])


def _without_first(row: Token) -> Token:
    return row.replace(children=row.children[1:])


def _rest_of_row(table: Token, row: Token) -> Token:
    """Return a table of one row, without its first column."""
    body = Token(type="table_body", children=[_without_first(row)])
    heads = _without_first(_head(table))
    return table.replace(children=[heads, body], line=row.children[0].line)


def split_terms(blocks: Sequence[Token], *, is_chosen: bool = True) -> Split:
    """Return each line `**term**: meaning`, in a paragraph or a list, as a note.

    Where the author chose it, the term in an item of a list needs not be bold.
    """
    split, headings = Split(), Headings()
    for block in blocks:
        if block.type == "heading":
            headings.enter(block)
            continue
        outside = list[Token]()
        if not is_chosen and not _may_be_terms(block):
            outside.append(block)
        for line, rest in _lines(block) if not outside else ():
            may_be_plain = is_chosen and line.type == "paragraph"
            if item := _term(line, rest, headings, may_be_plain=may_be_plain):
                split.items.append(item)
            elif split.items and split.items[-1].line + 1 == line.line and line.type == "line":
                split.items[-1] = _lengthen(split.items[-1], line)
            else:
                outside += [line.replace(type="paragraph") if line.type == "line" else line, *rest]
        split.leave_out(Reason.BETWEEN, visible(outside))
    return split


def count_bold(blocks: Iterable[Token]) -> int:
    """Return how many terms there are at most: bold texts in paragraphs and in items of lists."""
    return sum(
        count_bold(part for item in block.children for part in item.children)
        if block.type == "list"
        else sum(child.type == "strong" for child in block.children)
        for block in blocks
        if "strong" in block.types
    )


def _may_be_terms(block: Token) -> bool:
    """Return whether a paragraph, or one of the items of a list, begins with a bold text."""
    if block.type == "list":
        return any(_may_be_terms(part) for item in block.children for part in item.children)
    children = block.children or [block]
    return bool(children[0].type == "strong")


def _lines(block: Token) -> Iterator[tuple[Token, Sequence[Token]]]:
    """Yield the lines of a paragraph, or of each item of a list, with the blocks below each."""
    if block.type == "list":
        for item in block.children:
            children = item.children
            if children and children[0].type in ("paragraph", "block_text"):
                yield children[0].replace(type="paragraph", line=item.line), children[1:]
            else:
                yield item, ()
    elif block.type == "paragraph":
        for line in split_lines(block.children):
            number = line_of(line) or block.line
            children = without_break(line)
            yield Token(type="line", children=children, line=number, last_line=number), ()
    else:
        yield block, ()


def _term(
    line: Token, rest: Sequence[Token], headings: Headings, *, may_be_plain: bool
) -> Item | None:
    children = line.children
    if line.type not in ("line", "paragraph") or not children:
        return None
    if children[0].type != "strong" and not may_be_plain:
        return None
    halves = _cut_at_colon(children)
    if halves is None:
        return None
    term, meaning = halves
    if not plain_text(meaning) and not rest:
        return None
    question = Token(type="paragraph", children=term, line=line.line)
    answer = [question.replace(children=meaning)] if meaning else []
    return Item(line.line, (question, *answer, *rest), headings.context(), asked=1)


def _cut_at_colon(children: Sequence[Token]) -> tuple[list[Token], list[Token]] | None:
    """Return what stands before and behind the first colon, which may be the last of the bold."""
    bold = children[0].children if children[0].type == "strong" else []
    if bold and bold[-1].type == "text" and (end := _COLON_AT_END.search(bold[-1].raw)):
        term = [*bold[:-1], *cut_text(bold[-1], 0, end.start())]
        return term, _stripped(children[1:])
    for index, child in enumerate(children):
        if child.type != "text":
            continue
        colon = _COLON_AT_START.match(child.raw) if index == 1 else None
        if colon := colon or _COLON.search(child.raw):
            before = cut_text(child, 0, colon.start())
            behind = cut_text(child, colon.end(), len(child.raw))
            inner = [*bold, *children[1:index]] if bold else children[:index]
            return [*inner, *before], [*behind, *children[index + 1 :]]
    return None


def _stripped(children: Sequence[Token]) -> list[Token]:
    if children and children[0].type == "text":
        raw = children[0].raw
        start = len(raw) - len(raw.lstrip())
        return [*cut_text(children[0], start, len(raw)), *children[1:]]
    return list(children)


def _lengthen(item: Item, line: Token) -> Item:
    """Return an item with one more line of its meaning."""
    *before, last = item.blocks
    before_break, behind = plain_text([last]), plain_text(line.children)
    is_joined = joins_without_space(before_break[-1:] or " ", behind[:1] or " ")
    breaks = [] if is_joined else [Token(type="softbreak")]
    longer = last.replace(children=[*last.children, *breaks, *line.children])
    return Item(item.line, (*before, longer), item.context, asked=item.asked)
