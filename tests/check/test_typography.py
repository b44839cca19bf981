"""Typos in Chinese typography are told of at their place; what is right stays silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.check.prose import ADDRESS, CODE, FORMULA, is_chinese, may_have_typos, read_prose
from deckpress.check.typography import find_typos, usual_quotes
from deckpress.diagnostics import Fix, TextDiagnostic
from deckpress.notes.builder import parse_notes
from tests.support.commands import run, without_counts
from tests.support.projects import config, write

TYPOS = {
    # half-width marks
    "有几个门?": ['4: half-width "?": write "？"'],
    "如下:": ['2: half-width ":": write "："'],
    "输入,输出;门!": [
        '2: half-width ",": write "，"',
        '5: half-width ";": write "；"',
        '7: half-width "!": write "！"',
    ],
    "输入, 输出": ['2: half-width ", ": write "，"'],
    "输入 , 输出": ['2: half-width " , ": write "，"'],
    "什么?!": ['2: half-width "?!": write "？！"'],
    "说“对”,然后": ['4: half-width ",": write "，"'],
    "（见下）:": ['4: half-width ":": write "："'],
    f"其中 {FORMULA}, 是输入": ['4: half-width ", ": write "，"'],
    f"用 {CODE}:打印": ['3: half-width ":": write "："'],
    f"输入, {FORMULA} 是": ['2: half-width ",": write "，"'],
    "用 BERT,它是": ['6: half-width ",": write "，"'],
    "设 15%,则为": ['5: half-width ",": write "，"'],
    "用 BERT, 再微调": ['6: half-width ", ": write "，"'],
    "Python 3.11: 新特性": ['11: half-width ": ": write "："'],
    "用 C++;用 C#": ['5: half-width ";": write "；"'],
    f"先看 {FORMULA},\n再看乙": ['4: half-width ",": write "，"'],
    "什么是 BERT?": ['8: half-width "?": write "？"'],
    f"如何理解 {FORMULA}?\n它是什么": ['6: half-width "?": write "？"'],
    "用法如 Python:": ['10: half-width ":": write "："'],
    "结束.": ['2: half-width ".": write "。"'],
    "结束. 开始": ['2: half-width ". ": write "。"'],
    "（结束.）": ['3: half-width ".": write "。"'],
    # parentheses
    "卷积(convolution)层": ["2: half-width (convolution): write （convolution）"],
    "卷积 (CNN)": ["3: half-width (CNN): write （CNN）"],
    "LSTM(长短期记忆)": ["4: half-width (长短期记忆): write （长短期记忆）"],
    "（混合)括号": ["0: unlike parentheses （混合): write （混合）"],
    f"中文({FORMULA} 与 {FORMULA})": ["2: half-width (… 与 …): write （… 与 …）"],
    "在步骤(1)中": ["3: half-width (1): write （1）"],
    "很长(一二三四五六七八九十一二三四五六七)": [
        "2: half-width (一二三四五六七八九十一二三四五…): write （一二三四五六七八九十一二三四五…）"
    ],
    # spaces
    "中文English": ["1: put a blank between 文 and English"],
    "English中文": ["7: put a blank between English and 中"],
    "有3个": ["0: put a blank between 有 and 3", "2: put a blank between 3 and 个"],
    "占15.5%。": ["0: put a blank between 占 and 15.5%"],
    "占 15%的": ["5: put a blank between 15% and 的"],
    "第 n-gram个": ["8: put a blank between n-gram and 个"],
    f"用{CODE}吧": [
        "0: put a blank between 用 and the code",
        "2: put a blank between the code and 吧",
    ],
    f"设{FORMULA}。": ["0: put a blank between 设 and the formula"],
    f"{ADDRESS}上有": ["1: put a blank between the address and 上"],
    "中文， 中文": ["3: blank between ， and 中: remove it"],
    "中文 ，中文": ["2: blank between 文 and ，: remove it"],
    f"中文：  {CODE}": ["3: blank between ： and the code: remove it"],
    "BERT （双向）": ["4: blank between T and （: remove it"],
    "他说 “你好” 了": [
        "2: blank between 说 and “: remove it",
        "7: blank between ” and 了: remove it",
    ],
    "中 文": ["1: blank between 中 and 文: remove it"],
    "中  文": ["1: blank between 中 and 文: remove it"],
    "说“好”  了": ["4: blank between ” and 了: remove it"],
    "中　文": ["1: blank between 中 and 文: remove it"],
    # dots, dashes
    "等等...": ['2: "...": write "……"'],
    "等等....": ['2: "....": write "……"'],
    "...等等": ['0: "...": write "……"'],
    "等等…": ['2: "…": write "……"'],
    "等等。。。": ['2: "。。。": write "……"'],
    "甲 - 乙": ['1: dash " - ": write "——"'],
    "甲--乙": ['1: dash "--": write "——"'],
    "甲 -- 乙": ['1: dash " -- ": write "——"'],
    # quotes
    '他说"你好"。': ['2: straight quotes "你好": write “你好”'],
    "他说'你好'。": ["2: straight quotes '你好': write “你好”"],
    "他说「你好」。": ["2: quotes: this deck mostly uses “ ”: write “你好”"],
    # letters and doubled marks
    "共１２个": ["1: full-width １２: write 12"],
    "用 ＡＢ 测": ["2: full-width ＡＢ: write AB"],
    "２５": ["0: full-width ２５: write 25"],
    "重复，，了": ['2: doubled "，，": write "，"'],
    "重复。。": ['2: doubled "。。": write "。"'],
}
"""By the text: each message behind its place, as they come in the text."""

SILENT = [
    "有 3 个门：输入门、遗忘门，以及输出门。",
    f"其中 {FORMULA} 是输入， {FORMULA} 是输出；用 {CODE} 打印。",
    "Gers et al., Neural Computation, 2000.",
    "周志华, 机器学习, 清华大学出版社, 2016.",
    "周志华. 机器学习[M]. 北京: 清华大学出版社, 2016.",
    "Goodfellow, Bengio & Courville, “Deep Learning”, MIT Press, 2016, 第 9 章。",
    "The word 模型, in English: a model (模型).",
    "函数 f(x) 与 f(x, y) 的值，比例为 3:1，时间是 10:30。",
    "文件 a.txt 与 v1.2.3，即 e.g. 这样，见 U.S.A. 的做法。",
    "很好 :) 真的 :-( 哈哈 ;-) 嗯 (^_^) 好的 (╯°□°)",
    "好:)",
    "一. 循环网络",
    "(1) 循环网络，(2) 卷积网络",
    "导数在 (0, 0.25] 与 (0, 1] 之间，（最大）为 1",
    "a) 循环 b) 卷积",
    "第一章 循环神经网络",
    "第 3 节 注意力",
    "编码器-解码器与词–上下文对，查询-键-值",
    "省略……与破折——号",
    "“引号里有‘引号’和『引号』”，“Siamese”网络",
    "真的！！怎么会？？",
    "换行\n中文，\nEnglish\n中文",
    f"公式 {FORMULA}{FORMULA} 与 {CODE}{CODE}",
    "牌组::子牌组，a!=b，x:=1",
    '12"屏幕和 15" 的屏幕',
    "it's 中文 and don't 用",
    "👍好的🎉，见 ①②③ 与 x² 和 α 值",
    "温度 25℃，占 15%，共 $5",
    "空",
    "",
    "1, 2, ..., n 之和，即 x1, …, xn 的和",
    "一个 C++ 程序员，C# 与 .NET",
    "中文·间隔号，A/B 测试，TCP/IP 协议",
    "结果：A、B、C",
    "他问 “Who are you?”",
    "1, 2, 3",
    "图 1 结构，表 2 参数",
]


def fix_of(typo: TextDiagnostic) -> Fix:
    """Return what mends a typo; each has that."""
    assert typo.fix
    return typo.fix


def typos_in(text: str) -> list[str]:
    """Return the messages for a text, each behind its place, as they come in the text."""
    typos = find_typos(text, "“”") if may_have_typos(text) and is_chinese(text) else ()
    in_order = sorted(typos, key=lambda typo: fix_of(typo).start)
    return [f"{typo.offset}: {typo.message}" for typo in in_order]


@pytest.mark.parametrize("text", TYPOS)
def test_a_slip_is_told_of(text: str) -> None:
    """Each typo has its place, and what to write."""
    assert typos_in(text) == TYPOS[text]


@pytest.mark.parametrize("text", SILENT)
def test_what_is_right_stays_silent(text: str) -> None:
    """English, bibliographies, functions, ratios, times and faces are not told of."""
    assert typos_in(text) == []


PIECES = [
    *"中文|数据|一|A|BERT|f(x)|3|15%|,|, |:|;|!|?|.|. |...|，|。|：|（|）|(|)|“|”|「|」|…|……".split(
        "|"
    ),
    *"\"|'| |  |\u3000| - |--|——|、|１|Ａ|:)|\n|[J]|, 2016.".split("|"),
    *[CODE, FORMULA, ADDRESS],
]
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def mend(text: str, quotes: str) -> str:
    """Return a text corrected as its typos say, the outermost of those that overlap."""
    end = len(text)
    fixes = map(fix_of, find_typos(text, quotes))
    for fix in sorted(fixes, key=lambda fix: (-fix.end, fix.start)):
        if fix.end <= end:
            text = text[: fix.start] + fix.text + text[fix.end :]
            end = fix.start
    return text


@settings(max_examples=250)
@given(texts, st.sampled_from(["“”", "「」"]))
def test_whoever_does_as_told_is_done(text: str, quotes: str) -> None:
    """A text corrected as the hints say, and as the hints on that say, has none any more."""
    for _ in range(len(text) + 1):
        text = mend(text, quotes)
    assert [*find_typos(text, quotes)] == []


@settings(max_examples=250)
@given(texts)
def test_the_quick_look_misses_nothing(text: str) -> None:
    """What is spared the rules has no typo by any of them."""
    assert may_have_typos(text) or [*find_typos(text, "“”")] == []


MARKUP = [
    *'中|文,|(a)|A|3| |“|”|「|」|"|...|，|，，|１|&amp;|&lt;|\\*|\\,|**|*|_|~~|`a`|`'.split("|"),
    *"{{c1::|::|}}|[a](b)|[|](c)|[^1]|https://a.b|<b>|<code>|</code>|<br>|==|$x$|$".split("|"),
    *"\n|\n\n|\n> |\n- |\r\n|\n\n[^1]: 中,文\n".split("|"),
    "\n\n| 中文A | 中文A |\n|---|---|\n| 中文,a \\| 中 | 中文,a |\n\n",
]


@settings(max_examples=250)
@given(st.lists(st.sampled_from(MARKUP), max_size=25).map("".join), st.booleans())
def test_a_hint_points_at_its_character(text: str, has_front_matter: bool) -> None:
    """Through any markup, a hint leads to a character of the file that it speaks of."""
    text = "1. 问题\n\n   答案" + text.replace("\n", "\n   ")
    text = f"---\ntags: a\n---\n{text}" if has_front_matter else text
    lines = text.replace("\r\n", "\n").split("\n")
    notes, *_ = parse_notes(text, "f.md")
    for prose in read_prose(notes):
        for typo in find_typos(prose.text, "“”"):
            where = prose.location(typo.offset)
            written = lines[where.line - 1][where.column - 1 :]
            assert written.startswith((prose.text[typo.offset], "&"))


def test_the_quotes_of_a_deck_are_those_it_mostly_has() -> None:
    """Quotes within quotes do not count, and English ones neither."""
    assert usual_quotes([]) == "“”"
    assert usual_quotes(["「一」", "“二”"]) == "“”"
    assert usual_quotes(["「一」和「二」", "“三”"]) == "「」"
    assert usual_quotes(["「一“二”、“三”」"]) == "「」"
    assert usual_quotes(["「一」", "the “loss” of a “net”"]) == "「」"


@pytest.mark.parametrize(
    ("language", "is_reported"),
    [("zh-CN", True), ("ZH-Hant-TW", True), ("ja", False), ("en", False)],
)
def test_only_a_deck_in_chinese_is_looked_at(
    language: str, is_reported: bool, project: Path
) -> None:
    """What is right in Chinese may be wrong elsewhere; the deck says what it is written in."""
    write(project, {"source/deck.toml": config(language=f'"{language}"')})
    write(project, {"source/notes.md": "1. 什么?\n\n   没有。\n"})
    done = run("check")
    message = 'source/notes.md:1:6: hint: half-width "?": write "？"\n'
    assert (done.exit_code, without_counts(done.stderr)) == (0, message if is_reported else "")
