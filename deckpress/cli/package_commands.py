"""`diff`, `verify` and `push`: what a package brings, compared, tried in real Anki, imported."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from deckpress.cli.build_command import build_and_report
from deckpress.cli.inputs import find_package, package_file, released_packages
from deckpress.cli.options import build_options, output_option, project_option, without_detours
from deckpress.cli.report import (
    NOTHING_WRITTEN,
    errors_reported,
    fail_if_lost,
    report,
    show_coloured,
    show_document,
    show_text,
)
from deckpress.diagnostics import (
    DeckError,
    Diagnostic,
    Diagnostics,
    Location,
    counted,
    error,
    escape_controls,
    has_errors,
    warning,
)
from deckpress.filesystem import temporary_folder, write_whole

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.anki import Package
    from deckpress.diff import Diff

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.verify.verification import Outcome, Verification

if TYPE_CHECKING:  # at run time it is loaded where it is used, since --help does not need it
    from deckpress.anki.connect import Pushed

_OURS = (".html", ".json", ".txt")
"""Endings of files that may be written over; one in .md may hold notes."""


class _Side(NamedTuple):
    """A package to be compared."""

    name: str
    """What it is called on the page."""
    file: Path | bytes
    package: Package


@click.command()
@click.argument("old", default="released", type=click.Path(readable=False))
@click.argument("new", default="working", type=click.Path(readable=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json", "html"]),
    default="text",
    help="What is written (default: text). html is one page with formulas and pictures.",
)
@click.option(
    "--output",
    type=click.Path(readable=False, path_type=Path),
    callback=without_detours,
    help="The file to write (default: the terminal).",
)
@project_option
@click.option(
    "--run-code",
    "runs_code",
    is_flag=True,
    help="Run the Python of plots whose pictures are missing.",
)
def diff(
    old: str, new: str, form: str, output: Path | None, project: Path, runs_code: bool
) -> None:
    """Tell what differs between two packages: notes, tags, pictures, design.

    OLD and NEW are .apkg files made by any tool; or "released", the project's newest release in
    dist/ (where OLD is left out); or "working", the project as it is now, without a check of its
    formulas (where NEW is left out). A file of such a name is ./released.

    Nothing but --output is written. The exit code is 0, whether or not there are differences.
    """
    with errors_reported(strict=False, style=False, outcome=NOTHING_WRITTEN if output else ""):
        _check_output(output)
        before, after = _open_both((old, new), project, runs_code)
        report([*_find_shared(before), *_find_shared(after)], strict=False, style=False)
        text = _write(before, after, form, colour=output is None)
        if output:
            write_whole({output: text.encode()}, output.parent)
    if output:
        show_text(output)
    elif form == "text":
        show_coloured(text)
    else:
        show_document(text)
    if not output:
        fail_if_lost()


def _check_output(output: Path | None) -> None:
    """Raise DeckError if a file that is no diff would be written over."""
    if output and output.exists() and output.suffix.lower() not in _OURS:
        message = "is there already: name a file that ends in .html, .json or .txt, or a new one"
        raise DeckError([error(Location(str(output)), message)])


def _open_both(names: tuple[str, str], folder: Path, runs_code: bool) -> list[_Side]:
    """Read both packages. Raises DeckError with what is wrong with either of them."""
    sides: list[_Side] = []
    diagnostics: Diagnostics = []
    for name in names:
        try:
            sides.append(_open(name, folder, runs_code))
        except DeckError as problem:
            diagnostics += problem.diagnostics
    if diagnostics:
        raise DeckError(diagnostics)
    return sides


def _find_shared(side: _Side) -> Iterator[Diagnostic]:
    """Yield a warning for GUIDs that several notes of a package share: only one of them counts."""
    counts = Counter(note.guid for note in side.package.notes)
    if shared := sum(number - 1 for number in counts.values()):
        notes = "1 note has" if shared == 1 else f"{shared} notes have"
        message = f"{notes} the GUID of another one, and only one of them is compared: see verify"
        yield warning(Location(side.name), message)


def _open(name: str, folder: Path, runs_code: bool) -> _Side:
    from deckpress.anki.package_reader import read_package

    named = find_package(name, folder, runs_code=runs_code)
    return _Side(named.name, named.package, read_package(named.package, media=True))


def _write(old: _Side, new: _Side, form: str, *, colour: bool) -> str:
    from deckpress.diff.compare import compare
    from deckpress.diff.diff_markdown import as_markdown
    from deckpress.diff.diff_text import as_json, as_text

    compared = compare(old.package, new.package)
    if form == "html":
        return _page(compared, old, new)
    if form == "text":
        title = escape_controls(f"{old.name} → {new.name}")
        return f"{title}\n{as_text(compared, colour=colour)}"
    return as_json(compared) if form == "json" else as_markdown(compared)


def _page(compared: Diff, old: _Side, new: _Side) -> str:
    from deckpress.anki.package_reader import read_media
    from deckpress.diff.diff_html import Files, as_html, formulas_in, language_of, pictures_in
    from deckpress.formulas import EngineError
    from deckpress.formulas.engine import draw_formulas

    try:
        drawings = draw_formulas(formulas_in(compared))
    except EngineError as problem:
        message = f"formulas cannot be drawn, {problem}: install that, or choose another --format"
        raise DeckError([error(Location("html"), message)]) from problem
    names = pictures_in(compared)
    pictures = [read_media(*side) for side in zip((old.file, new.file), names, strict=True)]
    title = f"{old.name} → {new.name}"
    return as_html(compared, title, language_of(compared), Files(drawings, *pictures))


@click.command()
@click.argument("packages", nargs=-1, metavar="[OLD ...] [NEW]")
@project_option
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@click.option("--quiet", is_flag=True, help="Say nothing but what is wrong.")
def verify(packages: tuple[str, ...], project: Path, strict: bool, quiet: bool) -> None:
    """Rehearse in real Anki what learners get by importing a package, and what they lose.

    NEW is imported into an empty collection. Then, for each OLD, a learner imports it, studies,
    writes, tags, suspends and flags, and imports NEW over it. The packages may be made by any tool.
    Left out, they are the project's releases, the newest of which is NEW; "released" is that one,
    "working" the project as it is now, without a check of its formulas.

    All that happens in temporary folders: your own Anki and its collection are not touched. Needs
    Anki's library: pip install 'deckpress[verify]'. The exit code is 1 if a learner loses anything.
    """
    from deckpress.verify.verification import verify_isolated

    with errors_reported(strict, style=False), temporary_folder() as folder:
        named = (find_package(name, project) for name in packages)
        paths = [package_file(name, folder) for name in named]
        *olds, new = paths or released_packages(project)
        verification = verify_isolated(olds, new)
    if not quiet:
        show_text("\n".join(_without(folder, line) for line in _describe(verification)))
    # of a package each is summed up already
    diagnostics = _in_place(verification.diagnostics, folder)
    report(diagnostics, strict=strict, style=False, verbose=True)
    if not quiet and not verification.errors:
        show_text("no learner loses anything")
    fail_if_lost()
    if has_errors(verification.diagnostics, strict=strict):
        sys.exit(1)


def _without(folder: Path, text: str) -> str:
    """Return a text without the folder of a package that lies there for a moment only."""
    return text.replace(f"{folder}{os.sep}", "")


def _in_place(diagnostics: Iterable[Diagnostic], folder: Path) -> Iterator[Diagnostic]:
    return (
        replace(
            diagnostic,
            location=diagnostic.location._replace(file=_without(folder, diagnostic.location.file)),
        )
        for diagnostic in diagnostics
    )


def _describe(verification: Verification) -> list[str]:
    lines: list[str] = []
    for outcome in verification.outcomes:
        details = _describe_update(outcome) if outcome.old else _describe_first(outcome)
        details += [_describe_checks(outcome)]
        lines += [f"{outcome.old or 'an empty collection'} → {verification.new}"]
        lines += [f"  {line}" for line in details]
    return lines


def _describe_checks(outcome: Outcome) -> str:
    if outcome.diagnostics:
        return f"{counted(len(outcome.diagnostics), 'problem')}: see below"
    return "nothing wrong with media, empty cards, note types, templates, database"


def _describe_first(outcome: Outcome) -> list[str]:
    counts = ((outcome.log.new, "note"), (outcome.cards, "card"), (outcome.media, "media file"))
    return [", ".join(counted(number, thing) for number, thing in counts)]


def _describe_update(outcome: Outcome) -> list[str]:
    log = outcome.log
    lines = [
        f"{log.new} new, {log.updated} updated, {log.untouched} untouched, "
        f"{log.conflicting} conflicting",
        f"{outcome.kept} of {counted(outcome.cards, 'card')} keep schedule, flag, deck and memory",
    ]
    if outcome.written:
        written = counted(outcome.written, "unchanged note")
        lines.append(f"{outcome.written_kept} of {written} keep what a learner wrote there")
    if outcome.replaced:
        replaced = counted(outcome.replaced, "note")
        lines.append(f"{replaced} with new text or tags: what learners wrote there is replaced")
    if outcome.retired:
        lines.append(f"{counted(outcome.retired, 'note')} retired: learners keep them")
    return lines


@click.command()
@build_options
@output_option
@click.option(
    "--url",
    default="http://127.0.0.1:8765",
    show_default=True,
    help="Where AnkiConnect listens; its key, if it has one, is taken from ANKICONNECT_KEY.",
)
def push(source: Path | None, strict: bool, quiet: bool, url: str, **options: Any) -> None:
    """Build the deck and import it into the Anki that is running, through AnkiConnect.

    SOURCE is a Markdown file, or a folder of them; left out, the project is built. An .apkg is
    imported as it is.
    """
    from deckpress.anki.connect import AnkiConnect, push_package

    anki = AnkiConnect(url, os.environ.get("ANKICONNECT_KEY") or None)
    with errors_reported(strict, style=strict):
        anki.check()
    if source and source.suffix.lower() == ".apkg":
        package = source
    else:
        package = build_and_report(source, strict=strict, quiet=quiet, **options)
    with errors_reported(strict, style=strict):
        pushed = push_package(anki, package)
    if not quiet:
        show_text(_describe_import(package, pushed))


def _describe_import(package: Path, pushed: Pushed) -> str:
    profile = f' (profile "{pushed.profile}")' if pushed.profile else ""
    return (
        f"{package}  imported into Anki{profile}: {pushed.new} new, {pushed.updated} updated, "
        f"{pushed.unchanged} left as they were"
    )
