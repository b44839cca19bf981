"""A release: a build that learners get, with its version, its notes and its checksum.

`suggestion` judges what changed since the last one, `choice` says which version it gets, `stamp`
puts that version on the notes, `rehearsal` lets real Anki judge; `announcement` and `changelog` say
it to people, `settings` to deck.toml. `plan` is the whole, before anything is written.
"""

from deckpress.release.plan import Plan, plan_release
from deckpress.release.suggestion import Suggestion, suggest

__all__ = ["Plan", "Suggestion", "plan_release", "suggest"]
