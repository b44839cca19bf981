"""deck.toml and the folders around it → what is to be built, and from which files."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from deckpress.anki.names import check_deck_name, check_tag, is_like_a_backup
from deckpress.conflicts import find_conflicts
from deckpress.errors import (
    PARSER_ERRORS,
    DeckError,
    Location,
    Problem,
    did_you_mean_or_known,
    error,
    quote,
    warning,
)
from deckpress.filesystem import list_folder
from deckpress.languages.guess import guess_language
from deckpress.lone_names import StandaloneName, name_standalone_source
from deckpress.normal_forms import normalize
from deckpress.reading import LEVELS, Dialect, NoteStyle, Reading
from deckpress.reporting import check_homepage
from deckpress.sources import MARKDOWN, Source, read_sources, read_text
from deckpress.versions import is_version

DEFAULT_VERSION = "1.0.0"
"""The version of a deck that has no deck.toml to say it."""

_ID = re.compile(r"\w[\w.-]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_MACRO_NAME = re.compile(r"[A-Za-z]+")
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)$")
_TOO_MUCH = (
    "cannot be read: it has a number of too many digits, a name of too many parts, or lists within "
    "lists too deep"
)
_MANY_PARTS = re.compile(
    r"(?<![\w-])(?:(?:[A-Za-z0-9_-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){100}"
)
"""A name, as in `a.b.c`, that TOML's reader would take the square of its parts for."""
_KEY_LINE = re.compile(r"\s*(?:\[+\s*)?(?:\"([^\"]*)\"|'([^']*)'|([\w-]+))\s*[=\].]")
"""A line of deck.toml that begins with a key, which is one of the groups."""
_LISTS = ("tags",)
_REQUIRED = ("id", "name", "version", "language", "description")
_READING = ("notes", "level", "dialect")
_DECK_KEYS = (
    *_REQUIRED,
    *("author", "licence", "homepage", "subdecks"),
    *_READING,
    *_LISTS,
)
_SUBDECKS = ("none", "files", "folders")
_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "name": check_deck_name,
    "homepage": check_homepage,
}


@dataclass(frozen=True)
class Deck:
    """What deck.toml says of the deck."""

    id: str
    """The namespace of every GUID; it never changes once learners have the deck."""
    name: str
    """The deck's name in Anki, its parents before it: `A::B`."""
    version: str
    language: str
    """A BCP 47 tag, such as `zh-CN`."""
    description: str
    author: str = ""
    licence: str = ""
    homepage: str = ""
    tags: tuple[str, ...] = ()
    subdecks: str = "none"
    """Whose notes have a subdeck of their own: `files`, `folders` below the sources', or `none`."""


@dataclass(frozen=True)
class Macro:
    """A TeX command of the deck's own."""

    body: str
    """What it stands for, with `#1` to `#9` for its arguments."""
    location: Location
    """Where deck.toml defines it."""


@dataclass(frozen=True)
class Project:
    """A deck to build: its settings, its files and where the results go."""

    deck: Deck
    sources: tuple[Source, ...]
    root: Path
    """The folder that pictures and sounds must stay in."""
    settings: Path
    """What gives the deck its name: deck.toml, or the lone source."""
    lock: Path
    output: Path
    """The folder for the package, unless the command names another."""
    macros: Mapping[str, Macro] = field(default_factory=dict)
    """The deck's own TeX commands, by their names without the backslash."""
    terms: Mapping[str, str] = field(default_factory=dict)
    """What the deck says in place of each word that it avoids."""
    scripts: Location | None = None
    """Where deck.toml allows notes to run scripts; None where it does not."""
    reading: Reading = field(default_factory=Reading)
    """How its files are to be read, where they do not say so themselves."""
    standalone: StandaloneName | None = None
    """Where there is no deck.toml: the names that the source gives a deck, if no lock does."""
    is_made_up: bool = False
    """Whether deck.toml could not be read, so that nothing follows from what `deck` says."""

    @property
    def is_standalone(self) -> bool:
        """Whether there is no deck.toml, so that the lock says what the deck's id is."""
        return self.standalone is not None

    @property
    def pictures(self) -> Path:
        """The folder for the pictures that are drawn."""
        return self.root / "media" / "diagrams"

    @property
    def is_whole(self) -> bool:
        """Whether all notes of the folder are built, and not those of a single file."""
        return not (self.is_standalone and self.settings.is_file())

    def own_lock(self, folder: Path) -> Path:
        """Return the lock in another folder, called after the source and the place of that."""
        place = hashlib.sha256(os.fsencode(os.path.realpath(self.settings))).hexdigest()[:8]
        return folder / f"{self.lock.stem}-{place}.lock"

    def package_name(self, version: str) -> str:
        """Return the file name of the package of a version."""
        return f"{self.deck.id}-{version}.apkg"


def open_project(folder: Path) -> tuple[Project, list[Problem]]:
    """Return the project in a folder that holds `source/deck.toml`, and what is wrong with it.

    Where deck.toml cannot be read the project has made-up settings, so that what is wrong in the
    notes can be told in the same run. Raises DeckError if there is no such file.
    """
    source = folder / "source"
    config = source / "deck.toml"
    if not os.path.lexists(config):
        message = (
            "no such file: name a Markdown file to build, or a project by --project DIR; init "
            "FOLDER makes one"
        )
        raise DeckError([error(Location(str(config)), message)])
    problems: list[Problem] = []
    settings = _read_config(config, folder, problems)
    sources = read_sources(source, folder, problems)
    project = Project(
        deck=settings.deck or _derive_deck("deck", sources),
        sources=sources,
        root=folder,
        settings=config,
        lock=source / "deck.lock",
        output=folder / "dist",
        macros=settings.macros,
        terms=settings.terms,
        scripts=settings.scripts,
        reading=settings.reading,
        is_made_up=settings.deck is None,
    )
    return project, problems


def open_lone_source(path: Path) -> tuple[Project, list[Problem]]:
    """Return the project for a Markdown file, or a folder of them, that has no deck.toml.

    Its name and id are made of the file's (`lone_names`) unless the lock knows earlier ones; its
    version is 1.0.0, its language is guessed from its letters. The lock lies beside it, and so does
    the package unless the command says otherwise. A folder that has a deck.toml is opened as the
    project it is.
    """
    problems: list[Problem] = []
    if (path / "source" / "deck.toml").is_file():
        return open_project(path)
    if (path / "deck.toml").is_file() and path.absolute().name == "source":
        return open_project(path.parent)
    if path.is_dir():
        sources, folder = read_sources(path, path, problems), path
        lock = folder / "deck.lock"
    else:
        folder = path.parent
        text = read_text(path, folder, problems)
        sources = () if text is None else (Source(path, text),)
        lock = path.with_suffix(".lock")
        problems += _check_alone(path)
        if sources and (folder / "deck.toml").is_file():
            message = "built by itself its notes are other notes than in the project's deck"
            problems.append(warning(Location(str(path)), message))
    standalone = name_standalone_source(path, [source.text for source in sources])
    project = Project(
        deck=replace(_derive_deck(standalone.title, sources), id=standalone.id),
        sources=sources,
        root=folder,
        settings=path,
        lock=lock,
        output=folder,
        standalone=standalone,
    )
    return project, problems


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
    return replace(project, deck=replace(project.deck, name=title, description=description))


def _check_alone(path: Path) -> Iterator[Problem]:
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
    language = guess_language("".join(source.text for source in sources))
    description = f"{title} {DEFAULT_VERSION}"
    return Deck(title, title, DEFAULT_VERSION, language, description=description)


def is_language(text: str) -> bool:
    """Say whether a text has the form of a BCP 47 tag, such as `zh-CN`."""
    return _LANGUAGE.fullmatch(text) is not None


class _Settings(NamedTuple):
    """What deck.toml says, as far as it can be read."""

    deck: Deck | None = None
    macros: Mapping[str, Macro] = MappingProxyType({})
    terms: Mapping[str, str] = MappingProxyType({})
    scripts: Location | None = None
    reading: Reading = Reading()


def _read_config(config: Path, root: Path, problems: list[Problem]) -> _Settings:
    text = read_text(config, root, problems)
    if text is None:
        return _Settings()
    if conflicts := list(find_conflicts(text, str(config))):
        problems += conflicts
        return _Settings()
    if _MANY_PARTS.search(text):
        problems.append(error(Location(str(config)), _TOO_MUCH))
        return _Settings()
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        problems.append(_toml_problem(str(problem), text, config))
        return _Settings()
    except PARSER_ERRORS:
        problems.append(error(Location(str(config)), _TOO_MUCH))
        return _Settings()
    checker = _Checker(text, config, problems)
    checker.check_names(data, ("deck", "formulas", "html", "terms"), "table")
    deck = checker.read_deck(data.get("deck"))
    formulas = checker.read_table(data, "formulas", "[formulas.macros]")
    checker.check_names(formulas, ("macros",), "key")
    macros = checker.read_macros(formulas)
    terms, scripts = checker.read_terms(data), checker.read_scripts(data)
    return _Settings(deck, macros, terms, scripts, checker.read_reading(data.get("deck")))


def _toml_problem(message: str, text: str, config: Path) -> Problem:
    found = _TOML_PLACE.search(message)
    line, column = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    said = _TOML_PLACE.sub("", message).strip()
    said = f"not TOML: {said[:1].lower()}{said[1:]}"
    culprit = text.split("\n")[line - 1][column - 1 : column] if found else ""
    return error(Location(str(config), line, column), said + _advise_on_toml(said, culprit))


def _advise_on_toml(said: str, culprit: str) -> str:
    """Return what to do about a slip in TOML, known by what was said of it and by its character."""
    if "'\\'" in said:
        return " in double quotes: put TeX in single ones, '…'"
    if culprit and culprit in "“”‘’「」＂":
        return f' {culprit}: write straight quotes, "…"'
    if culprit == "，":
        return " ，: write ,"
    return ': put it in straight quotes, "…"' if culprit > "\x7f" else ""


class _Checker:
    """Checks the values of deck.toml one by one, so that all that is wrong is told at once."""

    def __init__(self, text: str, config: Path, problems: list[Problem]) -> None:
        self._config, self._problems = config, problems
        self._key_lines: dict[str, list[int]] = defaultdict(list)
        """The lines, from 1, that begin with each key."""
        for number, line in enumerate(text.split("\n"), 1):
            if found := _KEY_LINE.match(line):
                self._key_lines[found[found.lastindex or 0]].append(number)

    def _find(self, key: str, above: int = 0) -> Location:
        """Return the first line for a key below another one, or that one."""
        lines = self._key_lines.get(key, [])
        index = bisect_right(lines, above)
        return Location(str(self._config), lines[index] if index < len(lines) else above)

    def _tell(self, key: str, message: str, above: int = 0) -> None:
        self._problems.append(error(self._find(key, above), message))

    def check_names(self, table: object, known: tuple[str, ...], what: str) -> None:
        for name in table if isinstance(table, dict) else ():
            if name not in known:
                self._tell(
                    name, f"unknown {what} {quote(name)}{did_you_mean_or_known(name, known)}"
                )

    def read_deck(self, table: object) -> Deck | None:
        if not isinstance(table, dict):
            message = (
                "there is no [deck] table: add one with id, name, version, language, description"
            )
            self._problems.append(error(Location(str(self._config)), message))
            return None
        self.check_names(table, _DECK_KEYS, "key")
        before = len(self._problems)
        for key in _REQUIRED:
            if key not in table:
                self._tell("deck", f'[deck] lacks "{key}": add {key} = "…"')
        values = {key: table[key] for key in _DECK_KEYS if key in table}
        for key, value in values.items():
            self._check_value(key, value)
        style, dialect = values.get("notes"), values.get("dialect")
        if style in list(NoteStyle) and NoteStyle(style).is_of_obsidian and dialect != "obsidian":
            self._tell("notes", f'notes = "{style}" needs dialect = "obsidian" as well')
        if len(self._problems) > before:
            return None
        tags = tuple(normalize("NFC", tag) for tag in values.pop("tags", ()))
        values = {key: value for key, value in values.items() if key not in _READING}
        texts = {key: normalize("NFC", value.strip()) for key, value in values.items()}
        return Deck(**texts, tags=tags)

    def _check_value(self, key: str, value: Any) -> None:
        if key in _LISTS:
            if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
                self._tell(key, f'"{key}" must be a list of texts, ["…"]')
            elif message := next(filter(None, map(check_tag, value)), None):
                self._tell(key, message)
        elif key == "level":
            if isinstance(value, bool) or value not in LEVELS:
                self._tell(key, '"level" must be a number from 1 to 6, without quotes')
        elif not isinstance(value, str):
            self._tell(key, f'"{key}" must be a text in quotes, "…"')
        elif message := next(_check_text(key, value), None):
            self._tell(key, message)

    def read_reading(self, table: object) -> Reading:
        """Return how files are to be read, as far as the [deck] table says it rightly."""
        if not isinstance(table, dict):
            return Reading()
        style, level, dialect = table.get("notes"), table.get("level"), table.get("dialect")
        reading = Reading(
            style=NoteStyle(style) if style in list(NoteStyle) else NoteStyle.AUTO,
            level=level if isinstance(level, int) and level in LEVELS else 0,
            dialect=Dialect(dialect) if dialect in list(Dialect) else Dialect.GITHUB,
        )
        if reading.style.is_of_obsidian and not reading.is_obsidian:
            return replace(reading, style=NoteStyle.AUTO)
        return reading

    def read_table(self, data: Mapping[str, Any], name: str, form: str) -> Mapping[str, Any]:
        """Return a table of deck.toml; an empty one where it is missing, or is none."""
        table = data.get(name, {})
        if isinstance(table, dict):
            return table
        self._tell(name, f'"{name}" must be a table: {form}')
        return {}

    def read_macros(self, formulas: Mapping[str, Any]) -> Mapping[str, Macro]:
        table = self.read_table(formulas, "macros", "[formulas.macros]")
        for name, body in table.items():
            if not isinstance(body, str) or not _MACRO_NAME.fullmatch(name):
                message = (
                    f"macro {quote(name)} must be letters = \"TeX\", as in R = '\\mathbb{{R}}'"
                )
                self._tell(name, message)
        texts = {name: body for name, body in table.items() if isinstance(body, str)}
        return {name: Macro(body, self._find(name)) for name, body in texts.items()}

    def read_scripts(self, data: Mapping[str, Any]) -> Location | None:
        """Return where deck.toml allows scripts in notes, if it does."""
        table = self.read_table(data, "html", "[html]")
        self.check_names(table, ("scripts",), "key")
        above = self._find("html").line
        if not isinstance(table.get("scripts", False), bool):
            self._tell("scripts", '"scripts" must be true or false, without quotes', above)
            return None
        return self._find("scripts", above) if table.get("scripts") else None

    def read_terms(self, data: Mapping[str, Any]) -> Mapping[str, str]:
        table = self.read_table(data, "terms", "[terms]")
        above = self._find("terms").line
        terms: dict[str, str] = {}
        for term, avoided in table.items():
            if message := next(_check_term(term, avoided, table, terms), None):
                self._tell(term, message, above)
            else:
                terms |= {" ".join(word.split()): term for word in avoided}
        return terms


def _check_text(key: str, value: str) -> Iterator[str]:
    """Yield what is wrong with a text of the [deck] table."""
    if key in _REQUIRED and not value.strip():
        yield f'"{key}" is empty: write it'
    elif key == "id" and not _ID.fullmatch(value):
        yield f'id {quote(value)} must be letters, digits, "-", "_" or ".", as in nlp-interview'
    elif key == "id" and is_like_a_backup(value):
        yield (
            f'id "{value}" makes packages that Anki takes for backups, and puts in the place of '
            f"all that a learner has: call it deck-{value}"
        )
    elif key == "version" and not is_version(value):
        yield f"version {quote(value)} must be three numbers, as in 1.0.0"
    elif key == "language" and not _LANGUAGE.fullmatch(value):
        yield f"language {quote(value)} must be a BCP 47 tag, as in en or zh-CN"
    elif key == "subdecks" and value not in _SUBDECKS:
        yield f"unknown subdecks {quote(value)}{did_you_mean_or_known(value, _SUBDECKS)}"
    elif key == "notes" and value not in list(NoteStyle):
        yield f"unknown form {quote(value)}{did_you_mean_or_known(value, NoteStyle)}"
    elif key == "dialect" and value not in list(Dialect):
        yield f"unknown dialect {quote(value)}{did_you_mean_or_known(value, Dialect)}"
    elif value.strip() and (check := _CHECKS.get(key)) and (message := check(value.strip())):
        yield message


def _check_term(
    term: str, avoided: object, table: Mapping[str, object], known: Mapping[str, str]
) -> Iterator[str]:
    """Yield what is wrong with a line of the [terms] table; `known` are words avoided above it."""
    if not isinstance(avoided, list) or not all(isinstance(each, str) for each in avoided):
        yield f'{quote(term)} must be a list of the words to avoid, ["…"]'
        return
    if not avoided or not all(word.strip() for word in [term, *avoided]):
        yield f"{quote(term)} avoids nothing, or an empty word: write words, or remove the line"
    above: set[str] = set()
    for word in avoided:
        if word in table:
            yield f"{quote(word)} is both a term and avoided: choose one"
        if word in above or word in known:
            yield f"{quote(word)} is avoided twice: keep one"
        above.add(word)
