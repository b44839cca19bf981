"""deck.lock as a file: kept in git, merged, edited by hand, damaged, lost, and from other days."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import DeckError
from deckpress.lock import Lock, LockedNote, LockedNoteType, Release, digest_note_in_form_1
from deckpress.lock.dates import format_date
from deckpress.lock.lock_file import format_lock, read_lock
from deckpress.notes import Kind
from deckpress.pipeline import build as build_package
from deckpress.pipeline.prepare import prepare
from deckpress.project.names import Version, read_version
from deckpress.project.opening import open_project
from tests.support.commands import run, without_counts
from tests.support.locks import EMPTY, build, write_list
from tests.support.projects import DECK_TOML, NOON, config, snapshot, write

LOCK = "source/deck.lock"
MARKDOWN = "source/notes.md"
RESTORE = (
    "restore the file with git, or from a package built with it by --rebuild-lock FROM.apkg, "
    "since learners' progress hangs on it"
)
"""What every message about a damaged lock says to do."""
WOULD_CHANGE = f"{LOCK}: would change: build without --locked, and commit it\n"
NOTES = """\
1. One?

   Yes, one.

2. 什么是 LSTM？ <!-- id=lstm -->

   有三个门的循环网络。

3. The ==cat== and the ==dog==. <!-- id=animals -->
"""
"""Two notes of one kind, and one of another: lines 4 to 6 of the lock, below two note types."""


@dataclass
class Clock:
    """What the computer takes for the time."""

    now: int = NOON


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until a test sets it."""
    clock = Clock()
    monkeypatch.setattr("time.time", lambda: clock.now)
    return clock


@pytest.fixture
def built(project: Path, clock: Clock) -> Path:
    """A project that was built at noon."""
    (project / MARKDOWN).write_text(NOTES)
    assert run("--quiet").exit_code == 0
    return project


def lines_of(project: Path) -> list[str]:
    """Return the lines of a project's lock."""
    return (project / LOCK).read_text(encoding="utf-8").splitlines()


def entries_in(project: Path) -> dict[str, LockedNote]:
    """Return the notes of a project's lock by their GUIDs."""
    return {entry.guid: entry for entry in read_lock(project / LOCK, "demo", 0).notes}


def summary_of(result: Result) -> str:
    """Return what a build without a problem says of its notes: `1 new, 0 changed, 2 unchanged`."""
    assert (result.exit_code, result.stderr) == (0, "")
    match = re.search(r"\((\d+ new, \d+ changed, \d+ unchanged)\)", result.stdout)
    assert match
    return match.group(1)


def edit_lock(project: Path, edit: Callable[[str], str]) -> None:
    """Change the text of a project's lock."""
    path = project / LOCK
    path.write_bytes(edit(path.read_bytes().decode()).encode())


def test_the_file_is_one_line_a_note_in_a_fixed_order() -> None:
    """The file reads the same whatever the order of the notes, so that git merges it by lines."""
    lock = build(EMPTY, write_list(("A?", "1"), ("什么？", "2")))
    turned = build(EMPTY, write_list(("什么？", "2"), ("A?", "1")))
    lines = format_lock(lock).splitlines()
    assert format_lock(turned).splitlines() == lines
    assert json.loads(lines[0]) == {
        "deckpress_lock": 3,
        "deck": "demo",
        "name": "Demo",
        "created": NOON,
    }
    assert len(lines) == 3
    assert any('"question": "什么？"' in line for line in lines)


def test_a_line_says_what_there_is_to_say(built: Path) -> None:
    """A reader of the diff finds the question in its own letters, and no empty values."""
    rows = [json.loads(line) for line in lines_of(built)]
    named = next(row for row in rows if row.get("id") == "lstm")
    assert named["question"] == "什么是 LSTM？"
    assert list(named) == (["guid", "id", "kind", "question", "answer", "fields", "mod", "file"])
    assert [row.get("note_type") for row in rows] == [None, "basic", "cloze", None, None, None]
    assert [row["guid"] for row in rows[3:]] == sorted(row["guid"] for row in rows[3:])


TEXTS = st.text(max_size=8)
NAMES = st.text(min_size=1, max_size=8)
NUMBERS = st.integers(min_value=1, max_value=2**50)
DATES = st.integers(min_value=10**9, max_value=2**33)
CLOZES = st.dictionaries(st.integers(1, 250).map(str), TEXTS, max_size=2)
GONE_CLOZES = st.dictionaries(st.integers(251, 500).map(str), TEXTS, max_size=2)
VERSIONS = st.sampled_from(["", "1.0.0", "1.10.0"])
IDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)
NOTE_ENTRIES = st.builds(
    LockedNote,
    guid=NAMES,
    id=IDS,
    kind=st.sampled_from([kind.value for kind in Kind]),
    question=NAMES,
    answer=st.just("") | st.text("0123456789abcdef", min_size=16, max_size=16),
    fields=NAMES,
    mod=DATES,
    added=VERSIONS,
    changed=VERSIONS,
    released=TEXTS,
    released_mod=st.just(0) | DATES,
    file=TEXTS,
    deck=TEXTS,
    clozes=CLOZES,
    gone_clozes=GONE_CLOZES,
    key=TEXTS,
    retired=TEXTS,
)
TYPE_ENTRIES = st.builds(
    LockedNoteType,
    note_type=st.sampled_from([kind.value for kind in Kind]),
    id=NUMBERS,
    fields=st.dictionaries(NAMES, NUMBERS, max_size=3),
    templates=st.dictionaries(NAMES, NUMBERS, max_size=3),
    sort_field=st.integers(0, 3),
    is_cloze=st.booleans(),
    style=TEXTS,
    mod=DATES,
)
RELEASES = st.builds(
    Release,
    version=st.builds(Version, *[st.integers(0, 20)] * 3).map(str),
    sha256=TEXTS,
    contents=TEXTS,
)
LOCKS = st.builds(
    Lock,
    deck=st.just("demo"),
    created=DATES,
    name=TEXTS,
    note_types=st.lists(
        TYPE_ENTRIES, max_size=3, unique_by=lambda note_type: note_type.note_type
    ).map(tuple),
    notes=st.lists(
        NOTE_ENTRIES, max_size=4, unique_by=(lambda note: note.guid, lambda note: note.id)
    ).map(tuple),
    releases=st.lists(RELEASES, max_size=3, unique_by=lambda release: release.version).map(
        lambda some: tuple(sorted(some, key=lambda release: read_version(release.version)))
    ),
)


@settings(max_examples=60)
@given(LOCKS)
def test_the_file_holds_the_whole_lock(lock: Lock) -> None:
    """What is written is what is read, whatever letters are in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.lock"
        path.write_text(format_lock(lock), encoding="utf-8", newline="")
        read = read_lock(path, "demo", NOON)
    assert (read.created, read.name, read.releases) == (lock.created, lock.name, lock.releases)
    assert {*map(repr, read.notes)} == {*map(repr, lock.notes)}
    assert {*map(repr, read.note_types)} == {*map(repr, lock.note_types)}
    assert format_lock(read) == format_lock(lock)


def write_form_1(project: Path) -> None:
    """Turn a project's lock into the one that the first form of the file would have been."""
    opened, diagnostics = open_project(project)
    prepared = prepare(opened, diagnostics, NOON)
    rows: list[dict[str, Any]] = [{"deckpress_lock": 1, "deck": "demo", "created": NOON}]
    for kind in ("basic", "cloze"):
        name = {"note_type": kind, "schema": "0123456789abcdef"}
        rows.append({**name, "style": "fedcba9876543210", "mod": NOON})
    for note in prepared.notes:
        entry = entries_in(project)[note.guid]._asdict()
        row = {name: entry[name] for name in ("guid", "id", "kind", "question")}
        fields = dict(zip((name for name, _ in note.note_type.fields), note.fields, strict=True))
        row |= {"answer": "0011223344556677", "fields": digest_note_in_form_1(fields, note.tags)}
        rows.append(
            row | {name: entry[name] for name in ("mod",)} | {"added": "1.0.0", "changed": "1.0.0"}
        )
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (project / LOCK).write_text(text)


def test_a_lock_of_the_first_form_is_taken_over(built: Path, clock: Clock) -> None:
    """Every note keeps its GUID and its date, and from then on the lock knows all it should."""
    before = lines_of(built)
    write_form_1(built)
    clock.now += 60
    assert summary_of(run()) == "0 new, 0 changed, 3 unchanged"
    after = lines_of(built)
    assert json.loads(after[0])["deckpress_lock"] == 3
    assert after[3:] == before[3:]
    clock.now += 60
    assert summary_of(run("--locked")) == "0 new, 0 changed, 3 unchanged"


def test_an_edit_with_a_lock_of_the_first_form_is_dated(built: Path, clock: Clock) -> None:
    """A note that was edited since gets a later date and keeps its GUID; the others stay as old."""
    before = entries_in(built)
    write_form_1(built)
    clock.now += 60
    (built / MARKDOWN).write_text(NOTES.replace("Yes, one", "Only one"))
    assert summary_of(run()) == "0 new, 1 changed, 2 unchanged"
    after = entries_in(built)
    rise = {entry.question: after[guid].mod - entry.mod for guid, entry in before.items()}
    assert rise == {"One?": 60, "什么是 LSTM？": 0, "The cat and the dog.": 0}


ACCEPTED: dict[str, Callable[[str], str]] = {
    "a byte order mark": lambda text: "\ufeff" + text,
    "line ends of Windows": lambda text: text.replace("\n", "\r\n"),
    "blank lines": lambda text: text.replace("\n", "\n\n  \n"),
    "spaces at the ends of lines": lambda text: text.replace("\n", " \t\n"),
    "spaces at the beginnings of lines": lambda text: text.replace("\n{", "\n  {"),
    "no line end at the end": str.rstrip,
    "lines in another order": lambda text: "".join(
        [*text.splitlines(keepends=True)[:1], *text.splitlines(keepends=True)[:0:-1]]
    ),
    "every line doubled": lambda text: text + text,
    "letters written as numbers": lambda text: text.replace("什", "\\u4ec0"),
    "no name in the first line": lambda text: text.replace('"name": "Demo", ', ""),
    "another name in the first line": lambda text: text.replace("{", '{"seen": 1, ', 1),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_loses_nothing_is_accepted(name: str, built: Path, clock: Clock) -> None:
    """The file means the same however its lines are set; the next build sets them right."""
    before = lines_of(built)
    edit_lock(built, ACCEPTED[name])
    clock.now += 60
    assert summary_of(run()) == "0 new, 0 changed, 3 unchanged"
    assert lines_of(built) == before


def test_a_note_that_lost_its_line_is_the_same_note(built: Path, clock: Clock) -> None:
    """The GUID hangs on the question or id, so that a line lost by mistake costs only its date."""
    before = entries_in(built)
    for _ in range(3):
        clock.now += 60
        edit_lock(built, lambda text: "".join(text.splitlines(keepends=True)[:-1]))
        assert summary_of(run()) == "1 new, 0 changed, 2 unchanged"
    after = entries_in(built)
    assert after.keys() == before.keys()
    assert all(after[guid].mod >= before[guid].mod for guid in before)


def test_a_note_type_that_lost_its_line_is_the_same_note_type(built: Path) -> None:
    """Without its line nothing is known of a note type's parts, and the build writes them anew."""
    before = lines_of(built)
    edit_lock(built, lambda text: re.sub(r'\{"note_type": "basic".*\n', "", text))
    assert summary_of(run()) == "0 new, 0 changed, 3 unchanged"
    assert lines_of(built) == before


def release_line(version: str = "1.0.0", sha256: str = "0") -> str:
    """Return the line of a release in a lock."""
    return json.dumps({"version": version, "sha256": sha256, "contents": "0"}) + "\n"


def test_a_lock_of_the_second_form_is_taken_over(built: Path, clock: Clock) -> None:
    """What it says of versions is not taken for releases, of which that form knew nothing."""
    before = lines_of(built)
    added = '"added": "1.0.0", "changed": "1.0.0", "file"'
    edit_lock(built, lambda text: text.replace('_lock": 3', '_lock": 2').replace('"file"', added))
    clock.now += 60
    assert summary_of(run()) == "0 new, 0 changed, 3 unchanged"
    assert lines_of(built) == before


def refusal(project: Path) -> str:
    """Return what the command says against a lock; nothing is written."""
    before = snapshot(project)
    result = run()
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert snapshot(project) == before
    return without_counts(result.stderr)


WRONG_VALUES: list[tuple[int, str, str]] = [
    *((4, "guid", value) for value in ('""', "1", "null")),
    *((4, "id", value) for value in ('""', "true")),
    *((4, "kind", value) for value in ('"basics"', '""', "1", "null", "[]")),
    *((4, "question", value) for value in ("1", "null", '["One?"]')),
    *((4, "answer", value) for value in ("1", '"no sketch"', "null")),
    (4, "fields", "{}"),
    *((4, "mod", value) for value in ("0", "-1", "true", "1.5", '"1"', "null", "NaN", "1e9")),
    *((4, "mod", value) for value in ("[1]", "1" * 30)),
    *((4, name, "1") for name in ("added", "changed", "file", "deck", "key")),
    *((4, "retired", value) for value in ("true", "null")),
    *((4, "clozes", value) for value in ("[]", '"1"', '{"1": 1}', '{"x": "cat"}', '{"0": "cat"}')),
    *((4, "id", value) for value in ('"\\u0000"', '"a\\u001fb"', '"\\u007f"')),
    *((4, "gone_clozes", value) for value in ("[]", '{"1": null}', '{"one": "cat"}')),
    *((4, name, '"new"') for name in ("colour", "Guid", "note", "")),
    *((2, "note_type", value) for value in ('"basics"', "1", "null")),
    *((2, "id", value) for value in ('"1"', "true", "1.0")),
    *((2, "fields", value) for value in ("[]", '{"Question": "1"}', '{"Question": true}')),
    *((2, "templates", value) for value in ("1", '{"Question": null}')),
    *((2, "sort_field", value) for value in ("false", '"0"')),
    *((2, "is_cloze", value) for value in ("0", '"no"')),
    *((2, "style", "1"), (2, "mod", "0"), (2, "mod", "-1"), (2, "guid", '"x"')),
]


def set_value(project: Path, line: int, name: str, value: str) -> None:
    """Write a value, given as JSON, into a line of a project's lock."""
    rows = lines_of(project)
    row = {key: json.dumps(text) for key, text in json.loads(rows[line - 1]).items()}
    row[name] = value
    rows[line - 1] = "{" + ", ".join(f'"{key}": {text}' for key, text in row.items()) + "}"
    (project / LOCK).write_text("\n".join(rows) + "\n")


@pytest.mark.parametrize(("line", "name", "value"), WRONG_VALUES)
def test_a_value_that_makes_no_sense_is_refused(
    line: int, name: str, value: str, built: Path
) -> None:
    """The message names the line and what to look at in it, and how to get the file back."""
    set_value(built, line, name, value)
    assert refusal(built) == f"{LOCK}:{line}: damaged, look at {name}: {RESTORE}\n"


@pytest.mark.parametrize("line", [2, 3, 4, 5, 6])
def test_a_line_that_lacks_something_is_refused(line: int, built: Path) -> None:
    """Of a line that was cut, and closed again, what is missing is told."""
    rows = lines_of(built)
    names = list(json.loads(rows[line - 1]))
    kept = {name: value for name, value in json.loads(rows[line - 1]).items() if name != "mod"}
    assert "mod" in names
    edit_lock(built, lambda text: text.replace(rows[line - 1], json.dumps(kept)))
    assert refusal(built) == f"{LOCK}:{line}: damaged, look at mod: {RESTORE}\n"


LOST = f"{LOCK}:1: damaged, its first line is lost: {RESTORE}\n"
LOOK = f"{LOCK}:1: damaged, look at its first line: {RESTORE}\n"
NO_JSON = f"damaged, this line is not JSON: {RESTORE}\n"
DAMAGED: dict[str, tuple[Callable[[str], str], str]] = {
    "no first line": (lambda text: text.partition("\n")[2], LOST),
    "a blank first line": (lambda text: "\n" + text, LOST),
    "the first line last": (lambda text: text.partition("\n")[2] + text.partition("\n")[0], LOST),
    "a form in quotes": (lambda text: text.replace('_lock": 3', '_lock": "2"'), LOST),
    "a form that is true": (lambda text: text.replace('_lock": 3', '_lock": true'), LOST),
    "form 0": (lambda text: text.replace('_lock": 3', '_lock": 0'), LOOK),
    "no deck": (lambda text: text.replace('"deck": "demo", ', ""), LOST),
    "a date in quotes": (lambda text: text.replace(f": {NOON}", f': "{NOON}"', 1), LOST),
    "a date of 1969": (lambda text: text.replace(f": {NOON}", ": -1", 1), LOOK),
    "a date beyond all dates": (lambda text: text.replace(f": {NOON}", ": 1" + "0" * 18, 1), LOOK),
    "a name that is none": (lambda text: text.replace('"Demo"', "[]"), LOOK),
    "a later form": (
        lambda text: text.replace('_lock": 3', '_lock": 6'),
        f"{LOCK}:1: written by a later deckpress (form 6): upgrade deckpress\n",
    ),
    "another deck's": (
        lambda text: text.replace('"deck": "demo"', '"deck": "other"'),
        f'{LOCK}:1: belongs to the deck "other", not "demo": a deck\'s id never changes\n',
    ),
    "another deck's first line among the notes": (
        lambda text: text + '{"deckpress_lock": 3, "deck": "other", "created": 1}\n',
        f"{LOCK}:7: damaged, look at deckpress_lock, created, guid, id, kind, question, answer, "
        f"fields, mod: {RESTORE}\n",
    ),
    "another deck's lock below": (
        lambda text: text + text.replace('"demo"', '"other"', 1),
        f"{LOCK}:7: damaged, look at deckpress_lock, name, created, guid, id, kind, question, "
        f"answer, fields, mod: {RESTORE}\n",
    ),
    "half a line": (lambda text: text[: text.rindex("question")], f"{LOCK}:6: {NO_JSON}"),
    "two notes in a line": (lambda text: text.replace("}\n{", "} {"), f"{LOCK}:1: {NO_JSON}"),
    "a list": (lambda text: text + "[]\n", f"{LOCK}:7: {NO_JSON}"),
    "a text": (lambda text: text + '"note"\n', f"{LOCK}:7: {NO_JSON}"),
    "a remark": (lambda text: text + "# note\n", f"{LOCK}:7: {NO_JSON}"),
    "deep nesting": (lambda text: text + "[" * 100_000 + "\n", f"{LOCK}:7: {NO_JSON}"),
    "deep nesting in a note": (
        lambda text: text + '{"guid": ' * 100_000 + "\n",
        f"{LOCK}:7: {NO_JSON}",
    ),
    "a number of 5000 digits": (
        lambda text: text + f'{{"guid": {"1" * 5000}}}\n',
        f"{LOCK}:7: {NO_JSON}",
    ),
    "an empty object": (
        lambda text: text + "{}\n",
        f"{LOCK}:7: damaged, look at guid, id, kind, question, answer, fields, mod: {RESTORE}\n",
    ),
    "a tag's version that is none": (
        lambda text: text.replace('"file"', '"added": "1.0 or so", "file"', 1),
        f"{LOCK}:4: damaged, look at added: {RESTORE}\n",
    ),
    "a date before all dates": (
        lambda text: text.replace('"file"', '"released": "0", "released_mod": -1, "file"', 1),
        f"{LOCK}:4: damaged, look at released_mod: {RESTORE}\n",
    ),
    "a release without its version": (
        lambda text: text + '{"sha256": "0", "contents": "0"}\n',
        f"{LOCK}:7: damaged, look at version: {RESTORE}\n",
    ),
    "a release of no version": (
        lambda text: text + release_line(version="one"),
        f"{LOCK}:7: damaged, look at version: {RESTORE}\n",
    ),
    "one version released twice": (
        lambda text: text + release_line() + release_line(sha256="1"),
        f"{LOCK}:8: a second release 1.0.0 with other bytes: keep the line of the one that "
        "learners have\n",
    ),
    "a version that was released already": (
        lambda text: text + release_line(version="1.10.0") + release_line(version="1.9.0"),
        "source/deck.toml: version 1.0.0 goes backwards, 1.10.0 is released: write that again\n",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused(name: str, built: Path) -> None:
    """A file that cannot be trusted is not built upon, since learners' progress hangs on it."""
    damage, message = DAMAGED[name]
    edit_lock(built, damage)
    assert refusal(built) == message


def test_a_file_that_is_not_utf_8_is_refused(built: Path) -> None:
    """An editor that saved the lock in another encoding is found out."""
    text = (built / LOCK).read_text()
    (built / LOCK).write_bytes(text.encode("gbk"))
    assert refusal(built) == f"{LOCK}: damaged, it is not UTF-8: {RESTORE}\n"


SAME_AS = f"has the guid or id of line 4, which is another note: {RESTORE}\n"


@pytest.mark.parametrize("name", ["guid", "id"])
def test_two_notes_with_one_identity_are_refused(name: str, built: Path) -> None:
    """No merge makes two notes one: a GUID or ID on two notes' lines is a mistake."""
    value = json.dumps(json.loads(lines_of(built)[3])[name])
    set_value(built, 6, name, value)
    assert refusal(built) == f"{LOCK}:6: {SAME_AS}"
    set_value(built, 5, name, value)
    lines = refusal(built).splitlines(keepends=True)
    assert f"{LOCK}:5: {SAME_AS}" in lines
    assert len(lines) == 2


RELEASED = {"changed": "1.1.0", "released": "there", "released_mod": NOON + 100}
RETIRED = {"retired": "1.1.0", "released": "", "released_mod": 0}
KNOWN_BEFORE = {"changed": "1.0.1", "released": "here", "released_mod": NOON}


@pytest.mark.parametrize("is_later_first", [False, True])
@pytest.mark.parametrize("known", [RELEASED, RETIRED])
def test_what_a_branch_released_is_not_forgotten_for_a_later_edit(
    known: dict[str, Any], is_later_first: bool, built: Path
) -> None:
    """A learner of that release gets the merged text, since the next one counts from it."""
    row = {**json.loads(lines_of(built)[3]), **KNOWN_BEFORE}
    released = json.dumps(row | {"fields": "there"} | known)
    edited = json.dumps(row | {"mod": NOON + 500, "fields": "edited"})
    doubled = [edited, released] if is_later_first else [released, edited]
    (built / LOCK).write_text("\n".join([*lines_of(built)[:3], *doubled]) + "\n")
    merged = read_lock(built / LOCK, "demo", NOON).notes[0]._asdict()
    assert {name: merged[name] for name in known} == known
    assert (merged["fields"], merged["mod"]) == ("edited", NOON + 500)


@pytest.mark.parametrize("is_later_first", [False, True])
def test_of_two_lines_the_later_date_counts(is_later_first: bool, built: Path) -> None:
    """A note that two branches changed is on two lines; what learners had last is the later."""
    row = json.loads(lines_of(built)[3])
    later = json.dumps(row | {"mod": NOON + 500, "fields": "another", "changed": "2.0.0"})
    doubled = [later, *lines_of(built)[3:]] if is_later_first else [*lines_of(built)[3:], later]
    (built / LOCK).write_text("\n".join([*lines_of(built)[:3], *doubled]) + "\n")
    assert entries_in(built)[row["guid"]].mod == NOON + 500
    assert summary_of(run()) == "0 new, 1 changed, 2 unchanged"
    assert entries_in(built)[row["guid"]].mod == NOON + 501


def test_of_two_lines_neither_ids_nor_cloze_numbers_are_lost(built: Path, clock: Clock) -> None:
    """What only the earlier line knows stays known: the id, and numbers that cards had."""
    index, row = next(
        (index, json.loads(line)) for index, line in enumerate(lines_of(built)) if "animals" in line
    )
    earlier = json.dumps(row | {"mod": NOON - 9, "key": "zoo", "gone_clozes": {"3": "whale"}})
    edit_lock(built, lambda text: f"{text}{earlier}\n")
    clock.now += 60
    text = NOTES.replace("==dog==. <!-- id=animals -->", "==dog== and a ==cow==. <!-- id=zoo -->")
    write(built, {MARKDOWN: text})
    assert summary_of(run()) == "0 new, 1 changed, 2 unchanged"
    after = json.loads(lines_of(built)[index])
    assert after["clozes"] == {"1": "cat", "2": "dog", "4": "cow"}
    assert after["gone_clozes"] == {"3": "whale"}


CONFLICT = (
    "a git merge left a conflict: remove the lines with <<<<<<<, =======, >>>>>>> and keep all "
    'others (a line "deck.lock merge=union" in .gitattributes lets git do that by itself)\n'
)


@pytest.mark.parametrize(
    ("mark", "line"), [("<<<<<<< HEAD", 4), ("=======", 6), (">>>>>>> b", 7), ("||||||| 1", 1)]
)
def test_a_conflict_is_told(mark: str, line: int, built: Path) -> None:
    """Whichever of git's lines is left, the author is told how to settle the conflict."""
    rows = lines_of(built)
    (built / LOCK).write_text("\n".join([*rows[: line - 1], mark, *rows[line - 1 :]]) + "\n")
    assert refusal(built) == f"{LOCK}:{line}: {CONFLICT}"


SURROGATES = [(4, "question"), (4, "guid"), (4, "id"), (4, "key"), (6, "added"), (2, "style")]


@pytest.mark.parametrize(("line", "name"), SURROGATES)
def test_half_a_letter_does_no_harm(line: int, name: str, built: Path) -> None:
    """JSON can hold half of a letter, which no file can; such a line is refused, or left behind."""
    set_value(built, line, name, '"\\ud83d"')
    result = run()
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code in (0, 1)


def test_a_second_first_line_may_be_cut_short(built: Path) -> None:
    """A doubled first line, as a merge leaves it, is refused where it says too little."""
    edit_lock(built, lambda text: text + '{"deckpress_lock": 3}\n')
    assert refusal(built).startswith(f"{LOCK}:7: damaged, ")


EDITED = """\
1. One, or more?

   Yes, one of them.

2. 什么是 LSTM 网络？ <!-- id=lstm -->

   有三个门的循环网络。其中一个用来遗忘。

3. The ==dogs==, the ==cow==, the ==cat==. <!-- id=animals -->

4. Which note is new?

   This one is new.
"""


@contextmanager
def copy_of(text: str | bytes) -> Iterator[Path]:
    """Run the body with a project whose lock has a text, and whose notes were edited since."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        files = {"source/deck.toml": DECK_TOML, MARKDOWN: EDITED, LOCK: text}
        write(project, files)
        yield project


def build_or_refuse(project: Path) -> None:
    """Build a project; anything but a DeckError is a fault of the program."""
    with suppress(DeckError):
        opened, diagnostics = open_project(project)
        build_package(prepare(opened, diagnostics, NOON + 60), project / "demo.apkg")


@pytest.fixture(scope="module")
def rich_lock() -> str:
    """The text of a lock with all that a lock can hold."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        write(project, {"source/deck.toml": DECK_TOML, MARKDOWN: NOTES + "\n4. Gone?\n\n   Yes.\n"})
        for text in (None, NOTES.replace("One?", "One? <!-- id=one -->"), NOTES, EDITED, NOTES):
            if text:
                (project / MARKDOWN).write_text(text.replace("One, or more?", "One?"))
            opened, diagnostics = open_project(project)
            build_package(prepare(opened, diagnostics, NOON), project / "demo.apkg")
        return (project / LOCK).read_text()


def test_that_lock_holds_all_it_should(rich_lock: str) -> None:
    """The lock that the next tests damage has every kind of line and value."""
    for name in ("clozes", "gone_clozes", "retired", "templates", "answer"):
        assert f'"{name}": ' in rich_lock


SLICES = st.tuples(st.integers(0, 5000), st.integers(0, 40), st.text(max_size=6))


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(SLICES, min_size=1, max_size=3))
def test_damage_is_refused_or_does_no_harm(
    rich_lock: str, damage: list[tuple[int, int, str]]
) -> None:
    """Whatever characters are lost, put in or replaced, the build says so, or it goes on."""
    text = rich_lock
    for index, length, put_in in damage:
        index %= len(text) + 1
        text = text[:index] + put_in + text[index + length :]
    with copy_of(text.encode()) as project:
        build_or_refuse(project)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=3))
def test_damaged_bytes_are_refused_or_do_no_harm(rich_lock: str, index: int, data: bytes) -> None:
    """The same goes for bytes, which may be no letters at all."""
    raw = rich_lock.encode()
    index %= len(raw)
    with copy_of(raw[:index] + data + raw[index + len(data) :]) as project:
        build_or_refuse(project)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_lines_that_come_and_go_are_refused_or_do_no_harm(
    rich_lock: str, data: st.DataObject
) -> None:
    """The same goes for lines that are lost, doubled, or in another order."""
    lines = rich_lock.splitlines(keepends=True)
    chosen = data.draw(st.lists(st.sampled_from(lines), max_size=12))
    with copy_of("".join([*lines[: data.draw(st.integers(0, 1))], *chosen])) as project:
        build_or_refuse(project)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_value_is_refused_or_does_no_harm(rich_lock: str, data: st.DataObject) -> None:
    """The same goes for a value that anyone may write into any place of the file."""
    rows = [json.loads(line) for line in rich_lock.splitlines()]
    row = data.draw(st.sampled_from(rows))
    name = data.draw(st.sampled_from(list(row)))
    inner = row[name] if isinstance(row[name], dict) else {}
    place = data.draw(st.sampled_from([None, *inner]))
    if place is None:
        row[name] = data.draw(ANY_JSON)
    else:
        inner[data.draw(st.just(place) | st.text(max_size=3))] = data.draw(ANY_JSON)
    with copy_of("".join(json.dumps(row) + "\n" for row in rows)) as project:
        build_or_refuse(project)


def test_locked_passes_if_nothing_would_change(built: Path, clock: Clock) -> None:
    """In CI `--locked` builds the project as it was committed, and the lock stays as it is."""
    before = lines_of(built)
    shutil.rmtree(built / "dist")
    clock.now += 60
    assert summary_of(run("--locked")) == "0 new, 0 changed, 3 unchanged"
    assert run("check", "--locked").exit_code == 0
    assert lines_of(built) == before
    edit_lock(built, ACCEPTED["line ends of Windows"])
    assert run("check", "--locked").exit_code == 0


LATER: dict[str, Mapping[str, str]] = {
    "a new note": {MARKDOWN: NOTES + "\n4. Four?\n\n   Yes.\n"},
    "a changed answer": {MARKDOWN: NOTES.replace("Yes, one", "Only one")},
    "a note less": {MARKDOWN: NOTES.partition("3. ")[0]},
    "another tag for all": {"source/deck.toml": config(tags='["new"]')},
    "a new version": {"source/deck.toml": config(version='"1.1.0"')},
}


@pytest.mark.parametrize("name", [name for name in LATER if name != "a new version"])
def test_locked_refuses_what_was_not_built_before_it_was_committed(name: str, built: Path) -> None:
    """Whoever forgot to build and to commit the lock is told so, and nothing is written."""
    write(built, LATER[name])
    before = snapshot(built)
    for command in ("build", "check"):
        result = run(command, "--locked")
        assert (result.exit_code, without_counts(result.stderr), result.stdout) == (
            1,
            WOULD_CHANGE,
            "",
        )
    assert snapshot(built) == before


def test_locked_lets_a_new_version_pass(built: Path) -> None:
    """A version number alone changes no note, and so it does not change the lock."""
    write(built, LATER["a new version"])
    assert summary_of(run("--locked")) == "0 new, 0 changed, 3 unchanged"


def test_locked_refuses_a_missing_lock_and_doubled_lines(built: Path) -> None:
    """The lock has to be there, and as the build itself writes it."""
    edit_lock(built, ACCEPTED["every line doubled"])
    assert without_counts(run("--locked").stderr) == WOULD_CHANGE
    shutil.rmtree(built / "dist")
    (built / LOCK).unlink()
    assert without_counts(run("--locked").stderr) == WOULD_CHANGE
    assert not (built / "dist").exists()


def test_a_lost_lock_is_told(built: Path) -> None:
    """Packages without their lock mean that learners have notes of which nothing is known."""
    (built / LOCK).unlink()
    expected = (
        f"{LOCK}: is lost, though dist/demo-1.0.0.apkg was built with it: restore it with git, or "
        "by --rebuild-lock dist/demo-1.0.0.apkg; if nobody has the deck, remove the package\n"
    )
    assert refusal(built) == expected
    assert without_counts(run("check").stderr) == expected


def test_a_lost_lock_comes_back_with_the_same_notes(built: Path, clock: Clock) -> None:
    """What the message says to do gives every note its GUID and its date again."""
    before = entries_in(built)
    (built / LOCK).unlink()
    clock.now += 60
    assert summary_of(run("--rebuild-lock", "dist/demo-1.0.0.apkg")) == (
        "0 new, 0 changed, 3 unchanged"
    )
    after = entries_in(built)
    assert {guid: entry.mod for guid, entry in after.items()} == dict.fromkeys(before, NOON)


def test_a_lock_made_again_knows_twins_by_their_headings(built: Path) -> None:
    """What stands above a question is on its card, and so in the package."""
    twins = "# Loire\n\n1. Long?\n\n   Far.\n\n# <b>Rhine</b> *now*\n\n1. Long?\n\n   Far.\n"
    write(built, {"source/notes.md": twins})
    run("--quiet")
    before = {entry.context: guid for guid, entry in entries_in(built).items() if entry.context}
    assert before.keys() == {"Loire", "Rhine now"}
    (built / LOCK).unlink()
    first, _, second = twins.replace("Far.", "Another way.").partition("# <b>")
    write(built, {"source/notes.md": f"# <b>{second}\n{first}"})
    assert summary_of(run("--rebuild-lock", "dist/demo-1.0.0.apkg")) == (
        "0 new, 2 changed, 0 unchanged"
    )
    assert before == {entry.context: guid for guid, entry in entries_in(built).items()}


def test_a_place_that_one_branch_learnt_is_kept_by_a_merge(built: Path) -> None:
    """One branch writes a twin of a note, another edits the note: its place is known after both."""
    note = json.loads(lines_of(built)[3])
    placed = json.dumps(note | {"context": "Rivers › Loire"})
    edited = json.dumps(note | {"mod": NOON + 500, "fields": "edited"})
    (built / LOCK).write_text("\n".join([*lines_of(built)[:3], placed, edited]) + "\n")
    (merged,) = read_lock(built / LOCK, "demo", NOON).notes
    assert (merged.context, merged.fields) == ("Rivers › Loire", "edited")


def test_without_its_packages_a_deck_may_start_afresh(built: Path) -> None:
    """If nobody has the deck, removing its packages is all there is to do."""
    (built / LOCK).unlink()
    shutil.rmtree(built / "dist")
    assert summary_of(run()) == "3 new, 0 changed, 0 unchanged"


def test_the_latest_package_of_a_lost_lock_is_named(built: Path) -> None:
    """Version 1.10.0 is later than 1.9.0, and only the latest knows what learners have now."""
    for version in ("1.9.0", "1.10.0"):
        write(built, {"source/deck.toml": config(version=f'"{version}"')})
        run("--quiet")
    (built / LOCK).unlink()
    assert "though dist/demo-1.10.0.apkg was built with it" in refusal(built)


def test_another_decks_package_is_no_trace_of_a_lost_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two Markdown files in one folder are two decks, also if one's name begins like the other."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"word.md": "1. One?\n\n   Yes.\n", "word-vectors.md": "1. Two?\n\n   Yes.\n"})
    for name in ("word-vectors.md", "word.md"):
        result = run(name)
        assert (result.exit_code, result.stderr) == (0, "")


CHANGED = NOTES.replace("Yes, one", "Only one")


def built_at(project: Path, clock: Clock, now: int, text: str = CHANGED) -> Result:
    """Return what a build says at a time."""
    clock.now = now
    (project / MARKDOWN).write_text(text)
    return run()


def dates_of(project: Path) -> set[int]:
    """Return when the notes of a project's lock last changed."""
    return {entry.mod for entry in entries_in(project).values()}


@pytest.mark.parametrize("skew", [1, 60, 3600])
def test_a_clock_that_is_a_little_slow_does_no_harm(skew: int, built: Path, clock: Clock) -> None:
    """Two computers' clocks are never quite alike: the change is dated after the last one."""
    assert summary_of(built_at(built, clock, NOON - skew)) == "0 new, 1 changed, 2 unchanged"
    assert dates_of(built) == {NOON, NOON + 1}


def test_a_clock_that_is_an_hour_slow_is_told(built: Path, clock: Clock) -> None:
    """The change is dated after the last one all the same: no later build is blocked for years."""
    result = built_at(built, clock, NOON - 3601)
    assert without_counts(result.stderr) == (
        f"{LOCK}: warning: has a change of 2025-10-09 08:53 UTC, and this computer's clock says "
        "2025-10-09 07:53 UTC: set it right; if it is right, restore the lock from before that "
        "change, or build on if learners have it: what changes now is dated a second later\n"
    )
    assert result.exit_code == 0
    assert dates_of(built) == {NOON, NOON + 1}


@pytest.mark.parametrize(("years", "is_reported"), [(1.9, False), (2.1, True), (50, True)])
def test_a_clock_that_is_years_ahead_is_told(
    years: float, is_reported: bool, built: Path, clock: Clock
) -> None:
    """A build of a deck that has rested for long, or one that learners get no update after."""
    now = NOON + int(years * 365 * 24 * 3600)
    result = built_at(built, clock, now)
    assert without_counts(result.stderr) == is_reported * (
        f"{LOCK}: warning: was last changed 2025-10-09 08:53 UTC, and this computer's clock says "
        f"{format_date(now)}: if it is ahead, set it right and restore the lock; learners of this "
        "build get no other one that is dated earlier\n"
    )
    assert result.exit_code == 0


def test_a_clock_that_forgot_the_time_is_told(built: Path, clock: Clock) -> None:
    """A computer that thinks it is 1970 dates nothing."""
    result = built_at(built, clock, 0)
    assert without_counts(result.stderr) == (
        f"{LOCK}: this computer's clock says 1970-01-01 00:00 UTC: set it right\n"
    )
    assert result.exit_code == 1


@pytest.mark.parametrize("years", [-10, -1, 10])
def test_a_wrong_clock_does_no_harm_if_nothing_changed(
    years: int, built: Path, clock: Clock
) -> None:
    """Building what was built before needs no clock."""
    before = snapshot(built)
    result = built_at(built, clock, NOON + years * 31_556_952, NOTES)
    assert summary_of(result) == "0 new, 0 changed, 3 unchanged"
    assert snapshot(built) == before


def test_a_new_note_needs_no_clock_of_others(built: Path, clock: Clock) -> None:
    """A note that learners do not have yet may be dated before what others dated."""
    text = NOTES + "\n4. Four?\n\n   Yes.\n"
    assert summary_of(built_at(built, clock, NOON - 7200, text)) == "1 new, 0 changed, 3 unchanged"
    assert dates_of(built) == {NOON, NOON - 7200}


def test_changes_in_the_same_second_reach_learners(built: Path, clock: Clock) -> None:
    """Each build dates a change after the one before, however quickly one follows the other."""
    for second, text in enumerate([CHANGED, NOTES, CHANGED], 1):
        assert summary_of(built_at(built, clock, NOON, text)) == "0 new, 1 changed, 2 unchanged"
        assert dates_of(built) == {NOON, NOON + second}


def test_every_change_beyond_the_present_is_told(project: Path, clock: Clock) -> None:
    """A date in the future is found out, also if another note has the same date already."""
    clock.now = NOON + 10**8
    for first in ("1", "2"):
        write(project, {MARKDOWN: write_list(("One?", first), ("Two?", "1"))})
        assert run("--quiet").exit_code == 0
    clock.now = NOON
    write(project, {MARKDOWN: write_list(("One?", "2"), ("Two?", "2"))})
    assert "has a change of 2028-12-09" in run().stderr


@dataclass(frozen=True)
class Repository:
    """A project under git, with a branch for each of two authors."""

    folder: Path
    clock: Clock

    def git(self, *arguments: str) -> int:
        """Run git, and return its exit code."""
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)
        return done.returncode

    def commit(self, files: Mapping[str, str], *, now: int) -> dict[str, LockedNote]:
        """Write Markdown files, build and commit; return the lock's notes."""
        self.clock.now = now
        self.write(files)
        assert run("--quiet").stderr == ""
        assert (self.git("add", "-A"), self.git("commit", "-m", "notes")) == (0, 0)
        return entries_in(self.folder)

    def write(self, files: Mapping[str, str]) -> None:
        """Write Markdown files by their names without ending."""
        write(self.folder, {f"source/{name}.md": text for name, text in files.items()})


@pytest.fixture
def repository(project: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """An empty repository around a project, as README says to set it up."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    repository = Repository(project, clock)
    (project / MARKDOWN).unlink()
    write(project, {".gitattributes": "deck.lock merge=union\n", ".gitignore": "dist/\n"})
    for arguments in ("init -b main", "config user.name A", "config user.email a@example.org"):
        assert repository.git(*arguments.split()) == 0
    return repository


def about(*subjects: str, **answers: str) -> str:
    """Return a list of notes, one for each subject; `answers` are other than they would be."""
    texts = {name: f"All about {name}: where it lives, and what it eats." for name in subjects}
    texts |= answers
    return write_list(*((f"What is a {name}?", texts[name]) for name in subjects))


ANIMALS = "cat dog cow owl fox bee ant elk".split()


@dataclass(frozen=True)
class Merge:
    """What two authors did, and what they left once git's conflict in the Markdown is settled."""

    base: Mapping[str, str]
    ours: Mapping[str, str]
    theirs: Mapping[str, str]
    left: Mapping[str, str] | None = None
    """None if there is no conflict."""


MERGES: dict[str, Merge] = {
    "both add notes": Merge(
        {"a": about(*ANIMALS)}, {"b": about("whale", "shark", "猫")}, {"c": about("eagle", "狗")}
    ),
    "both add notes to a deck of one": Merge(
        {"a": about("cat")}, {"b": about("whale")}, {"c": about("eagle")}
    ),
    "both add the same note": Merge(
        {"a": about("cat")}, {"a": about("cat", "dog")}, {"a": about("cat", "dog")}
    ),
    "both add the first note of a kind": Merge(
        {"a": about("cat")}, {"b": "1. A ==dog== barks.\n"}, {"c": "1. A ==cow== moos.\n"}
    ),
    "both change a note of their own": Merge(
        {"a": about(*ANIMALS)},
        {"a": about(*ANIMALS, cat="It purrs.")},
        {"a": about(*ANIMALS, ant="It has six legs.")},
    ),
    "both change the same note": Merge(
        {"a": about(*ANIMALS)},
        {"a": about(*ANIMALS, owl="It flies without a sound.")},
        {"a": about(*ANIMALS, owl="It turns its head.")},
        {"a": about(*ANIMALS, owl="It flies without a sound, and turns its head.")},
    ),
    "both change the same note, and one change is left": Merge(
        {"a": about(*ANIMALS)},
        {"a": about(*ANIMALS, owl="It flies without a sound.")},
        {"a": about(*ANIMALS, owl="It turns its head.")},
        {"a": about(*ANIMALS, owl="It turns its head.")},
    ),
    "one removes what the other changes, and it stays": Merge(
        {"a": about(*ANIMALS)},
        {"a": about(*(name for name in ANIMALS if name != "owl"))},
        {"a": about(*ANIMALS, owl="It turns its head.")},
        {"a": about(*ANIMALS, owl="It turns its head.")},
    ),
    "one removes what the other changes, and it is gone": Merge(
        {"a": about(*ANIMALS)},
        {"a": about(*(name for name in ANIMALS if name != "owl"))},
        {"a": about(*ANIMALS, owl="It turns its head.")},
        {"a": about(*(name for name in ANIMALS if name != "owl"))},
    ),
    "one corrects a question, and the other its answer": Merge(
        {"a": about(*ANIMALS, owl="It has a rotating neck, and flies by night.")},
        {
            "a": about(*ANIMALS, owl="It has a rotating neck, and flies by night.").replace(
                "What is a owl?", "What is an owl?"
            )
        },
        {"a": about(*ANIMALS, owl="It has a flexible neck, and flies by night.")},
    ),
    "one moves notes that the other leaves alone": Merge(
        {"a": about(*ANIMALS)},
        {"a": about(*ANIMALS[:4]), "b": about(*ANIMALS[4:])},
        {"c": about("whale")},
    ),
}


@pytest.mark.parametrize("is_ours_later", [False, True])
@pytest.mark.parametrize("name", MERGES)
def test_after_a_merge_every_note_is_the_note_it_was(
    name: str, is_ours_later: bool, repository: Repository
) -> None:
    """Two authors' locks merge by themselves; no GUID is lost or made, and no date goes back."""
    merge = MERGES[name]
    repository.commit(merge.base, now=NOON)
    repository.git("checkout", "-b", "theirs")
    theirs = repository.commit(merge.theirs, now=NOON + 100)
    repository.git("checkout", "-b", "ours", "main")
    ours = repository.commit(merge.ours, now=NOON + (200 if is_ours_later else 50))
    assert repository.git("merge", "theirs") == (1 if merge.left else 0)
    repository.write(merge.left or {})
    assert_whole(repository, [ours, theirs])


def assert_whole(repository: Repository, locks: Sequence[Mapping[str, LockedNote]]) -> None:
    """See that a build after a merge keeps what both locks knew, and that one build is enough."""
    repository.clock.now = NOON + 1000
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    after = entries_in(repository.folder)
    assert after.keys() == {guid for lock in locks for guid in lock}
    for lock in locks:
        assert all(after[guid].mod >= entry.mod for guid, entry in lock.items())
    before = snapshot(repository.folder / "source")
    repository.clock.now += 1000
    assert run("--locked").stderr == ""
    assert snapshot(repository.folder / "source") == before


@pytest.mark.parametrize("is_ours_later", [False, True])
def test_an_id_that_one_branch_gave_survives_a_merge(
    is_ours_later: bool, repository: Repository
) -> None:
    """A note that one author named and reworded, and the other edited, is still one note."""
    repository.commit({"a": "1. How does it work?\n\n   Keys.\n"}, now=NOON)
    repository.git("checkout", "-b", "theirs")
    theirs = repository.commit({"a": "1. How does it work?\n\n   Values.\n"}, now=NOON + 100)
    repository.git("checkout", "-b", "ours", "main")
    now = NOON + (200 if is_ours_later else 50)
    named = "1. How does it work? <!-- id=attention -->\n\n   Keys.\n"
    repository.commit({"a": named}, now=now)
    reworded = named.replace("How does it work?", "Explain attention!")
    ours = repository.commit({"a": reworded}, now=now + 10)
    assert repository.git("merge", "theirs") == 0
    assert_whole(repository, [ours, theirs])


def without_conflict_marks(text: str) -> str:
    """Do with a lock what the message about a conflict says."""
    marks = ("<<<<<<<", "=======", ">>>>>>>")
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(marks))


FORTY = about(*(f"beast of sort {number}" for number in range(40)))


@pytest.mark.parametrize(
    ("added", "is_clean"), [("eagle", True), ("snail", True), ("mole", False), ("gecko", False)]
)
def test_without_git_attributes_a_merge_is_clean_or_told(
    added: str, is_clean: bool, repository: Repository
) -> None:
    """Lines that meet are a conflict, and settled as the message says no note is lost."""
    (repository.folder / ".gitattributes").unlink()
    repository.commit({"a": FORTY}, now=NOON)
    repository.git("checkout", "-b", "theirs")
    theirs = repository.commit({"c": about(added)}, now=NOON + 100)
    repository.git("checkout", "-b", "ours", "main")
    ours = repository.commit({"b": about("whale")}, now=NOON + 50)
    assert repository.git("merge", "theirs") == (0 if is_clean else 1)
    if not is_clean:
        first = next(
            index for index, line in enumerate(lines_of(repository.folder), 1) if line[0] == "<"
        )
        assert without_counts(run("check").stderr) == f"{LOCK}:{first}: {CONFLICT}"
        edit_lock(repository.folder, without_conflict_marks)
    assert_whole(repository, [ours, theirs])


def test_a_lost_lock_is_noticed_by_git(repository: Repository) -> None:
    """A lock that git knows is no fresh start, though no package is there to tell of it."""
    repository.commit({"a": "1. One?\n\n   Yes.\n"}, now=NOON)
    (repository.folder / LOCK).unlink()
    shutil.rmtree(repository.folder / "dist", ignore_errors=True)
    assert (
        without_counts(run().stderr)
        == f"{LOCK}: is lost, though git knows it: git checkout -- {LOCK}\n"
    )
