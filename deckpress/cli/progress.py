"""The slow steps of a build, with a bar on a terminal that shows how far they are."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import TYPE_CHECKING

import click

from deckpress.cli.opening import cache_folder, settings_folder
from deckpress.errors import DeckError, Problem
from deckpress.notes import Note

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.diagrams.blocks import Figure
    from deckpress.diagrams.drawing import Drawn
    from deckpress.diagrams.pictures import DrawFigures
    from deckpress.diagrams.plot import Plot
    from deckpress.lock.store import BuildOptions
    from deckpress.pipeline import Prepared
    from deckpress.project import Project
    from deckpress.typeset.verdict import Typeset, Verdict

_LONG = 500
"""From this many notes, or formulas, on a build takes long enough to show how far it is."""


def prepare_now(
    project: Project,
    problems: Sequence[Problem],
    options: BuildOptions | None = None,
    *,
    quiet: bool,
    is_trusting: bool = False,
    runs_code: bool = False,
) -> Prepared:
    """Prepare a deck that was opened, dated by this computer's clock; the slow steps have bars."""
    from deckpress.pipeline.prepare import prepare

    typeset, draw = _typesetting(quiet, is_trusting), _drawing(project, quiet, runs_code)
    return prepare(project, problems, int(time.time()), _rendering(quiet), options, typeset, draw)


def _rendering(quiet: bool) -> Callable[[Sequence[Note]], Iterable[Note]]:
    return iter if quiet else _show_progress


def _show_progress(notes: Sequence[Note]) -> Iterable[Note]:
    """Yield the notes, with a bar on a terminal if there are many."""
    if len(notes) < _LONG or not sys.stderr.isatty():
        yield from notes
        return
    with click.progressbar(notes, label="rendering", file=sys.stderr) as bar:
        yield from bar


def _typesetting(quiet: bool, is_trusting: bool) -> Typeset:
    from deckpress.typeset.typesetter import remembering, trust

    return (
        trust
        if is_trusting
        else remembering(cache_folder(), _pass_on if quiet else _show_typesetting)
    )


def _drawing(project: Project, quiet: bool, runs_code: bool) -> DrawFigures:
    """Return what draws the pictures of a project that are not there yet."""
    from deckpress.diagrams.pictures import draw_figures, draw_here
    from deckpress.diagrams.trust import digest_of, trusted_plots

    @cache
    def trusted() -> frozenset[str]:
        with suppress(DeckError):
            return trusted_plots(settings_folder(), project.root)
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
