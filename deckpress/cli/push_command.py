"""`push`: the deck, built, into the Anki that is running."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deckpress.cli.build_command import build_and_report
from deckpress.cli.options import build_options, output_option
from deckpress.cli.report import errors_reported, show_text

if TYPE_CHECKING:  # at run time it is loaded where it is used, since --help does not need it
    from deckpress.anki.connect import Pushed


@click.command()
@build_options
@output_option
@click.option(
    "--url",
    default="http://127.0.0.1:8765",
    show_default=True,
    help="Where AnkiConnect listens; its key, if it has one, is taken from ANKICONNECT_KEY.",
)
def push(source: Path | None, strict: bool, quiet: bool, url: str, **options: Any) -> None:
    """Build the deck and import it into the Anki that is running, through AnkiConnect.

    SOURCE is a Markdown file, or a folder of them; left out, the project is built. An .apkg is
    imported as it is.
    """
    from deckpress.anki.connect import AnkiConnect, push_package

    anki = AnkiConnect(url, os.environ.get("ANKICONNECT_KEY") or None)
    with errors_reported(strict, style=strict):
        anki.check()
    if source and source.suffix.lower() == ".apkg":
        package = source
    else:
        package = build_and_report(source, strict=strict, quiet=quiet, **options)
    with errors_reported(strict, style=strict):
        pushed = push_package(anki, package)
    if not quiet:
        show_text(_describe(package, pushed))


def _describe(package: Path, pushed: Pushed) -> str:
    profile = f' (profile "{pushed.profile}")' if pushed.profile else ""
    return (
        f"{package}  imported into Anki{profile}: {pushed.new} new, {pushed.updated} updated, "
        f"{pushed.unchanged} left as they were"
    )
