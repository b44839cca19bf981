"""What an author hears of formulas: at the command, with and without the check."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deckpress.cli import main
from deckpress.formulas import Formula, TypesetResult
from deckpress.formulas import engine as engine_module
from deckpress.formulas.engine import typeset_here
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project
from tests.support.commands import Command, without_account, without_counts
from tests.support.formulas import SLOW
from tests.support.projects import ROOT

UNCHECKED = "formulas were not checked (--no-formula-check)\n"


def run(*arguments: str) -> Result:
    """Run the command in the current folder."""
    return CliRunner().invoke(main, arguments)


def write(project: Path, text: str) -> None:
    """Write the project's notes."""
    (project / "source/notes.md").write_text(text, encoding="utf-8")


def is_built(project: Path) -> bool:
    """Return whether package and lock are there; one without the other is never right."""
    exist = {(project / name).exists() for name in ("dist/demo-1.0.0.apkg", "source/deck.lock")}
    assert len(exist) == 1
    return exist.pop()


WRONG = "1. One?\n\n   Half of it is $\\lfloor x/2 \\rfloo$, rounded.\n"
MESSAGES = (
    "source/notes.md:3:31: formula: undefined control sequence \\rfloo. Did you mean \\rfloor?\n"
    "    \\lfloor x/2 \\rfloo\n"
    "                ^\n"
)


@pytest.mark.parametrize("arguments", [["build"], ["check"], ["--quiet"], ["check", "--strict"]])
def test_a_wrong_formula_is_told_of_once(arguments: list[str], project: Path) -> None:
    """One line says where it is wrong and what is meant, two show it, and nothing is written."""
    write(project, WRONG)
    done = run(*arguments)
    assert (done.exit_code, done.stdout, without_counts(done.stderr)) == (1, "", MESSAGES)
    assert not is_built(project)


def test_every_wrong_formula_is_told_of(project: Path) -> None:
    """A run tells of all formulas that are wrong, and of all unknown commands in each."""
    write(project, f"{WRONG}\n2. Two?\n\n   $\\foo \\baz$ and $a^b^c$ and\n\n   $\\lfloor x$\n")
    lines = without_counts(run().stderr).splitlines()
    places = [line.partition(": ")[0] for line in lines if line[0] != " "]
    assert places == [f"source/notes.md:{index}" for index in ("3:31", "7:5", "7:10", "7:24")]


@pytest.mark.parametrize("strict", [[], ["--strict"]])
def test_unchecked_formulas_are_built(strict: list[str], project: Path) -> None:
    """`--no-formula-check` builds what MathJax would refuse, and says that it did not look."""
    write(project, WRONG)
    output = without_account(run("check", "--no-formula-check", *strict).stdout)
    assert output == "1 note, no problems\n" + UNCHECKED
    assert not is_built(project)
    done = run("--no-formula-check", *strict)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("1 note (1 new")
    assert done.stdout.endswith(UNCHECKED)
    assert is_built(project)
    assert run().exit_code == 1


@pytest.mark.parametrize("command", ["build", "check"])
def test_quiet_leaves_out_that_formulas_were_not_checked(command: str, project: Path) -> None:
    """With `--quiet` nothing is said where nothing is wrong."""
    write(project, WRONG)
    done = run(command, "--quiet", "--no-formula-check")
    assert (done.exit_code, done.output) == (0, "")


@pytest.mark.parametrize("command", ["build", "check"])
def test_checked_formulas_are_not_said_to_be_unchecked(command: str, project: Path) -> None:
    """Only an unchecked run says so."""
    write(project, "1. One?\n\n   Yes $x^2$.\n")
    assert "not checked" not in run(command).output


@pytest.mark.parametrize("tex", ["a{", "a}", "{{c1::a", " "])
def test_without_the_check_structure_still_counts(tex: str, project: Path) -> None:
    """What would spoil the card around it stops the build also without MathJax."""
    write(project, f"1. One?\n\n   $$\n   {tex}\n   $$\n")
    done = run("--no-formula-check")
    assert done.exit_code == 1
    assert not is_built(project)


@pytest.mark.parametrize("strict", [[], ["--strict"]])
def test_a_star_is_told_of_as_a_matter_of_style(strict: list[str], project: Path) -> None:
    """`*` for multiplication: a check tells of it, a build only with `--strict`, and builds."""
    write(project, "1. One?\n\n   It is $a * b$.\n")
    start = "source/notes.md:3:13: hint: formula: * is shown as "
    done = run("check", *strict)
    assert (done.exit_code, without_account(done.stdout)) == (0, "1 note\n")
    assert done.stderr.startswith(start)
    built = run("--quiet", *strict)
    assert (built.exit_code, built.stdout) == (0, "")
    assert built.stderr.startswith(start if strict else "")
    assert bool(built.stderr) is bool(strict)
    assert is_built(project)


@pytest.mark.parametrize("strict", [[], ["--strict"]])
def test_a_wide_formula_is_a_hint(strict: list[str], project: Path) -> None:
    """A formula wider than a phone is told of, and stops no build, however strict."""
    write(project, "1. One?\n\n   It is $" + " + ".join("abcdefghijklmnop") + "$.\n")
    done = run("check", *strict)
    assert (done.exit_code, without_account(done.stdout)) == (0, "1 note\n")
    assert done.stderr.startswith("source/notes.md:3:11: hint: formula: about ")
    assert "pixels wide, where a phone has 320" in done.stderr
    assert done.stderr.splitlines()[1:] == ["1 hint"]
    assert run(*strict).exit_code == 0
    assert is_built(project)


def test_a_formula_broken_into_rows_is_not_wide(project: Path) -> None:
    """Doing what the hint says ends it."""
    rows = r" \\ ".join(["a + b + c + d", "+ e + f + g + h", "+ i + j + k + l", "+ m + n + o + p"])
    write(project, f"1. One?\n\n   $$\n   {rows}\n   $$\n")
    assert without_account(run("check").output) == "1 note, no problems\n"


STUBS: Mapping[str, Mapping[str, str]] = {
    "quickjs is not installed": {
        "quickjs/__init__.py": "raise ImportError(\"No module named 'quickjs'\")"
    },
    "MathJax is not installed": {
        "sitecustomize.py": "import importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name == 'mathjax' else find(name, *more)\n"
    },
    "MathJax has lost its files": {"mathjax/__init__.py": ""},
}
"""What stands in for what is missing, by what is missing."""


@pytest.fixture(params=STUBS)
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of a machine on which MathJax cannot be started."""
    for name, text in STUBS[request.param].items():
        path = tmp_path / "stub" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {"PYTHONPATH": str(tmp_path / "stub"), "XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.mark.parametrize("count", [1, 150])  # processes find other libraries
def test_what_keeps_mathjax_from_starting_is_told(
    count: int, broken: dict[str, str], project: Path, deckpress: Command
) -> None:
    """If MathJax cannot be started, one message says what to do, and nothing is written."""
    write(project, "1. One?\n\n   " + " ".join(f"$x^{{{index}}}$" for index in range(count)) + "\n")
    done = deckpress(**broken)
    assert done.code == 1
    assert done.out == ""
    assert "Traceback" not in done.err
    assert done.err.splitlines()[1:] == ["1 error: nothing written"]
    assert "--no-formula-check" in done.err
    assert "install" in done.err
    assert not is_built(project)


def test_without_mathjax_an_unchecked_deck_is_built(
    broken: dict[str, str], project: Path, deckpress: Command
) -> None:
    """`--no-formula-check` needs no MathJax, nor does a deck without formulas."""
    write(project, WRONG)
    done = deckpress("--no-formula-check", **broken)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(UNCHECKED)
    assert is_built(project)
    write(project, "1. One?\n\n   Yes.\n")
    assert deckpress(**broken).code == 0


@pytest.mark.parametrize("after", [0.9, 1.1, 1.4])
def test_ctrl_c_ends_a_build_at_once(
    after: float, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever interrupts a build of many formulas gets the prompt back, and no traceback."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    long = "+".join(f"\\frac{{{n}}}{{x}}" for n in range(20))  # so that there is work for seconds
    notes = "".join(f"1. One ${long} + {index}$?\n\n   Yes.\n\n" for index in range(3000))
    (project / "source/notes.md").write_text(notes)
    command = [sys.executable, str(ROOT / "build_deck.py"), "check"]
    run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    time.sleep(after)
    os.killpg(run.pid, signal.SIGINT)
    try:
        _, output = run.communicate(timeout=30)
    finally:
        run.kill()
    assert (run.returncode, output) == (130, "")


def test_a_user_without_a_home_may_build(project: Path, deckpress: Command) -> None:
    """Where there is no folder for a cache, nothing is remembered, and all is checked."""
    (project / "source/notes.md").write_text("1. One $x$?\n\n   Yes.\n")
    code = (
        "import os, pwd, runpy, sys\n"
        "def nobody(uid): raise KeyError(uid)\n"
        "pwd.getpwuid = nobody\n"
        "del os.environ['HOME'], os.environ['XDG_CACHE_HOME']\n"
        f"sys.argv, sys.path[0] = ['build_deck.py'], {str(ROOT)!r}\n"
        f"runpy.run_path({str(ROOT / 'build_deck.py')!r}, run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


ASKED = (
    ("$$\na &= b \\\\\nc &= d\n$$", 1),
    ("$$\na \\\\\n\\foo\n$$", 2),
    ("$$\n\\foo\n$$", 1),
    (f"$$\na \\\\\n{SLOW['arrows']}\n$$", 1),
)
"""Formulas, and how often MathJax is asked about each of them."""


@pytest.mark.parametrize(("tex", "times"), ASKED, ids=["sound", "wrong", "no rows", "too slow"])
def test_mathjax_is_asked_no_more_than_it_must(
    tex: str, times: int, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are taken off only what is wrong, and what takes five seconds does not take ten."""
    monkeypatch.setattr(engine_module, "SECONDS", 0.5)
    body = tex.replace("\n", "\n   ")
    (project / "source/notes.md").write_text(f"1. What?\n\n   {body}\n")
    asked: list[Formula] = []

    def typeset(formulas: Sequence[Formula]) -> list[TypesetResult]:
        asked.extend(formulas)
        return typeset_here(formulas)

    prepare(*open_project(project), 0, typeset=typeset)
    assert len(asked) == times
