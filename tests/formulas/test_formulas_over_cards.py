r"""Anki typesets card after card without a reset: what a formula leaves behind is seen on others.

MathJax 3.2.2 keeps labels, definitions, fonts and forms of tags (`MEMORY` says where); Anki 26.09's
`reviewer.js` calls `typesetClear` and never `texReset`. What a deck may have leaves nothing behind.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.formulas import Formula
from deckpress.formulas.engine import Engine
from deckpress.formulas.macros import MacroError, expand_macros
from deckpress.formulas.math_field import to_field
from deckpress.formulas.tex import check_structure
from tests.support.browser import BROWSER, find_mathjax, read
from tests.support.formulas import GOOD

NEVER_RESET = r"""
(() => {
  const { TeX } = MathJax._.input.tex_ts;
  const { SerializedMmlVisitor } = MathJax._.core.MmlTree.SerializedMmlVisitor;
  const visitor = new SerializedMmlVisitor();
  const font = new MathJax._.output.chtml.fonts.tex_ts.TeXFont();
  const output = new MathJax._.output.chtml_ts.CHTML({ font });
  output.measureTextNode = () => ({ w: 1, h: 1, d: 0 });
  const makers = {};
  for (const [name, packages] of [["checked", ["deckpress"]], ["unchecked", []]]) {
    const tex = new TeX({ packages: [...MathJax.config.tex.packages, ...packages] });
    const page = MathJax._.mathjax.mathjax.document("", { InputJax: tex, OutputJax: output });
    makers[name] = (text, display) => {
      const item = new page.options.MathItem(text, tex, display);
      item.setMetrics(16, 8, 1e6, 1e6, 1);
      item.compile(page);
      return visitor.visitTree(item.root);
    };
  }
  globalThis.keepOn = (name, text, display) => JSON.stringify(makers[name](text, display));
})();
"""


class Session(Engine):
    """An engine that typesets one formula after another, and is never reset."""

    def __init__(self, folder: Path) -> None:
        """Start a session; `folder` takes its program."""
        program = folder / "never_reset.js"
        program.write_text(NEVER_RESET, encoding="utf-8")
        self.programs = (*Engine.programs, program)
        super().__init__()

    def show(self, formula: Formula, name: str = "checked") -> str:
        """Return what a formula becomes, as MathML; `unchecked` is without what we refuse."""
        shown = self._in_thread(lambda: self._context.get("keepOn")(name, *formula))
        return str(json.loads(shown))


class Kept(NamedTuple):
    """What MathJax keeps, shown by a formula that comes out otherwise after another one."""

    where: str
    """The file of MathJax 3.2.2 under `input/tex`, and the name in it."""
    first: str
    then: str


MEMORY = (
    Kept("Tags.ts: allLabels", r"x\label{a}", r"x\label{a}"),
    Kept("Tags.ts: allLabels", r"x\label{b}\tag{7}", r"\ref{b}"),
    Kept("newcommand/NewcommandUtil.ts: addMacro", r"\newcommand{\za}{1}", r"\za"),
    Kept("newcommand/NewcommandUtil.ts: addMacro", r"\def\zb{1}", r"\zb"),
    Kept("newcommand/NewcommandUtil.ts: addMacro", r"\let\zc\alpha", r"\zc"),
    Kept("newcommand/NewcommandUtil.ts: addDelimiter", r"\let\zd\{", r"\left\zd x\right."),
    Kept(
        "newcommand/NewcommandUtil.ts: addEnvironment",
        r"\newenvironment{ze}{a}{b}",
        r"\begin{ze}x\end{ze}",
    ),
    Kept("newcommand/NewcommandMethods.ts: NewCommand", r"\renewcommand{\cot}{c}", r"\cot"),
    Kept("ams/AmsMethods.ts: NEW_OPS", r"\DeclareMathOperator{\zf}{zf}", r"\zf"),
    Kept(
        "mathtools/MathtoolsUtil.ts: addPairedDelims",
        r"\DeclarePairedDelimiter{\zg}{(}{)}",
        r"\zg{x}",
    ),
    Kept("extpfeil/ExtpfeilConfiguration.ts", r"\Newextarrow{\zh}{5,10}{0x21D0}", r"\zh{x}"),
    Kept("color/ColorUtil.ts: userColors", r"\definecolor{red}{rgb}{0,0,1}", r"\color{red}x"),
    Kept("unicode/UnicodeConfiguration.ts: UnicodeCache", r"\unicode[Arial]{65}", r"\unicode{65}"),
    Kept("mathtools/MathtoolsTags.ts: mtFormats", r"\newtagform{z}{[}{]}", r"\newtagform{z}{[}{]}"),
    Kept("mathtools/MathtoolsMethods.ts: SetOptions", r"\mathtoolsset{centercolon=true}", "a:b"),
)
"""All that MathJax keeps from one formula to the next, as Anki has it; the rest of this file is the
proof that nothing is missing."""

MACROS = (
    r"x\%s{a}{b}{c}",
    r"x\%s{a}{b}{c}{d}",
    r"x\%s{1em}{x}",
    r"x\%s{65}",
    r"\begin{aligned}a&\%s b\\ \end{aligned}",
    r"\begin{multline}\%s{a}\\b\end{multline}",
    r"\begin{array}{c}\%s a\end{array}",
    r"\begin{prooftree}\AxiomC{a}\AxiomC{b}\AxiomC{c}\%s{d}\end{prooftree}",
    r"\begin{prooftree}\AxiomC{a}\AxiomC{b}\%s{d}\end{prooftree}",
    r"{a \%s() b}",
    r"\left\%s x\right.",
    r"\%s x",
    r"\%s",
)
"""Ways to use a command; of each one the first that MathJax accepts is tried."""
ENVIRONMENTS = (
    r"\begin{%s}{c}a & b\\ c\tag{1}\end{%s}",
    r"\begin{%s}{c}a & b\\ c\end{%s}",
    r"\begin{%s}{2}a & b\\ c & d\end{%s}",
    r"\begin{%s}a\\ c\end{%s}",
    r"\begin{%s}a\end{%s}",
)
DELIMITERS = (r"\left\%s x\right\%s",)


def is_accepted(engine: Engine, formula: Formula) -> bool:
    """Return whether the check finds no error in a formula."""
    return check_structure(formula.tex) is None and not engine.typeset(formula).errors


def kinds_of(engine: Engine) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each name that MathJax has with the ways to use it."""
    for kind, ways in (("macro", MACROS), ("environment", ENVIRONMENTS), ("delimiter", DELIMITERS)):
        for name in sorted(engine.names(kind)):
            yield name, ways


@cache
def table() -> tuple[Formula, ...]:
    """Return a formula that is accepted for each name that MathJax has, and good ones."""
    engine, first_accepted = Engine(), dict[Formula, None]()
    for name, ways in kinds_of(engine):
        tried = (Formula(expand(way.replace("%s", name)), True) for way in ways)
        accepted = (formula for formula in tried if is_accepted(engine, formula))
        first_accepted |= dict.fromkeys(itertools.islice(accepted, 1))
    good = (Formula(expand(tex), bool(index % 2)) for index, tex in enumerate(GOOD))
    return (*first_accepted, *good)


def expand(tex: str) -> str:
    """Return a formula as it is written into a field."""
    try:
        return expand_macros(tex, {}).text
    except MacroError:
        return ""  # which is not accepted


def test_mathjax_keeps_what_is_refused_or_left_out(tmp_path: Path) -> None:
    """MathJax would show a formula otherwise after each of these; a deck has none of them."""
    session, engine = Session(tmp_path), Engine()
    for kept in MEMORY:
        then, first = Formula(kept.then, True), Formula(kept.first, True)
        alone, _, after = (session.show(formula, "unchecked") for formula in (then, first, then))
        assert alone != after, kept
        written = Formula(expand(kept.first), True)
        assert written != first or not is_accepted(engine, first), kept


def test_the_table_has_nearly_every_name() -> None:
    """Of MathJax's names, those that no formula of the table uses are refused, or few."""
    engine = Engine()
    names = [name for name, _ in kinds_of(engine)]
    used = "".join(formula.tex for formula in table())
    missing = {name for name in names if name not in used}
    definitions = {name for name in missing if name.startswith(("new", "renew", "Declare", "def"))}
    assert len(names) > 1200
    assert len(missing - definitions) < 25


CARDS = r"""<!doctype html><meta charset="utf-8">
<script>
window.MathJax = {
  tex: { displayMath: [["\\[", "\\]"]], processEscapes: false, processEnvironments: false,
    processRefs: false, packages: { "[+]": ["noerrors", "mathtools"], "[-]": ["textmacros"] } },
  startup: { typeset: false, pageReady: async () => {
    const qa = document.getElementById("qa");
    const show = async (card) => {  // as Anki does
      qa.innerHTML = card;
      MathJax.typesetClear();
      await MathJax.typesetPromise([qa]);
      return qa.innerHTML.replace(/ ctxtmenu_counter="\d+"/g, "");
    };
    const seen = [];
    for (const card of CARDS) seen.push(await show(card));
    const out = document.createElement("pre");
    out.id = "seen";
    out.textContent = JSON.stringify(seen);
    document.body.replaceChildren(out);
  } },
};
</script>
<script src="SCRIPT"></script>
<body><div id="qa"></div>
"""


def review(cards: Sequence[str], folder: Path) -> list[str]:
    """Return what a browser shows of each card, one after the other."""
    folder.mkdir()
    listed = json.dumps(cards).replace("<", r"\u003c")
    script = find_mathjax().as_uri()
    page = folder / "page.html"
    page.write_text(CARDS.replace("SCRIPT", script).replace("CARDS", listed), encoding="utf-8")
    seen: list[str] = json.loads(json.dumps(read(page, folder)))
    return seen


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium: apt-get install chromium")
def test_a_card_looks_the_same_after_any_other(tmp_path: Path) -> None:
    """In whatever order cards are shown, and however often, each of them looks as it does alone."""
    cards = [
        to_field(tex, display=display, in_cloze=False, clozes=False) for tex, display in table()
    ]
    cards = cards[: -len(GOOD)]  # those of the names
    seen = review([*cards, *cards[::-1]], tmp_path / "cards")
    forth, back = seen[: len(cards)], seen[: len(cards) - 1 : -1]
    differ = [card for card, *looks in zip(cards, forth, back, strict=True) if len({*looks}) > 1]
    assert differ == []
    assert not [card for card, look in zip(cards, forth, strict=True) if "merror" in look]


@settings(max_examples=8)
@given(data=st.data())
def test_a_formula_comes_out_the_same_after_any_other(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """What the check accepts is as it is alone, whatever else of that kind came before."""
    piece = st.sampled_from([tex for tex, _ in table()])
    texts = st.lists(piece, min_size=1, max_size=3).map(" ".join)
    drawn = data.draw(st.lists(st.builds(Formula, texts, st.booleans()), min_size=2, max_size=6))
    folder = tmp_path_factory.mktemp("sessions")
    forth, back = Session(folder), Session(folder)
    formulas = [formula for formula in drawn if is_accepted(forth, formula)]
    once = [forth.show(formula) for formula in formulas for _ in range(2)]
    again = [back.show(formula) for formula in formulas[::-1] for _ in range(2)][::-1]
    assert once == again
