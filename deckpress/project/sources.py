"""A folder → the Markdown files in it and below it, with their texts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deckpress.errors import Location, Problem, error, reason_of, warning
from deckpress.filesystem import did_you_mean_file, is_inside, list_folder, read_regular

MARKDOWN = frozenset({".md", ".markdown"})
_SETTINGS = ("deck.toml", "source/deck.toml")
"""What makes a folder the sources of a deck, or a project."""
_OF_PROGRAMS = frozenset({"node_modules"})
"""Folders that programs fill, though their names begin with neither a dot nor an underscore."""


@dataclass(frozen=True)
class Source:
    """One Markdown file."""

    path: Path
    text: str
    folders: tuple[str, ...] = ()
    """The names of the subfolders that it lies in, the outermost first."""


def read_sources(folder: Path, root: Path, problems: list[Problem]) -> tuple[Source, ...]:
    """Read the Markdown files in a folder and its subfolders, by their paths in name order.

    A README, and what has a name that begins with `_` or `.`, is for people. What cannot be read
    is added to `problems`. Raises OSError if the folder itself cannot be read.
    """
    paths = _Search(root, problems).find(folder)
    if not paths:
        message = (
            'no Markdown files here (a README, or a name that begins with "_" or ".", is not read '
            "as notes): add one, such as notes.md"
        )
        problems.append(error(Location(str(folder)), message))
    texts = ((path, read_text(path, root, problems)) for path in paths)
    return tuple(
        Source(path, text, path.relative_to(folder).parts[:-1])
        for path, text in texts
        if text is not None
    )


class _Search:
    """Finds the files that hold notes. No folder is read twice, though links lead to it.

    Links are followed last, so that a file is known by its own path where it has one.
    """

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self._root, self._problems = root, problems
        self._files: list[Path] = []
        self._folders: list[Path] = []
        self._links: list[Path] = []
        self._seen: set[str] = set()

    def find(self, folder: Path) -> list[Path]:
        """Return the files in a folder and its subfolders, by their paths in name order."""
        self._read(folder, list_folder(folder, self._root))
        while self._folders or self._links:
            below = self._folders.pop() if self._folders else self._links.pop(0)
            if os.path.realpath(below) not in self._seen:
                self._read(below, self._list(below))
        return sorted(self._files)

    def _read(self, folder: Path, listed: Iterable[Path]) -> None:
        self._seen.add(os.path.realpath(folder))
        for path in listed:
            if _is_for_people(path):
                continue
            if not path.is_dir():
                self._files += [path] if path.suffix.lower() in MARKDOWN else []
            elif path.is_symlink():
                self._links.append(path)
            else:
                self._folders.append(path)

    def _list(self, folder: Path) -> Sequence[Path]:
        """Return what lies in a subfolder; nothing of one that is another deck's."""
        where = Location(str(folder))
        if not is_inside(folder, self._root):
            message = "not read: it leads out of the project: put a folder in its place"
            self._problems.append(warning(where, message))
            return ()
        try:
            listed = list_folder(folder, self._root)
        except OSError as problem:
            self._problems.append(error(where, f"cannot be read: {reason_of(problem)}"))
            return ()
        if any(os.path.lexists(folder / each) for each in _SETTINGS):
            message = "not read: it has a deck.toml, and so is another deck"
            self._problems.append(warning(where, message))
            return ()
        return listed


def _is_for_people(path: Path) -> bool:
    is_readme = path.suffix.lower() in MARKDOWN and path.stem.lower() == "readme"
    return is_readme or path.name.startswith(("_", ".")) or path.name in _OF_PROGRAMS


def read_text(path: Path, root: Path, problems: list[Problem]) -> str | None:
    """Return what a file in UTF-8 says; None, with a problem added, if it cannot be read."""
    where = Location(str(path).encode("utf-8", "replace").decode())
    if where.file != str(path):
        problems.append(error(where, "its name is not UTF-8: rename the file"))
        return None
    try:
        raw = read_regular(path, root)
    except FileNotFoundError:
        problems.append(error(where, f"no such file{did_you_mean_file(path)}"))
        return None
    except OSError as problem:
        problems.append(error(where, f"cannot be read: {reason_of(problem)}"))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        message = f"not UTF-8 (byte {problem.start + 1}): save the file as UTF-8"
        problems.append(error(Location(str(path), line), message))
        return None
