"""What an author's HTML runs or loads is reported, and what is not reported runs nothing.

`active_html.txt` holds pieces of HTML below what is said of them. In it `⏎` is the end of a line,
`⇥` a tab, `␁` a control character, and `¶` begins a line of Markdown; the others are blocks.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from deckpress.check.active_html import Does, check_scripts, find_scripts
from deckpress.formulas.macros import expand_all
from deckpress.media import Media
from deckpress.notes import Note
from deckpress.notes.builder import parse_notes
from deckpress.project.opening import open_standalone
from deckpress.render import render_note
from tests.support.browser import BROWSER, find_mathjax, read
from tests.support.projects import ROOT

TABLE = ROOT / "tests/active_html.txt"
SIGNS = str.maketrans({"⏎": "\n", "⇥": "\t", "␁": "\x01"})
NOTHING = "nothing"


def read_table() -> Iterator[tuple[str, str]]:
    """Yield each piece of HTML, and what is said of it."""
    for section in TABLE.read_text(encoding="utf-8").strip().split("\n\n"):
        said, *pieces = section.split("\n")
        yield from ((piece, said) for piece in pieces)


def said_by(does: Does) -> str:
    """Return what the table has for something that HTML does."""
    return does.removeprefix("{} ")


SNIPPETS = list(read_table())


def as_note(piece: str) -> str:
    """Return a file with one note whose answer has a piece of HTML."""
    text = piece.removeprefix("¶ ").translate(SIGNS)
    lines = [f"   {line}" for line in text.split("\n")]
    return (
        "1. Which?\n\n   Above.\n\n" + "\n".join(lines) + "\n\n   Below, [it](https://a.b/?c=d).\n"
    )


def read_notes(piece: str) -> list[Note]:
    """Return the note of a piece of HTML."""
    notes, *_ = parse_notes(as_note(piece), "a.md")
    return notes


def said_of(notes: list[Note]) -> list[str]:
    """Return what is said of the HTML of notes."""
    project, _ = open_standalone(TABLE)
    return [diagnostic.message for diagnostic in check_scripts(find_scripts(notes), project)]


@pytest.mark.parametrize(("piece", "said"), SNIPPETS)
def test_what_runs_or_loads_is_reported(piece: str, said: str) -> None:
    """Each piece is reported as what it is, and what runs nothing is not."""
    messages = said_of(read_notes(piece))
    assert (said == NOTHING) == (messages == [])
    assert said == NOTHING or any(said in message for message in messages), messages


def test_there_are_snippets_enough() -> None:
    """The table is not lost."""
    assert sum(said != NOTHING for _, said in SNIPPETS) >= 100
    assert sum(said == NOTHING for _, said in SNIPPETS) >= 25
    assert {said for _, said in SNIPPETS} == {*map(said_by, Does), NOTHING}


FRAME = """<!doctype html><meta charset="utf-8"><script>
window.ran = () => parent.ran(NUMBER);
window.MathJax = { tex: { displayMath: [["\\\\[", "\\\\]"]], packages: { "[+]": ["mathtools"] } } };
</script>MATHJAX<div id="qa">FIELD</div>"""

PAGE = r"""<!doctype html><meta charset="utf-8"><body><script>
const ranIn = new Set();
window.ran = number => ranIn.add(number);
const wait = time => new Promise(done => setTimeout(done, time));
function touch(page, types) {
  for (const each of page.document.querySelectorAll("#qa *")) {
    if (/^https?:/.test(each.href)) continue;
    for (const type of types)
      each.dispatchEvent(new page.MouseEvent(type, { bubbles: true, cancelable: true }));
  }
}
async function look(number) {
  const frame = document.createElement("iframe");
  frame.src = `/frame/${number}`;
  frame.width = frame.height = 300;
  document.body.append(frame);
  await Promise.race([new Promise(done => frame.onload = done), wait(2000)]);
  try {
    touch(frame.contentWindow, ["mouseover", "focus", "toggle"]);
    await wait(100);
    touch(frame.contentWindow, ["click"]);
    await wait(200);
  } catch (error) {}  // it has gone elsewhere
  frame.remove();
}
(async () => {
  await Promise.all([...Array(COUNT).keys()].map(look));
  const out = document.createElement("pre");
  out.id = "seen";
  out.textContent = JSON.stringify([{ ran: [...ranIn] }]);
  document.body.replaceChildren(out);
})();
</script>"""


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves each field in a page of its own, and remembers what else is asked for."""

    fields: ClassVar[list[str]] = []
    loaded: ClassVar[set[int]] = set()

    def do_GET(self) -> None:
        """Answer with a page, or note that a field has loaded something."""
        _, kind, number, *_ = [*self.path.split("/"), "", ""]
        if kind == "loaded":
            self.loaded.add(int(number))
        body, type_of = b"", "text/html"
        if kind == "page":
            body = PAGE.replace("COUNT", str(len(self.fields))).encode()
        elif kind == "frame" and number.isdigit():
            body = self.frame(int(number)).encode()
        elif kind == "mathjax":
            body, type_of = find_mathjax().read_bytes(), "text/javascript"
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", type_of)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def frame(self, number: int) -> str:
        """Return the page of a field, whose addresses lead here."""
        field = self.fields[number].replace("https", "http").replace("68ttps", "68ttp")
        field = field.replace("example.com", f"{self.headers['Host']}/loaded/{number}")
        mathjax = '<script src="/mathjax"></script>' if r"\(" in field else ""
        page = FRAME.replace("NUMBER", str(number)).replace("MATHJAX", mathjax)
        return page.replace("FIELD", field)

    def log_message(self, *_: object) -> None:
        """Say nothing of requests."""


def look_at(fields: list[str], folder: Path) -> tuple[set[int], set[int]]:
    """Return which fields ran something in a browser, and which loaded something from the network.

    Each is shown in a frame of its own, and all in it is touched and clicked on.
    """
    Pages.fields, Pages.loaded = fields, set()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            (seen,) = read(f"http://127.0.0.1:{server.server_port}/page", folder)
        finally:
            server.shutdown()
            thread.join()
    return set(seen["ran"]), Pages.loaded


def render(notes: list[Note]) -> str:
    """Return the answers of notes as a card shows them."""
    written = expand_all(notes, {})
    return "".join(render_note(note, Media(), written, "en", [])["Answer"] for note in notes)


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium: apt-get install chromium")
def test_what_is_not_reported_runs_nothing_in_a_browser(tmp_path: Path) -> None:
    """In Chromium only what is reported runs or loads; and much of that was seen to."""
    fields = [render(read_notes(piece)) for piece, _ in SNIPPETS]
    ran, loaded = look_at(fields, tmp_path)
    silent = {index for index, (_, said) in enumerate(SNIPPETS) if said == NOTHING}
    assert [SNIPPETS[index][0] for index in sorted(silent & (ran | loaded))] == []
    runs = {index for index, (_, said) in enumerate(SNIPPETS) if said == said_by(Does.RUNS)}
    loads = {index for index, (_, said) in enumerate(SNIPPETS) if said == said_by(Does.LOADS)}
    assert len(runs & ran) > len(runs) // 2
    assert len(loads & loaded) > len(loads) // 3
