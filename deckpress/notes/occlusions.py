"""Pictures that ask: which parts of a picture its author wants hidden, and by which names.

A picture says so in a comment right behind it, `<!-- ask="Axon: rect 10% 20% 30% 5%" -->`. What a
diagram says, `ask="enc, dec"`, is read by `picture_info`, and `image_store` knows where that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote

from deckpress.diagnostics import Diagnostics, Location, did_you_mean_or_known, error, quote
from deckpress.languages import normalize
from deckpress.markdown import (
    Token,
    is_to_be_drawn,
    location_of,
    plain_text,
    rewrite,
    shows_picture,
    types_in,
)
from deckpress.markdown.picture_info import Hiding, PictureInfo, read_picture_info
from deckpress.markdown.reader import read_markdown
from deckpress.media_formats import is_data_url
from deckpress.notes import AskingPicture, Gap, Kind, Length, Note, Shape
from deckpress.notes.attributes import (
    PICTURE_NAMES,
    Attributes,
    is_of_picture,
    read_pairs,
    to_attributes,
)
from deckpress.notes.embeds import put_at

MOST_GAPS = 500
"""Anki has cards for numbers up to this one (`rslib/src/cloze.rs`)."""
_SEPARATOR = re.compile(r"[;；]|\n(?=[^;；\n]*[:：])")
"""What stands between gaps; a line that begins with a name is one without a semicolon, too."""
_COLON = re.compile(r"[:：]")
_MEASURE = re.compile(r"(?P<percent>\d+(?:\.\d+)?)%|(?P<part>\d*\.\d+)|(?P<pixels>\d+)(?:px)?")
_FORMS: Mapping[str, str] = {
    "rect": "rect LEFT TOP WIDTH HEIGHT",
    "ellipse": "ellipse CENTRE-X CENTRE-Y RADIUS-X RADIUS-Y",
    "polygon": "polygon X,Y X,Y X,Y …",
}
"""How each shape is written; what it is measured by is as in SVG."""
_UNITS = "as percent (12.5%), as a fraction with a point (0.125), or as pixels of the file (120)"


class Asking(NamedTuple):
    """A picture that asks, and what its author says of the note that it makes."""

    occlusion: AskingPicture
    attributes: Attributes
    header: tuple[Token, ...]
    """What stands in the place of the question of the note that the picture is in."""
    hint: tuple[Token, ...]
    back: tuple[Token, ...]


def find_asking(blocks: Iterable[Token], file: str, diagnostics: Diagnostics) -> list[Asking]:
    """Return the pictures that ask among blocks; add to `diagnostics` what is wrong with them."""
    asking: list[Asking | None] = []
    before = None
    for token in _leaves(blocks):
        if token.type == "comment" and is_of_picture(token):
            reader = _Reader(before, token.raw, location_of(token, file), diagnostics)
            asking.append(reader.read())
            before = None
        elif token.type == "block_code" and is_to_be_drawn(token):
            info = read_picture_info(token, file, [])  # what is wrong is told when it is drawn
            asking.append(_read_fence(token, info, diagnostics))
            before = token if info else None
        elif token.type == "image":
            before = token
        elif token.raw.strip():
            before = None
    return [found for found in asking if found is not None]


def _leaves(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield what has nothing below it, and pictures, in reading order."""
    for token in tokens:
        if token.children and token.type != "image":
            yield from _leaves(token.children)
        else:
            yield token


def _read_fence(fence: Token, info: PictureInfo | None, diagnostics: Diagnostics) -> Asking | None:
    """Return what is asked of a diagram, of which `info` stands behind the language."""
    if info is None or info.occlusion is None:
        return None
    said = info.occlusion
    values = {"id": said.id} if said.id else {}

    def read(text: str) -> tuple[Token, ...]:
        return _read_text(text, said.where, diagnostics)

    return Asking(
        AskingPicture(
            name=info.name,
            picture=fence,
            gaps=(),
            where=said.where,
            hides_all=said.hiding is Hiding.ALL,
        ),
        to_attributes(values, said.where, diagnostics),
        read(said.header),
        read(said.hint),
        read(said.back),
    )


def _read_text(text: str, where: Location, diagnostics: Diagnostics) -> tuple[Token, ...]:
    """Return a text of an attribute as Markdown, all of which stands where the attribute does."""
    blocks = read_markdown(text, where.file, diagnostics, where.line).blocks if text else ()
    return put_at(blocks, Token(type="attribute", line=where.line, column=where.column))


class _Reader:
    """Reads what a comment says of the picture before it."""

    def __init__(
        self, picture: Token | None, said: str, where: Location, diagnostics: Diagnostics
    ) -> None:
        self._picture, self._said, self._where = picture, said, where
        self._diagnostics = diagnostics

    def read(self) -> Asking | None:
        """Return what a picture asks; None if it cannot be told."""
        if self._picture is None:
            self._error("ask= must stand right behind the picture that asks: ![alt](file.png)")
            return None
        values = dict[str, str]()
        for name, value in read_pairs(self._said, PICTURE_NAMES, self._where, self._diagnostics):
            if name in values:
                self._error(f"attribute {quote(name)} is given twice: keep one")
            values[name] = normalize("NFC", value)
        occlusion = AskingPicture(
            name=_name_of(self._picture),
            picture=self._picture,
            gaps=tuple(self._read_gaps(values.get("ask", ""))),
            where=self._where,
            hides_all=self._read_hide(values.get("hide", Hiding.ONE.value)),
        )
        if (count := len(occlusion.gaps)) > MOST_GAPS:
            self._error(f"{count} gaps, where Anki has at most {MOST_GAPS}: use several pictures")
        texts = (
            _read_text(values.get(name, ""), self._where, self._diagnostics)
            for name in ("header", "hint", "back")
        )
        attributes = to_attributes(values, self._where, self._diagnostics)
        return Asking(occlusion, attributes, *texts)

    def _read_hide(self, hide: str) -> bool:
        known = [hiding.value for hiding in Hiding]
        if hide not in known:
            self._error(f"unknown hide {quote(hide)}{did_you_mean_or_known(hide, known)}")
        return hide == Hiding.ALL

    def _read_gaps(self, ask: str) -> Iterator[Gap]:
        gaps = dict[str, Gap]()
        for name, text, where in self._pieces(ask):
            shape = self._read_shape(name, text, where)
            gap = gaps.get(name.casefold(), Gap(name, (), where))
            if shape:
                gaps[name.casefold()] = gap._replace(shapes=(*gap.shapes, shape))
        if not gaps and not _COLON.search(ask):
            self._error(f"no part of the picture is named: write name: {_FORMS['rect']}, {_UNITS}")
        yield from gaps.values()

    def _pieces(self, ask: str) -> Iterator[tuple[str, str, Location]]:
        """Yield the name, the shape and the place of each gap."""
        start = self._said.find(ask)
        for piece, begin in _split(ask):
            if not piece.strip():
                continue
            lines = self._said[: start + begin].count("\n") if start >= 0 else 0
            lines += len(piece) - len(piece.lstrip()) and piece[: -len(piece.lstrip())].count("\n")
            where = Location(self._where.file, self._where.line + lines)
            name, colon, shape = _divide(piece)
            if name and colon:
                yield name, shape, where
            else:
                message = f"cannot read {quote(' '.join(piece.split()))}: write name: "
                self._diagnostics.append(error(where, f"{message}{_FORMS['rect']}"))

    def _read_shape(self, name: str, text: str, where: Location) -> Shape | None:
        kind, *measures = text.split() or [""]
        if kind != "polygon":  # whose points have commas
            measures = " ".join(measures).replace(",", " ").split()
        form = _FORMS.get(kind)
        if form is None:
            hint = did_you_mean_or_known(kind, _FORMS)
            message = f"gap {quote(name)}: unknown shape {quote(kind)}{hint}"
        elif not (message := _check_measures(f"gap {quote(name)}", kind, measures)):
            numbers = [number for measure in measures for number in measure.split(",")]
            return Shape(kind, tuple(map(_measure, numbers)))
        self._diagnostics.append(error(where, message))
        return None

    def _error(self, message: str) -> None:
        self._diagnostics.append(error(self._where, message))


def _split(text: str) -> Iterator[tuple[str, int]]:
    """Yield the pieces between separators, and where each begins."""
    start = 0
    for separator in _SEPARATOR.finditer(text):
        yield text[start : separator.start()], start
        start = separator.end()
    yield text[start:], start


def _divide(piece: str) -> tuple[str, str, str]:
    colon = _COLON.search(piece)
    if not colon:
        return piece, "", ""
    return " ".join(piece[: colon.start()].split()), colon[0], piece[colon.end() :].strip()


def _check_measures(gap: str, kind: str, measures: Sequence[str]) -> str:
    """Return what is wrong with the numbers of a shape; nothing if they are right."""
    is_polygon = kind == "polygon"
    pairs = [measure.split(",") for measure in measures]
    for number in (number for pair in pairs for number in pair):
        if not _MEASURE.fullmatch(number):
            return f"{gap}: cannot read {quote(number)}: write numbers {_UNITS}"
        if "." in number and "%" not in number and float(number) > 1:
            return f"{gap}: {quote(number)} is more than the whole: write numbers {_UNITS}"
    is_right = (
        len(pairs) >= 3 and all(len(pair) == 2 for pair in pairs)
        if is_polygon
        else len(pairs) == 4 and all(len(pair) == 1 for pair in pairs)
    )
    return "" if is_right else f"{gap}: a {kind} has other measures: write {_FORMS[kind]}"


def _measure(number: str) -> Length:
    match = _MEASURE.fullmatch(number)
    assert match
    if match["percent"]:
        return Length(float(match["percent"]) / 100)
    if match["part"]:
        return Length(float(match["part"]))
    return Length(float(match["pixels"]), is_pixels=True)


def _name_of(picture: Token) -> str:
    """Return what a picture is called: a diagram's name, or that of its file, without its ending.

    It stays when the picture is drawn anew, or saved in another format.
    """
    if picture.type == "block_code":
        info = read_picture_info(picture, "", [])
        return info.name if info else "picture"
    if is_data_url(picture.url):
        return plain_text(picture.children) or "picture"
    path = unquote(picture.url).partition("?")[0].replace("\\", "/")
    return PurePosixPath(path).stem or "picture"


def notes_beside(note: Note, asking: Iterable[Asking]) -> Iterator[Note]:
    """Yield a note for each picture that asks in a note, which itself stays what it is."""
    for found in asking:
        beside = replace(_asked_by(note, found), answer=found.back, hint=found.hint, extra=())
        yield _with_own_footnotes(replace(beside, id=found.attributes.id))


def as_occlusion(note: Note, found: Asking) -> Note:
    """Return a note as one that only its picture asks; the rest of its answer is on the back."""
    answer, extra, hint = (
        without_picture(blocks, found.occlusion.picture)
        for blocks in (note.answer, note.extra, note.hint)
    )
    alone = replace(
        _asked_by(note, found),
        answer=(*answer, *extra, *found.back),
        hint=(*hint, *found.hint),
        extra=(),
        id=note.id or found.attributes.id,
    )
    return _with_own_footnotes(alone)


def _with_own_footnotes(note: Note) -> Note:
    """Return a note without the footnotes of the note that it stands in, if it refers to none."""
    refers = "footnote_ref" in types_in([*note.question, *note.answer, *note.hint])
    return note if refers else replace(note, footnotes=())


def _asked_by(note: Note, found: Asking) -> Note:
    question = without_picture(note.question, found.occlusion.picture)
    return replace(
        note,
        kind=Kind.OCCLUSION,
        question=found.header or question,
        occlusion=found.occlusion,
        tags=note.tags + found.attributes.tags,
        as_cloze=None,
    )


def without_picture(blocks: Sequence[Token], picture: Token) -> tuple[Token, ...]:
    """Return blocks without a picture, and without what then shows nothing."""
    left = (
        (block, new)
        for block in blocks
        for new in rewrite([block], lambda token: None if token == picture else token)
    )
    return tuple(new for block, new in left if new is block or new.text or shows_picture(new))
