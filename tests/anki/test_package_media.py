"""A package's pictures and sounds are known by what they hold, whoever packed them and how."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import genanki
import pytest
import zstandard
from anki.collection import ExportAnkiPackageOptions

from deckpress.anki import PackageContents, archive
from deckpress.anki.package_reader import read_media, read_package
from deckpress.anki.package_writer import build_package
from deckpress.anki.packages import ZIP_DATE
from deckpress.diagnostics import DeckError
from deckpress.media import MediaFile
from tests.support.anki_collection import import_package, open_collection
from tests.support.package_files import BASIC, DAMAGED, members, pack
from tests.support.projects import PIXEL

FILES = {"dot.png": PIXEL, "中 文.mp3": b"ID3 not really"}
DIGESTS = {name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()}
FORMS = ("genanki", "legacy", "latest")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One package with media as genanki makes it, and as Anki exports it in both its forms."""
    folder = tmp_path_factory.mktemp("media")
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    deck = genanki.Deck(2_059_400_111, "Media")
    fields = ['<img src="dot.png">', "[sound:中 文.mp3]"]
    deck.add_note(genanki.Note(BASIC, fields, guid="g1"))
    paths = {form: folder / f"{form}.apkg" for form in FORMS}
    package = genanki.Package(deck, [str(folder / name) for name in FILES])
    package.write_to_file(str(paths["genanki"]))
    with open_collection(folder / "anki") as collection:
        import_package(collection, paths["genanki"])
        for form in FORMS[1:]:
            options = ExportAnkiPackageOptions(with_media=True, legacy=form == "legacy")
            path = str(paths[form])
            collection.export_anki_package(out_path=path, options=options, limit=None)
    return paths


@pytest.mark.parametrize("form", FORMS)
def test_each_file_is_known_by_what_it_holds(form: str, packed: dict[str, Path]) -> None:
    """However a package lists and compresses its files, name and content are the same."""
    assert read_package(packed[form], media=True).media == DIGESTS
    assert read_media(packed[form], [*FILES, "other.png"]) == FILES


def test_media_are_not_unpacked_unless_asked_for(packed: dict[str, Path]) -> None:
    """Whoever needs only the notes does not wait for a gigabyte of sounds."""
    assert read_package(packed["latest"]).media == {}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_is_listed_and_not_there_is_known_to_be_missing(
    form: str, packed: dict[str, Path], tmp_path: Path
) -> None:
    """Anki refuses a package that lists a file it lacks, so whoever checks one must see that."""
    held = members(packed[form])
    del held["1"]
    package = pack(tmp_path / "lacking.apkg", held)
    lacking = [
        name for name, index in read_package(package, media=True).media.items() if index is None
    ]
    assert len(lacking) == 1
    assert read_media(package, FILES) == {k: v for k, v in FILES.items() if k not in lacking}


def test_a_package_without_a_list_has_no_media(packed: dict[str, Path], tmp_path: Path) -> None:
    """A package that some script left without its list is read all the same."""
    held = members(packed["genanki"])
    del held["media"]
    assert read_package(pack(tmp_path / "bare.apkg", held), media=True).media == {}


def message(path: Path) -> str:
    """Return what is said of a package whose media cannot be read."""
    with pytest.raises(DeckError) as caught:
        read_package(path, media=True)
    return caught.value.diagnostics[0].message


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b'{"0": 1}', b'{"0": "\\ud800"}', b"\xff", b"[" * 100_000]
)
def test_a_damaged_list_is_told(data: bytes, packed: dict[str, Path], tmp_path: Path) -> None:
    """A list of media that is not what it should be is told, in either form of package."""
    older = members(packed["legacy"]) | {"media": data}
    assert message(pack(tmp_path / "older.apkg", older)) == DAMAGED
    newer = members(packed["latest"]) | {"media": data or b"{"}
    assert message(pack(tmp_path / "newer.apkg", newer)) == DAMAGED


@pytest.mark.parametrize(
    "data", [b"\x08\x01", b"\x0a\x05x", b"\x0a\x02\x08\x01", b"\x0a\x03\x0a\x01\xff"]
)
def test_a_damaged_list_of_the_newest_form_is_told(
    data: bytes, packed: dict[str, Path], tmp_path: Path
) -> None:
    """What stands where the list's message should, and is none, is told."""
    held = members(packed["latest"]) | {"media": zstandard.compress(data)}
    assert message(pack(tmp_path / "damaged.apkg", held)) == DAMAGED


@pytest.mark.parametrize("form", ["legacy", "latest"])
def test_files_that_unpack_to_too_much_are_refused(
    form: str, packed: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bomb among the media is refused, be it one file or all of them together."""
    zeros = bytes(600_000)
    data = zstandard.compress(zeros) if form == "latest" else zeros
    path = pack(tmp_path / "bomb.apkg", members(packed[form]) | {"0": data})
    assert path.stat().st_size < 50_000
    monkeypatch.setattr(archive, "MAX_MEDIA", 500_000)
    assert message(path) == "its media files are bigger than 8 GB: export fewer decks at once"
    monkeypatch.setattr(archive, "MAX_SIZE", 500_000)
    assert message(path) == 'its file "0" is bigger than 500 MB: export fewer decks at once'


@pytest.mark.parametrize("count", [0, 1, 20, 21, 60])
def test_files_are_packed_as_zipfile_packs_them(count: int, tmp_path: Path) -> None:
    """Many files are deflated at the same time; the package is what it would be one by one."""
    media: dict[str, MediaFile | bytes] = {
        f"{n}.txt": f"{n}, ".encode() * n**3 for n in range(count)
    }
    on_disk = tmp_path / "dot.png"
    on_disk.write_bytes(PIXEL)
    media["dot.png"] = MediaFile(on_disk, tmp_path, hashlib.sha256(PIXEL).hexdigest())
    package = build_package(PackageContents("Deck", "", (), {}, media, 1_700_000_000))
    again = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as archive,
        zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as rewritten,
    ):
        assert archive.testzip() is None
        for name in archive.namelist():
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.create_system, info.external_attr = 3, 0o600 << 16
            rewritten.writestr(info, archive.read(name), zipfile.ZIP_DEFLATED)
    assert again.getvalue() == package


def test_a_database_is_the_same_in_memory_and_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many notes there are, and whether files can be written for a while, changes no byte."""
    contents = PackageContents("Demo", "", (), {}, {}, 1_700_000_000)
    in_memory = build_package(contents)
    monkeypatch.setattr("deckpress.anki.package_writer._MANY", 0)
    assert build_package(contents) == in_memory
    monkeypatch.setattr("tempfile.tempdir", "/none")
    assert build_package(contents) == in_memory
