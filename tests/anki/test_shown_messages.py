"""Of what is wrong, the command shows what matters most first, and no more than can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deckpress.cli import main
from deckpress.cli.report import group_similar, kind_of
from deckpress.diagnostics import Diagnostic, Location, Severity, error, hint, warning
from tests.support.commands import without_account
from tests.support.troubleshooting import ROWS

ANSWERED = "1. One?\n\n   Yes.\n\n"


def diagnostic_at(
    line: int, message: str, level: Severity = Severity.WARNING, file: str = "a.md"
) -> Diagnostic:
    """Return a problem in a line of a file."""
    return Diagnostic(Location(file, line), message, level)


def shown(*diagnostics: Diagnostic) -> list[str]:
    """Return the messages that stand for problems."""
    return [str(diagnostic) for diagnostic in group_similar(diagnostics)]


def run(folder: Path, text: str, *arguments: str) -> Result:
    """Run the command on a Markdown file in a folder."""
    path = folder / "a.md"
    path.write_text(text, encoding="utf-8")
    command, *options = arguments
    return CliRunner().invoke(main, [command, str(path), *options])


def shown_lines(done: Result, folder: Path) -> list[str]:
    """Return the lines of stderr, without the folder."""
    return done.stderr.replace(f"{folder}/", "").splitlines()


# What is alike


def test_three_of_a_kind_are_shown_and_the_lines_of_the_others() -> None:
    """Of one mistake made five times an author reads three times, and where the others are."""
    assert shown(*(diagnostic_at(line, f'unknown key "k{line}"') for line in (9, 4, 2, 7, 5))) == [
        'a.md:2: warning: unknown key "k2"',
        'a.md:4: warning: unknown key "k4"',
        'a.md:5: warning: unknown key "k5" (and 2 more like it, in lines 7, 9)',
    ]


def test_twenty_lines_are_listed() -> None:
    """A list of lines stays a line; of a line with several it has one."""
    diagnostics = [diagnostic_at(line, "x is wrong") for line in range(1, 40)]
    ends = ", ".join(map(str, range(4, 24)))
    assert shown(*diagnostics)[-1].endswith(f"(and 36 more like it, in lines {ends}, …)")
    columns = [Diagnostic(Location("a.md", 1, column), "is wrong") for column in range(1, 6)]
    assert shown(*columns)[-1] == "a.md:1:3: is wrong (and 2 more like it, in line 1)"


ALIKE = (
    ('unknown key "deck_"', 'unknown key "tag", did you mean "tags"?'),
    ("formula: undefined control sequence \\foo", "formula: undefined control sequence \\baz_1"),
    ("<b> is never closed: add </b>", '<i class="x y"> is never closed: add </i>'),
    ("a.png is not packed: keep it", "https://a.b/c is not packed: keep it"),
    ("in line 3, 4 and 5", "in line 12"),
    ("[^a] is missing", "[^note 1] is missing"),
)
LEFT, RIGHT = ("left", "right"), ("right", "left")
UNLIKE = (
    ("question is empty: write it", "answer is empty: write it"),
    ("code fence ends with its quote", "code fence ends with its footnote"),
    ("write <!-- id=ab12 --> if it is new", "write <!-- id=cd34 --> if it is new"),
    ("question has no answer", "question has no answer: leave a blank line"),
)


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_a_kind_is_what_is_fixed_in_a_message(first: str, second: str) -> None:
    """What is quoted, counted, or a name in a message tells no kinds apart."""
    assert kind_of(diagnostic_at(1, first)) == kind_of(diagnostic_at(2, second))


@pytest.mark.parametrize(("first", "second"), UNLIKE)
def test_other_words_are_another_kind(first: str, second: str) -> None:
    """No message stands for one that says something else, or that has an id to be written."""
    assert kind_of(diagnostic_at(1, first)) != kind_of(diagnostic_at(2, second))


def test_messages_of_the_page_are_of_different_kinds() -> None:
    """Of all that can be said, only what mirrors each other is treated as the same.

    Two keys of deck.toml that lack, or are no truth value, do so too.
    """
    kinds: dict[str, list[str]] = {}
    for row in ROWS:
        kinds.setdefault(kind_of(diagnostic_at(1, row)), []).append(row)
    same = [rows for rows in kinds.values() if len(rows) > 1]
    sides = [rf"formula: \{left} has no \{right} in its group" for left, right in (LEFT, RIGHT)]
    keys = [
        ['[deck] lacks "…"', '[speech] lacks "field"'],
        ['"scripts" must be true or false', '"learners" must be true or false'],
    ]
    assert same == [*keys, sides]


def test_what_has_no_line_is_shown_by_itself() -> None:
    """Where no line tells the others apart, no message stands for them."""
    diagnostics = [diagnostic_at(0, f'note "{name}" is lost') for name in "abcdef"]
    assert len(shown(*diagnostics)) == 6


def test_three_files_show_a_kind_and_name_the_others() -> None:
    """In a vault of a hundred notes with one mistake each, its author reads of it three times."""
    diagnostics = [
        diagnostic_at(line, "x is wrong", file=f"{name}.md") for name in "fedcba" for line in (7, 3)
    ]
    assert shown(
        *diagnostics,
        diagnostic_at(5, "x is wrong", file="g.md"),
        diagnostic_at(1, "y is right", file="f.md"),
    ) == [
        "a.md:3: warning: x is wrong",
        "a.md:7: warning: x is wrong",
        "b.md:3: warning: x is wrong",
        "b.md:7: warning: x is wrong",
        "c.md:3: warning: x is wrong",
        "c.md:7: warning: x is wrong (and 7 more in 4 other files: d.md, e.md, f.md, g.md)",
        "f.md:1: warning: y is right",
    ]


def test_many_files_are_named_up_to_twenty() -> None:
    """Of a hundred files with one mistake each, the line stays one that can be read."""
    diagnostics = [diagnostic_at(1, "x is wrong", file=f"{number:03}.md") for number in range(100)]
    assert len(shown(*diagnostics)) == 3
    last = shown(*diagnostics)[-1]
    assert "(and 97 more in 97 other files: 003.md, " in last
    assert last.endswith("022.md, …)")


def test_levels_and_files_are_apart() -> None:
    """An error stands for no warning, and what is in one file for nothing in another."""
    diagnostics = [
        diagnostic_at(line, "x is wrong", level) for line in (1, 2) for level in Severity
    ]
    diagnostics += [diagnostic_at(line, "x is wrong", file="b.md") for line in (1, 2)]
    assert len(shown(*diagnostics)) == 10


# Order and room


def test_errors_come_first_then_warnings_then_hints() -> None:
    """What keeps a deck from being built is never below what does not."""
    first, second = Location("a.md", 1), Location("b.md", 1, 2)
    style = Diagnostic(first, "style", Severity.STYLE)
    diagnostics = [
        hint(second, "h"),
        warning(first, "w"),
        style,
        error(second, "e"),
        error(first, "e"),
    ]
    assert shown(*diagnostics) == [
        "a.md:1: e",
        "b.md:1:2: e",
        "a.md:1: warning: w",
        "a.md:1: hint: style",
        "b.md:1:2: hint: h",
    ]


def kinds(number: int, level: Severity, *, count: int = 1) -> list[Diagnostic]:
    """Return problems of different kinds, each so often."""
    names = (f"{first}{second}" for first in "abcdefgh" for second in "abcdefgh")
    words = [name for name, _ in zip(names, range(number), strict=False)]
    return [
        diagnostic_at(100 * index + place, f"{level.name.lower()} {word} is wrong", level)
        for index, word in enumerate(words, 1)
        for place in range(count)
    ]


def test_no_file_has_more_than_thirty_lines() -> None:
    """Of fifty kinds some are left out, and counted; each file has its own room."""
    diagnostics = kinds(20, Severity.ERROR) + kinds(20, Severity.WARNING) + kinds(10, Severity.HINT)
    lines = shown(*diagnostics, diagnostic_at(1, "one", file="b.md"))
    assert len(lines) == 31
    assert sum(": warning: " in line for line in lines) == 11
    assert lines[-1] == "a.md: warning: 11 more warnings, 10 more hints: check --verbose lists all"


def test_errors_are_not_left_out_for_warnings() -> None:
    """Errors have the room, whatever else there is."""
    lines = shown(*kinds(40, Severity.ERROR), *kinds(40, Severity.WARNING))
    assert len(lines) == 30
    assert not any("warning" in line for line in lines[:-1])
    assert lines[-1] == "a.md: 11 more errors, 40 more warnings: check --verbose lists all"


def test_each_kind_is_shown_before_one_is_shown_again() -> None:
    """Rather than leave out a kind, fewer than three of each are shown, with all lines."""
    lines = shown(*kinds(20, Severity.WARNING, count=5))
    assert len(lines) == 29
    assert all("more like it" in line for line in lines[1::2][:9])
    assert sum("(and 3 more like it" in line for line in lines) == 9
    assert sum("(and 4 more like it" in line for line in lines) == 11


def test_an_excerpt_belongs_to_its_message() -> None:
    """It is shown, and takes its two lines of the room."""
    diagnostics = [
        Diagnostic(Location("a.md", number), f"error {word} is wrong", code_frame="x\n^")
        for number, word in enumerate("aa bb cc dd ee ff gg hh ii jj kk".split(), 1)
    ]
    lines = "\n".join(shown(*diagnostics)).splitlines()
    assert len(lines) == 28
    assert lines[:3] == ["a.md:1: error aa is wrong", "    x", "    ^"]
    assert lines[-1] == "a.md: 2 more errors: check --verbose lists all"


# The command

UNANSWERED = "".join(f"{number}. Q{number}?\n\n" for number in range(2, 8))
"""Questions without an answer."""
WARNED = [
    "a.md:5: warning: question has no answer: it is left out of the deck",
    "a.md:7: warning: question has no answer: it is left out of the deck",
    "a.md:9: warning: question has no answer: it is left out of the deck "
    "(and 3 more like it, in lines 11, 13, 15)",
]


def test_the_last_line_counts_what_was_found(tmp_path: Path) -> None:
    """It counts each problem, not the lines that stand for them."""
    built = run(tmp_path, ANSWERED + UNANSWERED, "build")
    assert (built.exit_code, shown_lines(built, tmp_path)) == (0, [*WARNED, "6 warnings"])
    checked = run(tmp_path, ANSWERED + UNANSWERED, "check")
    assert shown_lines(checked, tmp_path) == [*WARNED, "6 warnings"]
    assert without_account(checked.stdout) == "1 note\n"


def test_the_last_line_says_that_nothing_was_written(tmp_path: Path) -> None:
    """Who sees only the end of the output knows what became of the build."""
    text = "1. One $x$?\n\n   ![a](no.png)\n\n" + UNANSWERED
    built = run(tmp_path, text, "build")
    lines = ["a.md:3:4: no.png: no such file", *WARNED]
    assert (built.exit_code, shown_lines(built, tmp_path)) == (
        1,
        [*lines, "1 error, 6 warnings: nothing written"],
    )
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
    checked = run(tmp_path, text, "check")
    assert shown_lines(checked, tmp_path) == [*lines, "1 error, 6 warnings"]


def test_the_last_line_says_why_warnings_stop_a_build(tmp_path: Path) -> None:
    """With `--strict` no error is looked for in vain; where there is one, it is reason enough."""
    because = "6 warnings: warnings count as errors because of --strict"
    built = run(tmp_path, ANSWERED + UNANSWERED, "build", "--strict")
    assert shown_lines(built, tmp_path) == [*WARNED, f"{because}, nothing written"]
    checked = run(tmp_path, ANSWERED + UNANSWERED, "check", "--strict")
    assert shown_lines(checked, tmp_path) == [*WARNED, because]
    done = run(
        tmp_path, f"{ANSWERED}{UNANSWERED}8. Two ![](no.png)\n\n   Yes.\n", "build", "--strict"
    )
    assert shown_lines(done, tmp_path)[-1] == "1 error, 6 warnings: nothing written"


def test_nothing_is_counted_where_nothing_is_wrong(tmp_path: Path) -> None:
    """A good deck is built without a word on stderr, and a check says that it is good."""
    assert run(tmp_path, ANSWERED, "build").stderr == ""
    checked = run(tmp_path, ANSWERED, "check")
    assert (checked.stderr, without_account(checked.stdout)) == ("", "1 note, no problems\n")


def test_verbose_lists_all_messages(tmp_path: Path) -> None:
    """`check --verbose` shows each by itself, however many there are."""
    many = "".join(f"{number}. Q{number}?\n\n" for number in range(2, 102))
    done = run(tmp_path, ANSWERED + many, "check", "--verbose")
    lines = shown_lines(done, tmp_path)
    assert (len(lines), lines[-1]) == (101, "100 warnings")
    assert not re.search("more", done.stderr)
    text = "".join(f"{number}. Q{number}\n\n    ![](no{number}.png)\n\n" for number in range(50))
    lines = shown_lines(run(tmp_path, text, "check", "--verbose"), tmp_path)
    assert (len(lines), lines[-1]) == (51, "50 errors")
