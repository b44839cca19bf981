"""The whole build: files → notes → fields → package and lock.

Here is a deck on its way, as values, and what writes it to a place that is free; `prepare` does all
that comes before.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from deckpress.anki import PackageContents, PackageNote
from deckpress.anki.packages import bytes_digest, contents_digest, file_digest, is_released
from deckpress.diagnostics import (
    DeckError,
    Diagnostic,
    Location,
    Severity,
    error,
    has_errors,
    reason_of,
    sort_diagnostics,
)
from deckpress.filesystem import write_whole
from deckpress.languages.i18n import labels_for
from deckpress.last_build import BuiltPackages, Summary
from deckpress.lock import Lock, LockedNote
from deckpress.lock.changes import Change, search_for
from deckpress.lock.lock_file import format_lines
from deckpress.media import Media
from deckpress.notes.coverage import FileAccount
from deckpress.project import Deck, Project
from deckpress.project.addresses import report_address, update_page
from deckpress.project.names import WORKING
from deckpress.render import RenderedNote
from deckpress.result_cache import ResultCache

if TYPE_CHECKING:  # which imports this module
    from deckpress.pipeline.compile_file import Dependencies


class Prepared(NamedTuple):
    """A deck that has been read, checked, rendered and dated, with nothing written yet."""

    project: Project
    before: Lock
    after: Lock
    rendered: tuple[RenderedNote, ...]
    notes: tuple[PackageNote, ...]
    media: Media
    diagnostics: tuple[Diagnostic, ...]
    active: tuple[Diagnostic, ...]
    """Of these, the warnings of scripts in notes, which no release has."""
    changes: tuple[Change, ...]
    retired: tuple[LockedNote, ...]
    """Notes that the last build had and this one has not."""
    pictures: Mapping[Path, bytes]
    """The pictures that were drawn just now, by their paths."""
    stale: tuple[Path, ...]
    """Pictures to be removed, since no block asks for them any more."""
    accounts: tuple[FileAccount, ...] = ()
    """What became of the words of each file."""
    adopted: Path | None = None
    """The package of another tool, whose notes live on as notes of this deck."""
    dependencies: Dependencies | None = None
    """What else than texts, settings and lock it depends on; None where that cannot be told."""

    @property
    def search(self) -> str:
        """What finds the retired notes in Anki's browser; empty if learners have none of them."""
        known = self.before.releases
        searched = [entry for entry in self.retired if entry.released or not known]
        return search_for(self.project.deck.id, searched)

    def for_release(self) -> Prepared:
        """Return the same with what no release may have as errors."""
        diagnostics = (
            replace(diagnostic, severity=Severity.ERROR)
            if diagnostic in self.active and diagnostic.severity is Severity.WARNING
            else diagnostic
            for diagnostic in self.diagnostics
        )
        return self._replace(diagnostics=sort_diagnostics(diagnostics))

    @property
    def changes_nothing(self) -> bool:
        """Whether a build writes the lock as it was, and has nothing to say of that.

        One that adopts notes depends on their package as well, which may change.
        """
        if self.adopted:
            return False
        return _by_guid(self.before) == _by_guid(self.after) and not (
            self.changes or self.retired or self.pictures or self.stale
        )

    def has_errors(self, *, strict: bool) -> bool:
        """Return whether the deck must not be built; `strict` counts warnings as well."""
        return has_errors(self.diagnostics, strict=strict)


class PackedDeck(NamedTuple):
    """A package, not yet on disk."""

    version: str
    data: bytes


def _by_guid(lock: Lock) -> Lock:
    """Return a lock with its notes in the order in which they are written."""
    notes = sorted(lock.notes, key=attrgetter("guid"))
    return lock._replace(notes=tuple(notes), is_new=False)


def pack(prepared: Prepared) -> PackedDeck:
    """Return the package of a prepared deck.

    Once the deck's version is released, it is the version of what is in that release and of nothing
    else: anything more is told apart by WORKING.
    """
    version, last = prepared.project.deck.version, prepared.after.last_release
    if last is None or last.version != version or prepared.project.is_standalone:
        return pack_as(prepared, version)
    if not prepared.after.is_pending:
        packed = pack_as(prepared, version)
        if contents_digest(packed.data) == last.contents:
            return packed
    return pack_as(prepared, version + WORKING)


def pack_as(prepared: Prepared, version: str) -> PackedDeck:
    """Return the package of a prepared deck that says it is of a version."""
    from deckpress.anki.package_writer import build_package

    return PackedDeck(version, build_package(_package_contents(prepared, version)))


def _package_contents(prepared: Prepared, version: str) -> PackageContents:
    deck = prepared.project.deck
    mods = {entry.id: entry.mod for entry in prepared.after.note_types}
    return PackageContents(
        deck=deck.name,
        description=_describe(deck, version),
        notes=prepared.notes,
        note_type_mods=mods,
        media=prepared.media.contents(),
        created=prepared.before.created,
    )


def _describe(deck: Deck, version: str) -> str:
    """Return what Anki shows on the deck's page, as Markdown."""
    facts = [f"{deck.id} {version}", deck.author, deck.licence]
    if deck.homepage:
        word, address = labels_for(deck.language)["report"], report_address(deck.homepage, deck.id)
        facts += [f"<{deck.homepage}>", f"[{word}](<{address}>)"]
    if deck.pages:
        address = deck.pages + update_page(version.removesuffix(WORKING))
        facts.append(f"[{labels_for(deck.language)['updates']}](<{address}>)")
    return f"{deck.description}\n\n{' · '.join(fact for fact in facts if fact)}"


def check_free(
    package: Path, data: bytes, prepared: Prepared, built: BuiltPackages | None = None
) -> None:
    """Raise DeckError if these bytes would be written over what is not known to be a build.

    `built` are packages that are known to be.
    """
    where = Location(str(package))
    if package.is_symlink():
        message = "is a link, and is kept: remove it, or name another file by --output"
        raise DeckError([error(where, message)])
    try:
        held = file_digest(package)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return  # nothing is lost, and where nothing can be written, the writer says why
    except OSError as problem:
        message = f"cannot be replaced: {reason_of(problem)}; name another file by --output"
        raise DeckError([error(where, message)]) from problem
    is_same = held == bytes_digest(data)
    if not is_same and (whose := _report_whose(package, held, prepared, built)):
        raise DeckError([error(where, whose)])


def _report_whose(package: Path, held: str, prepared: Prepared, built: BuiltPackages | None) -> str:
    """Return why a package, which has a digest, must be kept; nothing if it is a build."""
    if is_released(package) or held in {release.sha256 for release in prepared.before.releases}:
        return "is a release, and this build is another one: name another file by --output"
    if prepared.adopted and package.samefile(prepared.adopted):
        return "is the package whose notes live on: name another file by --output, and keep it"
    if built and held in built:  # after all that keeps a build, such as a release
        return ""
    return _report_origin(package, prepared.project.deck)


def _report_origin(package: Path, deck: Deck) -> str:
    from deckpress.lock.rebuild import Origin, find_origin

    try:
        origin = find_origin(package, deck)
    except DeckError as unreadable:
        return (
            "is there already, and nobody can tell whether it was built from this deck "
            f"({unreadable.reason}): remove it if it is of no use, or name another file by --output"
        )
    if origin is Origin.EXPORT:
        return (
            "has notes of this deck, but was not built by deckpress, so it may hold what somebody "
            "has learned or written: name another file by --output"
        )
    if origin is Origin.OTHER:
        return (
            "was not built from this deck, and is kept: name another file by --output; if this "
            f"deck takes its place, say --adopt {package} with the first build as well"
        )
    return ""


def build(
    prepared: Prepared, output: Path, *, strict: bool = False, cache: ResultCache | None = None
) -> Summary:
    """Write the package and the lock, and return what was done.

    `output` is the package's path, or the folder for it. `strict` counts warnings as errors, and
    `cache` remembers what was built, which may be written over. Raises
    DeckError, with nothing written, if there are errors or a file cannot be written.
    """
    if prepared.has_errors(strict=strict):
        raise DeckError(prepared.diagnostics)
    packed, project = pack(prepared), prepared.project
    is_named = output.suffix.lower() == ".apkg"
    package = output if is_named else output / project.package_name(packed.version)
    built = BuiltPackages(cache, project.deck.id)
    check_free(package, packed.data, prepared, built)
    lock = io.BytesIO()  # to join the lines would take their memory twice
    lock.writelines(line.encode() for line in format_lines(prepared.after))
    files = {**prepared.pictures, project.lock: lock.getvalue(), package: packed.data}
    write_whole(files, project.root)
    built.add(bytes_digest(packed.data))
    for path in prepared.stale:
        path.unlink(missing_ok=True)
    return _summarise(prepared, package, len(packed.data))


def _summarise(prepared: Prepared, package: Path, size: int) -> Summary:
    before = {entry.guid: entry for entry in prepared.before.notes}
    now = [entry for entry in prepared.after.notes if not entry.retired]
    known = [entry for entry in now if entry.guid in before]
    same = [entry for entry in known if before[entry.guid].mod == entry.mod]
    return Summary(
        package=package,
        lock=prepared.project.lock,
        size=size,
        new=len(now) - len(known),
        changed=len(known) - len(same),
        unchanged=len(same),
        retired=len(prepared.retired),
        cards=sum(len(note.card_numbers) for note in prepared.notes),
        media=len(prepared.media.contents()),
        drawn=len(prepared.pictures),
        removed=prepared.stale,
        is_first=prepared.before.is_new,
    )
