"""The note types: which fields and cards each kind of note has, and how its cards look.

The templates and the style sheet are files beside this one that a browser opens.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from string import Template

from deckpress.anki import IMAGE_OCCLUSION, CardTemplate, NoteType
from deckpress.formulas.cloze_marks import HIGHEST, cloze_class
from deckpress.languages.i18n import labels_for, speech_words
from deckpress.languages.scripts import is_right_to_left
from deckpress.notes import Kind
from deckpress.project import Deck, Speech
from deckpress.project.addresses import report_address

_PAUSE = "…"
"""Read for a gap where no word for it is known: else Anki says its own, in the learner's language
or in English."""
_FIELDS = (
    "Question",
    "Answer",
    "Hint",
    "Extra",
    "Context",
    "Source",
    "ID",
    "Reserve 1",
    "Reserve 2",
)
_OCCLUSION_FIELDS = (
    *("Occlusion", "Image", "Header", "Back Extra", "Comments"),
    *("Gaps", "Hint", "Context", "Source", "ID", "Reserve 1", "Reserve 2"),
)
"""The first five are Anki's own, in its order (`rslib/src/image_occlusion/notetype.rs`)."""
SPOKEN: Mapping[str, str] = {"Question": "Spoken question", "Answer": "Spoken answer"}
"""What is read aloud of a field is in one of its own, which is one of the reserve."""
_RESERVED = {"Spoken question": "Reserve 1", "Spoken answer": "Reserve 2"}
_NAMES: Mapping[Kind, str] = {
    Kind.BASIC: "Q&A",
    Kind.REVERSED: "Q&A both ways",
    Kind.TYPED: "typed answer",
    Kind.CLOZE: "cloze deletion",
    Kind.OCCLUSION: "image occlusion",
}
_CARDS: Mapping[Kind, tuple[tuple[str, str], ...]] = {
    Kind.BASIC: (("Question", "question"),),
    Kind.REVERSED: (("Question", "question"), ("Answer first", "reversed")),
    Kind.TYPED: (("Typed answer", "typed"),),
    Kind.CLOZE: (("Cloze", "cloze"),),
    Kind.OCCLUSION: (("Image Occlusion", "occlusion"),),
}
"""The cards of each kind: the card's name, and the name its template files begin with."""

_TRADITIONAL = '"PingFang TC", "Noto Sans CJK TC", "Noto Sans TC", "Microsoft JhengHei"'
_FONTS: Mapping[str, str] = {
    "ja": '"Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic", Meiryo',
    "ko": '"Apple SD Gothic Neo", "Noto Sans CJK KR", "Noto Sans KR", "Malgun Gothic"',
    **dict.fromkeys(("zh-hant", "zh-tw", "zh-hk", "zh-mo"), _TRADITIONAL),
}
"""The fonts with a language's own forms of the characters, before those of simplified Chinese."""
_FIRST_CHINESE = '"PingFang SC"'
"""The first font of `card.css` that has Chinese characters."""
_RIGHT_TO_LEFT = "<span hidden>&rlm;</span>"
"""What ends a field of a deck from right to left: `dir="auto"` runs from left to right where a
text has no letters, as a year has none."""


def field_names(kind: Kind = Kind.BASIC) -> tuple[str, ...]:
    """Return the names of the fields of a kind's note type; a cloze note's first is called Text."""
    if kind is Kind.OCCLUSION:
        return _OCCLUSION_FIELDS
    return ("Text", *_FIELDS[1:]) if kind is Kind.CLOZE else _FIELDS


def is_ours(names: Sequence[str]) -> bool:
    """Return whether fields are those of a note type of ours, whatever its reserve is used for."""
    kept = [_RESERVED.get(name, name) for name in names]
    return tuple(kept[1:]) == _FIELDS[1:]


def _fields_of(kind: Kind, speech: Speech | None) -> Iterator[str]:
    """Yield the names of the fields of a kind of notes; some of the reserve may be in use."""
    used = {_RESERVED[SPOKEN[field]]: SPOKEN[field] for field in (speech.fields if speech else ())}
    used = {} if kind is Kind.OCCLUSION else used
    yield from (used.get(name, name) for name in field_names(kind))


def note_type(kind: Kind, deck: Deck) -> NoteType:
    """Return the note type for a kind of note in a deck."""
    name = f"{deck.id}: {_NAMES[kind]}"
    is_occlusion = kind is Kind.OCCLUSION
    return NoteType(
        id=_type_id(kind, deck.id),
        name=name,
        is_cloze=kind is Kind.CLOZE or is_occlusion,
        sort_field=_OCCLUSION_FIELDS.index("Header") if is_occlusion else 0,
        fields=tuple(
            (field, _number(deck.id, kind, "field", str(index)) % 2**52)
            for index, field in enumerate(_fields_of(kind, deck.speech))
        ),
        templates=tuple(
            CardTemplate(
                title,
                _number(deck.id, kind, "template", str(index)) % 2**52,
                _read_template(f"{file}_front.html", deck),
                _read_template(f"{file}_back.html", deck),
            )
            for index, (title, file) in enumerate(_CARDS[kind])
        ),
        css="".join((_import(deck), *_style_sheets(deck, kind), _own_style(deck))),
        stock_kind=IMAGE_OCCLUSION if is_occlusion else 0,
    )


def deck_id_of(name: str, type_id: int) -> str:
    """Return the id of the deck that a note type is of, by its name and id; nothing if of none."""
    for kind, label in _NAMES.items():
        deck_id = name.removesuffix(f": {label}")
        if deck_id != name and type_id == _type_id(kind, deck_id):
            return deck_id
    return ""


def _type_id(kind: Kind, deck_id: str) -> int:
    return 2**30 + _number(deck_id, kind, "note type") % 2**30


def _number(*names: str) -> int:
    """Return a number that is the same for the same names; 0 would not do as an id."""
    digest = hashlib.sha256("\x1f".join(names).encode()).digest()
    return int.from_bytes(digest[:8], "big") | 1


def _read_template(name: str, deck: Deck) -> str:
    is_rtl = is_right_to_left(deck.language)
    words = {
        **labels_for(deck.language),
        "language": deck.language,
        "direction": "rtl" if is_rtl else "ltr",
        "neutral": _RIGHT_TO_LEFT if is_rtl else "",
        "report": _report_link(deck),
        **_players(deck.speech),
    }
    return Template(_read_file(name)).substitute(words).strip()


def _style_sheets(deck: Deck, kind: Kind) -> Iterator[str]:
    fonts = [*_fonts_of(deck.language), _FIRST_CHINESE]
    yield _read_file("card.css").replace(_FIRST_CHINESE, ", ".join(fonts))
    if kind is Kind.CLOZE:
        asked = (f".card{number} .{cloze_class(number)}" for number in range(1, HIGHEST + 1))
        yield Template(_read_file("cloze.css")).substitute(asked=", ".join(asked))
    if kind is Kind.OCCLUSION:
        yield _read_file("occlusion.css")
    if deck.speech and kind is not Kind.OCCLUSION:
        yield _read_file("speech.css")


def _fonts_of(language: str) -> Iterator[str]:
    """Yield the fonts that come before those of simplified Chinese, by a language's BCP 47 tag."""
    base, *subtags = language.lower().split("-")
    for name in (base, *(f"{base}-{subtag}" for subtag in subtags)):
        if name in _FONTS:
            yield _FONTS[name]
            return


def learners_sheet(deck: Deck) -> Mapping[str, bytes]:
    """Return the style sheet that each learner may write, as a package brings it, by its name.

    Anki replaces no file whose name begins so (`rslib/src/import_export/package/apkg/import/
    media.rs`). AnkiDroid tells of each file that a card names and that is not there
    (`MediaErrorHandler.kt`), so there is one from the beginning.
    """
    if not (deck.style and deck.style.for_learners):
        return {}
    return {f"_{deck.id}.css": _read_file("learners.css").encode()}


def _import(deck: Deck) -> str:
    """Return what brings a learner's style in: CSS wants it before all rules."""
    return "".join(f'@import url("{name}");\n' for name in learners_sheet(deck))


def _own_style(deck: Deck) -> str:
    return f"\n{deck.style.css}" if deck.style and deck.style.css else ""


def _players(speech: Speech | None) -> Mapping[str, str]:
    """Return what the templates have where a field is read aloud, by the name of that place.

    A gap is a blank on the front of a cloze note, and all of its text is read on the back.
    """
    fields = speech.fields if speech else ()
    question, answer = (_player(speech, field) for field in SPOKEN)
    front = _player(speech, "Question", "cloze:")
    return {
        "say_question": question,
        "say_answer": answer,
        "say_front": front,
        "say_back": answer if "Answer" in fields else front,
    }


def _player(speech: Speech | None, field: str, filters: str = "") -> str:
    """Return what has Anki read a field aloud, if a deck wants it read."""
    if speech is None or field not in speech.fields:
        return ""
    name = SPOKEN[field]
    player = f"{{{{tts {_voice(speech)}:{filters}{name}}}}}"
    return f'{{{{#{name}}}}}<p class="speech">{player}</p>{{{{/{name}}}}}'


def _voice(speech: Speech) -> str:
    """Return what Anki's `tts` is told of a voice."""
    blank = speech_words(speech.language).get("blank", _PAUSE)
    options = (
        speech.language.replace("-", "_"),
        f"voices={','.join(speech.voices)}" if speech.voices else "",
        f"speed={speech.speed:g}" if speech.speed != 1 else "",
        f"cloze_blank={blank}",
    )
    return " ".join(filter(None, options))


def _report_link(deck: Deck) -> str:
    """Return the link by which a learner reports an error in a note; nothing without a homepage."""
    if not deck.homepage:
        return ""
    address = html.escape(report_address(deck.homepage, deck.id, "{{ID}}"))
    return f' · <a class="report" href="{address}">{labels_for(deck.language)["report"]}</a>'


def _read_file(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
