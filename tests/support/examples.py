"""The examples of docs/writing.md: the Markdown of each, and its pictures, taken in real Anki."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.support.projects import ROOT

PAGE = ROOT / "docs/writing.md"
PICTURES = ROOT / "docs/cards"
SAMPLE = ROOT / "docs/sample"
"""What the examples show and play, and the pictures that are drawn from their blocks."""

_EXAMPLE = re.compile(r"^````markdown (?P<info>[^\n]+)\n(?P<text>.*?)^````$\n", re.M | re.S)
_PICTURES = re.compile(r"(?:\n!\[[^\n]*\]\(cards/[^\n]*\n)?")
_SHOT = re.compile(r"(front|back|open)([1-9]?)")
_NUMBERS = {"": "the card", "2": "the second card"}


@dataclass(frozen=True)
class Shot:
    """A picture of one side of one of the cards that an example makes."""

    example: str
    """The example's name."""
    side: str
    """`front`, `back`, or `open`: the front with its hint unfolded."""
    card: str
    """Empty for the example's first card, `2` for its second."""
    key: str
    """Tells whether the picture was taken from the example as it stands."""

    @property
    def file_name(self) -> str:
        """The picture's name."""
        return f"{self.example}-{self.side}{self.card}-{self.key}.png"

    @property
    def link(self) -> str:
        """The picture as the page shows it."""
        card = _NUMBERS[self.card]
        side = "front, unfolded," if self.side == "open" else self.side
        return f"![The {side} of {card}](cards/{self.file_name})"


@dataclass(frozen=True)
class Example:
    """A fence ````markdown NAME SIDE…; without a side, it is the back that is shown."""

    name: str
    text: str
    sides: tuple[str, ...]

    @property
    def shots(self) -> list[Shot]:
        """The pictures that belong below the example."""
        matches = [(_SHOT.fullmatch(side), side) for side in self.sides]
        return [
            Shot(self.name, shot[1], shot[2], _digest(self.text)) for shot, side in matches if shot
        ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_examples(page: str) -> list[Example]:
    """Return the examples of a page, in its order."""
    fences = ((match["info"].split(), match["text"]) for match in _EXAMPLE.finditer(page))
    return [Example(name, text, tuple(sides) or ("back",)) for (name, *sides), text in fences]


def read_settings(page: str) -> str:
    """Return the deck.toml that the page shows."""
    (settings,) = re.findall(r"^```toml\n(.*?)^```$", page, re.M | re.S)
    return str(settings)


def with_links(page: str) -> str:
    """Return a page with the pictures of each example below it, and no others."""
    written, end = [], 0
    for match, example in zip(_EXAMPLE.finditer(page), read_examples(page), strict=True):
        links = " ".join(shot.link for shot in example.shots)
        written += [page[end : match.end()], f"\n{links}\n"]
        old = _PICTURES.match(page, match.end())
        assert old
        end = old.end()
    return "".join([*written, page[end:]])


def write_project(page: str, folder: Path) -> None:
    """Write a project whose files are the examples of a page."""
    shutil.copytree(SAMPLE, folder)
    (folder / "source/deck.toml").write_text(read_settings(page), encoding="utf-8")
    for number, example in enumerate(read_examples(page)):
        name = f"{number:02}-{example.name}.md"
        (folder / "source" / name).write_text(example.text, encoding="utf-8")
