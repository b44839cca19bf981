"""Which characters are Chinese, Japanese or Korean, and which are written without blanks."""

from __future__ import annotations

import re
import unicodedata

_SHARED_PUNCTUATION = frozenset("“”‘’…—·")
"""Marks that Chinese shares with Western typography; they follow the text around them."""

_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")


def is_cjk(char: str) -> bool:
    """Say whether a character is a CJK letter or a full-width punctuation mark."""
    return char > "\u1100" and unicodedata.east_asian_width(char) in "WF"


def joins_without_space(before: str, after: str) -> bool:
    """Say whether a line break between two characters of a paragraph is read as no blank.

    Korean has blanks between its words, like English.
    """
    if _is_spaceless(before):
        return _is_spaceless(after) or after in _SHARED_PUNCTUATION
    return before in _SHARED_PUNCTUATION and _is_spaceless(after)


def _is_spaceless(char: str) -> bool:
    return is_cjk(char) and not _HANGUL.match(char)


def is_cjk_punctuation(char: str) -> bool:
    """Say whether a character is a full-width mark, which has its blank within itself."""
    return is_cjk(char) and unicodedata.category(char)[0] == "P"
