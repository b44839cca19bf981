"""The scripts that texts are written in: which one a letter is of, and which run to the left."""

from __future__ import annotations

import unicodedata
from collections import Counter
from enum import StrEnum
from functools import cache


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


_WIDTHS = ("FULLWIDTH ", "HALFWIDTH ")
_KANA = ("HIRAGANA", "KATAKANA")
_SCRIPTS = frozenset(Script)
_RIGHT_TO_LEFT_SCRIPTS = frozenset("adlm arab hebr mand nkoo rohg samr syrc thaa".split())
"""By their codes in ISO 15924, which a language's tag may have; all that are in use today."""
_RIGHT_TO_LEFT_LANGUAGES = frozenset(
    "ar arc arz ckb dv fa he iw ji ks lrc mzn nqo pnb prs ps sd syr ug ur yi".split()
)
"""Those that are written so where their tag names no script (`likelySubtags.xml` of CLDR)."""


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
