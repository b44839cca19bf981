"""What `verify` says of packages: good ones, and those that would cost learners something."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import genanki
import pytest
from anki.collection import ExportAnkiPackageOptions
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.anki.package_reader import read_package
from deckpress.cli import main
from deckpress.diagnostics import DeckError
from deckpress.verify.upgrade_checks import check_upgrade
from deckpress.verify.verification import (
    Verification,
    observe_fresh_import,
    observe_upgrade,
    verify_package,
)
from tests.support.anki_collection import import_package, only_note, open_collection
from tests.support.builds import NOTES, build_at, edit
from tests.support.commands import without_counts
from tests.support.genanki_packages import (
    CARD,
    CLOZE,
    FACTS,
    NEW,
    OLD,
    Note,
    facts,
    note_type,
    rewrite,
    write_package,
)
from tests.support.projects import NOON, PIXEL

PROGRESS = "did type queue due odue ivl factor reps lapses left flags data".split()
"""What of a card its learner's progress consists of, as Anki calls it."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An older release of six notes, made by genanki."""
    return write_package(tmp_path_factory.mktemp("old") / "old.apkg", facts(), OLD)


def messages(verification: Verification) -> list[str]:
    """Return all problems without the package's path."""
    return [
        str(diagnostic).removeprefix(f"{verification.new}: ")
        for diagnostic in verification.diagnostics
    ]


def verify(*arguments: str | Path) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["verify", *map(str, arguments)], catch_exceptions=False)


# Packages that are as they should be.


def test_a_release_that_changes_only_what_changed_costs_nothing(old: Path, tmp_path: Path) -> None:
    """A genanki package whose unchanged notes keep GUID and date is an update without a fault."""
    notes = [*facts()[:5], Note("key-9", "Q9?", "A9.", mod=NEW)]
    notes[2] = Note("key-2", "Q2, reworded?", "A2.", mod=NEW, tags=["more"])
    verification = verify_package([old], write_package(tmp_path / "new.apkg", notes))
    assert messages(verification) == []
    first, update = verification.outcomes
    assert (first.old, first.log.new, first.cards) == (None, 6, 6)
    log = update.log
    assert (log.new, log.updated, log.untouched, log.conflicting) == (1, 1, 4, 0)
    assert (update.kept, update.cards, update.replaced, update.retired) == (6, 6, 1, 1)
    assert (update.written_kept, update.written) == (4, 4)


def test_packages_of_this_tool_have_no_faults(project: Path) -> None:
    """Two releases with every kind of note, pictures and an edit rehearse without a word."""
    (project / "source/notes.md").write_text(NOTES)
    (project / "source/dot.png").write_bytes(PIXEL)
    (project / "source/sound.mp3").write_bytes(b"ID3 not really")
    build_at(project, NOON)
    (project / "source/dot.png").write_bytes(PIXEL + b"changed")
    edit(project, "A note that asks", "A note which asks")
    edit(project, '"1.0.0"', '"1.1.0"', "deck.toml")
    build_at(project, NOON + 60)
    done = verify("--project", project)
    assert done.stderr == ""
    assert done.exit_code == 0
    dist = project / "dist"
    assert (
        done.stdout
        == f"""\
an empty collection → {dist}/demo-1.1.0.apkg
  5 notes, 10 cards, 2 media files
  nothing wrong with media, empty cards, note types, templates, database
{dist}/demo-1.0.0.apkg → {dist}/demo-1.1.0.apkg
  0 new, 2 updated, 3 untouched, 0 conflicting
  10 of 10 cards keep schedule, flag, deck and memory
  3 of 3 unchanged notes keep what a learner wrote there
  2 notes with new text or tags: what learners wrote there is replaced
  nothing wrong with media, empty cards, note types, templates, database
no learner loses anything
"""
    )


@pytest.mark.parametrize("is_legacy", [True, False], ids=["older form", "newest form"])
def test_packages_that_anki_exports_have_no_faults(
    is_legacy: bool, old: Path, tmp_path: Path
) -> None:
    """What an author edits in Anki and exports, in either form, is an update like any other."""
    with open_collection(tmp_path / "anki") as collection:
        import_package(collection, old)
        note = only_note(collection, "Front:Q2?")
        collection.media.write_data("dot.png", PIXEL)
        note["Back"] += '<img src="dot.png">'
        collection.update_note(note)
        options = ExportAnkiPackageOptions(legacy=is_legacy, with_media=True)
        path = str(tmp_path / "new.apkg")
        collection.export_anki_package(out_path=path, options=options, limit=None)
    verification = verify_package([old], tmp_path / "new.apkg")
    assert messages(verification) == []
    assert (verification.outcomes[1].log.updated, verification.outcomes[0].media) == (1, 1)


def test_learners_of_several_releases_are_each_told_of(old: Path, tmp_path: Path) -> None:
    """Each older release has a learner of its own, and a package updates itself without a fault."""
    newest = [*facts(), Note("key-6", "Q6?", "A6.", mod=NEW)]
    new = write_package(tmp_path / "new.apkg", newest)
    verification = verify_package(
        [write_package(tmp_path / "first.apkg", facts(2), OLD), old, new], new
    )
    assert messages(verification) == []
    assert [outcome.log.new for outcome in verification.outcomes] == [7, 5, 1, 0]
    assert [outcome.cards for outcome in verification.outcomes] == [7, 2, 6, 7]


# Updates that cost learners something.

EXTRA = note_type(("Front", "Back", "More"))
SORTED_BY_BACK = note_type(sort_field_index=1)
UPDATES: dict[str, tuple[Callable[[], Iterable[genanki.Note]], list[str]]] = {
    "a field is added": (
        lambda: [
            Note(f"key-{index}", f"Q{index}?", "A.", "", mod=NEW, model=EXTRA) for index in range(6)
        ],
        [
            'note type "Facts" is another one to Anki (field "More" is new), so that 6 notes get '
            'no update ("Q0?", "Q1?", "Q2?", …), and "Facts+" appears: keep its id, its fields and '
            "its cards as they were"
        ],
    ),
    "a field is renamed": (
        lambda: facts(mod=NEW, model=note_type(("Front", "Rear"), [("Card 1", "{{Front}}", "x")])),
        [
            'note type "Facts" is another one to Anki (field "Back" is now "Rear"), so that 6 '
            'notes get no update ("Q0?", "Q1?", "Q2?", …), and "Facts+" appears: keep its id, its '
            "fields and its cards as they were"
        ],
    ),
    "fields are exchanged": (
        lambda: facts(mod=NEW, model=note_type(("Back", "Front"))),
        [
            'note type "Facts" is another one to Anki (fields are in another order), so that 6 '
            'notes get no update ("Q0?", "Q1?", "Q2?", …), and "Facts+" appears: keep its id, its '
            "fields and its cards as they were"
        ],
    ),
    "a card is added": (
        lambda: facts(
            mod=NEW, model=note_type(cards=[CARD, ("Card 2", "{{Back}}", "{{FrontSide}}")])
        ),
        [
            'note type "Facts" is another one to Anki (card "Card 2" is new), so that 6 notes get '
            'no update ("Q0?", "Q1?", "Q2?", …), and "Facts+" appears: keep its id, its fields and '
            "its cards as they were"
        ],
    ),
    "the note type's id is random": (
        lambda: facts(mod=NEW, model=note_type(key=1_234_567_890)),
        [
            'note type "Facts" is another one to Anki (its id is another one), so that 6 notes get '
            'no update ("Q0?", "Q1?", "Q2?", …), and "Facts+" appears: keep its id, its fields and '
            "its cards as they were"
        ],
    ),
    "dates are frozen": (
        lambda: [
            *facts()[:4],
            *(Note(f"key-{index}", f"Q{index}?", "Better.") for index in (4, 5)),
        ],
        [
            '2 notes have changed, and Anki ignores it ("Q4?", "Q5?"), since the date is not newer '
            "than before: date each changed note anew (genanki: write_to_file(timestamp=…))"
        ],
    ),
    "all dates are new": (
        lambda: facts(mod=NEW),
        [
            "6 unchanged notes have a newer date, so that words and tags of a learner's own are "
            'overwritten ("Q0?", "Q1?", "Q2?", …): leave the date of a note as it was until it '
            "changes; genanki dates all notes anew unless each keeps its own"
        ],
    ),
    "GUIDs are random": (
        lambda: [Note(f"other-{index}", f"Q{index}?", "Better.", mod=NEW) for index in range(6)],
        [
            "6 notes come a second time, to be learned from the start, since the GUID is another "
            'one ("Q0?", "Q1?", "Q2?", …): give each note a GUID that stays when its text changes, '
            "such as genanki.guid_for(key)"
        ],
    ),
    "GUIDs are genanki's own, of the text": (
        lambda: [*facts()[:5], genanki.Note(FACTS, ["Q5?", "Better."])],
        [
            "1 note comes a second time, to be learned from the start, since the GUID is another "
            'one ("Q5?"): give each note a GUID that stays when its text changes, such as '
            "genanki.guid_for(key)"
        ],
    ),
    "GUIDs are places in a list": (
        lambda: (
            [Note("key-0", "New?", "Yes.", mod=NEW)]
            + [Note(f"key-{index + 1}", f"Q{index}?", f"A{index}.", mod=NEW) for index in range(6)]
        ),
        [
            '5 notes have the GUID that another question had ("Q0?", "Q1?", "Q2?", …), so that '
            "learners' progress passes from one question to another: make GUIDs of keys that stay, "
            "not of places in a list"
        ],
    ),
    "the sort field is another one": (
        lambda: [
            *facts(5, NEW, SORTED_BY_BACK),
            Note("key-5", "Q5?", "Better.", mod=NEW, model=SORTED_BY_BACK),
        ],
        [
            '1 note has changed, and Anki ignores it ("Q5?"), since the sort field of its note '
            "type is another one: keep it"
        ],
    ),
}


@pytest.mark.parametrize("case", UPDATES)
def test_an_update_that_costs_learners_something_is_told(
    case: str, old: Path, tmp_path: Path
) -> None:
    """Each fault that plain genanki invites is named, with its notes and what to do about it."""
    notes, expected = UPDATES[case]
    verification = verify_package([old], write_package(tmp_path / "new.apkg", notes()))
    assert messages(verification) == [
        f"for learners of old.apkg: {message}" for message in expected
    ]
    assert len(verification.errors) == 1


EDITS: dict[str, Callable[[Note], Note | None]] = {
    "kept": lambda note: note,
    "changed": lambda note: Note(note.guid, note.fields[0], "Better.", mod=NEW),
    "retired": lambda note: None,
    "ignored": lambda note: Note(note.guid, note.fields[0], "Better."),
    "overwritten": lambda note: Note(note.guid, *note.fields, mod=NEW),
    "doubled": lambda note: Note(f"other-{note.guid}", *note.fields, mod=NEW),
}
FAULTS = {"ignored": "Anki ignores", "overwritten": "are overwritten", "doubled": "a second time"}
"""What an author may do to a note, and what the fault says that comes of it."""


@settings(max_examples=10)
@given(st.lists(st.sampled_from(sorted(EDITS)), max_size=10))
def test_whatever_the_mix_of_edits_each_fault_counts_its_notes(
    tmp_path_factory: pytest.TempPathFactory, edits: list[str]
) -> None:
    """Of any number of notes, each treated in its own way, none is missed and none blamed."""
    edits = ["kept", *edits]
    folder, notes = tmp_path_factory.mktemp("mix"), facts(len(edits))
    edited = [EDITS[name](note) for name, note in zip(edits, notes, strict=True)]
    old = write_package(folder / "old.apkg", notes, OLD)
    new = write_package(folder / "new.apkg", [note for note in edited if note])
    verification = verify_package([old], new)
    counts = {name: edits.count(name) for name in FAULTS}
    counted = dict.fromkeys(FAULTS, 0)
    for fault in verification.diagnostics:
        (name,) = (name for name, words in FAULTS.items() if words in fault.message)
        counted[name] = int(fault.message.split()[4])
    assert counted == counts
    log = verification.outcomes[1].log
    assert log.updated == edits.count("changed") + counts["overwritten"]
    assert log.new == counts["doubled"]


def test_a_date_that_is_newer_by_a_second_is_told(old: Path, tmp_path: Path) -> None:
    """However soon the next release follows, a note that it dates anew for nothing is found."""
    notes = [*facts()[:5], Note("key-5", "Q5?", "A5.", mod=OLD + 1)]
    update = verify_package([old], write_package(tmp_path / "new.apkg", notes)).outcomes[1]
    assert (update.written_kept, update.written, len(update.errors)) == (5, 6, 1)


def test_a_picture_that_changes_under_its_name_is_told(tmp_path: Path) -> None:
    """A learner keeps the old picture if neither its name nor its note's date changes."""
    dot = tmp_path / "dot.png"
    notes = [Note("key-0", "Which dot?", '<img src="dot.png">')]
    dot.write_bytes(PIXEL)
    old = write_package(tmp_path / "old.apkg", notes, OLD, [dot])
    dot.write_bytes(PIXEL + b"changed")
    new = write_package(tmp_path / "new.apkg", notes, NEW, [dot])
    assert messages(verify_package([old], new)) == [
        "for learners of old.apkg: 1 media file has changed under the same name, and the old one "
        'stays ("dot.png"): give a changed file a new name, and date the notes that show it anew'
    ]
    notes[0].mod = NEW
    assert messages(verify_package([old], write_package(new, notes, NEW, [dot]))) == []


def test_a_design_with_an_old_date_is_told(tmp_path: Path) -> None:
    """A new style sheet does not arrive if its note type is dated as before."""
    old = write_package(tmp_path / "old.apkg", facts(), OLD)
    notes = facts(model=note_type(css=".card { color: red }"))
    assert messages(verify_package([old], write_package(tmp_path / "new.apkg", notes, OLD))) == [
        'for learners of old.apkg: the new design of note type "Facts" does not arrive, since its '
        "date is not newer than before: date a changed note type anew"
    ]
    assert messages(verify_package([old], write_package(tmp_path / "new.apkg", notes, NEW))) == []


def test_a_cloze_that_is_gone_is_a_warning(tmp_path: Path) -> None:
    """A card that loses its cloze is no loss by itself; learners are to be told of it."""
    texts = ("{{c1::A}} and {{c2::B}}.", "{{c1::A}} and B.")
    old, new = (
        write_package(tmp_path / f"{mod}.apkg", [Note("key", text, "", mod=mod, model=CLOZE)], mod)
        for mod, text in zip((OLD, NEW), texts, strict=True)
    )
    verification = verify_package([old], new)
    assert verification.errors == ()
    assert messages(verification) == [
        f"warning: for learners of {OLD}.apkg: 1 card is empty from now on, since the cloze or "
        'field that it asks is gone ("{{c1::A}} and B."): tell learners to run Tools > Empty Cards'
    ]


def test_clozes_that_change_their_numbers_are_told(tmp_path: Path) -> None:
    """Progress stays with a cloze's number; whoever renumbers is told."""
    texts = ("{{c1::A}} and {{c2::B}}.", "{{c2::A}} and {{c1::B}}.")
    old, new = (
        write_package(tmp_path / f"{mod}.apkg", [Note("key", text, "", mod=mod, model=CLOZE)], mod)
        for mod, text in zip((OLD, NEW), texts, strict=True)
    )
    verification = verify_package([old], new)
    assert messages(verification) == [
        f"for learners of {OLD}.apkg: 1 note has clozes under other numbers than before "
        '("{{c2::A}} and {{c1::B}}."), and learners\' progress stays with the number: leave each '
        "its number"
    ]


def test_a_major_version_owns_up_to_what_it_costs(tmp_path: Path) -> None:
    """Where the first number of the version is higher, learners were told; losses are warnings."""
    texts = ("{{c1::A}} and {{c2::B}}.", "{{c2::A}} and {{c1::B}}.")
    packages = {"a-1.9.0": 0, "a-1.10.0": 1, "a-2.0.0": 1}
    old, patched, announced = (
        write_package(
            tmp_path / f"{name}.apkg",
            [Note("key", texts[index], "", mod=OLD + index, model=CLOZE)],
            OLD + index,
        )
        for name, index in packages.items()
    )
    assert len(verify_package([old], patched).errors) == 1
    verification = verify_package([old], announced)
    assert verification.errors == ()
    assert messages(verification)[0].startswith(
        "warning: for learners of a-1.9.0.apkg: 1 note has clozes"
    )


def test_a_schedule_that_is_lost_is_told(old: Path, tmp_path: Path) -> None:
    """Anki loses no schedule today; should it ever, the cards and reviews are counted."""
    new = write_package(tmp_path / "new.apkg", facts())
    fresh = observe_fresh_import(new, read_package(new))
    update = observe_upgrade(old, read_package(old), fresh)
    assert list(check_upgrade(update)) == []
    cards = dict(update.after.cards)
    first, second, *_ = cards
    del cards[first]
    cards[second] = replace(cards[second], progress=())
    after = replace(update.after, cards=cards, reviews=frozenset())
    lost, reviews = check_upgrade(replace(update, after=after))
    assert lost.message == (
        'for learners of old.apkg: 2 cards lose schedule, flag or place ("Q0?", "Q1?"): keep note '
        "types and GUIDs as they were"
    )
    assert reviews.message.endswith(" reviews are lost: keep GUIDs as they were")


def test_a_learner_has_something_to_lose(old: Path, tmp_path: Path) -> None:
    """Cards were answered, suspended and flagged, and have a memory, when the new release comes."""
    new = write_package(tmp_path / "new.apkg", facts(mod=NEW))
    update = observe_upgrade(old, read_package(old), observe_fresh_import(new, read_package(new)))
    progress = [
        dict(zip(PROGRESS, card.progress, strict=True))
        for card in update.after_study.cards.values()
    ]
    assert len(update.after_study.reviews) == 6 + 6
    assert {card["queue"] for card in progress} >= {-1, 2}
    assert {card["flags"] for card in progress} == {1, 2, 3, 4, 5, 6}
    assert all('"s":' in str(card["data"]) and card["reps"] == 1 for card in progress)


def test_a_renamed_deck_is_a_warning(old: Path, tmp_path: Path) -> None:
    """Cards that stay in a deck that the package calls otherwise are counted."""
    verification = verify_package(
        [old], write_package(tmp_path / "new.apkg", facts(), deck="New facts")
    )
    assert verification.errors == ()
    assert messages(verification) == [
        'warning: for learners of old.apkg: 6 cards stay in deck "Facts", and new cards come to '
        '"New facts": keep the deck\'s name, or tell learners to rename theirs before they import'
    ]


def test_packages_in_the_wrong_order_are_told(old: Path, tmp_path: Path) -> None:
    """Who gives the newer package first hears just that."""
    notes = [*facts()[:5], Note("key-5", "Q5?", "Better.", mod=NEW)]
    newer = write_package(tmp_path / "newer.apkg", notes)
    assert messages(verify_package([newer], old)) == [
        "newer.apkg: is newer than what it is updated to, which so brings nothing: give the older "
        "package first; if it is, date later what has changed"
    ]


def test_packages_of_different_decks_are_told(old: Path, tmp_path: Path) -> None:
    """Two packages without a common note are no releases of one deck."""
    other_package = write_package(tmp_path / "other.apkg", [Note("else", "Elsewhere?", "Yes.")])
    assert messages(verify_package([old], other_package)) == [
        "old.apkg: has no note in common with the new package, so these are different decks, or "
        "all GUIDs and questions have changed: give two releases of one deck"
    ]


# Packages that are bad in themselves.

BROKEN = note_type(
    cards=[("Card 1", "{{Front}} {{Fornt}}", ""), ("Card 2", "{{Back}}", "{{#Front}}")],
    key=1_607_392_321,
    name="Broken",
)
ASTRAY = note_type(cards=[("Card 1", "{{Fornt}}", "{{Back}}")], key=1_607_392_322, name="Astray")
PACKAGES: dict[str, tuple[list[genanki.Note], list[str]]] = {
    "a GUID is there twice": (
        [*facts(2), Note("key-0", "Q7?", "A7.")],
        [
            '2 notes share their GUID with another one ("Q0?", "Q7?"), and updates will reach only '
            "one of them: give each note a GUID of its own, such as genanki.guid_for(key)"
        ],
    ),
    "a picture is missing": (
        [Note("key-0", "Which dot?", '<img src="no.png">')],
        [
            'notes show 1 media file that the package does not hold ("no.png"; in "Which dot?"): '
            "pack them (genanki: Package.media_files), under the names that the notes use"
        ],
    ),
    "a name is percent-encoded": (
        [Note("key-0", "Which dot?", '<img src="a%20dot.png">')],
        [
            'notes show 1 media file that the package does not hold ("a%20dot.png"; in "Which '
            'dot?"): write "a dot.png" for "a%20dot.png", as the file is called in the package',
            'warning: 1 media file is shown by no note and left out by Anki ("a dot.png"): pack '
            "only what notes show; what only a template shows needs a name that begins with _",
        ],
    ),
    "a name is in capitals and in a folder": (
        [Note("key-0", "Which dot?", '<img src="img/A Dot.PNG">')],
        [
            'notes show 1 media file that the package does not hold ("img/A Dot.PNG"; in "Which '
            'dot?"): write "a dot.png" for "img/A Dot.PNG", as the file is called in the package',
            'warning: 1 media file is shown by no note and left out by Anki ("a dot.png"): pack '
            "only what notes show; what only a template shows needs a name that begins with _",
        ],
    ),
    "a card is empty": (
        [*facts(1), Note("key-9", "  ", "An answer.")],
        [
            '1 card is empty (GUID "key-9"): fill the fields that their fronts show, or leave '
            "these cards out"
        ],
    ),
    "a card is lacking": (
        [Note("key-0", "{{c1::A {{c2::B}}}}", "", model=CLOZE)],
        [
            'lacks 1 card that Anki adds in Check Database ("{{c1::A {{c2::B}}}}"): write a card '
            "for each front that is not empty, and for each cloze number"
        ],
    ),
    "a cloze note has no cloze": (
        [Note("key-0", "No gap.", "", model=CLOZE)],
        [
            'lacks 1 card that Anki adds in Check Database ("No gap."): write a card for each '
            "front that is not empty, and for each cloze number"
        ],
    ),
    "a front shows a field that there is not": (
        [Note("key-0", "Q0?", "A0.", model=ASTRAY)],
        [
            'card "Card 1" of note type "Astray" shows an error: Front template has a problem: '
            "Found '{{Fornt}}', but there is no field called 'Fornt'; mend the template"
        ],
    ),
    "templates are broken": (
        [Note("key-0", "Q0?", "A0.", model=BROKEN)],
        [
            'card "Card 1" of note type "Broken" shows an error: Front template has a problem: '
            "Found '{{Fornt}}', but there is no field called 'Fornt'; mend the template",
            'card "Card 2" of note type "Broken" shows an error: Back template has a problem: '
            "Missing '{{/Front}}'; mend the template",
        ],
    ),
    "a date lies in the future": (
        [Note("key-0", "Q0?", "A0.", mod=4_000_000_000)],
        [
            '1 note is dated in the future ("Q0?"), and no update would arrive until then: set the '
            "clock of the machine that builds, and build again"
        ],
    ),
    "a note type has Anki's own name": (
        [Note("key-0", "Q0?", "A0.", model=note_type(name="Basic"))],
        [
            'warning: note type "Basic" has the name of one that every Anki has, and becomes '
            '"Basic+": give it a name of its own'
        ],
    ),
}


@pytest.mark.parametrize("case", PACKAGES)
def test_a_package_that_is_bad_in_itself_is_told(case: str, tmp_path: Path) -> None:
    """What is wrong with a package for everybody is told without any older release."""
    notes, expected = PACKAGES[case]
    media = []
    if "a name is" in case:
        media = [tmp_path / "a dot.png"]
        media[0].write_bytes(PIXEL)
    new = write_package(tmp_path / "new.apkg", notes, media=media)
    assert messages(verify_package([], new)) == expected


def test_a_package_named_like_a_backup_is_told(tmp_path: Path) -> None:
    """Anki on a desktop would replace the learner's collection by such a file."""
    new = write_package(tmp_path / "collection.apkg", facts(1))
    assert messages(verify_package([], new)) == [
        "Anki takes a file of this name for a backup that replaces the learner's whole collection: "
        "rename it"
    ]


# Packages that cannot be imported at all.


def in_database(statement: str, folder: Path) -> Callable[[bytes], bytes]:
    """Return what runs a statement on the database of a package."""

    def change(data: bytes) -> bytes:
        path = folder / "changed.db"
        path.write_bytes(data)
        database = sqlite3.connect(path)
        with database:
            database.execute(statement)
        database.close()
        return path.read_bytes()

    return change


DAMAGE: dict[str, tuple[str, Callable[[Path], Callable[[bytes], bytes | None]], str]] = {
    "a path in the list of media": (
        "media",
        lambda _: lambda _: b'{"0": "../dot.png"}',
        'lists media files under names that Anki refuses ("../dot.png"): give them plain file '
        "names, without folders",
    ),
    "a list of media that is no list": (
        "media",
        lambda _: lambda _: b"{",
        "the package is damaged: export or download it again",
    ),
    "a listed file that is not there": (
        "0",
        lambda _: lambda _: None,
        'lists 1 media file that it does not hold ("dot.png"): build it again',
    ),
    "a field too many": (
        "collection.anki2",
        lambda folder: in_database("UPDATE notes SET flds = flds || char(31)", folder),
        f'note nid:{NEW * 1000} has 3 fields, its note type "Facts" has 2: run Check Database in '
        "Anki, then export it again",
    ),
    "a note with the id 0": (
        "collection.anki2",
        lambda folder: in_database("UPDATE notes SET id = 0", folder),
        "has a note with the id 0, on which Check Database breaks: count ids from a time (genanki: "
        "write_to_file(timestamp=…))",
    ),
}


@pytest.mark.parametrize("case", DAMAGE)
def test_a_damaged_package_is_told(case: str, tmp_path: Path) -> None:
    """A package of which Anki imports nothing is refused with the reason, as NEW and as OLD."""
    (tmp_path / "dot.png").write_bytes(PIXEL)
    note = Note("key-0", "Which dot?", '<img src="dot.png">')
    new = write_package(tmp_path / "new.apkg", [note], media=[tmp_path / "dot.png"])
    whole = write_package(tmp_path / "whole.apkg", [note], media=[tmp_path / "dot.png"])
    name, damage, message = DAMAGE[case]
    rewrite(new, name, damage(tmp_path))
    for olds, newest in (((), new), ((new,), whole)):
        with pytest.raises(DeckError) as raised:
            verify_package(olds, newest)
        assert str(raised.value) == f"{new}: {message}"


def test_all_packages_that_cannot_be_read_are_told_at_once(old: Path, tmp_path: Path) -> None:
    """One run tells of a file that is not there and of one that is no package."""
    (tmp_path / "no.apkg").write_text("not a zip")
    done = verify(tmp_path / "none.apkg", old, tmp_path / "no.apkg")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert without_counts(done.stderr) == (
        f"{tmp_path}/no.apkg: not an Anki package: export it from Anki as .apkg\n"
        f'{tmp_path}/none.apkg: no such file, did you mean "no.apkg"?\n'
    )


# The command.


def test_a_loss_is_told_on_stderr_with_exit_code_1(old: Path, tmp_path: Path) -> None:
    """Who runs it in CI sees the counts, the fault under the package's name, and a failure."""
    new = write_package(tmp_path / "new.apkg", facts(mod=NEW))
    done = verify(old, new)
    assert done.exit_code == 1
    assert (
        done.stdout
        == f"""\
an empty collection → {new}
  6 notes, 6 cards, 0 media files
  nothing wrong with media, empty cards, note types, templates, database
{old} → {new}
  0 new, 6 updated, 0 untouched, 0 conflicting
  6 of 6 cards keep schedule, flag, deck and memory
  0 of 6 unchanged notes keep what a learner wrote there
  1 problem: see below
"""
    )
    assert done.stderr.startswith(
        f"{new}: for learners of old.apkg: 6 unchanged notes have a newer date"
    )
    assert done.stderr.endswith("\n1 error\n")
    assert verify("--quiet", old, new).stdout == ""


def test_a_warning_fails_only_with_strict(old: Path, tmp_path: Path) -> None:
    """A renamed deck costs nothing; `--strict` fails all the same."""
    new = write_package(tmp_path / "new.apkg", facts(), deck="New facts")
    assert verify(old, new).exit_code == 0
    done = verify("--strict", old, new)
    assert done.exit_code == 1
    assert done.stderr.endswith("\n1 warning: warnings count as errors because of --strict\n")


def test_a_project_without_packages_is_told(project: Path) -> None:
    """Without arguments there must be something to rehearse."""
    done = verify()
    assert done.exit_code == 1
    assert (
        without_counts(done.stderr)
        == "dist: has no package of demo yet: build it, or name a package\n"
    )


def test_without_ankis_library_it_says_how_to_get_it(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever installed deckpress without the extra reads what to install."""
    monkeypatch.setitem(sys.modules, "anki", None)
    done = verify(old)
    assert done.exit_code == 1
    assert without_counts(done.stderr) == (
        "anki: is not installed, and it is Anki itself that is asked: pip install "
        "'deckpress[verify]'\n"
    )
