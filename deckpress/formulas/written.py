"""The formulas of a deck, each one with its macros written out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deckpress.formulas.macros import MAX_WRITTEN, MacroError, expand_macros
from deckpress.formulas.origins import Rewritten
from deckpress.formulas.tex import Flaw, check_length
from deckpress.notes import Note


@dataclass(frozen=True)
class Written:
    """A formula without macros, or why they cannot be written out."""

    tex: Rewritten
    """What is shipped; where there is a flaw, what the author wrote."""
    flaw: Flaw | None = None
    macro: str = ""
    """The name of the macro that cannot be written out."""


def write_out(notes: Iterable[Note], macros: Mapping[str, str]) -> dict[str, Written]:
    """Return all formulas of the notes by what their author wrote.

    `macros` maps a name without its backslash to TeX in which `#1` to `#9` stand for the arguments.
    """
    tokens = (token for note in notes for token, _ in note.formulas)
    return {raw: _write_out(raw, macros) for raw in dict.fromkeys(token["raw"] for token in tokens)}


def _write_out(raw: str, macros: Mapping[str, str]) -> Written:
    if too_long := check_length(raw, MAX_WRITTEN):
        return Written(Rewritten(raw), too_long)
    try:
        return Written(expand_macros(raw, macros))
    except MacroError as problem:
        return Written(Rewritten(raw), Flaw(problem.start, str(problem)), problem.name)
