r"""Whether `\(…\)` and `\[…\]` hold a formula, as TeX has it, or words in brackets.

To Markdown a backslash makes a bracket literal, and so pandoc, Notion and html2text write every
bracket: `\[1\]`, `\[see below\]`. Authors who come from LaTeX write their formulas so. Parentheses
are seldom escaped by a program, so that these are a formula in doubt; square brackets are none.
"""

from __future__ import annotations

import re

_COMMAND = re.compile(r"(?<!\\)(?:\\\\)*(?:\\(?:[A-Za-z]|[,;{}%])|\\\\(?=\s|\Z))")
r"""What only TeX has; a program's `\*`, `\_`, `\#` and `\\` are literal characters."""
_SCRIPT = re.compile(
    r"(?:(?<![^\W_])[^\W\d_]|\d|[)\]}'|!])'*(?:_(?=[^\W_]|[{*+(-])|\^(?=[^\s^]))", re.A
)
"""A base of one letter, a number or a bracket, with its index or exponent: `x_i`, `10^6`."""
_CJK = (("\u2e80", "\u9fff"), ("\uac00", "\ud7af"), ("\uf900", "\ufaff"), ("\uff00", "\uffef"))
"""Ranges of characters; to compile them into a pattern takes 4 ms at each start."""
_WORD = re.compile(r"(?<![\w\\])[^\W\d_]{2,}")
_FUNCTIONS = frozenset(
    "arg cos cot csc deg det dim exp gcd inf ker lg lim ln log max min mod sec sin sup tan".split()
)
_TWO_WORDS = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}[,.;:]?\s+[^\W\d_]{2,}")
_RELATION = re.compile(r"[\w)\]}|!']\s*(?:[=≠<>≤≥≈≡∼∈∉⊂⊆→↦∝]|[:!<>]=)\s*[\w(\[{|+−√∑∏∫-]")
_OPERATION = re.compile(r"[\w)\]}|!']\s*[+*/·×÷−±∘⊙⊗⊕|-]\s*[\w(\[{|√∑∏∫]")
_CLASS = re.compile(r"(?:[a-z]-[a-z]|[A-Z]-[A-Z]|\d-\d)+|\d+\s*[-–/]\s*\d+|[A-Za-z]+/[A-Za-z]+")
"""What has an operator and is a range or an alternative: `A-Z`, `12-15`, `n/a`."""
_CALL = re.compile(r"(?<![^\W\d_])[A-Za-z]'*\([^()]+\)")
_SAID = re.compile(r"[^\W_]|[∀-⋿]")
_LETTER = re.compile(r"[^\W\d_]'*")
_ABBREVIATION = re.compile(r"[A-Z]{3,}s?|(?:[a-z]\.){2,}|(?i:n/a|and/or)")


def holds_tex(inside: str, *, square: bool, joined: bool = False, alone: bool = False) -> bool:
    r"""Return whether escaped brackets hold a formula and no words.

    `square` distinguishes `\[…\]` from `\(…\)`. `joined` means that a word or a bracket touches
    them on the left, as in `a\[i\]`, and `alone` that they are a paragraph of their own.
    """
    text = inside.strip()
    if "://" in text:
        return False
    if has_tex_signs(text):
        return True
    if not _SAID.search(text) or _reads_as_words(text):
        return False
    if _RELATION.search(text):
        return True
    if square:
        return not joined and _is_displayed(text, alone=alone)
    return not _ABBREVIATION.fullmatch(text)


def has_tex_signs(text: str) -> bool:
    """Return whether a text has what only TeX has: a command, an index or an exponent."""
    return bool(_COMMAND.search(text) or _SCRIPT.search(text))


def has_relation(text: str) -> bool:
    """Return whether a text says that something equals, or is greater than, something else."""
    return bool(_RELATION.search(text))


def has_words(text: str) -> bool:
    """Return whether a text has words of two letters and more that are no names of functions."""
    return any(word not in _FUNCTIONS for word in _WORD.findall(text))


def has_two_words(text: str) -> bool:
    """Return whether two words of two letters and more stand side by side in a text."""
    return bool(_TWO_WORDS.search(text))


def _reads_as_words(text: str) -> bool:
    """Return whether a text has words that are no names of TeX's functions."""
    if has_two_words(text) or "%" in text or "@" in text:
        return True
    if _RELATION.search(text):
        return False
    words = [word for word in _WORD.findall(text) if word not in _FUNCTIONS]
    is_cjk = any(first <= char <= last for char in text for first, last in _CJK)
    return is_cjk or any(len(word) > 2 for word in words)


def _is_displayed(text: str, *, alone: bool) -> bool:
    """Return whether a text without words is more likely a displayed formula than in brackets."""
    if _CLASS.fullmatch(text):
        return False
    if _OPERATION.search(text) or _CALL.search(text):
        return True
    return alone and _LETTER.fullmatch(text) is not None
