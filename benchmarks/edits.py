"""Time edits of a project that is held in memory: `python -m benchmarks.edits [EDITS]`.

Of 2,000 notes in 20 files, which were built before, one is edited, and all is prepared anew: read,
checked, rendered and dated, but no formula is typeset. Prints a JSON list: seconds, and seconds of
CPU, for each edit.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.corpus import HELD
from benchmarks.processes import ROOT, run
from deckpress.formulas import skip_formula_check
from deckpress.pipeline.workspace import Workspace
from deckpress.project.opening import open_project

DECK = """\
[deck]
id = "deck"
name = "Deck"
version = "1.0.0"
language = "zh-CN"
description = "A made-up deck."
"""


def time_edit(workspace: Workspace, path: Path, number: int) -> tuple[float, float]:
    """Edit a file's last note; return the seconds until all is prepared again, and those of CPU."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"第 {number} 次修改。\n\n")
    start, cpu = time.perf_counter(), time.process_time()
    prepared = workspace.update([path])
    seconds = time.perf_counter() - start, time.process_time() - cpu
    assert len(prepared.notes) == HELD.notes
    return seconds


def main() -> None:
    """Print what each edit takes."""
    edits = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        HELD.write(source)
        (source / "deck.toml").write_text(DECK, encoding="utf-8")
        command = [sys.executable, str(ROOT / "build_deck.py"), "--project", folder]
        run([*command, "--quiet", "--no-formula-check"], {"XDG_CACHE_HOME": f"{folder}/cache"})
        workspace = Workspace(lambda: open_project(Path(folder)), typeset=skip_formula_check)
        files = sorted(source.glob("*.md"))
        workspace.update()
        time_edit(workspace, files[0], 0)  # what is loaded late is there then
        print(json.dumps([time_edit(workspace, files[n % len(files)], n) for n in range(edits)]))


if __name__ == "__main__":
    main()
