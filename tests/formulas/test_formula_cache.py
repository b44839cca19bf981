"""The verdicts of earlier builds, and the processes that find new ones: never a wrong verdict."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from deckpress.cli import main
from deckpress.filesystem import read_regular
from deckpress.formulas import (
    LIMITS,
    NAME,
    EngineError,
    Formula,
    TexError,
    Typeset,
    TypesetResult,
    key_of,
    read_cache,
    write_cache,
)
from deckpress.formulas import engine as engine_module
from deckpress.formulas.engine import Engine, cached
from tests.support.commands import Command
from tests.support.projects import ROOT

FORMULAS = [
    *(Formula("x^2", False), Formula("x^2", True), Formula(r"\frac12", True)),
    Formula(r"\rfloo + \foo", False),
    Formula(r"\begin{aligne}x\end{aligne}", True),
    Formula(r"\begin{cases}x", True),
    Formula(r"a^b^c", False),
    Formula(r"\left\rfloo x", False),
    Formula(r"\href{javascript:x}{“引号” 😀}", False),
    Formula(r"\text{第一层} 😀", False),
]
"""Right and wrong ones, so that each field of a verdict has something in it."""

NOTES = "1. One?\n\n   Yes $x^2$, no $\\rfloo$.\n"
MESSAGE = "source/notes.md:3:19: formula: undefined control sequence \\rfloo"


def no_engine(formulas: Sequence[Formula]) -> list[TypesetResult]:
    """Stand for the engine where none may be needed."""
    raise AssertionError(formulas)


def fresh() -> list[TypesetResult]:
    """Return what the engine says of the formulas."""
    return [*map(engine_module._engine().typeset, FORMULAS)]


@pytest.fixture
def remembered(tmp_path: Path) -> tuple[Typeset, Path]:
    """A folder that remembers the formulas, and its file."""
    typeset = cached(tmp_path / "cache")
    typeset(FORMULAS)
    return typeset, tmp_path / "cache" / NAME


def test_remembered_verdicts_equal_fresh_ones(
    remembered: tuple[Typeset, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict is remembered with all that is in it, and the engine is not asked again."""
    monkeypatch.setattr(
        engine_module, "_typeset", lambda unknown: no_engine(unknown) if unknown else []
    )
    typeset, _ = remembered
    assert typeset(FORMULAS) == fresh()
    assert typeset(FORMULAS[::-1] * 2) == fresh()[::-1] * 2
    with pytest.raises(AssertionError, match="new"):
        typeset([*FORMULAS, Formula("new", False)])


def test_a_second_build_starts_no_engine(project: Path, deckpress: Command, tmp_path: Path) -> None:
    """What was typeset once is not typeset again, not even by another deck, until it changes."""
    (tmp_path / "no/quickjs").mkdir(parents=True)
    (tmp_path / "no/quickjs/__init__.py").write_text("raise SystemExit('the engine was started')")
    notes = project / "source/notes.md"
    notes.write_text("1. One?\n\n   Yes $x^2$.\n\n2. Two?\n\n   $$\n   y\n   $$\n")
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    without = {**cache, "PYTHONPATH": str(tmp_path / "no")}
    assert "the engine was started" in deckpress("check", **without).err
    assert deckpress("check", **cache).code == 0
    assert deckpress(**without).code == 0
    notes.write_text("1. Another?\n\n   No $x^2$.\n")
    assert deckpress(**without).code == 0
    notes.write_text("1. Another?\n\n   No $x^3$.\n")
    assert "the engine was started" in deckpress("check", **without).err


def digested(text: bytes) -> bytes:
    """Return a file as the cache would write it."""
    return hashlib.sha256(text).hexdigest().encode() + b"\n" + text


def replace_by_folder(file: Path) -> None:
    """Put a folder where the file was."""
    file.unlink()
    (file / "inner").mkdir(parents=True)


def replace_by_link(file: Path) -> None:
    """Put a link where the file was, that leads nowhere."""
    file.unlink()
    file.symlink_to(file)


def change_maker(file: Path) -> None:
    """Let the file be another version's, in which all formulas were right."""
    content = json.loads(file.read_bytes().partition(b"\n")[2])
    file.write_bytes(digested(json.dumps(dict.fromkeys(content, 1.5)).encode()))


def lie(file: Path) -> None:
    """Write that all formulas are right, and leave the digest as it was."""
    digest, _, text = file.read_bytes().partition(b"\n")
    content = dict.fromkeys(json.loads(text), 1.5)
    file.write_bytes(digest + b"\n" + json.dumps(content).encode())


DAMAGES: dict[str, Callable[[Path], object]] = {
    "deleted": lambda file: file.unlink(),
    "emptied": lambda file: file.write_bytes(b""),
    "half": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "without its end": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "without its beginning": lambda file: file.write_bytes(file.read_bytes()[1:]),
    "digest only": lambda file: file.write_bytes(file.read_bytes()[:64]),
    "twice": lambda file: file.write_bytes(file.read_bytes() * 2),
    "zeros": lambda file: file.write_bytes(bytes(file.stat().st_size)),
    "text": lambda file: file.write_text("hello"),
    "no UTF-8": lambda file: file.write_bytes(b"\xff\xfe\x00"),
    "a folder": replace_by_folder,
    "a link to itself": replace_by_link,
    "another version's": change_maker,
    "changed by hand": lie,
}
"""What can befall the file."""


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_counts_for_nothing(
    damage: Callable[[Path], object], remembered: tuple[Typeset, Path]
) -> None:
    """Whatever befalls the file, the verdicts are right, and are remembered again if possible."""
    typeset, file = remembered
    damage(file)
    assert typeset(FORMULAS) == fresh()
    assert file.is_dir() or read_cache(file.parent).keys() == {*map(key_of, FORMULAS)}


def test_a_flipped_bit_counts_for_nothing(remembered: tuple[Typeset, Path]) -> None:
    """A file in which any bit is another is not trusted."""
    _, file = remembered
    whole = file.read_bytes()
    for index in range(0, len(whole), 97):
        for bit in (0x01, 0x20, 0x80):
            file.write_bytes(whole[:index] + bytes([whole[index] ^ bit]) + whole[index + 1 :])
            assert read_cache(file.parent) == {}
    file.write_bytes(whole)
    assert len(read_cache(file.parent)) == len(FORMULAS)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_the_command_survives_a_damaged_file(
    damage: Callable[[Path], object], project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file is no matter to the author: the build tells the same as before."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (project / "source/notes.md").write_text(NOTES)
    before = CliRunner().invoke(main, [])
    assert before.stderr.startswith(MESSAGE)
    damage(tmp_path / "cache/deckpress" / NAME)
    after = CliRunner().invoke(main, [])
    assert (after.exit_code, after.output) == (before.exit_code, before.output) == (1, after.stderr)


def test_a_cache_that_cannot_be_read_or_written_is_done_without(
    remembered: tuple[Typeset, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file may be neither read nor written, the verdicts are right all the same."""
    typeset, file = remembered

    def refusing(opening: Callable[..., object]) -> Callable[..., object]:
        def refuse(path: str | Path | int, *arguments: object, **more: object) -> object:
            if not isinstance(path, int) and Path(path).parent == file.parent:
                raise PermissionError(13, "Permission denied", str(path))
            return opening(path, *arguments, **more)

        return refuse

    before = file.read_bytes()
    with monkeypatch.context() as patch:  # since root may read and write all
        patch.setattr(io, "open", refusing(io.open))
        patch.setattr(os, "open", refusing(os.open))
        for read in (Path.read_bytes, read_regular):
            with pytest.raises(PermissionError):
                read(file)
        assert typeset(FORMULAS) == fresh()
    assert file.read_bytes() == before


@pytest.mark.parametrize("place", ["/dev/null/cache", "/nowhere/at/all"])
def test_a_home_that_does_not_exist_stops_no_build(
    place: str, project: Path, deckpress: Command
) -> None:
    """A build goes on where there is no place to remember anything, and leaves none behind."""
    if os.name == "nt" or (place.startswith("/nowhere") and os.geteuid() == 0):
        place = "/dev/null/nowhere"  # root could make it
    (project / "source/notes.md").write_text("1. One?\n\n   Yes $x^2$.\n")
    run = deckpress(HOME=place, XDG_CACHE_HOME="")
    assert (run.code, run.err) == (0, "")
    assert not Path(place).exists()


def test_a_file_in_place_of_the_folder_stops_no_build(
    project: Path, deckpress: Command, tmp_path: Path
) -> None:
    """A build goes on where the cache folder cannot be made, and leaves alone what is there."""
    (project / "source/notes.md").write_text("1. One?\n\n   Yes $x^2$.\n")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/deckpress").write_text("mine")
    run = deckpress(XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert (run.code, run.err) == (0, "")
    assert (tmp_path / "cache/deckpress").read_text() == "mine"


@pytest.mark.parametrize("limit", LIMITS)
def test_what_came_to_a_limit_is_not_remembered(limit: str, tmp_path: Path) -> None:
    """A formula that was given up is tried again, since another machine may come further."""
    given_up, in_error = (
        TypesetResult(errors=(TexError(limit, "…"),)),
        TypesetResult(errors=(TexError("Other", "…"),)),
    )
    write_cache(tmp_path, {"a": given_up, "b": in_error, "c": TypesetResult(1.5)})
    assert read_cache(tmp_path) == {"b": in_error, "c": TypesetResult(1.5)}


def test_a_slow_formula_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was too slow once is right when there is time enough."""
    slow = Formula(r"\xrightarrow{" * 9 + "x" + "}" * 9, False)
    typeset = cached(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(engine_module, "SECONDS", 0.001)
        assert [tex_error.error for tex_error in typeset([slow])[0].errors] == ["TooSlow"]
    assert typeset([slow])[0].errors == ()


def test_check_remembers_outside_of_the_project(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check` leaves no file in the project, and one in the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (project / "source/notes.md").write_text(NOTES)
    before = sorted(project.rglob("*"))
    assert CliRunner().invoke(main, ["check"]).exit_code == 1
    assert sorted(project.rglob("*")) == before
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert files == [tmp_path / "cache/deckpress/formulas.json"]


def test_the_oldest_verdicts_are_forgotten_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file does not grow for ever, and what the last deck used is in it."""
    monkeypatch.setattr(engine_module, "MOST", 2)
    a, b, c, d = (Formula(letter, False) for letter in "abcd")
    typeset = cached(tmp_path)
    for wanted in ([a, b, c], [a, d]):
        typeset(wanted)
    assert [*read_cache(tmp_path)] == [key_of(formula) for formula in (b, c, a, d)]
    typeset([a, b, c, d, Formula("e", False)])
    assert len(read_cache(tmp_path)) == 5
    typeset([Formula("f", False)])
    assert len(read_cache(tmp_path)) == 3


WRITER = """
import sys
from pathlib import Path
from deckpress.formulas import read_cache, write_cache
from deckpress.formulas import TypesetResult
folder, name = Path(sys.argv[1]), sys.argv[2]
for at in range(250):
    write_cache(folder, {f"{name}{each}": TypesetResult(each) for each in range(200)})
    verdicts = read_cache(folder)
    assert len(verdicts) in (0, 200), len(verdicts)
    assert len({key[0] for key in verdicts}) < 2
    assert all(float(key[1:]) == verdict.width for key, verdict in verdicts.items())
"""


def test_builds_at_the_same_time_do_not_mix_their_verdicts(tmp_path: Path) -> None:
    """While several builds write the file, each reads it whole, and none fails."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [
        subprocess.Popen([*command, name], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for name in "ab"
    ]
    for writer in writers:
        assert writer.communicate(timeout=60)[1] == ""
        assert writer.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


MANY = [
    *(
        Formula(rf"\sqrt{{x_{{{index}}}^2}} + \frac{{1}}{{{index}}}", index % 2 == 0)
        for index in range(244)
    ),
    *(Formula(rf"\rfloo_{index} + \foo^{index}", False) for index in range(3)),
    *(Formula(r"\begin{aligne}", True), Formula(r"a^b^c", False)),
    Formula(r"\href{javascript:x}{x}", False),
]
"""So many formulas that processes share them, wrong ones among the last."""


@pytest.fixture(scope="module")
def expected() -> list[TypesetResult]:
    """What one engine says of many formulas."""
    return [*map(Engine().typeset, MANY)]


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two processes share the work, however many this machine could run."""
    monkeypatch.setattr(
        engine_module, "os", type("Machine", (), {"cpu_count": staticmethod(lambda: 2)})
    )


@pytest.mark.usefixtures("processes")
def test_processes_say_the_same_as_one(expected: list[TypesetResult]) -> None:
    """Shared or not, the work gives the same verdicts in the same order, with all their fields."""
    assert [*engine_module.typeset_all(MANY)] == expected
    assert {
        name for result in expected for tex_error in result.errors for name in tex_error.names
    } >= {*("\\rfloo", "\\foo", "aligne", "\\href", "javascript:x")}
    assert "rfloor" in {tex_error.nearest for result in expected for tex_error in result.errors}


def children() -> list[int]:
    """Return the processes that typeset for this one."""
    pids = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        if parent == os.getpid() and b"typeset_share" in command:
            pids.append(int(folder.name))
    return pids


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells of processes so")
@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("count", [1, 2])
def test_a_killed_process_loses_no_verdict(
    count: int, expected: list[TypesetResult], capfd: pytest.CaptureFixture[str]
) -> None:
    """Where a process is killed, by whomever, this one does its work, and says nothing of it."""
    results = engine_module.typeset_all(MANY)
    killed: list[int] = []
    killer = threading.Thread(target=kill_soon, args=(count, killed))
    first = next(results)
    killer.start()
    killer.join()
    all_results = [first, *results]
    assert len(killed) == count
    assert all_results == expected
    assert capfd.readouterr().err == ""
    assert children() == []


@pytest.mark.usefixtures("processes")
def test_what_no_process_can_do_this_one_does_or_explains(
    expected: list[TypesetResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no process can be started all is typeset here; if that fails too, it is one error."""
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert [*engine_module.typeset_all(MANY)] == expected

    def fail() -> Engine:
        raise EngineError("MathJax is not installed")

    monkeypatch.setattr(engine_module, "_engine", fail)
    with pytest.raises(EngineError, match="MathJax is not installed"):
        list(engine_module.typeset_all(MANY))


def kill_soon(count: int, killed: list[int]) -> None:
    """Kill so many processes as soon as there are as many; note which."""
    for _ in range(1000):
        if len(pids := children()) >= count:
            killed += pids[:count]
            for process in killed:
                os.kill(process, signal.SIGKILL)
            return
        time.sleep(0.005)
