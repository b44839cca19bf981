"""A server of the preview's page with a made-up deck, which a test changes as it likes."""

from __future__ import annotations

import json
import queue
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import deckpress
from deckpress.preview.files import frame_files, page_files
from tests.support.projects import PIXEL

PAGE = Path(deckpress.__file__).parent / "preview/page"
CSS = ".card { font: 18px/1.6 sans-serif; } .card.nightMode { background: #16181b; color: #d2d3d1 }"
NO_MATHJAX = b"""
window.MathJax = { startup: { promise: Promise.resolve() }, typesetClear() {}, typeset() {} };
"""
"""In place of MathJax, for cards without formulas."""


class MadeUpDeck:
    """A deck of so many cards, as the server of `preview` would tell a page of it."""

    def __init__(self, count: int) -> None:
        self.generation = 1
        self.rows = {row["key"]: row for row in map(_row, range(1, count + 1))}
        self.sides = {key: _sides(row) for key, row in self.rows.items()}
        self.problems: list[dict[str, Any]] = []
        self.about: dict[str, Any] = {
            "live": True,
            "name": "Rivers",
            "language": "en",
            "direction": "ltr",
            "version": "1.1.0",
            "released": "1.0.0",
            "broken": None,
            "frame": "frame/TOKEN/card.html",
            "types": [{"name": "Basic", "css": CSS, "cloze": False}],
        }

    def data(self) -> dict[str, Any]:
        """Return `deck.json`."""
        rows = [*self.rows.values()]
        return self.about | {
            "generation": self.generation,
            "cards": rows,
            "problems": self.problems,
            "counts": self.counts,
        }

    @property
    def counts(self) -> dict[str, int]:
        """How many problems there are of each severity."""
        return Counter(problem["severity"] for problem in self.problems)

    def sides_of(self, key: str) -> dict[str, Any]:
        """Return the sides of a card, and the problems of its note."""
        note = key.rpartition(".")[0]
        own = [each for each in self.problems if (each["card"] or "").rpartition(".")[0] == note]
        return self.sides[key] | {"problems": own}


def _row(number: int) -> dict[str, Any]:
    return {
        "key": f"river-{number}.1",
        "id": f"river-{number}",
        "title": f"Where does river {number} rise?",
        "text": f"In mountain {number}.",
        "name": "Question",
        "number": 1,
        "type": 0,
        "kind": "basic",
        "file": f"source/{number % 3}.md",
        "line": number,
        "tags": ["water::river"] if number % 2 else ["water"],
        "deck": "Rivers",
        "severity": None,
        "changed": None,
        "old": False,
        "chunk": 0,
    }


def _sides(row: dict[str, Any]) -> dict[str, Any]:
    question = f"<p>{row['title']}</p>"
    return {
        "front": question,
        "back": f'{question}<hr id="answer"><p>{row["text"]}</p>',
        "place": f"{row['file']}:{row['line']}:1",
        "open": f"vscode://file/{row['file']}:{row['line']}",
        "difference": None,
    }


class PageServer(ThreadingHTTPServer):
    """Serves the page, and tells it what changes."""

    daemon_threads = True

    def __init__(self, deck: MadeUpDeck) -> None:
        self.deck = deck
        self.has_formulas = False
        """Whether MathJax is served, which takes half of the time that a page needs."""
        self.asked: list[str] = []
        """The addresses that were asked for."""
        self.listeners: list[queue.Queue[str | None]] = []
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self.server_port}/"

    def change(
        self, *keys: str, edited: str | None = None, order: bool = False, **other: Any
    ) -> None:
        """Tell the page that cards have changed."""
        deck = self.deck
        deck.generation += 1
        change = {
            "generation": deck.generation,
            "cards": [deck.rows[key] for key in keys],
            "order": [*deck.rows] if order else None,
            "problems": deck.problems,
            "counts": deck.counts,
            "edited": edited,
            "broken": deck.about["broken"],
            "types": None,
            "sides": {key: deck.sides_of(key) for key in keys},
        }
        for listener in self.listeners:
            listener.put(json.dumps(change | other))

    def hang_up(self) -> None:
        """End all connections that wait for events."""
        for listener in self.listeners:
            listener.put(None)
        self.listeners.clear()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away."""


class _Handler(BaseHTTPRequestHandler):
    server: PageServer

    def log_message(self, *args: Any) -> None:
        """Write nothing."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        path = unquote(urlsplit(self.path).path)
        deck = self.server.deck
        if path == "/deck.json":
            self._send(json.dumps(deck.data()).encode(), "application/json")
        elif path == "/cards.json":
            keys = parse_qs(urlsplit(self.path).query)["keys"][0].split(",")
            self._send(json.dumps({key: deck.sides_of(key) for key in keys}).encode(), "text/json")
        elif path == "/events":
            self._send_events()
        elif path.startswith("/frame/TOKEN/media/"):
            self._send(PIXEL, "image/png")
        else:
            self._send_file(path.removeprefix("/frame/TOKEN").removeprefix("/") or "index.html")

    def _send_file(self, name: str) -> None:
        if name == "mathjax/fonts.css":
            fonts = frame_files()[name].read() if self.server.has_formulas else b""
            self._send(fonts, "text/css")
            return
        if name.startswith("mathjax/") and not self.server.has_formulas:
            self._send(NO_MATHJAX, "text/javascript")
            return
        if found := {**page_files(), **frame_files()}.get(name):
            self._send(found.read(), found.media_type)
        else:
            self.send_error(404)

    def _send_events(self) -> None:
        listener: queue.Queue[str | None] = queue.Queue()
        self.server.listeners.append(listener)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        while (data := listener.get()) is not None:
            self.wfile.write(f"event: deck\ndata: {data}\n\n".encode())

    def _send(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def write_files(deck: MadeUpDeck, folder: Path) -> None:
    """Write a deck into a folder as `preview --export` does, ten cards to a file."""
    frame = folder / "frame"
    for name in ("data", "frame/mathjax", "frame/media"):
        (folder / name).mkdir(parents=True)
    for name, file in page_files().items():
        (folder / name).write_bytes(file.read())
    for name, file in frame_files().items():
        (frame / name).write_bytes(file.read())
    index = (folder / "index.html").read_text(encoding="utf-8")
    (folder / "index.html").write_text(index.replace('="live"', '="files"'), encoding="utf-8")
    (frame / "media/pixel.png").write_bytes(PIXEL)
    deck.about["frame"] = "frame/card.html"
    keys = [*deck.rows]
    for at, key in enumerate(keys):
        deck.rows[key]["chunk"] = at // 10
    (folder / "data/deck.js").write_text(f"deckpress.deck({json.dumps(deck.data())});")
    for chunk in range(0, len(keys), 10):
        cards = json.dumps({key: deck.sides_of(key) for key in keys[chunk : chunk + 10]})
        (folder / f"data/cards-{chunk // 10}.js").write_text(f"deckpress.cards({cards});")
