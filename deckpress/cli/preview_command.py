"""`preview`: the cards in a browser, as they will be in Anki, while their text is written."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import webbrowser
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deckpress.cli.inputs import open_workspace, released_packages
from deckpress.cli.options import place_options
from deckpress.cli.report import errors_reported, report, show_text
from deckpress.diagnostics import DeckError, Location, counted, has_errors

if TYPE_CHECKING:  # at run time these load the libraries, which --help does not need
    from deckpress.anki import Package
    from deckpress.preview import DeckView
    from deckpress.preview.differences import Differences
    from deckpress.preview.live_deck import LiveDeck


@click.command()
@place_options
@click.option(
    "--export",
    "exported_to",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the preview into a folder, for any browser and any web server, and end.",
)
@click.option("--no-open", "opens", flag_value=False, default=True, help="Open no browser.")
@click.option(
    "--poll",
    "polls",
    is_flag=True,
    help="Look at the files again and again: for network drives and containers.",
)
@click.option(
    "--no-formula-check",
    "no_formula_check",
    is_flag=True,
    help="Do not typeset the formulas to see whether they come out.",
)
@click.option(
    "--run-code",
    "runs_code",
    is_flag=True,
    help="Run the Python of plots whose pictures are missing.",
)
def preview(
    source: Path | None,
    project: Path,
    exported_to: Path | None,
    opens: bool,
    polls: bool,
    no_formula_check: bool,
    runs_code: bool,
) -> None:
    """Show every card in a browser, and each edit as soon as it is saved.

    SOURCE is a Markdown file, or a folder of them; left out, the project is shown. Only this
    computer can open the page. Ctrl-C ends it.
    """
    from deckpress.preview.live_deck import LiveDeck

    with errors_reported(strict=False, style=False):
        workspace = open_workspace(
            source, project, no_formula_check=no_formula_check, runs_code=runs_code
        )
        deck = LiveDeck(lambda changed, early: workspace.update(changed, announce=early))
        _check_cards(deck.edition.view)
        if exported_to:
            _export(deck, exported_to)
        else:
            _serve(deck, opens=opens, polls=polls)


def _check_cards(view: DeckView) -> None:
    """Raise DeckError if there is nothing to be seen, since something is wrong."""
    problems = [problem.diagnostic for problem in view.problems]
    if not view.cards and has_errors(problems):
        raise DeckError(problems)


def _export(deck: LiveDeck, folder: Path) -> None:
    """Write the preview into a folder; what only its author can open is not in it."""
    from deckpress.preview.export import export
    from deckpress.preview.page_data import PageData

    view = deck.edition.view
    data = PageData(difference=_differences(deck).of_card, root=deck.project.root)
    count = export(view, data, folder)
    report([problem.diagnostic for problem in view.problems], strict=False, style=False)
    cards = counted(len(view.cards), "card")
    show_text(f"{folder / 'index.html'}: {cards}, in {counted(count, 'file')}")


def _serve(deck: LiveDeck, *, opens: bool, polls: bool) -> None:
    """Serve a deck until Ctrl-C, and keep it up to date meanwhile."""
    from deckpress.preview.page_data import PageData
    from deckpress.preview.server import open_server
    from deckpress.project.addresses import editor_address

    def open_in_editor(where: Location) -> str | None:
        pattern = deck.project.editor
        return editor_address(pattern, Path(where.file), *where[1:]) if pattern else None

    _favour_the_page()
    data = PageData(open_in_editor, _differences(deck).of_card)
    with open_server(deck, data) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cards = counted(len(deck.edition.view.cards), "card")
        show_text(f"preview of {cards}: {server.address} (Ctrl-C ends it)")
        if opens:
            webbrowser.open(server.address)
        _follow(deck, polls=polls)
        server.shutdown()


def _favour_the_page() -> None:
    """Have Python answer a page at once, whatever else it does."""
    gc.freeze()  # what is there now stays, and need not be looked through for garbage
    sys.setswitchinterval(0.001)  # a page that waits comes before the rest of the deck
    gc.set_threshold(100_000, 20, 20)  # of what comes and goes for hours, it has to be


def _differences(deck: LiveDeck) -> Differences:
    """Return what compares a deck's notes with those of its last release."""
    from deckpress.preview.differences import Differences

    return Differences(partial(_read_release, deck.project.root))


def _read_release(folder: Path) -> Package | None:
    """Return the package of a project's last release, if it is there."""
    from deckpress.anki.package_reader import read_package

    with suppress(DeckError, OSError):
        return read_package(released_packages(folder)[-1])
    return None


def _follow(deck: LiveDeck, *, polls: bool) -> None:
    """Look at a deck again whenever its files were written, until Ctrl-C."""
    from deckpress.preview.watching import changed_files, is_lone, watched_folders

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    below = not is_lone(deck.project)  # a file that is gone cannot tell

    def wanted() -> frozenset[Path]:
        return watched_folders(deck.project, deck.edition.view.media, below=below)

    while not stop.is_set():
        folders = wanted()
        for changed in changed_files(folders, stop, below=below, polls=polls):
            deck.refresh(changed)
            if wanted() != folders:
                break
