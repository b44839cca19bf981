"""`init`, a new project to begin with, and `trust`: which plots may run unasked."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from deckpress.cli.inputs import open_deck, settings_folder
from deckpress.cli.options import place_options
from deckpress.cli.report import NOTHING_WRITTEN, count, errors_reported, show_text
from deckpress.errors import DeckError, has_errors


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
    with errors_reported(strict=False, style=False, outcome=NOTHING_WRITTEN):
        made = create_project(Path(folder), language)
    for path in made.paths:
        show_text(path)
    show_text(f'{count(len(made.paths), "file")} made; the language is "{made.language}"')
    show_text("README.md there tells the rest. To check the deck and to build it:")
    if Path(folder).resolve() != Path.cwd():
        show_text(f"  cd {shlex.quote(folder)}")
    show_text("  python build_deck.py check --strict")
    show_text("  python build_deck.py")


@click.command()
@place_options
def trust(source: Path | None, project: Path) -> None:
    """Let the plots that a deck has now be run from now on, without --run-code.

    A plot is Python that can do what you can do, so read it first. One that is changed later is to
    be trusted again. SOURCE is a Markdown file, or a folder of them; left out, it is the project.
    """
    from deckpress.diagrams import Plot
    from deckpress.diagrams.plots import trust_plots
    from deckpress.pipeline import prepare

    with errors_reported(strict=False, style=False):
        opened, problems = open_deck(source, project)
        figures = prepare.read_figures(opened, problems)
        if has_errors(problems):
            raise DeckError(problems)
        plots = {each.where: each.content for each in figures if isinstance(each.content, Plot)}
        trust_plots(settings_folder(), opened.root, plots.values())
    for where in plots:
        show_text(f"{where}: trusted")
    if not plots:
        show_text("there are no plots to trust")
