"""Every parser meets input that no person writes, and what comes of it is a message."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deckpress.anki.connect import AnkiConnect
from deckpress.anki.package_reader import read_package
from deckpress.diagnostics import DeckError
from deckpress.diagrams.plots import NAME as TRUSTED
from deckpress.diagrams.plots import trust_plots, trusted_plots
from deckpress.diagrams.png import SMALLEST, Header, read_header
from deckpress.lock.lock_file import read_lock
from deckpress.notes.builder import parse_notes
from deckpress.notes.front_matter import read_front_matter
from deckpress.project import Reading
from deckpress.project.opening import open_project, open_standalone
from tests.support.anki_connect import serve
from tests.support.commands import run, without_counts
from tests.support.projects import DECK_TOML

UNREADABLE = "x.md:1: front matter cannot be read: write plain values, as in deck: NAME"
NO_TAGS = "front matter: tags are words, or a list of words: write tags: a b"
UNSEEN = "is a character that nobody sees: remove it"

FRONT_MATTER = {
    "an escape above Unicode": ('deck: "\\UFFFFFFFF"', UNREADABLE),
    "an escape just above Unicode": ('deck: "\\U00110000"', UNREADABLE),
    "a version of 5,000 digits": (f"%YAML 1.{'9' * 5000}\ndeck: x", UNREADABLE),
    "brackets without end": (f"tags: {'[' * 5000}", UNREADABLE),
    "brackets in brackets": (f"tags: {'[' * 5000}{']' * 5000}", UNREADABLE),
    "half a letter in a deck": ('deck: "\\uD800"', f"x.md:2:7: front matter: U+D800 {UNSEEN}"),
    "half a letter in a form": ('notes: "\\uDFFF"', f"x.md:2:8: front matter: U+DFFF {UNSEEN}"),
    "half a letter in a tag": ('tags: [a, "\\uD800"]', f"x.md:2:7: front matter: U+D800 {UNSEEN}"),
    "NUL in a deck": ('deck: "a\\0b"', f"x.md:2:7: front matter: U+0000 {UNSEEN}"),
    "a control character": ("deck: a\x1b[31m", f"x.md:2: front matter: U+001B {UNSEEN}"),
    "a character that is none": ("tags: a\ndeck: \ufffe", f"x.md:3: front matter: U+FFFE {UNSEEN}"),
    "tags as names": ("tags:\n  cnn:\n  rnn:", f"x.md:3:3: {NO_TAGS}"),
    "tags in tags": ("tags: [a, [b]]", f"x.md:2:7: {NO_TAGS}"),
    "a tag with a value": ("tags:\n- a: b", f"x.md:3:1: {NO_TAGS}"),
    "a list within itself": ("tags: &a [*a]", f"x.md:2:7: {NO_TAGS}"),
    "a list as a key": (
        "[a, b]: c",
        'x.md:2:1: hint: front matter: keys of other tools are skipped: "…"',
    ),
    "what ends a line only in YAML": (
        "deck: a\u2028\ntags: b\x85\ndecks: c",
        'x.md:4:1: warning: front matter: unknown key "decks", did you mean "deck"?',
    ),
    "a mistake behind such an end": (
        "deck: a\x85 [b:\nc",
        "x.md:2:12: front matter: mapping values are not allowed here; is the value in quotes?",
    ),
    "a deck as a list": ("deck: [a]", 'x.md:2:7: front matter: "deck" takes one value'),
    "a deck as names": ("deck: {a: b}", 'x.md:2:7: front matter: "deck" takes one value'),
    "an empty tag": ('tags: [a, ""]', 'x.md:2:7: tag "" has an empty part: write a::b'),
}


@pytest.mark.parametrize("name", FRONT_MATTER)
def test_front_matter_that_nobody_writes_is_reported(name: str) -> None:
    """Whatever YAML can say, the message has its place, and the notes below are read."""
    text, message = FRONT_MATTER[name]
    notes, diagnostics, *_ = parse_notes(f"---\n{text}\n---\n1. One?\n\n   Yes.\n", "x.md")
    assert [*map(str, diagnostics)] == [message]
    assert [note.question_text for note in notes] == ["One?"]


TOO_MUCH = (
    "source/deck.toml: cannot be read: it has a number of too many digits, a name of too many "
    "parts, or lists within lists too deep"
)
SETTINGS = {
    "a number of 5,000 digits": (f"x = {'1' * 5000}", TOO_MUCH),
    "brackets without end": (f"x = {'[' * 5000}", TOO_MUCH),
    "a name of 20,000 parts": (f"x.{'a.' * 20_000}a = 1", TOO_MUCH),
    "braces within braces": (f"x = {'{a=' * 5000}1{'}' * 5000}", TOO_MUCH),
    "formulas that are no table": (
        'x = "b"\n[[formulas]]\na = 1',
        'source/deck.toml:7: unknown key "x" (known: id, name, version, language, description, '
        "author, licence, homepage, subdecks, notes, level, dialect, tags)\n"
        'source/deck.toml:8: "formulas" must be a table: [formulas.macros]',
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_nobody_writes_are_reported(name: str, project: Path) -> None:
    """deck.toml stops nothing from being told that is wrong elsewhere."""
    text, message = SETTINGS[name]
    (project / "source/deck.toml").write_text(f"{DECK_TOML}{text}\n")
    (project / "source/notes.md").write_text("1. One?\n\n   ![no](no.png)\n")
    result = run("check")
    assert (
        without_counts(result.stderr) == f"{message}\nsource/notes.md:3:4: no.png: no such file\n"
    )
    assert result.exit_code == 1


def test_all_files_of_a_run_are_reported(project: Path) -> None:
    """What one parser cannot read keeps no other from its own file."""
    (project / "source/deck.toml").write_text(f"x = {'[' * 5000}")
    (project / "source/a.md").write_text(f"---\ntags: {'[' * 5000}\n---\n1. A?\n\n   $x$ $}}$\n")
    (project / "source/b.md").write_bytes(b"1. \xff\n")
    (project / "source/c.md").write_text('---\ndeck: "\\UFFFFFFFF"\n---\n1. C?\n\n   ![c](c.png)\n')
    places = [line.partition(": ")[0] for line in run("check").stderr.splitlines() if ".md" in line]
    assert places == [
        *("source/a.md:1", "source/a.md:6:9", "source/b.md:1"),
        *("source/c.md:1", "source/c.md:6:4"),
    ]


SCRAPS = (
    *("---\n", "...\n", "deck: ", "tags:", "notes: list\n", "&a ", "*a", "!x ", "%YAML 1.1\n"),
    *("? ", "{", "}", "[", "]", '"\\U', "- ", "1. ", "1.", "> ", "# ", "## ", "```", "~~~", "$$"),
    *("$", "\\[", "\\]", "<!--", "-->", "<div>", "</div>", "<details>", "|", "|-|-|\n", "[^a]"),
    *("[^a]: ", "](", "![", "**", "_", "==", "{{c1::", "}}", "::", "&#0;", "id=a ", "kind=cloze "),
    *("[!TIP]", "www.a.b", "http://", "\\", "\n", "\n\n", "    ", "\t", "\r", "\x0b", "\x0c"),
    *("\x00", "\x85", "\u2028", "\ufeff", "\ud800", "中", "🐱", "a", "one", "\n1.\n", "\n>"),
)
MARKDOWN = st.one_of(st.text(), st.lists(st.sampled_from(SCRAPS), max_size=25).map("".join))


@settings(max_examples=300)
@given(MARKDOWN)
def test_any_text_is_read_as_notes_or_reported(text: str) -> None:
    """No Markdown breaks its reader, and every message has a line of the file."""
    _, diagnostics, *_ = parse_notes(text, "x.md")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(0 <= diagnostic.location.line <= lines for diagnostic in diagnostics)


@settings(max_examples=300)
@given(MARKDOWN)
def test_any_front_matter_is_read_or_reported(text: str) -> None:
    """No YAML breaks its reader, and what it gives can be written."""
    values, _ = read_front_matter(f"---\n{text}\n---\n", "x.md", Reading(), [])
    "".join((values.deck, *values.tags)).encode()


TOML = (
    *("[deck]\n", "[formulas]\n", "[formulas.macros]\n", "[terms]\n", "[[terms]]\n", "deck.", "id"),
    *("name", "version", "tags", "homepage", "subdecks", "macros", "terms", "formulas", "R", " = "),
    *('"a"', "'''", '"""', "[", "]", "{", "}", ", ", "1", "1e999", "nan", "inf", "0x1", "true"),
    *("2020-01-01", "\n", "\\", '"\\u0000"', '"\\b"', '"https://[a"', '"A::"', '"中"', '""', "#"),
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.lists(st.sampled_from(TOML), max_size=15).map("".join)))
def test_any_settings_are_read_or_reported(tmp_path: Path, text: str) -> None:
    """No TOML breaks its reader."""
    (tmp_path / "source").mkdir(exist_ok=True)
    (tmp_path / "source/notes.md").write_text("1. One?\n\n   Yes.\n")
    raw = f"{DECK_TOML}{text}".encode("utf-8", "surrogatepass")
    (tmp_path / "source/deck.toml").write_bytes(raw)
    project, diagnostics = open_project(tmp_path)
    assert project.is_made_up <= bool(diagnostics)


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def png(width: int, height: int, *texts: bytes) -> bytes:
    """Return the frame of a PNG: what it says of itself, and no pixels."""
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    chunks = [chunk(b"IHDR", header), *(chunk(b"tEXt", text) for text in texts)]
    return b"".join([b"\x89PNG\r\n\x1a\n", *chunks, chunk(b"IEND", b"")])


@pytest.mark.parametrize("size", [(0, 1), (1, 0), (2**31, 1), (1, 2**32 - 1)])
def test_a_picture_without_a_size_is_none(size: tuple[int, int]) -> None:
    """A width of 0 is divided by nowhere: such a picture is drawn again."""
    assert read_header(png(*size)) is None
    assert read_header(png(1, 2**31 - 1)) == Header(1, 2**31 - 1, {})


@pytest.mark.parametrize("value", ["", "x", "nan", "inf", "-1", "0", "1" * 5000, "1e999", "1,5"])
def test_a_picture_whose_texts_are_no_numbers_says_nothing(value: str) -> None:
    """The file may be anybody's: only a number is taken for one."""
    header = read_header(png(4, 4, b"Smallest\0" + value.encode()))
    assert header
    assert header.number(SMALLEST) is None
    assert Header(4, 4, {SMALLEST: "13.5"}).number(SMALLEST) == 13.5


@given(st.binary() | st.binary().map(lambda data: png(4, 4, data)))
def test_any_bytes_are_a_picture_or_none(data: bytes) -> None:
    """No PNG breaks its reader."""
    header = read_header(data)
    assert header is None or header.number(SMALLEST) != 0


DEEP = b"[" * 100_000
HOSTILE = {
    "brackets without end": DEEP,
    "braces without end": b'{"a":' * 100_000,
    "a number of 5,000 digits": b"1" * 5000,
    "no UTF-8": b'{"\xff": 1}',
    "half a letter": b'{"result": null, "error": "\\ud800"}',
    "nothing": b"",
    "a list": b"[]",
    "NUL": b"\0",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_answers_that_no_add_on_gives_are_reported(name: str) -> None:
    """Whatever listens where AnkiConnect should, its answer breaks nothing."""
    with serve(lambda question: HOSTILE[name]) as url, pytest.raises(DeckError) as caught:
        AnkiConnect(url).check()
    assert [diagnostic.location.file for diagnostic in caught.value.diagnostics] == [url]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_damaged_list_of_what_is_trusted_trusts_nothing(name: str, tmp_path: Path) -> None:
    """The file is read or counts for nothing, and the next trust writes it anew."""
    (tmp_path / TRUSTED).write_bytes(HOSTILE[name])
    assert trusted_plots(tmp_path, tmp_path) == frozenset()
    trust_plots(tmp_path, tmp_path / "\udcff", [])
    assert json.loads((tmp_path / TRUSTED).read_bytes()).keys() >= {str(tmp_path / "\udcff")}


READERS: dict[str, Callable[[Path], object]] = {
    "lock": lambda path: read_lock(path, "demo", 0),
    "package": read_package,
    "Markdown": open_standalone,
    "trusted": lambda path: trusted_plots(path.parent, path.parent),
}


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary() | st.sampled_from([*HOSTILE.values()]))
def test_any_bytes_are_read_or_reported(name: str, tmp_path: Path, data: bytes) -> None:
    """No file breaks its reader, wherever it comes from."""
    path = tmp_path / (TRUSTED if name == "trusted" else "x.md")
    path.write_bytes(data)
    with suppress(DeckError):
        READERS[name](path)
