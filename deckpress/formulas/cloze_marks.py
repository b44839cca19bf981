r"""The clozes of a formula, each within a `\class` by which the card's style shows what is asked.

Anki takes its own elements out of formulas (`strip_html_inside_mathjax` in `rslib/src/cloze.rs`).
MathJax's `\class{gap2}{…}` stays, and a card that asks for cloze 2 is itself of the class `card2`.
What would then be typeset in another way has no mark: a cell or a row of a table, a part of a
`\text`, half of a `\left…\right`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from functools import lru_cache

from deckpress.formulas.deletions import (
    HOLDS_MATHS,
    TAKES_ARGUMENT,
    Deletion,
    split_deletions,
    without_deletions,
)
from deckpress.formulas.tex import TOKEN, Replacement, nesting, rewrite

MAX_DEPTH = 4
"""Clozes nested deeper than this have no marks; each is looked at with all that is in it."""
HIGHEST = 40
"""The last number of a cloze that the card's style knows."""
_CLASS = "gap"
_TAKES_TOKEN = frozenset(
    rf"\{name}"
    for name in (
        "left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigm Bigm biggm Biggm bigr Bigr"
        " biggr Biggr not"
    ).split()
)
r"""What takes the next sign, which a `\class` is not."""
_REACHES_OUT = frozenset(
    f"\\{name}"
    for name in (
        "cr newline over atop choose above brack brace overwithdelims atopwithdelims"
        " abovewithdelims bf rm it cal tt sf mit frak oldstyle displaystyle textstyle scriptstyle"
        " scriptscriptstyle tiny Tiny scriptsize small normalsize large Large LARGE huge Huge"
        " color middle tag tag* notag nonumber label hline hdashline limits nolimits"
    ).split()
) | {"&", r"\\"}
"""What means something for the text around it, outside all braces."""
_SCRIPT = re.compile(r"[_^'’]|\\(?:no)?limits(?![A-Za-z])")
_ATOM = re.compile(r"\d+(?:\.\d+)?|\\[A-Za-z]+(?:\s*\{[^{}]*\})?|\{[^{}]*\}|[^\\{}]")
_LOOK_AHEAD = 20
_OPERATOR_AT_END = re.compile(
    r"\S\s*(?:[-+*/=<>]|\\(?:approx|ast|cap|cdot|circ|cup|div|equiv|geq?|in|land|leftarrow|leq?"
    r"|lor|mapsto|mid|mp|neq?|odot|oplus|otimes|pm|propto|rightarrow|sim|subset|times|to|vee"
    r"|wedge))\Z"
)
"""What has no room on its right if nothing of the piece is there."""
_WORDS = re.compile(
    r"(?=.*(?:[^\W\d_]{3}|[^\W\d_]\s+[^\W\d_]|[\u0400-\u1fff\u2e80-\uffff]|[%&#~]))[^\\{}$]+", re.S
)
"""A hint that is read as text, and is no maths: with a word of three letters, two words, letters
that are neither Latin nor Greek, or what would end a formula or a cell in maths. In a box of text
MathJax takes all of these as they are (`ParseUtil.internalMath`)."""
_SHOWN_HINT = re.compile(r"\\mbox\{([^\\{}]+)\}")


def cloze_class(number: int) -> str:
    """Return the class of what is typeset of a cloze of a number."""
    return f"{_CLASS}{number}"


def mark(number: int) -> tuple[str, str]:
    """Return what stands before and after a cloze of a number, so that it can be seen."""
    return rf"\class{{{cloze_class(number)}}}{{", "}"


def shown_hint(hint: str) -> str:
    """Return the hint of a marked cloze as TeX: words are no product of their letters."""
    return rf"\mbox{{{hint}}}" if _WORDS.fullmatch(hint) else hint


def front(deletion: Deletion, *, is_marked: bool) -> str:
    """Return what Anki shows in the place of what is asked (`rslib/src/cloze.rs`)."""
    before, after = mark(deletion.number) if is_marked else ("", "")
    hint = shown_hint(deletion.hint) if is_marked else deletion.hint
    return f"{before}[{hint or '...'}]{after}"


@lru_cache(maxsize=64)  # the field and both sides of the cards are made of the same formula
def find_markable(tex: str) -> frozenset[int]:
    """Return where in a formula those deletions begin that look the same within a mark."""
    deletions = {deletion.start: deletion for deletion in _outer(split_deletions(tex), MAX_DEPTH)}
    return frozenset(
        start
        for start in (_starts_in_maths(tex, deletions.keys()) if deletions else ())
        if deletions[start].number <= HIGHEST and _is_apart(deletions[start], tex)
    )


def _outer(parts: Iterable[str | Deletion], depth: int) -> Iterator[Deletion]:
    for part in parts if depth else ():
        if isinstance(part, Deletion):
            yield part
            yield from _outer(part.content, depth - 1)


def _starts_in_maths(tex: str, starts: Set[int]) -> Iterator[int]:
    """Yield those of some places at which MathJax begins to read a piece of maths."""
    opened: list[bool] = []
    was_maths, before, last = True, "", ""
    for token in TOKEN.finditer(tex):
        text = token[0].strip()
        if token.start() in starts and all(opened) and _takes_mark(before, last):
            yield token.start()
        if text == "{":
            opened.append(token.start() in starts or _holds_maths(last, was_maths=was_maths))
        elif text == "}" and opened:
            was_maths = opened.pop()
        elif text.startswith(r"\begin") and text.endswith("}"):
            opened.append(text != r"\begin{CD}")
        elif text.startswith(r"\end") and text.endswith("}") and opened:
            opened.pop()
        before, last = (last, text) if text else (before, last)


def _takes_mark(before: str, last: str) -> bool:
    r"""Return whether a `\class` may follow two tokens; not where an option or a delimiter does."""
    is_option = last == "[" and (before in TAKES_ARGUMENT or before.startswith((r"\begin", r"\\")))
    return not (is_option or last in _TAKES_TOKEN or last.endswith(("_", "^")))


def _holds_maths(last: str, *, was_maths: bool) -> bool:
    """Return whether the braces behind a token hold maths, as those before them did or did not."""
    if last == "}":
        return was_maths
    return last in HOLDS_MATHS or not (last.startswith("\\") and last[1:2].isalpha())


def _is_apart(deletion: Deletion, tex: str) -> bool:
    """Return whether a deletion and the text around it do without each other, on both sides."""
    content = without_deletions(deletion.content).strip()
    after = tex[deletion.end : deletion.end + _LOOK_AHEAD].lstrip()
    if _OPERATOR_AT_END.search(content) or (_SCRIPT.match(after) and not _ATOM.fullmatch(content)):
        return False
    return _is_whole(content) and _is_whole(shown_hint(deletion.hint) or "...")


def _is_whole(tex: str) -> bool:
    """Return whether nothing in a piece of TeX reaches out of it."""
    depth, last = 0, ""
    for text in filter(None, (token[0].strip() for token in TOKEN.finditer(tex))):
        depth, last = depth + nesting(text), text
        if depth < 0 or (depth == 0 and (text[0] == "%" or text in _REACHES_OUT)):
            return False
    ends_well = last not in TAKES_ARGUMENT | _TAKES_TOKEN and not last.endswith(("_", "^"))
    return bool(last) and depth == 0 and ends_well and not _SCRIPT.match(tex)


def unmark(tex: str, *, in_cloze: bool) -> str:
    """Return a formula of a field as its author wrote it, without marks and text around hints.

    `in_cloze` says that the formula stands within a deletion, where a space follows each mark.
    """
    if rf"\class{{{_CLASS}" not in tex and r"::\mbox{" not in tex:
        return tex
    return rewrite(tex, _marks_in(tex, split_deletions(tex), in_cloze=in_cloze)).text


def _marks_in(
    tex: str, parts: Iterable[str | Deletion], *, in_cloze: bool
) -> Iterator[Replacement]:
    for part in parts:
        if isinstance(part, str):
            continue
        before, after = mark(part.number)
        after += " " * in_cloze
        is_marked = tex.endswith(before, 0, part.start) and tex.startswith(after, part.end)
        if is_marked:
            yield Replacement(part.start - len(before), part.start, "")
        yield from _marks_in(tex, part.content, in_cloze=True)
        if hint := _SHOWN_HINT.fullmatch(part.hint):
            yield Replacement(part.content_end, part.end, f"::{hint[1]}}}}}")
        if is_marked:
            yield Replacement(part.end, part.end + len(after), "")
