"""The problems of a run → those that are shown: three of a kind in three files, 30 lines a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from deckpress.errors import Level, Location, Problem, count_levels, sort_by_level

_SHOWN = 3
"""Problems of one kind that are shown in a file, and files that show some of it."""
_LISTED = 20
"""Lines, or files, that are listed of the others."""
_LINES = 30
"""Lines that are shown of a file."""
_VALUE = re.compile(r'"[^"]*"|<[^<>]*>')
"""What a message quotes, and tags of HTML in it."""
_SUGGESTION = re.compile("[,.] [Dd]id you mean ")
"""What stands behind a message only where something is near."""
_WORD = re.compile(r"a|[A-Za-z]{2,}(?:['-][A-Za-z]+)*")
_OWN_ID = re.compile(r"<!-- id=(?!…)")
"""An id to be written into one note: a message that offers it stands for no other."""


@dataclass
class _Alike:
    """The problems of one kind in a file."""

    first: list[Problem]
    """The first three, which may be shown."""
    others: list[Problem]
    """All others in the file, and those in files that show none of the kind."""


_Kinds = dict[tuple[Level, str], _Alike]


def group_similar(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems to show: errors first, then warnings, then hints, each by place.

    Who has made the same slip a hundred times wants to read of it a few times. So of each kind
    three are shown in a file, the last of them with the lines of the others; and in three files,
    the last of them with the names of the others. Fewer are shown where a file would have more than
    30 lines; if they do not suffice for each kind, a last one has the number of those that are left
    out.
    """
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.location.file, []).append(problem)
    files = {file: _find_kinds(by_file[file]) for file in sorted(by_file)}
    _limit_files(files)
    shown: list[Problem] = []
    left_out: list[Problem] = []
    for file, kinds in files.items():
        chosen = _choose(kinds)
        shown += _with_places(file, kinds, chosen)
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
    return {key: _Alike(alike[:_SHOWN], alike[_SHOWN:]) for key, alike in kinds.items()}


def _limit_files(files: Mapping[str, _Kinds]) -> None:
    """Let the third file in which a kind occurs stand for all files behind it.

    Not where the error is the file itself, as one that exists already.
    """
    seen: dict[tuple[Level, str], list[_Alike]] = {}
    for kinds in files.values():
        for key, alike in list(kinds.items()):
            if key[0] is Level.ERROR and not alike.first[0].location.line:
                continue
            before = seen.setdefault(key, [])
            if len(before) < _SHOWN:
                before.append(alike)
            else:
                before[-1].others += [*alike.first, *alike.others]
                del kinds[key]


def _choose(kinds: _Kinds) -> set[Problem]:
    """Return as many as there is room for: errors first, then one of each kind, then the next."""
    ranks = {problem: rank for alike in kinds.values() for rank, problem in enumerate(alike.first)}
    ranked = sorted(ranks, key=lambda problem: (problem.level, ranks[problem], problem.location))
    ends = [*accumulate(str(problem).count("\n") + 1 for problem in ranked)]
    if not ends or ends[-1] <= _LINES:
        return set(ranked)
    return {problem for problem, end in zip(ranked, ends, strict=True) if end < _LINES}


def _with_places(file: str, kinds: _Kinds, chosen: set[Problem]) -> Iterator[Problem]:
    """Yield the problems that were chosen, the last of each kind with the places of the others."""
    for alike in kinds.values():
        first = [problem for problem in alike.first if problem in chosen]
        if first:
            *before, last = first
            yield from before
            others = [*alike.first[len(first) :], *alike.others]
            yield replace(last, message=last.message + _and_more(file, others))


def _and_more(file: str, others: Sequence[Problem]) -> str:
    here = [problem for problem in others if problem.location.file == file]
    elsewhere = [problem for problem in others if problem.location.file != file]
    more = ""
    if here:
        lines = _list(str(problem.location.line) for problem in here)
        noun = "lines" if "," in lines else "line"
        more += f" (and {len(here)} more like it, in {noun} {lines})"
    if elsewhere:
        files = {problem.location.file for problem in elsewhere}
        noun = "file" if len(files) == 1 else "files"
        names = _list(problem.location.file for problem in elsewhere)
        more += f" (and {len(elsewhere)} more in {len(files)} other {noun}: {names})"
    return more


def _list(places: Iterable[str]) -> str:
    different = [*dict.fromkeys(places)]
    return ", ".join(different[:_LISTED]) + (", …" if len(different) > _LISTED else "")


def _report_rest(file: str, kinds: _Kinds, chosen: set[Problem]) -> Iterator[Problem]:
    """Yield how many problems of a file are left out, if there are any."""
    hidden = [alike for alike in kinds.values() if alike.first[0] not in chosen]
    if rest := [problem for alike in hidden for problem in (*alike.first, *alike.others)]:
        message = f"{count_levels(rest, 'more ')}: check --verbose lists all"
        yield Problem(Location(file), message, min(problem.level for problem in rest))
