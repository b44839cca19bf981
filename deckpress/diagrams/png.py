"""Pixels → a small PNG, and what such a file says of itself, read without Pillow."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from deckpress.diagrams.palette import PAPER

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH = "Width"
"""Keyword of the text that tells a picture's natural width, in points."""
SMALLEST = "Smallest"
"""Keyword of the text that tells the size of a picture's smallest label, in points."""
AREAS = "Areas"
"""Keyword of the text that tells where a picture's parts stand (`areas`)."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LONGEST = 2**31 - 1
"""Pixels of a side; none has 0 (section 11.2.2 of the PNG specification)."""
_COLOURS = 256
"""What a palette holds."""
_AREAS, _AREA = 12, 0.004
"""So many colours, each of at least so great a part of a picture, are kept as they are."""
_MAX_ERROR = 24
"""Steps of 255 that a palette may move a channel of any one pixel."""
_MAX_NOISE = 255**2 / 10**4
"""Mean squared error over all channels that a palette may cost: 40 dB below full scale."""


class Header(NamedTuple):
    """What a PNG says of itself before its pixels begin."""

    width: int
    """In pixels."""
    height: int
    """In pixels."""
    text: Mapping[str, str]
    """Its tEXt chunks, by keyword."""

    def number(self, keyword: str) -> float | None:
        """Return the number above 0 that a text is; None if there is none, or it is something else.

        The file may be anybody's, and its text anything.
        """
        try:
            number = float(self.text.get(keyword, ""))
        except ValueError:
            return None
        return number if 0 < number < math.inf else None


def finish(rgba: Any, text: Mapping[str, str]) -> bytes:
    """Return pixels as a PNG: with a palette where the eye cannot tell, else in full colour.

    `rgba` is an array of height × width × 4 bytes, or any buffer of that shape, such as the
    `buffer_rgba()` of matplotlib's canvas; what is transparent shows the card's paper. `text`
    goes into tEXt chunks before the pixels: keywords of 1 to 79 characters, all of Latin-1.
    The same pixels and text always give the same bytes.
    """
    from PIL.PngImagePlugin import PngInfo

    chunks = PngInfo()
    for keyword, value in text.items():
        chunks.add(b"tEXt", keyword.encode("latin-1") + b"\0" + value.encode("latin-1"))
    file = BytesIO()
    _with_few_colours(_on_paper(rgba)).save(file, "PNG", optimize=True, pnginfo=chunks)
    return file.getvalue()


def _on_paper(rgba: Any) -> Image:
    """Return the pixels as an opaque image."""
    from PIL import Image

    pixels = memoryview(rgba)
    height, width = list(pixels.shape or ())[:2]
    image = Image.frombytes("RGBA", (width, height), pixels.tobytes())
    if image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    paper = Image.new("RGBA", image.size, PAPER)
    return Image.alpha_composite(paper, image).convert("RGB")


def _with_few_colours(image: Image) -> Image:
    """Return the image with a palette if nobody can tell it from the original, else as it is.

    "Maximum coverage" is the method that keeps thin lines of a rare colour, and by far the nearest
    to the original in line drawings, heat maps and surfaces.
    """
    from PIL import Image

    reduced = image.quantize(_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    candidates = (_with_areas(image, reduced), reduced)
    alike = (candidate for candidate in candidates if _is_alike(image, candidate.convert("RGB")))
    return next(alike, image)


def _with_areas(image: Image, reduced: Image) -> Image:
    """Return a picture in whose palette the paper, and other large areas, are just as they were."""
    from PIL import Image

    pixels = image.width * image.height
    counted: Any = image.getcolors(pixels)
    common = sorted(counted, reverse=True)[:_AREAS]
    areas = [colour for count, colour in common if count > _AREA * pixels]
    if not areas:
        return reduced
    row = Image.new("RGB", (len(areas), 1))
    row.putdata(areas)
    places = row.quantize(palette=reduced, dither=Image.Dither.NONE).tobytes()
    palette: Any = reduced.getpalette()
    for index, colour in reversed([*zip(places, areas, strict=True)]):  # the largest wins
        palette[3 * index : 3 * index + 3] = colour
    exact = reduced.copy()
    exact.putpalette(palette)
    return exact


def _is_alike(image: Image, other: Image) -> bool:
    from PIL import ImageChops, ImageStat

    errors = ImageStat.Stat(ImageChops.difference(image, other))
    worst = max(high for _, high in errors.extrema)
    return worst <= _MAX_ERROR and sum(errors.sum2) / sum(errors.count) <= _MAX_NOISE


def read_header(data: bytes) -> Header | None:
    """Return what a PNG says of itself, or None if the bytes are not one whole PNG."""
    try:
        chunks = list(_read_chunks(data))
    except ValueError:
        return None
    (first, header), (last, _) = chunks[0], chunks[-1]
    if first != b"IHDR" or last != b"IEND" or len(header) != 13:
        return None
    texts = (body.decode("latin-1").partition("\0") for kind, body in chunks if kind == b"tEXt")
    width, height = (int.from_bytes(header[index : index + 4], "big") for index in (0, 4))
    if not (0 < width <= _LONGEST and 0 < height <= _LONGEST):
        return None
    return Header(width, height, {keyword: value for keyword, _, value in texts})


def _read_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the content of each chunk. Raises ValueError if any byte is amiss."""
    if not data.startswith(_SIGNATURE) or len(data) == len(_SIGNATURE):
        raise ValueError("no PNG")
    index = len(_SIGNATURE)
    while index < len(data):
        end = index + 8 + int.from_bytes(data[index : index + 4], "big")
        check = int.from_bytes(data[end : end + 4], "big")
        if end + 4 > len(data) or zlib.crc32(data[index + 4 : end]) != check:
            raise ValueError("a chunk is not whole")
        yield data[index + 4 : index + 8], data[index + 8 : end]
        index = end + 4
