"""The formulas of all notes → what is wrong with them, each at its place in the formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from deckpress.check.faces import Face, back, fronts, uncut
from deckpress.check.macros import Sample, check_macros, samples_of, with_users
from deckpress.errors import Level, Problem, excerpt
from deckpress.formulas import (
    Flaw,
    Written,
    check_joints,
    check_spelling,
    check_structure,
    first_row_end,
    first_tag,
)
from deckpress.notes import Note, Token, location_in
from deckpress.project import Macro
from deckpress.typeset import LIMITS, Formula, Typeset, Verdict, explain

PHONE = 320
"""Pixels that the card's style leaves for text on a phone 360 pixels wide."""
EM = 21.6
"""Pixels of MathJax's em in an answer: text is 18 pixels high, and MathJax, which makes its x as
high as the text's, about 1.2 times that."""


MAX_TYPESET = 100_000
"""Characters of a formula's back and all its fronts, each of which MathJax typesets."""


class _Use(NamedTuple):
    """A formula in a note; wherever it is used, the same is wrong with it."""

    raw: str
    display: bool
    asks: bool
    """Whether its deletions are the note's."""


class _Look(NamedTuple):
    """What can be said of a formula without MathJax, and what MathJax is to see."""

    raw: str
    flaws: tuple[Flaw, ...]
    faces: tuple[Face, ...]
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
    places = [(note, token, asks) for note in notes for token, asks in note.formulas]
    uses = dict.fromkeys(_use_of(token, asks) for _, token, asks in places)
    looks = {use: _look_at(use, written[use.raw]) for use in uses}
    samples = samples_of(macros)
    verdicts = _typeset(looks.values(), samples.values(), typeset)
    wrong = list(check_macros(macros, samples, verdicts))
    yield from (problem for _, problem in wrong)
    broken = with_users({name for name, _ in wrong}, macros)
    found = {use: list(_flaws_of(look, verdicts, macros, broken)) for use, look in looks.items()}
    for note, token, asks in places:
        for flaw in found[_use_of(token, asks)]:
            yield _tell(flaw, token, note.location.file)


def _use_of(token: Token, asks: bool) -> _Use:
    return _Use(token["raw"], token["type"] != "inline_math", asks)


def _look_at(use: _Use, written: Written) -> _Look:
    if written.flaw:
        return _Look(use.raw, (written.flaw,), (), written.macro)
    face, whole = back(written, display=use.display), uncut(written, display=use.display)
    if flaw := check_structure(face.shown.text):
        return _Look(use.raw, (face.place(flaw),), (), face.macro_at(flaw.start))
    if joints := tuple(map(whole.place, check_joints(whole.shown.text))):
        return _Look(use.raw, joints, ())
    faces = (face, *(fronts(written, display=use.display) if use.asks else ()))
    if flaw := _check_faces(faces):
        return _Look(use.raw, (face.place(flaw),), ())
    silent = [*check_spelling(face.shown.text), *_check_sentence(use, face.shown.text)]
    return _Look(use.raw, tuple(map(face.place, silent)), faces)


def _check_faces(faces: Sequence[Face]) -> Flaw | None:
    total = sum(len(face.shown.text) for face in faces)
    if total <= MAX_TYPESET:
        return None
    length = f"{total:,} characters with its {len(faces) - 1} clozes hidden by turns"
    return Flaw(0, f"{length}, where {MAX_TYPESET:,} is the limit: divide it into several")


def _check_sentence(use: _Use, tex: str) -> Iterator[Flaw]:
    """Yield what MathJax leaves out in silence where a formula stands within a sentence."""
    if use.display:
        return
    if (end := first_row_end(tex)) is not None:
        message = r"\\ breaks no line within a sentence: write $$…$$"
        yield Flaw(end, message, Level.WARNING)
    if (tag := first_tag(tex)) is not None:
        message = r"\tag shows nothing within a sentence: write $$…$$"
        yield Flaw(tag, message, Level.WARNING)


def _typeset(
    looks: Iterable[_Look], samples: Iterable[Sample], typeset: Typeset
) -> dict[Formula, Verdict]:
    """Return what MathJax says: of backs first, and of fronts only where the back came out.

    Of what did not come out it is asked again without the rows put around it, for `_explain`.
    """
    verdicts: dict[Formula, Verdict] = {}

    def ask(asked: Sequence[Formula]) -> None:
        verdicts.update(zip(asked, typeset(asked), strict=True) if asked else ())

    faces = [look.faces for look in looks if look.faces]
    backs = [back.formula for back, *_ in faces]
    ask([*(sample.formula for sample in samples if not sample.flaw), *backs])
    sound = [fronts for back, *fronts in faces if not verdicts[back.formula].faults]
    ask([front.formula for fronts in sound for front in fronts])
    shown = [face for each in faces for face in each if face.formula in verdicts]
    wrong = [face for face in shown if _is_wrong(verdicts[face.formula])]
    ask([face.bare for face in wrong if face.bare not in verdicts])
    return verdicts


def _is_wrong(verdict: Verdict) -> bool:
    """Return whether there is a fault, and not only a limit, which it takes long to come to."""
    return any(fault.error not in LIMITS for fault in verdict.faults)


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
                if face.macro_at(flaw.start) not in broken:
                    yield face.place(flaw)
            return  # what is wrong on the back is wrong on the front as well
        if not face.hidden and (width := verdict.width * EM) > PHONE:
            start = len(look.raw) - len(look.raw.lstrip())
            yield Flaw(start, _too_wide(width, face.display), Level.HINT)


def _too_wide(width: float, display: bool) -> str:
    remedy = r"break it by \\" if display else r"write it as $$…$$, and break it by \\"
    return f"about {width:.0f} pixels wide, where a phone has {PHONE}: {remedy}"


def _explain(
    face: Face, verdicts: Mapping[Formula, Verdict], macros: Iterable[str]
) -> Iterator[Flaw]:
    r"""Yield what MathJax says, if need be of the formula without the rows put around it.

    So a `\left` that is never closed is told of as such, and not as a `gathered` never ended.
    """
    bare = verdicts.get(face.bare, Verdict())
    faults, tex, shift = bare.faults, face.bare.tex, 0
    if not faults or faults[0].error == "Misplaced":
        faults, tex, shift = verdicts[face.formula].faults, face.formula.tex, len(face.rows.before)
    for fault in faults:
        if fault.error == "EnvBadEnd" and shift and rf"\end{{{fault.names[1]}}}" in face.rows.after:
            fault = fault._replace(error="EnvMissingEnd", names=fault.names[:1])
        flaw = explain(fault, tex, macros)
        yield flaw._replace(start=flaw.start - shift)


def _tell(flaw: Flaw, token: Token, file: str) -> Problem:
    raw = token["raw"]
    line_start = raw.rfind("\n", 0, flaw.start) + 1
    line = raw[line_start:].partition("\n")[0]
    shown = "" if flaw.level is Level.HINT else excerpt(line, flaw.start - line_start)
    where = location_in(token, flaw.start, file)
    kind = "too wide" if flaw.level is Level.HINT else ""
    return Problem(where, f"formula: {flaw.message}", flaw.level, shown, kind)
