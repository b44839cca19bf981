"""The command: options in, messages and exit codes out.

Each command has a module of its own; `options`, `opening`, `building`,
`progress` and `telling` are what they share.
"""

from deckpress.cli.build import build
from deckpress.cli.check import check
from deckpress.cli.group import main
from deckpress.cli.push import push
from deckpress.cli.trust import trust

for _command in (build, check, push, trust):
    main.add_command(_command)

__all__ = ["main"]
