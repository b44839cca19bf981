"""`diff`: what learners of one package get with another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckpress.cli.inputs import find_package
from deckpress.cli.options import project_option, without_detours
from deckpress.cli.report import (
    NOTHING_WRITTEN,
    errors_reported,
    fail_if_lost,
    report,
    show_coloured,
    show_document,
    show_text,
)
from deckpress.errors import DeckError, Location, Problem, error, escape_controls, warning
from deckpress.filesystem import write_whole

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.anki import Package
    from deckpress.diff import Diff


_OURS = (".html", ".json", ".txt")
"""Endings of files that may be written over; one in .md may hold notes."""


@dataclass(frozen=True)
class _Side:
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
    problems: list[Problem] = []
    for name in names:
        try:
            sides.append(_open(name, folder, runs_code))
        except DeckError as wrong:
            problems += wrong.problems
    if problems:
        raise DeckError(problems)
    return sides


def _find_shared(side: _Side) -> Iterator[Problem]:
    """Yield a warning for GUIDs that several notes of a package share: only one of them counts."""
    counts = Counter(note.guid for note in side.package.notes)
    if shared := sum(number - 1 for number in counts.values()):
        notes = "1 note has" if shared == 1 else f"{shared} notes have"
        message = f"{notes} the GUID of another one, and only one of them is compared: see verify"
        yield warning(Location(side.name), message)


def _open(name: str, folder: Path, runs_code: bool) -> _Side:
    from deckpress.anki.package_reader import read_package

    found = find_package(name, folder, runs_code=runs_code)
    return _Side(found.name, found.package, read_package(found.package, media=True))


def _write(old: _Side, new: _Side, form: str, *, colour: bool) -> str:
    from deckpress.diff.compare import compare
    from deckpress.diff.diff_json import as_json
    from deckpress.diff.diff_markdown import as_markdown
    from deckpress.diff.diff_text import as_text

    found = compare(old.package, new.package)
    if form == "html":
        return _page(found, old, new)
    if form == "text":
        title = escape_controls(f"{old.name} → {new.name}")
        return f"{title}\n{as_text(found, colour=colour)}"
    return as_json(found) if form == "json" else as_markdown(found)


def _page(found: Diff, old: _Side, new: _Side) -> str:
    from deckpress.anki.package_reader import read_media
    from deckpress.diff.diff_page import Files, as_html, formulas_in, language_of, pictures_in
    from deckpress.formulas import EngineError
    from deckpress.formulas.engine import draw_formulas

    try:
        drawings = draw_formulas(formulas_in(found))
    except EngineError as problem:
        message = f"formulas cannot be drawn, {problem}: install that, or choose another --format"
        raise DeckError([error(Location("html"), message)]) from problem
    names = pictures_in(found)
    pictures = [read_media(*each) for each in zip((old.file, new.file), names, strict=True)]
    title = f"{old.name} → {new.name}"
    return as_html(found, title, language_of(found), Files(drawings, *pictures))
