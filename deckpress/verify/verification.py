"""Verification itself: a package in an empty collection, and after each older release."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from deckpress.anki import Package
from deckpress.anki.package_reader import held_media, read_package
from deckpress.anki.packages import version_of
from deckpress.errors import DeckError, Level, Location, Problem, error, has_errors
from deckpress.verify import Log
from deckpress.verify.collection import (
    check,
    check_database,
    empty_cards,
    find_broken_media,
    import_package,
    look_at,
    open_collection,
    template_errors,
)
from deckpress.verify.fresh_import import FreshImport, check_fresh_import, check_media_map
from deckpress.verify.upgrade import Upgrade, divide, simulate_learner
from deckpress.verify.upgrade_checks import check_upgrade

if TYPE_CHECKING:  # at run time it is loaded where it is used, since it is an extra
    from anki.collection import Collection


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
    problems: tuple[Problem, ...]

    @property
    def faults(self) -> tuple[Problem, ...]:
        """What a learner loses; the other problems are warnings."""
        return tuple(problem for problem in self.problems if has_errors([problem]))


@dataclass(frozen=True)
class Verification:
    """What becomes of learners when they import a package."""

    new: Path
    outcomes: tuple[Outcome, ...]
    """First that of an empty collection, then one for each older release."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong, losses and warnings."""
        return tuple(problem for outcome in self.outcomes for problem in outcome.problems)

    @property
    def faults(self) -> tuple[Problem, ...]:
        """All that a learner loses."""
        return tuple(fault for outcome in self.outcomes for fault in outcome.faults)


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
    problems: list[Problem] = []
    for path in dict.fromkeys(paths):
        try:
            packages[path] = _read(path)
        except DeckError as wrong:
            problems += wrong.problems
    if problems:
        raise DeckError(problems)
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
    except DeckError as wrong:
        causes = [error(Location(str(path)), text) for text in check_media_map(held_media(path))]
        raise DeckError(causes or wrong.problems) from wrong


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
        problems=tuple(check_fresh_import(fresh)),
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
        problems=tuple(_own_up(update)),
    )


def _own_up(update: Upgrade) -> Iterator[Problem]:
    """Yield what is wrong with an update; as warnings where the version tells learners of it.

    A higher first number says that they may lose progress.
    """
    old, new = version_of(update.old), version_of(update.fresh.path)
    is_told = old is not None and new is not None and new.major > old.major
    for problem in check_upgrade(update):
        yield replace(problem, level=Level.WARNING) if is_told else problem
