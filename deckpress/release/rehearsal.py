"""A release that is not on disk yet, rehearsed in real Anki."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from deckpress.errors import DeckError, Location, Problem, error
from deckpress.lock.dates import format_date
from deckpress.scratch import temporary_folder
from deckpress.verify.isolated import verify_isolated
from deckpress.verify.verification import Verification

_PATIENCE = 2
"""Seconds that a release may have to wait for its own date."""


def wait_until(date: int, lock: Path) -> None:
    """Wait until a date, in seconds since 1970, is past, if that is within two seconds.

    A release that follows its build at once would else be one of the future, which Anki mends.
    Raises DeckError for a later date: `lock`, which it comes from, was written by a wrong clock.
    """
    left = date - time.time()
    if left >= _PATIENCE:
        message = (
            f"would date the release {format_date(date)}, and this computer's clock says "
            f"{format_date(date - left)}: set it right; if it is right, release after that date, "
            "or restore the lock from before it"
        )
        raise DeckError([error(Location(str(lock)), message)])
    if left > 0:
        time.sleep(left)


def verify_release(olds: Sequence[Path], name: str, data: bytes) -> Verification:
    """Return what becomes of learners who import a package over each of the older ones.

    Raises DeckError if Anki's library is not installed.
    """
    with temporary_folder() as folder:
        package = folder / name
        package.write_bytes(data)
        return verify_isolated(olds, package)


def check_no_loss(verification: Verification, package: Path) -> tuple[Problem, ...]:
    """Return what learners of the last release should know of a package; its place is `package`.

    What learners of earlier ones should know was told with the releases between. Raises DeckError
    if the package is unsound, or if learners lose something that its version does not tell them.
    """
    if verification.faults:
        raise DeckError(_at(package, verification.problems))
    return tuple(_at(package, verification.outcomes[-1].problems))


def _at(package: Path, problems: Iterable[Problem]) -> list[Problem]:
    """Return problems of a package with the place where it would be."""
    return [replace(each, location=Location(str(package))) for each in problems]
