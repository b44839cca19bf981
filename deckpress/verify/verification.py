"""Verification itself: a package in an empty collection, and after each older release."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from deckpress.anki import Package
from deckpress.anki.package_reader import held_media, read_package
from deckpress.anki.packages import version_of
from deckpress.diagnostics import (
    DeckError,
    Diagnostic,
    Diagnostics,
    Location,
    Severity,
    error,
    has_errors,
    reason_of,
)
from deckpress.process import limit, limit_memory
from deckpress.verify import (
    Log,
    check,
    check_database,
    empty_cards,
    find_broken_media,
    import_package,
    load_library,
    look_at,
    open_collection,
    require_library,
    template_errors,
)
from deckpress.verify.fresh_import import FreshImport, check_fresh_import, check_media_map
from deckpress.verify.upgrade import Upgrade, divide, simulate_learner
from deckpress.verify.upgrade_checks import check_upgrade
from deckpress.workers import Failure, Reason, work_all

if TYPE_CHECKING:  # at run time it is loaded where it is used, since it is an extra
    from anki.collection import Collection

_FILE_SIZE = 4_000_000_000
"""Bytes of any one file that Anki writes."""
_REMEDY = "if it is small, do not open it in Anki; if it is large, export fewer decks at once"
_fresh_imports: list[FreshImport] = []
"""In the process: the new package in an empty collection, kept for the older ones."""


@dataclass(frozen=True)
class Outcome:
    """What a learner gets by importing the new package, and what is wrong with that."""

    old: Path | None
    """The older release that the learner has; None for an empty collection."""
    log: Log
    cards: int
    """Cards in the collection before the import; of an empty collection, after it."""
    kept: int
    """Those of the cards that are as they were: schedule, flag, deck, memory."""
    written: int
    """Unchanged notes on which the learner had written."""
    written_kept: int
    """Those on which that is still there."""
    replaced: int
    """Notes that have the author's new text and tags instead of what they had."""
    retired: int
    """Notes that are no longer in the package; they stay with the learner."""
    media: int
    """Media files that the new package brings into an empty collection."""
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What a learner loses; the other problems are warnings."""
        return tuple(diagnostic for diagnostic in self.diagnostics if has_errors([diagnostic]))


@dataclass(frozen=True)
class Verification:
    """What becomes of learners when they import a package."""

    new: Path
    outcomes: tuple[Outcome, ...]
    """First that of an empty collection, then one for each older release."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All that is wrong, losses and warnings."""
        return tuple(diagnostic for outcome in self.outcomes for diagnostic in outcome.diagnostics)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """All that a learner loses."""
        return tuple(fault for outcome in self.outcomes for fault in outcome.errors)


def verify_package(olds: Sequence[Path], new: Path) -> Verification:
    """Import a package into empty collections, and into those of learners of older releases.

    Collections lie in temporary folders; the user's own Anki is not touched. Raises DeckError, for
    all packages at once, if one cannot be read, and if Anki's library is not installed.
    """
    packages = read_all([*olds, new])
    fresh = observe_fresh_import(new, packages[new])
    updates = (observe_upgrade(old, packages[old], fresh) for old in olds)
    return Verification(new, (first_outcome(fresh), *map(upgrade_outcome, updates)))


def read_all(paths: Sequence[Path]) -> dict[Path, Package]:
    """Read packages. Raises DeckError, for all at once, if one cannot be, or Anki would break."""
    packages: dict[Path, Package] = {}
    diagnostics: Diagnostics = []
    for path in dict.fromkeys(paths):
        try:
            packages[path] = _read(path)
        except DeckError as problem:
            diagnostics += problem.diagnostics
    if diagnostics:
        raise DeckError(diagnostics)
    return packages


def _read(path: Path) -> Package:
    """Return a package's notes; refuse what Anki's library would not survive."""
    package = read_package(path, media=True)  # Anki would unpack all of them to disk
    if package.first_note_id <= 0:
        message = (
            f"has a note with the id {package.first_note_id}, on which Check Database breaks: "
            "count ids from a time (genanki: write_to_file(timestamp=…))"
        )
        raise DeckError([error(Location(str(path)), message)])
    return package


def observe_fresh_import(path: Path, package: Package) -> FreshImport:
    """Return what becomes of a package in an empty collection."""
    media = held_media(path)
    with open_collection(path) as collection:
        log, state = _import(collection, path), look_at(collection)
        errors = tuple(template_errors(collection))
        broken = find_broken_media(collection)
        return FreshImport(path, package, media, log, state, check(collection), errors, broken)


def _import(collection: Collection, path: Path) -> Log:
    """Import a package; where Anki only says that it cannot, say why."""
    try:
        return import_package(collection, path)
    except DeckError as problem:
        causes = [error(Location(str(path)), text) for text in check_media_map(held_media(path))]
        raise DeckError(causes or problem.diagnostics) from problem


def first_outcome(fresh: FreshImport) -> Outcome:
    """Return what a learner gets who had nothing of the package yet."""
    return Outcome(
        old=None,
        log=fresh.log,
        cards=len(fresh.state.cards),
        kept=len(fresh.state.cards),
        written=0,
        written_kept=0,
        replaced=0,
        retired=0,
        media=len(fresh.state.media),
        diagnostics=tuple(check_fresh_import(fresh)),
    )


def observe_upgrade(old: Path, package: Package, fresh: FreshImport) -> Upgrade:
    """Return what becomes of a learner of an older release who imports the new one."""
    with open_collection(old) as collection:
        _import(collection, old)
        check_database(collection)  # or what is wrong with the old release would be in the way
        imported = look_at(collection)
        written = simulate_learner(collection, imported, divide(imported, fresh.state))
        after_study, empty = look_at(collection), frozenset(empty_cards(collection))
        log, after = _import(collection, fresh.path), look_at(collection)
        checkup = check(collection)
    return Upgrade(old, package, fresh, imported, after_study, after, written, log, empty, checkup)


def upgrade_outcome(update: Upgrade) -> Outcome:
    """Return what a learner gets who had an older release."""
    after_study, after = update.after_study, update.after
    return Outcome(
        old=update.old,
        log=update.log,
        cards=len(after_study.cards),
        kept=sum(after.cards.get(key) == card for key, card in after_study.cards.items()),
        written=len(update.written),
        written_kept=sum(
            after.notes[key].content == after_study.notes[key].content for key in update.written
        ),
        replaced=sum(
            after.notes[key].content != after_study.notes[key].content
            for key in update.division.changed
        ),
        retired=len(update.division.retired),
        media=len(update.fresh.state.media),
        diagnostics=tuple(_own_up(update)),
    )


def _own_up(update: Upgrade) -> Iterator[Diagnostic]:
    """Yield what is wrong with an update; as warnings where the version tells learners of it.

    A higher first number says that they may lose progress.
    """
    old, new = version_of(update.old), version_of(update.fresh.path)
    is_reported = old is not None and new is not None and new.major > old.major
    for diagnostic in check_upgrade(update):
        yield replace(diagnostic, severity=Severity.WARNING) if is_reported else diagnostic


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


def _check(answer: Outcome | tuple[Diagnostic, ...] | Failure, job: _Job) -> Outcome:
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


def verify_one(job: _Job) -> Outcome | tuple[Diagnostic, ...]:
    """Return what comes of a package, or what is wrong with it; in a process for that alone."""
    load_library()
    os.chdir(job.folder)  # a worker starts in another one
    _confine(job.limits)
    try:
        if job.is_new and not _fresh_imports:
            _fresh_imports.append(observe_fresh_import(job.path, job.package))
            return first_outcome(_fresh_imports[0])
        return upgrade_outcome(observe_upgrade(job.path, job.package, _fresh_imports[0]))
    except DeckError as problem:
        return problem.diagnostics
    except OSError as problem:  # such as a disk that is full
        return (error(Location(str(job.path)), f"cannot be rehearsed: {reason_of(problem)}"),)


def _confine(limits: Limits) -> None:
    limit("CORE", 0)
    limit("FSIZE", _FILE_SIZE)
    limit_memory(limits.memory)
