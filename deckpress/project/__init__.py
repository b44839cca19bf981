"""What is to be built: the deck, its files, and how they are to be read, as values.

`opening` finds the project of a folder or a file, `settings` reads deck.toml, `sources` the
Markdown files, and `names` says what Anki takes as a name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from deckpress.diagnostics import Location
from deckpress.project.names import StandaloneName

LEVELS = range(1, 7)
"""Of headings in Markdown."""


class NoteStyle(StrEnum):
    """How a file writes its notes: what asks in it, and what answers."""

    LIST = "list"
    HEADINGS = "headings"
    BOLD = "bold"
    DETAILS = "details"
    QA = "qa"
    TABLE = "table"
    TERMS = "terms"
    CALLOUTS = "callouts"
    CARDS = "cards"
    TAGGED = "tagged"
    AUTO = "auto"
    """It is found by trying."""

    @property
    def noun(self) -> str:
        """What asks in it, in words of a message; `s` makes it more than one."""
        return _NOUNS[self]

    @property
    def is_of_obsidian(self) -> bool:
        """Whether it is there in the Obsidian dialect alone."""
        return self in (NoteStyle.CALLOUTS, NoteStyle.CARDS, NoteStyle.TAGGED)


_NOUNS = {
    NoteStyle.LIST: "list item",
    NoteStyle.HEADINGS: "heading",
    NoteStyle.BOLD: "bold line",
    NoteStyle.DETAILS: "folded <details> block",
    NoteStyle.QA: "Q: line",
    NoteStyle.TABLE: "table row",
    NoteStyle.TERMS: "**term**: line",
    NoteStyle.CALLOUTS: "question callout",
    NoteStyle.CARDS: "Q::A line",
    NoteStyle.TAGGED: "tagged item",
    NoteStyle.AUTO: "question",
}


class Dialect(StrEnum):
    """Which Markdown a file is written in."""

    GITHUB = "github"
    OBSIDIAN = "obsidian"


class Reading(NamedTuple):
    """How a file is to be read; deck.toml says it of all files, the front matter of one."""

    style: NoteStyle = NoteStyle.AUTO
    level: int = 0
    """The only level of headings that ask; 0 where any may."""
    dialect: Dialect = Dialect.GITHUB

    @property
    def is_obsidian(self) -> bool:
        """Whether the file is written in the Obsidian dialect."""
        return self.dialect is Dialect.OBSIDIAN


class Speech(NamedTuple):
    """What Anki reads aloud on the cards of a deck."""

    fields: tuple[str, ...]
    """Those that are read where they are first shown: `Question`, `Answer`, or both."""
    language: str
    """A BCP 47 tag with the region that tells voices apart, such as `ja-JP`."""
    voices: tuple[str, ...] = ()
    """The names of voices in Anki, the one that is liked best first."""
    speed: float = 1.0


class Style(NamedTuple):
    """How the cards of a deck look otherwise than by themselves."""

    path: Path
    """The style sheet of the deck's author."""
    css: str = ""
    """What it says."""
    for_learners: bool = False
    """Whether each learner may have a style sheet beside it, which no release replaces."""


class Deck(NamedTuple):
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
    pages: str | None = None
    """Where the pages of its releases are to be read: an address with a slash at its end, empty if
    it is not known. None if releases have no pages."""
    speech: Speech | None = None
    """What is read aloud; None if nothing is."""
    style: Style | None = None
    """The deck's own look; None where it has the look of all decks."""


class Macro(NamedTuple):
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
    editor: str = ""
    """The address that opens a place in the author's editor (`addresses`); empty if none."""
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


class Source(NamedTuple):
    """One Markdown file."""

    path: Path
    text: str
    folders: tuple[str, ...] = ()
    """The names of the subfolders that it lies in, the outermost first."""
