"""The formulas and macros of a deck → what is wrong with them, each at its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from deckpress.diagnostics import Diagnostic, Severity, TextDiagnostic, code_frame
from deckpress.formulas import LIMITS, Formula, TexError, Typeset, TypesetResult
from deckpress.formulas.deletions import check_joints
from deckpress.formulas.macros import ExpandedFormula, MacroError, count_parameters, expand_macros
from deckpress.formulas.math_field import (
    CardSide,
    back,
    first_row_end,
    first_tag,
    fronts,
    with_clozes,
)
from deckpress.formulas.tex import check_structure
from deckpress.formulas.usage import check_usage
from deckpress.markdown import Token, location_in
from deckpress.notes import Note
from deckpress.project import Macro

_REMEMBERED = 2_000
"""Formulas; a preview looks at the same ones after each edit."""
_ONLY_A_PIECE = frozenset(
    "EnvMissingEnd ExtraLeftMissingRight ExtraMiddle MisplacedLimits Misplaced MissingArgFor"
    " MissingBeginExtraEnd MissingLeftExtraRight MissingOrUnrecognizedDelim MissingScript".split()
)
"""What is no error of a macro, since the formula that uses it may bring the rest."""
_WHATEVER_IT_TAKES = frozenset("UndefinedControlSequence UnknownEnv Definition".split())
"""What is an error whatever the arguments are."""
PHONE = 320
"""Pixels that the card's style leaves for text on a phone 360 pixels wide."""
EM = 19.8
"""Pixels of MathJax's em in an answer: text is 18 pixels high, and formulas 110 % of that."""
MAX_TYPESET = 100_000
"""Characters of a formula's back and all its fronts, each of which MathJax typesets."""


class Sample(NamedTuple):
    """A macro in use, with a letter for each of its arguments."""

    formula: Formula
    diagnostic: TextDiagnostic | None
    """Why MathJax need not be asked."""


def samples_of(macros: Mapping[str, Macro]) -> dict[str, Sample]:
    """Return each of the macros in use, by name."""
    bodies = {name: macro.body for name, macro in macros.items()}
    return {name: _sample(name, bodies) for name in macros}


def _sample(name: str, bodies: Mapping[str, str]) -> Sample:
    call = f"\\{name}" + "{x}" * count_parameters(bodies[name])
    try:
        tex = expand_macros(call, bodies).text
    except MacroError as problem:
        return Sample(Formula(call, display=True), TextDiagnostic(0, str(problem)))
    return Sample(Formula(tex, display=True), check_structure(tex) if tex.strip() else None)


def check_macros(
    macros: Mapping[str, Macro],
    samples: Mapping[str, Sample],
    results: Mapping[Formula, TypesetResult],
) -> Iterator[tuple[str, Diagnostic]]:
    """Yield the name of each macro that is wrong, and what is wrong with it."""
    for name, (formula, diagnostic) in samples.items():
        if diagnostic:
            in_quotes = "; TeX wants single quotes, '…'" if "control" in diagnostic.message else ""
            yield name, _report_macro(name, macros[name], diagnostic.message + in_quotes, "")
            continue
        for tex_error in results[formula].errors:
            if _is_of_macro(tex_error, macros[name]):
                message = _explain_error(tex_error, formula.tex, macros).message
                if tex_error.error == "Definition":
                    instead = r"write what it stands for, as in '\mathbb{R}'"
                    message = f"{instead}, without {tex_error.names[0]}"
                yield name, _report_macro(name, macros[name], message, "".join(tex_error.names[:1]))


def with_users(names: Set[str], macros: Mapping[str, Macro]) -> Set[str]:
    """Return the names of some macros, and of those that use one of them."""
    commands = {f"\\{name}" for name in names}
    users = {name for name, macro in macros.items() if commands & _words(macro.body)}
    return names if users <= names else with_users(names | users, macros)


def _is_of_macro(tex_error: TexError, macro: Macro) -> bool:
    """Return whether a fault is the macro's own, and nothing that a better argument would mend.

    Nor is it that of another macro which this one uses; of that one it is told as well.
    """
    if tex_error.error in _ONLY_A_PIECE:
        return False
    if tex_error.names and tex_error.names[0] not in _words(macro.body):
        return False
    return tex_error.error in _WHATEVER_IT_TAKES or not count_parameters(macro.body)


def _words(body: str) -> frozenset[str]:
    """Return the commands and environments of a macro's body, by the names that MathJax uses."""
    return frozenset(re.findall(r"\\(?:[A-Za-z]+|.)|(?<=\{)[A-Za-z]+\*?(?=\})|[&^_#$]", body))


def _report_macro(name: str, macro: Macro, message: str, culprit: str) -> Diagnostic:
    index = macro.body.find(culprit) if culprit else -1
    shown = code_frame(macro.body, index) if index >= 0 else ""
    return Diagnostic(macro.location, f"macro \\{name}: {message}", code_frame=shown)


class _Use(NamedTuple):
    """A formula in a note; wherever it is used, the same is wrong with it."""

    raw: str
    display: bool
    asks: bool
    """Whether its deletions are the note's."""


class _Look(NamedTuple):
    """What can be said of a formula without MathJax, and what MathJax is to see."""

    raw: str
    diagnostics: tuple[TextDiagnostic, ...]
    sides: tuple[CardSide, ...]
    """The back first; none if the formula cannot be read at all."""
    macro: str = ""
    """The macro that keeps it from being read."""


@dataclass(frozen=True)
class FormulasOfFile:
    """The formulas of one file, with all that can be said of them without MathJax."""

    file: str
    places: tuple[tuple[Token, _Use], ...]
    looks: Mapping[_Use, _Look]


def look_at_formulas(
    file: str, notes: Iterable[Note], written: Mapping[str, ExpandedFormula]
) -> FormulasOfFile:
    """Return the formulas of a file's notes, to be checked.

    `written` has each formula with its macros written out, by what its author wrote.
    """
    formulas = (formula for note in notes for formula in note.formulas)
    places = tuple((token, _use_of(token, asks)) for token, asks in formulas)
    uses = dict.fromkeys(use for _, use in places)
    return FormulasOfFile(file, places, {use: _look_at(use, written[use.raw]) for use in uses})


class CheckedFormulas(NamedTuple):
    """What is wrong with the formulas of a deck."""

    macros: tuple[Diagnostic, ...]
    """With the deck's own commands."""
    files: tuple[tuple[Diagnostic, ...], ...]
    """With those of each file."""


def check_formulas(
    files: Sequence[FormulasOfFile], macros: Mapping[str, Macro], typeset: Typeset
) -> CheckedFormulas:
    """Return what is wrong with the formulas of files, and with the deck's own commands.

    Raises EngineError if `typeset` cannot start MathJax.
    """
    looks = {use: look for file in files for use, look in file.looks.items()}
    samples = samples_of(macros)
    results = _typeset(looks.values(), samples.values(), typeset)
    macro_errors = list(check_macros(macros, samples, results))
    broken = with_users({name for name, _ in macro_errors}, macros)
    diagnostics = {
        use: list(_diagnostics_of(look, results, macros, broken)) for use, look in looks.items()
    }
    return CheckedFormulas(
        tuple(diagnostic for _, diagnostic in macro_errors),
        tuple(tuple(_report_all(file, diagnostics)) for file in files),
    )


def _report_all(
    file: FormulasOfFile, diagnostics: Mapping[_Use, Sequence[TextDiagnostic]]
) -> Iterator[Diagnostic]:
    for token, use in file.places:
        yield from (_report(wrong, token, file.file) for wrong in diagnostics[use])


def _use_of(token: Token, asks: bool) -> _Use:
    return _Use(token.raw, token.type != "inline_math", asks)


@lru_cache(_REMEMBERED)
def _look_at(use: _Use, written: ExpandedFormula) -> _Look:
    if written.diagnostic:
        return _Look(use.raw, (written.diagnostic,), (), written.macro)
    side = back(written, display=use.display, asks=use.asks)
    whole = with_clozes(written, display=use.display)
    if diagnostic := check_structure(side.shown.text):
        return _Look(use.raw, (side.place(diagnostic),), (), side.macro_at(diagnostic.offset))
    if joints := tuple(map(whole.place, check_joints(whole.shown.text))):
        return _Look(use.raw, joints, ())
    sides = (side, *(fronts(written, display=use.display) if use.asks else ()))
    if diagnostic := _check_sides(sides):
        return _Look(use.raw, (side.place(diagnostic),), ())
    silent = [*check_usage(side.shown.text), *_check_sentence(use, side.shown.text)]
    return _Look(use.raw, tuple(map(side.place, silent)), sides)


def _check_sides(sides: Sequence[CardSide]) -> TextDiagnostic | None:
    total = sum(len(side.shown.text) for side in sides)
    if total <= MAX_TYPESET:
        return None
    length = f"{total:,} characters with its {len(sides) - 1} clozes hidden by turns"
    return TextDiagnostic(
        0, f"{length}, where {MAX_TYPESET:,} is the limit: divide it into several"
    )


def _check_sentence(use: _Use, tex: str) -> Iterator[TextDiagnostic]:
    """Yield what MathJax leaves out in silence where a formula stands within a sentence."""
    if use.display:
        return
    if (end := first_row_end(tex)) is not None:
        message = r"\\ breaks no line within a sentence: write $$…$$"
        yield TextDiagnostic(end, message, Severity.WARNING)
    if (tag := first_tag(tex)) is not None:
        message = r"\tag shows nothing within a sentence: write $$…$$"
        yield TextDiagnostic(tag, message, Severity.WARNING)


def _typeset(
    looks: Iterable[_Look], samples: Iterable[Sample], typeset: Typeset
) -> dict[Formula, TypesetResult]:
    """Return what MathJax says: of backs first, and of fronts only where the back came out.

    Of what did not come out it is asked again without the rows put around it, for `_explain`.
    """
    results: dict[Formula, TypesetResult] = {}

    def ask(asked: Sequence[Formula]) -> None:
        results.update(zip(asked, typeset(asked), strict=True) if asked else ())

    sides = [look.sides for look in looks if look.sides]
    backs = [back.formula for back, *_ in sides]
    ask([*(sample.formula for sample in samples if not sample.diagnostic), *backs])
    sound = [fronts for back, *fronts in sides if not results[back.formula].errors]
    ask([front.formula for fronts in sound for front in fronts])
    shown = [side for side in chain.from_iterable(sides) if side.formula in results]
    broken = [side for side in shown if _has_errors(results[side.formula])]
    ask([side.bare for side in broken if side.bare not in results])
    return results


def _has_errors(result: TypesetResult) -> bool:
    """Return whether there is a fault, and not only a limit, which it takes long to come to."""
    return any(tex_error.error not in LIMITS for tex_error in result.errors)


def _diagnostics_of(
    look: _Look,
    results: Mapping[Formula, TypesetResult],
    macros: Iterable[str],
    broken: Iterable[str],
) -> Iterator[TextDiagnostic]:
    """Yield what is wrong with a formula, unless it is only a macro of which that is told."""
    yield from look.diagnostics if look.macro not in broken else ()
    for side in look.sides:
        result = results[side.formula]
        if result.errors:
            for diagnostic in _explain(side, results, macros):
                if side.macro_at(diagnostic.offset) not in broken:
                    yield side.place(diagnostic)
            return  # what is wrong on the back is wrong on the front as well
        if not side.hidden and (width := result.width * EM) > PHONE:
            start = len(look.raw) - len(look.raw.lstrip())
            yield TextDiagnostic(start, _too_wide(width, side.display), Severity.HINT)


def _too_wide(width: float, display: bool) -> str:
    remedy = r"break it by \\" if display else r"write it as $$…$$, and break it by \\"
    return f"about {width:.0f} pixels wide, where a phone has {PHONE}: {remedy}"


def _explain(
    side: CardSide, results: Mapping[Formula, TypesetResult], macros: Iterable[str]
) -> Iterator[TextDiagnostic]:
    r"""Yield what MathJax says, if need be of the formula without the rows put around it.

    So a `\left` that is never closed is told of as such, and not as a `gathered` never ended.
    """
    bare = results.get(side.bare, TypesetResult())
    errors, tex, shift = bare.errors, side.bare.tex, 0
    if not errors or errors[0].error == "Misplaced":
        errors, tex, shift = (results[side.formula].errors, side.formula.tex, len(side.rows.before))
    for tex_error in errors:
        if (
            tex_error.error == "EnvBadEnd"
            and shift
            and rf"\end{{{tex_error.names[1]}}}" in side.rows.after
        ):
            tex_error = tex_error._replace(error="EnvMissingEnd", names=tex_error.names[:1])
        diagnostic = _explain_error(tex_error, tex, macros)
        yield diagnostic._replace(offset=diagnostic.offset - shift)


def _explain_error(tex_error: TexError, tex: str, macros: Iterable[str]) -> TextDiagnostic:
    from deckpress.formulas.tex_messages import explain  # here because few formulas are wrong

    return explain(tex_error, tex, macros)


def _report(diagnostic: TextDiagnostic, token: Token, file: str) -> Diagnostic:
    raw = token.raw
    line_start = raw.rfind("\n", 0, diagnostic.offset) + 1
    line = raw[line_start:].partition("\n")[0]
    is_hint = diagnostic.severity is Severity.HINT
    shown = "" if is_hint else code_frame(line, diagnostic.offset - line_start)
    where = location_in(token, diagnostic.offset, file)
    kind = "too wide" if is_hint else ""
    return Diagnostic(where, f"formula: {diagnostic.message}", diagnostic.severity, shown, kind)
