"""What a `$` is that opens no formula, and what is read as a formula and was not meant as one.

GitHub's rule, and ours: a formula begins with a `$` before no blank, and ends with one behind no
blank and before no digit. Authors slip; prices, shells and programs have dollars as well.
"""

from __future__ import annotations

import re

from deckpress.parse.brackets import has_relation, has_tex_signs, has_two_words, has_words

_CJK = r"\u3400-\u9fff"
_LOOK_BACK = 60
"""Characters before a `$` that tell what it closes."""
_LETTER_ALONE = r"(?<![\w$\\])[A-Za-z]"
_FIRST_OF_TEX = (
    r"\\[A-Za-z(){}\[\],;:|]|[A-Za-z]{1,2}[_^][\\{\w]|[A-Za-z]\d?'*\s*[=<>≤≥≈∈+]|[A-Za-z](?=[(\\])"
)
_BEGINS_TEX = re.compile(rf"\s*(?:{_FIRST_OF_TEX})")
_BEGINS_FORMULA = re.compile(
    rf"\$(?:{_FIRST_OF_TEX}|[A-Za-z](?=[\s,.;:!?)，。；：！？、）]|[{_CJK}]|$))"
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
_NAME = re.compile(r"[A-Za-z0-9({]")
"""What goes on behind a `$` that begins a name of a program."""
_IN_WORD = re.compile(r"[A-Za-z0-9)\]}]\Z")
_HANGS = re.compile(r"[=<>+-]\s*\Z")
"""What ends with an operator, as in "$ 5 + $ 6"."""
_LETTER = re.compile(r"[^\W\d_]")
_CJK_MARK = re.compile("[，。、；：！？]")
_WORD_ALONE = re.compile(r"\s+[^\W\d_]{2,}\s+|\s*(?:[,;:)–]|\.(?!\d)).*", re.S)
"""One word, or anything behind a mark that begins no formula."""
_TEXT_IN_TEX = re.compile(r"\\(?:text|math|operatorname)[a-z]*\*?\s*\{[^{}]*\}")
_PATH = re.compile(r"\w[、:]\Z")


def is_half_a_formula(text: str, at: int) -> bool:
    r"""Say whether the `$` at a place of a text was meant to open or close a formula.

    `$x_t` and `x_t$` look like it, and `$\alpha`; `$5`, `US$`, `$HOME` and `$(…)` do not.
    """
    if _BEGINS_FORMULA.match(text, at):
        return True
    before = text[max(at - _LOOK_BACK, 0) : at]
    return bool(_ENDS_FORMULA.search(before)) and not _GOES_ON.match(text, at)


def is_half_a_display(text: str, at: int, *, is_paragraph: bool) -> bool:
    r"""Return whether the `$$` at a place of a text was meant to open or close a formula.

    `$$x_t` and `x_t$$` look like it, and in a paragraph `$$` on a line of its own; a shell's
    `echo $$` and "it costs $$" do not.
    """
    before, behind = text[max(at - _LOOK_BACK, 0) : at], text[at + 2 : at + 2 + _LOOK_BACK]
    before = before.rpartition("\n")[2].rpartition("$")[2]
    behind = behind.partition("\n")[0].partition("$")[0]
    if is_paragraph and not before.strip() and not behind.strip():
        return True
    if not _IN_WORD.search(before) and _BEGINS_FORMULA.match(text, at + 1):
        return True
    if _BEGINS_TEX.match(behind) or _ENDS_FORMULA.search(before):
        return True
    return has_tex_signs(before) or has_tex_signs(behind)


def is_display_text(text: str, start: int, end: int, *, alone: bool = False) -> bool:
    r"""Return whether what stands from `$$` to `$$`, at `start` and before `end`, is no formula.

    So it is with the words between two prices, "$$ or $$$", or two of a shell's `$$`. `alone`
    means that nothing else stands in the line.
    """
    tex = text[start + 2 : end - 2]
    if text.startswith("$$$", start):
        return True
    if has_tex_signs(tex) or has_relation(tex):
        return False
    if has_two_words(tex) or _CJK_MARK.search(tex):
        return True
    if alone:
        return False
    if text.startswith("$", end) or _WORD_ALONE.fullmatch(tex):
        return True
    return _NAME.match(text, end) is not None and has_words(tex)


def find_spaced(text: str, at: int) -> re.Match[str] | None:
    """Return what has spaces within its signs, begins at a `$` and looks like a formula.

    So does `$ x_t $`, which to GitHub is none.
    """
    found = _SPACED.match(text, at)
    if found is None or not (found.group(1) or found.group(3)):
        return None
    return found if looks_like_tex(_TEXT_IN_TEX.sub(r"\\", found.group(2))) else None


def is_plain_tex(found: re.Match[str]) -> bool:
    r"""Return whether what `find_spaced` found is TeX beyond doubt.

    So is `$ \frac{a}{b} $`, and `$ h $`; `$ ls -l $` and `$ 5 + 6 $` may be something else.
    """
    tex, start = found.group(2), found.start()
    if _IN_WORD.match(found.string, max(start - 1, 0), start) or _HANGS.search(tex):
        return False
    if tex.count("{") != tex.count("}"):
        return False
    if has_tex_signs(tex):
        return True
    return _LETTER.search(tex) is not None and not has_words(tex)


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


def is_words(text: str, end: int, tex: str) -> bool:
    """Return whether words stand between two `$` of which the second, before `end`, begins a name.

    So it is in `[[$A == $B]] compares texts, whereas [[$A -eq $B]]`, which GitHub takes for text,
    and in `$BASHPID; PID=$$`.
    """
    if text.startswith("$", end):
        return _HANGS.search(tex) is not None
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
        return any(map(_is_cjk, before))
    return _is_cjk(last) and not all(map(_is_cjk, before))


def _is_cjk(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
