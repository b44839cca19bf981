"""A Chinese text → what in it is set otherwise than Chinese is: marks, spaces, dots and quotes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from deckpress.check.prose import (
    ADDRESS,
    CLOSERS,
    CODE,
    FORMULA,
    IS_HAN,
    MARKS,
    OPENERS,
    PAUSES,
    THINGS,
    WORD,
    Prose,
    is_chinese,
    may_have_typos,
)
from deckpress.diagnostics import Diagnostic, Fix, Severity, TextDiagnostic
from deckpress.languages.scripts import FULL_WIDTH_WORD, HAN

_SAID = f"{WORD}{CODE}{ADDRESS}"
"""What needs no space beside a full-width mark; beside a formula GitHub needs one."""
_NAMES = {CODE: "the code", FORMULA: "the formula", ADDRESS: "the address"}
_SHOWN = 16
"""Characters of the author's text that a message shows."""
_NEAR = 8
"""Characters around a parenthesis that say what it belongs to."""
_LONG = 1_000
"""Characters between two parentheses, or quotes, from which on they are no pair of a sentence's."""
_HALF_WIDTH = "half-width"
_WIDE = str.maketrans(",;:!?.", "，；：！？。")
_FACE = r"[-']?(?:\)|\((?!\w)|[DPpO3|](?=\s*(?:$|\n)))"
_AND_SPACE = f"(?: +(?=[{HAN}{_SAID}{OPENERS}“‘]))?"
"""A space that is wrong as soon as the mark before it is full-width."""
_REFERENCE = re.compile(r"\[(?:[A-Z]|EB|DB)(?:/OL)?\]|, ?(?:19|20)\d\d(?:[.,。]|$)")
"""What an entry of a bibliography has: `[J]`, or a year between commas or at its end."""
_MISSING_SPACE = re.compile(
    f"(?<=[{HAN}])(?=[{WORD}{THINGS}])|(?<=[{WORD}{THINGS}])(?=[{HAN}])|(?<=[0-9][%‰°℃])(?=[{HAN}])"
)
_LAST_WORD = re.compile(f"[{WORD}%‰°℃+#._-]+$")
_FIRST_WORD = re.compile(f"[{WORD}](?:[{WORD}%‰°℃+#._-]*[{WORD}%‰°℃+#])?")
_FULL_STOP = re.compile(rf"\.(?<=[{HAN}{CLOSERS}”’].)(?=$|[\s”’」』）)\"]){_AND_SPACE}")
_NUMBER_BEFORE = re.compile(r"(?:^|\n)[〇一二三四五六七八九十百]{1,4}$")
_STRAIGHT = re.compile(r"(?<![0-9])\"([^\"\n]*)\"|(?<![A-Za-z0-9])'([^'\n]*)'(?![A-Za-z0-9])")
_EYES = re.compile(r"[:;=]['-]?$")
_SOMETHING = re.compile(rf"[^\W_]|[{THINGS}]")
_CALLED = re.compile(f"[{WORD}_{THINGS})\\]]")
"""What stands before the arguments of a function, `f(x)`."""
_ITEM = re.compile(r"[0-9]{1,2}|[A-Za-z]|[ivx]{1,4}")
_BEFORE_ITEM = re.compile(rf"(?:^|[\s{PAUSES},;:])\s*$")


class _Rule(NamedTuple):
    """A typo that a pattern finds by itself."""

    name: str
    pattern: re.Pattern[str]
    instead: Callable[[str], str]
    """What to write for what was found."""
    message: str
    """Has places for what was `found`, for what to write `instead`, and for what is around."""


def usual_quotes(texts: Sequence[str]) -> str:
    """Return the pair of quotes that is outermost more often; “ ” where none is."""
    if not any("「" in text for text in texts):
        return "“”"
    chinese = filter(is_chinese, texts)
    used = [text[start] for text in chinese for start, _ in _outer_quotes(text)]
    return "「」" if used.count("「") > used.count("“") else "“”"


def find_typos(text: str, quotes: str) -> Iterator[TextDiagnostic]:
    """Yield the typos in a Chinese text of a deck that mostly uses such quotes."""
    diagnostics = [*_find_marks(text), *_find_full_stops(text), *_find_missing_spaces(text)]
    diagnostics += [*_find_parentheses(text), *_find_quotes(text, quotes)]
    is_reference = diagnostics and _REFERENCE.search(text)
    yield from (
        diagnostic
        for diagnostic in diagnostics
        if not (is_reference and diagnostic.kind == _HALF_WIDTH)
    )


def _find_marks(text: str) -> Iterator[TextDiagnostic]:
    for name, pattern, instead, template in _RULES:
        for match in pattern.finditer(text):
            (start, end), old = match.span(), match.group(0)
            new = instead(old)
            around = {
                "before": _name(text[start - 1 : start]),
                "behind": _name(text[end : end + 1]),
            }
            message = template.format(found=old, instead=new, **around)
            yield _typo(name, start, start, end, new, message)


def _find_full_stops(text: str) -> Iterator[TextDiagnostic]:
    for match in _FULL_STOP.finditer(text) if "." in text else ():
        start, end = match.span()
        if not _NUMBER_BEFORE.search(text, max(start - _NEAR, 0), start):
            message = f'half-width "{match.group(0)}": write "。"'
            yield _typo(_HALF_WIDTH, start, start, end, "。", message)


def _find_missing_spaces(text: str) -> Iterator[TextDiagnostic]:
    """Yield where Chinese touches a word; a message points to the Chinese, which is no sign."""
    for match in _MISSING_SPACE.finditer(text):
        index = match.start()
        before = _LAST_WORD.search(text, max(index - _SHOWN, 0), index)
        behind = _FIRST_WORD.match(text, index, index + _SHOWN)
        left = before.group(0) if before else _name(text[index - 1])
        right = behind.group(0) if behind else _name(text[index])
        chinese = index if IS_HAN.match(text, index) else index - 1
        message = f"put a blank between {left} and {right}"
        yield _typo("no space", chinese, index, index, " ", message)


def _typo(
    rule: str, offset: int, start: int, end: int, instead: str, message: str
) -> TextDiagnostic:
    return TextDiagnostic(offset, message, Severity.STYLE, rule, Fix(start, end, instead))


def _name(char: str) -> str:
    return _NAMES.get(char, char)


def _find_parentheses(text: str) -> Iterator[TextDiagnostic]:
    for start, end, _ in _pairs(text, "(（[", ")）]"):  # of which (0, 1] is one that fits
        pair, inside = text[start] + text[end], text[start + 1 : end]
        if pair in ("(）", "（)") or (pair == "()" and _are_chinese(text, start, end)):
            shown = _show(inside)
            what = "half-width" if pair == "()" else "unlike parentheses"
            message = f"{what} {pair[0]}{shown}{pair[1]}: write （{shown}）"
            yield _typo("parentheses", start, start, end + 1, f"（{inside}）", message)


def _are_chinese(text: str, start: int, end: int) -> bool:
    """Return whether parentheses hold Chinese, or stand beside it and belong to nothing else.

    A face, as in `:(`, the arguments of a function and the number of an item are spared.
    """
    first, before, behind = start + 1, max(start - _NEAR, 0), text[end + 1 : end + _NEAR]
    if not _SOMETHING.search(text, first, end) or _EYES.search(text, first, end):
        return False
    if _EYES.search(text, before, start) and not _SOMETHING.match(text, first):
        return False
    if IS_HAN.search(text, first, end):
        return True
    is_item = _ITEM.fullmatch(text, first, end) and _BEFORE_ITEM.search(text, before, start)
    if is_item or _CALLED.match(text, max(start - 1, 0), start):
        return False
    around = text[before:start].rstrip(" ")[-1:] + behind.lstrip(" ")[:1]
    return bool(IS_HAN.search(around))


def _find_quotes(text: str, quotes: str) -> Iterator[TextDiagnostic]:
    """Yield straight quotes around Chinese, and those that the deck mostly does not use."""
    for match in _STRAIGHT.finditer(text):
        inside = match.group(0)[1:-1]
        if IS_HAN.search(inside):
            what = f"straight quotes {match.group(0)[0]}{_show(inside)}{match.group(0)[0]}"
            yield _requote("straight quotes", what, text, match.span(), quotes)
    for start, end in _outer_quotes(text):
        if text[start] != quotes[0]:
            what = f"quotes: this deck mostly uses {quotes[0]} {quotes[1]}"
            yield _requote("quotes", what, text, (start, end + 1), quotes)


def _requote(rule: str, what: str, text: str, span: tuple[int, int], quotes: str) -> TextDiagnostic:
    start, end = span
    inside = text[start + 1 : end - 1]
    message = f"{what}: write {quotes[0]}{_show(inside)}{quotes[1]}"
    return _typo(rule, start, start, end, f"{quotes[0]}{inside}{quotes[1]}", message)


def _outer_quotes(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each pair of quotes stands that is within no other."""
    return ((start, end) for start, end, depth in _pairs(text, "“「", "”」") if not depth)


def _pairs(text: str, openers: str, closers: str) -> Iterator[tuple[int, int, int]]:
    """Yield where each pair begins and ends, and within how many others it stands."""
    opened: list[int] = []
    for index, char in enumerate(text):
        if char in openers:
            opened.append(index)
        elif char in closers and opened:
            start = opened.pop()
            if index - start < _LONG:
                yield start, index, len(opened)


def _show(text: str) -> str:
    shown = re.sub(f"[{THINGS}]", "…", text[: _SHOWN + 1]).replace("\n", " ")
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"


def _nothing(spaces: str) -> str:
    return ""


_RULES = (
    _Rule(
        _HALF_WIDTH,  # behind Chinese; between a thing, or a word, and Chinese; at the end
        re.compile(
            f"[,;:!?](?![=:/])(?:(?<=[{HAN}{MARKS}”’].)(?:(?<![:;])|(?!{_FACE}))[,;:!?]*{_AND_SPACE}"
            f"|(?<=[{THINGS}{WORD}%)+#].)(?: *(?=\\n?[{HAN}])|[,;:!?]*$|(?<=[!?])(?=\\n)))"
            f"| (?<=[{HAN}{CLOSERS}] )[,;:!?] *(?=[{HAN}])"
        ),
        lambda text: text.strip().translate(_WIDE),
        'half-width "{found}": write "{instead}"',
    ),
    _Rule(
        "space",
        re.compile(
            f"[ \u3000](?:(?<=[{MARKS}].)[ \u3000]*(?=[{HAN}{_SAID}{MARKS}“”‘’\"'(])"
            f"|(?<=[{HAN}{_SAID}”’%)\"'].)[ \u3000]*(?=[{MARKS}])"
            f"|(?<=[{HAN}].)[ \u3000]*(?=[“‘])|(?<=”.)[ \u3000]*(?=[{HAN}])"
            f"|(?<=[{HAN}].)(?<![章节篇讲课回题].)[ \u3000]*(?=[{HAN}]))"
        ),
        _nothing,
        "blank between {before} and {behind}: remove it",
    ),
    _Rule(
        "dots",
        re.compile(
            rf"\.(?<=[{HAN}{MARKS}”’].)\.\.+|(?<!\.)\.\.\.+(?=[{HAN}{MARKS}])|。。。+"
            f"|(?<!…)…(?!…)(?:(?<=[{HAN}{PAUSES}{CLOSERS}].)|(?=[{HAN}{MARKS}]))"
        ),
        lambda text: "……",
        '"{found}": write "……"',
    ),
    _Rule(
        "dashes",
        re.compile(f"(?<=[{HAN}{CLOSERS}”])(?: +-{{1,3}} +| *--+ *)(?=[{HAN}{OPENERS}“])"),
        lambda text: "——",
        'dash "{found}": write "——"',
    ),
    _Rule(
        "full-width letters",
        re.compile(f"[{FULL_WIDTH_WORD}]+"),
        lambda text: unicodedata.normalize("NFKC", text),
        "full-width {found}: write {instead}",
    ),
    _Rule(
        "doubled marks",
        re.compile(r"([，；：、])\1+|(?<!。)。。(?!。)"),
        lambda text: text[0],
        'doubled "{found}": write "{instead}"',
    ),
)


def check_typography(prose: Sequence[Prose]) -> Iterator[Diagnostic]:
    """Yield each typo in the Chinese of the prose; a text that is mostly English is spared."""
    doubtful = [piece for piece in prose if may_have_typos(piece.text) and is_chinese(piece.text)]
    if not doubtful:
        return
    quotes = usual_quotes([piece.text for piece in prose])
    for piece in doubtful:
        for diagnostic in find_typos(piece.text, quotes):
            yield Diagnostic(
                piece.location(diagnostic.offset),
                diagnostic.message,
                diagnostic.severity,
                kind=diagnostic.kind,
            )
