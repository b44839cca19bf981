"""Where a note is filed: its deck and tags, and what its author says of it in a comment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePath
from typing import NamedTuple

from deckpress.diagnostics import (
    Diagnostic,
    Diagnostics,
    Location,
    did_you_mean_or_known,
    error,
    quote,
    warning,
)
from deckpress.languages import normalize
from deckpress.markdown import Token, location_of, walk
from deckpress.notes import Kind, NoteText
from deckpress.notes.styles import Item
from deckpress.patterns import lazy_pattern
from deckpress.project import Deck
from deckpress.project.names import check_deck_name, check_tag, split_tags

_STARTS_LIKE_ATTRIBUTES = re.compile(r"\s*[A-Za-z_]\w*\s*=")
_PAIR = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))(?=\s|$)")
_ASKS = re.compile(r"\bask\s*=")
_ID = re.compile(r"[\w][\w.:-]*")
_RELEASE_TAG = re.compile(r"(.*)::(added|changed)::(\d+\.\d+\.\d+)")
"""A deck's id, what happened to a note, and the release in which it did."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
"""Characters that Anki takes out of a tag, but for those that are spaces."""
_ORDER_NUMBER = re.compile(r"^\d+[\s._-]+(?=\S)")

_NEARLY_ATTRIBUTES = lazy_pattern(
    r"\s*(?:(?:id|tags|kind|ask)\s*[:：＝]|(?:basic|reversed|typed|cloze|occlusion)\s*$)", re.I
)


NAMES = ("id", "tags", "kind")
PICTURE_NAMES = ("ask", "hide", "header", "hint", "back", *NAMES)
"""What the comment of a picture that asks may say."""


class Attributes(NamedTuple):
    """What the comments of one note say, all of it optional."""

    id: str | None = None
    tags: tuple[str, ...] = ()
    kind: Kind | None = None


def read_attributes(blocks: Iterable[Token], file: str, diagnostics: Diagnostics) -> Attributes:
    """Return what the comments among a note's blocks say; add to `diagnostics` what is wrong there.

    A comment that does not begin like `name=` is a remark of the author's and says nothing.
    """
    values: dict[str, str] = {}
    where, in_text = Location(file), list[str]()
    for token in walk(blocks):
        if token.type != "comment" or is_of_picture(token):
            continue
        in_text += token.tags
        if not looks_like_attributes(token):
            diagnostics += _check_remark(token, file)
            continue
        where = location_of(token, file)
        for name, value in read_pairs(token.raw, NAMES, where, diagnostics):
            if name in values:
                diagnostics.append(
                    error(where, f"attribute {quote(name)} is given twice: keep one")
                )
            values[name] = normalize("NFC", value)
    attributes = to_attributes(values, where, diagnostics)
    return attributes._replace(tags=(*attributes.tags, *in_text))


def to_attributes(values: dict[str, str], where: Location, diagnostics: Diagnostics) -> Attributes:
    """Return values by their names as attributes; add to `diagnostics` what is wrong with them."""
    tags = tuple(split_tags(values.get("tags", "")))
    for message in filter(None, map(check_tag, tags)):
        diagnostics.append(error(where, message))
    return Attributes(
        _read_id(values, where, diagnostics), tags, _read_kind(values, where, diagnostics)
    )


def looks_like_attributes(comment: Token) -> bool:
    """Return whether a comment begins like `name=`; any other is a remark of the author's."""
    return _STARTS_LIKE_ATTRIBUTES.match(comment.raw) is not None


def is_of_picture(comment: Token) -> bool:
    """Return whether a comment speaks of the picture before it, and not of its note."""
    return looks_like_attributes(comment) and _ASKS.search(comment.raw) is not None


def _check_remark(comment: Token, file: str) -> Iterator[Diagnostic]:
    if _NEARLY_ATTRIBUTES.match(comment.raw):
        message = "read as a remark: attributes are written name=value, as in id=lstm"
        yield warning(location_of(comment, file), message)


def read_pairs(
    raw: str, names: Sequence[str], where: Location, diagnostics: Diagnostics
) -> list[tuple[str, str]]:
    """Return the names and values of a comment; add to `diagnostics` what is wrong with them."""
    pairs, end = [], 0
    while match := _PAIR.match(raw, end):
        name, end = match.group(1), match.end()
        if name not in names:
            hint = did_you_mean_or_known(name, names)
            diagnostics.append(error(where, f"unknown attribute {quote(name)}{hint}"))
        else:
            pairs.append((name, next(value for value in match.groups()[1:] if value is not None)))
    if rest := raw[end:].strip():
        message = (
            f'cannot read {quote(rest)} among attributes: write name=value or name="two words"'
        )
        diagnostics.append(error(where, message))
    return pairs


def _read_id(values: dict[str, str], where: Location, diagnostics: Diagnostics) -> str | None:
    note_id = values.get("id")
    if note_id is not None and not _ID.fullmatch(note_id):
        message = (
            f'id {quote(note_id)} must be letters, digits, "-", "_", "." or ":", without blanks'
        )
        diagnostics.append(error(where, message))
        return None
    return note_id


def _read_kind(values: dict[str, str], where: Location, diagnostics: Diagnostics) -> Kind | None:
    kind = values.get("kind")
    if kind is None or kind in Kind.__members__.values():
        return Kind(kind) if kind else None
    names = [known.value for known in Kind]
    hint = did_you_mean_or_known(kind, names)
    diagnostics.append(error(where, f"unknown kind {quote(kind)}{hint}"))
    return None


def with_tags(items: Sequence[Item], blocks: Iterable[Token]) -> list[Item]:
    """Return the notes of a file, each with the tags of its headings and of the lines above it.

    A line of tags speaks of all notes below it, up to another one with tags of the same root, as
    `#flashcards/rivers` has with `#flashcards/seas`.
    """
    inside = {id(block) for item in items for block in item.blocks}
    lines = [block for block in blocks if block.tags and id(block) not in inside]
    tagged, open_tags, index = [], dict[str, list[str]](), 0
    for item in items:
        while index < len(lines) and lines[index].line <= item.line:
            open_tags |= _by_root(lines[index].tags)
            index += 1
        above = [tag for tags in open_tags.values() for tag in tags]
        tags = (*above, *_tags_of_headings(item))
        tagged.append(replace(item, tags=tags) if tags else item)
    return tagged


def _tags_of_headings(item: Item) -> list[str]:
    tokens = (token for heading in item.context for token in walk(heading))
    return [tag for token in tokens for tag in token.tags]


def _by_root(tags: Iterable[str]) -> dict[str, list[str]]:
    roots: dict[str, list[str]] = {}
    for tag in tags:
        roots.setdefault(tag.partition("::")[0].casefold(), []).append(tag)
    return roots


def deck_name(note: NoteText, deck: Deck) -> str:
    """Return the full name of the Anki deck that a note's cards go to."""
    below = subdeck_name(note, deck)
    return f"{deck.name}::{below}" if below else deck.name


def subdeck_name(note: NoteText, deck: Deck) -> str:
    """Return the name of a note's deck below the project's own; empty for that one itself."""
    if note.subdeck or deck.subdecks == "none":
        return note.subdeck
    file = [PurePath(note.location.file).stem] if deck.subdecks == "files" else []
    return normalize("NFC", "::".join([*note.folders, *file]))


def file_name(file: str | PurePath, folders: Sequence[str]) -> str:
    """Return the path of a file below the sources, as the lock has it (see `_path`)."""
    return "/".join(_path(file, tuple(folders)))


@lru_cache
def _path(file: str | PurePath, folders: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of folders and a file, without its ending and the numbers that order."""
    names = (*folders, PurePath(file).stem)
    return tuple(normalize("NFC", _ORDER_NUMBER.sub("", name)) for name in names)


def tags(note: NoteText, deck: Deck, *, added: str = "", changed: str = "") -> tuple[str, ...]:
    """Return a note's tags, sorted: the deck's, the author's, and one for its file and headings.

    That one has the names of the file's folders as well. A number that only orders files or folders
    (`01-rnn.md`) is no part of the tag, so that renumbering them changes no note. A note that a
    release `added` or last `changed` has a tag for it, so that learners find what is new; both are
    versions, or empty.
    """
    path = _path(note.location.file, note.folders)
    parts = (deck.id, *(path if path != (deck.id,) else ()), *note.headings)
    return _join_tags(parts, (*deck.tags, *note.tags), release_tags(deck.id, added, changed))


@lru_cache
def _join_tags(
    parts: tuple[str, ...], given: tuple[str, ...], news: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the tag for a place, in parts, and others; the notes of a file mostly share all."""
    place = "::".join(part for part in map(_tag_part, parts) if part)
    given = tuple(normalize("NFC", tag) for tag in given)
    by_fold = {tag.casefold(): tag for tag in (place, *given, *news)}
    return tuple(sorted(by_fold.values()))


def release_tags(deck_id: str, added: str, changed: str) -> tuple[str, ...]:
    """Return the tags for the releases, each a version or empty, that brought news of a note."""
    news = (("added", added), ("changed", changed))
    return tuple(f"{deck_id}::{what}::{version}" for what, version in news if version)


def read_release_tags(tags: Iterable[str], deck_id: str) -> dict[str, str]:
    """Return the versions that a note's release tags tell of, as `added` and `changed`."""
    matches = (match for match in map(_RELEASE_TAG.fullmatch, tags) if match)
    return {match[2]: match[3] for match in matches if match[1] == deck_id}


def is_release_tag(tag: str) -> bool:
    """Return whether a tag only tells in which release of a deck a note came or changed."""
    return _RELEASE_TAG.fullmatch(tag) is not None


@lru_cache
def _tag_part(text: str) -> str:
    """Return a heading or file name as one part of a tag, without spaces and `::`."""
    shown = normalize("NFC", _CONTROL.sub("", text))
    joined = re.sub(r"[\s\"]+|:{2,}", "-", shown)
    return joined.strip("-:?!？！。，,.")


def check_tags(note: NoteText, deck: Deck) -> Iterator[Diagnostic]:
    """Yield which of a note's tags are such as a release sets, and would take away again."""
    for tag in (*deck.tags, *note.tags):
        if read_release_tags([tag], deck.id):
            yield error(note.location, f'tag "{tag}" is one that a release sets: choose another')


def check_deck(note: NoteText, deck: Deck) -> Iterator[Diagnostic]:
    """Yield what Anki would not take as the name of a note's deck."""
    if message := check_deck_name(deck_name(note, deck)):
        yield error(note.location, message)
