"""deck.toml → the settings of a project, and what is wrong with them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from deckpress.diagnostics import (
    PARSER_ERRORS,
    Diagnostic,
    Diagnostics,
    Location,
    did_you_mean_or_known,
    error,
    quote,
)
from deckpress.filesystem import read_text
from deckpress.git import find_conflicts
from deckpress.languages import normalize
from deckpress.project import LEVELS, Deck, Dialect, Macro, NoteStyle, Reading, Speech, Style
from deckpress.project.addresses import EDITORS, check_homepage, is_editor_address, pages_address
from deckpress.project.names import check_deck_name, check_tag, is_like_a_backup, is_version
from deckpress.project.voices import SPEECH_KEYS, check_language, check_speech, read_speech

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
_DECK_KEYS = (*_REQUIRED, *("author", "licence", "homepage", "subdecks"), *_READING, *_LISTS)
_SUBDECKS = ("none", "files", "folders")
_TABLES = ("deck", "formulas", "html", "preview", "release", "speech", "style", "terms")


_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "name": check_deck_name,
    "homepage": check_homepage,
}


def is_language(text: str) -> bool:
    """Return whether a text has the form of a BCP 47 tag, such as `zh-CN`."""
    return _LANGUAGE.fullmatch(text) is not None


class Settings(NamedTuple):
    """What deck.toml says, as far as it can be read."""

    deck: Deck | None = None
    macros: Mapping[str, Macro] = MappingProxyType({})
    terms: Mapping[str, str] = MappingProxyType({})
    scripts: Location | None = None
    reading: Reading = Reading()
    editor: str = ""


def read_settings(config: Path, root: Path, diagnostics: Diagnostics) -> Settings:
    """Return what deck.toml says, as far as it can be read; what is wrong goes to `diagnostics`."""
    import tomllib  # here because a folder without deck.toml needs none of it

    text = read_text(config, root, diagnostics)
    if text is None:
        return Settings()
    if conflicts := list(find_conflicts(text, str(config))):
        diagnostics += conflicts
        return Settings()
    if _MANY_PARTS.search(text):
        diagnostics.append(error(Location(str(config)), _TOO_MUCH))
        return Settings()
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        diagnostics.append(_toml_problem(str(problem), text, config))
        return Settings()
    except PARSER_ERRORS:
        diagnostics.append(error(Location(str(config)), _TOO_MUCH))
        return Settings()
    checker = _Checker(text, config, diagnostics)
    checker.check_names(data, _TABLES, "table")
    deck = checker.read_deck(data.get("deck"))
    pages = checker.read_pages(data, deck.homepage if deck else "")
    speech = checker.read_speech(data, deck.language if deck else "en-US")
    style = checker.read_style(data, config, root)
    deck = deck and deck._replace(pages=pages, speech=speech, style=style)
    formulas = checker.read_table(data, "formulas", "[formulas.macros]")
    checker.check_names(formulas, ("macros",), "key")
    macros = checker.read_macros(formulas)
    terms, scripts = checker.read_terms(data), checker.read_scripts(data)
    reading = checker.read_reading(data.get("deck"))
    return Settings(deck, macros, terms, scripts, reading, checker.read_editor(data))


def _toml_problem(message: str, text: str, config: Path) -> Diagnostic:
    match = _TOML_PLACE.search(message)
    line, column = (int(match.group(1)), int(match.group(2))) if match else (0, 0)
    said = _TOML_PLACE.sub("", message).strip()
    said = f"not TOML: {said[:1].lower()}{said[1:]}"
    culprit = text.split("\n")[line - 1][column - 1 : column] if match else ""
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

    def __init__(self, text: str, config: Path, diagnostics: Diagnostics) -> None:
        self._config, self._problems = config, diagnostics
        self._key_lines: dict[str, list[int]] = defaultdict(list)
        """The lines, from 1, that begin with each key."""
        for number, line in enumerate(text.split("\n"), 1):
            if match := _KEY_LINE.match(line):
                self._key_lines[match[match.lastindex or 0]].append(number)

    def _find(self, key: str, above: int = 0) -> Location:
        """Return the first line for a key below another one, or that one."""
        lines = self._key_lines.get(key, [])
        index = bisect_right(lines, above)
        return Location(str(self._config), lines[index] if index < len(lines) else above)

    def _report(self, key: str, message: str, above: int = 0) -> None:
        self._problems.append(error(self._find(key, above), message))

    def check_names(self, table: object, known: tuple[str, ...], what: str) -> None:
        for name in table if isinstance(table, dict) else ():
            if name not in known:
                self._report(
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
                self._report("deck", f'[deck] lacks "{key}": add {key} = "…"')
        values = {key: table[key] for key in _DECK_KEYS if key in table}
        for key, value in values.items():
            self._check_value(key, value)
        style, dialect = values.get("notes"), values.get("dialect")
        if style in list(NoteStyle) and NoteStyle(style).is_of_obsidian and dialect != "obsidian":
            self._report("notes", f'notes = "{style}" needs dialect = "obsidian" as well')
        if len(self._problems) > before:
            return None
        tags = tuple(normalize("NFC", tag) for tag in values.pop("tags", ()))
        values = {key: value for key, value in values.items() if key not in _READING}
        texts: dict[str, Any] = {
            key: normalize("NFC", text.strip()) for key, text in values.items()
        }
        return Deck(**texts, tags=tags)

    def _check_value(self, key: str, value: Any) -> None:
        if key in _LISTS:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                self._report(key, f'"{key}" must be a list of texts, ["…"]')
            elif message := next(filter(None, map(check_tag, value)), None):
                self._report(key, message)
        elif key == "level":
            if isinstance(value, bool) or value not in LEVELS:
                self._report(key, '"level" must be a number from 1 to 6, without quotes')
        elif not isinstance(value, str):
            self._report(key, f'"{key}" must be a text in quotes, "…"')
        elif message := next(_check_text(key, value), None):
            self._report(key, message)

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
            return reading._replace(style=NoteStyle.AUTO)
        return reading

    def read_table(self, data: Mapping[str, Any], name: str, form: str) -> Mapping[str, Any]:
        """Return a table of deck.toml; an empty one where it is missing, or is none."""
        table = data.get(name, {})
        if isinstance(table, dict):
            return table
        self._report(name, f'"{name}" must be a table: {form}')
        return {}

    def read_macros(self, formulas: Mapping[str, Any]) -> Mapping[str, Macro]:
        table = self.read_table(formulas, "macros", "[formulas.macros]")
        for name, body in table.items():
            if not isinstance(body, str) or not _MACRO_NAME.fullmatch(name):
                message = (
                    f"macro {quote(name)} must be letters = \"TeX\", as in R = '\\mathbb{{R}}'"
                )
                self._report(name, message)
        texts = {name: body for name, body in table.items() if isinstance(body, str)}
        return {name: Macro(body, self._find(name)) for name, body in texts.items()}

    def read_scripts(self, data: Mapping[str, Any]) -> Location | None:
        """Return where deck.toml allows scripts in notes, if it does."""
        table = self.read_table(data, "html", "[html]")
        self.check_names(table, ("scripts",), "key")
        above = self._find("html").line
        if not isinstance(table.get("scripts", False), bool):
            self._report("scripts", '"scripts" must be true or false, without quotes', above)
            return None
        return self._find("scripts", above) if table.get("scripts") else None

    def read_editor(self, data: Mapping[str, Any]) -> str:
        """Return the address by which the preview opens a place in the author's editor."""
        table = self.read_table(data, "preview", "[preview]")
        self.check_names(table, ("editor",), "key")
        editor = table.get("editor", "")
        address = EDITORS.get(editor, editor) if isinstance(editor, str) else " "
        if not address or is_editor_address(address):
            return address
        message = (
            f'"editor" must be one of {", ".join(EDITORS)}, or an address with {{file}} in it, as '
            'in editor = "vscode"'
        )
        self._report("editor", message, self._find("preview").line)
        return ""

    def read_pages(self, data: Mapping[str, Any], homepage: str) -> str | None:
        """Return where the pages of releases are to be read (`pages_address`)."""
        table = self.read_table(data, "release", "[release]")
        self.check_names(table, ("pages",), "key")
        pages = table.get("pages", False)
        try:
            return pages_address(pages if isinstance(pages, bool | str) else "", homepage)
        except ValueError:
            message = (
                '"pages" must be true, false, or the address of the pages, as in '
                'pages = "https://you.github.io/deck/"'
            )
            self._report("pages", message, self._find("release").line)
            return None

    def read_speech(self, data: Mapping[str, Any], language: str) -> Speech | None:
        """Return what is read aloud in a deck in a language, if deck.toml says it rightly."""
        if "speech" not in data:
            return None
        before = len(self._problems)
        table = self.read_table(data, "speech", "[speech]")
        if len(self._problems) > before:
            return None
        self.check_names(table, SPEECH_KEYS, "key")
        above = self._find("speech").line
        for key, message in (*check_speech(table), *check_language(table, language)):
            self._report(key if key in table else "speech", message, above - 1)
        return None if len(self._problems) > before else read_speech(table, language)

    def read_style(self, data: Mapping[str, Any], config: Path, root: Path) -> Style | None:
        """Return the deck's own look, if it has one, with what its style sheet says."""
        table = self.read_table(data, "style", "[style]")
        self.check_names(table, ("css", "learners"), "key")
        above, name, learners = self._find("style").line, table.get("css"), table.get("learners")
        if not isinstance(learners or False, bool):
            message = '"learners" must be true or false, without quotes'
            self._report("learners", message, above)
        if name is not None and not (isinstance(name, str) and name.endswith(".css")):
            message = '"css" must be the path of a style sheet from here, as in css = "card.css"'
            self._report("css", message, above)
            return None
        path = config.parent / (name or "")
        css = read_text(path, root, self._problems) if name else ""
        return Style(path, css or "", learners is True) if table else None

    def read_terms(self, data: Mapping[str, Any]) -> Mapping[str, str]:
        table = self.read_table(data, "terms", "[terms]")
        above = self._find("terms").line
        terms: dict[str, str] = {}
        for term, avoided in table.items():
            if message := next(_check_term(term, avoided, table, terms), None):
                self._report(term, message, above)
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
    if not isinstance(avoided, list) or not all(isinstance(item, str) for item in avoided):
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
