"""TeX with clozes → the field that Anki's MathJax 3.2.2 typesets, and each side of its cards."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

from deckpress.diagnostics import TextDiagnostic
from deckpress.formulas import Formula
from deckpress.formulas.macros import ExpandedFormula
from deckpress.formulas.tex import MARKUP, Replacement, Rewritten, Token, nesting, rewrite
from deckpress.markdown import CLOZE_OF_MANY, CLOZE_OPEN

MAX_DEPTH = 20
"""Deletions nested deeper than this in a formula are read as TeX."""
_TAKES_ARGUMENT = frozenset(
    "frac dfrac tfrac cfrac sqrt binom dbinom tbinom hat bar tilde vec dot ddot acute grave check"
    " breve widehat widetilde overline underline overbrace underbrace overset underset stackrel"
    " overrightarrow overleftarrow mathbf mathrm mathbb mathcal mathsf mathtt mathit mathscr"
    " mathfrak boldsymbol text textbf textit textrm texttt textsf mbox operatorname boxed cancel"
    " phantom substack xrightarrow xleftarrow pmod ce pu begin end".split()
)
"""The usual commands that take what follows as their argument."""
_FIRST_OF_TWO = re.compile(
    r"\\(?:[dtc]?frac|[dt]?binom|overset|underset|stackrel)\s*"
    r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\s*\Z|\\sqrt\s*\[[^\[\]]*\]\s*\Z"
)
"""A command that has its first argument, or its option, and takes what follows as its next one."""
_COMMAND_END = re.compile(r"\\([A-Za-z]+)\Z")
_SCRIPT = re.compile(r"(?<!\\)[_^]\s*\Z")
_LOOK_BACK = 120
"""Characters before a cloze that tell what takes it for its argument."""
_PIECE = re.compile(r"\\.|[{}]|::", re.S)
_ROW_ENDS = frozenset({r"\\", r"\cr", r"\newline"})
_TAGS = frozenset({r"\tag", r"\tag*"})
_ROW_END = re.compile(r"\\\\\s*$")
_COMMAND = re.compile(r"\\[A-Za-z]+")


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

    @property
    def front(self) -> str:
        """What Anki shows in its place on the front (`rslib/src/cloze.rs`)."""
        return f"[{self.hint or '...'}]"


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
        takes_cloze = command and command.group(1) in _TAKES_ARGUMENT
        if takes_cloze or _FIRST_OF_TWO.search(before) or _SCRIPT.search(before):
            yield _unbraced(cloze, before, command)
        elif command and letter[:1].isalpha():
            yield _joint(command.group(0), cloze.start, letter[0])
        last = _COMMAND_END.search(tex, cloze.content_start, cloze.content_end)
        if last and tex[cloze.end : cloze.end + 1].isalpha():
            yield _joint(last.group(0), cloze.content_end, tex[cloze.end])


def _unbraced(cloze: Deletion, before: str, command: re.Match[str] | None) -> TextDiagnostic:
    taker = command.group(0) if command else before.rstrip()[-1:]
    shown = taker if taker not in "}]" else ""
    message = f"the braces of a cloze are none of TeX: write {shown}{{{{{{c{cloze.number}::…}}}}}}"
    return TextDiagnostic(cloze.start - len(shown), message)


def _joint(command: str, end: int, letter: str) -> TextDiagnostic:
    message = f"{command} and {letter} would become {command}{letter}: put a blank between them"
    return TextDiagnostic(end - len(command), message)


def without_deletions(parts: Iterable[str | Deletion]) -> str:
    """Return the formula that the learner sees on the back: all deletions filled in."""
    return "".join(
        part if isinstance(part, str) else without_deletions(part.content) for part in parts
    )


def back_of(tex: str, parts: Iterable[str | Deletion]) -> Rewritten:
    """Return what the back shows of a formula, or of any note that is no cloze note."""
    return rewrite(tex, _edits(parts, None))


def fronts_of(tex: str, parts: tuple[str | Deletion, ...]) -> dict[int, Rewritten]:
    """Return what the front of each card shows of a formula, by cloze number."""
    numbers = {deletion.number for deletion in all_deletions(parts)}
    return {number: rewrite(tex, _edits(parts, number)) for number in sorted(numbers)}


def _edits(parts: Iterable[str | Deletion], hidden: int | None) -> Iterator[Replacement]:
    for part in parts:
        if isinstance(part, str):
            continue
        if part.number == hidden:
            yield Replacement(part.start, part.end, part.front)
            continue
        yield Replacement(part.start, part.content_start, "")
        yield from _edits(part.content, hidden)
        yield Replacement(part.content_end, part.end, "")


class Rows(NamedTuple):
    """What stands around the rows of a formula; empty if it has no rows of its own."""

    before: str
    after: str


def to_field(tex: str, *, display: bool, in_cloze: bool, clozes: bool) -> str:
    r"""Return the text of a field for a formula, with `&`, `<` and `>` escaped.

    `display` formulas stand on their own line, and a `\\` in them breaks it. `clozes` says that
    `{{c1::…}}` in the formula is a deletion; `in_cloze` that the formula stands within one.
    """
    tex = tex.strip()
    parts = split_deletions(tex)
    parts = parts if clozes else (without_deletions(parts),)
    body = "".join(_write(part, in_cloze=in_cloze) for part in parts)
    if body.endswith("\\"):
        body += " "  # else the backslash of `\ `, a space in TeX, would join the delimiter's
    if display:
        before, after = rows_around(without_deletions(parts))
        return rf"\[{before}{body}{after}\]"
    return rf"\({body}\)"


def _write(part: str | Deletion, *, in_cloze: bool) -> str:
    if isinstance(part, str):
        text = CLOZE_OF_MANY.sub(_apart, html.escape(part, quote=False))
        return _protect(text) if in_cloze else text
    content = "".join(_write(child, in_cloze=True) for child in part.content)
    hint = f"::{_protect(html.escape(part.hint, quote=False))}" if part.hint else ""
    apart = " " if (hint or content).endswith("}") else ""
    return f"{{{{c{part.number}::{content}{hint}{apart}}}}}"


def _apart(opened: re.Match[str]) -> str:
    return "{ " + opened[0][1:]


def _protect(text: str) -> str:
    """Keep Anki from ending a deletion at TeX's own `}}`, or from seeing a hint in TeX's `::`."""
    return re.sub(r"\}(?=\})", "} ", text).replace("::", ":&#58;")


def rows_around(tex: str) -> Rows:
    r"""Return what to put around a display formula whose top level has a `\\`."""
    if first_row_end(tex) is None:
        return Rows("", "")
    starred = "*" if r"\tag" in tex else ""
    has_columns = any(token.text == "&" for token in _top_level(tex))
    name = ("align" if has_columns else "gather") + (starred or "ed")
    return Rows(rf"\begin{{{name}}}" + "\n", "\n" + rf"\end{{{name}}}")


def first_row_end(tex: str) -> int | None:
    r"""Return where the first `\\` stands outside all braces and environments, but for the end."""
    return _first_of(_ROW_ENDS, _ROW_END.sub("", tex))


def first_tag(tex: str) -> int | None:
    r"""Return where the first `\tag` stands outside all braces and environments."""
    return _first_of(_TAGS, tex)


def _first_of(commands: Set[str], tex: str) -> int | None:
    if not any(command in tex for command in commands):  # as in most formulas
        return None
    tokens = (token for token in _top_level(tex) if token.text in commands)
    return next((token.start for token in tokens), None)


def _top_level(tex: str) -> Iterator[Token]:
    """Yield the tokens that stand outside all braces and environments, without plain text."""
    depth = 0
    for token in MARKUP.finditer(tex):
        text = token.group(0)
        if change := nesting(text):
            depth += change
        elif depth == 0:
            yield Token(token.start(), text)


_NO_ROWS = Rows("", "")


class CardSide(NamedTuple):
    """A formula as one side of a card shows it."""

    written: Rewritten
    """With macros written out."""
    shown: Rewritten
    """With deletions filled in, or hidden."""
    rows: Rows
    display: bool
    hidden: int = 0
    """The number of the cloze that is asked for; 0 on the back."""

    @property
    def formula(self) -> Formula:
        """What the card holds."""
        return Formula(f"{self.rows.before}{self.shown.text}{self.rows.after}", self.display)

    @property
    def bare(self) -> Formula:
        """The same without the environment that the author did not write."""
        return Formula(self.shown.text, self.display)

    def place(self, diagnostic: TextDiagnostic) -> TextDiagnostic:
        """Return a diagnostic of what this side shows as one of what the author wrote."""
        if not self.shown.text.strip():  # but there may be what was written out as nothing
            return diagnostic._replace(
                offset=min((edit.start for edit in self.written.edits), default=0)
            )
        offset = self._visible(diagnostic.offset)
        index = self.shown.origin(offset)
        start, message = self.written.origin(index), diagnostic.message
        if self.hidden:
            message = f"with cloze {self.hidden} hidden, {message}"
        if edit := self.written.edit_at(index):
            command = _COMMAND.match(self.shown.text, offset)
            within = edit.source.find(command.group(0)) if command else -1
            start += max(within, 0)
            message = message if within >= 0 else f"in macro \\{edit.name}, {message}"
        return TextDiagnostic(start, message, diagnostic.severity)

    def macro_at(self, start: int) -> str:
        """Return the name of the deck's macro that wrote a character, or nothing."""
        edit = self.written.edit_at(self.shown.origin(self._visible(start)))
        return edit.name if edit else ""

    def _visible(self, offset: int) -> int:
        """Return the character next to a place that is no space and not of the rows put around."""
        shown = self.shown.text
        first, last = len(shown) - len(shown.lstrip()), len(shown.rstrip()) - 1
        return max(first, min(offset, last))


def with_clozes(written: ExpandedFormula, *, display: bool) -> CardSide:
    """Return a formula with the deletions still in it, as its author sees it."""
    return CardSide(written.tex, Rewritten(written.tex.text), _NO_ROWS, display)


def back(written: ExpandedFormula, *, display: bool) -> CardSide:
    """Return what the back shows of a formula."""
    tex = written.tex.text
    shown = back_of(tex, split_deletions(tex))
    rows = rows_around(shown.text.strip()) if display else _NO_ROWS
    return CardSide(written.tex, shown, rows, display)


def fronts(written: ExpandedFormula, *, display: bool) -> Iterator[CardSide]:
    """Yield what the front of each card shows of a formula, with that card's deletions hidden."""
    tex = written.tex.text
    whole = back(written, display=display)
    for number, shown in fronts_of(tex, split_deletions(tex)).items():
        yield whole._replace(shown=shown, hidden=number)
