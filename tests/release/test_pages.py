"""The pages of a release: what they tell, where they lead, and what they never do."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from deckpress.anki.package_reader import read_package
from tests.support.preview_page import open_browser
from tests.support.projects import PIXEL, config, snapshot, write
from tests.support.releases import edit, refusal, release

pytestmark = pytest.mark.usefixtures("anki_is_here")
NOON = 1_790_000_000
PAGES = "\n[release]\npages = true\n"
NOTES = """\
1. One? <!-- id=one -->

   Yes, \\(x^2 < 4\\), and `\\(z\\)` in code.

   $$
   y
   $$

2. Two? <!-- id=two kind=reversed -->

   ![a dot](dot.png)

3. The ==cat== and the ==dog==. <!-- id=animals -->

4. Type it. <!-- id=type kind=typed -->

   four
"""
FIVE = "\n5. Five? <!-- id=five -->\n\n   Yes, $y_5$.\n"
SECOND_WORDS = "# Changelog\n\n## Unreleased\n\n**Five** has come.\n"
NETWORK = re.compile(r"(?!file:|data:|about:)")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN = """async () => {
    const found = await axe.run(document, { iframes: false, resultTypes: ["violations"] });
    return found.violations.map(each => [each.id, each.nodes.map(node => node.html)]);
}"""


def text_of(page: str) -> str:
    """Return what a page in dist/ says, without its marks."""
    said = re.sub(r"<head>.*</head>|<[^>]*>", " ", Path("dist", page).read_text(), flags=re.S)
    return " ".join(html.unescape(said).split())


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of which 1.0.0 and 1.1.0 were released, with pages."""
    folder = tmp_path_factory.mktemp("pages") / "project"
    toml = config(homepage='"https://github.com/Me/demo"', description='"For **tests**."')
    write(folder, {"source/deck.toml": toml + PAGES, "source/notes.md": NOTES})
    write(folder, {"source/dot.png": PIXEL})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("time.time", lambda: NOON)
        assert release("--quiet").output == ""
        Path("source/notes.md").write_text(NOTES + FIVE)
        edit("# Changelog\n", SECOND_WORDS, "CHANGELOG.md")
        patch.setattr("time.time", lambda: NOON + 100)
        assert release("--quiet").output == ""
    return folder


@pytest.fixture
def made(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that project, which is the current folder."""
    folder = tmp_path / "project"
    shutil.copytree(made_once, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr("time.time", lambda: NOON + 1000)
    return folder


def links_of(page: Path) -> Iterator[str]:
    """Yield what a page refers to."""
    for address in re.findall(r'\b(?:href|src)="([^"]*)"', page.read_text(encoding="utf-8")):
        yield html.unescape(address)


def test_every_link_within_the_pages_leads_somewhere(made: Path) -> None:
    """Whoever puts dist/ on a web server has all of it there; no page reads from elsewhere."""
    pages = [Path("dist/index.html"), *Path("dist/pages").glob("*.html")]
    assert len(pages) == 3
    for page in pages:
        for address in links_of(page):
            parts = urlsplit(address)
            if parts.path and not parts.scheme:
                assert (page.parent / unquote(parts.path)).is_file(), address
        loaded = re.findall(r'(?:src|rel="stylesheet" href)="(.*?)"', page.read_text())
        assert all(not urlsplit(address).scheme for address in loaded)


def test_only_whole_addresses_are_links_in_what_the_author_wrote(made: Path) -> None:
    """The pages lie elsewhere than the changelog, so what it refers to by a path is not there."""
    words = "**Five** has come. [A](docs/a.md) [B](https://b.example) ![C <d>](c.png)"
    edit("**Five** has come.", words, "CHANGELOG.md")
    assert release("1.1.0", "--quiet").output == ""
    page = Path("dist/index.html").read_text(encoding="utf-8")
    assert 'has come. A <a href="https://b.example">B</a> C &lt;d&gt;</p>' in page


def test_the_topics_of_a_deck_below_another_are_those_of_its_notes(made: Path) -> None:
    """The deck's own name is not taken for a topic, however many parts it has."""
    shutil.rmtree("dist")
    for file in ("source/deck.lock", "CHANGELOG.md"):
        Path(file).unlink()
    edit('name = "Demo"', 'name = "Mine::Demo"', "source/deck.toml")
    edit("1. One?", "# First\n\n1. One?", "source/notes.md")
    edit("3. The", "# Second\n\n3. The", "source/notes.md")
    assert release("--quiet").output == ""
    assert "What is in it First 2 notes Second 3 notes" in text_of("index.html")


def test_formulas_of_headings_are_drawn_above_new_notes(made: Path) -> None:
    """A heading with a formula is read there as on the cards, and not as TeX."""
    Path("source/more.md").write_text("# About $z^9$\n\n1. Six? <!-- id=six -->\n\n   Yes.\n")
    assert release("--quiet").output == ""
    page = Path("dist/pages/from-1.1.0.html").read_text(encoding="utf-8")
    assert '<p class="group" lang="en">About <span class="tex" role="img" aria-label="z^9">' in page


def test_no_formula_is_drawn_for_a_note_that_is_only_counted(made: Path) -> None:
    """Long lists are cut short, and a page has the outlines of what it shows, and no more."""
    items = (f"{at}. Item {at}? <!-- id=i{at} -->\n\n     $x$\n\n" for at in range(1, 201))
    more = f"{''.join(items)}201. Item 201? <!-- id=i201 -->\n\n     $z$\n"
    Path("source/more.md").write_text(more)
    assert release("--quiet").output == ""
    page = Path("dist/pages/from-1.1.0.html").read_text(encoding="utf-8")
    assert "And 1 more." in page
    assert "TEX-I-1D465" in page
    assert "TEX-I-1D467" not in page


def test_the_page_tells_what_the_deck_is(made: Path) -> None:
    """A stranger sees what it is, which version, what is new, and how it gets into Anki."""
    said = text_of("index.html")
    for part in [
        "Demo For tests . Version 1.1.0 ",
        "5 notes, 7 cards",
        "Download demo-1.1.0.apkg · ",
        "Open the file, or choose File > Import .",
        "AnkiDroid Tap the file",
        "AnkiMobile Tap the file",
        "Merge note types ☐ off Update notes If newer",
        "What is new in 1.1.0 Five has come. Added 1 Demo Five?",
        "Earlier versions Version 1.0.0 ",
    ]:
        assert part in said


def test_who_has_an_old_anki_is_told_of_pictures_that_ask(made: Path) -> None:
    """The page and the release notes say which Anki such a deck needs; others do without."""
    needs = "need Anki 23.10 or newer on computers, and AnkiDroid 2.17 or newer"
    assert needs not in text_of("index.html")
    edit("![a dot](dot.png)", '![a dot](dot.png) <!-- ask="All: rect 0 0 1 1" -->')
    assert release("--quiet").output == ""
    assert needs in text_of("index.html")
    assert needs in Path("dist/demo-1.2.0.md").read_text()
    assert needs not in Path("dist/demo-1.1.0.md").read_text()


def test_learners_of_each_version_have_their_page(made: Path) -> None:
    """It says what they get, that their schedule stays, and what to tick."""
    said = text_of("pages/from-1.0.0.html")
    for part in [
        "You have version 1.0.0 This is what version 1.1.0 brings you. 1 note added ",
        "6 of 6 cards keep their schedule, as tried out in Anki ",
        "Import any learning progress ☐ off",
        "What the author says Version 1.1.0 ",
        "Five has come. ",
        "new notes tag:demo::added::1.1.0",
    ]:
        assert part in said
    assert "there is nothing to do" in text_of("pages/from-1.1.0.html")


def test_the_deck_in_anki_leads_to_the_page_of_its_version(made: Path) -> None:
    """The deck's page has a link for the version that the learner has, from the first one on."""
    for version in ("1.0.0", "1.1.0"):
        decks = read_package(Path(f"dist/demo-{version}.apkg")).decks
        address = f"https://me.github.io/demo/pages/from-{version}.html"
        assert f"[Updates](<{address}>)" in decks[-1].description


def test_a_change_of_note_types_needs_other_boxes(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Learners whose notes would get no update are told so, with what to do before and after."""
    monkeypatch.setattr("deckpress.diff.compare.is_same_schema", lambda old, new: False)
    assert release("1.1.0").exit_code == 0
    said = text_of("pages/from-1.0.0.html")
    for part in [
        "You may lose progress: ",
        "This version changes the note types.",
        "Sync all your devices, and make a backup: File > Create Backup .",
        "Merge note types ☑ on Update notes Always Update note types If newer",
        "choose Upload to AnkiWeb .",
    ]:
        assert part in said


def test_a_version_whose_package_is_gone_has_a_page(made: Path) -> None:
    """The link in its learners' Anki leads somewhere, and the page says what it cannot tell."""
    edit("Yes, $y_5$.", "Yes, five.")
    Path("dist/demo-1.0.0.apkg").unlink()
    assert release("--allow-warnings").exit_code == 0
    said = text_of("pages/from-1.0.0.html")
    assert "The package of your version is not here any more" in said
    assert "Five has come." in said
    assert "demo-1.0.0.apkg" not in Path("dist/index.html").read_text()


def test_pages_are_made_again_with_the_release(made: Path) -> None:
    """One that was cut short before its pages, or had none yet, gets them by the same command."""
    whole = snapshot(made)
    shutil.rmtree("dist/pages")
    Path("dist/index.html").unlink()
    Path("dist/demo-1.1.0.apkg.sha256").unlink()
    assert release().exit_code == 0
    assert snapshot(made) == whole
    assert release("1.1.0").stdout == "1.1.0 is released, and all of it is there\n"


def test_what_a_page_does_not_need_any_more_goes(made: Path) -> None:
    """The folder holds what the newest release shows, and what a person put there."""
    Path("dist/pages/own.txt").write_text("mine")
    (picture,) = Path("dist/pages/frame/media").iterdir()
    edit("![a dot](dot.png)", "A dot.")
    assert release().exit_code == 0
    assert not picture.exists()
    assert Path("dist/pages/own.txt").read_text() == "mine"


@pytest.mark.parametrize("is_first", [True, False])
def test_a_persons_page_is_not_written_over(is_first: bool, made: Path) -> None:
    """Nothing is released over a page that no release wrote, though one wrote another there."""
    if is_first:
        shutil.rmtree("dist/pages")
    edit("Yes, $y_5$.", "Yes, five.")
    Path("dist/index.html").write_text("mine")
    assert refusal() == (
        "dist/index.html: was not written by a release, and is kept: move it elsewhere, or say "
        "pages = false below [release] in deck.toml\n"
    )


def test_without_the_setting_there_are_no_pages(made: Path) -> None:
    """A release writes what it always wrote, and the deck has no link."""
    edit(PAGES, "\n[release]\npages = false\n", "source/deck.toml")
    shutil.rmtree("dist/pages")
    Path("dist/index.html").unlink()
    assert release().exit_code == 0
    assert not Path("dist/index.html").exists()
    assert "Updates" not in read_package(Path("dist/demo-1.1.1.apkg")).decks[-1].description


def test_an_address_that_is_not_known_is_no_link(made: Path) -> None:
    """Without it the deck is released all the same, and a hint says what to write."""
    edit('homepage = "https://github.com/Me/demo"\n', "", "source/deck.toml")
    done = release()
    assert done.exit_code == 0
    assert done.stderr == (
        "source/deck.toml: hint: the deck in Anki has no link to its pages, since their address is "
        'not known: say pages = "https://…" below [release]\n1 hint\n'
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    """A browser for the tests of this module."""
    with open_browser() as context:
        yield context


class Seen:
    """A page of the release from the disk, and what the browser says of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", lambda message: self.faults.append(message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        page.on("request", lambda request: self._note(request.url))

    def _note(self, address: str) -> None:
        if NETWORK.match(address):
            self.faults.append(address)

    def open(self, path: Path) -> None:
        """Open a page."""
        self.page.goto(path.resolve().as_uri())

    @property
    def card(self) -> Any:
        """The frame of the sample card."""
        return next(frame for frame in self.page.frames if frame.parent_frame)

    def wait_for(self, holds: Callable[[], object]) -> None:
        """Wait until something is so."""
        for _ in range(1000):
            if holds():
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(self.faults)

    def wait_for_card(self, text: str) -> None:
        """Wait until the sample card shows a text."""
        self.wait_for(lambda: text in self.card.evaluate("document.body.innerText"))


@pytest.fixture
def seen(browser: BrowserContext) -> Iterator[Seen]:
    """A page that is not yet open."""
    page = browser.new_page()
    yield Seen(page)
    page.close()


def test_sample_cards_turn_over(made: Path, seen: Seen) -> None:
    """A visitor sees each kind as in Anki, by mouse and by keys, with formulas and pictures."""
    seen.open(Path("dist/index.html"))
    seen.wait_for_card("One?")
    seen.page.click("#flip")
    seen.wait_for_card("in code")
    drawn = "[...document.querySelectorAll('mjx-container')].map(each => each.ariaLabel)"
    assert seen.card.evaluate(drawn) == ["x^2 < 4", "y"]
    assert seen.card.evaluate("document.querySelectorAll('mjx-container svg use').length") > 3
    assert r"\(z\)" in seen.card.evaluate("document.body.innerText")
    seen.page.click("#next")
    seen.wait_for_card("Two?")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    seen.wait_for(lambda: seen.card.evaluate("document.images[0]?.naturalWidth"))
    seen.page.keyboard.press("ArrowRight")
    seen.wait_for_card("[...]")
    seen.page.keyboard.press("ArrowRight")
    seen.wait_for_card("Type it.")
    seen.card.fill("#typeans", "fuor")
    seen.card.press("#typeans", "Enter")
    seen.wait_for(lambda: seen.card.evaluate("document.querySelectorAll('.typeGood').length"))
    seen.page.keyboard.press("p")
    seen.wait_for_card("[...]")
    assert seen.page.inner_text("#position") == "3 / 5"
    assert seen.faults == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1000), ("dark", 360)])
@pytest.mark.parametrize("name", ["index.html", "pages/from-1.0.0.html"])
def test_everybody_can_read_the_pages(
    name: str, scheme: Any, width: int, made: Path, seen: Seen
) -> None:
    """axe-core finds nothing by day and night, and a small phone is not scrolled sideways."""
    seen.page.emulate_media(color_scheme=scheme)
    seen.page.set_viewport_size({"width": width, "height": 740})
    seen.open(Path("dist", name))
    assert seen.page.evaluate("document.documentElement.scrollWidth") == width
    assert seen.faults == []
    seen.page.evaluate(AXE)
    assert seen.page.evaluate(RUN) == []


HOSTILE = "</title></script><img src=x onerror=alert(1)><script>alert(2)</script>"
UNRELEASED = f"# Changelog\n\n## Unreleased\n\n{HOSTILE}\n\n[x](javascript:alert(5))\n"


def test_nothing_that_a_deck_says_runs(
    tmp_path: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, descriptions, the changelog and notes are text; a card's script stays in its frame."""
    quoted = f"'{HOSTILE}'"
    toml = config(name=quoted, author=quoted, licence=quoted, description=quoted)
    notes = "1. One `</script><script>alert(3)</script>`?\n\n   <b onclick=alert(4)>One</b>.\n"
    write(tmp_path, {"source/notes.md": notes, "CHANGELOG.md": UNRELEASED})
    write(tmp_path, {"source/deck.toml": f"{toml}{PAGES}[html]\nscripts = true\n"})
    monkeypatch.chdir(tmp_path)
    assert release().exit_code == 0
    Path("source/notes.md").write_text(notes + FIVE)
    assert release().exit_code == 0
    for name in ("index.html", "pages/from-1.0.0.html"):
        seen.open(Path("dist", name))
        assert "<script>" in seen.page.inner_text("h1" if name == "index.html" else ".deck")
        assert seen.page.locator("[src=x], [href^=javascript]").count() == 0
    seen.page.wait_for_timeout(100)
    assert seen.faults == []
