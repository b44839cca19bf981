r"""What the build says of a formula is what MathJax 3.2.2 says of it in a browser, as in Anki."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from deckpress.formulas import Formula, TypesetResult
from deckpress.formulas.engine import typeset_here
from deckpress.formulas.tex import check_structure
from tests.support.browser import BROWSER, find_mathjax, read
from tests.support.formulas import GOOD, UNSETTLED, WRONG

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium: apt-get install chromium")

PAGE = r"""<!doctype html><meta charset="utf-8">
<script>
window.MathJax = {
  tex: { displayMath: [["\\[", "\\]"]], processEscapes: false, processEnvironments: false,
    processRefs: false, packages: { "[+]": ["mathtools"], "[-]": ["textmacros", "noerrors"] } },
  startup: { pageReady: () => {
    const typeset = ([tex, display]) => {
      MathJax.texReset();  // labels hold within a card only
      try { return MathJax.tex2chtml(tex, { display }); }
      catch (error) { return `${error.name}: ${error.message}`; }
    };
    const all = FORMULAS.map(typeset);
    document.body.append(...all.filter((each) => typeof each != "string"));
    document.head.append(MathJax.chtmlStylesheet());
    const seen = all.map((each) => {
      if (typeof each == "string") return [each, [], 0];
      const math = each.querySelector("mjx-math");
      const error = each.querySelector("mjx-merror");
      const unknown = [...each.querySelectorAll("mjx-assistive-mml mtext[mathcolor=red]")];
      const em = parseFloat(getComputedStyle(math).fontSize);
      return [
        error ? error.title || error.getAttribute("data-mjx-error") : "",
        unknown.map((text) => text.textContent),
        math.getBoundingClientRect().width / em,
      ];
    });
    const out = document.createElement("pre");
    out.id = "seen";
    out.textContent = JSON.stringify(seen.map(([error, unknown, width]) =>
      ({ error, unknown, width })));
    document.body.replaceChildren(out);
  } },
};
</script>
<script src="SCRIPT"></script>
<body>
"""

MUTANTS = 400
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.S)
REFUSED = {"Definition", "UnsafeLink", "UnsafeStyle"}
"""What MathJax would do, and a deck may not."""
AS_WIDE_AS_THE_PAGE = re.compile(r"\\(?:tag|notag|nonumber)\b|\\begin\{(?:multline|flalign)")
"""What MathJax puts into a table of the page's width: the build counts what is in it."""
ESTIMATED = re.compile(
    r"[^\x00-\x7f]"  # Chinese
    r"|\\(?:unicode|degree|texteuro)\b"  # signs that MathJax's fonts lack
    r"|\\sideset\b|\\f?colorbox\b"  # MathJax's own estimate differs from what is drawn
)


class Seen(NamedTuple):
    """What a browser shows of a formula."""

    error: str
    """MathJax's message, or that of the error in MathJax itself."""
    unknown: list[str]
    """Commands that are shown in red."""
    width: float
    """In em of MathJax's own font."""


def open_in_browser(formulas: Sequence[Formula], folder: Path) -> list[Seen]:
    """Return what a browser shows of each formula, with Anki's settings for MathJax."""
    listed = json.dumps(formulas).replace("<", r"\u003c")
    page = folder / "page.html"
    page.write_text(
        PAGE.replace("SCRIPT", find_mathjax().as_uri()).replace("FORMULAS", listed),
        encoding="utf-8",
    )
    return [Seen(**values) for values in read(page, folder)]


def mutants(count: int, chance: random.Random) -> Iterator[str]:
    """Yield good formulas with a token dropped, doubled, or swapped with its neighbour."""
    while count:
        tokens = TOKEN.findall(chance.choice(GOOD))
        index = chance.randrange(len(tokens))
        change = chance.choice(["drop", "double", "swap"])
        tokens[index : index + 2] = {
            "drop": tokens[index + 1 : index + 2],
            "double": [tokens[index], *tokens[index : index + 2]],
            "swap": tokens[index : index + 2][::-1],
        }[change]
        tex = "".join(tokens)
        if check_structure(tex) is None:  # else it never comes to MathJax
            yield tex
            count -= 1


def agree(seen: Seen, result: TypesetResult) -> bool:
    """Return whether browser and build find the same fault in a formula, or both find none."""
    if not result.errors:
        return not seen.error and not seen.unknown
    tex_error = result.errors[0]
    if tex_error.error == "UndefinedControlSequence":
        names = [in_build.names[0] for in_build in result.errors]
        # MathJax forgets the commands that it does not know when it comes to an error
        return names == seen.unknown or bool(seen.error)
    if tex_error.error == "TypeError":  # each JavaScript engine has its own words for it
        return seen.error.startswith("TypeError: ")
    return seen.error == tex_error.message


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Formula, Seen, TypesetResult]]:
    """All formulas of the table, and mutants of the good ones, by both."""
    wrong_tex = [tex for wrong_formula in WRONG for tex in wrong_formula.unmarked]
    wrong_tex += [tex for texts in UNSETTLED.values() for tex in texts]
    table = [Formula(tex, display) for tex in (*GOOD, *wrong_tex) for display in (True, False)]
    changed = [Formula(tex, True) for tex in mutants(MUTANTS, random.Random(322))]
    formulas = [*dict.fromkeys([*table, *changed])]
    results = typeset_here(formulas)
    kept = [
        (formula, result)
        for formula, result in zip(formulas, results, strict=True)
        if not {tex_error.error for tex_error in result.errors} & REFUSED
    ]
    seen = open_in_browser([formula for formula, _ in kept], tmp_path_factory.mktemp("formulas"))
    return [
        (formula, in_browser, result)
        for (formula, result), in_browser in zip(kept, seen, strict=True)
    ]


def test_build_and_browser_find_the_same_faults(
    shown: list[tuple[Formula, Seen, TypesetResult]],
) -> None:
    """No formula that is passed has an error on the card, and none is refused that has none."""
    differ = [case for case in shown if not agree(case[1], case[2])]
    assert differ == []
    assert sum(bool(result.errors) for _, _, result in shown) > 200
    assert sum(not result.errors for _, _, result in shown) > 400


def test_build_and_browser_find_the_same_widths(
    shown: list[tuple[Formula, Seen, TypesetResult]],
) -> None:
    """A formula is as wide on the card as the build takes it to be, give or take 2 %."""
    good = {tex for tex in GOOD if not ESTIMATED.search(tex)}
    compared = [
        (formula, seen.width, result.width)
        for formula, seen, result in shown
        if formula.tex in good and not AS_WIDE_AS_THE_PAGE.search(formula.tex) and not result.errors
    ]
    assert [case for case in compared if abs(case[1] - case[2]) > 0.02 * case[1]] == []
    assert len(compared) > 300
