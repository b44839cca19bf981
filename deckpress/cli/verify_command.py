"""`verify`: what learners get by importing a package, rehearsed in real Anki."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckpress.cli.inputs import find_package, package_file, released_packages
from deckpress.cli.options import project_option
from deckpress.cli.report import count, errors_reported, fail_if_lost, report, show_text
from deckpress.errors import Problem, has_errors
from deckpress.filesystem import temporary_folder

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.verify.verification import Outcome, Verification


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
    from deckpress.verify.isolated import verify_isolated

    with errors_reported(strict, style=False), temporary_folder() as folder:
        found = (find_package(each, project) for each in packages)
        paths = [package_file(each, folder) for each in found]
        *olds, new = paths or released_packages(project)
        verification = verify_isolated(olds, new)
    if not quiet:
        show_text("\n".join(_without(folder, line) for line in _describe(verification)))
    told = _in_place(verification.problems, folder)  # of a package each is summed up already
    report(told, strict=strict, style=False, verbose=True)
    if not quiet and not verification.faults:
        show_text("no learner loses anything")
    fail_if_lost()
    if has_errors(verification.problems, strict=strict):
        sys.exit(1)


def _without(folder: Path, text: str) -> str:
    """Return a text without the folder of a package that lies there for a moment only."""
    return text.replace(f"{folder}{os.sep}", "")


def _in_place(problems: Iterable[Problem], folder: Path) -> list[Problem]:
    return [
        replace(each, location=replace(each.location, file=_without(folder, each.location.file)))
        for each in problems
    ]


def _describe(verification: Verification) -> list[str]:
    lines: list[str] = []
    for outcome in verification.outcomes:
        told = _describe_update(outcome) if outcome.old else _describe_first(outcome)
        told += [_describe_checks(outcome)]
        lines += [f"{outcome.old or 'an empty collection'} → {verification.new}"]
        lines += [f"  {line}" for line in told]
    return lines


def _describe_checks(outcome: Outcome) -> str:
    if outcome.problems:
        return f"{count(len(outcome.problems), 'problem')}: see below"
    return "nothing wrong with media, empty cards, note types, templates, database"


def _describe_first(outcome: Outcome) -> list[str]:
    counts = ((outcome.log.new, "note"), (outcome.cards, "card"), (outcome.media, "media file"))
    return [", ".join(count(number, thing) for number, thing in counts)]


def _describe_update(outcome: Outcome) -> list[str]:
    log = outcome.log
    lines = [
        f"{log.new} new, {log.updated} updated, {log.untouched} untouched, "
        f"{log.conflicting} conflicting",
        f"{outcome.kept} of {count(outcome.cards, 'card')} keep schedule, flag, deck and memory",
    ]
    if outcome.written:
        written = count(outcome.written, "unchanged note")
        lines.append(f"{outcome.written_kept} of {written} keep what a learner wrote there")
    if outcome.replaced:
        replaced = count(outcome.replaced, "note")
        lines.append(f"{replaced} with new text or tags: what learners wrote there is replaced")
    if outcome.retired:
        lines.append(f"{count(outcome.retired, 'note')} retired: learners keep them")
    return lines
