"""What is read aloud of notes; the cases are in `cases/speech/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.lock.store import BuildOptions
from deckpress.notes import Kind
from deckpress.pipeline import Prepared
from deckpress.pipeline.prepare import prepare
from deckpress.project import Speech
from deckpress.project.opening import open_project
from deckpress.project.voices import with_region
from deckpress.render.speech import spoken_fields
from tests.support.cases import Check, read_cases
from tests.support.projects import NOON, PIXEL, write

SPEECH = read_cases("speech")
PIECES = [
    *("a", "<b>", "</b>", "<p>", "<code>", "</code>", "<pre>", "[", "]", "{{c1::", "}}", "::"),
    *(r"\(x^2\)", "&lt;", "[sound:a]", "[/anki:tts]", '<img alt="[x]}}">'),
]


@pytest.mark.parametrize("name", SPEECH)
def test_a_voice_reads(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check_case: Check
) -> None:
    """A voice reads just these words, and each formula that it leaves out is told of."""
    case = SPEECH[name]
    write(tmp_path, {**case.files, "source/dot.png": PIXEL, "source/sound.mp3": b"ID3"})
    monkeypatch.chdir(tmp_path)
    prepared = prepare(*open_project(Path()), NOON, options=BuildOptions(tells_all=True))
    check_case(case, "".join(f"{line}\n" for line in show(prepared)))


def show(prepared: Prepared) -> Iterator[str]:
    """Yield what is read of each note, and what is told."""
    for note in prepared.notes:
        names = [name for name, _ in note.note_type.fields]
        fields = dict(zip(names, note.fields, strict=True))
        yield fields["ID"]
        yield from (f"  {name}: {fields[name]}" for name in names if name.startswith("Spoken"))
    yield from map(str, prepared.diagnostics)


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_field_is_read_without_commands(field: str) -> None:
    """What is read aloud of a note that is no cloze note has no tag, bracket or gap in it."""
    speech = Speech(("Question",), "en-US")
    fields = {"Question": field, "Answer": ""}
    said = spoken_fields(Kind.BASIC, fields, speech)["Spoken question"]
    assert not set(said) & set("<>[")
    assert "{{c" not in said


@pytest.mark.parametrize(
    ("tag", "region"),
    [
        ("ja", "ja-JP"),
        ("ja-JP", "ja-JP"),
        ("en-gb", "en-GB"),
        ("zh-Hant", "zh-TW"),
        ("zh-Hans-SG", "zh-SG"),
        ("zh", "zh-CN"),
        ("eo", ""),
        ("de-1996", ""),
    ],
)
def test_a_voice_is_known_by_a_region(tag: str, region: str) -> None:
    """Where the deck's language has no region, the one that most of its speakers live in counts."""
    assert with_region(tag) == region
