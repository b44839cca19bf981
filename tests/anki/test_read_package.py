"""Any package can be read: whoever made it, in whatever form, and whatever has become of it."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import genanki
import pytest
import zstandard
from anki.collection import Collection, ExportAnkiPackageOptions
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.anki import CardTemplate, NoteType, Package, PackageDeck, PackageNote, archive
from deckpress.anki.package_reader import read_package
from deckpress.diagnostics import DeckError
from tests.support.anki_collection import import_package, open_collection
from tests.support.builds import NOTES, build_at
from tests.support.package_files import BASIC, CLOZE, DAMAGED, members, pack
from tests.support.projects import NOON

FORMS = ("legacy.apkg", "latest.apkg", "legacy.colpkg", "latest.colpkg")
"""What Anki can export a collection as."""


def write_genanki(path: Path) -> Path:
    """Write a package as any script with genanki does, at NOON; return its path."""
    deck = genanki.Deck(2_059_400_110, "语言::深度学习", "What is <i>learned</i>")
    tags = ["b::c", "标签"]  # sorted, as Anki keeps them
    deck.add_note(genanki.Note(BASIC, ["什么是<b>熵</b>？", "A measure"], tags=tags, guid="g1"))
    deck.add_note(genanki.Note(CLOZE, ["{{c1::熵}} and {{c3::H(X)}}", ""], guid="g2"))
    genanki.Package(deck).write_to_file(str(path), timestamp=NOON)
    return path


def export(collection: Collection, path: Path) -> Path:
    """Export all of a collection in the form that the file is named for; return its path."""
    is_legacy = path.stem == "legacy"
    if path.suffix == ".colpkg":
        collection.export_collection_package(str(path), include_media=False, legacy=is_legacy)
        collection.reopen()
    else:
        options = ExportAnkiPackageOptions(legacy=is_legacy, with_scheduling=True)
        collection.export_anki_package(out_path=str(path), options=options, limit=None)
    return path


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The package made with genanki, and every form in which Anki exports it again."""
    folder = tmp_path_factory.mktemp("exported")
    original = write_genanki(folder / "genanki.apkg")
    with open_collection(folder / "anki") as collection:
        import_package(collection, original)
        forms = {form: export(collection, folder / form) for form in FORMS}
    return {"genanki": original, **forms}


def collection_of(package: Path) -> bytes:
    """Return the database in a package, in the mode that can be opened from memory."""
    held = members(package)
    if "collection.anki21b" in held:
        packed = io.BytesIO(held["collection.anki21b"])
        data = zstandard.ZstdDecompressor().stream_reader(packed).read()
        return data[:18] + b"\1\1" + data[20:]
    return held.get("collection.anki21") or held["collection.anki2"]


def edit(package: Path, *statements: str, values: tuple[Any, ...] = ()) -> Path:
    """Run SQL on the database in a package, and write the package again, beside it."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(collection_of(package))
        database.create_collation("unicase", lambda left, right: (left > right) - (left < right))
        for statement in statements:
            database.execute(statement, values)
        database.commit()
        data = database.serialize()
    return pack(package.with_name("edited.apkg"), {"collection.anki2": data})


def edit_models(package: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Change the note type BASIC in a package of schema 11, and write the package again."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(collection_of(package))
        ((text,),) = database.execute("SELECT models FROM col")
    models = json.loads(text)
    change(models[str(BASIC.model_id)])
    return edit(package, "UPDATE col SET models = ?", values=(json.dumps(models),))


def message(path: Path) -> str:
    """Return what is said of a package that cannot be read, without the path at its front."""
    with pytest.raises(DeckError) as caught:
        read_package(path)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.location.file == str(path)
    return diagnostic.message


def test_every_field_of_a_foreign_package_is_read(exported: dict[str, Path]) -> None:
    """A package of another tool arrives whole: text, tags, dates, decks, templates and ids."""
    basic = NoteType(
        id=BASIC.model_id,
        name="问答",
        is_cloze=False,
        sort_field=1,
        fields=(("Front", None), ("Back", None)),
        templates=(
            CardTemplate("Card 1", None, "{{Front}}", "{{FrontSide}}<hr>{{Back}}"),
            CardTemplate("Card 2", None, "{{Back}}", "{{Front}}"),
        ),
        css=".card { color: red }",
        mod=NOON,
    )
    cloze = NoteType(
        id=CLOZE.model_id,
        name="Gaps",
        is_cloze=True,
        sort_field=0,
        fields=(("Text", -5), ("Extra", 2**62)),
        templates=(CardTemplate("Cloze", -(2**62), "{{cloze:Text}}", "{{Extra}}"),),
        css="",
        mod=NOON,
    )
    fields, tags, deck = ("什么是<b>熵</b>？", "A measure"), ("b::c", "标签"), "语言::深度学习"
    one = PackageNote("g1", basic, fields, tags, NOON, deck, (0, 1))
    two = PackageNote("g2", cloze, ("{{c1::熵}} and {{c3::H(X)}}", ""), (), NOON, deck, (0, 2))
    decks = (PackageDeck("Default", ""), PackageDeck(deck, "What is <i>learned</i>"))
    types = (basic, cloze)
    expected = Package((one, two), NOON * 1000, types, decks)
    assert read_package(exported["genanki"]) == expected


@pytest.mark.parametrize("form", FORMS)
def test_a_note_is_the_same_in_every_form_of_package(form: str, exported: dict[str, Path]) -> None:
    """Whichever way Anki exports a collection, its notes and note types are read as the same."""
    package, original = read_package(exported[form]), read_package(exported["genanki"])
    assert (package.notes, package.first_note_id) == (original.notes, original.first_note_id)
    assert {*package.note_types} >= {*original.note_types}  # a collection has Anki's own as well
    assert {*package.decks} == {*original.decks, PackageDeck("语言", "")}  # Anki adds the parent


def test_what_deckpress_builds_is_read_as_it_was_built(project: Path, tmp_path: Path) -> None:
    """A deck of deckpress is the same read at once, and after a way through Anki."""
    notes = re.sub(r"!\[.*?\]\(.*?\)", "", NOTES)
    (project / "source/notes.md").write_text(notes)
    config = project / "source/deck.toml"
    config.write_text(config.read_text() + 'subdecks = "files"\ntags = ["词"]\n')
    original = build_at(project, NOON).package
    built = read_package(original)
    lock = (project / "source/deck.lock").read_text()
    assert all(f'"guid": "{note.guid}"' in lock for note in built.notes)
    assert {note.deck for note in built.notes} == {"Demo::notes"}
    numbers = [(0,), (0, 1), (0,), (0, 1, 2, 3, 4), (0,)]
    assert [note.card_numbers for note in built.notes] == numbers
    assert all(key for note in built.notes for _, key in note.note_type.fields)
    with open_collection(tmp_path / "anki") as collection:
        import_package(collection, original)
        forms = [read_package(export(collection, tmp_path / form)) for form in FORMS]
    assert [package.notes for package in forms] == [built.notes] * 4
    assert [package.decks for package in forms] == [built.decks] * 4


@pytest.mark.parametrize("form", ["legacy.apkg", "latest.apkg"])
def test_notes_made_in_anki_are_read_as_anki_has_them(form: str, tmp_path: Path) -> None:
    """A learner's own notes, of note types that Anki comes with, are what Anki says they are."""
    with open_collection(tmp_path / "anki") as collection:
        deck = collection.decks.id("Top::中文")
        assert deck
        for name in ("Basic", "Basic (and reversed card)", "Cloze"):
            note_type = collection.models.by_name(name)
            assert note_type
            note = collection.new_note(note_type)
            note.fields = ["{{c2::甲}} \u00e9 {{c1::乙}}", "2"]
            note.tags = ["x::y"]
            collection.add_note(note, deck)
        package = read_package(export(collection, tmp_path / form))
        notes = [collection.get_note(key) for key in sorted(collection.find_notes(""))]
        types = [collection.models.get(note.mid) or {} for note in notes]
        cards = [sorted(card.ord for card in note.cards()) for note in notes]
    assert package.first_note_id == notes[0].id
    for read_note, note, note_type, numbers in zip(package.notes, notes, types, cards, strict=True):
        assert (read_note.guid, read_note.mod) == (note.guid, note.mod)
        assert read_note.fields == tuple(note.fields)
        assert (read_note.tags, read_note.deck) == (("x::y",), "Top::中文")
        assert list(read_note.card_numbers) == numbers
        packed = read_note.note_type
        assert (packed.id, packed.name, packed.css) == (
            note.mid,
            note_type["name"],
            note_type["css"],
        )
        assert (packed.is_cloze, packed.mod) == (note_type["type"] == 1, note_type["mod"])
        assert packed.sort_field == note_type["sortf"]
        assert packed.fields == tuple((field["name"], field["id"]) for field in note_type["flds"])
        assert packed.templates == tuple(
            CardTemplate(template["name"], template["id"], template["qfmt"], template["afmt"])
            for template in note_type["tmpls"]
        )


def test_cards_in_a_filtered_deck_belong_to_the_deck_they_came_from(tmp_path: Path) -> None:
    """A filtered deck that a learner was just studying does not become a note's deck."""
    with open_collection(tmp_path / "anki") as collection:
        import_package(collection, write_genanki(tmp_path / "genanki.apkg"))
        filtered = collection.decks.new_filtered("Tonight")
        collection.sched.rebuild_filtered_deck(filtered)
        assert collection.card_count() == 4 == len(collection.find_cards("deck:Tonight"))
        package = read_package(export(collection, tmp_path / "latest.colpkg"))
    assert {note.deck for note in package.notes} == {"语言::深度学习"}


def test_a_note_without_cards_or_with_cards_in_no_deck_has_no_deck(
    exported: dict[str, Path],
) -> None:
    """What a package leaves out is empty, and no reason to refuse the rest."""
    package = edit(
        exported["genanki"],
        "DELETE FROM cards WHERE nid = (SELECT id FROM notes WHERE guid = 'g1')",
        "UPDATE cards SET did = 7",
    )
    first, second = read_package(package).notes
    assert (first.deck, first.card_numbers) == ("", ())
    assert (second.deck, second.card_numbers) == ("", (0, 2))


def test_a_notes_deck_is_that_of_its_first_card(exported: dict[str, Path]) -> None:
    """Where a note's cards lie in several decks, the card with the lowest number tells."""
    move = "UPDATE cards SET did = 1 WHERE ord {}"
    assert read_package(edit(exported["latest.apkg"], move.format("> 0"))).notes[1].deck == (
        "语言::深度学习"
    )
    assert read_package(edit(exported["latest.apkg"], move.format("= 0"))).notes[1].deck == (
        "Default"
    )


def test_tags_are_told_apart_as_anki_does(exported: dict[str, Path]) -> None:
    """Tags are separated by any number of spaces, ideographic ones as well."""
    package = edit(exported["genanki"], "UPDATE notes SET tags = '  一\u3000二  c '")
    assert read_package(package).notes[0].tags == ("一", "二", "c")


@pytest.mark.parametrize("key", [{"id": "x"}, {"id": 2**64}, {"id": None}, {"id": 0.5}])
def test_an_id_that_anki_would_ignore_is_none(
    key: dict[str, object], exported: dict[str, Path]
) -> None:
    """A field or template with an id that is no id is read as one without."""

    def change(model: dict[str, Any]) -> None:
        model["flds"][0] |= key
        model["tmpls"][0] |= key

    note_type = read_package(edit_models(exported["genanki"], change)).notes[0].note_type
    assert (note_type.fields[0][1], note_type.templates[0].id) == (None, None)


def test_a_sort_field_that_is_not_there_is_the_first(exported: dict[str, Path]) -> None:
    """Whoever looks up a note's sort field finds one."""
    package = edit_models(exported["genanki"], lambda model: model.update(sortf=2))
    assert read_package(package).notes[0].note_type.sort_field == 0
    # protobuf: field 2, a varint, 9
    package = edit(exported["latest.apkg"], "UPDATE notetypes SET config = x'1009'")
    assert read_package(package).notes[0].note_type.sort_field == 0


def test_a_package_is_left_as_it_is_and_nothing_is_put_beside_it(tmp_path: Path) -> None:
    """Reading needs no place to write to."""
    path = write_genanki(tmp_path / "genanki.apkg")
    before = path.read_bytes()
    read_package(path)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before


NO_PACKAGE = "not an Anki package: export it from Anki as .apkg"
UNSOUND = "the collection in it is damaged: run Check Database in Anki, then export it again"
TOO_BIG = "its collection is bigger than 500 MB: export fewer decks at once"
TOO_NEW = 'made for a newer Anki: export it with "Support older Anki versions" ticked'
EMPTY = "has no notes: export a deck that has some"


def test_what_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    """A mistyped path is told of, with the name that was meant."""
    write_genanki(tmp_path / "physics.apkg")
    expected = 'no such file, did you mean "physics.apkg"?'
    assert message(tmp_path / "phisics.apkg") == expected
    assert message(tmp_path / "nowhere/physics.apkg") == "no such file"
    assert message(tmp_path) == "cannot be read: is a directory"


@pytest.mark.parametrize("data", [b"", b"1. One?\n\n   Yes.\n", b"SQLite format 3\0", b"\xff" * 99])
def test_a_file_that_is_no_package_is_told(data: bytes, tmp_path: Path) -> None:
    """Some other file, or an empty one, is not taken for a damaged package."""
    path = tmp_path / "some.apkg"
    path.write_bytes(data)
    assert message(path) == NO_PACKAGE


def test_a_zip_without_a_collection_is_no_package(tmp_path: Path) -> None:
    """Neither is any other kind of archive."""
    assert message(pack(tmp_path / "some.apkg", {"word/document.xml": b"<xml/>"})) == NO_PACKAGE
    assert message(pack(tmp_path / "empty.apkg", {})) == NO_PACKAGE


@pytest.mark.parametrize("form", ["genanki", *FORMS])
def test_a_download_that_broke_off_is_told(
    form: str, exported: dict[str, Path], tmp_path: Path
) -> None:
    """Half a package is told to be a damaged one, and so is one with a wrong byte."""
    whole = exported[form].read_bytes()
    path = tmp_path / "broken.apkg"
    path.write_bytes(whole[: len(whole) // 2])
    assert message(path) == DAMAGED
    with zipfile.ZipFile(exported[form]) as archive:
        index = next(
            entry.header_offset for entry in archive.infolist() if "anki2" in entry.filename
        )
    path.write_bytes(whole[: index + 200] + b"oops" + whole[index + 204 :])
    assert message(path) == DAMAGED


def test_a_damaged_zstandard_frame_is_told(exported: dict[str, Path], tmp_path: Path) -> None:
    """What a zip's own checks cannot see, a damaged file inside, is told as well."""
    held = members(exported["latest.apkg"])
    packed = held["collection.anki21b"]
    broken = {"collection.anki21b": packed[:50] + b"oops" + packed[54:]}
    assert message(pack(tmp_path / "broken.apkg", held | broken)) == DAMAGED
    short = {"collection.anki21b": packed[: len(packed) // 2]}
    assert message(pack(tmp_path / "short.apkg", held | short)) == UNSOUND


@pytest.mark.parametrize("version", [b"", b"\x08\x00", b"\x08\x04", b"\x08\xff\xff\x03"])
def test_a_newer_form_of_package_is_told(
    version: bytes, exported: dict[str, Path], tmp_path: Path
) -> None:
    """A package that says it is for a newer Anki is refused, with the way to make an older one."""
    held = members(exported["latest.apkg"]) | {"meta": version}
    assert message(pack(tmp_path / "newer.apkg", held)) == TOO_NEW


@pytest.mark.parametrize(
    "meta", [b"\x08", b"\x0a\x05x", b"\x0a\x01x", b"\x0f", b"\x08" + b"\xff" * 99]
)
def test_a_damaged_meta_file_is_told(
    meta: bytes, exported: dict[str, Path], tmp_path: Path
) -> None:
    """A meta file that cannot be understood is no newer version, but damage."""
    held = members(exported["latest.apkg"]) | {"meta": meta}
    assert message(pack(tmp_path / "damaged.apkg", held)) == DAMAGED


def test_a_newer_schema_is_told(exported: dict[str, Path]) -> None:
    """A collection of a newer Anki is refused, even in a package of a known form."""
    assert message(edit(exported["latest.apkg"], "UPDATE col SET ver = 19")) == TOO_NEW


@pytest.mark.parametrize("name", ["collection.anki2", "collection.anki21b"])
def test_a_bomb_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that unpacks to a huge one is refused before it fills the memory."""
    monkeypatch.setattr(archive, "MAX_SIZE", 5_000_000)
    zeros = bytes(5_000_001)
    data = zstandard.compress(zeros) if name.endswith("b") else zeros
    path = pack(tmp_path / "bomb.apkg", {name: data})
    assert path.stat().st_size < 10_000
    assert message(path) == TOO_BIG


def test_a_method_that_anki_does_not_unpack_is_refused(
    exported: dict[str, Path], tmp_path: Path
) -> None:
    """A zip of bzip2 or LZMA is refused, as Anki does, since its size could not be held in."""
    held = members(exported["genanki"])
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert message(pack(tmp_path / "odd.apkg", held, method)) == DAMAGED


def test_a_package_without_notes_is_told(exported: dict[str, Path]) -> None:
    """An empty deck is most likely the wrong one."""
    for form in ("genanki", "latest.apkg"):
        assert message(edit(exported[form], "DELETE FROM notes")) == EMPTY


@pytest.mark.parametrize("form", ["genanki", "latest.apkg"])
def test_a_note_that_does_not_fit_its_note_type_is_told(
    form: str, exported: dict[str, Path]
) -> None:
    """A note with too many fields, or of no note type, is named as Anki's browser finds it."""
    remedy = "run Check Database in Anki, then export it again"
    first = NOON * 1000
    package = edit(exported[form], "UPDATE notes SET flds = flds || x'1f1f' WHERE guid = 'g1'")
    fields = f'note nid:{first} has 4 fields, its note type "问答" has 2'
    assert message(package) == f"{fields}: {remedy}"
    package = edit(exported[form], "UPDATE notes SET mid = 5 WHERE guid = 'g1'")
    assert message(package) == f"note nid:{first} has no note type: {remedy}"


@pytest.mark.parametrize("form", ["genanki", "latest.apkg"])
@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE notes",
        "DROP TABLE cards",
        "DELETE FROM col",
        "UPDATE col SET ver = 'x'",
        "UPDATE notes SET flds = x'00'",
        "UPDATE notes SET flds = CAST(x'ff1fff' AS TEXT)",
        "UPDATE notes SET mid = 'x'",
        "UPDATE notes SET mod = 0.5",
        "UPDATE cards SET ord = 'x'",
        "ALTER TABLE notes RENAME COLUMN guid TO id2",
        "INSERT INTO col SELECT 2, crt, mod, scm, ver, dty, usn, ls, conf, models, decks, dconf, "
        "tags FROM col",
    ],
)
def test_a_database_that_is_not_a_collection_is_told(
    statement: str, form: str, exported: dict[str, Path]
) -> None:
    """Missing tables, other columns and values of the wrong kind are told, not stumbled over."""
    assert message(edit(exported[form], statement)) == UNSOUND


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE notetypes",
        "DROP TABLE decks",
        "UPDATE notetypes SET config = x'0a0161'",
        "UPDATE notetypes SET config = x'1801'",
        "UPDATE templates SET config = x'0a05'",
        "UPDATE templates SET config = x'0a01ff'",
        "UPDATE fields SET config = 'text'",
    ],
)
def test_damaged_note_types_in_tables_are_told(statement: str, exported: dict[str, Path]) -> None:
    """Note types of the newer schema whose messages break off or hold other things are told."""
    assert message(edit(exported["latest.apkg"], statement)) == UNSOUND


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0", b"no database" * 99])
def test_a_collection_that_is_no_database_is_told(data: bytes, tmp_path: Path) -> None:
    """A file that only has a collection's name is told."""
    assert message(pack(tmp_path / "some.apkg", {"collection.anki2": data})) == UNSOUND


@pytest.mark.parametrize("column", ["models", "decks"])
@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"1": 1}', '{"1": {}}', '{"1": {"id": "x"}}', "[" * 100_000]
)
def test_damaged_json_is_told(column: str, text: str, exported: dict[str, Path]) -> None:
    """Note types and decks of the older schema that are not what they should be are told."""
    package = edit(exported["genanki"], f"UPDATE col SET {column} = ?", values=(text,))
    assert message(package) == UNSOUND


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": [1]},
        {"name": None},
        {"name": "\ud800"},
        {"type": "1"},
        {"sortf": True},
        {"flds": {}},
        {"flds": ["Front"]},
        {"tmpls": [{"name": "Card 1"}]},
        {"css": 1},
        {"mod": "now"},
    ],
)
def test_a_damaged_note_type_in_json_is_told(
    change: dict[str, object], exported: dict[str, Path]
) -> None:
    """A note type with a value of the wrong kind is told, not passed on."""
    package = edit_models(exported["genanki"], lambda model: model.update(change))
    assert message(package) == UNSOUND


def test_a_length_that_no_memory_can_hold_is_told(
    exported: dict[str, Path], tmp_path: Path
) -> None:
    """A damaged length in the database does not end in a search for gigabytes of memory."""
    data = bytearray(collection_of(exported["latest.apkg"]))
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(data)
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'fields'"
        ((page,),) = database.execute(query)
    start = (page - 1) * int.from_bytes(data[16:18], "big")
    cell = start + int.from_bytes(data[start + 8 : start + 10], "big")
    data[cell : cell + 9] = b"\xff" * 8 + b"\1"
    assert message(pack(tmp_path / "long.apkg", {"collection.anki2": bytes(data)})) == UNSOUND


def read_or_refuse(path: Path) -> None:
    """Read a package; whatever is wrong with it must be told in a sentence."""
    try:
        assert read_package(path).notes
    except DeckError as refused:
        (diagnostic,) = refused.diagnostics
        assert diagnostic.message[0].islower()


def damage(data: bytes, cut: float, flips: dict[float, int]) -> bytes:
    """Cut data off, and put other bytes into what is left; places are parts of the whole."""
    damaged = bytearray(data[: round(len(data) * cut)])
    for place, byte in flips.items():
        if damaged:
            damaged[int(place * len(damaged))] = byte
    return bytes(damaged)


PLACES = st.floats(0, 1, exclude_max=True)
FLIPS = st.dictionaries(PLACES, st.integers(0, 255), max_size=20)
CUTS = st.just(1.0) | PLACES


@settings(max_examples=100)
@given(form=st.sampled_from(("genanki", *FORMS)), cut=CUTS, flips=FLIPS)
def test_no_damage_to_a_package_is_stumbled_over(
    form: str, cut: float, flips: dict[float, int], exported: dict[str, Path]
) -> None:
    """Wherever a package is cut off or has wrong bytes, it is read or refused in a sentence."""
    path = exported[form].with_name("damaged.apkg")
    path.write_bytes(damage(exported[form].read_bytes(), cut, flips))
    read_or_refuse(path)


@settings(max_examples=150)
@given(form=st.sampled_from(("genanki", "latest.apkg")), cut=CUTS, flips=FLIPS)
def test_no_damage_to_a_database_is_stumbled_over(
    form: str, cut: float, flips: dict[float, int], exported: dict[str, Path]
) -> None:
    """Neither is damage from before the package was made, which no checksum gives away."""
    data = damage(collection_of(exported[form]), cut, flips)
    path = exported[form].with_name("damaged.apkg")
    read_or_refuse(pack(path, {"collection.anki2": data}, zipfile.ZIP_STORED))


@settings(max_examples=50)
@given(config=st.binary(max_size=30), table=st.sampled_from(("notetypes", "fields", "templates")))
def test_no_message_is_stumbled_over(config: bytes, table: str, exported: dict[str, Path]) -> None:
    """Whatever stands where a protobuf message should, it is read or refused in a sentence."""
    statement = f"UPDATE {table} SET config = ?"
    read_or_refuse(edit(exported["latest.apkg"], statement, values=(config,)))
