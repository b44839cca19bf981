"""Which sounds real Anki plays by itself on each side of a card, and which have buttons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from anki.collection import Collection
from anki.sound import SoundOrVideoTag

from deckpress.anki.card_sides import render_card
from deckpress.anki.card_sounds import Sound
from deckpress.anki.package_reader import read_package
from deckpress.preview.page_data import sides_of
from tests.support.anki_collection import import_package, only_note
from tests.support.builds import build_at
from tests.support.projects import NOON, write

if TYPE_CHECKING:
    from anki.sound import AVTag

NOTES = {
    "basic": "1. How high is it? ![](asked.mp3)\n\n   440 Hz: ![](said.mp3)",
    "reversed": "1. ![](asked.mp3) <!-- kind=reversed -->\n\n   ![](said.mp3)",
}
PLAYED = {
    "basic": [(["asked"], ["said"])],
    "reversed": [(["asked"], ["said"]), (["said"], ["asked"])],
}
"""What is played on the front and on the back of each card, by the kind of its note."""


def names(files: list[str]) -> list[str]:
    """Return the names that an author gave to files of a package."""
    return [name for file in files for name in ("asked", "said") if f"{name}-" in file]


def played(tags: list[AVTag]) -> list[str]:
    """Return what Anki plays."""
    return names([tag.filename for tag in tags if isinstance(tag, SoundOrVideoTag)])


@pytest.fixture
def listening(project: Path) -> Path:
    """A project with two sounds."""
    write(project, {f"source/{name}.mp3": f"ID3 {name}".encode() for name in ("asked", "said")})
    return project


@pytest.mark.parametrize("kind", NOTES)
def test_the_sound_of_a_question_is_heard_once(
    kind: str, listening: Path, collection: Collection
) -> None:
    """With the answer only its own sound is played, and the question keeps its button."""
    write(listening, {"source/notes.md": NOTES[kind]})
    import_package(collection, build_at(listening, NOON).package)
    cards = only_note(collection, "deck:*").cards()
    sides = [(played(card.question_av_tags()), played(card.answer_av_tags())) for card in cards]
    assert sides == PLAYED[kind]
    for card in cards:
        assert "[anki:play:q:0]" in card.answer()
        assert "[anki:play:a:0]" in card.answer()


@pytest.mark.parametrize("kind", NOTES)
def test_the_preview_plays_what_anki_plays(kind: str, listening: Path) -> None:
    """The back has the buttons of both sounds, and only the answer's is played by itself."""
    write(listening, {"source/notes.md": NOTES[kind]})
    (note,) = read_package(build_at(listening, NOON).package).notes
    for number, sides in zip(note.card_numbers, PLAYED[kind], strict=True):
        card = render_card(note, number)
        sounds = (card.front_sounds, card.back_sounds)
        ours = tuple(
            names([each.file for each in side if isinstance(each, Sound)]) for side in sounds
        )
        assert ours == sides
        assert sides_of(note, number)["back"].count("data-sound") == 2
