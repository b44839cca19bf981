"""Make the two fonts of the pictures: Noto Sans SC, cut down to what diagrams are labelled with.

For developers; needs npm, and fontTools, which comes with matplotlib:

    python docs/make_fonts.py
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset

PACKAGE = "@expo-google-fonts/noto-sans-sc@0.4.3"
WEIGHTS = {"Regular": "400Regular", "Bold": "700Bold"}
"""The name of each font here, and in the package."""

FOLDER = Path(__file__).parent.parent / "deckpress/diagrams/fonts"


def characters() -> Iterator[str]:
    """Yield what is kept: GB2312, Latin, Greek, arrows, mathematical signs, circled numbers."""
    ranges = ((0x20, 0x17F), (0x370, 0x3FF), (0x2000, 0x22FF), (0x2460, 0x2473))
    for first, last in ranges:
        yield from map(chr, range(first, last + 1))
    yield "\N{CHECK MARK}"
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            yield bytes((row, cell)).decode("gb2312", errors="ignore")


def cut(source: Path, target: Path) -> None:
    """Write the part of a font that is kept, without hinting, which pictures do not use."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["kern", "liga"]
    options.name_IDs = ["*"]
    options.drop_tables += ["BASE", "GDEF", "STAT", "vhea", "vmtx"]
    options.recalc_bounds = True
    options.recalc_timestamp = False  # the same bytes whenever it is run
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(characters()))
    subsetter.subset(font)
    subset.save_font(font, str(target), options)


def main() -> None:
    """Fetch the package, and write both fonts into this folder, or the one that is named."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as files:
            files.extractall(folder, filter="data")
        for name, weight in WEIGHTS.items():
            source = Path(folder, "package", weight, f"NotoSansSC_{weight}.ttf")
            cut(source, target / f"NotoSansSC-{name}.gb2312.ttf")


if __name__ == "__main__":
    main()
