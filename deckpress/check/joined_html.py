"""The pieces of HTML in a field → one text, as a browser reads them, and the place of each part."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from deckpress.errors import Location
from deckpress.html_tokens import Kind, read_html
from deckpress.normal_forms import normalize
from deckpress.notes import Token, location_of


class JoinedHtml:
    """Pieces of a field as one text; each is written as `texts` has it."""

    def __init__(self, pieces: Sequence[Token], texts: Sequence[str]) -> None:
        self.text, self.texts = "\n".join(texts), texts
        self._pieces = pieces
        self._starts = [0, *accumulate(len(text) + 1 for text in texts)]

    def place(self, start: int, file: str) -> Location:
        """Return where a character of the text stands in its file."""
        at = bisect_right(self._starts, start) - 1
        return place(self._pieces[at], start - self._starts[at], file)


def join_html(pieces: Sequence[Token]) -> JoinedHtml:
    """Return pieces of HTML alone as the one text that they are in the field."""
    return JoinedHtml(pieces, [as_shown(piece["raw"]) for piece in pieces])


def as_shown(raw: str) -> str:
    """Return a piece of HTML as the field has it: in NFC, and with no tag that is not finished.

    Its length may differ only where it is not in NFC, and behind such a tag.
    """
    text = normalize("NFC", raw)
    rest = next((piece for piece in read_html(text) if piece.kind is Kind.UNFINISHED), None)
    return text[: rest.start] + rest.raw.replace("<", "&lt;") if rest else text


def place(token: Token, start: int, file: str) -> Location:
    """Return where a character of a piece of HTML stands in its file."""
    if "passage" not in token:  # a tag in a line of Markdown
        return location_of(token, file)
    return Location(file, *token["passage"].place(min(start, len(token["raw"]))))
