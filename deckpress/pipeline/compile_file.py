"""One Markdown file → its notes with their fields, whatever other files and the lock say.

A file is read to its tree and cut into notes (`read_file`), its pictures are found, and then its
notes are checked and rendered (`finish_file`). After that nobody needs the tree any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

from deckpress.check import check_note, check_rendered, check_style
from deckpress.check.active_html import check_stored, check_unpacked, find_scripts
from deckpress.check.formula_checks import FormulasOfFile, check_formulas, look_at_formulas
from deckpress.check.shown_html import check_hidden
from deckpress.diagnostics import Diagnostic, Diagnostics, Severity, has_errors
from deckpress.diagrams.diagram_blocks import DiagramBlock, PictureName, Place, find_diagram_blocks
from deckpress.diagrams.image_store import Picture, check_readable, embed_pictures
from deckpress.filesystem import FileStatus, status_of
from deckpress.formulas import skip_formula_check
from deckpress.formulas.macros import expand_all
from deckpress.lock import digest
from deckpress.lock.cloze_numbers import note_text
from deckpress.lock.matching import KnownClozes, keep_kind
from deckpress.lock.similarity import DIGEST_DIGITS, sketch, text_digest
from deckpress.media import Media, MediaFile, find_media
from deckpress.notes import Note, NoteText
from deckpress.notes.builder import parse_notes
from deckpress.notes.coverage import FileAccount, words_on_cards
from deckpress.notes.vault import Library, Vault
from deckpress.project import Project, Source
from deckpress.render import RenderedNote, render_note
from deckpress.render.speech import check_spoken, spoken_fields


class CompileOptions(NamedTuple):
    """What is the same for all files of a deck."""

    project: Project
    """Its files need not be in it."""
    missing_media: Severity = Severity.ERROR
    clozes: KnownClozes = KnownClozes()
    tells_all: bool = False
    """Whether matters of style are told, and how many words are on cards."""
    checks_formulas: bool = True
    """Whether MathJax is asked about formulas, which is done for all files together."""
    adopts: bool = False
    """Whether notes are to be found in another tool's package."""
    is_first: bool = False
    """Whether there is no lock yet, so that it will have the sketches of all notes."""

    @property
    def bodies(self) -> dict[str, str]:
        """What the deck's TeX commands stand for."""
        return {name: macro.body for name, macro in self.project.macros.items()}


class Dependencies(NamedTuple):
    """What else than its own text, and the options, a file was compiled by."""

    files: tuple[tuple[Path, FileStatus], ...] = ()
    """Pictures, sounds and Python, as they were when they were read."""
    on_vault: str = ""
    """The digest of the vault, if it depends on the names and texts of other files."""
    on_clozes: str = ""
    """The digest of the cloze notes that learners have, if it depends on which they are."""
    on_questions: tuple[str, ...] = ()
    """The digests of those questions of learners, in all, with which the file is read so."""
    on_chance: bool = False
    """Whether it depends on more than can be told, such as what was missing or drawn just now."""

    def are_same(self, known: Sequence[str], vault: Vault, clozes: KnownClozes) -> bool:
        """Return whether all is as it was; `known` are the questions that learners have of it."""
        return (
            not self.on_chance
            and digest(*known) in self.on_questions
            and self.on_clozes in ("", clozes.digest)
            and all(status_of(path) == status for path, status in self.files)
            and (not self.on_vault or self.on_vault == vault.digest)
        )


class ReadFile(NamedTuple):
    """A file that was cut into notes, which are not rendered yet."""

    source: Source
    notes: tuple[Note, ...]
    diagnostics: tuple[Diagnostic, ...]
    account: FileAccount
    blocks: tuple[DiagramBlock, ...]
    """The pictures that the notes want."""
    dependencies: Dependencies
    known: Sequence[str]
    """The questions that learners have of it."""
    is_same_with: Callable[[Sequence[str]], bool]
    """Whether it would be read the same if they had others."""


class CompiledFile(NamedTuple):
    """All that a deck needs of a file, without its tree."""

    notes: tuple[RenderedNote, ...]
    diagnostics: tuple[Diagnostic, ...]
    """What is wrong with the file by itself, but for what is in `late`, `scripts` and formulas."""
    late: tuple[Diagnostic, ...]
    """What was found when it was rendered."""
    scripts: tuple[Diagnostic, ...]
    account: FileAccount
    media: Media
    pictures: tuple[PictureName, ...]
    """Those that its notes want drawn."""
    formulas: FormulasOfFile | tuple[Diagnostic, ...]
    """Its formulas, or what is wrong with them once they were checked."""
    dependencies: Dependencies


def read_file(
    source: Source, known: Sequence[str], options: CompileOptions, library: Library
) -> ReadFile:
    """Return the notes of a file; `known` are the questions that learners have of it, sorted."""
    project, file, vault = options.project, str(source.path), library.vault
    asked = vault.asked
    parsed = parse_notes(source.text, file, project.reading, known, library)
    kept = (keep_kind(options.clozes, note) for note in parsed.notes)
    folders = source.folders
    notes = tuple(replace(note, folders=folders) if folders else note for note in kept)
    diagnostics = parsed.diagnostics
    blocks = find_diagram_blocks(notes, options.bodies, project.root, diagnostics)
    words = words_on_cards(parsed.notes) if options.tells_all else 0
    python = (
        (Path(file).parent / str(block.place[1]), block.status) for block in blocks if block.status
    )
    on_vault = vault.digest if vault.asked > asked else ""
    may_be_cloze = any(note.as_cloze for note in parsed.notes)
    return ReadFile(
        source=source,
        notes=notes,
        diagnostics=tuple(diagnostics),
        account=parsed.account._replace(words=words),
        blocks=tuple(blocks),
        dependencies=Dependencies(
            files=tuple(python),
            on_vault=on_vault,
            on_clozes=options.clozes.digest if may_be_cloze else "",
            on_chance=_may_change(source, diagnostics, on_vault=bool(on_vault)),
        ),
        known=known,
        is_same_with=parsed.is_same_with,
    )


def _may_change(source: Source, diagnostics: Diagnostics, *, on_vault: bool) -> bool:
    """Return whether another run may say something else of a file that is the same.

    So it is of files that are not there, and since what they may be is told of the first few alone.
    """
    return bool(on_vault and diagnostics) or (".py" in source.text and has_errors(diagnostics))


def finish_file(
    read: ReadFile, pictures: Mapping[Place, Picture], options: CompileOptions
) -> CompiledFile:
    """Return a file's notes with their fields, `pictures` in them, and what is wrong with them."""
    project, file = options.project, str(read.source.path)
    speech = project.deck.speech
    notes = embed_pictures(read.notes, pictures, read.blocks)
    texts = [_text_of(note, options) for note in notes]
    shown = {block.place: pictures[block.place] for block in read.blocks if block.place in pictures}
    late: Diagnostics = []
    media = find_media(notes, project.root, late, missing=options.missing_media)
    media = _with_pictures(media, shown.values(), project.root)
    formulas = expand_all(notes, options.bodies)
    looked = look_at_formulas(file, notes, formulas)
    rendered = []
    for note, text in zip(notes, texts, strict=True):
        fields = render_note(note, media, formulas, project.deck.language, late)
        late += (*check_rendered(note, fields), *check_stored(note, fields))
        late += check_spoken(note, formulas, speech) if options.tells_all else ()
        rendered.append(RenderedNote(text, fields | spoken_fields(note.kind, fields, speech)))
    return CompiledFile(
        notes=tuple(rendered),
        diagnostics=(*read.diagnostics, *_check(read, notes, texts, shown, options)),
        late=tuple(late),
        scripts=find_scripts(notes),
        account=read.account,
        media=media,
        pictures=tuple(block.picture for block in read.blocks),
        formulas=looked if options.checks_formulas else _check_unasked(looked, project),
        dependencies=_join(read, texts, media, shown),
    )


def _check_unasked(formulas: FormulasOfFile, project: Project) -> tuple[Diagnostic, ...]:
    """Return what is wrong with formulas as far as that can be told without MathJax."""
    return check_formulas([formulas], project.macros, skip_formula_check).files[0]


def _check(
    read: ReadFile,
    notes: Sequence[Note],
    texts: Sequence[NoteText],
    shown: Mapping[Place, Picture],
    options: CompileOptions,
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the notes of a file and their pictures, as they are written."""
    project = options.project
    for block in read.blocks:
        if picture := shown.get(block.place):
            yield from check_readable(block, picture)
    for note, text in zip(notes, texts, strict=True):
        yield from check_note(note, text, project.deck)
    if options.tells_all:
        yield from check_style(notes, project)
    yield from check_hidden(notes, project)
    yield from check_unpacked(notes)


def _text_of(note: Note, options: CompileOptions) -> NoteText:
    text = note_text(note)
    drawn = sketch(text.answer_text) if options.is_first else ""
    digest = drawn[:DIGEST_DIGITS] or text_digest(text.answer_text)
    text = text._replace(sketch=drawn, answer_digest=digest)
    if not options.adopts or not note.html:
        return text
    from deckpress.lock.adopt import read_as_markup  # here since few builds adopt a package

    return text._replace(as_markup=read_as_markup(note).text(text.clozes))


def _with_pictures(media: Media, pictures: Collection[Picture], root: Path) -> Media:
    """Return media with the pictures that were drawn: now, or by an earlier build."""
    drawn = {picture.name: picture.data for picture in pictures if picture.is_new}
    on_disk = {
        picture.name: MediaFile(
            picture.path, root, hashlib.sha256(picture.data).hexdigest(), picture.status
        )
        for picture in pictures
        if not picture.is_new
    }
    return replace(media, files={**media.files, **on_disk}, drawn=drawn)


def _join(
    read: ReadFile, texts: Sequence[NoteText], media: Media, shown: Mapping[Place, Picture]
) -> Dependencies:
    """Return all that a file depends on, with its media."""
    known = read.dependencies
    files = [(file.path, file.status) for file in media.files.values()]
    files += [(path, ()) for path in media.passed]
    is_drawn = len(shown) == len(read.blocks) and not media.drawn
    return known._replace(
        files=(*known.files, *files),
        on_questions=tuple(starmap(digest, _questions_for(read, texts))),
        on_chance=known.on_chance or not (is_drawn and media.is_complete),
    )


def _questions_for(read: ReadFile, texts: Sequence[NoteText]) -> Iterator[Sequence[str]]:
    """Yield the questions of learners with which a file is read as it is.

    After the build its own are among them, which mostly changes nothing: it is not to be compiled
    once more for that.
    """
    yield read.known
    own = sorted(text.question_text for text in texts)
    if own != [*read.known] and read.is_same_with(own):
        yield own
