"""The tests run commands in forked processes: those are as good as another start of Python."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.forked_commands import Commands, run_alone

ENVIRONMENTS = {
    "UTF-8": {"PYTHONUTF8": "1"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.mark.parametrize("variables", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
@pytest.mark.parametrize("arguments", [["check"], ["diff", "无.apkg"]], ids=ascii)
def test_a_forked_command_does_what_one_that_starts_does(
    arguments: Sequence[str], variables: dict[str, str], project: Path, commands: Commands
) -> None:
    """It writes the same bytes with the same exit code, in each encoding."""
    (project / "source/notes.md").write_text("1. 一？\n\n   → 🐱 $\\foo 中$。\n", "utf-8")
    environment = {**os.environ, **variables}
    forked = commands.run(arguments, environment)
    assert forked == run_alone(arguments, environment)
    assert forked.code
