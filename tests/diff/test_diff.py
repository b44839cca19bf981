"""What learners of one package get with another is found, whatever tools made the two."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import genanki
import pytest
from anki.collection import ExportAnkiPackageOptions
from hypothesis import given, settings

from deckpress.anki import Package, PackageDeck, PackageNote
from deckpress.anki.package_reader import read_package
from deckpress.diff import Diff, NoteChange
from deckpress.diff.compare import compare, is_same_schema
from tests.support.anki_collection import import_package, open_collection
from tests.support.packages import BASIC, CLOZE, PACKAGES, note, package
from tests.support.projects import PIXEL


def only_change(old: PackageNote, new: PackageNote) -> NoteChange:
    """Return what is found in the one note of two packages, which is all that is found."""
    diff = compare(package(old), package(new))
    (change,) = diff.changed
    assert (
        replace(diff, changed=(), note_types=(), note_types_added=(), note_types_gone=()) == Diff()
    )
    return change


def parts(change: NoteChange) -> set[str]:
    """Return the names of what is changed."""
    return {name for name, value in vars(change).items() if value and name not in ("old", "new")}


def test_notes_are_known_by_their_guids() -> None:
    """A new GUID is a new note, one that is gone a retired one, whatever their order."""
    old = package(note("a", "One?", "1"), note("b", "Two?", "2"), note("c", "Three?", "3"))
    new = package(note("d", "Four?", "4"), note("c", "Three?", "3"), note("a", "One!", "1"))
    diff = compare(old, new)
    assert [read_note.title for read_note in diff.added] == ["Four?"]
    assert [read_note.title for read_note in diff.retired] == ["Two?"]
    assert [change.new.title for change in diff.changed] == ["One!"]
    assert (diff.unchanged, diff.recreated) == (1, ())


def test_at_a_first_release_all_is_added() -> None:
    """Without an old package there is nothing to retire, and no design to have changed."""
    diff = compare(None, package(note("a", "One?"), note("b", "Two?")))
    assert len(diff.added) == 2
    assert (diff.retired, diff.changed, diff.descriptions, diff.unchanged) == ((), (), (), 0)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (note("a", "One?"), note("a", "One, then?"), {"question"}),
        (note("a", "?", "1"), note("a", "?", "2"), {"answer"}),
        (note("a", "?", ""), note("a", "?", "2"), {"answer"}),
        (note("a", "?", "1", "x"), note("a", "?", "1", "y"), {"fields"}),
        (note("a", "?", "1"), note("a", "?", "<b>1</b>"), {"answer"}),
        (note("a", "?", tags="x y"), note("a", "?", tags="y z"), {"tags_added", "tags_gone"}),
        (note("a", "?", "1"), note("a", "?", "1")._replace(deck="Deck::Sub"), {"deck"}),
        (note("a", "?"), note("a", "?")._replace(card_numbers=(0, 1)), {"cards_added"}),
        (
            note("a", "{{c1::x}} {{c2::y}}", note_type=CLOZE),
            note("a", "{{c2::x}} {{c1::y}}", note_type=CLOZE),
            {"question", "clozes"},
        ),
        (note("a", "?"), note("a", "?", note_type=BASIC._replace(id=9)), {"note_type"}),
    ],
)
def test_each_part_of_a_note_is_told_apart(
    old: PackageNote, new: PackageNote, expected: set[str]
) -> None:
    """Question, answer, other fields, tags, deck, cards and deletions are each told of."""
    assert parts(only_change(old, new)) == expected


def test_a_change_of_looks_alone_is_known_as_one() -> None:
    """Bold text has the same words; whoever reads the changes is not sent to look for others."""
    change = only_change(note("a", "?", "a b"), note("a", "?", "a <b>b</b>")).answer
    assert change
    assert change.is_formatting


def test_tags_of_releases_are_no_difference() -> None:
    """Tags that say when a note came or changed say nothing new here."""
    old = note("a", "?", tags="demo::added::1.0.0 x::changed::1.0.0 topic::changed")
    new = note("a", "?", tags="demo::added::1.0.0 x::changed::1.1.0 topic::changed")
    assert compare(package(old), package(new)).is_empty


def test_dates_and_order_are_no_difference() -> None:
    """What a learner cannot see is not told."""
    old = package(note("a", "1?"), note("b", "2?"))
    new = package(note("b", "2?")._replace(mod=9), note("a", "1?")._replace(mod=9))
    assert compare(old, new).is_empty


def test_a_note_made_anew_is_known_by_its_question() -> None:
    """A tool whose GUIDs hang on content makes a new note of each edit: learners see both."""
    old = package(note("a", "One?", "1"), note("b", '<img src="x.png">'))
    new = package(note("z", "<b>One?</b>", "2"), note("y", '<img src="y.png">'))
    diff = compare(old, new)
    assert [(pair.old.packed.guid, pair.new.packed.guid) for pair in diff.recreated] == [("a", "z")]
    assert [read_note.packed.guid for read_note in (*diff.added, *diff.retired)] == ["y", "b"]


def media_of(old: Package, new: Package) -> list[tuple[str | None, str | None, bool]]:
    """Return what is found of the media of the one note of two packages."""
    changes = [file for change in compare(old, new).changed for file in change.media]
    return [(file.old, file.new, file.is_renamed) for file in changes]


def showing(*names: str, **contents: str | None) -> Package:
    """Return a package whose note shows pictures."""
    shown = "".join(f'<img src="{name}" width="9">' for name in names)
    held = dict.fromkeys(names, "same") | {name + ".png": held for name, held in contents.items()}
    return package(note("a", "?", shown), media=held)


def test_a_picture_with_other_content_is_changed() -> None:
    """A picture that changed under its old name is found, which the text does not tell."""
    assert media_of(showing("x.png", x="1"), showing("x.png", x="2")) == [("x.png", "x.png", False)]
    assert media_of(showing("x.png", x="1"), showing("x.png", x=None)) == [
        ("x.png", "x.png", False)
    ]
    assert media_of(showing("x.png", x="1"), showing("x.png", x="1")) == []


def test_a_picture_is_known_by_content_and_by_our_names() -> None:
    """Another hash in its name is the same picture changed; the same content is one renamed."""
    old, new = "gate-0123456789ab.png", "gate-ba9876543210.png"
    before, after = showing(old), showing(new)
    after = replace(after, media={new: "other"})
    assert media_of(before, after) == [(old, new, False)]
    assert media_of(before, replace(after, media={new: "same"})) == [(old, new, True)]
    plain = replace(showing("b.png"), media={"b.png": "other"})
    assert media_of(showing("a.png"), plain) == [("a.png", None, False), (None, "b.png", False)]


def test_another_picture_is_no_other_text() -> None:
    """Where only the picture is another, perhaps of another size, the answer's words are not."""
    old, new = "gate-0123456789ab.png", "gate-ba9876543210.png"
    before = package(note("a", "?", f'<img src="{old}" alt="x" width="9">'))
    after = package(note("a", "?", f'<img src="{new}" alt="x" width="10">'))
    (change,) = compare(before, after).changed
    assert parts(change) == {"media"}


def test_media_are_found_wherever_anki_finds_them() -> None:
    """Sounds, videos, entities in names; not what is on the web."""
    fields = (
        '<IMG alt=x src=a&amp;b.png>[sound:c d.mp3]<video src="e.mp4"><img src="https://x/y.png">'
    )
    old, new = package(note("a", "?", "x")), package(note("a", "?", f"x{fields}"))
    assert [name for _, name, _ in media_of(old, new)] == ["a&b.png", "c d.mp3", "e.mp4"]


def test_the_design_is_compared_part_by_part() -> None:
    """Style sheet, templates and names are told; only a changed schema splits a note type."""
    front = (BASIC.templates[0]._replace(front="{{Front}}!"),)
    looks = BASIC._replace(css=".card { color: red }\n", templates=front, name="Basic 2")
    diff = compare(package(note("a", "?")), package(note("a", "?", note_type=looks)))
    (change,) = diff.note_types
    assert [part.name for part in change.parts] == ["name", "front of Card 1", "style sheet"]
    assert not change.is_schema_changed
    assert diff.changed == ()


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({"css": "x", "name": "x", "mod": 9}, True),
        ({"fields": (*BASIC.fields, ("More", None))}, False),
        ({"fields": (BASIC.fields[1], BASIC.fields[0], BASIC.fields[2])}, False),
        ({"fields": (("Front", 5), *BASIC.fields[1:])}, True),
        ({"fields": (("Renamed", None), *BASIC.fields[1:])}, False),
        ({"templates": ()}, False),
        ({"is_cloze": True}, False),
        ({"sort_field": 1}, False),
    ],
)
def test_a_schema_is_the_same_as_anki_sees_it(change: dict[str, object], is_same: bool) -> None:
    """What makes Anki set learners' notes aside is told as such, and nothing else is."""
    assert is_same_schema(BASIC, BASIC._replace(**change)) is is_same  # type: ignore[arg-type]


def test_a_renamed_field_with_an_id_is_the_same_schema() -> None:
    """Fields with ids may be renamed."""
    old = BASIC._replace(fields=(("Front", 5), *BASIC.fields[1:]))
    assert is_same_schema(old, BASIC._replace(fields=(("Other", 5), *BASIC.fields[1:])))


def test_the_page_of_a_deck_is_compared() -> None:
    """A new description is told, since each import brings it; a new version in it is not."""
    old = package(note("a", "?"))
    new = replace(old, decks=(PackageDeck("Deck", "More about"), PackageDeck("Other", "New")))
    version = [replace(old, decks=(PackageDeck("Deck", f"demo 1.{index}.0"),)) for index in (1, 2)]
    assert compare(*version).is_empty
    (change,) = compare(old, new).descriptions
    assert (change.deck, change.old, change.new) == ("Deck", "About", "More about")


# Laws


@settings(max_examples=50)
@given(PACKAGES)
def test_a_package_does_not_differ_from_itself(any_package: Package) -> None:
    """Compared with itself, whatever is in it, a package has no differences."""
    assert compare(any_package, any_package).is_empty


@settings(max_examples=80)
@given(old=PACKAGES, new=PACKAGES)
def test_the_way_back_is_the_other_way_round(old: Package, new: Package) -> None:
    """What is added one way is retired the other, and as many notes are changed."""
    there, back = compare(old, new), compare(new, old)
    guids = [
        {read_note.packed.guid for read_note in notes} for notes in (there.added, back.retired)
    ]
    assert guids[0] == guids[1]
    assert {read_note.packed.guid for read_note in there.retired} == {
        read_note.packed.guid for read_note in back.added
    }
    assert {(pair.old, pair.new) for pair in there.recreated} == {
        (pair.new, pair.old) for pair in back.recreated
    }
    assert there.unchanged == back.unchanged
    assert [
        parts(change) for change in sorted(there.changed, key=lambda change: change.new.packed.guid)
    ] == [
        {_SWAPPED.get(name, name) for name in parts(change)}
        for change in sorted(back.changed, key=lambda change: change.new.packed.guid)
    ]


_SWAPPED = {
    f"{what}_{old_end}": f"{what}_{new_end}"
    for what in ("tags", "cards")
    for old_end, new_end in (("added", "gone"), ("gone", "added"))
}


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_ten_thousand_notes_are_compared_in_seconds(share: float) -> None:
    """A big deck is compared within seconds, even where many notes have changed."""
    answer = "LSTM 有三个门：遗忘门、输入门、输出门。" * 10 + r" \(c_t = f_t \odot c_{t-1}\) "
    old = [note(f"g{index}", f"Question {index}?", f"{answer}{index}") for index in range(10_000)]
    new = [
        note(f"g{index}", f"Question {index}?", f"{answer}{index}" + "!" * (index < share * 10_000))
        for index in range(10_000)
    ]
    started = time.process_time()
    diff = compare(package(*old), package(*new))
    assert time.process_time() - started < 5
    assert len(diff.changed) == 10_000 * share


# Real packages

MODEL = genanki.Model(
    1_607_392_400,
    "Words",
    fields=[{"name": "Sort"}, {"name": "Word"}, {"name": "Meaning"}, {"name": "Picture"}],
    templates=[{"name": "Card 1", "qfmt": "{{Word}}", "afmt": "{{Meaning}}{{Picture}}"}],
)


def write_genanki(path: Path, notes: dict[str, tuple[str, str]], picture: bytes) -> Path:
    """Write a package as a script with genanki does, in which each note shows one picture."""
    (path.parent / "dot.png").write_bytes(picture)
    deck = genanki.Deck(2_059_400_112, "Words")
    for guid, (word, meaning) in notes.items():
        fields = [guid, word, meaning, '<img src="dot.png">']
        deck.add_note(genanki.Note(MODEL, fields, guid=guid))
    genanki.Package(deck, [str(path.parent / "dot.png")]).write_to_file(str(path))
    return path


def test_packages_of_any_tool_are_compared(tmp_path: Path) -> None:
    """Between genanki's and Anki's newest form, and with a third tool's fields, all is found."""
    first = write_genanki(tmp_path / "1.apkg", {"a": ("熵", "old"), "b": ("x", "y")}, PIXEL)
    second = write_genanki(tmp_path / "2.apkg", {"a": ("熵", "new"), "c": ("z", "")}, PIXEL[::-1])
    with open_collection(tmp_path / "anki") as collection:
        import_package(collection, first)
        options = ExportAnkiPackageOptions(with_media=True)
        newest = tmp_path / "newest.apkg"
        collection.export_anki_package(out_path=str(newest), options=options, limit=None)
    old, same, new = (read_package(path, media=True) for path in (newest, first, second))
    assert compare(old, same).changed == ()
    diff = compare(old, new)
    (change,) = diff.changed
    assert (change.new.title, parts(change)) == ("熵", {"answer", "media"})
    assert [read_note.title for read_note in (*diff.added, *diff.retired)] == ["z", "x"]
