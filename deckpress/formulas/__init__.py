"""TeX formulas, and what Anki's MathJax makes of them, as values, and remembered in a file.

`tex` is TeX's own structure, `macros` writes the deck's commands out, and `math_field` is the field
that MathJax typesets. `engine` is MathJax itself, asked only for what is not remembered. What is
wrong is found by `usage` and by MathJax, and `tex_messages` says what to do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from deckpress.diagnostics import DeckError
from deckpress.filesystem import read_regular, write_whole

PROGRAM = Path(__file__).with_name("engine.js")
"""What finds the verdicts, once MathJax's own parts are there."""
LIMITS = {"TooSlow": "interrupted", "TooLarge": "out of memory", "TooDeep": "call stack"}
"""The errors of formulas that come to a limit, and what the JavaScript engine says of them."""
NAME = "formulas.json"
"""The file's name in the cache folder."""
_MOST_BYTES = 1_000_000_000
"""Of the file; it has some 50 bytes a formula."""
_PACKAGE = Path(__file__).parent
"""Its modules and scripts are what verdicts depend on, and the form in which they are written."""


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


class TypesetResult(NamedTuple):
    """How a formula comes out; without faults, as its author wrote it."""

    width: float = 0.0
    """In em of MathJax's own font."""
    errors: tuple[TexError, ...] = ()
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


def write_cache(folder: Path, results: Mapping[str, TypesetResult]) -> None:
    """Remember verdicts, the newest last; where nothing can be written, nothing is remembered.

    Where a formula came to a limit of time or memory, another run may come further.
    """
    lasting = {key: result for key, result in results.items() if not _is_due_to_limit(result)}
    values = {key: _write_result(result) for key, result in lasting.items()}
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


def _is_due_to_limit(result: TypesetResult) -> bool:
    return any(tex_error.error in LIMITS for tex_error in result.errors)


def _write_result(result: TypesetResult) -> object:
    return result.errors or result.width


def _read_result(value: object) -> TypesetResult:
    if not isinstance(value, list):
        return TypesetResult(width=float(str(value)))
    return TypesetResult(errors=tuple(_read_error(*row) for row in value))


def _read_error(error: str, message: str, names: list[str], end: int, nearest: str) -> TexError:
    return TexError(error, message, tuple(names), end, nearest)


def skip_formula_check(formulas: Sequence[Formula]) -> list[TypesetResult]:
    """Return that all is well with each formula, for a build that does not want them checked."""
    return [TypesetResult() for _ in formulas]
