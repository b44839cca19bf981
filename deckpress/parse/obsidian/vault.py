"""The files of a project, found by their names alone, as Obsidian finds them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from deckpress.errors import did_you_mean, reason_of
from deckpress.filesystem import is_inside, read_regular
from deckpress.languages.scripts import normalize

_MARKDOWN = (".md", ".markdown")
_MOST_HINTS = 20
_SKIPPED = frozenset({"node_modules"})


class Found(NamedTuple):
    """The file that a name means, if there is one, and what is to be said of it."""

    path: Path | None
    message: str = ""


@dataclass
class Vault:
    """All files below a folder, but those that a dot hides."""

    root: Path
    _hints: int = 0
    """Names that are not there, and for which one was looked for that is like them."""

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        """The files by their names, in small letters."""
        found: dict[str, list[Path]] = {}
        for folder, below, names in os.walk(self.root):
            below[:] = sorted(each for each in below if each[0] != "." and each not in _SKIPPED)
            for name in sorted(names):
                found.setdefault(_key(name), []).append(Path(folder, name))
        return found

    def find(self, target: str, file: Path) -> Found:
        """Return the file that a note means by a name or a path, with its suffix or for a note.

        It is the path from the note's folder or from the vault's, or else the only file of that
        name; of several the nearest to the note.
        """
        names = (target, *(target + suffix for suffix in _MARKDOWN))
        for path in (folder / name for name in names for folder in (file.parent, self.root)):
            if _is_file(path) and is_inside(path, self.root):
                return Found(path)
        for name in names:
            if found := self._named(name):
                return _nearest(found, name, file)
        return Found(None, self._did_you_mean(target))

    def find_note(self, target: str, file: Path) -> Found:
        """Return the Markdown file that a note means by a name or a path."""
        found = self.find(target, file) if target else Found(file)
        if found.path and found.path.suffix.lower() not in _MARKDOWN:
            return Found(None)
        return found

    def read(self, path: Path) -> tuple[str, str]:
        """Return what a file says, or else why it cannot be read."""
        try:
            text = read_regular(path, self.root).decode("utf-8-sig")
        except OSError as problem:
            return "", f"cannot be read: {reason_of(problem)}"
        except UnicodeDecodeError:
            return "", "is not UTF-8: save the file as UTF-8"
        return text.replace("\r\n", "\n").replace("\r", "\n"), ""

    def _named(self, name: str) -> list[Path]:
        """Return the files that have a name, and end with its folders if it has some."""
        parts = [_key(part) for part in name.split("/") if part]
        alike = self._by_name.get(parts[-1], []) if parts else []
        return [path for path in alike if _ends_with(path, parts)]

    def _did_you_mean(self, target: str) -> str:
        self._hints += 1
        if self._hints > _MOST_HINTS:
            return ""
        name = target.rpartition("/")[2]
        return did_you_mean(name, self._shown_names(with_suffix="." in name))

    def _shown_names(self, *, with_suffix: bool) -> Iterator[str]:
        for paths in self._by_name.values():
            for path in paths[:1]:
                is_note = path.suffix.lower() in _MARKDOWN
                if is_note or with_suffix:
                    yield path.stem if is_note else path.name


def _key(name: str) -> str:
    return normalize("NFC", name).casefold()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or one that no file can have
        return False


def _ends_with(path: Path, parts: Sequence[str]) -> bool:
    return [_key(part) for part in path.parts[-len(parts) :]] == list(parts)


def _nearest(found: Sequence[Path], name: str, file: Path) -> Found:
    """Return the file to which the way is shortest; with a message if there are others."""
    ways = sorted((len(_way(path, file).parts), str(path), path) for path in found)
    path = ways[0][2]
    if len(ways) == 1:
        return Found(path)
    others = ", ".join(str(_way(other, file)) for *_, other in ways[1:4])
    message = f"{name} is the name of {len(found)} files: took {_way(path, file)}, not {others}"
    return Found(path, f"{message}; write its path if another is meant")


def _way(path: Path, file: Path) -> Path:
    return Path(os.path.relpath(path, file.parent))
