"""Time whole builds of made-up decks, cold and again: `python benchmarks/build.py [NOTES …]`.

Each build is a process of its own. A line tells the number of notes, seconds for the first build
(nothing remembered, all formulas typeset), for a second one (lock and verdicts are there), and for
a third one in which every question is another and has to be found by its answer; milliseconds a
note, the most memory a build took (megabytes), and the package's size (kilobytes).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SIZES = (100, 1_000, 10_000)


def make_notes(count: int) -> str:
    """Return Markdown like a real deck's: Chinese and English, formulas, lists and code."""
    return "".join(map(make_note, range(1, count + 1)))


def make_note(number: int) -> str:
    """Return one note; what it holds hangs on its number."""
    parts = [f"{number}. 第 {number} 题：what does **layer {number}** do？", ""]
    parts += [f"它把第 {number} 层的输入映射到输出，参数由训练得到（见 *chapter {number}*）。"]
    if number % 2:
        parts += ["", f"其中 $x_{{{number}}} \\in \\mathbb{{R}}^n$ 是输入。"]
    if number % 3 == 0:
        parts += ["", "$$", r"h_t = \tanh(W x_t) \\", r"y_t = V h_t", "$$"]
    if number % 5 == 0:
        parts += ["", "- 第一点：稀疏连接", "- 第二点：参数共享", "- 第三点：等变"]
    if number % 10 == 0:
        parts += ["", "```python", "def layer(x, w):", f"    return x @ w + {number}", "```"]
    indent = " " * len(f"{number}. ")
    return "\n".join([parts[0], *((indent + line).rstrip() for line in parts[1:])]) + "\n\n"


def build(source: Path) -> float:
    """Build a file in a process of its own, its cache beside it; return the seconds it took."""
    start = time.perf_counter()
    command = [sys.executable, str(ROOT / "build_deck.py"), str(source), "--quiet", "--strict"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(source.parent / "cache")}
    subprocess.run(command, check=True, env=environment)
    return time.perf_counter() - start


def main() -> None:
    """Print a line for each size."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print("  notes    cold s   again s  reworded s   ms/note   peak MB   package kB")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "notes.md"
            source.write_text(make_notes(size), encoding="utf-8")
            cold, again = build(source), build(source)
            text = source.read_text(encoding="utf-8")
            source.write_text(text.replace("题：what does", "问：which job has"), encoding="utf-8")
            reworded = build(source)
            (package,) = (path.stat().st_size for path in Path(folder).glob("*.apkg"))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
        times = f"{size:7d} {cold:9.2f} {again:9.2f} {reworded:11.2f} {1000 * cold / size:9.2f}"
        print(f"{times} {peak:9.0f} {package / 1000:12.0f}", flush=True)


if __name__ == "__main__":
    main()
