"""What a picture shows → its PNG; the one step that needs matplotlib."""

from __future__ import annotations

from collections.abc import Iterable

from deckpress.diagrams.blocks import Figure
from deckpress.diagrams.drawing import Drawing, Drawn, Label
from deckpress.diagrams.flowcharts.graph import Graph, labels_of
from deckpress.diagrams.grid.diagram import Diagram
from deckpress.diagrams.grid.layout import lay_out
from deckpress.diagrams.lettering import measure
from deckpress.diagrams.painter import paint
from deckpress.diagrams.plot import Plot
from deckpress.diagrams.plots import run_plot
from deckpress.diagrams.png import SMALLEST, WIDTH, finish
from deckpress.diagrams.proofreading import check_labels
from deckpress.diagrams.style import style_context
from deckpress.errors import Location, Problem, error, has_errors


def draw(figure: Figure) -> Drawn:
    """Return a figure's picture, or what is wrong with it."""
    content = figure.content
    if isinstance(content, Plot):
        return run_plot(content)
    with style_context():
        problems = list(check_labels(_labels(content)))
        if has_errors(problems):
            return Drawn(b"", tuple(problems))
        drawing, wrong = _lay_out(content, figure.where)
        return Drawn(_finish(drawing) if drawing else b"", (*problems, *wrong))


def _labels(content: Diagram | Graph) -> Iterable[tuple[Label, bool]]:
    if isinstance(content, Diagram):
        return content.labels()
    return labels_of(content)


def _lay_out(content: Diagram | Graph, where: Location) -> tuple[Drawing | None, list[Problem]]:
    if isinstance(content, Diagram):
        return lay_out(content, measure)
    from deckpress.diagrams.flowcharts.graphviz import LayoutError, MissingExtraError
    from deckpress.diagrams.flowcharts.layout import lay_out as lay_out_graph

    try:
        return lay_out_graph(content, measure), []
    except (LayoutError, MissingExtraError) as wrong:
        return None, [error(where, str(wrong))]


def _finish(drawing: Drawing) -> bytes:
    texts = {WIDTH: f"{drawing.width:.1f}", SMALLEST: f"{drawing.smallest():.1f}"}
    return finish(paint(drawing), texts)
