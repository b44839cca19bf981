"""Where the text of another note stands in the file that shows it: at one place, its embed's."""

from __future__ import annotations

from collections.abc import Iterable

from deckpress.notes import Passage, Token, walk


class EmbeddedPassage(Passage):
    """A text of another note, which stands at one place of this file."""

    def place(self, offset: int) -> tuple[int, int]:
        """Return where the other note is embedded."""
        return self.rows[0]

    def cut(self, start: int, end: int) -> Passage:
        """Return a part of the passage, at the same place."""
        return EmbeddedPassage(self.text[start:end], self.rows)


def put_at(blocks: Iterable[Token], embed: Token) -> None:
    """Let all of some blocks stand where an embed does, so that messages lead to that."""
    place = (embed["line"], embed["column"])
    for token in walk(blocks):
        token["line"], token["column"] = place
        token.pop("last_line", None)
        if "passage" in token:
            token["passage"] = EmbeddedPassage(token["passage"].text, (place,))
        if "rows" in token:
            token["is_embedded"] = True
            token["rows"] = tuple(place for _ in token["rows"])
        for formula in token.get("formulas", ()):
            formula["is_embedded"] = True
            formula["rows"] = tuple(place for _ in formula["rows"])
        for _, text in token.get("summaries", ()):
            put_at(text, embed)
