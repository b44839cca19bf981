"""The lines between `---` at the top of a file, in strict YAML: our keys, and those of others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from deckpress.diagnostics import (
    PARSER_ERRORS,
    Diagnostic,
    Diagnostics,
    Location,
    did_you_mean,
    did_you_mean_or_known,
    error,
    hint,
    quote,
    warning,
)
from deckpress.patterns import lazy_pattern
from deckpress.project import LEVELS, Dialect, NoteStyle, Reading
from deckpress.project.names import check_tag, split_tags

if TYPE_CHECKING:
    import yaml

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?=[^\n]*\S)(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.S)
_TAG_IN_COMMENT = re.compile(r"([^\"'#]*(?<![^\s]))#([^\s#,]+)")
_TOML = re.compile(r"\+\+\+[ \t]*\n(?:(?!\+\+\+)[^\n]*\n)*\+\+\+[ \t]*(?:\n|$)")
_OPEN = re.compile(r"---[ \t]*\n(?:deck|tags|notes|level|dialect)[ \t]*:")
_OURS = re.compile(r"^[\"']?(?:deck|tags?|notes?|level|dialect)[\"']?[ \t]*:", re.M)
_LABEL = lazy_pattern(r"\s*[*_]*(?:Q|Question|Frage|问|问题)[*_]*\s*\d*\s*[:：]", re.I)
_MARKDOWN = re.compile(r"\s*(?:#{1,6} |\d{1,9}[.)] |\*\*)")
_KEY = re.compile(r"^[\w.-]+[ \t]*:(?:[ \t]|$)", re.M)
_UNSEEN_CHARACTER = lazy_pattern("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class FrontMatter(NamedTuple):
    """What a file says of all its notes."""

    deck: str = ""
    """The subdeck, below the project's deck."""
    tags: tuple[str, ...] = ()
    reading: Reading = Reading()
    title: str = ""
    lines: int = 0
    """How many lines of the file it takes."""


def read_front_matter(
    text: str, file: str, reading: Reading, diagnostics: Diagnostics
) -> tuple[FrontMatter, str]:
    """Return a file's front matter and the text below it; add to `diagnostics` what is wrong in it.

    `reading` is what deck.toml says of all files; the file's own word counts for more.
    Values are read as plain text: YAML's own guesses turn `no` into false and `1:30` into 90.
    """
    if match := _TOML.match(text):
        lines, where = match.group(0).count("\n"), Location(file, 1)
        message = "front matter in TOML is skipped: write our keys between lines ---"
        diagnostics.append(hint(where, message))
        return FrontMatter(reading=reading, lines=lines), text[match.end() :]
    match = _FRONT_MATTER.match(text)
    if match and _is_text(match.group(1)):
        return FrontMatter(reading=reading), text
    if match is None:
        if _OPEN.match(text):
            message = "front matter is never closed: add a line ---"
            diagnostics.append(error(Location(file, 1), message))
        return FrontMatter(reading=reading), text
    lines = match.group(0).count("\n")
    values = _read_yaml(match.group(1), file, diagnostics)
    diagnostics += _report_comments(match.group(1), file)
    dialect = _dialect(values, file, diagnostics) or reading.dialect
    is_obsidian = dialect is Dialect.OBSIDIAN
    style = _style(values, file, diagnostics, is_obsidian=is_obsidian)
    front_matter = FrontMatter(
        deck=_one(values, "deck", file, diagnostics),
        tags=_tags(values, file, diagnostics, is_obsidian=is_obsidian),
        reading=Reading(
            style=style or reading.style,
            level=_level(values, file, diagnostics) or reading.level,
            dialect=dialect,
        ),
        title=_title(values),
        lines=lines,
    )
    return front_matter, text[match.end() :]


def _is_text(text: str) -> bool:
    """Return whether what stands between two rules are notes: a line `Q:`, a heading or an item."""
    if _OURS.search(text):
        return False
    return bool(_LABEL.match(text) or (_MARKDOWN.match(text) and not _KEY.search(text)))


def _report_comments(text: str, file: str) -> Iterator[Diagnostic]:
    """Yield a warning for each `#tag`, which is a comment to YAML (YAML 1.2.2, section 6.6)."""
    is_in_tags = False
    for index, line in enumerate(text.split("\n"), 2):
        is_in_tags = line.startswith("tags") or (is_in_tags and line[:1] in " \t-")
        if is_in_tags and (match := _TAG_IN_COMMENT.match(line)):
            tag = match.group(2)
            message = f"front matter: #{tag} is a comment, and gives no tag: write {tag}"
            yield warning(Location(file, index, match.end(1) + 1), message)


def _read_yaml(text: str, file: str, diagnostics: Diagnostics) -> dict[str, yaml.Node]:
    """Return the values by their keys; nothing where it cannot be read."""
    if _is_deep(text):
        diagnostics.append(_unreadable(text, Location(file, 1), _UNREADABLE))
        return {}
    import yaml  # here because few files have front matter, and the import takes 20 ms

    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as problem:
        where = _location(problem.problem_mark, file) if problem.problem_mark else Location(file, 1)
        message = f"front matter: {problem.problem}; is the value in quotes?"
        diagnostics.append(_unreadable(text, where, message))
    except yaml.reader.ReaderError as problem:
        where = Location(file, text.count("\n", 0, problem.position) + 2)
        diagnostics.append(error(where, _unseen(problem.character)))
    except (yaml.YAMLError, *PARSER_ERRORS):
        diagnostics.append(_unreadable(text, Location(file, 1), _UNREADABLE))
    else:
        if isinstance(root, yaml.MappingNode):
            return _read_mapping(root, file, diagnostics)
        if root is not None:
            diagnostics.append(error(Location(file, 2), _NO_MAPPING))
    return {}


def _unreadable(text: str, where: Location, message: str) -> Diagnostic:
    """Return what is wrong with YAML that cannot be read: of another tool's it does not matter."""
    if _OURS.search(text):
        return error(where, message)
    return hint(where, "front matter of another tool is skipped: it is no YAML")


def _is_deep(text: str) -> bool:
    """Return whether brackets are opened within so many others that YAML would read for hours."""
    marks = (match.group(0) for match in _BRACKET.finditer(text))
    depths = accumulate(1 if mark in "[{" else -1 for mark in marks)
    return any(depth > _MAX_DEPTH for depth in depths)


_BRACKET = re.compile(r"[\[\]{}]")
_MAX_DEPTH = 50
_UNREADABLE = "front matter cannot be read: write plain values, as in deck: NAME"
_NO_MAPPING = "front matter must be lines of the form name: value (or put a blank line below ---)"
_NO_TAGS = "front matter: tags are words, or a list of words: write tags: a b"


def _unseen(code: int) -> str:
    return f"front matter: U+{code:04X} is a character that nobody sees: remove it"


def _read_mapping(
    root: yaml.MappingNode, file: str, diagnostics: Diagnostics
) -> dict[str, yaml.Node]:
    values: dict[str, yaml.Node] = {}
    foreign: list[tuple[Location, str]] = []
    for key, value in root.value:
        where, name = _place(key, file), _text(key) or "…"
        if name not in _NAMES:
            if near := did_you_mean(name, _OUR_NAMES, cutoff=_NEAR):
                diagnostics.append(warning(where, f"front matter: unknown key {quote(name)}{near}"))
            else:
                foreign.append((where, name))
        elif name in values and name in _OUR_NAMES:
            diagnostics.append(error(where, f'front matter: "{name}" is given twice: keep one'))
        else:
            values.setdefault(name, value)
    diagnostics += _report_foreign(foreign)
    return values


def _report_foreign(foreign: Sequence[tuple[Location, str]]) -> Iterator[Diagnostic]:
    """Yield one hint for all keys of other tools."""
    if foreign:
        names = ", ".join(name for _, name in foreign)
        message = f"front matter: keys of other tools are skipped: {quote(names)}"
        yield hint(foreign[0][0], message)


_OUR_NAMES = ("deck", "tags", "notes", "level", "dialect")
_NAMES = (*_OUR_NAMES, "title")
"""The keys that are read; a title is no key of ours alone."""
_NEAR = 0.75
"""How alike a key must be to one of ours, from 0 to 1, to be meant for it: `tag`, not `date`."""


def _place(node: yaml.Node, file: str) -> Location:
    return _location(node.start_mark, file)


def _location(mark: yaml.Mark, file: str) -> Location:
    """Return the place of a mark; YAML itself ends lines also at U+0085, U+2028 and U+2029."""
    before = (mark.buffer or "")[: mark.pointer]
    return Location(file, before.count("\n") + 2, len(before) - before.rfind("\n"))


def _text(node: object) -> str | None:
    """Return the text that a node is; None if it is a list, or names with values."""
    value = getattr(node, "value", None)
    return value if isinstance(value, str) else None


def _one(values: dict[str, yaml.Node], name: str, file: str, diagnostics: Diagnostics) -> str:
    node = values.get(name)
    if node is None:
        return ""
    text = _text(node)
    if text is None:
        diagnostics.append(error(_place(node, file), f'front matter: "{name}" takes one value'))
        return ""
    return next(_check_seen([text.strip()], node, file, diagnostics), "")


def _check_seen(
    texts: Iterable[str], node: yaml.Node, file: str, diagnostics: Diagnostics
) -> Iterator[str]:
    """Yield the texts, but those in which an escape makes a control character or half a letter."""
    for text in texts:
        if match := _UNSEEN_CHARACTER.search(text):
            diagnostics.append(error(_place(node, file), _unseen(ord(match[0]))))
        else:
            yield text


def _tags(
    values: dict[str, yaml.Node], file: str, diagnostics: Diagnostics, *, is_obsidian: bool
) -> tuple[str, ...]:
    """Read `a b`, `a, b`, `[a, b]` or a list of lines; to Obsidian `a/b` is b below a."""
    node = values.get("tags")
    if node is None:
        return ()
    text = _text(node)
    words = split_tags(text) if text is not None else [_text(item) for item in node.value]
    if None in words:
        diagnostics.append(error(_place(node, file), _NO_TAGS))
    known = (word for word in words if word is not None)
    if is_obsidian:
        known = (word.replace("/", "::") for word in known)
    tags = tuple(_check_seen(known, node, file, diagnostics))
    for spaced in (tag for tag in tags if len(tag.split()) > 1):
        message = f"front matter: tag {quote(spaced)} becomes {'-'.join(spaced.split())[:60]}"
        diagnostics.append(hint(_place(node, file), message))
    tags = tuple("-".join(tag.split()) for tag in tags)
    messages = filter(None, map(check_tag, tags))
    diagnostics += [error(_place(node, file), message) for message in messages]
    return tags


def _dialect(values: dict[str, yaml.Node], file: str, diagnostics: Diagnostics) -> Dialect | None:
    """Return which Markdown the file says that it is written in; None where it does not."""
    name = _one(values, "dialect", file, diagnostics)
    if not name or name in list(Dialect):
        return Dialect(name) if name else None
    near = did_you_mean_or_known(name, Dialect)
    message = f"front matter: unknown dialect {quote(name)}{near}"
    diagnostics.append(error(_place(values["dialect"], file), message))
    return None


def _style(
    values: dict[str, yaml.Node], file: str, diagnostics: Diagnostics, *, is_obsidian: bool
) -> NoteStyle | None:
    """Return what the file says that asks; None where it does not say it."""
    name = _one(values, "notes", file, diagnostics)
    styles = [style.value for style in NoteStyle]
    if name in styles and NoteStyle(name).is_of_obsidian and not is_obsidian:
        message = f"front matter: notes: {name} needs the line dialect: obsidian as well"
        diagnostics.append(error(_place(values["notes"], file), message))
        return None
    if not name or name in styles:
        return NoteStyle(name) if name else None
    near = did_you_mean_or_known(name, styles)
    report = error if did_you_mean(name, styles) else warning  # another tool's, perhaps
    diagnostics.append(
        report(_place(values["notes"], file), f"front matter: unknown form {quote(name)}{near}")
    )
    return None


def _level(values: dict[str, yaml.Node], file: str, diagnostics: Diagnostics) -> int:
    text = _one(values, "level", file, diagnostics)
    if not text or text in map(str, LEVELS):
        return int(text or 0)
    message = f"front matter: level {quote(text)} is skipped: write a number from 1 to 6"
    diagnostics.append(warning(_place(values["level"], file), message))
    return 0


def _title(values: dict[str, yaml.Node]) -> str:
    """Return the title that another tool shows above the text, if it is one line."""
    return " ".join((_text(values.get("title")) or "").split())
