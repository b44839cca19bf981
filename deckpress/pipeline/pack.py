"""A prepared deck → the bytes of its package, under the version that they are."""

from __future__ import annotations

from dataclasses import dataclass

from deckpress.anki import PackageContents
from deckpress.anki.packages import contents_digest
from deckpress.labels import labels_for
from deckpress.pipeline.prepared import Prepared
from deckpress.project import Deck
from deckpress.reporting import report_address
from deckpress.versions import WORKING


@dataclass(frozen=True)
class Packed:
    """A package, not yet on disk."""

    version: str
    data: bytes


def pack(prepared: Prepared) -> Packed:
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


def pack_as(prepared: Prepared, version: str) -> Packed:
    """Return the package of a prepared deck that says it is of a version."""
    from deckpress.anki.package_writer import (
        build_package,  # here because genanki takes 100 ms to import
    )

    return Packed(version, build_package(_contents(prepared, version)))


def _contents(prepared: Prepared, version: str) -> PackageContents:
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
    return f"{deck.description}\n\n{' · '.join(fact for fact in facts if fact)}"
