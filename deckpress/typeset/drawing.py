"""Formulas → SVG, for pages that are read without MathJax and without a network."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from deckpress.typeset.engine import SECONDS, Engine
from deckpress.typeset.verdict import Formula

_SHAPES = ("x", "y", "x1", "y1", "x2", "y2", "rx", "ry", "cx", "cy", "r", "points")
_LOOKS = ("width", "height", "transform", "fill", "stroke", "stroke-width", "stroke-dasharray")
_ELEMENTS = frozenset(("svg", "g", "use", "rect", "line", "path", "text", "ellipse", "polygon"))
_ATTRIBUTES = frozenset((*_SHAPES, *_LOOKS, "viewBox", "d", "font-size", "font-family"))
"""What is kept of MathJax's SVG: no links, no scripts, no styles that could load something."""
_HARMLESS = re.compile(r"[\w#.,%() +-]*")
_LOADS = re.compile(r"url", re.I)
_BASELINE = re.compile(r"vertical-align: -?[\d.]+(?:ex|px)?;?")
_GLYPH = re.compile(r"#?MJX-\d+-([\w-]+)")
_HREF = "{http://www.w3.org/1999/xlink}href"


@dataclass(frozen=True)
class Drawings:
    """Formulas as SVG."""

    svgs: Mapping[Formula, str] = field(default_factory=dict)
    """Elements for a page that has the glyphs; without those that are in error."""
    glyphs: Mapping[str, str] = field(default_factory=dict)
    """The outlines that the elements refer to, by their ids."""


def draw_formulas(formulas: Sequence[Formula]) -> Drawings:
    """Return formulas as MathJax 3.2.2 sets them; those that it does not set are left out.

    Raises EngineError if the engine is not installed as it should be.
    """
    if not formulas:
        return Drawings()
    engine, glyphs = _DrawingEngine(), dict[str, str]()
    drawn = ((each, engine.draw(each)) for each in dict.fromkeys(formulas))
    svgs = {each: _clean(svg, glyphs) for each, svg in drawn if svg}
    return Drawings({each: svg for each, svg in svgs.items() if svg}, glyphs)


class _DrawingEngine(Engine):
    """An engine that draws as well."""

    parts = (*Engine.parts, "output/svg", "output/svg/fonts/tex")
    programs = (*Engine.programs, Path(__file__).with_name("svg.js"))

    def draw(self, formula: Formula) -> str:
        """Return a formula as an `<svg>`; empty if it is in error."""
        return self._in_thread(lambda: self._draw(formula))

    def _draw(self, formula: Formula) -> str:
        self._context.set_time_limit(SECONDS)
        try:
            found = json.loads(self._context.get("draw")(formula.tex, formula.display))
        except self._stopped:
            self._start()  # what the engine was doing is half done
            return ""
        return str(found)


def _clean(svg: str, glyphs: dict[str, str]) -> str:
    """Return an SVG of known elements only, and add the outlines it refers to to `glyphs`."""
    try:
        root = ElementTree.fromstring(svg)
        for path in root.iterfind("./{*}defs/{*}path"):
            glyphs[_glyph(path.get("id", ""))] = path.get("d", "")
        return "".join(_written(root))
    except (ElementTree.ParseError, RecursionError):
        return ""


def _glyph(name: str) -> str:
    found = _GLYPH.fullmatch(name)
    return found[1] if found else ""


def _written(element: ElementTree.Element) -> Iterator[str]:
    name = element.tag.rpartition("}")[2]
    if name == "defs":
        return
    is_kept = name in _ELEMENTS
    yield f"<{name}{''.join(_attributes(element))}>" if is_kept else ""
    yield html.escape(element.text or "")
    for child in element:
        yield from _written(child)
    yield f"</{name}>" if is_kept else ""


def _attributes(element: ElementTree.Element) -> Iterator[str]:
    for name, value in element.items():
        if name in _ATTRIBUTES and _HARMLESS.fullmatch(value) and not _LOADS.search(value):
            yield f' {name}="{html.escape(value)}"'
        elif name == "style" and _BASELINE.fullmatch(value):
            yield f' style="{value}"'
        elif name == _HREF:
            yield f' href="#{_glyph(value)}"'
