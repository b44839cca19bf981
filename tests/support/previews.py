"""Decks that are previewed while they are edited, without a browser."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from deckpress.formulas import skip_formula_check
from deckpress.lock.store import BuildOptions
from deckpress.pipeline.workspace import Workspace
from deckpress.preview.live_deck import LiveDeck
from deckpress.preview.page_data import PageData
from deckpress.preview.server import PreviewServer
from deckpress.project.opening import open_project
from tests.support.projects import DECK_TOML, NOON, ROOT, write


def live_deck(root: Path) -> LiveDeck:
    """Return the live deck of a project; its notes are dated as those of tests are."""
    workspace = Workspace(
        lambda: open_project(root), BuildOptions(tells_all=True), typeset=skip_formula_check
    )
    return LiveDeck(lambda changed, early: workspace.update(changed, NOON, early))


def project(root: Path, **files: str) -> Path:
    """Write a project with Markdown files of these names, and return its folder."""
    texts = {f"source/{name}.md": text for name, text in files.items()}
    write(root, {"source/deck.toml": DECK_TOML, **texts})
    return root


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the values of a body in JSON."""
        return json.loads(self.body)


@contextmanager
def served(deck: LiveDeck) -> Iterator[PreviewServer]:
    """Yield a server of a deck, in a thread of its own."""
    with PreviewServer(deck, PageData()) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def ask(server: PreviewServer, path: str, method: str = "GET", **headers: str) -> Answer:
    """Return what a server answers to one request, of which headers have `_` for `-`."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=names)
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.headers), answer.read())
    finally:
        connection.close()


@contextmanager
def previewed(
    *arguments: str, folder: Path | None = None, within: Sequence[str] = ()
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield a preview that runs, perhaps by another command, and the line that it begins with."""
    command = [*within, sys.executable, "-m", "deckpress", "preview", *arguments, "--no-open"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()
