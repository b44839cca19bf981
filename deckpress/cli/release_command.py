"""`release`: a build that learners get."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckpress.cli.inputs import guards_folder, open_to_build, prepare_now, report_waiting, tidy_up
from deckpress.cli.options import project_option
from deckpress.cli.report import NOTHING_WRITTEN, errors_reported, report, show_text, size
from deckpress.errors import DeckError
from deckpress.file_locks import only_one_build
from deckpress.filesystem import holds

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.pipeline import Prepared
    from deckpress.release.plan import ReleasePlan


@click.command()
@click.argument("version", default="", metavar="[VERSION|major|minor|patch]")
@project_option
@click.option("--dry-run", is_flag=True, help="Show what would be released; write nothing.")
@click.option("--allow-warnings", is_flag=True, help="Release in spite of warnings.")
@click.option("--quiet", is_flag=True, help="Say nothing but what is wrong.")
def release(version: str, project: Path, dry_run: bool, allow_warnings: bool, quiet: bool) -> None:
    """Make a release: a package that learners get, rehearsed in real Anki.

    Writes the package, its checksum and its notes into dist/, a section into CHANGELOG.md, the
    version into deck.toml, and the release into the lock. Notes that it brings or changes have tags
    that say so. Without VERSION it is deck.toml's, if that is not released yet, or else what the
    changes call for: major if a learner could lose progress, minor for new notes, patch for
    corrections. One that was cut short can be made again.

    Needs Anki's library: pip install 'deckpress[verify]'.
    """
    from deckpress.release.plan import plan_release

    strict = not allow_warnings
    why = "in a release, unless you say --allow-warnings"
    with errors_reported(strict, style=False, why=why, outcome=NOTHING_WRITTEN):
        lock = open_to_build(None, project, None)[0].lock
        with only_one_build(lock, report_waiting, guards_folder()):
            opened, problems, _ = open_to_build(None, project, None)
            tidy_up(opened)
            prepared = prepare_now(opened, problems, quiet=quiet).for_release()
            if prepared.has_errors(strict=strict):
                raise DeckError(prepared.problems)
            if not dry_run:
                _check_committed(prepared, version)
            plan = plan_release(prepared, version, time.strftime("%Y-%m-%d"), strict=strict)
            written = [path for path, data in plan.files.items() if not holds(path, data)]
            if not dry_run:
                plan.write()
    report([*prepared.problems, *plan.problems], strict=False, style=False)
    if not quiet:
        show_text("\n".join(_describe(plan, written, dry_run=dry_run)))


def _check_committed(prepared: Prepared, version: str) -> None:
    """Raise DeckError if git does not have the lock, unless the release itself wrote it."""
    from deckpress.lock.store import check_committed
    from deckpress.release.plan import is_asked_again

    if not is_asked_again(prepared, version):
        check_committed(prepared.project)


def _describe(plan: ReleasePlan, written: list[Path], *, dry_run: bool) -> Iterator[str]:
    if plan.bump:
        yield f"{plan.bump.part}: {plan.bump.why()}"
    if dry_run and plan.notes:
        yield f"\n{plan.notes}"
    for path in written:
        yield f"{path}  {size(len(plan.files[path]))}" + ("  would be written" if dry_run else "")
    if not written:
        yield f"{plan.version} is released, and all of it is there"
    elif not dry_run:
        yield f"{plan.version} is released: commit it, and tag it v{plan.version}"
