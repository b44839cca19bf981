"""A deck whose view follows its files, for any number of pages that look at it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from deckpress.diagnostics import DeckError, unreadable
from deckpress.pipeline import Prepared
from deckpress.pipeline.compile_files import Announce, CompiledFiles
from deckpress.preview import DeckView
from deckpress.preview.deck_view import broken_view, view_of
from deckpress.preview.early_view import with_compiled
from deckpress.project import Project

Update = Callable[[Collection[Path] | None, Announce], Prepared]
"""Prepares the deck again after files were written; None where it is not known which. What is
compiled is handed on before the rest is done."""


_PATIENCE = 0.05
"""Seconds for those who hand on what is new, and for a browser that paints it."""


class Edition(NamedTuple):
    """The view of a deck at some time."""

    number: int
    """Counted from 1."""
    view: DeckView
    edited: frozenset[Path] = frozenset()
    """The files that were written before."""


class LiveDeck:
    """Holds the newest view of a deck; one thread updates it, and others wait for what is new."""

    def __init__(self, update: Update) -> None:
        """Begin with the deck as it is. Raises DeckError if it cannot be read at all."""
        self._update = update
        self._changed = threading.Condition()
        self._followers = self._behind = 0
        self._prepared = update(None, lambda _: None)
        self._edition = Edition(1, view_of(self._prepared))

    @property
    def project(self) -> Project:
        """What deck.toml says, as it was when it could last be read."""
        return self._prepared.project

    @property
    def edition(self) -> Edition:
        """The newest view."""
        return self._edition

    def refresh(self, changed: Collection[Path] | None) -> None:
        """Look at the deck again, of which files were written, added or removed."""
        before, edited = self._edition.view, frozenset(changed or ())

        def show_early(compiled: CompiledFiles) -> None:
            files = [compiled.files[index] for index in compiled.new]
            if self._show(with_compiled(before, files), edited):
                self._wait_for_followers()

        try:
            self._prepared = self._update(changed, show_early)
            self._show(view_of(self._prepared, before), edited)
        except DeckError as problem:
            self._show(broken_view(problem, before), edited)
        except OSError as problem:  # such as a folder that may not be read
            self._show(broken_view(DeckError([unreadable(problem)]), before), edited)

    def _show(self, view: DeckView, edited: frozenset[Path]) -> bool:
        """Have others see a view, and return whether it is another one."""
        if view == self._edition.view:
            return False
        with self._changed:
            self._edition = Edition(self._edition.number + 1, view, edited)
            self._behind = self._followers
            self._changed.notify_all()
        return True

    def _wait_for_followers(self) -> None:
        """Let all who follow this deck hand on what is new, and their browsers paint it.

        Python runs one thread at a time, and a browser needs several processors: the rest of the
        work takes none of them meanwhile. Nobody is waited for who is slow.
        """
        with self._changed:
            is_followed = self._followers > 0
            self._changed.wait_for(lambda: self._behind <= 0, _PATIENCE)
        if is_followed:
            time.sleep(_PATIENCE)

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Count this thread among those that wait for what is new, and hand it on."""
        with self._changed:
            self._followers += 1
        try:
            yield
        finally:
            with self._changed:
                self._followers -= 1

    def wait(self, number: int, seconds: float) -> Edition | None:
        """Return a view that is newer than one, as soon as there is one; None after the time.

        Who follows the deck asks again when the last view is handed on.
        """
        with self._changed:
            if number == self._edition.number:
                self._behind -= 1
                self._changed.notify_all()
            is_new = self._changed.wait_for(lambda: self._edition.number > number, seconds)
            return self._edition if is_new else None
