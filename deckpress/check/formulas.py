"""The formulas of all notes → what is wrong with them, each at its place in the formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from deckpress.check.macros import check_macros, samples_of
from deckpress.errors import Level, Problem, excerpt
from deckpress.formulas import (
    Flaw,
    Rewritten,
    Rows,
    Written,
    back_of,
    check_joints,
    check_spelling,
    check_structure,
    first_row_end,
    fronts_of,
    rows_around,
    split_deletions,
)
from deckpress.notes import Note, Token, location_in
from deckpress.project import Macro
from deckpress.typeset import Formula, Typeset, Verdict, explain

_COMMAND = re.compile(r"\\[A-Za-z]+")
PHONE = 320
"""Pixels that the card's style leaves for text on a phone 360 pixels wide."""
EM = 21.6
"""Pixels of MathJax's em in an answer: text is 18 pixels high, and MathJax, which makes its x as
high as the text's, about 1.2 times that."""


class _Use(NamedTuple):
    """A formula in a note; wherever it is used, the same is wrong with it."""

    raw: str
    display: bool
    asks: bool
    """Whether its deletions are the note's."""


@dataclass(frozen=True)
class _Face:
    """A formula as one side of a card shows it."""

    written: Rewritten
    """With macros written out."""
    shown: Rewritten
    """With deletions filled in, or hidden."""
    rows: Rows
    display: bool
    hidden: int = 0
    """The number of the cloze that is asked for; 0 on the back."""

    @property
    def formula(self) -> Formula:
        """What the card holds."""
        return Formula(f"{self.rows.before}{self.shown.text}{self.rows.after}", self.display)

    @property
    def bare(self) -> Formula:
        """The same without the environment that the author did not write."""
        return Formula(self.shown.text, self.display)


class _Look(NamedTuple):
    """What can be said of a formula without MathJax, and what MathJax is to see."""

    raw: str
    flaws: tuple[Flaw, ...]
    faces: tuple[_Face, ...]
    """The back first; none if the formula cannot be read at all."""
    macro: str = ""
    """The macro that keeps it from being read."""


def check_formulas(
    notes: Iterable[Note],
    written: Mapping[str, Written],
    macros: Mapping[str, Macro],
    typeset: Typeset,
) -> Iterator[Problem]:
    """Yield what is wrong with the formulas of the notes, and with the deck's own commands.

    `written` has each formula with its macros written out, by what its author wrote. Raises
    EngineError if `typeset` cannot start MathJax.
    """
    places = [(note, token, asks) for note in notes for token, asks in note.formulas()]
    looks = {
        use: _look_at(use, written[use.raw]) for use in (_use_of(*each[1:]) for each in places)
    }
    samples = samples_of(macros)
    formulas = [*samples.values(), *(each for look in looks.values() for each in _to_typeset(look))]
    verdicts = dict(zip(formulas, typeset(formulas), strict=True))
    broken = dict(check_macros(macros, samples, verdicts))
    yield from broken.values()
    found = {use: list(_flaws_of(look, verdicts, macros, broken)) for use, look in looks.items()}
    for note, token, asks in places:
        for flaw in found[_use_of(token, asks)]:
            yield _tell(flaw, token, note.location.file)


def _use_of(token: Token, asks: bool) -> _Use:
    return _Use(token["raw"], token["type"] != "inline_math", asks)


def _look_at(use: _Use, written: Written) -> _Look:
    if written.flaw:
        return _Look(use.raw, (written.flaw,), (), written.macro)
    tex = written.tex.text
    parts = split_deletions(tex)
    back = back_of(tex, parts)
    plain = _Face(written.tex, back, Rows("", ""), use.display)
    whole = _Face(written.tex, Rewritten(tex), Rows("", ""), use.display)
    if flaw := check_structure(back.text):
        return _Look(use.raw, (_place(flaw, plain),), ())
    if joints := tuple(check_joints(tex, parts)):
        return _Look(use.raw, tuple(_place(flaw, whole) for flaw in joints), ())
    fronts = fronts_of(tex, parts) if use.asks else {}
    rows = rows_around(back.text.strip()) if use.display else Rows("", "")
    faces = [
        _Face(written.tex, shown, rows, use.display, hidden)
        for hidden, shown in ((0, back), *fronts.items())
    ]
    silent = [*check_spelling(back.text), *_check_rows(use, back.text)]
    return _Look(use.raw, tuple(_place(flaw, plain) for flaw in silent), tuple(faces))


def _check_rows(use: _Use, tex: str) -> Iterator[Flaw]:
    if not use.display and (end := first_row_end(tex)) is not None:
        message = r"\\ breaks no line within a sentence: write $$…$$"
        yield Flaw(end, message, Level.WARNING)


def _to_typeset(look: _Look) -> Iterator[Formula]:
    for face in look.faces:
        yield face.formula
        yield face.bare


def _flaws_of(
    look: _Look,
    verdicts: Mapping[Formula, Verdict],
    macros: Iterable[str],
    broken: Iterable[str],
) -> Iterator[Flaw]:
    """Yield what is wrong with a formula, unless it is only a macro of which that is told."""
    yield from look.flaws if look.macro not in broken else ()
    for face in look.faces:
        verdict = verdicts[face.formula]
        if verdict.faults:
            for flaw in _explain(face, verdicts, macros):
                if _macro_at(flaw.start, face) not in broken:
                    yield _place(flaw, face)
            return  # what is wrong on the back is wrong on the front as well
        if not face.hidden and (width := verdict.width * EM) > PHONE:
            start = len(look.raw) - len(look.raw.lstrip())
            yield Flaw(start, _too_wide(width, face.display), Level.HINT)


def _too_wide(width: float, display: bool) -> str:
    remedy = r"break it by \\" if display else r"write it as $$…$$, and break it by \\"
    return f"about {width:.0f} pixels wide, where a phone has {PHONE}: {remedy}"


def _explain(
    face: _Face, verdicts: Mapping[Formula, Verdict], macros: Iterable[str]
) -> Iterator[Flaw]:
    r"""Yield what MathJax says, if need be of the formula without the rows put around it.

    So a `\left` that is never closed is told of as such, and not as a `gathered` never ended.
    """
    faults, tex = verdicts[face.bare].faults, face.bare.tex
    shift = 0
    if not faults or faults[0].error == "Misplaced":
        faults, tex, shift = verdicts[face.formula].faults, face.formula.tex, len(face.rows.before)
    for fault in faults:
        flaw = explain(fault, tex, macros)
        yield flaw._replace(start=flaw.start - shift)


def _place(flaw: Flaw, face: _Face) -> Flaw:
    """Return a flaw of what a face shows as one of what the author wrote."""
    at = face.shown.origin(max(flaw.start, 0))
    start, message = face.written.origin(at), flaw.message
    if face.hidden:
        message = f"with cloze {face.hidden} hidden, {message}"
    if edit := face.written.edit_at(at):
        command = _COMMAND.match(face.shown.text, max(flaw.start, 0))
        within = edit.source.find(command.group(0)) if command else -1
        start += max(within, 0)
        message = message if within >= 0 else f"in macro \\{edit.name}, {message}"
    return Flaw(start, message, flaw.level)


def _macro_at(start: int, face: _Face) -> str:
    """Return the name of the deck's macro that wrote a character, or nothing."""
    edit = face.written.edit_at(face.shown.origin(max(start, 0)))
    return edit.name if edit else ""


def _tell(flaw: Flaw, token: Token, file: str) -> Problem:
    raw = token["raw"]
    line_start = raw.rfind("\n", 0, flaw.start) + 1
    line = raw[line_start:].partition("\n")[0]
    shown = "" if flaw.level is Level.HINT else excerpt(line, flaw.start - line_start)
    where = location_in(token, flaw.start, file)
    return Problem(where, f"formula: {flaw.message}", flaw.level, shown)
