"""The addresses by which the preview opens a place in an author's editor."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckpress.project.editors import EDITORS, editor_address, is_editor_address


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        (EDITORS["vscode"], "vscode://file/a%20b/%E4%B8%80.md:3:7"),
        (EDITORS["idea"], "idea://open?file=/a%20b/%E4%B8%80.md&line=3&column=7"),
        ("my-editor:open?{line}@{file}#{other}", "my-editor:open?3@/a%20b/%E4%B8%80.md#{other}"),
    ],
)
def test_an_address_names_file_line_and_column(pattern: str, address: str) -> None:
    """Characters that an address cannot hold are escaped."""
    assert editor_address(pattern, Path("/a b/一.md"), 3, 7) == address


def test_a_file_as_a_whole_is_opened_at_its_beginning() -> None:
    """Editors count from 1."""
    assert editor_address("x:{file}:{line}:{column}", Path("/a.md"), 0, 0) == "x:/a.md:1:1"


def test_each_editor_that_has_a_name_has_an_address() -> None:
    """What deck.toml may say by name is what it may say as an address."""
    assert all(map(is_editor_address, EDITORS.values()))


@pytest.mark.parametrize(
    "pattern",
    [
        "javascript:alert('{file}')",
        "JavaScript://%0aalert(1)//{file}",
        "data:text/html,{file}",
        "https://evil.example/?{file}",
        "file://{file}",
        "vscode://file/a.md",
        "vscode {file}",
        "{file}",
    ],
)
def test_what_a_browser_would_open_itself_is_no_editor(pattern: str) -> None:
    """The deck of a stranger sends nobody to a page, and runs nothing in the preview."""
    assert not is_editor_address(pattern)
