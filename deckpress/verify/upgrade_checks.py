"""What a learner loses by an upgrade, and what the author of the package can do about it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from deckpress.anki import schema_changes
from deckpress.anki.field_text import read_field
from deckpress.diagnostics import Diagnostic, Location, counted, error, quote, warning
from deckpress.verify import NoteRow, State
from deckpress.verify.fresh_import import names, questions
from deckpress.verify.upgrade import Upgrade, redrawn_media, shows

_DECKS = 3
"""Pairs of decks that are told one by one."""


def exchanged_notes(update: Upgrade) -> list[NoteRow]:
    """Return updated notes that now ask what another note asked, whose GUID is another one."""
    old, new = _askers(update.imported), _askers(update.fresh.state)
    exchanged: list[NoteRow] = []
    for key in _updated(update):
        before, now = update.imported.notes[key], update.arriving[key]
        asked_before = old.get((now.note_type, now.checksum))
        is_asked_once = (now.note_type, now.checksum) in new
        if is_asked_once and asked_before not in (None, before.guid):
            exchanged.append(now)
    return exchanged


def _askers(state: State) -> Mapping[tuple[int, int], str]:
    """Return the GUID of the note that asks something, where only one of its type asks it."""
    asked = [(note.note_type, note.checksum) for note in state.notes.values()]
    counts = Counter(asked)
    return {
        (note.note_type, note.checksum): note.guid
        for note in state.notes.values()
        if counts[note.note_type, note.checksum] == 1
    }


def moved_clozes(update: Upgrade) -> list[NoteRow]:
    """Return updated notes in which a cloze has the number that another one had, or none had."""
    types = update.note_types[1]
    pairs = ((update.imported.notes[key], update.arriving[key]) for key in _updated(update))
    return [
        now
        for before, now in pairs
        if now.guid in types
        and types[now.guid].is_cloze
        and _has_moved(_clozes_of(before), _clozes_of(now))
    ]


def _clozes_of(note: NoteRow) -> Mapping[str, str]:
    return read_field(note.fields.replace("\x1f", " "), is_ours=False)[1]


def _has_moved(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Return whether a text that had one number now has another instead."""
    homes = {text: number for number, text in old.items()}
    return any(
        text in homes and old.get(number) != text and new.get(homes[text]) != text
        for number, text in new.items()
    )


def _updated(update: Upgrade) -> list[int]:
    """Return the ids of the notes that the new release changed, in the order of their ids."""
    return [
        key
        for key in sorted(update.division.changed)
        if update.after.notes[key].content != update.after_study.notes[key].content
    ]


def check_upgrade(update: Upgrade) -> Iterator[Diagnostic]:
    """Yield what is wrong with an update, for learners of the older release."""
    where = Location(str(update.fresh.path))
    learners = f"for learners of {update.old.name}: "
    if stranger := next(_strangers(update), ""):
        yield error(where, f"{update.old.name}: {stranger}")
        return
    for judge in _CHECKS:
        yield from (error(where, learners + message) for message in judge(update))
    for judge in _DOUBTS:
        yield from (warning(where, learners + message) for message in judge(update))


def _strangers(update: Upgrade) -> Iterator[str]:
    """Yield why two packages are not an older and a newer release of one deck."""
    if not update.arriving and not _doubles(update):
        yield (
            "has no note in common with the new package, so these are different decks, or all "
            "GUIDs and questions have changed: give two releases of one deck"
        )
    elif is_backwards(update):
        yield (
            "is newer than what it is updated to, which so brings nothing: give the older package "
            "first; if it is, date later what has changed"
        )


def is_backwards(update: Upgrade) -> bool:
    """Return whether every note that differs is newer in what was said to be the older package."""
    pairs = [
        (update.imported.notes[key].mod, update.arriving[key].mod)
        for key in update.division.changed
    ]
    return bool(pairs) and all(new < old for old, new in pairs)


def _doubles(update: Upgrade) -> list[NoteRow]:
    """Return new notes that ask what a note asks that is no longer in the package."""
    old, new = update.imported, update.fresh.state
    left = {key for note in update.division.retired for key in _asks(old, old.notes[note])}
    strangers = [note for note in new.notes.values() if note.guid not in old.by_guid]
    return [note for note in strangers if left.intersection(_asks(new, note))]


def _asks(state: State, note: NoteRow) -> tuple[tuple[int, int | str], ...]:
    """Return by what a note is known that asks the same; the type's name or its id may change."""
    return (note.checksum, note.note_type), (note.checksum, state.looks[note.note_type].name)


def _doubled(update: Upgrade) -> Iterator[str]:
    if doubles := _doubles(update):
        come = counted(len(doubles), "note comes", "notes come")
        yield (
            f"{come} a second time, to be learned from the start, since the GUID is another one "
            f"({questions(doubles)}): give each note a GUID that stays when its text changes, "
            "such as genanki.guid_for(key)"
        )


def _exchanged(update: Upgrade) -> Iterator[str]:
    if exchanged := exchanged_notes(update):
        yield (
            f"{counted(len(exchanged), 'note has', 'notes have')} the GUID that another question "
            f"had ({questions(exchanged)}), so that learners' progress passes from one question to "
            "another: make GUIDs of keys that stay, not of places in a list"
        )


def _conflicting(update: Upgrade) -> Iterator[str]:
    groups: dict[tuple[str, tuple[str, ...]], list[NoteRow]] = defaultdict(list)
    for key, reasons in update.conflicts.items():
        name = update.note_types[1][update.imported.notes[key].guid].name
        groups[name, reasons].append(update.imported.notes[key])
    for (name, reasons), notes in groups.items():
        yield (
            f"note type {quote(name)} is another one to Anki ({'; '.join(reasons)}), so that "
            f"{counted(len(notes), 'note gets', 'notes get')} no update ({questions(notes)})"
            f"{_copies(update, name)}: keep its id, its fields and its cards as they were"
        )
    if (more := update.log.conflicting - len(update.conflicts)) > 0:
        yield f"Anki sets {counted(more, 'more note')} aside: keep the note types as they were"


def _copies(update: Upgrade, name: str) -> str:
    added = update.after.looks.keys() - update.after_study.looks.keys()
    copies = [update.after.looks[key].name for key in added]
    own = sorted(copy for copy in copies if copy.rstrip("+") == name)
    return f", and {names(own)} appears" if own else ""


def _ignored(update: Upgrade) -> Iterator[str]:
    ignored = [
        key
        for key in update.division.changed - update.conflicts.keys()
        if update.imported.notes[key].content != update.arriving[key].content
        and update.after.notes[key].content == update.after_study.notes[key].content
    ]
    by_reason: dict[str, list[NoteRow]] = defaultdict(list)
    for key in sorted(ignored):
        by_reason[_why_ignored(update, key)].append(update.imported.notes[key])
    for reason, notes in by_reason.items():
        has_changed = counted(len(notes), "note has", "notes have")
        yield f"{has_changed} changed, and Anki ignores it ({questions(notes)}), since {reason}"


def _why_ignored(update: Upgrade, key: int) -> str:
    note, (old, new) = update.imported.notes[key], update.note_types
    if update.arriving[key].mod <= note.mod:
        return (
            "the date is not newer than before: date each changed note anew (genanki: "
            "write_to_file(timestamp=…))"
        )
    if old[note.guid].sort_field != new[note.guid].sort_field:
        return "the sort field of its note type is another one: keep it"
    return "Anki takes the learner's for newer: date each changed note later"


def _overwritten(update: Upgrade) -> Iterator[str]:
    before, after = update.after_study.notes, update.after.notes
    lost = [key for key in update.written if after[key].content != before[key].content]
    if not lost:
        return
    notes = [update.imported.notes[key] for key in lost]
    yield (
        f"{counted(len(notes), 'unchanged note has', 'unchanged notes have')} a newer date, so "
        f"that words and tags of a learner's own are overwritten ({questions(notes)}): leave the "
        "date of a note as it was until it changes; genanki dates all notes anew unless each "
        "keeps its own"
    )


def _schedules(update: Upgrade) -> Iterator[str]:
    lost = [
        key for key, card in update.after_study.cards.items() if update.after.cards.get(key) != card
    ]
    notes = [update.after_study.notes[update.after_study.cards[key].note] for key in lost]
    if lost:
        yield (
            f"{counted(len(lost), 'card loses', 'cards lose')} schedule, flag or place "
            f"({questions(notes)}): keep note types and GUIDs as they were"
        )
    if reviews := update.after_study.reviews - update.after.reviews:
        yield f"{counted(len(reviews), 'review is', 'reviews are')} lost: keep GUIDs as they were"


def _stale_media(update: Upgrade) -> Iterator[str]:
    redrawn = redrawn_media(update.imported, update.fresh.state)
    before, now = update.imported.media, update.after.media
    left = [name for name in redrawn if now.get(name) == before[name]]
    after = [update.after.notes[key] for key in update.arriving]
    stale = [
        name for name in left if name.startswith("_") or any(shows(note, (name,)) for note in after)
    ]
    if stale:
        yield (
            f"{counted(len(stale), 'media file has', 'media files have')} changed under the same "
            f"name, and the old one stays ({names(stale)}): give a changed file a new name, and "
            "date the notes that show it anew"
        )


def _stale_looks(update: Upgrade) -> Iterator[str]:
    types = {note_type.id: note_type for note_type in update.note_types[1].values()}
    before = {note_type.id: note_type for note_type in update.note_types[0].values()}
    for key, new in types.items():
        old = before.get(key)
        if old is None or schema_changes(old, new):
            continue
        shown, meant = update.after.looks[key], update.fresh.state.looks[key]
        if (shown.css, shown.templates) != (meant.css, meant.templates):
            yield (
                f"the new design of note type {quote(new.name)} does not arrive, since its date is "
                "not newer than before: date a changed note type anew"
            )


def _missing_media(update: Upgrade) -> Iterator[str]:
    missing = [
        name
        for name in update.checkup.missing
        if name not in update.fresh.checkup.missing and name in update.fresh.state.media
    ]
    if missing:
        yield (
            f"{counted(len(missing), 'media file does', 'media files do')} not arrive "
            f"({names(missing)}): give them new names"
        )


def _damage(update: Upgrade) -> Iterator[str]:
    new = [
        repair for repair in update.checkup.repairs if repair not in update.fresh.checkup.repairs
    ]
    if new:
        yield f"Check Database has to mend the collection: {' '.join(new)} Build the package again"
    own = {update.fresh.state.notes[key].guid for key in update.fresh.checkup.added}
    lacking = [update.after.notes[key] for key in update.checkup.added]
    if lacking := [note for note in lacking if note.guid not in own]:
        yield (
            f"{counted(len(lacking), 'card')} would come only with Check Database "
            f"({questions(lacking)}): write the cards that the notes have"
        )


def _emptied(update: Upgrade) -> Iterator[str]:
    """Yield how many cards have lost their content, and with it their use: no card is deleted."""
    fresh, after = update.fresh, update.after
    own = {_place(fresh.state, key) for key in fresh.checkup.empty}
    emptied = [key for key in update.checkup.empty if key not in update.empty_before]
    if emptied := [key for key in emptied if _place(after, key) not in own]:
        notes = [after.notes[after.cards[key].note] for key in emptied]
        yield (
            f"{counted(len(emptied), 'card is', 'cards are')} empty from now on, since the cloze "
            f"or field that it asks is gone ({questions(notes)}): tell learners to run Tools > "
            "Empty Cards"
        )


def _place(state: State, card: int) -> tuple[str, int]:
    """Return which card of which note a card is, in any collection."""
    return state.notes[state.cards[card].note].guid, state.cards[card].number


def _moved_clozes(update: Upgrade) -> Iterator[str]:
    if moved := moved_clozes(update):
        yield (
            f"{counted(len(moved), 'note has', 'notes have')} clozes under other numbers than "
            f"before ({questions(moved)}), and learners' progress stays with the number: leave "
            "each its number"
        )


def _decks(update: Upgrade) -> Iterator[str]:
    """Yield which cards stay where they are, though the package has them in another deck."""
    moves: Counter[tuple[str, str]] = Counter()
    homes = {
        _place(update.fresh.state, key): card for key, card in update.fresh.state.cards.items()
    }
    for key, card in update.imported.cards.items():
        new = homes.get(_place(update.imported, key))
        if new and new.deck.casefold() != card.deck.casefold():
            moves[card.deck, new.deck] += 1
    for (old, new_deck), number in moves.most_common(_DECKS):
        yield (
            f"{counted(number, 'card stays', 'cards stay')} in deck {quote(old)}, and new cards "
            f"come to {quote(new_deck)}: keep the deck's name, or tell learners to rename theirs "
            "before they import"
        )


_CHECKS = (
    *(_doubled, _exchanged, _moved_clozes, _conflicting, _ignored, _overwritten, _schedules),
    *(_stale_media, _stale_looks, _missing_media, _damage),
)


_DOUBTS = (_emptied, _decks)
