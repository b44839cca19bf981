"""Releases: what they are called, what they write, what they refuse, and what learners get."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from deckpress.cli import main
from deckpress.diff import Diff
from deckpress.lock import Lock
from deckpress.lock.lock_file import read_lock
from deckpress.release import suggest_bump
from deckpress.release.changelog import with_release, written_for
from deckpress.release.release_files import with_version
from tests.support.anki_collection import import_package, only_note, open_collection, study
from tests.support.commands import Command, without_counts
from tests.support.projects import DECK_TOML, snapshot
from tests.support.releases import edit, refusal, release

pytestmark = pytest.mark.usefixtures("anki_is_here")
NOON = 1_790_000_000
NOTES = """\
1. One? <!-- id=one -->

   Yes, one.

2. Two? <!-- id=two -->

   Yes, two.

3. The ==cat== and the ==dog==. <!-- id=animals -->
"""
FIRST, SECOND = Path("dist/demo-1.0.0.apkg"), Path("dist/demo-1.1.0.apkg")
NO_WARNINGS = (
    "1 warning: warnings count as errors in a release, unless you say --allow-warnings, "
    "nothing written\n"
)
FOUR = "\n4. Four? <!-- id=four -->\n\n   Yes, four.\n"


def lock() -> Lock:
    """Return the project's lock."""
    return read_lock(Path("source/deck.lock"), "demo", 0)


@pytest.fixture(scope="module")
def released_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose three notes were released as 1.0.0."""
    folder = tmp_path_factory.mktemp("released") / "project"
    (folder / "source").mkdir(parents=True)
    (folder / "source/deck.toml").write_text(DECK_TOML)
    (folder / "source/notes.md").write_text(NOTES)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("time.time", lambda: NOON)
        done = release("--quiet")
    assert (done.exit_code, done.output) == (0, "")
    return folder


@pytest.fixture
def released(released_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that project, which is the current folder."""
    folder = tmp_path / "project"
    shutil.copytree(released_once, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets the time, in seconds after noon."""
    return lambda seconds: monkeypatch.setattr("time.time", lambda: NOON + seconds)


def test_from_an_empty_folder_to_the_second_release(
    tmp_path: Path, deckpress: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new project is made, edited, built, released, edited, released again and verified."""
    assert deckpress("init", tmp_path / "rivers").code == 0
    monkeypatch.chdir(tmp_path / "rivers")
    (notes,) = Path("source").glob("*.md")
    with notes.open("a", encoding="utf-8") as file:
        file.write("\n9. Which river is the longest?\n\n   The Nile, at about 6,650 km.\n")
    assert deckpress().code == 0
    first = deckpress("release", "1.0.0")
    assert (first.err, first.code) == ("", 0)
    edit("6,650 km", "6,650 km (some say the Amazon)", str(notes))
    with notes.open("a", encoding="utf-8") as file:
        file.write("\n10. Where does it end?\n\n    In the Mediterranean.\n")
    second = deckpress("release", "1.1.0")
    assert (second.err, second.code) == ("", 0)
    assert second.out.startswith("minor: 1 note added\n")
    assert second.out.endswith("1.1.0 is released: commit it, and tag it v1.1.0\n")
    verified = deckpress("verify")
    assert (verified.code, verified.err) == (0, "")
    assert "dist/rivers-1.0.0.apkg → dist/rivers-1.1.0.apkg\n  1 new, 1 updated, " in verified.out
    assert verified.out.endswith("no learner loses anything\n")


def test_a_first_release_is_of_the_version_in_deck_toml(released: Path) -> None:
    """Nothing of it is news: its notes have no tags of a release, and the dates of their build."""
    assert sorted(path.name for path in Path("dist").iterdir()) == [
        "demo-1.0.0.apkg",
        "demo-1.0.0.apkg.sha256",
        "demo-1.0.0.md",
    ]
    assert [entry.version for entry in lock().releases] == ["1.0.0"]
    assert {(note.added, note.changed, note.mod) for note in lock().notes} == {("", "", NOON)}
    with open_collection(released / "anki") as collection:
        assert import_package(collection, FIRST) == {"new": 3}
        assert collection.find_notes("tag:demo::added::*") == []
    shown = subprocess.run(
        ["sha256sum", "--check", "demo-1.0.0.apkg.sha256"], cwd="dist", capture_output=True
    )
    assert shown.stdout == b"demo-1.0.0.apkg: OK\n"


def test_learners_find_what_a_release_brought(released: Path, clock: Callable[[int], None]) -> None:
    """New and changed notes have a tag each; a later release leaves the tags where they are."""
    with open_collection(released / "anki") as collection:
        import_package(collection, FIRST)
        card = study(collection, "ID:one")
        clock(100)
        edit("Yes, one.", "Yes, number one.")
        Path("source/notes.md").write_text(Path("source/notes.md").read_text() + FOUR)
        assert release().exit_code == 0
        assert import_package(collection, SECOND) == {"new": 1, "updated": 1, "duplicate": 2}
        assert only_note(collection, "tag:demo::added::1.1.0")["ID"] == "four"
        assert only_note(collection, "tag:demo::changed::1.1.0")["ID"] == "one"
        clock(200)
        edit("Yes, four.", "Yes, number four.")
        assert release("patch").exit_code == 0
        assert import_package(collection, Path("dist/demo-1.1.1.apkg"))["updated"] == 1
        four = only_note(collection, "tag:demo::changed::1.1.1")
        assert {"demo::added::1.1.0", "demo::changed::1.1.1"} < {*four.tags}
        assert only_note(collection, "tag:demo::changed::1.1.0")["ID"] == "one"
        assert collection.get_card(card.id).due == card.due


def test_what_was_changed_back_is_no_news(released: Path, clock: Callable[[int], None]) -> None:
    """A note that is as the last release had it gets no tag, whatever builds there were between."""
    edit("Yes, one.", "Yes, number one.")
    clock(100)
    assert CliRunner().invoke(main, ["--quiet"]).exit_code == 0
    edit("Yes, number one.", "Yes, one.")
    edit("Yes, two.", "Yes, number two.")
    clock(200)
    done = release()
    assert (done.stderr, done.stdout[:24]) == ("", "patch: 1 note corrected\n")
    notes = {note.id: (note.changed, note.mod) for note in lock().notes}
    assert notes == {"one": ("", NOON), "two": ("1.0.1", NOON + 200), "animals": ("", NOON)}


def test_the_same_release_has_the_same_bytes_on_any_day(
    released: Path, tmp_path: Path, clock: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people who release one lock in their own folders, days apart, get one package."""
    edit("Yes, one.", "Yes, number one.")
    clock(100)
    assert CliRunner().invoke(main, ["--quiet"]).exit_code == 0
    shutil.copytree(released, tmp_path / "elsewhere")
    packages = []
    for folder, day in ((released, 1), (tmp_path / "elsewhere", 30)):
        monkeypatch.chdir(folder)
        clock(day * 86_400)
        assert release("1.1.0").exit_code == 0
        packages.append(SECOND.read_bytes())
    assert packages[0] == packages[1]


def test_a_released_deck_builds_the_release(released: Path) -> None:
    """Who checks a release out and builds it gets its bytes; what is edited is told apart."""
    package = FIRST.read_bytes()
    FIRST.unlink()
    assert CliRunner().invoke(main, ["--quiet", "--locked"]).exit_code == 0
    assert FIRST.read_bytes() == package
    edit("Yes, one.", "Yes, number one.")
    assert "dist/demo-1.0.0+working.apkg" in CliRunner().invoke(main, []).stdout
    assert FIRST.read_bytes() == package
    with open_collection(released / "anki") as collection:
        import_package(collection, Path("dist/demo-1.0.0+working.apkg"))
        deck = collection.decks.by_name("Demo")
        assert deck
        assert deck["desc"] == "A deck for tests.\n\ndemo 1.0.0+working"
    output = CliRunner().invoke(main, ["diff", "released", "dist/demo-1.0.0+working.apkg"]).stdout
    assert output.splitlines()[1] == "1 with another answer, 2 unchanged"


def test_no_build_is_written_over_a_release(released: Path) -> None:
    """A release stays what learners have, whatever name a build is given."""
    package = FIRST.read_bytes()
    edit("Yes, one.", "Yes, number one.")
    done = CliRunner().invoke(main, ["--output", str(FIRST)])
    assert (done.exit_code, without_counts(done.stderr)) == (
        1,
        f"{FIRST}: is a release, and this build is another one: name another file by --output\n",
    )
    assert FIRST.read_bytes() == package
    shutil.copy(FIRST, "copy.apkg")
    assert CliRunner().invoke(main, ["--output", "copy.apkg"]).exit_code == 1
    assert Path("copy.apkg").read_bytes() == package


@pytest.mark.parametrize("command", [["verify"], ["diff"], ["verify", "released", "working"]])
def test_a_release_that_is_not_there_is_not_passed_over(command: list[str], released: Path) -> None:
    """What is compared with the last release is compared with that, or not at all."""
    edit("Yes, one.", "Yes, number one.")
    release("1.1.0")
    SECOND.write_bytes(b"junk")
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{SECOND}: is not the package that was released as 1.1.0: ")


def test_a_look_changes_without_a_note(released: Path) -> None:
    """A description alone is a correction; no note gets a new date for it."""
    before = lock().notes
    edit("A deck for tests.", "A deck for better tests.", "source/deck.toml")
    assert release().stdout.startswith("patch: the deck's page says something else\n")
    assert lock().notes == before


def test_the_case_of_a_tag_is_no_news(released: Path, clock: Callable[[int], None]) -> None:
    """Anki keeps a learner's spelling, so that nothing is to be released, nor in the way of it."""
    clock(100)
    edit("id=one", 'id=one tags="Odd"')
    assert release().exit_code == 0
    edit('"Odd"', '"odd"')
    assert refusal() == ".: nothing has changed since 1.0.1: there is nothing to release\n"
    clock(200)
    edit("Yes, one.", "Yes, number one.")
    done = release()
    assert (done.stderr, done.stdout[:24]) == ("", "patch: 1 note corrected\n")
    assert "Tags" not in Path("dist/demo-1.0.2.md").read_text()


CHANGES: dict[str, tuple[str, str, str]] = {
    "an answer": ("Yes, one.", "Yes, number one.", "patch: 1 note corrected\n"),
    "a question": ("Two?", "Is it two?", "patch: 1 note corrected\n"),
    "a new note": ("3. The", "4. Four?\n\n   Yes.\n\n3. The", "minor: 1 note added\n"),
    "a note that is gone": (
        "2. Two? <!-- id=two -->\n\n   Yes, two.\n\n",
        "",
        "minor: 1 note retired\n",
    ),
    "a new cloze": ("the ==dog==", "the ==dog== ==barks==", "minor: 1 note with new cards\n"),
    "a cloze that is corrected": ("==cat==", "==elephant==", "patch: 1 note corrected\n"),
    "a typo in a cloze": ("==cat==", "==cats==", "patch: 1 note corrected\n"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_version_follows_from_what_changed(name: str, released: Path) -> None:
    """Corrections raise the last number, notes that come or go the second one."""
    old, new, reason = CHANGES[name]
    edit(old, new)
    done = release("--dry-run")
    assert (done.stderr, done.exit_code) == ("", 0)
    assert done.stdout.startswith(reason)
    version = "1.0.1" if reason.startswith("patch") else "1.1.0"
    assert f"\n# Demo {version}\n" in done.stdout


def test_a_deck_that_is_renamed_is_told(released: Path) -> None:
    """Learners rename it first, or their cards stay in the old deck: no small matter."""
    edit('"Demo"', '"Demos"', "source/deck.toml")
    assert CliRunner().invoke(main, ["--quiet", "--allow-deck-rename"]).exit_code == 0
    reason = 'the deck "Demo" is called "Demos": rename it in Anki before you import'
    assert release("--dry-run").stdout.startswith(f"major: {reason}\n")


LOSSES: dict[str, tuple[str, str, str]] = {
    "a cloze is gone": (
        "the ==dog==",
        "the dog",
        "major: 1 note that has lost a card (Tools > Empty Cards removes it)\n",
    ),
    "a note is another one": (
        "Two? <!-- id=two -->",
        "Two? <!-- id=other kind=reversed -->",
        "major: 1 note made anew, so that learners start anew\n",
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_release_that_costs_progress_must_say_so(name: str, released: Path) -> None:
    """What a learner could lose makes a major release, which tells them."""
    old, new, reason = LOSSES[name]
    edit(old, new)
    assert "1.1.0 is less than is due: 2.0.0, " in refusal("1.1.0")
    done = release()
    assert done.exit_code == 0
    assert done.stdout.startswith(reason)
    notes = Path("dist/demo-2.0.0.md").read_text()
    assert f"> You may lose progress: {reason.partition(': ')[2].strip()}. Make a" in notes


def test_a_version_that_promises_too_much_is_told(released: Path) -> None:
    """New notes in a patch are no loss, but not what learners expect of one."""
    Path("source/notes.md").write_text(NOTES + FOUR)
    expected = "version: warning: 1.0.1 is less than is due: 1.1.0, 1 note added\n"
    assert refusal("patch") == expected + NO_WARNINGS
    done = release("patch", "--allow-warnings")
    assert (without_counts(done.stderr), done.exit_code) == (expected, 0)


def test_a_patch_can_follow_a_major_release(released: Path) -> None:
    """Learners of 1.0.0 were told of their loss by 2.0.0; it is nothing that 2.0.1 costs them."""
    edit("the ==dog==", "the dog")
    assert release().exit_code == 0
    edit("Yes, one.", "Yes, number one.")
    done = release()
    assert (done.stderr, done.exit_code) == ("", 0)
    assert lock().releases[-1].version == "2.0.1"
    assert CliRunner().invoke(main, ["verify"]).exit_code == 0


def test_notes_that_move_into_subdecks_are_no_new_deck(released: Path) -> None:
    """Cards stay where they are; the deck itself has its name."""
    edit('"A deck for tests."', '"A deck for tests."\nsubdecks = "files"', "source/deck.toml")
    assert release("--dry-run").stdout.startswith("minor: 3 notes in another deck\n")


def test_a_dry_run_writes_nothing(released: Path) -> None:
    """What would be written is shown, notes and all, and can be thought over."""
    edit("Yes, one.", "Yes, number one.")
    before = snapshot(released)
    done = release("--dry-run")
    assert done.exit_code == 0
    assert snapshot(released) == before
    assert "### Answer changed" in done.stdout
    assert "demo-1.0.0.apkg`: 0 new, 1 updated, 2 untouched" in done.stdout
    assert [line for line in done.stdout.splitlines() if "would be written" in line] == [
        line for line in done.stdout.splitlines() if re.match(r"(dist|source|CHANGELOG)\S+  ", line)
    ]


def test_the_author_has_the_first_word(released: Path) -> None:
    """What stands under Unreleased opens the section of the release, and its notes."""
    text = Path("CHANGELOG.md").read_text()
    Path("CHANGELOG.md").write_text(
        text.replace("## 1.0", "## Unreleased\n\nThanks to B.\n\n## 1.0")
    )
    edit("Yes, one.", "Yes, number one.")
    assert release().exit_code == 0
    changelog = Path("CHANGELOG.md").read_text()
    assert re.search(
        r"\n## 1\.0\.1, \d{4}-\d\d-\d\d\n\n"
        r"Thanks to B\.\n\n<!-- computed -->\n\n### Answer changed\n",
        changelog,
    )
    assert "Unreleased" not in changelog
    assert changelog.count("\n## ") == 2
    assert Path("dist/demo-1.0.1.md").read_text().startswith("# Demo 1.0.1\n\nThanks to B.\n\n###")
    assert 'version = "1.0.1"' in Path("source/deck.toml").read_text()


def test_a_changelog_may_lie_beside_the_packages(released: Path) -> None:
    """Where the project has a changelog of its own, that of the deck is written in dist/."""
    Path("CHANGELOG.md").rename("dist/CHANGELOG.md")
    Path("CHANGELOG.md").write_text("# What the program does\n")
    edit("Yes, one.", "Yes, number one.")
    assert release().exit_code == 0
    assert "\n## 1.0.1, 20" in Path("dist/CHANGELOG.md").read_text()
    assert Path("CHANGELOG.md").read_text() == "# What the program does\n"


def test_a_changelog_outside_of_the_project_is_not_the_decks(
    released: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A link that leads out is neither followed nor replaced: the usual file is written."""
    diary = tmp_path_factory.mktemp("private") / "diary.md"
    diary.write_text("## Unreleased\n\nA secret.\n")
    Path("dist/CHANGELOG.md").symlink_to(diary)
    edit("Yes, one.", "Yes, number one.")
    assert "A secret" not in release().stdout
    assert "\n## 1.0.1, 20" in Path("CHANGELOG.md").read_text()
    assert diary.read_text() == "## Unreleased\n\nA secret.\n"


def test_a_changelog_of_windows_stays_one(released: Path) -> None:
    """Its lines end as they did."""
    text = Path("CHANGELOG.md").read_text()
    Path("CHANGELOG.md").write_bytes(text.replace("\n", "\r\n").encode())
    edit("Yes, one.", "Yes, number one.")
    assert release().exit_code == 0
    changelog = Path("CHANGELOG.md").read_bytes()
    assert changelog.count(b"\n") == changelog.count(b"\r\n") > 8


def test_a_retired_note_can_be_found_and_come_back(released: Path) -> None:
    """The notes of the release say how to find it; a later one brings it as new, with its GUID."""
    guids = {note.id: note.guid for note in lock().notes}
    gone = "2. Two? <!-- id=two -->\n\n   Yes, two.\n\n"
    edit(gone, "")
    assert release().exit_code == 0
    assert '("ID:two") "note:demo\\: *"' in Path("dist/demo-1.1.0.md").read_text()
    assert {note.id: note.retired for note in lock().notes}["two"] == "1.1.0"
    edit("3. The", gone + "3. The")
    assert release().stdout.startswith("minor: 1 note added\n")
    assert {note.id: note.guid for note in lock().notes} == guids
    assert {note.id: note.added for note in lock().notes}["two"] == "1.2.0"


def test_only_what_learners_have_is_retired(released: Path) -> None:
    """A note that no release had leaves nothing behind that learners should look for."""
    Path("source/notes.md").write_text(NOTES + FOUR)
    assert CliRunner().invoke(main, ["--quiet"]).exit_code == 0
    Path("source/notes.md").write_text(NOTES.partition("\n3. ")[0])
    output = CliRunner().invoke(main, []).stdout
    assert '("ID:animals") "note:demo' in output


def test_a_lost_lock_comes_back_with_its_releases(released: Path) -> None:
    """A package that has its checksum beside it is known to be one that learners have."""
    edit("Yes, one.", "Yes, number one.")
    release("1.1.0")
    before = Path("source/deck.lock").read_text()
    Path("source/deck.lock").unlink()
    done = CliRunner().invoke(main, ["--rebuild-lock", str(SECOND)])
    assert done.exit_code == 0
    assert Path("source/deck.lock").read_text() == before


def test_an_older_lock_is_released_as_a_first_release(released: Path) -> None:
    """Where nobody knows of a release, there is none to compare with."""
    text = Path("source/deck.lock").read_text()
    kept = [line for line in text.splitlines() if '"contents"' not in line]
    Path("source/deck.lock").write_text("\n".join(kept) + "\n")
    shutil.rmtree("dist")
    assert release().stdout.endswith("1.0.0 is released: commit it, and tag it v1.0.0\n")


@pytest.mark.parametrize(("after", "wish"), [(2, ""), (6, "1.1.0")])
def test_a_release_that_was_cut_short_can_be_made_again(
    after: int,
    wish: str,
    released: Path,
    clock: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever it was cut, the same command makes it whole, with the same bytes."""
    edit("Yes, one.", "Yes, number one.")
    clock(100)
    assert CliRunner().invoke(main, ["--quiet"]).exit_code == 0
    in_git()
    replaced = []
    replace = Path.replace

    def cut_short(path: Path, target: Path) -> Path:
        replaced.append(target)
        if len(replaced) == after:
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut_short)
        assert release(*wish.split()).exit_code == 1
    assert len(replaced) == after
    clock(5000)
    assert release(*wish.split()).exit_code == 0
    whole = snapshot(released)
    version = lock().releases[-1].version
    assert version == (wish or "1.0.1")
    assert release(version).stdout == f"{version} is released, and all of it is there\n"
    assert snapshot(released) == whole
    assert {file.suffix for file in Path("dist").iterdir()} == {".apkg", ".sha256", ".md"}
    assert [entry.version for entry in lock().releases] == ["1.0.0", version]
    assert Path("CHANGELOG.md").read_text().count("\n## ") == 2


def test_a_release_without_its_checksum_is_completed_first(released: Path) -> None:
    """Who said no version need not know which one it was that was cut short."""
    whole = snapshot(released)
    Path(f"{FIRST}.sha256").unlink()
    assert "dist/demo-1.0.0.apkg.sha256  0.1 kB\n1.0.0 is released: " in release().stdout
    assert snapshot(released) == whole


def in_git() -> None:
    """Commit the current folder."""
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *identity, *arguments], check=True)


def commit_and_edit() -> None:
    """Commit the project, and build what is edited then."""
    in_git()
    edit("Yes, one.", "Yes, number one.")
    CliRunner().invoke(main, ["--quiet"])


def edit_and_leave_a_conflict() -> None:
    """Leave in the changelog what git does where two branches were released."""
    edit("Yes, one.", "Yes, number one.")
    text = "# C\n\n<<<<<<< HEAD\n## 1.0.0\n=======\n## 0.9.0\n>>>>>>> two\n"
    Path("CHANGELOG.md").write_text(text)


def edit_and_spoil_the_changelog() -> None:
    """Put a byte into the changelog that no UTF-8 text has."""
    edit("Yes, one.", "Yes, number one.")
    Path("CHANGELOG.md").write_bytes(b"# \xff")


REFUSALS: dict[str, tuple[Callable[[], object], tuple[str, ...], str]] = {
    "nothing changed": (
        lambda: None,
        (),
        ".: nothing has changed since 1.0.0: there is nothing to release\n",
    ),
    "an error": (
        lambda: edit("Yes, one.", "Yes, $\\rfloo$."),
        (),
        "source/notes.md:3:10: formula: undefined control sequence \\rfloo. Did you mean "
        "\\rfloor?\n"
        "    \\rfloo\n    ^\n",
    ),
    "a warning": (
        lambda: edit("   Yes, one.", ""),
        (),
        "source/notes.md:1: warning: question has no answer: it is left out of the deck\n"
        + NO_WARNINGS,
    ),
    "a version that goes backwards": (
        lambda: edit("Yes, one.", "Yes, number one."),
        ("0.9.0",),
        "version: 0.9.0 goes backwards, 1.0.0 is released: say 1.0.1\n",
    ),
    "a version that is taken": (
        lambda: edit("Yes, one.", "Yes, number one."),
        ("1.0.0",),
        "version: 1.0.0 is released, and the deck has changed: say a higher version\n",
    ),
    "a slip": (
        lambda: edit("Yes, one.", "Yes, number one."),
        ("mayor",),
        'version: "mayor" is no version, did you mean "major"?\n',
    ),
    "no version at all": (
        lambda: edit("Yes, one.", "Yes, number one."),
        ("next",),
        'version: "next" is no version: say 1.2.3, major, minor or patch\n',
    ),
    "a release that is not there": (
        FIRST.unlink,
        ("1.1.0",),
        f"{FIRST}: is not there, though it was released: restore it (git checkout -- {FIRST}), "
        "since releases are compared with it\n",
    ),
    "a release that is another one": (
        lambda: FIRST.write_bytes(b"PK"),
        ("1.1.0",),
        f"{FIRST}: is not the package that was released as 1.0.0: restore it (git checkout -- "
        f"{FIRST}), since releases are compared with it\n",
    ),
    "a lock that git does not have": (
        commit_and_edit,
        (),
        "source/deck.lock: has changes that git does not have: commit it before the release\n",
    ),
    "a changelog that is not UTF-8": (
        edit_and_spoil_the_changelog,
        (),
        "CHANGELOG.md: not UTF-8 (byte 3): save the file as UTF-8\n",
    ),
    "a changelog with a conflict": (
        edit_and_leave_a_conflict,
        (),
        "CHANGELOG.md:3: a git merge left a conflict: keep the lines that are right, and remove "
        "those with <<<<<<<, =======, >>>>>>>\n",
    ),
    "an older deck.toml": (
        lambda: edit('"1.0.0"', '"0.9.0"', "source/deck.toml"),
        (),
        "source/deck.toml: version 0.9.0 goes backwards, 1.0.0 is released: write that again\n",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_release_that_cannot_be_is_refused(name: str, released: Path) -> None:
    """Nothing is written, and the message says what is to be done."""
    spoil, arguments, message = REFUSALS[name]
    spoil()
    assert refusal(*arguments) == message


def test_a_release_is_not_dated_in_the_future(released: Path, clock: Callable[[int], None]) -> None:
    """One build by a fast clock does not make all that is released then newer than any edit."""
    edit("Yes, two.", "Yes, number two.")
    clock(86_400)
    assert CliRunner().invoke(main, ["--quiet"]).exit_code == 0
    edit("Yes, one.", "Yes, number one.")
    clock(1000)
    warned = (
        "source/deck.lock: warning: has changes of 2026-09-22 14:13 UTC that no release has, and "
        "this computer's clock says 2026-09-21 14:30 UTC: they are dated by this one; if it is "
        "wrong, set it right\n"
    )
    assert refusal() == warned + NO_WARNINGS
    assert without_counts(CliRunner().invoke(main, ["--quiet"]).stderr) == warned
    assert {note.mod for note in lock().notes} == {NOON, NOON + 1000}
    assert CliRunner().invoke(main, ["--quiet"]).stderr == ""
    assert release().exit_code == 0
    assert max(note.mod for note in lock().notes) == NOON + 1001


def test_a_first_release_is_not_dated_in_the_future(
    project: Path, clock: Callable[[int], None]
) -> None:
    """Where nobody can tell which builds learners have, no date is taken back."""
    clock(86_400)
    assert CliRunner().invoke(main, ["--quiet"]).exit_code == 0
    clock(1000)
    assert refusal() == (
        "source/deck.lock: would date the release 2026-09-22 14:13 UTC, and this computer's clock "
        "says 2026-09-21 14:30 UTC: set it right; if it is right, release after that date, or "
        "restore the lock from before it\n"
    )


def test_a_part_needs_a_release_to_count_from(project: Path) -> None:
    """The first release says its version, or deck.toml does."""
    message = 'version: nothing is released yet that "minor" could count from: say 1.0.0\n'
    assert refusal("minor") == message


def test_another_branchs_release_is_not_written_over(released: Path) -> None:
    """A version that somebody released, and this lock does not know, stays what it is."""
    theirs = Path("dist/demo-1.1.0.apkg")
    theirs.write_bytes(b"another package")
    done = subprocess.run(["sha256sum", theirs.name], cwd="dist", capture_output=True, check=True)
    Path("dist/demo-1.1.0.apkg.sha256").write_bytes(done.stdout)
    edit("Yes, one.", "Yes, number one.")
    assert refusal("1.1.0") == (
        f"{theirs}: is a release with other bytes, which the lock does not know: take a higher "
        "version; if nobody has it, remove it\n"
    )


def test_a_build_of_that_name_is_no_release(released: Path) -> None:
    """A package without its checksum is a build, and gives way to the release."""
    edit("Yes, one.", "Yes, number two.")
    assert CliRunner().invoke(main, ["--output", str(SECOND)]).exit_code == 0
    build = SECOND.read_bytes()
    edit("Yes, number two.", "Yes, number one.")
    assert release("1.1.0").exit_code == 0
    assert SECOND.read_bytes() != build


def test_warnings_can_be_lived_with(released: Path) -> None:
    """A deck that has known warnings is released if its author says so."""
    edit("   Yes, one.", "")
    done = release("--allow-warnings")
    assert done.exit_code == 0
    assert without_counts(done.stderr) == (
        "source/notes.md:1: warning: question has no answer: it is left out of the deck\n"
    )


def test_no_release_runs_scripts_unless_the_deck_allows_it(released: Path) -> None:
    """Who reviews the deck on GitHub sees nothing of a script that would run on every card."""
    edit("Yes, one.", 'Yes, <b onclick="count()">one</b>.')
    remedy = "remove it, or allow it by [html] scripts = true in deck.toml"
    message = f"onclick runs a script: {remedy}\n"
    assert refusal() == f"source/notes.md:3:9: {message}"
    done = release("--allow-warnings")
    assert (done.exit_code, without_counts(done.stderr)) == (1, f"source/notes.md:3:9: {message}")
    built = CliRunner().invoke(main, ["build", "--quiet"])
    assert (built.exit_code, without_counts(built.stderr)) == (
        0,
        f"source/notes.md:3:9: warning: {message}",
    )
    settings = Path("source/deck.toml")
    settings.write_text(settings.read_text() + "\n[html]\nscripts = true\n")
    line = len(settings.read_text().splitlines())
    done = release()
    assert done.exit_code == 0
    assert without_counts(done.stderr) == (
        f"source/deck.toml:{line}: hint: notes run scripts or use the network, as this allows, "
        "in 1 place, the first is source/notes.md:3:9\n"
    )


def test_an_earlier_release_that_is_gone_is_told(released: Path) -> None:
    """Only the last release must be there; of others it is told that they were not rehearsed."""
    edit("Yes, one.", "Yes, number one.")
    assert release().exit_code == 0
    FIRST.unlink()
    edit("Yes, two.", "Yes, number two.")
    start = f"{FIRST}: warning: is not there, though it was released: "
    assert refusal().startswith(start)
    done = release("--allow-warnings")
    assert done.exit_code == 0
    assert done.stderr.startswith(start)
    assert "demo-1.0.1.apkg`: 0 new, 1 updated" in Path("dist/demo-1.0.2.md").read_text()


SETTINGS = {
    '[deck]\nversion = "1.0.0" # now\nid="x"\n': '[deck]\nversion = "2.0.0" # now\nid="x"\n',
    '[deck]\r\nversion = "1.0.0"\r\n[terms]\r\n': '[deck]\r\nversion = "2.0.0"\r\n[terms]\r\n',
    '# version = 0\ndeck = {version = "1.0.0"}\n': '# version = 0\ndeck = {version = "2.0.0"}\n',
}


@pytest.mark.parametrize("before", SETTINGS)
def test_only_the_version_of_deck_toml_changes(before: str) -> None:
    """Comments, order and line ends are the author's."""
    assert with_version(before, "2.0.0") == SETTINGS[before]


CHANGELOGS: Mapping[str, tuple[str, str]] = {
    "none": ("", "# Changelog\n\n{}\n"),
    "a title": ("# Changes\n\nHello.\n", "# Changes\n\nHello.\n\n{}\n"),
    "an older section": ("# C\n\n## 0.9.0\n\n- a\n", "# C\n\n{}\n\n## 0.9.0\n\n- a\n"),
    "its own section": ("# C\n\n## 1.0.0\n\n## 0.9.0\n", "# C\n\n{}\n\n## 0.9.0\n"),
    "keep a changelog": (
        "# C\n\n## [Unreleased]\n\n## [0.9.0] - 2026-01-01\n",
        "# C\n\n{}\n\n## [0.9.0] - 2026-01-01\n",
    ),
    "an earlier try": (
        "# C\n\n## 1.0.0, 2026-01-01\n\n<!-- computed -->\n\n- old\n",
        "# C\n\n{}\n",
    ),
}


@pytest.mark.parametrize("name", CHANGELOGS)
def test_a_changelog_gets_the_section(name: str) -> None:
    """The newest stands first, below the title; what is there already is kept, or replaced."""
    before, after = CHANGELOGS[name]
    section = "## 1.0.0, 2026-02-02\n\n<!-- computed -->\n\n- new"
    assert with_release(before, "1.0.0", "2026-02-02", "- new\n") == after.format(section)
    again = with_release(after.format(section), "1.0.0", "2026-02-02", "- new\n")
    assert again == after.format(section)


def test_what_the_author_wrote_is_found_again() -> None:
    """Text above the mark is the author's, text below it is computed anew."""
    text = "## 1.0.0 – tomorrow\n\nHello.\n\n- b\n"
    section = with_release(text, "1.0.0", "2026-02-02", "- new\n")
    assert written_for(section, "1.0.0") == "Hello.\n\n- b"
    assert written_for(section, "1.0.1") == ""


def test_no_difference_is_a_patch() -> None:
    """A package in which nothing differs costs nobody anything."""
    assert suggest_bump(Diff()).part == "patch"
