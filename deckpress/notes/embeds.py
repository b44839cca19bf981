"""`![[…]]` → what it stands for: a picture or sound, or the text of another note."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from deckpress.diagnostics import Diagnostic, Diagnostics, Location, Severity, warning
from deckpress.markdown import SourceSpan, Token, location_of, rewrite, walk
from deckpress.markdown.obsidian_syntax import shown_link
from deckpress.markdown.reader import Document
from deckpress.notes.vault import Library, OtherNote, Pictures, Vault, is_media

_MAX_DEPTH = 5
"""Embeds within embeds; Obsidian shows no more either."""
_MAX_SIZE = 1_000_000
"""Characters that a file's embeds may show in all: notes that embed each other twice would double
the text with every level."""
_TOKEN = 10
"""Characters that a token counts, beside those of its text."""
_TOO_MUCH = (
    f"is not shown, for embeds of this file show more than {_MAX_SIZE:,} characters: take some out"
)
_TOO_DEEP = f"is not shown, for it is more than {_MAX_DEPTH} embeds deep: take out some levels"
_WRITE = ": write the name of a note of this project"
_TEXTS = frozenset({"paragraph", "block_text"})


class EmbeddedPassage(SourceSpan):
    """A text of another note, which stands at one place of this file."""

    def place(self, offset: int) -> tuple[int, int]:
        """Return where the other note is embedded."""
        return self.rows[0]

    def cut(self, start: int, end: int) -> SourceSpan:
        """Return a part of the passage, at the same place."""
        return EmbeddedPassage(self.text[start:end], self.rows)


def put_at(blocks: Iterable[Token], embed: Token) -> tuple[Token, ...]:
    """Return blocks that stand where an embed does, with all below, so that messages lead there."""
    line, column = place = embed.line, embed.column

    def move(token: Token) -> Token:
        changes: dict[str, Any] = {"line": line, "column": column, "last_line": 0}
        if token.passage:
            changes["passage"] = EmbeddedPassage(token.passage.text, (place,))
        if token.rows:
            changes |= {"is_embedded": True, "rows": (place,) * len(token.rows)}
        if token.formulas:
            changes["formulas"] = [
                formula.replace(is_embedded=True, rows=(place,) * len(formula.rows))
                for formula in token.formulas
            ]
        if token.summaries:
            changes["summaries"] = [(start, put_at(text, embed)) for start, text in token.summaries]
        return token.replace(**changes)

    return rewrite(blocks, move)


def show_embeds(
    document: Document, file: str, library: Library | None, diagnostics: Diagnostics
) -> Document:
    """Return a file's tree with pictures and the text of other notes in it.

    What is wrong is added to `diagnostics`. Without a `library` the other notes are those below the
    file's folder.
    """
    embedder = Embedder(file, library or Library(Vault(Path(file).parent)))
    document = embedder.expand(document)
    diagnostics += (*embedder.diagnostics, *embedder.library.diagnostics)
    embedder.library.diagnostics.clear()
    return document


@dataclass
class Embedder:
    """Puts what a file's embeds stand for in their places, and collects what is wrong."""

    file: str
    library: Library
    diagnostics: Diagnostics = field(default_factory=list)
    footnotes: dict[str, tuple[Token, ...]] = field(default_factory=dict)
    """Those of other notes that are shown here, by labels of their own."""
    _chain: list[tuple[str, str]] = field(default_factory=list)
    """The notes, and parts of them, that are being shown, the outermost first."""
    _place: Token = field(default_factory=lambda: Token(type=""))
    """The embed of this file that is being shown."""
    _size: int = 0
    _reported: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._pictures = Pictures(self.file, self.library.vault)

    def expand(self, document: Document) -> Document:
        """Return a file's tree with the text of other notes where it embeds them."""
        path = Path(self.file)
        self._chain = [(os.path.realpath(path), "")]
        blocks = document.blocks
        if _is_list_of_embeds(blocks):
            blocks = tuple(chain.from_iterable(self._as_chapter(block, path) for block in blocks))
        shown = self._blocks(blocks, path)
        notes = {
            key: tuple(self._blocks(footnote, path)) for key, footnote in document.footnotes.items()
        }
        return replace(document, blocks=tuple(shown), footnotes={**notes, **self.footnotes})

    def _as_chapter(self, block: Token, path: Path) -> Iterator[Token]:
        """Yield a heading with the name of the note above each embed of a paragraph."""
        for embed in (child for child in block.children if child.type == "embed"):
            name = Token(type="text", raw=shown_link(embed.target))
            yield Token(type="heading", children=[name], level=1, line=embed.line)
            yield block.replace(children=[embed], line=embed.line)

    def _blocks(self, blocks: Iterable[Token], path: Path) -> list[Token]:
        shown: list[Token] = []
        for block in blocks:
            if block.type in _TEXTS:
                shown += self._texts(block, path)
                continue
            if block.type in ("table", "heading"):
                block = block.replace(children=self._lines(block.children, path))
            elif block.children:
                block = block.replace(children=self._blocks(block.children, path))
            if block.summaries:
                texts = [(start, self._lines(text, path)) for start, text in block.summaries]
                block = block.replace(summaries=texts)
            shown.append(block)
        return shown

    def _texts(self, paragraph: Token, path: Path) -> Iterator[Token]:
        """Yield a paragraph in pieces, between them the blocks that its embeds stand for."""
        if not any(child.type == "embed" for child in paragraph.children):
            yield paragraph.replace(children=self._lines(paragraph.children, path))
            return
        piece: list[Token] = []
        for child in paragraph.children:
            if child.type != "embed":
                piece += self._lines([child], path)
                continue
            shown = self._read_embed(child, path)
            if shown.type != "embedded":
                piece.append(shown)
                continue
            yield from _pieces(paragraph, piece)
            piece = []
            yield shown
        yield from _pieces(paragraph, piece)

    def _lines(self, tokens: Iterable[Token], path: Path) -> list[Token]:
        """Return what stands in a line, where there is no room for the text of a note."""
        shown = []
        for token in tokens:
            if token.type == "embed":
                shown.append(self._show_in_line(token, path))
                continue
            if token.children:
                token = token.replace(children=self._lines(token.children, path))
            if token.type == "image":
                token = self._pictures.move(token, path, is_embedded=len(self._chain) > 1)
            shown.append(token)
        return shown

    def _show_in_line(self, embed: Token, path: Path) -> Token:
        if is_media(embed.target):
            return self._show_picture(embed, path)
        message = f"{embed.raw} cannot be shown within a line: put it on a line of its own"
        self._report(warning(self._where(embed, path), message))
        return _as_link(embed)

    def _show_picture(self, embed: Token, path: Path) -> Token:
        picture, doubt = self._pictures.show(embed, path)
        if doubt:
            self._report(warning(self._where(embed, path), doubt))
        return picture

    def _read_embed(self, embed: Token, path: Path) -> Token:
        """Return what an embed stands for; its words where that is not to be had."""
        target = embed.target
        if is_media(target) and not self.library.vault.find_note(target, path).path:
            return self._show_picture(embed, path)
        if len(self._chain) == 1:
            self._place = embed
        open_notes = len(self._chain)
        try:
            return self._read_note(embed, path)
        except _RefusedError as refusal:
            del self._chain[open_notes:]
            message = str(refusal)
            level = self.library.missing if refusal.is_missing else Severity.ERROR
            where = self._where(embed, path)
            self._report(Diagnostic(where, f"{embed.raw} {message}", level), message)
            return _as_link(embed)

    def _read_note(self, embed: Token, path: Path) -> Token:
        """Return the text of a note. Raises _RefusedError with what is wrong."""
        name, _, part = embed.target.partition("#")
        resolved = self.library.vault.find_note(name.strip(), path)
        if not resolved.path:
            message = f"is not shown, for there is no such note{resolved.message or _WRITE}"
            raise _RefusedError(message, is_missing=True)
        if resolved.message:
            self._report(warning(self._where(embed, path), resolved.message))
        key = (os.path.realpath(resolved.path), part.strip())
        self._check_chain(key)
        note = self.library.read(resolved.path)
        if isinstance(note, str):
            raise _RefusedError(note)
        self._chain.append(key)
        copied = self._copy(note, self._find_part(note, part), resolved.path)
        self._chain.pop()
        if len(self._chain) == 1:
            copied = put_at(copied, self._place)
        return Token(type="embedded", children=copied, line=self._place.line)

    def _check_chain(self, key: tuple[str, str]) -> None:
        """Raise _RefusedError if a part of a note would be shown in itself, or too deep."""
        if key in self._chain:
            names = [_shown_part(link) for link in (*self._chain[self._chain.index(key) :], key)]
            raise _RefusedError(f"leads to itself: {' → '.join(names)}: remove one of these")
        if len(self._chain) > _MAX_DEPTH:
            raise _RefusedError(_TOO_DEEP)

    def _find_part(self, note: OtherNote, part: str) -> Sequence[Token]:
        """Return a part of a note. Raises _RefusedError if that is not there, or too much."""
        if self._size > _MAX_SIZE:
            raise _RefusedError(_TOO_MUCH)
        blocks = note.find(part)
        if isinstance(blocks, str):
            raise _RefusedError(blocks, is_missing=True)
        self._size += sum(len(token.raw) + _TOKEN for token in walk(blocks))
        if self._size > _MAX_SIZE:
            raise _RefusedError(_TOO_MUCH)
        return blocks

    def _copy(self, note: OtherNote, blocks: Sequence[Token], path: Path) -> tuple[Token, ...]:
        """Return blocks of another note as blocks of this file, which has their footnotes, too."""

        def change(token: Token) -> Token:
            if token.type == "comment":  # an id or tags of that note, and not of this one
                return token.replace(raw="", tags=())
            return self._take_footnote(note, token, path) if token.type == "footnote_ref" else token

        return rewrite(self._blocks(blocks, path), change)

    def _take_footnote(self, note: OtherNote, reference: Token, path: Path) -> Token:
        """Return a reference under a label that the footnote of the other note has here."""
        label = reference.raw.casefold()
        if label not in note.document.footnotes:
            return reference
        own = f"{label} in {path.name}".casefold()
        if own not in self.footnotes:
            self.footnotes[own] = ()  # which may show notes that refer to it
            blocks = self._blocks(note.document.footnotes[label], path)
            self.footnotes[own] = put_at(blocks, self._place)
        return reference.replace(raw=own)

    def _report(self, diagnostic: Diagnostic, once: str = "") -> None:
        """Add a problem that was not reported; of `once`, the second is one too many already."""
        key = _TOO_MUCH if once == _TOO_MUCH else str(diagnostic)
        if key not in self._reported:
            self._reported.add(key)
            self.diagnostics.append(diagnostic)

    def _where(self, embed: Token, path: Path) -> Location:
        """Return where an embed stands: in this file, or in a note that is shown in it."""
        return location_of(embed, self.file if len(self._chain) == 1 else str(path))


class _RefusedError(Exception):
    """An embed that is not shown; its text says why, and goes on from what the author wrote."""

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        super().__init__(message)
        self.is_missing = is_missing
        """Whether there is no such note, or no such part of it."""


def _shown_part(shown: tuple[str, str]) -> str:
    name = Path(shown[0]).stem
    return f"{name}#{shown[1]}" if shown[1] else name


def _is_list_of_embeds(blocks: Iterable[Token]) -> bool:
    """Return whether a file is nothing but names of notes, as a list of topics is."""
    shown = [block for block in blocks if block.type != "comment"]
    return bool(shown) and all(
        block.type == "paragraph"
        and all(
            child.type in ("softbreak", "linebreak")
            or (child.type == "embed" and not is_media(child.target))
            for child in block.children
        )
        for block in shown
    )


def _pieces(paragraph: Token, children: list[Token]) -> Iterator[Token]:
    """Yield a piece of a paragraph, without the breaks at its ends; nothing if it is empty."""
    while children and children[0].type in ("softbreak", "linebreak"):
        del children[0]
    while children and children[-1].type in ("softbreak", "linebreak"):
        del children[-1]
    if children and not (len(children) == 1 and children[0].raw.isspace()):
        yield paragraph.replace(children=children)


def _as_link(embed: Token) -> Token:
    shown = embed.alias or shown_link(embed.target)
    return Token(type="text", raw=shown, line=embed.line, column=embed.column)
