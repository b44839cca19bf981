"""Projects made of a few lines, and this repository's own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
"""The folder of this repository."""

NOON = 1_760_000_000
"""When projects are built, in seconds since 1970."""

DECK_TOML = """\
[deck]
id = "demo"
name = "Demo"
version = "1.0.0"
language = "en"
description = "A deck for tests."
"""

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""A PNG of one transparent pixel."""


def config(**changes: str) -> str:
    """Return deck.toml with some lines replaced; an empty value takes the line out."""
    lines = []
    for line in DECK_TOML.splitlines():
        key = line.partition(" =")[0]
        value = changes.pop(key, None)
        lines += [line] if value is None else [f"{key} = {value}"] if value else []
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in changes.items())]) + "\n"


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_size < 1_000_000
    }


def copy_project(folder: Path) -> None:
    """Copy what a build reads of this repository's deck into a folder."""
    for name in ("source", "media"):
        shutil.copytree(ROOT / name, folder / name)
