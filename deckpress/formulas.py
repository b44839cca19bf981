r"""TeX → the `\(…\)` and `\[…\]` that Anki's MathJax 3.2.2 typesets, and what is wrong with it.

The facts about MathJax come from Anki 26.09's own bundle: a `\\` outside any environment does not
break the line there, and a formula with unbalanced braces is not recognised at all.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from deckpress.notes import CLOZE_OPEN

MAX_DEPTH = 20
"""Deletions nested deeper than this in a formula are read as TeX."""
MAX_EXPANSIONS = 1000
"""A formula whose macros expand more often than this is taken for endless."""

_TEX = re.compile(
    r"\\(?:begin|end)\s*\{[^{}]*\}|\\[A-Za-z]+\*?|\\.|%[^\n{}]*|[{}&]|[^\\{}&%]+", re.S
)
r"""The tokens of TeX; MathJax pairs braces even within a comment, so that `\text{5%}` is whole."""
_MACRO = re.compile(r"\\(?:([A-Za-z]+)|.)", re.S)
_ROW_END = re.compile(r"\\\\\s*$")


class FormulaError(Exception):
    """A formula that cannot be put on a card; the message says why."""


@dataclass(frozen=True)
class Deletion:
    """A cloze in a formula: what is asked is itself TeX, perhaps with deletions in it."""

    number: int
    content: tuple[str | Deletion, ...]
    hint: str = ""


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
        body += " "  # else the backslash of `\ `, a blank in TeX, would join the delimiter's
    if display:
        before, after = _rows_around(without_deletions(parts))
        return rf"\[{before}{body}{after}\]"
    return rf"\({body}\)"


def expand_macros(tex: str, macros: Mapping[str, str]) -> str:
    """Return a formula with the deck's macros written out.

    `macros` maps a name without its backslash to TeX in which `#1` to `#9` stand for the arguments.
    Raises FormulaError if an argument is missing or the expansion has no end.
    """
    if not macros:
        return tex
    out: list[str] = []
    rest = tex
    for _ in range(MAX_EXPANSIONS):
        found = next((each for each in _MACRO.finditer(rest) if each.group(1) in macros), None)
        if found is None:
            return "".join([*out, rest])
        out.append(rest[: found.start()])
        body = macros[found.group(1)]
        count = max((int(number) for number in re.findall(r"#([1-9])", body)), default=0)
        arguments, end = _read_arguments(rest, found.end(), count, found.group(0))
        written = _fill_in(body, arguments)
        needs_blank = written[-1:].isalpha() and rest[end : end + 1].isalpha()
        rest = written + (" " if needs_blank else "") + rest[end:]
    raise FormulaError(
        f"macros expand without end: does \\{found.group(1) if found else ''} use itself?"
    )


def _fill_in(body: str, arguments: list[str]) -> str:
    return re.sub(r"#([1-9])", lambda place: arguments[int(place.group(1)) - 1], body)


def _read_arguments(tex: str, start: int, count: int, name: str) -> tuple[list[str], int]:
    arguments: list[str] = []
    while len(arguments) < count:
        while tex[start : start + 1].isspace():
            start += 1
        end = _argument_end(tex, start)
        if end is None:
            things = "argument" if count == 1 else "arguments"
            raise FormulaError(f"macro {name} takes {count} {things}: {{…}} is missing")
        argument = tex[start:end]
        arguments.append(argument[1:-1] if argument.startswith("{") else argument)
        start = end
    return arguments, start


def _argument_end(tex: str, start: int) -> int | None:
    depth = 0
    for token in _TEX.finditer(tex, start):
        text = token.group(0)
        depth += (text == "{") - (text == "}")
        if depth < 0:
            return None
        if depth == 0:
            is_one = text == "}" or text.startswith("\\")
            return token.end() if is_one else start + 1
    return None


def check_formula(tex: str) -> list[str]:
    """Return what is wrong with a formula, each in a sentence that says what to do."""
    if not tex.strip():
        return ["formula is empty: write it, or remove its delimiters"]
    depth = 0
    for token in _TEX.finditer(tex):
        depth += (token.group(0) == "{") - (token.group(0) == "}")
        if depth < 0:
            return ["formula has a } too many: remove it, or add the { it closes"]
    if depth:
        return ["formula has a { that is never closed: add }"]
    if unclosed := CLOZE_OPEN.search(without_deletions(split_deletions(tex))):
        return [f"cloze {unclosed.group(0)}… is never closed: add }}}} where it ends"]
    return []


def split_deletions(tex: str, depth: int = 0) -> tuple[str | Deletion, ...]:
    """Return a formula cut at its deletions; each ends at the `}}` that balances its braces."""
    parts: list[str | Deletion] = []
    end = 0
    while depth < MAX_DEPTH and (found := CLOZE_OPEN.search(tex, end)):
        close = _deletion_end(tex, found.end())
        if close is None:
            break
        parts.append(tex[end : found.start()])
        parts.append(_read_deletion(int(found.group(1)), tex[found.end() : close], depth))
        end = close + 2
    parts.append(tex[end:])
    return tuple(part for part in parts if part != "")


def all_deletions(parts: Iterable[str | Deletion]) -> Iterator[Deletion]:
    """Yield every deletion of a formula, outer ones before those within them."""
    for part in parts:
        if isinstance(part, Deletion):
            yield part
            yield from all_deletions(part.content)


def _read_deletion(number: int, text: str, depth: int) -> Deletion:
    content, hint = text, ""
    braces = 0
    for found in re.finditer(r"\\.|[{}]|::", text, re.S):
        mark = found.group(0)
        braces += (mark == "{") - (mark == "}")
        if mark == "::" and braces == 0:
            content, hint = text[: found.start()], text[found.end() :]
            break
    return Deletion(number, split_deletions(content, depth + 1), hint.strip())


def _deletion_end(tex: str, start: int) -> int | None:
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.S).finditer(tex, start):
        mark = found.group(0)
        if mark == "}" and depth == 0:
            return found.start() if tex.startswith("}}", found.start()) else None
        depth += (mark == "{") - (mark == "}")
    return None


def without_deletions(parts: tuple[str | Deletion, ...]) -> str:
    """Return the formula that the learner sees on the back: all deletions filled in."""
    return "".join(
        part if isinstance(part, str) else without_deletions(part.content) for part in parts
    )


def _write(part: str | Deletion, *, in_cloze: bool) -> str:
    if isinstance(part, str):
        text = html.escape(part, quote=False)
        return _protect(text) if in_cloze else text
    content = "".join(_write(each, in_cloze=True) for each in part.content)
    hint = f"::{_protect(html.escape(part.hint, quote=False))}" if part.hint else ""
    apart = " " if (hint or content).endswith("}") else ""
    return f"{{{{c{part.number}::{content}{hint}{apart}}}}}"


def _protect(text: str) -> str:
    """Keep Anki from ending a deletion at TeX's own `}}`, or from seeing a hint in TeX's `::`."""
    return re.sub(r"\}(?=\})", "} ", text).replace("::", ":&#58;")


def _rows_around(tex: str) -> tuple[str, str]:
    r"""Return what to put around a display formula whose top level has a `\\`."""
    has_rows, has_columns = _top_level(_ROW_END.sub("", tex))
    if not has_rows:
        return "", ""
    starred = "*" if r"\tag" in tex else ""
    name = ("align" if has_columns else "gather") + (starred or "ed")
    return rf"\begin{{{name}}}" + "\n", "\n" + rf"\end{{{name}}}"


def _top_level(tex: str) -> tuple[bool, bool]:
    r"""Say whether a `\\`, and whether a `&`, stands outside all braces and environments."""
    depth, has_rows, has_columns = 0, False, False
    for token in _TEX.finditer(tex):
        text = token.group(0)
        if text == "{" or text.startswith(r"\begin") or text == r"\left":
            depth += 1
        elif text == "}" or text.startswith(r"\end") or text == r"\right":
            depth -= 1
        elif depth == 0:
            has_rows = has_rows or text in ("\\\\", r"\cr", r"\newline")
            has_columns = has_columns or text == "&"
    return has_rows, has_columns
