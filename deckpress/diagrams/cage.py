"""How much a plot may take, and how the system is told: guard rails, and no sandbox."""

from __future__ import annotations

import math
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deckpress.resource_limits import limit, limit_memory
from deckpress.signals import die_with_parent

GRACE = 5
"""Seconds after its time is up until a plot ends itself, should nobody be left who would."""


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
