"""What is built with what earlier runs remember is, to the byte, what is built from nothing."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress import result_cache as cache_module
from deckpress.formulas import skip_formula_check
from deckpress.lock.store import BuildOptions
from deckpress.pipeline import build
from deckpress.pipeline import compile_files as compile_module
from deckpress.pipeline.compile_file import read_file
from deckpress.pipeline.compile_files import Compiler
from deckpress.pipeline.workspace import Workspace
from deckpress.project.opening import open_project
from deckpress.result_cache import NAME, ResultCache
from tests.support.edited_projects import NAMES, Author, Edit, all_of, edits, look
from tests.support.projects import DECK_TOML, NOON, PIXEL, config, write


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files remembered that were written just now, as an author's mostly were not."""
    monkeypatch.setattr(compile_module, "_FRESH", 0)


@pytest.mark.usefixtures("_at_once")
@given(edits)
@settings(max_examples=20)
def test_whatever_is_edited_the_build_is_the_one_from_nothing(history: list[Edit]) -> None:
    """After each edit, the messages, the lock and the package's bytes are those of a first run."""
    with tempfile.TemporaryDirectory() as folder:
        root, author = Path(folder, "deck"), Author(Path(folder, "deck"))
        cache = ResultCache(Path(folder, "cache"))
        warm = Workspace(
            lambda: open_project(root), BuildOptions(tells_all=True), typeset=skip_formula_check
        )
        for step, edit in enumerate([None, *history, None]):
            changed = author.edit(edit) if edit else None
            prepared, expected = look(root, None, NOON + step)
            assert look(root, Compiler(cache), NOON + step)[1] == expected
            assert all_of(warm.update(changed, NOON + step)) == expected
            if not prepared.has_errors(strict=False):
                build(prepared, root / "dist")


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    """Return a project of which all can be remembered."""
    notes = {
        f"source/{name}": f"1. What is {name}?\n\n   It is *{name}*.\n\n2. And ==x== of {name}?\n"
        for name in NAMES
    }
    write(tmp_path / "deck", {"source/deck.toml": DECK_TOML, **notes})
    return tmp_path / "deck"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that are compiled, as they are."""
    names: list[str] = []
    read = read_file

    def noted(source: object, *arguments: object) -> object:
        names.append(source.path.name)  # type: ignore[attr-defined]
        return read(source, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(compile_module, "read_file", noted)
    return names


@pytest.mark.usefixtures("_at_once")
def test_a_picture_that_asks_is_remembered_with_its_gaps(deck: Path, tmp_path: Path) -> None:
    """The second build has the cards of the first one, though no file is rendered again."""
    asks = '![a dot](dot.png) <!-- ask="Left: rect 0% 0% 50% 100%; All: rect 0 0 1 1" -->'
    files: dict[str, str | bytes] = {
        "source/one.md": f"1. Which half?\n\n   {asks}\n",
        "source/dot.png": PIXEL,
    }
    write(deck, files)
    cache = ResultCache(tmp_path / "cache")
    prepared, first = look(deck, Compiler(cache))
    assert look(deck, Compiler(cache))[1] == first
    assert [note.card_numbers for note in prepared.notes if "dot" in note.fields] == [(0, 1)]


def test_only_what_changed_is_compiled(deck: Path, tmp_path: Path, compiled: list[str]) -> None:
    """Of a project that is the same no file is read again; of one edit, only that file."""
    cache = ResultCache(tmp_path / "cache")
    look(deck, Compiler(cache))
    assert sorted(compiled) == sorted(Path(name).name for name in NAMES)
    compiled.clear()
    look(deck, Compiler(cache))
    assert compiled == []
    (deck / "source/two.md").write_text("1. Changed?\n\n   Yes.\n")
    look(deck, Compiler(cache))
    assert compiled == ["two.md"]
    write(deck, {"source/deck.toml": config(version='"2.0.0"', description='"Other."')})
    look(deck, Compiler(cache))
    assert compiled == ["two.md"]
    write(deck, {"source/deck.toml": config(language='"zh-CN"')})
    look(deck, Compiler(cache))
    assert len(compiled) == 1 + len(NAMES)


def test_that_questions_are_known_now_compiles_few_files_again(
    deck: Path, tmp_path: Path, compiled: list[str]
) -> None:
    """After a build learners know its questions: only a file that reads otherwise then is read."""
    unlike = "# Rivers\n\n## 1. Basics\n\n<br>\n\n## What is a source?\n\nWhere it begins.\n"
    (deck / "source/two.md").write_text(unlike)
    cache = ResultCache(tmp_path / "cache")
    build(look(deck, Compiler(cache))[0], deck / "dist")
    compiled.clear()
    look(deck, Compiler(cache))
    assert compiled == ["two.md"]
    (deck / "source/one.md").write_text("1. Another question?\n\n   Yes.\n")
    build(look(deck, Compiler(cache))[0], deck / "dist")
    compiled.clear()
    look(deck, Compiler(cache))
    assert compiled == []


def test_what_hangs_on_a_missing_picture_is_not_remembered(
    deck: Path, tmp_path: Path, compiled: list[str]
) -> None:
    """A picture that comes later is seen, though the text that shows it is the same."""
    (deck / "source/two.md").write_text("1. One?\n\n   ![a dot](dot.png)\n")
    cache = ResultCache(tmp_path / "cache")
    assert look(deck, Compiler(cache))[0].has_errors(strict=False)
    compiled.clear()
    (deck / "source/dot.png").write_bytes(PIXEL)
    assert look(deck, Compiler(cache))[0].diagnostics == ()
    assert compiled == ["two.md"]


@pytest.mark.usefixtures("_at_once")
def test_a_picture_that_takes_anothers_place_is_seen(
    deck: Path, tmp_path: Path, compiled: list[str]
) -> None:
    """An address may mean several files: one that comes first is shown as soon as it is there."""
    (deck / "source/two.md").write_text("1. One?\n\n   ![a dot](a%20dot.png)\n")
    (deck / "source/a%20dot.png").write_bytes(PIXEL)
    cache = ResultCache(tmp_path / "cache")
    look(deck, Compiler(cache))
    compiled.clear()
    look(deck, Compiler(cache))
    assert compiled == []
    (deck / "source/a dot.png").write_bytes(PIXEL + b"another")
    _, expected = look(deck, None)
    compiled.clear()
    assert look(deck, Compiler(cache))[1] == expected
    assert compiled == ["two.md"]


@pytest.mark.usefixtures("_at_once")
def test_a_picture_that_is_drawn_anew_is_seen(
    deck: Path, tmp_path: Path, compiled: list[str]
) -> None:
    """Learners get the picture that lies there now, though the text that shows it is the same."""
    (deck / "source/two.md").write_text("1. One?\n\n   ![a dot](dot.png)\n")
    (deck / "source/dot.png").write_bytes(PIXEL)
    cache = ResultCache(tmp_path / "cache")
    look(deck, Compiler(cache))
    (deck / "source/dot.png").write_bytes(PIXEL + b"another")
    _, expected = look(deck, None)
    compiled.clear()
    assert look(deck, Compiler(cache))[1] == expected
    assert compiled == ["two.md"]


def test_what_one_note_shows_of_another_is_seen(
    deck: Path, tmp_path: Path, compiled: list[str]
) -> None:
    """A note that shows another one is compiled again with it, and when a file comes or goes."""
    obsidian = "---\ndialect: obsidian\n---\n"
    (deck / "source/one.md").write_text(f"{obsidian}1. One?\n\n   ![[shown]]\n")
    (deck / "source/shown.md").write_text(f"{obsidian}1. Two?\n\n   Yes.\n")
    cache = ResultCache(tmp_path / "cache")
    look(deck, Compiler(cache))
    for edited in ("shown.md", "added.md"):
        (deck / "source" / edited).write_text(f"{obsidian}1. Of {edited}?\n\n   No.\n")
        _, expected = look(deck, None)
        compiled.clear()
        assert look(deck, Compiler(cache))[1] == expected
        assert sorted(compiled) == sorted(["one.md", edited])


def test_a_note_becomes_the_cloze_note_that_learners_have(
    deck: Path, tmp_path: Path, compiled: list[str]
) -> None:
    """What kind of note learners have is looked at again, also where another file had it."""
    (deck / "source/one.md").write_text("1. It is\n\n   ==this==.\n")
    cache = ResultCache(tmp_path / "cache")
    build(look(deck, None)[0], deck / "dist")
    look(deck, Compiler(cache))
    (deck / "source/four.md").write_text("1. It is ==this==.\n")
    build(look(deck, Compiler(cache))[0], deck / "dist")
    (deck / "source/four.md").write_text("1. Another?\n\n   Yes.\n")
    _, expected = look(deck, None)
    compiled.clear()
    assert look(deck, Compiler(cache))[1] == expected
    assert sorted(compiled) == ["four.md", "one.md"]


def test_a_result_that_was_changed_is_none(deck: Path, tmp_path: Path) -> None:
    """A word that became another one on the disk is on no card."""
    cache = ResultCache(tmp_path / "cache")
    _, expected = look(deck, Compiler(cache))
    with sqlite3.connect(tmp_path / "cache" / NAME) as connection:
        connection.execute(
            "UPDATE results SET value = CAST(replace(value, 'What', 'Which') AS BLOB)"
        )
        (changed,) = connection.execute("SELECT max(instr(value, 'Which')) FROM results").fetchone()
    assert changed
    assert look(deck, Compiler(cache))[1] == expected


def test_a_workspace_sees_the_lock_and_the_settings(deck: Path) -> None:
    """Notes that did not change get the dates of the lock and the tags of deck.toml as they are."""
    workspace = Workspace(
        lambda: open_project(deck), BuildOptions(tells_all=True), typeset=skip_formula_check
    )
    build(workspace.update(now=NOON), deck / "dist")
    lock = deck / "source/deck.lock"
    for now in range(NOON + 1, NOON + 4):
        workspace.update([], now)
    lock.write_text(lock.read_text().replace(f'"mod": {NOON}', f'"mod": {NOON + 7}'))
    assert all_of(workspace.update([lock], NOON + 9)) == look(deck, None, NOON + 9)[1]
    workspace.update([], NOON + 10)
    write(deck, {"source/deck.toml": config(tags='["all"]')})
    settings = deck / "source/deck.toml"
    assert all_of(workspace.update([settings], NOON + 11)) == look(deck, None, NOON + 11)[1]


def test_another_version_of_the_program_remembers_nothing(
    deck: Path, tmp_path: Path, compiled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that would read a text otherwise takes nothing from one that read it so."""
    cache = ResultCache(tmp_path / "cache")
    look(deck, Compiler(cache))
    compiled.clear()
    monkeypatch.setattr(compile_module, "program_digest", lambda: "another")
    look(deck, Compiler(cache))
    assert len(compiled) == len(NAMES)


@given(st.integers(0, 2**32), st.integers(1, 40))
@settings(max_examples=20)
def test_damage_makes_no_wrong_deck(seed: int, count: int) -> None:
    """Random bytes within the cache are found out: the deck is the one from nothing."""
    chance = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder, "deck"), ResultCache(Path(folder, "cache"))
        Author(root)
        (root / "source/four.md").unlink()
        _, expected = look(root, Compiler(cache))
        path = Path(folder, "cache", NAME)
        data = bytearray(path.read_bytes())
        for _ in range(count):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])
        assert look(root, Compiler(cache))[1] == expected
        assert look(root, Compiler(cache))[1] == expected


def test_bytes_that_were_made_up_are_no_result(deck: Path, tmp_path: Path) -> None:
    """Whoever writes into the cache, with a digest that fits, makes at most a build slower."""
    cache = ResultCache(tmp_path / "cache")
    _, expected = look(deck, Compiler(cache))
    with sqlite3.connect(tmp_path / "cache" / NAME) as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM results")]
    made_up = (b"", b"[]", b"{}", b"[[],[],[],[],[],[],{},[]]", b"\xff", b"[" * 100_000, b"1e999")
    for data in made_up:
        cache.write((key, data) for key in keys)
        assert look(deck, Compiler(cache))[1] == expected


def _cannot_write(folder: Path) -> Iterator[Mapping[str, str]]:
    (folder / "file").write_text("")
    yield {"a file in the folder's place": str(folder / "file")}
    (folder / "linked").mkdir()
    (folder / "linked" / NAME).symlink_to("/dev/full")
    yield {"a device": str(folder / "linked")}
    (folder / "text").mkdir()
    (folder / "text" / NAME).write_text("no database" * 1000)
    yield {"another file": str(folder / "text")}
    (folder / "folder" / NAME).mkdir(parents=True)
    yield {"a folder": str(folder / "folder")}


def test_where_nothing_can_be_kept_a_build_goes_on(deck: Path, tmp_path: Path) -> None:
    """A cache folder that is none, or full, or holds another's file costs time and nothing else."""
    _, expected = look(deck, None)
    for cases in _cannot_write(tmp_path):
        for folder in cases.values():
            for _ in range(2):
                assert look(deck, Compiler(ResultCache(Path(folder))))[1] == expected


def _build_on_a_full_disk(deck: Path, cache: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))
    look(deck, Compiler(ResultCache(cache)))


def _build_often(deck: Path, cache: Path) -> None:
    for _ in range(20):
        look(deck, Compiler(ResultCache(cache)))


def _start(work: object, *arguments: object) -> multiprocessing.process.BaseProcess:
    process = multiprocessing.get_context("fork").Process(target=work, args=arguments)  # type: ignore[arg-type]
    process.start()
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows neither fork nor such limits")
def test_full_disks_kills_and_other_builds_do_no_harm(deck: Path, tmp_path: Path) -> None:
    """Whatever ends a build, or runs beside it, the next one is the one from nothing."""
    cache = tmp_path / "cache"
    _, expected = look(deck, None)
    for _ in range(2):
        _start(_build_on_a_full_disk, deck, cache).join()
        assert look(deck, Compiler(ResultCache(cache)))[1] == expected
    for delay in (0.02, 0.05, 0.1, 0.2):
        (cache / NAME).unlink(missing_ok=True)
        process = _start(_build_often, deck, cache)
        process.join(delay)
        process.kill()
        process.join()
        assert look(deck, Compiler(ResultCache(cache)))[1] == expected
    (cache / NAME).unlink(missing_ok=True)
    both = [_start(_build_often, deck, cache) for _ in range(2)]
    _build_often(deck, cache)
    for process in both:
        process.join()
        assert process.exitcode == 0
    assert look(deck, Compiler(ResultCache(cache)))[1] == expected


def test_the_cache_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not asked for the longest makes room for what is new."""
    monkeypatch.setattr(cache_module, "MOST_BYTES", 100_000)
    cache = ResultCache(tmp_path)
    for index in range(40):
        monkeypatch.setattr("time.time", lambda day=index: NOON + 90_000 * day)
        cache.write([(f"{index}", os.urandom(10_000))])
        list(cache.read(["0"]))
    assert (tmp_path / NAME).stat().st_size < 250_000
    assert {"0", "39"} <= dict(cache.read(map(str, range(40)))).keys()
