"""Unicode's normal forms, in time that grows no faster than the text."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

_PILE = re.compile(r"[^\w\s\x00-\u02ff]{100,}")
"""What may be accents, none of which is a letter: so many in a row that their order costs more than
the text. (Unicode's Stream-Safe Text Format, UAX #15, section 13, has 30 at most.)"""


def normalize(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return what `unicodedata.normalize` does.

    That puts the accents of a letter in order by moving each past all that belong behind it. Here
    those of a pile are in order before.
    """
    piled = _PILE.sub(lambda found: _in_order(found.group(0)), text) if len(text) > 100 else text
    return unicodedata.normalize(form, piled)


def _in_order(marks: str) -> str:
    """Return accents in Unicode's canonical order: sorted by their classes between others."""
    ordered: list[str] = []
    run: list[str] = []
    for mark in "".join(unicodedata.normalize("NFD", each) for each in marks):
        if not unicodedata.combining(mark):
            ordered += [*sorted(run, key=unicodedata.combining), mark]
            run = []
        else:
            run.append(mark)
    return "".join([*ordered, *sorted(run, key=unicodedata.combining)])
