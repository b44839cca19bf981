"""The pictures in `media/diagrams`: those that are there already, those to be drawn, stale ones."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deckpress.diagrams.blocks import Content, Figure, Place
from deckpress.diagrams.drawing import Drawn
from deckpress.diagrams.plot import Plot
from deckpress.diagrams.png import SMALLEST, WIDTH, Header, read_header
from deckpress.diagrams.style import PIXELS
from deckpress.errors import Level, Location, Problem, error, reason_of, warning
from deckpress.filesystem import (
    UnsafeFileError,
    leads_out,
    list_folder,
    read_regular,
)
from deckpress.media import drawn_name

Draw = Callable[[Sequence[Figure]], Iterable[Drawn]]
"""Draws pictures, in order."""
MayRun = Callable[[Plot], bool]
"""Says whether a plot's Python may be run."""

PHONE = 320
"""CSS pixels that a picture has on a phone of 360, between the card's margins (card.css)."""
READABLE = 9.0
"""CSS pixels; smaller letters are read on no phone."""

_NAME = re.compile(r".+-[0-9a-f]{12}\.png")


@dataclass(frozen=True)
class Picture:
    """A picture as a card shows it."""

    name: str
    """Of its file in Anki."""
    alt: str
    width: int
    """As it is shown where there is room, in CSS pixels."""
    height: int
    data: bytes
    """Its PNG."""
    path: Path
    is_new: bool
    """Whether it was drawn just now, and is not on disk yet."""


DrawFigures = Callable[[Sequence[Figure], Path, Path], tuple[dict[Place, Picture], list[Problem]]]
"""Takes figures, the folder in which pictures may lie that were drawn before, and the project's."""


def never(plot: Plot) -> bool:
    """Say of any plot that its Python may not be run."""
    return False


def draw_here(figures: Sequence[Figure]) -> Iterator[Drawn]:
    """Yield the pictures of figures, in order, drawn by processes of this machine."""
    from deckpress.diagrams.workers import draw_all  # here because most builds draw nothing

    yield from draw_all(figures)


def draw_figures(
    figures: Sequence[Figure],
    folder: Path,
    root: Path,
    draw: Draw = draw_here,
    may_run: MayRun = never,
) -> tuple[dict[Place, Picture], list[Problem]]:
    """Return the picture of each figure by its place, and what is wrong with them.

    A picture that lies in `folder` under its key is taken from there; nothing is written. No link
    may lead the folder, or a picture in it, out of `root`.
    """
    if figures and leads_out(folder, root):
        message = "leads out of the project: put a folder in its place"
        return {}, [error(Location(str(folder)), message)]
    by_name = {figure.file_name: figure for figure in figures}
    kept, refused = _read_kept([folder / name for name in by_name], root)
    if refused:
        return {}, refused
    missing = [figure for name, figure in by_name.items() if name not in kept]
    fresh, problems = _draw_missing(missing, draw, may_run)
    pictures: dict[Place, Picture] = {}
    for figure in figures:
        name = figure.file_name
        data = kept.get(name) or fresh.get(name, b"")
        if header := read_header(data):
            pictures[figure.place] = _picture(figure, data, header, folder, name in fresh)
            problems += _check_readable(figure, header)
    return pictures, problems


def _draw_missing(
    figures: Sequence[Figure], draw: Draw, may_run: MayRun
) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the PNG of each figure by its file's name, and what is wrong with them."""
    allowed: list[Figure] = []
    problems: list[Problem] = []
    for figure in figures:
        if _may_draw(figure.content, may_run):
            allowed.append(figure)
        else:
            problems.append(error(figure.where, _UNTRUSTED))
    fresh: dict[str, bytes] = {}
    if allowed:
        for figure, drawn in zip(allowed, draw(allowed), strict=True):
            fresh[figure.file_name] = drawn.png
            problems += drawn.problems
    return fresh, problems


_UNTRUSTED = (
    "picture is not drawn yet, and its Python may not be run: read it, then say --run-code, "
    "or trust this folder's plots by build_deck.py trust"
)


def _read_kept(paths: Iterable[Path], root: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return what the pictures hold that are there, by name, and which of them are not read.

    One that is not whole, or that the system does not let be read, is to be drawn again.
    """
    kept: dict[str, bytes] = {}
    refused: list[Problem] = []
    for path in paths:
        try:
            data = read_regular(path, root)
        except UnsafeFileError as problem:
            message = f"cannot be read: {reason_of(problem)}"
            refused.append(error(Location(str(path)), message))
        except OSError:
            continue
        else:
            if read_header(data):
                kept[path.name] = data
    return kept, refused


def _may_draw(content: Content, may_run: MayRun) -> bool:
    return not isinstance(content, Plot) or may_run(content)


def _picture(figure: Figure, data: bytes, header: Header, folder: Path, is_new: bool) -> Picture:
    return Picture(
        name=drawn_name(figure.name, data),
        alt=figure.alt,
        width=round(header.width / PIXELS),
        height=round(header.height / PIXELS),
        data=data,
        path=folder / figure.file_name,
        is_new=is_new,
    )


def _check_readable(figure: Figure, header: Header) -> Iterator[Problem]:
    """Yield a warning if a picture must be made so small on a phone that nobody can read it."""
    smallest, width = header.number(SMALLEST) or math.inf, header.width / PIXELS
    shown = smallest * min(1, PHONE / width)
    if shown < READABLE - 0.05:
        most = smallest * PHONE / READABLE
        if isinstance(figure.content, Plot):
            advice = f"set figsize=({most / 72:.1f}, …) at most, or larger letters"
        else:
            advice = "use more rows and fewer columns, or break labels by \\\\"
        message = (
            f"letters are {shown:.1f} pixels high on a phone, less than {READABLE:.0f}, since the "
            f"picture is {width:.0f} points wide and not {most:.0f}: {advice}"
        )
        yield warning(figure.where, message)


def find_stale(figures: Iterable[Figure], folder: Path, root: Path) -> list[Path]:
    """Return the pictures in a folder, drawn once, that no block asks for any more.

    What a person put there is not among them: a picture that was drawn says so in its text, and is
    no link. A folder that leads out of `root` has none.
    """
    wanted = {figure.file_name for figure in figures}
    found = [] if leads_out(folder, root) else list_folder(folder, root)
    others = (path for path in found if _NAME.fullmatch(path.name) and path.name not in wanted)
    return [path for path in others if not path.is_symlink() and _was_drawn(path, root)]


def _was_drawn(path: Path, root: Path) -> bool:
    try:
        header = read_header(read_regular(path, root))
    except OSError:  # nothing that was drawn here
        return False
    return header is not None and {WIDTH, SMALLEST} <= header.text.keys()


def tell_stale(paths: Iterable[Path]) -> Iterator[Problem]:
    """Yield a hint for each picture that no block asks for any more."""
    message = "is drawn by no block any more: remove it by build --prune"
    return (Problem(Location(str(path)), message, Level.HINT) for path in paths)


def pictures_to_write(pictures: Mapping[Place, Picture]) -> dict[Path, bytes]:
    """Return the bytes of each new picture by its path."""
    return {each.path: each.data for each in pictures.values() if each.is_new}
