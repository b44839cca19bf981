"""The sounds of a side of a card, and what stands in their places.

`[sound:file]` plays a file, and `[anki:tts lang=en_US]text[/anki:tts]` is read aloud. Anki takes
them out of the HTML in their order, and leaves `[anki:play:q:0]` for the reviewer to put a button
there: `q` for the front and `a` for the back. So the sounds of a front that its back shows again
have buttons on both sides, and are the front's.

Sources: `rslib/src/card_rendering/` (`parser.rs`, `writer.rs`) and `pylib/anki/template.py`, tried
with 26.09.3.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from deckpress.anki.strip_html import decode_entities, strip_html_for_speech

_MARK = re.compile(
    r"\[sound:(?P<file>[^\]]++)\]"
    r"|\[anki:(?P<name>[^\] \t\r\n]{1,100}+)(?=[\] \t\r\n])[ \t\r\n]*+(?P<options>(?:"
    r"[^\] \t\r\n=]{1,100}+=(?>\"[^\"]{0,1000}+\"|[^\] \t\r\n\"]{0,1000}+)[ \t\r\n]*+){0,20}+)\]"
)
"""The numbers are ours: they keep the cost of any text low, and no name is so long."""
_OPTION = re.compile(r"([^\] \t\r\n=]+)=(?:\"([^\"]*)\"|([^\] \t\r\n\"]*))")
_CLOSING = re.compile(r"\[/anki:([^\] \t\r\n]{1,100}+)\]")
_PLAY = re.compile(r"\[anki:play:(?P<side>[qa]):(?P<index>[0-9]{1,9})\]")
_BLANK = "blank"
"""What a voice says for a gap."""
_SPEED = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")


class Sound(NamedTuple):
    """A file that is played."""

    file: str


class Speech(NamedTuple):
    """A text that a voice reads."""

    text: str
    language: str
    voices: tuple[str, ...] = ()
    speed: float = 1.0
    options: tuple[str, ...] = ()
    """What else the template says, `name=value` each."""


Playable: TypeAlias = Sound | Speech


def take_sounds(html: str, side: str) -> tuple[str, tuple[Playable, ...]]:
    """Return a side with marks in the places of its sounds, and the sounds in their order."""
    if "[sound:" not in html and "[anki:" not in html:
        return html, ()
    sounds: list[Playable] = []

    def write(mark: _Mark) -> str:
        playable = _read(mark)
        if playable is None:
            return _rewrite(mark)
        sounds.append(playable)
        return f"[anki:play:{side}:{len(sounds) - 1}]"

    return _replace(html, write), tuple(sounds)


def without_sounds(html: str) -> str:
    """Return HTML without what is played or spoken."""
    return _replace(html, lambda mark: "" if mark.name in ("", "tts") else _rewrite(mark))


def put_players(
    html: str,
    front: tuple[Playable, ...],
    back: tuple[Playable, ...],
    write: Callable[[Playable], str],
) -> str:
    """Return a side with a player, as `write` makes it, in the place of each of its sounds."""

    def player(mark: re.Match[str]) -> str:
        sounds, index = front if mark["side"] == "q" else back, int(mark["index"])
        return write(sounds[index]) if index < len(sounds) else ""

    return _PLAY.sub(player, html)


class _Mark(NamedTuple):
    """`[sound:content]`, or `[anki:name options]content[/anki:name]`."""

    name: str
    """Empty for a sound."""
    options: dict[str, str]
    content: str


def _replace(html: str, write: Callable[[_Mark], str]) -> str:
    pieces, index = [], 0
    for start, end, mark in _find_marks(html):
        pieces += [html[index:start], write(mark)]
        index = end
    return "".join([*pieces, html[index:]])


def _find_marks(html: str) -> Iterator[tuple[int, int, _Mark]]:
    """Yield each mark with where it begins and ends; none is looked for within another."""
    last_closings = {closing[1]: closing.start() for closing in _CLOSING.finditer(html)}
    index, last = 0, html.rfind("]") + 1
    while match := _MARK.search(html, index, last):
        start, index = match.span()
        if match["file"]:
            yield start, index, _Mark("", {}, match["file"])
        elif index <= last_closings.get(match["name"], -1):
            closing = f"[/anki:{match['name']}]"
            end = html.index(closing, index)
            content, index = html[index:end], end + len(closing)
            yield start, index, _Mark(match["name"], _read_options(match), content)
        else:
            index = start + 1


def _read_options(match: re.Match[str]) -> dict[str, str]:
    return {name: quoted or bare for name, quoted, bare in _OPTION.findall(match["options"])}


def _read(mark: _Mark) -> Playable | None:
    """Return what a mark plays; None if it plays nothing."""
    if not mark.name:
        return Sound(posixpath.basename(decode_entities(mark.content)))
    options = dict(mark.options)
    language = options.pop("lang", "")
    if mark.name != "tts" or not language:
        return None
    voices, speed = options.pop("voices", None), options.pop("speed", "")
    blank = options.pop("cloze_blank", _BLANK)
    return Speech(
        text=strip_html_for_speech(mark.content).replace("[...]", blank),
        language=language,
        voices=tuple(voices.split(",")) if voices is not None else (),
        speed=float(speed) if _SPEED.fullmatch(speed) else 1.0,
        options=tuple(f"{name}={value}" for name, value in options.items()),
    )


def _rewrite(mark: _Mark) -> str:
    """Return a mark that plays nothing as Anki leaves it in the HTML."""
    if mark.name == "tts":
        return "[Error in directive '\u2068anki:tts\u2069': \u2068'\u2068lang\u2069' not set\u2069]"
    options = "".join(map(_write_option, mark.options.items()))
    return f"[anki:{mark.name}{options}]{mark.content}[/anki:{mark.name}]"


def _write_option(option: tuple[str, str]) -> str:
    name, value = option
    return f' {name}="{value}"' if re.search(r"[\] \t\r\n]", value) else f" {name}={value}"
