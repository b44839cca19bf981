"""Labels, proofread: formulas that matplotlib cannot set, and characters that no font has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby

from deckpress.diagrams.drawing import Label
from deckpress.diagrams.glyphs import (
    listening_to,
    lost_in_maths,
    say_lost,
    say_lost_in_maths,
)
from deckpress.diagrams.lettering import PIECE, font
from deckpress.diagrams.style import FAMILIES, FONTS, LABEL, PIXELS
from deckpress.errors import Problem, error

_AT = re.compile(r"\(at char (\d+)\)")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_MAX_FORMULA = 400
"""Characters; matplotlib's parser takes long for long formulas."""


def check_labels(labels: Iterable[tuple[Label, bool]]) -> Iterator[Problem]:
    """Yield what is wrong with labels: formulas that matplotlib cannot set, missing glyphs.

    Each label comes with whether it is bold.
    """
    for label, is_bold in labels:
        yield from _check_label(label, is_bold)


def _check_label(label: Label, is_bold: bool) -> Iterator[Problem]:
    at = 0
    has_maths = any(piece.startswith("$") for piece in PIECE.findall(label.text))
    for piece in PIECE.findall(label.text):
        if piece.startswith("$"):
            yield from _check_formula(label, at, piece)
        else:
            yield from _check_glyphs(label, at, piece, is_bold, first_only=has_maths)
        at += len(piece)


def _check_glyphs(
    label: Label, start: int, text: str, is_bold: bool, *, first_only: bool
) -> Iterator[Problem]:
    fonts = _glyphs(is_bold)[: 1 if first_only else None]

    def is_missing(char: str) -> bool:
        return not (char.isspace() or any(ord(char) in glyphs for glyphs in fonts))

    at = start
    for missing, run in groupby(text, is_missing):
        chars = "".join(run)
        if missing:
            yield error(label.at(at), say_lost(chars))
        at += len(chars)


@cache
def _glyphs(is_bold: bool) -> Sequence[frozenset[int]]:
    """Return the characters that each family has."""
    from matplotlib.font_manager import findfont, get_font

    names = [str(each) for each in sorted(FONTS.glob("*.ttf")) if ("Bold" in each.name) == is_bold]
    weight = "bold" if is_bold else "normal"
    others = [findfont(f"{family}:{weight}") for family in FAMILIES[1:]]
    return [frozenset(get_font(name).get_charmap()) for name in [*names, *others]]


def _check_formula(label: Label, start: int, piece: str) -> Iterator[Problem]:
    if len(piece) > _MAX_FORMULA:
        yield error(
            label.at(start), f"formula in a label is longer than {_MAX_FORMULA} characters: cut it"
        )
        return
    missing, reason = _try(piece)
    if reason:
        yield _explain(label, start, piece, reason)
    if missing:
        at = start + max(piece.find(missing[0]), 0)
        yield error(label.at(at), say_lost_in_maths("".join(missing)))


@cache
def _try(piece: str) -> tuple[tuple[str, ...], str]:
    """Return the characters that a formula has no glyph for, and why it cannot be set at all."""
    from matplotlib.mathtext import MathTextParser

    try:
        with listening_to(["mathtext"]) as messages:
            # a parser that remembers no formula, and so tells of a glyph each time
            MathTextParser("agg").parse(piece, 72 * PIXELS, font(LABEL, is_bold=False))
    except (ValueError, RuntimeError) as wrong:
        return (), str(wrong)
    except RecursionError:
        return (), "nested too deeply: make it simpler"
    return tuple(dict.fromkeys(filter(None, map(lost_in_maths, messages)))), ""


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


def _explain(label: Label, start: int, piece: str, reason: str) -> Problem:
    """Return matplotlib's complaint about a formula, at the place that it names."""
    found = _AT.search(reason)
    at = int(found.group(1)) + 1 if found else 0
    last = reason.strip().splitlines()[-1]
    sentence = (last.partition("Exception: ")[2] or last).partition(", found")[0]
    sentence = next((plain for sign, plain in _PLAINER if sign in sentence), sentence)
    command = _COMMAND.match(piece, at)
    if sentence.startswith("Unknown symbol") and command:
        name = command.group(0)[1:]
        advice = _ADVICE.get(name, f"write it otherwise, or \\mathrm{{{name}}} if it is a name")
        message = f"pictures are set by matplotlib, which does not know \\{name}: {advice}"
        if name in _NEEDS_BRACES:
            message = f"\\{name} needs braces in pictures: write \\{name}{{…}}"
    else:
        message = f"formula in a label cannot be set: {sentence[:1].lower()}{sentence[1:]}"
    return error(label.at(start + at), message)
