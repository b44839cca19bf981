"""What `check` ends with: the notes and words of each file, and the words that are on no card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from deckpress.cli.output import say
from deckpress.cli.telling import count

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.parse import FileAccount
    from deckpress.reading import NoteStyle


def report_account(accounts: Sequence[FileAccount], *, verbose: bool) -> None:
    """Write a line for each file, with `verbose` also one for each thing that it leaves out."""
    for account in accounts:
        say(_summarise(account))
        if verbose:
            for omission in account.omissions:
                lines = ", ".join(map(str, omission.lines)) or "-"
                say(f"  {count(omission.words, 'word')} {omission.reason.short}: lines {lines}")


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
    left_out = sum(omission.words for omission in account.omissions)
    reasons = ", ".join(_reasons(account))
    why = f" ({reasons})" if reasons else ""
    return (
        f"{account.file}: {count(len(account.notes), 'note')} ({account.style.noun}s{found}), "
        f"{account.words:,} words on cards, {left_out:,} left out{why}"
    )


def _reasons(account: FileAccount) -> Iterator[str]:
    for omission in account.omissions:
        yield f"{omission.words:,} {omission.reason.short}"
