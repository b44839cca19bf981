"""The files of a project, found by their names alone as Obsidian finds them, each read once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote as quote_url
from urllib.parse import unquote as unquote_url

from deckpress.diagnostics import Diagnostics, Severity, did_you_mean, reason_of
from deckpress.filesystem import digest_of_names, is_inside, names_below, read_regular
from deckpress.languages import normalize
from deckpress.markdown import Token, plain_text, walk
from deckpress.markdown.obsidian_syntax import split_size
from deckpress.markdown.reader import Document, read_markdown
from deckpress.notes.front_matter import read_front_matter
from deckpress.project import Dialect, Reading

_MARKDOWN = (".md", ".markdown")
_MOST_HINTS = 20
_MOST_HEADING_HINTS = 20
"""Names of a note's parts that are not there, and for which one is looked for that is like them."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")


class ResolvedLink(NamedTuple):
    """The file that a name means, if there is one, and what is to be said of it."""

    path: Path | None
    message: str = ""


@dataclass
class Vault:
    """All files below a folder, but those that a dot hides."""

    root: Path
    _hints: int = 0
    """Names that are not there, and for which one was looked for that is like them."""
    asked: int = 0
    """How often it was asked for a file."""

    @cached_property
    def _paths(self) -> list[Path]:
        """All files, looked through once."""
        return [*names_below(self.root)]

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        """The files by their names, in small letters."""
        paths: dict[str, list[Path]] = {}
        for path in self._paths:
            paths.setdefault(_key(path.name), []).append(path)
        return paths

    @cached_property
    def digest(self) -> str:
        """What is another one for other files (`filesystem.digest_of_names`)."""
        return digest_of_names(self._paths)

    def find(self, target: str, file: Path) -> ResolvedLink:
        """Return the file that a note means by a name or a path, with its suffix or for a note.

        It is the path from the note's folder or from the vault's, or else the only file of that
        name; of several the nearest to the note.
        """
        self.asked += 1
        _ = self.digest  # of what is there before anything is read
        names = (target, *(target + suffix for suffix in _MARKDOWN))
        for path in (folder / name for name in names for folder in (file.parent, self.root)):
            if _is_file(path) and is_inside(path, self.root):
                return ResolvedLink(path)
        for name in names:
            if paths := self._named(name):
                return _nearest(paths, name, file)
        return ResolvedLink(None, self._did_you_mean(target))

    def find_note(self, target: str, file: Path) -> ResolvedLink:
        """Return the Markdown file that a note means by a name or a path."""
        resolved = self.find(target, file) if target else ResolvedLink(file)
        if resolved.path and resolved.path.suffix.lower() not in _MARKDOWN:
            return ResolvedLink(None)
        return resolved

    def read(self, path: Path) -> tuple[str, str]:
        """Return what a file says, or else why it cannot be read."""
        try:
            text = read_regular(path, self.root).decode("utf-8-sig")
        except OSError as problem:
            return "", f"cannot be read: {reason_of(problem)}"
        except UnicodeDecodeError:
            return "", "is not UTF-8: save the file as UTF-8"
        return text.replace("\r\n", "\n").replace("\r", "\n"), ""

    def _named(self, name: str) -> list[Path]:
        """Return the files that have a name, and end with its folders if it has some."""
        parts = [_key(part) for part in name.split("/") if part]
        alike = self._by_name.get(parts[-1], []) if parts else []
        return [path for path in alike if _ends_with(path, parts)]

    def _did_you_mean(self, target: str) -> str:
        self._hints += 1
        if self._hints > _MOST_HINTS:
            return ""
        name = target.rpartition("/")[2]
        return did_you_mean(name, self._shown_names(with_suffix="." in name))

    def _shown_names(self, *, with_suffix: bool) -> Iterator[str]:
        for paths in self._by_name.values():
            for path in paths[:1]:
                is_note = path.suffix.lower() in _MARKDOWN
                if is_note or with_suffix:
                    yield path.stem if is_note else path.name


def _key(name: str) -> str:
    return normalize("NFC", name).casefold()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or one that no file can have
        return False


def _ends_with(path: Path, parts: Sequence[str]) -> bool:
    return [_key(part) for part in path.parts[-len(parts) :]] == list(parts)


def _nearest(paths: Sequence[Path], name: str, file: Path) -> ResolvedLink:
    """Return the file to which the way is shortest; with a message if there are others."""
    ways = sorted((len(_way(path, file).parts), str(path), path) for path in paths)
    path = ways[0][2]
    if len(ways) == 1:
        return ResolvedLink(path)
    farther = ", ".join(str(_way(far_path, file)) for *_, far_path in ways[1:4])
    message = f"{name} is the name of {len(paths)} files: took {_way(path, file)}, not {farther}"
    return ResolvedLink(path, f"{message}; write its path if another is meant")


def _way(path: Path, file: Path) -> Path:
    return Path(os.path.relpath(path, file.parent))


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
            if (index := headings.get(_letters(name))) is None:
                shown = [plain_text([block]) for block in blocks if block.type == "heading"]
                return self._not_there(f'no heading "{name}"', name, shown)
            blocks = _section(blocks, index)
            headings = _find_headings(blocks) if name is not names[-1] else {}
        return blocks

    @cached_property
    def _headings(self) -> dict[str, int]:
        return _find_headings(self.document.blocks)

    @cached_property
    def _named(self) -> dict[str, Token]:
        """The blocks that have an id."""
        named = (token for token in walk(self.document.blocks) if token.block_id)
        return {token.block_id: token for token in named if token.type != "comment"}

    def _find_block(self, name: str) -> Sequence[Token] | str:
        block = self._named.get(name)
        if block is None:
            return self._not_there(f"no block ^{name}", name, list(self._named))
        return [block.replace(type="paragraph") if block.type == "block_text" else block]

    def _not_there(self, what: str, name: str, known: Sequence[str]) -> str:
        self._hints += 1
        near = did_you_mean(name, known) if self._hints <= _MOST_HEADING_HINTS else ""
        return f"is not shown, for that note has {what}{near or ': write one that it has'}"


def _find_headings(blocks: Sequence[Token]) -> dict[str, int]:
    """Return where the first heading of each text stands."""
    indices: dict[str, int] = {}
    for index, block in enumerate(blocks):
        if block.type == "heading":
            indices.setdefault(_letters(plain_text([block])), index)
    return indices


def _letters(text: str) -> str:
    """Return what Obsidian looks at in a heading: it leaves marks out of links."""
    return "".join(filter(str.isalnum, text.casefold()))


def _section(blocks: Sequence[Token], index: int) -> Sequence[Token]:
    level, below = blocks[index].level, []
    for block in blocks[index + 1 :]:
        if block.type == "heading" and block.level <= level:
            break
        below.append(block)
    return below


@dataclass
class Library:
    """The notes of a vault."""

    vault: Vault
    sources: frozenset[str] = frozenset()
    """Paths of the files that are read as notes themselves, and report what is wrong in them."""
    missing: Severity = Severity.ERROR
    """How much it matters that a note, or a part of one, is not there."""
    diagnostics: Diagnostics = field(default_factory=list)
    """What is wrong in other files, not yet reported."""
    _read: dict[Path, OtherNote | str] = field(default_factory=dict)

    def read(self, path: Path) -> OtherNote | str:
        """Return a note, or why it cannot be read."""
        if path not in self._read:
            self._read[path] = self._read_note(path)
        return self._read[path]

    def _read_note(self, path: Path) -> OtherNote | str:
        text, problem = self.vault.read(path)
        if problem:
            return problem
        front_matter, body = read_front_matter(text, str(path), Reading(), [])
        diagnostics = [] if str(path) in self.sources else self.diagnostics
        first_line = front_matter.lines + 1
        return OtherNote(read_markdown(body, str(path), diagnostics, first_line, Dialect.OBSIDIAN))


def is_media(target: str) -> bool:
    """Return whether a name is that of a picture, a sound or the like, and of no note."""
    suffix = target.partition("#")[0].rpartition("/")[2].rpartition(".")[2]
    if "." not in target:
        return False
    return suffix.isalnum() and suffix.isascii() and len(suffix) < 5 and suffix.lower() != "md"


@dataclass
class Pictures:
    """Those of one file, and of the notes that it shows."""

    file: str
    vault: Vault

    def show(self, embed: Token, path: Path) -> tuple[Token, str]:
        """Return the picture that an embed of a note stands for, and what is doubtful about it."""
        target = embed.target
        resolved = self.vault.find(target, path)
        url = self._url(resolved.path) if resolved.path else quote_url(target)
        alt, size = split_size(embed.alias)
        children = [Token(type="text", raw=alt)] if alt else []
        picture = Token(
            type="image", children=children, url=url, line=embed.line, column=embed.column
        ).replace(**size)
        return picture, resolved.message if resolved.path else ""

    def move(self, image: Token, path: Path, *, is_embedded: bool) -> Token:
        """Return a picture whose address counts from the file's folder; its name finds it, too."""
        url = image.url
        if _SCHEME.match(url) or url.startswith(("/", "#")) or not url.strip():
            return image
        target = unquote_url(url)
        resolved = self.vault.find(target, path)
        if resolved.path and (is_embedded or resolved.path != path.parent / target):
            return image.replace(url=self._url(resolved.path))
        return image

    def _url(self, path: Path) -> str:
        """Return the address of a file as the one that shows it would write it."""
        return quote_url(Path(os.path.relpath(path, Path(self.file).parent)).as_posix())
