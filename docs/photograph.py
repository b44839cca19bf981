"""Take the pictures of docs/writing.md: its examples' cards in the real Anki desktop.

    pip install -e '.[test]' 'aqt[qt6]' && xvfb-run -a python -m docs.photograph

takes those that are missing (with `--all` every one), links them, and removes the others. Look at
them before you commit them. On Debian, Anki's window also needs the packages xvfb, libegl1,
libxcb-cursor0, libxcb-icccm4, libxcb-image0, libxcb-keysyms1, libxcb-render-util0, libxcb-shape0,
libxcb-xinerama0, libxkbcommon-x11-0, libnss3, libasound2, libxcomposite1, libxdamage1, libxrandr2,
libxtst6, libxi6, libxkbfile1, libdbus-1-3 and, for Chinese, fonts-noto-cjk.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from deckpress.pipeline import build, prepare
from deckpress.project import open_project
from tests.anki_collection import import_package
from tests.examples import PAGE, PICTURES, Shot, read_examples, with_links, write_project

WIDTH, HEIGHT = 420, 1400
"""Of Anki's window, in pixels."""
BUILT_AT = 1_760_000_000
COLOURS = 48
PAUSE = 150
"""Milliseconds between two looks at a card, to see whether it is still changing."""

READY = """JSON.stringify([
  document.getElementById('qa').innerHTML.length,
  document.querySelectorAll('mjx-merror').length,
  [...document.images].every(image => image.complete),
  Math.ceil(document.querySelector('.card-body').getBoundingClientRect().bottom)
])"""
"""What a card looks like just now, as JavaScript: its last number is where the card ends."""

UNFOLD = "setTimeout(() => document.querySelector('details').open = true, 100)"


def build_examples(folder: Path) -> Path:
    """Return a package of all the page's examples."""
    write_project(PAGE.read_text(encoding="utf-8"), folder)
    project, problems = open_project(folder)
    return build(prepare(project, problems, BUILT_AT), folder / "examples.apkg").package


def or_end(step: Callable[..., None]) -> Callable[..., None]:
    """Return a step that ends Anki where it goes wrong, which would show a window and wait."""

    def stepped(*arguments: Any) -> None:
        try:
            step(*arguments)
        except BaseException:
            traceback.print_exc()
            os._exit(1)

    return stepped


class Photographer:
    """Shows each card in Anki's window, waits until it is at rest, and keeps its picture."""

    def __init__(self, window: Any, shots: Sequence[Shot], later: Callable[..., None]) -> None:
        self._window = window
        self._shots = list(shots)
        self._later = later
        self._seen: list[str | None] = []

    def go_on(self) -> None:
        """Show the next card, or leave Anki."""
        if not self._shots:
            os._exit(0)
        shot, self._seen = self._shots[0], []
        collection, reviewer = self._window.col, self._window.reviewer
        cards = sorted(collection.find_cards(f'"tag:writing::{shot.example}"'), key=self._place)
        card = collection.get_card(cards[int(shot.card or 1) - 1])
        self._window.moveToState("review")
        card.start_timer()
        reviewer.card = card
        reviewer._showQuestion()
        if shot.side == "back":
            reviewer._showAnswer()
        if shot.side == "open":
            reviewer.web.eval(UNFOLD)
        self._later(3 * PAUSE, or_end(self._look))

    def _place(self, card_id: int) -> tuple[int, int]:
        card = self._window.col.get_card(card_id)
        return card.due, card.ord

    def _look(self) -> None:
        self._window.reviewer.web.evalWithCallback(READY, or_end(self._judge))

    def _judge(self, seen: str | None) -> None:
        self._seen.append(seen)
        if len(self._seen) < 4 or len(set(self._seen[-3:])) > 1 or not seen:
            self._later(PAUSE, or_end(self._look))
            return
        _, errors, _, bottom = json.loads(seen)
        assert errors == 0, self._shots[0]
        self._keep(self._shots.pop(0), bottom)
        self.go_on()

    def _keep(self, shot: Shot, bottom: int) -> None:
        from aqt.qt import QBuffer

        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        self._window.reviewer.web.grab().save(buffer, "PNG")
        picture = Image.open(io.BytesIO(bytes(buffer.data()))).convert("RGB")
        picture = picture.crop((0, 0, picture.width, min(picture.height, bottom)))
        small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(PICTURES / shot.file_name, optimize=True)


def photograph(package: Path, shots: Sequence[Shot]) -> None:
    """Import a package into a new Anki and take the pictures; ends this process."""
    import aqt
    from aqt import gui_hooks
    from aqt.profiles import ProfileManager
    from aqt.qt import QTimer

    def start() -> None:
        assert aqt.mw is not None
        window: Any = aqt.mw
        window.setMinimumSize(WIDTH, HEIGHT)
        window.resize(WIDTH, HEIGHT)
        import_package(window.col, package)
        window.col.decks.select(window.col.decks.id("Writing notes"))
        Photographer(window, shots, QTimer.singleShot).go_on()

    base = tempfile.mkdtemp(prefix="anki-")
    profiles = ProfileManager(ProfileManager.get_created_base_folder(base))
    profiles.setupMeta()
    profiles.meta.update(defaultLang="en_US", firstRun=False, updates=False, suppressUpdate=True)
    profiles.create("User 1")
    gui_hooks.profile_did_open.append(lambda: QTimer.singleShot(2000, or_end(start)))
    sys.argv = ["anki", "-b", base, "-p", "User 1", "-l", "en"]
    aqt.run()


def main() -> None:
    """Link the pictures, remove those that are out of date, and take the missing ones."""
    os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_links(page), encoding="utf-8")
    shots = [shot for example in read_examples(page) for shot in example.shots]
    PICTURES.mkdir(exist_ok=True)
    wanted = set() if "--all" in sys.argv else {shot.file_name for shot in shots}
    for path in PICTURES.glob("*.png"):
        if path.name not in wanted:
            path.unlink()
    missing = [shot for shot in shots if not (PICTURES / shot.file_name).exists()]
    if missing:
        photograph(build_examples(Path(tempfile.mkdtemp()) / "examples"), missing)


if __name__ == "__main__":
    main()
