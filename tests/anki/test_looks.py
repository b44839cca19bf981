"""What real Anki makes of a deck's own look, and of a learner's."""

from __future__ import annotations

from pathlib import Path

from anki.collection import Collection

from deckpress.pipeline.workspace import Workspace
from deckpress.preview.files import read_media
from deckpress.project.opening import open_project
from tests.support.anki_collection import (
    check_collection,
    import_package,
    only_card,
    only_note,
    schedule,
    study,
)
from tests.support.builds import build_at
from tests.support.projects import DECK_TOML, NOON, write

SHEET = "_demo.css"


def dress(project: Path, css: str, more: str = "") -> None:
    """Give a project a style sheet."""
    write(
        project,
        {
            "source/deck.toml": f'{DECK_TOML}[style]\ncss = "card.css"\n{more}',
            "source/card.css": css,
        },
    )


def css_of(collection: Collection) -> str:
    """Return the style of the deck's cards, which the library remembers beyond an import."""
    collection.models._clear_cache()
    (note_id,) = collection.find_notes("")
    note_type = collection.get_note(note_id).note_type()
    assert note_type
    return str(note_type["css"])


def test_another_look_is_a_plain_update(project: Path, collection: Collection) -> None:
    """A look that comes, changes and goes reaches learners, who keep notes and progress."""
    import_package(collection, build_at(project, NOON).package)
    plain = css_of(collection)
    studied = study(collection, "")
    for day, css in enumerate((".card { --paper: #fff; }\n", ".card { --paper: #eee; }\n", ""), 1):
        dress(project, css)
        log = import_package(collection, build_at(project, NOON + day * 86_400).package)
        assert log == {"duplicate": 1}
        assert css_of(collection) == (f"{plain}\n{css}" if css else plain)
        assert schedule(only_card(collection, "")) == schedule(studied)
    check_collection(collection)


def test_a_learners_look_outlives_updates(project: Path, collection: Collection) -> None:
    """The sheet that a package brings is the learner's from then on; no update writes over it."""
    dress(project, "", "learners = true\n")
    import_package(collection, build_at(project, NOON).package)
    assert css_of(collection).startswith(f'@import url("{SHEET}");\n')
    sheet = Path(collection.media.dir()) / SHEET
    assert sheet.read_text().startswith("/* Your own look")
    check_collection(collection)
    sheet.write_text(".card.card { --paper: #efe; }")
    dress(project, ".card { --paper: #fff; }\n", "learners = true\n")
    write(project, {"source/notes.md": "1. One?\n\n   Yes, indeed.\n"})
    log = import_package(collection, build_at(project, NOON + 60).package)
    assert log == {"updated": 1}
    assert "indeed" in only_note(collection, "")["Answer"]
    assert sheet.read_text() == ".card.card { --paper: #efe; }"
    assert css_of(collection).endswith("--paper: #fff; }\n")
    check_collection(collection)


def test_the_preview_follows_the_style_sheet(project: Path) -> None:
    """An edit of the sheet is seen, and what is wrong in it; a learner's sheet is served."""
    dress(project, ".card { --paper: #fff; }\n", "learners = true\n")
    workspace = Workspace(lambda: open_project(project))
    (note,) = workspace.update().notes
    assert note.note_type.css.endswith("--paper: #fff; }\n")
    sheet = project / "source/card.css"
    sheet.write_text(".card { --paper: red; } }")
    prepared = workspace.update({sheet})
    assert prepared.notes[0].note_type.css.endswith("red; } }")
    assert [found.location.column for found in prepared.diagnostics] == [25]
    data, kind = read_media(prepared.media, SHEET) or (b"", "")
    assert (data[:17], kind) == (b"/* Your own look ", "text/css")
