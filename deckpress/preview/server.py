"""The preview's server: it gives this computer's browser the page, and what an edit changed.

Only what is listed here is served: no path is made of an address. Other names than this computer's,
which a page on the web could point here, and requests that other pages make, are refused.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote
from zlib import crc32

from deckpress.preview.files import frame_files, page_files, read_media
from deckpress.preview.live_deck import Edition, LiveDeck
from deckpress.preview.page_data import Data, PageData

_HEARTBEAT = 15.0
"""Seconds without news after which a page that is gone is noticed."""
_MOST_KEYS = 200
"""Cards that are given at once."""
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_FRAME_POLICY = (
    "default-src 'none'; script-src {here} 'unsafe-inline'; style-src {here} 'unsafe-inline'; "
    "img-src {here} data: blob:; media-src {here} data: blob:; font-src {here} data:; "
    "connect-src 'none'; form-action 'none'; frame-src 'none'; sandbox allow-scripts"
)
"""A card may run its own scripts, in its frame, which reach nothing else."""
_PART = re.compile(r"bytes=(?P<first>[0-9]{1,18})?-(?P<last>[0-9]{1,18})?(?<!=-)")


_PORTS = range(20_000, 32_000)
"""Ports that systems give nobody who asks for any (RFC 6335; Linux gives those from 32768 on)."""


def open_server(deck: LiveDeck, data: PageData) -> PreviewServer:
    """Begin to listen at the port of a deck, which is the same each time, or at a free one.

    So a page that is still open finds the next preview, with what its reader chose.
    """
    place = str(deck.project.settings.resolve())
    port = _PORTS[crc32(place.encode(errors="surrogateescape")) % len(_PORTS)]
    try:
        return PreviewServer(deck, data, port)
    except OSError:  # another program has it, or another preview of the deck
        return PreviewServer(deck, data)


class PreviewServer(ThreadingHTTPServer):
    """Serves a live deck on a free port, or on one that is wanted, to this computer alone."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = sys.platform != "win32"  # there two servers could have one port

    def __init__(self, deck: LiveDeck, data: PageData, port: int = 0) -> None:
        """Begin to listen. Raises OSError if the port is taken."""
        self.deck, self.data = deck, data
        self.frame_path = f"/frame/{secrets.token_urlsafe(16)}/"
        """Where the cards' frames are, which have no origin of their own: nobody can guess it."""
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self.server_port}/"

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which a browser on this computer may ask."""
        return frozenset({f"127.0.0.1:{self.server_port}", f"localhost:{self.server_port}"})

    @property
    def origins(self) -> frozenset[str]:
        """The origins of the page itself."""
        return frozenset(f"http://{host}" for host in self.hosts)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away in the middle."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one browser's requests."""

    server: PreviewServer
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        """Write nothing: the terminal is for what is wrong with the deck."""

    def do_GET(self) -> None:
        path = unquote(self._split_path()[0])
        if self.headers.get("Host") not in self.server.hosts:
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        elif path.startswith(self.server.frame_path):
            self._answer_frame(path.removeprefix(self.server.frame_path))
        elif not self._is_own():
            self._refuse(HTTPStatus.FORBIDDEN)
        elif answer := self._answers().get(path):
            answer()
        elif file := page_files().get(path.removeprefix("/") or "index.html"):
            self._send(file.read(), file.media_type, _PAGE_POLICY)
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_HEAD(self) -> None:
        """Answer as to GET, without the body."""
        self.do_GET()

    def _split_path(self) -> tuple[str, str]:
        """Return what is asked for, and what stands behind the question mark."""
        path, _, query = self.path.partition("?")
        return path, query

    def _is_own(self) -> bool:
        """Return whether no other page makes the request: our own does, or the author."""
        origin = self.headers.get("Origin")
        site = self.headers.get("Sec-Fetch-Site", "none")
        is_ours = origin is None or origin in self.server.origins
        return is_ours and (site in ("none", "same-origin") or self._is_visit())

    def _is_visit(self) -> bool:
        """Return whether somebody follows a link to the page itself."""
        is_page = self._split_path()[0] == "/"
        return is_page and self.headers.get("Sec-Fetch-Dest") == "document"

    def _answers(self) -> Mapping[str, Callable[[], None]]:
        return {
            "/deck.json": self._send_deck,
            "/cards.json": self._send_cards,
            "/events": self._send_events,
        }

    def _answer_frame(self, name: str) -> None:
        policy = _FRAME_POLICY.format(here=f"http://{self.headers['Host']}")
        if name.startswith("media/"):
            self._send_media(name.removeprefix("media/"), policy)
        elif file := frame_files().get(name):
            self._send(file.read(), file.media_type, policy, is_lasting=name.startswith("mathjax/"))
        else:
            self._refuse(HTTPStatus.NOT_FOUND)

    def _send_media(self, name: str, policy: str) -> None:
        found = read_media(self.server.deck.edition.view.media, name)
        if found is None:
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        body, media_type = found
        part = _asked_part(self.headers.get("Range", ""), len(body))
        if part is None or part:
            self._send(body, media_type, policy, part=part)
        else:
            self._refuse(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)

    def _send_deck(self) -> None:
        edition = self.server.deck.edition
        data = self.server.data.deck(edition.view)
        frame = f"{self.server.frame_path.removeprefix('/')}card.html"
        self._send_json(data | {"live": True, "generation": edition.number, "frame": frame})

    def _send_cards(self) -> None:
        asked = parse_qs(self._split_path()[1]).get("keys", [""])[0]
        wanted = asked.split(",")[:_MOST_KEYS]
        self._send_json(self.server.data.cards(self.server.deck.edition.view, wanted))

    def _send_events(self) -> None:
        """Send what changes from now on, until the browser goes away."""
        self.close_connection = True
        self._begin(HTTPStatus.OK, "text/event-stream")
        self.end_headers()
        if self.command != "HEAD":
            self._follow_deck()

    def _follow_deck(self) -> None:
        seen = self.server.deck.edition
        self.wfile.write(b": the page reads the deck now\n\n")
        with self.server.deck.followed():
            while True:
                edition = self.server.deck.wait(seen.number, _HEARTBEAT)
                if edition:
                    self._send_event("deck", self._change(seen, edition))
                    seen = edition
                else:
                    self.wfile.write(b": still here\n\n")

    def _change(self, before: Edition, after: Edition) -> Data:
        change = self.server.data.change(before.view, after.view, after.edited)
        return change | {"generation": after.number}

    def _send_event(self, name: str, data: Data) -> None:
        text = json.dumps(data, ensure_ascii=False)
        self.wfile.write(f"event: {name}\ndata: {text}\n\n".encode(errors="backslashreplace"))
        self.wfile.flush()

    def _send_json(self, data: Data) -> None:
        text = json.dumps(data, ensure_ascii=False)
        self._send(text.encode(errors="backslashreplace"), "application/json", _PAGE_POLICY)

    def _send(
        self,
        body: bytes,
        media_type: str,
        policy: str,
        *,
        is_lasting: bool = False,
        part: range | None = None,
    ) -> None:
        self._begin(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK, media_type)
        if part:
            place = f"bytes {part.start}-{part.stop - 1}/{len(body)}"
            self.send_header("Content-Range", place)
            body = body[part.start : part.stop]
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Cache-Control", "max-age=86400" if is_lasting else "no-store")
        if policy is not _PAGE_POLICY:  # a frame without an origin takes fonts only so
            self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse(self, status: HTTPStatus) -> None:
        self._begin(status, "text/plain")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _begin(self, status: HTTPStatus, media_type: str) -> None:
        is_text = media_type.startswith("text/") or media_type.endswith(("json", "javascript"))
        self.send_response(status)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8" if is_text else media_type)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")


def _asked_part(header: str, size: int) -> range | None:
    """Return which bytes of so many are asked for, perhaps none (RFC 9110, 14.1.2).

    None if all are: by no header, or by one of a form that need not be understood.
    """
    found = _PART.fullmatch(header)
    if not found:
        return None
    first, last = found["first"], found["last"]
    if first is None:
        return range(max(size - int(last), 0), size)
    return range(int(first), size if last is None else min(int(last) + 1, size))
