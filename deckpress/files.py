"""Files on disk: written whole or not at all, and found under a name that is nearly theirs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from deckpress.errors import DeckError, Location, did_you_mean, error


def did_you_mean_file(path: Path) -> str:
    """Return `, did you mean "…"?` for the nearest name beside a path that is not there."""
    names = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    return did_you_mean(path.name, names)


def write_whole(contents: Mapping[Path, bytes]) -> None:
    """Write files beside their targets, then rename them into place, in the order given.

    A target that already has these bytes is left alone. Raises DeckError, with nothing written, if
    one of them cannot be written.
    """
    beside: dict[Path, Path] = {}
    try:
        for target, data in contents.items():
            if not (target.is_file() and target.read_bytes() == data):
                beside[target] = _write_beside(target, data)
        for target, temporary in beside.items():
            temporary.replace(target)
    except OSError as problem:
        message = f"cannot be written: {(problem.strerror or str(problem)).lower()}"
        raise DeckError([error(Location(str(target)), message)]) from problem
    finally:
        for temporary in beside.values():
            temporary.unlink(missing_ok=True)


def _write_beside(target: Path, data: bytes) -> Path:
    if target.is_dir():
        raise DeckError([error(Location(str(target)), "cannot be written: it is a folder")])
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
