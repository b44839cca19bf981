"""The command: options in, messages and exit codes out.

Each command has a module of its own; `options`, `inputs` and `report` are what they share.
"""

from deckpress.cli.build_command import build, check
from deckpress.cli.command_group import main
from deckpress.cli.diff_command import diff
from deckpress.cli.project_commands import init, trust
from deckpress.cli.push_command import push
from deckpress.cli.release_command import release
from deckpress.cli.verify_command import verify

for _command in (build, check, diff, verify, release, push, init, trust):
    main.add_command(_command)

__all__ = ["main"]
