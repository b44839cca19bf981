"""`init`: a new project to begin with."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from deckpress.cli.output import say
from deckpress.cli.telling import NOTHING_WRITTEN, count, errors_told


@click.command()
@click.argument("folder")
@click.option(
    "--language",
    metavar="TAG",
    help="The language of the notes, as in en or zh-CN (default: that of the folder's name).",
)
def init(folder: str, language: str | None) -> None:
    """Make a new project in FOLDER: settings, a note of each kind, tests and workflows.

    FOLDER is made if it is not there; it gives the deck its id and its name, which deck.toml then
    says. What is there already is never written over: if it is in the way, nothing is written.
    """
    from deckpress.scaffold import create_project

    if not folder.strip():
        raise click.UsageError("FOLDER is empty: name one, or say . for this one")
    with errors_told(strict=False, style=False, outcome=NOTHING_WRITTEN):
        made = create_project(Path(folder), language)
    for path in made.paths:
        say(path)
    say(f'{count(len(made.paths), "file")} made; the language is "{made.language}"')
    say("README.md there tells the rest. To check the deck and to build it:")
    if Path(folder).resolve() != Path.cwd():
        say(f"  cd {shlex.quote(folder)}")
    say("  python build_deck.py check --strict")
    say("  python build_deck.py")
