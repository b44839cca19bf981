r"""What LaTeX has and Anki's MathJax 3.2.2 has not, and what to write in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

MACROS = "[formulas.macros] in deck.toml"
"""Where the deck's own commands belong."""

_INSTEAD = r"""
    1                       \mathbb{1}
    adots                   \unicode{x22F0}
    alef                    \aleph
    alefsym                 \aleph
    aligned                 \begin{aligned} … \end{aligned}
    Alpha                   \mathrm{A}
    and                     \land
    arccot                  \operatorname{arccot}
    arcsinh                 \operatorname{arsinh}
    arctanh                 \operatorname{artanh}
    arsinh                  \operatorname{arsinh}
    bbm                     \mathbb
    begingroup              {
    Beta                    \mathrm{B}
    bigO                    \mathcal{O}
    bigsqcap                \mathop{\sqcap}
    bold                    \mathbf
    boldmath                \boldsymbol{…}
    bottomrule              \hline
    bull                    \bullet
    ch                      \ce
    Chi                     \mathrm{X}
    cline                   \hline
    clubs                   \clubsuit
    cmark                   \checkmark
    cnums                   \mathbb{C}
    Complex                 \mathbb{C}
    copyright               \textcopyright
    csch                    \operatorname{csch}
    Dagger                  \ddagger
    dArr                    \Downarrow
    darr                    \downarrow
    dashint                 \unicode{x2A0D}
    Ddot                    \ddot
    defeq                   \coloneqq
    diamonds                \diamondsuit
    dollar                  \$
    em                      \textit{…}
    emph                    \textit
    empty                   \emptyset
    endgroup                }
    Epsilon                 \mathrm{E}
    eqdef                   \coloneqq
    eqnarray                \begin{aligned} … \end{aligned}
    erf                     \operatorname{erf}
    Eta                     \mathrm{H}
    euro                    \texteuro
    exist                   \exists
    fint                    \unicode{x2A0D}
    given                   \mid
    Harr                    \Leftrightarrow
    hArr                    \Leftrightarrow
    harr                    \leftrightarrow
    hash                    \#
    hdots                   \dots
    hearts                  \heartsuit
    i                       \imath
    iddots                  \unicode{x22F0}
    image                   \Im
    indep                   \perp\!\!\!\perp
    integral            \int
    infin                   \infty
    Iota                    \mathrm{I}
    isin                    \in
    itshape                 \textit{…}
    j                       \jmath
    Kappa                   \mathrm{K}
    lang                    \langle
    Larr                    \Leftarrow
    lArr                    \Leftarrow
    larr                    \leftarrow
    linebreak               \\
    llbracket               [\![
    lrArr                   \Leftrightarrow
    lrarr                   \leftrightarrow
    makebox                 \mbox
    mathbbm                 \mathbb
    mathbbmss               \mathbb
    mathbbold               \mathbb
    mathbit                 \boldsymbol
    mathds                  \mathbb
    mathellipsis            \dots
    mathscrbf               \boldsymbol{\mathscr{…}}
    midrule                 \hline
    Mu                      \mathrm{M}
    natnums                 \mathbb{N}
    nequiv                  \not\equiv
    nsubset                 \not\subset
    Nu                      \mathrm{N}
    oiiint                  \oint
    Omicron                 \mathrm{O}
    operatornamewithlimits  \operatorname*
    or                      \lor
    overarc                 \overparen
    overgroup               \overparen
    par                     \\
    parbox                  \text
    part                    \partial
    percent                 \%
    permil                  \unicode{x2030}
    Perp                    \perp\!\!\!\perp
    plusmn                  \pm
    qed                     \square
    qedhere                 \square
    raisebox                \raise 2pt {…}
    rang                    \rangle
    Rarr                    \Rightarrow
    rArr                    \Rightarrow
    rarr                    \to
    ratio                   \mathrel{:}
    real                    \Re
    Reals                   \mathbb{R}
    reals                   \mathbb{R}
    Rho                     \mathrm{P}
    rrbracket               ]\!]
    sb                      _
    sdot                    \cdot
    sech                    \operatorname{sech}
    sect                    \S
    sl                      \textit{…}
    slashed                 \not
    smashoperator           \sum_{\mathclap{…}}
    sout                    \cancel{…}
    sp                      ^
    spades                  \spadesuit
    st                      \cancel{…}
    sub                     \subset
    sube                    \subseteq
    supe                    \supseteq
    Tau                     \mathrm{T}
    textmd                  \text
    textsc                  \text
    textsl                  \textit
    textsub                 _{\text{…}}
    textsubscript           _{\text{…}}
    textsuperscript         ^{\text{…}}
    thetasym                \vartheta
    thickspace              \;
    toprule                 \hline
    uArr                    \Uparrow
    uarr                    \uparrow
    uline                   \underline
    underbar                \underline
    undergroup              \underparen
    underoverset            \underset{…}{\overset{…}{…}}
    undertilde              \underset{\sim}{…}
    utilde                  \underset{\sim}{…}
    varmathbb               \mathbb
    vb                      \mathbf
    vcentcolon              \mathrel{:}
    vmathbb                 \mathbb
    vu                      \hat{\mathbf{…}}
    weierp                  \wp
    widebar                 \overline
    widecheck               \check
    wideparen               \overparen
    xlongleftarrow          \xleftarrow
    xmark                   \times
    Zeta                    \mathrm{Z}
"""
_OFTEN_DEFINED = r"""
    abs        \lvert … \rvert
    arginf     \operatorname*{arg\,inf}
    argmax     \operatorname*{arg\,max}
    argmin     \operatorname*{arg\,min}
    argsup     \operatorname*{arg\,sup}
    bm         \boldsymbol
    C          \mathbb{C}
    ceil       \lceil … \rceil
    Corr       \operatorname{Corr}
    Cov        \operatorname{Cov}
    cov        \operatorname{Cov}
    d          \mathrm{d}
    diag       \operatorname{diag}
    dif        \mathrm{d}
    diff       \mathrm{d}
    dx         \mathrm{d}x
    E          \mathbb{E}
    e          \mathrm{e}
    F          \mathbb{F}
    floor      \lfloor … \rfloor
    H          \mathbb{H}
    ind        \mathbb{1}
    indicator  \mathbb{1}
    inner      \langle …, … \rangle
    KL         \operatorname{KL}
    MSE        \operatorname{MSE}
    N          \mathbb{N}
    norm       \lVert … \rVert
    P          \mathbb{P}
    plim       \operatorname*{plim}
    Q          \mathbb{Q}
    R          \mathbb{R}
    rank       \operatorname{rank}
    ReLU       \operatorname{ReLU}
    relu       \operatorname{ReLU}
    sgn        \operatorname{sgn}
    sigmoid    \operatorname{sigmoid}
    sign       \operatorname{sign}
    softmax    \operatorname{softmax}
    T          \top
    Tr         \operatorname{Tr}
    tr         \operatorname{tr}
    trace      \operatorname{tr}
    Var        \operatorname{Var}
    var        \operatorname{Var}
    Z          \mathbb{Z}
"""
"""What many decks will want to define for themselves."""

_PHYSICS = r"""
    cross       \times
    curl        \nabla\times
    dd          \mathrm{d}x
    divergence  \nabla\cdot
    dv          \frac{\mathrm{d}y}{\mathrm{d}x}
    expval      \langle … \rangle
    grad        \nabla
    laplacian   \nabla^2
    mel         \langle a | A | b \rangle
    pdv         \frac{\partial y}{\partial x}
    va          \vec{\mathbf{…}}
    vdot        \cdot
"""
"""Of the physics package."""

_SIUNITX = "SI si qty unit num SIrange qtyrange numrange"
_TIKZ = "tikz draw node path"

_CODE = "write a code block, ```, instead"
_LIST = "write a Markdown list instead"
_NOT_NEEDED = "remove it, since a formula here needs none"
_OPEN_ALREADY = "remove it, since the formula is open already"
_OUTSIDE = "write the text outside the formula"
_PICTURE = "TikZ is not in Anki: draw a picture, and show it by ![…](picture.png)"
_SHOW = "show the picture outside the formula, by ![…](picture.png)"
_TABLE = "write a Markdown table instead"
_UNIT = r"siunitx is not in Anki: write the number and \,\mathrm{unit}"


def _pairs(table: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a table as a name and what to write for it."""
    for line in table.strip().splitlines():
        name, _, instead = line.strip().partition(" ")
        yield name, f"write {instead.strip()}"


COMMANDS: Mapping[str, str] = {
    **dict(_pairs(_INSTEAD)),
    **{name: f"{advice}, or define it under {MACROS}" for name, advice in _pairs(_OFTEN_DEFINED)},
    **{name: f"the physics package is not in Anki: {advice}" for name, advice in _pairs(_PHYSICS)},
    **dict.fromkeys(_SIUNITX.split(), _UNIT),
    **dict.fromkeys(_TIKZ.split(), _PICTURE),
    "ang": r"siunitx is not in Anki: write 90^\circ",
    **dict.fromkeys(
        "intertext shortintertext".split(),
        r"end the environment before the text, or write it as a row, \text{…} \\",
    ),
    "includegraphics": _SHOW,
    "footnotesize": r"write \small, \large or \Large",
    **dict.fromkeys(
        "ensuremath displaymath allowbreak noindent centering newpage nobreak caption resizebox"
        " scalebox".split(),
        _NOT_NEEDED,
    ),
    **dict.fromkeys(
        "vspace bigskip medskip smallskip".split(), r"write \\[1em], the space to the next row"
    ),
    **dict.fromkeys("multicolumn multirow".split(), _TABLE),
    "oiint": r"write \iint with \bigcirc, or \oint",
    "item": _LIST,
    "cite": "write a footnote, [^source], outside the formula",
    "footnote": "write a footnote, [^note], outside the formula",
    "url": "write the address outside the formula",
    "bfseries": r"write \mathbf{…} or \textbf{…}",
    "innerproduct": r"write \langle …, … \rangle",
    **dict.fromkeys("textcircled circled".split(), "write the character itself, ①"),
    "hyperref": "write the reference outside the formula",
    **dict.fromkeys("( ) [ ]".split(), _OPEN_ALREADY),
    **dict.fromkeys("gdef edef xdef".split(), f"define it under {MACROS}"),
}
"""What to do instead, by the name of a command that MathJax does not know."""

ENVIRONMENTS: Mapping[str, str] = {
    **dict.fromkeys("tikzpicture circuitikz quantikz".split(), _PICTURE),
    "tikzcd": "TikZ is not in Anki: write a CD environment, or draw a picture",
    "tabular": "write an array, or a Markdown table",
    **dict.fromkeys("table tabular* tabularx longtable".split(), _TABLE),
    "figure": _SHOW,
    **dict.fromkeys("itemize enumerate description".split(), _LIST),
    **dict.fromkeys(
        "algorithm algorithmic algorithmic* algorithm2e pseudocode verbatim lstlisting"
        " minted".split(),
        _CODE,
    ),
    **dict.fromkeys("center document math displaymath minipage flushleft".split(), _NOT_NEEDED),
    **dict.fromkeys(
        "dmath dmath* IEEEeqnarray IEEEeqnarray* subequations eqn dgroup dgroup*"
        " breqn mini mini* maxi maxi* mini! maxi! argmini argmini*".split(),
        "write aligned",
    ),
    **dict.fromkeys(
        "bordermatrix blockarray darray kbordermatrix NiceArray".split(), "write an array"
    ),
    **dict.fromkeys(
        "theorem proof quote lemma definition corollary remark example proposition".split(),
        _OUTSIDE,
    ),
    "amatrix": r"write an array: \begin{array}{cc|c}",
    **dict.fromkeys("pmat pNiceMatrix".split(), "write pmatrix"),
    "bNiceMatrix": "write bmatrix",
    "NiceMatrix": "write matrix",
    **dict.fromkeys("small footnotesize".split(), r"write \small"),
}
"""What to do instead, by the name of an environment that MathJax does not know."""
