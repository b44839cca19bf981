"""The command as a whole: what it says of itself, and that it builds unless told otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from deckpress import __version__
from deckpress.cli.faults import EXIT_CODE, report_fault
from deckpress.cli.output import accept_all_characters
from deckpress.errors import did_you_mean, escape_controls


class _BuildByDefault(click.Group):
    """A group whose `build` may be left out: `build_deck.py notes.md` builds notes.md."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command as click does, whatever the terminal's encoding."""
        accept_all_characters()
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; the one place where a fault of deckpress itself ends."""
        try:
            return super().invoke(ctx)
        except click.ClickException as wrong:  # it may have the name of a file
            wrong.message = escape_controls(wrong.message)  # type: ignore[misc]
            raise
        except (click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as fault:
            if isinstance(fault.__cause__, SystemExit):  # a signal while a class was made
                raise fault.__cause__ from None
            report_fault(fault)
            ctx.exit(EXIT_CODE)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if not args or (args[0] not in self.commands and args[0] not in own):
            if message := self._find_slip(args):
                raise click.UsageError(message, ctx)
            args = ["build", *args]
        return super().parse_args(ctx, args)

    def _find_slip(self, args: Sequence[str]) -> str:
        """Return what is wrong where a command was meant, and not a file to build; or nothing."""
        if args and args[0].startswith("-"):
            later = [each for each in args if each in self.commands and not Path(each).exists()]
            return f"say the command first: {later[0]} {args[0]} …" if later else ""
        if not args or Path(args[0]).exists() or "." in args[0] or "/" in args[0]:
            return ""
        near = did_you_mean(args[0], self.commands)
        shown = escape_controls(args[0])
        return f'no such command or file "{shown}"{near}' if near else ""


@click.group(cls=_BuildByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="deckpress")
def main() -> None:
    """Turn Markdown questions and answers into an Anki deck that can be kept alive.

    Without a command, builds: `build_deck.py` alone builds the project in this folder, and
    `build_deck.py NOTES.md` a Markdown file, or a folder of them, that needs no project.
    """
