"""A release: a build that learners get, with its version, its notes and its checksum.

`earlier` finds the releases before, `suggestion` judges what changed since the last one, `choice`
says which version it gets, `stamp` puts that version on the notes: that is a `draft`. `rehearsal`
lets real Anki judge it; `announcement` and `changelog` say it to people, `settings` to deck.toml,
and `writing` is all the files. `plan` is the whole, before anything is written.
"""

from deckpress.release.earlier import packages_of
from deckpress.release.plan import Plan, is_asked_again, plan_release
from deckpress.release.suggestion import Suggestion, suggest

__all__ = ["Plan", "Suggestion", "is_asked_again", "packages_of", "plan_release", "suggest"]
