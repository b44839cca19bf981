"""Where the repository that a folder is in comes from: read as text, with no program run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from deckpress.filesystem import read_regular
from deckpress.git import find_top

_MAX_CONFIG = 1_000_000
_SECTION = re.compile(r'\s*\[\s*([\w.-]+)\s*(?:"([^"]*)")?\s*\]')
_URL = re.compile(r'\s*url\s*=\s*(?:"([^"]+)|([^"\s#;]+))', re.I)
"""`#` and `;` begin a remark, except in quotes."""
_SCP = re.compile(r"(?:[^@/\s]+@)?([^@:/\s]{2,}):(?!//|:)(.+)")
"""`git@host:path`; one letter before the colon is a drive of Windows (`git-fetch`, "GIT URLS")."""
_PORTS = {"https": 443, "http": 80, "ssh": 22, "git": 9418, "git+ssh": 22, "ssh+git": 22}
"""The schemes of remotes, and the ports that go without saying (`git-fetch`, "GIT URLS")."""


@dataclass(frozen=True)
class Remote:
    """The remote of a git repository, with an address that is the same for everybody."""

    root: Path
    """The folder that holds `.git`."""
    address: str
    """Host, port, path and query, without user, scheme, case and `.git`."""
    name: str
    """The last part of the path."""


def find_remote(folder: Path) -> Remote | None:
    """Return the remote of the repository that a folder is in; None if others could not have it.

    Only `.git/config` is read, as text, of the nearest folder above that has a `.git`; a `.git`
    that is a file, or leads elsewhere, is not followed, since anybody could have written it.
    """
    top = find_top(folder)
    return _read_remote(top) if top else None


def _read_remote(root: Path) -> Remote | None:
    try:
        config = read_regular(root / ".git" / "config", root, _MAX_CONFIG)
    except OSError:
        return None
    address = parse_address(_find_url(config.decode("utf-8", "replace")))
    if address is None:
        return None
    last = address.partition("?")[0].rpartition("/")[2]
    name = "".join(filter(str.isprintable, unquote(last)))
    return Remote(root, address.casefold(), name) if name.strip() else None


def _find_url(config: str) -> str:
    """Return the first address of the remote `origin` (`git-config`, "Syntax"), or nothing."""
    section = ""
    for line in config.splitlines():
        if begun := _SECTION.match(line):
            section = f"{begun[1].lower()} {begun[2]}"
        found = _URL.match(line)
        if found and section == "remote origin":
            return found[1] or found[2]
    return ""


def parse_address(url: str) -> str | None:
    """Return what tells a remote, however it is written; None for a path on this machine.

    That is host, path and query, and a port that is not the scheme's own: a host may serve other
    repositories at another.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    own = _PORTS.get(parts.scheme.lower())
    if not own or not host:
        short = _SCP.fullmatch(url) if "://" not in url else None
        return _join(short[1].lower(), short[2]) if short else None
    return _join(host if port in (None, own) else f"{host}:{port}", parts.path, parts.query)


def _join(host: str, path: str, query: str = "") -> str | None:
    path = re.sub(r"\.git$", "", path.strip("/"))
    return f"{host}/{path}{query and '?'}{query}" if path else None
