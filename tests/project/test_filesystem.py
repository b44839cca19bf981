"""Files are read only if they lie inside, and written whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from deckpress.diagnostics import DeckError
from deckpress.filesystem import UnsafeFileError, list_folder, read_regular, scratch, write_whole


def names_in(folder: Path) -> set[str]:
    """Return the names of all that lies in a folder."""
    return {path.name for path in folder.iterdir()}


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    """New and old targets get their bytes, and nothing else is left."""
    old, new = tmp_path / "deck.lock", tmp_path / "a/b/deck.apkg"
    old.write_bytes(b"old")
    write_whole({old: b"lock", new: b"package"}, tmp_path)
    assert (old.read_bytes(), new.read_bytes()) == (b"lock", b"package")
    assert names_in(tmp_path) == {"deck.lock", "a"}
    assert names_in(new.parent) == {"deck.apkg"}


def test_an_unchanged_target_is_not_touched(tmp_path: Path) -> None:
    """A target that has these bytes stays the same file, while the others are written."""
    same, changed = tmp_path / "deck.lock", tmp_path / "deck.apkg"
    write_whole({same: b"lock", changed: b"package"}, tmp_path)
    before = same.stat()
    write_whole({same: b"lock", changed: b"changed"}, tmp_path)
    after = same.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert changed.read_bytes() == b"changed"


def make_folder(path: Path) -> None:
    """Put a folder where a file should go."""
    path.mkdir(parents=True)


def make_file_of_the_folder(path: Path) -> None:
    """Put a file where the target's folder should be."""
    path.parent.write_bytes(b"")


@pytest.mark.parametrize("stand_in_the_way", [make_folder, make_file_of_the_folder])
@pytest.mark.parametrize("is_first", [True, False])
def test_all_targets_are_written_or_none(
    is_first: bool, stand_in_the_way: Callable[[Path], None], tmp_path: Path
) -> None:
    """If one target cannot be written, no other one is, and the message names it."""
    good, bad = tmp_path / "deck.lock", tmp_path / "dist/deck.apkg"
    good.write_bytes(b"old")
    stand_in_the_way(bad)
    targets = (bad, good) if is_first else (good, bad)
    with pytest.raises(DeckError, match=r"dist/deck\.apkg: cannot be written: "):
        write_whole(dict.fromkeys(targets, b"new"), tmp_path)
    assert good.read_bytes() == b"old"
    assert names_in(tmp_path) == {"deck.lock", "dist"}


@pytest.mark.parametrize("data", [b"same", b"changed"])
def test_what_a_killed_build_left_is_removed(data: bytes, tmp_path: Path) -> None:
    """Temporary files of a process that has died go; no file goes that is a person's."""
    target = tmp_path / "deck.lock"
    target.write_bytes(b"same")
    left, names = f".deckpress-{'a' * 16}", {".deck.lock.1", ".deckpress-a.1", ".deckpress-x.lock"}
    for name in (*names, f"{left}.guard", f"{left}.0", f"{left}.1"):
        (tmp_path / name).write_bytes(b"half" if name != f"{left}.guard" else b"")
    write_whole({target: data}, tmp_path)
    assert names_in(tmp_path) == {"deck.lock", *names}
    assert target.read_bytes() == data


def test_what_another_process_is_writing_stays(tmp_path: Path) -> None:
    """Two processes may write into one folder at once, and the same file even."""
    target = tmp_path / "formulas.json"
    with scratch(tmp_path) as running:
        theirs = running.with_name(f"{running.name}.0")
        theirs.write_bytes(b"half")
        write_whole({target: b"ours"}, tmp_path)
        assert theirs.read_bytes() == b"half"
        assert names_in(tmp_path) == {target.name, theirs.name, f"{running.name}.guard"}
    assert names_in(tmp_path) == {target.name}


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o400])
def test_a_file_that_is_written_again_keeps_its_mode(mode: int, tmp_path: Path) -> None:
    """What its owner kept private stays so."""
    target = tmp_path / "deck.lock"
    target.write_bytes(b"old")
    target.chmod(mode)
    write_whole({target: b"new"}, tmp_path)
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"new", mode)


def refusals(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    """Return paths below `tmp_path / "deck"` that must not be read, and why; made on disk."""
    deck, outside = tmp_path / "deck", tmp_path / "private"
    deck.mkdir()
    outside.mkdir()
    (outside / "diary.md").write_text("private")
    (deck / "link.md").symlink_to(outside / "diary.md")
    (deck / "folder").symlink_to(outside)
    (deck / "loop.md").symlink_to("loop.md")
    (deck / "zero.md").symlink_to("/dev/zero")
    os.mkfifo(deck / "pipe.md")
    (deck / "large.md").write_bytes(b"x" * 2_000_001)
    out = "it leads out of the project: copy the file into it"
    return {
        "a link out of it": (deck / "link.md", out),
        "a folder out of it": (deck / "folder/diary.md", out),
        "two dots": (deck / "../private/diary.md", out),
        "an absolute path": (deck / outside / "diary.md", out),
        "a device": (deck / "zero.md", out),
        "a link to itself": (deck / "loop.md", os.strerror(errno.ELOOP)),
        "a pipe": (deck / "pipe.md", "it is a named pipe, not a file"),
        "a NUL": (deck / "a\0.md", "no file has such a name"),
        "a folder": (deck, os.strerror(errno.EISDIR)),
        "a name too long": (deck / ("a" * 300), os.strerror(errno.ENAMETOOLONG)),
        "too many bytes": (deck / "large.md", "it has more than 2 MB"),
        "nothing": (deck / "none.md", os.strerror(errno.ENOENT)),
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither pipes in folders nor these errors")
def test_only_files_that_lie_inside_are_read(tmp_path: Path) -> None:
    """A stranger's folder cannot have anything read that lies elsewhere, or has no end."""
    for path, why in refusals(tmp_path).values():
        with pytest.raises(OSError, match=re.escape(why)):
            read_regular(path, tmp_path / "deck", limit=2_000_000)
    inside = tmp_path / "deck/notes.md"
    inside.write_text("notes")
    (tmp_path / "deck/same.md").symlink_to("notes.md")
    assert read_regular(tmp_path / "deck/same.md", tmp_path / "deck") == b"notes"


def test_a_device_is_not_read_wherever_it_lies() -> None:
    """What has no end is not read, even where the author names it."""
    with pytest.raises(UnsafeFileError, match="it is a device, not a file"):
        read_regular(Path(os.devnull))


def test_a_folder_that_leads_out_is_not_listed(tmp_path: Path) -> None:
    """What lies elsewhere is not even listed; a folder that is not there holds nothing."""
    (tmp_path / "deck").mkdir()
    (tmp_path / "deck/dist").symlink_to(tmp_path)
    with pytest.raises(UnsafeFileError, match="it leads out of the project: put a folder"):
        list_folder(tmp_path / "deck/dist", tmp_path / "deck")
    assert list_folder(tmp_path / "deck/none", tmp_path / "deck") == []


def test_nothing_is_written_through_a_folder_that_leads_out(tmp_path: Path) -> None:
    """A stranger's folder cannot have anything written elsewhere, and nothing else is written."""
    deck, outside = tmp_path / "deck", tmp_path / "private"
    deck.mkdir()
    outside.mkdir()
    (deck / "media").symlink_to(outside)
    with pytest.raises(DeckError) as caught:
        write_whole({deck / "deck.lock": b"", deck / "media/diagrams/a.png": b""}, deck)
    assert str(caught.value) == (
        f"{deck}/media/diagrams/a.png: cannot be written: its folder leads out of the project: put "
        "a folder in its place"
    )
    assert names_in(deck) == {"media"}
    assert names_in(outside) == set()


def test_a_link_is_replaced_and_what_it_leads_to_is_kept(tmp_path: Path) -> None:
    """What a target that is a link leads to is neither changed nor read."""
    (tmp_path / "mine").write_bytes(b"same")
    target = tmp_path / "deck.apkg"
    target.symlink_to(tmp_path / "mine")
    write_whole({target: b"same"}, tmp_path)
    assert not target.is_symlink()
    assert (target.read_bytes(), (tmp_path / "mine").read_bytes()) == (b"same", b"same")
