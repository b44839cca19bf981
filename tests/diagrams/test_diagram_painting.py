"""Diagrams as pixels: what is written is seen, in its colour, and always in the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from deckpress.diagnostics import Diagnostics, Location
from deckpress.diagrams import ColorRole, Drawing, Label
from deckpress.diagrams.diagram_blocks import DiagramBlock
from deckpress.diagrams.geometry import Box
from deckpress.diagrams.grid import Diagram, NodeKind, Route
from deckpress.diagrams.grid.diagram_syntax import parse_diagram
from deckpress.diagrams.grid.grid_layout import lay_out
from deckpress.diagrams.maths_canvas import MathsCanvas
from deckpress.diagrams.node_shapes import Bare, Dot
from deckpress.diagrams.palette import FRAME, LABEL, LINE, MARK, PAINTS, PAPER, PIXELS, SMALL
from deckpress.diagrams.palette import style_context as style
from deckpress.diagrams.png import AREAS, SMALLEST, WIDTH, Header, read_header
from deckpress.diagrams.rasterize import draw
from deckpress.diagrams.text_metrics import check_labels, font, measure
from tests.support.drawings import LSTM
from tests.support.projects import ROOT

Pixels = NDArray[np.int_]

WHERE = Location("deck.md", 1)
NEAR = 24
"""Steps of 255 by which a palette may move a colour (see test_png.py)."""


def block_of(text: str) -> DiagramBlock:
    """Return the picture that a text describes."""
    rows = [(index + 1, 1) for index in range(text.count("\n") + 1)]
    diagnostics: Diagnostics = []
    diagram = parse_diagram(text, rows, "deck.md", diagnostics)
    assert diagram is not None, [*map(str, diagnostics)]
    return DiagramBlock("one", "One.", diagram, WHERE, ("deck.md", 1))


@cache
def png_of(text: str) -> bytes:
    """Return the PNG of a text."""
    drawn = draw(block_of(text))
    assert [*map(str, drawn.diagnostics)] == []
    return drawn.png


def pixels_of(text: str) -> Pixels:
    """Return a picture's pixels, as rows of red, green and blue."""
    return np.asarray(Image.open(BytesIO(png_of(text))).convert("RGB"), dtype=int)


def drawing_of(text: str) -> Drawing:
    """Return what stands where in a picture."""
    diagram = block_of(text).content
    assert isinstance(diagram, Diagram)
    with style():
        drawing = lay_out(diagram, measure, [])
    assert drawing
    return drawing


def header_of(png: bytes) -> Header:
    """Return what a picture says of itself."""
    header = read_header(png)
    assert header
    return header


def rgb(colour: str) -> Pixels:
    """Return a colour such as `#fbfbf9` as numbers."""
    return np.array([*bytes.fromhex(colour[1:])])


def is_near(pixel: Pixels, colour: str) -> bool:
    """Return whether a pixel has a colour."""
    return bool(np.abs(pixel - rgb(colour)).max() <= NEAR)


def pixels_at(pixels: Pixels, x: float, y: float) -> Pixels:
    """Return the pixel at a place in points."""
    return np.asarray(pixels[round(y * PIXELS), round(x * PIXELS)])


def cut(pixels: Pixels, box: Box) -> Pixels:
    """Return a part of a picture."""
    top, bottom, left, right = (
        round(side * PIXELS) for side in (box.top, box.bottom, box.left, box.right)
    )
    return pixels[max(top, 0) : bottom, max(left, 0) : right]


def share(pixels: Pixels, colour: str) -> float:
    """Return which part of some pixels has a colour."""
    return float((np.abs(pixels - rgb(colour)).max(axis=-1) <= NEAR).mean())


# Kinds

FILLED = [kind for kind in NodeKind if kind.shape not in (Bare(), Dot())]


@pytest.mark.parametrize("kind", FILLED)
def test_a_node_has_the_colour_of_its_kind(kind: NodeKind) -> None:
    """A node is filled in its kind's colour, has an edge of the darker one, and paper around."""
    text = f"| a b |\na: {'&' if kind is NodeKind.MATRIX else chr(34) * 2} {{{kind}}}"
    pixels, node = pixels_of(text), drawing_of(text).nodes[0]
    paint, inner = PAINTS[kind.color_role], node.box.grown(-3)
    x, y = node.box.left + node.box.width * 0.42, node.box.centre[1]
    assert is_near(pixels_at(pixels, x, y), paint.fill)
    assert share(cut(pixels, inner), paint.fill) > 0.6
    edge = cut(pixels, Box(node.box.left - 2, y - 6, node.box.width / 3, 12))
    assert edge.sum(axis=-1).min() < rgb(paint.fill).sum() - 60
    assert is_near(pixels_at(pixels, node.box.left - 4, node.box.top - 4), PAPER)


def test_kinds_are_told_apart_by_colour() -> None:
    """Kinds of the same outline differ in their colour."""
    looks = [(kind.shape, PAINTS[kind.color_role].fill) for kind in NodeKind]
    assert len(set(looks)) == len(looks)


def test_a_text_has_nothing_around_it() -> None:
    """A node of kind `text` is its letters on the paper."""
    text = "| a b |\na: so {text}"
    pixels, node = pixels_of(text), drawing_of(text).nodes[0]
    assert is_near(pixels_at(pixels, node.box.left + 0.5, node.box.centre[1]), PAPER)
    assert share(cut(pixels, node.box), PAPER) < 0.95


def test_a_dot_is_small_and_full() -> None:
    """A dot is filled in the colour of lines."""
    text = "| a b |\na: {dot}"
    node = drawing_of(text).nodes[0]
    assert is_near(pixels_at(pixels_of(text), *node.box.centre), LINE)
    assert node.box.width < 9


def test_a_mask_is_dashed() -> None:
    """The edge of a node of kind `mask` is interrupted, that of a box is not."""

    def gaps(kind: NodeKind) -> int:
        text = f'| a b |\na: "" {{{kind}}}\nb: a wide label below {{text}}'
        box = drawing_of(text).nodes[0].box
        edge = pixels_of(text)[round(box.top * PIXELS), :]
        inside = edge[round((box.left + 6) * PIXELS) : round((box.right - 6) * PIXELS)]
        light = inside.sum(axis=-1) > 680
        return int(np.count_nonzero(light[1:] & ~light[:-1]))

    assert gaps(NodeKind.MASK) >= 2
    assert gaps(NodeKind.BOX) == 0


def test_marked_cells_of_a_matrix_are_seen() -> None:
    """`**…**` gives a cell its colour, and the others stay white."""
    text = "| m |\nm: **1** & 2 \\\\ 3 & **4** {matrix}"
    pixels, (node,) = pixels_of(text), drawing_of(text).nodes
    width, height = node.box.width / 2, node.box.height / 2
    for row in (0, 1):
        for column in (0, 1):
            spot = node.box.left + column * width + 4, node.box.top + row * height + 4
            colour = MARK.fill if row == column else PAINTS[ColorRole.PLAIN].fill
            assert is_near(pixels_at(pixels, *spot), colour)


def test_a_group_stands_behind_its_nodes() -> None:
    """A frame is seen around its nodes, with its name above them, and hides none."""
    text = '| a b |\na: "" {gate}\ngroup "Encoder": a'
    pixels, drawing = pixels_of(text), drawing_of(text)
    (frame,) = drawing.frames
    assert is_near(pixels_at(pixels, *drawing.nodes[0].box.centre), PAINTS[ColorRole.AMBER].fill)
    assert is_near(pixels_at(pixels, frame.box.left + 3, frame.box.bottom - 8), FRAME.fill)
    bare = pixels_of(text.replace('"Encoder"', ""))
    assert pixels.shape[0] > bare.shape[0]


# Arrows

WAYS = {
    "straight": "| a . b |\na -> b",
    "aslant": "| a . |\n| . b |\na -> b",
    "hv": "| a . |\n| . b |\na -> b [hv]",
    "vh": "| a . |\n| . b |\na -> b [vh]",
    "curved": "| a . |\n| . b |\na -> b [curved]",
    "an arc": "| a b |\na -> b [curved]",
    "over": "| a c b |\na -> b [over]",
    "under": "| a c b |\na -> b [under]",
    "left": "| a |\n| c |\n| b |\na -> b [left]",
    "right": "| a |\n| c |\n| b |\na -> b [right]",
    "itself": "| a b |\na -> a",
    "dashed": "| a . b |\na ..> b",
}


def test_there_is_a_way_for_each_route() -> None:
    """No route is left out below."""
    assert {str(route) for route in Route} <= WAYS.keys()


@pytest.mark.parametrize("way", WAYS)
def test_an_arrow_is_seen(way: str) -> None:
    """Each route is drawn in the colour of lines, from node to node, with its head at the end."""
    text = WAYS[way].replace("->", "--").replace("..>", "..")
    headless, pixels, (line,) = pixels_of(text), pixels_of(WAYS[way]), drawing_of(WAYS[way]).lines
    x, y = line.points[-1]
    rows, columns = np.nonzero(np.abs(pixels - headless).max(axis=-1) > 60)
    away = np.hypot(columns / PIXELS - x, rows / PIXELS - y)
    assert (away < 9).sum() > 15
    assert line.is_curved or away.max() < 20
    middle = line.points[len(line.points) // 2 - 1], line.points[len(line.points) // 2]
    if not line.is_curved and not line.is_dashed:
        spot = cut(pixels, around(*middle))
        assert np.abs(spot - rgb(LINE)).max(axis=-1).min() <= 2 * NEAR


def around(start: tuple[float, float], end: tuple[float, float]) -> Box:
    """Return a small square around the middle between two points."""
    return Box((start[0] + end[0]) / 2 - 2, (start[1] + end[1]) / 2 - 2, 4, 4)


def test_each_form_of_an_arrow_looks_different() -> None:
    """Heads and dashes make six forms that can be told apart."""
    forms = ("->", "<->", "--", "..>", "<..>", "..")
    assert len({png_of(f"| a . b |\na {form} b") for form in forms}) == 6


# Labels

LABELS = (
    "Input",
    "输入",
    "$x_t$",
    "隐藏状态 $h_{t-1}$",
    "$\\sigma$\\\\遗忘门",
    "梯度 $\\nabla_\\theta L$ 与 $\\frac{a}{b}$",
    "é ñ ß → ≤ ×",
    "《模型》：“注意力”，（一）！",
)


@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_seen_and_has_all_its_glyphs(label: str) -> None:
    """Chinese, Latin letters and maths stand in one label, each as itself."""
    with style():
        assert [*check_labels([(Label(label, WHERE), False), (Label(label, WHERE), True)])] == []
    text = f"| a b |\na: {label} {{in}}"
    pixels, node = pixels_of(text), drawing_of(text).nodes[0]
    dark = (cut(pixels, node.box.grown(-3)).sum(axis=-1) < 300).mean()
    assert 0.005 < dark < 0.5


CHARACTERS = "输入门遗忘候选细胞状态隐藏拼接注意力，。：×→"


def test_no_two_characters_look_the_same() -> None:
    """A glyph that were missing would be an empty box, as would the next one."""
    looks = {cut_of(char, "") for char in CHARACTERS}
    assert len(looks) == len(CHARACTERS)


def test_characters_beside_maths_are_no_boxes() -> None:
    """A line with maths is set otherwise than one without, and has all its characters, too."""
    looks = {cut_of(char, " $x$") for char in CHARACTERS}
    assert len(looks) == len(CHARACTERS)


def cut_of(char: str, behind: str) -> bytes:
    """Return what a node shows that has a character for its label."""
    text = f"| a b |\na: {char}{behind} {{in}}"
    box = drawing_of(text).nodes[0].box
    return cut(pixels_of(text), box.grown(-3)).astype(np.uint8).tobytes()


def test_words_stand_in_the_middle_of_their_node() -> None:
    """As much room is left of a label as right of it."""
    text = "| a |\n| b |\na: HHH {in}\nb: a much wider label than that {in}"
    box = drawing_of(text).nodes[0].box
    _, columns = np.nonzero(cut(pixels_of(text), box.grown(-3)).sum(axis=-1) < 300)
    middle = (columns.min() + columns.max()) / 2 / PIXELS + 3
    assert middle == pytest.approx(box.width / 2, abs=1)


def test_formulas_have_heavier_strokes_than_in_print() -> None:
    """A formula has more ink than matplotlib gives it, and the letters beside it have no more."""

    def ink(canvas_type: type[FigureCanvasAgg], text: str) -> float:
        with style():
            figure = Figure((2, 1), dpi=72 * PIXELS)
            canvas: Any = canvas_type(figure)
            figure.text(0.5, 0.5, text, fontproperties=font(LABEL, is_bold=False), ha="center")
            canvas.draw()
            pixels = np.asarray(canvas.buffer_rgba(), dtype=int)[..., :3]
            return float((pixels.max() - pixels).sum())

    def gain(text: str) -> float:
        return ink(MathsCanvas, text) / ink(FigureCanvasAgg, text)

    assert gain("$h_{t-1} = f(x)$") > 1.15
    assert gain("编码器") == 1
    assert gain("编码器 $x$") < 1.1


def test_a_title_is_bold() -> None:
    """The same words take more ink as a title than as a note, even size by size."""

    def ink(text: str) -> float:
        return float((pixels_of(text).sum(axis=-1) < 400).mean() * pixels_of(text).size)

    blank = ink('| a |\na: ""')
    title, note = (ink(f'{kind}: 梯度消失 HHH\n| a |\na: ""') - blank for kind in ("title", "note"))
    assert title > 1.3 * note


# Files


def test_a_picture_has_two_pixels_a_point_and_says_how_wide_it_is() -> None:
    """So that a card can show it at its natural size, and tell whether a phone can."""
    header, drawing = header_of(png_of(LSTM)), drawing_of(LSTM)
    assert header.width == pytest.approx(drawing.width * PIXELS, abs=1)
    assert header.height == pytest.approx(drawing.height * PIXELS, abs=1)
    assert header.text.keys() == {WIDTH, SMALLEST, AREAS}
    assert header.text[WIDTH] == f"{drawing.width:.1f}"
    assert header.text[SMALLEST] == f"{SMALL:.1f}"


SMALLEST_LETTERS = {
    "| a |": LABEL,
    "| a b |\na -> b: x": SMALL,
    "| a |\nnote: x": SMALL,
    '| a |\ngroup "x": a': SMALL,
    "title: x\n| a |": LABEL,
}


@pytest.mark.parametrize("text", SMALLEST_LETTERS)
def test_a_picture_says_how_small_its_letters_are(text: str) -> None:
    """The smallest letters decide how small the picture may be shown."""
    assert float(header_of(png_of(text)).text[SMALLEST]) == SMALLEST_LETTERS[text]


@pytest.mark.parametrize("text", ['| a |\na: ""', "| a |\na: {dot}"])
def test_a_picture_without_letters_is_never_too_small(text: str) -> None:
    """Where there is nothing to read, nothing says that it cannot be read."""
    assert float(header_of(png_of(text)).text.get(SMALLEST, "inf")) == float("inf")


def test_a_large_diagram_is_a_small_file() -> None:
    """An LSTM takes less than 60 KB of the package, since it has a palette."""
    assert len(png_of(LSTM)) < 60_000
    assert Image.open(BytesIO(png_of(LSTM))).mode == "P"


def test_the_paper_is_the_cards() -> None:
    """No edge of the picture is seen on a card by day."""
    pixels = pixels_of(LSTM)
    assert {tuple(pixel) for pixel in (pixels[0, 0], pixels[-1, -1], pixels[0, -1])} == {
        tuple(rgb(PAPER))
    }


TEXTS = (LSTM, WAYS["over"], WAYS["curved"], "title: 图\n| a b |\na: $x$ 与 $\\frac{1}{2}$")
PROGRAM = f"""\
import hashlib, sys
from {__name__} import TEXTS, draw, block_of
for text in reversed(TEXTS):
    print(hashlib.sha256(draw(block_of(text)).png).hexdigest())
"""


def hashes(seed: str) -> list[str]:
    """Return the hashes of some pictures as another process draws them, the last one first."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_a_text_always_gives_the_same_bytes() -> None:
    """A picture depends on its text alone: neither on the process nor on what came before it."""
    first = hashes("1")
    assert len(first) == len(TEXTS)
    assert first == hashes("2")
    for text in TEXTS:
        assert draw(block_of(text)).png == png_of(text)
