"""TeX with clozes → the field that Anki's MathJax 3.2.2 typesets, and each side of its cards."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

from deckpress.diagnostics import TextDiagnostic
from deckpress.formulas import Formula
from deckpress.formulas.cloze_marks import find_markable, front, mark, shown_hint
from deckpress.formulas.deletions import Deletion, all_deletions, split_deletions, without_deletions
from deckpress.formulas.macros import ExpandedFormula
from deckpress.formulas.tex import MARKUP, Replacement, Rewritten, Token, nesting, rewrite
from deckpress.markdown import CLOZE_OF_MANY

_ROW_ENDS = frozenset({r"\\", r"\cr", r"\newline"})
_TAGS = frozenset({r"\tag", r"\tag*"})
_ROW_END = re.compile(r"\\\\\s*$")
_COMMAND = re.compile(r"\\[A-Za-z]+")


def back_of(tex: str, parts: Iterable[str | Deletion], marked: Set[int]) -> Rewritten:
    """Return what the back shows of a formula, or of any note that is no cloze note.

    `marked` is where those of its deletions begin that have a mark.
    """
    return rewrite(tex, _edits(parts, None, marked))


def fronts_of(
    tex: str, parts: tuple[str | Deletion, ...], marked: Set[int]
) -> dict[int, Rewritten]:
    """Return what the front of each card shows of a formula, by cloze number."""
    numbers = {deletion.number for deletion in all_deletions(parts)}
    return {number: rewrite(tex, _edits(parts, number, marked)) for number in sorted(numbers)}


def _edits(
    parts: Iterable[str | Deletion], hidden: int | None, marked: Set[int]
) -> Iterator[Replacement]:
    for part in parts:
        if isinstance(part, str):
            continue
        is_marked = part.start in marked
        if part.number == hidden:
            yield Replacement(part.start, part.end, front(part, is_marked=is_marked))
            continue
        before, after = mark(part.number) if is_marked else ("", "")
        yield Replacement(part.start, part.content_start, before)
        yield from _edits(part.content, hidden, marked)
        yield Replacement(part.content_end, part.end, after)


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
    marked = find_markable(tex) if clozes else frozenset()
    body = "".join(_write(part, marked, in_cloze=in_cloze) for part in parts)
    if body.endswith("\\"):
        body += " "  # else the backslash of `\ `, a space in TeX, would join the delimiter's
    if display:
        before, after = rows_around(without_deletions(parts))
        return rf"\[{before}{body}{after}\]"
    return rf"\({body}\)"


def _write(part: str | Deletion, marked: Set[int], *, in_cloze: bool) -> str:
    if isinstance(part, str):
        text = CLOZE_OF_MANY.sub(_apart, html.escape(part, quote=False))
        return _protect(text) if in_cloze else text
    content = "".join(_write(child, marked, in_cloze=True) for child in part.content)
    is_marked = part.start in marked
    words = shown_hint(part.hint) if is_marked else part.hint
    hint = f"::{_protect(html.escape(words, quote=False))}" if words else ""
    apart = " " if (hint or content).endswith("}") else ""
    before, after = mark(part.number) if is_marked else ("", "")
    after += " " if after and in_cloze else ""  # else it would end the cloze with the next }
    return f"{before}{{{{c{part.number}::{content}{hint}{apart}}}}}{after}"


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


def back(written: ExpandedFormula, *, display: bool, asks: bool) -> CardSide:
    """Return what the back shows of a formula; `asks` says that its deletions are the note's."""
    tex = written.tex.text
    marked = find_markable(tex) if asks else frozenset()
    shown = back_of(tex, split_deletions(tex), marked)
    rows = rows_around(shown.text.strip()) if display else _NO_ROWS
    return CardSide(written.tex, shown, rows, display)


def fronts(written: ExpandedFormula, *, display: bool) -> Iterator[CardSide]:
    """Yield what the front of each card shows of a formula, with that card's deletions hidden."""
    tex = written.tex.text
    whole = back(written, display=display, asks=True)
    for number, shown in fronts_of(tex, split_deletions(tex), find_markable(tex)).items():
        yield whole._replace(shown=shown, hidden=number)
