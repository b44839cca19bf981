"""Which deck is meant, and where what belongs to it lies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckpress.errors import DeckError, Location, Problem, error

if TYPE_CHECKING:  # at run time it is loaded where it is used, since --help does not need it
    from deckpress.project import Project


def open_deck(source: Path | None, folder: Path) -> tuple[Project, list[Problem]]:
    from deckpress.project import open_lone_source, open_project

    return open_lone_source(source) if source else open_project(folder)


def open_to_build(
    source: Path | None, folder: Path, output: Path | None
) -> tuple[Project, list[Problem], Path]:
    """Return the project with a lock that can be written, its problems and the package's path."""
    from deckpress.project import with_writable_lock

    opened, problems = open_deck(source, folder)
    package = _package_path(opened, output)
    opened = with_writable_lock(opened, package.parent) if source else opened
    opened = replace(opened, output=package.parent)
    return opened, problems, package


def _package_path(project: Project, output: Path | None) -> Path:
    if output is None:
        return project.output / project.package_name
    return output if output.suffix.lower() == ".apkg" else output / project.package_name


def tell_of_waiting() -> None:
    click.echo("waiting for another build of this deck", err=True)


def cache_folder() -> Path | None:
    """Return the folder for what can be found out again; None for a user without a home."""
    from platformdirs import user_cache_path

    try:
        return user_cache_path("deckpress", appauthor=False)
    except RuntimeError:
        return None


def settings_folder() -> Path:
    """Return the user's own folder for what a deck may not say of itself."""
    from platformdirs import user_config_path

    try:
        return user_config_path("deckpress", appauthor=False)
    except RuntimeError as wrong:
        message = "has no home folder to remember in what is trusted: say --run-code"
        raise DeckError([error(Location("user"), message)]) from wrong
