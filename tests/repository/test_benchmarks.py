"""The benchmark of builds: its corpus, and a run that is as small as can be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.corpus import Corpus, make_note
from benchmarks.processes import ROOT
from deckpress.formulas.engine import typeset_here
from deckpress.lock.store import BuildOptions
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_standalone
from tests.support.projects import NOON, snapshot


def test_its_notes_are_read_as_they_are_meant(tmp_path: Path) -> None:
    """Nothing is wrong with them, also in style; formulas come out, and pictures are there."""
    Corpus(60).write(tmp_path / "corpus")
    opened, options = open_standalone(tmp_path / "corpus"), BuildOptions(tells_all=True)
    prepared = prepare(*opened, NOON, options=options, typeset=typeset_here)
    assert not prepared.diagnostics
    assert len(prepared.notes) == 60
    assert len(prepared.media.files) == 2


def test_another_edition_has_few_other_files(tmp_path: Path) -> None:
    """Of 2,000 notes, 20 are others in one of ten files."""
    corpus = Corpus(2_000)
    corpus.write(tmp_path)
    before = snapshot(tmp_path)
    corpus.write(tmp_path, edition=1)
    after = snapshot(tmp_path)
    assert [name for name in after if after[name] != before[name]] == ["notes00000.md"]
    notes = [make_note(number, edition=edition) for number in range(200) for edition in (0, 1)]
    text = after["notes00000.md"].decode()
    assert [note in text for note in notes] == [False, True] * 20 + [True, False] * 180


def test_it_sets_another_tool_beside_ours() -> None:
    """Each kind of work has a line, with the ratios of a tool that takes turns with ours."""
    command = [sys.executable, "-m", "benchmarks.build", "20", "--runs", "1", "--peer"]
    command += ["copy=cp {source}/notes00000.md {package}", "--only", "cold"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    _, head, line = said.stdout.splitlines()
    assert head.split()[:4] == ["notes", "work", "wall", "s"]
    assert line.split()[:2] == ["20", "cold"]
    assert "copy" in line
