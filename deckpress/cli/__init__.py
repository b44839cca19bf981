"""The command: options in, messages and exit codes out.

Each command has a module of its own; `options`, `opening`, `building`,
`progress` and `telling` are what they share.
"""

from deckpress.cli.build import build
from deckpress.cli.check import check
from deckpress.cli.diff import diff
from deckpress.cli.group import main
from deckpress.cli.init import init
from deckpress.cli.push import push
from deckpress.cli.release import release
from deckpress.cli.trust import trust
from deckpress.cli.verify import verify

for _command in (build, check, diff, verify, release, push, init, trust):
    main.add_command(_command)

__all__ = ["main"]
