"""The whole build, a line a step: files → notes → fields → package and lock.

`prepare` does all that writes nothing, `pack` makes the package's bytes, `build` writes them to a
`place` that is free.
"""

from deckpress.pipeline.build import build
from deckpress.pipeline.pack import Packed, pack, pack_as
from deckpress.pipeline.place import check_free
from deckpress.pipeline.prepare import Progress, prepare, read_figures
from deckpress.pipeline.prepared import Prepared, Summary

__all__ = [
    "Packed",
    "Prepared",
    "Progress",
    "Summary",
    "build",
    "check_free",
    "pack",
    "pack_as",
    "prepare",
    "read_figures",
]
