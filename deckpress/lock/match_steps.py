"""The steps by which notes are found in the lock, one after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from enum import StrEnum
from functools import cached_property
from operator import attrgetter

from deckpress.diagnostics import Diagnostic
from deckpress.lock import Lock, LockedNote, short_digest
from deckpress.lock.candidates import (
    ALIKE,
    DOUBTFUL,
    MARGIN,
    SURE,
    Pair,
    find_beginnings,
    find_pairs,
    is_declared_new,
    kind_changed,
    report_ambiguity,
    report_claim,
    report_contradiction,
    unambiguous_matches,
)
from deckpress.lock.cloze_numbers import Frame, frames_of_entry, frames_of_note
from deckpress.lock.similarity import (
    DIGEST_DIGITS,
    SKETCH_SIZE,
    Asked,
    answer_digest,
    asked_by_entry,
    asked_by_note,
    asked_under,
    find_shared,
    find_twins,
    fold,
    id_under_headings,
    is_known_elsewhere,
    is_known_there,
    named_by_entry,
    named_by_note,
    nearest_of_entry,
    nearest_of_note,
    numbers_in,
    sketch,
    text_of,
    text_under,
)
from deckpress.notes import Kind, NoteText

_TELLING_LENGTH = 12
"""An answer of fewer characters may well be the answer to another question."""
_SOMEWHAT_ALIKE = 0.6
"""How alike two questions of one short answer must be, to be one question reworded; unrelated ones
are hardly ever (`similarity.score`)."""


_MOST_NAMED = 3
"""So many retired notes are named for a new one that may be any of them."""


class MatchedBy(StrEnum):
    """How a note was found in the lock."""

    ID = "id"
    QUESTION = "question"
    ANSWER = "answer"
    LIKENESS = "likeness"


class Matcher:
    """Gives each entry of the lock to one note at most, one step after the other."""

    def __init__(self, lock: Lock, notes: Sequence[NoteText]) -> None:
        self._deck, self._notes = lock.deck, notes
        self.twins = find_twins(notes)
        """The questions that more than one note asks, under different headings."""
        self.entries = sorted(lock.notes, key=lambda entry: (bool(entry.retired), entry.guid))
        self._open, self._left = self.entries, list(enumerate(notes))
        self._taken: set[str] = set()
        self.matches: dict[int, tuple[LockedNote, MatchedBy]] = {}
        self.like: dict[int, tuple[LockedNote, ...]] = {}
        """For notes that were not found: the retired entries that each is most like."""
        self._contradictions: dict[int, tuple[LockedNote, LockedNote]] = {}
        """For notes that have the question of one entry and the answer of another: these two."""
        self._claims: dict[int, tuple[LockedNote, NoteText]] = {}
        """For notes that have the id of an entry whose own note is unchanged: these two."""

    def _unmatched(self) -> Sequence[tuple[int, NoteText]]:
        """Return the notes still to be found; a note that is settled stays so."""
        settled = self.matches.keys() | self._contradictions.keys() | self._claims.keys()
        self._left = [(index, note) for index, note in self._left if index not in settled]
        return self._left

    def _open_notes(self) -> Iterator[tuple[int, NoteText]]:
        """Yield the notes still to be found, without those that their author says are new."""
        return (
            (index, note)
            for index, note in self._unmatched()
            if not is_declared_new(self._deck, note)
        )

    def _open_entries(self) -> Sequence[LockedNote]:
        """Return the entries that no note has taken; one that is taken stays so."""
        self._open = [entry for entry in self._open if entry.guid not in self._taken]
        return self._open

    def _take(self, index: int, entry: LockedNote, matched_by: MatchedBy) -> None:
        self._taken.add(entry.guid)
        self.matches[index] = (entry, matched_by)

    def by_id(self) -> None:
        """Take the entry that has a note's id, or if none has it, the one that had it first.

        Not from its own note, though, which has another id, or none, and is as it was.
        """
        if not any(note.id for note in self._notes):
            return
        for by_name in self._by_names:
            for index, note in self._unmatched():
                named = by_name.get((note.id or "").casefold())
                if named is None or named.guid in self._taken or not _may_be(named, note):
                    continue
                if own := self._find_unchanged(named, note):
                    self._claims[index] = (named, own)
                else:
                    self._take(index, named, MatchedBy.ID)

    @cached_property
    def _by_names(self) -> Sequence[Mapping[str, LockedNote]]:
        """The entries by the ids that they have, and by those that they had first."""
        names: tuple[dict[str, LockedNote], ...] = ({}, {})
        for entry in self.entries:
            for by_name, name in zip(names, (entry.author_id, entry.id), strict=True):
                by_name.setdefault(name.casefold(), entry)
        return names

    def _find_unchanged(self, entry: LockedNote, claimant: NoteText) -> NoteText | None:
        """Return the note that has an entry's question and answer, if it is not the claimant.

        One that has the id of yet another entry, or one for a new note, is not this entry's: its
        author says so.
        """
        asked = asked_by_entry(entry)
        if asked_by_note(claimant, entry) == asked:
            return None
        alike = (self._notes[index] for index in self._by_asked.get(fold(entry.question), ()))
        own = next(
            (
                note
                for note in alike
                if asked_by_note(note, entry) == asked and self._is_unchanged(note, entry)
            ),
            None,
        )
        return None if own and self._has_double(entry) else own

    def _has_double(self, entry: LockedNote) -> bool:
        """Return whether another living entry asks and answers the same."""
        asked = asked_by_entry(entry)
        return any(
            other is not entry
            and not other.retired
            and other.answer == entry.answer
            and asked_by_entry(other) == asked
            for other in self.entries
        )

    def _is_unchanged(self, note: NoteText, entry: LockedNote) -> bool:
        if not _may_be(entry, note) or answer_digest(note) != entry.answer[:DIGEST_DIGITS]:
            return False
        named = (by_name.get((note.id or "").casefold()) for by_name in self._by_names)
        is_other = next(filter(None, named), entry) is not entry
        return not is_other and not is_declared_new(self._deck, note)

    @cached_property
    def _by_asked(self) -> Mapping[str, Sequence[int]]:
        return _group(enumerate(self._notes), lambda note: fold(note.question_text))

    def by_question(self) -> None:
        """Take the entry that alone asks what a note asks.

        Of several, it is the one that stood under the same headings, or else has the same answer.
        Case, spaces, and the width of letters and marks make no other question.
        """
        self._by_place([entry for entry in self._open_entries() if not entry.retired])
        self._by_question_and_answer()
        asked = _group(self._unmatched(), lambda note: note.question_text)
        self._match_alone(asked, attrgetter("question"))
        folded = _group(self._open_notes(), lambda note: fold(note.question_text))
        self._match_alone(folded, lambda entry: fold(entry.question))
        self._by_place(self._open_entries())

    def _by_place(self, entries: Iterable[LockedNote]) -> None:
        """Take the entry that is known to have asked under a note's headings what it asks."""
        if known := [entry for entry in entries if entry.context]:
            self._match(_group(self._unmatched(), asked_under), asked_by_entry, known)

    def _by_question_and_answer(self) -> None:
        """Take the living entry that alone has a note's question and answer.

        Where twins share both, it is the one that has the nearest heading too.
        """
        living = [entry for entry in self._open_entries() if not entry.retired]
        shared = find_shared((note for _, note in self._unmatched()), living)
        if not shared:
            return
        notes = [
            (index, note) for index, note in self._open_notes() if note.question_text in shared
        ]
        entries = [entry for entry in living if entry.question in shared]
        for of_note, of_entry in (
            (nearest_of_note, nearest_of_entry),
            (named_by_note, named_by_entry),
        ):
            unmatched = [(index, note) for index, note in notes if index not in self.matches]
            self._match(_group(unmatched, of_note), of_entry, entries)

    def by_first_question(self) -> None:
        """Take the entry whose ID was made of the question that a note asks."""
        for id_of in (
            lambda note: short_digest(self._deck, note.unmarked_question),
            lambda note: id_under_headings(self._deck, note),
        ):
            self._match_alone(_group(self._open_notes(), id_of), attrgetter("id"))

    def _match_alone(
        self, notes: Mapping[str, Sequence[int]], text_of: Callable[[LockedNote], str]
    ) -> None:
        """Take the entries whose text alone is that of a note, if its question is enough."""
        self._match(notes, text_of, self._open_entries(), self._is_enough)

    def _is_enough(self, entry: LockedNote, note: NoteText) -> bool:
        """Return whether an equal question tells that a note is an entry.

        Not if the entry stood elsewhere, nor if other notes ask the same: what is left when these
        are found may as well be a new one.
        """
        if entry.context:
            return is_known_there(entry, note)
        return note.question_text not in self.twins

    def _match(
        self,
        notes: Mapping[str, Sequence[int]],
        text_of: Callable[[LockedNote], str],
        candidates: Iterable[LockedNote],
        is_enough: Callable[[LockedNote, NoteText], bool] = lambda entry, note: True,
    ) -> None:
        """Take the candidates whose text alone is that of a note; `notes` are known by theirs."""
        entries: dict[str, list[LockedNote]] = defaultdict(list)
        for entry in candidates:
            entries[text_of(entry)].append(entry)
        for text, index in notes.items():
            if text not in entries or len(index) > 1:
                continue
            note = self._notes[index[0]]
            fitting = [entry for entry in entries[text] if _may_be(entry, note)]
            current = [entry for entry in fitting if not entry.retired] or fitting
            if len(current) == 1 and is_enough(current[0], note):
                self._settle(index[0], current[0])

    def _settle(self, index: int, entry: LockedNote) -> None:
        """Take the entry that has a note's question, unless the note's answer is another one's."""
        answered = self._by_answer.get(index)
        if answered is None or answered is entry or answered.guid in self._taken:
            self._take(index, entry, MatchedBy.QUESTION)
        elif not is_declared_new(self._deck, self._notes[index]):
            self._contradictions[index] = (entry, answered)

    @cached_property
    def _by_answer(self) -> Mapping[int, LockedNote]:
        """For notes by their places: the entry that alone had a note's answer.

        Nobody asks what that entry asked, so that it may have been reworded; and the answer is long
        enough that no other note would have it by chance.
        """
        unasked = self._find_unasked()
        known = {
            entries[0].answer[:DIGEST_DIGITS]: entries[0]
            for entries in (self._by_drawn.values() if unasked else ())
            if len(entries) == 1 and entries[0].guid in unasked
        }
        notes = _group(enumerate(self._notes), answer_digest) if known else {}
        alone = {
            index[0]: known[drawn]
            for drawn, index in notes.items()
            if drawn in known and not index[1:]
        }
        return {
            index: entry
            for index, entry in alone.items()
            if _is_long(self._notes[index]) and _may_be(entry, self._notes[index])
        }

    def _find_unasked(self) -> Set[str]:
        """Return the GUIDs of the entries that ask, where that is known, what no note asks.

        What notes ask under their headings counts if the lock knows of any. Texts are folded only
        for entries whose own text is none of the notes', which are few.
        """
        asked = {note.question_text for note in self._notes}
        if any(entry.context for entry in self.entries):
            asked |= {text_under(note.question_text, note.place) for note in self._notes}
        left = [entry for entry in self.entries if text_of(entry) not in asked]
        folded = set(map(fold, asked)) if left else set()
        return {entry.guid for entry in left if asked_by_entry(entry) not in folded}

    @cached_property
    def _by_drawn(self) -> Mapping[str, Sequence[LockedNote]]:
        """All entries, living and retired, by the sketches of their answers."""
        entries: dict[str, list[LockedNote]] = defaultdict(list)
        for entry in self.entries:
            if entry.answer:
                entries[entry.answer].append(entry)
        return entries

    def by_answer(self) -> None:
        """Take the entry that alone, of living and retired ones, has a note's answer."""
        notes = self._open_notes() if self._by_drawn else ()
        for drawn, index in _group(notes, _answer).items():
            entries, note = self._by_drawn.get(drawn, ()), self._notes[index[0]]
            is_sole = len(index) == len(entries) == 1 and entries[0].guid not in self._taken
            if is_sole and _may_be(entries[0], note) and _is_telling(note, entries[0]):
                self._take(index[0], entries[0], MatchedBy.ANSWER)

    def by_similarity(self) -> Iterator[Diagnostic]:
        """Take the entries of the last build that are clearly most alike; yield the doubtful.

        A retired entry is not taken for its likeness: it is asked about, or remembered as `like`.
        """
        retired = self._pairs_with(
            [entry for entry in self._open_entries() if entry.retired], ALIKE
        )
        current = [entry for entry in self._open_entries() if not entry.retired]
        pairs = self._pairs_with(current, DOUBTFUL)
        clear, doubtful = unambiguous_matches(
            pair for pair in pairs if self._notes[pair.index].id is None or pair.score >= SURE
        )
        for pair in clear:
            nearer = [
                rival
                for rival in retired
                if rival.index == pair.index and self._is_nearer(rival, pair)
            ]
            if self._notes[pair.index].id is None and not nearer:
                self._take(pair.index, pair.entry, MatchedBy.LIKENESS)
            else:
                doubtful += [pair, *nearer]
        doubtful += self._ask_about_retired(retired, {pair.index for pair in doubtful})
        yield from report_ambiguity(self._deck, self._notes, doubtful)
        for index, entries in self._contradictions.items():
            yield report_contradiction(self._deck, self._notes[index], *entries)

    def report_claims(self) -> Iterator[Diagnostic]:
        """Yield an error for each note that has the id of another one."""
        for index, (entry, own) in self._claims.items():
            yield report_claim(self._deck, self._notes[index], entry, own)

    def _pairs_with(self, entries: Sequence[LockedNote], least: float) -> list[Pair]:
        """Return the pairs of notes and entries that may be one, the best first."""
        return find_pairs(dict(self._open_notes()), entries, _may_be, least)

    def _is_nearer(self, retired: Pair, pair: Pair) -> bool:
        """Whether a note asks rather what a retired entry asked than what another one asks."""
        likeness = self._question_similarity(retired)
        return likeness >= max(_SOMEWHAT_ALIKE, self._question_similarity(pair))

    def _question_similarity(self, pair: Pair) -> float:
        return _question_similarity(self._notes[pair.index], pair.entry)

    def _ask_about_retired(self, pairs: Iterable[Pair], in_doubt: Set[int]) -> Iterator[Pair]:
        """Yield the pairs of a new note and a retired entry that are like one in both halves.

        Where others are as like it, as in a deck of one pattern, or where it is less like, the
        entry is only remembered: the note is new, and its author is told.
        """
        best: dict[int, list[Pair]] = defaultdict(list)
        for pair in sorted(pairs, key=lambda pair: -pair.score - self._question_similarity(pair)):
            if pair.index not in self.matches and pair.index not in in_doubt:
                best[pair.index].append(pair)
        strong = [first for first, *_ in best.values() if self._is_like(first)]
        rivals = self._pairs_with_taken(strong)
        for index, (first, *rest) in best.items():
            equals = [pair for pair in rest if self._is_as_like(pair, first)]
            near = [rival for rival in rivals[index] if self._is_as_like(rival, first)]
            if self._is_like(first) and not equals and not near:
                yield first
            else:
                self.like[index] = tuple(pair.entry for pair in (first, *equals)[:_MOST_NAMED])

    def _pairs_with_taken(self, pairs: Iterable[Pair]) -> Mapping[int, Sequence[Pair]]:
        """Return how like the notes of pairs are to the entries that other notes have taken."""
        notes = {pair.index: self._notes[pair.index] for pair in pairs}
        taken = [entry for entry in self.entries if entry.guid in self._taken]
        rivals: dict[int, list[Pair]] = defaultdict(list)
        for pair in find_pairs(notes, taken, _may_be):
            rivals[pair.index].append(pair)
        return rivals

    def _is_like(self, pair: Pair) -> bool:
        return pair.score >= SURE and self._question_similarity(pair) >= _SOMEWHAT_ALIKE

    def _is_as_like(self, rival: Pair, pair: Pair) -> bool:
        """Return whether a rival is not clearly behind a pair, in the whole or in the question."""
        behind = self._question_similarity(pair) - self._question_similarity(rival)
        return max(pair.score - rival.score, behind) < MARGIN

    def by_correction(self) -> None:
        """Take the entry of the last build that only says something else in one deletion.

        Or that has the same deletions at other places of the same text.

        Nothing is told where other notes say the rest as well, as those of a list do.
        """
        open_notes = {at for at, note in self._open_notes() if note.around and note.id is None}
        if not open_notes:
            return
        pairs = self._pairs_of_one_frame()
        times = Counter(index for index, _ in pairs), Counter(entry.guid for _, entry in pairs)
        for index, entry in pairs:
            is_open = index in open_notes and entry.guid not in self._taken
            if is_open and times[0][index] == times[1][entry.guid] == 1:
                self._take(index, entry, MatchedBy.LIKENESS)

    def _pairs_of_one_frame(self) -> list[tuple[int, LockedNote]]:
        """Return each note with the entry that has a frame of it which no other note has."""
        notes, entries = defaultdict[Frame, list[int]](list), defaultdict[Frame, list[int]](list)
        for index, note in enumerate(self._notes):
            for frame in frames_of_note(note):
                notes[frame].append(index)
        for at, entry in enumerate(self.entries):
            for frame in () if entry.retired else frames_of_entry(entry):
                entries[frame].append(at)
        shared = (frame for frame, found in notes.items() if len(found) == 1 == len(entries[frame]))
        pairs = {(notes[frame][0], entries[frame][0]) for frame in shared}
        return [(index, self.entries[at]) for index, at in sorted(pairs)]

    def by_other_kind(self) -> Iterator[Diagnostic]:
        """Yield an error for each note that would be an entry but for its kind."""
        open_notes = dict(self._open_notes())
        if not open_notes:
            return
        by_id = {
            note_id.casefold(): entry
            for entry in self.entries
            for note_id in (entry.id, entry.author_id)
        }
        left = [entry for entry in self._open_entries() if not entry.retired]
        unnamed = {index: note for index, note in open_notes.items() if note.id is None}
        ids = {index: (note.id or "").casefold() for index, note in open_notes.items()}
        of_other_kind = {
            index: by_id[note_id] for index, note_id in ids.items() if note_id in by_id
        }
        of_other_kind |= find_beginnings(unnamed, left)
        for pair in find_pairs(unnamed, left, lambda entry, note: not _may_be(entry, note)):
            if pair.score >= SURE:
                of_other_kind.setdefault(pair.index, pair.entry)
        for index, entry in of_other_kind.items():
            if entry.guid not in self._taken and not _may_be(entry, self._notes[index]):
                yield kind_changed(self._deck, self._notes[index], entry)


def _may_be(entry: LockedNote, note: NoteText) -> bool:
    has_standard_cards = note.kind not in (Kind.CLOZE, Kind.OCCLUSION)
    return entry.kind == note.kind or (not entry.kind and has_standard_cards)


def _answer(note: NoteText) -> str:
    return sketch(note.answer_text)


def _group(
    notes: Iterable[tuple[int, NoteText]], text_of: Callable[[NoteText], str]
) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for index, note in notes:
        groups[text_of(note)].append(index)
    return groups


def _is_telling(note: NoteText, entry: LockedNote) -> bool:
    """Return whether an equal answer is enough to tell that a note is an entry.

    Of a retired entry the answer must be longer: over the years many a note has the same.
    """
    needed = SKETCH_SIZE if entry.retired else 0
    if _is_long(note) and len(numbers_in(entry.answer)) >= needed:
        return True
    may_be_twin = entry.retired and is_known_elsewhere(entry, note)
    return not may_be_twin and _question_similarity(note, entry) >= _SOMEWHAT_ALIKE


def _is_long(note: NoteText) -> bool:
    return len(fold(note.answer_text)) >= _TELLING_LENGTH


def _question_similarity(note: NoteText, entry: LockedNote) -> float:
    return Asked.by_entry(entry).similarity_to(Asked.by_note(note))
