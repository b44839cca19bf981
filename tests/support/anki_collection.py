"""Real Anki, as a learner has it: an empty collection, imports, studying, and Anki's own checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

if TYPE_CHECKING:  # imported first, these would import anki.collection in the middle of themselves
    from anki.cards import Card
    from anki.notes import Note


@contextmanager
def open_collection(folder: Path) -> Iterator[Collection]:
    """Open an empty collection in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    collection = Collection(str(folder / "collection.anki2"))
    try:
        yield collection
    finally:
        collection.close()


def import_package(collection: Collection, package: Path) -> dict[str, int]:
    """Import a package with the options a learner has by default; return the log's counts."""
    request = ImportAnkiPackageRequest(
        package_path=str(package), options=ImportAnkiPackageOptions(with_scheduling=False)
    )
    log = collection.import_anki_package(request).log
    names = ("new", "updated", "duplicate", "conflicting", "missing_notetype", "empty_first_field")
    return {name: len(getattr(log, name)) for name in names if len(getattr(log, name))}


def check_collection(collection: Collection) -> None:
    """Assert what Anki's own checks find: no empty cards, nothing to repair, all media in place."""
    count = collection.card_count()
    assert not collection.get_empty_cards().notes
    report, is_sound = collection.fix_integrity()
    assert is_sound, report
    assert collection.card_count() == count
    media = collection.media.check()
    assert list(media.missing) == []
    assert list(media.unused) == []
    assert not [model.name for model in collection.models.all_names_and_ids() if "+" in model.name]


def only_card(collection: Collection, search: str) -> Card:
    """Return the one card that a search finds."""
    (card_id,) = collection.find_cards(search)
    return collection.get_card(card_id)


def only_note(collection: Collection, search: str) -> Note:
    """Return the one note that a search finds."""
    (note_id,) = collection.find_notes(search)
    return collection.get_note(note_id)


def study(collection: Collection, search: str, days: int = 21) -> Card:
    """Make a card one that was learned and is due in some days; return it."""
    card = only_card(collection, search)
    collection.sched.set_due_date([card.id], str(days))
    return collection.get_card(card.id)


def schedule(card: Card) -> tuple[int, ...]:
    """Return all of a card's row that its learner's progress consists of."""
    return (card.id, card.did, card.type, card.queue, card.due, card.ivl, card.factor, card.reps)
