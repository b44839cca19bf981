"""Fixtures and options of the tests; what they share otherwise is in `tests/support/`."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.cases import Case, Check
from tests.support.commands import Command, Run
from tests.support.forked_commands import Commands
from tests.support.kept_workers import KeptWorkers
from tests.support.projects import DECK_TOML

SLOW = frozenset(
    f"test_{name}.py"
    for name in (
        "accessibility active_html card_frame command deck deck_releases diagram_language "
        "diagram_layout diagram_painting diagram_workers diff_command diff_formats docs_commands "
        "editing exported_page flowchart_layout forked_commands formula_cache formula_command "
        "formula_messages formulas_over_cards fuzz fuzz_packages gaps git growth guards histories "
        "hostile_formulas hostile_packages hostile_projects html_maths identity importing in_anki "
        "in_browser init killed kills lines live_page lock_file obsidian output page phrases "
        "pictures plots png push readme release release_histories reporting result_cache "
        "shipped_deck signals signatures speaking stored streams subfolders takeover twins "
        "typeset_in_browser updates verify verify_apart workflows"
    ).split()
)
"""Files of tests that take seconds: with processes, browsers, Anki, MathJax or random input.

The others take half a minute together; `pytest -n0 --durations=0` tells which do not fit there.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `pytest --accept` write what the tests of the case files see, to be read in the diff.

    `pytest --fast` leaves out the files that are slow.
    """
    parser.addoption("--accept", action="store_true", help="write the expected output of the cases")
    parser.addoption("--fast", action="store_true", help="leave out the slow files of tests")


def pytest_configure() -> None:
    """Have Python keep what it compiles: hundreds of processes would each compile it anew.

    An example has no deadline: on a machine that does other things as well, it takes as it takes.
    """
    settings.register_profile("deckpress", deadline=None)
    settings.load_profile("deckpress")
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_xdist_auto_num_workers() -> int:
    """Run tests in one process more than there are processors: many wait for other processes."""
    return (os.cpu_count() or 1) + 1


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the slow files where only the fast ones are asked for."""
    return (config.getoption("--fast") and collection_path.name in SLOW) or None


def pytest_collection_finish() -> None:
    """Spare the garbage collector the thousands of tests, which live as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(autouse=True, scope="session")
def temporary_files_stay_in_the_tests_folder(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Keep temporary files, cache and settings off the machine's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("temporary")))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("settings")))
        patch.setattr(tempfile, "tempdir", None)
        yield


@pytest.fixture(autouse=True)
def nothing_is_remembered_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have builds in this process begin from nothing: a test may change what others rely on."""
    for module in ("inputs", "build_command"):
        monkeypatch.setattr(f"deckpress.cli.{module}.result_cache", lambda: None)


@pytest.fixture(autouse=True, scope="session")
def signals_are_heard() -> None:
    """Start processes that hear Ctrl-C, also where a script runs the tests in its background."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            default = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, default)


@pytest.fixture
def check_case(request: pytest.FixtureRequest) -> Check:
    """Compares what came of a case with what its file says; `--accept` writes it there before."""

    def check(case: Case, outcome: str) -> None:
        if request.config.getoption("--accept"):
            case.accept(outcome)
        else:
            assert outcome == case.expected

    return check


@pytest.fixture(scope="session")
def kept_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptWorkers]:
    """Processes that draw the pictures of many builds."""
    with closing(KeptWorkers(tmp_path_factory.mktemp("workers"))) as workers:
        yield workers


@pytest.fixture
def kept_processes_draw(kept_workers: KeptWorkers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have builds in this process draw by those, where it is not the processes that are tested."""
    monkeypatch.setattr("deckpress.workers.work_all", kept_workers.work_all)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one note, which is also the current folder."""
    folder = tmp_path / "project"
    (folder / "source").mkdir(parents=True)
    (folder / "source/deck.toml").write_text(DECK_TOML)
    (folder / "source/notes.md").write_text("1. One?\n\n   Yes.\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    """Runs the command in processes of their own."""
    with closing(Commands()) as commands:
        yield commands


@pytest.fixture
def deckpress(commands: Commands) -> Command:
    """The command as a user runs it, in a process of its own."""

    def run(*arguments: str | Path, **environment: str) -> Run:
        variables = {**os.environ, "PYTHONUTF8": "1", **environment}
        done = commands.run([*map(str, arguments)], variables)
        return Run(done.code, _text(done.out), _text(done.err))

    return run


def _text(written: bytes) -> str:
    return written.decode().replace("\r\n", "\n")
