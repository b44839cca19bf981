"""Which deck is meant, and where what belongs to it lies."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from deckpress.cli.output import say
from deckpress.errors import DeckError, Location, Problem, error
from deckpress.filesystem import leads_out
from deckpress.scratch import sweep

if TYPE_CHECKING:  # at run time it is loaded where it is used, since --help does not need it
    from deckpress.project import Project


def open_deck(source: Path | None, folder: Path) -> tuple[Project, list[Problem]]:
    """Return the deck of a lone source, or else the project in a folder, and its problems."""
    from deckpress.project import open_lone_source, open_project

    return open_lone_source(source) if source else open_project(folder)


def open_to_build(
    source: Path | None, folder: Path, output: Path | None
) -> tuple[Project, list[Problem], Path]:
    """Return the project with a lock that can be written, its problems, and the package's place.

    The place is the package's path if `output` is one, and otherwise the folder for it.
    """
    from deckpress.project import with_writable_lock

    opened, problems = open_deck(source, folder)
    place = output or opened.output
    folder = place.parent if place.suffix.lower() == ".apkg" else place
    opened = with_writable_lock(opened, folder) if source else opened
    return replace(opened, output=folder), problems, place


def tell_of_waiting() -> None:
    """Write that another build of the deck has to end first."""
    say("waiting for another build of this deck", err=True)


def tidy_up(project: Project) -> None:
    """Remove what builds of a project that were killed left in its folders, and elsewhere."""
    sweep(Path(tempfile.gettempdir()))
    for folder in {project.root, project.lock.parent, project.pictures, project.output}:
        if not leads_out(folder, project.root):
            sweep(folder)


def cache_folder() -> Path | None:
    """Return the folder for what can be found out again; None for a user without a home."""
    from platformdirs import user_cache_path

    try:
        return user_cache_path("deckpress", appauthor=False)
    except RuntimeError:
        return None


def guards_folder() -> Path | None:
    """Return the user's own folder for what keeps builds apart where that cannot lie by a deck."""
    cache = cache_folder()
    return cache / "guards" if cache else None


def settings_folder() -> Path:
    """Return the user's own folder for what a deck may not say of itself."""
    from platformdirs import user_config_path

    try:
        return user_config_path("deckpress", appauthor=False)
    except RuntimeError as wrong:
        message = "has no home folder to remember in what is trusted: say --run-code"
        raise DeckError([error(Location("user"), message)]) from wrong
