"""A picture that asks → the fields by which Anki hides its parts.

A shape is written as Anki's own editor does (`ts/routes/image-occlusion/shapes/to-cloze.ts`): its
place and size are fractions of the picture's, with four digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from deckpress.diagnostics import Diagnostic, error, quote
from deckpress.markdown import Token
from deckpress.media import Media, is_sound
from deckpress.media_formats import picture_size
from deckpress.notes import AskingPicture, Gap, Length, Shape

Size = tuple[int, int]
"""The width and height of a picture, in pixels."""
_TOLERANCE = 1e-6
_Point = tuple[float, float]


class Box(NamedTuple):
    """An upright rectangle, in fractions of a picture."""

    left: float
    top: float
    width: float
    height: float

    @property
    def is_inside(self) -> bool:
        """Whether it lies in its picture, and shows."""
        has_area = self.width > 0 and self.height > 0
        edges = (self.left, self.top, 1 - self.left - self.width, 1 - self.top - self.height)
        return has_area and min(edges) >= -_TOLERANCE


def size_of(picture: Token, media: Media, file: str) -> Size | None:
    """Return how large a picture is that a file shows, in pixels; None if nobody knows."""
    name = media.names.get((file, picture.url), "")
    if name in media.files:
        return picture_size(media.files[name].read())
    return picture_size(media.embedded[name]) if name in media.embedded else None


def check_occlusion(occlusion: AskingPicture, size: Size | None, name: str) -> Iterator[Diagnostic]:
    """Yield what is wrong with the shapes of a picture of a size, which has a name on the card."""
    if is_sound(name):
        yield error(
            occlusion.where, "a sound has no parts that can be hidden: ask= needs a picture"
        )
        return
    for gap in occlusion.gaps:
        for shape in gap.shapes:
            if size is None and any(measure.is_pixels for measure in shape.measures):
                message = f"gap {quote(gap.name)}: how large the picture is, is not known"
                yield error(gap.where, f"{message}: write percent, as in 12.5%")
            elif not _box(_points(shape, size)).is_inside:
                of_size = f", which has {size[0]} × {size[1]} pixels" if size else ""
                message = f"gap {quote(gap.name)}: {shape.kind} is not within the picture{of_size}"
                yield error(gap.where, f"{message}: measure it again")


def shapes_of(gap: Gap, size: Size | None, *, hides_all: bool) -> Iterator[str]:
    """Yield what Anki is told of each shape of a gap, behind the number of its cloze."""
    for shape in gap.shapes:
        points = _points(shape, size)
        properties = dict(zip(("left", "top", "width", "height"), _box(points), strict=True))
        written = {name: _written(value) for name, value in properties.items()}
        if shape.kind == "ellipse":
            box = _box(points)
            radii = {"rx": _written(box.width / 2), "ry": _written(box.height / 2)}
            written = {"left": written["left"], "top": written["top"], **radii}
        elif shape.kind == "polygon":
            pairs = " ".join(f"{_written(x)},{_written(y)}" for x, y in points)
            written = {"left": written["left"], "top": written["top"], "points": pairs}
        written |= {"oi": "1"} if hides_all else {}
        told = ":".join(f"{name}={value}" for name, value in written.items())
        yield f"image-occlusion:{shape.kind}:{told}"


def _points(shape: Shape, size: Size | None) -> list[_Point]:
    """Return the corners of a shape, or of the box around it, in fractions."""
    numbers = [
        _fraction(measure, size[place % 2] if size else 1)
        for place, measure in enumerate(shape.measures)
    ]
    pairs = [*zip(numbers[::2], numbers[1::2], strict=True)]
    if shape.kind == "polygon":
        return pairs
    (x, y), (width, height) = pairs
    if shape.kind == "ellipse":
        return [(x - width, y - height), (x + width, y + height)]
    return [(x, y), (x + width, y + height)]


def _fraction(measure: Length, whole: int) -> float:
    return measure.number / whole if measure.is_pixels else measure.number


def _box(points: Iterable[_Point]) -> Box:
    across, down = zip(*points, strict=True)
    left, top = min(across), min(down)
    return Box(left, top, max(across) - left, max(down) - top)


def _written(value: float) -> str:
    """Return a fraction as Anki writes it: .25, and 0 or 1 for all."""
    text = f"{max(value, 0):.4f}".rstrip("0").rstrip(".")
    return text.removeprefix("0") or "0"
