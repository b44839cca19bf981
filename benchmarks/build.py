"""Time whole builds of made-up decks: `python -m benchmarks.build [NOTES …]`.

Each build is a process of its own, and what a line says of it is the median of `--runs`. For each
number of notes (100, 1,000 and 10,000) they are built

- `cold`: with nothing that an earlier build left;
- `same`: after builds of the same;
- `edit`: after 1 % of them were edited, which lie in a tenth of the files;
- `check-cold` and `check-same`: as the first two, and the formulas are typeset;
- `subdecks`: cold, with each ten notes as a subdeck, against the same files in one deck.

`rows` is what no build can be faster than, and `engine` what no cold check can be on one processor
(benchmarks/limits.py); `held` is one edit of a project of 2,000 notes that is held in memory
(benchmarks/edits.py). All others are without typesetting. `--only WORK` chooses (repeatable).

`--peer NAME=COMMAND` has another tool take turns with ours; in its command `{source}` stands for
the folder of notes and `{package}` for the file to be written. A ratio is ours to the peer's of the
same turn: the median, the least and the greatest. ankdown gets the notes in its own syntax.
`--instructions` counts what processors do for a cold build of 1,000 notes, with valgrind.
"""

from __future__ import annotations

import argparse
import platform
import shlex
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from benchmarks.corpus import HEADINGS, HELD, SYNTAXES, Corpus
from benchmarks.processes import ROOT, Usage, ask, count_instructions, median_of
from benchmarks.tools import Tool, Work, take_turns
from deckpress import __version__
from deckpress.forked import count_processors

SIZES = (100, 1_000, 10_000)
COMMAND = f"{shlex.quote(sys.executable)} {shlex.quote(str(ROOT / 'build_deck.py'))} {{source}}"
OURS = f"{COMMAND} --output {{package}} --quiet --no-formula-check"
OURS_CHECKED = f"{COMMAND} --output {{package}} --quiet"
COUNTED = 1_000
"""Notes of the build whose instructions are counted."""
SETTLED = 3
"""Builds after which another one finds nothing that is new to it."""
HEAD = "  notes  work         wall s    CPU s  peak MB  ms/note"
RATIOS = "  against      wall ratio           CPU ratio            memory ratio"

Peers = Sequence[tuple[str, str]]
"""Other tools: the name and the command of each."""


def _forget(tool: Tool, _number: int) -> None:
    tool.forget()


def _leave(_tool: Tool, _number: int) -> None:
    pass


def _edit(tool: Tool, number: int) -> None:
    tool.corpus.write(tool.source, edition=number)


WORKS = {
    "cold": Work(OURS, _forget, 1),
    "same": Work(OURS, _leave, SETTLED),
    "edit": Work(OURS, _edit, SETTLED),
    "check-cold": Work(OURS_CHECKED, _forget, 1),
    "check-same": Work(OURS_CHECKED, _leave, SETTLED),
    "subdecks": Work(OURS, _forget, 1),
}
KINDS = (*WORKS, "rows", "engine", "held")


class Bench:
    """Times builds of so many notes, in a folder."""

    def __init__(self, notes: int, folder: Path, peers: Peers, runs: int) -> None:
        self._notes, self._folder, self._runs = notes, folder, runs
        self._peers = [self._peer(*peer) for peer in peers]

    def lines(self, name: str) -> Iterator[str]:
        """Yield what the table says of a kind of work."""
        if name == "rows":
            yield _line(self._notes, name, self._limit(name, self._built().package))
        elif name == "engine":
            yield _line(self._notes, name, self._limit(name, self._written().source))
        elif name == "subdecks":
            yield from self._compare(name, self._in_subdecks())
        else:
            yield from self._compare(name, [self._ours(WORKS[name].command), *self._peers])

    def instructions(self) -> int:
        """Return how many instructions a cold build takes."""
        tool = self._written()
        tool.forget()
        return count_instructions(tool.arguments, tool.environment)

    def _compare(self, name: str, tools: Sequence[Tool]) -> Iterator[str]:
        """Yield a line for the first tool against each other one, or for it alone."""
        seen = take_turns(WORKS[name], tools, self._runs)
        head = _line(self._notes, name, median_of(seen[0]))
        if len(tools) == 1:
            yield head
        for tool, others in zip(tools[1:], seen[1:], strict=True):
            ratios = "  ".join(map(_ratio, zip(*seen[0], strict=True), zip(*others, strict=True)))
            yield f"{head}  {tool.name:10}  {ratios}".rstrip()
            head = " " * len(head)

    def _ours(self, command: str) -> Tool:
        return self._tool("ours", command, Corpus(self._notes))

    def _peer(self, name: str, command: str) -> Tool:
        return self._tool(name, command, Corpus(self._notes, SYNTAXES.get(name, HEADINGS)))

    def _in_subdecks(self) -> list[Tool]:
        many, one = (Corpus(self._notes, per_file=10, has_subdecks=has) for has in (True, False))
        return [self._tool("subdecks", OURS, many), self._tool("one deck", OURS, one)]

    def _tool(self, name: str, command: str, corpus: Corpus) -> Tool:
        return Tool(name, command, corpus, self._folder / name)

    def _written(self) -> Tool:
        tool = self._ours(OURS)
        tool.corpus.write(tool.source)
        return tool

    def _built(self) -> Tool:
        tool = self._written()
        tool.run()
        return tool

    def _limit(self, kind: str, path: Path) -> Usage:
        taken = (ask("benchmarks.limits", kind, str(path)) for _ in range(self._runs))
        return median_of([Usage(*seconds) for seconds in taken])


def _ratio(ours: Sequence[float], others: Sequence[float]) -> str:
    ratios = [own / other for own, other in zip(ours, others, strict=True)]
    return f"{statistics.median(ratios):5.2f} ({f'{min(ratios):.2f}–{max(ratios):.2f})':12}"


def _line(notes: int, name: str, usage: Usage) -> str:
    memory = f"{usage.memory:9.0f}" if usage.memory else " " * 9
    times = f"{usage.wall:9.3f}{usage.cpu:9.3f}{memory}{1000 * usage.wall / notes:9.3f}"
    return f"{notes:7}  {name:10}{times}"


def read_peer(text: str) -> tuple[str, str]:
    """Return the name and the command of another tool."""
    name, _, command = text.partition("=")
    if not command:
        raise argparse.ArgumentTypeError(f"no command: {text}")
    return name, command


def read_options() -> argparse.Namespace:
    """Return what the command is told."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.build")
    options.add_argument("notes", nargs="*", type=int, default=SIZES)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument(
        "--peer", action="append", default=[], type=read_peer, metavar="NAME=COMMAND"
    )
    options.add_argument("--only", action="append", choices=KINDS, metavar="WORK")
    options.add_argument("--instructions", action="store_true")
    return options.parse_args()


def lines_of(wanted: argparse.Namespace) -> Iterator[str]:
    """Yield all lines, for each number of notes and each kind of work."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    yield f"deckpress {__version__}, {python}, {count_processors()} processors, {wanted.runs} runs"
    yield HEAD + RATIOS
    kinds = wanted.only or KINDS
    for notes in wanted.notes:
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(notes, Path(folder), wanted.peer, wanted.runs)
            yield from chain.from_iterable(bench.lines(kind) for kind in kinds if kind != "held")
    if "held" in kinds:
        taken = ask("benchmarks.edits", str(wanted.runs))
        yield _line(HELD.notes, "held", median_of([Usage(*seconds) for seconds in taken]))
    if wanted.instructions and shutil.which("valgrind"):
        with tempfile.TemporaryDirectory() as folder:
            count = Bench(COUNTED, Path(folder), (), 1).instructions()
        yield f"{count / COUNTED:,.0f} instructions a note in a cold build of {COUNTED:,}"


def main() -> None:
    """Print the table, each line as soon as it is known."""
    for line in lines_of(read_options()):
        print(line, flush=True)


if __name__ == "__main__":
    main()
