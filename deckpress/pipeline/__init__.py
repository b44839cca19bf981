"""The whole build: files → notes → fields → package and lock; a deck on its way, as values.

`prepare` does all that writes nothing. `pack` makes the package's bytes, and writes them to a place
that is free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from deckpress.anki import PackageNote
from deckpress.errors import Level, Problem, has_errors, sort_problems
from deckpress.lock import Lock, LockedNote
from deckpress.lock.changes import Change, search_for
from deckpress.media import Media
from deckpress.notes.coverage import FileAccount
from deckpress.project import Project
from deckpress.render import RenderedNote


@dataclass(frozen=True)
class Prepared:
    """A deck that has been read, checked, rendered and dated, with nothing written yet."""

    project: Project
    before: Lock
    after: Lock
    rendered: tuple[RenderedNote, ...]
    notes: tuple[PackageNote, ...]
    media: Media
    problems: tuple[Problem, ...]
    active: tuple[Problem, ...]
    """Of these, the warnings of scripts in notes, which no release has."""
    changes: tuple[Change, ...]
    retired: tuple[LockedNote, ...]
    """Notes that the last build had and this one has not."""
    pictures: Mapping[Path, bytes]
    """The pictures that were drawn just now, by their paths."""
    stale: tuple[Path, ...]
    """Pictures to be removed, since no block asks for them any more."""
    accounts: tuple[FileAccount, ...] = ()
    """What became of the words of each file."""
    adopted: Path | None = None
    """The package of another tool, whose notes live on as notes of this deck."""

    @property
    def search(self) -> str:
        """What finds the retired notes in Anki's browser; empty if learners have none of them."""
        known = self.before.releases
        told = [entry for entry in self.retired if entry.released or not known]
        return search_for(self.project.deck.id, told)

    def for_release(self) -> Prepared:
        """Return the same with what no release may have as errors."""
        problems = (
            replace(each, level=Level.ERROR)
            if each in self.active and each.level is Level.WARNING
            else each
            for each in self.problems
        )
        return replace(self, problems=sort_problems(problems))

    def has_errors(self, *, strict: bool) -> bool:
        """Say whether the deck must not be built; `strict` counts warnings as well."""
        return has_errors(self.problems, strict=strict)


@dataclass(frozen=True)
class Summary:
    """What a build did."""

    package: Path
    lock: Path
    size: int
    """Of the package, in bytes."""
    new: int
    changed: int
    unchanged: int
    retired: int
    """Notes that the last build had and this one has not."""
    cards: int
    media: int
    drawn: int
    """Pictures that were drawn by this build."""
    removed: tuple[Path, ...]
    """Pictures that this build removed."""
    is_first: bool
    """Whether there was no lock before."""
