"""Where code between fences ends, if its closing fence is not where it should be.

On GitHub a fence ends with the list item or quote that it stands in. A closing fence that is
indented less than its item, or much more than the opening one, closes nothing there; it is read as
what it was meant to be, and reported.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CONTAINERS = {"list": "list item", "block_quote": "quote", "footnote": "footnote"}
"""What a fence may stand in, by the rule that reads it."""
CLOSED = (
    "closes the code fence of line {}, though it is indented otherwise, and closes nothing on "
    "GitHub: indent it as far as that line"
)
"""What is said of a line that was meant as a closing fence."""
_BEGINS_NOTE = re.compile(
    r"^ {0,3}(?:#{1,6}[ \t]|\d{1,9}[.)][ \t]|\*\*|</?details\b|(?:[QA]|问|答)[:：])", re.M
)
_FENCE = re.compile(
    r"^(?P<lead>(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*+)(?P<marker>`{3,}|~{3,})(?P<info>.*)$",
    re.M,
)


def find_end(
    marker: str, text: str, start: int, known: dict[str, re.Match[str] | None]
) -> tuple[re.Match[str] | None, bool]:
    """Return the line that closes a fence, and whether it is indented as it should be.

    Code begins at `start` of a text. A line that is indented otherwise closes it where no other
    does, or only behind a fence that opens. `known` keeps what closes each fence, so that no text
    is read again and again.
    """
    close = known.get(marker)
    if marker not in known or (close and close.start() < start):
        close = known[marker] = _closing(marker, " {0,3}").search(text, start)
    end = close.start() if close else len(text)
    other = _closing(marker, r"[ \t]*").search(text, start, end)
    if other and (close is None or _opens(marker).search(text, other.end(), end)):
        return other, False
    return close, True


def _opens(marker: str) -> re.Pattern[str]:
    """Return what a line is that opens a fence of a kind, and names a language."""
    return re.compile(rf"^ {{0,3}}{marker[0]}{{3,}}[ \t]*\w", re.M)


def _closing(marker: str, indent: str) -> re.Pattern[str]:
    return re.compile(rf"^{indent}{marker[0]}{{{len(marker)},}}[ \t]*(?:\n|\Z)", re.M)


def is_below_blank_line(text: str, start: int) -> bool:
    """Return whether the line above the one that begins at a place of a text is blank."""
    above = text.rfind("\n", 0, max(start - 1, 0)) + 1
    return not text[above:start].strip()


def holds_notes(code: str) -> bool:
    """Return whether code seems to have swallowed the notes behind it."""
    return _BEGINS_NOTE.search(code) is not None


def ends_with(container: str, marker: str) -> str:
    """Return what to say of code that ends with its container, named by its rule."""
    name = _CONTAINERS[container]
    advice = "begin" if container == "block_quote" else "indent"
    how = "with > as well" if container == "block_quote" else "as far as this one"
    return (
        f"code fence ends with its {name}, since no line in that closes it: {advice} the closing "
        f"{marker} {how}, or add it"
    )


@dataclass
class FenceReader:
    """Reads the lines of a list item once, to know which fence is open in it."""

    start: int
    """Where the item begins, in characters of the text."""
    end: int
    """What was read."""
    marker: str = ""
    """The fence that is open, if one is."""
    opened: int = 0
    """Where its line begins."""

    def read_to(self, text: str, end: int) -> None:
        """Read on to a line of a text."""
        for found in _FENCE.finditer(text, self.end, end):
            marker, info = found.group("marker"), found.group("info").strip()
            if not self.marker and not (marker[0] == "`" and "`" in info):
                self.marker, self.opened = marker, found.start()
            elif not info and self.is_closed_by(marker):
                self.marker = ""
        self.end = end

    def is_closed_by(self, marker: str) -> bool:
        """Return whether a line of no more than a fence closes the one that is open."""
        return bool(self.marker) and marker.startswith(self.marker)
