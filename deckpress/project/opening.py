"""A folder or a file → the project to be built, with the texts of its Markdown files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from deckpress.diagnostics import (
    DeckError,
    Diagnostic,
    Diagnostics,
    Location,
    error,
    reason_of,
    warning,
)
from deckpress.filesystem import MARKDOWN, is_inside, list_folder, read_text
from deckpress.languages import guess_language, normalize
from deckpress.project import Deck, Project, Source
from deckpress.project.names import name_standalone_source
from deckpress.project.settings import read_settings

_SETTINGS = ("deck.toml", "source/deck.toml")
"""What makes a folder the sources of a deck, or a project."""
_OF_PROGRAMS = frozenset({"node_modules"})
"""Folders that programs fill, though their names begin with neither a dot nor an underscore."""
_LONG_ENOUGH = 500_000
"""Characters that tell the language of a deck, as long as a novel."""
DEFAULT_VERSION = "1.0.0"
"""The version of a deck that has no deck.toml to say it."""
_UNREAD = Deck("deck", "deck", DEFAULT_VERSION, "en", description="")
"""What stands for a deck as long as nothing says what it is."""


class Opened(NamedTuple):
    """A project as it was read, and what is wrong with its files."""

    project: Project
    diagnostics: Diagnostics


def read_sources(folder: Path, root: Path, diagnostics: Diagnostics) -> tuple[Source, ...]:
    """Read the Markdown files in a folder and its subfolders, by their paths in name order.

    A README, and what has a name that begins with `_` or `.`, is for people. What cannot be read
    is added to `diagnostics`. Raises OSError if the folder itself cannot be read.
    """
    paths = _Search(root, diagnostics).find(folder)
    if not paths:
        message = (
            'no Markdown files here (a README, or a name that begins with "_" or ".", is not read '
            "as notes): add one, such as notes.md"
        )
        diagnostics.append(error(Location(str(folder)), message))
    texts = ((path, read_text(path, root, diagnostics)) for path in paths)
    return tuple(
        Source(path, text, path.relative_to(folder).parts[:-1])
        for path, text in texts
        if text is not None
    )


class _Search:
    """Finds the files that hold notes. No folder is read twice, though links lead to it.

    Links are followed last, so that a file is known by its own path where it has one.
    """

    def __init__(self, root: Path, diagnostics: Diagnostics) -> None:
        self._root, self._problems = root, diagnostics
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
        if any(os.path.lexists(folder / name) for name in _SETTINGS):
            message = "not read: it has a deck.toml, and so is another deck"
            self._problems.append(warning(where, message))
            return ()
        return listed


def _is_for_people(path: Path) -> bool:
    is_readme = path.suffix.lower() in MARKDOWN and path.stem.lower() == "readme"
    return is_readme or path.name.startswith(("_", ".")) or path.name in _OF_PROGRAMS


def locate_project(folder: Path) -> Project:
    """Return the project in a folder that holds `source/deck.toml`, with none of its files read.

    Raises DeckError if there is no such file, and OSError if the folder of its sources cannot be
    read, or leads out of the project.
    """
    source = folder / "source"
    config = source / "deck.toml"
    if not os.path.lexists(config):
        message = (
            "no such file: name a Markdown file to build, or a project by --project DIR; init "
            "FOLDER makes one"
        )
        raise DeckError([error(Location(str(config)), message)])
    list_folder(source, folder)
    lock, output = source / "deck.lock", folder / "dist"
    return Project(_UNREAD, (), folder, config, lock, output)


def open_project(folder: Path) -> Opened:
    """Return the project in a folder that holds `source/deck.toml`, and what is wrong with it.

    Where deck.toml cannot be read the project has made-up settings, so that what is wrong in the
    notes can be told in the same run. Raises DeckError if there is no such file.
    """
    project = locate_project(folder)
    diagnostics: Diagnostics = []
    settings = read_settings(project.settings, folder, diagnostics)
    sources = read_sources(folder / "source", folder, diagnostics)
    opened = replace(
        project,
        deck=settings.deck or _derive_deck("deck", sources),
        sources=sources,
        macros=settings.macros,
        terms=settings.terms,
        scripts=settings.scripts,
        reading=settings.reading,
        editor=settings.editor,
        is_made_up=settings.deck is None,
    )
    return Opened(opened, diagnostics)


def locate_standalone(path: Path) -> Project:
    """Return the project for a Markdown file, or a folder of them, with none of them read.

    A folder that has a deck.toml is located as the project it is. Raises what locate_project
    raises.
    """
    if (path / "source" / "deck.toml").is_file():
        return locate_project(path)
    if (path / "deck.toml").is_file() and path.absolute().name == "source":
        return locate_project(path.parent)
    if path.is_dir():
        list_folder(path, path)
        return Project(_UNREAD, (), path, path, path / "deck.lock", path)
    return Project(_UNREAD, (), path.parent, path, path.with_suffix(".lock"), path.parent)


def open_standalone(path: Path) -> Opened:
    """Return the project for a Markdown file, or a folder of them, that has no deck.toml.

    Its name and id are made of the file's (`name_standalone_source`) unless the lock knows earlier
    ones; its version is 1.0.0, its language is guessed from its letters. The lock lies beside it,
    and so does the package unless the command says otherwise. A folder that has a deck.toml is
    opened as the project it is.
    """
    project = locate_standalone(path)
    if project.settings != path:
        return open_project(project.root)
    diagnostics: Diagnostics = []
    sources = _read_standalone(path, diagnostics)
    standalone = name_standalone_source(path, [source.text for source in sources])
    deck = _derive_deck(standalone.title, sources)._replace(id=standalone.id)
    return Opened(replace(project, deck=deck, sources=sources, standalone=standalone), diagnostics)


def _read_standalone(path: Path, diagnostics: Diagnostics) -> tuple[Source, ...]:
    if path.is_dir():
        return read_sources(path, path, diagnostics)
    text = read_text(path, path.parent, diagnostics)
    diagnostics += _check_alone(path)
    if text is None:
        return ()
    if (path.parent / "deck.toml").is_file():
        message = "built by itself its notes are other notes than in the project's deck"
        diagnostics.append(warning(Location(str(path)), message))
    return (Source(path, text),)


def with_writable_lock(project: Project, folder: Path) -> Project:
    """Return a project whose lock lies in a folder, if it cannot be written where it belongs.

    So a file on a read-only disk can be built, and built again with the same identities. The lock
    is called after the place of the source, so that it is no other source's of that name.
    """
    if project.lock.exists() or os.access(project.lock.parent, os.W_OK):
        return project
    former = folder / project.lock.name  # as it was called when only the source's name was in it
    return replace(project, lock=former if former.exists() else project.own_lock(folder))


def rename_standalone(project: Project, title: str) -> Project:
    """Return a lone source's project under another name."""
    description = f"{title} {project.deck.version}"
    return replace(project, deck=project.deck._replace(name=title, description=description))


def _check_alone(path: Path) -> Iterator[Diagnostic]:
    """Yield an error for a file beside which another one has the same name, and so the same lock.

    The two end otherwise, or their letters are composed otherwise.
    """
    name = normalize("NFC", path.stem)
    try:
        beside = list_folder(path.parent, path.parent)
    except OSError:
        return
    for other in beside:
        is_twin = normalize("NFC", other.stem) == name and other.name != path.name
        if is_twin and other.suffix.lower() in MARKDOWN and not path.samefile(other):
            message = f"has the same name as {other.name}, and so the same lock: rename one of them"
            yield error(Location(str(path)), message)


def _derive_deck(title: str, sources: tuple[Source, ...]) -> Deck:
    language = guess_language(_sample(sources))
    description = f"{title} {DEFAULT_VERSION}"
    return Deck(title, title, DEFAULT_VERSION, language, description=description)


def _sample(sources: Iterable[Source]) -> str:
    """Return the beginning of a deck's text, which is long enough to tell its language."""
    texts, size = [], 0
    for source in sources:
        texts.append(source.text[: _LONG_ENOUGH - size])
        size += len(texts[-1])
        if size >= _LONG_ENOUGH:
            break
    return "".join(texts)
