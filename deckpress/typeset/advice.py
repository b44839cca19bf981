"""What LaTeX has and Anki's MathJax 3.2.2 has not, and what to write in its place."""

from __future__ import annotations

from collections.abc import Mapping

MACROS = "[formulas.macros] in deck.toml"
"""Where the deck's own commands belong."""

_DEFINE = f"define it under {MACROS}"
_UNIT = r"siunitx is not in Anki: write the number and \,\mathrm{unit}"
_PICTURE = "TikZ is not in Anki: draw a picture, and show it by ![…](picture.png)"
_TABLE = "write a Markdown table instead"
_TEXT_SIZE = r"write \small, \large or \Large"
_PHYSICS = "the physics package is not in Anki"
_RULE = r"write \hline"
_NOT_NEEDED = "remove it, since a formula here needs none"
_LIST = "write a Markdown list instead"

COMMANDS: Mapping[str, str] = {
    "bm": r"write \boldsymbol",
    "boldmath": r"write \boldsymbol{…}",
    "mathbbm": r"write \mathbb",
    "mathds": r"write \mathbb",
    "mathbit": r"write \boldsymbol",
    "vb": r"write \mathbf",
    "vu": r"write \hat{\mathbf{…}}",
    "argmax": r"write \operatorname*{arg\,max}, or " + _DEFINE,
    "argmin": r"write \operatorname*{arg\,min}, or " + _DEFINE,
    "softmax": r"write \operatorname{softmax}, or " + _DEFINE,
    "sigmoid": r"write \operatorname{sigmoid}, or " + _DEFINE,
    "sgn": r"write \operatorname{sgn}, or " + _DEFINE,
    "sign": r"write \operatorname{sign}, or " + _DEFINE,
    "diag": r"write \operatorname{diag}, or " + _DEFINE,
    "rank": r"write \operatorname{rank}, or " + _DEFINE,
    "tr": r"write \operatorname{tr}, or " + _DEFINE,
    "Tr": r"write \operatorname{Tr}, or " + _DEFINE,
    "Var": r"write \operatorname{Var}, or " + _DEFINE,
    "Cov": r"write \operatorname{Cov}, or " + _DEFINE,
    "E": r"write \mathbb{E}, or " + _DEFINE,
    "R": r"write \mathbb{R}, or " + _DEFINE,
    "N": r"write \mathbb{N}, or " + _DEFINE,
    "Z": r"write \mathbb{Z}, or " + _DEFINE,
    "Q": r"write \mathbb{Q}, or " + _DEFINE,
    "C": r"write \mathbb{C}, or " + _DEFINE,
    "abs": r"write \lvert … \rvert, or " + _DEFINE,
    "norm": r"write \lVert … \rVert, or " + _DEFINE,
    "ceil": r"write \lceil … \rceil, or " + _DEFINE,
    "floor": r"write \lfloor … \rfloor, or " + _DEFINE,
    "SI": _UNIT,
    "si": _UNIT,
    "qty": _UNIT,
    "unit": _UNIT,
    "num": _UNIT,
    "ang": r"siunitx is not in Anki: write 90^\circ",
    "SIrange": _UNIT,
    "qtyrange": _UNIT,
    "numrange": _UNIT,
    "dv": _PHYSICS + r": write \frac{\mathrm{d}y}{\mathrm{d}x}",
    "pdv": _PHYSICS + r": write \frac{\partial y}{\partial x}",
    "dd": _PHYSICS + r": write \mathrm{d}x",
    "grad": _PHYSICS + r": write \nabla",
    "curl": _PHYSICS + r": write \nabla\times",
    "laplacian": _PHYSICS + r": write \nabla^2",
    "intertext": r"end the environment before the text, or write it as a row, \text{…} \\",
    "shortintertext": r"end the environment before the text, or write it as a row, \text{…} \\",
    "tikz": _PICTURE,
    "draw": _PICTURE,
    "node": _PICTURE,
    "path": _PICTURE,
    "includegraphics": "show the picture outside the formula, by ![…](picture.png)",
    "emph": r"write \textit",
    "textsc": r"write \text",
    "textsl": r"write \textit",
    "textmd": r"write \text",
    "footnotesize": _TEXT_SIZE,
    "ensuremath": _NOT_NEEDED,
    "displaymath": _NOT_NEEDED,
    "allowbreak": _NOT_NEEDED,
    "noindent": _NOT_NEEDED,
    "centering": _NOT_NEEDED,
    "par": r"write \\",
    "newpage": _NOT_NEEDED,
    "vspace": r"write \\[1em], the space to the next row",
    "toprule": _RULE,
    "midrule": _RULE,
    "bottomrule": _RULE,
    "cline": _RULE,
    "multicolumn": _TABLE,
    "multirow": _TABLE,
    "llbracket": r"write [\![",
    "rrbracket": r"write ]\!]",
    "oiint": r"write \iint with \bigcirc, or \oint",
    "oiiint": r"write \oint",
    "slashed": r"write \not",
    "euro": r"write \texteuro",
    "mathscrbf": r"write \boldsymbol{\mathscr{…}}",
    "item": _LIST,
    "cite": "write a footnote, [^source], outside the formula",
    "footnote": "write a footnote, [^note], outside the formula",
    "url": r"write the address outside the formula",
}
"""What to do instead, by the name of a command that MathJax does not know."""

ENVIRONMENTS: Mapping[str, str] = {
    "tikzpicture": _PICTURE,
    "tikzcd": "TikZ is not in Anki: write a CD environment, or draw a picture",
    "tabular": f"write an array, or {_TABLE.removeprefix('write ').removesuffix(' instead')}",
    "table": _TABLE,
    "figure": "show the picture outside the formula, by ![…](picture.png)",
    "itemize": _LIST,
    "enumerate": _LIST,
    "algorithm": "write a code block, ```, instead",
    "algorithmic": "write a code block, ```, instead",
    "verbatim": "write a code block, ```, instead",
    "lstlisting": "write a code block, ```, instead",
    "center": _NOT_NEEDED,
    "document": _NOT_NEEDED,
    "math": _NOT_NEEDED,
    "displaymath": _NOT_NEEDED,
    "dmath": "write aligned",
    "dmath*": "write aligned",
    "IEEEeqnarray": "write aligned",
    "IEEEeqnarray*": "write aligned",
    "bordermatrix": "write an array",
    "blockarray": "write an array",
    "theorem": "write the text outside the formula",
    "proof": "write the text outside the formula",
}
"""What to do instead, by the name of an environment that MathJax does not know."""
