"""Made-up decks of any size, the same each time, in our Markdown and in other tools'.

Notes are like a real deck's, in Chinese and English: each has bold words, and most have inline
code; every second one has a formula in a line, every third one on lines of its own, every fifth one
a list, every tenth one a Python fence, every fiftieth one a PNG.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

PER_FILE = 200
"""Notes of a file."""
SIDE = 100
"""Of a picture, in pixels."""


class Syntax(NamedTuple):
    """How a tool's notes are written."""

    note: str
    """With places for the question and the answer."""
    inline: str
    display: str
    deck: str = ""
    """What begins the file of a subdeck, with a place for its name."""


HEADINGS = Syntax("## {}\n\n{}\n\n", "${}$", "$$\n{}\n$$", "---\ndeck: {}\n---\n\n")
SYNTAXES = {"ankdown": Syntax("{}\n\n%\n\n{}\n\n---\n\n", r"\({}\)", "\\[\n{}\n\\]")}
"""Of tools that do not read ours."""

SUBJECTS = (
    *(
        ("卷积层", "convolutional layer"),
        ("注意力机制", "attention"),
        ("反向传播", "backpropagation"),
    ),
    *(("优先队列", "priority queue"), ("跳表", "skip list"), ("布隆过滤器", "Bloom filter")),
    *(("拓扑排序", "topological sort"), ("最短路径", "shortest path"), ("并查集", "union-find")),
    *(("日志结构存储", "log-structured storage"), ("快照隔离", "snapshot isolation")),
    *(
        ("条件变量", "condition variable"),
        ("流量控制", "flow control"),
        ("证书链", "chain of trust"),
    ),
    *(("协方差矩阵", "covariance matrix"), ("中心极限定理", "central limit theorem")),
)
QUESTIONS = (
    *("{chinese}解决什么问题？", "怎样实现{chinese}（{english}）？", "何时应该使用{chinese}？"),
    *("What does a typical {english} consist of?", "{chinese}与其他方法相比有什么优点？"),
)
OPENINGS = (
    "**{chinese}**（{english}）把输入分成许多小块，分别处理，最后再把结果合并起来。",
    "A good **{english}** does little work in the common case，极少数情况下才需要重算全部内容。",
    "理解**{chinese}**的关键在于它的不变量：每次调用 `step()` 之后，所有条件仍然成立。",
    "With **{english}** the order of events matters，所以实现时必须仔细考虑并发与失败。",
)
DETAILS = (
    "如果数据已经有序，可以跳过 `prepare()`，从而把总时间减少一半。",
    "Measure before you optimise: the slow part is rarely where one expects it，常常与缓存有关。",
    "常见的误解是认为它总是更快；实际上小规模的输入反而适合用 `naive()`。",
    "Note the three costs involved: time, memory, and the number of messages，三者不能同时最小。",
)
REMARKS = (
    *("详细的推导见第 {number} 节。", "Compare this with *{other}*, which trades speed for space."),
    "它与 {other} 经常一起出现在考试中。",
)
INLINE = (
    *(r"\Theta(n^{%d})", r"x_{%d} \in \mathbb{R}^d", r"\lVert w \rVert_2 \le %d", r"\sigma^2 > 0"),
    *(r"\frac{1}{%d} \sum_i x_i", r"p(y \mid x_{%d})"),
)
ABOUT_INLINE = (
    "这里 {} 是问题的规模。",
    "The bound is {} in the worst case.",
    "通常假设 {} 成立。",
)
DISPLAYED = (
    "\\begin{aligned}\nm_t &= \\beta m_{t-1} + (1 - \\beta) g_t \\\\\n"
    "w_{t+1} &= w_t - \\frac{\\eta}{%d} m_t\n\\end{aligned}",
    "f_{%d}(x) = \\begin{cases}\nx^2 & x \\ge 0 \\\\\n-x & \\text{otherwise}\n\\end{cases}",
    "\\hat{y} = \\frac{e^{z_{%d}}}\n{\\sum_{j=1}^{n} e^{z_j}}",
)
ITEMS = (
    *(
        "**时间**：每个元素只访问一次",
        "不需要额外的内存，除了 `stack` 之外",
        "Easy to test in isolation",
    ),
    *(
        "空输入与单个元素要单独考虑",
        "Fast on *sorted* input, slow otherwise",
        "先保证正确，再考虑速度",
    ),
)
CODE = (
    "def count_{0}(values, limit=10):\n    seen = {{}}\n    for value in values:\n"
    "        if value < limit:  # 忽略太大的值\n            seen[value] = seen.get(value, 0) + 1\n"
    '    return max(seen, key=seen.get, default="none")',
    "class Counter{0}:\n    def __init__(self, start=0):\n        self.value = start\n\n"
    '    def step(self, by=1):\n        """前进一步。"""\n        self.value += by\n'
    '        print(f"now {{self.value}}")',
)


@dataclass(frozen=True)
class Corpus:
    """So many notes in files of a folder."""

    notes: int
    syntax: Syntax = HEADINGS
    per_file: int = PER_FILE
    has_subdecks: bool = False
    """Whether each file is a subdeck, as only ours can be."""

    def write(self, folder: Path, edition: int = 0) -> None:
        """Write all files, but for those that are there as they should be.

        In another edition, 1 % of the notes are others: they lie in a tenth of the files.
        """
        write_pictures(folder, self.notes)
        for index, text in enumerate(self._texts(edition)):
            _write_other(folder / f"notes{index:05}.md", text.encode())

    def _texts(self, edition: int) -> Iterator[str]:
        starts = range(0, self.notes, self.per_file)
        edited = max(1, self.notes // 100 // len(starts[::10]))
        for index, start in enumerate(starts):
            numbers = range(start, min(start + self.per_file, self.notes))
            others = numbers[:edited] if index % 10 == 0 else ()
            head = self.syntax.deck.format(f"Part {index:05}") if self.has_subdecks else ""
            notes = (
                make_note(number, self.syntax, edition if number in others else 0)
                for number in numbers
            )
            yield head + "".join(notes)


HELD = Corpus(2_000, per_file=100)
"""What is edited while it is held in memory."""


def make_note(number: int, syntax: Syntax = HEADINGS, edition: int = 0) -> str:
    """Return a note; what it holds hangs on its number, and its answer on the edition as well."""
    chance = random.Random(number)
    chinese, english = chance.choice(SUBJECTS)
    words = {"chinese": chinese, "english": english, "other": chance.choice(SUBJECTS)[1]}

    def choose(texts: Sequence[str]) -> str:
        return chance.choice(texts).format(**words, number=number)

    question = f"[{number}] {choose(QUESTIONS)}"
    sentences = [choose(OPENINGS), choose(DETAILS), *([choose(REMARKS)] if number % 2 else [])]
    if number % 2 == 0:
        formula = syntax.inline.format(_choose_formula(INLINE, chance))
        sentences.append(chance.choice(ABOUT_INLINE).format(formula))
    if edition:
        sentences.append(f"这是第 {edition} 版。")
    blocks = ["".join(sentences), *_blocks(number, syntax, chance)]
    return syntax.note.format(question, "\n\n".join(blocks))


def _blocks(number: int, syntax: Syntax, chance: random.Random) -> Iterator[str]:
    """Yield what stands below the first paragraph of a note's answer."""
    if number % 3 == 0:
        yield syntax.display.format(_choose_formula(DISPLAYED, chance))
    if number % 5 == 0:
        yield "\n".join(f"- {item}" for item in chance.sample(ITEMS, 3))
    if number % 10 == 0:
        yield f"```python\n{chance.choice(CODE).format(number)}\n```"
    if number % 50 == 0:
        yield f"![示意图]({_picture_name(number)})"


def _choose_formula(formulas: Sequence[str], chance: random.Random) -> str:
    """Return a formula with a small number in it, so that some notes have the same one."""
    formula = chance.choice(formulas)
    return formula % chance.randint(2, 97) if "%d" in formula else formula


def _picture_name(number: int) -> str:
    return f"img/{number:06}.png"


def write_pictures(folder: Path, notes: int) -> None:
    """Write the pictures of so many notes, as `Corpus.write` writes files."""
    (folder / "img").mkdir(parents=True, exist_ok=True)
    for number in range(0, notes, 50):
        _write_other(folder / _picture_name(number), make_picture(number))


def make_picture(number: int) -> bytes:
    """Return a PNG of noise, of some 10 kB."""
    noise = random.Random(number).randbytes(SIDE * SIDE)
    rows = (b"\0" + noise[start : start + SIDE] for start in range(0, len(noise), SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _write_other(path: Path, data: bytes) -> None:
    """Write a file, unless it has these bytes: a tool may look at when it was written."""
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)
