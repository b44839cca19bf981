"""A Ctrl-C while processes start is heard as soon as they have started."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import os, signal, subprocess, sys
from deckpress.signals import interrupts_put_off
try:
    with interrupts_put_off():
        os.kill(os.getpid(), signal.SIGINT)
        child = "import os, signal; os.kill(os.getpid(), signal.SIGINT); print('child goes on')"
        subprocess.run([sys.executable, "-c", child], check=True)
        print("done", flush=True)
    print("not heard")
except KeyboardInterrupt:
    print("heard")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows puts no signals off")
def test_a_ctrl_c_is_put_off_and_not_lost() -> None:
    """What starts is finished, processes that start meanwhile go on, and then the build ends."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.stdout.split("\n") == ["child goes on", "done", "heard", ""]


LATE = """
import os, signal
from concurrent.futures import ProcessPoolExecutor
from deckpress.typeset import Formula
from deckpress.typeset.workers import typeset
os.cpu_count = lambda: 2
shutdown = ProcessPoolExecutor.shutdown
def interrupted(*arguments, **options):
    ProcessPoolExecutor.shutdown = shutdown
    os.kill(os.getpid(), signal.SIGINT)
    shutdown(*arguments, **options)
ProcessPoolExecutor.shutdown = interrupted
try:
    print(len(list(typeset([Formula(f"x_{{{n}}}", False) for n in range(200)]))))
except KeyboardInterrupt:
    print("heard")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows puts no signals off")
def test_a_ctrl_c_while_processes_end_is_not_lost() -> None:
    """Whoever interrupts a build when the last formula has just been typeset is heard as well."""
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("heard\n", "")
