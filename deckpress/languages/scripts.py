"""The scripts that texts are written in, and Unicode's normal forms, in time that stays linear."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from enum import StrEnum
from functools import cache
from typing import Literal

_WIDTHS = ("FULLWIDTH ", "HALFWIDTH ")
_KANA = ("HIRAGANA", "KATAKANA")
_RIGHT_TO_LEFT_SCRIPTS = frozenset("adlm arab hebr mand nkoo rohg samr syrc thaa".split())
"""By their codes in ISO 15924, which a language's tag may have; all that are in use today."""
_RIGHT_TO_LEFT_LANGUAGES = frozenset(
    "ar arc arz ckb dv fa he iw ji ks lrc mzn nqo pnb prs ps sd syr ug ur yi".split()
)
"""Those that are written so where their tag names no script (`likelySubtags.xml` of CLDR)."""
_SHARED_PUNCTUATION = frozenset("“”‘’…—·")
"""Marks that Chinese shares with Western typography; they follow the text around them."""
_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uffef\U00016fe0-\U0001b2ff\U00020000-\U0003ffff]"
)
"""The blocks of CJK letters and marks (`Blocks.txt` of Unicode); emoji stand in none of them."""
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
_PILE = re.compile(r"[^\w\s\x00-\u02ff]{100,}")
"""What may be accents, none of which is a letter: so many in a row that their order costs more than
the text. (Unicode's Stream-Safe Text Format, UAX #15, section 13, has 30 at most.)"""


class Script(StrEnum):
    """A script, by the word that the names of its letters begin with (`UnicodeData.txt`)."""

    ARABIC = "ARABIC"
    ARMENIAN = "ARMENIAN"
    BENGALI = "BENGALI"
    CYRILLIC = "CYRILLIC"
    DEVANAGARI = "DEVANAGARI"
    ETHIOPIC = "ETHIOPIC"
    GEORGIAN = "GEORGIAN"
    GREEK = "GREEK"
    GUJARATI = "GUJARATI"
    GURMUKHI = "GURMUKHI"
    HAN = "CJK"
    HANGUL = "HANGUL"
    HEBREW = "HEBREW"
    KANA = "KANA"
    KANNADA = "KANNADA"
    KHMER = "KHMER"
    LAO = "LAO"
    LATIN = "LATIN"
    MALAYALAM = "MALAYALAM"
    MYANMAR = "MYANMAR"
    SINHALA = "SINHALA"
    TAMIL = "TAMIL"
    TELUGU = "TELUGU"
    THAANA = "THAANA"
    THAI = "THAI"


_SCRIPTS = frozenset(Script)


@cache
def script_of(letter: str) -> Script | None:
    """Return the script of a letter; None for one of a script that is not known here."""
    name = unicodedata.name(letter, "")
    for width in _WIDTHS:
        name = name.removeprefix(width)
    if name.startswith(_KANA):
        return Script.KANA
    word = name.partition(" ")[0]
    return Script(word) if word in _SCRIPTS else None


def count_letters(text: str) -> Counter[Script]:
    """Return how many letters of each script a text has; marks, figures and signs are none."""
    letters: Counter[Script] = Counter()
    for char, number in Counter(text).items():
        if char.isalpha() and (script := script_of(char)):
            letters[script] += number
    return letters


def is_right_to_left(language: str) -> bool:
    """Return whether a language, by its BCP 47 tag, is written from right to left."""
    first, *others = language.lower().split("-")
    script = next((each for each in others if len(each) == 4 and each.isalpha()), "")
    return script in _RIGHT_TO_LEFT_SCRIPTS or (not script and first in _RIGHT_TO_LEFT_LANGUAGES)


def is_wide(char: str) -> bool:
    """Return whether a character takes two columns: CJK letters and marks, and emoji."""
    return char >= "\u1100" and unicodedata.east_asian_width(char) in "WF"


def is_cjk(char: str) -> bool:
    """Return whether a character is a CJK letter or a full-width punctuation mark."""
    return is_wide(char) and _CJK.match(char) is not None


def joins_without_space(before: str, after: str) -> bool:
    """Return whether a line break between two characters of a paragraph is read as no space.

    Korean has spaces between its words, like English. Marks that Chinese shares with other
    scripts, and emoji, follow the letter on their other side.
    """
    if _is_spaceless(before):
        return _is_spaceless(after) or _follows_its_neighbour(after)
    return _follows_its_neighbour(before) and _is_spaceless(after)


def _is_spaceless(char: str) -> bool:
    return is_cjk(char) and not _HANGUL.match(char)


def _follows_its_neighbour(char: str) -> bool:
    return char in _SHARED_PUNCTUATION or (is_wide(char) and not is_cjk(char))


def is_cjk_punctuation(char: str) -> bool:
    """Return whether a character is a full-width mark, which has its space within itself."""
    return is_cjk(char) and unicodedata.category(char)[0] == "P"


def normalize(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return what `unicodedata.normalize` does.

    That puts the accents of a letter in order by moving each past all that belong behind it. Here
    those of a pile are in order before.
    """
    piled = _PILE.sub(lambda found: _in_order(found.group(0)), text) if len(text) > 100 else text
    return unicodedata.normalize(form, piled)


def _in_order(marks: str) -> str:
    """Return accents in Unicode's canonical order: sorted by their classes between others."""
    ordered: list[str] = []
    run: list[str] = []
    for mark in "".join(unicodedata.normalize("NFD", each) for each in marks):
        if not unicodedata.combining(mark):
            ordered += [*sorted(run, key=unicodedata.combining), mark]
            run = []
        else:
            run.append(mark)
    return "".join([*ordered, *sorted(run, key=unicodedata.combining)])
