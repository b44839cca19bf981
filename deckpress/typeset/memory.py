"""The verdicts of earlier builds, in a file that may be deleted at any time.

The file is trusted only whole: it begins with a digest of the rest and of the program that found
the verdicts. A file that is damaged, or that another version wrote, counts for nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from deckpress.errors import DeckError
from deckpress.filesystem import read_regular, write_whole
from deckpress.typeset.verdict import LIMITS, Fault, Formula, Verdict

NAME = "formulas.json"
"""The file's name in the cache folder."""
MOST = 20_000
"""Verdicts that are kept beside those of the formulas in hand; those of longest ago go first."""
_MOST_BYTES = 1_000_000_000
"""Of the file; it has some 50 bytes a formula."""
_PACKAGE = Path(__file__).parent
"""Its modules and scripts are what verdicts depend on, and the form in which they are written."""


def read_verdicts(folder: Path) -> dict[str, Verdict]:
    """Return the verdicts that a folder remembers, by `key_of` their formulas; the oldest first."""
    try:
        digest, _, text = read_regular(folder / NAME, limit=_MOST_BYTES).partition(b"\n")
    except OSError:  # nothing is remembered yet, or may not be read
        return {}
    if digest != _digest(text):
        return {}
    return {key: _read_verdict(value) for key, value in json.loads(text).items()}


def write_verdicts(folder: Path, verdicts: Mapping[str, Verdict]) -> None:
    """Remember verdicts, the newest last; where nothing can be written, nothing is remembered.

    Where a formula came to a limit of time or memory, another run may come further.
    """
    lasting = {key: each for key, each in verdicts.items() if not _is_due_to_limit(each)}
    values = {key: _write_verdict(verdict) for key, verdict in lasting.items()}
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


def _is_due_to_limit(verdict: Verdict) -> bool:
    return any(fault.error in LIMITS for fault in verdict.faults)


def _write_verdict(verdict: Verdict) -> object:
    return verdict.faults or verdict.width


def _read_verdict(value: object) -> Verdict:
    if not isinstance(value, list):
        return Verdict(width=float(str(value)))
    return Verdict(faults=tuple(_read_fault(*each) for each in value))


def _read_fault(error: str, message: str, names: list[str], end: int, nearest: str) -> Fault:
    return Fault(error, message, tuple(names), end, nearest)
