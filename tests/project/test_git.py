"""git is asked about a file, and runs nothing that a repository says."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from deckpress import git
from deckpress.git import find_repository


def run_git(folder: Path, *arguments: str) -> None:
    """Run git as its user does."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@b.c")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a committed file."""
    folder = tmp_path / "repository"
    (folder / "source").mkdir(parents=True)
    (folder / "source/deck.lock").write_text("lock\n")
    run_git(folder, "init", "-q")
    run_git(folder, "add", ".")
    run_git(folder, "commit", "-qm", "Begin")
    return folder


def test_what_is_committed_is_known(repository: Path) -> None:
    """A file is known with what it holds in the last commit, however it is edited since."""
    lock = repository / "source/deck.lock"
    opened = find_repository(lock.parent)
    assert opened
    lock.write_text("edited\n")
    assert (opened.tracks(lock), opened.committed(lock)) == (True, b"lock\n")
    lock.unlink()
    assert (opened.tracks(lock), opened.committed(lock)) == (True, b"lock\n")
    untracked = lock.with_name("other.lock")
    untracked.write_text("new")
    assert (opened.tracks(untracked), opened.committed(untracked)) == (False, None)


def test_a_worktree_and_a_link_to_the_folder_are_the_repository(repository: Path) -> None:
    """It is found from a second worktree, and through a link on the way."""
    run_git(repository, "worktree", "add", "-q", "../second")
    (repository.parent / "link").symlink_to(repository)
    for folder in (repository.parent / "second/source", repository.parent / "link/source"):
        opened = find_repository(folder)
        assert opened
        assert opened.committed(folder / "deck.lock") == b"lock\n"


def test_where_there_is_no_repository_there_is_none(tmp_path: Path) -> None:
    """No repository is found in a folder that is in none."""
    assert find_repository(tmp_path) is None


def test_without_git_nothing_is_known(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where git is not installed, or only found from the current folder, it is not asked."""
    (repository / "git").write_text("#!/bin/sh\ntouch RAN\n")
    (repository / "git").chmod(0o755)
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", os.pathsep.join([".", ""]))
    git._find_git.cache_clear()
    try:
        assert find_repository(repository) is None
    finally:
        git._find_git.cache_clear()
    assert not (repository / "RAN").exists()


def configure(*settings: str) -> Callable[[Path], object]:
    """Return what adds settings to a repository's own configuration."""

    def add(folder: Path) -> None:
        for setting in settings:
            name, _, value = setting.partition("=")
            run_git(folder, "config", name, value.replace("RAN", str(folder / "RAN")))

    return add


def with_hooks(folder: Path) -> None:
    """Have every hook that git knows of leave a file."""
    for name in ("post-index-change", "post-checkout", "pre-commit", "fsmonitor-watchman"):
        hook = folder / ".git/hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {folder}/RAN\n")
        hook.chmod(0o755)


def with_filter(folder: Path) -> None:
    """Have a filter clean the file, which has changed."""
    (folder / ".gitattributes").write_text("* filter=evil\n")
    configure("filter.evil.clean=touch RAN; cat", "filter.evil.process=touch RAN")(folder)
    (folder / "source/deck.lock").write_text("changed\n")


def without_objects(folder: Path) -> None:
    """Have git lack the objects, and know a remote that runs a program to fetch them."""
    configure(
        "remote.origin.url=ext::sh -c 'touch RAN'",
        "remote.origin.promisor=true",
        "remote.origin.uploadpack=touch RAN;",
        "core.sshCommand=touch RAN;",
        "protocol.ext.allow=always",
        "extensions.partialClone=origin",
        "core.repositoryFormatVersion=1",
    )(folder)
    for path in (folder / ".git/objects").glob("??/*"):
        path.unlink()


HOSTILE: dict[str, Callable[[Path], object]] = {
    "fsmonitor": configure("core.fsmonitor=touch RAN; false"),
    "a hooks folder": configure("core.hooksPath=source"),
    "hooks": with_hooks,
    "a filter": with_filter,
    "a pager": configure("core.pager=touch RAN", "pager.ls-files=touch RAN"),
    "an alias": configure("alias.ls-files=!touch RAN", "alias.cat-file=!touch RAN"),
    "a diff program": configure("diff.external=touch RAN"),
    "lacking objects": without_objects,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_runs_that_a_repository_says(name: str, repository: Path) -> None:
    """A repository from anybody may be asked: none of the programs that it names runs."""
    HOSTILE[name](repository)
    opened = find_repository(repository / "source")
    assert opened
    assert opened.tracks(repository / "source/deck.lock")
    opened.committed(repository / "source/deck.lock")
    assert not (repository / "RAN").exists()


def test_the_same_repositories_do_run_programs_where_git_is_asked_carelessly(
    repository: Path,
) -> None:
    """What the test above holds off is real: git itself runs a program of the configuration."""
    HOSTILE["fsmonitor"](repository)
    subprocess.run(["git", "-C", repository, "status"], check=False, capture_output=True)
    assert (repository / "RAN").exists()


def test_a_configuration_that_never_ends_is_not_waited_for(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git waits for a pipe, it is asked no longer, and nothing is known."""
    os.mkfifo(repository / "pipe")
    with (repository / ".git/config").open("a") as config:
        config.write(f"[include]\n\tpath = {repository}/pipe\n")
    monkeypatch.setattr(git, "_SECONDS", 0.5)
    opened = find_repository(repository)
    assert opened
    assert not opened.tracks(repository / "source/deck.lock")


def test_a_folder_that_poses_as_a_repository_is_none(tmp_path: Path) -> None:
    """Four ordinary files in source/ do not make it a repository of its own."""
    source = tmp_path / "source"
    (source / "objects").mkdir(parents=True)
    (source / "refs").mkdir()
    (source / "HEAD").write_text("ref: refs/heads/main\n")
    (source / "config").write_text(
        "[core]\nrepositoryformatversion = 0\nbare = false\nworktree = .\n"
        f'fsmonitor = "touch {tmp_path}/RAN; false"\n'
    )
    assert find_repository(source) is None
