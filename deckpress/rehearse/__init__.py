"""Real Anki as the judge of a package: what learners get by importing it, and what they lose.

`collection` is Anki's library, and `state` what a collection holds. `trial` judges a package by
itself; `learner` does what learners do between two releases, `update` is what becomes of them,
`schemas` says when Anki takes a note type for another one, `exchanges` finds progress that passes
to another question, and `judgement` tells what is lost.
`rehearsal` is the whole, and `apart` runs it where it can be stopped.
"""

from deckpress.rehearse.apart import rehearse_apart
from deckpress.rehearse.rehearsal import Outcome, Rehearsal, rehearse

__all__ = ["Outcome", "Rehearsal", "rehearse", "rehearse_apart"]
