"""A picture's file is small, looks as it was drawn, and tells its size to whoever cannot draw."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from deckpress.diagrams.palette import PAPER
from deckpress.diagrams.png import Header, finish, read_header

Pixels = NDArray[np.uint8]

SIZE = (1000, 700)


def draw_lines() -> Pixels:
    """Return smooth lines in six colours on paper, as a diagram has them."""
    large = Image.new("RGBA", (SIZE[0] * 4, SIZE[1] * 4), PAPER)
    pen = ImageDraw.Draw(large)
    for index, colour in enumerate(
        ("#41719f", "#c8643c", "#3d8259", "#7557ab", "#b98522", "#272b30")
    ):
        for shift in range(0, 3000, 600):
            pen.line((100, 100 + index * 400, 900 + shift, 2700 - index * 300), colour, 12)
            pen.ellipse(
                (shift, index * 400, shift + 500, index * 400 + 300), outline=colour, width=10
            )
    return np.asarray(large.resize(SIZE, Image.Resampling.BOX))


def draw_noise() -> Pixels:
    """Return pixels of all colours, as a photograph has them."""
    pixels = np.random.default_rng(0).integers(0, 256, (150, 200, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    return pixels


def open_png(data: bytes) -> Image.Image:
    """Return the picture in a PNG, read by Pillow."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


def test_a_drawing_of_lines_is_small() -> None:
    """A large diagram takes less than 60 KB of the package."""
    png = finish(draw_lines(), {})
    assert len(png) < 60_000
    assert open_png(png).mode == "P"


def test_a_drawing_looks_as_it_was_drawn() -> None:
    """No pixel of a diagram moves by a step that can be seen, and the paper by none."""
    pixels = draw_lines()
    shown = np.asarray(open_png(finish(pixels, {})).convert("RGB"), dtype=int)
    assert np.abs(shown - pixels[..., :3]).max() <= 24
    assert tuple(shown[-1, -1]) == tuple(bytes.fromhex(PAPER[1:]))


def test_a_picture_of_many_colours_keeps_them_all() -> None:
    """What a palette would spoil is stored in full colour."""
    pixels = draw_noise()
    image = open_png(finish(pixels, {}))
    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), pixels[..., :3])


def test_what_is_transparent_shows_the_cards_paper() -> None:
    """A picture has no holes, which would be dark at night."""
    image = open_png(finish(np.zeros((4, 5, 4), np.uint8), {}))
    assert image.size == (5, 4)
    assert image.convert("RGBA").getpixel((0, 0)) == (*bytes.fromhex(PAPER[1:]), 255)


def test_the_same_pixels_give_the_same_bytes() -> None:
    """A picture that is drawn again is not stored again."""
    assert finish(draw_lines(), {"Width": "500"}) == finish(draw_lines(), {"Width": "500"})


@pytest.mark.parametrize("pixels", [draw_lines(), draw_noise()], ids=["lines", "noise"])
def test_a_picture_tells_its_size_and_its_texts(pixels: Pixels) -> None:
    """What was written beside the pixels is read back, and other programs see it too."""
    text = {"Width": "500", "Smallest": "13.5", "empty": "", "é": "ÿ"}
    png = finish(pixels, text)
    assert read_header(png) == Header(pixels.shape[1], pixels.shape[0], text)
    assert open_png(png).info.items() >= text.items()


def test_the_texts_stand_before_the_pixels() -> None:
    """Whoever wants only the texts can stop before the pixels."""
    png = finish(draw_lines(), {"Width": "500"})
    assert png.index(b"tEXt") < png.index(b"IDAT")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda png: b"",
        lambda png: png[:8],
        lambda png: png[:-1],
        lambda png: png[: len(png) // 2],
        lambda png: png[:-12],
        lambda png: png + b"\0",
        lambda png: png + png,
        lambda png: b"GIF89a" + png[6:],
        lambda png: png[:8] + png[33:],
        lambda png: png[:100] + bytes([png[100] ^ 1]) + png[101:],
        lambda png: png[:8] + b"\xff\xff\xff\xff" + png[12:],
    ],
)
def test_a_file_that_is_not_whole_is_told(spoil: object) -> None:
    """A cut or changed file of the cache is not taken for a picture."""
    assert callable(spoil)
    png = finish(draw_noise(), {"Width": "500"})
    assert read_header(spoil(png)) is None


def test_any_beginning_of_a_picture_is_told() -> None:
    """Wherever writing a file has stopped, it is not taken for a picture."""
    png = finish(np.zeros((4, 5, 4), np.uint8), {"Width": "5"})
    assert [index for index in range(len(png)) if read_header(png[:index])] == []


def test_reading_takes_no_library() -> None:
    """A build whose pictures are all there imports neither Pillow nor matplotlib nor numpy."""
    code = (
        "import sys; from deckpress.diagrams import png; png.read_header(b''); "
        "sys.exit(bool({'PIL', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
