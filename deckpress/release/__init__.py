"""A release: a build that learners get, with its version, its notes and its checksum.

`version_bump` judges what changed since the last release and says which version this one gets.
`release_files` puts that version on the notes: that is a draft, as below. `plan` has real Anki
judge it, `release_notes` says it to people, and the plan is the whole, with nothing written yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deckpress.diff import Diff
from deckpress.lock import Release
from deckpress.pipeline import Prepared
from deckpress.project import Project
from deckpress.release.version_bump import VersionBump


@dataclass(frozen=True)
class Draft:
    """A deck with the version that it would be released as."""

    deck: Prepared
    """Stamped."""
    data: bytes
    """The package."""
    diff: Diff
    """Since the last release, but for tags and version; all is added in a first one."""
    bump: VersionBump | None
    """What the changes call for; None for a first release."""

    @property
    def project(self) -> Project:
        """The project, with the release's version."""
        return self.deck.project

    @property
    def version(self) -> str:
        """The release's version."""
        return self.project.deck.version

    @property
    def package(self) -> Path:
        """Where the package is to lie."""
        return self.project.output / self.project.package_name(self.version)

    @property
    def last(self) -> Release | None:
        """The release before; None for a first one."""
        return self.deck.before.last_release
