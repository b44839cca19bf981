"""Work that copies of the process share: the same results, whatever becomes of the copies."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from deckpress import forked
from deckpress.forked import done_meanwhile, map_forked
from deckpress.markdown import walk
from deckpress.markdown.reader import read_markdown
from deckpress.pipeline import compile_files
from deckpress.pipeline.compile_files import Compiler
from deckpress.project import Dialect
from tests.support.edited_projects import NAMES, PIECES, Author, look
from tests.support.projects import write

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows knows no fork")
FIRST = os.getpid()


def square(number: int) -> tuple[int, int]:
    """Return a number's square, and which process worked it out."""
    return number * number, os.getpid()


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_each_item_is_worked_out_once(processes: int) -> None:
    """No number of processes, and no number of items, loses one or has one twice."""
    for count in (0, 1, 2, 300, 20_000):
        results = dict(map_forked(square, range(count), processes))
        assert [results[number][0] for number in range(count)] == [n * n for n in range(count)]


def test_copies_share_the_work() -> None:
    """With two processes, another one than this takes its part."""

    def slow(number: int) -> int:
        signal.sigtimedwait([], 0.01)
        return os.getpid()

    assert len(set(dict(map_forked(slow, range(40), 2)).values())) == 2


def _fail(number: int) -> int:
    if os.getpid() != FIRST:
        raise ValueError(number)
    return number


def _die(number: int) -> int:
    if os.getpid() != FIRST:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def _cannot_be_pickled(number: int) -> object:
    return (lambda: number) if os.getpid() != FIRST else number


def test_a_token_is_the_same_in_another_process() -> None:
    """What a token has found out about itself does not keep it from being handed on."""
    tokens = read_markdown("A *b* $c$.\n\n- d\n", "a.md", [], 1, Dialect.GITHUB).blocks
    assert "a" not in {token.text for token in walk(tokens) if token.types}
    assert pickle.loads(pickle.dumps(tokens)) == tokens


@pytest.mark.parametrize("work", [_fail, _die, _cannot_be_pickled])
def test_what_a_copy_does_not_bring_is_worked_out_here(
    work: Callable[[int], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that fails, is killed or cannot say its results costs time alone."""
    monkeypatch.setattr(f"{__name__}.FIRST", os.getpid())
    assert sorted(map_forked(work, range(50), 3)) == [(number, number) for number in range(50)]


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of the copies that are made, as they are."""
    numbers: list[int] = []
    fork = os.fork

    def noted() -> int:
        number = fork()
        numbers.append(number)
        return number

    monkeypatch.setattr(os, "fork", noted)
    return numbers


def is_left(number: int) -> bool:
    """Return whether a process is there, or has ended and nobody knows."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_what_fails_here_is_raised(copies: list[int]) -> None:
    """An item that no process can work out raises what it raises; no copy is left."""

    def fail(number: int) -> int:
        raise ValueError(number)

    with pytest.raises(ValueError, match=r"[0-2]"):
        list(map_forked(fail, range(3), 3))
    assert len(copies) == 2
    assert not any(map(is_left, copies))


@pytest.mark.parametrize("processors", [1, 2])
def test_what_is_done_meanwhile_is_done_when_the_block_ends(
    processors: int, tmp_path: Path, copies: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is done by a copy of this process, or where there is one processor by this one before."""
    monkeypatch.setattr(forked, "count_processors", lambda: processors)
    monkeypatch.setattr(forked, "may_fork", lambda: True)  # whatever threads other tests have left
    with done_meanwhile((tmp_path / "done").touch):
        pass
    assert (tmp_path / "done").exists()
    assert len(copies) == processors - 1
    assert not any(map(is_left, copies))


def test_a_copy_that_is_killed_meanwhile_stops_nobody(copies: list[int]) -> None:
    """What it was to do is not done then, which nobody needs to know."""
    with done_meanwhile(lambda: _die(0)):
        pass
    assert not any(map(is_left, copies))


def test_who_stops_early_leaves_no_copy(copies: list[int]) -> None:
    """Copies end when nobody wants their results any more."""
    results = map_forked(square, range(5_000), 3)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(copies) == 2
    assert not any(map(is_left, copies))


def test_any_number_of_processes_builds_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages, lock and package are those of one process, also where notes show one another."""
    root = tmp_path / "deck"
    author = Author(root)
    for which in range(len(NAMES)):
        for piece in range(len(PIECES)):
            author.edit(("add", which, piece))
    for name in ("a", "b", "c", "d"):
        text = f"---\ndialect: obsidian\n---\n1. Of {name}?\n\n   ![[two#none]] ![[no {name}]]\n"
        write(root, {f"source/{name}.md": text})
    _, expected = look(root, None)
    monkeypatch.setattr(compile_files, "may_fork", lambda: True)
    monkeypatch.setattr(compile_files, "_WORTH_A_PROCESS", 1)
    for processes in (2, 3):
        monkeypatch.setattr(compile_files, "count_processors", lambda count=processes: count)
        assert look(root, Compiler())[1] == expected
