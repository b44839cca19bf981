"""The problems of a run → those that are shown: three of a kind, and 30 lines for each file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from deckpress.errors import Level, Location, Problem, count_levels, sort_by_level

_SHOWN = 3
"""Problems of one kind that are shown in a file."""
_LISTED = 20
"""Lines that are listed of the others."""
_LINES = 30
"""Lines that are shown of a file."""
_VALUE = re.compile(r'"[^"]*"|<[^<>]*>')
"""What a message quotes, and tags of HTML in it."""
_SUGGESTION = re.compile("[,.] [Dd]id you mean ")
"""What stands behind a message only where something is near."""
_WORD = re.compile(r"a|[A-Za-z]{2,}(?:['-][A-Za-z]+)*")
_OWN_ID = re.compile(r"<!-- id=(?!…)")
"""An id to be written into one note: a message that offers it stands for no other."""

_Kinds = Mapping[tuple[Level, str], Sequence[Problem]]


def group_similar(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems to show: errors first, then warnings, then hints, each by place.

    Who has made the same slip a hundred times wants to read of it a few times. So of each kind in a
    file three are shown, the last of them with the lines of the others. Fewer are shown where a
    file would have more than 30 lines; if they do not suffice for each kind, a last one has the
    number of those that are left out.
    """
    files: dict[str, list[Problem]] = {}
    for problem in problems:
        files.setdefault(problem.location.file, []).append(problem)
    shown: list[Problem] = []
    left_out: list[Problem] = []
    for file in sorted(files):
        kinds = _find_kinds(files[file])
        chosen = _choose(kinds)
        shown += _with_lines(kinds, chosen)
        left_out += _report_rest(file, kinds, chosen)
    return [*sort_by_level(shown), *left_out]


def kind_of(problem: Problem) -> str:
    """Return what problems that are alike have in common: the fixed words of their messages.

    Those without a line are alike only if they are the same, since no line would tell them apart.
    """
    if not problem.location.line or _OWN_ID.search(problem.message):
        return problem.message
    return problem.kind or _fixed_words(problem.message)


def _fixed_words(message: str) -> str:
    """Return a message with `…` for its values: what is quoted, and all that is no English word."""
    text = _VALUE.sub("…", _SUGGESTION.split(message)[0])
    tokens = (token.strip(".,:;?!()") for token in text.split())
    words = " ".join(token if _WORD.fullmatch(token) else "…" for token in tokens)
    return re.sub(r"…(?: (?:(?:and|or) )?…)+", "…", words)


def _find_kinds(problems: Iterable[Problem]) -> _Kinds:
    """Return the problems of one file by level and kind."""
    kinds: dict[tuple[Level, str], list[Problem]] = {}
    for problem in sort_by_level(problems):
        kinds.setdefault((problem.level, kind_of(problem)), []).append(problem)
    return kinds


def _choose(kinds: _Kinds) -> set[Problem]:
    """Return as many as there is room for: errors first, then one of each kind, then the next."""
    ranks = {
        problem: rank for alike in kinds.values() for rank, problem in enumerate(alike[:_SHOWN])
    }
    ranked = sorted(ranks, key=lambda problem: (problem.level, ranks[problem], problem.location))
    ends = [*accumulate(str(problem).count("\n") + 1 for problem in ranked)]
    if not ends or ends[-1] <= _LINES:
        return set(ranked)
    return {problem for problem, end in zip(ranked, ends, strict=True) if end < _LINES}


def _with_lines(kinds: _Kinds, chosen: set[Problem]) -> Iterator[Problem]:
    """Yield the problems that were chosen, the last of each kind with the lines of the others."""
    for alike in kinds.values():
        first = [problem for problem in alike[:_SHOWN] if problem in chosen]
        if first:
            *before, last = first
            yield from before
            yield replace(last, message=last.message + _and_more(alike[len(first) :]))


def _and_more(others: Sequence[Problem]) -> str:
    if not others:
        return ""
    lines = [*dict.fromkeys(str(problem.location.line) for problem in others)]
    listed = ", ".join(lines[:_LISTED]) + (", …" if len(lines) > _LISTED else "")
    noun = "line" if len(lines) == 1 else "lines"
    return f" (and {len(others)} more like it, in {noun} {listed})"


def _report_rest(file: str, kinds: _Kinds, chosen: set[Problem]) -> Iterator[Problem]:
    """Yield how many problems of a file are left out, if there are any."""
    if rest := [problem for alike in kinds.values() if alike[0] not in chosen for problem in alike]:
        message = f"{count_levels(rest, 'more ')}: check --verbose lists all"
        yield Problem(Location(file), message, min(problem.level for problem in rest))
