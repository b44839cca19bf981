"""What the command says: problems, what was done, what an edit did to notes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deckpress.cli.output import say
from deckpress.errors import (
    DeckError,
    Level,
    Location,
    Problem,
    count_levels,
    error,
    reason_of,
    shows,
    sort_by_level,
)
from deckpress.grouping import group_similar

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.lock.changes import Change
    from deckpress.pipeline import Summary

NOTHING_WRITTEN = "nothing written"
"""What a command that has written nothing says of that behind the problems that kept it from it."""
_STRICT = "because of --strict"
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.HINT: "cyan", Level.STYLE: "cyan"}


@contextmanager
def errors_told(
    strict: bool,
    *,
    style: bool,
    why: str = _STRICT,
    outcome: str = "",
    verbose: bool = False,
) -> Iterator[None]:
    """Turn errors into messages and exit code 1; the one place where that is done.

    `outcome` says what became of the command, behind the number of problems.
    """
    try:
        yield
    except DeckError as wrong:
        told = wrong.problems
        tell(told, strict=strict, style=style, why=why, outcome=outcome, verbose=verbose)
        sys.exit(1)
    except OSError as wrong:  # a file or folder that may not be read
        where = Location(str(wrong.filename or "disk"))
        message = f"cannot be read: {reason_of(wrong)}"
        tell([error(where, message)], strict=strict, style=style)
        sys.exit(1)


def tell(
    problems: Iterable[Problem],
    *,
    strict: bool,
    style: bool,
    why: str = _STRICT,
    outcome: str = "",
    verbose: bool = False,
) -> None:
    """Write each problem on a line of its own, and how many there are; of style only if `style` is.

    Where warnings alone stop the command, the last line says `why` they do. `verbose` writes all
    problems, where else some stand for those that are like them.
    """
    found = [problem for problem in problems if shows(problem, style=style)]
    for problem in sort_by_level(found) if verbose else group_similar(found):
        say(problem, err=True, fg=_COLOURS[problem.level])
    if found:
        is_strict = strict and min(problem.level for problem in found) is Level.WARNING
        reasons = [f"warnings count as errors {why}"] if is_strict else []
        ends = ", ".join([*reasons, *([outcome] if outcome else [])])
        say(count_levels(found) + (f": {ends}" if ends else ""), err=True)


def tell_of_trust(is_trusting: bool) -> None:
    """Write that formulas were not checked, if they were not."""
    if is_trusting:
        say("formulas were not checked (--no-formula-check)")


def describe(summary: Summary, seconds: float) -> str:
    """Return what a build made, and in how many seconds, in a few lines."""
    notes = summary.new + summary.changed + summary.unchanged
    kinds = [f"{summary.new} new", f"{summary.changed} changed", f"{summary.unchanged} unchanged"]
    lines = [
        f"{count(notes, 'note')} ({', '.join(kinds)}), {count(summary.cards, 'card')}, "
        f"{count(summary.media, 'media file')}",
        f"{summary.package}  {size(summary.size)}  {seconds:.2f} s",
    ]
    if summary.drawn:
        lines.append(f"{count(summary.drawn, 'picture')} drawn: keep media/diagrams with the notes")
    lines += [f"{path}  removed" for path in summary.removed]
    if summary.is_first:
        lines.append(f"{summary.lock}  is new: keep it, it remembers which note is which")
    return "\n".join(lines)


def tell_changes(changes: Sequence[Change], search: str) -> None:
    """Write what happened to notes that learners have, and how they find those that are gone."""
    for change in changes:
        say(f"{change.what}: {change.text}")
    if search:
        say("Learners find retired notes in Anki's browser, to delete them, by")
        for line in search.splitlines():
            say(f"  {line}")


def count(number: int, thing: str) -> str:
    """Return a number of things in words, as in `2 notes`."""
    return f"{number} {thing}" + ("" if number == 1 else "s")


def size(size: int) -> str:
    """Return a number of bytes in kB or MB (of 1,000 or 1,000,000 bytes)."""
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
