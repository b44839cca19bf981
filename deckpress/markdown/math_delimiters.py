"""The formulas in a text, between `$` or TeX's own delimiters, and what is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from deckpress.languages.scripts import CJK_LETTERS, is_cjk
from deckpress.markdown.html_tokens import TAG, VOID, is_html_tag, read_html
from deckpress.patterns import lazy_pattern

_COMMAND = lazy_pattern(r"(?<!\\)(?:\\\\)*(?:\\(?:[A-Za-z]|[,;{}%])|\\\\(?=\s|\Z))")
r"""What only TeX has; a program's `\*`, `\_`, `\#` and `\\` are literal characters."""
_SCRIPT = lazy_pattern(
    r"(?:(?<![^\W_])[^\W\d_]|\d|[)\]}'|!])'*(?:_(?=[^\W_]|[{*+(-])|\^(?=[^\s^]))", re.A
)
"""A base of one letter, a number or a bracket, with its index or exponent: `x_i`, `10^6`."""
_LONG_WORDS = re.compile(r"(?<![\w\\])[^\W\d_]{2,}")
_FUNCTIONS = frozenset(
    "arg cos cot csc deg det dim exp gcd inf ker lg lim ln log max min mod sec sin sup tan".split()
)
_TWO_WORDS = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,}[,.;:]?\s+[^\W\d_]{2,}")
_RELATION = lazy_pattern(r"[\w)\]}|!']\s*(?:[=≠<>≤≥≈≡∼∈∉⊂⊆→↦∝]|[:!<>]=)\s*[\w(\[{|+−√∑∏∫-]")
_OPERATION = lazy_pattern(r"[\w)\]}|!']\s*[+*/·×÷−±∘⊙⊗⊕|-]\s*[\w(\[{|√∑∏∫]")
_CLASS = lazy_pattern(r"(?:[a-z]-[a-z]|[A-Z]-[A-Z]|\d-\d)+|\d+\s*[-–/]\s*\d+|[A-Za-z]+/[A-Za-z]+")
"""What has an operator and is a range or an alternative: `A-Z`, `12-15`, `n/a`."""
_CALL = re.compile(r"(?<![^\W\d_])[A-Za-z]'*\([^()]+\)")
_SAID = re.compile(r"[^\W_]|[∀-⋿]")
_LETTER_WITH_PRIMES = re.compile(r"[^\W\d_]'*")
_ABBREVIATION = re.compile(r"[A-Z]{3,}s?|(?:[a-z]\.){2,}|(?i:n/a|and/or)")
_CJK_LETTER = f"[{CJK_LETTERS}]"
"""It is compiled where it is first used, as what holds it is: that takes 3 ms."""
_LOOK_BACK = 60
"""Characters before a `$` that tell what it closes."""
_LETTER_ALONE = r"(?<![\w$\\])[A-Za-z]"
_FIRST_OF_TEX = (
    r"\\[A-Za-z(){}\[\],;:|]|[A-Za-z]{1,2}[_^][\\{\w]|[A-Za-z]\d?'*\s*[=<>≤≥≈∈+]|[A-Za-z](?=[(\\])"
)
_BEGINS_TEX = lazy_pattern(rf"\s*(?:{_FIRST_OF_TEX})")
_ENDS_FORMULA = lazy_pattern(
    rf"(?:\\[A-Za-z]+[^\s$]*|[A-Za-z][_^][^\s$]*|[=<>≤≥≈∈+]\s*[\w.]+|{_LETTER_ALONE})\Z"
)
_GOES_ON = re.compile(r"\$\s*[\d(]|\$[A-Za-z_{(\[]")
_SPACED = lazy_pattern(
    r"\$([ \t]*)([^\s$](?:[^$\n]*[^\s$])?)(?<![,;:、，；：])([ \t]*)\$(?![A-Za-z0-9])"
)
_BEFORE_DIGIT = re.compile(r"\$([^\s$](?:[^$\n]*[^\s$])?)\$\d")
_PRICE = rf"\d[\d.,]*(?:\s+|,\s*|\Z|(?={_CJK_LETTER}|[，。、；：]))"
_WORD = rf"[A-Za-z]{{2}}|{_CJK_LETTER}"
_LONG_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,}")
_TEX = re.compile(r"[\\_^={}<>+Α-ω∀-⋿]")
_SHORT = 12
"""Characters of an expression between spaces that need no sign of TeX to be one."""
_NAME = re.compile(r"[A-Za-z0-9({]")
"""What goes on behind a `$` that begins a name of a program."""
_IN_WORD = re.compile(r"[A-Za-z0-9)\]}]\Z")
_HANGS = re.compile(r"[=<>+-]\s*\Z")
"""What ends with an operator, as in "$ 5 + $ 6"."""
_LETTER = re.compile(r"[^\W\d_]")
_CJK_MARK = lazy_pattern("[，。、；：！？]")
_WORD_ALONE = lazy_pattern(r"\s+[^\W\d_]{2,}\s+|\s*(?:[,;:)–]|\.(?!\d)).*", re.S)
"""One word, or anything behind a mark that begins no formula."""
_TEXT_IN_TEX = re.compile(r"\\(?:text|math|operatorname)[a-z]*\*?\s*\{[^{}]*\}")
_PATH = re.compile(r"\w[、:]\Z")
MATHS = (
    r"\$\$(?P<display>(?:\\.|[^\\$]|\$(?!\$))+?)\$\$"
    r"|\$`(?P<ticked>[^`\n]+)`\$"
    r"|\$(?![\s$])(?P<inline>(?:\\.|[^\\$`])+?)(?<!\s)\$(?!\d)"
    r"|\\\((?P<round>(?:\\[^()]|[^\\])+?)\\\)"
    r"|\\\[(?P<square>(?:\\[^\[\]]|[^\\])+?)\\\]"
)
"""What looks like a formula, which ends where the next one begins: to find its end costs little."""
CODE_OPEN = r"(?<!`)(?P<ticks>`+)"
"""What begins code; to look in the pattern for its end as well would take the square of a text."""
DISPLAY = frozenset({"display", "square"})
_MATHS = re.compile(MATHS, re.S)
_NAMES = frozenset(_MATHS.groupindex)
_BRACKETS = frozenset({"round", "square"})
_CLOSE = {r"\(": r"\)", r"\[": r"\]"}
_TAG = re.compile(TAG)
_JOINS = re.compile(r"[\w)\]`]")
_PARTNER_WITHIN = 2000
"""Characters behind a tag among which its end tag is looked for."""
WITHOUT_MATHS = frozenset("code kbd math noscript pre script style svg textarea".split())
"""Elements of whose text no formula is made, by GitHub, MathJax or both."""


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
    return any(word not in _FUNCTIONS for word in _LONG_WORDS.findall(text))


def has_two_words(text: str) -> bool:
    """Return whether two words of two letters and more stand side by side in a text."""
    return bool(_TWO_WORDS.search(text))


def _reads_as_words(text: str) -> bool:
    """Return whether a text has words that are no names of TeX's functions."""
    if has_two_words(text) or "%" in text or "@" in text:
        return True
    if _RELATION.search(text):
        return False
    words = [word for word in _LONG_WORDS.findall(text) if word not in _FUNCTIONS]
    return any(len(word) > 2 for word in words) or any(map(is_cjk, text))


def _is_displayed(text: str, *, alone: bool) -> bool:
    """Return whether a text without words is more likely a displayed formula than in brackets."""
    if _CLASS.fullmatch(text):
        return False
    if _OPERATION.search(text) or _CALL.search(text):
        return True
    return alone and _LETTER_WITH_PRIMES.fullmatch(text) is not None


@cache
def _begins_formula() -> re.Pattern[str]:
    ends_letter = rf"(?=[\s,.;:!?)，。；：！？、）]|{_CJK_LETTER}|$)"
    return re.compile(rf"\$(?:{_FIRST_OF_TEX}|[A-Za-z]{ends_letter})")


def is_half_a_formula(text: str, offset: int) -> bool:
    r"""Return whether the `$` at a place of a text was meant to open or close a formula.

    `$x_t` and `x_t$` look like it, and `$\alpha`; `$5`, `US$`, `$HOME` and `$(…)` do not.
    """
    if _begins_formula().match(text, offset):
        return True
    before = text[max(offset - _LOOK_BACK, 0) : offset]
    return bool(_ENDS_FORMULA.search(before)) and not _GOES_ON.match(text, offset)


def is_half_a_display(text: str, offset: int, *, is_paragraph: bool) -> bool:
    r"""Return whether the `$$` at a place of a text was meant to open or close a formula.

    `$$x_t` and `x_t$$` look like it, and in a paragraph `$$` on a line of its own; a shell's
    `echo $$` and "it costs $$" do not.
    """
    before = text[max(offset - _LOOK_BACK, 0) : offset]
    behind = text[offset + 2 : offset + 2 + _LOOK_BACK]
    before = before.rpartition("\n")[2].rpartition("$")[2]
    behind = behind.partition("\n")[0].partition("$")[0]
    if is_paragraph and not before.strip() and not behind.strip():
        return True
    if not _IN_WORD.search(before) and _begins_formula().match(text, offset + 1):
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


def find_spaced(text: str, offset: int) -> re.Match[str] | None:
    """Return what has spaces within its signs, begins at a `$` and looks like a formula.

    So does `$ x_t $`, which to GitHub is none.
    """
    match = _SPACED.match(text, offset)
    if match is None or not (match.group(1) or match.group(3)):
        return None
    return match if looks_like_tex(_TEXT_IN_TEX.sub(r"\\", match.group(2))) else None


def is_plain_tex(match: re.Match[str]) -> bool:
    r"""Return whether what `find_spaced` found is TeX beyond doubt.

    So is `$ \frac{a}{b} $`, and `$ h $`; `$ ls -l $` and `$ 5 + 6 $` may be something else.
    """
    tex, start = match.group(2), match.start()
    if _IN_WORD.match(match.string, max(start - 1, 0), start) or _HANGS.search(tex):
        return False
    if tex.count("{") != tex.count("}"):
        return False
    if has_tex_signs(tex):
        return True
    return _LETTER.search(tex) is not None and not has_words(tex)


def looks_like_tex(tex: str) -> bool:
    """Return whether what stands between two `$` is more likely TeX than words or a price."""
    if re.search(_CJK_LETTER, tex) or len(_LONG_WORD.findall(tex)) > 1:
        return False
    if _TEX.search(tex):
        return True
    return len(tex) <= _SHORT and not _LONG_WORD.search(tex) and not re.match(_PRICE, tex)


def find_before_digit(text: str, offset: int) -> str:
    r"""Return the formula at a `$` that a digit behind it keeps from being one: `$\times$3`."""
    match = _BEFORE_DIGIT.match(text, offset)
    if match is None or match.group(1)[0].isdigit() or not looks_like_tex(match.group(1)):
        return ""  # prices, as in "$5-$6"
    return match.group(1)


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
    """Return whether what stands from one `$` to another, before `end`, is rather no formula.

    So it is with the words between two prices, "$5 or US$ 6", or two names, "$scope和$http".
    """
    before, behind = text[max(start - 1, 0) : start], text[end : end + 1]
    if before.isascii() and before.isalpha() and tex[:1].isdigit():
        return True
    if _TEX.search(tex):
        return False
    if (price := re.match(_PRICE, tex)) and re.search(_WORD, tex[price.end() :]):
        return True
    goes_on = behind in "({" or (behind.isascii() and behind.isalpha()) if behind else False
    return _ends_in_prose(tex) or (goes_on and bool(_PATH.search(tex)))


def _ends_in_prose(text: str) -> bool:
    """Return whether a text ends like a CJK sentence, or in CJK letters and began otherwise."""
    before, last = text[:-1], text[-1:]
    if last and last in "，。、；：":
        return re.search(_CJK_LETTER, before) is not None
    return _is_cjk_letter(last) and not all(map(_is_cjk_letter, before))


def _is_cjk_letter(char: str) -> bool:
    return re.match(_CJK_LETTER, char) is not None


def find_maths(text: str, start: int) -> re.Match[str] | None:
    """Return what begins like a formula, and ends like one, whatever stands in it."""
    close = _CLOSE.get(text[start : start + 2])
    if close and text.find(close, start + 2) < 0:  # a pattern would take longer to see that
        return None
    return _MATHS.match(text, start)


def pieces(
    pattern: re.Pattern[str], text: str, start: int, code_end: Callable[[str, int], int | None]
) -> Iterator[re.Match[str]]:
    """Yield what a pattern with CODE_OPEN and MATHS in it finds, but for what is in code.

    What only looks like a formula is none. `code_end` returns where code ends, given the backticks
    that opened it and their end.
    """
    while match := pattern.search(text, start):
        start = match.end()
        if match.lastgroup == "ticks":
            end = code_end(match.group("ticks"), start)
            start = start if end is None else end + len(match.group("ticks"))
        elif match.lastgroup in _NAMES and not _is_formula(match):
            start = match.start() + (1 if match.lastgroup == "inline" else 2)
        else:
            yield match


def is_text(match: re.Match[str]) -> bool:
    r"""Return whether what was found are words between `\[` and `\]`, or `$$`, and no formula."""
    kind = match.lastgroup
    if kind == "display":
        return is_display_text(match.string, match.start(), match.end())
    if kind not in _BRACKETS:
        return False
    joined = _JOINS.match(match.string, match.start() - 1) if match.start() else None
    return not holds_tex(match.group(kind), square=kind == "square", joined=joined is not None)


def find_tag(text: str, start: int, end: int) -> str:
    """Return the first tag in a part of a text, or nothing.

    `<b>` without its `</b>` behind it is none, so that `$a<b>c$` is an inequality.
    """
    tags = (match for match in _TAG.finditer(text, start, end) if is_html_tag(match.group(0)))
    return next((match.group(0) for match in tags if _is_meant(match)), "")


def without_tags(text: str) -> str:
    """Return a text without what looks like a tag in it."""
    return _TAG.sub("", text)


def _is_meant(match: re.Match[str]) -> bool:
    tag = next(read_html(match.group(0)))
    if tag.is_end or tag.name in VOID or tag.attributes or match.group(0).endswith("/>"):
        return True
    end_tag = re.compile(rf"</{tag.name}\s*>", re.I)
    return end_tag.search(match.string, match.end(), match.end() + _PARTNER_WITHIN) is not None


def _is_formula(match: re.Match[str]) -> bool:
    kind = match.lastgroup
    assert kind
    if kind == "ticked":
        return True
    return not is_text(match) and not find_tag(match.string, *match.span(kind))
