"""The sides of a card are, to the character, what Anki's own library makes of the same note."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.anki import PackageNote
from deckpress.anki.card_sides import CardHtml, render_card
from deckpress.anki.card_sounds import Playable, Sound, Speech
from deckpress.anki.package_reader import read_package
from tests.support.anki_collection import import_package, open_collection
from tests.support.builds import build_at
from tests.support.card_texts import FIELDS, FILTERS, SHAPES, TEMPLATES, TEXTS, TYPE_NAMES, note_of
from tests.support.examples import PAGE, write_project
from tests.support.projects import NOON, copy_project

if TYPE_CHECKING:
    from anki.collection import Collection
    from anki.sound import AVTag
    from anki.template import TemplateRenderOutput

HINT_ID = re.compile(r"hint[0-9a-f]{16}")
"""The digest of a hint, which is another one here: BLAKE3 is not in the standard library."""


class Anki(NamedTuple):
    """Two note types of a collection, in which each example sets its templates and fields."""

    collection: Collection
    types: dict[bool, dict[str, Any]]
    """By whether it is a cloze type."""

    def render(self, note: PackageNote, number: int) -> CardHtml:
        """Return a card as Anki renders it, without its problem."""
        note_type = self.types[note.note_type.is_cloze]
        made = self.collection.new_note(note_type)
        made.tags = list(note.tags)
        for (name, _), text in zip(note.note_type.fields, note.fields, strict=True):
            made[name] = text
        template = copy.deepcopy(note_type["tmpls"][0])
        ours = note.note_type.templates[0 if note.note_type.is_cloze else number]
        template.update(name=ours.name, qfmt=ours.front, afmt=ours.back)
        card = made.ephemeral_card(number, custom_note_type=note_type, custom_template=template)
        return as_ours(card.render_output())


def as_ours(output: TemplateRenderOutput) -> CardHtml:
    """Return what Anki renders as the value that this project has for it."""
    return CardHtml(
        output.question_text,
        output.answer_text,
        tuple(map(sound_of, output.question_av_tags)),
        tuple(map(sound_of, output.answer_av_tags)),
    )


def sound_of(tag: AVTag) -> Playable:
    """Return a sound of Anki's as this project's."""
    from anki.sound import SoundOrVideoTag

    if isinstance(tag, SoundOrVideoTag):
        return Sound(tag.filename)
    voices, options = tuple(tag.voices), tuple(tag.other_args)
    return Speech(tag.field_text, tag.lang, voices, round(tag.speed, 3), options)


def comparable(card: CardHtml) -> CardHtml:
    """Return a card with all that cannot be equal set equal."""
    front, back = (HINT_ID.sub("hint", html) for html in (card.front, card.back))
    sounds = (tuple(map(_comparable, each)) for each in (card.front_sounds, card.back_sounds))
    return CardHtml(front, back, next(sounds), next(sounds))


def _comparable(sound: Playable) -> Playable:
    """Return a sound whose name or text has no digests; Anki has its options in no order."""
    if isinstance(sound, Sound):
        return Sound(HINT_ID.sub("hint", sound.file))
    text, options = HINT_ID.sub("hint", sound.text), tuple(sorted(sound.options))
    return sound._replace(text=text, options=options)


@pytest.fixture(scope="module")
def anki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Anki]:
    """A collection with a note type of each kind."""
    with open_collection(tmp_path_factory.mktemp("sides")) as collection:
        types = {is_cloze: add_type(collection, is_cloze=is_cloze) for is_cloze in (False, True)}
        yield Anki(collection, types)


def add_type(collection: Collection, *, is_cloze: bool) -> dict[str, Any]:
    """Add a note type to a collection, and return it."""
    models = collection.models
    made = models.new(TYPE_NAMES[is_cloze])
    made["type"] = int(is_cloze)
    for name in FIELDS:
        models.add_field(made, models.new_field(name))
    template = models.new_template("Card 1")
    template["qfmt"] = template["afmt"] = "{{cloze:Front}}" if is_cloze else "{{Front}}"
    models.add_template(made, template)
    models.add_dict(made)
    found = models.by_name(made["name"])
    assert found
    return found


def check(anki: Anki, note: PackageNote, number: int) -> CardHtml:
    """Assert that a card is as in Anki; return it."""
    ours, theirs = render_card(note, number), anki.render(note, number)
    assert comparable(ours) == comparable(theirs)
    return ours


@pytest.mark.parametrize("is_cloze", [False, True])
@pytest.mark.parametrize("number", [0, 1])
def test_templates_render_as_in_anki(anki: Anki, number: int, is_cloze: bool) -> None:
    """Each kind of mark, right and wrong, on both sides of a card."""
    fields = ("{{c1::a<b>b</b>::h}} {{c2::x[y]}} &amp; ", "back[sound:a.mp3]")
    for template in TEMPLATES:
        for front, back in ((template, "{{FrontSide}}|{{Back}}"), ("{{Front}}", template)):
            check(anki, note_of(front, back, fields, number, is_cloze=is_cloze), number)


def test_fields_render_as_in_anki(anki: Anki) -> None:
    """Odd HTML, clozes, sounds, readings and entities, each through each filter."""
    front = "|".join(f"{{{{{name}:Front}}}}" for name in FILTERS if name != "hint")
    for text in TEXTS:
        shown = "{{#Front}}filled{{/Front}}" + front
        for is_cloze in (False, True):
            for number in (0, 1):
                note = note_of(
                    shown, "{{hint:Front}}{{FrontSide}}", (text,), number, is_cloze=is_cloze
                )
                check(anki, note, number)


PIECES = st.sampled_from(TEXTS)


@pytest.mark.parametrize("number", [0, 1])
def test_shapes_on_pictures_render_as_in_anki(anki: Anki, number: int) -> None:
    """Each shape asked, shown beside another, and on each side."""
    for shape in SHAPES:
        text = f"{{{{c1::image-occlusion:{shape}}}}} {{{{c2,3::image-occlusion:{shape}}}}}"
        check(anki, note_of("{{cloze:Front}}", "{{cloze:Front}}", (text,), number), number)


FRAGMENTS = st.sampled_from(
    [
        *"{{ }} {{c1:: {{c2:: {{c1,3:: :: c1 <b> </b> < > <!-- --> <style> <br> word".split(),
        *"[sound: [anki:tts [anki:x ] [ a=b = \" ' [/anki:tts] [/anki:x]".split(),
        *"[...] [[type: ]] </style> <div> </div> &nbsp; & &amp; &lt; ; &#x41;".split(),
        *"image-occlusion: rect :left=1 \\( \\) \\[ \\] \\ a 中 é ש".split(),
        *("[anki:tts lang=en]", " ", "\n", "\xa0", "\u0301"),
    ]
)
ODD = st.one_of(PIECES, st.lists(FRAGMENTS, max_size=14).map("".join))
NAMES = st.sampled_from([*FIELDS, *FIELDS, "FrontSide", "Tags", "Deck", "c1", "c2", "Nope"])


def marks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return conditionals around parts of a template."""
    return st.builds(
        lambda sign, name, inner: f"{{{{{sign}{name}}}}}{inner}{{{{/{name}}}}}",
        st.sampled_from(["#", "^", " # "]),
        st.sampled_from([*FIELDS, "c1", "Tags"]),
        inner,
    )


REPLACEMENTS = st.builds(
    lambda filters, name: "{{" + ":".join([*filters, name]) + "}}",
    st.lists(st.sampled_from([*FILTERS, "type", "nc", "unknown", "tts en a=b"]), max_size=3),
    NAMES,
)
TEMPLATE = st.lists(
    st.recursive(st.one_of(REPLACEMENTS, REPLACEMENTS, FRAGMENTS), lambda inner: marks(
        st.lists(inner, max_size=3).map("".join)
    ), max_leaves=4),
    max_size=5,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(TEMPLATE, TEMPLATE, st.tuples(ODD, ODD), st.integers(0, 2), st.booleans())
def test_any_template_and_any_field_render_as_in_anki(
    anki: Anki, front: str, back: str, fields: tuple[str, str], number: int, is_cloze: bool
) -> None:
    """Whatever templates and fields are made of, both sides are Anki's."""
    check(anki, note_of(front, back, fields, number, is_cloze=is_cloze), number)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FILTERS), ODD, st.integers(0, 2), st.booleans())
def test_a_filter_makes_of_any_field_what_anki_makes(
    anki: Anki, name: str, text: str, number: int, is_cloze: bool
) -> None:
    """A field alone, through one filter, on both sides."""
    side = f"{{{{{name}:Front}}}}"
    check(anki, note_of(side, side, (text,), number, is_cloze=is_cloze), number)


def check_package(package: Path, folder: Path) -> int:
    """Assert that all cards of a package are as in Anki after its import; return how many."""
    notes = {note.guid: note for note in read_package(package).notes}
    with open_collection(folder) as collection:
        import_package(collection, package)
        cards = [collection.get_card(card_id) for card_id in collection.find_cards("")]
        for card in cards:
            ours = render_card(notes[card.note().guid], card.ord)
            assert ours == as_ours(card.render_output())
    return len(cards)


def test_all_cards_of_the_shipped_deck_are_as_in_anki(tmp_path: Path) -> None:
    """The deck of this repository, from its source to what learners see."""
    copy_project(tmp_path / "deck")
    package = build_at(tmp_path / "deck", NOON).package
    assert check_package(package, tmp_path / "anki") > 100


def test_all_examples_of_the_page_on_writing_are_as_in_anki(tmp_path: Path) -> None:
    """Each kind of note that docs/writing.md shows, with its pictures and sounds."""
    write_project(PAGE.read_text(encoding="utf-8"), tmp_path / "examples")
    package = build_at(tmp_path / "examples", NOON).package
    assert check_package(package, tmp_path / "anki") > 20
