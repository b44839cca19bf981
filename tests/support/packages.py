"""Packages as they are compared, of any tool's notes and of ours."""

from __future__ import annotations

from hypothesis import strategies as st

from deckpress.anki import CardTemplate, NoteType, Package, PackageDeck, PackageNote
from deckpress.note_types import field_names

BASIC = NoteType(
    id=1,
    name="Basic",
    is_cloze=False,
    sort_field=0,
    fields=(("Front", None), ("Back", None), ("Extra", None)),
    templates=(CardTemplate("Card 1", None, "{{Front}}", "{{FrontSide}}<hr>{{Back}}"),),
    css=".card {}\n",
    mod=1,
)
CLOZE = BASIC._replace(
    id=2,
    name="Cloze",
    is_cloze=True,
    templates=(CardTemplate("Cloze", None, "{{cloze:Front}}", "{{cloze:Front}}{{Back}}"),),
)


def note(guid: str, *fields: str, tags: str = "", note_type: NoteType = BASIC) -> PackageNote:
    """Return a note with one card."""
    padded = (*fields, "", "", "")[: len(note_type.fields)]
    return PackageNote(guid, note_type, padded, tuple(tags.split()), 1, "Deck", (0,))


def package(*notes: PackageNote, media: dict[str, str | None] | None = None) -> Package:
    """Return a package of notes."""
    types = {packed.note_type.id: packed.note_type for packed in notes}
    return Package(notes, 1, tuple(types.values()), (PackageDeck("Deck", "About"),), media or {})


TEXTS = st.sampled_from(
    ["", "a", "b", "a b", "<b>a</b>", '<img src="x.png">', r"\(x\)", "{{c1::a}}"]
)
NOTES = st.builds(
    note,
    st.sampled_from("abcdefg"),
    TEXTS,
    TEXTS,
    TEXTS,
    tags=st.sampled_from(["", "x", "x y"]),
    note_type=st.sampled_from([BASIC, CLOZE]),
)
MEDIA = st.sampled_from([{}, {"x.png": "1"}, {"x.png": "2"}, {"x.png": None}])
PACKAGES = st.builds(
    lambda notes, media: package(*notes, media=media),
    st.lists(NOTES, max_size=8, unique_by=lambda packed: packed.guid),
    MEDIA,
)

"""Any package of a few notes."""

OURS: NoteType = BASIC._replace(
    id=3,
    name="demo: Q&A",
    fields=tuple((name, index) for index, name in enumerate(field_names(), 1)),
)


def ours(name: str, question: str, answer: str, tags: str = "") -> PackageNote:
    """Return a note as deckpress packs it."""
    fields = (question, answer, "", "", "Gates", "", name)
    return note(name, *fields, tags=tags, note_type=OURS)
