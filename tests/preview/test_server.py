"""What the preview's server gives, and to whom."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deckpress.preview.live_deck import LiveDeck
from deckpress.preview.server import PreviewServer
from tests.support.previews import ask, live_deck, project, served
from tests.support.projects import PIXEL, snapshot

NOTES = "1. What is a river?\n\n   Water. ![a dot](dot.png)\n"


@pytest.fixture
def deck(tmp_path: Path) -> LiveDeck:
    """Return the live deck of a project with a picture."""
    root = project(tmp_path, notes=NOTES)
    (root / "source/dot.png").write_bytes(PIXEL)
    (root / "secret.txt").write_text("secret")
    return live_deck(root)


@pytest.fixture
def server(deck: LiveDeck) -> Iterator[PreviewServer]:
    """Return a server of that deck."""
    with served(deck) as server:
        yield server


def test_the_page_and_all_that_it_needs_are_there(server: PreviewServer) -> None:
    """The page, its scripts and sheets, the frame with MathJax, and the deck's pictures."""
    index = ask(server, "/")
    assert index.status == 200
    assert index.headers["Content-Type"] == "text/html; charset=utf-8"
    deck = ask(server, "/deck.json").json()
    (card,) = deck["cards"]
    sides = ask(server, f"/cards.json?keys={card['key']},none.1").json()
    assert list(sides) == [card["key"]]
    frame = "/" + deck["frame"]
    name = next(iter(server.deck.edition.view.media.contents()))
    assert f'src="{name}"' in sides[card["key"]]["back"]
    files = {
        frame: "text/html; charset=utf-8",
        frame.replace("card.html", "card.js"): "text/javascript; charset=utf-8",
        frame.replace("card.html", "reviewer.css"): "text/css; charset=utf-8",
        frame.replace("card.html", "mathjax/tex-chtml-full.js"): "text/javascript; charset=utf-8",
        frame.replace("card.html", "mathjax/fonts.css"): "text/css; charset=utf-8",
        frame.replace("card.html", f"media/{name}"): "image/png",
        "/page.js": "text/javascript; charset=utf-8",
    }
    for path, media_type in files.items():
        answer = ask(server, path)
        assert (answer.status, answer.headers["Content-Type"]) == (200, media_type), path
        assert answer.body
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "//secret.txt",
        "/source/notes.md",
        "/notes.md",
        "/index.html/../../secret.txt",
        "/__init__.py",
        "/card.html",
        "FRAME/media/../../secret.txt",
        "FRAME/media/..%2f..%2fsecret.txt",
        "FRAME/media/dot.png",
        "FRAME/../server.py",
        "/frame/guessed/card.html",
        "/\x00".replace("\x00", "%00"),
    ],
)
def test_nothing_else_is_served(path: str, server: PreviewServer) -> None:
    """No address leads to a file that the page or a card does not show."""
    answer = ask(server, path.replace("FRAME", server.frame_path.rstrip("/")))
    assert (answer.status, answer.body) == (404, b"")


def test_a_link_out_of_the_project_is_not_served(tmp_path: Path) -> None:
    """A picture that is a link to a file elsewhere is no picture of the deck."""
    root = project(tmp_path / "deck", notes="1. What?\n\n   ![a dot](dot.png)\n")
    (tmp_path / "secret.png").write_bytes(PIXEL)
    (root / "source/dot.png").symlink_to(tmp_path / "secret.png")
    with served(live_deck(root)) as server:
        assert server.deck.edition.view.media.contents() == {}
        assert ask(server, f"{server.frame_path}media/dot.png").status == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "[::1]", ""])
def test_another_hosts_name_is_refused(host: str, server: PreviewServer) -> None:
    """A name on the web that was pointed to this computer reads nothing (DNS rebinding)."""
    for path in ("/", "/deck.json", f"{server.frame_path}card.html"):
        answer = ask(server, path, Host=host)
        assert (answer.status, answer.body) == (421, b"")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://["},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "document"},
    ],
)
def test_another_pages_requests_are_refused(headers: dict[str, str], server: PreviewServer) -> None:
    """No other page, and no card's frame, can read the deck or follow it."""
    for path in ("/deck.json", "/cards.json?keys=a", "/events", "/page.js"):
        assert ask(server, path, **headers).status == 403


def test_a_link_to_the_page_may_be_followed(server: PreviewServer) -> None:
    """Somebody may click on the page's address in another page, such as a chat."""
    headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "document"}
    assert ask(server, "/", **headers).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_nothing_can_be_written(method: str, server: PreviewServer, tmp_path: Path) -> None:
    """The server knows only how to read; the project is as it was."""
    before = snapshot(tmp_path)
    assert ask(server, "/deck.json", method).status == 501
    assert snapshot(tmp_path) == before


def test_the_head_of_an_answer_has_no_body(server: PreviewServer) -> None:
    """HEAD says how long the answer to GET would be."""
    head = ask(server, "/deck.json", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(ask(server, "/deck.json").body)


def test_the_head_of_the_events_ends(server: PreviewServer) -> None:
    """HEAD is answered at once, though GET would go on for ever."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as connection:
        host = f"127.0.0.1:{server.server_port}"
        connection.sendall(f"HEAD /events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert connection.makefile("rb").read().endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=-999999", 206, slice(0, None)),
        ("bytes=60-999999", 206, slice(60, None)),
        ("bytes=999999-", 416, slice(0, 0)),
        ("bytes=0-1,4-5", 200, slice(0, None)),
        ("bytes=-", 200, slice(0, None)),
        ("pages=1-2", 200, slice(0, None)),
    ],
)
def test_a_part_of_a_file_is_sent(
    asked: str, status: int, part: slice, server: PreviewServer
) -> None:
    """Browsers ask so for sounds: Safari plays them and Chromium goes to a place in them by it."""
    name = next(iter(server.deck.edition.view.media.contents()))
    answer = ask(server, f"{server.frame_path}media/{name}", Range=asked)
    assert (answer.status, answer.body) == (status, PIXEL[part])
    places = range(len(PIXEL))[part]
    if status == 206:
        here = f"bytes {places.start}-{places.stop - 1}/{len(PIXEL)}"
        assert answer.headers["Content-Range"] == here


def test_a_card_runs_in_a_frame_that_reaches_nothing(server: PreviewServer) -> None:
    """What is below the frame's address has no origin, though it is opened by itself."""
    policy = ask(server, f"{server.frame_path}card.html").headers["Content-Security-Policy"]
    assert "sandbox allow-scripts" in policy
    assert "connect-src 'none'" in policy
    assert "allow-same-origin" not in policy


def test_an_edit_is_pushed_to_each_page(deck: LiveDeck, server: PreviewServer) -> None:
    """Every page that is open gets the change, with the sides of the card that was edited."""
    connections = [http.client.HTTPConnection("127.0.0.1", server.server_port) for _ in range(3)]
    streams = []
    for connection in connections:
        connection.request("GET", "/events")
        streams.append(connection.getresponse())
        assert streams[-1].readline().startswith(b":")
    path = Path(next(iter(deck.edition.view.cards.values())).location.file)
    path.write_text(NOTES.replace("Water", "Much water"))
    deck.refresh({path})
    for stream in streams:
        while not (line := stream.readline()).startswith(b"data: "):
            pass
        change = json.loads(line.removeprefix(b"data: "))
        assert "Much water" in change["sides"][change["edited"]]["back"]
        assert change["order"] is None
    for connection in connections:
        connection.close()


def test_a_taken_port_is_an_error(server: PreviewServer, deck: LiveDeck) -> None:
    """Who asks for a port that another server has learns of it at once."""
    with pytest.raises(OSError, match="in use"):
        PreviewServer(deck, server.data, server.server_port)


def test_who_is_slow_keeps_no_edit_waiting(deck: LiveDeck) -> None:
    """A page that does not hand on what is new is waited for a moment, and no longer."""
    path = Path(next(iter(deck.edition.view.cards.values())).location.file)
    with deck.followed():
        path.write_text(NOTES.replace("Water", "Much water"))
        deck.refresh({path})
    assert "Much water" in str(next(iter(deck.edition.view.cards.values())).note.fields)
