"""What can be wrong with a deck, said in its author's words and with the place to look at."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

_QUOTED = 60
"""Characters of a note's text that a message shows."""


class Level(IntEnum):
    """How much a problem matters: an ERROR stops the build, a WARNING only with `--strict`."""

    ERROR = 0
    WARNING = 1


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file that the author wrote."""

    file: str
    """The path as the author would type it."""
    line: int = 0
    """Counted from 1; 0 where the problem is the file as a whole."""
    column: int = 0
    """Counted in characters from 1; 0 where the problem is the line as a whole."""

    def __str__(self) -> str:
        numbers = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.file, *numbers])


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where, what, and what to do about it."""

    location: Location
    message: str
    level: Level = Level.ERROR

    def __str__(self) -> str:
        mark = "warning: " if self.level is Level.WARNING else ""
        return f"{self.location}: {mark}{self.message}"


class DeckError(Exception):
    """A deck that cannot be built; carries every problem of the run, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sort_problems(problems)
        super().__init__("\n".join(map(str, self.problems)))


def sort_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems by file, line and column, each told once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda problem: (problem.location, problem.level)))


def error(location: Location, message: str) -> Problem:
    """Return a problem that stops the build."""
    return Problem(location, message, Level.ERROR)


def warning(location: Location, message: str) -> Problem:
    """Return a problem that the author should see, and that does not stop the build."""
    return Problem(location, message, Level.WARNING)


def has_errors(problems: Iterable[Problem], *, strict: bool = False) -> bool:
    """Say whether problems stop a build; `strict` counts warnings as well."""
    return any(strict or problem.level is Level.ERROR for problem in problems)


def quote(text: str) -> str:
    """Return a text in quotes, cut where it would take more than half a line of a message."""
    return f'"{text}"' if len(text) <= _QUOTED else f'"{text[: _QUOTED - 1].rstrip()}…"'


def did_you_mean_or_known(word: str, known: Iterable[str]) -> str:
    """Return `, did you mean "…"?`, or all the known words where none is near."""
    known = tuple(known)
    return did_you_mean(word, known) or f" (known: {', '.join(known)})"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `, did you mean "…"?` for the known word nearest to a mistyped one, or nothing."""
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), folded, n=1)
    return f', did you mean "{folded[near[0]]}"?' if near else ""
