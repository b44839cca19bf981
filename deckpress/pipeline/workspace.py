"""A project that is held in memory while its author edits it: prepared again in no time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from deckpress.diagnostics import Diagnostics
from deckpress.diagrams.image_store import DrawDiagrams, draw_diagrams
from deckpress.filesystem import read_text, status_of
from deckpress.formulas import Typeset
from deckpress.formulas.engine import typeset_here
from deckpress.lock import Lock
from deckpress.lock.store import BuildOptions, peek_lock
from deckpress.pipeline import Prepared
from deckpress.pipeline.compile_files import Announce, Compiler, Progress
from deckpress.pipeline.finish import Finisher
from deckpress.pipeline.prepare import prepare
from deckpress.project import Project, Source
from deckpress.project.opening import Opened
from deckpress.result_cache import ResultCache


class Workspace:
    """A project, prepared after each edit as it would be from nothing, but for the time it takes.

    Only files that changed are compiled; nothing is written but into the cache.
    """

    def __init__(
        self,
        open_project: Callable[[], Opened],
        options: BuildOptions | None = None,
        typeset: Typeset = typeset_here,
        draw: DrawDiagrams = draw_diagrams,
        cache: ResultCache | None = None,
        progress: Progress = iter,
    ) -> None:
        """Begin with what `open_project` returns; what else is taken is what `prepare` takes."""
        self._open, self._options = open_project, options
        self._typeset, self._draw, self._progress = typeset, draw, progress
        self._compiler, self._finisher = Compiler(cache), Finisher()
        self._opened: Opened | None = None
        self._places: Mapping[Path, int] = {}
        """Where each file stands among the project's sources."""
        self._lock: tuple[object, Lock | None] = ((), None)
        """The lock, and what tells that it is still that one."""

    def update(
        self,
        changed: Iterable[Path] | None = None,
        now: int | None = None,
        announce: Announce = lambda _: None,
    ) -> Prepared:
        """Return the project as it is now.

        `changed` are the files that were written, added or removed since the last time, by any
        names; None if that is not known. `now` is in seconds since 1970, and otherwise the time of
        this computer. `announce` is told what was compiled before the rest is done. Raises
        DeckError if there is no project any more.
        """
        self._opened = self._read(changed)
        return prepare(
            *self._opened,
            int(time.time()) if now is None else now,
            self._progress,
            options=self._options,
            typeset=self._typeset,
            draw=self._draw,
            compiler=self._compiler,
            peek=self._peek,
            finish=self._finisher.finish,
            announce=announce,
        )

    def _peek(self, project: Project) -> Lock | None:
        """Return the lock, which is read again only when it was written."""
        version = (project.lock, project.deck.id, status_of(project.lock))
        if self._lock[0] != version:
            self._lock = (version, peek_lock(project))
        return self._lock[1]

    def _read(self, changed: Iterable[Path] | None) -> Opened:
        """Return the project with the texts of changed files; all of it is read if need be.

        Without deck.toml the texts of all files say what the deck's language is.
        """
        opened = self._opened
        if opened is None or changed is None or opened.project.is_standalone:
            return self._read_all()
        sources = [*opened.project.sources]
        for path in {path.resolve() for path in changed}:
            place = self._places.get(path)
            source = None if place is None else _read_again(sources[place], opened.project.root)
            if place is None or source is None:
                return self._read_all()
            sources[place] = source
        return opened._replace(project=replace(opened.project, sources=tuple(sources)))

    def _read_all(self) -> Opened:
        opened = self._open()
        sources = enumerate(opened.project.sources)
        self._places = {source.path.resolve(): place for place, source in sources}
        return opened


def _read_again(source: Source, root: Path) -> Source | None:
    """Return a file with the text that it has now; None if it cannot be read."""
    unreadable: Diagnostics = []
    text = read_text(source.path, root, unreadable)
    return None if text is None or unreadable else source._replace(text=text)
