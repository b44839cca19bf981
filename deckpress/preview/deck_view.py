"""A prepared deck → what is to be seen of it; what an error takes away stays as it was."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from deckpress.anki import IMAGE_OCCLUSION, PackageNote
from deckpress.anki.field_text import html_text
from deckpress.diagnostics import DeckError, Diagnostic, Location, Severity
from deckpress.lock import LockedNote
from deckpress.notes import NoteText
from deckpress.pipeline import Prepared
from deckpress.preview import CardView, DeckView, Problem
from deckpress.render import RenderedNote


def view_of(prepared: Prepared, before: DeckView | None = None) -> DeckView:
    """Return what is to be seen of a deck; `before` is what was seen of it the last time.

    Where a file has an error, cards that are not in it any more may be so for that: they stay, and
    are marked as old.
    """
    find = _NoteFinder(prepared.rendered)
    found = [(problem, find.index_of(problem.location)) for problem in prepared.diagnostics]
    wrong: dict[int | None, list[Diagnostic]] = {}
    for problem, index in found:
        wrong.setdefault(index, []).append(problem)
    by_note = _cards(prepared, wrong)
    cards: Mapping[str, CardView] = {card.key: card for of_note in by_note for card in of_note}
    problems = tuple(
        Problem(problem, by_note[index][0].key if index is not None and by_note[index] else "")
        for problem, index in found
    )
    if before:
        cards = _with_old(cards, before.cards, prepared.diagnostics)
    release = prepared.before.last_release
    version = release.version if release else ""
    types = {card.note.note_type.id: card.note.note_type for card in cards.values()}
    project = prepared.project
    return DeckView(
        project.deck, version, cards, problems, prepared.media, types, editor=project.editor
    )


def broken_view(broken: DeckError, before: DeckView) -> DeckView:
    """Return what is to be seen of a deck that cannot be read: all cards as they were."""
    cards = {key: _as_old(card) for key, card in before.cards.items()}
    problems = tuple(map(Problem, broken.diagnostics))
    return before._replace(cards=cards, problems=problems, broken=broken.reason)


def _cards(
    prepared: Prepared, wrong: Mapping[int | None, Sequence[Diagnostic]]
) -> Sequence[Sequence[CardView]]:
    """Return the cards of each note."""
    entries = {entry.guid: entry for entry in prepared.after.notes}
    has_release = prepared.before.last_release is not None
    return [
        _cards_of(
            rendered.note,
            note,
            tuple(wrong.get(index, ())),
            entries[note.guid] if has_release else None,
        )
        for index, (rendered, note) in enumerate(
            zip(prepared.rendered, prepared.notes, strict=True)
        )
    ]


def _cards_of(
    text: NoteText, note: PackageNote, problems: tuple[Diagnostic, ...], entry: LockedNote | None
) -> Sequence[CardView]:
    title, note_id = _title_of(text, note), _id_of(note)
    change = _change_of(entry) if entry else ""
    return [
        CardView(
            key=f"{note_id}.{number + 1}",
            note=note,
            number=number,
            title=title,
            text=text.answer_text,
            kind=text.kind,
            location=text.location,
            problems=problems,
            change=change,
        )
        for number in note.card_numbers
    ]


def _title_of(text: NoteText, note: PackageNote) -> str:
    """Return what a note asks, on one line; of a picture what stands above it, if anything does."""
    if note.note_type.stock_kind == IMAGE_OCCLUSION:
        names = [name for name, _ in note.note_type.fields]
        return html_text(note.fields[names.index("Header")], is_ours=True) or text.question_text
    return " ".join(text.question_text.split())


def _id_of(note: PackageNote) -> str:
    """Return what stands in a note's ID field, or its GUID if the note type has none."""
    names = [name for name, _ in note.note_type.fields]
    return note.fields[names.index("ID")] if "ID" in names else note.guid


def _change_of(entry: LockedNote) -> str:
    if not entry.released:
        return "new"
    return "changed" if entry.is_pending else ""


class _NoteFinder:
    """Finds the note that a place is in, by its line."""

    def __init__(self, rendered: Iterable[RenderedNote]) -> None:
        self._starts: dict[str, list[int]] = {}
        self._indices: dict[str, list[int]] = {}
        places = sorted((note.note.location, index) for index, note in enumerate(rendered))
        for where, index in places:
            self._starts.setdefault(where.file, []).append(where.line)
            self._indices.setdefault(where.file, []).append(index)

    def index_of(self, where: Location) -> int | None:
        """Return the number of the last note that begins at a line, or above it."""
        found = bisect_right(self._starts.get(where.file, ()), where.line) if where.line else 0
        return self._indices[where.file][found - 1] if found else None


def _with_old(
    cards: Mapping[str, CardView], before: Mapping[str, CardView], diagnostics: Iterable[Diagnostic]
) -> Mapping[str, CardView]:
    """Return the cards with those of before that files with errors have lost, where they were."""
    broken = {found.location.file for found in diagnostics if found.severity is Severity.ERROR}
    behind: dict[str, list[CardView]] = {}
    last = ""
    for key, card in before.items():
        if key in cards:
            last = key
        elif card.location.file in broken:
            behind.setdefault(last, []).append(_as_old(card))
    if not behind:
        return cards
    merged = [*behind.get("", ())]
    for key, card in cards.items():
        merged += (card, *behind.get(key, ()))
    return {card.key: card for card in merged}


def _as_old(card: CardView) -> CardView:
    """Return a card as it was; what was wrong with it then is not told any more."""
    return card._replace(is_old=True, problems=())
