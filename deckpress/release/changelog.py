"""The changelog of a deck: a section for each release, with what its author wrote of it."""

from __future__ import annotations

import re
from typing import NamedTuple

MARK = "<!-- computed -->"
"""Stands between what the author wrote in a section and what a release puts below."""
_TITLE = "# Changelog"
_SECTION = re.compile(r"^##[ \t]+(?P<title>[^\n]*)$", re.M)
_OPEN = "unreleased"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def written_for(changelog: str, version: str) -> str:
    """Return what the author wrote for a release: in its section, or in one called Unreleased."""
    start, end = _find(changelog, version, _OPEN)
    return _written(changelog[start:end])


def _written(section: str) -> str:
    return section.partition("\n")[2].partition(MARK)[0].strip()


def with_release(changelog: str, version: str, date: str, computed: str) -> str:
    """Return a changelog with a section for a release, in place of the one that is open for it.

    What the author wrote there stays. `date` is the day, as 2026-11-28, `computed` Markdown with
    headings of level 3.
    """
    start, end = _find(changelog, version, _OPEN)
    parts = [f"## {version}, {date}", written_for(changelog, version), MARK, computed.strip()]
    section = "\n\n".join(part for part in parts if part)
    before, after = changelog[:start].rstrip() or _TITLE, changelog[end:].strip()
    return "\n\n".join(part for part in (before, section, after) if part) + "\n"


def _find(changelog: str, *names: str) -> tuple[int, int]:
    """Return where the first section of a name begins and ends; where it belongs if none is.

    A name is a version, in a title written as 1.1.0, [1.1.0] or v1.1.0, or _OPEN.
    """
    sections = list(_SECTION.finditer(changelog))
    starts = [*(match.start() for match in sections), len(changelog)]
    for index, match in enumerate(sections):
        if _name_of(match["title"]) in names:
            return starts[index], starts[index + 1]
    return starts[0], starts[0]


def _name_of(title: str) -> str:
    first = re.split(r"[\s,–—-]", title.strip(), maxsplit=1)[0]
    return first.strip("[]").removeprefix("v").lower()


class PastSection(NamedTuple):
    """What a changelog says of a version that is released."""

    date: str
    """The day, as 2026-11-28; empty if the title does not tell it."""
    written: str
    """What the author wrote."""


def section_of(changelog: str, version: str) -> PastSection:
    """Return what a changelog says of a version; nothing if it has no section for it."""
    start, end = _find(changelog, version)
    section = changelog[start:end]
    date = _DATE.search(section.partition("\n")[0])
    return PastSection(date[0] if date else "", _written(section))
