"""The deletions of a formula: where they stand, and what they must not grow together with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from deckpress.diagnostics import TextDiagnostic
from deckpress.markdown import CLOZE_OPEN

MAX_DEPTH = 20
"""Deletions nested deeper than this in a formula are read as TeX."""


def _commands(names: str) -> frozenset[str]:
    return frozenset(f"\\{name}" for name in names.split())


_TAKES_MATHS = _commands("""
    acute bar breve check ddddot dddot ddot dot grave hat mathring tilde vec widehat widetilde Bbb
    bm boldsymbol mathbb mathbf mathbfcal mathbffrak mathbfit mathbfscr mathbfsf mathbfsfit
    mathbfsfup mathbfup mathcal mathfrak mathit mathnormal mathrm mathscr mathsf mathsfit mathsfup
    mathtt mathup pmb symbb symbf symbfcal symbffrak symbfit symbfscr symbfsf symbfsfit symbfsfup
    symbfup symcal symfrak symit symnormal symrm symscr symsf symsfit symsfup symtt symup mathbin
    mathclose mathinner mathop mathopen mathord mathpunct mathrel overbrace overbracket
    overleftarrow overleftrightarrow overline overparen overrightarrow underbrace underbracket
    underleftarrow underleftrightarrow underline underparen underrightarrow xLeftarrow
    xLeftrightarrow xLeftrightharpoons xRightarrow xRightleftharpoons xhookleftarrow xhookrightarrow
    xleftarrow xleftharpoondown xleftharpoonup xleftrightarrow xleftrightharpoons xlongequal xmapsto
    xrightarrow xrightharpoondown xrightharpoonup xrightleftharpoons xtofrom xtwoheadleftarrow
    xtwoheadrightarrow Bra Ket bra ket bcancel boxed cancel centernot cramped hphantom llap mathclap
    mathllap mathrlap phantom pmod pod rlap smash sqrt vphantom xcancel
""")
_TAKES_TWO = _commands("binom cfrac dbinom dfrac frac overset stackrel tbinom tfrac underset")
_TAKES_OTHER = _commands("""
    array bbox cases ce clap crampedclap crampedllap crampedrlap crampedsubstack displaylines
    eqalign eqalignno eqref fbox framebox hbox label leqalignno mathmakebox mathmbox matrix mbox
    operatorname operatorname* pmatrix pu ref refeq substack tag tag* text textbf textclap textit
    textllap textnormal textrlap textrm textsf texttt textup vcenter begin end
""")
TAKES_ARGUMENT = _TAKES_MATHS | _TAKES_TWO | _TAKES_OTHER
r"""The commands that take what follows as their argument.

MathJax 3.2.2 was asked for each of its own: with `\class{g}{x}` behind it, it is wrong, or wider
than with `x`.
"""
HOLDS_MATHS = _TAKES_MATHS | _TAKES_TWO
"""Those of them whose arguments are all maths."""
_COLOURS = "textcolor colorbox fcolorbox class style".split()
_FIRST_OF_TWO = re.compile(
    rf"\\(?:{'|'.join([*(name[1:] for name in _TAKES_TWO), *_COLOURS])})\s*"
    r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\s*\Z|\\sqrt\s*\[[^\[\]]*\]\s*\Z"
)
"""A command that has its first argument, or its option, and takes what follows as its next one."""
_COMMAND_END = re.compile(r"\\([A-Za-z]+)\Z")
_TAKER = re.compile(r"\\[A-Za-z]+\*?(?=\s*\Z)")
_SCRIPT = re.compile(r"(?<!\\)[_^]\s*\Z")
_LOOK_BACK = 120
"""Characters before a cloze that tell what takes it for its argument."""
_PIECE = re.compile(r"\\.|[{}]|::", re.S)


class Deletion(NamedTuple):
    """A cloze in a formula: what is asked is itself TeX, perhaps with deletions in it."""

    number: int
    content: tuple[str | Deletion, ...]
    hint: str = ""
    start: int = 0
    """Characters of the formula before its `{{`, and so for the three places below."""
    content_start: int = 0
    content_end: int = 0
    end: int = 0


@lru_cache(maxsize=64)  # the field and both sides of the cards are made of the same formula
def split_deletions(tex: str) -> tuple[str | Deletion, ...]:
    """Return a formula cut at its deletions; each ends at the `}}` that balances its braces."""
    return _split(tex, 0, len(tex), 0)


def _split(tex: str, start: int, end: int, depth: int) -> tuple[str | Deletion, ...]:
    parts: list[str | Deletion] = []
    while depth < MAX_DEPTH and (match := CLOZE_OPEN.search(tex, start, end)):
        deletion = _read_deletion(tex, match, end, depth)
        if deletion is None:
            break
        parts += [tex[start : match.start()], deletion]
        start = deletion.end
    parts.append(tex[start:end])
    return tuple(part for part in parts if part != "")


def _read_deletion(tex: str, opened: re.Match[str], limit: int, depth: int) -> Deletion | None:
    start, close = opened.end(), _deletion_end(tex, opened.end(), limit)
    if close is None:
        return None
    hint = _hint_start(tex, start, close)
    end = close if hint is None else hint
    return Deletion(
        number=int(opened.group(1)),
        content=_split(tex, start, end, depth + 1),
        hint="" if hint is None else tex[hint + 2 : close].strip(),
        start=opened.start(),
        content_start=start,
        content_end=end,
        end=close + 2,
    )


def _hint_start(tex: str, start: int, end: int) -> int | None:
    braces = 0
    for match in _PIECE.finditer(tex, start, end):
        mark = match.group(0)
        braces += (mark == "{") - (mark == "}")
        if mark == "::" and braces == 0:
            return match.start()
    return None


def _deletion_end(tex: str, start: int, limit: int) -> int | None:
    depth = 0
    for match in _PIECE.finditer(tex, start, limit):
        mark = match.group(0)
        if mark == "}" and depth == 0:
            return match.start() if tex.startswith("}}", match.start(), limit) else None
        depth += (mark == "{") - (mark == "}")
    return None


def all_deletions(parts: Iterable[str | Deletion]) -> Iterator[Deletion]:
    """Yield every deletion of a formula, outer ones before those within them."""
    for part in parts:
        if isinstance(part, Deletion):
            yield part
            yield from all_deletions(part.content)


def check_joints(tex: str) -> Iterator[TextDiagnostic]:
    r"""Yield where a command and a cloze grow together, as `\in{{c1::t}}` would to `\int`.

    Anki puts the answer, or `[...]`, in the place of the whole cloze, its braces included.
    """
    for cloze in all_deletions(split_deletions(tex)):
        before = tex[max(cloze.start - _LOOK_BACK, 0) : cloze.start]
        command, letter = _COMMAND_END.search(before), tex[cloze.content_start : cloze.content_end]
        taker = _TAKER.search(before)
        takes_cloze = taker and taker.group(0) in TAKES_ARGUMENT
        if takes_cloze or _FIRST_OF_TWO.search(before) or _SCRIPT.search(before):
            yield _unbraced(cloze, before, taker)
        elif command and letter[:1].isalpha():
            yield _joint(command.group(0), cloze.start, letter[0])
        last = _COMMAND_END.search(tex, cloze.content_start, cloze.content_end)
        if last and tex[cloze.end : cloze.end + 1].isalpha():
            yield _joint(last.group(0), cloze.content_end, tex[cloze.end])


def _unbraced(cloze: Deletion, before: str, taker: re.Match[str] | None) -> TextDiagnostic:
    last = taker.group(0) if taker else before.rstrip()[-1:]
    shown = last if last not in "}]" else ""
    message = f"the braces of a cloze are none of TeX: write {shown}{{{{{{c{cloze.number}::…}}}}}}"
    return TextDiagnostic(cloze.start - len(before) + before.rindex(shown), message)


def _joint(command: str, end: int, letter: str) -> TextDiagnostic:
    message = f"{command} and {letter} would become {command}{letter}: put a blank between them"
    return TextDiagnostic(end - len(command), message)


def without_deletions(parts: Iterable[str | Deletion]) -> str:
    """Return the formula that the learner sees on the back: all deletions filled in."""
    return "".join(
        part if isinstance(part, str) else without_deletions(part.content) for part in parts
    )
