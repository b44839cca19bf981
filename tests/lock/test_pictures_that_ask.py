"""Pictures that ask, in real Anki: its editor reads them, and learners keep what they learned."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from anki.collection import Collection
from anki.notes import NoteId
from PIL import Image

from deckpress.anki.package_reader import read_package
from deckpress.diff.compare import compare
from deckpress.diff.diff_text import as_json, as_text
from deckpress.media_formats import picture_size
from tests.support.anki_collection import (
    check_collection,
    import_package,
    only_note,
    open_collection,
    schedule,
)
from tests.support.builds import build_at, edit
from tests.support.cases import CASES
from tests.support.commands import run
from tests.support.projects import DECK_TOML, NOON, write

NOTES = """\
# The brain

1. Which parts has the limbic system?

   ![The brain](brain.png)
   <!-- ask="Hippocampus: rect 100 20 50 10; Amygdala: ellipse 50% 60% 4% 3%" hide=all -->

2. How does it flow?

   ```diagram flow "From x to y." ask="x, y"
   | x h y |
   x -> h -> y
   ```
"""
TYPE = "demo: image occlusion"
PACKAGE = "dist/demo-1.0.0.apkg"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project with a picture and a diagram that ask."""
    brain = (CASES / "occlusion/brain.png").read_bytes()
    files: dict[str, str | bytes] = {"deck.toml": DECK_TOML, "notes.md": NOTES, "brain.png": brain}
    write(tmp_path / "source", files)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """Return an empty collection."""
    with open_collection(tmp_path / "anki") as opened:
        yield opened


def asking(collection: Collection, picture: str) -> NoteId:
    """Return the note of a picture that asks."""
    return only_note(collection, f"Comments:{picture}").id


def shapes_of(
    collection: Collection, note_id: NoteId
) -> dict[int, list[tuple[str, dict[str, str]]]]:
    """Return the shapes of each gap, as Anki's own editor reads them, by its number."""
    note = collection.get_image_occlusion_note(note_id=note_id).note
    return {
        occlusion.ordinal: [
            (shape.shape, {each.name: each.value for each in shape.properties})
            for shape in occlusion.shapes
        ]
        for occlusion in note.occlusions
    }


def test_anki_s_own_editor_reads_the_shapes(project: Path, collection: Collection) -> None:
    """Who learns a picture can open it in Anki, move its gaps and add some."""
    build_at(project, NOON)
    assert import_package(collection, project / PACKAGE) == {"new": 4}
    brain, flow = asking(collection, "brain"), asking(collection, "flow")
    assert shapes_of(collection, brain) == {
        1: [("rect", {"left": ".25", "top": ".1", "width": ".125", "height": ".05", "oi": "1"})],
        2: [("ellipse", {"left": ".46", "top": ".57", "rx": ".04", "ry": ".03", "oi": "1"})],
    }
    assert {number: len(shapes) for number, shapes in shapes_of(collection, flow).items()} == {
        1: 1,
        2: 1,
    }
    read = collection.get_image_occlusion_note(note_id=brain).note
    assert read.header == "Which parts has the limbic system?"
    assert read.image_data == (project / "source/brain.png").read_bytes()
    assert [read.occlude_inactive, len(collection.card_ids_of_note(brain))] == [True, 2]
    check_collection(collection)


def test_check_database_does_not_date_the_note_type(project: Path, collection: Collection) -> None:
    """A later design still arrives with learners who have checked their database."""
    build_at(project, NOON)
    import_package(collection, project / PACKAGE)
    (before,) = (model for model in collection.models.all() if model["name"] == TYPE)
    collection.fix_integrity()
    after = collection.models.get(before["id"])
    assert after == before
    assert (before["mod"], before["originalStockKind"]) == (NOON, 6)


def test_a_moved_gap_keeps_its_progress_and_a_new_one_is_one_card(
    project: Path, collection: Collection
) -> None:
    """An edit of a picture's gaps costs no learner a day, and conflicts with nothing."""
    build_at(project, NOON)
    import_package(collection, project / PACKAGE)
    note = collection.get_note(asking(collection, "brain"))
    collection.sched.set_due_date([card.id for card in note.cards()], "21")
    known = {card.ord: schedule(card) for card in collection.get_note(note.id).cards()}
    edit(project, "rect 100 20 50 10;", "rect 120 20 50 10; Cortex: rect 0 0 30 30;")
    build_at(project, NOON + 60)
    assert import_package(collection, project / PACKAGE) == {"updated": 1, "duplicate": 3}
    cards = {card.ord: schedule(card) for card in collection.get_note(note.id).cards()}
    assert {number: cards[number] for number in known} == known
    assert sorted(cards.keys() - known.keys()) == [2]
    shapes = shapes_of(collection, note.id)
    assert shapes[1][0][1]["left"] == ".3"
    assert shapes[3][0][0] == "rect"
    check_collection(collection)


EDITS: Mapping[str, tuple[Callable[[str], str], tuple[str, ...]]] = {
    "one that is moved": (
        lambda text: text.replace("100 20 50", "120 20 50"),
        ("gap moved: Hippocampus",),
    ),
    "one that is new": (
        lambda text: text.replace("50 10;", "50 10; Cortex: rect 0 0 30 30;"),
        ("gap 3 is new: {+Cortex+}",),
    ),
    "one that is gone": (
        lambda text: text.replace("; Amygdala: ellipse 50% 60% 4% 3%", ""),
        ("gap 2 is gone: [-Amygdala-]",),
    ),
    "one that has another name": (
        lambda text: text.replace("Amygdala", "Amygdalae"),
        ("gap 2: [-Amygdala-]{+Amygdalae+}",),
    ),
    "all that are hidden, or one": (
        lambda text: text.replace(" hide=all", ""),
        ("now hides one gap at a time",),
    ),
}


@pytest.mark.parametrize(("change", "told"), EDITS.values(), ids=EDITS)
def test_a_diff_tells_of_gaps_in_words(
    change: Callable[[str], str], told: tuple[str, ...], project: Path
) -> None:
    """Whoever reads a diff learns which gap was moved, came, or went, by its name."""
    build_at(project, NOON)
    old = read_package(project / PACKAGE)
    write(project / "source", {"notes.md": change(NOTES)})
    build_at(project, NOON + 60)
    diff = compare(old, read_package(project / PACKAGE))
    text = as_text(diff)
    assert all(line in text for line in told), text
    assert "image-occlusion" not in text
    (changed,) = json.loads(as_json(diff))["changed"]
    assert any([changed["gaps_moved"], changed["clozes"], changed["hides_all"] is not None])


def test_a_removed_gap_is_told(project: Path) -> None:
    """The author learns that its card stays with learners, and how the gap goes on."""
    build_at(project, NOON)
    edit(project, "; Amygdala: ellipse 50% 60% 4% 3%", "")
    done = run("build")
    assert 'cloze gone: "Amygdala", gap 2 of "![brain]"' in done.stdout
    assert "call a gap so again to go on with it" in done.stdout


def test_a_name_that_comes_back_has_its_card(project: Path) -> None:
    """A gap keeps its number for good, and no other gap ever gets it."""
    build_at(project, NOON)
    edit(project, "Amygdala: ellipse 50% 60% 4% 3%", "Cortex: rect 0 0 30 30")
    build_at(project, NOON + 60)
    edit(project, "Cortex: rect 0 0 30 30", "Cortex: rect 0 0 30 30; Amygdala: rect 0 0 9 9")
    build_at(project, NOON + 120)
    (note,) = (note for note in read_package(project / PACKAGE).notes if "brain" in note.fields)
    assert note.fields[5] == "{{c1::Hippocampus}}<br>{{c3::Cortex}}<br>{{c2::Amygdala}}"


def test_names_that_are_alike_are_other_gaps(project: Path) -> None:
    """Progress of the left one never passes to the right one, when one goes and one comes."""
    edit(project, "Amygdala:", "Left colliculus:")
    build_at(project, NOON)
    edit(
        project,
        "Left colliculus: ellipse 50% 60% 4% 3%",
        "Right colliculus: rect 0 0 9 9; Cortex: rect 0 0 9 9",
    )
    build_at(project, NOON + 60)
    (note,) = (note for note in read_package(project / PACKAGE).notes if "brain" in note.fields)
    assert note.fields[5] == "{{c1::Hippocampus}}<br>{{c3::Right colliculus}}<br>{{c4::Cortex}}"


def test_a_picture_with_another_name_is_known_by_its_gaps(project: Path) -> None:
    """Renaming a file is not the end of what learners know of it."""
    build_at(project, NOON)
    (project / "source/brain.png").rename(project / "source/limbic.png")
    edit(project, "(brain.png)", "(limbic.png)")
    done = run("build")
    assert 'reworded: "![brain]" → "![limbic]", known by its answer' in done.stdout


def test_a_lost_lock_is_made_again_with_its_gaps(project: Path) -> None:
    """Who loses the lock goes on from the package: every gap has its number."""
    build_at(project, NOON)
    lock = project / "source/deck.lock"
    before = [json.loads(line) for line in lock.read_text().splitlines()]
    lock.unlink()
    edit(project, "Hippocampus: rect 100 20 50 10; ", "")
    done = run("build", "--rebuild-lock", PACKAGE)
    assert done.exit_code == 0, done.stderr
    after = {
        row["guid"]: row for row in map(json.loads, lock.read_text().splitlines()) if "guid" in row
    }
    for row in before:
        if row.get("kind") == "occlusion":
            assert after[row["guid"]]["question"] == row["question"]
    (brain,) = (row for row in after.values() if row["question"] == "![brain]")
    assert (brain["clozes"], brain["gone_clozes"]) == ({"2": "Amygdala"}, {"1": "Hippocampus"})


def test_an_older_deckpress_is_told_to_be_upgraded(project: Path) -> None:
    """A lock without pictures that ask can still be read by it, and one with some says why not."""
    build_at(project, NOON)
    first = (project / "source/deck.lock").read_text().splitlines()[0]
    assert json.loads(first)["deckpress_lock"] == 5


def test_verify_finds_nothing_wrong(project: Path) -> None:
    """Real Anki takes the package, and an update of it, without loss."""
    build_at(project, NOON)
    (project / PACKAGE).rename(project / "old.apkg")
    edit(project, "rect 100 20 50 10;", "rect 120 20 50 10; Cortex: rect 0 0 30 30;")
    build_at(project, NOON + 60)
    done = run("verify", "old.apkg", PACKAGE)
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize("form", ["PNG", "GIF", "BMP", "JPEG", "WEBP"])
def test_the_size_of_a_picture_is_known(form: str) -> None:
    """Who measures a picture in pixels need not convert it, whatever format it has."""
    file = BytesIO()
    Image.new("RGB", (400, 30)).save(file, form)
    assert picture_size(file.getvalue()) == (400, 30)


@pytest.mark.parametrize(("orientation", "size"), [(1, (400, 30)), (3, (400, 30)), (6, (30, 400))])
def test_a_photograph_is_measured_as_it_is_seen(orientation: int, size: tuple[int, int]) -> None:
    """A camera that was held upright says so in the file, and browsers turn the picture."""
    file, exif = BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (400, 30)).save(file, "JPEG", exif=exif)
    assert picture_size(file.getvalue()) == size


@pytest.mark.parametrize("options", [{"lossless": True}, {"lossless": False}, {"exif": b"Exif"}])
def test_each_form_of_webp_tells_its_size(options: dict[str, object]) -> None:
    """A picture in a newer format is measured like any other."""
    file = BytesIO()
    Image.new("RGBA", (300, 20), (1, 2, 3, 4)).save(file, "WEBP", **options)
    assert picture_size(file.getvalue()) == (300, 20)


def test_an_svg_tells_no_size() -> None:
    """Its pixels are whatever it is shown at."""
    assert picture_size((CASES / "occlusion/eye.svg").read_bytes()) is None
