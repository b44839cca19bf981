"""MathJax 3.2.2 with Anki's settings, in a JavaScript engine without a browser.

Formulas whose result is remembered do not come to it; many others are shared by processes.
"""

from __future__ import annotations

import difflib
import html
import importlib.util
import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from deckpress.formulas import (
    LIMITS,
    PROGRAM,
    EngineError,
    Formula,
    Progress,
    TexError,
    Typeset,
    TypesetResult,
    key_of,
    read_cache,
    write_cache,
)
from deckpress.formulas.tex import token_before

if TYPE_CHECKING:  # at run time they are loaded where they are used: often all is remembered
    from concurrent.futures import ThreadPoolExecutor
    from xml.etree.ElementTree import Element

MOST = 20_000
"""Verdicts that are kept beside those of the formulas in hand; those of longest ago go first."""
WORTH_A_PROCESS = 100
"""Formulas; to start a process with an engine takes as long as to typeset about so many."""
_SHARE = 20
"""Formulas that a process is given at a time."""
_SECONDS = 300.0
"""That a share may take; the engine gives up each formula before (SECONDS)."""
SECONDS = 5
"""Processor time for a formula; an ordinary one takes some thousandths of it."""
MEMORY = 256 * 2**20
"""Bytes for the engine with all it holds; it needs about 7 million for itself."""
STACK = 32 * 2**20
"""Bytes of stack: a superscript within another takes about 100,000."""
_SETTINGS = """
var MathJax = {
  loader: {load: []},
  startup: {typeset: false, ready() {}},
  tex: {packages: {"[+]": ["mathtools"], "[-]": ["noerrors", "noundefined", "textmacros"]}},
};
"""
"""Anki's, but for the two packages that turn errors into text on the card."""
_PARTS = (
    *("startup", "core", "adaptors/liteDOM", "input/tex-full"),
    *("output/chtml", "output/chtml/fonts/tex"),
)
_LOOKED_FOR = {"UndefinedControlSequence": ("macro", "delimiter"), "UnknownEnv": ("environment",)}
"""Which of the names that MathJax knows it looked through in vain."""
_ALIKE = 0.75
"""Names are alike from this ratio of difflib on."""
Result = TypeVar("Result")
_SHAPES = ("x", "y", "x1", "y1", "x2", "y2", "rx", "ry", "cx", "cy", "r", "points")
_LOOKS = ("width", "height", "transform", "fill", "stroke", "stroke-width", "stroke-dasharray")
_ELEMENTS = frozenset(("svg", "g", "use", "rect", "line", "path", "text", "ellipse", "polygon"))
_ATTRIBUTES = frozenset((*_SHAPES, *_LOOKS, "viewBox", "d", "font-size", "font-family"))
"""What is kept of MathJax's SVG: no links, no scripts, no styles that could load something."""
_HARMLESS = re.compile(r"[\w#.,%() +-]*")
_LOADS = re.compile(r"url", re.I)
_BASELINE = re.compile(r"vertical-align: -?[\d.]+(?:ex|px)?;?")
_CLOZE = re.compile(r"gap\d+(?: gap\d+)*")
_EX = re.compile(r"(-?[\d.]+)ex")
_X_HEIGHT = 0.442
"""Em of MathJax's fonts (`x_height` of its `TeXFont`); its SVG is as large as the x of the text."""
_GLYPH = re.compile(r"#?MJX-\d+-([\w-]+)")
_HREF = "{http://www.w3.org/1999/xlink}href"


class Engine:
    """An engine that has MathJax in it; each formula finds it as if it were the first."""

    parts: tuple[str, ...] = _PARTS
    """What is loaded of MathJax, in this order."""
    programs: tuple[Path, ...] = (PROGRAM,)
    """What is loaded after it."""

    def __init__(self) -> None:
        """Start the engine. Raises EngineError if it, or MathJax, is not installed as it should."""
        self._thread = _thread_with_deep_stack()
        self._in_thread(self._start)

    def typeset(self, formula: Formula) -> TypesetResult:
        """Return what MathJax says of a formula."""
        return self._in_thread(lambda: self._typeset(formula))

    def names(self, kind: str) -> frozenset[str]:
        """Return the names that MathJax knows; `kind` is macro, delimiter or environment.

        Those of commands come without their backslash.
        """
        return self._in_thread(lambda: self._names(kind))

    def _in_thread(self, work: Callable[[], Result]) -> Result:
        return self._thread.submit(work).result()

    def _start(self) -> None:
        try:
            import quickjs
        except ImportError as problem:
            raise EngineError(f"quickjs-ng is not installed ({problem})") from problem
        self._stopped = quickjs.JSException
        self._context = quickjs.Context()
        self._context.set_max_stack_size(STACK * 7 // 8)
        self._context.set_memory_limit(MEMORY)
        self._context.eval(_SETTINGS)
        for path in [*(find_mathjax() / f"{part}.js" for part in self.parts), *self.programs]:
            self._context.eval(path.read_text(encoding="utf-8"))
        self._known: dict[str, frozenset[str]] = {}

    def _typeset(self, formula: Formula) -> TypesetResult:
        self._context.set_time_limit(SECONDS)
        try:
            answer = json.loads(self._context.get("typeset")(formula.tex, formula.display))
        except self._stopped as problem:  # by the limit of time
            answer = [["Stopped", str(problem).splitlines()[0], [], 0]]
        if not isinstance(answer, list):
            return TypesetResult(width=round(answer, 2))
        errors = [
            TexError(error, message, tuple(names), _in_characters(formula.tex, end))
            for error, message, names, end in answer
        ]
        message = errors[-1].message
        reached = (name for name in LIMITS if LIMITS[name] in message)
        if limit := next(reached, "TooLarge" if errors[-1].error == "Stopped" else ""):
            self._start()  # what the engine was doing is half done
            return TypesetResult(errors=(TexError(limit, message),))
        return TypesetResult(
            errors=tuple(self._improve(tex_error, formula.tex) for tex_error in errors)
        )

    def _improve(self, tex_error: TexError, tex: str) -> TexError:
        r"""Say of an unknown name, also behind `\left`, which known one is nearest to it."""
        name = token_before(tex, tex_error.end).text
        if tex_error.error == "MissingOrUnrecognizedDelim" and self._is_unknown(name):
            message = f"Undefined control sequence {name}"
            tex_error = TexError("UndefinedControlSequence", message, (name,), tex_error.end)
        kinds = _LOOKED_FOR.get(tex_error.error, ())
        known = sorted(chain.from_iterable(map(self._names, kinds)))
        wanted = tex_error.names[0].lstrip("\\") if tex_error.names else ""
        nearest = [name for name in known if kinds and name.casefold() == wanted.casefold()]
        nearest = nearest or difflib.get_close_matches(wanted, known, 1, _ALIKE)
        return tex_error._replace(nearest=nearest[0]) if nearest else tex_error

    def _is_unknown(self, token: str) -> bool:
        is_command = re.fullmatch(r"\\[A-Za-z]+", token) is not None
        return is_command and token[1:] not in self._names("macro")

    def _names(self, kind: str) -> frozenset[str]:
        if kind not in self._known:
            names = json.loads(self._context.get("names")(kind))
            if kind == "delimiter":  # of these, some are characters and no commands
                names = [name[1:] for name in names if name.startswith("\\")]
            self._known[kind] = frozenset(names)
        return self._known[kind]


def _in_characters(tex: str, units: int) -> int:
    """Return how many characters so many of JavaScript's are, which are UTF-16 units."""
    return len(tex.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))


def find_mathjax() -> Path:
    """Return the folder of MathJax's files. Raises EngineError if they are not installed."""
    package = importlib.util.find_spec("mathjax")
    folders = (package and package.submodule_search_locations) or ()
    folder = next((Path(location, "static", "mathjax", "es5") for location in folders), None)
    if folder is None or not (folder / "startup.js").is_file():
        raise EngineError("django-static-mathjax is not installed, which brings MathJax")
    return folder


def _thread_with_deep_stack() -> ThreadPoolExecutor:
    """Return a thread to run the engine in: elsewhere the stack may be as small as a megabyte."""
    from concurrent.futures import ThreadPoolExecutor

    before = threading.stack_size(STACK)
    try:
        thread = ThreadPoolExecutor(1, "mathjax")
        thread.submit(int).result()  # so that the thread is made now, with this stack
    finally:
        threading.stack_size(before)
    return thread


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
    drawn = ((formula, engine.draw(formula)) for formula in dict.fromkeys(formulas))
    svgs = {formula: _clean(svg, glyphs) for formula, svg in drawn if svg}
    return Drawings({formula: svg for formula, svg in svgs.items() if svg}, glyphs)


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
            svg = json.loads(self._context.get("draw")(formula.tex, formula.display))
        except self._stopped:
            self._start()  # what the engine was doing is half done
            return ""
        return str(svg)


def _clean(svg: str, glyphs: dict[str, str]) -> str:
    """Return an SVG of known elements only, and add the outlines it refers to to `glyphs`."""
    from xml.etree import ElementTree

    try:
        root = ElementTree.fromstring(svg)
        for path in root.iterfind("./{*}defs/{*}path"):
            glyphs[_glyph(path.get("id", ""))] = path.get("d", "")
        return "".join(_written(root))
    except (ElementTree.ParseError, RecursionError):
        return ""


def _glyph(name: str) -> str:
    match = _GLYPH.fullmatch(name)
    return match[1] if match else ""


def _written(element: Element) -> Iterator[str]:
    name = element.tag.rpartition("}")[2]
    if name == "defs":
        return
    is_kept = name in _ELEMENTS
    yield f"<{name}{''.join(_attributes(element))}>" if is_kept else ""
    yield html.escape(element.text or "")
    for child in element:
        yield from _written(child)
    yield f"</{name}>" if is_kept else ""


def _attributes(element: Element) -> Iterator[str]:
    for name, value in element.items():
        if name in _ATTRIBUTES and _HARMLESS.fullmatch(value) and not _LOADS.search(value):
            yield f' {name}="{html.escape(_in_em(value))}"'
        elif name == "style" and _BASELINE.fullmatch(value):
            yield f' style="{_in_em(value)}"'
        elif name == "class" and _CLOZE.fullmatch(value.strip()):
            yield f' class="{value.strip()}"'
        elif name == _HREF:
            yield f' href="#{_glyph(value)}"'


def _in_em(lengths: str) -> str:
    """Return lengths in em, so that a drawing is as large in every font."""
    return _EX.sub(lambda length: f"{float(length[1]) * _X_HEIGHT:.3f}em", lengths)


def cached(folder: Path | None, progress: Progress = lambda results, _: results) -> Typeset:
    """Return what typesets formulas, and remembers its verdicts in a folder, if any.

    The engine is started only if there is a formula that the folder does not know. What is returned
    raises EngineError if it cannot be started.
    """

    def typeset(formulas: Sequence[Formula]) -> list[TypesetResult]:
        keys = {formula: key_of(formula) for formula in formulas}
        known = read_cache(folder) if folder else {}
        unknown = [formula for formula in keys if keys[formula] not in known]
        fresh = dict(zip(unknown, progress(_typeset(unknown), len(unknown)), strict=True))
        used = {key: fresh.get(formula) or known[key] for formula, key in keys.items()}
        if fresh and folder:
            unused = [item for item in known.items() if item[0] not in used]
            write_cache(folder, dict(unused[-MOST:]) | used)
        return [used[keys[formula]] for formula in formulas]

    return typeset


def typeset_here(formulas: Sequence[Formula]) -> list[TypesetResult]:
    """Return what MathJax says of each formula, and remember nothing."""
    fresh = dict(zip(unique := [*dict.fromkeys(formulas)], _typeset(unique), strict=True))
    return [fresh[formula] for formula in formulas]


def _typeset(formulas: Sequence[Formula]) -> Iterator[TypesetResult]:
    if formulas:
        yield from typeset_all(formulas)


def typeset_all(formulas: Sequence[Formula]) -> Iterator[TypesetResult]:
    """Yield what MathJax says of each formula, in order.

    Raises EngineError if the engine cannot be started.
    """
    processes = min(os.cpu_count() or 1, len(formulas) // WORTH_A_PROCESS)
    if processes < 2:
        yield from map(_engine().typeset, formulas)
    else:
        yield from _typeset_in_processes(formulas, processes)


@cache
def _engine() -> Engine:
    """Return the engine of this process."""
    return Engine()


def _typeset_in_processes(formulas: Sequence[Formula], count: int) -> Iterator[TypesetResult]:
    from deckpress.workers import Failure, work_all

    shares = [formulas[start : start + _SHARE] for start in range(0, len(formulas), _SHARE)]
    work = f"{__name__}:{typeset_share.__name__}"
    with closing(work_all(shares, work, count, _SECONDS)) as answers:
        for share, results in zip(shares, answers, strict=True):
            # this process does what others could not do
            yield from typeset_share(share) if isinstance(results, Failure) else results


def typeset_share(formulas: Sequence[Formula]) -> list[TypesetResult]:
    """Return what MathJax says of each formula."""
    return list(map(_engine().typeset, formulas))
