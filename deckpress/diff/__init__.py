"""Two packages → what a learner of the old one gets with the new one, as values.

`compare` finds it: `note_changes` compares field by field, and `word_changes` word by word.
`sections` puts it in order, for `diff_text`, `diff_markdown` and `diff_html`; `diff_json` is
JSON.
"""

from __future__ import annotations

from dataclasses import dataclass

from deckpress.anki import NoteType, PackageNote
from deckpress.diff.word_changes import Words
from deckpress.languages.i18n import Phrase


@dataclass(frozen=True)
class ReadNote:
    """A note as a learner reads it."""

    packed: PackageNote
    question: Words
    answer: Words
    id: str = ""
    """The ID that deckpress gave it; empty where another tool made the package."""
    context: str = ""
    """The heading it stands below, if deckpress packed it."""

    @property
    def title(self) -> str:
        """The question on one line."""
        return " ".join("".join(self.question).split())


@dataclass(frozen=True)
class FieldChange:
    """A field before and after."""

    name: str
    old: Words
    new: Words

    @property
    def is_formatting(self) -> bool:
        """Whether its words are the same, and only what they look like differs."""
        return self.old == self.new


@dataclass(frozen=True)
class ClozeChange:
    """What a cloze number asked for, and asks for."""

    number: str
    old: str | None
    """None where the number is new."""
    new: str | None
    """None where the number is gone: its card stays with learners, empty."""
    is_corrected: bool = False
    """Whether all around the clozes is as it was, so that it is the same cloze, put right."""
    is_gap: bool = False
    """Whether it hides a part of a picture, and the texts are names of the part."""


@dataclass(frozen=True)
class MediaChange:
    """A picture or sound that a note shows: other, new, or gone."""

    old: str | None
    """Its name in the old package; None where it is new."""
    new: str | None
    """None where it is gone."""
    is_renamed: bool = False
    """Whether it is the same content under another name."""
    is_missing: bool = False
    """Whether the new package shows it and has no such file."""


@dataclass(frozen=True)
class NoteChange:
    """A note that both packages have, and what differs."""

    old: ReadNote
    new: ReadNote
    question: FieldChange | None = None
    answer: FieldChange | None = None
    fields: tuple[FieldChange, ...] = ()
    """Those of the other fields."""
    clozes: tuple[ClozeChange, ...] = ()
    gaps_moved: tuple[str, ...] = ()
    """The names of the gaps of a picture that have another place, or another shape."""
    hides_all: bool | None = None
    """Whether a picture now hides all of its gaps at once; None if that is as it was."""
    tags_added: tuple[str, ...] = ()
    tags_gone: tuple[str, ...] = ()
    media: tuple[MediaChange, ...] = ()
    deck: tuple[str, str] | None = None
    """The deck before and after: cards that learners have stay where they are."""
    note_type: tuple[str, str] | None = None
    """The note type before and after: Anki then takes no update of the note."""
    cards_added: tuple[int, ...] = ()
    """Numbers of the note type's cards, from 0."""
    cards_gone: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs that a learner could see."""
        parts = (self.question, self.answer, self.fields, self.clozes, self.tags_added)
        other_parts = (self.tags_gone, self.media, self.deck, self.note_type, self.cards_added)
        gaps = (self.gaps_moved, self.hides_all is not None)
        return not any((*parts, *other_parts, *gaps, self.cards_gone))


@dataclass(frozen=True)
class Recreated:
    """A note that has become another one with the same question: learners would see both."""

    old: ReadNote
    new: ReadNote


@dataclass(frozen=True)
class PartChange:
    """A part of a note type, before and after."""

    label: Phrase
    """Such as `style sheet`, or `front of Card 1`."""
    old: str
    new: str

    @property
    def name(self) -> str:
        """The label in English, for programs."""
        return str(self.label)


@dataclass(frozen=True)
class NoteTypeChange:
    """A note type that both packages have, and what differs."""

    old: NoteType
    new: NoteType
    parts: tuple[PartChange, ...]
    is_schema_changed: bool
    """Whether Anki takes it for another note type, and updates none of its notes."""


@dataclass(frozen=True)
class DescriptionChange:
    """What the page of a deck says, before and after."""

    deck: str
    old: str
    new: str


@dataclass(frozen=True)
class Diff:
    """All that two packages differ in, in the order of their notes."""

    added: tuple[ReadNote, ...] = ()
    changed: tuple[NoteChange, ...] = ()
    retired: tuple[ReadNote, ...] = ()
    """Notes that the new package lacks: learners keep them."""
    recreated: tuple[Recreated, ...] = ()
    unchanged: int = 0
    """How many notes are the same."""
    note_types: tuple[NoteTypeChange, ...] = ()
    note_types_added: tuple[NoteType, ...] = ()
    note_types_gone: tuple[NoteType, ...] = ()
    descriptions: tuple[DescriptionChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the packages are the same to learners."""
        notes = (self.added, self.changed, self.retired, self.recreated)
        types = (self.note_types, self.note_types_added, self.note_types_gone)
        return not any((*notes, *types, self.descriptions))
