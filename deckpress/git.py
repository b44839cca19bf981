"""What git knows of a file, asked so that nothing of a repository runs, and what a merge leaves."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from deckpress.diagnostics import Diagnostic, Location, error
from deckpress.filesystem import read_regular
from deckpress.patterns import lazy_pattern

_SECONDS = 20
"""For an answer; a configuration that includes a pipe would have git wait for ever."""
_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.untrackedCache=false",
    "safe.bareRepository=explicit",
    "protocol.allow=never",
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a repository that lacks objects would fetch them
    "GIT_ASKPASS": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_KEPT = ("HOME", "XDG_CONFIG_HOME", "SYSTEMROOT", "USERPROFILE")
"""Where the user's own configuration is found, which the user trusts."""
_MAX_CONFIG = 1_000_000
_SECTION = lazy_pattern(r'\s*\[\s*([\w.-]+)\s*(?:"([^"]*)")?\s*\]')
_URL = re.compile(r'\s*url\s*=\s*(?:"([^"]+)|([^"\s#;]+))', re.I)
"""`#` and `;` begin a remark, except in quotes."""
_SCP = re.compile(r"(?:[^@/\s]+@)?([^@:/\s]{2,}):(?!//|:)(.+)")
"""`git@host:path`; one letter before the colon is a drive of Windows (`git-fetch`, "GIT URLS")."""
_PORTS = {"https": 443, "http": 80, "ssh": 22, "git": 9418, "git+ssh": 22, "ssh+git": 22}
"""The schemes of remotes, and the ports that go without saying (`git-fetch`, "GIT URLS")."""
_FENCE = re.compile("```|~~~")
_MESSAGE = (
    "a git merge left a conflict: keep the lines that are right, and remove those with <<<<<<<, "
    "=======, >>>>>>>"
)


@dataclass(frozen=True)
class Repository:
    """A repository that a folder lies in."""

    top: Path
    """The folder that holds `.git`."""

    def _ask(self, *arguments: str) -> bytes | None:
        """Return what git says; None if it says no, is not there, or does not answer."""
        import subprocess  # here because few builds have anything to ask

        program = _find_git()
        if program is None:
            return None
        settings = (part for setting in _SETTINGS for part in ("-c", setting))
        place = ("--git-dir", str(self.top / ".git"), "--work-tree", str(self.top))
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        try:
            done = subprocess.run(
                [program, "--no-pager", "--literal-pathspecs", *settings, *place, *arguments],
                cwd=self.top,
                env={**environment, **_ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return None
        return None if done.returncode else done.stdout

    def _name(self, path: Path) -> str:
        """Return a file's path as git has it. Raises ValueError if it lies elsewhere."""
        place = Path(os.path.realpath(path.parent), path.name)
        return place.relative_to(os.path.realpath(self.top)).as_posix()

    def tracks(self, path: Path) -> bool:
        """Return whether the index has a file, there or not."""
        return self._ask("ls-files", "--error-unmatch", "--", self._name(path)) is not None

    def committed(self, path: Path) -> bytes | None:
        """Return what a file holds in the last commit; None if it is not there."""
        return self._ask("cat-file", "blob", f"HEAD:{self._name(path)}")


def find_repository(folder: Path) -> Repository | None:
    """Return the repository that a folder lies in; None if there is none, or no git to ask."""
    top = find_top(Path(os.path.realpath(folder)))
    return Repository(top) if top and _find_git() else None


def find_top(folder: Path) -> Path | None:
    """Return the nearest folder, from one upwards, that has a `.git`; None if there is none."""
    tops = (parent for parent in (folder, *folder.parents) if os.path.lexists(parent / ".git"))
    return next(tops, None)


@cache
def _find_git() -> str | None:
    """Return git's path, from the folders of PATH that do not depend on where the user stands."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    names = ("git.exe",) if os.name == "nt" else ("git",)
    paths = (
        Path(folder, name) for folder in folders if Path(folder).is_absolute() for name in names
    )
    return next((str(path) for path in paths if os.access(path, os.X_OK)), None)


class Remote(NamedTuple):
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
        match = _URL.match(line)
        if match and section == "remote origin":
            return match[1] or match[2]
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


def find_conflicts(text: str, file: str) -> Iterator[Diagnostic]:
    """Yield each conflict in a file; one that is shown in a Markdown fence is none."""
    if ">>>>>>> " not in text:
        return
    lines = text.split("\n")
    opened, is_code, has_middle = 0, False, False
    for index, line in enumerate(lines, 1):
        if _FENCE.match(line) and not opened:
            is_code = not is_code
        elif line.startswith("<<<<<<< ") and not is_code:
            opened, has_middle = index, False
        elif line.startswith(">>>>>>> ") and opened and has_middle:
            yield error(Location(file, opened), _MESSAGE)
            opened = 0
        elif line.rstrip() == "=======":
            has_middle = True
