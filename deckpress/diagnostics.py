"""What is wrong with a deck, said in its author's words and with the place to look at."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple, TypeAlias

from deckpress.languages.scripts import is_wide

PARSER_ERRORS = (ValueError, OverflowError, RecursionError, MemoryError)
"""What parsers raise beside their own errors: for an escape that is no character, for a number of
5,000 digits, for a thousand brackets. Where a parser is called, they are caught with those."""
_QUOTED = 60
"""Characters of a note's text that a message shows."""
_FRAME_WIDTH = 72
"""Characters of an author's line that a message shows."""
_MOST = 1_000
"""Characters of a message that are shown."""
_JOINERS = "\u200c\u200d"
"""What makes one emoji, or one Persian word, of several; it steers nothing."""
_STEERING = frozenset("BN LRE RLE LRO RLO PDF LRI RLI FSI PDI".split())
"""Classes of direction: of no ink at all, or turning the text behind (section 3.2 of UAX 9)."""


class Severity(IntEnum):
    """How much a problem matters.

    An ERROR stops the build, a WARNING only with `--strict`. A HINT stops nothing; nor does a
    matter of STYLE, which a build tells only with `--strict`.
    """

    ERROR = 0
    WARNING = 1
    HINT = 2
    STYLE = 3


_MARKS = {
    Severity.ERROR: "",
    Severity.WARNING: "warning: ",
    Severity.HINT: "hint: ",
    Severity.STYLE: "hint: ",
}


class Location(NamedTuple):
    """A place in a file that the author wrote."""

    file: str
    """The path as the author would type it."""
    line: int = 0
    """Counted from 1; 0 where the problem is the file as a whole."""
    column: int = 0
    """Counted in characters from 1; 0 where the problem is the line as a whole."""

    def __str__(self) -> str:
        numbers = [str(number) for number in (self.line, self.column) if number]
        return ":".join([self.file.replace("\n", "\\n"), *numbers])


@dataclass(frozen=True)
class Diagnostic:
    """One thing that is wrong: where, what, and what to do about it."""

    location: Location
    message: str
    severity: Severity = Severity.ERROR
    code_frame: str = ""
    """The author's own line with a caret below the place; empty where the message says enough."""
    kind: str = field(default="", compare=False)
    """What problems that are alike share, if not just the fixed words of their messages."""

    def __str__(self) -> str:
        message = _shorten(self.message)
        message = message.replace("\n", "\\n")  # an author's words begin no line of their own
        lines = [
            f"{self.location}: {_MARKS[self.severity]}{message}",
            *self.code_frame.splitlines(),
        ]
        return "\n    ".join(lines)


def diagnostic_row(diagnostic: Diagnostic) -> list[object]:
    """Return a diagnostic as JSON can hold it."""
    where = diagnostic.location
    place = [where.file, where.line, where.column]
    return [*place, diagnostic.message, diagnostic.severity, diagnostic.code_frame, diagnostic.kind]


def read_diagnostic(
    file: str, line: int, column: int, message: str, severity: int, frame: str, kind: str
) -> Diagnostic:
    """Return the diagnostic of such a row. Raises ValueError for a severity that there is not."""
    return Diagnostic(Location(file, line, column), message, Severity(severity), frame, kind)


Diagnostics: TypeAlias = list[Diagnostic]
"""Collects what is wrong, as it is found, until a command reports it.

Who reads or makes something adds to the collector that it is given, and returns what it made. Who
only checks yields what is wrong. What one stage hands to the next has it in a field."""


class Fix(NamedTuple):
    """What is to be written in place of a part of a text."""

    start: int
    """The part's place in the text, in characters."""
    end: int
    text: str


class TextDiagnostic(NamedTuple):
    """One thing that is wrong in a text of which only the caller knows where it stands."""

    offset: int
    """Characters of the text before the place."""
    message: str
    """What is wrong, and what to do."""
    severity: Severity = Severity.ERROR
    kind: str = ""
    """As that of a diagnostic."""
    fix: Fix | None = None
    """What mends it, if a machine can know that."""


class DeckError(Exception):
    """A deck that cannot be built; carries every problem of the run, sorted by place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = sort_diagnostics(diagnostics)
        super().__init__("\n".join(map(str, self.diagnostics)))

    def __reduce__(self) -> tuple[type[DeckError], tuple[tuple[Diagnostic, ...]]]:
        """Go from one process to another with the problems, of which the text is made."""
        return DeckError, (self.diagnostics,)

    @property
    def reason(self) -> str:
        """What is wrong, of the first problem, without what to do about it."""
        return self.diagnostics[0].message.partition(": ")[0] if self.diagnostics else ""


def _shorten(message: str) -> str:
    """Return a message without the middle of what it quotes, where that is a page of text."""
    half = _MOST // 2
    return message if len(message) <= _MOST else f"{message[:half]}…{message[-half:]}"


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the problems by file, line and column, each told once."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda diagnostic: (diagnostic.location, diagnostic.severity)))


def sort_by_severity(diagnostics: Iterable[Diagnostic]) -> Diagnostics:
    """Return errors, then warnings, then hints, each once, by file, line and column."""
    unique = dict.fromkeys(diagnostics)
    return sorted(
        unique,
        key=lambda diagnostic: (min(diagnostic.severity, Severity.HINT), diagnostic.location),
    )


def count_severities(diagnostics: Iterable[Diagnostic], adjective: str = "") -> str:
    """Return how many errors, warnings and hints there are, as in `2 errors, 1 hint`.

    `adjective` is what stands before each of the three words.
    """
    counts = Counter(min(diagnostic.severity, Severity.HINT) for diagnostic in diagnostics)
    return ", ".join(
        counted(counts[level], adjective + level.name.lower()) for level in sorted(counts)
    )


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a number and what is counted: `1 note`, `2 notes`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def file_size(size: int) -> str:
    """Return a number of bytes in kB or MB (of 1,000 or 1,000,000 bytes)."""
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def reason_of(problem: OSError) -> str:
    """Return why the system refused something, in words that go on a line."""
    return (problem.strerror or str(problem)).lower()


def unreadable(problem: OSError) -> Diagnostic:
    """Return what is wrong with a file or folder that the system does not let be read."""
    where = Location(str(problem.filename or "disk"))
    return error(where, f"cannot be read: {reason_of(problem)}")


def error(location: Location, message: str) -> Diagnostic:
    """Return a problem that stops the build."""
    return Diagnostic(location, message, Severity.ERROR)


def warning(location: Location, message: str) -> Diagnostic:
    """Return a problem that the author should see, and that does not stop the build."""
    return Diagnostic(location, message, Severity.WARNING)


def hint(location: Location, message: str) -> Diagnostic:
    """Return a problem that the author may like to know of, and that stops nothing."""
    return Diagnostic(location, message, Severity.HINT)


def has_errors(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> bool:
    """Return whether problems stop a build; `strict` counts warnings as well."""
    worst = Severity.WARNING if strict else Severity.ERROR
    return any(diagnostic.severity <= worst for diagnostic in diagnostics)


def shows(diagnostic: Diagnostic, *, style: bool) -> bool:
    """Return whether the author is told of a problem; of a matter of style only if `style` is."""
    return style or diagnostic.severity is not Severity.STYLE


def code_frame(line: str, index: int) -> str:
    """Return a line of the author's text with a caret below a character, counted from 0.

    Nothing is returned for a blank line. A long line is cut around the place. Control characters
    are escaped. Full-width characters take two columns, as terminals and editors show them.
    """
    if not line.strip():
        return ""
    start = max(0, index - _FRAME_WIDTH * 2 // 3)
    end = start + _FRAME_WIDTH
    before = ("…" if start else "") + escape_controls(line[start:index].replace("\t", " "))
    behind = escape_controls(line[index:end].replace("\t", " "))
    shown = before + behind + ("…" if line[end:] else "")
    return f"{shown.rstrip()}\n{' ' * _columns(before)}^"


def _columns(text: str) -> int:
    without_width = (unicodedata.category(char) in ("Mn", "Me", "Cf") for char in text)
    return len(text) + sum(map(is_wide, text)) - sum(without_width)


def escape_controls(text: str) -> str:
    r"""Return a text with an escape, such as `\x1b`, for each control character in it.

    A terminal would obey such a character, or turn the direction of the text behind it, so that
    an author's text could pass for a message. Line ends and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(_escape(char) if is_control(char) else char for char in text)


def without_controls(text: str) -> str:
    """Return a text without the control characters in it (is_control), for a page of its own."""
    return "".join(char for char in text if not is_control(char))


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode()


def is_control(char: str) -> bool:
    """Return whether a character shows nothing, and steers what shows it; not so a tab."""
    category = unicodedata.category(char)
    if category == "Cf":
        return unicodedata.bidirectional(char) in _STEERING and char not in _JOINERS
    return category in ("Cc", "Cs", "Zl", "Zp") and char not in "\n\t"


def quote(text: str) -> str:
    """Return a text in quotes, cut where it would take more than half a line of a message."""
    return f'"{text}"' if len(text) <= _QUOTED else f'"{text[: _QUOTED - 1].rstrip()}…"'


def did_you_mean_or_known(word: str, known: Iterable[str]) -> str:
    """Return `, did you mean "…"?`, or all the known words where none is near."""
    known = tuple(known)
    return did_you_mean(word, known) or f" (known: {', '.join(known)})"


def did_you_mean(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return `, did you mean "…"?` for the known word nearest to a mistyped one, or nothing.

    Words that are less alike than `cutoff`, from 0 to 1, are not near (`difflib`).
    """
    import difflib  # here because few words are mistyped

    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff)
    return f', did you mean "{folded[near[0]]}"?' if near else ""
