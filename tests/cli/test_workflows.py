"""What the workflows promise, for this repository and for every deck that `init` makes."""

from __future__ import annotations

import hashlib
import os
import re
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from deckpress.scaffold import create_project
from tests.support.commands import Command, Run, without_account
from tests.support.projects import ROOT

SCRIPT = ROOT / "deckpress/scaffold/template/any/dot-ci/check.py"
"""The steps of a release: .ci/check.py of a new deck, and .ci/release of this repository."""

NAME = "dist/demo-1.0.0.apkg"


@pytest.fixture(params=["this repository", "a new deck"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with workflows."""
    if request.param == "this repository":
        return ROOT
    create_project(tmp_path)
    return tmp_path


def read_workflow(home: Path, name: str) -> dict[str, Any]:
    """Return a workflow; YAML takes its key `on` for a yes."""
    workflow = yaml.safe_load((home / ".github/workflows" / name).read_text(encoding="utf-8"))
    return {"on": workflow.pop(True), **workflow}


def steps_of(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the steps of a workflow's only job."""
    (job,) = workflow["jobs"].values()
    return list(job["steps"])


def commands_of(workflow: dict[str, Any]) -> str:
    """Return all that a workflow runs."""
    return "\n".join(step["run"] for step in steps_of(workflow) if "run" in step)


def test_every_push_is_checked(home: Path) -> None:
    """Each push to any branch and each pull request is checked, with no right to write."""
    workflow = read_workflow(home, "check.yml")
    assert workflow["on"] == {"push": {"branches": ["**"]}, "pull_request": None}
    assert workflow["permissions"] == {"contents": "read"}


def test_a_tag_makes_a_release(home: Path) -> None:
    """A tag such as v1.1.0 is checked by its name, and only then what it names is published."""
    workflow = read_workflow(home, "release.yml")
    assert workflow["on"] == {"push": {"tags": ["v*"]}}
    assert workflow["permissions"] == {"contents": "write"}
    *_, check, publish = steps_of(workflow)
    assert '"$GITHUB_REF_NAME"' in check["run"]
    assert 'gh release create "$GITHUB_REF_NAME"' in publish["run"]


def test_pages_are_published_by_the_default_branch(home: Path) -> None:
    """Pages that were pushed are published, with no right to write into the repository."""
    workflow = read_workflow(home, "pages.yml")
    (job,) = workflow["jobs"].values()
    paths = ["dist/index.html", "dist/pages/**"]
    assert workflow["on"] == {"push": {"branches": ["**"], "paths": paths}}
    assert workflow["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    assert job["if"] == "github.ref_name == github.event.repository.default_branch"
    assert [step["uses"].partition("@")[0] for step in job["steps"]] == [
        "actions/checkout",
        "actions/configure-pages",
        "actions/upload-pages-artifact",
        "actions/deploy-pages",
    ]
    assert job["steps"][2]["with"] == {"path": "dist"}


@pytest.mark.parametrize("name", ["check.yml", "release.yml"])
def test_the_steps_are_there(home: Path, name: str) -> None:
    """What a workflow calls is in the repository, and actions are pinned to a major version."""
    workflow = read_workflow(home, name)
    called = re.findall(r"(python )?(\.ci/[\w.]+)", commands_of(workflow))
    assert called
    for python, script in called:
        assert (home / script).is_file()
        assert python or os.access(home / script, os.X_OK)
    uses = [step["uses"] for step in steps_of(workflow) if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", use) for use in uses)


def test_this_repository_checks_its_release_as_decks_do() -> None:
    """`.ci/run` ends with `.ci/release`, and that runs the script of every new deck."""
    assert (ROOT / ".ci/run").read_text().endswith("\n.ci/release\n")
    assert str(SCRIPT.relative_to(ROOT)) in (ROOT / ".ci/release").read_text()


def check(*arguments: str) -> Run:
    """Run the steps of a release in the current folder."""
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def deck(project: Path) -> Path:
    """A project with the command, and no release yet."""
    (project / "build_deck.py").write_text((ROOT / "build_deck.py").read_text())
    return project


def release(folder: Path) -> None:
    """Lay checksum and notes beside a project's package, as `release` does."""
    package = folder / NAME
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    Path(f"{package}.sha256").write_text(f"{digest}  {package.name}\n")
    package.with_suffix(".md").write_text("# Demo 1.0.0\n")


@pytest.fixture
def released(deck: Path, deckpress: Command) -> Path:
    """A project whose version 1.0.0 is released."""
    deckpress()
    release(deck)
    return deck


@pytest.fixture
def pretended(deck: Path) -> Path:
    """A release of no deck, with a command that is content, for what is wrong with files alone."""
    (deck / "build_deck.py").write_text("")
    (deck / "dist").mkdir()
    (deck / NAME).write_bytes(b"package")
    release(deck)
    return deck


CHECKED = "build_deck.py check --strict --locked\n"

FILES = f"{NAME}\n{NAME}.sha256\ndist/demo-1.0.0.md\n"


def test_the_newest_release_is_checked_and_its_files_are_listed(released: Path) -> None:
    """The deck is checked, built again and rehearsed; the three files come out, a line each."""
    run = check()
    assert (run.code, run.out) == (0, FILES), run.err
    assert re.findall("(?m)^build_deck.py (.*?)(?: --output .*)?$", run.err) == [
        "check --strict --locked",
        "build --quiet --locked",
        "verify",
    ]
    assert f"{NAME}: built again, the same\n" in run.err


def test_a_package_may_be_compressed_in_another_way(tmp_path: Path) -> None:
    """Another zlib makes other bytes of the same package, which is the same release."""
    contents = runpy.run_path(str(SCRIPT))["contents"]
    packages = {tmp_path / "a": zipfile.ZIP_STORED, tmp_path / "b": zipfile.ZIP_DEFLATED}
    for path, compression in packages.items():
        with zipfile.ZipFile(path, "w", compression) as package:
            package.writestr("media", "{}" * 100)
    assert len({path.read_bytes() for path in packages}) == 2
    assert contents(tmp_path / "a") == contents(tmp_path / "b") == {"media": b"{}" * 100}


def test_the_release_is_published_with_its_files(released: Path, tmp_path: Path) -> None:
    """The last two steps of the workflow hand package, checksum and notes to GitHub."""
    create_project(tmp_path / "new")
    *_, listing, publishing = steps_of(read_workflow(tmp_path / "new", "release.yml"))
    (tmp_path / "gh").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "gh").chmod(0o755)
    listed = listing["run"].replace("python .ci/check.py", f"'{sys.executable}' '{SCRIPT}'")
    done = subprocess.run(
        ["bash", "-ec", f"{listed}\n{publishing['run']}"],
        env={**os.environ, "GITHUB_REF_NAME": "v1.0.0", "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    *options, package, checksum, notes = done.stdout.splitlines()
    assert [package, checksum, notes] == FILES.splitlines()
    assert options == ["release", "create", "v1.0.0", "--verify-tag", "--notes-file", notes]


def test_without_a_release_the_deck_is_checked(deck: Path, deckpress: Command) -> None:
    """Before the first release there is nothing to list; what was only built is no release."""
    deckpress()
    run = check()
    assert (run.code, run.out) == (0, "")
    assert (
        without_account(run.err)
        == "build_deck.py check --strict --locked\n1 note, no problems\nthere is no release yet\n"
    )


def test_what_is_wrong_with_the_notes_stops_it(deck: Path) -> None:
    """A warning of `check` is passed on, and no file is listed."""
    (deck / "source/notes.md").write_text("1. One?\n\n   Yes.\n2. Two?\n")
    run = check()
    assert (run.code, run.out) == (1, "")
    assert "source/notes.md:4: warning: question has no answer" in run.err


@pytest.mark.parametrize("suffix", [".apkg", ".apkg.sha256", ".md"])
def test_a_release_is_whole(pretended: Path, suffix: str) -> None:
    """Package, checksum and notes are all there for a tag."""
    (pretended / f"dist/demo-1.0.0{suffix}").unlink()
    message = f"dist/demo-1.0.0{suffix}: no such file: commit it with the release\n"
    assert check("v1.0.0") == Run(1, "", CHECKED + message)


@pytest.mark.parametrize("tag", ["v2.0.0", "2.0.0", "v../x"])
def test_a_tag_names_a_release(pretended: Path, tag: str) -> None:
    """A tag without a release is told by the package that is missing."""
    message = f"dist/demo-{tag.removeprefix('v')}.apkg: no such file: commit it with the release\n"
    assert check(tag) == Run(1, "", CHECKED + message)


def test_a_package_has_the_checksum_that_was_published(pretended: Path) -> None:
    """A released package never changes."""
    (pretended / NAME).write_bytes(b"other")
    message = f"{NAME}.sha256: is not the checksum of demo-1.0.0.apkg: restore both by git\n"
    assert check() == Run(1, "", CHECKED + message)


def test_a_tag_stands_where_its_package_was_built(released: Path, deckpress: Command) -> None:
    """Notes that changed after the release make no other package under its tag."""
    (released / "source/notes.md").write_text("1. One?\n\n   No.\n")
    deckpress("--output", "working.apkg")
    run = check("v1.0.0")
    message = f"{NAME}: the tagged notes make another package: tag the right commit"
    assert (run.code, run.out, run.err.splitlines()[-1]) == (1, "", message)


def test_the_newest_release_counts(pretended: Path) -> None:
    """1.10.0 is newer than 1.9.0, and another deck's packages do not count."""
    for name in ("demo-1.9.0", "demo-1.10.0", "other-9.0.0"):
        (pretended / f"dist/{name}.apkg.sha256").write_text("")
    assert (
        check().err == f"{CHECKED}dist/demo-1.10.0.apkg: no such file: commit it with the release\n"
    )
