"""The cards of an edited file as soon as it is compiled, before all else of the deck is known.

What takes time is what all notes have to do with each other, which mostly an edit leaves as it is:
a card keeps its ID then, and shows the new text. What is not that clear waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from deckpress.anki import PackageNote
from deckpress.pipeline.compile_file import CompiledFile
from deckpress.preview import CardView, DeckView
from deckpress.render import RenderedNote

_MOST = 20
"""Notes that an edit changes; where there are more, it is no edit of a few."""


def with_compiled(view: DeckView, files: Sequence[CompiledFile]) -> DeckView:
    """Return a view with what some files say now, where the same notes say it."""
    names = {file.account.file for file in files}
    shown: dict[str, list[CardView]] = {name: [] for name in names}
    for card in view.cards.values():
        if card.location.file in names:
            shown[card.location.file].append(card)
    new = {
        card.key: card
        for file in files
        for card in _edited_cards(shown[file.account.file], file.notes)
    }
    return view._replace(cards={**view.cards, **new}) if new else view


def _edited_cards(cards: Iterable[CardView], notes: Sequence[RenderedNote]) -> Iterator[CardView]:
    """Yield the cards of a file that are others now; none where it has more or fewer notes."""
    by_note: dict[str, list[CardView]] = {}
    for card in cards:
        by_note.setdefault(card.note.guid, []).append(card)
    if len(by_note) != len(notes):
        return
    pairs = list(zip(by_note.values(), notes, strict=True))
    finished = [(of_note, note, _finish(of_note[0].note, note)) for of_note, note in pairs]
    other = [of_note for of_note, _, now in finished if now != of_note[0].note]
    if len(other) > _MOST:
        return
    for of_note, note, now in finished:
        if now is not None and (
            now != of_note[0].note or note.note.location != of_note[0].location
        ):
            yield from (_renew(card, note, now) for card in of_note)


def _finish(before: PackageNote, rendered: RenderedNote) -> PackageNote | None:
    """Return a note with its new fields; None where the lock has to say what becomes of it."""
    names = [name for name, _ in before.note_type.fields]
    is_other_kind = before.note_type.is_cloze != (rendered.note.kind == "cloze")
    if is_other_kind or any(cloze.is_mark for cloze in rendered.note.clozes):
        return None
    fields = rendered.stored(before.fields[names.index("ID")])
    return before._replace(fields=tuple(fields.get(name, "") for name in names))


def _renew(card: CardView, rendered: RenderedNote, note: PackageNote) -> CardView:
    text = rendered.note
    return card._replace(
        note=note,
        title=" ".join(text.question_text.split()),
        text=text.answer_text,
        location=text.location,
        is_old=False,
    )
