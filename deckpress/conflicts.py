"""What a git merge leaves in a file where it could not decide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckpress.errors import Location, Problem, error

_FENCE = re.compile("```|~~~")
_MESSAGE = (
    "a git merge left a conflict: keep the lines that are right, and remove those with <<<<<<<, "
    "=======, >>>>>>>"
)


def find_conflicts(text: str, file: str) -> Iterator[Problem]:
    """Yield each conflict in a file; one that is shown in a Markdown fence is none."""
    if ">>>>>>> " not in text:
        return
    lines = text.split("\n")
    opened, is_code, has_middle = 0, False, False
    for at, line in enumerate(lines, 1):
        if _FENCE.match(line) and not opened:
            is_code = not is_code
        elif line.startswith("<<<<<<< ") and not is_code:
            opened, has_middle = at, False
        elif line.startswith(">>>>>>> ") and opened and has_middle:
            yield error(Location(file, opened), _MESSAGE)
            opened = 0
        elif line.rstrip() == "=======":
            has_middle = True
