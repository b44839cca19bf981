"""Files on disk: read only if they lie inside, written whole or not at all; and temporary ones."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from io import BufferedReader
from operator import attrgetter
from pathlib import Path

from deckpress.diagnostics import DeckError, Diagnostics, Location, did_you_mean, error, reason_of
from deckpress.file_locks import ForeignError, hold
from deckpress.signals import defer_sigint

_OURS = re.compile(r"(\.deckpress-[0-9a-f]{16})(?:\.(?:guard|[0-9]+))?")
MAX_TEXT = 32_000_000
"""Bytes of a text that a person wrote; no book has so many."""
_KINDS = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))
_READING = os.O_RDONLY
MARKDOWN = frozenset({".md", ".markdown"})
_SKIPPED = frozenset({"node_modules"})


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """Yield a path in a folder for temporary files: they are named so, with a suffix or without.

    They are removed afterwards. While this process lives it holds a guard beside them; what lies
    there without one was left by a process that was killed, and is removed first. Raises OSError if
    nothing can be written into the folder.
    """
    sweep(folder)
    guard = None
    while not guard:  # or another process swept it away when it was made and not yet held
        path = folder / f".deckpress-{os.urandom(8).hex()}"
        guard = hold(_guard_of(path))
    try:
        yield path
    finally:
        with defer_sigint():
            _remove_all(path)
            guard.release()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a new folder that only this user can read; it is removed afterwards."""
    with scratch(Path(tempfile.gettempdir())) as path:
        path.mkdir(mode=0o700)
        yield path


def sweep(folder: Path) -> None:
    """Remove the temporary files that processes which have died left in a folder."""
    for path in {folder / match[1] for match in map(_OURS.fullmatch, _names(folder)) if match}:
        with suppress(OSError, ForeignError):  # what is another user's, or on a read-only disk
            if guard := hold(_guard_of(path)):
                try:
                    _remove_all(path)
                finally:
                    guard.release()


def _names(folder: Path) -> list[str]:
    with suppress(OSError):  # not there yet, or not to be listed
        return [path.name for path in folder.iterdir()]
    return []


def _guard_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.guard")


def _remove_all(path: Path) -> None:
    """Remove the temporary files of a name; its guard stays for the moment."""
    for name in _names(path.parent):
        match, beside = _OURS.fullmatch(name), path.with_name(name)
        if match and match[1] == path.name and beside != _guard_of(path):
            _remove(beside)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


class UnsafeFileError(OSError):
    """A file that is neither read nor written: it lies outside, is no file, or is too large.

    Its `strerror` says which, in words that go on from "cannot be read: ".
    """


def is_inside(path: Path, root: Path) -> bool:
    """Return whether a path lies in a folder, or is it, once all links on the way are followed.

    A path that no file can have, since it holds a NUL, leads nowhere, and so not out.
    """
    try:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))
    except ValueError:
        return True


def leads_out(path: Path, root: Path) -> bool:
    """Return whether a path stands for a place in a folder, and a link leads it elsewhere."""
    is_named_inside = Path(os.path.abspath(path)).is_relative_to(os.path.abspath(root))  # noqa: PTH100
    return is_named_inside and not is_inside(path, root)


def open_regular(path: Path, root: Path | None = None) -> BufferedReader:
    """Return a file, open to be read; with a `root`, only if it lies in that folder (is_inside).

    Raises UnsafeFileError if it does not, or if it is a pipe or a device, which could be endless;
    and OSError if it is not there, or may not be read.
    """
    if root is not None and not is_inside(path, root):
        raise _unsafe(path, "it leads out of the project: copy the file into it")
    try:
        real = os.path.realpath(path)
        _check_regular(path, os.stat(real))  # a device must not even be opened  # noqa: PTH116
        descriptor = os.open(real, _READING)
    except ValueError as problem:
        raise _unsafe(path, "no file has such a name") from problem
    try:
        _check_regular(path, os.fstat(descriptor))
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


for _flag in ("O_BINARY", "O_CLOEXEC", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK"):
    _READING |= getattr(os, _flag, 0)  # what the system has of them


def _check_regular(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        kind = next((kind for is_it, kind in _KINDS if is_it(status.st_mode)), "a device")
        raise _unsafe(path, f"it is {kind}, not a file")


def _unsafe(path: Path, why: str) -> UnsafeFileError:
    return UnsafeFileError(errno.EPERM, why, str(path))


FileStatus = tuple[int, ...]
"""What changes when a file is written: empty where it is not known."""


def status_of(path: Path) -> FileStatus:
    """Return what tells that a file is the one it was; empty for none.

    It is asked before the file is read, so that what is written meanwhile counts as another one.
    """
    try:
        status = path.stat()
    except (OSError, ValueError):  # the latter for a name with a zero byte
        return ()
    return (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def read_regular(path: Path, root: Path | None = None, limit: int | None = MAX_TEXT) -> bytes:
    """Return what a file holds, of at most `limit` bytes. Raises what open_regular raises."""
    with open_regular(path, root) as file:
        data = file.read() if limit is None else file.read(limit + 1)
    if limit is not None and len(data) > limit:
        raise _unsafe(path, f"it has more than {limit // 1_000_000} MB")
    return data


def list_folder(folder: Path, root: Path) -> list[Path]:
    """Return what lies in a folder, by name; nothing if it is not there.

    Raises UnsafeFileError if the folder is not inside `root`, and OSError if it cannot be read.
    """
    if not is_inside(folder, root):
        raise _unsafe(folder, "it leads out of the project: put a folder in its place")
    try:
        return sorted(folder.iterdir(), key=attrgetter("name"))
    except (FileNotFoundError, NotADirectoryError):
        return []


def names_below(root: Path) -> Iterator[Path]:
    """Yield the files below a folder in the order of their names, but for what a dot hides."""
    for folder, below, names in os.walk(root):
        below[:] = sorted(child for child in below if child[0] != "." and child not in _SKIPPED)
        yield from (Path(folder, name) for name in sorted(names))


def digest_of_names(paths: Iterable[Path]) -> str:
    """Return what is another one for other files (`names_below`), or other texts in Markdown."""
    lines = (
        f"{path} {status_of(path) if path.suffix.lower() in MARKDOWN else ''}" for path in paths
    )
    return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()


def did_you_mean_file(path: Path) -> str:
    """Return `, did you mean "…"?` for the nearest name beside a path that is not there."""
    try:
        names = [beside.name for beside in path.parent.iterdir() if beside != path]
    except (OSError, ValueError):  # no folder, or none that may be listed
        names = []
    return did_you_mean(path.name, names)


def write_whole(contents: Mapping[Path, bytes], root: Path) -> None:
    """Write files beside their targets, then rename them into place, in the order given.

    No link on the way to a target may lead out of `root`; a target elsewhere is one that the user
    named. A target that is a link itself is replaced by a file. One that already has these bytes is
    left alone; one that is written again keeps its mode. Raises DeckError, with nothing written, if
    one of them cannot be written.
    """
    try:
        for target in contents:
            _check_folder(target, root)
        for folder in {target.parent for target in contents}:
            sweep(folder)
        with ExitStack() as stack:
            scratch_in = cache(lambda folder: stack.enter_context(scratch(folder)))
            beside: dict[Path, Path] = {}
            for target, data in contents.items():
                if not holds(target, data):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    name = f"{scratch_in(target.parent)}.{len(beside)}"
                    beside[target] = _write_beside(target, data, Path(name))
            with defer_sigint():  # a signal that comes now is heard when all of them are in place
                for target, temporary in beside.items():
                    temporary.replace(target)
    except OSError as problem:
        message = f"cannot be written: {reason_of(problem)}"
        raise DeckError([error(Location(str(target)), message)]) from problem


def read_manifest(manifest: Path, folder: Path) -> frozenset[str] | None:
    """Return the names of the files in a folder that a manifest, a list in JSON, says we wrote.

    A name that leads out of the folder is left out. None if there is no manifest that can be read.
    """
    import json  # here because a build has no manifest

    try:
        names = json.loads(read_regular(manifest, folder))
        return frozenset(name for name in names if is_inside(folder / name, folder))
    except (OSError, ValueError, TypeError):
        return None


def format_manifest(names: Iterable[str]) -> bytes:
    """Return the manifest of files, by their names in their folder."""
    import json

    return json.dumps(sorted(names), indent=1).encode()


def _check_folder(target: Path, root: Path) -> None:
    if leads_out(target.parent, root):
        raise _unsafe(target, "its folder leads out of the project: put a folder in its place")


def holds(target: Path, data: bytes) -> bool:
    """Return whether there is a file with these bytes, and not a link to one.

    Raises OSError if it cannot be read.
    """
    if target.is_symlink() or not target.is_file() or target.stat().st_size != len(data):
        return False
    return read_regular(target, limit=len(data)) == data


def _write_beside(target: Path, data: bytes, temporary: Path) -> Path:
    if target.is_dir():
        raise DeckError([error(Location(str(target)), "cannot be written: it is a folder")])
    with temporary.open("xb") as file:
        if target.is_file() and not target.is_symlink():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def read_text(path: Path, root: Path, diagnostics: Diagnostics) -> str | None:
    """Return what a file in UTF-8 says; None, with a problem added, if it cannot be read."""
    where = Location(str(path).encode("utf-8", "replace").decode())
    if where.file != str(path):
        diagnostics.append(error(where, "its name is not UTF-8: rename the file"))
        return None
    try:
        raw = read_regular(path, root)
    except FileNotFoundError:
        diagnostics.append(error(where, f"no such file{did_you_mean_file(path)}"))
        return None
    except OSError as problem:
        diagnostics.append(error(where, f"cannot be read: {reason_of(problem)}"))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        message = f"not UTF-8 (byte {problem.start + 1}): save the file as UTF-8"
        diagnostics.append(error(Location(str(path), line), message))
        return None
