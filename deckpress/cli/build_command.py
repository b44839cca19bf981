"""`build`, the default command, and `check`, which writes nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from deckpress.cli.inputs import open_deck, opened_alone, prepare_now, result_cache
from deckpress.cli.options import build_options, output_option
from deckpress.cli.report import (
    NOTHING_WRITTEN,
    describe,
    errors_reported,
    fail_if_lost,
    report,
    report_changes,
    report_trust,
    show_text,
)
from deckpress.diagnostics import counted

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.last_build import LastBuild, Outcome
    from deckpress.notes.coverage import FileAccount, Omission
    from deckpress.pipeline import Prepared
    from deckpress.project import NoteStyle
    from deckpress.project.opening import Opened
    from deckpress.result_cache import ResultCache

_MOST_FILES = 20
"""Files that have a line of their own."""


def report_account(accounts: Sequence[FileAccount], *, verbose: bool) -> None:
    """Write a line for each file, with `verbose` also one for each thing that it leaves out.

    Of many files, those that leave out most have a line each, and all others one together.
    """
    shown, rest = (accounts, ()) if verbose else _choose(accounts)
    for account in shown:
        show_text(_summarise(account))
        if verbose:
            for omission in account.omissions:
                lost = counted(omission.words, "word")
                show_text(f"  {lost} {omission.reason.short}: {_places(omission)}")
    if rest:
        notes = sum(account.notes for account in rest)
        words = sum(account.words for account in rest)
        left_out = sum(map(_count_left_out, rest))
        show_text(
            f"{counted(len(rest), 'other file')}: {counted(notes, 'note')}, {words:,} words on "
            f"cards, {left_out:,} left out"
        )


def _places(omission: Omission) -> str:
    lines = ", ".join(map(str, omission.lines))
    return f"line {lines}" if lines.isdecimal() else f"lines {lines}"


def _choose(accounts: Sequence[FileAccount]) -> tuple[Sequence[FileAccount], Sequence[FileAccount]]:
    """Return the files that have a line of their own, and those that have one together."""
    if len(accounts) <= _MOST_FILES:
        return accounts, ()
    by_loss = sorted(accounts, key=_count_left_out, reverse=True)[:_MOST_FILES]
    chosen = {account.file for account in by_loss if _count_left_out(account)}
    shown = [account for account in accounts if account.file in chosen]
    return shown, [account for account in accounts if account.file not in chosen]


def _count_left_out(account: FileAccount) -> int:
    return sum(omission.words for omission in account.omissions)


def describe_styles(accounts: Sequence[FileAccount]) -> str:
    """Return which styles were found in how many files; nothing where authors said them all."""
    files: dict[NoteStyle, int] = {}
    for account in accounts:
        if account.is_found and account.notes:
            files[account.style] = files.get(account.style, 0) + 1
    kinds = (f"{style.noun}s ({counted(number, 'file')})" for style, number in files.items())
    return ", ".join(kinds)


def _summarise(account: FileAccount) -> str:
    how = ", found" if account.is_found else ""
    left_out = _count_left_out(account)
    reasons = ", ".join(_reasons(account))
    why = f" ({reasons})" if reasons else ""
    return (
        f"{account.file}: {counted(account.notes, 'note')} ({account.style.noun}s{how}), "
        f"{account.words:,} words on cards, {left_out:,} left out{why}"
    )


def _reasons(account: FileAccount) -> Iterator[str]:
    for omission in account.omissions:
        yield f"{omission.words:,} {omission.reason.short}"


def build_and_report(
    source: Path | None,
    project: Path,
    output: Path | None,
    strict: bool,
    quiet: bool,
    no_formula_check: bool,
    runs_code: bool,
    **options: Any,
) -> Path:
    """Build a deck, say what was done, and return the package; exit if it cannot be built."""
    from deckpress.last_build import LastBuild

    started, cache = time.perf_counter(), result_cache()
    told = {**options, "strict": strict, "no_formula_check": no_formula_check}
    with (
        errors_reported(strict, style=strict, outcome=NOTHING_WRITTEN),
        opened_alone(source, project, output) as (opened, place),
    ):
        last = LastBuild(opened.project, opened.diagnostics, {**told, "place": place})
        built = Built(outcome) if cache and (outcome := last.find(cache)) else None
        if built is None:
            with_style = {**options, "tells_all": strict}
            how = {"quiet": quiet, "no_formula_check": no_formula_check, "runs_code": runs_code}
            built = _build(opened, place, cache, with_style, how, strict=strict)
            if cache:
                _remember(last, cache, built)
    report(built.outcome.diagnostics, strict=strict, style=strict)
    if not quiet:
        show_text(describe(built.outcome.summary, time.perf_counter() - started))
        if built.outcome.styles:
            show_text(f"questions found: {built.outcome.styles}")
        report_trust(no_formula_check)
        if prepared := built.prepared:
            report_changes(prepared.changes, prepared.search)
    return built.outcome.summary.package


class Built(NamedTuple):
    """What a build made, and the deck that it was made of, if it was not the last one again."""

    outcome: Outcome
    prepared: Prepared | None = None


def _build(
    opened: Opened,
    place: Path,
    cache: ResultCache | None,
    options: dict[str, Any],
    how: dict[str, bool],
    *,
    strict: bool,
) -> Built:
    from deckpress.last_build import Outcome
    from deckpress.lock.store import BuildOptions
    from deckpress.pipeline import build

    prepared = prepare_now(opened, BuildOptions(**options), **how)
    summary = build(prepared, place, strict=strict, cache=cache)
    styles = describe_styles(prepared.accounts)
    return Built(Outcome(summary, prepared.diagnostics, styles), prepared)


def _remember(last: LastBuild, cache: ResultCache, built: Built) -> None:
    """Remember a build that changed nothing."""
    prepared = built.prepared
    if prepared and prepared.dependencies and prepared.changes_nothing:
        hangs_on = prepared.dependencies
        last.remember(cache, built.outcome, hangs_on.files, hangs_on.on_vault)


@click.command()
@build_options
@output_option
@click.option("--prune", is_flag=True, help="Remove pictures that no block asks for any more.")
def build(**options: Any) -> None:
    """Write the package and the lock (the default command).

    SOURCE is a Markdown file, or a folder of them; left out, the project is built.
    """
    build_and_report(**options)


@click.command()
@build_options
@click.option(
    "--verbose", is_flag=True, help="List all messages, and the lines that are on no card."
)
def check(
    source: Path | None,
    project: Path,
    strict: bool,
    quiet: bool,
    no_formula_check: bool,
    runs_code: bool,
    verbose: bool,
    **options: Any,
) -> None:
    """Tell everything that is wrong, matters of style as well, and write nothing.

    SOURCE is a Markdown file, or a folder of them; left out, the project is checked.
    """
    from deckpress.lock.store import BuildOptions

    with errors_reported(strict, style=True, verbose=verbose):
        prepared = prepare_now(
            open_deck(source, project),
            BuildOptions(**options, tells_all=True),
            quiet=quiet,
            no_formula_check=no_formula_check,
            runs_code=runs_code,
        )
    report(prepared.diagnostics, strict=strict, style=True, verbose=verbose)
    has_errors = prepared.has_errors(strict=strict)
    if not quiet and not has_errors:
        show_text(
            counted(len(prepared.notes), "note") + ("" if prepared.diagnostics else ", no problems")
        )
        report_trust(no_formula_check)
        report_changes(prepared.changes, prepared.search)
    if not quiet and (verbose or not has_errors):
        report_account(prepared.accounts, verbose=verbose)
    if has_errors:
        sys.exit(1)
    fail_if_lost()
