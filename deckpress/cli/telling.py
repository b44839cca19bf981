"""What the command says: problems, what was done, what an edit did to notes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deckpress.cli.output import say
from deckpress.errors import DeckError, Level, Location, Problem, error, reason_of, shows

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.lock import Change
    from deckpress.pipeline import Prepared, Summary

_STRICT = "because of --strict"
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.HINT: "cyan", Level.STYLE: "cyan"}


@contextmanager
def errors_told(strict: bool, *, style: bool, why: str = _STRICT) -> Iterator[None]:
    """Turn errors into messages and exit code 1; the one place where that is done."""
    try:
        yield
    except DeckError as wrong:
        tell(wrong.problems, strict=strict, style=style, why=why)
        sys.exit(1)
    except OSError as wrong:  # a file or folder that may not be read
        where = Location(str(wrong.filename or "disk"))
        message = f"cannot be read: {reason_of(wrong)}"
        tell([error(where, message)], strict=strict, style=style)
        sys.exit(1)


def tell(problems: Sequence[Problem], *, strict: bool, style: bool, why: str = _STRICT) -> None:
    """Write each problem on a line of its own; matters of style only if `style` is.

    Where warnings alone stop the command, it ends with `why` they do.
    """
    for problem in problems:
        if shows(problem, style=style):
            say(problem, err=True, fg=_COLOURS[problem.level])
    if strict and min((problem.level for problem in problems), default=None) is Level.WARNING:
        say(f"warnings count as errors {why}", err=True)


def tell_of_trust(is_trusting: bool) -> None:
    if is_trusting:
        say("formulas were not checked (--no-formula-check)")


def describe(summary: Summary, seconds: float) -> str:
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


def count_problems(prepared: Prepared) -> str:
    """Return how many warnings and hints there are."""
    levels = [problem.level for problem in prepared.problems]
    warnings = levels.count(Level.WARNING)
    counts = {"warning": warnings, "hint": len(levels) - warnings}
    told = [count(number, thing) for thing, number in counts.items() if number]
    return ", ".join(told) or "no problems"


def count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def size(size: int) -> str:
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
