"""Parts of pictures can be named and asked for, and each has the area in which it is drawn."""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from deckpress.diagnostics import Diagnostics
from deckpress.diagrams import Drawing, Drawn
from deckpress.diagrams.areas import (
    Area,
    Content,
    PartKind,
    areas_of,
    asked_areas,
    parts_of,
    read_areas,
    write_boxes,
)
from deckpress.diagrams.diagram_blocks import DiagramBlock, find_diagram_blocks
from deckpress.diagrams.flowcharts import Graph
from deckpress.diagrams.flowcharts.flowchart_layout import lay_out as lay_out_graph
from deckpress.diagrams.geometry import Box
from deckpress.diagrams.grid import Diagram
from deckpress.diagrams.grid.grid_layout import lay_out
from deckpress.diagrams.image_store import Picture, draw_diagrams
from deckpress.diagrams.palette import style_context
from deckpress.diagrams.png import AREAS, read_header
from deckpress.diagrams.rasterize import draw, paint
from deckpress.diagrams.text_metrics import measure
from deckpress.markdown.picture_info import Hiding
from deckpress.notes.builder import parse_notes
from tests.support.drawings import LSTM, encloses
from tests.support.projects import PIXEL

FAINT = 40
"""Steps of 255 by which a pixel changes that the eye sees change."""

GRID = """\
title: 图
note: 一条很长的说明，它会自己换行，所以图的高度也跟着变。
| a . p . t |
| m m s o u |
| d g . q e |
a: 输入 {in}
p: $c_t$ {memory}
t: words {text}
m: 1 & 2 \\\\ 3 & 4 {matrix}
s: heads {stack}
o: $+$ {op}
u: $u$ {unit}
d: {dot}
g: $\\sigma$\\\\遗忘门 {gate}
q: H {state}
e: "" {box}
a -> p: so
p -> t [over]: weit
p -> t: $f_t$
group "Gruppe": o u
"""
MERMAID = """\
---
title: A flow
---
flowchart LR
  A([begin]) e1@-->|first| B[取一批数据]
  subgraph net [Netz]
    B --> C{less?}
    C -->|no| B
    D[(store)]
  end
  C -->|yes| E{{hexagon}}
  E --> F[/slanted/] --> G((round))
  F --> H[a label that is so long that it has to be wrapped into lines]
"""
DOT = """\
digraph {
  label = "Title"
  subgraph cluster_net { label = "网络"; h1; h2 }
  x [shape = ellipse, label = "input $x$"]
  p [shape = point]
  x -> h1 -> h2 -> p
  x -> h2 [label = "skip", id = residual]
  h1 -> h1 [label = "again"]
}
"""
PICTURES = {"diagram": GRID, "mermaid": MERMAID, "dot": DOT, "diagram lstm": LSTM}


def read(fence: str, text: str) -> tuple[list[DiagramBlock], Diagnostics]:
    """Return the pictures of a note, and what is wrong with them."""
    note = f"1. What?\n\n   ```{fence}\n" + "".join(f"   {line}\n" for line in text.split("\n"))
    diagnostics: Diagnostics = []
    notes = parse_notes(note + "   ```\n", "notes.md").notes
    return find_diagram_blocks(notes, {}, Path(), diagnostics), diagnostics


def block_of(fence: str, text: str) -> DiagramBlock:
    """Return the picture of a note in which nothing is wrong."""
    (block,), diagnostics = read(fence, text)
    assert [*map(str, diagnostics)] == []
    return block


@cache
def drawn(name: str) -> tuple[DiagramBlock, bytes]:
    """Return one of the pictures above, and its PNG."""
    block = block_of(f'{name.split()[0]} one "One."', PICTURES[name])
    made = draw(block)
    assert made.png, made.diagnostics
    return block, made.png


def areas_in(content: Content, png: bytes) -> list[Area]:
    """Return the areas that a PNG tells."""
    header = read_header(png)
    assert header
    areas = read_areas(header.text[AREAS], content)
    assert areas is not None
    return [*areas_of(content, areas)]


def drawing_of(content: Content) -> Drawing:
    """Return what stands where in a picture."""
    with style_context():
        if isinstance(content, Diagram):
            drawing = lay_out(content, measure, [])
        else:
            assert isinstance(content, Graph)
            drawing = lay_out_graph(content, measure)
    assert drawing
    return drawing


def painted(drawing: Drawing) -> NDArray[np.int_]:
    """Return the pixels of a drawing."""
    with style_context():
        return np.asarray(paint(drawing), dtype=int)


def without(drawing: Drawing, field: str, index: int) -> Drawing:
    """Return a drawing without one of its parts."""
    parts = getattr(drawing, field)
    return drawing._replace(**{field: parts[:index] + parts[index + 1 :]})


def box_of_change(before: NDArray[np.int_], after: NDArray[np.int_]) -> Box:
    """Return the smallest area, in fractions, that has all pixels in which two pictures differ."""
    rows, columns = np.nonzero(np.abs(before - after).max(axis=-1) > FAINT)
    height, width = before.shape[:2]
    left, top = columns.min() / width, rows.min() / height
    right, bottom = (columns.max() + 1) / width, (rows.max() + 1) / height
    return Box(left, top, right - left, bottom - top)


NAMES = {
    "diagram": "a p t m s o u g q | a->p p->t p->t_2 | Gruppe",
    "mermaid": "A B C D E F G H | e1 C->B C->E | net",
    "dot": "h1 h2 x | residual h1->h1 | cluster_net",
}


@pytest.mark.parametrize("name", NAMES)
def test_parts_have_the_names_of_their_language(name: str) -> None:
    """Nodes come first, then labels of arrows, then groups; what shows nothing is no part."""
    block, _ = drawn(name)
    kinds = [
        [part.name.replace(" ", "_") for part in parts_of(block.content) if part.kind is kind]
        for kind in PartKind
    ]
    assert " | ".join(map(" ".join, kinds)) == NAMES[name]


@pytest.mark.parametrize("name", PICTURES)
def test_an_area_holds_all_that_is_painted_of_its_part(name: str) -> None:
    """Whatever its shape, a part that is taken away changes the picture in its area alone."""
    block, png = drawn(name)
    drawing = drawing_of(block.content)
    before = painted(drawing)
    image = Image.open(BytesIO(png))
    assert before.shape[:2] == (image.height, image.width)
    areas = {
        kind: [area for area in areas_in(block.content, png) if area.part.kind is kind]
        for kind in PartKind
    }
    shown = [index for index, node in enumerate(drawing.nodes) if node.labels]
    places = {
        PartKind.NODE: [("nodes", index) for index in shown],
        PartKind.LABEL: [("labels", index) for index in range(len(areas[PartKind.LABEL]))],
        PartKind.GROUP: [("frames", index) for index in range(len(areas[PartKind.GROUP]))],
    }
    for kind, of_kind in areas.items():
        for area, place in zip(of_kind, places[kind], strict=True):
            changed = box_of_change(before, painted(without(drawing, *place)))
            assert encloses(scaled(area.box, image), scaled(changed, image)), area
            # and it is no larger than its letters with the room of their line
            assert encloses(scaled(changed, image).grown(20), scaled(area.box, image)), area


def scaled(box: Box, image: Image.Image) -> Box:
    """Return an area in pixels."""
    width, height = image.width, image.height
    return Box(box.left * width, box.top * height, box.width * width, box.height * height)


@pytest.mark.parametrize("name", PICTURES)
def test_an_area_holds_the_letters_of_its_node(name: str) -> None:
    """Whoever covers a node's area covers its label, also one of several lines or formulas."""
    block, png = drawn(name)
    drawing, image = drawing_of(block.content), Image.open(BytesIO(png))
    before = painted(drawing)
    nodes = [node for node in drawing.nodes if node.labels]
    areas = [area for area in areas_in(block.content, png) if area.part.kind is PartKind.NODE]
    for node, area in zip(nodes, areas, strict=True):
        index = drawing.nodes.index(node)
        bare = node._replace(labels=())
        rest = drawing._replace(nodes=(*drawing.nodes[:index], bare, *drawing.nodes[index + 1 :]))
        changed = box_of_change(before, painted(rest))
        assert encloses(scaled(area.box, image), scaled(changed, image)), area


# What is asked


def asked(options: str, text: str = GRID, language: str = "diagram") -> list[str]:
    """Return the names of the parts that are asked for."""
    block = block_of(f'{language} one "One." {options}', text)
    _, png = drawn(language)
    header = read_header(png)
    assert header
    areas = read_areas(header.text[AREAS], block.content)
    assert areas is not None
    assert block.occlusion
    return [area.part.name for area in asked_areas(block.content, block.occlusion, areas)]


ASKED = {
    "ask=g": ["g"],
    'ask="q, a"': ["q", "a"],
    'ask="q，a"': ["q", "a"],
    'ask=" a->p , p -> t 2,Gruppe"': ["a->p", "p->t 2", "Gruppe"],
    'ask="$f_t$, so, 输入, $\\sigma$ 遗忘门"': ["p->t 2", "a->p", "a", "g"],
    "ask=all": [*"a p t m s o u g q".split(), "a->p", "p->t", "p->t 2"],
    'ask="all"': [*"a p t m s o u g q".split(), "a->p", "p->t", "p->t 2"],
}


@pytest.mark.parametrize("options", ASKED)
def test_parts_are_asked_for_by_name_or_text(options: str) -> None:
    """In the order in which they are named; `all` is all but the groups around others."""
    assert asked(options) == ASKED[options]


def test_flowcharts_are_asked_by_their_own_ids() -> None:
    """An arrow with an id of Mermaid or Graphviz is asked for by that."""
    assert asked('ask="e1, C->B, net"', MERMAID, "mermaid") == ["e1", "C->B", "net"]
    assert asked('ask="residual, 网络"', DOT, "dot") == ["residual", "cluster_net"]


def test_what_is_asked_is_no_part_of_the_picture() -> None:
    """Whoever asks more or otherwise has the same picture, which is not drawn anew."""
    plain = block_of('diagram one "One."', GRID)
    asking = block_of('diagram one "One." ask=all hide=all header="Gates" hint="$f$"', GRID)
    assert plain.occlusion is None
    assert asking.file_name == plain.file_name
    with_ids = MERMAID.replace("e1@", "")
    assert block_of('mermaid one "One."', with_ids).key == drawn("mermaid")[0].key


def test_options_are_read() -> None:
    """They stand in any order, and a value without spaces needs no quotes."""
    fence = 'diagram one "One." hint="of a gate" id=lstm hide=all header="Which?" ask="a, q"'
    occlusion = block_of(fence, GRID).occlusion
    assert occlusion
    assert [part.text for part in occlusion.parts] == ["a", "q"]
    assert occlusion.hiding is Hiding.ALL
    assert (occlusion.id, occlusion.header, occlusion.hint) == ("lstm", "Which?", "of a gate")
    plain = block_of('diagram one "One." ask=a', GRID).occlusion
    assert plain
    assert (plain.hiding, plain.id, plain.header, plain.hint) == (Hiding.ONE, "", "", "")


# Files


def pictures(folder: Path, block: DiagramBlock) -> tuple[Picture, list[DiagramBlock]]:
    """Return the picture of a block, and which blocks were drawn for that."""
    jobs: list[DiagramBlock] = []

    def draw_here(blocks: object) -> list[Drawn]:
        assert isinstance(blocks, list)
        jobs.extend(blocks)
        return [Drawn(drawn("diagram")[1]) for _ in blocks]

    (picture,) = draw_diagrams([block], folder, folder, [], draw_here).values()
    return picture, jobs


def test_areas_come_with_the_picture_that_is_there(tmp_path: Path) -> None:
    """A picture that lies in the store tells its areas: nothing is drawn or laid out for them."""
    block = block_of('diagram one "One." ask=all', GRID)
    (tmp_path / block.file_name).write_bytes(drawn("diagram")[1])
    picture, jobs = pictures(tmp_path, block)
    assert jobs == []
    assert {area.part for area in areas_of(block.content, picture.areas)} == {
        *parts_of(block.content)
    }


@pytest.mark.parametrize(("options", "count"), [("", 0), (" ask=all", 1)])
def test_a_picture_that_tells_none_is_drawn_again_where_it_asks(
    options: str, count: int, tmp_path: Path
) -> None:
    """Programs that make a PNG smaller take its text away."""
    block = block_of(f'diagram one "One."{options}', GRID)
    (tmp_path / block.file_name).write_bytes(PIXEL)
    picture, jobs = pictures(tmp_path, block)
    assert len(jobs) == count
    assert bool(picture.areas) == bool(count)


@given(st.text() | st.lists(st.lists(st.floats() | st.text(), max_size=5)).map(json.dumps))
def test_any_text_of_a_png_is_read_or_not(text: str) -> None:
    """A file may be anybody's: what is no area of this picture counts as none."""
    content = block_of('diagram one "One."', "| a b |").content
    areas = read_areas(text, content)
    assert areas is None or areas.keys() == {"a", "b"}


def test_areas_are_read_as_they_are_written() -> None:
    """Fractions come back as they were."""
    content = block_of('diagram one "One."', "| a b |").content
    boxes = [Box(0, 0.25, 0.1234, 1), Box(0.5, 0.5, 0.5, 0.5)]
    assert read_areas(write_boxes(boxes), content) == dict(zip("ab", boxes, strict=True))
    assert read_areas(write_boxes(boxes[1:]), content) is None
    assert read_areas(write_boxes([Box(0, 0, 1.5, 1), boxes[0]]), content) is None
    assert read_areas(None, content) is None
