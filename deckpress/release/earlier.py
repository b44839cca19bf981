"""Releases that learners have: where their packages lie, and whether they are whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from deckpress.anki.packages import bytes_digest, file_digest, is_released
from deckpress.errors import DeckError, Level, Location, Problem, error
from deckpress.lock import Release
from deckpress.project import Project


def package_of(project: Project, release: Release) -> Path:
    """Return the package of a release. Raises DeckError if it is not there, or is another one."""
    path = project.output / project.package_name(release.version)
    if not path.is_file():
        what = "is not there, though it was released"
    elif file_digest(path) != release.sha256:
        what = f"is not the package that was released as {release.version}"
    else:
        return path
    message = f"{what}: restore it (git checkout -- {path}), since releases are compared with it"
    raise DeckError([error(Location(str(path)), message)])


def packages_of(
    project: Project, releases: Sequence[Release]
) -> tuple[list[Path], tuple[Problem, ...]]:
    """Return the packages of releases, and warnings of those that are not there.

    Raises DeckError if the last one is not.
    """
    found: list[Path] = []
    missing: list[Problem] = []
    for release in releases:
        try:
            found.append(package_of(project, release))
        except DeckError as wrong:
            if release is releases[-1]:
                raise
            missing += (replace(each, level=Level.WARNING) for each in wrong.problems)
    return found, tuple(missing)


def is_complete(project: Project, release: Release) -> bool:
    """Say whether a release has its package and its checksum, so that it was not cut short."""
    path = project.output / project.package_name(release.version)
    return is_released(path)


def check_not_taken(package: Path, data: bytes) -> None:
    """Raise DeckError if there is a release of that version with other bytes."""
    if is_released(package) and file_digest(package) != bytes_digest(data):
        message = (
            "is a release with other bytes, which the lock does not know: take a higher version; "
            "if nobody has it, remove it"
        )
        raise DeckError([error(Location(str(package)), message)])
