"""Time the check of formulas: `python benchmarks/formulas.py [FORMULAS …]`.

The first line tells milliseconds to start the engine, milliseconds a formula (the middle one of
1,000 different ones like a real deck's, and the slowest), and the most memory of that process
(megabytes). Then a line for each number of different formulas tells seconds for whole builds, each
a process of its own: cold (no verdict is remembered), warm (all are), and without the check; and
the most memory that one process of a build took.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SIZES = (100, 1_000)
KINDS = (
    (r"x_{%d}", False),
    (r"\mathbf{h}^{(%d)} \in \mathbb{R}^{d_k}", False),
    (r"O(n^{%d} \log n)", False),
    (r"\frac{\partial L}{\partial w_{%d}} = \delta_j a_i", False),
    (r"\lVert x - \mu_{%d} \rVert_2^2 \le \varepsilon", False),
    (r"P(A_{%d} \mid B) = \frac{P(B \mid A) P(A)}{P(B)}", True),
    (r"\mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^{%d} e^{z_j}}", True),
    (r"\sum_{i=1}^{%d} \sqrt{\frac{x_i^2 + y_i^2}{2}} \quad \text{（第 $i$ 层）}", True),
    (r"\begin{aligned} h_t &= \tanh(W x_t + b_{%d}) \\ y_t &= V h_t \end{aligned}", True),
    (r"A_{%d} = \begin{pmatrix} a & b & 0 \\ c & d & 0 \\ 0 & 0 & 1 \end{pmatrix}", True),
    (r"f_{%d}(x) = \begin{cases} x & x > 0 \\ \alpha x & \text{otherwise} \end{cases}", True),
    (r"\left( \int_0^{%d} e^{-x^2} \, \mathrm{d}x \right)^2 = \frac{\pi}{4}", True),
)
"""Formulas with a place for a number, and whether each stands on a line of its own."""


def make_formula(number: int) -> tuple[str, bool]:
    """Return a formula unlike any other, and whether it stands on a line of its own."""
    tex, display = KINDS[number % len(KINDS)]
    return tex % number, display


def make_notes(count: int) -> str:
    """Return Markdown with so many formulas, four to a note."""
    return "".join(
        f"{number}. What is {number}?\n\n" + "".join(map(make_paragraph, range(first, first + 4)))
        for number, first in enumerate(range(0, count, 4), 1)
    )


def make_paragraph(number: int) -> str:
    """Return a paragraph of a note with a formula in it."""
    tex, display = make_formula(number)
    return f"      $$\n      {tex}\n      $$\n\n" if display else f"      It is ${tex}$ here.\n\n"


def measure_engine(count: int) -> None:
    """Print what the engine takes to start, and for so many formulas, in this process."""
    sys.path.insert(0, str(ROOT))
    from deckpress.formulas import Formula
    from deckpress.formulas.engine import Engine

    start = time.perf_counter()
    engine = Engine()
    started = time.perf_counter() - start
    times = []
    for number in range(count):
        formula = Formula(*make_formula(number))
        start = time.perf_counter()
        if errors := engine.typeset(formula).errors:
            raise SystemExit(f"{formula.tex}: {errors[0].message}")
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    middle, worst = 1000 * statistics.median(times), 1000 * max(times)
    print("start-up ms   ms/formula   worst ms   peak MB")
    print(f"{1000 * started:11.0f} {middle:12.2f} {worst:10.1f} {peak:9.0f}\n", flush=True)


def build(source: Path, *options: str) -> float:
    """Build a file in a process of its own; return the seconds it took."""
    start = time.perf_counter()
    command = [sys.executable, str(ROOT / "build_deck.py"), str(source), "--quiet", *options]
    cache = {"XDG_CACHE_HOME": str(source.parent / "cache")}
    subprocess.run(command, check=True, env={**os.environ, **cache}, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print a line for the engine, and one for each size."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    measure_engine(1_000)
    print("formulas    cold s    warm s   unchecked s   peak MB")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "notes.md"
            source.write_text(make_notes(size), encoding="utf-8")
            build(source, "--no-formula-check")  # so that no later build has to make the lock
            cold, warm = build(source), build(source)
            unchecked = build(source, "--no-formula-check")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
        print(f"{size:8d} {cold:9.2f} {warm:9.2f} {unchecked:13.2f} {peak:9.0f}", flush=True)


if __name__ == "__main__":
    main()
