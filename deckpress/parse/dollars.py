"""A `$` that pairs with no other: money, a program's variable, or half of a formula."""

from __future__ import annotations

import re

_LOOK_BACK = 60
"""Characters before a `$` that tell what it closes."""
_LETTER_ALONE = r"(?<![\w$\\])[A-Za-z]"
_BEGINS_FORMULA = re.compile(
    r"\$(?:\\[A-Za-z(){}\[\],;:|]|[A-Za-z]{1,2}[_^][\\{\w]|[A-Za-z]\d?'*\s*[=<>≤≥≈∈+]"
    r"|[A-Za-z](?=[\s,.;:!?)，。；：！？、）]|[\u3400-\u9fff]|$))"
)
_ENDS_FORMULA = re.compile(
    rf"(?:\\[A-Za-z]+[^\s$]*|[A-Za-z][_^][^\s$]*|[=<>≤≥≈∈+]\s*[\w.]+|{_LETTER_ALONE})\Z"
)
_GOES_ON = re.compile(r"\$\s*[\d(]|\$[A-Za-z_{(\[]")


_PRICE = re.compile(r"\d[\d.,]*(?:\s+|,\s*|(?=[\u3400-\u9fff]))")
_WORD = re.compile(r"[A-Za-z]{2}|[\u3400-\u9fff]")
_TEX = re.compile(r"[\\_^={}]")


def is_money(text: str, at: int, tex: str) -> bool:
    """Say whether the formula that a `$` at a place of a text opens is rather two prices.

    So it is with what stands between the signs of "$5 or US$ 6", and of "A$5, A$6".
    """
    if text[at - 1 : at].isascii() and text[at - 1 : at].isalpha() and tex[:1].isdigit():
        return True
    price = None if _TEX.search(tex) else _PRICE.match(tex)
    return price is not None and _WORD.search(tex, price.end()) is not None


def is_half_a_formula(text: str, at: int) -> bool:
    r"""Say whether the `$` at a place of a text was meant to open or close a formula.

    `$x_t` and `x_t$` look like it, and `$\alpha`; `$5`, `US$`, `$HOME` and `$(…)` do not.
    """
    if _BEGINS_FORMULA.match(text, at):
        return True
    before = text[max(at - _LOOK_BACK, 0) : at]
    return bool(_ENDS_FORMULA.search(before)) and not _GOES_ON.match(text, at)
