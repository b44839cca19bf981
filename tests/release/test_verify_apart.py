"""Whatever a package does to Anki's library, `verify` comes to an end and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import zstandard

from deckpress.diagnostics import DeckError
from deckpress.verify.verification import Limits, verify_isolated, verify_package
from tests.support.commands import Command
from tests.support.genanki_packages import NEW, facts, write_package
from tests.support.hostile_packages import circle, collection, newest, pack, with_fields, with_sql
from tests.support.projects import ROOT

REMEDY = "if it is small, do not open it in Anki; if it is large, export fewer decks at once"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, in which nothing is left when all is done."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


def left_in(folder: Path) -> list[str]:
    """Return what is left in the folder for temporary files; guards are nobody's data."""
    return [path.name for path in folder.rglob("*") if path.suffix != ".guard"]


def test_apart_is_as_good_as_here(tmp_path: Path) -> None:
    """The process finds what a rehearsal in this one does."""
    old = write_package(tmp_path / "facts-1.0.0.apkg", facts())
    notes = [*facts(5, mod=NEW), *facts(7)[6:]]
    new = write_package(tmp_path / "facts-1.1.0.apkg", notes)
    here, apart = verify_package([old], new), verify_isolated([old], new)
    assert apart == here
    assert len(apart.outcomes) == 2


def deep_template(path: Path) -> Path:
    """Write a package with a template on which Anki's library runs out of stack."""
    opened = "replace(printf('%.*c', 20000, 'x'), 'x', '{{#Front}}')"
    return pack(
        path, with_sql(f"UPDATE col SET models = replace(models, '{{{{Front}}}}', {opened})")
    )


def test_a_crash_of_anki_is_told(tmp_path: Path, temporary: Path, deckpress: Command) -> None:
    """A library that dies does not take the command with it."""
    path = deep_template(tmp_path / "deep.apkg")
    done = deckpress("verify", path)
    expected = f"{path}: Anki crashes on it, or takes more than 2 GB of memory: {REMEDY}\n"
    assert (done.code, done.out, done.err) == (1, "", f"{expected}1 error\n")
    assert left_in(temporary) == []


def test_a_package_before_it_is_told_by_its_own_name(tmp_path: Path) -> None:
    """Of several packages, that one is named on which Anki was at work."""
    new = write_package(tmp_path / "new.apkg", facts())
    old = deep_template(tmp_path / "old.apkg")
    with pytest.raises(DeckError) as caught:
        verify_isolated([old], new)
    assert caught.value.diagnostics[0].location.file == str(old)


def test_what_anki_is_not_done_with_is_stopped(tmp_path: Path, temporary: Path) -> None:
    """A package on which Anki works for ever ends with its time."""
    path = write_package(tmp_path / "some.apkg", facts())
    with pytest.raises(DeckError) as caught:
        verify_isolated([], path, Limits(0, 2_000_000_000))
    assert caught.value.diagnostics[0].message == (
        f"Anki was not done with it in 0 seconds, and was stopped: {REMEDY}"
    )
    assert left_in(temporary) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold no process to its memory")
def test_what_takes_all_memory_is_stopped(tmp_path: Path, temporary: Path) -> None:
    """A package that makes Anki ask for more and more memory ends before the machine does."""
    path = pack(tmp_path / "some.apkg", with_fields("x" * 10_000_000 + "\x1f"))
    with pytest.raises(
        DeckError, match=r"Anki (crashes on|cannot go on with|imports nothing of) it"
    ):
        verify_isolated([], path, Limits(60, 20_000_000))
    assert left_in(temporary) == []


HOSTILE = {
    "a circle": lambda path: pack(path, circle("cards")),
    "a circle that only Anki reads": lambda path: pack(path, circle("revlog")),
    "media of 600 MB": lambda path: newest(
        path,
        media=zstandard.compress(b"\x0a\x03\x0a\x01a"),
        **{"0": zstandard.compress(bytes(600_000_000))},
    ),
    "paths": lambda path: pack(
        path, collection(), b'{"0": "../../out.txt", "1": "/tmp/out.txt"}', **{"0": b"", "1": b""}
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_package_ends_with_a_message(
    name: str, tmp_path: Path, temporary: Path, deckpress: Command
) -> None:
    """What deckpress refuses never reaches Anki; what Anki refuses is told in its words."""
    path = HOSTILE[name](tmp_path / "some.apkg")
    files = sorted(tmp_path.rglob("*"))
    done = deckpress("verify", path)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"{path}: ")
    assert "Traceback" not in done.err
    assert left_in(temporary) == []
    assert [file for file in sorted(tmp_path.rglob("*")) if file.suffix != ".guard"] == files


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows ends processes in another way")
def test_a_ctrl_c_ends_a_rehearsal_at_once(tmp_path: Path, temporary: Path) -> None:
    """Anki's library hears no Ctrl-C, but the command does, and takes the library with it."""
    path = write_package(tmp_path / "some.apkg", facts(2_000))
    command = [sys.executable, str(ROOT / "build_deck.py"), "verify", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not list(temporary.rglob("collection.anki2")) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert left_in(temporary) == []
