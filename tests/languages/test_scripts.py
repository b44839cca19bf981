"""Which characters are Chinese, Japanese or Korean, and where a line's end is no space."""

from __future__ import annotations

import re
import unicodedata

import pytest

from deckpress.languages.scripts import (
    CJK_LETTERS,
    CJK_MARKS,
    HAN,
    HANGUL,
    KANA,
    is_cjk,
    joins_without_space,
)

LETTERS = (
    "中㐀𠀀豈々〇〻ぁんァンㄅㇰ가힣ᄀꥠꀀ㊗㈱㋐⼀⺀、。「」『』【"
    "】（）！？，．：；～＋＝Ａｚ０￥〜　"
)
OTHERS = "aéß1!?.,*“”‘’…—·αЖאع→★☆♥✓①Ⅳ°×÷🇩\u200d\ufe0f\u20e3\U000e0067"
EMOJI = (
    "🐱🐶🎉🀄🃏🆎🆗🈁🈚🉐🌀🍎🎓🏴🏻👍💯🔥🕐🗿😀🙏🚀🛑🟢🤔🥇🦄🧠🩰🪐🫠⌚⏩"
    "⏰⏳◽☔♈♿⚓⚡⚪⚽⛄⛎⛔⛪⛵⛽✅✊✨❌❓❗➕➰⬛⭐⭕"
)


@pytest.mark.parametrize("char", LETTERS)
def test_letters_and_full_width_marks_are_cjk(char: str) -> None:
    """Chinese, Japanese and Korean are known by all their blocks, the rare ones too."""
    assert is_cjk(char)


@pytest.mark.parametrize("char", OTHERS + EMOJI)
def test_emoji_and_symbols_are_not_cjk(char: str) -> None:
    """An emoji is as wide as a Chinese letter, and is none."""
    assert not is_cjk(char)


def test_no_character_of_the_symbol_blocks_is_cjk() -> None:
    """What Unicode adds to its blocks of emoji is no letter either."""
    symbols = [*range(0x2000, 0x2E80), *range(0x4DC0, 0x4E00), *range(0x1F000, 0x20000)]
    assert [hex(code) for code in symbols if is_cjk(chr(code))] == []


def test_all_that_unicode_names_a_letter_of_cjk_is_cjk() -> None:
    """No ideograph, kana or syllable of Hangul is forgotten."""
    names = ("CJK UNIFIED", "HIRAGANA LETTER", "KATAKANA LETTER", "HANGUL SYLLABLE", "FULLWIDTH")
    letters = (
        char for char in map(chr, range(0x110000)) if unicodedata.name(char, "").startswith(names)
    )
    assert [char for char in letters if not is_cjk(char)] == []


@pytest.mark.parametrize(
    ("letters", "names"),
    [
        (HAN, ("CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "CJK RADICAL", "KANGXI RADICAL")),
        (KANA, ("HIRAGANA LETTER", "KATAKANA LETTER", "HALFWIDTH KATAKANA LETTER")),
        (HANGUL, ("HANGUL SYLLABLE", "HANGUL LETTER", "HANGUL CHOSEONG")),
        (CJK_LETTERS, ("BOPOMOFO LETTER",)),
    ],
    ids=["HAN", "KANA", "HANGUL", "CJK_LETTERS"],
)
def test_ranges_have_all_letters_of_their_scripts(letters: str, names: tuple[str, ...]) -> None:
    """A rare character is as Chinese as a frequent one, wherever it is asked for."""
    chars = map(chr, range(0x30000))
    named = [char for char in chars if unicodedata.name(char, "").startswith(names)]
    assert len(named) > 30
    assert [char for char in named if not re.match(f"[{letters}]", char)] == []


def test_no_range_has_an_emoji() -> None:
    """An emoji in a text makes it neither Chinese nor Japanese."""
    assert re.findall(f"[{CJK_LETTERS}{CJK_MARKS}]", EMOJI + OTHERS) == []


@pytest.mark.parametrize(
    ("before", "after", "joins"),
    [
        ("中", "文", True),
        ("中", "a", False),
        ("가", "나", False),
        ("中", "“", True),
        ("…", "文", True),
        ("“", "“", False),
        ("🐱", "🐶", False),
        ("🚀", "✅", False),
        ("🐱", "a", False),
        ("\ufe0f", "🐶", False),
        ("中", "🐱", True),
        ("🐱", "文", True),
        ("🐱", "가", False),
        ("…", "🐱", False),
    ],
)
def test_lines_of_chinese_are_joined_and_others_are_not(
    before: str, after: str, joins: bool
) -> None:
    """Emoji and shared marks follow the letter on their other side."""
    assert joins_without_space(before, after) is joins
