"""All that comes before a package is written: files → notes → fields, checked and dated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from deckpress.anki import NoteType
from deckpress.check import check_notes
from deckpress.check.active_html import check_scripts
from deckpress.check.formula_checks import FormulasOfFile, check_formulas
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
from deckpress.diagrams.diagram_blocks import PictureName
from deckpress.diagrams.image_store import (
    DrawDiagrams,
    draw_diagrams,
    find_stale,
    pictures_to_write,
    report_stale,
)
from deckpress.formulas import EngineError, Typeset, skip_formula_check
from deckpress.formulas.engine import typeset_here
from deckpress.lock import Lock, LockedNote, LockedNoteType
from deckpress.lock.changes import Change, Edit, report_changes
from deckpress.lock.cloze_numbers import check_clozes_kept, number_clozes
from deckpress.lock.dates import (
    check_clock,
    check_schema,
    date_anew,
    date_note_type,
    describe_note_type,
    update_lock,
)
from deckpress.lock.matching import Identity, find_retired, identify
from deckpress.lock.store import BuildOptions, check_locked, open_lock, peek_lock, with_locked_names
from deckpress.media import join_media
from deckpress.note_types import learners_sheet, note_type
from deckpress.note_types.own_style import check_style
from deckpress.notes import Kind, NoteText
from deckpress.pipeline import Prepared
from deckpress.pipeline.compile_file import CompiledFile
from deckpress.pipeline.compile_files import Announce, Compiler, Progress, join_dependencies
from deckpress.pipeline.finish import Finish, finish_notes
from deckpress.project import Deck, NoteStyle, Project
from deckpress.render import RenderedNote


def prepare(
    project: Project,
    known: Iterable[Diagnostic],
    now: int,
    progress: Progress = iter,
    options: BuildOptions | None = None,
    typeset: Typeset = typeset_here,
    draw: DrawDiagrams = draw_diagrams,
    compiler: Compiler | None = None,
    peek: Callable[[Project], Lock | None] = peek_lock,
    finish: Finish = finish_notes,
    announce: Announce = lambda _: None,
) -> Prepared:
    """Read, check, render and date a project's notes; nothing is written.

    `known` is what is already known to be wrong, `now` the time in seconds since 1970, `typeset`
    says what MathJax makes of formulas, and `draw` draws the pictures that are not there yet.
    `compiler`, `peek` and `finish` may know of earlier runs what is still the same: files, the
    lock, and notes. `announce` is told what was compiled before the rest is done. Raises DeckError
    if a package that `options` name cannot be read.
    """
    options = options or BuildOptions()
    diagnostics = list(known)
    peeked = peek(project)
    compiler = compiler or Compiler()
    compiled = compiler.compile(
        project,
        peeked,
        options,
        progress,
        draw,
        diagnostics,
        checks_formulas=typeset is not skip_formula_check,
    )
    announce(compiled)
    diagnostics += _report_empty(compiled.files)
    diagnostics += check_style(project.deck.style) if project.deck.style else ()
    read = [rendered.note for rendered in compiled.rendered()]
    diagnostics += check_notes(read, project)
    opened = open_lock(project, options, read, diagnostics, now, peeked)
    before = date_anew(opened, Location(str(project.lock)), now, diagnostics)
    project = with_locked_names(project, before, allow_rename=options.allow_deck_rename)
    identities, adopted = _identify(before, read, options, project.deck, diagnostics)
    notes = _number_clozes(read, identities, diagnostics)
    scripts = [found for file in compiled.files for found in file.scripts]
    active = tuple(check_scripts(scripts, project))
    diagnostics += active
    files = _check_formulas(compiled.files, project, typeset, diagnostics)
    diagnostics += (wrong for file in files for wrong in file.late)
    media = join_media((file.media for file in files), diagnostics)
    media = replace(media, embedded={**media.embedded, **learners_sheet(project.deck)})
    rendered = tuple(
        rendered.with_numbers(note)
        for note, rendered in zip(notes, compiled.rendered(), strict=True)
    )
    types = {kind: note_type(kind, project.deck) for kind in _kinds(rendered)}
    with compiler.remembering(compiled, files):
        finished = finish(rendered, identities, types, project.deck, now)
    entries = [done.entry for done in finished]
    after = _update_lock(before, types, entries, project, diagnostics, now)
    diagnostics += check_clock(before, after, Location(str(project.lock)), now)
    if options.locked and not has_errors(diagnostics):
        diagnostics += check_locked(project, after)
    wanted = [picture for file in files for picture in file.pictures]
    stale = _find_stale(wanted, project, diagnostics)
    diagnostics += [] if options.prune else report_stale(stale)
    edits = _edits(before, notes, identities, entries)
    retired = find_retired(before, identities)
    return Prepared(
        project=project,
        before=before,
        after=after,
        rendered=rendered,
        notes=tuple(done.note for done in finished),
        media=media,
        diagnostics=sort_diagnostics(diagnostics),
        active=active,
        changes=(*adopted, *report_changes(before, project.deck.name, edits, retired)),
        retired=tuple(retired),
        pictures=pictures_to_write(compiled.pictures),
        stale=tuple(stale) if options.prune else (),
        accounts=tuple(file.account for file in files),
        adopted=options.adopt,
        dependencies=join_dependencies(files),
    )


def _find_stale(
    wanted: Iterable[PictureName], project: Project, diagnostics: Sequence[Diagnostic]
) -> list[Path]:
    """Return pictures that nobody asks for; none where one may be missing from `wanted`."""
    if has_errors(diagnostics) or not project.is_whole:
        return []
    return find_stale(wanted, project.pictures, project.root)


def _report_empty(files: Sequence[CompiledFile]) -> Iterator[Diagnostic]:
    """Yield what is to be said of files without notes: an error where there is no note at all."""
    is_all = not any(file.notes for file in files)
    report = error if is_all else warning
    empty = [file for file in files if not file.notes and (is_all or not _is_prose(file))]
    empty = [file for file in empty if _is_silent(file)]
    for file in empty:
        message = "no notes found: write questions as a numbered list, or as headings"
        yield report(Location(file.account.file), message)
    is_reported = empty or any(has_errors(file.diagnostics) for file in files)
    if files and is_all and not is_reported:
        message = "no note is left to pack: nothing is written"
        yield error(Location(files[0].account.file), message)


def _is_prose(file: CompiledFile) -> bool:
    """Return whether a file is one of those that need not have a note."""
    return file.account.style is NoteStyle.TAGGED


def _is_silent(file: CompiledFile) -> bool:
    """Return whether nothing is said of a file that tells why it has no notes."""
    return not any(diagnostic.severity <= Severity.WARNING for diagnostic in file.diagnostics)


def _check_formulas(
    files: Sequence[CompiledFile], project: Project, typeset: Typeset, diagnostics: Diagnostics
) -> Sequence[CompiledFile]:
    """Return the files with what is wrong with their formulas, of which some know it already."""
    waiting = [file.formulas for file in files if isinstance(file.formulas, FormulasOfFile)]
    try:
        checked = check_formulas(waiting, project.macros, typeset)
    except EngineError as problem:
        message = f"formulas cannot be checked, {problem}: install that, or say --no-formula-check"
        diagnostics.append(error(Location(str(project.settings)), message))
        return files
    of_new = iter(checked.files)
    told = [
        next(of_new) if isinstance(file.formulas, FormulasOfFile) else file.formulas
        for file in files
    ]
    diagnostics += checked.macros
    diagnostics += (wrong for of_file in told for wrong in of_file)
    if checked.macros:  # of which more may be told where they are used, once they are right
        return files
    return [file._replace(formulas=of_file) for file, of_file in zip(files, told, strict=True)]


def _identify(
    lock: Lock,
    notes: Sequence[NoteText],
    options: BuildOptions,
    deck: Deck,
    diagnostics: Diagnostics,
) -> tuple[tuple[Identity, ...], tuple[Change, ...]]:
    identities = identify(lock, notes, diagnostics)
    if options.adopt is None:
        return identities, ()
    from deckpress.lock.adopt import adopt

    adoption = adopt(options.adopt, lock, notes, identities, deck)
    diagnostics += adoption.diagnostics
    return adoption.identities, adoption.changes


def _number_clozes(
    notes: Sequence[NoteText], identities: Sequence[Identity], diagnostics: Diagnostics
) -> list[NoteText]:
    numbered = []
    for note, identity in zip(notes, identities, strict=True):
        numbered_note = number_clozes(note, identity.entry)
        diagnostics += check_clozes_kept(numbered_note, identity.entry)
        numbered.append(numbered_note)
    return numbered


def _kinds(rendered: Iterable[RenderedNote]) -> list[Kind]:
    used = {rendered_note.note.kind for rendered_note in rendered}
    return [kind for kind in Kind if kind in used]


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
    notes: Iterable[NoteText],
    identities: Iterable[Identity],
    entries: Iterable[LockedNote],
) -> list[Edit]:
    """Return each note before and after; one that was just adopted is new to this deck."""
    known = {entry.guid for entry in before.notes}
    return [
        Edit(note, identity if identity.guid in known else identity._replace(entry=None), entry)
        for note, identity, entry in zip(notes, identities, entries, strict=True)
    ]
