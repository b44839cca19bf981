"""What a `$` is that opens no formula, and what is read as a formula and was not meant as one.

GitHub's rule, and ours: a formula begins with a `$` before no blank, and ends with one behind no
blank and before no digit. Authors slip; prices, shells and programs have dollars as well.
"""

from __future__ import annotations

import re

_CJK = r"\u3400-\u9fff"
_LOOK_BACK = 60
"""Characters before a `$` that tell what it closes."""
_LETTER_ALONE = r"(?<![\w$\\])[A-Za-z]"
_BEGINS_FORMULA = re.compile(
    r"\$(?:\\[A-Za-z(){}\[\],;:|]|[A-Za-z]{1,2}[_^][\\{\w]|[A-Za-z]\d?'*\s*[=<>≤≥≈∈+]"
    rf"|[A-Za-z](?=[(\\])|[A-Za-z](?=[\s,.;:!?)，。；：！？、）]|[{_CJK}]|$))"
)
_ENDS_FORMULA = re.compile(
    rf"(?:\\[A-Za-z]+[^\s$]*|[A-Za-z][_^][^\s$]*|[=<>≤≥≈∈+]\s*[\w.]+|{_LETTER_ALONE})\Z"
)
_GOES_ON = re.compile(r"\$\s*[\d(]|\$[A-Za-z_{(\[]")
_SPACED = re.compile(
    r"\$([ \t]*)([^\s$](?:[^$\n]*[^\s$])?)(?<![,;:、，；：])([ \t]*)\$(?![A-Za-z0-9])"
)
_BEFORE_DIGIT = re.compile(r"\$([^\s$](?:[^$\n]*[^\s$])?)\$\d")
_PRICE = re.compile(rf"\d[\d.,]*(?:\s+|,\s*|\Z|(?=[{_CJK}，。、；：]))")
_WORD = re.compile(rf"[A-Za-z]{{2}}|[{_CJK}]")
_LONG_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}")
_TEX = re.compile(r"[\\_^={}<>+Α-ω∀-⋿]")
_SHORT = 12
"""Characters of an expression between blanks that need no sign of TeX to be one."""
_IS_CJK, _IS_NOT_CJK = re.compile(f"[{_CJK}]"), re.compile(f"[^{_CJK}]")
_PATH = re.compile(r"\w[、:]\Z")


def is_half_a_formula(text: str, at: int) -> bool:
    r"""Say whether the `$` at a place of a text was meant to open or close a formula.

    `$x_t` and `x_t$` look like it, and `$\alpha`; `$5`, `US$`, `$HOME` and `$(…)` do not.
    """
    if _BEGINS_FORMULA.match(text, at):
        return True
    before = text[max(at - _LOOK_BACK, 0) : at]
    return bool(_ENDS_FORMULA.search(before)) and not _GOES_ON.match(text, at)


def find_spaced(text: str, at: int) -> re.Match[str] | None:
    """Return the formula with blanks within its signs that begins at a `$`, as in `$ x_t $`."""
    found = _SPACED.match(text, at)
    if found is None or not (found.group(1) or found.group(3)):
        return None
    return found if looks_like_tex(found.group(2)) else None


def looks_like_tex(tex: str) -> bool:
    """Return whether what stands between two `$` is more likely TeX than words or a price."""
    if re.search(f"[{_CJK}]", tex) or len(_LONG_WORD.findall(tex)) > 1:
        return False
    if _TEX.search(tex):
        return True
    return len(tex) <= _SHORT and not _LONG_WORD.search(tex) and not _PRICE.match(tex)


def find_before_digit(text: str, at: int) -> str:
    r"""Return the formula at a `$` that a digit behind it keeps from being one: `$\times$3`."""
    found = _BEFORE_DIGIT.match(text, at)
    if found is None or found.group(1)[0].isdigit() or not looks_like_tex(found.group(1)):
        return ""  # prices, as in "$5-$6"
    return found.group(1)


def is_text(text: str, end: int, tex: str) -> bool:
    """Return whether words stand between two `$` of which the second, before `end`, begins a name.

    So it is in `[[$A == $B]] compares texts, whereas [[$A -eq $B]]`, which GitHub takes for text.
    """
    behind = text[end : end + 1]
    goes_on = behind.isascii() and behind.isalpha()
    return goes_on and len(_LONG_WORD.findall(tex)) > 1 and not _TEX.search(tex)


def is_prose(text: str, start: int, end: int, tex: str) -> bool:
    """Say whether what stands between two `$`, at `start` and before `end`, is rather no formula.

    So it is with the words between two prices, "$5 or US$ 6", or two names, "$scope和$http".
    """
    before, behind = text[max(start - 1, 0) : start], text[end : end + 1]
    if before.isascii() and before.isalpha() and tex[:1].isdigit():
        return True
    if _TEX.search(tex):
        return False
    if (price := _PRICE.match(tex)) and _WORD.search(tex, price.end()):
        return True
    goes_on = behind in "({" or (behind.isascii() and behind.isalpha()) if behind else False
    return _ends_in_prose(tex) or (goes_on and bool(_PATH.search(tex)))


def _ends_in_prose(text: str) -> bool:
    """Say whether a text ends like a sentence in Chinese, or in Chinese and began otherwise."""
    before, last = text[:-1], text[-1:]
    if last and last in "，。、；：":
        return bool(_IS_CJK.search(before))
    return bool(_IS_CJK.match(last) and _IS_NOT_CJK.search(before))
