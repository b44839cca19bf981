"""Which blocks of the notes are pictures to be drawn, what they describe, and the keys of that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from deckpress.diagnostics import Diagnostic, Diagnostics, Location, error, reason_of
from deckpress.diagrams import Label, NodeShape, Plot
from deckpress.diagrams.areas import Content, check_asked
from deckpress.diagrams.palette import STYLE
from deckpress.filesystem import FileStatus, did_you_mean_file, is_inside, read_regular, status_of
from deckpress.markdown import (
    MAY_BE_DRAWN,
    Token,
    is_to_be_drawn,
    language_of,
    location_of,
    plain_text,
)
from deckpress.markdown.picture_info import NAME, Occlusion, read_picture_info
from deckpress.notes import Note

if TYPE_CHECKING:  # at run time they are loaded where they are used, since few decks have pictures
    from deckpress.diagrams.flowcharts import Graph

Place = tuple[str, int | str]
"""A file, and the line of a block or the address of a `.py` picture in it."""
_LONGEST_TEXT = 20_000
"""Characters of a picture's description; what it shows would fit on no phone long before."""


@cache
def _fields() -> Mapping[type, str]:
    """Return what is drawn of each part of a picture: all but where it was written."""
    from deckpress.diagrams import flowcharts, grid

    return {
        grid.Diagram: "rows columns nodes arrows groups title notes",
        grid.Node: "id kind label row column rows columns cells marked",
        grid.Arrow: "start end route label is_dashed has_start has_end",
        grid.Group: "label members",
        flowcharts.Graph: "direction nodes edges groups title",
        flowcharts.Node: "id label shape color_role is_dashed",
        flowcharts.Edge: "start end label is_dashed has_start has_end is_hidden",
        flowcharts.Group: "id label members groups",
        Label: "text",
        Plot: "code",
    }


def describe(content: object) -> str:
    """Return all that is drawn of a picture or of a part of it, and nothing of where it stands.

    Keys are made of it: what it says of a picture stays as it is until `STYLE` is raised.
    """
    if isinstance(content, tuple):
        items = [describe(item) for item in content]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    if isinstance(content, NodeShape):
        return f"<{content.name}>"
    if isinstance(content, Enum):
        return f"<{content.value}>"
    names = _fields().get(type(content))
    if names is None:
        return repr(content)
    fields = (f"{name}={describe(getattr(content, name))}" for name in names.split())
    return f"{type(content).__name__}({', '.join(fields)})"


class PictureName(NamedTuple):
    """What tells a picture from others, without what it shows."""

    name: str
    key: str
    """`DiagramBlock.key`."""
    where: Location

    @property
    def file_name(self) -> str:
        """The name of its file in `media/diagrams`."""
        return f"{self.name}-{self.key}.png"


@dataclass(frozen=True)
class DiagramBlock:
    """A picture that a note wants, as its author described it."""

    name: str
    alt: str
    content: Content
    where: Location
    """The block, or the address of the `.py` file."""
    place: Place
    status: FileStatus = ()
    """Of the `.py` file."""
    occlusion: Occlusion | None = None
    """What is asked of the picture, which is no part of its key; all of its names are right."""

    @property
    def picture(self) -> PictureName:
        """What tells its picture from others."""
        return PictureName(self.name, self.key, self.where)

    @cached_property
    def key(self) -> str:
        """What tells whether a picture drawn earlier is still the right one."""
        text = f"{STYLE}\n{describe(self.content)}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def file_name(self) -> str:
        """The name of its file in `media/diagrams`."""
        return self.picture.file_name


def find_diagram_blocks(
    notes: Iterable[Note], macros: Mapping[str, str], root: Path, diagnostics: Diagnostics
) -> list[DiagramBlock]:
    """Return the pictures that the notes want, in order.

    What is wrong with them is added to `diagnostics`. `macros` are the deck's TeX commands by their
    names; `.py` files must stand below `root`.
    """
    finder = _Finder(macros, root, diagnostics)
    for note in notes:
        for token in filter(is_to_be_drawn, note.tokens_of(MAY_BE_DRAWN)):
            finder.add(token, place_of(token, note.location.file))
    return finder.blocks


def check_picture_names(pictures: Iterable[PictureName]) -> Iterator[Diagnostic]:
    """Yield an error for each picture that has the name of another one."""
    names: dict[str, PictureName] = {}
    for picture in pictures:
        other = names.setdefault(picture.name.casefold(), picture)
        if other.key != picture.key:
            message = f'picture name "{picture.name}" is taken in {other.where}: choose another'
            yield error(picture.where, message)


class _Finder:
    """Reads each block once, however many notes show it."""

    def __init__(self, macros: Mapping[str, str], root: Path, diagnostics: Diagnostics) -> None:
        self._macros, self._root, self._diagnostics = macros, root, diagnostics
        self._seen: set[Place] = set()
        self.blocks: list[DiagramBlock] = []

    def add(self, token: Token, place: Place) -> None:
        """Read a picture to be drawn, if it was not read before."""
        if token.type == "image" and not plain_text(token.children):
            message = f"picture has no alt text: write ![what it shows]({place[1]})"
            self._diagnostics.append(error(location_of(token, place[0]), message))
        if place in self._seen:
            return
        self._seen.add(place)
        read = self._read_file if token.type == "image" else self._read_block
        if block := read(token, place):
            self.blocks.append(block)

    def _read_block(self, token: Token, place: Place) -> DiagramBlock | None:
        file, language = place[0], language_of(token).lower()
        where = Location(file, token.line)
        info = read_picture_info(token, file, self._diagnostics)
        content = self._parse(language, token, where) if info else None
        if info is None or content is None:
            return None
        problems = list(check_asked(content, info.occlusion))
        self._diagnostics += problems
        asked = None if problems else info.occlusion
        return DiagramBlock(info.name, info.alt, content, where, place, occlusion=asked)

    def _parse(self, language: str, token: Token, where: Location) -> Content | None:
        text, rows = token.raw.rstrip("\n"), token.rows
        if not text.strip():
            self._diagnostics.append(error(where, "block is empty: describe a picture"))
            return None
        if language != "plot" and len(text) > _LONGEST_TEXT:
            size, most = len(text), _LONGEST_TEXT
            message = f"block has {size:,} characters, where {most:,} is the limit: divide it"
            self._diagnostics.append(error(where, message))
            return None
        if language == "diagram":
            from deckpress.diagrams.grid.diagram_syntax import parse_diagram

            return parse_diagram(text, rows, where.file, self._diagnostics, self._macros)
        if language == "plot":
            return Plot(text, Location(where.file, *rows[0]) if rows else where)
        graph = _parse_flowchart(language, text, rows, where.file, self._diagnostics)
        return self._with_labels(graph) if graph else None

    def _with_labels(self, graph: Graph) -> Graph:
        from deckpress.diagrams.flowcharts import with_labels
        from deckpress.diagrams.grid.arrow_syntax import read_label

        return with_labels(graph, lambda label: read_label(label, self._macros, self._diagnostics))

    def _read_file(self, token: Token, place: Place) -> DiagramBlock | None:
        file, url = place[0], token.url
        where, path = location_of(token, file), Path(file).parent / url
        status = status_of(path)
        code, message = self._read_code(path, url)
        if message:
            self._diagnostics.append(error(where, message))
            return None
        plot = Plot(code, Location(str(path), 1, 1))
        return DiagramBlock(path.stem, plain_text(token.children), plot, where, place, status)

    def _read_code(self, path: Path, url: str) -> tuple[str, str]:
        """Return the Python in the file of a picture, and what is wrong with the file."""
        if not is_inside(path, self._root):
            return "", f"{url} is outside the project: copy it into the project"
        try:
            code = read_regular(path, self._root).decode("utf-8-sig")
        except IsADirectoryError:
            return "", f"{url} is a folder: name a Python file"
        except (FileNotFoundError, NotADirectoryError):
            return "", f"{url}: no such file{did_you_mean_file(path)}"
        except (OSError, UnicodeDecodeError) as problem:
            return "", f"{url} cannot be read: {_reason(problem)}"
        if not NAME.fullmatch(path.stem):
            reason = "since a picture is named so"
            return "", f'{url}: name the file by letters, digits, "-" and "_", {reason}'
        return code.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n"), ""


def _parse_flowchart(
    language: str, text: str, rows: Sequence[tuple[int, int]], file: str, diagnostics: Diagnostics
) -> Graph | None:
    # here because few decks have flowcharts, and their languages take 20 to 60 ms to import
    if language == "mermaid":
        from deckpress.diagrams.flowcharts.mermaid import parse_mermaid as parse
    else:
        from deckpress.diagrams.flowcharts.dot import parse_dot as parse
    return parse(text, rows, file, diagnostics)


def _reason(problem: OSError | UnicodeDecodeError) -> str:
    if isinstance(problem, UnicodeDecodeError):
        return f"it is not UTF-8 (byte {problem.start + 1})"
    return reason_of(problem)


def place_of(token: Token, file: str) -> Place:
    """Return where a picture to be drawn stands."""
    return file, token.url if token.type == "image" else token.line
