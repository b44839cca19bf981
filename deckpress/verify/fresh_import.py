"""A package imported by a learner who has nothing of it yet: what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from deckpress.anki import Package
from deckpress.diagnostics import Diagnostic, Location, Severity, counted, error, quote, warning
from deckpress.media_formats import Finding
from deckpress.verify import Checkup, Log, NoteRow, State

_EXAMPLES = 3
_BACKUP = re.compile(r"collection\.apkg|backup-.*\.apkg|.*\.colpkg", re.I)
"""What Anki on a desktop takes for a whole collection: `ColpkgImporter.can_import`."""
_NO_FILE_NAME = re.compile(r"[/\\\x00]|\.\.?|")


def examples(texts: Iterable[str]) -> str:
    """Return the first three different texts in quotes."""
    different = list(dict.fromkeys(texts))
    return ", ".join(different[:_EXAMPLES]) + (", …" if len(different) > _EXAMPLES else "")


def names(texts: Iterable[str]) -> str:
    """Return three texts at most, in quotes."""
    return examples(map(quote, texts))


def questions(notes: Iterable[NoteRow]) -> str:
    """Return three notes at most by their questions, cut to some words."""
    return examples(map(question, notes))


def question(note: NoteRow) -> str:
    """Return what a note asks, in quotes; its GUID where it has no text."""
    text = " ".join(note.question.split())
    return quote(text) if text else f"GUID {quote(note.guid)}"


@dataclass(frozen=True)
class FreshImport:
    """What became of a package in an empty collection."""

    path: Path
    package: Package
    media: Mapping[str, bool]
    """Each media file that the package lists, and whether it holds it."""
    log: Log
    state: State
    checkup: Checkup
    template_errors: tuple[tuple[str, str, str], ...]
    """Note type, card, and what Anki shows instead of the card."""
    broken_media: Mapping[str, Finding]
    """What is wrong with what media files hold, by their names."""


def check_fresh_import(fresh: FreshImport) -> Iterator[Diagnostic]:
    """Yield what is wrong with a package, whoever imports it."""
    where = Location(str(fresh.path))
    for judge in _CHECKS:
        yield from (error(where, message) for message in judge(fresh))
    for judge in _DOUBTS:
        yield from (warning(where, message) for message in judge(fresh))


def check_media_map(media: Mapping[str, bool]) -> Iterator[str]:
    """Yield what in a package's list of media keeps Anki from importing anything."""
    if paths := [name for name in media if _NO_FILE_NAME.fullmatch(name) or "/" in name]:
        yield (
            f"lists media files under names that Anki refuses ({names(paths)}): give them plain "
            "file names, without folders"
        )
    if lacking := [name for name, is_held in media.items() if not is_held]:
        yield (
            f"lists {counted(len(lacking), 'media file')} that it does not hold "
            f"({names(lacking)}): build it again"
        )


def _media_map(fresh: FreshImport) -> Iterator[str]:
    yield from check_media_map(fresh.media)


def _file_name(fresh: FreshImport) -> Iterator[str]:
    if _BACKUP.fullmatch(fresh.path.name):
        yield (
            "Anki takes a file of this name for a backup that replaces the learner's whole "
            "collection: rename it"
        )


def _shared_guids(fresh: FreshImport) -> Iterator[str]:
    counts = Counter(note.guid for note in fresh.state.notes.values())
    shared = [note for note in fresh.state.notes.values() if counts[note.guid] > 1]
    if shared:
        yield (
            f"{counted(len(shared), 'note')} share their GUID with another one "
            f"({questions(shared)}), and updates will reach only one of them: give each note a "
            "GUID of its own, such as genanki.guid_for(key)"
        )


def _template_errors(fresh: FreshImport) -> Iterator[str]:
    for note_type, card, message in fresh.template_errors:
        yield (
            f"card {quote(card)} of note type {quote(note_type)} shows an error: {message}; "
            "mend the template"
        )


def _empty_cards(fresh: FreshImport) -> Iterator[str]:
    broken = {note_type for note_type, _, _ in fresh.template_errors}
    notes = [fresh.state.notes[fresh.state.cards[key].note] for key in fresh.checkup.empty]
    empty = [note for note in notes if fresh.state.looks[note.note_type].name not in broken]
    if empty:
        yield (
            f"{counted(len(empty), 'card is', 'cards are')} empty ({questions(empty)}): fill the "
            "fields that their fronts show, or leave these cards out"
        )


def _lacking_cards(fresh: FreshImport) -> Iterator[str]:
    lacking = [fresh.state.notes[note] for note in fresh.checkup.added]
    if lacking:
        cards = counted(len(lacking), "card", "cards")
        yield (
            f"lacks {cards} that Anki adds in Check Database ({questions(lacking)}): write a card "
            "for each front that is not empty, and for each cloze number"
        )


def _missing_media(fresh: FreshImport) -> Iterator[str]:
    missing = fresh.checkup.missing
    if missing:
        showing = [fresh.state.notes[note] for note in fresh.checkup.missing_in]
        yield (
            f"notes show {counted(len(missing), 'media file')} that the package does not hold "
            f"({names(missing)}; in {questions(showing)}): {_advise(fresh, missing)}"
        )


def _listed_media(fresh: FreshImport, *, level: Severity) -> Iterator[str]:
    """Yield what is wrong with media files, with the names of those that share it."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name, finding in fresh.broken_media.items():
        if finding.level is level:
            alike[finding.what].append(name)
    for what, sharing in alike.items():
        number = f" (so {len(sharing)} files)" if len(sharing) > 1 else ""
        yield f"{names(sharing)} {what}{number}"


def _advise(fresh: FreshImport, missing: tuple[str, ...]) -> str:
    packed = {_bare(name): name for name in fresh.media}
    for name in missing:
        if name in fresh.media:
            return f"{quote(name)} is packed, but empty"
        if meant := packed.get(_bare(name)):
            return f"write {quote(meant)} for {quote(name)}, as the file is called in the package"
    return "pack them (genanki: Package.media_files), under the names that the notes use"


def _bare(name: str) -> str:
    """Return a file's name without what often goes wrong: folders, percent-encoding, capitals."""
    return unicodedata.normalize("NFC", unquote(name)).rpartition("/")[2].casefold()


def _future(fresh: FreshImport) -> Iterator[str]:
    late = [fresh.state.notes[note] for note in fresh.checkup.future]
    if late:
        yield (
            f"{counted(len(late), 'note is', 'notes are')} dated in the future "
            f"({questions(late)}), and no update would arrive until then: set the clock of the "
            "machine that builds, and build again"
        )


def _repairs(fresh: FreshImport) -> Iterator[str]:
    if fresh.checkup.repairs:
        yield f"Check Database has to mend it: {' '.join(fresh.checkup.repairs)} Build it again"


def _lost_notes(fresh: FreshImport) -> Iterator[str]:
    lost = len(fresh.package.notes) - len(fresh.state.notes)
    if lost > 0:
        yield f"{counted(lost, 'note does', 'notes do')} not arrive: build it again"


def _unused_media(fresh: FreshImport) -> Iterator[str]:
    held = {unicodedata.normalize("NFC", name) for name, is_held in fresh.media.items() if is_held}
    unused = sorted(held - fresh.state.media.keys() - {*fresh.checkup.missing})
    if unused:
        yield (
            f"{counted(len(unused), 'media file is', 'media files are')} shown by no note and left "
            f"out by Anki ({names(unused)}): pack only what notes show; what only a template shows "
            "needs a name that begins with _"
        )


def _taken_names(fresh: FreshImport) -> Iterator[str]:
    for note_type in {note.note_type.id: note.note_type for note in fresh.package.notes}.values():
        here = fresh.state.looks.get(note_type.id)
        if here and here.name == note_type.name + "+":
            yield (
                f"note type {quote(note_type.name)} has the name of one that every Anki has, and "
                f"becomes {quote(here.name)}: give it a name of its own"
            )


_CHECKS = (
    *(_file_name, _media_map, _lost_notes, _shared_guids, _template_errors),
    *(_empty_cards, _lacking_cards, _missing_media, partial(_listed_media, level=Severity.ERROR)),
    *(_future, _repairs),
)
_DOUBTS = (_unused_media, partial(_listed_media, level=Severity.WARNING), _taken_names)
