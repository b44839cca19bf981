"""Build what nobody would write: `python -m benchmarks.fuzz`.

`--count N` says how many inputs of each kind (1,000), or `--seconds S` for how long new ones are
made; `--seed S` which ones, `--kind K` of which kind alone (repeatable), `--jobs J` how many
processes build them. Nothing may come of an input but a build or messages: no traceback, no build
without end, nothing written, started or read outside the project, no message without a place.
Every 50th is built twice, in earnest, and over its lock. With `--import` all that was built is
imported into real Anki, which must store what was packed and find nothing to repair.

Each fault is printed with a command that repeats it: `--number N` builds that input alone, prints
it, and makes it as short as it stays wrong. At the end comes a table; faults make the exit code 1.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tests.support.damaged_packages import run as run_packages
from tests.support.observed_builds import BATCH, Outcome, Task, observe, warm_up
from tests.support.projects import PIXEL
from tests.support.random_inputs import KINDS, Input, make_input

PACKAGES = "packages"
"""The kind that tests/support/damaged_packages.py makes."""
COLUMNS = (
    *("inputs", "built", "refused", "traceback", "endless", "ended", "outside", "message"),
    *("other bytes", "imported", "difference"),
)
TRIES = 400
"""Shorter inputs that are tried for a fault."""


def main() -> int:
    """Build inputs, print faults and counts, and return the exit code."""
    wanted = _read_options()
    if wanted.number is not None:
        return _look_at(wanted.kind[0], wanted.seed, wanted.number, imports=wanted.imports)
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in wanted.kind}
    digest, has_faults, until = hashlib.sha256(), False, time.monotonic() + wanted.seconds
    shown: Counter[str] = Counter()
    for outcome in _outcomes(wanted, until):
        digest.update(repr(outcome).encode() if wanted.jobs == 1 else b"")
        _count(outcome, counts[outcome.kind])
        for sort, seen in outcome.errors:
            has_faults = True
            shown[f"{outcome.kind} {sort}"] += 1
            if shown[f"{outcome.kind} {sort}"] <= wanted.show:
                print(
                    f"{outcome.kind}: {sort}: {seen}\n    {_command(outcome, wanted)}", flush=True
                )
    _show(counts)
    if wanted.jobs == 1 and not wanted.seconds:
        print(f"digest of all outcomes: {digest.hexdigest()[:16]}")
    return has_faults


def _read_options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m benchmarks.fuzz")
    kinds = (*KINDS, PACKAGES)
    options.add_argument("--count", type=int, default=1000, help="inputs of each kind")
    options.add_argument("--seconds", type=float, default=0, help="how long new ones are made")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--kind", action="append", choices=kinds, help="of this kind alone")
    options.add_argument("--jobs", type=int, default=1, help="processes at once")
    options.add_argument("--import", action="store_true", dest="imports", help="into real Anki")
    options.add_argument("--number", type=int, help="look at this input of a kind alone")
    options.add_argument("--show", type=int, default=10, help="faults of a sort that are printed")
    wanted = options.parse_args()
    if wanted.number is not None and len(wanted.kind or ()) != 1:
        options.error("--number needs one --kind")
    wanted.kind = wanted.kind or list(kinds)
    return wanted


def _outcomes(wanted: argparse.Namespace, until: float) -> Iterator[Outcome]:
    """Yield what comes of inputs of all kinds, a round of batches after the other."""
    _warm_up()
    for start in itertools.count(0, BATCH):
        count = BATCH if wanted.seconds else min(BATCH, wanted.count - start)
        if count <= 0 or (wanted.seconds and time.monotonic() > until):
            return
        numbers = range(start, start + count)
        yield from observe(
            [
                Task(kind, wanted.seed, numbers, wanted.imports)
                for kind in wanted.kind
                if kind != PACKAGES
            ],
            wanted.jobs,
        )
        if PACKAGES in wanted.kind:
            yield from _damaged_packages(wanted.seed + start, count)


def _damaged_packages(seed: int, count: int) -> Iterator[Outcome]:
    results = {"read": "built"}
    for number, damaged in enumerate(run_packages(seed, count)):
        errors = () if damaged.is_good else [(damaged.kind, f"{damaged.change}: {damaged.details}")]
        yield Outcome(PACKAGES, seed + number, results.get(damaged.kind, damaged.kind), errors)


def _warm_up() -> None:
    """Build an input of each kind here, so that processes find all modules loaded."""
    warm_up(make_input(kind, 0, number) for kind in KINDS for number in range(1, 4))


def _count(outcome: Outcome, counts: Counter[str]) -> None:
    if outcome.result == "imported":
        counts["imported"] += outcome.notes
    else:
        counts["inputs"] += 1
        counts[outcome.result] += outcome.result in ("built", "refused")
    counts.update({sort for sort, _ in outcome.errors})


def _command(outcome: Outcome, wanted: argparse.Namespace) -> str:
    if outcome.kind == PACKAGES:
        return f"python -m benchmarks.fuzz_packages --seed {outcome.number} --count {BATCH}"
    imports = " --import" if wanted.imports else ""
    which = f'--kind "{outcome.kind}" --seed {wanted.seed} --number {outcome.number}'
    return f"python -m benchmarks.fuzz {which}{imports}"


def _show(counts: dict[str, Counter[str]]) -> None:
    rows = [*counts.items(), ("all", sum(counts.values(), Counter()))]
    print(" ".join(f"{name:>11}" for name in ("kind", *COLUMNS)))
    for kind, row in rows:
        print(" ".join([f"{kind:>11.12}", *(f"{row[name]:>11,}" for name in COLUMNS)]))


# One input


def _look_at(kind: str, seed: int, number: int, *, imports: bool) -> int:
    """Print an input, what comes of it, and the shortest one found that has the same fault."""
    _warm_up()
    given = make_input(kind, seed, number)
    task = Task(kind, seed, [number], imports)
    errors = _faults(task, given)
    print(given.show(), *(f"{sort}: {seen}" for sort, seen in errors), sep="\n")
    if errors:
        print(f"\nshorter:\n{_shorten(task, given, errors[0][0]).show()}")
    return bool(errors)


def _faults(task: Task, given: Input) -> list[tuple[str, str]]:
    outcomes = observe([replace(task, given=[given])])
    return [(sort, seen) for outcome in outcomes for sort, seen in outcome.errors]


def _shorten(task: Task, given: Input, sort: str) -> Input:
    """Return an input with as few characters as found, of which the same sort of fault comes."""
    tries = itertools.count()
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for shorter in _shorter(given):
            if next(tries) > TRIES:
                return given
            if any(known == sort for known, _ in _faults(task, shorter)):
                given, is_shorter = shorter, True
                break
    return given


def _shorter(given: Input) -> Iterable[Input]:
    """Yield the input without a file, or without a part of one, the largest parts first."""
    for name in given.files:
        yield replace(
            given, files={key: value for key, value in given.files.items() if key != name}
        )
    for name, data in given.files.items():
        size = len(data) // 2 if data != PIXEL else 0
        while size:
            for start in range(0, len(data), size):
                rest = data[:start] + data[start + size :]
                yield replace(given, files={**given.files, name: rest})
            size //= 2


if __name__ == "__main__":
    sys.exit(main())
