"""The [speech] table of deck.toml: which fields are read aloud, in which language, by which voice.

Anki knows a voice by its language with a region, as in `ja_JP`, and finds none for `ja`
(`aqt/tts.py`, `TTSProcessPlayer.voice_for_tag`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deckpress.diagnostics import did_you_mean_or_known, quote
from deckpress.project import Speech

SPEECH_KEYS = ("field", "language", "voices", "speed")
_FIELDS = ("Question", "Answer")
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}))?", re.I
)
_REGIONS = {
    "ar": "SA",
    "cs": "CZ",
    "de": "DE",
    "en": "US",
    "es": "ES",
    "fr": "FR",
    "it": "IT",
    "ja": "JP",
    "ko": "KR",
    "pl": "PL",
    "pt": "BR",
    "ru": "RU",
    "tr": "TR",
    "zh": "CN",
    "zh-hans": "CN",
    "zh-hant": "TW",
}
"""The region that a language's voices are of, where its tag says none."""
_VOICE = re.compile(r"[^\s,:={}\[\]\"]+")
_SPEEDS = (0.25, 4)
"""Voices of all systems take these; at others they cannot be understood."""


def with_region(tag: str) -> str:
    """Return a language as voices are told by it, such as `ja-JP` for `ja`; nothing if unknown."""
    match = _TAG.fullmatch(tag)
    if match is None:
        return ""
    language, script = match["language"].lower(), (match["script"] or "").lower()
    region = match["region"] or _REGIONS.get(f"{language}-{script}") or _REGIONS.get(language)
    return f"{language}-{region.upper()}" if region else ""


def check_speech(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the table, the key that it is about first."""
    fields = table.get("field", [])
    names = fields if isinstance(fields, list) else [fields]
    if not names:
        yield "speech", '[speech] lacks "field": add field = "Question", or "Answer"'
    for name in names:
        if not isinstance(name, str):
            yield "field", '"field" must be "Question", "Answer", or a list of both'
        elif name not in _FIELDS:
            yield "field", f"unknown field {quote(name)}{did_you_mean_or_known(name, _FIELDS)}"
    yield from _check_voice(table)


def _check_voice(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    voices, speed, (slowest, fastest) = table.get("voices", []), table.get("speed", 1), _SPEEDS
    if not isinstance(voices, list) or not all(
        isinstance(voice, str) and _VOICE.fullmatch(voice) for voice in voices
    ):
        yield "voices", '"voices" must be a list of names as Anki tells them, ["Apple_Kyoko"]'
    if isinstance(speed, bool) or not isinstance(speed, int | float):
        yield "speed", '"speed" must be a number without quotes, as in speed = 0.8'
    elif not slowest <= speed <= fastest:
        yield "speed", f'"speed" must be a number from {slowest} to {fastest}; 1 is as usual'


def check_language(table: Mapping[str, Any], deck: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the language of the voice, which is `deck`'s if there is none."""
    tag = table.get("language", deck)
    if not isinstance(tag, str):
        yield "language", '"language" must be a text in quotes, "…"'
    elif not with_region(tag):
        message = f"no voice is known by {quote(tag)}: write a language with its region"
        yield "language", f'{message} below [speech], as in language = "en-GB"'


def read_speech(table: Mapping[str, Any], deck: str) -> Speech:
    """Return what a table says in which nothing is wrong, in a deck in a language."""
    names = table["field"]
    return Speech(
        fields=tuple(name for name in _FIELDS if name in names),
        language=with_region(table.get("language", deck)),
        voices=tuple(table.get("voices", ())),
        speed=float(table.get("speed", 1)),
    )
