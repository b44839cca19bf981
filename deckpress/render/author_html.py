"""HTML that an author wrote in Markdown → the same with every element closed.

On GitHub a forgotten `</details>` ends with the page; on a card it would swallow the rest of it.
"""

from __future__ import annotations

import re

from deckpress.errors import Location, Problem, warning

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_CLOSED_BY_ITSELF = frozenset(
    "colgroup dd dt li optgroup option p rp rt tbody td tfoot th thead tr".split()
)
"""Elements whose end tag may be left out."""


class AuthorHtml:
    """The HTML of one field, read tag by tag; `problems` says what does not pair."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._open: list[tuple[str, Location]] = []

    def mend(self, raw: str, where: Location) -> str:
        """Return a piece of HTML without the end tags that close nothing."""
        kept, line, end = [], where.line, 0
        for tag in _TAG.finditer(raw):
            line += raw.count("\n", end, tag.start())
            place = where if line == where.line else Location(where.file, line)
            kept.append(raw[end : tag.start()])
            if self._read_tag(tag, place):
                kept.append(tag.group(0))
            line += tag.group(0).count("\n")
            end = tag.end()
        return "".join([*kept, raw[end:]])

    def close(self) -> str:
        """Return the end tags that are missing at the end of the field."""
        missing = [(name, where) for name, where in self._open if name not in _CLOSED_BY_ITSELF]
        for name, where in missing:
            message = f"<{name}> is never closed: add </{name}> within the same note"
            self.problems.append(warning(where, message))
        return "".join(f"</{name}>" for name, _ in reversed(missing))

    def _read_tag(self, tag: re.Match[str], where: Location) -> bool:
        slash, name, rest = tag.group(1), tag.group(2).lower(), tag.group(3)
        if name in _VOID or rest.endswith("/"):
            return True
        if not slash:
            self._open.append((name, where))
            return True
        names = [each for each, _ in self._open]
        at = len(names) - 1 - names[::-1].index(name) if name in names else None
        if at is None:
            if name not in _CLOSED_BY_ITSELF:
                message = (
                    f"</{name}> closes nothing: remove it, or add <{name}> within the same note"
                )
                self.problems.append(warning(where, message))
            return False
        del self._open[at]
        return True
