"""What Anki's MathJax makes of a formula: `remembering` is the way in, `explain` the way out."""

from deckpress.typeset.messages import explain
from deckpress.typeset.typesetter import remembering, trust, typeset_here
from deckpress.typeset.verdict import EngineError, Fault, Formula, Typeset, Verdict

__all__ = [
    "EngineError",
    "Fault",
    "Formula",
    "Typeset",
    "Verdict",
    "explain",
    "remembering",
    "trust",
    "typeset_here",
]
