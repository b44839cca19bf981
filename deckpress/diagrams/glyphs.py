"""What is said of characters that no font of the pictures has, and how matplotlib tells of them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_CODE = re.compile(r"does not have a glyph for .*\[U\+([0-9a-fA-F]+)\]")
_FIRST_CJK = 0x2E7F


def say_lost(chars: str) -> str:
    """Return what to say to the author of characters that no font has."""
    return f"no font of the pictures has {_name(chars)}: write it otherwise"


def say_lost_in_maths(chars: str) -> str:
    """Return what to say to the author of characters that matplotlib's maths has no glyph for."""
    advice = "put it outside the $" if ord(chars[0]) > _FIRST_CJK else "write it otherwise"
    return f"maths in pictures has no {_name(chars)}: {advice}"


def _name(chars: str) -> str:
    """Return characters in quotes, with the code of one that stands alone."""
    return f'"{chars}"' + (f" (U+{ord(chars):04X})" if len(chars) == 1 else "")


def lost_in_maths(message: str) -> str:
    """Return the character that a message of matplotlib's maths misses; nothing in any other."""
    found = _CODE.search(message)
    return chr(int(found.group(1), 16)) if found else ""


@contextmanager
def listening_to(names: Sequence[str]) -> Iterator[list[str]]:
    """Yield a list to which goes what some of matplotlib's modules log."""
    messages: list[str] = []
    handler = _Listener(messages)
    logs = [logging.getLogger(f"matplotlib.{name}") for name in names]
    for log in logs:
        log.addHandler(handler)
    try:
        yield messages
    finally:
        for log in logs:
            log.removeHandler(handler)


class _Listener(logging.Handler):
    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(record.getMessage())
