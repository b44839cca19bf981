"""A prepared deck → all that a release of it writes, judged, and with nothing written yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deckpress.diff import Diff, compare
from deckpress.errors import DeckError, Level, Location, Problem, error, has_errors, warning
from deckpress.files import write_whole
from deckpress.lock import Release, format_lock
from deckpress.package.read import read_package
from deckpress.package.seal import bytes_digest, contents_digest
from deckpress.package.shelf import checksum_file, checksum_path, is_released
from deckpress.pipeline import Prepared, pack, pack_as
from deckpress.project import Project
from deckpress.rehearse import Rehearsal
from deckpress.release.announcement import changelog_entry, release_notes
from deckpress.release.changelog import with_release, written_for
from deckpress.release.choice import choose_version
from deckpress.release.rehearsal import check_no_loss, rehearse_release, wait_until
from deckpress.release.settings import with_version
from deckpress.release.stamp import stamp
from deckpress.release.suggestion import Suggestion, suggest
from deckpress.versions import PARTS, read_version

_OPEN_WISHES = ("", *PARTS)
"""What can be wished for without a version."""


@dataclass(frozen=True)
class Plan:
    """A release that could be written."""

    version: str
    files: Mapping[Path, bytes]
    """What is written, in this order, so that a release that was cut short can be made again."""
    notes: str = ""
    """The release notes, as Markdown."""
    entry: str = ""
    """What the changelog says of it, besides what its author wrote."""
    suggestion: Suggestion | None = None
    """What the version should have been, and why; None for a first release."""
    rehearsal: Rehearsal | None = None
    """None for a release that was made already."""
    problems: tuple[Problem, ...] = ()
    """What the author should know."""

    def write(self) -> None:
        """Write the files. Raises DeckError, with nothing written, if one cannot be."""
        write_whole(self.files)


@dataclass(frozen=True)
class _Draft:
    """A release that nobody has judged yet."""

    deck: Prepared
    """Stamped."""
    data: bytes
    """The package."""
    diff: Diff
    """Since the last release, but for tags and version; all is added in a first one."""
    suggestion: Suggestion | None

    @property
    def project(self) -> Project:
        return self.deck.project

    @property
    def version(self) -> str:
        return self.project.deck.version

    @property
    def package(self) -> Path:
        return self.project.output / self.project.package_name(self.version)

    @property
    def last(self) -> Release | None:
        return self.deck.before.last_release

    @property
    def owns_up_to_losses(self) -> bool:
        """Whether its version tells learners that they may lose progress."""
        return bool(
            self.last and read_version(self.version).major > read_version(self.last.version).major
        )


def plan_release(prepared: Prepared, wish: str, today: str, *, strict: bool) -> Plan:
    """Return the release of a prepared deck that has no errors.

    `wish` is a version, the part of it that is to go up, or empty (`choose_version`); `today` the
    day, as 2026-11-28. Raises DeckError if there is nothing to release, if the last release is not
    there to be compared with, if the version cannot be, if learners would lose something that the
    version does not tell them, or, if `strict`, if it promises them more than is true.
    """
    last = prepared.before.last_release
    if last and (wish == last.version or (wish in _OPEN_WISHES and _was_cut_short(prepared, last))):
        return _made_already(prepared, last)
    draft = _draft(prepared, wish, last)
    doubts = tuple(_check_suggestion(draft))
    if has_errors(doubts, strict=strict):
        raise DeckError(doubts)
    _check_not_taken(draft.package, draft.data)
    olds, missing = _released_before(draft.project, prepared.before.releases)
    wait_until(max(note.mod for note in draft.deck.notes), draft.project.lock)
    rehearsal = rehearse_release(olds, draft.package.name, draft.data)
    known = check_no_loss(rehearsal, draft.package, may_lose=draft.owns_up_to_losses)
    notes, entry = _announce(draft, rehearsal)
    return Plan(
        version=draft.version,
        files=_files(draft, notes, entry, today),
        notes=notes,
        entry=entry,
        suggestion=draft.suggestion,
        rehearsal=rehearsal,
        problems=(*missing, *doubts, *known),
    )


def _draft(prepared: Prepared, wish: str, last: Release | None) -> _Draft:
    diff = _compare(prepared, last)
    suggestion = suggest(diff) if last else None
    part = suggestion.part if suggestion else ""
    version = choose_version(wish, prepared.project.deck.version, last, part)
    stamped = stamp(prepared, version)
    return _Draft(stamped, pack_as(stamped, version).data, diff, suggestion)


def _compare(prepared: Prepared, last: Release | None) -> Diff:
    if last is None:
        data = pack_as(prepared, prepared.project.deck.version).data
        return compare(None, read_package(data, media=True))
    old = _package_of(prepared.project, last)
    data = pack_as(prepared, last.version).data
    diff = compare(read_package(old, media=True), read_package(data, media=True))
    if diff.is_empty:
        message = f"nothing has changed since {last.version}: there is nothing to release"
        raise DeckError([error(Location(str(prepared.project.root)), message)])
    return diff


def _package_of(project: Project, release: Release) -> Path:
    """Return the package of a release. Raises DeckError if it is not there, or is another one."""
    path = project.output / project.package_name(release.version)
    if not path.is_file():
        what = "is not there, though it was released"
    elif bytes_digest(path.read_bytes()) != release.sha256:
        what = f"is not the package that was released as {release.version}"
    else:
        return path
    message = f"{what}: restore it (git checkout -- {path}), since releases are compared with it"
    raise DeckError([error(Location(str(path)), message)])


def _released_before(
    project: Project, releases: Sequence[Release]
) -> tuple[list[Path], list[Problem]]:
    """Return the packages of earlier releases, and warnings of those that are not there."""
    found: list[Path] = []
    missing: list[Problem] = []
    for release in releases:
        try:
            found.append(_package_of(project, release))
        except DeckError as wrong:
            missing += (replace(each, level=Level.WARNING) for each in wrong.problems)
    return found, missing


def _check_not_taken(package: Path, data: bytes) -> None:
    """Raise DeckError if there is a release of that version with other bytes."""
    if package.is_file() and package.read_bytes() != data and is_released(package):
        message = (
            "is a release with other bytes, which the lock does not know: take a higher version; "
            "if nobody has it, remove it"
        )
        raise DeckError([error(Location(str(package)), message)])


def _check_suggestion(draft: _Draft) -> Iterator[Problem]:
    """Yield a warning if the version promises learners more than is true."""
    last, suggestion = draft.last, draft.suggestion
    if last is None or suggestion is None:
        return
    least = read_version(last.version).next(suggestion.part)
    if read_version(draft.version) < least:
        message = f"{draft.version} is less than is due: {least}, {suggestion.why()}"
        yield warning(Location("version"), message)


def _announce(draft: _Draft, rehearsal: Rehearsal) -> tuple[str, str]:
    """Return the release notes, and the entry of the changelog."""
    changelog = _text(_changelog(draft.project)).replace("\r\n", "\n")
    written = written_for(changelog, draft.version)
    loss = draft.suggestion if draft.suggestion and draft.suggestion.part == PARTS[0] else None
    sha256 = bytes_digest(draft.data)
    notes = release_notes(draft.deck, written, draft.diff, loss, rehearsal, sha256)
    return notes, changelog_entry(draft.diff, draft.deck, is_first=draft.last is None)


def _files(draft: _Draft, notes: str, entry: str, today: str) -> dict[Path, bytes]:
    """Return what is written; the lock near the end, the checksum, which makes it a release, last.

    Cut short before the lock, the release is made again; after it, it is completed.
    """
    project, package = draft.project, draft.package
    before = _text(_changelog(project))
    changelog = with_release(before.replace("\r\n", "\n"), draft.version, today, entry)
    changelog = changelog.replace("\n", "\r\n") if "\r\n" in before else changelog
    release = Release(draft.version, bytes_digest(draft.data), contents_digest(draft.data))
    lock = replace(draft.deck.after, releases=(*draft.deck.after.releases, release))
    texts = {
        package.with_suffix(".md"): notes,
        _changelog(project): changelog,
        project.settings: with_version(_text(project.settings), draft.version),
        project.lock: format_lock(lock),
    }
    return {
        **draft.deck.pictures,
        package: draft.data,
        **{path: text.encode() for path, text in texts.items()},
        checksum_path(package): checksum_file(draft.data, package.name),
    }


def _changelog(project: Project) -> Path:
    return project.root / "CHANGELOG.md"


def _text(path: Path) -> str:
    """Return the text of a file; empty if there is none. Line ends are kept."""
    try:
        return path.read_bytes().decode("utf-8-sig") if path.is_file() else ""
    except UnicodeDecodeError as problem:
        message = f"not UTF-8 (byte {problem.start + 1}): save the file as UTF-8"
        raise DeckError([error(Location(str(path)), message)]) from problem


def _was_cut_short(prepared: Prepared, last: Release) -> bool:
    """Say whether a release that a deck still is lacks its checksum, which is written last."""
    package = prepared.project.output / prepared.project.package_name(last.version)
    is_lacking = package.is_file() and not checksum_path(package).is_file()
    return is_lacking and pack(prepared).version == last.version


def _made_already(prepared: Prepared, last: Release) -> Plan:
    """Return what is left of a release that was cut short, or is asked for once more."""
    project = prepared.project
    packed = pack(prepared)
    package = project.output / project.package_name(last.version)
    if packed.version != last.version:
        message = f"{last.version} is released, and the deck has changed: say a higher version"
        raise DeckError([error(Location("version"), message)])
    if bytes_digest(packed.data) != last.sha256:  # another machine's zlib
        _package_of(project, last)
        return Plan(last.version, {})
    checksum = checksum_file(packed.data, package.name)
    return Plan(last.version, {package: packed.data, checksum_path(package): checksum})
