"""`trust`: which plots may run without being asked about again."""

from __future__ import annotations

from pathlib import Path

import click

from deckpress.cli.opening import open_deck, settings_folder
from deckpress.cli.options import place_options
from deckpress.cli.output import say
from deckpress.cli.telling import errors_told
from deckpress.errors import DeckError, has_errors


@click.command()
@place_options
def trust(source: Path | None, project: Path) -> None:
    """Let the plots that a deck has now be run from now on, without --run-code.

    A plot is Python that can do what you can do, so read it first. One that is changed later is to
    be trusted again. SOURCE is a Markdown file, or a folder of them; left out, it is the project.
    """
    from deckpress.diagrams.plot import Plot
    from deckpress.diagrams.trust import trust_plots
    from deckpress.pipeline import prepare

    with errors_told(strict=False, style=False):
        opened, problems = open_deck(source, project)
        figures = prepare.read_figures(opened, problems)
        if has_errors(problems):
            raise DeckError(problems)
        plots = {each.where: each.content for each in figures if isinstance(each.content, Plot)}
        trust_plots(settings_folder(), opened.root, plots.values())
    for where in plots:
        say(f"{where}: trusted")
    if not plots:
        say("there are no plots to trust")
