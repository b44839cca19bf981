"""Time the preview in a real browser: `python -m benchmarks.preview [NOTES ...] [--edits N]`.

For decks of so many notes (100, 1,000, 2,000 and 10,000) in files of 100: seconds until the first
card is painted, from the start of the command and from the opening of the page; milliseconds from a
save until the edited card is painted, the median and the 95th percentile of 60 edits; and the
server's memory before the edits and after them, in megabytes. Formulas are not checked. Needs
Chromium.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.corpus import Corpus
from benchmarks.edits import DECK
from benchmarks.processes import ROOT, run
from tests.support.preview_page import open_browser

SIZES = (100, 1_000, 2_000, 10_000)
PER_FILE = 100
_PATIENCE = 60.0
"""Seconds to wait for a card."""
_PAUSE = 0.5
"""Seconds between two questions."""
_NOTE_PAINTS = """
  window.paints = [];
  let last;
  Object.defineProperty(window, "deckpressPainted", {
    get: () => last,
    set: value => { last = value; paints.push((performance.timeOrigin + value.time) / 1000); },
  });
"""
"""Notes when cards are painted, in seconds since 1970, of which the page tells."""


@contextmanager
def serving(project: Path, cache: Path) -> Iterator[tuple[int, str]]:
    """Yield the process of a preview, by its number, and its page's address."""
    command = [sys.executable, str(ROOT / "build_deck.py"), "preview", "--project", str(project)]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    with subprocess.Popen(
        [*command, "--no-open", "--no-formula-check"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address
        yield process.pid, address[0]
        process.terminate()


def wait_for_paint(page: Page, after: float) -> float:
    """Return when a card was painted, later than a time, in seconds since 1970.

    The page is asked only now and then, since to answer takes its time.
    """
    end = time.time() + _PATIENCE
    while time.time() < end:
        time.sleep(_PAUSE)
        if paints := [paint for paint in page.evaluate("paints") if paint > after]:
            return float(paints[0])
    raise SystemExit("no card was painted")


def time_edit(page: Page, path: Path, number: int) -> float:
    """Edit a note of a file; return the milliseconds until its card is painted."""
    text = re.sub(r"第 \d+ 次修改。", "", path.read_text(encoding="utf-8"))
    start = time.time()
    path.write_text(text.replace("。", f"。第 {number} 次修改。", 1), encoding="utf-8")
    return (wait_for_paint(page, start) - start) * 1000


def memory_of(process: int) -> float:
    """Return what a process has in memory, in megabytes; not a number where Linux does not say."""
    status = Path(f"/proc/{process}/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) / 1000 if found else math.nan


def measure(notes: int, edits: int) -> str:
    """Return a line of the table."""
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        project, cache = Path(folder, "deck"), Path(folder, "cache")
        source = project / "source"
        Corpus(notes, per_file=PER_FILE).write(source)
        (source / "deck.toml").write_text(DECK, encoding="utf-8")
        command = [sys.executable, str(ROOT / "build_deck.py"), "--project", str(project)]
        run([*command, "--quiet", "--no-formula-check"], {"XDG_CACHE_HOME": str(cache)})
        started = time.time()
        with serving(project, cache) as (process, address):
            page = browser.new_page()
            page.add_init_script(_NOTE_PAINTS)
            opened = time.time()
            page.goto(address)
            first = wait_for_paint(page, 0)
            before, files = memory_of(process), sorted(source.glob("*.md"))
            taken = []
            for number in range(edits):
                time.sleep(notes / 20_000)  # until all of the deck was looked at again
                taken.append(time_edit(page, files[number % len(files)], number))
            after = memory_of(process)
    p50, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    return (
        f"{notes:>7,} {first - started:9.2f} {first - opened:9.2f} {p50:9.0f} {p95:9.0f}"
        f" {before:9.0f} {after:9.0f}"
    )


def main() -> None:
    """Print the table, each line as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--edits", type=int, default=60)
    wanted = parser.parse_args()
    heads = ("notes", "start, s", "page, s", "p50, ms", "p95, ms", "MB", "MB after")
    print(f"{heads[0]:>7}" + "".join(f" {head:>9}" for head in heads[1:]))
    for notes in wanted.notes:
        print(measure(notes, wanted.edits), flush=True)


if __name__ == "__main__":
    main()
