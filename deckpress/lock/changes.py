"""What an edit did to the notes that learners have, reported note by note."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from deckpress.diagnostics import quote
from deckpress.lock import UNRELEASED, Lock, LockedNote
from deckpress.lock.candidates import owners_of
from deckpress.lock.match_steps import MatchedBy
from deckpress.lock.matching import Identity
from deckpress.lock.similarity import fold, gram_numbers, is_known_elsewhere, name_of, numbers_in
from deckpress.notes import Kind, NoteText

_PART = 0.25
"""Which share of an answer must turn up in a new note, and be gone from its own, for a split."""
_MOST = 0.6
"""Which share of a retired note's answer must turn up in another note, for a merger."""
_MIN_NUMBERS = 8
"""Shorter answers turn up anywhere by chance."""
_MAX_TERMS = 900
"""A search of 997 terms is a database error in Anki (tried with the `anki` library 26.9.3)."""
_HOW = {
    MatchedBy.ID: "",
    MatchedBy.QUESTION: "",
    MatchedBy.ANSWER: ", known by its answer",
    MatchedBy.LIKENESS: ", known by its likeness",
}


class Change(NamedTuple):
    """Something that happened to notes, and what it means to learners."""

    what: str
    """A word for it, such as `moved`."""
    text: str
    """Which notes, and what their learners should know."""


class Edit(NamedTuple):
    """A note before and after."""

    note: NoteText
    identity: Identity
    entry: LockedNote
    """What learners will have."""

    @property
    def is_changed(self) -> bool:
        """Whether learners get something new of it."""
        old = self.identity.entry
        return old is None or old.mod != self.entry.mod

    @property
    def may_tell(self) -> bool:
        """Whether there may be something to report: most notes are just what they were."""
        old, how = self.identity.entry, self.identity.matched_by
        return old != self.entry or how is MatchedBy.LIKENESS


def report_changes(
    lock: Lock, name: str, edits: Sequence[Edit], retired: Sequence[LockedNote]
) -> tuple[Change, ...]:
    """Return what happened to the notes of the last build, except that some are new or changed.

    `name` is the deck's name now, `retired` are the notes that are gone (`find_retired`).
    """
    edits = [edit for edit in edits if edit.may_tell]
    return (
        *_report_renamed(lock, name),
        *_report_reworded(edits),
        *_report_split(edits),
        *_report_moved(lock, edits),
        *_report_back(edits),
        *_report_alike(edits),
        *_report_exchanged(lock, edits),
        *_report_clozes(edits),
        *_report_retired(retired, edits),
    )


def search_for(deck: str, entries: Iterable[LockedNote]) -> str:
    r"""Return the search by which Anki's browser finds notes of a deck by the ID that is on them.

    `deck` is the deck's id, which its note types' names begin with: other decks may have the same
    IDs. In a search a `_` stands for any letter, and `re:` begins a pattern, so both are written
    with a backslash (docs.ankiweb.net/searching.html; tried with the `anki` library 26.9.3). More
    notes than one search can take are searched for by several, a line each; none by an empty text.
    """
    return search_for_ids(deck, (entry.id for entry in entries))


def search_for_ids(deck: str, note_ids: Iterable[str]) -> str:
    """Return what `search_for` does, for notes of which only the IDs are known."""
    ids = [f'"ID:{literal}"' for literal in sorted(map(_literally, note_ids))]
    groups = (ids[index : index + _MAX_TERMS] for index in range(0, len(ids), _MAX_TERMS))
    return "\n".join(f'({" OR ".join(group)}) "note:{_literally(deck)}\\: *"' for group in groups)


def _literally(text: str) -> str:
    return re.sub("[_:]", r"\\\g<0>", text)


def _report_renamed(lock: Lock, name: str) -> Iterator[Change]:
    if lock.is_renamed(name):
        text = (
            f'the deck was "{lock.name}" and is "{name}": tell learners to rename it in Anki '
            "before they import"
        )
        yield Change("renamed", text)


def _report_reworded(edits: Iterable[Edit]) -> Iterator[Change]:
    for edit in edits:
        old = edit.identity.entry
        if old and not edit.note.asks(old.question):
            how = _HOW[edit.identity.matched_by or MatchedBy.ID]
            text = f"{name_of(old)} → {quote(edit.note.question_text)}{how}"
            yield Change("reworded", text)
        elif old and edit.identity.matched_by is MatchedBy.LIKENESS and old.context:
            text = f"{name_of(old)} → {name_of(edit.entry)}{_HOW[MatchedBy.LIKENESS]}"
            yield Change("reworded", text)


def _report_split(edits: Iterable[Edit]) -> Iterator[Change]:
    """Tell what part of a note's answer has gone into a new note."""
    changed = [edit for edit in edits if edit.is_changed]
    is_new = [not edit.identity.entry for edit in changed]
    if all(is_new) or not any(is_new):
        return
    new = {index: _numbers(edit.note) for index, edit in enumerate(changed) if is_new[index]}
    lost = {index: _lost(edit) for index, edit in enumerate(changed) if not is_new[index]}
    for source, target, count in _overlaps(lost, new):
        old = changed[source].identity.entry
        if old and count >= _PART * len(numbers_in(old.answer)):
            text = f"{name_of(old)}: part of its answer is now in {_question(changed[target])}"
            yield Change("split", text)


def _lost(edit: Edit) -> frozenset[int]:
    """Return what of the old answer's sketch is not in a note any more."""
    old = edit.identity.entry
    return numbers_in(old.answer) - _numbers(edit.note) if old else frozenset()


def _report_retired(retired: Sequence[LockedNote], edits: Iterable[Edit]) -> Iterator[Change]:
    """Tell which notes are gone, and where each one's answer is now if it is in another note."""
    changed = [edit for edit in edits if edit.is_changed]
    samples = {index: numbers_in(entry.answer) for index, entry in enumerate(retired)}
    texts = {index: _numbers(edit.note) for index, edit in enumerate(changed)} if retired else {}
    merged = {
        source: changed[target]
        for source, target, count in _overlaps(samples, texts)
        if count >= _MOST * len(samples[source])
    }
    for index, entry in enumerate(retired):
        yield _report_one_retired(entry, merged.get(index))


def _report_one_retired(entry: LockedNote, merged: Edit | None) -> Change:
    hint = f"(if it was rewritten, write <!-- id={entry.author_id} --> in its new wording)"
    if merged is None:
        return Change("retired", f"{name_of(entry)} {hint}")
    if merged.note.asks(entry.question) and not is_known_elsewhere(entry, merged.note):
        return Change("retired", f"{name_of(entry)}, which is a new note now")
    return Change("merged", f"{name_of(entry)} into {_question(merged)}, and retired {hint}")


def _overlaps(
    samples: Mapping[int, Set[int]], texts: Mapping[int, Set[int]]
) -> Iterator[tuple[int, int, int]]:
    """Yield for each sample the text that shares most numbers with it, and how many."""
    owners = owners_of(samples)
    shared: Counter[tuple[int, int]] = Counter()
    for target, text in texts.items():
        for number in owners.keys() & text:
            shared.update((source, target) for source in owners[number])
    best: dict[int, tuple[int, int]] = {}
    for (source, target), count in sorted(shared.items()):
        if count >= _MIN_NUMBERS and count > best.get(source, (0, 0))[1]:
            best[source] = (target, count)
    yield from ((source, target, count) for source, (target, count) in best.items())


def _numbers(note: NoteText) -> frozenset[int]:
    return gram_numbers(note.question_text + note.answer_text)


def _question(edit: Edit) -> str:
    return name_of(edit.entry._replace(question=edit.note.question_text))


def _report_moved(lock: Lock, edits: Iterable[Edit]) -> Iterator[Change]:
    known = [(edit.identity.entry, edit.entry) for edit in edits if edit.identity.entry]
    files = Counter((old.file, new.file) for old, new in known if old.file)
    for (before, after), count in sorted(files.items()):
        if before != after:
            yield Change("moved", f"{_count(count)} from {before} to {after}")
    decks = Counter((old.deck, new.deck) for old, new in known if lock.name)
    for (before, after), count in sorted(decks.items()):
        if before != after:
            text = (
                f"{_count(count)} from deck {_deck(lock, before)} to {_deck(lock, after)}: "
                "cards that learners have stay where they are"
            )
            yield Change("moved", text)


def _count(number: int) -> str:
    return "1 note" if number == 1 else f"{number} notes"


def _deck(lock: Lock, below: str) -> str:
    return f'"{lock.name}::{below}"' if below else f'"{lock.name}"'


def _report_back(edits: Iterable[Edit]) -> Iterator[Change]:
    for edit in edits:
        old = edit.identity.entry
        if old and old.retired:
            since = "" if old.retired == UNRELEASED else f" since {old.retired}"
            text = f"{_question(edit)}, retired{since}, is the note it was"
            yield Change("back", text)


def _report_alike(edits: Iterable[Edit]) -> Iterator[Change]:
    """Tell which new note is like a retired one, and may be that one, written anew."""
    for edit in edits:
        for old in edit.identity.like:
            text = (
                f"{_question(edit)}, which is new, and the retired {name_of(old)} (if it is "
                f"that note, write <!-- id={old.author_id} --> in it)"
            )
            yield Change("alike", text)


def _report_exchanged(lock: Lock, edits: Sequence[Edit]) -> Iterator[Change]:
    """Tell which note, known by its question, has the answer that another one had."""
    owners = defaultdict(list)
    for entry in lock.notes if edits else ():
        owners[entry.answer].append(entry)
    for edit in edits:
        old, new = edit.identity.entry, edit.entry.answer
        had = owners.get(new, ())
        is_known = edit.identity.matched_by is MatchedBy.QUESTION and old and old.answer != new
        if is_known and len(had) == 1 and len(numbers_in(new)) >= _MIN_NUMBERS:
            text = f"{_question(edit)} has the answer that {name_of(had[0])} had"
            yield Change("answer moved", text)


def _report_clozes(edits: Iterable[Edit]) -> Iterator[Change]:
    """Tell which cloze numbers ask for something else, however like it is, and which are gone.

    A text that went to another number is warned of (`check_clozes_kept`).
    """
    for edit in edits:
        old, now = edit.identity.entry, edit.entry.clozes
        before = old.clozes if old else {}
        others = {fold(now[each]) for each in now if fold(now[each]) != fold(before.get(each, ""))}
        for number, text in before.items():
            if number not in now:
                yield _cloze_gone(edit, number, text)
            elif fold(text) not in {fold(now[number]), *others}:
                is_now = f"is now {quote(now[number])}, and takes over learners' progress"
                yield Change("cloze changed", f"{_cloze(edit, number, text)}: {is_now}")


def _cloze_gone(edit: Edit, number: str, text: str) -> Change:
    remedy = (
        "call a gap so again to go on with it"
        if edit.note.kind is Kind.OCCLUSION
        else f"if another gap is to go on with it, write {{{{c{number}::…}}}} there"
    )
    stays = "its card stays with learners, empty, until they use Tools > Empty Cards"
    return Change("cloze gone", f"{_cloze(edit, number, text)}: {stays}; {remedy}")


def _cloze(edit: Edit, number: str, text: str) -> str:
    what = "gap" if edit.note.kind is Kind.OCCLUSION else "cloze"
    return f"{quote(text)}, {what} {number} of {_question(edit)}"
