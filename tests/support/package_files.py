"""Packages as files, of note types as scripts with genanki have them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import genanki

BASIC = genanki.Model(
    1_607_392_319,
    "问答",
    fields=[{"name": "Front"}, {"name": "Back"}],
    templates=[
        {"name": "Card 1", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr>{{Back}}"},
        {"name": "Card 2", "qfmt": "{{Back}}", "afmt": "{{Front}}"},
    ],
    css=".card { color: red }",
    sort_field_index=1,
)
CLOZE = genanki.Model(
    1_607_392_320,
    "Gaps",
    fields=[{"name": "Text", "id": -5}, {"name": "Extra", "id": 2**62}],
    templates=[{"name": "Cloze", "qfmt": "{{cloze:Text}}", "afmt": "{{Extra}}", "id": -(2**62)}],
    model_type=genanki.Model.CLOZE,
)


def members(package: Path) -> dict[str, bytes]:
    """Return all that a package holds, by name."""
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, contents: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a package; return its path."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return path


DAMAGED = "the package is damaged: export or download it again"
"""What is said of a file that cannot be read."""
