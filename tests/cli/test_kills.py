"""A small share of `python -m benchmarks.kills`, which ends commands at random moments."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.projects import ROOT


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
def test_commands_that_are_ended_at_random_leave_nothing_wrong() -> None:
    """Whatever the signal and the moment; see there what is looked at."""
    command = [sys.executable, "-m", "benchmarks.kills", "--kills", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.endswith("3 kills, 0 faults\n")
