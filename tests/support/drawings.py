"""For tests of drawings: extents of text without a font, rectangles, and a large diagram."""

from __future__ import annotations

import unicodedata

from deckpress.diagrams.geometry import Box


def measure(text: str, size: float, is_bold: bool) -> tuple[float, float]:
    """Return a text's extent where letters are 0.6 em wide and Chinese characters 1 em."""
    lines = text.split("\\\\")
    widths = [
        sum(1 if unicodedata.east_asian_width(c) in "WF" else 0.6 for c in line) for line in lines
    ]
    return max(widths) * size * (1.05 if is_bold else 1), 1.25 * size * len(lines)


def encloses(outer: Box, inner: Box) -> bool:
    """Return whether a rectangle lies in another."""
    return (
        outer.left <= inner.left + 0.1
        and outer.top <= inner.top + 0.1
        and outer.right >= inner.right - 0.1
        and outer.bottom >= inner.bottom - 0.1
    )


LSTM = """\
title: LSTM 单元
| .  .  ct .   .   .  .   |
| c0 x1 .  add .   c1 .   |
| .  .  .  .   th  .  .   |
| .  .  .  x2  .   x3 h1  |
| .  f  i  g   .   o  .   |
| h0 cat cat cat cat cat .   |
| .  xt .  .   .   .  .   |
ct: 细胞状态 {text}
c0, c1: $c_{t-1}$ {memory}
x1, x2, x3: $\\times$ {op}
add: $+$ {op}
th: $\\tanh$ {op}
f: $\\sigma$\\\\遗忘门 {gate}
i: $\\sigma$\\\\输入门 {gate}
g: $\\tanh$\\\\候选 {gate}
o: $\\sigma$\\\\输出门 {gate}
h0, h1: $h_{t}$ {state}
cat: 拼接 {box}
xt: $x_t$ {in}
xt -> cat
h0 -> cat
cat -> f -> x1: $f_t$
cat -> i
cat -> g -> x2
i -> x2 [vh]: $i_t$
cat -> o -> x3: $o_t$
c0 -> x1 -> add -> c1
x2 -> add
c1 -> th [vh]
th -> x3 [hv]
x3 -> h1
group "门": f i g o
note: 三个门都由同一个输入算出，取值在 0 与 1 之间。
"""
