"""What a phone shows: every card of the shipped deck, typeset by MathJax 3.2.2 in a browser."""

from __future__ import annotations

import html
import re
import time
from pathlib import Path
from typing import Any

import pytest

from deckpress.last_build import Summary
from deckpress.pipeline import build
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project, open_standalone
from tests.support.anki_collection import import_package, open_collection
from tests.support.browser import BROWSER, find_mathjax, read
from tests.support.projects import PIXEL, copy_project

PHONE = 420
"""Pixels across."""
SMALL_PHONE = 360
"""Pixels across."""
SCREEN = 640
"""Pixels of a phone's height that its bars and Anki's buttons leave to a card."""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium: apt-get install chromium")

PAGE = r"""<!doctype html><meta charset="utf-8"><base href="{base}/">
<style>body {{ margin: 0 }} .frame {{ width: {width}px;
overflow: auto }} img {{ max-width: 100% }} {css}</style>
<script>
const EDGE = 5;  // pixels that a slanted letter sticks out of its formula's box
const LONG = 150;  // pixels of a formula that may be as wide as its line, so that it is cut there
const sideOf = box => {{  // on which side of its box the first text is
  const text = document.createTreeWalker(box, NodeFilter.SHOW_TEXT,
    node => node.data.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP).nextNode();
  const range = document.createRange();
  range.selectNodeContents(text);
  const inner = range.getBoundingClientRect(), outer = box.getBoundingClientRect();
  return inner.left - outer.left < outer.right - inner.right ? "left" : "right";
}};
window.MathJax = {{
  tex: {{ displayMath: [["\\[", "\\]"]], processEscapes: false, processEnvironments: false,
    processRefs: false, packages: {{ "[+]": ["mathtools"], "[-]": ["textmacros", "noerrors"] }} }},
  startup: {{ pageReady: () => MathJax.startup.defaultPageReady().then(() => {{
    const seen = [...document.querySelectorAll(".frame")].map(frame => ({{
      name: frame.id, width: frame.scrollWidth, room: frame.clientWidth,
      errors: [...frame.querySelectorAll("mjx-merror")].map(each => each.title),
      unknown: [...frame.querySelectorAll("mjx-mtext[style*=red]")].map(each => each.textContent),
      images: [...frame.querySelectorAll("img")].filter(each => !each.naturalWidth).length,
      torn: [...frame.querySelectorAll(".together")].filter(each => each.getClientRects()[1])
        .length,
      cut: [...frame.querySelectorAll("mjx-container:not([display])")]
        .filter(each => each.clientWidth > LONG && each.scrollWidth > each.clientWidth + 1)
        .map(each => each.textContent),
      rows: frame.querySelectorAll("mjx-mtr").length,
      sides: [...frame.querySelectorAll(".question, li, blockquote, td, pre")].map(sideOf),
      height: [...frame.querySelectorAll(".answer, .text, .typed")]
        .reduce((sum, each) => sum + each.getBoundingClientRect().height, 0),
      hidden: [...frame.querySelectorAll(".scroll, .formula, mjx-container")]
        .filter(each => each.scrollWidth > each.clientWidth + EDGE).map(each => each.textContent),
      text: frame.innerText, formulas: frame.querySelectorAll("mjx-container").length,
    }}));
    const out = document.createElement("pre");
    out.id = "seen";
    out.textContent = JSON.stringify(seen);
    document.body.append(out);
  }}) }},
}};
</script>
<script src="{mathjax}"></script>
<body>{frames}</body>
"""


def show(package: Path, folder: Path, theme: str = "", width: int = PHONE) -> list[dict[str, Any]]:
    """Import a package and return what a browser says of each side of each card."""
    with open_collection(folder / "anki") as collection:
        import_package(collection, package)
        frames, css = [], ""
        for card_id in collection.find_cards("", order="c.due"):
            card = collection.get_card(card_id)
            css = card.note_type()["css"]
            sides = {"front": card.question(), "back": card.answer()}
            for side, text in sides.items():
                body = re.sub(r"<style>.*?</style>", "", text, flags=re.S)
                name = html.escape(f"{card.note()['ID']} {card.ord} {side}")
                frames.append(f'<div class="frame card {theme}" id="{name}">{body}</div>')
        page = folder / "page.html"
        mathjax = find_mathjax().as_uri()
        base = Path(collection.media.dir()).as_uri()
        text = PAGE.format(
            base=base, width=width, css=css, mathjax=mathjax, frames="\n".join(frames)
        )
        page.write_text(text, encoding="utf-8")
        return read(page, folder)


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """The deck that this repository ships, built."""
    folder = tmp_path_factory.mktemp("deck")
    copy_project(folder)
    opened, diagnostics = open_project(folder)
    return build(prepare(opened, diagnostics, int(time.time())), folder / "deck.apkg")


@pytest.fixture(scope="module")
def small_phone(deck: Summary, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What a browser says of the deck's cards on a small phone, by day."""
    return show(deck.package, tmp_path_factory.mktemp("small"), width=SMALL_PHONE)


def check_faultless(card: dict[str, Any]) -> None:
    """Fail if a card is wider than the screen, or shows anything but what its author meant."""
    assert card["width"] == card["room"], card["name"]
    assert (card["errors"], card["unknown"], card["images"]) == ([], [], 0), card["name"]
    assert card["torn"] == 0, card["name"]  # no line begins with a comma
    assert not re.search(r"\\\(|\\\[|\$\$|\{\{", card["text"]), card["name"]


def test_no_card_of_the_deck_scrolls_sideways(
    deck: Summary, small_phone: list[dict[str, Any]]
) -> None:
    """No card is wider than a small phone, and every formula is typeset without an error."""
    assert len(small_phone) == 2 * deck.cards
    for card in small_phone:
        check_faultless(card)
        assert card["cut"] == [], card["name"]  # no bracket at the end of a line is missing
    assert sum(card["formulas"] for card in small_phone) > 800


def test_cards_are_faultless_by_night(deck: Summary, tmp_path: Path) -> None:
    """By night and on a larger phone it is the same."""
    for card in show(deck.package, tmp_path, "nightMode night_mode"):
        check_faultless(card)


def test_no_answer_needs_more_than_two_screens(small_phone: list[dict[str, Any]]) -> None:
    """An answer, without its background and sources, is read at a glance and a swipe."""
    long = {card["name"]: card["height"] for card in small_phone if card["height"] > 2 * SCREEN}
    assert long == {}


def test_nothing_is_hidden_at_the_edge_of_a_phone(small_phone: list[dict[str, Any]]) -> None:
    """Tables and formulas are read without a swipe to the side, which only code may ask for."""
    hidden = {card["name"]: card["hidden"] for card in small_phone if card["hidden"]}
    assert hidden == {}


WIDE = r"""
1. A wide formula, $a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + a_8 + a_9 + a_{10} + a_{11} + a_{12}$?

   $$
   x_1 + x_2 + x_3 + x_4 + x_5 + x_6 + x_7 + x_8 + x_9 + x_{10} + x_{11} + x_{12} + x_{13} \\
   <t> \text{ on a line of its own}
   $$

2. A wide table?

   | first column of many | second column of many | third column of many | fourth column |
   |---|---|---|---|
   | AVeryLongWordThatCannotBeBroken | AVeryLongWordThatCannotBeBroken | $\frac{a}{b}$ | `code` |

3. Wide code?

   ```python
   a_very_long_name = another_very_long_name + yet_another_very_long_name + and_one_more_of_them
   ```

4. In a line, $$x_1 + x_2 + x_3 + x_4 + x_5 + x_6 + x_7 + x_8 + x_9 + x_{10} + x_{11} + x_{12}$$ so?

   - In a list, $$y_1 + y_2 + y_3 + y_4 + y_5 + y_6 + y_7 + y_8 + y_9 + y_{10} + y_{11} + y_{12}$$.

5. 长公式 $z_1 + z_2 + z_3 + z_4 + z_5 + z_6 + z_7 + z_8 + z_9 + z_{10} + z_{11}$，也不越界？

   逗号总在公式那一行：$a + b$，$c + d$，$e + f$，$g + h$，$i + j$，（$m + n$），“$o + p$”。

6. A long address: https://example.com/a/very/long/address/that/does/not/fit/on/one/line/of/a/phone?

   ![a dot](dot.png) and AVeryLongWordThatCannotBeBrokenAnywhereSinceItHasNoBlanksAndNoHyphensAtAll
"""


def test_wide_things_scroll_in_their_own_box(tmp_path: Path) -> None:
    """A wide formula, table, line of code or word never widens the page; rows are rows."""
    (tmp_path / "dot.png").write_bytes(PIXEL)
    (tmp_path / "wide.md").write_text(WIDE)
    opened, diagnostics = open_standalone(tmp_path / "wide.md")
    package = tmp_path / "wide.apkg"
    build(prepare(opened, diagnostics, int(time.time())), package)
    for card in show(package, tmp_path, ""):
        assert card["width"] == card["room"], card["name"]
        assert (card["errors"], card["images"], card["torn"]) == ([], 0, 0)
        assert "<t>" not in str(card["text"])  # it is typeset, not text


ROWS = r"""
1. Two rows without an environment?

   $$
   h_t = \tanh(W x_t) \\
   y_t = V h_t
   $$

2. Two rows at an equals sign?

   $$
   a &= b + c \\[6pt]
     &= d
   $$

3. Two rows that are wrapped already?

   $$
   \begin{aligned}
   a &= b \\
   &= c
   \end{aligned}
   $$

4. Two rows of cases and a third row below?

   $$
   f(x) = \begin{cases} 1 & x > 0 \\ 0 & \text{else} \end{cases} \\
   x \in \mathbb{R}
   $$

5. Two rows of an array, with two below a sum?

   $$
   \begin{array}{cc} a & b \\ c & d \end{array} \sum_{\substack{i < n \\ j < m}} x_{ij}
   $$

6. No row in a text?

   $$
   \text{one \\ piece}
   $$

7. What are the rows?

   $$
   i_t = {{c1::\sigma(W_i x_t)}} \\
   o_t = {{c2::\sigma(W_o x_t)}}
   $$
"""


SIDES = """
1. {word}?

   {word} {word}

   - {word}

   > {word}

   ```
   x
   ```

   | {word} {word} {word} {word} |
   |---|
   | {word} |
"""


@pytest.mark.parametrize(("word", "side"), [("نهر", "right"), ("river", "left")])
def test_text_is_on_the_side_that_its_language_begins_on(
    word: str, side: str, tmp_path: Path
) -> None:
    """Arabic stands on the right, in lists, quotations and tables too; code stands on the left."""
    (tmp_path / "sides.md").write_text(SIDES.format(word=word))
    package = tmp_path / "sides.apkg"
    build(prepare(*open_standalone(tmp_path / "sides.md"), int(time.time())), package)
    front, back = show(package, tmp_path)
    assert front["sides"] == [side]
    assert back["sides"] == [side, side, side, "left", side]
    assert back["width"] == back["room"]


def test_lines_break_where_the_author_broke_them(tmp_path: Path) -> None:
    r"""A `\\` begins a new row, by itself or in its environment, and only there."""
    (tmp_path / "rows.md").write_text(ROWS)
    opened, diagnostics = open_standalone(tmp_path / "rows.md")
    package = tmp_path / "rows.apkg"
    ready = prepare(opened, diagnostics, int(time.time()))
    assert not ready.diagnostics
    build(ready, package)
    backs = [card for card in show(package, tmp_path, "") if str(card["name"]).endswith("back")]
    assert [card["errors"] for card in backs] == [[]] * 8
    assert [card["rows"] for card in backs] == [2, 2, 2, 4, 4, 0, 2, 2]


MARKERS = r"""<!doctype html><meta charset="utf-8"><style>body {{ margin: 0 }} {css}</style>
<div id="frame" class="card" style="width: {width}px; overflow: hidden">{cards}</div>
<pre id="seen"></pre><script>
const frame = document.getElementById("frame").getBoundingClientRect();
const seen = [...document.querySelectorAll("ol")].flatMap(list => [...list.children].map(
  (item, at) => {{
    const number = document.createElement("span");
    number.textContent = `${{list.start + at}}.\u00a0`;
    item.append(number);
    const width = number.getBoundingClientRect().width, left = item.getBoundingClientRect().left;
    number.remove();
    const inside = getComputedStyle(item).listStylePosition === "inside";
    const range = document.createRange();
    range.selectNodeContents(item);
    const text = range.getClientRects()[0], from = inside ? left : left - width;
    return {{ number: list.start + at, from: from - frame.left, to: from + width - frame.left,
      text: text ? text.left - frame.left : null, top: text ? text.top : 0,
      item: item.getBoundingClientRect().top }};
  }}));
document.getElementById("seen").textContent = JSON.stringify(seen);
</script>"""
"""Tells where the number of each item stands, from the left of a card."""

NUMBERED = """\
1. Wide numbers?

   12345678. A list of a
   number as wide as that.

   Text.

   99. One

   100. Two

   - 1949. Three
     - 999999999. Four

   > 1949. Five

   42.

2. Small numbers?

   5. One

   6. Two

   And from 1:

   1. One
      1. Two
      2. Three
   2. Four
"""


def test_the_number_of_an_item_stands_inside_the_card(tmp_path: Path) -> None:
    """However many digits a number has, the card's edge cuts none of them off."""
    (tmp_path / "notes.md").write_text(NUMBERED, encoding="utf-8")
    project, diagnostics = open_standalone(tmp_path / "notes.md")
    prepared = prepare(project, diagnostics, 1_760_000_000)
    cards = "".join(
        f'<main class="card-body"><section>{note.fields[1]}</section></main>'
        for note in prepared.notes
    )
    css = prepared.notes[0].note_type.css
    page = tmp_path / "page.html"
    text = MARKERS.format(css=css, width=SMALL_PHONE, cards=cards)
    page.write_text(text, encoding="utf-8")
    seen = read(page, tmp_path)
    numbers = [item["number"] for item in seen]
    assert numbers == [12345678, 99, 100, 1949, 999999999, 1949, 42, 5, 6, 1, 2, 1, 2]
    for item in seen:
        assert 0 <= item["from"] < item["to"] <= SMALL_PHONE, item
