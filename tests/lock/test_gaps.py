"""Gaps of any content: each card hides its own gap and nothing else, as Anki itself shows it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from anki.collection import Collection
from anki.notes import Note as AnkiNote
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.diagnostics import has_errors
from deckpress.media import Media
from deckpress.notes.builder import parse_notes
from tests.support.anki_collection import open_collection
from tests.support.locks import fields_of

_APART = re.compile(r"(?<=\}) (?=\}|\]|$)")
MEDIA = Media(names={("n.md", "a.png"): "a-0123456789ab.png"})


def question_of(text: str) -> str:
    """Return the field that holds the question of a note."""
    source = "1. " + text + "\n\n   Answer.\n"
    (note,), diagnostics, *_ = parse_notes(source, "n.md")
    assert not has_errors(diagnostics)
    return fields_of(note, MEDIA)["Question"]


class _Events(HTMLParser):
    """Reads HTML as a browser would: tags, attributes and text, with entities written out."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.events: list[object] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.events.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.events.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self.events and isinstance(self.events[-1], list):
            self.events[-1].append(data)
        else:
            self.events.append([data])


def seen(text: str) -> list[object]:
    """Return what a browser makes of HTML; a space that only keeps braces apart is nothing."""
    events = _Events(text).events
    return [
        _APART.sub("", "".join(event)) if isinstance(event, list) else event for event in events
    ]


@pytest.fixture(scope="module")
def anki_note(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnkiNote]:
    """A cloze note of Anki's own, whose text each example sets."""
    with open_collection(tmp_path_factory.mktemp("gaps")) as collection:
        yield cloze_note(collection)


def cloze_note(collection: Collection) -> AnkiNote:
    """Return a new note of Anki's own cloze type, with nothing but the text on its cards."""
    note_type = collection.models.by_name("Cloze")
    assert note_type
    note_type["tmpls"][0]["qfmt"] = note_type["tmpls"][0]["afmt"] = "{{cloze:Text}}"
    collection.models.update_dict(note_type)
    return collection.new_note(note_type)


def sides(note: AnkiNote, field: str, number: int) -> tuple[str, str]:
    """Return front and back of a card as Anki shows them, without style and template."""
    note["Text"] = field
    output = note.ephemeral_card(number - 1).render_output()
    return output.question_text, output.answer_text


@dataclass(frozen=True)
class Gap:
    """A deletion as its author writes it."""

    number: int
    content: str
    hint: str = ""

    @property
    def source(self) -> str:
        """The deletion in Markdown."""
        mark = f"::{self.hint}" if self.hint else ""
        return f"{{{{c{self.number}::{self.content}{mark}}}}}"


WORDS = st.sampled_from(
    ["word", "a", "std", "门控", "x} y", "{y}", "é", "a: b", ":b", "e\u0301", "\u0338"]
)
HOSTILE = st.sampled_from(
    ["std::map", "f={y}}", "a}}", "::", "}}", "x", "[sound:x.mp3]", "{{c1::x}}", "[[type:a]]"]
)
"""What Anki would read as the end of a gap, its hint, or another command."""
NO_LINE = st.sampled_from(["a::b", "x}}y", "::", "}}", "[latex]", "\\alpha::", "n"])

CONTENT = st.recursive(
    WORDS
    | HOSTILE.map(lambda text: f"`{text}`")
    | NO_LINE.map(lambda text: f"![{text.strip('[]')} z](a.png)")
    | HOSTILE.map(lambda text: f'![z](a.png "{text}")')
    | NO_LINE.map(lambda text: f"<https://doc.example/{text.strip('[]')}>")
    | HOSTILE.map(lambda text: f'<span title="{text}">n</span>')
    | (WORDS | HOSTILE.map(lambda text: f"`{text}`")).map(
        lambda text: f"[{text} z](https://doc.example/a::b)"
    )
    | st.sampled_from(["$a :: b$", r"$\frac{1}{\sqrt{x}}$", "$${x}$$", "$a <b$", r"\\(", r"\\)"])
    | st.sampled_from(
        [r"a\:", r"a\:\:b", r"a\}\}", "&#58;: b", "a}<!-- x -->} b", ":<!-- -->: b", ":\x01: b"]
    )
    | st.sampled_from(
        ["[so<!-- -->und:x.mp3]", "[so\x1fund:x.mp3]", "https://a.b/c::d z", "&lt;b"]
    ),
    lambda inner: (
        inner.map(lambda text: f"**x {text} x**")
        | inner.map(lambda text: f"*x {text} x*")
        | inner.map(lambda text: f"<b>{text} a::b</b>")
        | st.lists(inner, min_size=1, max_size=3).map(" ".join)
    ),
    max_leaves=5,
)
HINTS = st.just("") | st.sampled_from(["hint", "a::b", "**h**", "`h}}`", "$h :: i$", "{h}", ":h"])


@st.composite
def gaps(draw: st.DrawFn) -> list[Gap]:
    """Return gaps of a note, numbered from 1; two may have one number."""
    contents = draw(st.lists(st.tuples(CONTENT, HINTS), min_size=1, max_size=4))
    last = draw(st.integers(1, len(contents)))
    return [
        Gap(min(index, last), content.strip(), hint)
        for index, (content, hint) in enumerate(contents, 1)
    ]


def alone(content: str) -> str:
    """Return what a content is outside a gap, in a cloze note as well."""
    field = question_of(f"{{{{c9::g}}}} Z {content} Z")
    return field.removeprefix("{{c9::g}} Z ").removesuffix(" Z")


def span(gap: Gap, number: int, *, is_front: bool) -> str:
    """Return what Anki shows of a gap on one side of the card of a number."""
    if gap.number != number:
        return (
            f'<span class="cloze-inactive" data-ordinal="{gap.number}">{alone(gap.content)}</span>'
        )
    if not is_front:
        return f'<span class="cloze" data-ordinal="{number}">{alone(gap.content)}</span>'
    answer = html.escape(alone(gap.content))
    shown = alone(gap.hint) if gap.hint else "..."
    return f'<span class="cloze" data-cloze="{answer}" data-ordinal="{number}">[{shown}]</span>'


def without_answers(events: list[object]) -> list[object]:
    """Return events without what Anki keeps of the answer in an attribute of the front."""
    return [
        (event[0], tuple(pair for pair in event[1] if pair[0] != "data-cloze"))
        if isinstance(event, tuple)
        else event
        for event in events
    ]


@settings(max_examples=100)
@given(gaps())
def test_a_card_hides_its_gap_and_nothing_else(anki_note: AnkiNote, of: list[Gap]) -> None:
    """Front and back are what the contents and hints are by themselves, and hold no stray mark."""
    field = question_of("A " + " B ".join(gap.source for gap in of) + " C")
    for number in {gap.number for gap in of}:
        front, back = sides(anki_note, field, number)
        for side, is_front in ((front, True), (back, False)):
            shown = " B ".join(span(gap, number, is_front=is_front) for gap in of)
            assert without_answers(seen(side)) == without_answers(seen(f"A {shown} C"))
