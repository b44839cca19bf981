"""All that comes before a package is written: files → notes → fields, checked and dated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from deckpress.anki import NoteType, PackageNote, card_numbers
from deckpress.check import check_notes, check_rendered, check_style
from deckpress.check.active_html import check_scripts, check_stored, check_unpacked
from deckpress.check.formula_checks import check_formulas
from deckpress.check.shown_html import check_hidden
from deckpress.diagnostics import (
    Diagnostic,
    Diagnostics,
    Location,
    Severity,
    error,
    has_errors,
    sort_diagnostics,
    warning,
)
from deckpress.diagrams.diagram_blocks import DiagramBlock, find_diagram_blocks
from deckpress.diagrams.image_store import (
    DrawDiagrams,
    draw_diagrams,
    embed_pictures,
    find_stale,
    pictures_to_write,
    report_stale,
)
from deckpress.formulas import EngineError, Typeset
from deckpress.formulas.engine import typeset_here
from deckpress.formulas.macros import ExpandedFormula, expand_all
from deckpress.lock import Lock, LockedNote, LockedNoteType
from deckpress.lock.changes import Change, Edit, report_changes
from deckpress.lock.cloze_numbers import check_clozes_kept, number_clozes
from deckpress.lock.dates import (
    check_clock,
    check_schema,
    date_anew,
    date_note,
    date_note_type,
    describe_note_type,
    update_lock,
)
from deckpress.lock.matching import Identity, find_retired, identify, keep_kinds, questions_by_file
from deckpress.lock.store import BuildOptions, check_locked, open_lock, peek_lock, with_locked_names
from deckpress.media import Media, find_media
from deckpress.note_types import note_type
from deckpress.notes import Kind, Note
from deckpress.notes.attributes import deck_name, file_name, subdeck_name, tags
from deckpress.notes.builder import FileNotes, parse_notes
from deckpress.notes.coverage import FileAccount
from deckpress.notes.vault import Library, Vault
from deckpress.pipeline import Prepared
from deckpress.project import Deck, NoteStyle, Project, Source
from deckpress.render import RenderedNote, render_note

Progress = Callable[[Sequence[Note]], Iterable[Note]]
"""Shows how far the rendering is: takes the notes and yields them."""


def prepare(
    project: Project,
    known: Iterable[Diagnostic],
    now: int,
    progress: Progress = iter,
    options: BuildOptions | None = None,
    typeset: Typeset = typeset_here,
    draw: DrawDiagrams = draw_diagrams,
) -> Prepared:
    """Read, check, render and date a project's notes; nothing is written.

    `known` is what is already known to be wrong, `now` the time in seconds since 1970, `typeset`
    says what MathJax makes of formulas, and `draw` draws the pictures that are not there yet.
    Raises DeckError if a package that `options` name cannot be read.
    """
    options = options or BuildOptions()
    diagnostics = list(known)
    peeked = peek_lock(project)
    read, accounts = _read_notes(project, peeked, diagnostics, options.missing_media)
    blocks = find_diagram_blocks(read, _bodies(project), project.root, diagnostics)
    pictures = draw(blocks, project.pictures, project.root, diagnostics)
    written = embed_pictures(read, pictures)
    diagnostics += check_notes(written, project)
    diagnostics += check_style(written, project)
    diagnostics += check_hidden(written, project)
    diagnostics += check_unpacked(written)
    opened = open_lock(project, options, written, diagnostics, now, peeked)
    before = date_anew(opened, Location(str(project.lock)), now, diagnostics)
    project = with_locked_names(project, before, allow_rename=options.allow_deck_rename)
    identities, adopted = _identify(before, written, options, project.deck, diagnostics)
    notes = _number_clozes(written, identities, diagnostics)
    media = find_media(notes, project.root, diagnostics, missing=options.missing_media)
    media = replace(media, drawn={picture.name: picture.data for picture in pictures.values()})
    formulas = expand_all(notes, _bodies(project))
    active = tuple(check_scripts(notes, project))
    diagnostics += active
    diagnostics += _check_formulas(notes, formulas, project, typeset)
    rendered = _render(notes, media, formulas, project, diagnostics, progress)
    types = {kind: note_type(kind, project.deck) for kind in _kinds(rendered)}
    finished, entries = _finish(rendered, identities, types, project.deck, now)
    after = _update_lock(before, types, entries, project, diagnostics, now)
    diagnostics += check_clock(before, after, Location(str(project.lock)), now)
    if options.locked and not has_errors(diagnostics):
        diagnostics += check_locked(project, after)
    stale = _find_stale(blocks, project, diagnostics)
    diagnostics += [] if options.prune else report_stale(stale)
    edits = _edits(before, notes, identities, entries)
    retired = find_retired(before, identities)
    return Prepared(
        project=project,
        before=before,
        after=after,
        rendered=rendered,
        notes=tuple(finished),
        media=media,
        diagnostics=sort_diagnostics(diagnostics),
        active=active,
        changes=(*adopted, *report_changes(before, project.deck.name, edits, retired)),
        retired=tuple(retired),
        pictures=pictures_to_write(pictures),
        stale=tuple(stale) if options.prune else (),
        accounts=accounts,
        adopted=options.adopt,
    )


def read_blocks(project: Project, diagnostics: Diagnostics) -> list[DiagramBlock]:
    """Return the pictures that a project wants drawn, and add to `diagnostics` what is wrong."""
    notes, _ = _read_notes(project, peek_lock(project), diagnostics)
    return find_diagram_blocks(notes, _bodies(project), project.root, diagnostics)


def _bodies(project: Project) -> dict[str, str]:
    """Return what the deck's TeX commands stand for."""
    return {name: macro.body for name, macro in project.macros.items()}


def _find_stale(
    blocks: Iterable[DiagramBlock], project: Project, diagnostics: Sequence[Diagnostic]
) -> list[Path]:
    """Return pictures that nobody asks for; none where a block may be missing from `blocks`."""
    if has_errors(diagnostics) or not project.is_whole:
        return []
    return find_stale(blocks, project.pictures, project.root)


def _read_notes(
    project: Project,
    lock: Lock | None,
    diagnostics: Diagnostics,
    missing: Severity = Severity.ERROR,
) -> tuple[list[Note], tuple[FileAccount, ...]]:
    """Return the notes of all files, as the lock has them, and what became of their words.

    `missing` is how much it matters that a note is not there which another one shows.
    """
    names = [file_name(source.path, source.folders) for source in project.sources]
    asked = questions_by_file(lock, names) if lock else {}
    paths = frozenset(str(source.path) for source in project.sources)
    library = Library(Vault(project.root), paths, missing)
    files = [_parse(source, project, asked, library) for source in project.sources]
    notes: list[Note] = []
    for source, file in zip(project.sources, files, strict=True):
        folders = source.folders
        notes += (replace(note, folders=folders) for note in file.notes) if folders else file.notes
        diagnostics += file.diagnostics
    diagnostics += _report_empty(files, is_all=not notes)
    notes = keep_kinds(lock, notes) if lock else notes
    return notes, tuple(file.account for file in files)


def _parse(
    source: Source, project: Project, asked: Mapping[str, Sequence[str]], library: Library
) -> FileNotes:
    known = asked.get(file_name(source.path, source.folders), ())
    return parse_notes(source.text, str(source.path), project.reading, known, library)


def _report_empty(files: Sequence[FileNotes], *, is_all: bool) -> Iterator[Diagnostic]:
    """Yield what is to be said of files without notes: an error where there is no note at all."""
    report = error if is_all else warning
    empty = [file for file in files if not file.notes and (is_all or not _is_prose(file))]
    empty = [file for file in empty if _is_silent(file)]
    for file in empty:
        message = "no notes found: write questions as a numbered list, or as headings"
        yield report(Location(file.account.file), message)
    is_reported = empty or has_errors(
        diagnostic for file in files for diagnostic in file.diagnostics
    )
    if files and is_all and not is_reported:
        message = "no note is left to pack: nothing is written"
        yield error(Location(files[0].account.file), message)


def _is_prose(file: FileNotes) -> bool:
    """Return whether a file is one of those that need not have a note."""
    return file.account.style is NoteStyle.TAGGED


def _is_silent(file: FileNotes) -> bool:
    """Return whether nothing is said of a file that tells why it has no notes."""
    return not any(diagnostic.severity <= Severity.WARNING for diagnostic in file.diagnostics)


def _check_formulas(
    notes: Sequence[Note],
    formulas: Mapping[str, ExpandedFormula],
    project: Project,
    typeset: Typeset,
) -> Iterator[Diagnostic]:
    try:
        yield from check_formulas(notes, formulas, project.macros, typeset)
    except EngineError as problem:
        message = f"formulas cannot be checked, {problem}: install that, or say --no-formula-check"
        yield error(Location(str(project.settings)), message)


def _render(
    notes: Sequence[Note],
    media: Media,
    formulas: Mapping[str, ExpandedFormula],
    project: Project,
    diagnostics: Diagnostics,
    progress: Progress,
) -> tuple[RenderedNote, ...]:
    rendered = []
    for note in progress(notes):
        rendered.append(render_note(note, media, formulas, project.deck.language, diagnostics))
        diagnostics += (*check_rendered(rendered[-1]), *check_stored(rendered[-1]))
    return tuple(rendered)


def _identify(
    lock: Lock, notes: Sequence[Note], options: BuildOptions, deck: Deck, diagnostics: Diagnostics
) -> tuple[tuple[Identity, ...], tuple[Change, ...]]:
    identities = identify(lock, notes, diagnostics)
    if options.adopt is None:
        return identities, ()
    from deckpress.lock.adopt import adopt

    adoption = adopt(options.adopt, lock, notes, identities, deck)
    diagnostics += adoption.diagnostics
    return adoption.identities, adoption.changes


def _number_clozes(
    notes: Sequence[Note], identities: Sequence[Identity], diagnostics: Diagnostics
) -> list[Note]:
    numbered = []
    for note, identity in zip(notes, identities, strict=True):
        numbered_note = number_clozes(note, identity.entry)
        diagnostics += check_clozes_kept(numbered_note, identity.entry)
        numbered.append(numbered_note)
    return numbered


def _kinds(rendered: Iterable[RenderedNote]) -> list[Kind]:
    used = {rendered_note.note.kind for rendered_note in rendered}
    return [kind for kind in Kind if kind in used]


def _finish(
    rendered: Sequence[RenderedNote],
    identities: Sequence[Identity],
    types: Mapping[Kind, NoteType],
    deck: Deck,
    now: int,
) -> tuple[list[PackageNote], list[LockedNote]]:
    """Give each note its ID, tags, deck and date."""
    finished, entries = [], []
    for identity, rendered_note in zip(identities, rendered, strict=True):
        note, own_type = rendered_note.note, types[rendered_note.note.kind]
        shown = rendered_note.fields
        fields = {**shown, "Text": shown["Question"], "ID": identity.id}
        stored = {name: fields.get(name, "") for name, _ in own_type.fields}
        old = identity.entry
        news = {"added": old.added, "changed": old.changed} if old else {}
        note_tags = tags(note, deck, **news)
        entry = date_note(
            note,
            identity,
            stored,
            note_tags,
            file=file_name(note.location.file, note.folders),
            deck=subdeck_name(note, deck),
            now=now,
        )
        entries.append(entry)
        values = tuple(stored.values())
        finished.append(
            PackageNote(
                guid=entry.guid,
                note_type=own_type,
                fields=values,
                tags=note_tags,
                mod=entry.mod,
                deck=deck_name(note, deck),
                card_numbers=card_numbers(own_type, values),
            )
        )
    return finished, entries


def _update_lock(
    lock: Lock,
    types: Mapping[Kind, NoteType],
    entries: Iterable[LockedNote],
    project: Project,
    diagnostics: Diagnostics,
    now: int,
) -> Lock:
    where, deck = Location(str(project.lock)), project.deck
    dated: list[LockedNoteType] = []
    for kind, own_type in types.items():
        entry = describe_note_type(kind, own_type)
        diagnostics += (error(where, text) for text in check_schema(lock, entry))
        dated.append(date_note_type(lock, entry, now))
    return update_lock(lock, deck.name, dated, entries)


def _edits(
    before: Lock,
    notes: Iterable[Note],
    identities: Iterable[Identity],
    entries: Iterable[LockedNote],
) -> list[Edit]:
    """Return each note before and after; one that was just adopted is new to this deck."""
    known = {entry.guid for entry in before.notes}
    return [
        Edit(note, identity if identity.guid in known else replace(identity, entry=None), entry)
        for note, identity, entry in zip(notes, identities, entries, strict=True)
    ]
