"""A folder → the Markdown files in it and below it, with their texts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from deckpress.errors import Location, Problem, error, reason_of, warning
from deckpress.filesystem import did_you_mean_file, is_inside, list_folder, read_regular

MARKDOWN = frozenset({".md", ".markdown"})
SETTINGS = "deck.toml"
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
    paths = _find_files(folder, root, problems)
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


def _find_files(folder: Path, root: Path, problems: list[Problem]) -> list[Path]:
    """Return the files that hold notes. No folder is read twice, though links lead to it.

    Links are followed last, so that a file is known by its own path where it has one.
    """
    files: list[Path] = []
    links: list[Path] = []
    seen: set[str] = set()
    folders = [folder]
    while folders or links:
        below = folders.pop() if folders else links.pop(0)
        place = os.path.realpath(below)
        if place in seen:
            continue
        seen.add(place)
        listed = list_folder(folder, root) if below == folder else _list(below, root, problems)
        for path in listed:
            if _is_for_people(path):
                continue
            if not path.is_dir():
                files += [path] if path.suffix.lower() in MARKDOWN else []
            elif path.is_symlink():
                links.append(path)
            else:
                folders.append(path)
    return sorted(files)


def _list(folder: Path, root: Path, problems: list[Problem]) -> list[Path]:
    """Return what lies in a subfolder; nothing of one that is another deck's."""
    where = Location(str(folder))
    if not is_inside(folder, root):
        message = "not read: it leads out of the project: put a folder in its place"
        problems.append(warning(where, message))
        return []
    try:
        listed = list_folder(folder, root)
    except OSError as problem:
        problems.append(error(where, f"cannot be read: {reason_of(problem)}"))
        return []
    if folder / SETTINGS in listed:
        message = "not read: it has a deck.toml, and so is another deck"
        problems.append(warning(where, message))
        return []
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
