"""`release`, `init` and `trust`: a build that learners get, a new project, plots that may run."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckpress.cli.inputs import open_deck, opened_alone, prepare_now, settings_folder
from deckpress.cli.options import place_options, project_option
from deckpress.cli.report import NOTHING_WRITTEN, errors_reported, report, show_text
from deckpress.diagnostics import DeckError, counted, file_size, has_errors
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
    with (
        errors_reported(strict, style=False, why=why, outcome=NOTHING_WRITTEN),
        opened_alone(None, project, None) as (opened, _),
    ):
        prepared = prepare_now(opened, quiet=quiet).for_release()
        if prepared.has_errors(strict=strict):
            raise DeckError(prepared.diagnostics)
        if not dry_run:
            _check_committed(prepared, version)
        plan = plan_release(prepared, version, time.strftime("%Y-%m-%d"), strict=strict)
        written = [path for path, data in plan.files.items() if not holds(path, data)]
        if not dry_run:
            plan.write()
    report([*prepared.diagnostics, *plan.diagnostics], strict=False, style=False)
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
        end = "  would be written" if dry_run else ""
        yield f"{path}  {file_size(len(plan.files[path]))}{end}"
    if not written:
        yield f"{plan.version} is released, and all of it is there"
    elif not dry_run:
        yield f"{plan.version} is released: commit it, and tag it v{plan.version}"


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
    show_text(f'{counted(len(made.paths), "file")} made; the language is "{made.language}"')
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
    from deckpress.pipeline.compile_files import read_blocks

    with errors_reported(strict=False, style=False):
        opened, diagnostics = open_deck(source, project)
        blocks = read_blocks(opened, diagnostics)
        if has_errors(diagnostics):
            raise DeckError(diagnostics)
        plots = {block.where: block.content for block in blocks if isinstance(block.content, Plot)}
        trust_plots(settings_folder(), opened.root, plots.values())
    for where in plots:
        show_text(f"{where}: trusted")
    if not plots:
        show_text("there are no plots to trust")
