"""Find what costs more than it holds: `python -m benchmarks.growth [PATTERNS]`.

Each pattern of tests/support/growth.py, and of PATTERNS random ones (default: 0), is made at a
size, twice and four times that, and built in memory without MathJax; then the same with a few
pieces more is built over its lock, and compared with it. Each stage has a growth exponent: 1 where
twice the text takes twice the time, 2 where it takes four times. Those above --above are written,
the worst first, with milliseconds at the largest size; and whatever took more than --seconds, or
raised.

A pattern that seems to grow is measured again at four times its size, since small ones mislead.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from deckpress.anki import Package
from deckpress.anki.package_reader import read_package
from deckpress.diagnostics import DeckError
from deckpress.diff.compare import compare
from deckpress.diff.diff_html import as_html
from deckpress.diff.diff_markdown import as_markdown
from deckpress.diff.diff_text import as_json, as_text
from deckpress.formulas import skip_formula_check
from deckpress.lock.lock_file import format_lock
from deckpress.pipeline import Prepared, pack_as
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project, open_standalone
from tests.support.growth import ANSWER, PATTERNS, SETTINGS, Pattern

SCRATCH = Path(tempfile.gettempdir()) / f"growth-{os.getpid()}"
NOW = 1_700_000_000
FACTORS = (1, 2, 4)
AGAIN = 4
"""How much larger the second measurement is."""
NOTHING = 0.02
"""Seconds at the largest size that are too few to say anything of growth."""

Stages = Iterator[tuple[str, Callable[[], object]]]
"""What is done with a text, one after the other, each under its name."""


class Limits(NamedTuple):
    """What is measured, and from when on it is reported."""

    size: int
    """Characters of the smallest text."""
    seconds: int
    above: float


WORDS = r"""
* ** *** _ __ a b 中 ， 。 a* *a _a a_ ~~ ~~a a~~ == ==a a== ` `` `a a` ``a
[ ] ![ ]( ) [] [a] [a]: [a][ [^ [^a] [^a]: ](< > <http://a http://a www. www.http://
a@b.c a@b.c[ <a@b.c> ![[a [[a]] [sound: [sound:a] [latex] [!TIP] [!TIP]aTeX [!NOTE]
< <a <b> </b> <b/> <!-- --> <!--a--> <? ?> <![CDATA[ ]]> <!A <div> </div> <img <br>
<details> </details> <summary> <script> </script> <a> </a> &amp; & &#x &#1; &lt
$ $$ $a a$ $a$ $5 $`a `$ \( \) \[ \] \\ \ \a \$ \alpha \frac{ { } {{ }} ^{ _{
\begin{align} \end{align} \left( \right) % {{c1:: {{c1::a}} {{c1::a :: {{C1: ＄ ＄a
- + * 1. 2) > # ## | |a a| |-| - | : --- ___ *** === ``` ~~~ ```a ' " “ ” ‘ ’ ( （ ）
id= id=a kind=cloze tags=" --- ... deck: tags: notes: <<<<<<< ======= >>>>>>>
ⁿ ́ 🐱 한 か ß İ ſ
"""
SPACES = (
    *(" ", "  ", "\t", "\n", "\n   ", "\n\n   ", "\n\n", "\n   > ", "\n   - ", "\n   | "),
    *("  \n   ", "\\\n   ", "\n1. ", "\n\n1. q\n\n   ", "\n# ", "\n   $$\n   ", "\n   ```\n   "),
    *("\x01", "\u0323", "\u2028", "\u00a0"),
)
PIECES = (*WORDS.split(), *SPACES)
"""What random patterns are made of."""
_BEHIND_ANSWER = (
    *(("", "\n"), ("", "\n"), ("", "\n"), ("$", "$\n"), ("$$\n   ", "\n   $$\n"), ("> ", "\n")),
    *(("- ", "\n"), ("a|b\n   -|-\n   ", "\n"), ("<div>", "</div>\n"), ("<!-- ", "-->\n")),
    *(("[", "](a)\n"), ("[a](", ")\n"), ("x[^a]\n\n[^a]: ", "\n"), ("> [!TIP]\n   > ", "\n")),
    *(("```\n   ", "\n   ```\n"), ("*", "*\n"), ("==", "==\n"), ("~~", "~~\n"), ("中", "中\n")),
    ("[r]", "\n\n[r]: http://a\n"),
)
AROUND = (
    *((ANSWER + before, after) for before, after in _BEHIND_ANSWER),
    *(("1. ", "\n"), ("1. ", "\n\n   a\n"), ("", "\n"), ("1. {{c1::", "}}\n"), ("# ", "\n\na\n")),
    *(("## q\n\n", "\n"), ("**", "**\n\na\n"), ("---\ntags: ", "\n---\n1. q\n")),
)
"""What may stand before and behind the pieces of a random pattern."""


@dataclass(frozen=True)
class Finding:
    """What was seen of a pattern in one stage."""

    name: str
    stage: str
    exponent: float
    seconds: float
    said: str = ""

    def __str__(self) -> str:
        timed = f"{1000 * self.seconds:9.0f} ms  {self.stage:9} {self.name}  {self.said}"
        return f"{self.exponent:5.2f} {timed}"


def make_random(count: int, seed: int) -> Iterator[tuple[str, Pattern]]:
    """Yield random patterns, each under a name that says what it is made of."""
    chance = random.Random(seed)
    for _ in range(count):
        before, after = chance.choice(AROUND)
        opener = "".join(chance.choices(PIECES, k=chance.choice((1, 1, 2, 2, 3, 4))))
        closer = "".join(chance.choices(PIECES, k=chance.choice((0, 0, 1, 1, 2))))
        middle = "".join(chance.choices(PIECES, k=chance.choice((0, 0, 1))))
        pattern = Pattern(opener, closer, middle, before, after)
        yield repr((before, opener, middle, closer, after)), pattern


def build_twice(first: str, second: str) -> Stages:
    """Yield the stages: two builds, the second over the first one's lock, and their diff."""
    folder = _fresh_folder()
    path = folder / "notes.md"
    made: dict[str, Prepared] = {}
    packed: dict[str, Package] = {}
    path.write_text(first, encoding="utf-8")

    def step(name: str) -> Prepared:
        made[name] = prepare(*open_standalone(path), NOW, typeset=skip_formula_check)
        return made[name]

    def write_lock() -> None:
        path.with_suffix(".lock").write_text(format_lock(made["build"].after), encoding="utf-8")

    def tell() -> int:
        return len("\n".join(map(str, made["build"].diagnostics)))

    def pack(name: str) -> None:
        packed[name] = read_package(pack_as(made[name], "1.0.0").data)

    def show() -> None:
        diff = compare(packed["build"], packed["again"])
        as_text(diff), as_markdown(diff), as_json(diff)
        as_html(diff, "a", "en")

    yield "build", lambda: step("build")
    yield "messages", tell
    yield "lock", write_lock
    path.write_text(second, encoding="utf-8")
    yield "again", lambda: step("again")
    yield "package", lambda: pack("build")
    pack("again")
    yield "diff", show


def open_settings(text: str) -> Stages:
    """Yield the one stage of a deck.toml: reading it, and building a note with it."""
    folder = _fresh_folder()
    (folder / "source").mkdir()
    (folder / "source/deck.toml").write_text(text, encoding="utf-8")
    (folder / "source/a.md").write_text("1. q\n\n   中a (b) $\\a$\n", encoding="utf-8")

    def step() -> None:
        prepared = prepare(*open_project(folder), NOW, typeset=skip_formula_check)
        "\n".join(map(str, prepared.diagnostics))

    yield "settings", step


def _fresh_folder() -> Path:
    """Return an empty folder, which the next text will have as well."""
    shutil.rmtree(SCRATCH, ignore_errors=True)
    SCRATCH.mkdir()
    return SCRATCH


def measure(stages: Stages, seconds: int) -> dict[str, Any]:
    """Return seconds for each stage, run in a process of its own, or what stopped it."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        with os.fdopen(writing, "w") as out:
            _run(stages, lambda name, value: print(json.dumps([name, value]), file=out, flush=True))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as reader:
        seen = dict(json.loads(line) for line in reader)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        killed = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
        seen["died"] = f"more than {seconds} s" if killed else f"signal {os.WTERMSIG(status)}"
    return seen


def _run(stages: Stages, tell: Callable[[str, object], None]) -> None:
    gc.disable()
    try:
        for name, stage in stages:
            start = time.process_time()
            stage()
            tell(name, time.process_time() - start)
    except DeckError:
        pass
    except Exception as problem:
        tell("died", f"{type(problem).__name__}: {problem}"[:200])


def judge(name: str, make: Callable[[int], Stages], limits: Limits) -> list[Finding]:
    """Return what grows too fast in a pattern; `make` returns its stages at a size."""
    findings = _judge(name, make, limits)
    if findings and not any(finding.said for finding in findings):
        findings = _judge(name, make, limits._replace(size=AGAIN * limits.size))
    return findings


def _judge(name: str, make: Callable[[int], Stages], limits: Limits) -> list[Finding]:
    seen = []
    for size in (factor * limits.size for factor in FACTORS):
        seen.append(measure(make(size), limits.seconds))
        if died := seen[-1].pop("died", ""):
            last = [*seen[-1], ""][len(seen[-1]) - 1]
            return [Finding(name, f"after {last}", math.inf, limits.seconds, f"{died} at {size}")]
    small, large = seen[0], seen[-1]
    return [
        Finding(name, stage, exponent, large[stage])
        for stage in large.keys() & small.keys()
        if large[stage] > NOTHING
        and (exponent := _exponent(small[stage], large[stage])) > limits.above
    ]


def _exponent(first: float, last: float) -> float:
    return math.log(last / max(first, NOTHING / (2 * FACTORS[-1])), FACTORS[-1])


def main() -> None:
    """Measure the table and the random patterns, and write what grows."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    options.add_argument("patterns", nargs="?", type=int, default=0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--size", type=int, default=2500, help="characters of the smallest text")
    options.add_argument("--seconds", type=int, default=10, help="most for one text")
    options.add_argument("--above", type=float, default=1.25, help="the exponent that is reported")
    options.add_argument("--only", default="", help="patterns whose name holds this")
    options.add_argument("--no-table", action="store_true", help="random patterns alone")
    chosen = options.parse_args()
    limits = Limits(chosen.size, chosen.seconds, chosen.above)
    _warm_up()
    table = {} if chosen.no_table else {name: _builds_of(PATTERNS[name]) for name in PATTERNS}
    table |= {} if chosen.no_table else {name: _settings_of(SETTINGS[name]) for name in SETTINGS}
    table |= {
        name: _builds_of(pattern) for name, pattern in make_random(chosen.patterns, chosen.seed)
    }
    makes = {name: make for name, make in table.items() if chosen.only in name}
    findings: list[Finding] = []
    for name, make in makes.items():
        for finding in judge(name, make, limits):
            print(finding, file=sys.stderr, flush=True)
            findings.append(finding)
    shutil.rmtree(SCRATCH, ignore_errors=True)
    print(f"{len(makes)} patterns, {len({finding.name for finding in findings})} grow")
    for finding in sorted(findings, key=lambda finding: (-finding.exponent, -finding.seconds)):
        print(finding)


def _builds_of(pattern: Pattern) -> Callable[[int], Stages]:
    def make(size: int) -> Stages:
        count = pattern.count(size)
        return build_twice(pattern.repeated(count), pattern.repeated(count + count // 20 + 1))

    return make


def _settings_of(pattern: Pattern) -> Callable[[int], Stages]:
    return lambda size: open_settings(pattern.of_size(size))


def _warm_up() -> None:
    """Import what is imported late, so that the first pattern does not pay for it."""
    text = "---\ntags: a\n---\n1. q中 ,a\n\n   ```python\n   a\n   ```\n\n   $a$ a\n"
    for _, stage in build_twice(text, text + "\n   b\n"):
        stage()


if __name__ == "__main__":
    main()
