"""What learners have, learned from a package: for a lost lock, or from another tool's deck."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from deckpress.errors import DeckError, Location, Problem, error, quote
from deckpress.lock import (
    Change,
    Found,
    Identity,
    Lock,
    NoteEntry,
    describe_note_type,
    digest_note,
    identify,
    short_digest,
    sketch,
)
from deckpress.note_types import note_type
from deckpress.notes import Kind, Note
from deckpress.package.read import PackedNote, read_package
from deckpress.project import Deck

_INNERMOST_CLOZE = re.compile(r"\{\{c(\d+)::((?:(?!\{\{c\d+::|\}\}).)*)\}\}", re.S)
_DELIMITERS = re.compile(r"\\[()\[\]]|\[/?(?:latex|\$\$?)\]|\[sound:[^\]]*\]")
_CONDITION = re.compile(r"\{\{[#^]\s*([^{}]+?)\s*\}\}.*?\{\{/\s*\1\s*\}\}", re.S)
_TEMPLATE_FIELD = re.compile(r"\{\{(?:[^{}:]*:)*\s*([^{}:#^/]+?)\s*\}\}")
_BLOCKS = frozenset("p div br li tr td th pre h1 h2 h3 h4 h5 h6 ul ol table blockquote".split())
_SILENT = frozenset({"style", "script"})
_VERSION = re.compile(r"-(\d+\.\d+\.\d+)\.apkg$")
_HOW = {
    Found.ID: "by id",
    Found.QUESTION: "by question",
    Found.ANSWER: "by answer",
    Found.LIKENESS: "by likeness",
}

_WHAT_ANKI_DOES = (
    "with learners these notes have another note type, so Anki keeps their text and schedule as "
    "they are, and logs them as conflicting; to get this deck's text, a learner imports, selects "
    "them in the browser, chooses Notes > Change Note Type, and imports again with Update notes: "
    "Always"
)


def html_text(html: str) -> str:
    """Return what a reader reads in a field, on one line: deletions filled in, formulas as TeX."""
    reader = _TextReader()
    reader.feed(_DELIMITERS.sub(" ", _fill_in(html)[0]))
    reader.close()
    return " ".join("".join(reader.texts).split())


def _fill_in(html: str) -> tuple[str, dict[str, str]]:
    """Return a field without deletions, and what each cloze number asked for."""
    clozes: dict[str, str] = {}
    while found := _INNERMOST_CLOZE.search(html):
        number, text = found.group(1), found.group(2).split("::")[0]
        clozes[number] = f"{clozes[number]} … {text}" if number in clozes else text
        html = html[: found.start()] + text + html[found.end() :]
    return html, clozes


class _TextReader(HTMLParser):
    """Collects the text of HTML, with blanks between blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.texts.append(" ")
        if tag == "img":
            self.texts.append(dict(attrs).get("alt") or dict(attrs).get("src") or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _BLOCKS:
            self.texts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def rebuild_lock(path: Path, deck: Deck) -> Lock:
    """Return the lock as it was when a package of the deck was built, as far as the package tells.

    Notes that were retired before, ids that were added later, and the versions in which notes came
    and changed are not in a package. Raises DeckError if it cannot be read or is another deck's.
    """
    package = read_package(path)
    kinds = {note_type(kind, deck).id: kind for kind in Kind}
    for note in package.notes:
        if note.note_type.id not in kinds:
            message = (
                f'its note type "{note.note_type.name}" is none of the deck "{deck.id}": '
                "name a package that was built from this deck"
            )
            raise DeckError([error(Location(str(path)), message)])
    types = {note.note_type.id: note.note_type for note in package.notes}
    found = _VERSION.search(path.name)
    root = _root_of(package.notes, deck.name)
    return Lock(
        deck.id,
        created=package.first_note_id // 1000,
        name=root,
        note_types=tuple(
            describe_note_type(kinds[id_], each, each.mod) for id_, each in types.items()
        ),
        notes=tuple(
            _restore(
                note, kinds[note.note_type.id], found.group(1) if found else deck.version, root
            )
            for note in package.notes
        ),
    )


def _root_of(notes: Iterable[PackedNote], name: str) -> str:
    """Return the deck that all notes are in or below: the deck's name, if that is one."""
    decks = {note.deck for note in notes}
    if all(f"{deck}::".startswith(f"{name}::") for deck in decks):
        return name
    steps = zip(*(deck.split("::") for deck in decks), strict=False)
    common = [step[0] for step in itertools.takewhile(lambda step: len(set(step)) == 1, steps)]
    return "::".join(common) or name


def _restore(note: PackedNote, kind: Kind, version: str, root: str) -> NoteEntry:
    fields = _fields(note)
    question = fields["Text" if kind is Kind.CLOZE else "Question"]
    return NoteEntry(
        guid=note.guid,
        id=fields["ID"],
        kind=kind.value,
        question=html_text(question),
        answer=sketch(html_text(fields["Answer"])),
        fields=digest_note(note.fields, note.tags),
        mod=note.mod,
        added=version,
        changed=version,
        deck=note.deck.removeprefix(root).removeprefix("::"),
        clozes=_clozes_in(question),
    )


def _fields(note: PackedNote) -> dict[str, str]:
    names = (name for name, _ in note.note_type.fields)
    return dict(zip(names, note.fields, strict=True))


def _clozes_in(html: str) -> dict[str, str]:
    return {number: html_text(text) for number, text in _fill_in(html)[1].items()}


@dataclass(frozen=True)
class Adoption:
    """Which notes of another tool's deck live on as notes of this one."""

    identities: tuple[Identity, ...]
    """Those of all notes, in order."""
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    """What was adopted and what was not."""


def adopt(
    path: Path, lock: Lock, notes: Sequence[Note], identities: Sequence[Identity], version: str
) -> Adoption:
    """Give new notes the GUIDs that they have in another deck's package.

    A note that the lock knows keeps its own. The others are found as in `identify`: by question,
    by answer, by likeness. `version` is the deck's. Raises DeckError if the package cannot be read.
    """
    known = {entry.guid for entry in lock.notes}
    packed = {note.guid: note for note in read_package(path).notes if note.guid not in known}
    entries = [_candidate(note, lock.deck, version) for note in packed.values()]
    new = [at for at, identity in enumerate(identities) if identity.entry is None]
    old = Lock(lock.deck, lock.created, notes=tuple(entries))
    found, problems = identify(old, [notes[at] for at in new])
    adopted = {at: one for at, one in zip(new, found, strict=True) if one.entry}
    return Adoption(
        tuple(adopted.get(at, identity) for at, identity in enumerate(identities)),
        tuple(problems),
        (
            Change("adopted", _count_adopted(path, entries, adopted.values())),
            *_tell_likenesses(adopted, notes),
            *_tell_left(entries, adopted.values()),
            *([Change("adopted", _WHAT_ANKI_DOES)] if adopted else []),
        ),
    )


def _candidate(note: PackedNote, deck: str, version: str) -> NoteEntry:
    question, answer = _sides(note)
    kind = note.note_type
    return NoteEntry(
        guid=note.guid,
        id=_fields(note).get("ID", "").strip() or short_digest(deck, note.guid),
        kind=Kind.CLOZE.value if kind.is_cloze else "",
        question=html_text(question),
        answer=sketch(html_text(answer)),
        fields="",
        mod=note.mod,
        added=version,
        changed=version,
        clozes=_clozes_in(question) if kind.is_cloze else {},
    )


def _sides(note: PackedNote) -> tuple[str, str]:
    """Return a note's question and answer: the fields that its first card always shows."""
    fields, names = _fields(note), [name for name, _ in note.note_type.fields]
    first = note.note_type.templates[0] if note.note_type.templates else None
    front = _always_shown(first.front, names) if first else []
    back = _always_shown(first.back, names) if first else []
    sorts_by = names[note.note_type.sort_field]
    asked = sorts_by if sorts_by in front or not front else front[0]
    told = [name for name in back if name != asked and fields[name]]
    return fields[asked], fields[told[0]] if told else ""


def _always_shown(template: str, names: Sequence[str]) -> list[str]:
    """Return the fields of a template that stand under no condition, in order."""
    shown = _TEMPLATE_FIELD.findall(_CONDITION.sub("", template))
    return [name for name in shown if name in names]


def _count_adopted(path: Path, entries: Sequence[NoteEntry], adopted: Iterable[Identity]) -> str:
    ways = Counter(_HOW[one.found] for one in adopted if one.found)
    told = ", ".join(f"{count} {way}" for way, count in ways.items())
    return f"{ways.total()} of {len(entries)} notes of {path}" + (f": {told}" if told else "")


def _tell_likenesses(adopted: dict[int, Identity], notes: Sequence[Note]) -> list[Change]:
    return [
        Change("adopted", f"{quote(one.entry.question)} as {quote(notes[at].question_text)}")
        for at, one in adopted.items()
        if one.entry and one.entry.question != notes[at].question_text
    ]


def _tell_left(entries: Sequence[NoteEntry], adopted: Iterable[Identity]) -> list[Change]:
    taken = {one.guid for one in adopted}
    return [
        Change("not adopted", f"{quote(entry.question)}: no note is like it")
        for entry in entries
        if entry.guid not in taken
    ]
