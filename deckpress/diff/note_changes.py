"""A note before and after: what differs, field by field, and in its pictures and sounds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter

from deckpress.anki import NoteType, Package, PackageNote
from deckpress.anki.field_text import field_words, read_field
from deckpress.anki.media_refs import find_references
from deckpress.diff import ClozeChange, FieldChange, MediaChange, NoteChange, ReadNote
from deckpress.lock.field_roles import Layout, find_layouts
from deckpress.media import without_digest
from deckpress.note_types import SPOKEN
from deckpress.notes.attributes import is_release_tag

_PICTURE = re.compile(r"<img\b[^<>]*>", re.I)
_SIZE = re.compile(r"\s(?:width|height)=\"\d+\"")
_CLOZE = re.compile(r"(\{\{c[\d,]+::).*?\}\}", re.S)
_SHAPE = re.compile(r"\{\{c(\d+)::image-occlusion:([^{}]*)\}\}")
_HIDES_ALL = ":oi=1"
"""What a shape says that is hidden with all others."""
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")
Digests = Mapping[str, str | None]
_Pair = tuple[int | None, int | None]
"""The places of a field before and after; None where there was, or is, no such field."""


def media_in(fields: Iterable[str]) -> frozenset[str]:
    """Return the names of the media files that fields show, without those on the web."""
    names = (reference.name for field in fields for reference in find_references(field))
    return frozenset(name for name in names if not _ELSEWHERE.match(name))


def is_same_but_media(old: str, new: str) -> bool:
    """Return whether fields are the same HTML, but for other pictures, perhaps of another size."""
    if old == new:
        return True
    was, now = map(_without_names, (old, new))
    if was == now or media_in([old]) == media_in([new]):
        return was == now
    return _PICTURE.sub(_without_size, was) == _PICTURE.sub(_without_size, now)


def _without_size(picture: re.Match[str]) -> str:
    return _SIZE.sub("", picture[0])


def _without_names(field: str) -> str:
    pieces, end = [], 0
    for reference in sorted(find_references(field), key=attrgetter("start")):
        pieces.append(field[end : reference.start])
        end = reference.end
    return "".join([*pieces, field[end:]])


def compare_media(
    old: frozenset[str], new: frozenset[str], old_digests: Digests, new_digests: Digests
) -> tuple[MediaChange, ...]:
    """Return which files of a note are others, are gone or have come, sorted by name.

    A file under a new name is known by its content; or by its name without the hash of deckpress.
    """
    kept = old & new
    changes = [
        MediaChange(name, name) for name in kept if old_digests.get(name) != new_digests.get(name)
    ]
    gone, added = old - kept, new - kept
    by_content = list(_pair(gone, added, old_digests.get, new_digests.get))
    changes += [
        MediaChange(old_name, new_name, is_renamed=True) for old_name, new_name in by_content
    ]
    gone -= {old_name for old_name, _ in by_content}
    added -= {new_name for _, new_name in by_content}
    by_name = list(_pair(gone, added, _stem, _stem))
    changes += [MediaChange(old_name, new_name) for old_name, new_name in by_name]
    changes += [MediaChange(name, None) for name in gone - {old_name for old_name, _ in by_name}]
    changes += [MediaChange(None, name) for name in added - {new_name for _, new_name in by_name}]
    if new_digests:
        changes = [_with_missing(change, new_digests) for change in changes]
    return tuple(
        sorted(changes, key=lambda change: (change.new or change.old or "", change.new is None))
    )


def _with_missing(change: MediaChange, digests: Digests) -> MediaChange:
    return replace(change, is_missing=bool(change.new) and digests.get(change.new or "") is None)


def _stem(name: str) -> str | None:
    stem = without_digest(name)
    return stem if stem != name else None


def _pair(
    gone: Iterable[str],
    added: Iterable[str],
    old_key: Callable[[str], str | None],
    new_key: Callable[[str], str | None],
) -> Iterator[tuple[str, str]]:
    """Yield names whose keys are equal, each name once, in their order."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for name in sorted(gone, reverse=True):
        if key := old_key(name):
            waiting[key].append(name)
    for name in sorted(added):
        if (key := new_key(name)) and waiting[key]:
            yield waiting[key].pop(), name


@dataclass(frozen=True)
class PackageView:
    """A package, and which fields of its notes are what."""

    package: Package
    layouts: Mapping[int, Layout]

    def layout(self, note: PackageNote) -> Layout:
        """Return the layout of a note's type."""
        return self.layouts[note.note_type.id]

    def read(self, note: PackageNote) -> ReadNote:
        """Return a note as a learner reads it."""
        layout = self.layout(note)
        answer = next((index for index in layout.answers if note.fields[index].strip()), None)
        question = _words(note, layout.question, layout)
        return ReadNote(note, question, _words(note, answer, layout), *_ids(note, layout))


def open_view(package: Package) -> PackageView:
    """Find out which fields of a package's notes are question and answer."""
    return PackageView(package, find_layouts(package.notes, frozenset()))


def compare_notes(
    old: PackageNote, new: PackageNote, before: PackageView, after: PackageView
) -> NoteChange:
    """Return what a note differs in; words are looked at only of fields that differ."""
    pairs = _pair_fields(old, new, before, after)
    pairs = [pair for pair in pairs if pair[1] not in _not_shown(after.layout(new))]
    question, answer, *rest = (_compare_field(old, new, pair, before, after) for pair in pairs)
    told = SPOKEN.values() if question or answer else ()  # and what is read aloud follows them
    media = compare_media(
        media_in(old.fields), media_in(new.fields), before.package.media, after.package.media
    )
    types = (old.note_type.name, new.note_type.name)
    return NoteChange(
        old=before.read(old),
        new=after.read(new),
        question=question,
        answer=answer,
        fields=tuple(field for field in rest if field and field.name not in told),
        clozes=tuple(_compare_clozes(old, new, before, after)),
        gaps_moved=tuple(_find_moved(old, new, before, after)),
        hides_all=_compare_hiding(old, new, before, after),
        tags_added=_tags_beyond(new, old),
        tags_gone=_tags_beyond(old, new),
        media=media,
        deck=(old.deck, new.deck) if old.deck != new.deck else None,
        note_type=types if old.note_type.id != new.note_type.id else None,
        cards_added=_beyond(new.card_numbers, old.card_numbers),
        cards_gone=_beyond(old.card_numbers, new.card_numbers),
    )


def _words(note: PackageNote, index: int | None, layout: Layout) -> tuple[str, ...]:
    if index is None:
        return ()
    return _read_words(note.fields[index], layout.id is not None)


@lru_cache(maxsize=64)  # old and new have most of a note in common
def _read_words(field_html: str, is_ours: bool) -> tuple[str, ...]:
    return field_words(field_html, is_ours=is_ours)


def _ids(note: PackageNote, layout: Layout) -> tuple[str, str]:
    """Return ID and context of a note of ours."""
    if layout.id is None or layout.context is None:
        return "", ""
    words = field_words(note.fields[layout.context], is_ours=True)
    return note.fields[layout.id], " ".join("".join(words).split())


def _beyond(cards: Iterable[int], other_cards: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted({*cards} - {*other_cards}))


def _tags_beyond(note: PackageNote, other: PackageNote) -> tuple[str, ...]:
    tags, other_tags = own_tags(note), own_tags(other)
    return tuple(sorted(tags[folded] for folded in tags.keys() - other_tags.keys()))


def own_tags(note: PackageNote) -> dict[str, str]:
    """Return a note's tags, without those that only say in which release it came or changed.

    They are known by their folded case, which Anki does not tell: a learner's spelling stays.
    """
    return {tag.casefold(): tag for tag in note.tags if not is_release_tag(tag)}


def _pair_fields(
    old: PackageNote, new: PackageNote, before: PackageView, after: PackageView
) -> list[_Pair]:
    """Return which field has become which: the question's, the answer's, and then the others."""
    old_layout, new_layout = before.layout(old), after.layout(new)
    if old.note_type.fields == new.note_type.fields:
        filled = (
            index
            for index in new_layout.answers
            if old.fields[index].strip() or new.fields[index].strip()
        )
        answer = next(filled, None)
        places = range(len(new.fields))
        rest = [(index, index) for index in places if index not in (new_layout.question, answer)]
        return [(new_layout.question, new_layout.question), (answer, answer), *rest]
    answers = (_answer_at(old, old_layout), _answer_at(new, new_layout))
    asked = (old_layout.question, new_layout.question)
    taken = (asked[0], answers[0]), (asked[1], answers[1])
    return [asked, answers, *_pair_by_name(old.note_type, new.note_type, *taken)]


def _answer_at(note: PackageNote, layout: Layout) -> int | None:
    return next((index for index in layout.answers if note.fields[index].strip()), None)


def _pair_by_name(
    old: NoteType,
    new: NoteType,
    old_taken: tuple[int | None, ...],
    new_taken: tuple[int | None, ...],
) -> Iterator[_Pair]:
    """Yield the fields that have the same name, and those that have no partner."""
    names = {name: index for index, (name, _) in enumerate(old.fields) if index not in old_taken}
    for index, (name, _) in enumerate(new.fields):
        if index not in new_taken:
            yield names.pop(name, None), index
    yield from ((index, None) for index in names.values())


def _compare_field(
    old: PackageNote, new: PackageNote, pair: _Pair, before: PackageView, after: PackageView
) -> FieldChange | None:
    """Return what a field differs in, unless it is nothing, or only the names of its media."""
    old_index, new_index = pair
    was = old.fields[old_index] if old_index is not None else ""
    now = new.fields[new_index] if new_index is not None else ""
    if is_same_but_media(was, now):
        return None
    words = _words(old, old_index, before.layout(old)), _words(new, new_index, after.layout(new))
    if words[0] == words[1] and old.note_type.id != new.note_type.id:
        return None  # another tool, or another kind of note, writes the same in another way
    return FieldChange(_field_name(old, new, pair), *words)


def _field_name(old: PackageNote, new: PackageNote, pair: _Pair) -> str:
    if pair[1] is not None:
        return new.note_type.fields[pair[1]][0]
    return old.note_type.fields[pair[0]][0] if pair[0] is not None else ""


def _compare_clozes(
    old: PackageNote, new: PackageNote, before: PackageView, after: PackageView
) -> Iterator[ClozeChange]:
    """Yield which cloze numbers ask for something else."""
    was, now = _clozes(old, before), _clozes(new, after)
    is_same_around = _around(old, before) == _around(new, after)
    for number in sorted({*was, *now}, key=int):
        if was.get(number) != now.get(number):
            is_corrected = is_same_around and now.get(number) not in was.values()
            is_gap = after.layout(new).gaps is not None
            yield ClozeChange(number, was.get(number), now.get(number), is_corrected, is_gap)


def _not_shown(layout: Layout) -> tuple[int, ...]:
    """Return the fields that are told gap by gap, and not by their words."""
    return tuple(place for place in (layout.gaps, layout.shapes) if place is not None)


def _find_moved(
    old: PackageNote, new: PackageNote, before: PackageView, after: PackageView
) -> Iterator[str]:
    """Yield the names of gaps that have other shapes than before."""
    was, now = _shapes(old, before), _shapes(new, after)
    names = _clozes(new, after)
    for number in sorted(was.keys() & now.keys(), key=int):
        if was[number] != now[number]:
            yield names.get(number) or number


def _compare_hiding(
    old: PackageNote, new: PackageNote, before: PackageView, after: PackageView
) -> bool | None:
    fields = [
        note.fields[place]
        for note, side in ((old, before), (new, after))
        if (place := side.layout(note).shapes) is not None
    ]
    was, now = [_HIDES_ALL in field for field in fields] if len(fields) == 2 else (False, False)
    return now if was != now else None


def _shapes(note: PackageNote, side: PackageView) -> dict[str, list[str]]:
    """Return where each gap of a picture is, by its number; nothing for other notes."""
    place = side.layout(note).shapes
    shapes: dict[str, list[str]] = defaultdict(list)
    for number, shape in _SHAPE.findall(note.fields[place]) if place is not None else ():
        shapes[number].append(shape.replace(_HIDES_ALL, ""))
    return shapes


def _around(note: PackageNote, side: PackageView) -> str:
    """Return a cloze note's question without what its clozes ask for."""
    return _CLOZE.sub(r"\1", note.fields[side.layout(note).clozes])


def _clozes(note: PackageNote, side: PackageView) -> dict[str, str]:
    if not note.note_type.is_cloze:
        return {}
    layout = side.layout(note)
    return read_field(note.fields[layout.clozes], is_ours=layout.id is not None)[1]
