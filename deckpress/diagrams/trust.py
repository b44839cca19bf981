"""Whose Python may be run: a folder's plots are trusted by what they say, not by where they lie.

The file lies in the user's own folder for settings, never in the deck: a deck cannot say of itself
that it is to be trusted. A plot that has changed since is not the one that was trusted.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from deckpress.diagrams.plot import Plot
from deckpress.errors import PARSER_ERRORS
from deckpress.filesystem import read_regular, write_whole

NAME = "trusted.json"
"""The file's name in the folder for settings."""


def trusted_plots(settings: Path, folder: Path) -> frozenset[str]:
    """Return the `digest_of` each plot that the user trusts in a deck's folder."""
    return frozenset(_read(settings).get(_key(folder), ()))


def trust_plots(settings: Path, folder: Path, plots: Iterable[Plot]) -> None:
    """Remember that the user trusts these plots of a deck's folder, and no others.

    Raises DeckError if that cannot be written.
    """
    known = _read(settings) | {_key(folder): sorted({digest_of(plot) for plot in plots})}
    # escapes hold any path, also one that is not UTF-8
    text = json.dumps(known, indent=1, sort_keys=True)
    write_whole({settings / NAME: text.encode()}, settings)


def digest_of(plot: Plot) -> str:
    """Return what a plot is trusted by."""
    return hashlib.sha256(plot.code.encode()).hexdigest()


def _key(folder: Path) -> str:
    return os.path.realpath(folder)


def _read(settings: Path) -> dict[str, list[str]]:
    """Return what is trusted; a file that is damaged trusts nothing."""
    with suppress(OSError, *PARSER_ERRORS):
        known = json.loads(read_regular(settings / NAME))
        if isinstance(known, dict):
            return {
                folder: [str(digest) for digest in digests]
                for folder, digests in known.items()
                if isinstance(digests, list)
            }
    return {}
