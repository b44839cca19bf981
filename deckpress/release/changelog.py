"""CHANGELOG.md with a section for a release: what its author wrote, and what was computed."""

from __future__ import annotations

import re

MARK = "<!-- computed -->"
"""Stands between what the author wrote in a section and what a release puts below."""

_TITLE = "# Changelog"
_SECTION = re.compile(r"^##[ \t]+(?P<title>[^\n]*)$", re.M)
_OPEN = re.compile(r"\[?unreleased\]?", re.I)


def written_for(changelog: str, version: str) -> str:
    """Return what the author wrote for a release: in its section, or in one called Unreleased."""
    start, end = _find(changelog, version)
    text = changelog[start:end].partition("\n")[2]
    return text.partition(MARK)[0].strip()


def with_release(changelog: str, version: str, date: str, computed: str) -> str:
    """Return a changelog with a section for a release, in place of the one that is open for it.

    What the author wrote there stays. `date` is the day, as 2026-11-28, `computed` Markdown with
    headings of level 3.
    """
    start, end = _find(changelog, version)
    parts = [f"## {version}, {date}", written_for(changelog, version), MARK, computed.strip()]
    section = "\n\n".join(part for part in parts if part)
    before, after = changelog[:start].rstrip() or _TITLE, changelog[end:].strip()
    return "\n\n".join(part for part in (before, section, after) if part) + "\n"


def _find(changelog: str, version: str) -> tuple[int, int]:
    """Return where the section for a release begins and ends; where it belongs if there is none."""
    found = list(_SECTION.finditer(changelog))
    starts = [*(each.start() for each in found), len(changelog)]
    for at, each in enumerate(found):
        if _is_for(each["title"], version):
            return starts[at], starts[at + 1]
    return starts[0], starts[0]


def _is_for(title: str, version: str) -> bool:
    """Say whether a section's title is a release's, written as 1.1.0, [1.1.0] or v1.1.0."""
    first = re.split(r"[\s,–—-]", title.strip(), maxsplit=1)[0]
    return bool(_OPEN.fullmatch(first)) or first.strip("[]").removeprefix("v") == version
