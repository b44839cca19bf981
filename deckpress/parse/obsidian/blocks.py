"""What Obsidian and its plugins have between blocks: comments over lines, and `?` of a card."""

from __future__ import annotations

from re import Match

from mistune.core import BlockState

from deckpress.errors import error
from deckpress.parse.blocks import BlockRule, NoteBlockParser

_COMMENT_START = r"^ {0,3}%%(?![^\n]*%%)"
_SEPARATOR = r"^\?{1,2}[ \t]*$"


def _read_comment(parser: NoteBlockParser, m: Match[str], state: BlockState) -> int | None:
    """Read a comment `%%` that goes over lines, up to the `%%` that closes it."""
    close = state.src.find("%%", m.end())
    if close < 0:
        if "open_comment" not in state.env:
            state.env["open_comment"] = True
            message = "comment %% is never closed: add %%"
            parser.problems.append(error(parser.location(state, m.start()), message))
        return None
    state.append_token({"type": "obsidian_comment"})
    return close + 2


def _read_separator(parser: NoteBlockParser, m: Match[str], state: BlockState) -> int:
    """Read a line `?` or `??`, which stands between the question and the answer of a card."""
    state.append_token({"type": "separator", "text": m.group(0).strip()})
    return m.end() + 1


OBSIDIAN_BLOCKS: tuple[BlockRule, ...] = (
    ("obsidian_comment", _COMMENT_START, _read_comment, "indent_code"),
)
OBSIDIAN_TOP_BLOCKS: tuple[BlockRule, ...] = (
    ("separator", _SEPARATOR, _read_separator, "atx_heading"),
)
"""Those that no list or quote holds."""
