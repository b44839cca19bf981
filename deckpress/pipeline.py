"""The whole build, a line a step: files → notes → fields → package and lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deckpress.check import check_notes, check_rendered
from deckpress.errors import (
    DeckError,
    Location,
    Problem,
    error,
    has_errors,
    sort_problems,
    warning,
)
from deckpress.files import write_whole
from deckpress.filing import deck_name, tags
from deckpress.lock import (
    Identity,
    Lock,
    NoteEntry,
    NoteTypeEntry,
    date_note,
    date_note_type,
    digest,
    find_retired,
    format_lock,
    identify,
    read_lock,
    update_lock,
)
from deckpress.media import Media, find_media
from deckpress.note_types import NoteType, note_type
from deckpress.notes import Kind, Note
from deckpress.package.contents import Contents, FinishedNote
from deckpress.parse import parse_notes
from deckpress.project import Deck, Project, Source
from deckpress.render import RenderedNote, render_note

Progress = Callable[[Sequence[Note]], Iterable[Note]]
"""Shows how far the rendering is: takes the notes and yields them."""


@dataclass(frozen=True)
class Prepared:
    """A deck that has been read, checked and rendered, with nothing written yet."""

    project: Project
    lock: Lock
    identities: tuple[Identity, ...]
    rendered: tuple[RenderedNote, ...]
    media: Media
    problems: tuple[Problem, ...]

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
    is_first: bool
    """Whether there was no lock before."""


def prepare(
    project: Project, found: Iterable[Problem], now: int, progress: Progress = iter
) -> Prepared:
    """Read, check and render a project's notes; nothing is written.

    `found` is what is already known to be wrong, `now` the time in seconds since 1970.
    """
    problems = list(found)
    notes = _read_notes(project.sources, problems)
    problems += check_notes(notes, project)
    media, missing = find_media(notes, project.root)
    problems += missing
    rendered = _render(notes, media, project, problems, progress)
    lock = _read_lock(project, problems, now)
    identities = identify(lock, notes)
    if not has_errors(problems):
        problems += _tell_retired(project, find_retired(lock, identities))
    return Prepared(project, lock, identities, rendered, media, sort_problems(problems))


def build(prepared: Prepared, package: Path, now: int, *, strict: bool = False) -> Summary:
    """Write the package and the lock, and return what was done.

    `now` is in seconds since 1970; `strict` counts warnings as errors. Raises DeckError, with
    nothing written, if there are errors or a file cannot be written.
    """
    if prepared.has_errors(strict=strict):
        raise DeckError(prepared.problems)
    from deckpress.package.write import build_package  # here because genanki takes 100 ms to import

    deck = prepared.project.deck
    types = {kind: note_type(kind, deck) for kind in _kinds(prepared.rendered)}
    type_entries = [_date_type(prepared.lock, each, now) for each in types.values()]
    finished, entries = _finish(prepared, types, now)
    contents = _contents(prepared, types, type_entries, finished)
    lock = update_lock(prepared.lock, type_entries, entries, deck.version)
    data = build_package(contents)
    write_whole({prepared.project.lock: format_lock(lock).encode(), package: data})
    return _summarise(prepared, entries, finished, package, len(data))


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


def _render(
    notes: Sequence[Note],
    media: Media,
    project: Project,
    problems: list[Problem],
    progress: Progress,
) -> tuple[RenderedNote, ...]:
    rendered = []
    for note in progress(notes):
        one, doubtful = render_note(note, media, project.macros, project.deck.language)
        rendered.append(one)
        problems += [*doubtful, *check_rendered(one)]
    return tuple(rendered)


def _read_lock(project: Project, problems: list[Problem], now: int) -> Lock:
    if project.is_made_up:
        return Lock(project.deck.id, now)
    try:
        return read_lock(project.lock, project.deck.id, now)
    except DeckError as wrong:
        problems += wrong.problems
        return Lock(project.deck.id, now)


def _tell_retired(project: Project, entries: Iterable[NoteEntry]) -> Iterator[Problem]:
    for entry in entries:
        message = (
            f'"{entry.question}" is no longer asked, so its note is retired; '
            f"if you reworded it, write <!-- id={entry.key or entry.id} --> in the new question"
        )
        yield warning(Location(str(project.lock)), message)


def _kinds(rendered: Iterable[RenderedNote]) -> list[Kind]:
    used = {each.note.kind for each in rendered}
    return [kind for kind in Kind if kind in used]


def _date_type(lock: Lock, each: NoteType, now: int) -> NoteTypeEntry:
    return date_note_type(lock, each.kind, digest(each.schema()), digest(each.style()), now)


def _finish(
    prepared: Prepared, types: dict[Kind, NoteType], now: int
) -> tuple[list[FinishedNote], list[NoteEntry]]:
    """Give each note its ID, tags, deck and date."""
    deck = prepared.project.deck
    finished, entries = [], []
    for identity, rendered in zip(prepared.identities, prepared.rendered, strict=True):
        note = rendered.note
        each = types[note.kind]
        fields = {**rendered.fields, "Text": rendered.fields["Question"], "ID": identity.id}
        stored = {field.name: fields.get(field.name, "") for field in each.fields}
        note_tags = tags(note, deck)
        entry = date_note(note, identity, stored, note_tags, deck.version, now)
        entries.append(entry)
        values = tuple(stored.values())
        finished.append(
            FinishedNote(entry.guid, each, values, note_tags, deck_name(note, deck), entry.mod)
        )
    return finished, entries


def _contents(
    prepared: Prepared,
    types: dict[Kind, NoteType],
    type_entries: Iterable[NoteTypeEntry],
    finished: Sequence[FinishedNote],
) -> Contents:
    mods = {types[Kind(entry.note_type)].id: entry.mod for entry in type_entries}
    deck = prepared.project.deck
    return Contents(
        deck=deck.name,
        description=_describe(deck),
        notes=finished,
        note_type_mods=mods,
        media=prepared.media.files,
        created=prepared.lock.created,
    )


def _describe(deck: Deck) -> str:
    """Return what Anki shows on the deck's page, as Markdown."""
    facts = [f"{deck.id} {deck.version}", deck.author, deck.licence, deck.homepage]
    return f"{deck.description}\n\n{' · '.join(fact for fact in facts if fact)}"


def _summarise(
    prepared: Prepared,
    entries: Sequence[NoteEntry],
    finished: Sequence[FinishedNote],
    package: Path,
    size: int,
) -> Summary:
    before = {entry.guid: entry for entry in prepared.lock.notes}
    retired = find_retired(prepared.lock, prepared.identities)
    known = [entry for entry in entries if entry.guid in before]
    same = [entry for entry in known if before[entry.guid].fields == entry.fields]
    return Summary(
        package=package,
        lock=prepared.project.lock,
        size=size,
        new=len(entries) - len(known),
        changed=len(known) - len(same),
        unchanged=len(same),
        retired=len(retired),
        cards=sum(len(note.card_numbers()) for note in finished),
        media=len(prepared.media.files),
        is_first=prepared.lock.is_new,
    )
