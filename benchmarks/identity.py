"""Edit made-up decks at random, and count notes that are mistaken: `python -m benchmarks.identity`.

`--edits N` says how many edits (20,000), `--seed N` with which deck to begin, `--show WORD` which
stories to show, such as `wrong` or `asked`. A note is `wrong` if it got the GUID of another note,
and `lost` if it got a new one; neither may happen without a line that lets its author see it
(`not reported`, exit code 1). Questions that stop a build are answered with the truth, and counted.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import count

from tests.support.truth import Tally, write_a_deck

BUILDS = 40
"""Of each deck."""


def main() -> int:
    """Edit decks, print what became of their notes, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--edits", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", default="not reported")
    wanted = parser.parse_args()
    tally, start = Tally(), time.perf_counter()
    for seed in count(wanted.seed):
        if tally.counts["edits"] >= wanted.edits:
            break
        write_a_deck(seed, BUILDS, tally)
    for what, number in sorted(tally.counts.items()):
        print(f"{number:7,} {what}")
    print(f"{time.perf_counter() - start:.0f} s, decks {wanted.seed} to {seed - 1}")
    print(*(f"\n{story}" for story in tally.stories if wanted.show in story.split("\n")[0]))
    return bool(tally.unreported())


if __name__ == "__main__":
    sys.exit(main())
