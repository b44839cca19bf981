"""Chinese prose → hints at slips in its typography, each at its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deckpress.check.chinese import is_chinese, may_slip
from deckpress.check.prose import Prose
from deckpress.errors import Level, Problem


def check_typography(prose: Sequence[Prose]) -> Iterator[Problem]:
    """Yield each slip in the Chinese of the prose; a text that is mostly English is spared."""
    doubtful = [each for each in prose if may_slip(each.text) and is_chinese(each.text)]
    if not doubtful:
        return
    from deckpress.check.slips import find_slips, usual_quotes  # here because it takes 25 ms

    quotes = usual_quotes([each.text for each in prose])
    for each in doubtful:
        for slip in find_slips(each.text, quotes):
            yield Problem(each.location(slip.at), slip.message, Level.STYLE, kind=slip.rule)
