"""The command: options in, messages and exit codes out; it builds unless told otherwise.

Each group of commands has a module; `options`, `inputs` and `report` are what they share.
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from deckpress import __version__
from deckpress.cli.build_command import build, check
from deckpress.cli.package_commands import diff, push, verify
from deckpress.cli.preview_command import preview
from deckpress.cli.project_commands import init, release, trust
from deckpress.cli.report import accept_all_characters, show_text
from deckpress.diagnostics import Location, did_you_mean, error, escape_controls

EXIT_CODE = 70
"""`EX_SOFTWARE` of `sysexits.h`: the program is wrong, not what it was given."""


def report_crash(fault: Exception) -> None:
    """Say that deckpress is to blame, near which place, and which file tells its makers why."""
    where = _find_place(fault) or Location("deckpress")
    try:
        report = f"this file and {_write_report(fault)}"
    except OSError:  # no folder for temporary files: the message has the most of it
        report = "this file"
    reason = "".join(traceback.format_exception_only(fault)).strip().replace("\n", " ")
    message = (
        "deckpress itself fails here, and the deck is not to blame: report it to its makers with "
        f"{report} ({reason})"
    )
    show_text(error(where, message), err=True, fg="red")


def _find_place(fault: Exception) -> Location | None:
    """Return the place in the deck that the innermost frame knows of, with its line if it does."""
    frames = [frame for frame, _ in traceback.walk_tb(fault.__traceback__)]
    places = (place for frame in reversed(frames) for place in _places(frame.f_locals.values()))
    known = [place for place in places if place.file]
    return next((place for place in known if place.line), next(iter(known), None))


def _places(values: Iterable[object]) -> Iterator[Location]:
    from deckpress.notes import Note
    from deckpress.project import Source

    for value in values:
        if isinstance(value, Location):
            yield value
        elif isinstance(value, Note):
            yield value.location
        elif isinstance(value, Source):
            yield Location(str(value.path))


def _write_report(fault: Exception) -> str:
    """Write what happened into a file of its own, and return its path."""
    import platform

    lines = [
        f"deckpress {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
    ]
    lines += [" ".join(sys.argv), "\n\n", *traceback.format_exception(fault)]
    with tempfile.NamedTemporaryFile(
        "w",
        encoding="utf-8",
        errors="backslashreplace",
        prefix="deckpress-fault-",
        suffix=".txt",
        delete=False,
    ) as file:
        file.writelines(lines)
    return file.name


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
        except click.ClickException as problem:  # it may have the name of a file
            problem.message = escape_controls(problem.message)  # type: ignore[misc]
            raise
        except (click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as fault:
            if isinstance(fault.__cause__, SystemExit):  # a signal while a class was made
                raise fault.__cause__ from None
            report_crash(fault)
            ctx.exit(EXIT_CODE)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if not args or (args[0] not in self.commands and args[0] not in own):
            if message := self._check_command(args):
                raise click.UsageError(message, ctx)
            args = ["build", *args]
        return super().parse_args(ctx, args)

    def _check_command(self, args: Sequence[str]) -> str:
        """Return what is wrong where a command was meant, and not a file to build; or nothing."""
        if args and args[0].startswith("-"):
            later = [arg for arg in args if arg in self.commands and not Path(arg).exists()]
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


for _command in (build, check, preview, diff, verify, release, push, init, trust):
    main.add_command(_command)


__all__ = ["main"]
