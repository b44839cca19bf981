"""Which characters are Chinese, Japanese or Korean, and which are written without spaces."""

from __future__ import annotations

import re
import unicodedata

_SHARED_PUNCTUATION = frozenset("“”‘’…—·")
"""Marks that Chinese shares with Western typography; they follow the text around them."""

_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uffef\U00016fe0-\U0001b2ff\U00020000-\U0003ffff]"
)
"""The blocks of CJK letters and marks (`Blocks.txt` of Unicode); emoji stand in none of them."""

_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")


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
