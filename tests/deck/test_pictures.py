"""The deck's pictures can be read on a small phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckpress.diagrams.image_store import PHONE
from deckpress.diagrams.palette import PIXELS
from deckpress.diagrams.png import SMALLEST, read_header
from tests.support.projects import ROOT

PICTURES = sorted((ROOT / "media/diagrams").glob("*.png"))
LETTERS = 14.0
"""CSS pixels; the text around a picture has 18."""


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_the_smallest_letters_are_large_enough(path: Path) -> None:
    """On a card of 360 pixels, no letter of a picture is smaller than 14, but for sub-scripts."""
    header = read_header(path.read_bytes())
    assert header
    smallest = header.number(SMALLEST)
    assert smallest
    assert smallest * min(1, PHONE * PIXELS / header.width) >= LETTERS
