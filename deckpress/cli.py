"""The command: options in, messages and exit codes out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deckpress import __version__
from deckpress.errors import DeckError, Level, Location, Problem, error, has_errors, shows
from deckpress.files import only_one_build
from deckpress.notes import Note

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.diagrams import DrawFigures, Drawn, Figure, Plot
    from deckpress.lock import Change
    from deckpress.pipeline import Prepared, Summary
    from deckpress.project import Project
    from deckpress.typeset import Typeset, Verdict

_LONG = 500
"""From this many notes, or formulas, on a build takes long enough to show how far it is."""
_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.HINT: "cyan", Level.STYLE: "cyan"}


class _BuildByDefault(click.Group):
    """A group whose `build` may be left out: `build_deck.py notes.md` builds notes.md."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if not args or (args[0] not in self.commands and args[0] not in own):
            args = ["build", *args]
        return super().parse_args(ctx, args)


def _place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what says which deck is meant."""
    options = (
        click.argument("source", required=False, type=click.Path(readable=False, path_type=Path)),
        click.option(
            "--project",
            type=click.Path(file_okay=False, readable=False, path_type=Path),
            default=".",
            help="The folder that holds source/ (default: this one).",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    package = click.Path(readable=False, path_type=Path)
    options = (
        click.option("--strict", is_flag=True, help="Take warnings for errors."),
        click.option("--quiet", is_flag=True, help="Say nothing but what is wrong."),
        click.option(
            "--no-formula-check",
            "is_trusting",
            is_flag=True,
            help="Do not typeset the formulas to see whether they come out.",
        ),
        click.option(
            "--run-code",
            "runs_code",
            is_flag=True,
            help="Run the Python of plots whose pictures are missing.",
        ),
        click.option(
            "--locked", is_flag=True, help="Fail if a build would change the lock (for CI)."
        ),
        click.option(
            "--allow-deck-rename", is_flag=True, help="Take a new deck name for what you want."
        ),
        click.option(
            "--adopt",
            type=package,
            metavar="OLD.apkg",
            help="Let notes of a deck that another tool made live on as notes of this one.",
        ),
        click.option(
            "--rebuild-lock",
            type=package,
            metavar="FROM.apkg",
            help="Make a lost lock again, from a package that was built with it.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return _place_options(command)


@click.group(cls=_BuildByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="deckpress")
def main() -> None:
    """Turn Markdown questions and answers into an Anki deck that can be kept alive.

    Without a command, builds: `build_deck.py` alone builds the project in this folder, and
    `build_deck.py NOTES.md` a Markdown file, or a folder of them, that needs no project.
    """


@main.command()
@_shared_options
@click.option(
    "--output",
    type=click.Path(readable=False, path_type=Path),
    help="Where the package goes: a folder, or a file ending in .apkg "
    "(default: the project's dist/, or beside SOURCE).",
)
@click.option("--prune", is_flag=True, help="Remove pictures that no block asks for any more.")
def build(
    source: Path | None,
    project: Path,
    output: Path | None,
    strict: bool,
    quiet: bool,
    is_trusting: bool,
    runs_code: bool,
    **wishes: Any,
) -> None:
    """Write the package and the lock (the default command).

    SOURCE is a Markdown file, or a folder of them; left out, the project is built.
    """
    from deckpress import pipeline
    from deckpress.safekeeping import Wishes

    started = time.perf_counter()
    with _errors_told(strict, style=strict):
        lock = _open_to_build(source, project, output)[0].lock
        with only_one_build(lock, _tell_of_waiting):
            # opened again, and only now dated: another build, and its author, may have gone on
            opened, problems, package = _open_to_build(source, project, output)
            now = int(time.time())
            asked, typeset = Wishes(**wishes), _typeset(quiet, is_trusting)
            draw = _draw(opened, quiet, runs_code)
            prepared = pipeline.prepare(
                opened, problems, now, _progress(quiet), asked, typeset, draw
            )
            summary = pipeline.build(prepared, package, strict=strict)
    _tell(prepared.problems, strict=strict, style=strict)
    if not quiet:
        click.echo(_describe(summary, time.perf_counter() - started))
        _tell_of_trust(is_trusting)
        _tell_changes(prepared.changes, prepared.search)


@main.command()
@_shared_options
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
    from deckpress import pipeline
    from deckpress.safekeeping import Wishes

    with _errors_told(strict, style=True):
        opened, problems = _open(source, project)
        asked, now, typeset = Wishes(**wishes), int(time.time()), _typeset(quiet, is_trusting)
        draw = _draw(opened, quiet, runs_code)
        prepared = pipeline.prepare(opened, problems, now, _progress(quiet), asked, typeset, draw)
        if prepared.has_errors(strict=strict):
            raise DeckError(prepared.problems)
    _tell(prepared.problems, strict=strict, style=True)
    if not quiet:
        click.echo(f"{_count(len(prepared.notes), 'note')}, {_count_problems(prepared)}")
        _tell_of_trust(is_trusting)
        _tell_changes(prepared.changes, prepared.search)


@main.command()
@_place_options
def trust(source: Path | None, project: Path) -> None:
    """Let the plots that a deck has now be run from now on, without --run-code.

    A plot is Python that can do what you can do, so read it first. One that is changed later is to
    be trusted again. SOURCE is a Markdown file, or a folder of them; left out, it is the project.
    """
    from deckpress import pipeline
    from deckpress.diagrams import Plot, trust_plots

    with _errors_told(strict=False, style=False):
        opened, problems = _open(source, project)
        figures = pipeline.read_figures(opened, problems)
        if has_errors(problems):
            raise DeckError(problems)
        plots = {each.where: each.content for each in figures if isinstance(each.content, Plot)}
        trust_plots(_settings_folder(), opened.root, plots.values())
    for where in plots:
        click.echo(f"{where}: trusted")
    if not plots:
        click.echo("there are no plots to trust")


@contextmanager
def _errors_told(strict: bool, *, style: bool) -> Iterator[None]:
    """Turn errors into messages and exit code 1; the one place where that is done."""
    try:
        yield
    except DeckError as wrong:
        _tell(wrong.problems, strict=strict, style=style)
        sys.exit(1)
    except OSError as wrong:  # a file or folder that may not be read
        where = Location(str(wrong.filename or "disk"))
        message = f"cannot be read: {(wrong.strerror or str(wrong)).lower()}"
        _tell([error(where, message)], strict=strict, style=style)
        sys.exit(1)


def _open(source: Path | None, folder: Path) -> tuple[Project, list[Problem]]:
    from deckpress.project import open_lone_source, open_project

    return open_lone_source(source) if source else open_project(folder)


def _open_to_build(
    source: Path | None, folder: Path, output: Path | None
) -> tuple[Project, list[Problem], Path]:
    """Return the project with a lock that can be written, its problems and the package's path."""
    from deckpress.project import with_writable_lock

    opened, problems = _open(source, folder)
    package = _package_path(opened, output)
    opened = with_writable_lock(opened, package.parent) if source else opened
    opened = replace(opened, output=package.parent)
    return opened, problems, package


def _tell_of_waiting() -> None:
    click.echo("waiting for another build of this deck", err=True)


def _progress(quiet: bool) -> Callable[[Sequence[Note]], Iterable[Note]]:
    return iter if quiet else _show_progress


def _show_progress(notes: Sequence[Note]) -> Iterable[Note]:
    """Yield the notes, with a bar on a terminal if there are many."""
    if len(notes) < _LONG or not sys.stderr.isatty():
        yield from notes
        return
    with click.progressbar(notes, label="rendering", file=sys.stderr) as bar:
        yield from bar


def _typeset(quiet: bool, is_trusting: bool) -> Typeset:
    from deckpress.typeset import remembering, trust

    return (
        trust
        if is_trusting
        else remembering(_cache_folder(), _pass_on if quiet else _show_typesetting)
    )


def _cache_folder() -> Path | None:
    """Return the folder for what can be found out again; None for a user without a home."""
    from platformdirs import user_cache_path

    try:
        return user_cache_path("deckpress", appauthor=False)
    except RuntimeError:
        return None


def _settings_folder() -> Path:
    """Return the user's own folder for what a deck may not say of itself."""
    from platformdirs import user_config_path

    try:
        return user_config_path("deckpress", appauthor=False)
    except RuntimeError as wrong:
        message = "has no home folder to remember in what is trusted: say --run-code"
        raise DeckError([error(Location("user"), message)]) from wrong


def _draw(project: Project, quiet: bool, runs_code: bool) -> DrawFigures:
    """Return what draws the pictures of a project that are not there yet."""
    from deckpress.diagrams import digest_of, draw_figures, draw_here, trusted_plots

    @cache
    def trusted() -> frozenset[str]:
        with suppress(DeckError):
            return trusted_plots(_settings_folder(), project.root)
        return frozenset()

    def may_run(plot: Plot) -> bool:
        return runs_code or digest_of(plot) in trusted()

    def draw(figures: Sequence[Figure]) -> Iterable[Drawn]:
        pictures = draw_here(figures)
        return pictures if quiet else _show_drawing(pictures, len(figures))

    return partial(draw_figures, draw=draw, may_run=may_run)


def _pass_on(verdicts: Iterable[Verdict], count: int) -> Iterable[Verdict]:
    return verdicts


def _show_typesetting(verdicts: Iterable[Verdict], count: int) -> Iterable[Verdict]:
    """Yield verdicts as they come, with a bar on a terminal if there are many."""
    if count < _LONG or not sys.stderr.isatty():
        yield from verdicts
        return
    with click.progressbar(verdicts, count, "typesetting formulas", file=sys.stderr) as bar:
        yield from bar


def _show_drawing(pictures: Iterable[Drawn], count: int) -> Iterable[Drawn]:
    """Yield pictures as they come, with a bar on a terminal."""
    if not sys.stderr.isatty():
        yield from pictures
        return
    with click.progressbar(pictures, count, "drawing pictures", file=sys.stderr) as bar:
        yield from bar


def _tell_of_trust(is_trusting: bool) -> None:
    if is_trusting:
        click.echo("formulas were not checked (--no-formula-check)")


def _package_path(project: Project, output: Path | None) -> Path:
    if output is None:
        return project.output / project.package_name
    return output if output.suffix.lower() == ".apkg" else output / project.package_name


def _tell(problems: Sequence[Problem], *, strict: bool, style: bool) -> None:
    """Write each problem on a line of its own; matters of style only if `style` is."""
    for problem in problems:
        if shows(problem, style=style):
            click.secho(str(problem), err=True, fg=_COLOURS[problem.level], color=_colour())
    if strict and min((problem.level for problem in problems), default=None) is Level.WARNING:
        click.echo("warnings count as errors because of --strict", err=True)


def _colour() -> bool | None:
    """Return False where colours are unwanted (no-color.org); with None click decides."""
    return False if os.environ.get("NO_COLOR") else None


def _describe(summary: Summary, seconds: float) -> str:
    notes = summary.new + summary.changed + summary.unchanged
    kinds = [f"{summary.new} new", f"{summary.changed} changed", f"{summary.unchanged} unchanged"]
    lines = [
        f"{_count(notes, 'note')} ({', '.join(kinds)}), {_count(summary.cards, 'card')}, "
        f"{_count(summary.media, 'media file')}",
        f"{summary.package}  {_size(summary.size)}  {seconds:.2f} s",
    ]
    if summary.drawn:
        lines.append(
            f"{_count(summary.drawn, 'picture')} drawn: keep media/diagrams with the notes"
        )
    lines += [f"{path}  removed" for path in summary.removed]
    if summary.is_first:
        lines.append(f"{summary.lock}  is new: keep it, it remembers which note is which")
    return "\n".join(lines)


def _tell_changes(changes: Sequence[Change], search: str) -> None:
    """Write what happened to notes that learners have, and how they find those that are gone."""
    for change in changes:
        click.echo(f"{change.what}: {change.text}")
    if search:
        click.echo("Learners find retired notes in Anki's browser, to delete them, by")
        for line in search.splitlines():
            click.echo(f"  {line}")


def _count_problems(prepared: Prepared) -> str:
    """Return how many warnings and hints there are."""
    levels = [problem.level for problem in prepared.problems]
    warnings = levels.count(Level.WARNING)
    counts = {"warning": warnings, "hint": len(levels) - warnings}
    told = [_count(number, thing) for thing, number in counts.items() if number]
    return ", ".join(told) or "no problems"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def _size(size: int) -> str:
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
