"""All Markdown files of a project → compiled files; of a file that is the same it is remembered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from deckpress.diagnostics import Diagnostics
from deckpress.diagrams.diagram_blocks import DiagramBlock, Place, check_picture_names
from deckpress.diagrams.image_store import DrawDiagrams, Picture
from deckpress.filesystem import FileStatus
from deckpress.forked import count_processors, done_meanwhile, map_forked, may_fork
from deckpress.lock import Lock
from deckpress.lock.matching import KnownClozes, questions_by_file
from deckpress.lock.store import BuildOptions, peek_lock
from deckpress.notes.attributes import file_name
from deckpress.notes.vault import Library, Vault
from deckpress.pipeline.cached_file import key_of, read_cached_file, settings_key, write_file
from deckpress.pipeline.compile_file import (
    CompiledFile,
    CompileOptions,
    Dependencies,
    ReadFile,
    finish_file,
    read_file,
)
from deckpress.project import Project, Source
from deckpress.render import RenderedNote
from deckpress.result_cache import MALFORMED, ResultCache, program_digest

Progress = Callable[[Sequence[Source]], Iterable[Source]]
"""Shows how far the reading is: takes the files and yields them."""
_WORTH_A_PROCESS = 100_000
"""Characters; to start a process, and to take over what it makes, takes as long as some 20,000."""
_WORTH_A_COPY = 1_000
"""Notes; to write the results of so many takes longer than to copy the process."""
_FRESH = 2_000_000_000
"""Nanoseconds within which a file may be written twice and have the same times (FAT: 2 s)."""


class CompiledFiles(NamedTuple):
    """All files of a project."""

    files: Sequence[CompiledFile]
    pictures: Mapping[Place, Picture]
    """Those in the notes that were compiled now."""
    keys: Sequence[str]
    """What each file is remembered by; none where nothing is to be remembered."""
    new: Sequence[int]
    """The places of the files that were compiled now."""

    def rendered(self) -> Iterator[RenderedNote]:
        """Yield the notes of all files."""
        return (rendered for file in self.files for rendered in file.notes)


Announce = Callable[[CompiledFiles], None]
"""Is told what was compiled."""


class _Reader:
    """Reads the files of a project, each in the light of what learners have of it."""

    def __init__(
        self, project: Project, asked: Mapping[str, Sequence[str]], options: CompileOptions
    ) -> None:
        """Begin with the questions that learners have of each file, by its name."""
        self._asked = asked
        paths = frozenset(str(source.path) for source in project.sources)
        self.vault, self.options = Vault(project.root), options
        self._library = Library(self.vault, paths, options.missing_media)

    def known(self, source: Source) -> Sequence[str]:
        """Return the questions that learners have of a file, sorted."""
        return self._asked.get(file_name(source.path, source.folders), ())

    def read(self, source: Source) -> ReadFile:
        """Return the notes of a file."""
        return read_file(source, self.known(source), self.options, self._library)

    def compile(self, source: Source) -> CompiledFile | ReadFile:
        """Return a file compiled, or read if it waits for pictures."""
        read = self.read(source)
        return read if read.blocks else finish_file(read, {}, self.options)

    def compile_apart(self, source: Source) -> CompiledFile | None:
        """Return a file compiled by a process that knows of no others; None if that matters."""
        compiled = self.compile(source)
        if isinstance(compiled, ReadFile):
            return None
        hangs_on = compiled.dependencies
        return None if hangs_on.on_vault and hangs_on.on_chance else compiled


class Compiler:
    """Compiles the files of a project, again and again, and remembers what it made of them."""

    def __init__(self, cache: ResultCache | None = None) -> None:
        """Begin with what a cache has, where there is one."""
        self._cache = cache
        self._remembered: Mapping[str, CompiledFile] = {}
        self._asked: tuple[Lock | None, Sequence[str], Mapping[str, Sequence[str]]] = (None, (), {})
        self._clozes: tuple[Lock | None, KnownClozes] = (None, KnownClozes())
        self._keys: tuple[str, Mapping[int, tuple[Source, str]]] = ("", {})
        """What was the same for all files, and the key of each, by the `id` of its text."""

    def compile(
        self,
        project: Project,
        lock: Lock | None,
        build: BuildOptions,
        progress: Progress,
        draw: DrawDiagrams,
        diagnostics: Diagnostics,
        *,
        checks_formulas: bool,
    ) -> CompiledFiles:
        """Read, check and render all files of a project.

        What is wrong with the files is added to `diagnostics`. With `checks_formulas` their
        formulas are still to be checked; otherwise MathJax is not to be asked about them.
        """
        clozes = self._find_clozes(lock)
        options = _options_of(project, lock, build, clozes, checks_formulas=checks_formulas)
        reader = _Reader(project, self._ask(project, lock), options)
        keys = self._keys_of(project, options) if build.adopt is None else []
        recalled = self._recall(project, reader, keys)
        new = [index for index in range(len(project.sources)) if index not in recalled]
        made = _compile_all([project.sources[index] for index in new], reader, progress)
        waiting = [file for file in made if isinstance(file, ReadFile)]
        blocks = [block for file in waiting for block in file.blocks]
        drawn: Diagnostics = []
        pictures = draw(blocks, project.pictures, project.root, drawn)
        finished = (
            finish_file(file, pictures, reader.options) if isinstance(file, ReadFile) else file
            for file in made
        )
        by_place = recalled | dict(zip(new, finished, strict=True))
        files = [by_place[index] for index in range(len(project.sources))]
        diagnostics += (wrong for file in files for wrong in file.diagnostics)
        diagnostics += check_picture_names(name for file in files for name in file.pictures)
        diagnostics += drawn
        return CompiledFiles(files, pictures, keys, new)

    def _ask(self, project: Project, lock: Lock | None) -> Mapping[str, Sequence[str]]:
        """Return the questions that learners have of each file, which are those of the lock."""
        names = _names_of(project)
        if self._asked[:2] != (lock, names):
            self._asked = (lock, names, questions_by_file(lock, names) if lock else {})
        return self._asked[2]

    def _find_clozes(self, lock: Lock | None) -> KnownClozes:
        """Return the cloze notes that learners have, which are those of the lock."""
        if self._clozes[0] is not lock:
            self._clozes = (lock, KnownClozes.of(lock) if lock else KnownClozes())
        return self._clozes[1]

    def _keys_of(self, project: Project, options: CompileOptions) -> list[str]:
        """Return what each file is remembered by; that of one that is the same is known."""
        settings = settings_key(options, program_digest())
        known = self._keys[1] if self._keys[0] == settings else {}
        keys = [
            (source, known[id(source)][1] if id(source) in known else key_of(source, settings))
            for source in project.sources
        ]
        self._keys = (settings, {id(source): (source, key) for source, key in keys})
        return [key for _, key in keys]

    def _recall(
        self, project: Project, reader: _Reader, keys: Sequence[str]
    ) -> dict[int, CompiledFile]:
        """Return what is remembered of the files that are the same, by their places."""
        known = {key: self._remembered[key] for key in keys if key in self._remembered}
        places = {key: place for place, key in enumerate(keys)}
        unknown = [key for key in keys if key not in known]
        for key, data in self._cache.read(unknown) if self._cache and unknown else ():
            source = project.sources[places[key]]
            with suppress(*MALFORMED):
                known[key] = read_cached_file(data, source, project.root)
        recalled = ((place, known[key]) for place, key in enumerate(keys) if key in known)
        return {
            place: file
            for place, file in recalled
            if file.dependencies.are_same(
                reader.known(project.sources[place]), reader.vault, reader.options.clozes
            )
        }

    @contextmanager
    def remembering(self, compiled: CompiledFiles, files: Sequence[CompiledFile]) -> Iterator[None]:
        """Remember files, of which the formulas are checked now, while something else is done."""
        lasting = self._remember(compiled, files)
        if sum(len(file.notes) for file in lasting.values()) < _WORTH_A_COPY:
            self._write(lasting)
            yield
            return
        with done_meanwhile(lambda: self._write(lasting)):
            yield

    def _remember(
        self, compiled: CompiledFiles, files: Sequence[CompiledFile]
    ) -> dict[str, CompiledFile]:
        """Remember files for as long as this object lives; return those that are new, by key."""
        if not compiled.keys:
            return {}
        by_key = zip(compiled.keys, files, strict=True)
        self._remembered = {key: file for key, file in by_key if _is_lasting(file)}
        new = (compiled.keys[index] for index in compiled.new)
        return {key: self._remembered[key] for key in new if key in self._remembered}

    def _write(self, files: Mapping[str, CompiledFile]) -> None:
        """Keep files for the next run."""
        if self._cache and files:
            self._cache.write((key, write_file(file)) for key, file in files.items())


def _names_of(project: Project) -> list[str]:
    return [file_name(source.path, source.folders) for source in project.sources]


def _compile_all(
    sources: Sequence[Source], reader: _Reader, progress: Progress
) -> list[CompiledFile | ReadFile]:
    """Return files compiled, or read where they wait for pictures; of many by all processors."""
    size = sum(len(source.text) for source in sources)
    processes = min(count_processors(), size // _WORTH_A_PROCESS, len(sources))
    if processes < 2 or not may_fork():
        return [*map(reader.compile, progress(sources))]
    bar, made = iter(progress(sources)), dict[int, CompiledFile | None]()
    for place, file in map_forked(reader.compile_apart, sources, processes):
        made[place] = file
        next(bar)
    next(bar, None)
    return [made[place] or reader.compile(source) for place, source in enumerate(sources)]


def join_dependencies(files: Iterable[CompiledFile]) -> Dependencies | None:
    """Return all that a deck's files depend on, or None if that cannot be told."""
    hangs_on: dict[Path, FileStatus] = {}
    vault = clozes = ""
    for file in files:
        if not _is_lasting(file):
            return None
        hangs_on |= dict(file.dependencies.files)
        vault = vault or file.dependencies.on_vault
        clozes = clozes or file.dependencies.on_clozes
    return Dependencies(tuple(hangs_on.items()), vault, clozes)


def _options_of(
    project: Project,
    lock: Lock | None,
    build: BuildOptions,
    clozes: KnownClozes,
    *,
    checks_formulas: bool,
) -> CompileOptions:
    deck_id = lock.deck if lock else project.deck.id  # which without deck.toml the texts give
    return CompileOptions(
        replace(project, sources=(), deck=project.deck._replace(id=deck_id)),
        missing_media=build.missing_media,
        clozes=clozes,
        tells_all=build.tells_all,
        checks_formulas=checks_formulas,
        adopts=build.adopt is not None,
        is_first=lock is None,
    )


def _is_lasting(file: CompiledFile) -> bool:
    """Return whether another run would make the same of a file that is the same."""
    if file.dependencies.on_chance or not isinstance(file.formulas, tuple):
        return False
    latest = time.time_ns() - _FRESH
    times = (time_ns for _, status in file.dependencies.files for time_ns in status[2:])
    return all(time_ns < latest for time_ns in times)


def read_blocks(project: Project, diagnostics: Diagnostics) -> list[DiagramBlock]:
    """Return the pictures that a project wants drawn, and add to `diagnostics` what is wrong."""
    lock = peek_lock(project)
    asked = questions_by_file(lock, _names_of(project)) if lock else {}
    reader = _Reader(project, asked, CompileOptions(project))
    files = [reader.read(source) for source in project.sources]
    diagnostics += (wrong for file in files for wrong in file.diagnostics)
    blocks = [block for file in files for block in file.blocks]
    diagnostics += check_picture_names(block.picture for block in blocks)
    return blocks
