"""Labels as matplotlib sets them: their lines, how large each is, and what cannot be set."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from deckpress.diagnostics import Diagnostic, error
from deckpress.diagrams import MATHS, Label
from deckpress.diagrams.palette import FAMILIES, FONTS, LABEL, PIXELS
from deckpress.languages.scripts import is_cjk

PIECE = re.compile(MATHS + r"|\\\\|\\.|[^$\\]+|.", re.S)
"""A part of a label: a formula, the end of a line, an escape, or plain text."""
_ASCENT, _DESCENT = 0.88, 0.24
"""Of a line without high formulas, in font sizes, so that labels in a row share their baseline."""
_LEADING = 0.16
"""Between two lines, in font sizes."""
_CODE = re.compile(r"does not have a glyph for .*\[U\+([0-9a-fA-F]+)\]")
_AT = re.compile(r"\(at char (\d+)\)")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_MAX_FORMULA = 400
"""Characters; matplotlib's parser takes long for long formulas."""
_ADVICE = {
    "begin": "draw a matrix as a node of its own, {matrix}",
    "bm": "write \\boldsymbol{…}",
    "lVert": "write \\|",
    "rVert": "write \\|",
    "lvert": "write |",
    "rvert": "write |",
    "tfrac": "write \\frac",
    "xrightarrow": "write \\rightarrow",
    "argmax": "write \\mathrm{argmax}",
    "argmin": "write \\mathrm{argmin}",
    "label": "leave it out",
    "tag": "leave it out",
}
"""What to write in place of commands that MathJax knows and matplotlib does not."""
_NEEDS_BRACES = frozenset(
    "mathbf mathrm mathit mathbb mathcal mathsf mathtt mathfrak mathscr boldsymbol text "
    "operatorname bar hat vec dot tilde overline sqrt".split()
)
_PLAINER = (
    ("end_group", "a } is missing: add it"),
    ("Expected '}'", "a } is missing: add it"),
    ("\\right", "\\left has no \\right: add it"),
    ("recursion", "it is nested too deeply: make it simpler"),
    ("Double superscript", "two superscripts follow each other: write {…} around one"),
    ("Double subscript", "two subscripts follow each other: write {…} around one"),
)
"""What matplotlib says in its grammar's words, and what it means."""


@dataclass(frozen=True)
class TextLine:
    """A line of a label, measured in points."""

    text: str
    width: float
    ascent: float
    descent: float


@dataclass(frozen=True)
class Lettering:
    """A label's lines at some size."""

    lines: tuple[TextLine, ...]
    leading: float
    """Points between the lines."""

    @property
    def width(self) -> float:
        """The longest line's width in points."""
        return max(line.width for line in self.lines)

    @property
    def height(self) -> float:
        """The height of all lines in points."""
        heights = [line.ascent + line.descent for line in self.lines]
        return sum(heights) + self.leading * (len(heights) - 1)


def split_lines(text: str) -> list[str]:
    r"""Return the lines of a label: `\\` outside of maths ends one."""
    lines = [""]
    for piece in PIECE.findall(text):
        if piece == "\\\\":
            lines.append("")
        else:
            lines[-1] += piece
    return [line.strip() for line in lines]


def letter(text: str, size: float, *, is_bold: bool = False) -> Lettering:
    """Return a label's lines with their extents; `size` is the font's, in points."""
    return _letter(text, size, is_bold)


@cache
def _letter(text: str, size: float, is_bold: bool) -> Lettering:
    lines = tuple(_measure(line, size, is_bold) for line in split_lines(text))
    return Lettering(lines, _LEADING * size)


def measure(text: str, size: float, is_bold: bool) -> tuple[float, float]:
    """Return the width and height that a label takes, in points."""
    lettering = letter(text, size, is_bold=is_bold)
    return lettering.width, lettering.height


def font(size: float, *, is_bold: bool) -> Any:
    """Return matplotlib's description of the pictures' font."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(
        family=list(FAMILIES),
        size=size,
        weight="bold" if is_bold else "normal",
        math_fontfamily="cm",
    )


def _measure(line: str, size: float, is_bold: bool) -> TextLine:
    from matplotlib.cbook import is_math_text

    has_maths = bool(is_math_text(line))
    text = line if has_maths else line.replace("\\$", "$")
    width, height, depth = _renderer().get_text_width_height_descent(
        text, font(size, is_bold=is_bold), has_maths
    )
    ascent = max(_ASCENT * size, (height - depth) / PIXELS)
    return TextLine(line, width / PIXELS, ascent, max(_DESCENT * size, depth / PIXELS))


def split_formulas(line: str) -> Iterator[tuple[str, bool]]:
    """Yield the formulas of a line and the texts between them, and which of them is a formula."""
    for is_maths, run in groupby(PIECE.findall(line), key=lambda piece: piece.startswith("$")):
        yield from ((piece, is_maths) for piece in (run if is_maths else ["".join(run)]))


@cache
def _renderer() -> Any:
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(16, 16, 72 * PIXELS)


def format_lost(chars: str) -> str:
    """Return what to say to the author of characters that no font has."""
    return f"no font of the pictures has {_name(chars)}: write it otherwise"


def format_lost_in_maths(chars: str) -> str:
    """Return what to say to the author of characters that matplotlib's maths has no glyph for."""
    advice = "put it outside the $" if is_cjk(chars[0]) else "write it otherwise"
    return f"maths in pictures has no {_name(chars)}: {advice}"


def _name(chars: str) -> str:
    """Return characters in quotes, with the code of one that stands alone."""
    return f'"{chars}"' + (f" (U+{ord(chars):04X})" if len(chars) == 1 else "")


def lost_in_maths(message: str) -> str:
    """Return the character that a message of matplotlib's maths misses; nothing in any other."""
    match = _CODE.search(message)
    return chr(int(match.group(1), 16)) if match else ""


@contextmanager
def listening_to(names: Sequence[str]) -> Iterator[list[str]]:
    """Yield a list to which goes what some of matplotlib's modules log."""
    messages: list[str] = []
    handler = _Listener(messages)
    logs = [logging.getLogger(f"matplotlib.{name}") for name in names]
    for log in logs:
        log.addHandler(handler)
    try:
        yield messages
    finally:
        for log in logs:
            log.removeHandler(handler)


class _Listener(logging.Handler):
    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(record.getMessage())


def check_labels(labels: Iterable[tuple[Label, bool]]) -> Iterator[Diagnostic]:
    """Yield what is wrong with labels: formulas that matplotlib cannot set, missing glyphs.

    Each label comes with whether it is bold.
    """
    for label, is_bold in labels:
        yield from _check_label(label, is_bold)


def _check_label(label: Label, is_bold: bool) -> Iterator[Diagnostic]:
    index = 0
    has_maths = any(piece.startswith("$") for piece in PIECE.findall(label.text))
    for piece in PIECE.findall(label.text):
        if piece.startswith("$"):
            yield from _check_formula(label, index, piece)
        else:
            yield from _check_glyphs(label, index, piece, is_bold, first_only=has_maths)
        index += len(piece)


def _check_glyphs(
    label: Label, start: int, text: str, is_bold: bool, *, first_only: bool
) -> Iterator[Diagnostic]:
    fonts = _glyphs(is_bold)[: 1 if first_only else None]

    def is_missing(char: str) -> bool:
        return not (char.isspace() or any(ord(char) in glyphs for glyphs in fonts))

    index = start
    for missing, run in groupby(text, is_missing):
        chars = "".join(run)
        if missing:
            yield error(label.location_at(index), format_lost(chars))
        index += len(chars)


@cache
def _glyphs(is_bold: bool) -> Sequence[frozenset[int]]:
    """Return the characters that each family has."""
    from matplotlib.font_manager import findfont, get_font

    names = [str(path) for path in sorted(FONTS.glob("*.ttf")) if ("Bold" in path.name) == is_bold]
    weight = "bold" if is_bold else "normal"
    other_names = [findfont(f"{family}:{weight}") for family in FAMILIES[1:]]
    return [frozenset(get_font(name).get_charmap()) for name in [*names, *other_names]]


def _check_formula(label: Label, start: int, piece: str) -> Iterator[Diagnostic]:
    if len(piece) > _MAX_FORMULA:
        yield error(
            label.location_at(start),
            f"formula in a label is longer than {_MAX_FORMULA} characters: cut it",
        )
        return
    missing, reason = _try(piece)
    if reason:
        yield _explain(label, start, piece, reason)
    if missing:
        index = start + max(piece.find(missing[0]), 0)
        yield error(label.location_at(index), format_lost_in_maths("".join(missing)))


@cache
def _try(piece: str) -> tuple[tuple[str, ...], str]:
    """Return the characters that a formula has no glyph for, and why it cannot be set at all."""
    from matplotlib.mathtext import MathTextParser

    try:
        with listening_to(["mathtext"]) as messages:
            # a parser that remembers no formula, and so reports a glyph each time
            MathTextParser("agg").parse(piece, 72 * PIXELS, font(LABEL, is_bold=False))
    except (ValueError, RuntimeError) as problem:
        return (), str(problem)
    except RecursionError:
        return (), "nested too deeply: make it simpler"
    return tuple(dict.fromkeys(filter(None, map(lost_in_maths, messages)))), ""


def _explain(label: Label, start: int, piece: str, reason: str) -> Diagnostic:
    """Return matplotlib's complaint about a formula, at the place that it names."""
    match = _AT.search(reason)
    index = int(match.group(1)) + 1 if match else 0
    last = reason.strip().splitlines()[-1]
    sentence = (last.partition("Exception: ")[2] or last).partition(", found")[0]
    sentence = next((plain for sign, plain in _PLAINER if sign in sentence), sentence)
    command = _COMMAND.match(piece, index)
    if sentence.startswith("Unknown symbol") and command:
        name = command.group(0)[1:]
        advice = _ADVICE.get(name, f"write it otherwise, or \\mathrm{{{name}}} if it is a name")
        message = f"pictures are set by matplotlib, which does not know \\{name}: {advice}"
        if name in _NEEDS_BRACES:
            message = f"\\{name} needs braces in pictures: write \\{name}{{…}}"
    else:
        message = f"formula in a label cannot be set: {sentence[:1].lower()}{sentence[1:]}"
    return error(label.location_at(start + index), message)
