"""`build`, the default command."""

from __future__ import annotations

from typing import Any

import click

from deckpress.cli.building import build_and_tell
from deckpress.cli.options import build_options, output_option


@click.command()
@build_options
@output_option
@click.option("--prune", is_flag=True, help="Remove pictures that no block asks for any more.")
def build(**options: Any) -> None:
    """Write the package and the lock (the default command).

    SOURCE is a Markdown file, or a folder of them; left out, the project is built.
    """
    build_and_tell(**options)
