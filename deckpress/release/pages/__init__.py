"""The pages of a release: what the deck is, and what the newest version brings to each learner.

Here is what they tell, as values. `deck_page` and `update_page` write it as HTML, `samples` chooses
the cards that are shown, and `site` puts all files together, of which `page.css` and `samples.js`
are two.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from deckpress.anki import Package
from deckpress.diff import Diff
from deckpress.diff.diff_html import Files
from deckpress.project import Deck
from deckpress.release import VersionBump
from deckpress.verify.verification import Outcome


class Update(NamedTuple):
    """What a learner of an earlier version gets by the newest."""

    diff: Diff
    shown: Files
    """The formulas and pictures of the diff."""
    bump: VersionBump
    """What it means to the learner."""
    outcome: Outcome
    """What real Anki made of it."""

    @property
    def needs_merge(self) -> bool:
        """Whether note types have other fields or cards, so that Anki's usual options do not do."""
        return any(change.is_schema_changed for change in self.diff.note_types)


class Entry(NamedTuple):
    """A version in the history of a deck."""

    version: str
    date: str
    """The day of its release, as 2026-11-28; empty if the changelog does not tell it."""
    written: str
    """What the author said of it, as Markdown."""
    package: str
    """The file name of its package; empty if it is not there any more."""
    update: Update | None
    """None for the newest, and for one whose package is not there to be compared."""


class Site(NamedTuple):
    """All that the pages tell of a deck."""

    deck: Deck
    package: Package
    """The newest version."""
    size: int
    """Bytes of its package."""
    history: tuple[Entry, ...]
    """The newest version first."""

    @property
    def newest(self) -> Entry:
        """The version that the pages offer."""
        return self.history[0]

    @property
    def last_update(self) -> Update | None:
        """What learners of the version before get; None for a first release."""
        return self.history[1].update if len(self.history) > 1 else None


class PageFiles(NamedTuple):
    """What is written for the pages, and what is not needed any more."""

    files: Mapping[Path, bytes]
    stale: tuple[Path, ...] = ()
