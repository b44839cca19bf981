"""Every file in `cases/` becomes the notes written beside it.

`cases/NAME.md` is the input; `cases/NAME.txt` holds each note's kind, line and fields, and every
message, as the author would see them. `pytest --accept` writes the second; read the diff.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.lock.store import BuildOptions
from deckpress.pipeline import Prepared
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_standalone
from tests.support.cases import CASES, NAMES, format_case, parse_case
from tests.support.typesetting import typeset_once


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case's Markdown gives just the fields and messages that stand beside it."""
    monkeypatch.chdir((CASES / name).parent)
    seen = show_file(Path(Path(name).name + ".md"))
    expected = CASES / f"{name}.txt"
    if request.config.getoption("--accept"):
        expected.write_text(seen, encoding="utf-8")
    assert seen == expected.read_text(encoding="utf-8")


def test_there_are_cases_enough() -> None:
    """The corpus is not lost by a moved folder."""
    assert len(NAMES) >= 90


PIECES = (b"a", b"\n", b" ", b"\\", b"x0a", "é".encode(), b"\xff", b"=== ")
TEXTS = st.lists(st.sampled_from(PIECES)).map(b"".join)


@given(st.dictionaries(st.sampled_from(["a.md", "b\x01.md", "c d"]), TEXTS))
def test_any_bytes_are_read_as_they_were_written(texts: dict[str, bytes]) -> None:
    """A case of several texts holds them as they are, whatever is in them."""
    assert parse_case(format_case("one", texts)) == ("one", texts)


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "CRLF": lambda text: text.replace(b"\n", b"\r\n"),
    "CR": lambda text: text.replace(b"\n", b"\r"),
    "BOM": lambda text: b"\xef\xbb\xbf" + text,
    "no end of line": lambda text: text.rstrip(b"\n"),
    "blank lines around": lambda text: text + b"\n\n",
}


def test_spelling_of_lines_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Line ends, a byte order mark and the end of the file change no field and no message."""
    monkeypatch.chdir(tmp_path)
    spellings = cycle(SPELLINGS.items())
    for source in sorted(CASES.rglob("*.md")):
        path, text = Path(source.name), source.read_bytes()
        path.write_bytes(text)
        plain = show_file(path)
        for spelling, spell in islice(spellings, 1):
            path.write_bytes(spell(text))
            assert show_file(path) == plain, (source, spelling)
        path.unlink()


def test_text_is_stored_composed_and_without_control_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names and texts come decomposed from macOS; Anki would store them otherwise than we think."""
    monkeypatch.chdir(tmp_path)
    question = "1. Cafe\u0301 \u304b\u3099\x01\x0b? <!-- id=e\u0301 -->"
    text = f"# Cafe\u0301\n\n{question}\n\n   `e\u0301\x7f` $e\u0301$\n"
    Path("nfd.md").write_text(text, encoding="utf-8")
    seen = show_file(Path("nfd.md"))
    assert unicodedata.is_normalized("NFC", seen)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", seen)
    assert "Café が?" in seen


def show_file(path: Path) -> str:
    """Return what a Markdown file becomes, as text."""
    project, diagnostics = open_standalone(path)
    return show(
        prepare(
            project,
            diagnostics,
            now=1_700_000_000,
            options=BuildOptions(tells_all=True),
            typeset=typeset_once,
        )
    )


def show(prepared: Prepared) -> str:
    """Return notes and messages as text: fields in order, their further lines under a bar."""
    lines = []
    for index, rendered in enumerate(prepared.rendered, 1):
        note = rendered.note
        own = {"id": note.id, "deck": note.subdeck, "tags": " ".join(note.tags)}
        given = "".join(f", {name} {value}" for name, value in own.items() if value)
        lines.append(f"[{index}] {note.kind}, line {note.location.line}{given}")
        for name, text in rendered.fields.items():
            if text:
                first, *more = text.split("\n")
                lines += [f"{name}: {first}", *(f"| {line}" for line in more)]
        lines.append("")
    return "\n".join([*lines, *map(str, prepared.diagnostics)]).rstrip("\n") + "\n"
