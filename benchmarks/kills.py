"""Kill commands at random moments: `python -m benchmarks.kills --kills 1000 --seed 1`.

Only on Linux. A small project, in git, is built (which draws a picture), released, and checked
(which has several processes typeset its formulas). Each command is ended at a random moment by
SIGINT, as a terminal does it, SIGTERM or SIGKILL, from its first line on; what comes before is
Python's own start. Then

- every file of the project is old or new, and no name is there that no command gives;
- exit code and output are as promised (130, 143; nothing on standard error);
- no process is left that the command has started;
- but for SIGKILL, no temporary file is left;
- the same command, run again, succeeds, leaves the bytes that an undisturbed run leaves, and no
  temporary file, neither in the project nor elsewhere. Where the first run left all as it was, this
  is the undisturbed run itself, and is not done again.

The clock stands still, so that bytes can be compared. A line tells of each command and signal how
many runs were ended, and how many had ended before; then come faults, one by one. The exit code is
1 if there are any.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOW = 1_790_000_000
"""The time of all runs, in seconds since 1970; it is past, since Anki looks at the clock itself."""
MARK = "DECKPRESS_KILLS"
"""The variable by which the processes of a run are found."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
COMMANDS = {"build": ["build"], "release": ["release", "1.1.0"], "check": ["check"]}
PATIENCE = 5.0
"""Seconds until all processes of a run must have ended."""
DECK = """\
[deck]
id = "deck"
name = "Deck"
version = "1.0.0"
language = "en"
description = "A made-up deck."
"""
PICTURE = '1. One?\n\n   ```diagram pair "a above b"\n   | a |\n   | b |\n   a -> b\n   ```\n\n'
PROGRAM = f"""
import sys, time
time.time = lambda: {NOW}
from deckpress.__main__ import run
run("build_deck.py")
"""

Files = dict[str, str]
"""A digest of every file in a folder, by its path there."""


@dataclass
class Place:
    """Where one run after the other takes place: a project, temporary files and a cache."""

    folder: Path

    @property
    def project(self) -> Path:
        """The folder of the project."""
        return self.folder / "project"

    def renew(self, template: Path) -> None:
        """Begin anew, with a copy of a project."""
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "temporary").mkdir(parents=True)
        shutil.copytree(template, self.project)

    def files(self) -> Files:
        """Return all that there is, but for git's own files."""
        return {
            path.relative_to(self.folder).as_posix(): _digest(path)
            for path in sorted(self.folder.rglob("*"))
            if ".git" not in path.relative_to(self.folder).parts
        }

    def start(self, command: str) -> subprocess.Popen[str]:
        """Start a command, as its own group of processes."""
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *COMMANDS[command]],
            cwd=self.project,
            env={
                **os.environ,
                MARK: str(self.folder),
                "PYTHONPATH": str(ROOT),
                "TMPDIR": str(self.folder / "temporary"),
                "XDG_CACHE_HOME": str(self.folder / "cache"),
                "XDG_CONFIG_HOME": str(self.folder / "settings"),
                "MPLCONFIGDIR": str(self.folder.parent / "matplotlib"),  # it lists fonts for long
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
    except FileNotFoundError:  # a process that ends has just removed it
        return "gone"


@dataclass(frozen=True)
class Known:
    """What is known of a command that nobody disturbs."""

    template: Path
    before: Files
    after: Files
    seconds: float
    """From its first line on."""


@dataclass
class Trial:
    """One run that was to be killed."""

    command: str
    number: signal.Signals
    delay: float
    outcome: str = ""
    errors: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.command}, {self.number.name} after {self.delay:.3f} s"


def has_begun(process: subprocess.Popen[str]) -> bool:
    """Return whether a command handles signals itself, or has ended; Python hears no SIGTERM."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return True
    caught = next((line for line in status.splitlines() if line.startswith("SigCgt")), "SigCgt: 0")
    has_ended = process.poll() is not None
    return has_ended or bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def left_over(mark: str) -> Iterator[int]:
    """Yield the processes that live and have a mark in their environment."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:  # it has just ended, or is another user's
            continue
        if f"{MARK}={mark}".encode() in environment and state != "Z":
            yield int(folder.name)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for something, and return whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not (is_true := condition()) and time.monotonic() < deadline:
        time.sleep(0.001)
    return is_true


def undisturbed(place: Place, command: str, template: Path) -> Known:
    """Run a command and return what comes of it."""
    place.renew(template)
    before = place.files()
    process = place.start(command)
    wait_until(lambda: has_begun(process), 60)
    started = time.monotonic()
    output = process.communicate()
    assert process.returncode == 0, output
    return Known(template, before, place.files(), time.monotonic() - started)


def hear_signals() -> None:
    """Start processes that hear Ctrl-C, also where a shell runs this in its background."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def try_to_kill(place: Place, trial: Trial, known: Known) -> Files:
    """Run a command, send it a signal, and note what is wrong; return what is left."""
    place.renew(known.template)
    process = place.start(trial.command)
    wait_until(lambda: has_begun(process), 60)
    time.sleep(trial.delay)
    send = os.killpg if trial.number == signal.SIGINT else os.kill
    if process.poll() is None:
        send(process.pid, trial.number)
    output = process.communicate()[1]
    code = -9 if trial.number == signal.SIGKILL else 128 + trial.number
    trial.outcome = "had ended" if process.returncode == 0 else "ended"
    if process.returncode not in (0, code):
        trial.errors.append(f"exit code {process.returncode}")
    if output:
        trial.errors.append(f"standard error: {output}")
    if not wait_until(lambda: not any(left_over(str(place.folder))), PATIENCE):
        trial.errors.append(f"processes left: {[*left_over(str(place.folder))]}")
    return place.files()


def judge(trial: Trial, left: Files, known: Known) -> None:
    """Note what is wrong with what a run left."""
    for name, digest in left.items():
        if ".deckpress-" in name:
            if trial.number != signal.SIGKILL:
                trial.errors.append(f"temporary file left: {name}")
        elif digest not in (known.before.get(name), known.after.get(name)):
            trial.errors.append(f"neither old nor new: {name}")
    for name in known.before.keys() - left.keys():
        trial.errors.append(f"gone: {name}")


def run_again(place: Place, trial: Trial, known: Known) -> None:
    """Run the same command again, and note what is wrong."""
    process = place.start(trial.command)
    output = process.communicate()[1]
    if (process.returncode, output) != (0, ""):
        trial.errors.append(f"the next run: exit code {process.returncode}, {output}")
    after = place.files()
    for name in sorted(after.keys() | known.after.keys()):
        if after.get(name) != known.after.get(name):
            trial.errors.append(f"the next run leaves another {name}")


def make_templates(folder: Path) -> dict[str, Path]:
    """Return projects to be built, released and checked."""
    place, built, checked = Place(folder / "making"), folder / "built", folder / "checked"
    (built / "source").mkdir(parents=True)
    (built / "source/deck.toml").write_text(DECK)
    notes = built / "source/notes.md"
    notes.write_text("1. Zero $x^2$?\n\n   Yes.\n")
    run(place, built, "release", "1.0.0", "--quiet")
    notes.write_text(f"1. Zero $x^2$?\n\n   Yes.\n\n{PICTURE}1. Two $y^2$?\n\n   Yes.\n")
    commit(built)
    released = shutil.copytree(built, folder / "released")
    run(place, released, "build", "--quiet")
    commit(released)
    shutil.copytree(built, checked)
    formulas = (f"1. What is $\\frac{{{number}}}{{x}}$?\n\n   Yes.\n" for number in range(400))
    (checked / "source/notes.md").write_text("".join(formulas))
    return {"build": built, "release": released, "check": checked}


def run(place: Place, project: Path, *arguments: str) -> None:
    """Run a command in a project, which must succeed."""
    (place.folder / "temporary").mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(place.folder / "temporary"),
        "MPLCONFIGDIR": str(place.folder.parent / "matplotlib"),
    }
    command = [sys.executable, "-c", PROGRAM, *arguments]
    subprocess.run(command, cwd=project, check=True, env=environment)


def commit(project: Path) -> None:
    """Have git keep a project as it is."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run(["git", "-C", project, *identity, *arguments], check=True)


def kill_all(folder: Path, count: int, seed: int) -> list[Trial]:
    """Run so many trials, two at a time, and return them."""
    chance = random.Random(seed)
    templates = make_templates(folder)
    kinds = [(command, number) for command in COMMANDS for number in SIGNALS]
    known = {
        name: undisturbed(Place(folder / "first"), name, templates[name])
        for name in dict.fromkeys(command for command, _ in kinds[:count])
    }
    trials = []
    for index in range(count):
        command, number = kinds[index % len(kinds)]
        trials.append(Trial(command, number, chance.uniform(0, known[command].seconds * 1.05)))

    def work(half: int) -> None:
        place = Place(folder / f"place-{half}")
        for trial in trials[half::2]:
            left = try_to_kill(place, trial, known[trial.command])
            judge(trial, left, known[trial.command])
            if left != known[trial.command].before:
                run_again(place, trial, known[trial.command])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    return trials


def main() -> None:
    """Print how many runs were ended, and what was wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":")[0])
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    hear_signals()
    with tempfile.TemporaryDirectory() as folder:
        trials = kill_all(Path(folder), wanted.kills, wanted.seed)
    counts = Counter((trial.command, trial.number.name, trial.outcome) for trial in trials)
    for (command, name, outcome), number in sorted(counts.items()):
        print(f"{command:8} {name:8} {outcome:10} {number:5}")
    errors = [f"{trial}: {fault}" for trial in trials for fault in trial.errors]
    print("\n".join(errors))
    print(f"{len(trials)} kills, {len(errors)} faults")
    sys.exit(bool(errors))


if __name__ == "__main__":
    main()
