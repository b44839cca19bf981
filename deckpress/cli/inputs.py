"""Which deck or package an argument means, prepared with a bar for the slow steps."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from deckpress.cli.report import report, show_text
from deckpress.diagnostics import DeckError, Diagnostics, Location, error
from deckpress.file_locks import only_one_build
from deckpress.filesystem import leads_out, sweep

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.diagrams import Drawn, Plot
    from deckpress.diagrams.diagram_blocks import DiagramBlock
    from deckpress.diagrams.image_store import Draw, DrawDiagrams
    from deckpress.formulas import Typeset, TypesetResult
    from deckpress.lock.store import BuildOptions
    from deckpress.pipeline import Prepared
    from deckpress.pipeline.workspace import Workspace
    from deckpress.project import Project, Source
    from deckpress.project.opening import Opened
    from deckpress.result_cache import ResultCache

_LONG = 500
"""From this many formulas on a build takes long enough to show how far it is."""
_LONG_TEXT = 500_000
"""From this many characters on."""
WORDS = ("released", "working")


def open_deck(source: Path | None, folder: Path) -> Opened:
    """Return the deck of a lone source, or else the project in a folder, and its problems."""
    from deckpress.project.opening import open_project, open_standalone

    return open_standalone(source) if source else open_project(folder)


@contextmanager
def opened_alone(
    source: Path | None, folder: Path, output: Path | None
) -> Iterator[tuple[Opened, Path]]:
    """Yield the project with a lock that can be written, its problems, and the package's place.

    The place is the package's path if `output` is one, and otherwise the folder for it. Meanwhile
    no other build of the deck runs.
    """
    from deckpress.project.opening import locate_project, locate_standalone

    located = locate_standalone(source) if source else locate_project(folder)
    lock = _to_be_built(located, source, output).lock
    with only_one_build(lock, _report_waiting, _guards_folder()):
        # read only now, and then dated: another build, and its author, may have gone on
        opened = open_deck(source, folder)
        project = _to_be_built(opened.project, source, output)
        _tidy_up(project)
        yield opened._replace(project=project), output or opened.project.output


def _to_be_built(project: Project, source: Path | None, output: Path | None) -> Project:
    """Return a project with the folder for its package, and with a lock that can be written."""
    from deckpress.project.opening import with_writable_lock

    place = output or project.output
    folder = place.parent if place.suffix.lower() == ".apkg" else place
    project = with_writable_lock(project, folder) if source else project
    return replace(project, output=folder)


def _report_waiting() -> None:
    """Write that another build of the deck has to end first."""
    show_text("waiting for another build of this deck", err=True)


def _tidy_up(project: Project) -> None:
    """Remove what builds of a project that were killed left in its folders, and elsewhere."""
    sweep(Path(tempfile.gettempdir()))
    for folder in {project.root, project.lock.parent, project.pictures, project.output}:
        if not leads_out(folder, project.root):
            sweep(folder)


def cache_folder() -> Path | None:
    """Return the folder for what can be found out again; None for a user without a home."""
    from platformdirs import user_cache_path

    try:
        return user_cache_path("deckpress", appauthor=False)
    except RuntimeError:
        return None


def result_cache() -> ResultCache | None:
    """Return what earlier runs remember; None for a user without a home."""
    from deckpress.result_cache import ResultCache

    folder = cache_folder()
    return ResultCache(folder) if folder else None


def _guards_folder() -> Path | None:
    """Return the user's own folder for what keeps builds apart where that cannot lie by a deck."""
    cache = cache_folder()
    return cache / "guards" if cache else None


def settings_folder() -> Path:
    """Return the user's own folder for what a deck may not say of itself."""
    from platformdirs import user_config_path

    try:
        return user_config_path("deckpress", appauthor=False)
    except RuntimeError as problem:
        message = "has no home folder to remember in what is trusted: say --run-code"
        raise DeckError([error(Location("user"), message)]) from problem


def prepare_now(
    opened: Opened,
    options: BuildOptions | None = None,
    *,
    quiet: bool,
    no_formula_check: bool = False,
    runs_code: bool = False,
) -> Prepared:
    """Prepare a deck that was opened, dated by this computer's clock; the slow steps have bars."""
    from deckpress.pipeline.compile_files import Compiler
    from deckpress.pipeline.prepare import prepare

    compiler = Compiler(result_cache())
    typeset = _typesetting(quiet, no_formula_check)
    draw = _drawing(opened.project, quiet, runs_code)
    return prepare(*opened, int(time.time()), _reading(quiet), options, typeset, draw, compiler)


def open_workspace(
    source: Path | None, folder: Path, *, no_formula_check: bool, runs_code: bool
) -> Workspace:
    """Return what holds a deck in memory, and prepares it again after each edit.

    The slow steps have bars.
    """
    from deckpress.diagrams.image_store import remembered
    from deckpress.lock.store import BuildOptions
    from deckpress.pipeline.workspace import Workspace

    opened = open_deck(source, folder)
    return Workspace(
        partial(open_deck, source, folder),
        BuildOptions(tells_all=True),
        _typesetting(False, no_formula_check),
        _drawing(opened.project, False, runs_code, remembered),
        result_cache(),
        _reading(False),
    )


def _reading(quiet: bool) -> Callable[[Sequence[Source]], Iterable[Source]]:
    return iter if quiet else _show_progress


def _show_progress(sources: Sequence[Source]) -> Iterable[Source]:
    """Yield the files, with a bar on a terminal if they are long."""
    length = sum(len(source.text) for source in sources)
    if length < _LONG_TEXT or not sys.stderr.isatty():
        yield from sources
        return
    with click.progressbar(length=length, label="reading", file=sys.stderr) as bar:
        for source in sources:
            yield source
            bar.update(len(source.text))


def _typesetting(quiet: bool, no_formula_check: bool) -> Typeset:
    from deckpress.formulas import skip_formula_check
    from deckpress.formulas.engine import cached

    return (
        skip_formula_check
        if no_formula_check
        else cached(cache_folder(), _pass_on if quiet else _show_typesetting)
    )


def _drawing(
    project: Project,
    quiet: bool,
    runs_code: bool,
    as_wanted: Callable[[Draw], Draw] = lambda draw: draw,
) -> DrawDiagrams:
    """Return what draws the pictures of a project that are not there yet.

    `as_wanted` makes of what draws them something that does it in another way.
    """
    from deckpress.diagrams.image_store import draw_all, draw_diagrams

    @cache
    def trusted() -> frozenset[str]:
        from deckpress.diagrams.plots import trusted_plots

        with suppress(DeckError):
            return trusted_plots(settings_folder(), project.root)
        return frozenset()

    def may_run(plot: Plot) -> bool:
        from deckpress.diagrams.plots import digest_of

        return runs_code or digest_of(plot) in trusted()

    def draw(blocks: Sequence[DiagramBlock]) -> Iterable[Drawn]:
        pictures = draw_all(blocks)
        return pictures if quiet else _show_drawing(pictures, len(blocks))

    return partial(draw_diagrams, draw=as_wanted(draw), may_run=may_run)


def _pass_on(verdicts: Iterable[TypesetResult], count: int) -> Iterable[TypesetResult]:
    return verdicts


def _show_typesetting(verdicts: Iterable[TypesetResult], count: int) -> Iterable[TypesetResult]:
    """Yield verdicts as they come, with a bar on a terminal if there are many."""
    if count < _LONG or not sys.stderr.isatty():
        yield from verdicts
        return
    with click.progressbar(verdicts, count, "typesetting formulas", file=sys.stderr) as bar:
        yield from bar


def _show_drawing(pictures: Iterable[Drawn], count: int) -> Iterable[Drawn]:
    """Yield pictures as they come, with a bar on a terminal if there are several."""
    if count < 2 or not sys.stderr.isatty():
        yield from pictures
        return
    with click.progressbar(pictures, count, "drawing pictures", file=sys.stderr) as bar:
        yield from bar


class NamedPackage(NamedTuple):
    """A package, and what it is called to its reader."""

    name: str
    package: Path | bytes
    """Where it lies, or what it is made of."""


def find_package(word: str, folder: Path, *, runs_code: bool = False) -> NamedPackage:
    """Return the package that a word means, for the project in a folder.

    `released` is its newest release, `working` the project as it is now, built in memory without a
    check of its formulas; anything else is the path of a package. Raises DeckError if there is no
    release, or if the project cannot be built.
    """
    if word not in WORDS:
        return NamedPackage(Path(word).name, Path(word))
    if word == "released":
        path = released_packages(folder)[-1]
        return NamedPackage(path.name, path)
    return _build(folder, runs_code)


def package_file(named: NamedPackage, folder: Path) -> Path:
    """Return where a package lies; one that was just built is written into a folder."""
    if isinstance(named.package, Path):
        return named.package
    path = folder / "working.apkg"
    path.write_bytes(named.package)
    return path


def released_packages(folder: Path) -> list[Path]:
    """Return a project's releases, the oldest first; where there are none, its builds.

    Raises DeckError if there are neither, or if the last release is not there. Tells of earlier
    ones that are not.
    """
    from deckpress.anki.packages import packages_in
    from deckpress.lock.lock_file import read_lock
    from deckpress.release.plan import packages_of

    project, _ = open_deck(None, folder)
    if releases := read_lock(project.lock, project.deck.id, 0).releases:
        missing: Diagnostics = []
        packages = packages_of(project, releases, missing)
        report(missing, strict=False, style=False)
        return packages
    builds = packages_in(project.output, project.deck.id, project.root)
    if not builds:
        message = f"has no package of {project.deck.id} yet: build it, or name a package"
        raise DeckError([error(Location(str(project.output)), message)])
    return list(builds.values())


def _build(folder: Path, runs_code: bool) -> NamedPackage:
    from deckpress.pipeline import pack_as

    opened = open_deck(None, folder)
    prepared = prepare_now(opened, quiet=True, no_formula_check=True, runs_code=runs_code)
    if prepared.has_errors(strict=False):
        raise DeckError(prepared.diagnostics)
    packed = pack_as(prepared, prepared.project.deck.version)
    return NamedPackage(f"{prepared.project.deck.id}, working", packed.data)
