"""What the command writes arrives in any encoding, and steers no terminal."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.diagnostics import (
    Diagnostic,
    Location,
    code_frame,
    error,
    escape_controls,
    without_controls,
)
from tests.support.anki_connect import serve
from tests.support.commands import run, without_counts
from tests.support.forked_commands import Commands, Done
from tests.support.projects import DECK_TOML, ROOT, write

ESCAPES = {
    "\x1b[31mred": "\\x1b[31mred",
    "\x9b31m": "\\x9b31m",
    "a\rb": "a\\rb",
    "bell\x07": "bell\\x07",
    "\x7f": "\\x7f",
    "\u202eevil\u202c": "\\u202eevil\\u202c",
    "\u2066a\u2069": "\\u2066a\\u2069",
    "\u2028": "\\u2028",
    "\u200b\ufeff": "\\u200b\\ufeff",
    "\ud800": "\\ud800",
    "\U000e0041": "\\U000e0041",
    "中文 → “é” 　": "中文 → “é” 　",
    "a\tb\nc": "a\tb\nc",
    "👩\u200d🚀❤\ufe0f🇩🇪": "👩\u200d🚀❤\ufe0f🇩🇪",
    "می\u200cخواهم \u06dd \u200f": "می\u200cخواهم \u06dd \u200f",
    "e\u0301": "e\u0301",
    "\ue000": "\ue000",
}


@pytest.mark.parametrize("text", ESCAPES, ids=ascii)
def test_controls_are_escaped_and_letters_are_not(text: str) -> None:
    """What a terminal would obey is shown; what a reader reads stays as it is."""
    assert escape_controls(text) == ESCAPES[text]


@given(st.text())
def test_no_text_steers_a_terminal(text: str) -> None:
    """Whatever a file says, its message has line ends, tabs, and letters."""
    shown = escape_controls(text)
    categories = {unicodedata.category(char) for char in shown if char not in "\n\t"}
    assert not categories & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert escape_controls(shown) == shown
    assert without_controls(shown) == shown
    shown.encode()


def test_a_caret_stands_below_its_place_behind_what_is_escaped() -> None:
    """Escapes take columns, and so do full-width letters; marks above letters take none."""
    assert code_frame("a\x1b\u202eb\tc", 4) == "a\\x1b\\u202eb c\n            ^"
    assert code_frame("中\x07文e\u0301\u200db", 6) == "中\\x07文e\u0301\u200db\n         ^"


def test_a_name_with_a_line_end_makes_no_line_of_its_own() -> None:
    """A file cannot be named so that it says something of another."""
    diagnostic = error(Location("a\nb.md: fine", 1), "wrong")
    assert str(diagnostic) == "a\\nb.md: fine:1: wrong"


def test_all_output_goes_one_way() -> None:
    """No command writes to a terminal by itself; only the process says why its output is lost."""
    modules = (path for path in (ROOT / "deckpress").rglob("*.py") if "template" not in path.parts)
    writing = [
        path.name
        for path in modules
        if re.search(r"\b(?:s?echo|print)\(|std(?:out|err)\.write", path.read_text("utf-8"))
    ]
    assert sorted(writing) == ["__main__.py", "report.py"]


EVIL = "\x1b[2J\x9b\u202e\u2066\x07"


def hostile(folder: Path) -> None:
    """Write a project that tries to steer the terminal wherever it can."""
    settings = DECK_TOML.replace('"Demo"', '"D\\u001b[2J\\u202e"')
    formula = f"$\\foo{EVIL}$ ![a](no{EVIL}.png)"
    attributes = f"<!-- kind={EVIL} x{EVIL}=1 tags='a{EVIL} ::' -->"
    notes = f"# {EVIL}\n\n1. One {EVIL} {attributes}?\n\n   {formula} [l](#{EVIL})\n\n2. {EVIL}\n"
    write(
        folder,
        {
            "source/deck.toml": f'{settings}tags = ["a\\u001b[2J b"]\n"k\\u202e" = 1\n',
            "source/notes.md": notes,
            f"source/e{EVIL}\nx.md": f"---\n{EVIL.replace(EVIL[:4], '')}: x\n---\n{notes}",
            "source/deck.lock": f'{{"deckpress_lock": 3, "deck": "{EVIL}"}}\n',
        },
    )


COMMANDS = (
    *(["check"], ["build"], ["diff"], ["diff", "working", "working"], ["release"], ["verify"]),
    *(["trust"], ["push"], ["check", f"source/e{EVIL}\nx.md"], [f"no{EVIL}.md"], [f"no{EVIL}"]),
    *(["build", "a", f"b{EVIL}"], ["--project", f"x{EVIL}"], ["diff", f"{EVIL}.apkg", "working"]),
    *(
        ["init", f"source/e{EVIL}\nx.md"],
        ["init", "x", "--language", EVIL],
        *(["verify", f"a{EVIL}.apkg"], ["chec\x07k"]),
    ),
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda command: ascii(" ".join(command)))
def test_a_hostile_project_steers_no_terminal(arguments: Sequence[str], project: Path) -> None:
    """Markdown, deck.toml, the lock, file names and arguments reach no terminal raw."""
    hostile(project)
    result = run(*arguments)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", result.output)
    assert result.exit_code in (1, 2)
    assert result.output


def test_a_package_steers_no_terminal(project: Path) -> None:
    """What a deck says of its notes is escaped in each form of a diff that a terminal shows."""
    (project / "source/notes.md").write_text("1. Q\u202e\u2066?\n\n   `a\u2067` b.\n")
    (project / "source/deck.toml").write_text(DECK_TOML.replace('"Demo"', '"D\\u202e"'))
    assert run("build").exit_code == 0
    (project / "source/notes.md").write_text("1. Q\u202e\u2066?\n\n   `a\u2068` c.\n")
    result = run("diff", "dist/demo-1.0.0.apkg", "working")
    assert "a[-\\u2067 b-]{+\\u2068 c+}" in result.output
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", result.output)


def test_what_anki_answers_steers_no_terminal(project: Path) -> None:
    """An error of the add-on is shown with its controls escaped."""
    answer = json.dumps({"result": None, "error": f"broken {EVIL}\ud800"}).encode()
    with serve(lambda question: answer) as url:
        result = run("push", "--url", url)
    assert "broken \\x1b[2J\\x9b\\u202e\\u2066\\x07\\ud800" in result.stderr


NARROW = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "strict": {"PYTHONIOENCODING": "ascii:strict"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
ALL = {
    "check": 1,
    "build": 1,
    "build lone.md": 0,
    "diff": 1,
    "diff working working": 0,
    "diff old.apkg new.apkg": 0,
    "diff --format markdown old.apkg new.apkg": 0,
    "diff --format json old.apkg new.apkg": 0,
    "diff --format html old.apkg new.apkg": 0,
    "release --dry-run": 1,
    "verify old.apkg new.apkg": 0,
    "trust": 0,
    "push --url http://127.0.0.1:1/无": 1,
    "init 新": 0,
    "source/无.md": 1,
    "无": 1,
}


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory, commands: Commands) -> Path:
    """A project in Chinese with a mistake, and two packages."""
    folder = tmp_path_factory.mktemp("chinese")
    b = "1. 二 → 🐱“？”\n\n   是。\n"
    settings = DECK_TOML.replace('"Demo"', '"中文 → 🐱"')
    write(folder, {"source/deck.toml": settings, "source/b.md": b})
    for name, text in {"old": b, "new": b + "2. 三 → ？\n\n   是。\n"}.items():
        (folder / "source/b.md").write_text(text, encoding="utf-8")
        done = commands.run(
            ["build", "--project", str(folder), "--output", str(folder / f"{name}.apkg")],
            {**os.environ, "PYTHONUTF8": "1"},
        )
        assert done.code == 0, done.err
    (folder / "lone.md").write_text(b, encoding="utf-8")
    (folder / "source/a.md").write_text("1. 一？\n\n   → 🐱 $\\foo 中$。\n", encoding="utf-8")
    return folder


@pytest.fixture
def call(chinese: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Runs the command there with variables, in a process of its own."""
    monkeypatch.chdir(chinese)
    return lambda *arguments, **variables: commands.run(arguments, {**os.environ, **variables})


@pytest.mark.parametrize("arguments", ALL)
@pytest.mark.parametrize("encoding", NARROW)
def test_output_arrives_in_any_encoding(
    encoding: str, arguments: str, call: Callable[..., Done]
) -> None:
    """A pipe without Chinese letters gets UTF-8, or escapes in their place, and never a fault."""
    extra = ["--language", "zh-CN"] if arguments == "init 新" else []
    words = arguments.replace("新", f"new-{encoding}").split() if extra else arguments.split()
    done = call(*words, *extra, **NARROW[encoding])
    assert b"Traceback" not in done.err
    assert b"deckpress itself" not in done.err
    assert done.code == ALL[arguments], done.err
    (done.out + done.err).decode()


@pytest.mark.parametrize("form", ["json", "html", "markdown"])
def test_a_document_on_a_pipe_is_utf_8(form: str, call: Callable[..., Done]) -> None:
    """Programs read JSON and HTML as UTF-8, whatever the terminal's encoding."""
    arguments = ("diff", "--format", form, "old.apkg", "new.apkg")
    plain = call(*arguments, PYTHONUTF8="1")
    assert "三 → ？" in plain.out.decode()
    assert call(*arguments, PYTHONIOENCODING="cp1252").out == plain.out


def test_a_narrow_encoding_shows_escapes(call: Callable[..., Done]) -> None:
    """What the encoding lacks is shown by its code, and the rest as it is."""
    done = call("check", PYTHONIOENCODING="cp1252")
    assert b"source/a.md:3:9: formula: undefined control sequence \\foo" in done.err
    assert b"\\u4e2d" in done.err


def test_a_fault_of_deckpress_says_where_and_what_to_send(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No bare traceback: the place in the deck, who is to blame, and a file for its makers."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    module = import_module("deckpress.pipeline.compile_file")
    monkeypatch.setattr(module, "check_rendered", lambda note, fields: note.no_such)
    (project / "source/notes.md").write_text("1. One?\n\n   Yes.\n\n2. Two?\n\n   Yes.\n")
    result = run("check")
    (report,) = tmp_path.glob("deckpress-fault-*.txt")
    assert result.exit_code == 70
    assert without_counts(result.stderr) == (
        "source/notes.md:1: deckpress itself fails here, and the deck is not to blame: report it "
        f"to its makers with this file and {report} (AttributeError: 'Note' object has no "
        "attribute 'no_such')\n"
    )
    assert "Traceback (most recent call last):" in report.read_text()


def test_a_fault_while_a_file_is_read_says_which(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before there are notes, the file is named; without folders for a report, none is."""

    def fail(*arguments: object) -> None:
        raise RuntimeError("no\nway")

    monkeypatch.setattr("deckpress.notes.builder.read_markdown", fail)
    monkeypatch.setattr("tempfile.tempdir", str(project / "none"))
    assert without_counts(run("check").stderr) == (
        "source/notes.md: deckpress itself fails here, and the deck is not to blame: report it to "
        "its makers with this file (RuntimeError: no way)\n"
    )


@pytest.mark.parametrize("fault", [RuntimeError, OSError, RecursionError, MemoryError])
def test_any_fault_ends_without_a_traceback(
    fault: type[Exception], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is raised where nothing should be, it is said once, with the exit code 70."""

    def fail(*arguments: object) -> None:
        raise fault("broken")

    monkeypatch.setattr(import_module("deckpress.cli.build_command"), "report", fail)
    result = run("check")
    assert (result.exit_code, result.stdout) == (70, "")
    assert "deckpress itself fails here" in result.stderr


def test_a_signal_while_a_class_is_made_is_no_fault(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python 3.11 wraps what is raised there; who presses Ctrl-C reads of no fault of deckpress."""

    class Property:
        def __set_name__(self, owner: type, name: str) -> None:
            raise SystemExit(130)

    def make_class(*arguments: object, **options: object) -> None:
        type("Class", (), {"name": Property()})

    monkeypatch.setattr(import_module("deckpress.cli.build_command"), "report", make_class)
    result = run("check")
    assert (result.exit_code, result.stderr) == (130, "")


def test_a_problem_is_as_it_was() -> None:
    """Values keep what they hold; only what is written is escaped."""
    assert str(Diagnostic(Location("a"), "b\x1b")) == "a: b\x1b"


@given(st.text(), st.text(), st.text(alphabet="a\n"))
def test_no_text_begins_a_line_of_its_own(file: str, words: str, lines: str) -> None:
    """What an author wrote over several lines could pass for messages about other files."""
    diagnostic = error(Location(f"{file}{lines}"), f'cannot read "{words}{lines}"')
    assert "\n" not in str(diagnostic)


@given(st.text(min_size=1_000))
def test_no_text_fills_the_screen(words: str) -> None:
    """Of a page that a message quotes, its beginning and its end are shown, and what to do."""
    shown = str(error(Location("a.md", 1), f'cannot read "{words}": write less'))
    assert len(shown) < 1_100
    assert shown.startswith('a.md:1: cannot read "')
    assert shown.endswith(": write less")
