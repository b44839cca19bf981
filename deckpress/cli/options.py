"""The options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from deckpress.diagnostics import Severity

project_option = click.option(
    "--project",
    type=click.Path(file_okay=False, readable=False, path_type=Path),
    default=".",
    help="The folder that holds source/ (default: this one).",
)


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what says which deck is meant."""
    options = (
        click.argument("source", required=False, type=click.Path(readable=False, path_type=Path)),
        project_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


def without_detours(
    context: click.Context, option: click.Parameter, path: Path | None
) -> Path | None:
    """Return a path without `new/..`, for which a folder `new` would be made, and left behind.

    Where `new` is a link to another folder, it stays.
    """
    short = path and Path(os.path.normpath(path))
    is_same = path and short and os.path.realpath(path) == os.path.realpath(short)
    return short if is_same else path


output_option = click.option(
    "--output",
    type=click.Path(readable=False, path_type=Path),
    callback=without_detours,
    help="Where the package goes: a folder, or a file ending in .apkg "
    "(default: the project's dist/, or beside SOURCE).",
)


def _only_one(
    context: click.Context, option: click.Parameter, values: Sequence[Path]
) -> Path | None:
    """Return the value of an option that is said once at most; click would take the last."""
    if len(values) > 1:
        raise click.BadParameter("said twice: build once for each package", context, option)
    return values[0] if values else None


_LEVELS = {"error": Severity.ERROR, "warn": Severity.WARNING}
"""How much something matters, by what the user calls that."""


def build_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command with the options that all have which build."""
    package = click.Path(readable=False, path_type=Path)
    options = (
        click.option("--strict", is_flag=True, help="Take warnings for errors."),
        click.option("--quiet", is_flag=True, help="Say nothing but what is wrong."),
        click.option(
            "--no-formula-check",
            "no_formula_check",
            is_flag=True,
            help="Do not typeset the formulas to see whether they come out.",
        ),
        click.option(
            "--run-code",
            "runs_code",
            is_flag=True,
            help="Run the Python of plots whose pictures are missing.",
        ),
        click.option(
            "--missing-media",
            type=click.Choice([*_LEVELS]),
            default="error",
            callback=lambda context, option, value: _LEVELS[value],
            help="Whether files that are not there stop a build, or words stand in their place.",
        ),
        click.option(
            "--locked", is_flag=True, help="Fail if a build would change the lock (for CI)."
        ),
        click.option(
            "--allow-deck-rename", is_flag=True, help="Take a new deck name for what you want."
        ),
        click.option(
            "--adopt",
            type=package,
            multiple=True,
            callback=_only_one,
            metavar="OLD.apkg",
            help="Let notes of a deck that another tool made live on as notes of this one.",
        ),
        click.option(
            "--rebuild-lock",
            type=package,
            metavar="FROM.apkg",
            help="Make a lost lock again, from a package that was built with it.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return place_options(command)
