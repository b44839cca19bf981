"""The pictures in docs/ and README are those of the blocks above them.

`pytest --accept tests/test_docs.py` draws the missing ones, links them, and removes the others.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from deckpress.diagrams import Figure, draw_figures, find_figures, pictures_to_write
from deckpress.diagrams.pictures import find_stale
from deckpress.errors import Location
from deckpress.files import write_whole
from deckpress.notes import Kind, Note
from deckpress.parse.markdown import read_markdown
from tests.conftest import ROOT

DOCS = ROOT / "docs"
PICTURES = DOCS / "pictures"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


def figures_in(page: Path) -> list[Figure]:
    """Return the pictures that a page's blocks describe."""
    document, problems = read_markdown(page.read_text(encoding="utf-8"), page.name)
    note = Note(Location(page.name, 1), Kind.BASIC, (), document.blocks)
    figures, wrong = find_figures([note], {}, ROOT)
    assert [*problems, *wrong] == []
    return figures


def with_pictures(page: Path, figures: list[Figure]) -> str:
    """Return a page's text with a link to its picture below each block."""
    lines = page.read_text(encoding="utf-8").split("\n")
    folder = PICTURES.relative_to(page.parent)
    links = {figure.where.line: figure for figure in figures}
    written: list[str] = []
    wanted: Figure | None = None
    for number, line in enumerate(lines, 1):
        is_link = line.startswith("![") and f"]({folder}/" in line
        if is_link or (written and not line and not written[-1]):
            continue
        written.append(line)
        if number in links:
            wanted = links[number]
        elif wanted and line == "```":
            written += ["", f"![{wanted.alt}]({folder}/{wanted.file_name})"]
            wanted = None
    return "\n".join(written)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_block_of_a_page_is_followed_by_its_picture(
    page: Path, request: pytest.FixtureRequest
) -> None:
    """Whoever reads how something is written sees what becomes of it."""
    figures = figures_in(page)
    if request.config.getoption("--accept"):
        pictures, problems = draw_figures(figures, PICTURES, may_run=lambda plot: True)
        assert problems == []
        write_whole(pictures_to_write(pictures))
        page.write_text(with_pictures(page, figures), encoding="utf-8")
        figures = figures_in(page)
    assert page.read_text(encoding="utf-8") == with_pictures(page, figures)
    assert [each.file_name for each in figures if not (PICTURES / each.file_name).is_file()] == []


def test_no_picture_is_left_over(request: pytest.FixtureRequest) -> None:
    """The folder of the pictures holds those that a page shows."""
    stale = find_stale([figure for page in PAGES for figure in figures_in(page)], PICTURES)
    if request.config.getoption("--accept"):
        for path in stale:
            path.unlink()
        stale = []
    assert stale == []
