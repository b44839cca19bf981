"""What a release writes, file by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from deckpress.anki.packages import bytes_digest, checksum_file, checksum_path, contents_digest
from deckpress.conflicts import find_conflicts
from deckpress.errors import DeckError, Location, error, reason_of
from deckpress.filesystem import read_regular
from deckpress.lock import Release
from deckpress.lock.lock_file import format_lock
from deckpress.project import Project
from deckpress.release.announcement import changelog_entry, release_notes
from deckpress.release.changelog import with_release, written_for
from deckpress.release.draft import Draft
from deckpress.release.settings import with_version
from deckpress.release.suggestion import Suggestion
from deckpress.verify.verification import Verification
from deckpress.versions import PARTS


def notes_of(draft: Draft, verification: Verification) -> str:
    """Return the release notes, with what the author wrote for them in the changelog."""
    written = written_for(_read_changelog(draft.project), draft.version)
    sha256 = bytes_digest(draft.data)
    return release_notes(draft.deck, written, draft.diff, _loss(draft), verification, sha256)


def files_of(draft: Draft, notes: str, today: str) -> Mapping[Path, bytes]:
    """Return what is written; the lock near the end, the checksum, which makes it a release, last.

    Cut short before the lock, the release is made again; after it, it is completed. `today` is the
    day, as 2026-11-28.
    """
    project, package = draft.project, draft.package
    texts = {
        package.with_suffix(".md"): notes,
        _changelog(project): _changelog_with(draft, today),
        project.settings: with_version(_read(project.settings), draft.version),
        project.lock: _lock_with(draft),
    }
    return {
        **draft.deck.pictures,
        package: draft.data,
        **{path: text.encode() for path, text in texts.items()},
        checksum_path(package): checksum_file(draft.data, package.name),
    }


def _changelog_with(draft: Draft, today: str) -> str:
    """Return the changelog with a section for the release; its lines end as they did."""
    entry = changelog_entry(draft.diff, draft.deck, _loss(draft), is_first=draft.last is None)
    text = with_release(_read_changelog(draft.project), draft.version, today, entry)
    is_of_windows = "\r\n" in _read(_changelog(draft.project))
    return text.replace("\n", "\r\n") if is_of_windows else text


def _lock_with(draft: Draft) -> str:
    release = Release(draft.version, bytes_digest(draft.data), contents_digest(draft.data))
    after = draft.deck.after
    return format_lock(replace(after, releases=(*after.releases, release)))


def _loss(draft: Draft) -> Suggestion | None:
    """Return why learners may lose progress; None if they lose nothing."""
    is_loss = draft.suggestion is not None and draft.suggestion.part == PARTS[0]
    return draft.suggestion if is_loss else None


def _changelog(project: Project) -> Path:
    return project.root / "CHANGELOG.md"


def _read_changelog(project: Project) -> str:
    """Return the changelog. Raises DeckError if git left a conflict in it, or for no UTF-8."""
    path = _changelog(project)
    text = _read(path).replace("\r\n", "\n")
    if conflicts := list(find_conflicts(text, str(path))):
        raise DeckError(conflicts)
    return text


def _read(path: Path) -> str:
    """Return the text of a file; empty if there is none. Line ends are kept.

    Raises DeckError if it cannot be read, is not UTF-8, or leads out of its folder.
    """
    try:
        return read_regular(path, path.parent).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except OSError as problem:
        message = f"cannot be read: {reason_of(problem)}"
        raise DeckError([error(Location(str(path)), message)]) from problem
    except UnicodeDecodeError as problem:
        message = f"not UTF-8 (byte {problem.start + 1}): save the file as UTF-8"
        raise DeckError([error(Location(str(path)), message)]) from problem
