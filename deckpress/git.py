"""What git knows of a file, asked so that nothing runs that a repository says.

A folder from a stranger may pose as a repository, or bring one: its configuration can name programs
that git runs (gitrepository-layout, git-config: `core.fsmonitor`, `core.hooksPath`, filters,
`core.sshCommand`). So the repository is the `.git` that is found by walking up, never a folder
that merely looks like one inside; the two questions that are asked neither filter a file nor list
what has changed; and what could still run a program is switched off.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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


@dataclass(frozen=True)
class Repository:
    """A repository that a folder lies in."""

    top: Path
    """The folder that holds `.git`."""

    def _ask(self, *arguments: str) -> bytes | None:
        """Return what git says; None if it says no, is not there, or does not answer."""
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
    tops = (each for each in (folder, *folder.parents) if os.path.lexists(each / ".git"))
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
