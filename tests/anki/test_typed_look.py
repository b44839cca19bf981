"""How a typed answer is shown, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.browser import BROWSER, read
from tests.support.projects import ROOT

SHEETS = ("deckpress/preview/reviewer.css", "deckpress/note_types/card.css")
PAGE = """<!doctype html><meta charset="utf-8"><style>{css}</style>
<body class="card"><main class="card-body"><div class="typed"><div style="font-family: Arial">
<code id=typeans><span class=typeGood>f</span><span class=typeBad>i</span></code></div></div></main>
<pre id="seen"></pre><script>
const spans = [...document.querySelectorAll("#typeans span")];
document.getElementById("seen").textContent = JSON.stringify(spans.map(
  each => ({{ ligatures: getComputedStyle(each).fontVariantLigatures }})));
</script>"""


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium: apt-get install chromium")
def test_right_and_wrong_letters_make_no_ligature(tmp_path: Path) -> None:
    """A wrong i behind a right f is seen as wrong: Anki's own rule holds in our style as well."""
    css = "".join((ROOT / sheet).read_text(encoding="utf-8") for sheet in SHEETS)
    page = tmp_path / "page.html"
    page.write_text(PAGE.format(css=css), encoding="utf-8")
    assert [each["ligatures"] for each in read(page, tmp_path)] == ["none", "none"]
