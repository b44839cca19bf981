"""What `check` ends with: the notes and words of each file, and the words that are on no card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from deckpress.cli.output import say
from deckpress.cli.telling import count

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.parse import FileAccount, Omission
    from deckpress.reading import NoteStyle

_MOST_FILES = 20
"""Files that have a line of their own."""


def report_account(accounts: Sequence[FileAccount], *, verbose: bool) -> None:
    """Write a line for each file, with `verbose` also one for each thing that it leaves out.

    Of many files, those that leave out most have a line each, and all others one together.
    """
    shown, others = (accounts, ()) if verbose else _choose(accounts)
    for account in shown:
        say(_summarise(account))
        if verbose:
            for omission in account.omissions:
                lost = count(omission.words, "word")
                say(f"  {lost} {omission.reason.short}: {_places(omission)}")
    if others:
        notes = sum(len(account.notes) for account in others)
        words = sum(account.words for account in others)
        left_out = sum(map(_count_left_out, others))
        say(
            f"{count(len(others), 'other file')}: {count(notes, 'note')}, {words:,} words on "
            f"cards, {left_out:,} left out"
        )


def _places(omission: Omission) -> str:
    lines = ", ".join(map(str, omission.lines))
    return f"line {lines}" if lines.isdecimal() else f"lines {lines}"


def _choose(
    accounts: Sequence[FileAccount],
) -> tuple[Sequence[FileAccount], Sequence[FileAccount]]:
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
    kinds = (f"{style.noun}s ({count(number, 'file')})" for style, number in files.items())
    return ", ".join(kinds)


def _summarise(account: FileAccount) -> str:
    found = ", found" if account.is_found else ""
    left_out = _count_left_out(account)
    reasons = ", ".join(_reasons(account))
    why = f" ({reasons})" if reasons else ""
    return (
        f"{account.file}: {count(len(account.notes), 'note')} ({account.style.noun}s{found}), "
        f"{account.words:,} words on cards, {left_out:,} left out{why}"
    )


def _reasons(account: FileAccount) -> Iterator[str]:
    for omission in account.omissions:
        yield f"{omission.words:,} {omission.reason.short}"
