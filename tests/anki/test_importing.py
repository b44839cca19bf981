"""What docs/importing.md tells learners is so, in real Anki."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.import_export_pb2 import IMPORT_ANKI_PACKAGE_UPDATE_CONDITION_ALWAYS as ALWAYS

import deckpress.note_types
from deckpress.pipeline import build
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project
from tests.support.anki_collection import (
    import_package,
    only_card,
    only_note,
    open_collection,
    schedule,
    study,
)
from tests.support.projects import DECK_TOML

FIRST = "1. One? <!-- id=one -->\n\n   Yes.\n\n2. Two? <!-- id=two -->\n\n   No.\n"
SECOND = FIRST.replace("Yes.", "Yes, indeed.") + "\n3. Three?\n\n   New.\n"
BUILT_AT = 1_760_000_000


def build_version(project: Path, version: str, text: str, now: int) -> Path:
    """Return the package of a version of a project, built at a time in seconds since 1970."""
    (project / "source").mkdir(parents=True, exist_ok=True)
    settings = DECK_TOML.replace('"1.0.0"', f'"{version}"')
    (project / "source/deck.toml").write_text(settings)
    (project / "source/notes.md").write_text(text)
    opened, diagnostics = open_project(project)
    return build(
        prepare(opened, diagnostics, now), project / "dist" / opened.package_name(version)
    ).package


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The packages of two versions of a deck."""
    project = tmp_path_factory.mktemp("importing")
    return (
        build_version(project, "1.0.0", FIRST, BUILT_AT),
        build_version(project, "1.1.0", SECOND, BUILT_AT + 60),
    )


@pytest.fixture
def learner(releases: tuple[Path, Path], tmp_path: Path) -> Iterator[Collection]:
    """The collection of a learner who imported the first version."""
    with open_collection(tmp_path / "anki") as collection:
        import_package(collection, releases[0])
        yield collection


def import_always(collection: Collection, package: Path, *, merge: bool = False) -> None:
    """Import with `Update notes` on `Always`, and perhaps with `Merge note types`."""
    options = ImportAnkiPackageOptions(update_notes=ALWAYS, merge_notetypes=merge)
    collection.import_anki_package(
        ImportAnkiPackageRequest(package_path=str(package), options=options)
    )


def test_flags_suspension_and_decks_stay(releases: tuple[Path, Path], learner: Collection) -> None:
    """What learners do to cards, and not to notes, no update takes away."""
    one, two = only_card(learner, "ID:one"), only_card(learner, "ID:two")
    learner.set_user_flag_for_cards(3, [one.id])
    learner.sched.suspend_cards([two.id])
    learner.set_deck([one.id], learner.decks.id("Elsewhere") or 0)
    import_package(learner, releases[1])
    card = only_card(learner, "ID:one")
    assert (card.user_flag(), learner.decks.name(card.did)) == (3, "Elsewhere")
    assert learner.find_cards("is:suspended") == [two.id]
    assert "indeed" in only_note(learner, "ID:one")["Answer"]


def test_deleted_notes_come_back(releases: tuple[Path, Path], learner: Collection) -> None:
    """Who wants to be rid of a note suspends it, since a deleted one is new at the next import."""
    learner.remove_notes([only_note(learner, "ID:two").id])
    assert import_package(learner, releases[1]) == {"new": 2, "updated": 1}


def test_a_renamed_deck_keeps_its_cards_and_gets_no_new_ones(
    releases: tuple[Path, Path], learner: Collection
) -> None:
    """New cards come in a deck with the author's name, whatever a learner calls the old one."""
    learner.decks.rename(learner.decks.id_for_name("Demo"), "Mine")  # type: ignore[arg-type]
    import_package(learner, releases[1])
    assert (len(learner.find_cards("deck:Mine")), len(learner.find_cards("deck:Demo"))) == (2, 1)


def test_an_import_is_undone_as_a_whole(releases: tuple[Path, Path], learner: Collection) -> None:
    """`Undo Import` brings the old text back and takes the new notes away; progress stays."""
    before = study(learner, "ID:one")
    import_package(learner, releases[1])
    assert learner.undo_status().undo == "Import"
    learner.undo()
    assert only_note(learner, "ID:one")["Answer"] == "Yes."
    assert learner.note_count() == 2
    assert schedule(only_card(learner, "ID:one")) == schedule(before)


def test_an_older_file_changes_nothing_unless_always_is_on(
    releases: tuple[Path, Path], learner: Collection
) -> None:
    """`Always` takes the text back to that of an older version, and edits and tags with it."""
    import_package(learner, releases[1])
    before = study(learner, "ID:one")
    note = only_note(learner, "ID:two")
    note["Extra"] = "mine"
    learner.update_note(note)
    assert import_package(learner, releases[0]) == {"duplicate": 2}
    import_always(learner, releases[0])
    assert "indeed" not in only_note(learner, "ID:one")["Answer"]
    assert only_note(learner, "ID:two")["Extra"] == ""
    assert schedule(only_card(learner, "ID:one")) == schedule(before)


def test_of_two_changes_of_a_note_the_later_counts(
    releases: tuple[Path, Path], learner: Collection
) -> None:
    """An edit outlives the updates that were built before it."""
    note = only_note(learner, "ID:one")
    note["Extra"] = "mine"
    learner.update_note(note)
    assert import_package(learner, releases[1]) == {"new": 1, "duplicate": 2}
    assert only_note(learner, "ID:one")["Extra"] == "mine"


def test_a_field_of_ones_own_keeps_updates_out(
    releases: tuple[Path, Path], learner: Collection
) -> None:
    """Whoever adds a field has another note type than the author's."""
    models = learner.models
    kind = only_note(learner, "ID:one").note_type() or models.current()
    models.add_field(kind, models.new_field("Mine"))
    models.update_dict(kind)
    assert import_package(learner, releases[1]) == {"new": 1, "conflicting": 2}


def test_the_deck_page_tells_the_version(releases: tuple[Path, Path], learner: Collection) -> None:
    """A learner sees which version was imported last."""
    import_package(learner, releases[1])
    assert "1.1.0" in (learner.decks.by_name("Demo") or {})["desc"]


@pytest.fixture
def with_another_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, int], Path]:
    """Builds a deck by a deckpress whose note types have a field more."""

    def build_so(text: str, now: int) -> Path:
        fields = (*deckpress.note_types._FIELDS, "Another")
        monkeypatch.setattr(deckpress.note_types, "_FIELDS", fields)
        return build_version(tmp_path / "later", "2.0.0", text, now)

    return build_so


def test_other_note_types_need_both_boxes(
    learner: Collection, with_another_field: Callable[[str, int], Path]
) -> None:
    """`Merge note types` with `Always` brings the text and keeps the schedule; no box, nothing."""
    before = study(learner, "ID:one")
    package = with_another_field(SECOND, BUILT_AT + 60)
    assert import_package(learner, package) == {"new": 1, "conflicting": 2}
    learner.undo()
    import_always(learner, package, merge=True)
    note = only_note(learner, "ID:one")
    assert "indeed" in note["Answer"]
    assert note.keys()[-1] == "Another"
    assert schedule(only_card(learner, "ID:one")) == schedule(before)
