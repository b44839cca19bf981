"""A folder's name → the files of a new project: a deck with a note of each kind, and its tests.

The files lie in `template/`: those of `any` go into every project, those of `en` or `zh` into one
whose notes are in that language. `dot-` at the start of a name there stands for the dot of a hidden
file, which packaging tools and git would take for an instruction of our own.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from string import Template

from deckpress.diagnostics import DeckError, Diagnostic, Location, error
from deckpress.filesystem import write_whole
from deckpress.languages import guess_language
from deckpress.project.names import check_deck_name, derive_title, derive_unique_id
from deckpress.project.settings import is_language

_NAMED = ("README.md", "source/deck.toml")
"""The files that speak of the deck by its name."""
_MADE_LATER = ("dist", "media")
"""Folders that belong to a project, though it begins without them."""
_LONGEST_ID = 60
"""Characters of an id, so that the names of packages stay below the 255 bytes of a file's name."""


@dataclass(frozen=True)
class NewProject:
    """A project that was made."""

    folder: Path
    language: str
    """The BCP 47 tag of its notes' language."""
    paths: tuple[Path, ...]
    """All its files."""


def create_project(folder: Path, language: str | None = None) -> NewProject:
    """Write a new project into a folder, which is made if it is not there.

    The deck is called as the folder is; without a `language`, a BCP 47 tag, that name's letters
    tell it. Raises DeckError, with nothing written, if the project would meet files of the folder,
    or if it cannot be written.
    """
    name = unicodedata.normalize("NFC", folder.resolve().name)
    language = language or guess_language(name)
    contents = {folder / path: data for path, data in project_files(name, language).items()}
    diagnostics = [*_check_language(language), *_check_folder(folder)]
    diagnostics += _check_room(folder, contents)
    if diagnostics:
        raise DeckError(diagnostics)
    _write_or_leave_nothing(contents, folder)
    return NewProject(folder, language, tuple(contents))


def project_files(name: str, language: str) -> Mapping[PurePosixPath, bytes]:
    """Return the files of a new project, by their paths in it, for a deck that has a name."""
    template = files(__name__) / "template"
    spoken = "zh" if language.split("-")[0].lower() == "zh" else "en"
    texts = dict(_read_tree(template / spoken)) | dict(_read_tree(template / "any"))
    values = _values(name, language)
    named = {path: Template(texts[path]).substitute(values) for path in map(PurePosixPath, _NAMED)}
    return {path: text.encode() for path, text in sorted((texts | named).items())}


def _read_tree(folder: Traversable, above: str = "") -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the files below a folder of the template, by their paths in the project."""
    for entry in folder.iterdir():
        path = PurePosixPath(above, re.sub("^dot-", ".", entry.name))
        if entry.is_file():
            yield path, entry.read_text(encoding="utf-8")
        elif entry.name != "__pycache__":  # what pip leaves beside the Python that it installs
            yield from _read_tree(entry, str(path))


def _values(name: str, language: str) -> Mapping[str, str]:
    """Return what the template says of the deck: id and name, as they are and in TOML's quotes."""
    printable = "".join(char if char.isprintable() else " " for char in name)
    title = derive_title(printable)
    title = f"{title} deck" if check_deck_name(title) else title
    deck_id = derive_unique_id(name, _LONGEST_ID)
    quoted = {"quoted_id": _quote_toml(deck_id), "quoted_name": _quote_toml(title)}
    return {"id": deck_id, "name": title, "language": language, **quoted}


def _quote_toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _check_language(language: str) -> Iterator[Diagnostic]:
    if not is_language(language):
        message = f'"{language}" must be a BCP 47 tag, as in en or zh-CN'
        yield error(Location("--language"), message)


def _check_folder(folder: Path) -> Iterator[Diagnostic]:
    where = Location(str(folder).encode("utf-8", "replace").decode())
    if where.file != str(folder):
        yield error(where, "its name is not UTF-8: name another folder")
    elif os.path.lexists(folder) and not folder.is_dir():
        yield error(where, "is a file: name a folder")
    elif not folder.resolve().name:
        yield error(where, "is all of a disk: name a folder")


def _check_room(folder: Path, targets: Mapping[Path, bytes]) -> Iterator[Diagnostic]:
    """Yield what a new project would meet in a folder: files and folders with its own names."""
    names = {target.relative_to(folder).parts[0] for target in targets}
    for path in (folder / name for name in sorted(names.union(_MADE_LATER))):
        if _is_in_the_way(path, is_file=path in targets):
            message = "is in the way: move it elsewhere, or name another folder"
            yield error(Location(str(path)), message)


def _is_in_the_way(path: Path, *, is_file: bool) -> bool:
    """Return whether something keeps a file or folder from being made; an empty folder does not.

    A link that leads nowhere is something, too.
    """
    if path.is_dir() and not is_file:
        return any(path.iterdir())
    return os.path.lexists(path)


def _write_or_leave_nothing(contents: Mapping[Path, bytes], folder: Path) -> None:
    """Write files that are not there yet; if one cannot be written, remove the others again."""
    folders = {above for path in contents for above in path.parents if not above.exists()}
    try:
        write_whole(contents, folder)
    except BaseException:
        for path in contents:
            with suppress(OSError):
                path.unlink()
        for path in sorted(folders, reverse=True):  # the inner ones first
            with suppress(OSError):
                path.rmdir()
        raise
