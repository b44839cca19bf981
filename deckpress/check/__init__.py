"""All notes → everything that is wrong with them."""

from deckpress.check.formulas import check_formulas
from deckpress.check.hidden import check_hidden
from deckpress.check.notes import check_notes, check_rendered
from deckpress.check.scripts import check_scripts
from deckpress.check.stored import check_stored
from deckpress.check.style import check_style
from deckpress.check.unpacked import check_unpacked

__all__ = [
    "check_formulas",
    "check_hidden",
    "check_notes",
    "check_rendered",
    "check_scripts",
    "check_stored",
    "check_style",
    "check_unpacked",
]
