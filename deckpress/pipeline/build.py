"""A prepared deck → its files on disk."""

from __future__ import annotations

from pathlib import Path

from deckpress.errors import DeckError
from deckpress.filesystem import write_whole
from deckpress.lock.lock_file import format_lock
from deckpress.pipeline.pack import pack
from deckpress.pipeline.place import check_free
from deckpress.pipeline.prepared import Prepared, Summary


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
    check_free(package, packed.data, prepared)
    lock = format_lock(prepared.after).encode()
    files = {**prepared.pictures, project.lock: lock, package: packed.data}
    write_whole(files, project.root)
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
