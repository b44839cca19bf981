"""The whole build, a line a step: files → notes → fields → package and lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deckpress.check import check_formulas, check_notes, check_rendered, check_style
from deckpress.diagrams import (
    DrawFigures,
    Figure,
    draw_figures,
    find_figures,
    find_stale,
    pictures_to_write,
    show_pictures,
    tell_stale,
)
from deckpress.errors import DeckError, Location, Problem, error, has_errors, sort_problems
from deckpress.files import write_whole
from deckpress.filing import deck_name, file_name, subdeck_name, tags
from deckpress.formulas import Written, write_out
from deckpress.lock import (
    Change,
    Edit,
    Identity,
    Lock,
    NoteEntry,
    NoteTypeEntry,
    check_clock,
    check_clozes_kept,
    check_schema,
    date_note,
    date_note_type,
    describe_note_type,
    find_retired,
    format_lock,
    identify,
    number_clozes,
    search_for,
    tell_changes,
    update_lock,
)
from deckpress.media import Media, find_media
from deckpress.note_types import NoteType, note_type
from deckpress.notes import Kind, Note
from deckpress.package.contents import Contents, FinishedNote
from deckpress.parse import parse_notes
from deckpress.project import Deck, Project, Source
from deckpress.render import RenderedNote, render_note
from deckpress.safekeeping import Wishes, check_locked, open_lock
from deckpress.typeset import EngineError, Typeset, typeset_here

Progress = Callable[[Sequence[Note]], Iterable[Note]]
"""Shows how far the rendering is: takes the notes and yields them."""


@dataclass(frozen=True)
class Prepared:
    """A deck that has been read, checked, rendered and dated, with nothing written yet."""

    project: Project
    before: Lock
    after: Lock
    rendered: tuple[RenderedNote, ...]
    notes: tuple[FinishedNote, ...]
    media: Media
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    retired: tuple[NoteEntry, ...]
    """Notes that the last build had and this one has not."""
    pictures: Mapping[Path, bytes]
    """The pictures that were drawn just now, by their paths."""
    stale: tuple[Path, ...]
    """Pictures to be removed, since no block asks for them any more."""

    @property
    def search(self) -> str:
        """What finds the retired notes in Anki's browser; empty if there are none."""
        return search_for(self.project.deck.id, self.retired)

    def has_errors(self, *, strict: bool) -> bool:
        """Say whether the deck must not be built; `strict` counts warnings as well."""
        return has_errors(self.problems, strict=strict)


@dataclass(frozen=True)
class Summary:
    """What a build did."""

    package: Path
    lock: Path
    size: int
    """Of the package, in bytes."""
    new: int
    changed: int
    unchanged: int
    retired: int
    """Notes that the last build had and this one has not."""
    cards: int
    media: int
    drawn: int
    """Pictures that were drawn by this build."""
    removed: tuple[Path, ...]
    """Pictures that this build removed."""
    is_first: bool
    """Whether there was no lock before."""


def prepare(
    project: Project,
    found: Iterable[Problem],
    now: int,
    progress: Progress = iter,
    wishes: Wishes | None = None,
    typeset: Typeset = typeset_here,
    draw: DrawFigures = draw_figures,
) -> Prepared:
    """Read, check, render and date a project's notes; nothing is written.

    `found` is what is already known to be wrong, `now` the time in seconds since 1970, `typeset`
    says what MathJax makes of formulas, and `draw` draws the pictures that are not there yet.
    Raises DeckError if a package that `wishes` name cannot be read.
    """
    wishes = wishes or Wishes()
    problems = list(found)
    read = _read_notes(project.sources, problems)
    figures = _find_figures(project, read, problems)
    pictures, undrawn = draw(figures, project.pictures)
    problems += undrawn
    written = show_pictures(read, pictures)
    problems += check_notes(written, project)
    problems += check_style(written, project)
    before = open_lock(project, wishes, problems, now)
    project = replace(project, deck=replace(project.deck, id=before.deck))
    identities, adopted = _identify(before, written, wishes, project.deck, problems)
    notes = _number_clozes(written, identities, problems)
    media, missing = find_media(notes, project.root)
    media = replace(media, drawn={each.name: each.data for each in pictures.values()})
    problems += missing
    formulas = write_out(notes, _bodies(project))
    problems += _check_formulas(notes, formulas, project, typeset)
    rendered = _render(notes, media, formulas, project, problems, progress)
    types = {kind: note_type(kind, project.deck) for kind in _kinds(rendered)}
    finished, entries = _finish(rendered, identities, types, project.deck, now)
    after = _update_lock(before, types, entries, project, problems, now)
    problems += check_clock(before, after, Location(str(project.lock)), now)
    if wishes.locked and not has_errors(problems):
        problems += check_locked(project, after)
    stale = _find_stale(figures, project, problems)
    problems += [] if wishes.prune else tell_stale(stale)
    edits = _edits(before, notes, identities, entries)
    retired = find_retired(before, identities)
    return Prepared(
        project=project,
        before=before,
        after=after,
        rendered=rendered,
        notes=tuple(finished),
        media=media,
        problems=sort_problems(problems),
        changes=(*adopted, *tell_changes(before, project.deck.name, edits, retired)),
        retired=tuple(retired),
        pictures=pictures_to_write(pictures),
        stale=tuple(stale) if wishes.prune else (),
    )


def build(prepared: Prepared, package: Path, *, strict: bool = False) -> Summary:
    """Write the package and the lock, and return what was done.

    `strict` counts warnings as errors. Raises DeckError, with nothing written, if there are errors
    or a file cannot be written.
    """
    data = build_in_memory(prepared, strict=strict)
    lock = format_lock(prepared.after).encode()
    write_whole({**prepared.pictures, prepared.project.lock: lock, package: data})
    for path in prepared.stale:
        path.unlink(missing_ok=True)
    return _summarise(prepared, package, len(data))


def build_in_memory(prepared: Prepared, *, strict: bool = False) -> bytes:
    """Return the package that `build` would write. Raises DeckError if there are errors."""
    if prepared.has_errors(strict=strict):
        raise DeckError(prepared.problems)
    from deckpress.package.write import build_package  # here because genanki takes 100 ms to import

    return build_package(_contents(prepared))


def read_figures(project: Project, problems: list[Problem]) -> list[Figure]:
    """Return the pictures that a project wants drawn, and add to `problems` what is wrong."""
    return _find_figures(project, _read_notes(project.sources, problems), problems)


def _find_figures(project: Project, notes: Iterable[Note], problems: list[Problem]) -> list[Figure]:
    figures, wrong = find_figures(notes, _bodies(project), project.root)
    problems += wrong
    return figures


def _bodies(project: Project) -> dict[str, str]:
    """Return what the deck's TeX commands stand for."""
    return {name: macro.body for name, macro in project.macros.items()}


def _find_stale(
    figures: Iterable[Figure], project: Project, problems: Sequence[Problem]
) -> list[Path]:
    """Return pictures that nobody asks for; none where a block may be missing from `figures`."""
    if has_errors(problems) or not project.is_whole:
        return []
    return find_stale(figures, project.pictures)


def _read_notes(sources: Sequence[Source], problems: list[Problem]) -> list[Note]:
    notes: list[Note] = []
    for source in sources:
        found, wrong = parse_notes(source.text, str(source.path))
        if not found and not wrong:
            message = "no notes found: write questions as a numbered list, or as headings"
            problems.append(error(Location(str(source.path)), message))
        notes += found
        problems += wrong
    if not notes and not has_errors(problems):
        message = "no note is left to pack: nothing is written"
        problems.append(error(Location(str(sources[0].path)), message))
    return notes


def _check_formulas(
    notes: Sequence[Note],
    formulas: Mapping[str, Written],
    project: Project,
    typeset: Typeset,
) -> list[Problem]:
    try:
        return list(check_formulas(notes, formulas, project.macros, typeset))
    except EngineError as problem:
        message = f"formulas cannot be checked, {problem}: install that, or say --no-formula-check"
        return [error(Location(str(project.settings)), message)]


def _render(
    notes: Sequence[Note],
    media: Media,
    formulas: Mapping[str, Written],
    project: Project,
    problems: list[Problem],
    progress: Progress,
) -> tuple[RenderedNote, ...]:
    rendered = []
    for note in progress(notes):
        one, doubtful = render_note(note, media, formulas, project.deck.language)
        rendered.append(one)
        problems += [*doubtful, *check_rendered(one)]
    return tuple(rendered)


def _identify(
    lock: Lock, notes: Sequence[Note], wishes: Wishes, deck: Deck, problems: list[Problem]
) -> tuple[tuple[Identity, ...], tuple[Change, ...]]:
    identities, doubts = identify(lock, notes)
    problems += doubts
    if wishes.adopt is None:
        return identities, ()
    from deckpress.takeover import adopt

    adoption = adopt(wishes.adopt, lock, notes, identities, deck)
    problems += adoption.problems
    return adoption.identities, adoption.changes


def _number_clozes(
    notes: Sequence[Note], identities: Sequence[Identity], problems: list[Problem]
) -> list[Note]:
    numbered = []
    for note, identity in zip(notes, identities, strict=True):
        one = number_clozes(note, identity.entry)
        problems += check_clozes_kept(one, identity.entry)
        numbered.append(one)
    return numbered


def _kinds(rendered: Iterable[RenderedNote]) -> list[Kind]:
    used = {each.note.kind for each in rendered}
    return [kind for kind in Kind if kind in used]


def _finish(
    rendered: Sequence[RenderedNote],
    identities: Sequence[Identity],
    types: Mapping[Kind, NoteType],
    deck: Deck,
    now: int,
) -> tuple[list[FinishedNote], list[NoteEntry]]:
    """Give each note its ID, tags, deck and date."""
    finished, entries = [], []
    for identity, one in zip(identities, rendered, strict=True):
        note, each = one.note, types[one.note.kind]
        fields = {**one.fields, "Text": one.fields["Question"], "ID": identity.id}
        stored = {field.name: fields.get(field.name, "") for field in each.fields}
        note_tags = tags(note, deck)
        entry = date_note(
            note,
            identity,
            stored,
            note_tags,
            file=file_name(note),
            deck=subdeck_name(note, deck),
            version=deck.version,
            now=now,
        )
        entries.append(entry)
        values = tuple(stored.values())
        finished.append(
            FinishedNote(entry.guid, each, values, note_tags, deck_name(note, deck), entry.mod)
        )
    return finished, entries


def _update_lock(
    lock: Lock,
    types: Mapping[Kind, NoteType],
    entries: Iterable[NoteEntry],
    project: Project,
    problems: list[Problem],
    now: int,
) -> Lock:
    where, deck = Location(str(project.lock)), project.deck
    dated: list[NoteTypeEntry] = []
    for kind, each in types.items():
        entry = describe_note_type(kind, each)
        problems += (error(where, text) for text in check_schema(lock, entry))
        dated.append(date_note_type(lock, entry, now))
    return update_lock(lock, deck.name, dated, entries, deck.version)


def _edits(
    before: Lock,
    notes: Iterable[Note],
    identities: Iterable[Identity],
    entries: Iterable[NoteEntry],
) -> list[Edit]:
    """Return each note before and after; one that was just adopted is new to this deck."""
    known = {entry.guid for entry in before.notes}
    return [
        Edit(note, identity if identity.guid in known else replace(identity, entry=None), entry)
        for note, identity, entry in zip(notes, identities, entries, strict=True)
    ]


def _contents(prepared: Prepared) -> Contents:
    deck = prepared.project.deck
    mods = {entry.id: entry.mod for entry in prepared.after.note_types}
    return Contents(
        deck=deck.name,
        description=_describe(deck),
        notes=prepared.notes,
        note_type_mods=mods,
        media=prepared.media.contents(),
        created=prepared.before.created,
    )


def _describe(deck: Deck) -> str:
    """Return what Anki shows on the deck's page, as Markdown."""
    facts = [f"{deck.id} {deck.version}", deck.author, deck.licence, deck.homepage]
    return f"{deck.description}\n\n{' · '.join(fact for fact in facts if fact)}"


def _summarise(prepared: Prepared, package: Path, size: int) -> Summary:
    before = {entry.guid: entry for entry in prepared.before.notes}
    now = [entry for entry in prepared.after.notes if not entry.retired]
    known = [entry for entry in now if entry.guid in before]
    same = [entry for entry in known if before[entry.guid].mod == entry.mod]
    return Summary(
        package=package,
        lock=prepared.project.lock,
        size=size,
        new=len(now) - len(known),
        changed=len(known) - len(same),
        unchanged=len(same),
        retired=len(prepared.retired),
        cards=sum(len(note.card_numbers()) for note in prepared.notes),
        media=len(prepared.media.contents()),
        drawn=len(prepared.pictures),
        removed=prepared.stale,
        is_first=prepared.before.is_new,
    )
