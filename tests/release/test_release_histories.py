"""Whatever happens between releases, learners of any of them get what is new and keep their own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from anki.collection import Collection
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.anki import Package, PackageNote
from deckpress.anki.package_reader import read_package
from deckpress.diagnostics import DeckError
from deckpress.diff.compare import compare
from deckpress.filesystem import write_whole
from deckpress.lock.store import BuildOptions
from deckpress.pipeline import Prepared, build, pack
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project
from deckpress.release.plan import plan_release, verify_release
from tests.support.anki_collection import import_package, open_collection
from tests.support.histories import (
    CHANCES,
    EDITS,
    LOCK,
    Deck,
    Desk,
    is_a_doubt,
    make_note,
    write_files,
)
from tests.support.projects import DECK_TOML, NOON, write

Content = tuple[tuple[str, ...], tuple[str, ...]]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["build", "release", "release", "take back", "lose the lock"]),
        st.lists(st.sampled_from([*EDITS]), max_size=3),
    ),
    min_size=1,
    max_size=6,
)


@dataclass
class Years:
    """What happens to a deck in a folder of its own: builds, and releases one after the other."""

    folder: Path
    now: int = NOON
    releases: dict[Path, Package] = field(default_factory=dict)
    decks: list[Deck] = field(default_factory=list)
    """What the deck was at each release."""

    def prepare(self, options: BuildOptions | None = None) -> Prepared:
        """Return the deck as it is now; raise what is wrong with it."""
        project, diagnostics = open_project(self.folder)
        prepared = prepare(project, diagnostics, self.now, options=options)
        if prepared.has_errors(strict=False):
            raise DeckError(prepared.diagnostics)
        return prepared

    def build(self) -> None:
        """Build the deck."""
        prepared = self.prepare()
        build(prepared, prepared.project.output)

    def lose_the_lock(self) -> None:
        """Make the lock again from the last release, and build; all builds since are lost."""
        lock = self.folder / LOCK
        text = lock.read_bytes()
        lock.unlink()
        try:
            prepared = self.prepare(BuildOptions(rebuild_lock=[*self.releases][-1]))
            build(prepared, prepared.project.output)
        except DeckError:
            lock.write_bytes(text)
            raise

    def release(self) -> None:
        """Release the deck, if anything has changed."""
        try:
            plan = plan_release(self.prepare(), "", "2026-11-28", strict=False)
        except DeckError as refused:
            if "nothing has changed" in refused.diagnostics[0].message:
                return
            raise
        write_whole(plan.files, plan.root)
        path = self.folder / f"dist/demo-{plan.version}.apkg"
        self.check_rebuilt(plan.version, path.read_bytes())
        self.releases[path] = read_package(path, media=True)

    def check_rebuilt(self, version: str, data: bytes) -> None:
        """See that whoever has the notes and the lock makes the released package, and no other."""
        self.now += 5000
        packed = pack(self.prepare(BuildOptions(locked=True)))
        assert (packed.version, packed.data) == (version, data)


@contextmanager
def some_years(steps: list[tuple[str, list[str]]], chance: Random) -> Iterator[Years]:
    """Run the body with a deck that was released, edited step by step, and released at the end.

    Each release is rehearsed in an empty collection only, since the learners come afterwards.
    """
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "deckpress.release.plan.verify_release", lambda olds, *new: verify_release([], *new)
        )
        write(Path(name), {"source/deck.toml": DECK_TOML})
        notes = [make_note(number) for number in range(6)]
        deck = {"01-rnn": tuple(notes[:4]), "02-cnn": tuple(notes[4:]), "03-x": ()}
        years, desk = Years(Path(name)), Desk(deck, chance, made=100)
        for what, edits in [("release", []), *steps, ("release", [])]:
            desk = go_on(years, desk, what, edits)
        yield years


def go_on(years: Years, desk: Desk, what: str, edits: list[str]) -> Desk:
    """Edit the deck and do something with it; edits after which the author is asked are undone."""
    before = replace(desk)
    for name in edits:
        EDITS[name](desk)
    if what == "take back":
        desk = replace(desk, deck=desk.chance.choice(years.decks), removed=())
    write_files(years.folder, desk.deck)
    years.now += 60
    try:
        {"release": years.release, "lose the lock": years.lose_the_lock}.get(what, years.build)()
    except DeckError as refused:
        if not is_a_doubt(refused):
            raise
        write_files(years.folder, before.deck)
        return replace(before, made=desk.made)
    years.decks += [desk.deck] * (what == "release")
    return desk


def content(note: PackageNote) -> Content:
    """Return what Anki keeps of a note."""
    return note.fields, tuple(sorted(note.tags))


def by_guid(package: Package) -> Mapping[str, PackageNote]:
    """Return a package's notes by their GUIDs, which no two share."""
    notes = {note.guid: note for note in package.notes}
    assert len(notes) == len(package.notes)
    return notes


def check_dates(old: Package, new: Package, now: int) -> None:
    """See that a note has another date just if it is otherwise: a later one, and a past one."""
    was = by_guid(old)
    for guid, note in by_guid(new).items():
        assert note.mod <= now
        if guid in was and content(was[guid]) == content(note):
            assert note.mod == was[guid].mod
        elif guid in was:
            assert note.mod > was[guid].mod


def check_tags(old: Package, new: Package, version: str) -> None:
    """See that the tags of a release find what the diff tells of."""
    diff = compare(old, new)
    tagged = {
        what: {note.guid for note in new.notes if f"demo::{what}::{version}" in note.tags}
        for what in ("added", "changed")
    }
    recreated = {pair.new.packed.guid for pair in diff.recreated}
    assert tagged["added"] == {note.packed.guid for note in diff.added} | recreated
    assert tagged["changed"] == {change.new.packed.guid for change in diff.changed}


class Learner:
    """Somebody who imports some of the releases, and writes on some of the notes."""

    def __init__(self, collection: Collection, chance: Random) -> None:
        self.collection, self.chance = collection, chance
        self.last: dict[str, Content] = {}
        """What each note was in the last release that was imported and had it."""

    def update(self, path: Path, package: Package) -> None:
        """Import a release; see that it changes just what it should."""
        before, cards = self.notes(), self.cards()
        import_package(self.collection, path)
        after = self.notes()
        assert len(after) == len(before.keys() | by_guid(package).keys())
        for guid, note in by_guid(package).items():
            is_untouched = self.last.get(guid) == content(note)
            assert after[guid] == (before[guid] if is_untouched else (*content(note), note.mod))
            self.last[guid] = content(note)
        assert all(after[guid] == before[guid] for guid in before.keys() - by_guid(package).keys())
        assert cards.items() <= self.cards().items()
        self.write(max(note.mod for note in package.notes))

    def notes(self) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...], int]]:
        """Return fields, tags and date of each note, by GUID; no two share one."""
        assert self.collection.db
        rows = self.collection.db.all("SELECT guid, flds, tags, mod FROM notes")
        assert len({guid for guid, *_ in rows}) == len(rows)
        return {
            guid: (tuple(text.split("\x1f")), tuple(sorted(tags.split())), mod)
            for guid, text, tags, mod in rows
        }

    def cards(self) -> Mapping[int, list[object]]:
        """Return all that each card is, by its id."""
        assert self.collection.db
        return {row[0]: [*row] for row in self.collection.db.all("SELECT * FROM cards")}

    def write(self, date: int) -> None:
        """Write on half of the notes, the day a release came out."""
        note_ids = self.collection.find_notes("")
        for key in self.chance.sample(note_ids, len(note_ids) // 2):
            note = self.collection.get_note(key)
            note["Hint"] += " (my own words)"
            note.add_tag("my-own")
            self.collection.update_note(note)
            assert self.collection.db  # Anki itself knows no time but the present
            self.collection.db.execute("UPDATE notes SET mod = ? WHERE id = ?", date, key)


@settings(max_examples=6)
@given(STEPS, CHANCES)
def test_a_learner_of_any_release_gets_what_is_new_and_keeps_the_rest(
    steps: list[tuple[str, list[str]]], chance: Random
) -> None:
    """Changed notes arrive with their tags, all others stay as they are, words of one's own too."""
    with some_years(steps, chance) as years:
        packages = [*years.releases.values()]
        for old, new in combinations(packages, 2):
            check_dates(old, new, years.now)
        for old, (path, new) in zip(packages, [*years.releases.items()][1:], strict=False):
            check_tags(old, new, path.stem.removeprefix("demo-"))
        with open_collection(years.folder / "anki") as collection:
            learner, count = Learner(collection, chance), chance.randint(1, len(packages))
            for path in sorted(
                chance.sample([*years.releases], count), key=[*years.releases].index
            ):
                learner.update(path, years.releases[path])
