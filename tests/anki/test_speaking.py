"""What real Anki has read aloud, and what a learner keeps when a deck begins to speak."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from anki.collection import Collection

from deckpress.anki.card_sides import render_card
from deckpress.anki.card_sounds import Speech
from deckpress.anki.package_reader import read_package
from deckpress.diff.compare import compare
from deckpress.diff.sections import sections
from deckpress.preview.page_data import sides_of
from tests.support.anki_collection import (
    check_collection,
    import_package,
    only_card,
    only_note,
    schedule,
    study,
)
from tests.support.builds import build_at, edit
from tests.support.projects import NOON, write

if TYPE_CHECKING:
    from anki.sound import AVTag

NOTES = """\
1. What is $x^2$? <!-- id=basic -->

   A `square`, as in `a[0]`.

2. Both ways <!-- id=both kind=reversed -->

   and back

3. Type it <!-- id=typed kind=typed -->

   answer

4. A ==gap== has {{c3::a number::hint}} and $\\int {{c2::x}}$. <!-- id=cloze -->

   More [/anki:tts] of it.
"""
GERMAN = """\
1. Die ==Zelle== ist {{c2::rot::welche?}}, $x^2={{c3::4::Zahl}}$ und $\\int {{c4::f}}$ <!-- id=z -->
"""
BOTH = '[speech]\nfield = ["Question", "Answer"]\nlanguage = "en-GB"\n'
WHOLE = "A gap has a number and. More [/anki:tts] of it."
Said = tuple[list[str], list[str]]
"""What is said on the front and on the back of a card."""
EVERY_KIND: dict[str, list[Said]] = {
    "basic": [(["What is x squared?"], ["A square, as in."])],
    "both": [(["Both ways"], ["and back"]), (["and back"], ["Both ways"])],
    "typed": [(["Type it"], ["answer"])],
    "cloze": [
        (["A blank has a number and ."], [WHOLE]),
        (["A gap has a number and blank."], [WHOLE]),
        (["A gap has [hint] and ."], [WHOLE]),
    ],
}


@pytest.fixture
def silent(project: Path) -> Path:
    """A project with a note of each kind, of which nothing is read aloud."""
    (project / "source/notes.md").write_text(NOTES)
    return project


def say(project: Path, speech: str) -> None:
    """Write a [speech] table at the end of a project's deck.toml."""
    config = project / "source/deck.toml"
    config.write_text(config.read_text().partition("[speech]")[0] + speech)


def texts(tags: list[AVTag]) -> list[str]:
    """Return what a voice of Anki's reads, and make sure that the voice is the one asked for."""
    from anki.sound import TTSTag

    assert all(isinstance(tag, TTSTag) and tag.lang == "en_GB" for tag in tags)
    return [tag.field_text for tag in tags if isinstance(tag, TTSTag)]


def said_of(collection: Collection, note_id: str) -> list[Said]:
    """Return what Anki reads aloud of each card of a note."""
    cards = only_note(collection, f"ID:{note_id}").cards()
    return [(texts(card.question_av_tags()), texts(card.answer_av_tags())) for card in cards]


def test_each_kind_of_note_is_read_where_it_is_asked_and_answered(
    silent: Path, collection: Collection
) -> None:
    """A reversed card reads the answer first, a gap is a blank, and no answer is told before."""
    say(silent, BOTH)
    assert import_package(collection, build_at(silent, NOON).package) == {"new": 4}
    assert {note_id: said_of(collection, note_id) for note_id in EVERY_KIND} == EVERY_KIND
    check_collection(collection)


def test_only_what_is_wanted_is_read(silent: Path, collection: Collection) -> None:
    """With the question alone, a cloze note's text is read on both sides: whole on the back."""
    say(silent, BOTH.replace('["Question", "Answer"]', '"Question"'))
    import_package(collection, build_at(silent, NOON).package)
    assert said_of(collection, "both") == [(["Both ways"], []), ([], ["Both ways"])]
    assert said_of(collection, "typed") == [(["Type it"], [])]
    first, *_ = said_of(collection, "cloze")
    assert first == (["A blank has a number and ."], ["A gap has a number and ."])


def test_voices_and_speed_are_handed_on(silent: Path, collection: Collection) -> None:
    """Anki gets the voices in their order, the speed, and the word for a gap in the language."""
    say(silent, BOTH.replace("en-GB", "zh-CN") + 'voices = ["A", "B"]\nspeed = 0.8\n')
    import_package(collection, build_at(silent, NOON).package)
    (tag,) = only_card(collection, "ID:cloze card:1").question_av_tags()
    assert isinstance(tag, object)
    assert vars(tag) | {"speed": 0.8} == {
        "field_text": "A 什么 has a number and .",
        "lang": "zh_CN",
        "voices": ["A", "B"],
        "speed": 0.8,
        "other_args": [],
    }


def test_a_gap_is_no_english_word_in_a_language_of_which_no_words_are_known(
    silent: Path, collection: Collection
) -> None:
    """A gap is a pause there, or its hint; that of a formula, which is not read, as well."""
    say(silent, BOTH.replace("en-GB", "de-DE"))
    write(silent, {"source/notes.md": GERMAN})
    import_package(collection, build_at(silent, NOON).package)
    cards = only_note(collection, "ID:z").cards()
    fronts = [vars(tag)["field_text"] for card in cards for tag in card.question_av_tags()]
    assert fronts == [
        "Die … ist rot,  und ",
        "Die Zelle ist [welche?],  und ",
        "Die Zelle ist rot, [Zahl] und ",
        "Die Zelle ist rot,  und …",
    ]


def test_a_deck_that_begins_to_speak_is_a_plain_update(
    silent: Path, collection: Collection
) -> None:
    """Learners get speech, other speech and silence again by default options, and keep all else."""
    import_package(collection, build_at(silent, NOON).package)
    assert said_of(collection, "basic") == [([], [])]
    studied = [study(collection, "ID:basic"), study(collection, "ID:cloze card:2", 5)]
    fields = [field["id"] for field in only_note(collection, "ID:basic").note_type()["flds"]]  # type: ignore[index]
    steps = [BOTH, BOTH.replace('["Question", "Answer"]', '"Answer"'), ""]
    for day, speech in enumerate(steps, 1):
        say(silent, speech)
        summary = build_at(silent, NOON + day * 86_400)
        assert import_package(collection, summary.package) == {"updated": 4}
        has_answer = [bool(said_of(collection, "basic")[0][1])]
        assert has_answer == [bool(speech)]
        for before in studied:
            assert schedule(collection.get_card(before.id)) == schedule(before)
        collection.models._clear_cache()
        now = only_note(collection, "ID:basic").note_type()["flds"]  # type: ignore[index]
        assert [field["id"] for field in now] == fields
        check_collection(collection)
    collection.models._clear_cache()  # which the library keeps beyond an import
    assert "Reserve 1" in only_note(collection, "ID:basic").keys()  # noqa: SIM118


def test_a_question_that_is_corrected_is_read_so(silent: Path, collection: Collection) -> None:
    """One note changes, and its voice with it."""
    say(silent, BOTH)
    import_package(collection, build_at(silent, NOON).package)
    edit(silent, "What is $x^2$", "What is $x^3$")
    assert import_package(collection, build_at(silent, NOON + 60).package) == {
        "updated": 1,
        "duplicate": 3,
    }
    assert said_of(collection, "basic")[0][0] == ["What is x cubed?"]


def test_cards_are_rendered_and_shown_in_the_preview_as_in_anki(
    silent: Path, collection: Collection
) -> None:
    """The preview has a button where Anki has one, with the same words and language."""
    say(silent, BOTH)
    package = build_at(silent, NOON).package
    import_package(collection, package)
    for note in read_package(package).notes:
        (note_id,) = (
            note.fields[i] for i, (name, _) in enumerate(note.note_type.fields) if name == "ID"
        )
        for number, said in zip(note.card_numbers, said_of(collection, note_id), strict=True):
            card = render_card(note, number)
            sides = (card.front_sounds, card.back_sounds)
            ours = tuple([each.text for each in side if isinstance(each, Speech)] for side in sides)
            assert ours == said
            front = sides_of(note, number)["front"]
            assert f'data-speech="{said[0][0]}" lang="en-GB"' in front


def test_a_diff_tells_once_that_a_deck_begins_to_speak(silent: Path, tmp_path: Path) -> None:
    """Not each note's words twice: what is read aloud follows the question where that changed."""
    packages = []
    for day, (speech, asked) in enumerate((("", "x^2"), (BOTH, "x^2"), (BOTH, "x^3"))):
        say(silent, speech)
        write(silent, {"source/notes.md": NOTES.replace("x^2", asked)})
        package = shutil.copy(build_at(silent, NOON + day * 86_400).package, tmp_path / f"{day}")
        packages.append(read_package(Path(package)))
    silent_one, speaking, corrected = packages
    begun, design = sections(compare(silent_one, speaking))
    (item,) = begun.items
    assert "".join(piece.text for piece in item.title) == (
        "read aloud otherwise: Spoken question, Spoken answer"
    )
    assert (begun.size, len(item.details), design.title) == (4, 4, "Design")
    (reworded,) = sections(compare(speaking, corrected))
    assert reworded.title == "Reworded"
