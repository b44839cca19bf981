"""A deck's versions: three numbers, and which comes after which."""

from __future__ import annotations

import re
from typing import NamedTuple

PARTS = ("major", "minor", "patch")
"""What each number stands for: learners may lose progress, notes were added, corrections."""

WORKING = "+working"
"""Stands behind the version of a build that is no longer the release, and not yet the next."""

_NUMBER = "(0|[1-9][0-9]{0,8})"
_VERSION = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}")
"""One way to write each version, since packages are named after it."""


class Version(NamedTuple):
    """A version, comparable; written 1.2.3."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def next(self, part: str) -> Version:
        """Return the version that follows if one of the PARTS goes up."""
        at = PARTS.index(part)
        major, minor, patch, *_ = (*self[:at], self[at] + 1, 0, 0)
        return Version(major, minor, patch)


def is_version(text: str) -> bool:
    """Say whether a text is three numbers with dots between."""
    return _VERSION.fullmatch(text) is not None


def read_version(text: str) -> Version:
    """Return a version; raises ValueError for a text that is none."""
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ValueError(f"no version: {text!r:.50}")
    return Version(*map(int, found.groups()))
