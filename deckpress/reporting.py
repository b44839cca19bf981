"""Where a learner reports an error: an address made of the deck's homepage."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_ISSUES = {
    "github.com": "issues/new?title=",
    "codeberg.org": "issues/new?title=",
    "gitea.com": "issues/new?title=",
    "gitlab.com": "-/issues/new?issue[title]=",
    "gitee.com": "issues/new?issue[title]=",
}
"""How a new issue with a title is opened, behind the address of a repository."""
_ADDRESS = re.compile(r"(?:https?://[^\s/]+|mailto:[^\s@]+@)[^\s\"'<>{}]*")


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
    address, title = urlsplit(homepage), quote(f"{about}: ") + note if note else quote(about)
    if address.scheme == "mailto":
        return f"{homepage}{'&' if address.query else '?'}subject={title}"
    host = (address.hostname or "").removeprefix("www.")
    path = address.path.strip("/").removesuffix("/issues").removesuffix(".git")
    if host in _ISSUES and "/" in path:
        return f"https://{host}/{path}/{_ISSUES[host]}{title}"
    return f"{homepage}#{note}" if note and not address.fragment else homepage
