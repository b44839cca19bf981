"""`preview` as a user runs it: it says where the page is, follows the files, and ends cleanly."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import run
from tests.support.previews import previewed, project
from tests.support.projects import PIXEL, snapshot

NOTES = "1. What is a river?\n\n   Water that flows.\n"


def read_event(stream: http.client.HTTPResponse) -> dict[str, Any]:
    """Return the next change that a server pushes, before it says that it is still there."""
    while not (line := stream.readline()).startswith(b"data: "):
        assert line
        assert b"still here" not in line
    change: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
    return change


@contextmanager
def followed(
    *arguments: str, edited: Path, within: Sequence[str] = ()
) -> Iterator[http.client.HTTPResponse]:
    """Yield the events of a preview that follows its files, as an edit of one has shown."""
    with previewed(*arguments, "--no-formula-check", within=within) as (_, line):
        match = re.search(r"127\.0\.0\.1:\d+", line)
        assert match
        connection = http.client.HTTPConnection(match[0], timeout=20)
        connection.request("GET", "/events")
        stream = connection.getresponse()
        stream.readline()
        edited.write_text(edited.read_text().replace("Water", "Clear water"))
        wait_for(stream, shows("Clear water"))
        yield stream


def shows(text: str) -> Callable[[dict[str, Any]], bool]:
    """Return what says whether a change has a text on a card."""
    return lambda change: text in str(change["sides"])


def wait_for(stream: http.client.HTTPResponse, holds: Callable[[dict[str, Any]], object]) -> None:
    """Read changes until one is as wanted."""
    while not holds(read_event(stream)):
        pass


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
        wait_for(stream, shows("Much water"))
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
        assert (process.returncode, output, errors) == (0, "", "")
    path.write_text(NOTES)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("is_lone", [True, False])
@pytest.mark.parametrize("has_folder", [True, False])
def test_a_picture_that_was_missing_comes(is_lone: bool, has_folder: bool, tmp_path: Path) -> None:
    """As soon as it lies where the note says, the card shows it, in whatever folder that is."""
    project(tmp_path, notes=f"{NOTES}   ![](../pictures/dot.png) ![](%00/a.png)\n")
    (tmp_path / "lone.md").write_text(f"{NOTES}   ![](pictures/dot.png)\n")
    folder = tmp_path / "pictures"
    if has_folder:
        folder.mkdir()
    file = tmp_path / ("lone.md" if is_lone else "source/notes.md")
    arguments = [str(file)] if is_lone else ["--project", str(tmp_path)]
    with followed(*arguments, edited=file) as stream:
        folder.mkdir(exist_ok=True)
        (folder / "dot.png").write_bytes(PIXEL)
        wait_for(stream, shows("dot-"))


def test_a_folder_that_comes_back_is_followed_again(tmp_path: Path) -> None:
    """A branch without the deck may be checked out for a while, or the deck be put back."""
    source = project(tmp_path, notes=NOTES) / "source"
    with followed("--project", str(tmp_path), edited=source / "notes.md") as stream:
        shutil.copytree(source, tmp_path / "kept")
        shutil.rmtree(source)
        wait_for(stream, lambda change: change["broken"])
        shutil.copytree(tmp_path / "kept", source)
        wait_for(stream, lambda change: not change["broken"])
        (source / "notes.md").write_text(NOTES.replace("Water", "Old water"))
        wait_for(stream, shows("Old water"))


@pytest.mark.parametrize("link", ["source/linked.md", "source/linked"])
def test_what_a_link_leads_to_is_followed(link: str, tmp_path: Path) -> None:
    """Notes that lie elsewhere in the project are edited there."""
    root = project(tmp_path, notes=NOTES)
    (root / "elsewhere").mkdir()
    file = root / "elsewhere/more.md"
    file.write_text(NOTES.replace("river", "stream"))
    (root / link).symlink_to(file if link.endswith(".md") else file.parent)
    with followed("--project", str(root), edited=root / "source/notes.md") as stream:
        file.write_text(NOTES.replace("river", "brook"))
        wait_for(stream, shows("brook"))


@pytest.mark.parametrize("limit", ["max_inotify_instances", "max_inotify_watches"])
def test_a_system_that_tells_of_nothing_is_asked(limit: str, tmp_path: Path) -> None:
    """Editors may follow as many files as Linux lets one user: saves are seen all the same."""
    script = f'echo 0 > /proc/sys/user/{limit} && exec "$@"'
    within = ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh"]
    if not shutil.which("unshare") or subprocess.run([*within, "true"], check=False).returncode:
        pytest.skip("needs Linux, and leave to make namespaces")
    file = project(tmp_path, notes=NOTES) / "source/notes.md"
    with followed("--project", str(tmp_path), edited=file, within=within) as stream:
        file.write_text(NOTES.replace("Water", "Old water"))
        wait_for(stream, shows("Old water"))


def test_two_saves_in_a_second_are_seen_by_looking(tmp_path: Path) -> None:
    """Some editors save a file, and save it again when it is formatted."""
    file = project(tmp_path, notes=NOTES) / "source/notes.md"
    with followed("--project", str(tmp_path), "--poll", edited=file) as stream:
        for number in range(3):
            file.write_text(NOTES.replace("Water", f"Water {number}"))
            wait_for(stream, shows(f"Water {number}"))


def test_a_deck_is_at_the_same_address_again(tmp_path: Path) -> None:
    """A page that is still open finds the next preview; two at a time have an address each."""
    root = project(tmp_path, notes=NOTES)
    arguments = ("--project", str(root), "--no-formula-check")
    with previewed(*arguments) as (_, first), previewed(*arguments) as (_, beside):
        assert beside.startswith("preview of 1 card: ")
        assert beside != first
    with previewed(*arguments) as (_, again):
        assert again == first


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


def test_an_export_tells_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page shows as a problem stands in the terminal as well, where a script sees it."""
    monkeypatch.chdir(tmp_path)
    project(tmp_path, notes=NOTES + "\n2. Where?\n\n   ![](none.png)\n")
    done = run("preview", "--export", "pages", "--no-formula-check")
    assert (done.exit_code, done.stdout.startswith("pages/index.html: 2 cards")) == (0, True)
    assert done.stderr.endswith("none.png: no such file\n1 error\n")


def test_a_preview_whose_own_folder_is_gone_ends(tmp_path: Path) -> None:
    """Paths from the folder of the shell lead nowhere then: it says so in plain words."""
    root = project(tmp_path / "deck", notes=NOTES)
    with previewed("--no-formula-check", folder=root) as (process, _):
        shutil.rmtree(root)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, "no such file" in errors) == (1, True), errors
