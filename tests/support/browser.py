"""Chromium without a window, as far as it is installed, and the MathJax that Anki has."""

from __future__ import annotations

import html
import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first is the one without windows, which opens a page in half of the time."""
BROWSER = next(filter(None, map(shutil.which, _BROWSERS)), None)
"""The path of the browser, if there is one."""
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--virtual-time-budget=20000", "--allow-file-access-from-files"),
)


def read(page: Path | str, folder: Path) -> list[dict[str, Any]]:
    """Open a page, a file or an address, in the browser and return what its script found."""
    assert BROWSER
    command = [
        BROWSER,
        *FLAGS,
        f"--user-data-dir={folder / 'browser'}",
        "--dump-dom",
        page if isinstance(page, str) else page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    match = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.S)
    assert match, done.stderr[-2000:]
    seen: list[dict[str, Any]] = json.loads(html.unescape(match.group(1)))
    return seen


def find_mathjax() -> Path:
    """Return MathJax 3.2.2 as the package django-static-mathjax carries it."""
    folder = importlib.util.find_spec("mathjax")
    assert folder
    assert folder.origin
    (script,) = Path(folder.origin).parent.rglob("es5/tex-chtml-full.js")
    return script
