"""What learners have, learned from a package: for a lost lock, or from another tool's deck."""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

from deckpress.errors import DeckError, Location, Problem, error, quote, warning
from deckpress.formulas import Deletion, split_deletions, without_deletions
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
from deckpress.lock.doubts import is_declared_new
from deckpress.note_types import NoteType, note_type
from deckpress.notes import CLOZE_OPEN, Kind, Note, Token
from deckpress.package.read import PackedNote, read_package
from deckpress.project import Deck

# A field's HTML → its text. Anki, MathJax and a browser read a field one after the other; here it
# is read once, from its first character to its last, since a field may hold megabytes of anything.

_TOKEN = re.compile(
    r"(?P<comment><!--)"
    r"|(?P<markup><[!?][^<>]*>)"
    r"|(?P<tag><(?P<slash>/?)(?P<name>[A-Za-z][^\s<>/]*+)"
    r"(?P<attrs>(?:=\s*+\"[^\"<]*+\"|=\s*+'[^'<]*+'|[^<>])*+)>)"
    r"|(?P<formula>\\[(\[]|\[(?:latex|\${1,2})\])"
    r"|(?P<sound>\[sound:(?P<file>[^\[\]<>]++)\])"
    r"|(?P<open>\{\{c(?P<numbers>[0-9]{1,4}(?:,[0-9]{1,4}){0,99})::)"
    r"|(?P<close>\}\})"
    r"|(?P<hint>::)"
)
_ENDS = {
    "<!--": re.compile(r".*?-->", re.S),
    r"\(": re.compile(r"(?:[^\\]++|\\(?!\)).)*+\\\)", re.S),
    r"\[": re.compile(r"(?:[^\\]++|\\(?!\]).)*+\\\]", re.S),
    "[latex]": re.compile(r".*?\[/latex\]", re.S),
    "[$]": re.compile(r".*?\[/\$\]", re.S),
    "[$$]": re.compile(r".*?\[/\$\$\]", re.S),
}
"""From what begins so to where it ends; in TeX a backslash takes the next character with it."""
_MAX_DEPTH = 20
"""Deletions nested deeper than this are read as text; Anki stops at ten."""
_BLOCKS = frozenset(
    "address article aside blockquote br caption center dd details div dl dt figcaption figure "
    "footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section summary table td th tr ul".split()
)
_SILENT = frozenset({"style", "script"})
_LITERAL = frozenset({"code", "pre", "textarea"})
"""Elements in which MathJax sets no formulas."""
_OURS = frozenset(
    "a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr img input li mark ol p pre span strong "
    "table tbody td th thead tr ul".split()
)
"""The elements that deckpress writes; any other is its author's, and part of a question's text."""
_CLASS_ASIDE = re.compile(r"class=\"(?:footnote|callout-title)\"")
_CLASS_LITERAL = re.compile(r"class=\"mathjax_ignore\"")
_TAG = re.compile(r"<[^<>]*>")
_NO_NUMBER = re.compile(r"\{\{c\d{5}")
_PULLED_APART = re.compile(r"\} (?=\}(?!\}))")
"""What keeps TeX's braces apart; before a deletion's own, it is authors who write the blank."""
_GATHERED = re.compile(r"\s*\\begin\{(gather\*|gathered)\}\n(.*)\n\\end\{\1\}\s*", re.S)
_HASH = re.compile(r"-[0-9a-f]{12}(?=\.\w+$)")
_DOLLARS = re.compile(r"\$\$([^$]+)\$\$|\$(?![\s$])([^$]+)(?<!\s)\$(?!\d)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")


def html_text(field_html: str, *, is_ours: bool = False) -> str:
    """Return what a reader reads in a field, on one line: deletions filled in, formulas as TeX.

    For a field that deckpress itself wrote (`is_ours`) that is the note's `question_text`. Only
    macros stay written out; and of what was put around a formula's rows `aligned` stays, since it
    may be the author's own. In other fields `$…$` is a formula as well: many tools leave it so.
    """
    return _read_field(field_html, is_ours=is_ours)[0]


def _read_field(field_html: str, *, is_ours: bool) -> tuple[str, dict[str, str]]:
    """Return a field's text, and what each of its cloze numbers asks for."""
    reader = _FieldReader(field_html, is_ours=is_ours)
    reader.read()
    text = _settle(reader.text(), is_ours=is_ours)
    return text, {number: _settle(part, is_ours=is_ours) for number, part in reader.clozes.items()}


def _settle(text: str, *, is_ours: bool) -> str:
    line = unicodedata.normalize("NFC", " ".join(_CONTROL.sub("", text).split()))
    return line if is_ours else _DOLLARS.sub(lambda found: found[1] or found[2], line)


@dataclass
class _Part:
    """A field, or a deletion in it, as far as it has been read."""

    opening: str = ""
    """How the deletion begins; empty for the field itself."""
    place: int = 0
    """Which of the field's deletions it is."""
    texts: list[str] = field(default_factory=list)
    is_hint: bool = False
    """Whether the reader is in the deletion's hint."""


class _FieldReader:
    """Reads a field token by token."""

    def __init__(self, field_html: str, *, is_ours: bool) -> None:
        self._html, self._is_ours = field_html, is_ours
        self._parts = [_Part()]
        self._asked: list[tuple[str, str | None]] = []
        """The numbers and the text of each deletion, in reading order; None if it has no end."""
        self._element, self._depth = "", 0
        """The element in which things mean something else, and how often it is open."""
        self._is_silent = False
        self._never_ends: set[str] = set()
        """What has no end further on, not to be looked for again."""

    def read(self) -> None:
        """Read all of the field."""
        at = 0
        while token := _TOKEN.search(self._html, at):
            self._write(html.unescape(self._html[at : token.start()]))
            at = self._read_token(token)
        self._write(html.unescape(self._html[at:]))

    def text(self) -> str:
        """Return the text; a deletion that was never closed is text."""
        pieces = ((part.opening, *part.texts) for part in self._parts)
        return "".join(itertools.chain.from_iterable(pieces))

    @property
    def clozes(self) -> dict[str, str]:
        """What each cloze number asks for, in reading order."""
        texts: dict[str, list[str]] = defaultdict(list)
        for numbers, text in self._asked:
            for number in numbers.split(",") if text is not None else ():
                texts[number].append(text or "")
        return {number: " … ".join(parts) for number, parts in texts.items()}

    def _write(self, text: str) -> None:
        if text and not self._is_silent and not self._parts[-1].is_hint:
            self._parts[-1].texts.append(text)

    def _read_token(self, token: re.Match[str]) -> int:
        """Read a token, and return where to read on."""
        match token.lastgroup:
            case "comment":
                return self._end_of("<!--", token.end()) or len(self._html)
            case "formula":
                return self._read_formula(token)
            case "tag":
                self._read_tag(token)
            case "sound":
                self._write(self._file_name(token["file"]))
            case "open":
                self._open_deletion(token)
            case "close":
                self._close_deletion()
            case "hint":
                self._write("::" if len(self._parts) == 1 else "")
                self._parts[-1].is_hint = len(self._parts) > 1
        return token.end()

    def _end_of(self, opening: str, start: int) -> int:
        """Return where what begins so ends; 0 if it does not."""
        found = None if opening in self._never_ends else _ENDS[opening].match(self._html, start)
        if found is None:
            self._never_ends.add(opening)
        return found.end() if found else 0

    def _read_formula(self, token: re.Match[str]) -> int:
        end = 0 if self._element else self._end_of(token[0], token.end())
        if not end:
            self._write(token[0])
            return token.end()
        closing = 2 if token[0][0] == "\\" else len(token[0]) + 1
        tex = html.unescape(_TAG.sub(" ", self._html[token.end() : end - closing]))
        if len(self._parts) > 1 or CLOZE_OPEN.search(tex):
            tex = _PULLED_APART.sub("}", tex)
        gathered = _GATHERED.fullmatch(tex) if self._is_ours else None
        self._write_formula(gathered[2] if gathered else tex)
        return end

    def _write_formula(self, tex: str) -> None:
        """Write a formula; its deletions stay in the text, as in `plain_text`."""
        self._write(tex)
        for deletion in () if _NO_NUMBER.search(tex) else _deletions(split_deletions(tex)):
            text = without_deletions(deletion.content).strip()
            self._asked.append((str(deletion.number), text))

    def _read_tag(self, token: re.Match[str]) -> None:
        name, attrs = token["name"].lower(), token["attrs"]
        was_silent = self._is_silent
        self._follow(name, attrs, is_end=bool(token["slash"]))
        if was_silent:
            return
        if self._is_ours and name not in _OURS:
            self._write(token[0])
        elif name == "img":
            self._write(_attribute("alt", attrs) or self._file_name(_attribute("src", attrs)))
        elif name in _BLOCKS:
            self._write(" ")

    def _follow(self, name: str, attrs: str, *, is_end: bool) -> None:
        """Keep track of the element in which things mean something else."""
        if self._element:
            self._depth += (name == self._element) * (-1 if is_end else 1)
            if not self._depth:
                self._element, self._is_silent = "", False
        elif not is_end:
            is_aside = self._is_ours and bool(_CLASS_ASIDE.search(attrs))
            self._is_silent = is_aside or name in _SILENT
            if self._is_silent or name in _LITERAL or _CLASS_LITERAL.search(attrs):
                self._element, self._depth = name, 1

    def _file_name(self, name: str) -> str:
        return _HASH.sub("", name) if self._is_ours else name

    def _open_deletion(self, token: re.Match[str]) -> None:
        self._parts[-1].is_hint = False
        if len(self._parts) > _MAX_DEPTH:
            self._write(token[0])
            return
        self._parts.append(_Part(token[0], len(self._asked)))
        self._asked.append((token["numbers"], None))

    def _close_deletion(self) -> None:
        if len(self._parts) == 1:
            self._write("}}")
            return
        part = self._parts.pop()
        text = "".join(part.texts)
        text = text[:-1] if text.endswith("} ") else text  # where the renderer pulled them apart
        self._asked[part.place] = (self._asked[part.place][0], text)
        self._write(text)


def _attribute(name: str, attrs: str) -> str:
    found = re.search(
        rf"(?<![^\s\"'/]){name}\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|(\S+))", attrs, re.I
    )
    return html.unescape(next(filter(None, found.groups()), "")) if found else ""


def _deletions(parts: Sequence[str | Deletion]) -> Iterator[Deletion]:
    for part in parts:
        if isinstance(part, Deletion):
            yield part
            yield from _deletions(part.content)


# A package of this deck → its lock.

_VERSION = re.compile(r"-(\d+\.\d+\.\d+)\.apkg$")


def rebuild_lock(path: Path, deck: Deck) -> Lock:
    """Return the lock as it was when a package of the deck was built, as far as the package tells.

    What is not in a package: notes and cloze numbers that were gone by then, ids that were added
    later, and in which version a note came or changed. Raises DeckError if it cannot be read or is
    another deck's.
    """
    package = read_package(path)
    types = {each.id: each for each in _our_types(deck)}
    _check_ours(path, package.notes, types, deck)
    found = _VERSION.search(path.name)
    version = found[1] if found else deck.version
    root = _root_of({note.deck for note in package.notes if note.deck}, deck.name)
    packed = {note.note_type.id: note.note_type for note in package.notes}
    described = (describe_note_type(types[at].kind, each, each.mod) for at, each in packed.items())
    entries = (
        _restore(note, types[note.note_type.id], deck, version, root) for note in package.notes
    )
    created = package.first_note_id // 1000
    return Lock(deck.id, created, root, tuple(described), tuple(_first_of_each(entries)))


def _our_types(deck: Deck) -> tuple[NoteType, ...]:
    return tuple(note_type(kind, deck) for kind in Kind)


def _check_ours(
    path: Path, notes: Iterable[PackedNote], types: Mapping[int, NoteType], deck: Deck
) -> None:
    """Raise DeckError if one of the notes is no note of the deck."""
    for note in notes:
        if note.note_type.id not in types:
            message = (
                f'its note type "{note.note_type.name}" is none of the deck "{deck.id}": '
                "name a package that was built from this deck"
            )
            raise DeckError([error(Location(str(path)), message)])


def _root_of(decks: Set[str], name: str) -> str:
    """Return the deck that all decks are in or below: the deck's name, if that is one."""
    if all(_is_within(deck, name) for deck in decks):
        return name
    steps = zip(*(deck.split("::") for deck in decks), strict=False)
    common = itertools.takewhile(lambda step: len(set(step)) == 1, steps)
    return "::".join(step[0] for step in common) or name


def _is_within(deck: str, root: str) -> bool:
    """Say whether a deck is another one or below it; Anki ignores case in deck names."""
    return f"{deck}::".casefold().startswith(f"{root}::".casefold())


def _below(deck: str, root: str) -> str:
    steps = deck.split("::")[root.count("::") + 1 :]
    return "::".join(steps) if _is_within(deck, root) else ""


def _restore(note: PackedNote, ours: NoteType, deck: Deck, version: str, root: str) -> NoteEntry:
    """Return a note's entry; its fields are known by their places, whatever they are called."""
    fields = dict(zip((each.name for each in ours.fields), note.fields, strict=False))
    question, clozes = _read_field(note.fields[0], is_ours=True)
    return NoteEntry(
        guid=note.guid,
        id=fields.get("ID") or short_digest(deck.id, note.guid),
        kind=ours.kind.value,
        question=question,
        answer=sketch(html_text(fields.get("Answer", ""), is_ours=True)),
        fields=digest_note(note.fields, note.tags),
        mod=note.mod,
        added=version,
        changed=version,
        deck=_below(note.deck, root),
        clozes=clozes if ours.is_cloze else {},
    )


def _first_of_each(entries: Iterable[NoteEntry]) -> Iterator[NoteEntry]:
    """Yield the entries; of a note and its copies by a learner, which share its ID, the first."""
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        names = {("guid", entry.guid), ("id", entry.id.casefold())}
        if seen.isdisjoint(names):
            yield entry
        seen |= names


# Any other package → which of its notes live on as notes of this deck.

_TEMPLATE_TAG = re.compile(r"\{\{([^{}]*)\}\}")
_ID = re.compile(r"\w[\w.:-]*")
"""What can be written as `<!-- id=… -->`."""
_HOW = {
    Found.ID: "by id",
    Found.QUESTION: "by question",
    Found.ANSWER: "by answer",
    Found.LIKENESS: "by likeness",
}


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

    They are found as in `identify`: by question, by answer, by likeness; cloze notes among cloze
    notes only. A note that its author gave an id may be an old one all the same, since no learner
    has the id yet; where it is not clear which, it is new. A note that the lock knows keeps its
    GUID, unless its author wrote the id that a note of the package is told with. `version` is the
    deck's. Raises DeckError if the package cannot be read, or is this deck's own and the lock lost.
    """
    adopter = _Adopter(path, lock, notes, identities, version)
    adopter.find()
    return Adoption(
        tuple(adopter.adopted.get(at, identity) for at, identity in enumerate(identities)),
        (*adopter.problems, *adopter.tell_other_kinds(), *adopter.tell_lost_cards()),
        tuple(adopter.tell()),
    )


class _Adopter:
    """Finds the notes of a package among the notes of a deck."""

    def __init__(
        self,
        path: Path,
        lock: Lock,
        notes: Sequence[Note],
        identities: Sequence[Identity],
        version: str,
    ) -> None:
        self._path, self._lock = path, lock
        self._notes, self._identities = notes, identities
        deck = Deck(lock.deck, "", version, "en", "")  # only the id and the version matter here
        self._types = {each.kind: each for each in _our_types(deck)}
        self._packed = _read_by_guid(path)
        self._check_not_lost()
        self._entries, self._doubles = _set_doubles_aside(self._offer(version))
        self.adopted: dict[int, Identity] = {}
        """The identities of the notes that live on, by the notes' places."""
        self.problems: list[Problem] = []

    def _check_not_lost(self) -> None:
        ours = {each.id for each in self._types.values()}
        if self._lock.is_new and any(each.note_type.id in ours for each in self._packed.values()):
            message = (
                f"is a package of this deck, whose lock is lost: say --rebuild-lock {self._path} "
                "instead of --adopt"
            )
            raise DeckError([error(Location(str(self._path)), message)])

    def _offer(self, version: str) -> Iterator[NoteEntry]:
        """Yield an entry for each note of the package that this deck has not."""
        known = {entry.guid for entry in self._lock.notes} | {one.guid for one in self._identities}
        left = [note for guid, note in self._packed.items() if guid not in known]
        fields = [each.name for each in self._types[Kind.BASIC].fields]
        layouts = _find_layouts(left, fields, {note.question_text for note in self._notes})
        ids = (each for entry in self._lock.notes for each in (entry.id, entry.author_id))
        taken = {each.casefold() for each in ids}
        for note in left:
            layout = layouts[note.note_type.id]
            digests = (
                short_digest(self._lock.deck, note.guid, str(at)) for at in itertools.count()
            )
            wanted = itertools.chain(layout.ids(note), digests)
            note_id = next(each for each in wanted if each.casefold() not in taken)
            taken.add(note_id.casefold())
            yield layout.entry(note, note_id, version)

    def find(self) -> None:
        """Find which notes live on, and what is in doubt about it."""
        notes = {at: _as_read(note) for at, note in enumerate(self._notes)}
        for is_cloze in (False, True):
            entries = [each for each in self._entries if (each.kind == Kind.CLOZE) == is_cloze]
            named = {entry.id.casefold() for entry in entries}
            self._match(
                entries,
                {
                    at: note if (note.id or "").casefold() in named else replace(note, id=None)
                    for at, note in notes.items()
                    if (note.kind is Kind.CLOZE) == is_cloze and self._may_be_old(at, note, named)
                },
            )

    def _may_be_old(self, at: int, note: Note, named: Set[str]) -> bool:
        is_new = self._identities[at].entry is None
        is_named = (note.id or "").casefold() in named
        return is_named or (is_new and not is_declared_new(self._lock.deck, note))

    def _match(self, entries: Sequence[NoteEntry], notes: Mapping[int, Note]) -> None:
        old = Lock(self._lock.deck, self._lock.created, notes=tuple(entries))
        found, doubts = identify(old, list(notes.values()))
        for at, one in zip(notes, found, strict=True):
            if one.entry:
                self.adopted[at] = self._live_on(at, one.entry, one.found)
        with_id = {self._notes[at].location for at in notes if self._notes[at].id}
        self.problems += [each for each in doubts if each.location not in with_id]

    def _live_on(self, at: int, entry: NoteEntry, found: Found | None) -> Identity:
        """Return the identity of a note that lives on: only its GUID is the other deck's."""
        own = self._identities[at]
        if own.entry is None:
            return replace(own, guid=entry.guid, entry=entry, found=found)
        return Identity(entry.guid, entry.id, "", entry, found)

    def tell_other_kinds(self) -> Iterator[Problem]:
        """Yield an error for each note that has the id of one whose cards do not fit it."""
        by_id = {entry.id.casefold(): entry for entry in self._entries}
        for at, note in enumerate(self._notes):
            old = by_id.get((note.id or "").casefold())
            if old and at not in self.adopted:
                is_cloze = "is" if note.kind is Kind.CLOZE else "is not"
                message = (
                    f"this {is_cloze} a cloze note, and {quote(old.question)} in {self._path} "
                    f"{'is' if old.kind else 'is not'}, so its cards do not fit: remove the id"
                )
                yield error(note.location, message)

    def tell_lost_cards(self) -> Iterator[Problem]:
        """Yield a warning for each note of which learners have more cards than its kind has."""
        for at, one in self.adopted.items():
            note, packed = self._notes[at], self._packed[one.guid]
            ours, had = self._types[note.kind], len(packed.card_numbers)
            has = len(ours.templates)
            if not ours.is_cloze and has < had:
                yield warning(
                    note.location,
                    f"learners have {had} cards of this note, and kind={note.kind} has {has}: the "
                    "others go, with their progress, when learners change the note type"
                    + ("; write <!-- kind=reversed --> to keep the second" if has == 1 else ""),
                )

    def tell(self) -> Iterator[Change]:
        """Yield what was adopted, what was not, and what learners have to do."""
        yield Change("adopted", self._count())
        for at, one in sorted(self.adopted.items(), key=lambda item: item[0]):
            old, new = one.entry.question if one.entry else "", self._notes[at].question_text
            if old != new:
                how = f", known {_HOW[one.found]}" if one.found else ""
                yield Change("adopted", f"{quote(old)} → {quote(new)}{how}")
        taken = {one.guid for one in self.adopted.values()}
        for entry in self._entries:
            if entry.guid not in taken:
                yield Change("not adopted", _say_left(entry))
        for entry in self._doubles:
            yield Change("not adopted", f"{quote(entry.question)}, which the package has twice")
        yield from self._tell_way()

    def _count(self) -> str:
        ways = Counter(one.found for one in self.adopted.values())
        told = ", ".join(f"{ways[found]} {how}" for found, how in _HOW.items() if ways[found])
        known = len(self._packed) - len(self._entries) - len(self._doubles)
        text = f"{ways.total()} of {len(self._packed)} notes of {self._path}"
        text += f": {told}" if told else ""
        return text + (f"; {known} of them this deck has already" if known else "")

    def _tell_way(self) -> Iterator[Change]:
        """Yield how learners come by this deck's text, if Anki does not give it to them."""
        types = {
            f'"{old.name}" to "{new.name}"': None
            for at, one in self.adopted.items()
            for old, new in [(self._packed[one.guid].note_type, self._types[self._notes[at].kind])]
            if old.id != new.id
        }
        if types:
            yield Change(
                "adopted",
                "with learners these notes have another note type, so Anki leaves their text and "
                "schedule as they are, and logs them as conflicting; to get this deck's text, a "
                "learner imports, selects them in the browser, chooses Notes > Change Note Type "
                f"({', '.join(types)}), and imports again with Update notes: Always",
            )


def _read_by_guid(path: Path) -> dict[str, PackedNote]:
    """Return the notes of a package by their GUIDs.

    Of two that share one, which a learner has both, it is the last that Anki takes updates for
    (tried with the `anki` library 26.9.3).
    """
    return {note.guid: note for note in read_package(path).notes if note.guid}


def _set_doubles_aside(
    entries: Iterable[NoteEntry],
) -> tuple[tuple[NoteEntry, ...], tuple[NoteEntry, ...]]:
    """Return the first of all entries that nothing tells apart, and the others."""
    first: dict[tuple[str, ...], NoteEntry] = {}
    doubles = []
    for entry in entries:
        key = (entry.kind, entry.question, entry.answer) if entry.question else (entry.guid,)
        if first.setdefault(key, entry) is not entry:
            doubles.append(entry)
    return tuple(first.values()), tuple(doubles)


def _say_left(entry: NoteEntry) -> str:
    what = quote(entry.question) if entry.question else f"a note without text, {entry.guid}"
    return f"{what} (if a note is it, write <!-- id={entry.id} --> in it, and adopt again)"


def _as_read(note: Note) -> Note:
    """Return a note as another tool would have read it: with the author's HTML as markup."""
    question, answer = (tuple(map(_token_as_read, side)) for side in (note.question, note.answer))
    return replace(note, question=question, answer=answer)


def _token_as_read(token: Token) -> Token:
    if token["type"] in ("inline_html", "block_html"):
        reader = _FieldReader(token["raw"], is_ours=False)
        reader.read()
        return {**token, "type": "text", "raw": reader.text()}
    if "children" in token:
        return {**token, "children": [_token_as_read(child) for child in token["children"]]}
    return token


@dataclass(frozen=True)
class _Layout:
    """Which fields of a note type hold what."""

    question: int
    answers: tuple[int, ...]
    """The first that is not empty is the answer."""
    id: int | None
    """The field of an id that deckpress gave."""

    def ids(self, note: PackedNote) -> Iterator[str]:
        """Yield the id that deckpress gave a note, if it did."""
        if self.id is not None and _ID.fullmatch(note.fields[self.id]):
            yield note.fields[self.id]

    def entry(self, note: PackedNote, note_id: str, version: str) -> NoteEntry:
        """Return what is known of a note, by an id."""
        is_ours, is_cloze = self.id is not None, note.note_type.is_cloze
        question, clozes = _read_field(note.fields[self.question], is_ours=is_ours)
        answers = (html_text(note.fields[at], is_ours=is_ours) for at in self.answers)
        return NoteEntry(
            guid=note.guid,
            id=note_id,
            kind=Kind.CLOZE.value if is_cloze else "",
            question=question,
            answer=sketch(next(filter(None, answers), "")),
            fields="",
            mod=0,  # dated anew, whatever clock the other tool went by
            added=version,
            changed=version,
            clozes=clozes if is_cloze else {},
        )


def _find_layouts(
    notes: Iterable[PackedNote], ours: Sequence[str], asked: Set[str]
) -> dict[int, _Layout]:
    """Return the layout of each note type, by its id.

    `ours` are the fields of deckpress' own note types, and `asked` the questions of this deck.
    """
    by_type: dict[int, list[PackedNote]] = defaultdict(list)
    for note in notes:
        by_type[note.note_type.id].append(note)
    return {key: _find_layout(of_type, ours, asked) for key, of_type in by_type.items()}


def _find_layout(notes: Sequence[PackedNote], ours: Sequence[str], asked: Set[str]) -> _Layout:
    kind = notes[0].note_type
    names = [name for name, _ in kind.fields]
    if names[1:] == ours[1:]:
        return _Layout(0, (ours.index("Answer"),), ours.index("ID"))
    template = kind.templates[0] if kind.templates else None
    front = _fields_shown(template.front, names) if template else []
    back = _fields_shown(template.back, names) if template else []
    question = _choose_question(notes, front, asked)
    told = {each.place for each in front if not each.is_typed} | {question}
    answers = sorted(back, key=lambda each: each.is_sometimes)
    return _Layout(question, tuple(each.place for each in answers if each.place not in told), None)


def _choose_question(notes: Sequence[PackedNote], front: Sequence[_Shown], asked: Set[str]) -> int:
    """Return the field of the front in which most of this deck's questions are found.

    Where that does not tell, it is the one that the browser sorts by, or else the first.
    """
    sorts_by = notes[0].note_type.sort_field
    places = _may_ask(front) or [sorts_by]

    def rank(at: int) -> tuple[int, bool]:
        texts = (html_text(note.fields[at]) for note in notes)
        return sum(text in asked for text in texts), at == sorts_by

    return max(places, key=rank) if len(places) > 1 else places[0]


def _may_ask(front: Sequence[_Shown]) -> list[int]:
    """Return the fields with deletions, or those always shown, or any that are shown."""
    shown = [each for each in front if not each.is_typed]
    pools = (
        [each.place for each in shown if each.is_cloze],
        [each.place for each in shown if not each.is_sometimes],
        [each.place for each in shown],
    )
    return next(filter(None, pools), [])


@dataclass(frozen=True)
class _Shown:
    """A field that a template shows."""

    place: int
    is_cloze: bool
    is_typed: bool
    """Whether it is what the learner has to type."""
    is_sometimes: bool
    """Whether it stands under a condition."""


def _fields_shown(template: str, names: Sequence[str]) -> list[_Shown]:
    shown: list[_Shown] = []
    depth = 0
    for tag in _TEMPLATE_TAG.findall(template):
        *filters, name = (part.strip() for part in tag.split(":"))
        if name[:1] in ("#", "^", "/"):
            depth += -1 if name[0] == "/" else 1
        elif name in names and not any(each.startswith("tts ") for each in filters):
            is_cloze = "cloze" in filters
            is_typed = "type" in filters and not is_cloze
            shown.append(_Shown(names.index(name), is_cloze, is_typed, depth > 0))
    return shown
