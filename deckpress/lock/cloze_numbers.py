"""Cloze numbers belong to their text: Anki keeps a learner's progress by note and number."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from deckpress.diagnostics import Diagnostic, warning
from deckpress.formulas.deletions import all_deletions, split_deletions, without_deletions
from deckpress.languages.scripts import is_wide
from deckpress.lock import LockedNote
from deckpress.lock.similarity import fold, question_similarity
from deckpress.markdown import CLOZE_OPEN, FORMULAS, Token, location_of, plain_text, rewrite, walk
from deckpress.notes import Cloze, Kind, Note, NoteText

GAP = "\ue000"
"""Stands for a deletion: a character that is no text's (of Unicode's private use)."""
_BETWEEN_PARTS = " … "
"""Stands between the parts of a text that is divided into several deletions of one number."""
_TELLING_WEIGHT = 4
"""Letters."""
_STILL_THE_SAME = 0.5
"""A `==mark==` that is as like an earlier one as this is taken for the same, edited."""


Frame = tuple[str, tuple[str, ...]]
"""What stands around the deletions of a note, and what they say, with GAP in place of one.

Or what all of them say, sorted: those of a note whose gaps changed places are the same.
"""


def find_deletions(note: Note) -> tuple[Cloze, ...]:
    """Return the deletions of a cloze note, or the gaps of a picture, in their order.

    A note of another kind has none.
    """
    if note.occlusion:
        gaps = enumerate(note.occlusion.gaps, 1)
        return tuple(Cloze(number, gap.name, gap.where, is_mark=True) for number, gap in gaps)
    return tuple(_find(note)) if note.kind is Kind.CLOZE else ()


def note_text(note: Note) -> NoteText:
    """Return what a note says, with its deletions and what stands around them."""
    deletions, around = find_deletions(note), find_around(note)
    has_all = around.count(GAP) == len(deletions)  # one within another has no gap of its own
    return note.text(deletions)._replace(around=around if has_all else "")


def find_around(note: Note) -> str:
    """Return what stands around the deletions of a cloze note, folded, with GAP in place of each.

    Empty for a note of another kind, and where a deletion stands in a formula, which has the number
    that its author gives it.
    """
    if note.kind is not Kind.CLOZE:
        return ""
    formulas = (token.raw for token in walk(note.question) if token.type in FORMULAS)
    if any(CLOZE_OPEN.search(raw) for raw in formulas):
        return ""
    return fold(plain_text(rewrite(note.question, _blank)))


def _blank(token: Token) -> Token:
    return Token(type="text", raw=GAP) if token.type == "cloze" else token


def around_of(entry: LockedNote) -> frozenset[str]:
    """Return what may stand around the deletions that learners have of a note.

    The lock has the whole question, and the texts: each is where it is found first, or where it is
    found last.
    """
    texts = [fold(part) for _, part in _parts(entry)]
    question = fold(entry.question)
    found = _cut(question, texts), _cut(question[::-1], [text[::-1] for text in texts[::-1]])
    return frozenset(filter(None, (found[0], found[1][::-1])))


def _cut(question: str, texts: Sequence[str]) -> str:
    """Return a question with GAP in the place of texts, from left to right; empty if one lacks."""
    pieces = []
    for text in texts:
        before, found, question = question.partition(text) if text else (question, "", "")
        if not found:
            return ""
        pieces.append(before)
    return GAP.join([*pieces, question])


def _parts(entry: LockedNote) -> list[tuple[str, str]]:
    """Return the deletions that learners have, each with its number, in reading order."""
    return [
        (number, part)
        for number, text in entry.clozes.items()
        for part in text.split(_BETWEEN_PARTS)
    ]


def gaps_of(entry: LockedNote) -> Sequence[str]:
    """Return what each deletion that learners have says."""
    return [text for _, text in _parts(entry)]


def frames_of_note(note: NoteText) -> Iterator[Frame]:
    """Yield all that a note says but for the text of one deletion, or for the places of all."""
    if note.around:
        yield from _frames(note.around, [fold(cloze.text) for cloze in note.clozes])


def frames_of_entry(entry: LockedNote) -> frozenset[Frame]:
    """Return all that an entry says but for the text of one deletion, or the places of all."""
    texts = [fold(part) for _, part in _parts(entry)]
    return frozenset(frame for around in around_of(entry) for frame in _frames(around, texts))


def _frames(around: str, texts: Sequence[str]) -> Iterator[Frame]:
    """Yield the frames of deletions; a single one must have a word or two around it."""
    if len(texts) > 1:
        yield around, tuple(sorted(texts))
    if len(texts) > 1 or _weight(around) >= _TELLING_WEIGHT:
        for index in range(len(texts)):
            yield around, (*texts[:index], GAP, *texts[index + 1 :])


def _weight(text: str) -> int:
    """Return how many letters a text has; one that is wide, as in Chinese, counts twice."""
    return sum(1 + is_wide(char) for char in text if char.isalnum())


def clozes_of(note: NoteText) -> dict[str, str]:
    """Return what each cloze number of a note asks for, in reading order."""
    texts: dict[str, list[str]] = {}
    for cloze in note.clozes:
        texts.setdefault(str(cloze.number), []).append(cloze.text)
    return {number: _BETWEEN_PARTS.join(parts) for number, parts in texts.items()}


def is_still_the_same(before: str, now: str) -> bool:
    """Return whether a cloze's text is like enough to an earlier one to be that one, edited."""
    return question_similarity(fold(before), fold(now)) >= _STILL_THE_SAME


def removed_clozes(entry: LockedNote | None, now: Mapping[str, str]) -> dict[str, str]:
    """Return the numbers that learners may have cards of, and that a note no longer has."""
    before = {**entry.gone_clozes, **entry.clozes} if entry else {}
    return {number: text for number, text in before.items() if number not in now}


def number_clozes(note: NoteText, entry: LockedNote | None) -> NoteText:
    """Return a note in which each `==mark==` has the number that learners know it by.

    Where all around the deletions is as it was, and has a word or two, a mark keeps the number of
    its place, whatever it says now: it was corrected. One that is new gets a number that no card
    ever had. Numbers the author wrote stay.

    A gap in a picture is known by its name: where all other names are as they were, one that is
    like the name before was corrected. Else names are alike by nature, as "left" and "right" are.
    """
    if entry is None or not entry.clozes or not note.clozes:
        return note
    marks = [cloze.text for cloze in note.clozes if cloze.is_mark]
    written = {str(cloze.number) for cloze in note.clozes if not cloze.is_mark}
    is_picture = note.kind is Kind.OCCLUSION
    places = _renamed_gaps(note, entry) if is_picture else _at_their_places(note, entry)
    alike = 1.0 if is_picture else _STILL_THE_SAME
    numbers = map(int, _assign(marks, entry, written, places, alike))
    return note._replace(
        clozes=tuple(
            cloze._replace(number=next(numbers)) if cloze.is_mark else cloze
            for cloze in note.clozes
        )
    )


def _at_their_places(note: NoteText, entry: LockedNote) -> Sequence[str]:
    """Return the number that learners have for each mark's place; none if places are others."""
    if _weight(note.around) < _TELLING_WEIGHT or note.around not in around_of(entry):
        return ()
    pairs = zip(note.clozes, _parts(entry), strict=True)
    return [number for cloze, (number, _) in pairs if cloze.is_mark]


def _renamed_gaps(note: NoteText, entry: LockedNote) -> Sequence[str]:
    """Return the numbers that learners have, if but one name of a picture's gaps was corrected."""
    numbers, names = [*entry.clozes], [*entry.clozes.values()]
    now = [cloze.text for cloze in note.clozes]
    if len(names) != len(now):
        return ()
    other = [pair for pair in zip(names, now, strict=True) if fold(pair[0]) != fold(pair[1])]
    return numbers if len(other) == 1 and is_still_the_same(*other[0]) else ()


def check_clozes_kept(note: NoteText, entry: LockedNote | None) -> Iterator[Diagnostic]:
    """Yield a warning for each text whose number the author changed."""
    if entry is None or not entry.clozes:
        return
    known = {**entry.gone_clozes, **entry.clozes}
    numbers = {fold(text): number for number, text in known.items()}
    places = {str(cloze.number): cloze.location for cloze in reversed(note.clozes)}
    now = clozes_of(note)
    for number, text in now.items():
        before = numbers.get(fold(text), number)
        is_at_home = fold(known.get(number, "")) == fold(text) or before == number
        if is_at_home or fold(now.get(before, "")) == fold(text):
            continue
        newcomer = now[before] if before in now and fold(now[before]) not in numbers else ""
        remedy = f"write {{{{c{before}::{text}}}}}"
        if newcomer:
            remedy += f" and {{{{c{_next_number(entry, now)}::{newcomer}}}}}"
        yield warning(places[number], f"{_renumbered(text, before, number, entry)}; {remedy}")
    offered: list[str] = []
    for number in now:
        text = now[number]
        if number in entry.gone_clozes and number not in entry.clozes and fold(text) not in numbers:
            offered.append(_next_number(entry, (*now, *offered)))
            yield warning(places[number], _reused(text, number, offered[-1], entry))


def _renumbered(text: str, before: str, number: str, entry: LockedNote) -> str:
    taken = entry.clozes.get(number) or entry.gone_clozes.get(number)
    whose = f'of "{taken}" would pass to it' if taken else "would not go with it"
    return f'"{text}" was cloze {before} and is now cloze {number}: learners\' progress {whose}'


def _reused(text: str, number: str, free: str, entry: LockedNote) -> str:
    return (
        f'cloze {number} was "{entry.gone_clozes[number]}" once, and learners\' progress of it '
        f'would pass to "{text}": write {{{{c{free}::{text}}}}}'
    )


def _find(note: Note) -> Iterator[Cloze]:
    for token in walk(note.question):
        where = location_of(token, note.location.file)
        if token.type == "cloze":
            text = plain_text([token])
            yield Cloze(token.number, text, where, is_mark=token.is_mark)
        elif token.type.endswith("_math"):
            for part in all_deletions(split_deletions(token.raw)):
                text = without_deletions(part.content).strip()
                yield Cloze(part.number, text, where, is_mark=False)


def _assign(
    marks: Sequence[str], entry: LockedNote, written: set[str], places: Sequence[str], alike: float
) -> list[str]:
    """Return a number for each mark: its text's own, its place's, a similar text's, or a new one.

    `places` are the numbers that learners have for the marks' places, if those are the same, and
    `alike` is how alike a similar text must be.
    """
    free = {
        number: text
        for known in (entry.clozes, entry.gone_clozes)
        for number, text in known.items()
        if number not in written
    }
    numbers: dict[int, str] = {}
    for index, mark in enumerate(marks):
        same = (number for number, text in free.items() if fold(text) == fold(mark))
        if (number := next(same, None)) is not None:
            numbers[index] = number
            del free[number]
    for index, number in enumerate(places):
        if index not in numbers and free.pop(number, None) is not None:
            numbers[index] = number
    numbers |= dict(_most_alike(marks, numbers, entry, free, alike))
    for index in range(len(marks)):
        numbers.setdefault(index, _next_number(entry, (*numbers.values(), *written)))
    return [numbers[index] for index in range(len(marks))]


def _most_alike(
    marks: Sequence[str],
    numbers: Mapping[int, str],
    entry: LockedNote,
    free: Mapping[str, str],
    least: float,
) -> Iterator[tuple[int, str]]:
    """Yield which mark is an earlier text, edited: the most alike first, one mark for each."""
    pairs = sorted(
        (-question_similarity(fold(text), fold(mark)), index, int(number))
        for index, mark in enumerate(marks)
        if index not in numbers
        for number, text in free.items()
        if number in entry.clozes
    )
    taken: set[int] = set()
    used: set[int] = set()
    for unlike, index, number in pairs:
        if -unlike >= least and index not in taken and number not in used:
            taken.add(index)
            used.add(number)
            yield index, str(number)


def _next_number(entry: LockedNote, taken: Iterable[str]) -> str:
    """Return the lowest number that no card ever had."""
    known = {*entry.clozes, *entry.gone_clozes, *taken}
    return next(str(number) for number in itertools.count(1) if str(number) not in known)
