"""`check`: everything that is wrong, and nothing written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from deckpress.cli.opening import open_deck
from deckpress.cli.options import build_options
from deckpress.cli.output import fail_if_lost, say
from deckpress.cli.progress import prepare_now
from deckpress.cli.telling import (
    count,
    count_problems,
    errors_told,
    tell,
    tell_changes,
    tell_of_trust,
)
from deckpress.errors import DeckError


@click.command()
@build_options
def check(
    source: Path | None,
    project: Path,
    strict: bool,
    quiet: bool,
    is_trusting: bool,
    runs_code: bool,
    **wishes: Any,
) -> None:
    """Tell everything that is wrong, matters of style as well, and write nothing.

    SOURCE is a Markdown file, or a folder of them; left out, the project is checked.
    """
    from deckpress.safekeeping import Wishes

    with errors_told(strict, style=True):
        opened, problems = open_deck(source, project)
        prepared = prepare_now(
            opened,
            problems,
            Wishes(**wishes),
            quiet=quiet,
            is_trusting=is_trusting,
            runs_code=runs_code,
        )
        if prepared.has_errors(strict=strict):
            raise DeckError(prepared.problems)
    tell(prepared.problems, strict=strict, style=True)
    if not quiet:
        say(f"{count(len(prepared.notes), 'note')}, {count_problems(prepared)}")
        tell_of_trust(is_trusting)
        tell_changes(prepared.changes, prepared.search)
    fail_if_lost()
