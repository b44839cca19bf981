"""The pictures in `media/diagrams`: those that are there, those to be drawn, and stale ones."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from deckpress.diagnostics import (
    Diagnostic,
    Diagnostics,
    Location,
    Severity,
    error,
    reason_of,
    warning,
)
from deckpress.diagrams import Drawn, Plot
from deckpress.diagrams.areas import Areas, Content, asked_areas, read_areas
from deckpress.diagrams.diagram_blocks import DiagramBlock, PictureName, Place, place_of
from deckpress.diagrams.palette import PIXELS
from deckpress.diagrams.png import AREAS, SMALLEST, WIDTH, Header, read_header
from deckpress.filesystem import (
    FileStatus,
    UnsafeFileError,
    leads_out,
    list_folder,
    read_regular,
    status_of,
)
from deckpress.markdown import MAY_BE_DRAWN, Token, is_to_be_drawn, plain_text, rewrite
from deckpress.media import drawn_name
from deckpress.notes import AskingPicture, Gap, Length, Note, Shape

if TYPE_CHECKING:  # at run time it is loaded where it is used, since most builds draw nothing
    from deckpress.workers import Failure

Draw = Callable[[Sequence[DiagramBlock]], Iterable[Drawn]]
"""Draws pictures, in order."""
MayRun = Callable[[Plot], bool]
"""Tells whether a plot's Python may be run."""
PHONE = 320
"""CSS pixels that a picture has on a phone of 360, between the card's margins (card.css)."""
READABLE = 12.0
"""CSS pixels; a picture whose letters would be smaller on a phone scrolls there."""
_NAME = re.compile(r".+-[0-9a-f]{12}\.png")
_UNTRUSTED = (
    "picture is not drawn yet, and its Python may not be run: read it, then say --run-code, "
    "or trust this folder's plots by build_deck.py trust"
)
DRAWER = "deckpress.diagrams.rasterize"
"""The module whose `draw` makes a picture of a job."""
SECONDS = 60.0
"""That a picture may take, before its process is ended."""
WORTH_A_PROCESS = 3
"""Pictures; to start a process with matplotlib takes as long as to draw about so many."""


class Picture(NamedTuple):
    """A picture as a card shows it."""

    name: str
    """Of its file in Anki."""
    alt: str
    width: int
    """As it is shown where there is room, in CSS pixels."""
    height: int
    least_width: int
    """CSS pixels below which its letters are too small; 0 if it need not be wider than a phone."""
    data: bytes
    """Its PNG."""
    path: Path
    is_new: bool
    """Whether it was drawn just now, and is not on disk yet."""
    areas: Areas
    """Where its parts stand (`areas.asked_areas`); a plot has none."""
    status: FileStatus = ()
    """Of its file, where it is on disk."""


DrawDiagrams = Callable[[Sequence[DiagramBlock], Path, Path, Diagnostics], dict[Place, Picture]]
"""Takes blocks, the folder in which pictures may lie that were drawn before, the project's, and
the collector."""


def draw_diagrams(
    blocks: Sequence[DiagramBlock],
    folder: Path,
    root: Path,
    diagnostics: Diagnostics,
    draw: Draw | None = None,
    may_run: MayRun = lambda plot: False,
) -> dict[Place, Picture]:
    """Return the picture of each block by its place; add to `diagnostics` what is wrong with them.

    A picture that lies in `folder` under its key is taken from there; nothing is written. No link
    may lead the folder, or a picture in it, out of `root`.
    """
    if blocks and leads_out(folder, root):
        message = "leads out of the project: put a folder in its place"
        diagnostics.append(error(Location(str(folder)), message))
        return {}
    by_name = {block.file_name: block for block in blocks}
    refused: Diagnostics = []
    kept = _read_kept([folder / name for name in by_name], root, refused)
    if refused:
        diagnostics += refused
        return {}
    for block in blocks:
        if block.occlusion and not _tells_areas(block, kept.get(block.file_name)):
            kept.pop(block.file_name, None)
    missing = [block for name, block in by_name.items() if name not in kept]
    fresh = _draw_missing(missing, draw or draw_all, may_run, diagnostics)
    pictures: dict[Place, Picture] = {}
    for block in blocks:
        name = block.file_name
        found = kept.get(name) or _Kept(fresh.get(name, b""), ())
        if header := read_header(found.data):
            pictures[block.place] = _picture(block, found, header, folder, name in fresh)
    return pictures


def remembered(draw: Draw) -> Draw:
    """Return what draws as `draw` does, but for pictures that it drew the last time."""
    known: dict[str, Drawn] = {}

    def draw_new(blocks: Sequence[DiagramBlock]) -> Iterable[Drawn]:
        nonlocal known
        new = [block for block in blocks if block.file_name not in known]
        drawn = {block.file_name: made for block, made in zip(new, draw(new), strict=True)}
        known = {block.file_name: (known | drawn)[block.file_name] for block in blocks}
        return known.values()

    return draw_new


def _draw_missing(
    blocks: Sequence[DiagramBlock], draw: Draw, may_run: MayRun, diagnostics: Diagnostics
) -> dict[str, bytes]:
    """Return the PNG of each block by its file's name."""
    allowed: list[DiagramBlock] = []
    for block in blocks:
        if _may_draw(block.content, may_run):
            allowed.append(block)
        else:
            diagnostics.append(error(block.where, _UNTRUSTED))
    fresh: dict[str, bytes] = {}
    if allowed:
        for block, drawn in zip(allowed, draw(allowed), strict=True):
            fresh[block.file_name] = drawn.png
            diagnostics += drawn.diagnostics
    return fresh


class _Kept(NamedTuple):
    data: bytes
    status: FileStatus


def _read_kept(paths: Iterable[Path], root: Path, refused: Diagnostics) -> dict[str, _Kept]:
    """Return what the pictures hold that are there, by name; add to `refused` which are not read.

    One that is not whole, or that the system does not let be read, is to be drawn again.
    """
    kept: dict[str, _Kept] = {}
    for path in paths:
        status = status_of(path)
        try:
            data = read_regular(path, root)
        except UnsafeFileError as problem:
            message = f"cannot be read: {reason_of(problem)}"
            refused.append(error(Location(str(path)), message))
        except OSError:
            continue
        else:
            if read_header(data):
                kept[path.name] = _Kept(data, status)
    return kept


def _tells_areas(block: DiagramBlock, kept: _Kept | None) -> bool:
    """Return whether a picture tells where its parts stand; another program may have cut it out."""
    header = read_header(kept.data) if kept else None
    return header is not None and read_areas(header.text.get(AREAS), block.content) is not None


def _may_draw(content: Content, may_run: MayRun) -> bool:
    return not isinstance(content, Plot) or may_run(content)


def _picture(
    block: DiagramBlock, found: _Kept, header: Header, folder: Path, is_new: bool
) -> Picture:
    return Picture(
        name=drawn_name(block.name, found.data),
        alt=block.alt,
        width=round(header.width / PIXELS),
        height=round(header.height / PIXELS),
        least_width=_least_width(header),
        data=found.data,
        path=folder / block.file_name,
        is_new=is_new,
        areas=read_areas(header.text.get(AREAS), block.content) or {},
        status=found.status,
    )


def _least_width(header: Header) -> int:
    smallest, width = header.number(SMALLEST) or math.inf, header.width / PIXELS
    least = math.ceil(width * min(1, READABLE / smallest))
    return least if least > PHONE else 0


def check_readable(block: DiagramBlock, picture: Picture) -> Iterator[Diagnostic]:
    """Yield a warning if a phone shows a picture with letters too small, or a part of it only."""
    header = read_header(picture.data)
    assert header is not None
    smallest, width = header.number(SMALLEST) or math.inf, header.width / PIXELS
    if smallest < READABLE:
        message = (
            f"letters are {smallest:g} points high: make the smallest {READABLE:.0f} points, "
            "or leave their size to the deck"
        )
        yield warning(block.where, message)
    elif picture.least_width:
        most, shown = smallest * PHONE / READABLE, smallest * PHONE / width
        if isinstance(block.content, Plot):
            advice = f"set figsize=({most / 72:.1f}, …) at most"
        else:
            advice = "use more rows and fewer columns, or break labels by \\\\"
        message = (
            f"picture scrolls on a phone, where its letters would be {shown:.1f} pixels high: "
            f"it is {width:.0f} points wide and not {most:.0f}, {advice}"
        )
        yield warning(block.where, message)


def find_stale(pictures: Iterable[PictureName], folder: Path, root: Path) -> list[Path]:
    """Return what was drawn into a folder once, and is none of the pictures that are wanted.

    What a person put there is not among them: a picture that was drawn says so in its text, and is
    no link. A folder that leads out of `root` has none.
    """
    wanted = {picture.file_name for picture in pictures}
    paths = [] if leads_out(folder, root) else list_folder(folder, root)
    unwanted = (path for path in paths if _NAME.fullmatch(path.name) and path.name not in wanted)
    return [path for path in unwanted if not path.is_symlink() and _was_drawn(path, root)]


def _was_drawn(path: Path, root: Path) -> bool:
    try:
        header = read_header(read_regular(path, root))
    except OSError:  # nothing that was drawn here
        return False
    return header is not None and {WIDTH, SMALLEST} <= header.text.keys()


def report_stale(paths: Iterable[Path]) -> Iterator[Diagnostic]:
    """Yield a hint for each picture that no block asks for any more."""
    message = "is drawn by no block any more: remove it by build --prune"
    return (Diagnostic(Location(str(path)), message, Severity.HINT) for path in paths)


def pictures_to_write(pictures: Mapping[Place, Picture]) -> dict[Path, bytes]:
    """Return the bytes of each new picture by its path."""
    return {picture.path: picture.data for picture in pictures.values() if picture.is_new}


def embed_pictures(
    notes: Iterable[Note], pictures: Mapping[Place, Picture], blocks: Iterable[DiagramBlock] = ()
) -> list[Note]:
    """Return the notes with each block that was drawn replaced by its picture.

    Of the `blocks`, those that ask tell the notes which parts of their pictures are gaps.
    """
    asked = {block.place: block for block in blocks if block.occlusion}
    return [_show_in_note(note, pictures, asked) for note in notes] if pictures else list(notes)


def _show_in_note(
    note: Note, pictures: Mapping[Place, Picture], asked: Mapping[Place, DiagramBlock]
) -> Note:
    file = note.location.file
    if not any(map(is_to_be_drawn, note.tokens_of(MAY_BE_DRAWN))):
        return note

    def shown(token: Token) -> Token:
        picture = pictures.get(place_of(token, file)) if is_to_be_drawn(token) else None
        return _embed(token, picture) if picture else token

    def show(tokens: Iterable[Token]) -> tuple[Token, ...]:
        return rewrite(tokens, shown)

    return replace(
        note,
        question=show(note.question),
        answer=show(note.answer),
        hint=show(note.hint),
        extra=show(note.extra),
        footnotes=tuple(map(show, note.footnotes)),
        context=tuple(map(show, note.context)),
        occlusion=_with_gaps(note.occlusion, pictures, asked, file),
    )


def _with_gaps(
    occlusion: AskingPicture | None,
    pictures: Mapping[Place, Picture],
    asked: Mapping[Place, DiagramBlock],
    file: str,
) -> AskingPicture | None:
    """Return a picture that asks as it was drawn, with the areas of the parts that it asks for."""
    if occlusion is None or not is_to_be_drawn(occlusion.picture):
        return occlusion
    place = place_of(occlusion.picture, file)
    if place not in pictures:
        return occlusion
    picture, block = pictures[place], asked.get(place)
    shown = _embed(occlusion.picture, picture)
    if block is None or block.occlusion is None or occlusion.gaps:
        return occlusion._replace(picture=shown)
    areas = asked_areas(block.content, block.occlusion, picture.areas)
    gaps = (
        Gap(area.part.name, (Shape("rect", tuple(map(Length, area.box))),), occlusion.where, True)
        for area in areas
    )
    return occlusion._replace(picture=shown, gaps=tuple(gaps))


def _embed(token: Token, picture: Picture) -> Token:
    """Return the picture in the place of what it was drawn from."""
    line, alt = token.line, plain_text(token.children) if token.type == "image" else picture.alt
    shown = Token(
        type="picture",
        raw=alt,
        url=picture.name,
        width=str(picture.width),
        height=str(picture.height),
        least_width=picture.least_width,
        line=line,
    )
    is_block = token.type == "block_code"
    return Token(type="paragraph", children=[shown], line=line) if is_block else shown


class Job(Protocol):
    """Something to draw that can be pickled; the module that draws knows what it is."""

    @property
    def where(self) -> Location:
        """The place for the message that it cannot be drawn."""


def draw_all(
    jobs: Sequence[Job], count: int | None = None, *, drawer: str = DRAWER, seconds: float = SECONDS
) -> Iterator[Drawn]:
    """Yield what comes of each job, in order; `count` processes draw, or as many as are worth it.

    A job whose process dies, or takes more than `seconds`, comes back with an error. All processes
    have ended when the last picture has been yielded, or the iterator is closed (work_all).
    """
    from deckpress.workers import Failure, work_all

    count = _worthwhile(len(jobs)) if count is None else count
    with closing(work_all(jobs, f"{drawer}:draw", count, seconds)) as answers:
        for job, answer in zip(jobs, answers, strict=True):
            if isinstance(answer, Failure):
                answer = Drawn(b"", (error(job.where, _explain(answer, seconds)),))
            yield answer


def _worthwhile(jobs: int) -> int:
    return min(os.cpu_count() or 1, -(-jobs // WORTH_A_PROCESS))


def _explain(failure: Failure, seconds: float) -> str:
    from deckpress.workers import Reason

    details = failure.details
    ended = f"process that draws ended {details}, perhaps for want of memory: build again"
    return {
        Reason.NOT_STARTED: f"picture cannot be drawn: no process can be started ({details})",
        Reason.RAISED: f"picture cannot be drawn: {details}",
        Reason.LATE: f"picture did not get drawn within {seconds:g} seconds: make it simpler",
        Reason.ENDED: ended,
    }[failure.reason]
