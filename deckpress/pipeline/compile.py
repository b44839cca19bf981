"""One Markdown file → its notes with their fields, whatever other files and the lock say.

A file is read to its tree and cut into notes (`read_file`), its pictures are found, and then its
notes are checked and rendered (`finish_file`). After that nobody needs the tree any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from deckpress.check import check_note, check_rendered, check_style
from deckpress.check.active_html import check_stored, check_unpacked, find_scripts
from deckpress.check.formula_checks import FormulasOfFile, look_at_formulas
from deckpress.check.shown_html import check_hidden
from deckpress.diagnostics import Diagnostic, Diagnostics, Severity
from deckpress.diagrams.diagram_blocks import DiagramBlock, Place, find_diagram_blocks
from deckpress.diagrams.image_store import Picture, embed_pictures
from deckpress.formulas.macros import expand_all
from deckpress.lock.adopt import read_as_markup
from deckpress.lock.cloze_numbers import find_deletions
from deckpress.lock.matching import KnownClozes, keep_kind
from deckpress.media import Media, find_media
from deckpress.notes import Note, NoteText
from deckpress.notes.builder import parse_notes
from deckpress.notes.coverage import FileAccount, words_on_cards
from deckpress.notes.vault import Library
from deckpress.project import Project, Source
from deckpress.render import RenderedNote, render_note


@dataclass(frozen=True)
class CompileOptions:
    """What is the same for all files of a deck."""

    project: Project
    """Its files need not be in it."""
    missing_media: Severity = Severity.ERROR
    clozes: KnownClozes = field(default_factory=KnownClozes)
    tells_all: bool = False
    """Whether matters of style are told, and how many words are on cards."""
    adopts: bool = False
    """Whether notes are to be found in another tool's package."""

    @property
    def bodies(self) -> dict[str, str]:
        """What the deck's TeX commands stand for."""
        return {name: macro.body for name, macro in self.project.macros.items()}


class ReadFile(NamedTuple):
    """A file that was cut into notes, which are not rendered yet."""

    source: Source
    notes: tuple[Note, ...]
    diagnostics: tuple[Diagnostic, ...]
    account: FileAccount
    blocks: tuple[DiagramBlock, ...]
    """The pictures that the notes want."""


@dataclass(frozen=True)
class CompiledFile:
    """All that a deck needs of a file, without its tree."""

    notes: tuple[RenderedNote, ...]
    diagnostics: tuple[Diagnostic, ...]
    """What is wrong with the file by itself, but for what is in `late` and `scripts`."""
    late: tuple[Diagnostic, ...]
    """What was found when it was rendered."""
    scripts: tuple[Diagnostic, ...]
    account: FileAccount
    media: Media
    blocks: tuple[DiagramBlock, ...]
    formulas: FormulasOfFile


def read_file(
    source: Source, known: Sequence[str], options: CompileOptions, library: Library
) -> ReadFile:
    """Return the notes of a file; `known` are the questions that learners have of it, sorted."""
    project, file = options.project, str(source.path)
    parsed = parse_notes(source.text, file, project.reading, known, library)
    kept = (keep_kind(options.clozes, note) for note in parsed.notes)
    notes = tuple(
        replace(note, folders=source.folders) if source.folders else note for note in kept
    )
    diagnostics = parsed.diagnostics
    blocks = find_diagram_blocks(notes, options.bodies, project.root, diagnostics)
    words = words_on_cards(parsed.notes) if options.tells_all else 0
    account = replace(parsed.account, words=words)
    return ReadFile(source, notes, tuple(diagnostics), account, tuple(blocks))


def finish_file(
    read: ReadFile, pictures: Mapping[Place, Picture], options: CompileOptions
) -> CompiledFile:
    """Return a file's notes with their fields, `pictures` in them, and what is wrong with them."""
    project, file = options.project, str(read.source.path)
    notes = embed_pictures(read.notes, pictures)
    texts = [_text_of(note, options) for note in notes]
    diagnostics = list(read.diagnostics)
    for note, text in zip(notes, texts, strict=True):
        diagnostics += check_note(note, text, project.deck)
    diagnostics += check_style(notes, project) if options.tells_all else ()
    diagnostics += check_hidden(notes, project)
    diagnostics += check_unpacked(notes)
    late: Diagnostics = []
    media = find_media(notes, project.root, late, missing=options.missing_media)
    formulas = expand_all(notes, options.bodies)
    rendered = []
    for note, text in zip(notes, texts, strict=True):
        fields = render_note(note, media, formulas, project.deck.language, late)
        late += (*check_rendered(note, fields), *check_stored(note, fields))
        rendered.append(RenderedNote(text, fields))
    return CompiledFile(
        notes=tuple(rendered),
        diagnostics=tuple(diagnostics),
        late=tuple(late),
        scripts=find_scripts(notes),
        account=read.account,
        media=media,
        blocks=read.blocks,
        formulas=look_at_formulas(file, notes, formulas),
    )


def _text_of(note: Note, options: CompileOptions) -> NoteText:
    text = note.text(find_deletions(note))
    if not options.adopts or not note.html:
        return text
    return text._replace(as_markup=read_as_markup(note).text(text.clozes))
