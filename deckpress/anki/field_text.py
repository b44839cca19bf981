"""A field's HTML → the text that a reader reads, or its words, spaces and formulas one by one."""

from __future__ import annotations

import html
import itertools
import re
from collections import defaultdict
from dataclasses import dataclass, field

from deckpress.formulas.cloze_marks import unmark
from deckpress.formulas.deletions import all_deletions, split_deletions, without_deletions
from deckpress.languages import normalize
from deckpress.languages.scripts import SPACELESS
from deckpress.markdown import CLOZE_OPEN
from deckpress.media import without_digest

_TOKEN = re.compile(
    r"(?P<comment><!--)"
    r"|(?P<markup><[!?][^<>]*>)"
    r"|(?P<tag><(?P<slash>/?)(?P<name>[A-Za-z][^\s<>/]*+)"
    r"(?P<attrs>(?:=\s*+\"[^\"<]*+\"|=\s*+'[^'<]*+'|[^<>])*+)>)"
    r"|(?P<formula>\\[(\[]|\[(?:latex|\${1,2})\])"
    r"|(?P<sound>\[sound:(?P<file>[^\[\]<>]++)\])"
    r"|(?P<open>\{\{c(?P<numbers>[0-9]{1,4}(?:,[0-9]{1,4}){0,99})::)"
    r"|(?P<close>\}\})"
    r"|(?P<hint>::)"
)
_ENDS = {
    "<!--": re.compile(r".*?-->", re.S),
    r"\(": re.compile(r"(?:[^\\]++|\\(?!\)).)*+\\\)", re.S),
    r"\[": re.compile(r"(?:[^\\]++|\\(?!\]).)*+\\\]", re.S),
    "[latex]": re.compile(r".*?\[/latex\]", re.S),
    "[$]": re.compile(r".*?\[/\$\]", re.S),
    "[$$]": re.compile(r".*?\[/\$\$\]", re.S),
}
"""From what begins so to where it ends; in TeX a backslash takes the next character with it."""
_MAX_DEPTH = 20
"""Deletions nested deeper than this are read as text; Anki stops at ten."""
BLOCKS = frozenset(
    "address article aside blockquote br caption center dd details div dl dt figcaption figure "
    "footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section summary table td th tr ul".split()
)
"""Elements that stand on lines of their own."""
_MARKED = frozenset({"ol", "ul", "li", "input"})
"""Elements that have markers, or are ones."""
_NUMBER = re.compile(r"-?\d{1,9}")
_CHECKED = re.compile(r"(?<![^\s\"'/])checked(?![^\s=/])", re.I)
_SILENT = frozenset({"style", "script"})
_LITERAL = frozenset({"code", "pre", "textarea"})
"""Elements in which MathJax sets no formulas."""
_OURS = frozenset(
    "a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr img input li mark ol p pre span strong "
    "table tbody td th thead tr ul".split()
)
"""The elements that deckpress writes; any other is its author's, and part of a question's text."""
_CLASS_ASIDE = re.compile(r"class=\"(?:footnote|callout-title|sources-title)\"")
_CLASS_LITERAL = re.compile(r"class=\"mathjax_ignore\"")
_TAG = re.compile(r"<[^<>]*>")
_NO_NUMBER = re.compile(r"\{\{c\d{5}")
_PULLED_APART = re.compile(r"\} (?=\}(?!\}))")
"""What keeps TeX's braces apart; before a deletion's own, it is authors who write the space."""
_GATHERED = re.compile(r"\s*\\begin\{(gather\*|gathered)\}\n(.*)\n\\end\{\1\}\s*", re.S)
_DOLLARS = re.compile(r"\$\$([^$]+)\$\$|\$(?![\s$])([^$]+)(?<!\s)\$(?!\d)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_FORMULA, _FORMULA_END = "\x02", "\x03"
_SPACES = {" ": "\x04", "\t": "\x05", "\n": "\x06"}
"""What stands for a formula's ends and for what `<pre>` keeps, until the words are told apart."""
_KEPT = str.maketrans(_SPACES)
_KEPT_BACK = str.maketrans({mark: space for space, mark in _SPACES.items()})
_ANY_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SQUEEZED = re.compile(r"\x02[^\x03]*\x03|[\s\x06]*[\n\x06][\s]*|[^\S\n]+")
_WORD = re.compile(
    rf"\x02(?P<formula>[^\x03]*)\x03|[{SPACELESS}]|\d+(?:[.,]\d+)*"
    rf"|[^\W\d{SPACELESS}][^\W{SPACELESS}]*|\n|[^\S\n]+|."
)
"""Each letter of a script that writes no spaces between words counts as a word."""
_TEX_BLOCKS = frozenset({r"\[", "[$$]", "[latex]"})
"""What opens a formula that stands on a line of its own."""
_SCRIPTS = {"sup": "^", "sub": "_"}
"""How raised and lowered text is told from text on the line: 10<sup>2</sup> is not 102."""
_CELLS = frozenset({"td", "th"})


def html_text(field_html: str, *, is_ours: bool = False) -> str:
    """Return what a reader reads in a field, on one line: deletions filled in, formulas as TeX.

    For a field that deckpress itself wrote (`is_ours`) that is the note's `question_text`. Only
    macros stay written out; and of what was put around a formula's rows `aligned` stays, since it
    may be the author's own. In other fields `$…$` is a formula as well: many tools leave it so.
    """
    return read_field(field_html, is_ours=is_ours)[0]


def read_field(field_html: str, *, is_ours: bool) -> tuple[str, dict[str, str]]:
    """Return a field's text, and what each of its cloze numbers asks for."""
    reader = FieldReader(field_html, is_ours=is_ours)
    reader.read()
    text = _settle(reader.text(), is_ours=is_ours)
    return text, {number: _settle(part, is_ours=is_ours) for number, part in reader.clozes.items()}


def _settle(text: str, *, is_ours: bool) -> str:
    line = normalize("NFC", " ".join(_CONTROL.sub("", text).split()))
    return line if is_ours else _DOLLARS.sub(lambda match: match[1] or match[2], line)


@dataclass
class _Part:
    """A field, or a deletion in it, as far as it has been read."""

    opening: str = ""
    """How the deletion begins; empty for the field itself."""
    place: int = 0
    """Which of the field's deletions it is."""
    texts: list[str] = field(default_factory=list)
    is_hint: bool = False
    """Whether the reader is in the deletion's hint."""


class FieldReader:
    """Reads a field token by token."""

    def __init__(self, field_html: str, *, is_ours: bool) -> None:
        self._html, self._is_ours = field_html, is_ours
        self._parts = [_Part()]
        self._asked: list[tuple[str, str | None]] = []
        """The numbers and the text of each deletion, in reading order; None if it has no end."""
        self._element, self._depth = "", 0
        """The element in which things mean something else, and how often it is open."""
        self._is_silent = False
        self._numbers: list[int | None] = []
        """The number of the next item of each open list; None where it says nothing."""
        self._never_ends: set[str] = set()
        """What has no end further on, not to be looked for again."""

    def read(self) -> None:
        """Read all of the field."""
        index = 0
        while token := _TOKEN.search(self._html, index):
            self._write_words(html.unescape(self._html[index : token.start()]))
            index = self._read_token(token)
        self._write_words(html.unescape(self._html[index:]))

    def text(self) -> str:
        """Return the text; a deletion that was never closed is text."""
        pieces = ((part.opening, *part.texts) for part in self._parts)
        return "".join(itertools.chain.from_iterable(pieces))

    @property
    def clozes(self) -> dict[str, str]:
        """What each cloze number asks for, in reading order."""
        texts: dict[str, list[str]] = defaultdict(list)
        for numbers, text in self._asked:
            for number in numbers.split(",") if text is not None else ():
                texts[number].append(text or "")
        return {number: " … ".join(parts) for number, parts in texts.items()}

    # What a reader of another kind may write in another way:

    def _write_words(self, text: str) -> None:
        self._write(text)

    def _write_authors(self, tag: str, element: str) -> None:
        self._write(tag)

    def _write_other(self, tag: str, element: str) -> None:
        """Write an element of which only the text counts."""

    def _write_break(self, element: str) -> None:
        self._write(" ")

    def _write_picture(self, alt: str, source: str) -> None:
        self._write(alt or self._file_name(source))

    def _write_sound(self, file: str) -> None:
        self._write(self._file_name(file))

    def _write_tex(self, tex: str, opening: str) -> None:
        gathered = _GATHERED.fullmatch(tex) if self._is_ours else None
        self._write(gathered[2] if gathered else tex)

    def _write(self, text: str) -> None:
        if text and not self._is_silent and not self._parts[-1].is_hint:
            self._parts[-1].texts.append(text)

    def _read_token(self, token: re.Match[str]) -> int:
        """Read a token, and return where to read on."""
        match token.lastgroup:
            case "comment":
                return self._end_of("<!--", token.end()) or len(self._html)
            case "formula":
                return self._read_formula(token)
            case "tag":
                self._read_tag(token)
            case "sound":
                self._write_sound(token["file"])
            case "open":
                self._open_deletion(token)
            case "close":
                self._close_deletion()
            case "hint":
                self._write("::" if len(self._parts) == 1 else "")
                self._parts[-1].is_hint = len(self._parts) > 1
        return token.end()

    def _end_of(self, opening: str, start: int) -> int:
        """Return where what begins so ends; 0 if it does not."""
        match = None if opening in self._never_ends else _ENDS[opening].match(self._html, start)
        if match is None:
            self._never_ends.add(opening)
        return match.end() if match else 0

    def _read_formula(self, token: re.Match[str]) -> int:
        end = 0 if self._element else self._end_of(token[0], token.end())
        if not end:
            self._write(token[0])
            return token.end()
        closing = 2 if token[0][0] == "\\" else len(token[0]) + 1
        tex = html.unescape(_TAG.sub(" ", self._html[token.end() : end - closing]))
        tex = unmark(tex, in_cloze=len(self._parts) > 1)
        if len(self._parts) > 1 or CLOZE_OPEN.search(tex):
            tex = _PULLED_APART.sub("}", tex)
        self._write_formula(tex, token[0])
        return end

    def _write_formula(self, tex: str, opening: str) -> None:
        """Write a formula; its deletions stay in the text, as in `plain_text`."""
        self._write_tex(tex, opening)
        for deletion in () if _NO_NUMBER.search(tex) else all_deletions(split_deletions(tex)):
            text = without_deletions(deletion.content).strip()
            self._asked.append((str(deletion.number), text))

    def _read_tag(self, token: re.Match[str]) -> None:
        name, attrs = token["name"].lower(), token["attrs"]
        was_silent = self._is_silent
        self._follow(name, attrs, is_end=bool(token["slash"]))
        if was_silent:
            return
        if self._is_ours and name not in _OURS:
            self._write_authors(token[0], name)
        elif name == "img":
            self._write_picture(_attribute("alt", attrs), _attribute("src", attrs))
        elif name in BLOCKS:
            self._write_break(name)
        else:
            self._write_other(token[0], name)
        if name in _MARKED:
            self._read_marker(name, attrs, is_end=bool(token["slash"]))

    def _read_marker(self, name: str, attrs: str, *, is_end: bool) -> None:
        """Read a list or an item, and write what stands before the item, as `plain_text` does."""
        if name == "li":
            number = self._numbers[-1] if self._numbers and not is_end else None
            if number is not None:
                self._write(f"{number}. ")
                self._numbers[-1] = number + 1
        elif name == "input":
            if _attribute("type", attrs).lower() == "checkbox":
                self._write("[x] " if _CHECKED.search(attrs) else "[ ] ")
        elif not is_end:
            start = _attribute("start", attrs)
            is_reported = name == "ol" and _NUMBER.fullmatch(start) and int(start) != 1
            self._numbers.append(int(start) if is_reported else None)
        elif self._numbers:
            self._numbers.pop()

    def _follow(self, name: str, attrs: str, *, is_end: bool) -> None:
        """Keep track of the element in which things mean something else."""
        if self._element:
            self._depth += (name == self._element) * (-1 if is_end else 1)
            if not self._depth:
                self._element, self._is_silent = "", False
        elif not is_end:
            is_aside = self._is_ours and bool(_CLASS_ASIDE.search(attrs))
            self._is_silent = is_aside or name in _SILENT
            if self._is_silent or name in _LITERAL or _CLASS_LITERAL.search(attrs):
                self._element, self._depth = name, 1

    def _file_name(self, name: str) -> str:
        return without_digest(name) if self._is_ours else name

    def _open_deletion(self, token: re.Match[str]) -> None:
        self._parts[-1].is_hint = False
        if len(self._parts) > _MAX_DEPTH:
            self._write(token[0])
            return
        self._parts.append(_Part(token[0], len(self._asked)))
        self._asked.append((token["numbers"], None))

    def _close_deletion(self) -> None:
        if len(self._parts) == 1:
            self._write("}}")
            return
        part = self._parts.pop()
        text = "".join(part.texts)
        text = text[:-1] if text.endswith("} ") else text  # where the renderer pulled them apart
        self._asked[part.place] = (self._asked[part.place][0], text)
        self._write(text)


def _attribute(name: str, attrs: str) -> str:
    match = re.search(
        rf"(?<![^\s\"'/]){name}\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|(\S+))", attrs, re.I
    )
    return html.unescape(next(filter(None, match.groups()), "")) if match else ""


def field_words(field_html: str, *, is_ours: bool) -> tuple[str, ...]:
    r"""Return the words of a field: joined, they are its text, a block a line.

    A word is what stands between spaces or marks, a character of Chinese or Japanese, a run of
    spaces, a single mark, or a whole formula, from `\(` to `\)` or `\[` to `\]`. Deletions are
    filled in, and a picture is its alt text in brackets. `is_ours` is for a field that deckpress
    wrote.
    """
    reader = _WordReader(field_html, is_ours=is_ours)
    reader.read()
    text = normalize("NFC", _SQUEEZED.sub(_squeeze, reader.text()))
    text = text.strip().strip("\x06").translate(_KEPT_BACK)
    return tuple(match["formula"] or match[0] for match in _WORD.finditer(text))


def is_formula(word: str) -> bool:
    """Return whether a word is a formula; a single mark never is."""
    return len(word) >= 4 and word[:2] in (r"\(", r"\[")


def _squeeze(match: re.Match[str]) -> str:
    spaces = match[0]
    if spaces[0] == _FORMULA:
        return spaces
    if "\x06" in spaces:  # within code, where the spaces before the line count
        return spaces.translate(str.maketrans("", "", "\n "))
    return "\n" if "\n" in spaces else " "


class _WordReader(FieldReader):
    """Reads a field as lines in which formulas are marked."""

    def _write_words(self, text: str) -> None:
        text = _ANY_CONTROL.sub("", text)
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
        self._write(f"[{_ANY_CONTROL.sub('', alt) or 'picture'}]")

    def _write_sound(self, file: str) -> None:
        self._write("[sound]")

    def _write_tex(self, tex: str, opening: str) -> None:
        ends = (r"\[", r"\]") if opening in _TEX_BLOCKS else (r"\(", r"\)")
        filled = _ANY_CONTROL.sub("", without_deletions(split_deletions(tex)))
        self._write(f"{_FORMULA}{filled.strip().join(ends)}{_FORMULA_END}")
