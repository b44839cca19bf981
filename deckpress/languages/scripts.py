"""The scripts that texts are written in: what is Chinese, Japanese or Korean, wide, right to left.

The constants are ranges of characters, to stand in a pattern's `[…]`; emoji are in none of them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from enum import StrEnum
from functools import cache
from itertools import chain
from string import ascii_letters

HAN = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Chinese characters, their radicals and numerals."""
KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f\U0001aff0-\U0001b16f"
"""Hiragana and katakana, also those of half width."""
BOPOMOFO = "\u3100-\u312f\u31a0-\u31bf"
HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
SPACELESS = HAN + KANA + BOPOMOFO
"""Letters of scripts that write no spaces between words, as Korean does."""
CJK_LETTERS = SPACELESS + HANGUL
CJK_MARKS = "\u3000-\u303f\uff00-\uffef"
"""Marks of Chinese and Japanese, with all that is written in full width or half width."""
FULL_WIDTH_ASCII = "\uff01-\uff5e"
FULL_WIDTH_WORD = "０-９Ａ-Ｚａ-ｚ"
"""Latin letters and figures that are as wide as a Chinese character."""

_CJK_BLOCKS = (
    (0x1100, 0x11FF),
    (0x2E80, 0x4DBF),
    (0x4E00, 0xA4CF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0xFE10, 0xFE1F),
    (0xFE30, 0xFE6F),
    (0xFF00, 0xFFEF),
    (0x16FE0, 0x1B2FF),
    (0x20000, 0x3FFFF),
)
"""The blocks of CJK letters and marks (`Blocks.txt` of Unicode); emoji stand in none of them."""
_CJK_BOUNDS = tuple(chain.from_iterable((first, last + 1) for first, last in _CJK_BLOCKS))
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
_ASCII = re.compile(r"[\0-\x7f]+")
_ASCII_LETTERS = ascii_letters.encode()


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
    plain = text.encode("ascii", "ignore")  # most of a text, and counted in a tenth of the time
    if latin := len(plain) - len(plain.translate(None, _ASCII_LETTERS)):
        letters[Script.LATIN] = latin
    for char, number in Counter(_ASCII.sub("", text)).items():
        if char.isalpha() and (script := script_of(char)):
            letters[script] += number
    return letters


def is_right_to_left(language: str) -> bool:
    """Return whether a language, by its BCP 47 tag, is written from right to left."""
    base, *subtags = language.lower().split("-")
    script = next((tag for tag in subtags if len(tag) == 4 and tag.isalpha()), "")
    return script in _RIGHT_TO_LEFT_SCRIPTS or (not script and base in _RIGHT_TO_LEFT_LANGUAGES)


def is_wide(char: str) -> bool:
    """Return whether a character takes two columns: CJK letters and marks, and emoji."""
    return char >= "\u1100" and unicodedata.east_asian_width(char) in "WF"


def is_cjk(char: str) -> bool:
    """Return whether a character is a CJK letter or a full-width punctuation mark."""
    return is_wide(char) and bisect_right(_CJK_BOUNDS, ord(char)) % 2 == 1


def joins_without_space(before: str, after: str) -> bool:
    """Return whether a line break between two characters of a paragraph is read as no space.

    Korean has spaces between its words, like English. Marks that Chinese shares with other
    scripts, and emoji, follow the letter on their other side.
    """
    if _is_spaceless(before):
        return _is_spaceless(after) or _follows_its_neighbour(after)
    return _follows_its_neighbour(before) and _is_spaceless(after)


def _is_spaceless(char: str) -> bool:
    return is_cjk(char) and not re.match(f"[{HANGUL}]", char)


def _follows_its_neighbour(char: str) -> bool:
    return char in _SHARED_PUNCTUATION or (is_wide(char) and not is_cjk(char))


def is_cjk_punctuation(char: str) -> bool:
    """Return whether a character is a full-width mark, which has its space within itself."""
    return is_cjk(char) and unicodedata.category(char)[0] == "P"
