"""A prepared deck → its files on disk."""

from __future__ import annotations

from pathlib import Path

from deckpress.errors import DeckError, Location, error
from deckpress.filesystem import read_regular, reason_of, write_whole
from deckpress.lock import format_lock
from deckpress.package.seal import bytes_digest
from deckpress.package.shelf import is_released
from deckpress.pipeline.pack import pack
from deckpress.pipeline.prepared import Prepared, Summary
from deckpress.safekeeping import may_be_ours


def build(prepared: Prepared, output: Path, *, strict: bool = False) -> Summary:
    """Write the package and the lock, and return what was done.

    `output` is the package's path, or the folder for it. `strict` counts warnings as errors. Raises
    DeckError, with nothing written, if there are errors or a file cannot be written.
    """
    if prepared.has_errors(strict=strict):
        raise DeckError(prepared.problems)
    packed, project = pack(prepared), prepared.project
    is_named = output.suffix.lower() == ".apkg"
    package = output if is_named else output / project.package_name(packed.version)
    _check_free(package, packed.data, prepared)
    lock = format_lock(prepared.after).encode()
    files = {**prepared.pictures, project.lock: lock, package: packed.data}
    write_whole(files, project.root)
    for path in prepared.stale:
        path.unlink(missing_ok=True)
    return _summarise(prepared, package, len(packed.data))


def _check_free(package: Path, data: bytes, prepared: Prepared) -> None:
    """Raise DeckError if a package that is somebody's would be written over."""
    where = Location(str(package))
    if package.is_symlink():
        message = "is a link, and is kept: remove it, or name another file by --output"
        raise DeckError([error(where, message)])
    try:
        held = read_regular(package, limit=None)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return  # nothing is lost, and where nothing can be written, the writer says why
    except OSError as problem:
        message = f"cannot be replaced: {reason_of(problem)}; name another file by --output"
        raise DeckError([error(where, message)]) from problem
    if held != data and (whose := _tell_whose(package, held, prepared)):
        raise DeckError([error(where, whose)])


def _tell_whose(package: Path, held: bytes, prepared: Prepared) -> str:
    """Return why a package, which holds some bytes, must be kept; nothing if it is a build."""
    released = {release.sha256 for release in prepared.before.releases}
    if is_released(package) or bytes_digest(held) in released:
        return "is a release, and this build is another one: name another file by --output"
    if prepared.adopted and package.samefile(prepared.adopted):
        return "is the package whose notes live on: name another file by --output, and keep it"
    if not may_be_ours(package, prepared.project):
        return (
            "was not built from this deck, and is kept: name another file by --output; if this "
            f"deck takes its place, say --adopt {package} with the first build as well"
        )
    return ""


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
        cards=sum(len(note.card_numbers()) for note in prepared.notes),
        media=len(prepared.media.contents()),
        drawn=len(prepared.pictures),
        removed=prepared.stale,
        is_first=prepared.before.is_new,
    )
