"""Blocks that describe a picture → PNG files under their keys, which lie beside the notes.

`blocks` finds them in the notes; `grid` reads ` ```diagram `, `flowcharts` reads ` ```mermaid ` and
` ```dot `, `plots` runs Python; `draw` makes a PNG of what they describe, in the processes of
`workers`; `pictures` keeps what was drawn, and `trust` knows whose Python may be run. Only `draw`
and what it calls needs matplotlib.
"""

from deckpress.diagrams.blocks import Figure, find_figures
from deckpress.diagrams.drawing import Drawn
from deckpress.diagrams.pictures import (
    DrawFigures,
    draw_figures,
    draw_here,
    find_stale,
    never,
    pictures_to_write,
    tell_stale,
)
from deckpress.diagrams.plot import Plot
from deckpress.diagrams.showing import show_pictures
from deckpress.diagrams.trust import digest_of, trust_plots, trusted_plots

__all__ = [
    "DrawFigures",
    "Drawn",
    "Figure",
    "Plot",
    "digest_of",
    "draw_figures",
    "draw_here",
    "find_figures",
    "find_stale",
    "never",
    "pictures_to_write",
    "show_pictures",
    "tell_stale",
    "trust_plots",
    "trusted_plots",
]
