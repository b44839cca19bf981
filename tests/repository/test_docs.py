"""The pictures in docs/ and README are those of the blocks above them.

`pytest --accept tests/repository/test_docs.py` draws missing ones, and removes those left over.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deckpress.diagnostics import Diagnostics, Location
from deckpress.diagrams.diagram_blocks import DiagramBlock, find_diagram_blocks
from deckpress.diagrams.image_store import draw_diagrams, find_stale, pictures_to_write
from deckpress.filesystem import write_whole
from deckpress.markdown.reader import read_markdown
from deckpress.notes import Kind, Note
from tests.support.projects import ROOT

DOCS = ROOT / "docs"
PICTURES = DOCS / "pictures"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    *sorted(DOCS.glob("*.md")),
]


def blocks_in(page: Path) -> list[DiagramBlock]:
    """Return the pictures that a page's blocks describe."""
    diagnostics: Diagnostics = []
    document = read_markdown(page.read_text(encoding="utf-8"), page.name, diagnostics)
    note = Note(Location(page.name, 1), Kind.BASIC, (), document.blocks)
    in_blocks: Diagnostics = []
    blocks = find_diagram_blocks([note], {}, ROOT, in_blocks)
    assert [*diagnostics, *in_blocks] == []
    return blocks


def with_pictures(page: Path, blocks: list[DiagramBlock]) -> str:
    """Return a page's text with a link to its picture below each block."""
    lines = page.read_text(encoding="utf-8").split("\n")
    folder = PICTURES.relative_to(page.parent)
    links = {block.where.line: block for block in blocks}
    written: list[str] = []
    wanted: DiagramBlock | None = None
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
    blocks = blocks_in(page)
    if request.config.getoption("--accept"):
        diagnostics: Diagnostics = []
        pictures = draw_diagrams(blocks, PICTURES, ROOT, diagnostics, may_run=lambda plot: True)
        assert diagnostics == []
        write_whole(pictures_to_write(pictures), PICTURES)
        page.write_text(with_pictures(page, blocks), encoding="utf-8")
        blocks = blocks_in(page)
    assert page.read_text(encoding="utf-8") == with_pictures(page, blocks)
    assert [block.file_name for block in blocks if not (PICTURES / block.file_name).is_file()] == []


def test_no_picture_is_left_over(request: pytest.FixtureRequest) -> None:
    """The folder of the pictures holds those that a page shows."""
    stale = find_stale(
        [block.picture for page in PAGES for block in blocks_in(page)], PICTURES, ROOT
    )
    if request.config.getoption("--accept"):
        for path in stale:
            path.unlink()
        stale = []
    assert stale == []


def anchors_of(page: Path) -> set[str]:
    """Return the addresses that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", without_examples(page), re.M)
    shown = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in shown}


def without_examples(page: Path) -> str:
    """Return a page's text without its fences."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^( *)(`{3,}).*?^\1\2$", "", text, flags=re.M | re.S)


def links_of(page: Path) -> list[str]:
    """Return the addresses within the project that a page links to."""
    text = re.sub(r"(?<!\[)(`+)[^`]+\1(?!\])", "", without_examples(page))
    return re.findall(r"\]\((?!https?:)([^)\s]+)\)", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    """A reader who follows a link finds the page, and the heading on it."""
    for target in links_of(page):
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), target
        assert not anchor or anchor in anchors_of(path), target


def test_every_page_is_in_the_list_of_pages() -> None:
    """Nobody must know of a page to find it."""
    listed = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in DOCS.glob("*.md") if f"]({page.name})" not in listed] == [
        "README.md"
    ]
