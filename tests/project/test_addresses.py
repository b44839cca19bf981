"""The addresses of a deck's pages, and those by which a place opens in an author's editor."""

from __future__ import annotations

from pathlib import Path

import pytest

from deckpress.project.addresses import EDITORS, editor_address, is_editor_address, pages_address


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


@pytest.mark.parametrize(
    ("pages", "homepage", "address"),
    [
        (True, "https://github.com/Me/My-Deck", "https://me.github.io/My-Deck/"),
        (True, "https://www.github.com/me/deck.git/", "https://me.github.io/deck/"),
        (True, "https://github.com/Me/me.github.io", "https://me.github.io/"),
        (True, "https://github.com/me/deck/issues", ""),
        (True, "https://github.com/me", ""),
        (True, "https://example.com/me/deck", ""),
        (True, "mailto:me@github.com", ""),
        (True, "", ""),
        (False, "https://github.com/me/deck", None),
        ("https://example.com/deck", "https://github.com/me/deck", "https://example.com/deck/"),
        (" http://example.com/ ", "", "http://example.com/"),
    ],
)
def test_pages_are_where_the_author_says_or_github_has_them(
    pages: str | bool, homepage: str, address: str | None
) -> None:
    """The name of GitHub's host is in small letters; an address that is said goes first."""
    assert pages_address(pages, homepage) == address


@pytest.mark.parametrize(
    "pages", ["", "dist", "mailto:a@b", "https://", "https://a.b/?x", "https://a.b/#x"]
)
def test_what_is_no_folder_on_the_web_is_no_address_of_pages(pages: str) -> None:
    """Behind the address the name of a page must find its place."""
    with pytest.raises(ValueError, match="no address of a folder"):
        pages_address(pages, "")
