"""A build as a command does it: opened, built and told of."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from deckpress.cli.account import describe_styles
from deckpress.cli.opening import guards_folder, open_to_build, tell_of_waiting, tidy_up
from deckpress.cli.output import say
from deckpress.cli.progress import prepare_now
from deckpress.cli.telling import (
    NOTHING_WRITTEN,
    describe,
    errors_told,
    tell,
    tell_changes,
    tell_of_trust,
)
from deckpress.guards import only_one_build


def build_and_tell(
    source: Path | None,
    project: Path,
    output: Path | None,
    strict: bool,
    quiet: bool,
    is_trusting: bool,
    runs_code: bool,
    **options: Any,
) -> Path:
    """Build a deck, say what was done, and return the package; exit if it cannot be built."""
    from deckpress.lock.store import BuildOptions
    from deckpress.pipeline.pack import build

    started = time.perf_counter()
    with errors_told(strict, style=strict, outcome=NOTHING_WRITTEN):
        lock = open_to_build(source, project, output)[0].lock
        with only_one_build(lock, tell_of_waiting, guards_folder()):
            # opened again, and only now dated: another build, and its author, may have gone on
            opened, problems, place = open_to_build(source, project, output)
            tidy_up(opened)
            prepared = prepare_now(
                opened,
                problems,
                BuildOptions(**options),
                quiet=quiet,
                is_trusting=is_trusting,
                runs_code=runs_code,
            )
            summary = build(prepared, place, strict=strict)
    tell(prepared.problems, strict=strict, style=strict)
    if not quiet:
        say(describe(summary, time.perf_counter() - started))
        if found := describe_styles(prepared.accounts):
            say(f"questions found: {found}")
        tell_of_trust(is_trusting)
        tell_changes(prepared.changes, prepared.search)
    return summary.package
