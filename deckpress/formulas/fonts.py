"""MathJax's fonts as one style sheet, which a card's frame in a browser can read.

A frame has no origin, and a browser gives files of fonts to an origin only: over HTTP by a header
that not every host sends, and from `file://` not at all. Fonts within a style sheet need none.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path

from deckpress.formulas.engine import find_mathjax

_FACE = re.compile(r'"?font-family"?:\s*"?([\w-]+)"?,\s*src:\s*\'url\("%%URL%%/([\w-]+\.woff)"\)')
"""A face as MathJax's program names it."""
_PROGRAM = "tex-chtml-full.js"
_FONTS = "output/chtml/fonts/woff-v2"


@cache
def font_sheet() -> str:
    """Return a style sheet that holds MathJax's fonts, about half a million characters.

    Raises EngineError if MathJax is not installed.
    """
    folder = find_mathjax()
    faces = _FACE.findall((folder / _PROGRAM).read_text(encoding="utf-8"))
    return "".join(_face(family, folder / _FONTS / name) for family, name in faces)


def _face(family: str, file: Path) -> str:
    data = base64.b64encode(file.read_bytes()).decode()
    return f"@font-face{{font-family:{family};src:url(data:font/woff;base64,{data})}}\n"
