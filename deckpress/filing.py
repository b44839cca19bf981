"""Where a note is filed in Anki: its deck and its tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import PurePath

from deckpress.errors import Problem, error
from deckpress.languages.scripts import normalize
from deckpress.notes import Note
from deckpress.project import Deck
from deckpress.project.names import check_deck_name

_RELEASE_TAG = re.compile(r"(.*)::(added|changed)::(\d+\.\d+\.\d+)")
"""A deck's id, what happened to a note, and the release in which it did."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
"""Characters that Anki takes out of a tag, but for those that are spaces."""
_ORDER_NUMBER = re.compile(r"^\d+[\s._-]+(?=\S)")


def deck_name(note: Note, deck: Deck) -> str:
    """Return the full name of the Anki deck that a note's cards go to."""
    below = subdeck_name(note, deck)
    return f"{deck.name}::{below}" if below else deck.name


def subdeck_name(note: Note, deck: Deck) -> str:
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


def tags(note: Note, deck: Deck, *, added: str = "", changed: str = "") -> tuple[str, ...]:
    """Return a note's tags, sorted: the deck's, the author's, and one for its file and headings.

    That one has the names of the file's folders as well. A number that only orders files or folders
    (`01-rnn.md`) is no part of the tag, so that renumbering them changes no note. A note that a
    release `added` or last `changed` has a tag for it, so that learners find what is new; both are
    versions, or empty.
    """
    path = _path(note.location.file, note.folders)
    parts = [deck.id, *(path if path != (deck.id,) else ()), *note.headings]
    place = "::".join(part for part in map(_tag_part, parts) if part)
    given = (normalize("NFC", tag) for tag in (*deck.tags, *note.tags))
    news = release_tags(deck.id, added, changed)
    by_fold = {tag.casefold(): tag for tag in (place, *given, *news)}
    return tuple(sorted(by_fold.values()))


def release_tags(deck_id: str, added: str, changed: str) -> list[str]:
    """Return the tags for the releases, each a version or empty, that brought news of a note."""
    releases = {"added": added, "changed": changed}
    return [f"{deck_id}::{what}::{version}" for what, version in releases.items() if version]


def read_release_tags(tags: Iterable[str], deck_id: str) -> dict[str, str]:
    """Return the versions that a note's release tags tell of, as `added` and `changed`."""
    found = (each for each in map(_RELEASE_TAG.fullmatch, tags) if each)
    return {each[2]: each[3] for each in found if each[1] == deck_id}


def is_release_tag(tag: str) -> bool:
    """Say whether a tag only tells in which release of a deck a note came or changed."""
    return _RELEASE_TAG.fullmatch(tag) is not None


def _tag_part(text: str) -> str:
    """Return a heading or file name as one part of a tag, without blanks and `::`."""
    shown = normalize("NFC", _CONTROL.sub("", text))
    joined = re.sub(r"[\s\"]+|:{2,}", "-", shown)
    return joined.strip("-:?!？！。，,.")


def check_tags(note: Note, deck: Deck) -> Iterator[Problem]:
    """Yield which of a note's tags are such as a release sets, and would take away again."""
    for tag in (*deck.tags, *note.tags):
        if read_release_tags([tag], deck.id):
            yield error(note.location, f'tag "{tag}" is one that a release sets: choose another')


def check_deck(note: Note, deck: Deck) -> Iterator[Problem]:
    """Yield what Anki would not take as the name of a note's deck."""
    if message := check_deck_name(deck_name(note, deck)):
        yield error(note.location, message)
