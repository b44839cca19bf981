"""A release: a build that learners get, with its version, its notes and its checksum.

Here is a draft of one, and the version that it should have. `release_files` puts that version on
the notes, `plan` has real Anki judge it, `release_notes` says it to people, and the plan is the
whole, with nothing written yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deckpress.anki import IMAGE_OCCLUSION, PackageNote
from deckpress.diagnostics import DeckError, Location, did_you_mean, error
from deckpress.diff import Diff, NoteChange
from deckpress.languages.i18n import Phrase, Translator, count_notes, phrase
from deckpress.lock import Release
from deckpress.lock.cloze_numbers import is_still_the_same
from deckpress.pipeline import Prepared
from deckpress.project import Project
from deckpress.project.names import PARTS, Version, is_version, read_version


def hides_parts(notes: Iterable[PackageNote]) -> bool:
    """Return whether there are pictures that ask among notes, which old Ankis do not know."""
    return any(note.note_type.stock_kind == IMAGE_OCCLUSION for note in notes)


@dataclass(frozen=True)
class VersionBump:
    """Which number of the version should go up, and why."""

    part: str
    """`major` if a learner could lose progress, `minor` if notes were added, else `patch`."""
    reasons: tuple[Phrase, ...]

    def why(self, language: str = "en") -> str:
        """Return the reasons on one line, in the language of a BCP 47 tag."""
        translate = Translator(language)
        return translate("reason_separator").join(map(translate, self.reasons))


def suggest_bump(diff: Diff) -> VersionBump:
    """Return what two packages' difference means to learners."""
    for part, find in (("major", _losses), ("minor", _news), ("patch", _corrections)):
        if reasons := tuple(find(diff)):
            return VersionBump(part, reasons)
    return VersionBump("patch", (phrase("nothing_changed"),))


def _losses(diff: Diff) -> Iterator[Phrase]:
    changed = diff.changed
    counts = {
        "notes_made_anew": len(diff.recreated),
        "notes_of_other_type": _count(changed, "note_type"),
        "notes_without_card": _count(changed, "cards_gone"),
        "notes_with_taken_over_cloze": sum(map(_has_other_cloze, changed)),
    }
    yield from count_phrases(counts)
    for change in diff.note_types:
        if change.is_schema_changed:
            yield phrase("note_type_schema_changed", name=change.new.name)
    if names := _rename(diff):
        yield phrase("deck_renamed", old=names[0], new=names[1])


def _rename(diff: Diff) -> tuple[str, str] | None:
    """Return the deck's name before and after, if all notes moved from the one to the other."""
    if diff.unchanged or not all(change.deck for change in diff.changed):
        return None
    pairs = {_without_common_end(*change.deck) for change in diff.changed if change.deck}
    old, new = pairs.pop() if len(pairs) == 1 else ("", "")
    is_filed_below = f"{new}::".startswith(f"{old}::") or f"{old}::".startswith(f"{new}::")
    return None if is_filed_below else (old, new)


def _without_common_end(old: str, new: str) -> tuple[str, str]:
    """Return two decks' names without the subdecks that both end in."""
    before, after = old.split("::"), new.split("::")
    while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
        before.pop()
        after.pop()
    return "::".join(before), "::".join(after)


def _has_other_cloze(change: NoteChange) -> bool:
    pairs = ((cloze.old, cloze.new) for cloze in change.clozes if not cloze.is_corrected)
    return any(old and new and not is_still_the_same(old, new) for old, new in pairs)


def _news(diff: Diff) -> Iterator[Phrase]:
    counts = {
        "notes_added": len(diff.added),
        "notes_with_new_cards": _count(diff.changed, "cards_added"),
        "notes_moved": _count(diff.changed, "deck"),
        "notes_retired": len(diff.retired),
    }
    yield from count_phrases(counts)


def _corrections(diff: Diff) -> Iterator[Phrase]:
    yield from count_phrases({"notes_corrected": len(diff.changed)})
    if diff.note_types:
        yield phrase("cards_restyled")
    if diff.descriptions:
        yield phrase("description_changed")


def _count(changes: tuple[NoteChange, ...], what: str) -> int:
    return sum(bool(getattr(change, what)) for change in changes)


def count_phrases(counts: Mapping[str, int]) -> Iterator[Phrase]:
    """Yield what is true of notes, and of how many; nothing where it is true of none."""
    for key, number in counts.items():
        if number:
            yield phrase(key, notes=count_notes(number))


def choose_version(wish: str, settings: str, last: Release | None, part: str) -> str:
    """Return the version of a release.

    `wish` is a version, one of PARTS, or empty. Without a wish it is the version of `settings`
    (deck.toml's), if that is not released, and otherwise the one after the `last` release in which
    `part` goes up. Raises DeckError for a wish that cannot be met.
    """
    before = read_version(last.version) if last else None
    version = _wished(wish, before) or _given(settings, before) or _after(before, part)
    if before and version <= before:
        raise _refuse(f"{version} goes backwards, {before} is released: say {before.next(part)}")
    return str(version)


def _wished(wish: str, before: Version | None) -> Version | None:
    if not wish:
        return None
    if is_version(wish):
        return read_version(wish)
    if wish not in PARTS:
        near = did_you_mean(wish, PARTS)
        message = f'"{wish}" is no version{near or ": say 1.2.3, major, minor or patch"}'
        raise _refuse(message)
    if before is None:
        raise _refuse(f'nothing is released yet that "{wish}" could count from: say 1.0.0')
    return before.next(wish)


def _given(settings: str, before: Version | None) -> Version | None:
    version = read_version(settings)
    return version if before is None or version > before else None


def _after(before: Version | None, part: str) -> Version:
    assert before is not None  # else the settings' version would have been chosen
    return before.next(part)


def _refuse(message: str) -> DeckError:
    return DeckError([error(Location("version"), message)])


@dataclass(frozen=True)
class Draft:
    """A deck with the version that it would be released as."""

    deck: Prepared
    """Stamped."""
    data: bytes
    """The package."""
    diff: Diff
    """Since the last release, but for tags and version; all is added in a first one."""
    bump: VersionBump | None
    """What the changes call for; None for a first release."""

    @property
    def project(self) -> Project:
        """The project, with the release's version."""
        return self.deck.project

    @property
    def version(self) -> str:
        """The release's version."""
        return self.project.deck.version

    @property
    def package(self) -> Path:
        """Where the package is to lie."""
        return self.project.output / self.project.package_name(self.version)

    @property
    def last(self) -> Release | None:
        """The release before; None for a first one."""
        return self.deck.before.last_release
