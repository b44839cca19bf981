"""Time releases of made-up decks: `python -m benchmarks.releases [NOTES …]`.

Each command is a process of its own. A line tells the number of notes, and seconds for the first
release, for a second one after every tenth note was changed and every twentieth was added, for
`diff` as text and as a page, and for `verify` of that update in real Anki. Formulas are typeset
before, and not counted.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.corpus import make_note, write_pictures
from benchmarks.processes import ROOT

SIZES = (100, 1_000, 10_000)
DECK = """\
[deck]
id = "deck"
name = "Deck"
version = "1.0.0"
language = "zh-CN"
description = "A made-up deck."
"""


def write_notes(project: Path, count: int, *, is_edited: bool) -> None:
    """Write so many notes; edited, some are changed, and there are some more."""
    numbers = range(1, count + 1 + (count // 20 if is_edited else 0))
    edited = numbers[::10] if is_edited else ()
    notes = [make_note(number, edition=1 if number in edited else 0) for number in numbers]
    (project / "source/notes.md").write_text("".join(notes), encoding="utf-8")


def run(project: Path, *arguments: str) -> float:
    """Run the command in a project; return the seconds it took."""
    start = time.perf_counter()
    command = [sys.executable, str(ROOT / "build_deck.py"), *arguments]
    environment = {**os.environ, "XDG_CACHE_HOME": str(project / "cache")}
    subprocess.run(command, check=True, cwd=project, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print a line for each size."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print("  notes   first s  second s  diff s  page s  verify s")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder)
            write_pictures(project / "source", 2 * size)
            (project / "source/deck.toml").write_text(DECK, encoding="utf-8")
            write_notes(project, size, is_edited=True)
            run(project, "check", "--quiet")
            write_notes(project, size, is_edited=False)
            first = run(project, "release", "1.0.0", "--quiet")
            write_notes(project, size, is_edited=True)
            second = run(project, "release", "1.1.0", "--quiet")
            packages = [f"dist/deck-{version}.apkg" for version in ("1.0.0", "1.1.0")]
            text, page = (
                run(project, "diff", *packages, "--format", form) for form in ("text", "html")
            )
            verify = run(project, "verify", *packages)
        print(f"{size:7d} {first:9.2f} {second:9.2f} {text:7.2f} {page:7.2f} {verify:9.2f}")


if __name__ == "__main__":
    main()
