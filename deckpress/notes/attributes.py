"""What an author says of a note: in a hidden comment, and in tags that stand beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from deckpress.errors import Location, Problem, did_you_mean_or_known, error, quote, warning
from deckpress.languages.scripts import normalize
from deckpress.markdown import Token, location_of, walk
from deckpress.notes import Kind
from deckpress.notes.styles import Item
from deckpress.project.names import check_tag, split_tags

_STARTS_LIKE_ATTRIBUTES = re.compile(r"\s*[A-Za-z_]\w*\s*=")
_NEARLY_ATTRIBUTES = re.compile(
    r"\s*(?:(?:id|tags|kind)\s*[:：＝]|(?:basic|reversed|typed|cloze)\s*$)", re.I
)
_PAIR = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))(?=\s|$)")
_ID = re.compile(r"[\w][\w.:-]*")
NAMES = ("id", "tags", "kind")


@dataclass(frozen=True)
class Attributes:
    """What the comments of one note say, all of it optional."""

    id: str | None = None
    tags: tuple[str, ...] = ()
    kind: Kind | None = None


def read_attributes(blocks: Iterable[Token], file: str) -> tuple[Attributes, list[Problem]]:
    """Return what the comments among a note's blocks say, and what is wrong in them.

    A comment that does not begin like `name=` is a remark of the author's and says nothing.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    where, in_text = Location(file), list[str]()
    for token in walk(blocks):
        if token["type"] != "comment":
            continue
        in_text += token.get("tags", ())
        if not looks_like_attributes(token):
            problems += _check_remark(token, file)
            continue
        where = location_of(token, file)
        for name, value in _read_pairs(token["raw"], where, problems):
            if name in found:
                problems.append(error(where, f"attribute {quote(name)} is given twice: keep one"))
            found[name] = normalize("NFC", value)
    tags = tuple(split_tags(found.get("tags", "")))
    for message in filter(None, map(check_tag, tags)):
        problems.append(error(where, message))
    attributes = Attributes(
        _read_id(found, where, problems),
        (*tags, *in_text),
        _read_kind(found, where, problems),
    )
    return attributes, problems


def looks_like_attributes(comment: Token) -> bool:
    """Say whether a comment begins like `name=`; any other is a remark of the author's."""
    return _STARTS_LIKE_ATTRIBUTES.match(comment["raw"]) is not None


def _check_remark(comment: Token, file: str) -> list[Problem]:
    if not _NEARLY_ATTRIBUTES.match(comment["raw"]):
        return []
    where = location_of(comment, file)
    return [warning(where, "read as a remark: attributes are written name=value, as in id=lstm")]


def _read_pairs(raw: str, where: Location, problems: list[Problem]) -> list[tuple[str, str]]:
    pairs, end = [], 0
    while found := _PAIR.match(raw, end):
        name, end = found.group(1), found.end()
        if name not in NAMES:
            hint = did_you_mean_or_known(name, NAMES)
            problems.append(error(where, f"unknown attribute {quote(name)}{hint}"))
        else:
            pairs.append((name, next(value for value in found.groups()[1:] if value is not None)))
    if rest := raw[end:].strip():
        message = (
            f'cannot read {quote(rest)} among attributes: write name=value or name="two words"'
        )
        problems.append(error(where, message))
    return pairs


def _read_id(found: dict[str, str], where: Location, problems: list[Problem]) -> str | None:
    note_id = found.get("id")
    if note_id is not None and not _ID.fullmatch(note_id):
        message = (
            f'id {quote(note_id)} must be letters, digits, "-", "_", "." or ":", without blanks'
        )
        problems.append(error(where, message))
        return None
    return note_id


def _read_kind(found: dict[str, str], where: Location, problems: list[Problem]) -> Kind | None:
    kind = found.get("kind")
    if kind is None or kind in Kind.__members__.values():
        return Kind(kind) if kind else None
    names = [each.value for each in Kind]
    hint = did_you_mean_or_known(kind, names)
    problems.append(error(where, f"unknown kind {quote(kind)}{hint}"))
    return None


def with_tags(items: Sequence[Item], blocks: Iterable[Token]) -> list[Item]:
    """Return the notes of a file, each with the tags of its headings and of the lines above it.

    A line of tags speaks of all notes below it, up to another one with tags of the same root, as
    `#flashcards/rivers` has with `#flashcards/seas`.
    """
    inside = {id(block) for item in items for block in item.blocks}
    lines = [block for block in blocks if block.get("tags") and id(block) not in inside]
    tagged, open_tags, at = [], dict[str, list[str]](), 0
    for item in items:
        while at < len(lines) and lines[at]["line"] <= item.line:
            open_tags |= _by_root(lines[at]["tags"])
            at += 1
        above = [tag for tags in open_tags.values() for tag in tags]
        tags = (*above, *_tags_of_headings(item))
        tagged.append(replace(item, tags=tags) if tags else item)
    return tagged


def _tags_of_headings(item: Item) -> list[str]:
    tokens = (token for heading in item.context for token in walk(heading))
    return [tag for token in tokens for tag in token.get("tags", ())]


def _by_root(tags: Iterable[str]) -> dict[str, list[str]]:
    roots: dict[str, list[str]] = {}
    for tag in tags:
        roots.setdefault(tag.partition("::")[0].casefold(), []).append(tag)
    return roots
