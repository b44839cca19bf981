"""`preview` as a user runs it: it says where the page is, follows the files, and ends cleanly."""

from __future__ import annotations

import http.client
import json
import re
import signal
from pathlib import Path

import pytest

from tests.support.commands import run
from tests.support.previews import previewed, project
from tests.support.projects import snapshot

NOTES = "1. What is a river?\n\n   Water that flows.\n"


def read_event(stream: http.client.HTTPResponse) -> dict[str, object]:
    """Return the next change that a server pushes, before it says that it is still there."""
    while not (line := stream.readline()).startswith(b"data: "):
        assert line
        assert b"still here" not in line
    change: dict[str, object] = json.loads(line.removeprefix(b"data: "))
    return change


@pytest.mark.parametrize("option", ["--no-formula-check", "--poll"])
def test_a_save_is_seen_and_ctrl_c_ends_it(option: str, tmp_path: Path) -> None:
    """A lone file is followed, by the system's word or by looking again; nothing is written."""
    path = tmp_path / "notes.md"
    path.write_text(NOTES)
    before = snapshot(tmp_path)
    with previewed(str(path), option) as (process, line):
        match = re.fullmatch(
            r"preview of 1 card: http://(127\.0\.0\.1:\d+)/ \(Ctrl-C ends it\)\n", line
        )
        assert match
        connection = http.client.HTTPConnection(match[1], timeout=20)
        connection.request("GET", "/events")
        stream = connection.getresponse()
        stream.readline()
        path.write_text(NOTES.replace("Water", "Much water"))
        assert "Much water" in str(read_event(stream)["sides"])
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
        assert (process.returncode, output, errors) == (0, "", "")
    path.write_text(NOTES)
    assert snapshot(tmp_path) == before


def test_a_deck_with_errors_is_shown_as_well(tmp_path: Path) -> None:
    """What is wrong stands in the page, and keeps no card from being seen."""
    root = project(tmp_path, notes=NOTES + "\n2. Where?\n\n   ![](none.png)\n")
    with previewed("--project", str(root), "--no-formula-check") as (_, line):
        assert line.startswith("preview of 2 cards: ")


def test_what_is_no_deck_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a deck, or a file that is not there, is said as `build` says it."""
    monkeypatch.chdir(tmp_path)
    done = run("preview", "--no-open")
    assert done.exit_code == 1
    assert "source/deck.toml: no such file" in done.stderr
    done = run("preview", "nothing.md", "--no-open")
    assert done.exit_code == 1
    assert done.stderr.startswith("nothing.md: no such file")


def test_an_export_says_where_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command ends, and names the page to open."""
    monkeypatch.chdir(tmp_path)
    project(tmp_path, notes=NOTES)
    done = run("preview", "--export", "pages", "--no-formula-check")
    assert (done.exit_code, done.stderr) == (0, "")
    assert re.fullmatch(r"pages/index\.html: 1 card, in \d+ files\n", done.stdout)
    assert (tmp_path / "pages/index.html").is_file()
    done = run("preview", "--export", "source", "--no-formula-check")
    assert done.exit_code == 1
    assert done.stderr.startswith("source: holds other files, and is kept: name a new folder")
