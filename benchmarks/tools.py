"""Tools that build the same corpus in turn, and what each of their runs took."""

from __future__ import annotations

import shlex
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpus import Corpus
from benchmarks.processes import Usage, run

FRESH = 2.5
"""Seconds for which tools may distrust that a file is the same, since file systems are coarse."""


@dataclass(frozen=True)
class Tool:
    """A program that builds a corpus, with folders of its own."""

    name: str
    command: str
    corpus: Corpus
    folder: Path

    @property
    def source(self) -> Path:
        """The folder of notes."""
        return self.folder / "corpus"

    @property
    def package(self) -> Path:
        """The file to be written."""
        return self.folder / "corpus.apkg"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told beside the command."""
        return {"XDG_CACHE_HOME": str(self.folder / "cache")}

    @property
    def arguments(self) -> list[str]:
        """The command as it is run."""
        return [
            part.replace("{source}", str(self.source)).replace("{package}", str(self.package))
            for part in shlex.split(self.command)
        ]

    def run(self) -> Usage:
        """Build the corpus, and return what it took."""
        return run(self.arguments, self.environment)

    def forget(self) -> None:
        """Remove all that builds left."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)
        for path in (self.package, *self.source.glob("*.lock")):
            path.unlink(missing_ok=True)


class Work(NamedTuple):
    """A kind of build that is timed."""

    command: str
    """Ours; that of another tool is the same for each kind."""
    before: Callable[[Tool, int], None]
    """What is done before each run, and not timed; it is told which run that is, from 1 on."""
    builds: int
    """How many builds come first, which are not timed either."""


def take_turns(work: Work, tools: Sequence[Tool], runs: int) -> list[list[Usage]]:
    """Return what each run of each tool took; whose turn is first changes."""
    for tool in tools:
        tool.forget()
        tool.corpus.write(tool.source)
    time.sleep(FRESH)
    for tool in chain.from_iterable(repeat(tools, work.builds)):
        tool.run()
    seen: list[list[Usage]] = [[] for _ in tools]
    places = [*range(len(tools))]
    for number in range(1, runs + 1):
        for place in places if number % 2 else reversed(places):
            work.before(tools[place], number)
            seen[place].append(tools[place].run())
    return seen
