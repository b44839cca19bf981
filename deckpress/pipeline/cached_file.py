"""A compiled file as bytes that another run can read, and what must still be so for that.

Anybody may have written into a cache: it is JSON, of which nothing but values comes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from itertools import starmap
from pathlib import Path
from typing import Any

from deckpress.diagnostics import Location, diagnostic_row, read_diagnostic
from deckpress.diagrams.diagram_blocks import PictureName
from deckpress.media import Media, MediaFile
from deckpress.note_types import SPOKEN
from deckpress.notes import Cloze, Kind, NoteText
from deckpress.notes.coverage import FileAccount, Lines, Omission
from deckpress.notes.styles import Reason
from deckpress.pipeline.compile_file import CompiledFile, CompileOptions, Dependencies
from deckpress.project import NoteStyle, Source
from deckpress.render import RenderedNote

_FIELDS = ("Question", "Answer", "Hint", "Extra", "Context", "Source", *SPOKEN.values())
_OF_PICTURES = (*_FIELDS, "Occlusion", "Image", "Gaps", "Comments")
Row = list[Any]
"""A value as JSON has it."""


def settings_key(options: CompileOptions, program: str) -> str:
    """Return what all files of a deck are kept by."""
    project, deck = options.project, options.project.deck
    settings = (
        *(deck.id, deck.name, deck.language, deck.tags, deck.subdecks, deck.speech),
        *(project.reading, project.terms, project.scripts is None, str(project.root)),
        *(options.bodies, options.missing_media, options.tells_all, options.checks_formulas),
    )
    return f"{program} {settings!r}"


def key_of(source: Source, settings: str) -> str:
    """Return what a file's result is kept by: all that it depends on, but for its dependencies."""
    texts = (settings, str(source.path), *source.folders, source.text)
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def write_file(file: CompiledFile) -> bytes:
    """Return a file's result, of which the formulas are checked, as bytes."""
    writer = _Writer(file.account.file)
    hangs_on = file.dependencies
    assert isinstance(file.formulas, tuple)
    told = (file.diagnostics, file.late, file.scripts, file.formulas)
    row = [
        [[str(path), status] for path, status in hangs_on.files],
        [hangs_on.on_vault, hangs_on.on_clozes, hangs_on.on_questions],
        [writer.note(rendered) for rendered in file.notes],
        [list(map(diagnostic_row, diagnostics)) for diagnostics in told],
        _account_row(file.account),
        [[name, str(media.path), media.sha256] for name, media in file.media.files.items()],
        {name: base64.b64encode(data).decode() for name, data in file.media.embedded.items()},
        [[picture.name, picture.key, writer.place(picture.where)] for picture in file.pictures],
    ]
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="surrogatepass")


def read_cached_file(data: bytes, source: Source, root: Path) -> CompiledFile:
    """Return a file's result.

    Raises ValueError, TypeError, KeyError or IndexError if the bytes are none that `write_file`
    wrote.
    """
    files, (vault, clozes, questions), *row = json.loads(data.decode(errors="surrogatepass"))
    hangs_on = tuple((Path(path), tuple(status)) for path, status in files)
    dependencies = Dependencies(hangs_on, vault, clozes, tuple(questions))
    return _Reader(source).file(row, root, dependencies)


class _Writer:
    """Writes the values of one file as rows."""

    def __init__(self, file: str) -> None:
        self._file = file

    def place(self, where: Location) -> Row:
        place: Row = [where.line, where.column]
        return place if where.file == self._file else [*place, where.file]

    def note(self, rendered: RenderedNote) -> Row:
        note = rendered.note
        return [
            self.place(note.location),
            note.kind,
            note.question_text,
            _unless(note.question_text, note.unmarked_question),
            _unless(note.question_text, note.first_block),
            note.answer_text,
            _unless(note.answer_text, note.unmarked_answer),
            note.answer_digest,
            note.headings,
            note.tags,
            note.subdeck,
            note.id,
            [[*cloze[:2], self.place(cloze.location), cloze.is_mark] for cloze in note.clozes],
            note.around,
            [rendered.fields[name] for name in _fields_of(note.kind)],
        ]


def _fields_of(kind: Kind) -> tuple[str, ...]:
    """Return which fields a note of a kind has (`RenderedNote.fields`)."""
    return _OF_PICTURES if kind is Kind.OCCLUSION else _FIELDS


def _unless(same: str, text: str) -> str | None:
    """Return a text, or None if it is the same as another one."""
    return None if text == same else text


def _account_row(account: FileAccount) -> Row:
    omissions = [[gone.reason.name, gone.lines, gone.words] for gone in account.omissions]
    counts = [account.near_count, account.notes, account.words]
    return [account.style, account.is_found, account.near, *counts, omissions]


class _Reader:
    """Reads the rows of one file as values."""

    def __init__(self, source: Source) -> None:
        self._file, self._folders = str(source.path), source.folders

    def file(self, row: Row, root: Path, dependencies: Dependencies) -> CompiledFile:
        notes, told, account, files, embedded, pictures = row
        diagnostics, late, scripts, formulas = (
            tuple(starmap(read_diagnostic, rows)) for rows in told
        )
        statuses = dict(dependencies.files)
        media = {
            name: MediaFile(Path(path), root, sha256, statuses[Path(path)])
            for name, path, sha256 in files
        }
        data = {name: base64.b64decode(text, validate=True) for name, text in embedded.items()}
        return CompiledFile(
            notes=tuple(map(self._note, notes)),
            diagnostics=diagnostics,
            late=late,
            scripts=scripts,
            account=self._account(*account),
            media=Media(media, {}, data),
            pictures=tuple(PictureName(name, key, self._place(at)) for name, key, at in pictures),
            formulas=formulas,
            dependencies=dependencies,
        )

    def _place(self, row: Row) -> Location:
        return Location(row[2] if len(row) > 2 else self._file, row[0], row[1])

    def _note(self, row: Row) -> RenderedNote:
        (place, kind, question, unmarked, first, answer, bare, digest, *filed, around, fields) = row
        headings, tags, subdeck, note_id, clozes = filed
        note = NoteText(
            self._place(place),
            Kind(kind),
            question,
            question if unmarked is None else unmarked,
            question if first is None else first,
            answer,
            answer if bare is None else bare,
            tuple(headings),
            tuple(tags),
            subdeck,
            note_id,
            self._folders,
            tuple(
                Cloze(number, text, self._place(at), is_mark)
                for number, text, at, is_mark in clozes
            ),
            answer_digest=digest,
            around=around,
        )
        return RenderedNote(note, dict(zip(_fields_of(note.kind), fields, strict=True)))

    def _account(
        self,
        style: str,
        is_found: bool,
        near: str | None,
        near_count: int,
        notes: int,
        words: int,
        omissions: Row,
    ) -> FileAccount:
        gone = (
            Omission(Reason[reason], tuple(Lines(*line) for line in lines), count)
            for reason, lines, count in omissions
        )
        return FileAccount(
            self._file,
            NoteStyle(style),
            is_found,
            NoteStyle(near) if near else None,
            near_count,
            notes,
            tuple(gone),
            words,
        )
