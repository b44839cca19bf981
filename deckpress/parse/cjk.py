"""Which characters are Chinese, Japanese or Korean, and so are written without blanks."""

from __future__ import annotations

import unicodedata

_SHARED_PUNCTUATION = frozenset("“”‘’…—·")
"""Marks that Chinese shares with Western typography; they follow the text around them."""


def is_cjk(char: str) -> bool:
    """Say whether a character is a CJK letter or a full-width punctuation mark."""
    return char > "\u1100" and unicodedata.east_asian_width(char) in "WF"


def joins_without_space(before: str, after: str) -> bool:
    """Say whether a line break between two characters of a paragraph is read as no blank."""
    if is_cjk(before):
        return is_cjk(after) or after in _SHARED_PUNCTUATION
    return before in _SHARED_PUNCTUATION and is_cjk(after)
