"""`check`: everything that is wrong, and nothing written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from deckpress.cli.account import report_account
from deckpress.cli.opening import open_deck
from deckpress.cli.options import build_options
from deckpress.cli.output import fail_if_lost, say
from deckpress.cli.progress import prepare_now
from deckpress.cli.telling import count, errors_told, tell, tell_changes, tell_of_trust


@click.command()
@build_options
@click.option(
    "--verbose", is_flag=True, help="List all messages, and the lines that are on no card."
)
def check(
    source: Path | None,
    project: Path,
    strict: bool,
    quiet: bool,
    is_trusting: bool,
    runs_code: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Tell everything that is wrong, matters of style as well, and write nothing.

    SOURCE is a Markdown file, or a folder of them; left out, the project is checked.
    """
    from deckpress.lock.store import BuildOptions

    with errors_told(strict, style=True, verbose=verbose):
        opened, problems = open_deck(source, project)
        prepared = prepare_now(
            opened,
            problems,
            BuildOptions(**options),
            quiet=quiet,
            is_trusting=is_trusting,
            runs_code=runs_code,
        )
    tell(prepared.problems, strict=strict, style=True, verbose=verbose)
    has_errors = prepared.has_errors(strict=strict)
    if not quiet and not has_errors:
        say(count(len(prepared.notes), "note") + ("" if prepared.problems else ", no problems"))
        tell_of_trust(is_trusting)
        tell_changes(prepared.changes, prepared.search)
    if not quiet and (verbose or not has_errors):
        report_account(prepared.accounts, verbose=verbose)
    if has_errors:
        sys.exit(1)
    fail_if_lost()
