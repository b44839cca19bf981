"""Time the drawing of pictures: `python benchmarks/diagrams.py`.

Prints the milliseconds that a process needs for a picture once matplotlib is there, then the
seconds of whole builds: 50 pictures of which none is drawn yet, with one and with two processes,
and once more when all lie in `media/diagrams`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from deckpress.diagrams.diagram_blocks import DiagramBlock, find_diagram_blocks
from deckpress.diagrams.image_store import draw_all
from deckpress.notes.builder import parse_notes
from deckpress.project.opening import open_project

ROOT = Path(__file__).parent.parent
PICTURES = 50
ROUNDS = 3

DECK_TOML = """\
[deck]
id = "benchmark"
name = "Benchmark"
version = "1.0.0"
language = "zh-CN"
description = "Pictures to be drawn."
"""
NOTE = """\
{number}. 第 {number} 个 LSTM 单元由哪些部分组成？

    ```diagram lstm-{number} "LSTM 单元 {number}"
    title: LSTM 单元 {number}
    | c0 mf .  p  .  dc c1 |
    | .  .  .  mi .  th .  |
    | .  f  i  .  g  mo h1 |
    | h0 k  k  k  k  o  .  |
    | .  x  .  .  .  .  .  |
    c0: $c_{{t-1}}$ {{memory}}
    c1: $c_t$ {{memory}}
    h0: $h_{{t-1}}$ {{state}}
    h1: $h_t$ {{state}}
    x: $x_{{t,{number}}}$ {{in}}
    k: 拼接 {{in}}
    f, i, o: $\\sigma$ {{gate}}
    g: tanh {{gate}}
    th: tanh {{op}}
    mf, mi, mo: $\\odot$ {{op}}
    p: $+$ {{op}}
    dc: {{dot}}
    c0 -> mf -> p -- dc -> c1
    f -> mf: $f_t$
    i -> mi [vh]: $i_t$
    g -> mi [vh]: $\\tilde c_t$
    mi -> p
    dc -> th -> mo -> h1
    o -> mo: $o_t$
    k -> f
    k -> i
    k -> g
    k -> o
    h0 -> k
    x -> k
    ```
"""


def make_project(folder: Path) -> Path:
    """Write a project of notes with a picture each, and return its folder."""
    source = folder / "source"
    source.mkdir(parents=True)
    (source / "deck.toml").write_text(DECK_TOML, encoding="utf-8")
    notes = "\n".join(NOTE.format(number=number) for number in range(1, PICTURES + 1))
    (source / "notes.md").write_text(notes, encoding="utf-8")
    return folder


def read_blocks(folder: Path) -> list[DiagramBlock]:
    """Return the pictures that a project's notes want."""
    project, _ = open_project(folder)
    notes = [
        note for source in project.sources for note in parse_notes(source.text, str(source.path))[0]
    ]
    return find_diagram_blocks(notes, {}, folder, [])


def time_pictures(blocks: Sequence[DiagramBlock], processes: int) -> list[float]:
    """Return the seconds until each picture was there, one after the other."""
    seconds, started = [], time.perf_counter()
    for drawn in draw_all(blocks, processes):
        assert drawn.png, drawn.diagnostics
        seconds.append(time.perf_counter() - started)
    return seconds


def time_build(folder: Path) -> float:
    """Return the seconds of a whole run of the command."""
    started = time.perf_counter()
    command = [sys.executable, str(ROOT / "build_deck.py"), "--project", str(folder), "--quiet"]
    subprocess.run(command, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Print the timings."""
    with tempfile.TemporaryDirectory() as folder:
        blocks = read_blocks(make_project(Path(folder)))
        for processes in (1, 2):
            rounds = [time_pictures(blocks, processes) for _ in range(ROUNDS)]
            whole = statistics.median(times[-1] for times in rounds)
            print(f"{PICTURES} pictures, {processes} process(es): {whole:.2f} s")
            if processes == 1:
                seconds = statistics.median(
                    (times[-1] - times[0]) / (PICTURES - 1) for times in rounds
                )
                first = statistics.median(times[0] for times in rounds)
                print(
                    f"the first picture after {first:.2f} s, then {1000 * seconds:.0f} ms a picture"
                )
        print(f"cold build: {time_build(Path(folder)):.2f} s")
        warm = statistics.median(time_build(Path(folder)) for _ in range(ROUNDS))
        print(f"build with all pictures drawn: {warm:.2f} s")
        sizes = [path.stat().st_size for path in Path(folder, "media/diagrams").iterdir()]
        print(f"a picture has {statistics.median(sizes) / 1000:.1f} kB")


if __name__ == "__main__":
    main()
