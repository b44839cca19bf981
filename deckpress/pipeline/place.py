"""The place of a package: free, or taken by what only its author may give up."""

from __future__ import annotations

from pathlib import Path

from deckpress.anki.packages import bytes_digest, file_digest, is_released
from deckpress.errors import DeckError, Location, error, reason_of
from deckpress.pipeline.prepared import Prepared
from deckpress.project import Deck


def check_free(package: Path, data: bytes, prepared: Prepared) -> None:
    """Raise DeckError if these bytes would be written over what is not known to be a build."""
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
    if held != bytes_digest(data) and (whose := _tell_whose(package, held, prepared)):
        raise DeckError([error(where, whose)])


def _tell_whose(package: Path, held: str, prepared: Prepared) -> str:
    """Return why a package, which has a digest, must be kept; nothing if it is a build."""
    if is_released(package) or held in {each.sha256 for each in prepared.before.releases}:
        return "is a release, and this build is another one: name another file by --output"
    if prepared.adopted and package.samefile(prepared.adopted):
        return "is the package whose notes live on: name another file by --output, and keep it"
    return _tell_origin(package, prepared.project.deck)


def _tell_origin(package: Path, deck: Deck) -> str:
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
