"""What stands behind the language of a picture's fence: its name, what it shows, what it asks.

A fence begins ` ```diagram lstm "the gates" ask="forget, input" hide=all `. What it asks is no part
of the picture: it is drawn the same, and parts of it are covered on cards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from deckpress.diagnostics import (
    Diagnostics,
    Location,
    did_you_mean_or_known,
    error,
    quote,
    warning,
)
from deckpress.markdown import Token, language_of

OWN_LANGUAGES = frozenset({"diagram", "plot"})
"""Languages that nobody else draws; without a name the others are left as code."""
ALL = "all"
"""What is written in place of names to ask for each part that shows something."""
_INFO = re.compile(
    r"(?P<language>\S+)(?:\s+(?P<name>[^\s\"“]+))?"
    r"(?:\s+\"(?P<alt>[^\"]*)\"(?P<options>(?:\s.*)?))?\s*",
    re.S,
)
NAME = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
"""The pattern of a picture's name."""
_LONGEST_NAME = 60
_OPTION = re.compile(
    r"\s*+(?P<name>[^\s=\"]++)=(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^\s\"“”＂'‘’]++))(?!\S)"
)
_OPTIONS = ("ask", "hide", "id", "header", "hint", "back")
_SEPARATOR = re.compile("[,，]")


class Hiding(StrEnum):
    """What is covered beside the part that a card asks for."""

    ONE = "one"
    """Nothing."""
    ALL = "all"
    """All other parts that are asked for."""


class Word(NamedTuple):
    """A text at its place in the author's file."""

    text: str
    where: Location


@dataclass(frozen=True)
class Occlusion:
    """What a picture asks: parts of it are covered, each on a card of its own."""

    parts: tuple[Word, ...]
    """What is asked for, by the names that the author wrote; empty if all parts are."""
    where: Location
    """Where the options begin."""
    hiding: Hiding = Hiding.ONE
    id: str = ""
    header: str = ""
    hint: str = ""
    back: str = ""


class PictureInfo(NamedTuple):
    """What the author says of a picture in the line of its fence."""

    name: str
    alt: str
    occlusion: Occlusion | None = None


def read_picture_info(fence: Token, file: str, diagnostics: Diagnostics) -> PictureInfo | None:
    """Return what stands behind a fence's language; None, and why, if it makes no picture of it."""
    language = language_of(fence).lower()
    match = _INFO.fullmatch(fence.info)
    if message := _check(match, fence.info):
        report = error if language in OWN_LANGUAGES else warning
        diagnostics.append(report(Location(file, fence.line), message))
        return None
    assert match
    column = fence.info_column + match.start("options")
    occlusion = _read_occlusion(match["options"], Location(file, fence.line, column), diagnostics)
    return PictureInfo(match["name"], match["alt"].strip(), occlusion)


def _check(match: re.Match[str] | None, info: str) -> str:
    """Return what is wrong with a name and an alt text, or nothing."""
    if match is None or not match["name"] or match["alt"] is None:
        return _format_example(match["language"] if match else info.split()[0], info)
    name, language = match["name"], match["language"]
    if not NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        return (
            f'picture name "{name}" must be up to {_LONGEST_NAME} of a-z, A-Z and 0-9, '
            "with single - or _ between them, as in lstm-cell"
        )
    if not match["alt"].strip():
        return f'alt text is empty: write what the picture shows, ```{language} {name} "…"'
    return ""


def _format_example(language: str, info: str) -> str:
    form = f'write ```{language} name "what it shows"'
    if any(sign in info for sign in "“”＂'‘’"):
        return f"alt text must stand in straight double quotes: {form}"
    if language in OWN_LANGUAGES:
        return f"picture needs a name and an alt text: {form}"
    return f"shown as code, not as a picture: to have it drawn, {form}"


def _read_occlusion(text: str, where: Location, diagnostics: Diagnostics) -> Occlusion | None:
    options = _read_options(text, where, diagnostics)
    ask = options.get("ask")
    if ask is None:
        for name, value in options.items():
            message = f'{name} is for what is asked: write ask="…" or ask=all, too'
            diagnostics.append(error(value.where, message))
        return None
    texts = {name: value.text.strip() for name, value in options.items()}
    return Occlusion(
        parts=tuple(_read_parts(ask, diagnostics)),
        where=ask.where,
        hiding=_read_hiding(options.get("hide"), diagnostics),
        id=texts.get("id", ""),
        header=texts.get("header", ""),
        hint=texts.get("hint", ""),
        back=texts.get("back", ""),
    )


def _read_options(text: str, where: Location, diagnostics: Diagnostics) -> Mapping[str, Word]:
    """Return the value of each option, at the place where it begins; none, if they are unclear."""
    options: dict[str, Word] = {}
    index, end = 0, len(text.rstrip())
    while index < end:
        match = _OPTION.match(text, index)
        if match is None:
            start = index + len(text[index:]) - len(text[index:].lstrip())
            diagnostics.append(error(_right(where, start), _explain(text[start:end])))
            return {}
        index, place = match.end(), _right(where, match.start("name"))
        name = match["name"]
        if name not in _OPTIONS:
            message = f"unknown option {quote(name)}{did_you_mean_or_known(name, _OPTIONS)}"
            diagnostics.append(error(place, message))
        elif name in options:
            diagnostics.append(error(place, f"{name} is given twice: keep one"))
        else:
            group = "bare" if match["quoted"] is None else "quoted"
            options[name] = Word(match[group], _right(where, match.start(group)))
    return options


def _explain(rest: str) -> str:
    if any(sign in rest for sign in "“”＂'‘’＝"):
        return 'options are written with = and straight double quotes: ask="a, b"'
    word = rest.split()[0]
    return f'{quote(word)} is no option: write ask="a, b" hide=all, or remove it'


def _read_parts(ask: Word, diagnostics: Diagnostics) -> Iterator[Word]:
    """Yield the names of what is asked for; none where all is."""
    if ask.text.strip() == ALL:
        return
    seen = set[str]()
    start = 0
    for written in _SEPARATOR.split(ask.text):
        name = written.strip()
        where = _right(ask.where, start + len(written) - len(written.lstrip()))
        start += len(written) + 1
        if not name:
            message = 'name is missing in ask: write ask="a, b", or ask=all'
            diagnostics.append(error(where, message))
        elif name in seen:
            diagnostics.append(error(where, f"{quote(name)} is asked for twice: keep one"))
        else:
            seen.add(name)
            yield Word(name, where)


def _read_hiding(hide: Word | None, diagnostics: Diagnostics) -> Hiding:
    if hide is None:
        return Hiding.ONE
    known = next((hiding for hiding in Hiding if hiding == hide.text.strip()), None)
    if known is None:
        hint = did_you_mean_or_known(hide.text, list(Hiding))
        diagnostics.append(error(hide.where, f"unknown hide {quote(hide.text)}{hint}"))
    return known or Hiding.ONE


def _right(where: Location, by: int) -> Location:
    return Location(where.file, where.line, where.column + by if where.column else 0)
