"""What real Anki does with a package, and what a learner keeps when the next one comes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from anki.collection import Collection

from deckpress.pipeline import build
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_standalone
from tests.support.anki_collection import (
    check_collection,
    import_package,
    only_card,
    only_note,
    schedule,
    study,
)
from tests.support.builds import NOTES, build_at, edit
from tests.support.cases import CASES, NAMES
from tests.support.projects import NOON, PIXEL


@pytest.fixture
def rich(project: Path) -> Path:
    """A project with a note of each kind, a picture and a sound."""
    (project / "source/notes.md").write_text(NOTES)
    (project / "source/dot.png").write_bytes(PIXEL)
    (project / "source/sound.mp3").write_bytes(b"ID3 not really")
    return project


def test_first_import_adds_every_note_and_nothing_is_amiss(
    rich: Path, collection: Collection
) -> None:
    """A learner's first import adds every note; Anki's own checks find nothing to mend."""
    summary = build_at(rich, NOON)
    assert import_package(collection, summary.package) == {"new": 5}
    assert collection.card_count() == summary.cards == 1 + 2 + 1 + 5 + 1
    check_collection(collection)


def test_cards_show_no_template_errors_and_no_stray_braces(
    rich: Path, collection: Collection
) -> None:
    """Each card renders, with one gap on the front of each cloze card and no braces left over."""
    import_package(collection, build_at(rich, NOON).package)
    for card_id in collection.find_cards(""):
        card = collection.get_card(card_id)
        for side in (card.question(), card.answer()):
            text = re.sub(r"<style>.*?</style>|<code.*?</code>", "", side, flags=re.S)
            assert "{{" not in text
            assert "}}" not in text
            assert "template" not in text.lower()
    clozes = collection.find_cards("note:*cloze*")
    assert len(clozes) == 5
    for card_id in clozes:
        front = collection.get_card(card_id).question()
        assert front.count('class="cloze"') + front.count("[...]") - front.count('">[...]') == 1


def test_what_a_vault_shows_arrives_in_anki(project: Path, collection: Collection) -> None:
    """A picture's width, the text of another note and cards Q:::A are what the learner gets."""
    (project / "source/_pics").mkdir()
    (project / "source/_pics/dot.png").write_bytes(PIXEL)
    (project / "source/_rivers.md").write_text("# Source\n\nA **river** begins. #no-tag\n")
    (project / "source/notes.md").write_text(
        "---\ndialect: obsidian\n---\n#flashcards/rivers\n\nWhat?\n?\n![[_rivers#Source]]\n"
        "![[dot.png|300]]\n\n[[a|front]]:::back\n"
    )
    assert import_package(collection, build_at(project, NOON).package) == {"new": 2}
    check_collection(collection)
    embedding = collection.get_note(collection.find_notes("Question:What?")[0])
    picture = re.search(r'src="(dot-\w+\.png)" alt="" width="300"', embedding["Answer"])
    assert picture
    assert collection.media.have(picture[1])
    assert "<p>A <strong>river</strong> begins.</p>" in embedding["Answer"]
    assert "flashcards::rivers" in embedding.tags
    assert len(collection.find_cards("Question:front")) == 2


def test_the_same_package_again_changes_nothing(rich: Path, collection: Collection) -> None:
    """Importing a package twice leaves every note as it was."""
    package = build_at(rich, NOON).package
    import_package(collection, package)
    before = collection.db.all("select * from notes") if collection.db else []
    assert import_package(collection, package) == {"duplicate": 5}
    assert collection.db
    assert collection.db.all("select * from notes") == before


def test_a_rebuild_without_changes_changes_nothing(rich: Path, collection: Collection) -> None:
    """Notes that did not change are not touched, however late the package is built again."""
    import_package(collection, build_at(rich, NOON).package)
    assert import_package(collection, build_at(rich, NOON + 86_400).package) == {"duplicate": 5}


def test_an_edited_answer_updates_one_note_and_no_schedule(
    rich: Path, collection: Collection
) -> None:
    """After one edited answer one note is updated, and studied cards keep their schedule."""
    import_package(collection, build_at(rich, NOON).package)
    studied = [study(collection, "ID:basic"), study(collection, "ID:typed", 5)]
    edit(rich, "An answer with", "A better answer with")
    summary = build_at(rich, NOON + 60)
    assert (summary.new, summary.changed, summary.unchanged) == (0, 1, 4)
    assert import_package(collection, summary.package) == {"updated": 1, "duplicate": 4}
    assert "A better answer" in only_note(collection, "ID:basic")["Answer"]
    for before in studied:
        assert schedule(collection.get_card(before.id)) == schedule(before)
    check_collection(collection)


def test_a_learners_edit_and_tag_on_an_unchanged_note_survive(
    rich: Path, collection: Collection
) -> None:
    """What a learner adds to a note stays, as long as its author leaves the note alone."""
    import_package(collection, build_at(rich, NOON).package)
    note = only_note(collection, "ID:typed")
    note["Extra"] = "my own words"
    note.tags.append("mine")
    collection.update_note(note)
    edit(rich, "An answer with", "A better answer with")
    import_package(collection, build_at(rich, NOON + 60).package)
    note = only_note(collection, "ID:typed")
    assert note["Extra"] == "my own words"
    assert "mine" in note.tags


def test_equal_questions_under_other_headings_are_two_notes(
    project: Path, collection: Collection
) -> None:
    """Anki compares no first fields at an import: each of two notes has its own updates."""
    notes = "# Loire\n\n1. Length?\n\n   1,006 km.\n\n# Rhine\n\n1. Length?\n\n   1,233 km.\n"
    (project / "source/notes.md").write_text(notes)
    assert import_package(collection, build_at(project, NOON).package) == {"new": 2}
    assert sorted(
        collection.get_note(note_id)["Context"] for note_id in collection.find_notes("")
    ) == ["Loire", "Rhine"]
    studied = [study(collection, f"Context:{name}") for name in ("Loire", "Rhine")]
    first, _, second = notes.partition("# Rhine")
    for now, text, expected in (
        (60, f"# Rhine{second}\n{first}".replace("1,233", "1,230"), {"updated": 1, "duplicate": 1}),
        (120, f"# Rhine{second}".replace("1,233", "1,231"), {"updated": 1}),
    ):
        (project / "source/notes.md").write_text(text)
        assert import_package(collection, build_at(project, NOON + now).package) == expected
    answers = [only_note(collection, f"Context:{name}")["Answer"] for name in ("Loire", "Rhine")]
    assert answers == ["1,006 km.", "1,231 km."]
    for before in studied:
        assert schedule(collection.get_card(before.id)) == schedule(before)
    check_collection(collection)


def test_a_changed_picture_reaches_the_learner(rich: Path, collection: Collection) -> None:
    """A picture that changes under the same name arrives, since its name in Anki is another."""
    import_package(collection, build_at(rich, NOON).package)
    (rich / "source/dot.png").write_bytes(PIXEL + b"changed")
    summary = build_at(rich, NOON + 60)
    assert import_package(collection, summary.package) == {"updated": 1, "duplicate": 4}
    (name,) = re.findall(r'src="([^"]+)"', only_note(collection, "ID:basic")["Answer"])
    assert (Path(collection.media.dir()) / name).read_bytes() == PIXEL + b"changed"
    assert list(collection.media.check().missing) == []


def test_a_reworded_style_sheet_arrives_without_touching_notes(
    rich: Path, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new look reaches old learners: the note type is dated by itself."""
    import_package(collection, build_at(rich, NOON).package)
    import deckpress.note_types

    read = deckpress.note_types._read_file
    later = {"card.css": "/* later */\n"}
    monkeypatch.setattr(
        deckpress.note_types, "_read_file", lambda name: later.get(name, "") + read(name)
    )
    log = import_package(collection, build_at(rich, NOON + 60).package)
    assert log == {"duplicate": 5}
    assert only_note(collection, "ID:basic").note_type()["css"].startswith("/* later */")  # type: ignore[index]


def test_a_note_put_in_between_comes_in_its_place(rich: Path, collection: Collection) -> None:
    """New cards are learned in the order of the source, also those that a later release adds."""
    import_package(collection, build_at(rich, NOON).package)
    edit(
        rich,
        "2. What is reversed?",
        "2. In between? <!-- id=between -->\n\n   Yes.\n\n2. What is reversed?",
    )
    assert import_package(collection, build_at(rich, NOON + 60).package) == {
        "new": 1,
        "duplicate": 5,
    }
    dues = {name: only_card(collection, f"ID:{name} card:1").due for name in ("basic", "between")}
    assert dues["basic"] < dues["between"]


def test_files_can_be_subdecks(project: Path, collection: Collection) -> None:
    """`subdecks = "files"` and front matter's `deck:` put notes into decks below the deck."""
    edit(
        project,
        'description = "A deck for tests."',
        'description = "Tests."\nsubdecks = "files"',
        "deck.toml",
    )
    (project / "source/02-more.md").write_text(
        "---\ndeck: Special::Part\n---\n1. Two?\n\n   Yes.\n"
    )
    import_package(collection, build_at(project, NOON).package)
    names = {entry.name for entry in collection.decks.all_names_and_ids()}
    assert {"Demo", "Demo::notes", "Demo::Special", "Demo::Special::Part"} <= names
    description = collection.decks.by_name("Demo")["desc"]  # type: ignore[index]
    assert description == "Tests.\n\ndemo 1.0.0"


def test_the_lock_alone_carries_identity(rich: Path, collection: Collection) -> None:
    """Moving a note to another file, reordering and adding an id later make no note a new one."""
    import_package(collection, build_at(rich, NOON).package)
    text = (rich / "source/notes.md").read_text()
    head, last = text.split("5. Listen")
    (rich / "source/notes.md").write_text(head)
    (rich / "source/00-first.md").write_text("# Theme\n\n1. Listen" + last)
    (rich / "source/00-first.md").write_text(
        (rich / "source/00-first.md").read_text().replace("mp3)\n", "mp3) <!-- id=listen -->\n", 1)
    )
    summary = build_at(rich, NOON + 60)
    assert (summary.new, summary.retired) == (0, 0)
    log = import_package(collection, summary.package)
    assert log == {"updated": 1, "duplicate": 4}  # its tag names the file


def test_a_removed_note_is_retired_and_gets_its_guid_back(
    rich: Path, collection: Collection
) -> None:
    """A note that leaves the deck stays in the lock, and is the same note if it comes back."""
    import_package(collection, build_at(rich, NOON).package)
    whole = (rich / "source/notes.md").read_text()
    edit(rich, "5. Listen", "Listen")
    (rich / "source/notes.md").write_text(whole.split("5. Listen")[0])
    assert build_at(rich, NOON + 60).retired == 1
    assert '"retired": "unreleased"' in (rich / "source/deck.lock").read_text()
    (rich / "source/notes.md").write_text(whole)
    summary = build_at(rich, NOON + 120)
    assert (summary.new, summary.unchanged) == (0, 5)
    assert import_package(collection, summary.package) == {"duplicate": 5}
    assert "retired" not in (rich / "source/deck.lock").read_text()


def test_every_case_file_is_a_sound_package(tmp_path: Path, collection: Collection) -> None:
    """Whatever Markdown the case files hold: Anki takes all of it, and finds nothing to mend."""
    cases = tmp_path / "cases"
    shutil.copytree(CASES, cases)
    built = cards = 0
    for index, path in enumerate(sorted(cases.rglob("*.md"))):
        opened, diagnostics = open_standalone(path.rename(path.with_stem(f"case-{index}")))
        ready = prepare(opened, diagnostics, NOON)
        if ready.rendered and not ready.has_errors(strict=False):
            summary = build(ready, tmp_path / f"case-{index}.apkg")
            assert import_package(collection, summary.package) == {"new": summary.new}, path
            summary.lock.unlink()  # else the other builds in its folder would read it
            built, cards = built + 1, cards + summary.cards
    assert built > len(NAMES) * 2 // 3
    assert collection.card_count() == cards
    check_collection(collection)


def test_fields_and_templates_carry_ids_of_their_own(rich: Path, collection: Collection) -> None:
    """Fields and templates are known by ids, so that they can be renamed; two fields are spare."""
    import_package(collection, build_at(rich, NOON).package)
    seen: list[int] = []
    for model in collection.models.all():
        if model["name"].startswith("demo"):
            assert [field["name"] for field in model["flds"]][-3:] == [
                "ID",
                "Reserve 1",
                "Reserve 2",
            ]
            seen += [part["id"] for part in (*model["flds"], *model["tmpls"])] + [model["id"]]
            assert all(0 < part["id"] < 2**53 for part in (*model["flds"], *model["tmpls"]))
            assert 0 < model["id"] < 2**31
    assert len(seen) == len(set(seen)) == 4 * 9 + 5 + 4
