"""The command as a whole: what it says of itself, and that it builds unless told otherwise."""

from __future__ import annotations

import click

from deckpress import __version__


class _BuildByDefault(click.Group):
    """A group whose `build` may be left out: `build_deck.py notes.md` builds notes.md."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version"}
        if not args or (args[0] not in self.commands and args[0] not in own):
            args = ["build", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_BuildByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="deckpress")
def main() -> None:
    """Turn Markdown questions and answers into an Anki deck that can be kept alive.

    Without a command, builds: `build_deck.py` alone builds the project in this folder, and
    `build_deck.py NOTES.md` a Markdown file, or a folder of them, that needs no project.
    """
