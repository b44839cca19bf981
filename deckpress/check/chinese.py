"""Which texts are Chinese, and may have a slip in their typography."""

from __future__ import annotations

import re

from deckpress.check.prose import ADDRESS, CODE, FORMULA
from deckpress.languages.scripts import FULL_WIDTH_WORD, HAN

_LETTER = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
WORD = f"{_LETTER}0-9"
PAUSES, OPENERS, CLOSERS = "，。；：？！、", "（《〈【「『〔", "）》〉】」』〕"
MARKS = PAUSES + OPENERS + CLOSERS
"""Full-width marks, to stand in a pattern's `[…]`.

The quotes “ ” are not among the marks, since English has them as well.
"""
THINGS = CODE + FORMULA + ADDRESS
"""Signs of what has a space on either side, as a word has."""
IS_HAN = re.compile(f"[{HAN}]")
"""A Chinese character."""
_IS_WORD = re.compile(f"[{_LETTER}]+")
_TYPED_IN_CHINESE = re.compile(f"[{HAN}{FULL_WIDTH_WORD}]")
_MAY_SLIP = re.compile(
    f"[,;:!?.()\"'…{FULL_WIDTH_WORD}「\u3000]|--|  | - |。。|([，；：、])\\1"
    f"|[{HAN}](?=[{WORD}{THINGS}])|[{WORD}{THINGS}%‰°℃](?=[{HAN}])"
    f"| (?=[{MARKS}“‘])| (?=[{HAN}])(?<=[{HAN}{MARKS}”] )| (?<=[{MARKS}] )"
)
"""What any slip has; one look for it spares the rules where all is well."""


def is_chinese(text: str) -> bool:
    """Return whether a text has at least as many Chinese characters as words of Latin letters.

    Full-width letters and figures are typed where Chinese is.
    """
    characters = len(_TYPED_IN_CHINESE.findall(text))
    return characters > 0 and characters >= len(_IS_WORD.findall(text))


def may_slip(text: str) -> bool:
    """Return whether a text has what a slip in Chinese typography begins with."""
    return bool(_MAY_SLIP.search(text))
