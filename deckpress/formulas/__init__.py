"""TeX formulas, and what Anki's MathJax makes of them: cached results at once, others by MathJax.

`tex` is TeX's own structure, `macros` writes the deck's commands out, and `math_field` is the field
that MathJax typesets. `engine` is MathJax itself. What is wrong is found by `usage` and by MathJax,
and `tex_messages` and `replacements` say what to do.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from deckpress.diagnostics import DeckError
from deckpress.filesystem import read_regular, write_whole

if TYPE_CHECKING:
    from deckpress.formulas.engine import Engine

PROGRAM = Path(__file__).with_name("engine.js")
"""What finds the verdicts, once MathJax's own parts are there."""
LIMITS = {
    "TooSlow": "interrupted",
    "TooLarge": "out of memory",
    "TooDeep": "call stack",
}
"""The errors of formulas that come to a limit, and what the JavaScript engine says of them."""
NAME = "formulas.json"
"""The file's name in the cache folder."""
MOST = 20_000
"""Verdicts that are kept beside those of the formulas in hand; those of longest ago go first."""
_MOST_BYTES = 1_000_000_000
"""Of the file; it has some 50 bytes a formula."""
_PACKAGE = Path(__file__).parent
"""Its modules and scripts are what verdicts depend on, and the form in which they are written."""
WORTH_A_PROCESS = 100
"""Formulas; to start a process with an engine takes as long as to typeset about so many."""
_SHARE = 20
"""Formulas that a process is given at a time."""
_SECONDS = 300.0
"""That a share may take; the engine gives up each formula before (engine.SECONDS)."""


class Formula(NamedTuple):
    """A formula as a card holds it, with entities read."""

    tex: str
    display: bool
    """Whether it stands on a line of its own."""


class TexError(NamedTuple):
    """An error that MathJax finds in a formula."""

    error: str
    """MathJax's id of it, such as UndefinedControlSequence."""
    message: str = ""
    """MathJax's own words for it."""
    names: tuple[str, ...] = ()
    """The commands or environments that the message names."""
    end: int = 0
    """Characters of the formula that MathJax had read."""
    nearest: str = ""
    """The name most like one that MathJax does not know; empty if none is."""


@dataclass(frozen=True)
class TypesetResult:
    """How a formula comes out; without faults, as its author wrote it."""

    width: float = 0.0
    """In em of MathJax's own font."""
    faults: tuple[TexError, ...] = ()
    """One, or one for each command that MathJax does not know."""


class EngineError(Exception):
    """MathJax cannot be started; the message says why."""


Typeset = Callable[[Sequence[Formula]], Sequence[TypesetResult]]
"""Says of each formula what MathJax makes of it."""


Progress = Callable[[Iterable[TypesetResult], int], Iterable[TypesetResult]]
"""Shows how far the typesetting is: takes verdicts to come, and how many, and yields them."""


def read_cache(folder: Path) -> dict[str, TypesetResult]:
    """Return the verdicts that a folder remembers, by `key_of` their formulas; the oldest first."""
    try:
        digest, _, text = read_regular(folder / NAME, limit=_MOST_BYTES).partition(b"\n")
    except OSError:  # nothing is remembered yet, or may not be read
        return {}
    if digest != _digest(text):
        return {}
    return {key: _read_result(value) for key, value in json.loads(text).items()}


def write_cache(folder: Path, verdicts: Mapping[str, TypesetResult]) -> None:
    """Remember verdicts, the newest last; where nothing can be written, nothing is remembered.

    Where a formula came to a limit of time or memory, another run may come further.
    """
    lasting = {key: each for key, each in verdicts.items() if not _is_due_to_limit(each)}
    values = {key: _write_result(verdict) for key, verdict in lasting.items()}
    text = json.dumps(values, separators=(",", ":")).encode()
    with suppress(DeckError):
        write_whole({folder / NAME: _digest(text) + b"\n" + text}, folder)


def key_of(formula: Formula) -> str:
    """Return what a formula's verdict is remembered by."""
    text = f"{formula.display:d}{formula.tex}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _digest(text: bytes) -> bytes:
    """Return what proves that this program wrote a text, and that it is whole."""
    programs = (path for path in sorted(_PACKAGE.iterdir()) if path.suffix in (".py", ".js"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in programs))
    digest.update(text)
    return digest.hexdigest().encode()


def _is_due_to_limit(verdict: TypesetResult) -> bool:
    return any(fault.error in LIMITS for fault in verdict.faults)


def _write_result(verdict: TypesetResult) -> object:
    return verdict.faults or verdict.width


def _read_result(value: object) -> TypesetResult:
    if not isinstance(value, list):
        return TypesetResult(width=float(str(value)))
    return TypesetResult(faults=tuple(_read_error(*each) for each in value))


def _read_error(error: str, message: str, names: list[str], end: int, nearest: str) -> TexError:
    return TexError(error, message, tuple(names), end, nearest)


def cached(folder: Path | None, progress: Progress = lambda verdicts, _: verdicts) -> Typeset:
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
            others = [each for each in known.items() if each[0] not in used]
            write_cache(folder, dict(others[-MOST:]) | used)
        return [used[keys[formula]] for formula in formulas]

    return typeset


def typeset_here(formulas: Sequence[Formula]) -> list[TypesetResult]:
    """Return what MathJax says of each formula, and remember nothing."""
    fresh = dict(zip(unique := [*dict.fromkeys(formulas)], _typeset(unique), strict=True))
    return [fresh[formula] for formula in formulas]


def skip_formula_check(formulas: Sequence[Formula]) -> list[TypesetResult]:
    """Return that all is well with each formula, for a build that does not want them checked."""
    return [TypesetResult() for _ in formulas]


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
    from deckpress.formulas.engine import Engine  # here because few builds need it

    return Engine()


def _typeset_in_processes(formulas: Sequence[Formula], count: int) -> Iterator[TypesetResult]:
    from deckpress.workers import Failure, work_all

    shares = [formulas[start : start + _SHARE] for start in range(0, len(formulas), _SHARE)]
    work = f"{__name__}:{typeset_share.__name__}"
    with closing(work_all(shares, work, count, _SECONDS)) as answers:
        for share, verdicts in zip(shares, answers, strict=True):
            # this process does what others could not do
            yield from typeset_share(share) if isinstance(verdicts, Failure) else verdicts


def typeset_share(formulas: Sequence[Formula]) -> list[TypesetResult]:
    """Return what MathJax says of each formula."""
    return list(map(_engine().typeset, formulas))
