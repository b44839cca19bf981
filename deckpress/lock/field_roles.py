"""Which field of a note type holds the question, and which the answer, whatever tool made it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from deckpress.anki import PackageNote
from deckpress.anki.field_text import html_text, read_field
from deckpress.lock import LockedNote
from deckpress.lock.similarity import sketch
from deckpress.note_types import field_names, is_ours
from deckpress.notes import Kind, ask_by_picture

_TEMPLATE_TAG = re.compile(r"\{\{([^{}]*)\}\}")
_ID = re.compile(r"\w[\w.:-]*")
"""What can be written as `<!-- id=… -->`."""


@dataclass(frozen=True)
class Layout:
    """Which fields of a note type hold what."""

    question: int
    answers: tuple[int, ...]
    """The first that is not empty is the answer."""
    id: int | None
    """The field of an id that deckpress gave."""
    context: int | None = None
    """The field of the headings above, of a note of deckpress'."""
    gaps: int | None = None
    """The field with the names of the gaps of a picture that asks, where it is one of ours."""
    shapes: int | None = None
    """The field that says where these are."""

    @property
    def clozes(self) -> int:
        """The field that has a cloze note's deletions, as words."""
        return self.question if self.gaps is None else self.gaps

    def ids(self, note: PackageNote) -> Iterator[str]:
        """Yield the id that deckpress gave a note, if it did."""
        if self.id is not None and _ID.fullmatch(note.fields[self.id]):
            yield note.fields[self.id]

    def entry(self, note: PackageNote, note_id: str) -> LockedNote:
        """Return what is known of a note, by an id."""
        is_ours, is_cloze = self.id is not None, note.note_type.is_cloze
        if self.gaps is not None:
            return read_picture_note(note, note_id)
        question, clozes = read_field(note.fields[self.question], is_ours=is_ours)
        answers = (html_text(note.fields[index], is_ours=is_ours) for index in self.answers)
        return LockedNote(
            guid=note.guid,
            id=note_id,
            kind=Kind.CLOZE.value if is_cloze else "",
            question=question,
            answer=sketch(next(filter(None, answers), "")),
            fields="",
            mod=0,  # dated anew, whatever clock the other tool went by
            clozes=clozes if is_cloze else {},
        )


_TEXT_FIELDS = field_names()
_TEXT = Layout(
    question=0,
    answers=(_TEXT_FIELDS.index("Answer"),),
    id=_TEXT_FIELDS.index("ID"),
    context=_TEXT_FIELDS.index("Context"),
)
_PICTURE_FIELDS = field_names(Kind.OCCLUSION)
_PICTURE = Layout(
    question=_PICTURE_FIELDS.index("Header"),
    answers=(_PICTURE_FIELDS.index("Back Extra"),),
    id=_PICTURE_FIELDS.index("ID"),
    context=_PICTURE_FIELDS.index("Context"),
    gaps=_PICTURE_FIELDS.index("Gaps"),
    shapes=_PICTURE_FIELDS.index("Occlusion"),
)


def read_picture_note(note: PackageNote, note_id: str) -> LockedNote:
    """Return what is known of a note of ours whose picture asks, by an id."""
    fields = dict(zip(_PICTURE_FIELDS, note.fields, strict=True))
    _, gaps = read_field(fields["Gaps"], is_ours=True)
    return LockedNote(
        guid=note.guid,
        id=note_id,
        kind=Kind.OCCLUSION.value,
        question=ask_by_picture(html_text(fields["Comments"], is_ours=True)),
        answer=sketch(", ".join(gaps.values())),
        fields="",
        mod=0,
        clozes=gaps,
    )


def find_layouts(notes: Iterable[PackageNote], asked: Set[str]) -> dict[int, Layout]:
    """Return the layout of each note type, by its id; `asked` are the questions of this deck."""
    by_type: dict[int, list[PackageNote]] = defaultdict(list)
    for note in notes:
        by_type[note.note_type.id].append(note)
    return {key: _find_layout(of_type, asked) for key, of_type in by_type.items()}


def _find_layout(notes: Sequence[PackageNote], asked: Set[str]) -> Layout:
    kind = notes[0].note_type
    names = [name for name, _ in kind.fields]
    if is_ours(names):
        return _TEXT
    if kind.is_cloze and names == [*_PICTURE_FIELDS]:
        return _PICTURE
    template = kind.templates[0] if kind.templates else None
    front = _fields_shown(template.front, names) if template else []
    back = _fields_shown(template.back, names) if template else []
    question = _choose_question(notes, front, asked)
    placed = {shown.place for shown in front if not shown.is_typed} | {question}
    answers = sorted(back, key=lambda shown: shown.is_sometimes)
    return Layout(
        question, tuple(answer.place for answer in answers if answer.place not in placed), None
    )


def _choose_question(notes: Sequence[PackageNote], front: Sequence[_Shown], asked: Set[str]) -> int:
    """Return the field of the front in which most of this deck's questions are found.

    Where that does not tell, it is the one that the browser sorts by, or else the first.
    """
    sorts_by = notes[0].note_type.sort_field
    places = _may_ask(front) or [sorts_by]

    def rank(index: int) -> tuple[int, bool]:
        texts = (html_text(note.fields[index]) for note in (notes if asked else ()))
        return sum(text in asked for text in texts), index == sorts_by

    return max(places, key=rank) if len(places) > 1 else places[0]


def _may_ask(front: Sequence[_Shown]) -> list[int]:
    """Return the fields with deletions, or those always shown, or any that are shown."""
    shown = [field for field in front if not field.is_typed]
    pools = (
        [field.place for field in shown if field.is_cloze],
        [field.place for field in shown if not field.is_sometimes],
        [field.place for field in shown],
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
        elif name in names and not any(text_filter.startswith("tts ") for text_filter in filters):
            is_cloze = "cloze" in filters
            is_typed = "type" in filters and not is_cloze
            shown.append(_Shown(names.index(name), is_cloze, is_typed, depth > 0))
    return shown
