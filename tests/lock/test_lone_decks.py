"""Decks without deck.toml: what they are called, and that no two of them are ever one."""

from __future__ import annotations

import itertools
import json
import shutil
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.anki.package_reader import read_package
from deckpress.cli import main
from deckpress.git import find_remote, parse_address
from deckpress.project.names import name_standalone_source
from deckpress.project.opening import open_standalone
from tests.support.commands import without_counts

LANGUAGE = "1. Who made the language?\n\n   Somebody of {}.\n\n2. What is `int`?\n\n   In {}.\n"
DELTA = "1. What is a delta?\n\n   {}\n"
MORE = "2. What is a bay?\n\n   A bight.\n\n3. What is a cape?\n\n   A headland.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(files: Mapping[str, str]) -> None:
    """Write files below the current folder."""
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def build(*arguments: str) -> Result:
    """Run the command, and see that it went well."""
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done


def fail(*arguments: str) -> str:
    """Run the command, see that it stops at an error, and return what it says."""
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1, done.output
    return without_counts(done.stderr)


def guids(lock: str) -> set[str]:
    """Return the GUIDs that a lock has."""
    rows = map(json.loads, Path(lock).read_text(encoding="utf-8").splitlines())
    return {row["guid"] for row in rows if "guid" in row}


def deck_of(package: Path) -> str:
    """Return the name of the deck in a package."""
    (deck,) = {note.deck for note in read_package(package).notes}
    return deck


def set_remote(folder: str, url: str) -> None:
    """Make a folder a repository with a remote."""
    write({f"{folder}/.git/config": f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {url}\n'})


APART: dict[str, Mapping[str, str]] = {
    "names with signs": {f"{name}.md": LANGUAGE for name in ("C", "C++", "C#", "C -", "C.")},
    "names in case": {"c.md": LANGUAGE, "C.md": LANGUAGE},
    "a space and a hyphen": {"a b.md": LANGUAGE, "a-b.md": LANGUAGE},
    "scripts whose marks are no letters": {"हिन्दी.md": LANGUAGE, "हनद.md": LANGUAGE},
    "nothing but signs": {"🎉.md": LANGUAGE, "🎈.md": LANGUAGE, "deck.md": LANGUAGE},
    "a name of Anki's backups": {"backup-a.md": LANGUAGE, "deck-backup-a.md": LANGUAGE},
    "READMEs of two folders": {"letters/README.md": DELTA, "rivers/README.md": DELTA},
    "notes of two weeks": {"week1/notes.md": DELTA, "week2/notes.md": DELTA},
    "one name in two folders": {"ann/cells.md": DELTA, "bob/cells.md": DELTA},
    "folders of one name": {"ann/week1/notes.md": DELTA, "bob/week1/notes.md": DELTA},
    "general names of one folder": {"a/README.md": DELTA, "a/notes.md": DELTA, "a/index.md": DELTA},
    "READMEs of folders with signs": {f"{name}/README.md": DELTA for name in ("C", "C++", "C#")},
    "READMEs of folders of emoji": {f"{name}/README.md": DELTA for name in ("🎉", "🎈", "deck")},
    "editions of a README": {"a/README.md": DELTA, "a/README.zh-CN.md": DELTA},
}


@pytest.mark.parametrize("name", APART)
def test_two_lone_decks_share_nothing(name: str, folder: Path) -> None:
    """Decks that ask the same, in files of nearly one name, have other ids, GUIDs and packages."""
    files = APART[name]
    write({path: text.replace("{}", path) for path, text in files.items()})
    build_apart(list(files))


def build_apart(sources: Sequence[str]) -> None:
    """Build sources into one folder, and see that they have other packages, notes and types."""
    for source in sources:
        build(source, "--output", "out")
    packages = list(Path("out").iterdir())
    assert len(packages) == len(sources)
    notes = [note for package in packages for note in read_package(package).notes]
    assert len({note.guid for note in notes}) == len(notes)
    assert len({note.note_type.id for note in notes}) == len(sources)
    assert len({note.note_type.name for note in notes}) == len(sources)


def test_two_folders_share_nothing(folder: Path) -> None:
    """Whole folders are decks of their own, whatever an id cannot hold of their names."""
    names = ("C", "C++", "C#", "🎉", "🎈", "deck")
    write({f"{name}/notes.md": DELTA for name in names})
    build_apart(names)


NAMES = {
    "cells.md": "cells",
    "week1/notes.md": "week1",
    "week1/README.md": "week1",
    "week1/_index.markdown": "week1",
    "week1/readme.zh-CN.md": "week1 zh-CN",
    "周一/笔记.md": "周一",
    "Default.md": "Default deck",
    "a::b.md": "a b",
}


@pytest.mark.parametrize("path", NAMES)
def test_a_general_name_is_the_folders(path: str, folder: Path) -> None:
    """What many decks are called says nothing of one, so that one is called after its place."""
    write({path: DELTA})
    assert open_standalone(Path(path))[0].deck.name == NAMES[path]


REMOTE_NAMES = {
    "README.md": "rivers",
    "notes.md": "rivers",
    "week1/notes.md": "rivers::week1",
    "cells.md": "cells",
    "week1/cells.md": "cells",
    ".": "rivers",
    "week1": "week1",
    "notes": "rivers::notes",
}


@pytest.mark.parametrize("path", REMOTE_NAMES)
def test_a_repository_gives_the_name_and_the_id(path: str, folder: Path) -> None:
    """Every clone has the same, whatever its folder is called and however far its notes are."""
    for clone, url in {"a": "git@h.org:Ann/rivers.git", "b/c": "https://h.org/ann/rivers/"}.items():
        set_remote(clone, url)
        file = path if path.endswith(".md") else f"{path}/deltas.md"
        write({f"{clone}/{file}": DELTA.replace("{}", clone)})
    first, second = (open_standalone(Path(clone, path))[0].deck for clone in ("a", "b/c"))
    assert (first.id, first.name) == (second.id, second.name)
    assert first.name == REMOTE_NAMES[path]


def test_files_of_one_repository_are_decks_of_their_own(folder: Path) -> None:
    """So are those of a fork, which has another address."""
    set_remote("a", "https://h.org/ann/rivers")
    set_remote("b", "https://h.org/bob/rivers")
    places = ("README.md", "notes.md", "w1/notes.md", "w2/notes.md", "w1/w2/notes.md")
    files = [f"{root}/{place}" for root in "ab" for place in places]
    write(dict.fromkeys(files, DELTA))
    assert len({open_standalone(Path(file))[0].deck.id for file in files}) == len(files)


def test_a_query_is_no_part_of_the_name(folder: Path) -> None:
    """A deck is called after the repository's path, and its id tells two queries of one path."""
    set_remote("a", "https://h.org/git?repo=x/one")
    set_remote("b", "https://h.org/git?repo=x/two")
    write({"a/README.md": DELTA, "b/README.md": DELTA})
    first, second = (
        open_standalone(Path(folder_name, "README.md"))[0].deck for folder_name in "ab"
    )
    assert (first.name, second.name) == ("git", "git")
    assert first.id != second.id


ADDRESSES = {
    "git@github.com:Ann/notes.git": "github.com/Ann/notes",
    "github.com:Ann/notes": "github.com/Ann/notes",
    "https://github.com/Ann/notes.git/": "github.com/Ann/notes",
    "https://ann:secret@GitHub.com/Ann/notes": "github.com/Ann/notes",
    "ssh://git@github.com:22/Ann/notes.git": "github.com/Ann/notes",
    "git+ssh://h.org/n": "h.org/n",
    "http://localhost:3000/me/cards.git": "localhost:3000/me/cards",
    "http://localhost:4000/me/cards.git": "localhost:4000/me/cards",
    "https://ann:secret@h.org:443/n": "h.org/n",
    "ssh://git@h.org:2222/n.git": "h.org:2222/n",
    "https://h.org/git?repo=one": "h.org/git?repo=one",
    "https://h.org/git.git/?repo=a/b.git": "h.org/git?repo=a/b.git",
    "https://h.org:x/n": None,
    "/srv/git/notes.git": None,
    "../notes.git": None,
    "file:///srv/notes.git": None,
    "C:/git/notes": None,
    "ext::sh -c touch% x": None,
    "https://[/": None,
    "https://h.org": None,
    "": None,
}


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_is_what_it_is_to_everybody(url: str) -> None:
    """Port and query tell two repositories of one host; user, password and scheme do not."""
    assert parse_address(url) == ADDRESSES[url]


CONFIGS = {
    '[remote "upstream"]\nurl = https://h.org/a\n': None,
    '[remote "origin"]\nfetch = x\n': None,
    '[REMOTE "origin"]\n  URL = "https://h.org/a"  ; ours\n  url = https://h.org/b\n': "h.org/a",
    '[remote "origin"]\nurl = https://h.org/a\n[branch "main"]\nurl = https://h.org/b': "h.org/a",
    '[remote "origin"]\nurl = "https://h.org/a?b;c"\n': "h.org/a?b;c",
    '[remote "origin"]\nurl = https://h.org/a?b;c\n': "h.org/a?b",
    "\0\x1b[remote": None,
    "[" * 10_000: None,
}


@pytest.mark.parametrize("config", CONFIGS)
def test_a_repository_is_read_as_text(config: str, folder: Path) -> None:
    """Whatever its configuration holds, it is a text, and nothing in it is run."""
    write({".git/config": config})
    remote = find_remote(folder)
    assert (remote.address if remote else None) == CONFIGS[config]


def test_a_repository_that_lies_elsewhere_is_none(folder: Path) -> None:
    """A stranger's project may point to a repository of ours, which is not to be looked at."""
    set_remote("ours", "https://h.org/ours")
    write({"a/.git": "gitdir: ../ours/.git\n"})
    Path("b").mkdir()
    Path("b/.git").symlink_to("../ours/.git")
    Path("c/.git").mkdir(parents=True)
    Path("c/.git/config").symlink_to("../../ours/.git/config")
    assert [find_remote(folder / name) for name in "abc"] == [None, None, None]
    assert find_remote(folder / "ours") is not None


def test_the_id_hangs_on_no_spelling_of_the_text(folder: Path) -> None:
    """Line ends and a byte order mark, which other systems may write, make no other deck."""
    write({"cells.md": DELTA})
    first = open_standalone(Path("cells.md"))[0].deck.id
    for data in (DELTA.replace("\n", "\r\n"), "\ufeff" + DELTA, DELTA.rstrip("\n")):
        Path("cells.md").write_bytes(data.encode())
        assert open_standalone(Path("cells.md"))[0].deck.id == first


def test_an_edit_is_the_same_deck_by_its_lock(folder: Path) -> None:
    """Once there is a lock, it alone says which deck it is: text, folder and remote may change."""
    write({"week1/notes.md": DELTA.replace("{}", "An arm.") + MORE})
    build("week1/notes.md")
    known = guids("week1/notes.lock")
    write({"week1/notes.md": DELTA.replace("{}", "A mouth.") + MORE})
    assert "0 new, 1 changed" in build("week1/notes.md").stdout
    set_remote("week1", "https://h.org/ann/rivers")
    assert "0 new, 0 changed" in build("week1/notes.md").stdout
    shutil.move("week1", "woche1")
    warned = build("woche1/notes.md")
    assert "0 new, 0 changed" in warned.stdout
    assert without_counts(warned.stderr) == (
        'woche1/notes.lock: warning: is of the deck "week1", so this is that deck: if it is a copy '
        'that became another deck, remove notes.lock; if the deck is called "rivers" now, build '
        "once with --allow-deck-rename\n"
    )
    assert guids("woche1/notes.lock") == known
    build("woche1/notes.md", "--allow-deck-rename")
    assert build("woche1/notes.md").stderr == ""
    assert {deck_of(path) for path in Path("woche1").glob("*.apkg")} == {"rivers"}


def age(lock: str, deck_id: str, name: str) -> None:
    """Make a lock one of the time when a deck's id and name were its file's."""
    head, *rest = Path(lock).read_text(encoding="utf-8").splitlines()
    head = json.dumps({**json.loads(head), "deck": deck_id, "name": name}, ensure_ascii=False)
    kept = [line for line in rest if "guid" in line]
    Path(lock).write_text("\n".join([head, *kept, ""]), encoding="utf-8")


OLD = {
    "C++.md": ("C", "C++"),
    "week1/README.md": ("README", "README"),
    "我的 笔记.md": ("我的-笔记", "我的 笔记"),
}


@pytest.mark.parametrize("file", OLD)
def test_a_deck_that_was_built_before_keeps_what_it_has(file: str, folder: Path) -> None:
    """An old lock keeps the id, the name, the GUIDs and the note types of its deck."""
    deck_id, name = OLD[file]
    write({file: DELTA})
    lock = str(Path(file).with_suffix(".lock"))
    build(file)
    age(lock, deck_id, name)
    for path in Path().rglob("*.apkg"):
        path.unlink()
    known = guids(lock)
    done = build(file)
    assert (done.stderr, guids(lock)) == ("", known)
    (package,) = Path(file).parent.glob("*.apkg")
    assert package.name == f"{deck_id}-1.0.0.apkg"
    assert deck_of(package) == name
    assert {note.note_type.name for note in read_package(package).notes} == {f"{deck_id}: Q&A"}
    before = Path(lock).read_bytes()
    Path(lock).unlink()
    assert f"is lost, though {package} was built with it" in fail(file)
    build(file, "--rebuild-lock", str(package))
    assert guids(lock) == known
    assert json.loads(before.splitlines()[0])["deck"] == deck_id


def test_a_lock_is_lost_only_if_a_package_is_of_this_very_deck(folder: Path) -> None:
    """Another deck's package beside it, of nearly its name or of just that, says nothing of it."""
    write({f"{name}.md": LANGUAGE.replace("{}", name) for name in ("C", "C++", "C#")})
    write({"a/C.md": LANGUAGE.replace("{}", "the other C")})
    build("C.md")
    Path("C.lock").rename("kept")
    build("C++.md")
    build("a/C.md", "--output", ".")
    (mine,) = (
        path
        for path in Path().glob("C-*.apkg")
        if deck_of(path) == "C" and "the other" not in str(read_package(path).notes)
    )
    assert fail("C.md") == (
        f"C.lock: is lost, though {mine} was built with it: restore it with git, or by "
        f"--rebuild-lock {mine}; if nobody has the deck, remove the package\n"
    )
    write({"C.md": LANGUAGE.replace("{}", "C") + "3. What is new?\n\n   This.\n"})
    assert f"is lost, though {mine} was built" in fail("C.md")
    build("C.md", "--rebuild-lock", str(mine))
    assert guids("C.lock") > guids("kept")


SET = "# What is a set?\n\n{}\n"
TENNIS = SET.format("In tennis, six games.")


def deck_id(lock: str) -> str:
    """Return the id of the deck that a lock is of."""
    with Path(lock).open(encoding="utf-8") as lines:
        return str(json.loads(next(lines))["deck"])


def rename(before: str, after: str, *arguments: str) -> None:
    """Rename a file and its lock, and build it."""
    for ending in (".md", ".lock"):
        Path(before + ending).rename(after + ending)
    build(f"{after}.md", "--allow-deck-rename", *arguments)


@pytest.mark.parametrize("output", [(), ("--output", "out")])
@pytest.mark.parametrize("is_cloned", [True, False])
def test_a_name_that_is_free_again_is_another_decks(
    output: Sequence[str], *, is_cloned: bool, folder: Path
) -> None:
    """Who renames a deck with its lock may write another one under the old name."""
    if is_cloned:
        set_remote(".", "https://h.org/ann/sets")
    write({"sets.md": SET.format("A collection.")})
    build("sets.md", *output)
    for index in range(3):
        rename("sets", f"old-sets-{index}", *output)
        write({"sets.md": SET.format("A collection.") if index == 1 else TENNIS})
        build("sets.md", *output)
        known = Path("sets.lock").read_text(encoding="utf-8")
        assert "0 new, 0 changed" in build("sets.md", *output).stdout
        assert Path("sets.lock").read_text(encoding="utf-8") == known
    locks = sorted(map(str, Path().glob("*.lock")))
    assert len(locks) == 4
    assert len({deck_id(lock) for lock in locks}) == 4
    assert len(set[str]().union(*map(guids, locks))) == 4
    before, lost = deck_id("sets.lock"), Path(*output[1:], f"{deck_id('sets.lock')}-1.0.0.apkg")
    Path("sets.lock").unlink()
    assert f"sets.lock: is lost, though {lost} was built with it" in fail("sets.md", *output)
    lost.unlink()
    build("sets.md", *output)
    assert deck_id("sets.lock") == before


def test_a_package_that_another_lock_knows_is_not_lost(folder: Path) -> None:
    """A package is of the deck whose lock lies there, though it has an earlier name in it."""
    write({"sets.md": SET.format("A collection.")})
    build("sets.md", "--output", "out")
    rename("sets", "old-sets", "--output", "elsewhere")
    write({"sets.md": SET.format("A collection.") + "# What is a bay?\n\nA bight.\n"})
    assert "2 new" in build("sets.md", "--output", "out").stdout
    assert not guids("sets.lock") & guids("old-sets.lock")


def test_a_deck_that_was_moved_does_not_become_another_one(folder: Path) -> None:
    """Who leaves the lock behind is told so, and learners keep their progress."""
    write({"a/sets.md": TENNIS})
    build("a/sets.md")
    Path("b").mkdir()
    Path("a/sets.md").rename("b/sets.md")
    assert "b/sets.lock: is lost, though a/sets-" in fail("b/sets.md", "--output", "a")
    Path("a/sets.md").write_text(TENNIS, encoding="utf-8")  # now it is a copy
    build("b/sets.md", "--output", "a")
    assert not guids("a/sets.lock") & guids("b/sets.lock")


def test_a_lock_in_the_output_folder_is_taken_only_by_its_own_deck(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where sources cannot be written to, their locks lie together, and are not mixed up."""
    write({"a/notes.md": DELTA.replace("{}", "A.") + MORE, "b/notes.md": DELTA.replace("{}", "B.")})
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write
    for folder_name in "ab":
        build(f"{folder_name}/notes.md", "--output", "out")
    locks = sorted(Path("out").glob("*.lock"))
    assert len(locks) == 2
    assert not guids(str(locks[0])) & guids(str(locks[1]))
    mine = open_standalone(Path("a/notes.md"))[0].own_lock(Path("out"))
    mine.rename("out/notes.lock")  # as it was called before
    assert "0 new, 0 changed" in build("a/notes.md", "--output", "out").stdout
    own = open_standalone(Path("b/notes.md"))[0].own_lock(Path("out"))
    assert fail("b/notes.md", "--output", "out") == (
        'out/notes.lock: is of a deck "a" that has other notes: name another folder by --output; '
        f"if it is the lock of b/notes.md, call it {own.name}\n"
    )


def test_a_folders_lock_is_not_taken_for_one_of_a_renamed_file(folder: Path) -> None:
    """A folder may be a deck, and each of its files another one."""
    write({"a/cells.md": DELTA, "a/bays.md": MORE})
    build("a")
    assert "1 new" in build("a/cells.md").stdout
    assert not guids("a/deck.lock") & guids("a/cells.lock")


@pytest.mark.parametrize("theirs", ["cells.markdown", "CAFE"])
def test_two_files_of_one_lock_are_told(theirs: str, folder: Path) -> None:
    """Files whose names differ by the ending only, or not to the eye, would share their lock."""
    names = [unicodedata.normalize(form, "café") + ".md" for form in ("NFC", "NFD")]
    mine, theirs = names if theirs == "CAFE" else ("cells.md", theirs)
    write({mine: DELTA, theirs: MORE})
    assert fail(mine) == (
        f"{mine}: has the same name as {theirs}, and so the same lock: rename one of them\n"
    )
    assert fail(theirs).startswith(f"{theirs}: has the same name as {mine}")


@settings(max_examples=200)
@given(
    st.lists(
        st.text(min_size=1, max_size=8).filter(lambda name: "/" not in name and "\0" not in name),
        min_size=2,
        max_size=4,
        unique_by=lambda name: unicodedata.normalize("NFC", name),
    )
)
def test_no_two_names_give_one_id(names: list[str]) -> None:
    """Whatever an id cannot hold of a name, it is another id, and an id is a file's name."""
    decks = [
        name_standalone_source(Path(f"{name}.md"), [DELTA]) for name in names if name.strip(".")
    ]
    for first, second in itertools.combinations(decks, 2):
        assert first.id != second.id
    for deck in decks:
        assert len(f"{deck.id}-100.100.100.apkg".encode()) < 200
        assert not deck.id.casefold().startswith("backup-")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_that_leads_to_itself_is_no_source(folder: Path) -> None:
    """As a file, or as the file of a folder: it is reported with its name."""
    reason = "cannot be read: too many levels of symbolic links\n"
    for name, arguments in {
        "notes.md": ["build", "notes.md"],
        "notes/a.md": ["build", "notes"],
    }.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).symlink_to(Path(name).name)
        done = CliRunner().invoke(main, arguments)
        assert (done.exit_code, without_counts(done.stderr)) == (1, f"{name}: {reason}")
