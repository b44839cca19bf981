"""Which cards of a deck are shown to who does not have it yet, and their sides."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Sequence

from deckpress.anki import Package, PackageNote
from deckpress.diff.diff_html import glyphs_svg
from deckpress.diff.note_changes import media_in
from deckpress.formulas import Formula
from deckpress.formulas.engine import draw_formulas
from deckpress.preview.page_data import Data, sides_of
from deckpress.project import Deck

_MOST = 8
_FORMULA = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.S)
"""As `drawn_formulas.js` finds them."""
Wish = Callable[[PackageNote], bool]


def choose_samples(package: Package) -> list[PackageNote]:
    """Return some notes in the order of the deck: of each kind, with pictures, with formulas.

    The others are spread over the deck. The same package has the same samples.
    """
    notes = [note for note in package.notes if note.card_numbers]
    chosen: list[PackageNote] = []
    for wish in _wishes(notes):
        if len(chosen) < _MOST and not any(map(wish, chosen)):
            chosen.append(_middle(list(filter(wish, notes))))
    left = [note for note in notes if note not in chosen]
    chosen += _spread(left, _MOST - len(chosen))
    return [note for note in notes if note in chosen]


def _wishes(notes: Sequence[PackageNote]) -> Iterator[Wish]:
    """Yield what a sample should be, each of which there is a note for."""
    wishes: list[Wish] = [_shows_picture, _has_formula]
    wishes += (_is_of(type_id) for type_id in dict.fromkeys(note.note_type.id for note in notes))
    return (wish for wish in wishes if any(map(wish, notes)))


def _is_of(type_id: int) -> Wish:
    return lambda note: note.note_type.id == type_id


def _shows_picture(note: PackageNote) -> bool:
    return any("<img" in field for field in note.fields)


def _has_formula(note: PackageNote) -> bool:
    return any("\\(" in field or "\\[" in field for field in note.fields)


def _middle(notes: Sequence[PackageNote]) -> PackageNote:
    return notes[len(notes) // 2]


def _spread(notes: Sequence[PackageNote], number: int) -> list[PackageNote]:
    number = min(number, len(notes))
    return [notes[at * len(notes) // number] for at in range(number)]


def samples_script(deck: Deck, notes: Sequence[PackageNote]) -> bytes:
    """Return the first card of each note as a script, since a page from a disk can read no JSON."""
    cards = json.dumps([_card(deck, note) for note in notes], ensure_ascii=False, indent=1)
    return f'"use strict";\nconst SAMPLES = {cards};\n'.encode(errors="backslashreplace")


def _card(deck: Deck, note: PackageNote) -> Data:
    number = note.card_numbers[0]
    return {
        "key": note.guid,
        "number": number + 1,
        "css": note.note_type.css,
        "language": deck.language,
        **sides_of(note, number),
    }


def drawings_script(notes: Sequence[PackageNote]) -> bytes:
    """Return the formulas of the samples as a script: drawn, so that the page needs no MathJax.

    Raises EngineError if MathJax is not installed here.
    """
    sides = (side for note in notes for side in sides_of(note, note.card_numbers[0]).values())
    found = {html.unescape(tex) for side in sides for tex in _FORMULA.findall(side)}
    formulas = {tex: Formula(tex[2:-2], display=tex[1] == "[") for tex in sorted(found)}
    drawings = draw_formulas([*formulas.values()])
    drawn = {tex: drawings.svgs[form] for tex, form in formulas.items() if form in drawings.svgs}
    values = {"GLYPHS": glyphs_svg(drawings), "DRAWINGS": drawn}
    lines = (f"const {name} = {json.dumps(value, indent=1)};" for name, value in values.items())
    return '"use strict";\n{}\n'.format("\n".join(lines)).encode()


def sample_media(notes: Sequence[PackageNote]) -> frozenset[str]:
    """Return the names of the media files that notes show."""
    return frozenset[str]().union(*(media_in(note.fields) for note in notes))
