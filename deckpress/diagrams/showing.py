"""Notes with the pictures in the place of the blocks that describe them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from deckpress.diagrams.blocks import Place, place_of, tokens_of
from deckpress.diagrams.pictures import Picture
from deckpress.notes import Note, Token, plain_text


def show_pictures(notes: Iterable[Note], pictures: Mapping[Place, Picture]) -> list[Note]:
    """Return the notes with each block that was drawn replaced by its picture."""
    return [_show_in_note(note, pictures) for note in notes] if pictures else list(notes)


def _show_in_note(note: Note, pictures: Mapping[Place, Picture]) -> Note:
    file = note.location.file
    if not any(place_of(token, file) in pictures for token in tokens_of(note)):
        return note

    def show(tokens: Iterable[Token]) -> tuple[Token, ...]:
        return tuple(_show_in_token(token, file, pictures) for token in tokens)

    return replace(
        note,
        question=show(note.question),
        answer=show(note.answer),
        hint=show(note.hint),
        extra=show(note.extra),
        footnotes=tuple(map(show, note.footnotes)),
        context=tuple(map(show, note.context)),
    )


def _show_in_token(token: Token, file: str, pictures: Mapping[Place, Picture]) -> Token:
    place = place_of(token, file)
    if place and place in pictures:
        shown = _picture_token(token, pictures[place])
        is_block = token["type"] == "block_code"
        return (
            {"type": "paragraph", "children": [shown], "line": token["line"]} if is_block else shown
        )
    if "children" not in token:
        return token
    return token | {
        "children": [_show_in_token(each, file, pictures) for each in token["children"]]
    }


def _picture_token(token: Token, picture: Picture) -> Token:
    attrs = {"name": picture.name, "width": picture.width, "height": picture.height}
    alt = plain_text(token["children"]) if token["type"] == "image" else picture.alt
    return {"type": "picture", "raw": alt, "attrs": attrs, "line": token.get("line", 0)}
