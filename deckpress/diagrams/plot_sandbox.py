"""What the code of a plot may do, and how much it may take: guard rails, and no sandbox."""

from __future__ import annotations

import math
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deckpress.process import limit, limit_memory
from deckpress.signals import die_with_parent

GRACE = 5
"""Seconds after its time is up until a plot ends itself, should nobody be left who would."""
_NETWORK = "plot opens a network connection: write the numbers into the code"
_PROGRAM = "plot starts another program: do it all in Python"
_MACHINE_CODE = "plot calls machine code by ctypes: use numpy instead"
_SIGNAL = "plot sends a signal: leave that out"
_LIMITS = "plot changes its own limits: leave that out"
_EVENTS = {
    _NETWORK: "socket.__new__ socket.bind socket.connect socket.getaddrinfo socket.gethostbyaddr "
    "socket.gethostbyname socket.getnameinfo socket.sendmsg socket.sendto",
    _PROGRAM: "os.exec os.fork os.forkpty os.posix_spawn os.spawn os.startfile os.startfile/2 "
    "os.system pty.spawn subprocess.Popen webbrowser.open",
    _MACHINE_CODE: "ctypes.call_function ctypes.cdata ctypes.dlopen ctypes.dlsym "
    "ctypes.dlsym/handle ctypes.string_at ctypes.wstring_at",
    _SIGNAL: "os.kill os.killpg signal.pthread_kill",
    _LIMITS: "resource.prlimit resource.setrlimit",
}
_REFUSED: Mapping[str, str] = {
    event: message for message, events in _EVENTS.items() for event in events.split()
}
"""Python's audit events that are refused whatever they are about."""
_CHANGES: Mapping[str, tuple[tuple[int, int | None], ...]] = {
    "os.chflags": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.link": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.removexattr": ((0, None),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.setxattr": ((0, None),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.utime": ((0, 3),),
    "sqlite3.connect": ((0, None),),
}
"""Audit events that change files: which arguments are the path and the folder it counts from."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev", "/nix", "/System", "/Library")
"""Folders that hold the machine's files and no author's."""
_LIBRARIES = {"site-packages", "dist-packages"}


@dataclass(frozen=True)
class Limits:
    """What one plot may take."""

    seconds: float = 20
    """By the clock on the wall."""
    cpu_seconds: int = 15
    """Of the processor."""
    memory: int = 2 * 2**30
    """Bytes of address space above what Python and matplotlib take."""
    file_size: int = 50 * 10**6
    """Bytes of any one file that it writes into its folder."""
    open_files: int = 256
    pixels: int = 4000
    """Width and height of the picture, each."""


LIMITS = Limits()


def confine(limits: Limits) -> None:
    """Hold this process, which is about to run a plot, within limits, and take the network away.

    What the system does not offer is left out.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    die_with_parent()
    signal.alarm(math.ceil(limits.seconds) + GRACE)
    _leave_the_network()
    _limit_resources(limits)


def _limit_resources(limits: Limits) -> None:
    limit("CORE", 0)
    limit("FSIZE", limits.file_size)
    limit("NOFILE", limits.open_files)
    # a second later the system kills whoever has not listened to the first signal
    limit("CPU", limits.cpu_seconds, limits.cpu_seconds + 1)
    limit_memory(limits.memory)


def _leave_the_network() -> None:
    """Move to a network of this process's own, which leads nowhere, where Linux allows it.

    In the user namespace that this takes, files can be made only if the user is known there.
    """
    unshare = getattr(os, "unshare", None)  # from Python 3.12 on
    if unshare is None:
        return
    user, group = os.getuid(), os.getgid()
    with suppress(OSError):
        unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)  # type: ignore[attr-defined, unused-ignore]
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


class ForbiddenError(PermissionError):
    """Something that a plot may not do; its text says what, and what to do instead."""


def refuse_all_but_drawing(folder: Path) -> None:
    """Have Python raise ForbiddenError, from now on, for what is no business of a plot.

    That is the network, other programs, ctypes, changes to files outside of a folder, and reading
    any that is not Python's, a library's or the system's.
    """
    sys.addaudithook(_Guard(os.path.realpath(folder), _readable_folders(), _fonts()))


@dataclass(frozen=True)
class _Guard:
    folder: str
    readable: tuple[str, ...]
    fonts: frozenset[str]

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _REFUSED:
            raise ForbiddenError(_REFUSED[event])
        if event == "open":
            self._check_opening(*arguments)
        for path, origin in _CHANGES.get(event, ()):
            self._check_change(arguments[path], -1 if origin is None else arguments[origin])

    def _check_opening(self, path: Any, mode: str | None, flags: int) -> None:
        if flags & _WRITING or set(mode or "") & set("wax+"):
            self._check_change(path)
        elif not isinstance(path, int) and not self._may_read(_resolve(path)):
            raise ForbiddenError(
                f"plot reads a file ({_name(path)}): write the numbers into the code"
            )

    def _check_change(self, path: Any, origin: int = -1) -> None:
        if isinstance(path, int) or path in (":memory:", b":memory:", os.devnull):
            return
        if not _is_within(_resolve(path, origin), self.folder):
            raise ForbiddenError(
                f"plot changes a file outside of its own folder ({_name(path)}): leave that out, "
                "the picture is saved by itself"
            )

    def _may_read(self, path: str) -> bool:
        if path in self.fonts:
            return True
        return any(_is_within(path, folder) for folder in (self.folder, *self.readable))


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + os.sep)


def _resolve(path: Any, origin: int = -1) -> str:
    """Return a path without links; a relative one may count from an open folder."""
    name = os.fsdecode(path)
    if origin >= 0 and os.path.exists(f"/proc/self/fd/{origin}"):  # noqa: PTH110 (much faster)
        name = os.path.join(f"/proc/self/fd/{origin}", name)  # noqa: PTH118
    return os.path.realpath(name)


def _name(path: Any) -> str:
    return ascii(os.fsdecode(path))[1:-1] if "\n" in os.fsdecode(path) else os.fsdecode(path)


def _readable_folders() -> tuple[str, ...]:
    import matplotlib

    prefixes = (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
    libraries = (path for path in sys.path if _LIBRARIES & set(Path(path).parts))
    own = (matplotlib.get_configdir(), matplotlib.get_cachedir(), *matplotlib.__path__)
    package = Path(__file__).parent.parent
    windows = filter(None, [os.environ.get("SYSTEMROOT")])
    folders = map(str, (*prefixes, *libraries, *own, package, *_SYSTEM, *windows))
    return tuple(dict.fromkeys(map(os.path.realpath, folders)))


def _fonts() -> frozenset[str]:
    """Return the paths of the fonts that matplotlib knows, some of which may be the user's own."""
    from matplotlib.font_manager import fontManager

    return frozenset(os.path.realpath(font.fname) for font in fontManager.ttflist)
