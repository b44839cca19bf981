"""How the deck's pictures look: sizes in points, colours, fonts, and matplotlib's settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from deckpress.diagrams import ColorRole

STYLE = 2
"""Part of every picture's key: raise it with a change after which pictures look different."""

LABEL = 17.0
"""Size of what stands in nodes, in points."""
SMALL = 16.0
"""Size of what stands beside arrows, above groups and below pictures, in points."""
TITLE = 17.0
"""Size of a picture's title, in points."""
PLOTTED = 15.0
"""Size of the letters of plots, in points."""
PIXELS = 2
"""Pixels of the PNG for each point, so that pictures are crisp on a phone."""

FONTS = Path(__file__).parent / "fonts"
FAMILIES = ("Noto Sans SC", "DejaVu Sans")
"""Chinese first: beside a formula matplotlib takes letters from the first family only."""

PAPER = "#fbfbf9"
"""The paper of a card by day, so that a picture has no visible edge there."""
INK = "#272b30"
QUIET = "#646a72"
LINE = "#565d66"


class Paint(NamedTuple):
    """The colours of a role."""

    fill: str
    edge: str
    ink: str = INK


PAINTS: Mapping[ColorRole, Paint] = {
    ColorRole.PLAIN: Paint("#ffffff", "#6d747d"),
    ColorRole.SOFT: Paint("#edeeec", "#8b9097"),
    ColorRole.AMBER: Paint("#fdeccb", "#b98522"),
    ColorRole.ROSE: Paint("#fbdfdb", "#bd5b50"),
    ColorRole.BLUE: Paint("#dbe8f7", "#41719f"),
    ColorRole.GREEN: Paint("#daeee0", "#3d8259"),
    ColorRole.VIOLET: Paint("#e8e1f5", "#7557ab"),
    ColorRole.FAINT: Paint("#f4f4f1", "#a7acb2", QUIET),
}
FRAME = Paint("#f3f4f1", "#c3c6c4", QUIET)
MARK = Paint("#fbd98a", "#b98522")
"""The cells of a matrix that are marked."""

_SETTINGS: Any = {
    "font.family": list(FAMILIES),
    "font.size": PLOTTED,
    "mathtext.fontset": "cm",
    "text.color": INK,
    "text.hinting": "no_hinting",
    "text.parse_math": True,
    "text.usetex": False,
    "axes.unicode_minus": True,
    "axes.facecolor": PAPER,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "axes.linewidth": 1.1,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": PLOTTED,
    "axes.titleweight": "bold",
    "axes.grid": False,
    "grid.color": "#dededa",
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "image.cmap": "Blues",
    "figure.figsize": (4.6, 3.3),
    "figure.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "savefig.facecolor": PAPER,
    "savefig.dpi": 72 * PIXELS,
    "figure.dpi": 72 * PIXELS,
}
_CYCLE = ("#41719f", "#c8643c", "#3d8259", "#7557ab", "#b98522", "#8a4a62", "#4c8f93", "#646a72")


@contextmanager
def style_context() -> Iterator[None]:
    """Have matplotlib draw in the deck's style, whatever the user's own settings are."""
    import matplotlib
    from cycler import cycler

    register_fonts()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        matplotlib.rcParams["axes.prop_cycle"] = cycler(color=_CYCLE)
        yield


def register_fonts() -> None:
    """Make the package's fonts known to matplotlib, in this process alone."""
    from matplotlib.font_manager import fontManager

    known = {entry.fname for entry in fontManager.ttflist}
    for path in sorted(FONTS.glob("*.ttf")):
        if str(path) not in known:
            fontManager.addfont(str(path))
