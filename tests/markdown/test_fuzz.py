"""A small share of `python -m benchmarks.fuzz`: random projects of all kinds, and what is seen."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

from tests.support.observed_builds import Task, observe
from tests.support.projects import ROOT
from tests.support.random_inputs import KINDS, Input, make_input

COUNT = 40
"""Inputs of each kind."""


def test_random_projects_are_built_or_refused() -> None:
    """No traceback, no build without end, nothing outside the project, no message without place.

    What is built has the same bytes twice, and its lock stays. For many more, and their import into
    Anki, `python -m benchmarks.fuzz --import`.
    """
    outcomes = [*observe([Task(kind, 1, range(COUNT)) for kind in KINDS])]
    assert [outcome for outcome in outcomes if outcome.errors] == []
    assert len(outcomes) == COUNT * len(KINDS)
    results = Counter((outcome.kind, outcome.result) for outcome in outcomes)
    assert all(results[kind, result] > 1 for kind in KINDS for result in ("built", "refused"))


def test_what_is_built_is_what_anki_stores() -> None:
    """The notes of many inputs, in one collection: nothing differs, nothing is to be repaired."""
    kinds = ("markdown", "attributes", "html")
    outcomes = [*observe([Task(kind, 2, range(40), imports=True) for kind in kinds])]
    assert [outcome for outcome in outcomes if outcome.errors] == []
    assert sum(outcome.notes for outcome in outcomes if outcome.result == "imported") > 50


def test_the_same_seed_makes_the_same_inputs() -> None:
    """What was found once can be looked at again."""
    assert all(make_input(kind, 5, 7) == make_input(kind, 5, 7) for kind in KINDS)
    assert make_input("markdown", 5, 7) != make_input("markdown", 5, 8)


def test_what_is_wrong_is_seen() -> None:
    """A build that ends its process, or that reads elsewhere, is told with its number."""
    text = "1. q\n\n   " + "![](a.png) " * 3
    endless = Input({"a.md": text.encode()}, "a.md", {"a.png": "/dev/zero"})
    fine = Input({"a.md": b"1. q\n\n   a\n"}, "a.md")
    outcomes = [*observe([Task("markdown", 0, [1, 2, 3], given=[fine, endless, fine])])]
    assert [(outcome.number, outcome.result) for outcome in outcomes] == [
        (1, "built"),
        (2, "refused"),
        (3, "built"),
    ]


def test_a_picture_that_asks_and_is_not_drawn_is_refused() -> None:
    """No note without a card is imported, which Check Database would change."""
    fence = '```diagram d "two nodes" ask=all\n   | a b |\n   a: A\n   b: B\n   ```'
    asking = Input({"a.md": f"1. What is asked?\n\n   {fence}\n".encode()}, "a.md")
    (outcome,) = observe([Task("markdown", 0, [1], imports=True, given=[asking])])
    assert (outcome.result, outcome.errors) == ("refused", [])


def test_the_command_counts() -> None:
    """The command prints a table with a row for each kind, and its exit code says all is well."""
    command = [sys.executable, "-m", "benchmarks.fuzz", "--count", "4", "--seed", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["all", "44"] in [row[:2] for row in rows]
