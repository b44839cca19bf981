"""A diff in sections, as each of the formats shows it, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from deckpress.diff import (
    ClozeChange,
    Diff,
    FieldChange,
    MediaChange,
    NoteChange,
    NoteTypeChange,
    ReadNote,
)
from deckpress.diff.word_changes import Op, Piece, Pieces, Words, word_diff
from deckpress.languages.i18n import Translator
from deckpress.lock.changes import search_for_ids
from deckpress.media import without_digest
from deckpress.note_types import SPOKEN


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
    is_shared: bool = False
    """Whether the title is a change, and the details are the notes that share it."""


@dataclass(frozen=True)
class Section:
    """Items to which the same has happened."""

    title: str
    size: int
    """How many notes it is about, or note types and decks."""
    phrase: str
    """The same in words, which are English."""
    items: tuple[Item, ...]
    meaning: str = ""
    """What it means to learners; empty where the title says it."""
    search: str = ""
    """What finds the notes in Anki's browser."""
    is_listing: bool = False
    """Whether the titles tell all, and the details are for who wants to see the notes."""


def sections(diff: Diff, language: str = "en") -> tuple[Section, ...]:
    """Return what there is to tell; sections without items are left out.

    `language` is a BCP 47 tag; what we have no words for is told in English (`i18n`).
    """
    translate = Translator(language)
    candidates = (
        _listing("added", "{} added", diff.added, translate),
        _section("reworded", "{} reworded", _fields(diff, "question"), translate),
        _section("answer_changed", "{} with another answer", _fields(diff, "answer"), translate),
        _section("pictures_changed", "{} with other pictures", _media(diff, translate), translate),
        _section("tags_changed", "{} with other tags", _tags(diff), translate),
        _section("other_changes", "{} with other changes", _others(diff, translate), translate),
        _section("made_anew", "{} made anew", _recreated(diff), translate, "made_anew_meaning"),
        _listing(
            "retired", "{} retired", diff.retired, translate, "retired_meaning", _search(diff)
        ),
        _section("design_changed", "design changed", _design(diff, translate), translate),
    )
    return tuple(section for section in candidates if section.items)


_CLOZE_KEYS = ("cloze_gone", "cloze_added", "cloze_changed")
_GAP_KEYS = ("gap_gone", "gap_added", "gap_changed")
_ALIKE = 3
"""From so many notes on that share a change, the change is told once."""


def _listing(
    title: str,
    counted: str,
    notes: Sequence[ReadNote],
    translate: Translator,
    meaning: str = "",
    search: str = "",
) -> Section:
    items, count = tuple(map(_whole, notes)), len(notes)
    in_words = counted.format(count)
    meaning = translate(meaning) if meaning else ""
    return Section(translate(title), count, in_words, items, meaning, search, is_listing=True)


def _section(
    title: str, counted: str, items: Iterable[Item], translate: Translator, meaning: str = ""
) -> Section:
    all_items = tuple(items)
    grouped = tuple(_grouped(all_items, translate))
    in_words = counted.format(len(all_items))
    meaning = translate(meaning) if meaning else ""
    return Section(translate(title), len(all_items), in_words, grouped, meaning)


def _grouped(items: Iterable[Item], translate: Translator) -> Iterator[Item]:
    """Yield items; those that share what there is to say are one item, with the notes below it."""
    alike: dict[tuple[Detail, ...], list[Item]] = {}
    for item in items:
        alike.setdefault(item.details, []).append(item)
    for details, group in alike.items():
        if len(group) < _ALIKE or len(details) != 1 or not details[0].pieces:
            yield from group
            continue
        label = same((translate("labelled", label=details[0].label),)) if details[0].label else ()
        title = (*label, *details[0].pieces)
        notes = tuple(Detail("", item.title) for item in group)
        yield Item(title, notes, media=group[0].media, is_shared=True)


def summary(diff: Diff) -> str:
    """Return how much differs, on one line."""
    return summarise(sections(diff), diff.unchanged)


def summarise(parts: Iterable[Section], unchanged: int) -> str:
    """Return how much there is in sections, on one line."""
    counts = [section.phrase for section in parts]
    return ", ".join([*counts, f"{unchanged} unchanged"] if counts else ["no differences"])


def count_lines(pieces: Pieces, translate: Translator) -> str:
    """Return how many lines have come and gone, for who does not read them."""
    counts = {how: sum(len(piece.words) for piece in pieces if piece.how is how) for how in Op}
    return translate("line_counts", added=counts[Op.ADDED], gone=counts[Op.GONE])


def same(words: Words) -> Pieces:
    """Return a text in which nothing differs."""
    return (Piece(Op.SAME, words),) if words else ()


def _plain(text: str) -> Pieces:
    return same((text,)) if text else ()


def _between(old: str, new: str) -> Pieces:
    """Return that one text stands in the place of another."""
    pieces = (Piece(Op.GONE, (old,)), Piece(Op.ADDED, (new,)))
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


def _media(diff: Diff, translate: Translator) -> Iterator[Item]:
    for change in diff.changed:
        if change.media:
            details = tuple(Detail("", _media_pieces(media, translate)) for media in change.media)
            yield Item(_title(change.new), details, media=change.media)


def _media_pieces(change: MediaChange, translate: Translator) -> Pieces:
    end = translate("media_renamed") if change.is_renamed else ""
    end = translate("media_missing") if change.is_missing else end
    old, new = (without_digest(name or "") for name in (change.old, change.new))
    if old == new:
        return _plain(f"{new}{end or translate('media_changed')}")
    return (*_between(old, new), *_plain(end))


def _tags(diff: Diff) -> Iterator[Item]:
    for change in diff.changed:
        if change.tags_added or change.tags_gone:
            pieces = _listed(change.tags_gone, change.tags_added)
            yield Item(_title(change.new), (Detail("", pieces),))


def _listed(gone: Iterable[str], added: Iterable[str]) -> Pieces:
    """Return names that are gone and that were added, with spaces between them."""
    pieces = [*(Piece(Op.GONE, (name,)) for name in gone)]
    pieces += (Piece(Op.ADDED, (name,)) for name in added)
    space = Piece(Op.SAME, (" ",))
    return tuple(part for piece in pieces for part in (piece, space))[:-1]


def _others(diff: Diff, translate: Translator) -> Iterator[Item]:
    for change in diff.changed:
        details = tuple(_other_details(change, translate))
        if details:
            yield Item(_title(change.new), details)


def _other_details(change: NoteChange, translate: Translator) -> Iterator[Detail]:
    spoken = [field for field in change.fields if field.name in SPOKEN.values()]
    fields = [field for field in change.fields if field not in spoken]
    for field in fields:
        if not field.is_formatting:
            yield Detail(translate.field(field.name), word_diff(field.old, field.new))
    if names := [translate.field(field.name) for field in spoken]:
        yield Detail(translate("read_aloud"), _plain(translate("separator").join(names)))
    question = None if change.clozes else change.question  # else it is the clozes that differ
    texts = filter(None, (question, change.answer, *fields))
    if names := [translate.field(text.name) for text in texts if text.is_formatting]:
        yield Detail(translate("only_formatting"), _plain(translate("separator").join(names)))
    for cloze in change.clozes:
        yield Detail(_which_cloze(cloze, translate), _between(cloze.old or "", cloze.new or ""))
    if change.gaps_moved:
        yield Detail(
            translate("gaps_moved"), _plain(translate("separator").join(change.gaps_moved))
        )
    if change.hides_all is not None:
        yield Detail(translate("hides_all" if change.hides_all else "hides_one"))
    if change.deck:
        yield Detail(translate("deck"), _between(*change.deck))
    if change.note_type:
        label = translate("note_type_changed")
        yield Detail(label, _between(*change.note_type))
    if (change.cards_added or change.cards_gone) and not change.clozes:
        pieces = _listed(_cards(change.cards_gone), _cards(change.cards_added))
        yield Detail(translate("cards"), pieces)


def _which_cloze(change: ClozeChange, translate: Translator) -> str:
    gone, added, changed = _GAP_KEYS if change.is_gap else _CLOZE_KEYS
    key = gone if change.new is None else added if change.old is None else changed
    return translate(key, number=change.number)


def _cards(numbers: Iterable[int]) -> list[str]:
    """Return numbers of cards as Anki's browser shows them, from 1."""
    return [str(number + 1) for number in numbers]


def _recreated(diff: Diff) -> Iterator[Item]:
    for pair in diff.recreated:
        pieces = word_diff(pair.old.answer, pair.new.answer)
        yield Item(_title(pair.new), (Detail("", pieces),))


def _search(diff: Diff) -> str:
    """Return the search for the retired notes whose IDs are known, those of deckpress."""
    ids: dict[str, list[str]] = {}
    for note in diff.retired:
        deck, colon, _ = note.packed.note_type.name.partition(": ")
        if note.id and colon:
            ids.setdefault(deck, []).append(note.id)
    return "\n".join(search_for_ids(deck, note_ids) for deck, note_ids in ids.items())


def _design(diff: Diff, translate: Translator) -> Iterator[Item]:
    yield from _note_types(diff.note_types, translate)
    for note_type in diff.note_types_added:
        yield Item((Piece(Op.ADDED, (note_type.name,)),), (Detail(translate("note_type_added")),))
    for note_type in diff.note_types_gone:
        gone = Detail(translate("note_type_gone"))
        yield Item((Piece(Op.GONE, (note_type.name,)),), (gone,))
    for page in diff.descriptions:
        pieces = word_diff(_lines(page.old), _lines(page.new))
        yield Item(_plain(page.deck), (Detail(translate("description"), pieces, by_line=True),))


def _note_types(changes: Iterable[NoteTypeChange], translate: Translator) -> Iterator[Item]:
    """Yield what note types differ in; a style sheet that several share is told once."""
    names: dict[Detail, list[str]] = {}
    for change in changes:
        for detail in _design_details(change, translate):
            names.setdefault(detail, []).append(change.new.name)
    together: dict[tuple[str, ...], list[Detail]] = {}
    for detail, sharing in names.items():
        together.setdefault(tuple(sharing), []).append(detail)
    for sharing_all, details in together.items():
        yield Item(_plain(", ".join(sharing_all)), tuple(details))


def _design_details(change: NoteTypeChange, translate: Translator) -> Iterator[Detail]:
    if change.is_schema_changed:
        yield Detail(translate("schema_changed"))
    for part in change.parts:
        pieces = word_diff(_lines(part.old), _lines(part.new))
        yield Detail(translate(part.label), pieces, by_line=True)


def _lines(text: str) -> Words:
    return tuple(text.splitlines(keepends=True))
