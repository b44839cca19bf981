"""What Anki's MathJax makes of a formula: `remembering` is the way in, `explain` the way out.

`draw_formulas` shows it where there is no MathJax.
"""

from deckpress.typeset.drawing import Drawings, draw_formulas
from deckpress.typeset.messages import explain
from deckpress.typeset.typesetter import remembering, trust, typeset_here
from deckpress.typeset.verdict import LIMITS, EngineError, Fault, Formula, Typeset, Verdict

__all__ = [
    "LIMITS",
    "Drawings",
    "EngineError",
    "Fault",
    "Formula",
    "Typeset",
    "Verdict",
    "draw_formulas",
    "explain",
    "remembering",
    "trust",
    "typeset_here",
]
