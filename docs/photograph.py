"""Take the pictures of docs/writing.md and docs/importing.md in the real Anki desktop.

    pip install -e '.[test]' 'aqt[qt6]' && xvfb-run -a python -m docs.photograph

takes those of the examples' cards that are missing (with `--all` every one), links them, and
removes the others; then those of an import. Look at them before you commit them.

On Debian, Anki's window also needs the packages xvfb, libegl1, libxcb-cursor0, libxcb-icccm4,
libxcb-image0, libxcb-keysyms1, libxcb-render-util0, libxcb-shape0, libxcb-xinerama0,
libxkbcommon-x11-0, libnss3, libasound2, libxcomposite1, libxdamage1, libxrandr2, libxtst6, libxi6,
libxkbfile1, libdbus-1-3 and, for Chinese, fonts-noto-cjk.
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

from PIL import Image, ImageDraw

from deckpress.pipeline import build
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project
from tests.support.examples import PAGE, PICTURES, Shot, read_examples, with_links, write_project

Later = Callable[[int, Callable[..., None]], None]
"""Does something after some milliseconds."""

DOCS = PAGE.parent
WIDTH, HEIGHT = 420, 1400
"""Of Anki's window, in pixels."""
DIALOG = (620, 500)
"""Of its dialogs."""
BUILT_AT = 1_760_000_000
COLOURS = 48
EDGE = "#d4d4cf"
PAUSE = 150
"""Milliseconds between two looks at a card, to see whether it is still changing."""
SLOWLY = 2500
"""Milliseconds for each step of an import."""

READY = """JSON.stringify([
  document.getElementById('qa').innerHTML.length,
  document.querySelectorAll('mjx-merror').length,
  [...document.images].every(image => image.complete),
  Math.ceil(document.querySelector('.card-body').getBoundingClientRect().bottom)
])"""
"""What a card looks like just now, as JavaScript: its last number is where the card ends."""

PRESS_IMPORT = """
[...document.querySelectorAll('button')].find(each => /Import/.test(each.innerText)).click()"""
UNFOLD = "document.querySelector('details').open = true"


def build_examples(folder: Path) -> Path:
    """Return a package of all the page's examples."""
    write_project(PAGE.read_text(encoding="utf-8"), folder)
    project, diagnostics = open_project(folder)
    return build(prepare(project, diagnostics, BUILT_AT), folder / "writing-1.0.0.apkg").package


def or_end(step: Callable[..., None]) -> Callable[..., None]:
    """Return a step that ends Anki where it goes wrong, which would show a window and wait."""

    def stepped(*arguments: Any) -> None:
        try:
            step(*arguments)
        except BaseException:
            traceback.print_exc()
            os._exit(1)

    return stepped


def keep(view: Any, path: Path, box: tuple[int, int, int, int] | None = None) -> None:
    """Write what a part of Anki's window shows, or a box of it: left, top, right, bottom."""
    from aqt.qt import QBuffer

    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    view.grab().save(buffer, "PNG")
    picture = Image.open(io.BytesIO(bytes(buffer.data()))).convert("RGB").crop(box)
    ends = (0, 0, picture.width - 1, picture.height - 1)
    ImageDraw.Draw(picture).rectangle(ends, outline=EDGE)  # a card is nearly as white as a page
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


class Importer:
    """Imports a package as a learner does, and keeps pictures of the options and of the deck."""

    def __init__(self, window: Any, package: Path, later: Later) -> None:
        from aqt.import_export.import_dialog import AnkiPackageArgs, ImportDialog

        self._window = window
        self._later = later
        self._dialog: Any = ImportDialog(window, AnkiPackageArgs(str(package)))

    def start(self, then: Callable[[], None]) -> None:
        """Go through the import; `then` comes behind it."""
        self._dialog.resize(*DIALOG)
        steps = (
            self._unfold,
            self._import,
            self._show_deck,
            self._keep_deck,
            self._keep_decks,
            then,
        )
        for number, step in enumerate(steps, 1):
            self._later(number * SLOWLY, or_end(step))

    def _unfold(self) -> None:
        self._dialog.web.eval(UNFOLD)

    def _import(self) -> None:
        keep(self._dialog.web, DOCS / "import-options.png", (0, 0, DIALOG[0], 400))
        self._dialog.web.eval(PRESS_IMPORT)

    def _show_deck(self) -> None:
        self._dialog.close()
        collection = self._window.col
        collection.decks.select(collection.decks.id("Writing notes"))
        self._window.resize(*DIALOG)
        self._window.moveToState("overview")

    def _keep_deck(self) -> None:
        keep(self._window, DOCS / "import-overview.png", (60, 18, DIALOG[0] - 60, 360))
        for deck in self._window.col.decks.all():
            self._window.col.decks.save({**deck, "collapsed": False})
        self._window.moveToState("deckBrowser")

    def _keep_decks(self) -> None:
        keep(self._window, DOCS / "subdecks.png", (0, 18, DIALOG[0], 260))


class Photographer:
    """Shows each card in Anki's window, waits until it is at rest, and keeps its picture."""

    def __init__(self, window: Any, shots: Sequence[Shot], later: Later) -> None:
        self._window = window
        self._shots = list(shots)
        self._later = later
        self._seen: list[str | None] = []
        self._is_open = False

    def start(self) -> None:
        """Take all pictures, and leave Anki."""
        self._window.resize(WIDTH, HEIGHT)
        self._go_on()

    def _go_on(self) -> None:
        if not self._shots:
            os._exit(0)
        shot, self._seen, self._is_open = self._shots[0], [], False
        reviewer = self._window.reviewer
        self._window.moveToState("review")
        reviewer.card = self._find_card(shot)
        reviewer.card.start_timer()
        reviewer._showQuestion()
        if shot.side == "back":
            reviewer._showAnswer()
        self._later(3 * PAUSE, or_end(self._look))

    def _find_card(self, shot: Shot) -> Any:
        collection = self._window.col
        found = collection.find_cards(f'"tag:writing::{shot.example}"')
        cards = sorted(map(collection.get_card, found), key=lambda card: (card.due, card.ord))
        return cards[int(shot.card or 1) - 1]

    def _look(self) -> None:
        self._window.reviewer.web.evalWithCallback(READY, or_end(self._judge))

    def _judge(self, seen: str | None) -> None:
        self._seen.append(seen)
        is_at_rest = len(self._seen) > 3 and len(set(self._seen[-3:])) == 1
        if not seen or not is_at_rest:
            self._later(PAUSE, or_end(self._look))
        elif self._shots[0].side == "open" and not self._is_open:
            self._window.reviewer.web.eval(UNFOLD)
            self._seen, self._is_open = [], True
            self._later(PAUSE, or_end(self._look))
        else:
            _, errors, _, bottom = json.loads(seen)
            assert errors == 0, self._shots[0]
            path = PICTURES / self._shots.pop(0).file_name
            keep(self._window.reviewer.web, path, (0, 0, WIDTH, bottom))
            self._go_on()


def photograph(package: Path, shots: Sequence[Shot]) -> None:
    """Import a package into a new Anki and take the pictures; ends this process."""
    import aqt
    from aqt import gui_hooks
    from aqt.profiles import ProfileManager
    from aqt.qt import QTimer

    def start() -> None:
        assert aqt.mw is not None
        window: Any = aqt.mw
        cards = Photographer(window, shots, QTimer.singleShot)
        Importer(window, package, QTimer.singleShot).start(then=cards.start)

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
    photograph(build_examples(Path(tempfile.mkdtemp()) / "examples"), missing)


if __name__ == "__main__":
    main()
