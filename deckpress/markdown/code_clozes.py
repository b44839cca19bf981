"""Code that asks: a fence whose first line says `cloze`, with its deletions as tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deckpress.diagnostics import Diagnostic, Diagnostics, Location, error, hint, warning
from deckpress.markdown import CLOZE_OPEN, NEAR_CLOZE, MistuneToken, SourceSpan, begins_no_cloze
from deckpress.markdown.inline_parser import MAX_DEPTH

_LOOK_AHEAD = 4_000
"""Characters in which the braces of a deletion are counted, so that the cost stays linear."""
_NEAR = re.compile(NEAR_CLOZE)
_BRACE = re.compile(r"[{}]")
_BRACKET_OR_COLONS = re.compile(r"[(\[{]|[)\]}]|::")
_OF_CODE = frozenset(
    "c++ cpp cxx cc hpp h++ cuda cu rust rs ruby rb perl pl php haskell hs scala ocaml ml fsharp f#"
    " r java kotlin kt css scss less tcl powershell ps1 julia jl postgres postgresql plpgsql erlang"
    " elixir ex fortran crystal cr groovy purescript elm idris agda lean coq objective-c++".split()
)
"""Languages in whose code `::` stands."""
_SHOWS_MARKS = frozenset({"markdown", "md"})
"""Languages in which a fence shows how a deletion is written."""


def asks(info: str) -> bool:
    """Return whether what stands behind the marker of a fence makes deletions of `{{c1::…}}`."""
    return "cloze" in info.split()


@dataclass(frozen=True)
class _Reader:
    """Reads the code of one fence."""

    passage: SourceSpan
    language: str
    file: str
    diagnostics: Diagnostics

    def read(self, start: int, end: int, depth: int = 0) -> Iterator[MistuneToken]:
        """Yield a part of the code as code and deletions."""
        code = self.passage.text
        while depth < MAX_DEPTH and (match := CLOZE_OPEN.search(code, start, end)):
            close = _find_end(code, match.end(), end)
            if close is None:
                self._report_unclosed(match)
                break
            yield from self._code(start, match.start())
            yield self._cloze(match, close, depth)
            start = close + 2
        yield from self._code(start, end)

    def _code(self, start: int, end: int) -> Iterator[MistuneToken]:
        for match in _NEAR.finditer(self.passage.text, start, end):
            if not CLOZE_OPEN.match(match[0]):
                message = begins_no_cloze(match[0], match["near_number"])
                self.diagnostics.append(warning(self._where(match.start()), message))
        if start < end:
            yield {"type": "code", "raw": self.passage.text[start:end]}

    def _cloze(self, opened: re.Match[str], close: int, depth: int) -> MistuneToken:
        asked = _find_hint(self.passage.text, opened.end(), close, self.language)
        end = close if asked is None else asked
        children = [*self.read(opened.end(), end, depth + 1)]
        if asked is not None:
            label = {"type": "code", "raw": self.passage.text[end + 2 : close].strip()}
            children.append({"type": "cloze_hint", "children": [label]})
        line, column = self.passage.place(opened.start())
        attrs = {"number": int(opened[1])}
        place = {"line": line, "column": column}
        return {"type": "cloze", "children": children, "attrs": attrs, **place}

    def _report_unclosed(self, opened: re.Match[str]) -> None:
        message = f"cloze {opened[0]}… is never closed: add }}}} in the same code"
        self.diagnostics.append(error(self._where(opened.start()), message))

    def _where(self, offset: int) -> Location:
        return Location(self.file, *self.passage.place(offset))


def _find_end(code: str, start: int, end: int) -> int | None:
    """Return where a deletion's `}}` stands: where braces balance, or else the first."""
    braces = 0
    for brace in _BRACE.finditer(code, start, min(start + _LOOK_AHEAD, end)):
        braces += 1 if brace[0] == "{" else -1
        if braces < 0 and code.startswith("}}", brace.start(), end):
            return brace.start()
        if braces < 0:
            break
    first = code.find("}}", start, end)
    return None if first < 0 else first


def _find_hint(code: str, start: int, end: int, language: str) -> int | None:
    """Return where the `::` before a hint stands: one outside brackets.

    Where the language has a `::` of its own, a blank stands before the hint's.
    """
    depth = 0
    for match in _BRACKET_OR_COLONS.finditer(code, start, end):
        if match[0] != "::":
            depth = max(depth + (1 if match[0] in "([{" else -1), 0)
        elif depth == 0 and (language.lower() not in _OF_CODE or _is_apart(code, match)):
            return match.start()
    return None


def _is_apart(code: str, colons: re.Match[str]) -> bool:
    return code[colons.start() - 1].isspace() and not code[colons.end()].isspace()


def read_code(
    passage: SourceSpan, language: str, file: str, diagnostics: Diagnostics
) -> list[MistuneToken]:
    """Return code as text and deletions, and add to `diagnostics` what is wrong with these.

    `passage` is the code with the place of each of its lines, and `language` as the fence names it.
    """
    found: Diagnostics = []
    tokens = [*_Reader(passage, language, file, found).read(0, len(passage.text))]
    if not found and all(token["type"] == "code" for token in tokens):
        where = Location(file, passage.place(0)[0] - 1)
        message = 'the fence says "cloze" and asks nothing: write {{c1::answer}} in it'
        found.append(warning(where, message))
    diagnostics += found
    return tokens


def check_unmarked(passage: SourceSpan, language: str, file: str) -> Iterator[Diagnostic]:
    """Yield what to say of a deletion in a fence that does not ask."""
    match = CLOZE_OPEN.search(passage.text)
    if match and language.lower() not in _SHOWS_MARKS:
        where = Location(file, *passage.place(match.start()))
        fence = f"```{language or 'text'} cloze"
        yield hint(where, f"{match[0]} in code is shown as it is written: write {fence} to ask it")
