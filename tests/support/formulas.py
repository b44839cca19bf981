r"""Formulas as authors write them: good ones, and for each error of MathJax 3.2.2 some wrong ones.

They stand in `cases/formulas/`, one a line; a line that begins with a space goes on with the one
above it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.support.cases import CASES, read_case


class Wrong(NamedTuple):
    """Formulas that MathJax cannot typeset, all for one reason."""

    error: str
    """MathJax's id of what is wrong."""
    message: str
    """What the author reads behind `formula: `."""
    formulas: tuple[str, ...]
    """Each with a ‸ before the culprit; there the caret stands."""

    @property
    def unmarked(self) -> list[str]:
        """The formulas as they are written."""
        return [tex.replace("‸", "") for tex in self.formulas]


def _read(name: str) -> dict[str, tuple[str, ...]]:
    """Return the entries of a case file by their headings."""
    case = read_case(CASES / f"formulas/{name}.case")
    return {heading: _entries(case[heading]) for heading in case.texts}


def _entries(text: str) -> tuple[str, ...]:
    entries = re.split(r"\n(?! )", text.removesuffix("\n"))
    return tuple(entry.replace("\n ", "\n") for entry in entries)


GOOD = tuple(tex for part in _read("good").values() for tex in part)
"""What MathJax typesets without an error."""

WRONG = tuple(
    Wrong(error, message, formulas)
    for heading, formulas in _read("wrong").items()
    for error, _, message in [heading.partition(": ")]
)
"""One error each: of many, all are told."""

UNSETTLED = {"MaxBufferSize": (r"\implies " + "x" * 5200,)}
"""Wrong formulas by the id of the error, of which only the verdict is held fast."""

UNREACHABLE = {error: why for why, errors in _read("unreachable").items() for error in errors}
"""Errors that MathJax has, and no formula of an author can raise, by their ids: why."""

SLOW = {
    "arrows": r"\xrightarrow{" * 60 + "x" + "}" * 60,
    "chemistry": r"\ce{" + "H2O + " * 1_600 + "H2}",
}
"""What would take MathJax minutes, or for ever."""
