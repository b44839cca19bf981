"""Which package an argument means: a file, or a word for one of the project's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deckpress.cli.opening import open_deck
from deckpress.cli.progress import prepare_now
from deckpress.cli.telling import tell
from deckpress.errors import DeckError, Location, error

WORDS = ("released", "working")


@dataclass(frozen=True)
class NamedPackage:
    """A package, and what it is called to its reader."""

    name: str
    package: Path | bytes
    """Where it lies, or what it is made of."""


def find_package(word: str, folder: Path, *, runs_code: bool = False) -> NamedPackage:
    """Return the package that a word means, for the project in a folder.

    `released` is its newest release, `working` the project as it is now, built in memory without a
    check of its formulas; anything else is the path of a package. Raises DeckError if there is no
    release, or if the project cannot be built.
    """
    if word not in WORDS:
        return NamedPackage(Path(word).name, Path(word))
    if word == "released":
        path = released_packages(folder)[-1]
        return NamedPackage(path.name, path)
    return _build(folder, runs_code)


def package_file(named: NamedPackage, folder: Path) -> Path:
    """Return where a package lies; one that was just built is written into a folder."""
    if isinstance(named.package, Path):
        return named.package
    path = folder / "working.apkg"
    path.write_bytes(named.package)
    return path


def released_packages(folder: Path) -> list[Path]:
    """Return a project's releases, the oldest first; where there are none, its builds.

    Raises DeckError if there are neither, or if the last release is not there. Tells of earlier
    ones that are not.
    """
    from deckpress.anki.packages import packages_in
    from deckpress.lock.lock_file import read_lock
    from deckpress.release.plan import packages_of

    project, _ = open_deck(None, folder)
    if releases := read_lock(project.lock, project.deck.id, 0).releases:
        packages, missing = packages_of(project, releases)
        tell(missing, strict=False, style=False)
        return packages
    builds = packages_in(project.output, project.deck.id, project.root)
    if not builds:
        message = f"has no package of {project.deck.id} yet: build it, or name a package"
        raise DeckError([error(Location(str(project.output)), message)])
    return list(builds.values())


def _build(folder: Path, runs_code: bool) -> NamedPackage:
    from deckpress.pipeline.pack import pack_as

    project, problems = open_deck(None, folder)
    prepared = prepare_now(project, problems, quiet=True, is_trusting=True, runs_code=runs_code)
    if prepared.has_errors(strict=False):
        raise DeckError(prepared.problems)
    packed = pack_as(prepared, prepared.project.deck.version)
    return NamedPackage(f"{project.deck.id}, working", packed.data)
