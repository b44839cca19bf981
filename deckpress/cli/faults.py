"""What the command says where deckpress itself fails: at which place of the deck, and what to send.

A mistake in a deck is never such a fault: it is a DeckError, with all others of its run.
"""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator

from deckpress import __version__
from deckpress.cli.output import say
from deckpress.errors import Location, error

EXIT_CODE = 70
"""`EX_SOFTWARE` of `sysexits.h`: the program is wrong, not what it was given."""


def report_fault(fault: Exception) -> None:
    """Say that deckpress is to blame, near which place, and which file tells its makers why."""
    where = _find_place(fault) or Location("deckpress")
    try:
        report = f"this file and {_write_report(fault)}"
    except OSError:  # no folder for temporary files: the message has the most of it
        report = "this file"
    reason = "".join(traceback.format_exception_only(fault)).strip().replace("\n", " ")
    message = (
        "deckpress itself fails here, and the deck is not to blame: report it to its makers with "
        f"{report} ({reason})"
    )
    say(error(where, message), err=True, fg="red")


def _find_place(fault: Exception) -> Location | None:
    """Return the place in the deck that the innermost frame knows of, with its line if it does."""
    frames = [frame for frame, _ in traceback.walk_tb(fault.__traceback__)]
    places = (place for frame in reversed(frames) for place in _places(frame.f_locals.values()))
    known = [place for place in places if place.file]
    return next((place for place in known if place.line), next(iter(known), None))


def _places(values: Iterable[object]) -> Iterator[Location]:
    from deckpress.notes import Note
    from deckpress.sources import Source

    for value in values:
        if isinstance(value, Location):
            yield value
        elif isinstance(value, Note):
            yield value.location
        elif isinstance(value, Source):
            yield Location(str(value.path))


def _write_report(fault: Exception) -> str:
    """Write what happened into a file of its own, and return its path."""
    told = [f"deckpress {__version__}, Python {platform.python_version()}, {platform.platform()}\n"]
    told += [" ".join(sys.argv), "\n\n", *traceback.format_exception(fault)]
    with tempfile.NamedTemporaryFile(
        "w",
        encoding="utf-8",
        errors="backslashreplace",
        prefix="deckpress-fault-",
        suffix=".txt",
        delete=False,
    ) as file:
        file.writelines(told)
    return file.name
