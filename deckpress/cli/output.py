"""How text reaches the terminal or a pipe: whole in any encoding, and steering nothing."""

from __future__ import annotations

import io
import os
import sys

import click

from deckpress.errors import escape_controls
from deckpress.streams import reason_of_loss


def accept_all_characters() -> None:
    """Let the standard streams escape what their encoding lacks, such as → on a pipe of Windows."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a program that embeds the command has its own
            stream.reconfigure(errors="backslashreplace")


def say(text: object, *, err: bool = False, fg: str | None = None) -> None:
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
