"""A prepared deck → the same deck as a release: its version on what learners get anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from deckpress.anki import PackageNote
from deckpress.filing import read_release_tags, release_tags
from deckpress.lock import UNRELEASED, Lock, LockedNote, digest_note
from deckpress.lock.dates import last_date
from deckpress.pipeline.prepared import Prepared


def stamp(prepared: Prepared, version: str) -> Prepared:
    """Return a deck whose notes have tags that say what is new or changed since the last release.

    Such notes are dated alike, as late as can be told from the lock alone, so that the release has
    the same dates wherever it is made: one second after the last build, or with what has changed
    since. A note that is as it was has its date of then. In a first release nothing is news, and
    nothing is dated anew. Notes that are gone are retired as of this version.
    """
    stamper = _Stamper(prepared.before, prepared.after, version)
    finished = {note.guid: note for note in prepared.notes}
    stamped = [stamper.stamp(entry, finished.get(entry.guid)) for entry in prepared.after.notes]
    notes = {note.guid: note for _, note in stamped if note}
    project = replace(prepared.project, deck=replace(prepared.project.deck, version=version))
    return replace(
        prepared,
        project=project,
        after=replace(prepared.after, notes=tuple(entry for entry, _ in stamped)),
        notes=tuple(notes[note.guid] for note in prepared.notes),
    )


class _Stamper:
    """Stamps the notes of a deck one by one."""

    def __init__(self, before: Lock, after: Lock, version: str) -> None:
        self._deck, self._version = after.deck, version
        self._is_first = after.last_release is None
        self._date = max(last_date(before) + 1, last_date(after))

    def stamp(
        self, entry: LockedNote, note: PackageNote | None
    ) -> tuple[LockedNote, PackageNote | None]:
        """Return what learners will have of a note, and the note; None for one that is gone."""
        if note is None:
            return self._retire(entry), None
        if not entry.is_pending:  # also if it was changed and changed back
            date = entry.released_mod
            return replace(entry, mod=date), replace(note, mod=date)
        if self._is_first:
            return replace(entry, released=entry.fields, released_mod=entry.mod), note
        news = self._news(entry)
        note = replace(note, tags=self._tags(note, news), mod=self._date)
        stored = digest_note(note.fields, note.tags)
        entry = replace(entry, added=news["added"], changed=news["changed"])
        entry = replace(entry, mod=self._date, released_mod=self._date)
        return replace(entry, fields=stored, released=stored), note

    def _retire(self, entry: LockedNote) -> LockedNote:
        """Return the entry of a note that is gone, if learners ever had it."""
        if entry.retired != UNRELEASED or not entry.released:
            return entry
        return replace(entry, retired=self._version, released="", released_mod=0)

    def _news(self, entry: LockedNote) -> dict[str, str]:
        what = "changed" if entry.released else "added"
        return {"added": entry.added, "changed": entry.changed, what: self._version}

    def _tags(self, note: PackageNote, news: Mapping[str, str]) -> tuple[str, ...]:
        own = [tag for tag in note.tags if not read_release_tags([tag], self._deck)]
        return tuple(sorted([*own, *release_tags(self._deck, **news)]))
