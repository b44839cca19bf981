"""What Anki takes as a name, what a deck without deck.toml is called, and its versions."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from deckpress.diagnostics import quote
from deckpress.git import Remote, find_remote
from deckpress.languages import normalize

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BETWEEN_TAGS = re.compile(r"[\s,，、]+")
_MAX_PARTS = 11
"""Of a deck's name: Anki looks for so many parents of a new deck, and then refuses the package
(`first_existing_parent` in `rslib/src/decks/addupdate.rs`)."""
_RESERVED_TAGS = frozenset({"marked", "leech"})
_GENERAL = re.compile(
    r"_?index|notes?|questions?|cards?|flashcards?|q&a|qa|faq|main|anki|docs?|content|source|src"
    r"|markdown|md|笔记|问题|题目|问答|卡片|目录|说明|索引|readme(?:[._-](?P<edition>.+))?",
    re.I,
)
"""Names that many decks have, so that they say nothing of one."""
_LONGEST = 40
"""Characters of a name in an id; a file's name has 255 bytes, and its ending needs some."""
PARTS = ("major", "minor", "patch")
"""What each number stands for: learners may lose progress, notes were added, corrections."""
WORKING = "+working"
"""Stands behind the version of a build that is no longer the release, and not yet the next."""
_NUMBER = "(0|[1-9][0-9]{0,8})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")
"""One way to write each version, since packages are named after it."""


def check_deck_name(name: str) -> str | None:
    """Return what is wrong with a deck's name (`rslib/src/decks/name.rs`), or None."""
    parts = name.split("::")
    if any(not part or part != part.strip() for part in parts):
        return f'deck name {quote(name)} has an empty part or a blank beside "::": write A::B'
    if (shown := _visible(name)) is not None:
        return f"deck name {quote(shown)} holds a character that nobody sees: write it anew"
    if len(parts) > _MAX_PARTS:
        return f"deck name {quote(name)} has {len(parts)} parts, and Anki takes 11: shorten it"
    if parts[0].casefold() == "default":
        return 'deck name "Default" belongs to Anki: choose another'
    return None


def split_tags(text: str) -> list[str]:
    """Return the tags of a text, which spaces and commas separate."""
    return [tag for tag in _BETWEEN_TAGS.split(text) if tag]


def is_like_a_backup(deck_id: str) -> bool:
    """Return whether Anki would take the deck's packages for backups, and restore them.

    Source: `ColpkgImporter.can_import` in `aqt/import_export/importing.py`.
    """
    return f"{deck_id}-".casefold().startswith("backup-")


def check_tag(tag: str) -> str | None:
    """Return what is wrong with a tag (`rslib/src/tags/mod.rs`), or None."""
    if re.search(r"\s", tag):
        return f"tag {quote(tag)} holds a blank: write {'-'.join(tag.split())[:60]}"
    if (shown := _visible(tag)) is not None:
        return f"tag {quote(shown)} holds a character that nobody sees: write it anew"
    if not all(tag.split("::")):
        return f"tag {quote(tag)} has an empty part: write a::b"
    if tag.casefold() in _RESERVED_TAGS:
        return f'tag "{tag}" is one that Anki itself sets: choose another'
    return None


def _visible(name: str) -> str | None:
    """Return a name without the control characters that Anki takes out; None if it has none."""
    return _CONTROL.sub("", name) if _CONTROL.search(name) else None


class StandaloneName(NamedTuple):
    """The names of a deck that has no deck.toml, as long as its lock does not know others."""

    title: str
    """The deck's name in Anki."""
    is_by_place: bool
    """Whether it is the folder's or the remote's, which others may call otherwise."""
    beginning: str
    """What the id begins with; a digest follows, of what keeps the deck apart from others."""
    digest: str
    former_title: str
    """The deck's name in decks whose lock is older than these digests."""
    former_id: str

    @property
    def id(self) -> str:
        """The namespace of the deck's GUIDs, note types and packages."""
        return next(self.ids())

    def ids(self) -> Iterator[str]:
        """Yield the id, and others of this name for where another deck has that one already."""
        yield f"{self.beginning}-{self.digest}"
        for index in itertools.count(2):
            yield f"{self.beginning}-{_short_digest(self.digest, str(index))}"

    @property
    def id_pattern(self) -> str:
        """A regular expression for the ids of decks of this name."""
        return rf"{re.escape(self.beginning)}-[0-9a-f]{{8}}|{re.escape(self.former_id)}"


def name_standalone_source(path: Path, texts: Iterable[str]) -> StandaloneName:
    """Return the names of a Markdown file, or a folder of them; `texts` is what they hold.

    Two sources have one id only if they are one file of one git remote, whatever it holds, or,
    without a remote, have one name and hold the same; what is called after its folder has that
    folder's name as well.
    """
    folder = Path(os.path.realpath(path if path.is_dir() else path.parent))
    name = _compose(folder.name if path.is_dir() else path.stem)
    file = "" if path.is_dir() else name
    remote = find_remote(folder)
    general = _GENERAL.fullmatch(name)
    is_by_place = general is not None or bool(remote and path.is_dir() and remote.root == folder)
    title = _name_by_place(folder, remote) if is_by_place else derive_title(name)
    names = [file, _compose(folder.name)] if is_by_place or path.is_dir() else [file]
    if general and general["edition"]:
        title = f"{title} {general['edition']}"
    return StandaloneName(
        title=_allow(title),
        is_by_place=is_by_place,
        beginning=derive_id(title)[:_LONGEST].rstrip("-."),
        digest=_digest(remote, folder, names, texts),
        former_title=derive_title(name),
        former_id=derive_id(name),
    )


def _compose(name: str) -> str:
    """Return a name as Linux writes it; macOS may write its letters and their marks apart."""
    return normalize("NFC", name)


def _name_by_place(folder: Path, remote: Remote | None) -> str:
    own = derive_title(_compose(folder.name))
    if remote is None:
        return own
    whole = derive_title(remote.name)
    return whole if folder == remote.root else f"{whole}::{own}"


def _digest(remote: Remote | None, folder: Path, names: Sequence[str], texts: Iterable[str]) -> str:
    """Return what stands for a source in its id; `names` are whole, whatever an id drops of them.

    The first is its file's, empty for a folder.
    """
    if remote:
        place = _compose(folder.relative_to(remote.root).as_posix())
        return _short_digest("git", remote.address, place, names[0])
    return _short_digest("text", *names, *("\n".join(text.splitlines()) for text in texts))


def _short_digest(*texts: str) -> str:
    parts = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts)
    return hashlib.sha256(b"".join(parts)).hexdigest()[:8]


def _allow(title: str) -> str:
    """Return a name that Anki lets a deck have."""
    return f"{title} deck" if check_deck_name(title) else title


def derive_id(name: str) -> str:
    """Return the id of a deck that is called as a file or folder is; letters of any script stay."""
    deck_id = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "deck"
    return f"deck-{deck_id}" if is_like_a_backup(deck_id) else deck_id


def derive_unique_id(name: str, longest: int) -> str:
    """Return the id of a project that is called as its folder is: no other name has it.

    Where it cannot be the name itself, as that of `C++`, a digest of the name follows.
    """
    deck_id = derive_id(name)
    if deck_id == name and len(name) <= longest:
        return deck_id
    digest = _short_digest("name", name)
    return f"{deck_id[: longest - len(digest) - 1].rstrip('-.')}-{digest}"


def derive_title(name: str) -> str:
    """Return the name in Anki of a deck that is called as a file or folder is."""
    return " ".join(name.replace("::", " ").split()) or "deck"


class Version(NamedTuple):
    """A version, comparable; written 1.2.3."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def next(self, part: str) -> Version:
        """Return the version that follows if one of the PARTS goes up."""
        at = PARTS.index(part)
        major, minor, patch, *_ = (*self[:at], self[at] + 1, 0, 0)
        return Version(major, minor, patch)


def is_version(text: str) -> bool:
    """Return whether a text is three numbers with dots between."""
    return _VERSION.fullmatch(text) is not None


def read_version(text: str) -> Version:
    """Return a version; raises ValueError for a text that is none."""
    match = _VERSION.fullmatch(text)
    if match is None:
        raise ValueError(f"no version: {text!r:.50}")
    return Version(*map(int, match.groups()))
