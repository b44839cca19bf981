"""Runs of the command, and what it says of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from click.testing import CliRunner, Result

from deckpress.cli import main


@dataclass(frozen=True)
class Run:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Run]
"""The command as a user runs it, in a process of its own; the fixture `deckpress` is one."""


def run(*arguments: str) -> Result:
    """Run the command in this process, in the current folder."""
    return CliRunner().invoke(main, arguments)


def without_account(output: str) -> str:
    """Return what a command says without what it says of each file's words and form."""
    return re.sub(r"(?m)^(?:\S[^\n]*: \d+ notes? \(|questions found: )[^\n]*(?:\n|\Z)", "", output)


def without_counts(output: str) -> str:
    """Return what a command says on stderr without a last line that just counts the problems.

    tests/anki/test_shown_messages.py holds what that line says.
    """
    counts = r"^\d+ (?:error|warning|hint)s?(?:, \d+ \w+)*(?:: nothing written)?\n\Z"
    return re.sub(counts, "", output, flags=re.M)
