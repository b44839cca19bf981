"""Addresses that a deck leads to: its homepage, its pages, a place where errors are reported.

And those that open a place of its text in the author's editor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote as percent_encode
from urllib.parse import urlsplit

from deckpress.patterns import lazy_pattern

_ISSUES = {
    "github.com": "issues/new?title=",
    "codeberg.org": "issues/new?title=",
    "gitea.com": "issues/new?title=",
    "gitlab.com": "-/issues/new?issue[title]=",
    "gitee.com": "issues/new?issue[title]=",
}
"""How a new issue with a title is opened, behind the address of a repository."""
_ADDRESS = lazy_pattern(r"(?:https?://[^\s/]+|mailto:[^\s@]+@)[^\s\"'<>{}]*")
EDITORS: Mapping[str, str] = {
    "vscode": "vscode://file{file}:{line}:{column}",
    "vscodium": "vscodium://file{file}:{line}:{column}",
    "cursor": "cursor://file{file}:{line}:{column}",
    "zed": "zed://file{file}:{line}:{column}",
    "idea": "idea://open?file={file}&line={line}&column={column}",
    "textmate": "txmt://open?url=file://{file}&line={line}&column={column}",
}
"""By the names that deck.toml may say, from the handbooks of these editors."""
_EDITOR_ADDRESS = lazy_pattern(
    r"(?!(?:javascript|vbscript|data|blob|about|file|https?|wss?|ftp):)[a-z][a-z0-9+.-]*:\S*\{file\}\S*",
    re.I,
)
"""Of an editor, and of nothing that a browser would open by itself."""


def check_homepage(homepage: str) -> str | None:
    """Return what is wrong with a homepage, or None."""
    if _ADDRESS.fullmatch(homepage) and _can_be_split(homepage):
        return None
    return f'homepage "{homepage}" must be an address, as in https://… or mailto:you@…'


def _can_be_split(address: str) -> bool:
    try:
        urlsplit(address)
    except ValueError:  # such as a bracket that nothing closes
        return False
    return True


def report_address(homepage: str, about: str, note: str = "") -> str:
    """Return the address at which an error is reported.

    `about` is the deck's id; `note` is a note's ID, or what Anki puts it in place of. For a
    repository at one of the known hosts it opens a new issue, for an e-mail address a mail; any
    other page is opened at `#note`.
    """
    address, title = (
        urlsplit(homepage),
        percent_encode(f"{about}: ") + note if note else percent_encode(about),
    )
    if address.scheme == "mailto":
        return f"{homepage}{'&' if address.query else '?'}subject={title}"
    host = (address.hostname or "").removeprefix("www.")
    path = address.path.strip("/").removesuffix("/issues").removesuffix(".git")
    if host in _ISSUES and "/" in path:
        return f"https://{host}/{path}/{_ISSUES[host]}{title}"
    return f"{homepage}#{note}" if note and not address.fragment else homepage


def pages_address(pages: str | bool, homepage: str) -> str | None:
    """Return where the pages of a deck's releases are to be read, with a slash at the end.

    `pages` is what deck.toml says: the address, or whether there are such pages. Where it says no
    address, that of GitHub Pages is told by a `homepage` that is a repository on GitHub
    (https://docs.github.com/pages, "Types of GitHub Pages sites"). Empty if it is not known; None
    if there are no such pages. Raises ValueError if `pages` is no address.
    """
    if isinstance(pages, bool):
        return _github_pages(homepage) if pages else None
    address = pages.strip()
    is_plain = address.startswith(("https://", "http://")) and not {"?", "#"} & {*address}
    if not is_plain or check_homepage(address):
        raise ValueError(f"no address of a folder: {address}")
    return f"{address.rstrip('/')}/"


def _github_pages(homepage: str) -> str:
    address = urlsplit(homepage)
    owner, _, name = address.path.strip("/").removesuffix(".git").partition("/")
    if address.hostname not in ("github.com", "www.github.com") or not name or "/" in name:
        return ""
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def update_page(version: str) -> str:
    """Return where the pages tell learners of a version what the newest brings, within them."""
    return f"pages/from-{version}.html"


def is_editor_address(pattern: str) -> bool:
    """Return whether a pattern is an address that opens a file in an editor."""
    return _EDITOR_ADDRESS.fullmatch(pattern) is not None


def editor_address(pattern: str, file: Path, line: int, column: int) -> str:
    """Return the address that opens a place; line and column are counted from 1, 0 if unknown."""
    path = file.resolve().as_posix()
    path = path if path.startswith("/") else f"/{path}"
    values = {
        "file": percent_encode(path),
        "line": str(max(line, 1)),
        "column": str(max(column, 1)),
    }
    return re.sub(r"\{(file|line|column)\}", lambda name: values[name[1]], pattern)
