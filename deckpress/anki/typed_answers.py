"""What a learner typed beside what was to be typed, as Anki shows it.

Letters that are right, wrong and missing have classes of their own; a hyphen stands for each that
is missing. Of the field only the text counts: no tags, sounds or spaces around it.

Sources: `rslib/src/typeanswer.rs` and the crate difflib 0.4, tried with 26.09.3.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

from deckpress.anki.card_sounds import without_sounds
from deckpress.anki.strip_html import escape, strip_html

_LINE_BREAKS = re.compile(r"(?:\n|<br\s?/?>|</?div>)+", re.I)
_LONG = 200
"""From this length on, difflib takes rare letters for noise."""


def compare_typed(expected: str, typed: str, *, combining: bool = True) -> str:
    """Return the HTML of a comparison; of nothing but the right answer where nothing was typed.

    `expected` is a field's HTML. Without `combining`, accents and vowel signs may be left out
    (`{{type:nc:Field}}`); the right answer is shown with them.
    """
    answer = expected_text(expected)
    if not typed:
        return _wrap(escape(answer))
    if combining:
        letters = list(unicodedata.normalize("NFC", answer))
        return _compare(unicodedata.normalize("NFC", typed), letters, letters, _isolate)
    shown = _split_letters(answer)
    bare = "".join(filter(_is_no_mark, unicodedata.normalize("NFKD", typed)))
    if bare == "".join(letter[0] for letter in shown):
        return _wrap(_span("typeGood", answer))
    return _compare(bare, [letter[0] for letter in shown], shown, str)


def expected_text(field: str) -> str:
    """Return what is to be typed for a field."""
    return strip_html(_LINE_BREAKS.sub(" ", without_sounds(field))).strip()


def _compare(
    typed: str, expected: list[str], shown: list[str], isolate: Callable[[str], str]
) -> str:
    """Compare letters, and show the expected ones in their full form."""
    if list(typed) == expected:
        return _wrap(_span("typeGood", "".join(expected)))
    above, below = [], []
    for change, start, end, from_, to in _changes(list(typed), expected):
        given, right = typed[start:end], "".join(shown[from_:to])
        if change == "equal":
            above.append(_span("typeGood", _isolate(given)))
            below.append(_span("typeGood", isolate(right)))
            continue
        if change == "insert":
            above.append(_span("typeMissed", "-" * (to - from_)))
        else:
            above.append(_span("typeBad", _isolate(given)))
        if change != "delete":
            below.append(_span("typeMissed", isolate(right)))
    arrow = "<br><span id=typearrow>&darr;</span><br>"
    return _wrap("".join([*above, arrow, *below]))


def _changes(typed: list[str], expected: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what has to be done to what was typed.

    In long texts Python's library passes over what is frequent; the one that Anki has means to,
    and passes over what is not.
    """
    matcher = SequenceMatcher(None, typed, expected, autojunk=False)
    if len(expected) >= _LONG:
        places = matcher.b2j  # type: ignore[attr-defined]
        for letter in [each for each in places if len(places[each]) <= len(expected) // 100 + 1]:
            del places[letter]
    yield from matcher.get_opcodes()


def _split_letters(text: str) -> list[str]:
    """Return each letter together with its marks; marks before the first letter are left out."""
    letters: list[str] = []
    for character in unicodedata.normalize("NFKD", text):
        if _is_no_mark(character):
            letters.append(character)
        elif letters:
            letters[-1] += character
    return letters


def _is_no_mark(character: str) -> bool:
    return not unicodedata.category(character).startswith("M")


def _isolate(text: str) -> str:
    """Put a space before a mark that would join the letter before it."""
    return text if not text or _is_no_mark(text[0]) else f"\xa0{text}"


def _span(kind: str, text: str) -> str:
    return f"<span class={kind}>{escape(text)}</span>"


def _wrap(html: str) -> str:
    return f"<code id=typeans>{html}</code>"
