"""A diff for the terminal: `[-gone-]` and `{+added+}`, in colour where that is wanted."""

from __future__ import annotations

from collections.abc import Iterator

from deckpress.diff import Diff
from deckpress.diff.sections import Detail, Item, Section, sections, summarise
from deckpress.diff.word_changes import Op, Piece, Pieces, Words, shorten_run
from deckpress.errors import escape_controls

_AROUND = 12
"""Words shown beside a change."""
_LINES_AROUND = 1
_LONGEST = 240
"""Words shown of a piece; the rest is counted."""
_MARKS = {Op.SAME: ("", ""), Op.GONE: ("[-", "-]"), Op.ADDED: ("{+", "+}")}
_COLOURS = {Op.GONE: "\x1b[31m", Op.ADDED: "\x1b[32m"}
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def as_text(diff: Diff, *, colour: bool = False) -> str:
    """Return a diff as text, the summary first."""
    told = sections(diff)
    blocks = [_bold(summarise(told, diff.unchanged), colour)]
    blocks += ["\n".join(_section(each, colour)) for each in told]
    return "\n\n".join(blocks) + "\n"


def _section(section: Section, colour: bool) -> Iterator[str]:
    yield _bold(f"{section.title} ({section.size})", colour)
    if section.meaning:
        yield section.meaning
    for item in section.items:
        yield f"  {_pieces(item.title, colour)}"
        if not section.is_listing:
            yield from _details(item, colour)
    if section.search:
        yield "They are found in Anki's browser by"
        yield from (f"  {escape_controls(line)}" for line in section.search.splitlines())


def _details(item: Item, colour: bool) -> Iterator[str]:
    for detail in item.details:
        yield from (f"      {line}" for line in _detail(detail, colour))


def _detail(detail: Detail, colour: bool) -> Iterator[str]:
    label = escape_controls(detail.label)
    if not detail.by_line:
        told = _pieces(shorten_run(detail.pieces, _AROUND), colour)
        yield ": ".join(each for each in (label, told) if each)
        return
    yield f"{label}:"
    for piece in shorten_run(detail.pieces, _LINES_AROUND):
        yield from _marked_lines(piece, colour)


def _marked_lines(piece: Piece, colour: bool) -> Iterator[str]:
    """Yield lines with the signs that patches have."""
    sign = {Op.SAME: " ", Op.GONE: "-", Op.ADDED: "+"}[piece.how]
    for line in _shortened(piece.words):
        yield _coloured(f"{sign} {escape_controls(line.rstrip())}", piece.how, colour)


def _pieces(pieces: Pieces, colour: bool) -> str:
    return "".join(_piece(piece, colour) for piece in pieces)


def _piece(piece: Piece, colour: bool) -> str:
    before, after = _MARKS[piece.how]
    text = "".join(_shortened(piece.words)).replace("\n", " ⏎ ")
    return _coloured(f"{before}{escape_controls(text)}{after}", piece.how, colour)


def _shortened(words: Words) -> Words:
    return words if len(words) <= _LONGEST else (*words[: _LONGEST - 1], "…")


def _coloured(text: str, how: Op, colour: bool) -> str:
    return f"{_COLOURS[how]}{text}{_PLAIN}" if colour and how in _COLOURS else text


def _bold(text: str, colour: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if colour else text
