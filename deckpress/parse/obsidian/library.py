"""The other notes of a vault, each read once, and their parts: below a heading, or one block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from deckpress.errors import Level, Problem, did_you_mean
from deckpress.notes import Token, plain_text, walk
from deckpress.parse.front_matter import read_front_matter
from deckpress.parse.markdown import Document, read_markdown
from deckpress.parse.obsidian.vault import Vault
from deckpress.project import Dialect, Reading

_MOST_HINTS = 20
"""Names of a note's parts that are not there, and for which one is looked for that is like them."""


@dataclass
class OtherNote:
    """A note of which others show parts."""

    document: Document
    _hints: int = 0

    def find(self, part: str) -> Sequence[Token] | str:
        """Return what `Heading`, `A#B` or `^id` is of the note, or else what is wrong.

        A heading stands for the text below it; nothing at all is the whole note.
        """
        names = [name.strip() for name in part.split("#") if name.strip()]
        if names and names[-1].startswith("^"):
            return self._find_block(names[-1][1:])
        blocks: Sequence[Token] = self.document.blocks
        headings = self._headings
        for name in names:
            if (at := headings.get(_letters(name))) is None:
                shown = [plain_text([block]) for block in blocks if block["type"] == "heading"]
                return self._not_there(f'no heading "{name}"', name, shown)
            blocks = _section(blocks, at)
            headings = _find_headings(blocks) if name is not names[-1] else {}
        return blocks

    @cached_property
    def _headings(self) -> dict[str, int]:
        return _find_headings(self.document.blocks)

    @cached_property
    def _named(self) -> dict[str, Token]:
        """The blocks that have an id."""
        named = (token for token in walk(self.document.blocks) if "block_id" in token)
        return {token["block_id"]: token for token in named if token["type"] != "comment"}

    def _find_block(self, name: str) -> Sequence[Token] | str:
        block = self._named.get(name)
        if block is None:
            return self._not_there(f"no block ^{name}", name, list(self._named))
        return [block | {"type": "paragraph"} if block["type"] == "block_text" else block]

    def _not_there(self, what: str, name: str, known: Sequence[str]) -> str:
        self._hints += 1
        near = did_you_mean(name, known) if self._hints <= _MOST_HINTS else ""
        return f"is not shown, for that note has {what}{near or ': write one that it has'}"


def _find_headings(blocks: Sequence[Token]) -> dict[str, int]:
    """Return where the first heading of each text stands."""
    found: dict[str, int] = {}
    for at, block in enumerate(blocks):
        if block["type"] == "heading":
            found.setdefault(_letters(plain_text([block])), at)
    return found


def _letters(text: str) -> str:
    """Return what Obsidian looks at in a heading: it leaves marks out of links."""
    return "".join(filter(str.isalnum, text.casefold()))


def _section(blocks: Sequence[Token], at: int) -> Sequence[Token]:
    level, below = blocks[at]["attrs"]["level"], []
    for block in blocks[at + 1 :]:
        if block["type"] == "heading" and block["attrs"]["level"] <= level:
            break
        below.append(block)
    return below


@dataclass
class Library:
    """The notes of a vault."""

    vault: Vault
    sources: frozenset[str] = frozenset()
    """Paths of the files that are read as notes themselves, and report what is wrong in them."""
    missing: Level = Level.ERROR
    """How much it matters that a note, or a part of one, is not there."""
    problems: list[Problem] = field(default_factory=list)
    """What is wrong in other files, not yet reported."""
    _read: dict[Path, OtherNote | str] = field(default_factory=dict)

    def read(self, path: Path) -> OtherNote | str:
        """Return a note, or why it cannot be read."""
        if path not in self._read:
            self._read[path] = self._read_note(path)
        return self._read[path]

    def _read_note(self, path: Path) -> OtherNote | str:
        text, wrong = self.vault.read(path)
        if wrong:
            return wrong
        front_matter, body, _ = read_front_matter(text, str(path), Reading())
        document, problems = read_markdown(
            body, str(path), front_matter.lines + 1, Dialect.OBSIDIAN
        )
        if str(path) not in self.sources:
            self.problems += problems
        return OtherNote(document)
