"""Verification in a process of its own, which can be stopped, and may crash.

Anki's library hears no Ctrl-C and knows no limits, and it reads more of a package than deckpress
does: it runs what is in a database's schema, and runs out of stack on templates.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from deckpress.anki import Package
from deckpress.errors import DeckError, Location, Problem, error, reason_of
from deckpress.process import limit, limit_memory
from deckpress.verify.collection import load_library, require_library
from deckpress.verify.fresh_import import FreshImport
from deckpress.verify.verification import (
    Outcome,
    Verification,
    first_outcome,
    observe_fresh_import,
    observe_upgrade,
    read_all,
    upgrade_outcome,
)
from deckpress.workers import Failure, Reason, work_all

_FILE_SIZE = 4_000_000_000
"""Bytes of any one file that Anki writes."""
_REMEDY = "if it is small, do not open it in Anki; if it is large, export fewer decks at once"


@dataclass(frozen=True)
class Limits:
    """What may be taken for each package; measured with 100,000 notes, and five times as much."""

    seconds: float
    memory: int
    """Bytes of address space above what Python and Anki's library take."""


def limits_for(packages: Iterable[tuple[Path, Package]]) -> Limits:
    """Return what a verification of packages may take: a little, and more for what they hold."""
    both = list(packages)
    megabytes = sum(_weigh(package) for _, package in both) / 1_000_000
    on_disk = sum(path.stat().st_size for path, _ in both) / 1_000_000
    seconds = 60 + 1.5 * megabytes + 0.2 * on_disk
    return Limits(seconds, round(2_000_000_000 + 10_000_000 * megabytes))


def _weigh(package: Package) -> int:
    """Return about how many bytes Anki keeps of a package's notes."""
    return sum(2_000 + sum(map(len, note.fields)) for note in package.notes)


@dataclass(frozen=True)
class _Job:
    """A package to be imported: the new one, or one that a learner has before it."""

    path: Path
    package: Package
    is_new: bool
    limits: Limits
    folder: Path
    """The one that the path counts from."""


def verify_isolated(olds: Sequence[Path], new: Path, limits: Limits | None = None) -> Verification:
    """Verify packages as `verify_package` does, in a process that ends with this one.

    Raises DeckError also if Anki crashes, or takes more than the limits.
    """
    require_library()
    packages = read_all([*olds, new])
    limits = limits or limits_for(packages.items())
    here = Path.cwd()
    jobs = [_Job(path, packages[path], path == new, limits, here) for path in (new, *olds)]
    work = f"{__name__}:{verify_one.__name__}"
    with closing(work_all(jobs, work, 1, limits.seconds)) as answers:
        outcomes = [_check(answer, job) for job, answer in zip(jobs, answers, strict=True)]
    return Verification(new, tuple(outcomes))


def _check(answer: Outcome | tuple[Problem, ...] | Failure, job: _Job) -> Outcome:
    """Return an outcome. Raises DeckError if Anki came to none."""
    if isinstance(answer, Outcome):
        return answer
    if isinstance(answer, Failure):
        answer = (error(Location(str(job.path)), f"{_explain(answer, job.limits)}: {_REMEDY}"),)
    raise DeckError(answer)


def _explain(failure: Failure, limits: Limits) -> str:
    if failure.reason is Reason.LATE:
        return f"Anki was not done with it in {round(limits.seconds)} seconds, and was stopped"
    if failure.reason is Reason.ENDED or failure.details.startswith(MemoryError.__name__):
        most = round(limits.memory / 1_000_000_000)
        return f"Anki crashes on it, or takes more than {most} GB of memory"
    return f"Anki cannot go on with it ({failure.details})"


_fresh_imports: list[FreshImport] = []
"""In the process: the new package in an empty collection, kept for the older ones."""


def verify_one(job: _Job) -> Outcome | tuple[Problem, ...]:
    """Return what comes of a package, or what is wrong with it; in a process for that alone."""
    load_library()
    os.chdir(job.folder)  # a worker starts in another one
    _confine(job.limits)
    try:
        if job.is_new and not _fresh_imports:
            _fresh_imports.append(observe_fresh_import(job.path, job.package))
            return first_outcome(_fresh_imports[0])
        return upgrade_outcome(observe_upgrade(job.path, job.package, _fresh_imports[0]))
    except DeckError as wrong:
        return wrong.problems
    except OSError as wrong:  # such as a disk that is full
        return (error(Location(str(job.path)), f"cannot be rehearsed: {reason_of(wrong)}"),)


def _confine(limits: Limits) -> None:
    limit("CORE", 0)
    limit("FSIZE", _FILE_SIZE)
    limit_memory(limits.memory)
