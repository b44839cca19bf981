"""A field's HTML → its words, blanks and formulas, one by one: what two versions differ in."""

from __future__ import annotations

import re

from deckpress.formulas import split_deletions, without_deletions
from deckpress.normal_forms import normalize
from deckpress.takeover.field_text import BLOCKS, FieldReader

_FORMULA, _FORMULA_END = "\x02", "\x03"
_SPACES = {" ": "\x04", "\t": "\x05", "\n": "\x06"}
"""What stands for a formula's ends and for what `<pre>` keeps, until the words are told apart."""
_KEPT = str.maketrans(_SPACES)
_KEPT_BACK = str.maketrans({mark: space for space, mark in _SPACES.items()})
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SQUEEZED = re.compile(r"\x02[^\x03]*\x03|[\s\x06]*[\n\x06][\s]*|[^\S\n]+")
_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Letters of scripts that write no blanks between words: each counts as a word."""
_WORD = re.compile(
    rf"\x02(?P<formula>[^\x03]*)\x03|[{_CJK}]|\d+(?:[.,]\d+)*|[^\W\d{_CJK}][^\W{_CJK}]*"
    r"|\n|[^\S\n]+|."
)
_TEX_BLOCKS = frozenset({r"\[", "[$$]", "[latex]"})
"""What opens a formula that stands on a line of its own."""
_SCRIPTS = {"sup": "^", "sub": "_"}
"""How raised and lowered text is told from text on the line: 10<sup>2</sup> is not 102."""
_CELLS = frozenset({"td", "th"})


def field_words(field_html: str, *, is_ours: bool) -> tuple[str, ...]:
    r"""Return the words of a field: joined, they are its text, a block a line.

    A word is what stands between blanks or marks, a character of Chinese or Japanese, a run of
    blanks, a single mark, or a whole formula, from `\(` to `\)` or `\[` to `\]`. Deletions are
    filled in, and a picture is its alt text in brackets. `is_ours` is for a field that deckpress
    wrote.
    """
    reader = _WordReader(field_html, is_ours=is_ours)
    reader.read()
    text = normalize("NFC", _SQUEEZED.sub(_squeeze, reader.text()))
    text = text.strip().strip("\x06").translate(_KEPT_BACK)
    return tuple(found["formula"] or found[0] for found in _WORD.finditer(text))


def is_formula(word: str) -> bool:
    """Say whether a word is a formula; a single mark never is."""
    return len(word) >= 4 and word[:2] in (r"\(", r"\[")


def _squeeze(found: re.Match[str]) -> str:
    blank = found[0]
    if blank[0] == _FORMULA:
        return blank
    if "\x06" in blank:  # within code, where the blanks before the line count
        return blank.translate(str.maketrans("", "", "\n "))
    return "\n" if "\n" in blank else " "


class _WordReader(FieldReader):
    """Reads a field as lines in which formulas are marked."""

    def _write_words(self, text: str) -> None:
        text = _CONTROL.sub("", text)
        is_kept = self._element in ("pre", "textarea")
        self._write(text.translate(_KEPT) if is_kept else text.replace("\n", " "))

    def _write_authors(self, tag: str, element: str) -> None:
        if element in BLOCKS:
            self._write_break(element)
        elif element in _SCRIPTS and not tag.startswith("</"):
            self._write(_SCRIPTS[element])

    def _write_other(self, tag: str, element: str) -> None:
        self._write_authors(tag, element)

    def _write_break(self, element: str) -> None:
        self._write(" " if element in _CELLS else "\n")

    def _write_picture(self, alt: str, source: str) -> None:
        self._write(f"[{_CONTROL.sub('', alt) or 'picture'}]")

    def _write_sound(self, file: str) -> None:
        self._write("[sound]")

    def _write_tex(self, tex: str, opening: str) -> None:
        ends = (r"\[", r"\]") if opening in _TEX_BLOCKS else (r"\(", r"\)")
        filled = _CONTROL.sub("", without_deletions(split_deletions(tex)))
        self._write(f"{_FORMULA}{filled.strip().join(ends)}{_FORMULA_END}")
