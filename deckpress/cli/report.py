"""What the command reports, whole in any encoding: diagnostics, alike ones together, and edits."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

import click

from deckpress.diagnostics import (
    DeckError,
    Diagnostic,
    Diagnostics,
    Location,
    Severity,
    count_severities,
    counted,
    escape_controls,
    file_size,
    shows,
    sort_by_severity,
    unreadable,
)
from deckpress.process import reason_of_loss

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.last_build import Summary
    from deckpress.lock.changes import Change

_SHOWN = 3
"""Problems of one kind that are shown in a file, and files that show some of it."""
_LISTED = 20
"""Lines, or files, that are listed of the others."""
_LINES = 30
"""Lines that are shown of a file."""
_VALUE = re.compile(r'"[^"]*"|<[^<>]*>')
"""What a message quotes, and tags of HTML in it."""
_SUGGESTION = re.compile("[,.] [Dd]id you mean ")
"""What stands behind a message only where something is near."""
_WORD = re.compile(r"a|[A-Za-z]{2,}(?:['-][A-Za-z]+)*")
_OWN_ID = re.compile(r"<!-- id=(?!…)")
"""An id to be written into one note: a message that offers it stands for no other."""
NOTHING_WRITTEN = "nothing written"
"""What a command that has written nothing says of that behind the problems that kept it from it."""
_STRICT = "because of --strict"
_COLOURS = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.HINT: "cyan",
    Severity.STYLE: "cyan",
}


def accept_all_characters() -> None:
    """Let the standard streams escape what their encoding lacks, such as → on a pipe of Windows."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a program that embeds the command has its own
            stream.reconfigure(errors="backslashreplace")


def show_text(text: object, *, err: bool = False, fg: str | None = None) -> None:
    """Write a text and a line's end, in a colour where that is wanted; its controls are escaped.

    The one way for what an author, a package or a file's name says to reach a terminal.
    """
    click.secho(escape_controls(str(text)), err=err, fg=fg, color=colour())


def show_coloured(text: str) -> None:
    """Write a text that has colours of its own; who made it has escaped all else."""
    click.echo(text, nl=False, color=colour())


def show_document(text: str) -> None:
    """Write what is a file in all but its name: as it is and in UTF-8, unless a terminal shows it.

    Its programs expect just that (RFC 8259, section 8.1, of JSON).
    """
    if sys.stdout.isatty():
        click.echo(escape_controls(text), nl=False)
    else:
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def fail_if_lost() -> None:
    """End with exit code 1 if the words of a command cannot be written, where they are its work."""
    if reason_of_loss():
        sys.exit(1)


def colour() -> bool | None:
    """Return False where colours are unwanted (no-color.org); with None click decides."""
    return False if os.environ.get("NO_COLOR") else None


@dataclass
class _Alike:
    """The problems of one kind in a file."""

    first: Diagnostics
    """The first three, which may be shown."""
    rest: Diagnostics
    """All others in the file, and those in files that show none of the kind."""


_Kinds = dict[tuple[Severity, str], _Alike]


def group_similar(diagnostics: Iterable[Diagnostic]) -> Diagnostics:
    """Return the problems to show: errors first, then warnings, then hints, each by place.

    Who has made the same slip a hundred times wants to read of it a few times. So of each kind
    three are shown in a file, the last of them with the lines of the others; and in three files,
    the last of them with the names of the others. Fewer are shown where a file would have more than
    30 lines; if they do not suffice for each kind, a last one has the number of those that are left
    out.
    """
    by_file: dict[str, Diagnostics] = {}
    for diagnostic in diagnostics:
        by_file.setdefault(diagnostic.location.file, []).append(diagnostic)
    files = {file: _find_kinds(by_file[file]) for file in sorted(by_file)}
    _limit_files(files)
    shown: Diagnostics = []
    left_out: Diagnostics = []
    for file, kinds in files.items():
        chosen = _choose(kinds)
        shown += _with_places(file, kinds, chosen)
        left_out += _report_rest(file, kinds, chosen)
    return [*sort_by_severity(shown), *left_out]


def kind_of(diagnostic: Diagnostic) -> str:
    """Return what problems that are alike have in common: the fixed words of their messages.

    Those without a line are alike only if they are the same, since no line would tell them apart.
    """
    if not diagnostic.location.line or _OWN_ID.search(diagnostic.message):
        return diagnostic.message
    return diagnostic.kind or _fixed_words(diagnostic.message)


def _fixed_words(message: str) -> str:
    """Return a message with `…` for its values: what is quoted, and all that is no English word."""
    text = _VALUE.sub("…", _SUGGESTION.split(message)[0])
    tokens = (token.strip(".,:;?!()") for token in text.split())
    words = " ".join(token if _WORD.fullmatch(token) else "…" for token in tokens)
    return re.sub(r"…(?: (?:(?:and|or) )?…)+", "…", words)


def _find_kinds(diagnostics: Iterable[Diagnostic]) -> _Kinds:
    """Return the problems of one file by level and kind."""
    kinds: dict[tuple[Severity, str], Diagnostics] = {}
    for diagnostic in sort_by_severity(diagnostics):
        kinds.setdefault((diagnostic.severity, kind_of(diagnostic)), []).append(diagnostic)
    return {key: _Alike(alike[:_SHOWN], alike[_SHOWN:]) for key, alike in kinds.items()}


def _limit_files(files: Mapping[str, _Kinds]) -> None:
    """Let the third file in which a kind occurs stand for all files behind it.

    Not where the error is the file itself, as one that exists already.
    """
    seen: dict[tuple[Severity, str], list[_Alike]] = {}
    for kinds in files.values():
        for key, alike in list(kinds.items()):
            if key[0] is Severity.ERROR and not alike.first[0].location.line:
                continue
            before = seen.setdefault(key, [])
            if len(before) < _SHOWN:
                before.append(alike)
            else:
                before[-1].rest += [*alike.first, *alike.rest]
                del kinds[key]


def _choose(kinds: _Kinds) -> set[Diagnostic]:
    """Return as many as there is room for: errors first, then one of each kind, then the next."""
    ranks = {
        diagnostic: rank for alike in kinds.values() for rank, diagnostic in enumerate(alike.first)
    }
    ranked = sorted(
        ranks, key=lambda diagnostic: (diagnostic.severity, ranks[diagnostic], diagnostic.location)
    )
    ends = [*accumulate(str(diagnostic).count("\n") + 1 for diagnostic in ranked)]
    if not ends or ends[-1] <= _LINES:
        return set(ranked)
    return {diagnostic for diagnostic, end in zip(ranked, ends, strict=True) if end < _LINES}


def _with_places(file: str, kinds: _Kinds, chosen: set[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield the problems that were chosen, the last of each kind with the places of the others."""
    for alike in kinds.values():
        first = [diagnostic for diagnostic in alike.first if diagnostic in chosen]
        if first:
            *before, last = first
            yield from before
            left_out = [*alike.first[len(first) :], *alike.rest]
            yield replace(last, message=last.message + _and_more(file, left_out))


def _and_more(file: str, left_out: Sequence[Diagnostic]) -> str:
    here = [diagnostic for diagnostic in left_out if diagnostic.location.file == file]
    elsewhere = [diagnostic for diagnostic in left_out if diagnostic.location.file != file]
    more = ""
    if here:
        lines = _list(str(diagnostic.location.line) for diagnostic in here)
        noun = "lines" if "," in lines else "line"
        more += f" (and {len(here)} more like it, in {noun} {lines})"
    if elsewhere:
        files = {diagnostic.location.file for diagnostic in elsewhere}
        noun = "file" if len(files) == 1 else "files"
        names = _list(diagnostic.location.file for diagnostic in elsewhere)
        more += f" (and {len(elsewhere)} more in {len(files)} other {noun}: {names})"
    return more


def _list(places: Iterable[str]) -> str:
    different = [*dict.fromkeys(places)]
    return ", ".join(different[:_LISTED]) + (", …" if len(different) > _LISTED else "")


def _report_rest(file: str, kinds: _Kinds, chosen: set[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield how many problems of a file are left out, if there are any."""
    hidden = [alike for alike in kinds.values() if alike.first[0] not in chosen]
    if rest := [diagnostic for alike in hidden for diagnostic in (*alike.first, *alike.rest)]:
        message = f"{count_severities(rest, 'more ')}: check --verbose lists all"
        yield Diagnostic(Location(file), message, min(diagnostic.severity for diagnostic in rest))


@contextmanager
def errors_reported(
    strict: bool, *, style: bool, why: str = _STRICT, outcome: str = "", verbose: bool = False
) -> Iterator[None]:
    """Turn errors into messages and exit code 1; the one place where that is done.

    `outcome` says what became of the command, behind the number of problems.
    """
    try:
        yield
    except DeckError as problem:
        diagnostics = problem.diagnostics
        report(diagnostics, strict=strict, style=style, why=why, outcome=outcome, verbose=verbose)
        sys.exit(1)
    except OSError as problem:  # a file or folder that may not be read
        report([unreadable(problem)], strict=strict, style=style)
        sys.exit(1)


def report(
    diagnostics: Iterable[Diagnostic],
    *,
    strict: bool,
    style: bool,
    why: str = _STRICT,
    outcome: str = "",
    verbose: bool = False,
) -> None:
    """Write each problem on a line of its own, and how many there are; of style only if `style` is.

    Where warnings alone stop the command, the last line says `why` they do. `verbose` writes all
    problems, where else some stand for those that are like them.
    """
    shown = [diagnostic for diagnostic in diagnostics if shows(diagnostic, style=style)]
    for diagnostic in sort_by_severity(shown) if verbose else group_similar(shown):
        show_text(diagnostic, err=True, fg=_COLOURS[diagnostic.severity])
    if shown:
        is_strict = strict and min(diagnostic.severity for diagnostic in shown) is Severity.WARNING
        reasons = [f"warnings count as errors {why}"] if is_strict else []
        ends = ", ".join([*reasons, *([outcome] if outcome else [])])
        show_text(count_severities(shown) + (f": {ends}" if ends else ""), err=True)


def report_trust(no_formula_check: bool) -> None:
    """Write that formulas were not checked, if they were not."""
    if no_formula_check:
        show_text("formulas were not checked (--no-formula-check)")


def describe(summary: Summary, seconds: float) -> str:
    """Return what a build made, and in how many seconds, in a few lines."""
    notes = summary.new + summary.changed + summary.unchanged
    kinds = [f"{summary.new} new", f"{summary.changed} changed", f"{summary.unchanged} unchanged"]
    lines = [
        f"{counted(notes, 'note')} ({', '.join(kinds)}), {counted(summary.cards, 'card')}, "
        f"{counted(summary.media, 'media file')}",
        f"{summary.package}  {file_size(summary.size)}  {seconds:.2f} s",
    ]
    if summary.drawn:
        lines.append(
            f"{counted(summary.drawn, 'picture')} drawn: keep media/diagrams with the notes"
        )
    lines += [f"{path}  removed" for path in summary.removed]
    if summary.is_first:
        lines.append(f"{summary.lock}  is new: keep it, it remembers which note is which")
    return "\n".join(lines)


def report_changes(changes: Sequence[Change], search: str) -> None:
    """Write what happened to notes that learners have, and how they find those that are gone."""
    for change in changes:
        show_text(f"{change.what}: {change.text}")
    if search:
        show_text("Learners find retired notes in Anki's browser, to delete them, by")
        for line in search.splitlines():
            show_text(f"  {line}")
