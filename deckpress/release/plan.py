"""A prepared deck → all that a release of it writes, judged, and with nothing written yet."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deckpress.anki.package_reader import read_package
from deckpress.anki.packages import (
    bytes_digest,
    checksum_file,
    checksum_path,
    file_digest,
    is_released,
)
from deckpress.diagnostics import (
    DeckError,
    Diagnostic,
    Diagnostics,
    Location,
    Severity,
    error,
    has_errors,
    hint,
    warning,
)
from deckpress.diff import Diff
from deckpress.diff.compare import compare
from deckpress.filesystem import temporary_folder, write_whole
from deckpress.lock import Release
from deckpress.lock.dates import format_date
from deckpress.lock.store import has_uncommitted_lock
from deckpress.pipeline import Prepared, check_free, pack, pack_as
from deckpress.project import Project
from deckpress.project.names import PARTS, read_version
from deckpress.release import Draft, VersionBump, choose_version, suggest_bump
from deckpress.release.pages import PageFiles
from deckpress.release.release_files import (
    changelog_with,
    files_of,
    notes_of,
    read_changelog,
    tag_release,
)
from deckpress.verify.verification import Verification, verify_isolated

_PATIENCE = 2
"""Seconds that a release may have to wait for its own date."""
_OPEN_WISHES = ("", *PARTS)
"""What can be wished for without a version."""


def package_of(project: Project, release: Release) -> Path:
    """Return the package of a release. Raises DeckError if it is not there, or is another one."""
    path = project.output / project.package_name(release.version)
    if not path.is_file():
        what = "is not there, though it was released"
    elif file_digest(path) != release.sha256:
        what = f"is not the package that was released as {release.version}"
    else:
        return path
    message = f"{what}: restore it (git checkout -- {path}), since releases are compared with it"
    raise DeckError([error(Location(str(path)), message)])


def packages_of(
    project: Project, releases: Sequence[Release], diagnostics: Diagnostics
) -> list[Path]:
    """Return the packages of releases; add to `diagnostics` warnings of those that are not there.

    Raises DeckError if the last one is not.
    """
    packages: list[Path] = []
    for release in releases:
        try:
            packages.append(package_of(project, release))
        except DeckError as problem:
            if release is releases[-1]:
                raise
            diagnostics += (
                replace(diagnostic, severity=Severity.WARNING) for diagnostic in problem.diagnostics
            )
    return packages


def is_complete(project: Project, release: Release) -> bool:
    """Return whether a release has its package and its checksum, so that it was not cut short."""
    path = project.output / project.package_name(release.version)
    return is_released(path)


def check_not_taken(package: Path, data: bytes) -> None:
    """Raise DeckError if there is a release of that version with other bytes."""
    if is_released(package) and file_digest(package) != bytes_digest(data):
        message = (
            "is a release with other bytes, which the lock does not know: take a higher version; "
            "if nobody has it, remove it"
        )
        raise DeckError([error(Location(str(package)), message)])


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


def check_no_loss(verification: Verification, package: Path) -> tuple[Diagnostic, ...]:
    """Return what learners of the last release should know of a package; its place is `package`.

    What learners of earlier ones should know was told with the releases between. Raises DeckError
    if the package is unsound, or if learners lose something that its version does not tell them.
    """
    if verification.errors:
        raise DeckError(_located(package, verification.diagnostics))
    return tuple(_located(package, verification.outcomes[-1].diagnostics))


def _located(package: Path, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield problems of a package with the place where it would be."""
    return (replace(diagnostic, location=Location(str(package))) for diagnostic in diagnostics)


@dataclass(frozen=True)
class ReleasePlan:
    """A release that could be written."""

    version: str
    files: Mapping[Path, bytes]
    """What is written, in this order, so that a release that was cut short can be made again."""
    root: Path
    """The project's folder, out of which no link may lead what is written."""
    notes: str = ""
    """The release notes, as Markdown."""
    bump: VersionBump | None = None
    """What the version should have been, and why; None for a first release."""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What the author should know."""
    stale: tuple[Path, ...] = ()
    """Files of former pages that are not needed any more."""

    def write(self) -> None:
        """Write the files. Raises DeckError, with nothing written, if one cannot be."""
        write_whole(self.files, self.root)
        for path in self.stale:
            path.unlink(missing_ok=True)


def plan_release(prepared: Prepared, wish: str, today: str, *, strict: bool) -> ReleasePlan:
    """Return the release of a prepared deck that has no errors.

    `wish` is a version, the part of it that is to go up, or empty (`choose_version`); `today` the
    day, as 2026-11-28. Raises DeckError if there is nothing to release, if the last release is not
    there to be compared with, if the version cannot be, if learners would lose something that the
    version does not tell them, or, if `strict`, if it promises them more than is true.
    """
    last = prepared.before.last_release
    if last and is_asked_again(prepared, wish):
        return _made_already(prepared, last, wish)
    doubts: Diagnostics = []
    olds = packages_of(prepared.project, prepared.before.releases, doubts)
    draft = _draft(prepared, wish, olds[-1] if olds else None)
    doubts += _check_bump(draft)
    if has_errors(doubts, strict=strict):
        raise DeckError(doubts)
    check_not_taken(draft.package, draft.data)
    check_free(draft.package, draft.data, draft.deck)
    wait_until(max(note.mod for note in draft.deck.notes), draft.project.lock)
    verification = verify_release(olds, draft.package.name, draft.data)
    known = check_no_loss(verification, draft.package)
    notes, changelog = notes_of(draft, verification), changelog_with(draft, today)
    pages = _pages(draft.project, prepared.before.releases, draft.data, verification, changelog)
    return ReleasePlan(
        version=draft.version,
        files=files_of(draft, notes, changelog, pages.files),
        root=draft.project.root,
        notes=notes,
        bump=draft.bump,
        diagnostics=(*doubts, *known, *_check_address(draft.project)),
        stale=pages.stale,
    )


def _pages(
    project: Project,
    before: Sequence[Release],
    data: bytes,
    verification: Verification,
    changelog: str,
) -> PageFiles:
    """Return the pages of a release; none if the project has none."""
    if project.deck.pages is None:
        return PageFiles({})
    from deckpress.release.pages.site import Released, page_files_of

    versions = tuple(release.version for release in before)
    text = changelog.replace("\r\n", "\n")
    return page_files_of(Released(project, versions, data, verification.outcomes, text))


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
    bump = suggest_bump(diff) if last else None
    part = bump.part if bump else ""
    version = choose_version(wish, prepared.project.deck.version, last, part)
    stamped = tag_release(prepared, version)
    return Draft(stamped, pack_as(stamped, version).data, diff, bump)


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


def _check_bump(draft: Draft) -> Iterator[Diagnostic]:
    """Yield a warning if the version promises learners more than is true."""
    last, bump = draft.last, draft.bump
    if last is None or bump is None:
        return
    least = read_version(last.version).next(bump.part)
    if read_version(draft.version) < least:
        message = f"{draft.version} is less than is due: {least}, {bump.why()}"
        yield warning(Location("version"), message)


def _made_already(prepared: Prepared, last: Release, wish: str) -> ReleasePlan:
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
    diagnostics: Diagnostics = []
    pages = _pages_again(prepared, data, package.name, diagnostics)
    files = {package: data, **pages.files, checksum_path(package): checksum}
    known = tuple(diagnostics)
    return ReleasePlan(last.version, files, project.root, diagnostics=known, stale=pages.stale)


def _check_address(project: Project) -> Iterator[Diagnostic]:
    """Yield a hint if there are pages to which the deck in Anki cannot lead."""
    if project.deck.pages == "":
        message = (
            "the deck in Anki has no link to its pages, since their address is not known: say "
            'pages = "https://…" below [release]'
        )
        yield hint(Location(str(project.settings)), message)


def _pages_again(prepared: Prepared, data: bytes, name: str, diagnostics: Diagnostics) -> PageFiles:
    """Return the pages of a release that was made already, which may be without any."""
    project, before = prepared.project, prepared.before.releases[:-1]
    if project.deck.pages is None:
        return PageFiles({})
    verification = verify_release(packages_of(project, before, diagnostics), name, data)
    return _pages(project, before, data, verification, read_changelog(project))
