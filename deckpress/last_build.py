"""What the last build of a deck made and said, told again where nothing has changed since.

A build is remembered if it changed nothing itself. Then another one, of the same texts, settings,
options, lock and program, would write the same package, and say the same.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from deckpress.diagnostics import Diagnostic, diagnostic_row, read_diagnostic
from deckpress.filesystem import (
    FileStatus,
    digest_of_names,
    list_folder,
    names_below,
    read_regular,
    status_of,
)
from deckpress.project import Project
from deckpress.result_cache import MALFORMED, ResultCache, program_digest


class Summary(NamedTuple):
    """What a build did."""

    package: Path
    lock: Path
    size: int
    """Of the package, in bytes."""
    new: int
    changed: int
    unchanged: int
    retired: int
    """Notes that the last build had and this one has not."""
    cards: int
    media: int
    drawn: int
    """Pictures that were drawn by this build."""
    removed: tuple[Path, ...]
    """Pictures that this build removed."""
    is_first: bool
    """Whether there was no lock before."""


class Outcome(NamedTuple):
    """What a build made and said."""

    summary: Summary
    diagnostics: tuple[Diagnostic, ...]
    styles: str
    """Which forms of notes were found in how many files."""


class LastBuild:
    """The last build of a deck, if it was remembered and this one would be the same."""

    def __init__(
        self, project: Project, known: Iterable[Diagnostic], options: Mapping[str, object]
    ) -> None:
        """Take all that a build depends on, as it is before the build.

        `known` is what is wrong with the project's files, and `options` what the command was told.
        """
        self._root = project.root
        self._key = _key_of(project, known, options)
        self._beside = _digest_beside(project)

    def find(self, cache: ResultCache) -> Outcome | None:
        """Return what the last build made and said, if all is as it was, the package as well."""
        data = dict(cache.read([self._key])).get(self._key)
        try:
            return self._read(json.loads(data)) if data else None
        except MALFORMED:
            return None

    def remember(
        self,
        cache: ResultCache,
        outcome: Outcome,
        files: Iterable[tuple[Path, FileStatus]],
        vault: str,
    ) -> None:
        """Keep what a build made that changed nothing.

        `files` are the pictures and the like that it read, and `vault` is the digest of the names
        that it depends on, if it does (`filesystem.digest_of_names`).
        """
        summary = outcome.summary
        paths = {"package": str(summary.package), "lock": str(summary.lock)}
        row = [
            int(time.time()),
            hashlib.sha256(summary.package.read_bytes()).hexdigest(),
            [self._beside, vault],
            [[str(path), status] for path, status in files],
            summary._asdict() | paths,
            list(map(diagnostic_row, outcome.diagnostics)),
            outcome.styles,
        ]
        text = json.dumps(row, ensure_ascii=False).encode(errors="surrogatepass")
        cache.write([(self._key, text)])

    def _read(self, row: list[Any]) -> Outcome | None:
        made, sha256, (beside, vault), files, summary, diagnostics, styles = row
        paths = {"package": Path(summary["package"]), "lock": Path(summary["lock"])}
        summary = Summary(**summary | paths | {"removed": ()})
        is_same = (
            made <= time.time()
            and beside == self._beside
            and all(status_of(Path(path)) == tuple(status) for path, status in files)
            and vault in ("", digest_of_names(names_below(self._root)))
            and _holds(summary.package, sha256)
        )
        read = tuple(read_diagnostic(*told) for told in diagnostics)
        return Outcome(summary, read, styles) if is_same else None


class BuiltPackages:
    """The digests of the packages that were built of a deck, as far as they are remembered."""

    def __init__(self, cache: ResultCache | None, deck: str) -> None:
        """Take a cache, if there is one, and the deck's id."""
        self._cache, self._deck = cache, deck

    def __contains__(self, sha256: str) -> bool:
        """Return whether a package with these bytes was built of the deck."""
        key = self._key(sha256)
        return self._cache is not None and any(self._cache.read([key]))

    def add(self, sha256: str) -> None:
        """Remember that a package was built of the deck."""
        if self._cache is not None:
            self._cache.write([(self._key(sha256), b"")])

    def _key(self, sha256: str) -> str:
        return f"package {sha256} of {self._deck}"


def _key_of(project: Project, known: Iterable[Diagnostic], options: Mapping[str, object]) -> str:
    settings = (program_digest(), repr(replace(project, sources=())), repr([*known]), repr(options))
    digest = hashlib.sha256(repr(settings).encode(errors="surrogatepass"))
    for source in project.sources:
        text = source.text.encode(errors="surrogatepass")
        digest.update(repr((str(source.path), source.folders, len(text))).encode())
        digest.update(text)
    digest.update(_read_lock(project))
    return digest.hexdigest()


def _read_lock(project: Project) -> bytes:
    try:
        return read_regular(project.lock, project.lock.parent, None)
    except OSError:
        return b""


def _digest_beside(project: Project) -> str:
    """Return what is another one if a drawn picture was written, added or removed."""
    try:
        paths = list_folder(project.pictures, project.root)
    except OSError:  # a build says why
        paths = []
    return hashlib.sha256(repr([(path, status_of(path)) for path in paths]).encode()).hexdigest()


def _holds(package: Path, sha256: str) -> bool:
    """Return whether a package is there, and no link, and the one that was built."""
    if package.is_symlink():
        return False
    try:
        return hashlib.sha256(package.read_bytes()).hexdigest() == sha256
    except OSError:
        return False
