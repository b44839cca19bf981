"""Which cards of a deck are shown to who does not have it yet, and their sides."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator, Sequence

from deckpress.anki import Package, PackageNote
from deckpress.diff.diff_html import FORMULA, formula_of, glyphs_svg
from deckpress.diff.note_changes import media_in
from deckpress.formulas.engine import draw_formulas
from deckpress.preview.page_data import Data, sides_of
from deckpress.project import Deck

_MOST = 8
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


def make_card(deck: Deck, note: PackageNote) -> Data:
    """Return the first card of a note, as a frame shows it."""
    number = note.card_numbers[0]
    return {
        "key": note.guid,
        "number": number + 1,
        "css": note.note_type.css,
        "language": deck.language,
        **sides_of(note, number),
    }


def samples_script(cards: Sequence[Data]) -> bytes:
    """Return cards as a script, since a page from a disk can read no JSON."""
    text = json.dumps(cards, ensure_ascii=False, indent=1)
    return f'"use strict";\nconst SAMPLES = {text};\n'.encode(errors="backslashreplace")


def drawings_script(cards: Sequence[Data]) -> bytes:
    """Return the formulas of cards as a script: drawn, so that the page needs no MathJax.

    Raises EngineError if MathJax is not installed here.
    """
    sides = (card[side] for card in cards for side in ("front", "back"))
    found = {html.unescape(tex) for side in sides for tex in FORMULA.findall(side)}
    formulas = {tex: formula_of(tex) for tex in sorted(found)}
    drawings = draw_formulas([*formulas.values()])
    drawn = {tex: drawings.svgs[form] for tex, form in formulas.items() if form in drawings.svgs}
    values = {"GLYPHS": glyphs_svg(drawings), "DRAWINGS": drawn}
    lines = (f"const {name} = {json.dumps(value, indent=1)};" for name, value in values.items())
    return '"use strict";\n{}\n'.format("\n".join(lines)).encode()


def sample_media(notes: Sequence[PackageNote]) -> frozenset[str]:
    """Return the names of the media files that notes show."""
    return frozenset[str]().union(*(media_in(note.fields) for note in notes))
