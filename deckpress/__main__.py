"""The command as a process of its own: its signals and streams, and then what it does."""

from __future__ import annotations

import gc
import sys

from deckpress import signals

_COLLECT = (5_000_000, 20, 50)
"""When Python looks for garbage. A build makes many small objects that live up to its end; to look
through them after each 700 new ones, as Python does by itself, takes a seventh of its time. Of
10,000 notes there are 1,600,000, of which 20,000 are garbage that only this finds."""


def run(name: str | None = None) -> None:
    """Run the command, called `name`, and end the process.

    A signal ends it without a message: at once while modules are still imported, and later when
    temporary files are gone and other processes have ended. A signal that comes when all is done
    changes nothing any more.
    """
    signals.end_at_once()
    gc.set_threshold(*_COLLECT)
    from deckpress import process
    from deckpress.cli import main

    process.lose_what_cannot_be_written()
    signals.end_tidily()
    try:
        main(prog_name=name)
    finally:
        signals.ignore()
        if reason := process.reason_of_loss():
            print(f"standard output: cannot be written: {reason}", file=sys.stderr)
        gc.freeze()  # or Python would look through all objects again before it ends


if __name__ == "__main__":
    run()
