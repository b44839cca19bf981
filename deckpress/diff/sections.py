"""A diff told in sections, as each of the formats shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from deckpress.diff.values import (
    Diff,
    FieldChange,
    MediaChange,
    NoteChange,
    NoteTypeChange,
    ReadNote,
)
from deckpress.diff.words import How, Piece, Pieces, Words, word_diff
from deckpress.lock import search_for_ids


@dataclass(frozen=True)
class Detail:
    """One thing to say of a note or a note type."""

    label: str
    """What it is; empty where the section's title says so."""
    pieces: Pieces = ()
    by_line: bool = False
    """Whether each word of the pieces is a line, as of a style sheet."""


@dataclass(frozen=True)
class Item:
    """A note, a note type or a deck, and what there is to say of it."""

    title: Pieces
    details: tuple[Detail, ...] = ()
    group: str = ""
    """What notes that were added are listed below: their context, or their deck."""
    media: tuple[MediaChange, ...] = ()


@dataclass(frozen=True)
class Section:
    """Items to which the same has happened."""

    title: str
    size: int
    """How many notes it is about, or note types and decks."""
    phrase: str
    """The same in words."""
    items: tuple[Item, ...]
    meaning: str = ""
    """What it means to learners; empty where the title says it."""
    search: str = ""
    """What finds the notes in Anki's browser."""
    is_listing: bool = False
    """Whether the titles tell all, and the details are for who wants to see the notes."""


def sections(diff: Diff) -> tuple[Section, ...]:
    """Return what there is to tell; sections without items are left out."""
    told = (
        _listing("Added", "{} added", diff.added),
        _section("Reworded", "{} reworded", _fields(diff, "question")),
        _section("Answer changed", "{} with another answer", _fields(diff, "answer")),
        _section("Pictures changed", "{} with other pictures", _media(diff)),
        _section("Tags", "{} with other tags", _tags(diff)),
        _section("Other changes", "{} with other changes", _others(diff)),
        _section("Made anew", "{} made anew", _remade(diff), _REMADE),
        _listing("Retired", "{} retired", diff.retired, _RETIRED, _search(diff)),
        _section("Design", "design changed", _design(diff)),
    )
    return tuple(section for section in told if section.items)


_RETIRED = "Learners keep these notes until they delete them."
_REMADE = "Other notes with the same question: learners would have both, and start anew."
_ALIKE = 3
"""From so many notes on that share a change, the change is told once."""


def _listing(
    title: str, phrase: str, notes: Sequence[ReadNote], meaning: str = "", search: str = ""
) -> Section:
    items, count = tuple(map(_whole, notes)), len(notes)
    return Section(title, count, phrase.format(count), items, meaning, search, is_listing=True)


def _section(title: str, phrase: str, items: Iterable[Item], meaning: str = "") -> Section:
    told = tuple(items)
    return Section(title, len(told), phrase.format(len(told)), tuple(_grouped(told)), meaning)


def _grouped(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items; those that share what there is to say are one item, with the notes below it."""
    alike: dict[tuple[Detail, ...], list[Item]] = {}
    for item in items:
        alike.setdefault(item.details, []).append(item)
    for details, group in alike.items():
        if len(group) < _ALIKE or len(details) != 1 or not details[0].pieces:
            yield from group
            continue
        label = same((f"{details[0].label}: ",)) if details[0].label else ()
        title = (*label, *details[0].pieces)
        notes = tuple(Detail("", item.title) for item in group)
        yield Item(title, notes, media=group[0].media)


def summary(diff: Diff) -> str:
    """Return how much differs, on one line."""
    return summarise(sections(diff), diff.unchanged)


def summarise(told: Iterable[Section], unchanged: int) -> str:
    """Return how much there is in sections, on one line."""
    counts = [section.phrase for section in told]
    return ", ".join([*counts, f"{unchanged} unchanged"] if counts else ["no differences"])


def same(words: Words) -> Pieces:
    """Return a text in which nothing differs."""
    return (Piece(How.SAME, words),) if words else ()


def _plain(text: str) -> Pieces:
    return same((text,)) if text else ()


def _between(old: str, new: str) -> Pieces:
    """Return that one text stands in the place of another."""
    pieces = (Piece(How.GONE, (old,)), Piece(How.ADDED, (new,)))
    return tuple(piece for piece in pieces if piece.text)


def _title(note: ReadNote) -> Pieces:
    words = tuple(" " if word == "\n" else word for word in note.question)
    return same(words) or _plain(note.packed.guid)


def _whole(note: ReadNote) -> Item:
    group = note.context or note.packed.deck
    return Item(_title(note), (Detail("", same(note.answer)),), group)


def _fields(diff: Diff, role: str) -> Iterator[Item]:
    for change in diff.changed:
        field: FieldChange | None = getattr(change, role)
        if field is None or field.is_formatting:
            continue
        pieces = word_diff(field.old, field.new)
        is_title = role == "question"
        yield Item(pieces) if is_title else Item(_title(change.new), (Detail("", pieces),))


def _media(diff: Diff) -> Iterator[Item]:
    for change in diff.changed:
        if change.media:
            details = tuple(Detail("", _media_pieces(each)) for each in change.media)
            yield Item(_title(change.new), details, media=change.media)


def _media_pieces(change: MediaChange) -> Pieces:
    end = ", the same under another name" if change.is_renamed else ""
    end = ", which the new package lacks" if change.is_missing else end
    if change.old == change.new:
        return _plain(f"{change.new}{end or ', with other content'}")
    return (*_between(change.old or "", change.new or ""), *_plain(end))


def _tags(diff: Diff) -> Iterator[Item]:
    for change in diff.changed:
        if change.tags_added or change.tags_gone:
            pieces = _listed(change.tags_gone, change.tags_added)
            yield Item(_title(change.new), (Detail("", pieces),))


def _listed(gone: Iterable[str], added: Iterable[str]) -> Pieces:
    """Return names that are gone and that were added, with blanks between them."""
    pieces = [*(Piece(How.GONE, (each,)) for each in gone)]
    pieces += (Piece(How.ADDED, (each,)) for each in added)
    blank = Piece(How.SAME, (" ",))
    return tuple(each for piece in pieces for each in (piece, blank))[:-1]


def _others(diff: Diff) -> Iterator[Item]:
    for change in diff.changed:
        details = tuple(_other_details(change))
        if details:
            yield Item(_title(change.new), details)


def _other_details(change: NoteChange) -> Iterator[Detail]:
    for field in change.fields:
        if not field.is_formatting:
            yield Detail(field.name, word_diff(field.old, field.new))
    looks = [each for each in (change.question, change.answer, *change.fields) if each]
    if names := [each.name for each in looks if each.is_formatting]:
        yield Detail("only the formatting", _plain(", ".join(names)))
    for cloze in change.clozes:
        yield Detail(f"cloze {cloze.number}", _between(cloze.old or "", cloze.new or ""))
    if change.deck:
        yield Detail("deck", _between(*change.deck))
    if change.note_type:
        yield Detail("note type (learners get no update)", _between(*change.note_type))
    if change.cards_added or change.cards_gone:
        yield Detail("cards", _listed(_cards(change.cards_gone), _cards(change.cards_added)))


def _cards(numbers: Iterable[int]) -> list[str]:
    """Return numbers of cards as Anki's browser shows them, from 1."""
    return [str(number + 1) for number in numbers]


def _remade(diff: Diff) -> Iterator[Item]:
    for pair in diff.remade:
        pieces = word_diff(pair.old.answer, pair.new.answer)
        yield Item(_title(pair.new), (Detail("", pieces),))


def _search(diff: Diff) -> str:
    """Return the search for the retired notes whose IDs are known, those of deckpress."""
    ids: dict[str, list[str]] = {}
    for note in diff.retired:
        deck, colon, _ = note.packed.note_type.name.partition(": ")
        if note.id and colon:
            ids.setdefault(deck, []).append(note.id)
    return "\n".join(search_for_ids(deck, each) for deck, each in ids.items())


def _design(diff: Diff) -> Iterator[Item]:
    yield from _note_types(diff.note_types)
    for note_type in diff.note_types_added:
        yield Item((Piece(How.ADDED, (note_type.name,)),), (Detail("a new note type"),))
    for note_type in diff.note_types_gone:
        yield Item((Piece(How.GONE, (note_type.name,)),), (Detail("a note type that is gone"),))
    for page in diff.descriptions:
        pieces = word_diff(_lines(page.old), _lines(page.new))
        yield Item(_plain(page.deck), (Detail("description", pieces, by_line=True),))


def _note_types(changes: Iterable[NoteTypeChange]) -> Iterator[Item]:
    """Yield what note types differ in; a style sheet that several share is told once."""
    names: dict[Detail, list[str]] = {}
    for change in changes:
        for detail in _design_details(change):
            names.setdefault(detail, []).append(change.new.name)
    together: dict[tuple[str, ...], list[Detail]] = {}
    for detail, sharing in names.items():
        together.setdefault(tuple(sharing), []).append(detail)
    for sharing_all, details in together.items():
        yield Item(_plain(", ".join(sharing_all)), tuple(details))


def _design_details(change: NoteTypeChange) -> Iterator[Detail]:
    if change.is_schema_changed:
        yield Detail("its fields or cards are others: Anki takes no update for its notes")
    for part in change.parts:
        pieces = word_diff(_lines(part.old), _lines(part.new))
        yield Detail(part.name, pieces, by_line=True)


def _lines(text: str) -> Words:
    return tuple(text.splitlines(keepends=True))
