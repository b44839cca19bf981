"""A prepared deck → all that a release of it writes, judged, and with nothing written yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deckpress.anki.package_reader import read_package
from deckpress.anki.packages import bytes_digest, checksum_file, checksum_path, file_digest
from deckpress.diff.compare import compare
from deckpress.diff.values import Diff
from deckpress.errors import DeckError, Location, Problem, error, has_errors, warning
from deckpress.filesystem import write_whole
from deckpress.lock import Release
from deckpress.lock.store import has_uncommitted_lock
from deckpress.pipeline.pack import pack, pack_as
from deckpress.pipeline.place import check_free
from deckpress.pipeline.prepared import Prepared
from deckpress.release.choice import choose_version
from deckpress.release.draft import Draft
from deckpress.release.earlier import check_not_taken, is_complete, package_of, packages_of
from deckpress.release.stamp import stamp
from deckpress.release.suggestion import Suggestion, suggest
from deckpress.release.rehearsal import check_no_loss, verify_release, wait_until
from deckpress.release.writing import files_of, notes_of
from deckpress.versions import PARTS, read_version

_OPEN_WISHES = ("", *PARTS)
"""What can be wished for without a version."""


@dataclass(frozen=True)
class Plan:
    """A release that could be written."""

    version: str
    files: Mapping[Path, bytes]
    """What is written, in this order, so that a release that was cut short can be made again."""
    root: Path
    """The project's folder, out of which no link may lead what is written."""
    notes: str = ""
    """The release notes, as Markdown."""
    suggestion: Suggestion | None = None
    """What the version should have been, and why; None for a first release."""
    problems: tuple[Problem, ...] = ()
    """What the author should know."""

    def write(self) -> None:
        """Write the files. Raises DeckError, with nothing written, if one cannot be."""
        write_whole(self.files, self.root)


def plan_release(prepared: Prepared, wish: str, today: str, *, strict: bool) -> Plan:
    """Return the release of a prepared deck that has no errors.

    `wish` is a version, the part of it that is to go up, or empty (`choose_version`); `today` the
    day, as 2026-11-28. Raises DeckError if there is nothing to release, if the last release is not
    there to be compared with, if the version cannot be, if learners would lose something that the
    version does not tell them, or, if `strict`, if it promises them more than is true.
    """
    last = prepared.before.last_release
    if last and is_asked_again(prepared, wish):
        return _made_already(prepared, last, wish)
    olds, missing = packages_of(prepared.project, prepared.before.releases)
    draft = _draft(prepared, wish, olds[-1] if olds else None)
    doubts = (*missing, *_check_suggestion(draft))
    if has_errors(doubts, strict=strict):
        raise DeckError(doubts)
    check_not_taken(draft.package, draft.data)
    check_free(draft.package, draft.data, draft.deck)
    wait_until(max(note.mod for note in draft.deck.notes), draft.project.lock)
    verification = verify_release(olds, draft.package.name, draft.data)
    known = check_no_loss(verification, draft.package)
    notes = notes_of(draft, verification)
    return Plan(
        version=draft.version,
        files=files_of(draft, notes, today),
        root=draft.project.root,
        notes=notes,
        suggestion=draft.suggestion,
        problems=(*doubts, *known),
    )


def is_asked_again(prepared: Prepared, wish: str) -> bool:
    """Return whether a wish is for the last release: by its version, or since it was cut short.

    It may have been cut short when all was written: then nobody was told, and nothing committed.
    """
    last = prepared.before.last_release
    if last is None or wish not in (last.version, *_OPEN_WISHES):
        return False
    if wish == last.version or not is_complete(prepared.project, last):
        return True
    return has_uncommitted_lock(prepared.project) and pack(prepared).version == last.version


def _draft(prepared: Prepared, wish: str, old: Path | None) -> Draft:
    """Return the release that is wished for; `old` is the last one's package, if there is one."""
    last = prepared.before.last_release
    diff = _compare(prepared, last, old)
    suggestion = suggest(diff) if last else None
    part = suggestion.part if suggestion else ""
    version = choose_version(wish, prepared.project.deck.version, last, part)
    stamped = stamp(prepared, version)
    return Draft(stamped, pack_as(stamped, version).data, diff, suggestion)


def _compare(prepared: Prepared, last: Release | None, old: Path | None) -> Diff:
    if last is None or old is None:
        data = pack_as(prepared, prepared.project.deck.version).data
        return compare(None, read_package(data, media=True))
    data = pack_as(prepared, last.version).data
    diff = compare(read_package(old, media=True), read_package(data, media=True))
    if diff.is_empty:
        message = f"nothing has changed since {last.version}: there is nothing to release"
        raise DeckError([error(Location(str(prepared.project.root)), message)])
    return diff


def _check_suggestion(draft: Draft) -> Iterator[Problem]:
    """Yield a warning if the version promises learners more than is true."""
    last, suggestion = draft.last, draft.suggestion
    if last is None or suggestion is None:
        return
    least = read_version(last.version).next(suggestion.part)
    if read_version(draft.version) < least:
        message = f"{draft.version} is less than is due: {least}, {suggestion.why()}"
        yield warning(Location("version"), message)


def _made_already(prepared: Prepared, last: Release, wish: str) -> Plan:
    """Return what is left of a release that was cut short, or is asked for once more."""
    project, packed = prepared.project, pack(prepared)
    package = project.output / project.package_name(last.version)
    is_there = package.is_file() and file_digest(package) == last.sha256
    data = package.read_bytes() if is_there else packed.data
    if wish == last.version != packed.version:
        message = f"{last.version} is released, and the deck has changed: say a higher version"
        raise DeckError([error(Location("version"), message)])
    if bytes_digest(data) != last.sha256:  # changed since, or packed by another machine's zlib
        package_of(project, last)
    checksum = checksum_file(data, package.name)
    files = {package: data, checksum_path(package): checksum}
    return Plan(last.version, files, project.root)
