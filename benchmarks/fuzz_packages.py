"""Damage packages at random, and read each: `python -m benchmarks.fuzz_packages`.

`--count N` says how many packages (10,000), `--seed N` which ones, `--keep FOLDER` where those go
that are neither read nor refused in a sentence; they are printed, too, and make the exit code 1.
Each package is read, compared, taken over and made a lock of, as `diff`, `--adopt` and
`--rebuild-lock` do. At the end come the counts, and the seconds and the memory of the worst.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from tests.support.damaged_packages import Outcome, run

__all__ = ["Outcome", "run"]


def main() -> int:
    """Read damaged packages, print what came of them, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    wanted = parser.parse_args()
    counts: Counter[tuple[str, str]] = Counter()
    slowest, largest, is_good = 0.0, 0, True
    for number, outcome in enumerate(run(wanted.seed, wanted.count)):
        counts[outcome.change, outcome.kind] += 1
        slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.memory)
        if not outcome.is_good:
            is_good = False
            print(f"{number}: {outcome.change}: {outcome.kind}\n{outcome.details}")
            if wanted.keep:
                wanted.keep.mkdir(parents=True, exist_ok=True)
                (wanted.keep / f"{wanted.seed}-{number}.apkg").write_bytes(outcome.data)
    for (change, kind), times in sorted(counts.items()):
        print(f"{times:7,} {change} {kind}")
    print(f"{slowest:.2f} s, {largest / 1e6:.0f} MB at the most")
    return not is_good


if __name__ == "__main__":
    sys.exit(main())
