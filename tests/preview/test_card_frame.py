"""A card in its frame is what Anki shows, and stays in its frame whatever it holds."""

from __future__ import annotations

from base64 import b64encode
from importlib.resources import files
from pathlib import Path

import pytest

from deckpress.formulas.engine import find_mathjax
from tests.support.browser import read
from tests.support.preview_page import MadeUpPreview
from tests.support.preview_server import MadeUpDeck, PageServer

FORMULAS = [
    r"\(x^2 + y_1\)",
    r"\[\begin{aligned} a &= \frac{b}{c} \\ &= \sqrt{d} \end{aligned}\]",
    r"\(\text{größer } \mathbb{R} \mathcal{L} \mathfrak{g}\)",
    r"\(\ce{H2O} \bigl( \xrightarrow{f} \bigr)\)",
    r"\(\unknown\) and \(\frac{a}\) and \(\label{one} \tag{1} x\)",
    "$no formula$ and a price of $5",
]
ANKI = r"""<!doctype html><html class=""><meta charset="utf-8"><style>{css}</style><script>
window.MathJax = {{
  tex: {{ displayMath: [["\\[", "\\]"]], processEscapes: false, processEnvironments: false,
    processRefs: false, packages: {{ "[+]": ["noerrors", "mathtools"], "[-]": ["textmacros"] }} }},
  startup: {{ typeset: false, pageReady: async () => {{
    await MathJax.typesetPromise([document.getElementById("qa")]);
    const out = document.createElement("pre");
    out.id = "seen";
    out.textContent = JSON.stringify([document.getElementById("qa").innerHTML]);
    document.body.replaceChildren(out);
  }} }},
}};
</script><script src="{mathjax}"></script><body class="card card1"><div id="qa">{card}</div></body>
"""


def show(preview: MadeUpPreview, front: str, back: str = "") -> None:
    """Open the page with a card of this HTML."""
    preview.deck.sides["river-1.1"] |= {"front": front, "back": back or front}
    preview.open()


def test_formulas_are_typeset_as_anki_does(preview: MadeUpPreview, tmp_path: Path) -> None:
    """The frame has the very elements that MathJax makes with Anki's settings, and its fonts."""
    preview.server.has_formulas = True
    card = "".join(f"<p>{formula}</p>" for formula in FORMULAS)
    show(preview, card)
    page = tmp_path / "anki.html"
    mathjax = find_mathjax() / "tex-chtml-full.js"
    css = preview.deck.about["types"][0]["css"]
    page.write_text(ANKI.format(css=css, mathjax=mathjax.as_uri(), card=card), encoding="utf-8")
    (expected,) = read(page, tmp_path)
    assert preview.frame.evaluate("qa.innerHTML") == expected
    preview.wait_until(lambda: preview.frame.evaluate("document.fonts.status") == "loaded")
    fonts = "[...document.fonts].map(each => each.family + ' ' + each.status)"
    loaded = {*preview.frame.evaluate(fonts)}
    assert {"MJXTEX loaded", "MJXTEX-I loaded", "MJXTEX-FR loaded"} <= loaded
    assert not any("error" in font for font in loaded)
    assert preview.said == []
    assert "MathJax:" in preview.text("#about")


def test_a_formula_is_never_seen_as_text(preview: MadeUpPreview) -> None:
    """An edit exchanges a formula for another one; between the two nothing is painted."""
    preview.server.has_formulas = True
    show(preview, r"<p>\(x_0\)</p>")
    preview.wait_until(lambda: preview.server.listeners)
    preview.frame.evaluate("""window.seen = new Set();
        const watch = () => { seen.add(qa.querySelectorAll("mjx-container").length);
            seen.add(qa.innerText.includes("\\\\(")); requestAnimationFrame(watch); };
        watch();""")
    for number in range(1, 15):
        preview.deck.sides["river-1.1"]["front"] = rf"<p>\(x_{{{number}}}\)</p>"
        preview.server.change("river-1.1", edited="river-1.1")
    preview.wait_until(lambda: preview.painted["stamp"] == preview.deck.generation)
    assert preview.frame.evaluate("[...seen]") == [1, False]


SHAPES = "".join(
    f'<div class="{kind}" data-ordinal="1" data-shape="rect" data-left="{left}" data-top=".25" '
    'data-width=".25" data-height=".5" data-occludeinactive="1"></div>'
    for kind, left in (("{kind}", ".0"), ("cloze-inactive", ".5"))
)
PICTURE = """<style>#image-occlusion-canvas {{ --active-shape-color: #ff0000;
    --active-shape-border: 1px #ff0000; --inactive-shape-color: #00ff00;
    --inactive-shape-border: 1px #00ff00; --highlight-shape-color: #0000ff00;
    --highlight-shape-border: 6px #0000ff; }}</style><div style="display: none">{shapes}</div>
    <div id="image-occlusion-container"><img src="{source}"><canvas id="image-occlusion-canvas">
    </canvas></div><script>anki.imageOcclusion.setup()</script><button id="toggle">Show</button>"""
PIXELS_OF = """[.125, 0, .625, .9].map(x => {
    const canvas = document.getElementById("image-occlusion-canvas");
    const at = [Math.round(canvas.width * x), Math.round(canvas.height / 2), 1, 1];
    return [...canvas.getContext("2d").getImageData(...at).data].join(" ");
})"""
"""The colours in the middle of the first shape, at its edge, in the second, and beside them."""


def test_parts_of_a_picture_are_hidden_as_anki_does(preview: MadeUpPreview) -> None:
    """The front covers what is asked and the rest; the back shows a frame, and can show all."""
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200"/>'
    source = f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"
    front, back = (
        PICTURE.format(shapes=SHAPES.replace("{kind}", kind), source=source)
        for kind in ("cloze", "cloze-highlight")
    )
    show(preview, front, back)
    red, green, blue, nothing = "255 0 0 255", "0 255 0 255", "0 0 255 255", "0 0 0 0"
    preview.wait_until(lambda: preview.frame.evaluate(PIXELS_OF) == [red, red, green, nothing])
    preview.turn_over()
    preview.wait_until(lambda: preview.frame.evaluate(PIXELS_OF) == [nothing, blue, green, nothing])
    preview.frame.click("#toggle")
    shown = "getComputedStyle(document.getElementById('image-occlusion-canvas')).display"
    assert preview.frame.evaluate(shown) == "none"


def test_a_typed_answer_is_compared(preview: MadeUpPreview) -> None:
    """`a` leads to the box, Enter turns the card over, and the comparison is Anki's."""
    back = '<hr id="answer"><code id="typeans" data-expected="Danube"></code>'
    show(preview, '<input type="text" id="typeans">', back)
    preview.press("a")
    preview.wait_until(lambda: preview.frame.evaluate("document.activeElement.id") == "typeans")
    preview.page.keyboard.type("Danupe n?")
    preview.press("Enter")
    preview.wait_until(lambda: preview.painted["side"] == "back")
    classes = "[...document.querySelectorAll('#typeans span')].map(each => each.className)"
    assert preview.frame.evaluate(classes)[:2] == ["typeGood", "typeBad"]
    preview.press("t", "t")
    preview.wait_until(lambda: len(preview.frames) == 1 or preview.frames[1].evaluate(classes))
    preview.turn_over()
    assert preview.frame.evaluate("document.getElementById('typeans').value") == "Danupe n?"


def test_an_answer_that_was_not_typed_is_shown(preview: MadeUpPreview) -> None:
    """Then it is without marks, as in Anki."""
    show(preview, "front", '<code id="typeans" data-expected="a &lt;b&gt;"></code>')
    preview.turn_over()
    assert preview.card == "a <b>"


def test_the_answer_comes_into_sight(preview: MadeUpPreview) -> None:
    """A long question is scrolled away when the card is turned over, as in Anki."""
    long = "<p>Question</p>" * 100
    show(preview, long, f'{long}<hr id="answer">{"<p>Answer</p>" * 100}')
    preview.turn_over()
    top = "document.getElementById('answer').getBoundingClientRect().top"
    preview.wait_until(lambda: abs(preview.frame.evaluate(top)) < 20)
    preview.turn_over()
    assert preview.frame.evaluate("scrollY") == 0


def test_a_note_of_scripts_runs_them_in_its_frame(preview: MadeUpPreview) -> None:
    """A script that its author wrote works as in Anki."""
    show(preview, "<p id='out'></p><script>out.textContent = 6 * 7</script>")
    assert preview.card == "42"


def test_sounds_are_played(preview: MadeUpPreview) -> None:
    """A button plays its file, whatever the file is called; `r` plays all of them."""
    show(
        preview, '<button data-sound="a b#.mp3">play</button><button data-sound="c.mp3">2</button>'
    )
    preview.frame.click("button")
    preview.wait_until(lambda: any("media/a%20b%23.mp3" in each for each in preview.asked))
    preview.press("r")
    preview.wait_until(lambda: any("media/c.mp3" in each for each in preview.asked))


def test_a_link_is_offered_and_not_followed(preview: MadeUpPreview) -> None:
    """The card stays in its frame; a link within the card leads to its place."""
    show(
        preview,
        '<a href="https://example.com/a">out</a><a href="#end">in</a>'
        + "<p>.</p>" * 99
        + "<p id='end'>end</p>",
    )
    preview.frame.click("text=out")
    preview.wait_for_text("#notice", "The card links to https://example.com/a")
    preview.frame.click("text=in")
    preview.wait_until(lambda: preview.frame.evaluate("scrollY") > 100)
    assert preview.frame.url.endswith("card.html")


def test_a_picture_that_is_missing_is_told(preview: MadeUpPreview) -> None:
    """The page says which one, whoever checks the file."""
    show(preview, '<img src="data:image/png,broken">')
    preview.wait_for_text("#about", "This picture cannot be shown: data:image/png,broken")


ATTACKS = {
    "reads the page": "said = parent.document.title",
    "leads the page away": "parent.location = 'https://example.com/'",
    "opens a window": "if (!open('https://example.com/')) throw 1; said = 'opened'",
    "reads the server": "const r = new XMLHttpRequest(); r.open('GET', '/deck.json', false);"
    " r.send(); said = r.responseText",
    "keeps something": "localStorage.a = 1; said = 'kept'",
    "asks the author": "said = prompt('Password?') ?? (() => { throw 1 })()",
}


def test_a_hostile_script_reaches_nothing(preview: MadeUpPreview) -> None:
    """It reads neither the page nor the server, opens nothing, keeps nothing."""
    scripts = "".join(
        f"<script>try {{ let said; {code}; results['{name}'] = said }} catch {{}}</script>"
        for name, code in ATTACKS.items()
    )
    show(preview, f"<script>window.results = {{}}</script>{scripts}<p>end</p>")
    assert preview.frame.evaluate("results") == {"leads the page away": None} or (
        preview.frame.evaluate("results") == {}
    )
    assert preview.page.url.startswith(preview.server.address)
    assert preview.state("document.title") == "Rivers · preview"


WAYS_OUT = """<img src="FAR/1"><link rel="stylesheet" href="FAR/2"><audio autoplay src="FAR/3">
</audio><iframe src="FAR/4"></iframe><object data="FAR/5"></object><embed src="FAR/6">
<style>@import "FAR/7"; p { background: url(FAR/8) }</style><p>text</p><script src="FAR/9"></script>
<form action="FAR/10" id="f"></form><link rel="prefetch" href="FAR/11"><base href="FAR/12/">
<script>fetch("FAR/13").catch(() => 0); f.submit(); new Image().src = "FAR/14";
navigator.sendBeacon("FAR/15"); new Audio("FAR/16").play().catch(() => 0);
try { new WebSocket("FAR/17".replace("http", "ws")) } catch {}
try { new Worker("FAR/18") } catch {}
import("FAR/19").catch(() => 0);
</script>"""


def test_a_hostile_note_asks_nobody_else(preview: MadeUpPreview) -> None:
    """No request leaves: of pictures, styles, sounds, scripts, forms, or by leaving the frame."""
    with PageServer(MadeUpDeck(0)) as far:
        show(preview, WAYS_OUT.replace("FAR", far.address))
        refresh = f'<meta http-equiv="refresh" content="0;url={far.address}20">'
        preview.frame.evaluate(
            "html => document.body.insertAdjacentHTML('beforeend', html)", refresh
        )
        preview.page.wait_for_timeout(100)
        preview.press("n")
        preview.wait_for_card("river 2 rise")
        preview.frame.evaluate("address => { location = address }", f"{far.address}21")
        preview.page.wait_for_timeout(100)
        far.shutdown()
    assert far.asked == []


def test_a_card_that_leads_its_frame_away_does_so_alone(preview: MadeUpPreview) -> None:
    """Its frame is made anew once; the next card is shown whatever that one does."""
    show(preview, "<script>setTimeout(() => { location = 'about:blank' }, 50)</script>gone")
    preview.wait_until(lambda: sum("card.html" in each for each in preview.server.asked) == 2)
    preview.wait_until(lambda: preview.frame.url == "about:blank")
    preview.press("n")
    preview.wait_for_card("river 2 rise")


LIES = """<script>
for (let i = 0; i < 2000; i++) parent.postMessage({type: "key", key: "n"}, "*");
for (const said of [null, 5, "x", [], {}, {type: "painted", stamp: 1, errors: "<img src=x>"},
    {type: "painted", stamp: 1, errors: Array(9999).fill("<img src=x>"), x: "x".repeat(99999)},
    {type: "key", key: {}}, {type: "typed", key: "river-1.1", text: {}}, {type: "link", href: 5},
    {type: "link", href: "javascript:alert(1)"}, {type: "__proto__"}, {type: "ready"}])
    parent.postMessage(said, "*");
</script>text"""


def test_a_frame_that_lies_is_not_believed(preview: MadeUpPreview) -> None:
    """A flood of messages moves no card, and what they say is text."""
    count = "window.lies = 0; addEventListener('message', () => { lies++; })"
    preview.open()
    preview.state(count)
    preview.wait_until(lambda: preview.server.listeners)
    preview.deck.sides["river-1.1"]["front"] = LIES
    preview.server.change("river-1.1")
    preview.wait_until(lambda: preview.state("lies") > 2_000)
    assert preview.selected == "Where does river 1 rise?"
    assert preview.state("document.querySelectorAll('main img').length") == 0
    assert len(preview.text("#about")) < 2000
    preview.press("n")
    preview.wait_for_card("river 2 rise")


NAMES = [
    "</script><script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    "\u202eevil",
    "a" * 9999,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_text(name: str, preview: MadeUpPreview, server: PageServer) -> None:
    """Titles, tags, files, messages and the deck's own name are shown as they are written."""
    row = preview.deck.rows["river-1.1"]
    row |= {"title": name, "tags": [name], "file": name, "name": name, "kind": name}
    row |= {"changed": "changed"}
    preview.deck.about |= {"name": name, "released": name, "language": name}
    preview.deck.sides["river-1.1"] |= {
        "place": name,
        "difference": [{"field": name, "parts": [["ins", name], [name, name]]}],
    }
    preview.deck.problems = [
        {"severity": "error", "place": name, "message": name, "frame": name, "count": 1}
        | {"card": "river-1.1", "open": None}
    ]
    preview.open()
    assert preview.state("document.querySelector('#list .title').textContent") == name
    assert preview.state("document.querySelectorAll('img, body script').length") == 0
    wide = "document.documentElement.scrollWidth - innerWidth"
    assert preview.state(wide) == 0
    assert preview.said == []


WIDE_TABLE = f"<table><tr>{'<td>averylongwordofacell</td>' * 9}</tr></table>"
CARD_CSS = files("deckpress.note_types").joinpath("card.css").read_text(encoding="utf-8")
DRAWING = '<svg class="drawn" width="100" height="40"></svg>'


@pytest.fixture
def designed(preview: MadeUpPreview) -> MadeUpPreview:
    """A page that is not yet open, whose cards look as a deck's do."""
    preview.server.has_formulas = True
    for note_type in preview.deck.about["types"]:
        note_type["css"] = CARD_CSS
    return preview


def test_a_wide_table_or_film_never_widens_the_card(designed: MadeUpPreview) -> None:
    """An author's own table scrolls in its box from its left edge, and a film fits the column."""
    designed.page.set_viewport_size({"width": 360, "height": 740})
    show(designed, f'{WIDE_TABLE}<p><video width="1200"></video></p><iframe width="900"></iframe>')
    assert designed.frame.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    table = "document.querySelector('table')"
    assert designed.frame.evaluate(f"{table}.scrollWidth > {table}.clientWidth")
    assert designed.frame.evaluate(f"{table}.rows[0].cells[0].getBoundingClientRect().left") >= 0


def test_tables_pictures_and_formulas_have_one_axis(designed: MadeUpPreview) -> None:
    """A table, an author's own too, stands in the middle, as a formula and a picture do."""
    small = "<table><tr><td>a</td><td>b</td></tr></table>"
    formula = r'<div class="formula">\[x = y\]</div>'
    show(designed, f'<div class="scroll">{small}</div>{small}{DRAWING}{formula}')
    middles = designed.frame.evaluate("""() => {
        const middle = ({ left, right }) => (left + right) / 2;
        const all = document.querySelectorAll("table, .drawn, mjx-math");
        return [...all].map((each) => middle(each.getBoundingClientRect()));
    }""")
    assert len(middles) == 4
    assert max(middles) - min(middles) < 1


def test_formulas_are_a_tenth_larger_than_the_text(designed: MadeUpPreview) -> None:
    """Their letters are 110 % of the text beside them, and words in them as large."""
    show(designed, r"<p id='text'>\(x + \text{汉}\)</p>")
    sizes = designed.frame.evaluate("""() => ["#text", "mjx-math", "mjx-utext"].map(
        (each) => parseFloat(getComputedStyle(document.querySelector(each)).fontSize))""")
    text, formula, word = sizes
    assert 1.09 < formula / text < 1.11
    assert 0.98 < word / text < 1.02
