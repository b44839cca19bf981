"""What a text is written in, told by its letters, and which languages run from right to left."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckpress.anki import NoteType
from deckpress.languages import guess_language
from deckpress.languages.scripts import Script, count_letters, is_right_to_left, script_of
from deckpress.note_types import note_type
from deckpress.notes import Kind
from deckpress.project import Deck
from deckpress.project.opening import open_standalone
from tests.support.cases import CASES
from tests.support.projects import ROOT

ENGLISH = "They are three heroes, of whom the tale tells much. "
ARABIC = "ما هو المنبع؟ المكان الذي يبدأ منه النهر. "

LANGUAGES: dict[str, tuple[str, str]] = {
    "Chinese": ("什么是 GPT？", "zh-CN"),
    "Chinese with code": ("用 `torch.nn.functional.softmax` 算权重", "zh-CN"),
    "Chinese full of English terms": (
        "Transformer 用 multi-head self-attention 和 feed-forward network, layer norm",
        "zh-CN",
    ),
    "a Chinese word among few": ("das Haus 房子", "zh-CN"),
    "Chinese names in English": (f"张飞, 关羽: {ENGLISH * 6}", "en"),
    "Japanese names in Chinese": (
        "任天堂（にんてんどう）" + "是日本的游戏公司，在京都成立。" * 5,
        "zh-CN",
    ),
    "English": ("What is GPT?", "en"),
    "nothing": ("", "en"),
    "figures and signs": ("1. 2 + 2 = 4 → ★", "en"),
    "Japanese": ("ソフトマックス関数", "ja"),
    "Japanese full of Chinese characters": ("機械学習で過学習を防ぐ方法は正則化である", "ja"),
    "Japanese full of English terms": ("Transformer の self-attention とは何ですか", "ja"),
    "Korean": ("소프트맥스 함수", "ko"),
    "Korean full of English terms": ("Transformer는 self-attention을 사용한다", "ko"),
    "a Korean name in English": (f"[한국어](README-ko.md) {ENGLISH}", "en"),
    "a kana in English": (f"の is a particle. {ENGLISH}", "en"),
    "Arabic": (ARABIC, "ar"),
    "Arabic with terms": (f"{ARABIC} (source, river)", "ar"),
    "Arabic words in English": (f"{ENGLISH * 3} ما هو", "en"),
    "a Persian name in Arabic": (f"{ARABIC * 10} گیلان", "ar"),
    "Persian": ("سرچشمه چیست؟ جایی که رودخانه از آن آغاز می‌شود. پایتخت ایران کجاست؟", "fa"),
    "Urdu": ("دریا کہاں سے شروع ہوتا ہے؟ یہ پہاڑوں سے نکلتا ہے۔", "ur"),
    "Hebrew": ("מהו המקור? המקום שבו מתחיל הנהר.", "he"),
    "Russian": ("Что такое исток? Место, где начинается река (source).", "ru"),
    "Ukrainian": ("Що таке джерело? Місце, де починається річка.", "uk"),
    "a Ukrainian name in Russian": ("Что такое исток? " * 20 + "Київ", "ru"),
    "Belarusian": ("Што такое выток? Месца, дзе пачынаецца рака. Ён быў доўгі.", "be"),
    "Serbian": ("Шта је извор? Место где почиње река, које је њен почетак.", "sr"),
    "Kazakh": ("Өзеннің бастауы деген не? Өзен қайдан басталады?", "kk"),
    "Greek": ("Τι είναι η πηγή; Ο τόπος όπου αρχίζει το ποτάμι.", "el"),
    "Thai": ("ต้นน้ำคืออะไร สถานที่ที่แม่น้ำเริ่มต้น", "th"),
    "Hindi": ("स्रोत क्या है? वह स्थान जहाँ नदी शुरू होती है।", "hi"),
    "Tamil": ("ஊற்று என்றால் என்ன?", "ta"),
    "Georgian": ("რა არის წყარო?", "ka"),
    "German": (
        "Was ist der Ursprung? Das ist der Ort, von dem der Fluss kommt, und er wird mit "
        "der Zeit breiter. Das Wasser ist nicht für den Ort.",
        "de",
    ),
    "French": (
        "Quelle est la source? Le lieu dans lequel le fleuve est une petite rivière, et "
        "les eaux ne sont pas du tout dans le lit avec des pierres.",
        "fr",
    ),
    "Spanish": (
        "¿Qué es el origen del río? El lugar con las aguas y los peces más pequeños del "
        "valle, y una fuente que está en el monte.",
        "es",
    ),
    "Portuguese": (
        "Qual é a origem do rio? Não é um lugar com uma fonte, são os lugares das águas "
        "em que também há um vale, e um monte com uma fonte.",
        "pt",
    ),
    "a title in French": ("Les Misérables et la vie des autres", "en"),
    "Dutch": ("Wat is de bron van de rivier? Dat is de plaats waar die begint. " * 4, "en"),
    "German words in English": (f"der, die, das, und, ist, nicht: {ENGLISH * 8}", "en"),
}


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_text_is_in_the_language_of_most_of_its_letters(name: str) -> None:
    """Names and terms of another language, few as they are, make no text one in that."""
    text, language = LANGUAGES[name]
    assert guess_language(text) == language


@pytest.mark.parametrize(
    ("case", "language"), [("text/korean-name", "en"), ("text/arabic", "ar"), ("money", "en")]
)
def test_a_lone_file_is_in_its_own_language(case: str, language: str) -> None:
    """A deck without settings is labelled by what its notes are written in."""
    assert open_standalone(CASES / f"{case}.md")[0].deck.language == language


CODE = st.sampled_from(
    [
        "\n```python\nfor each in things:\n    print(each)\n```\n",
        "\n> ~~~\n> English words in a fence that is long\n> ~~~\n",
        "`an inline name of many words`",
        "$\\text{words in a formula}$",
        "$$\n\\operatorname{words} = \\text{more words}\n$$",
        "[](https://example.com/a/long/address/of/many/words)",
        "https://example.com/a/long/address/of/many/words",
        '<div class="many words" title="and more words">',
        "&nbsp;&middot;",
        "<!-- id=words-of-an-author tags=many -->",
    ]
)


@given(st.sampled_from(sorted(LANGUAGES)), st.lists(CODE, min_size=1, max_size=12))
@settings(max_examples=100)
def test_code_and_markup_are_of_no_language(name: str, code: list[str]) -> None:
    """However much code, formulas, addresses and HTML a text has, it is in its language."""
    text, _ = LANGUAGES[name]
    mixed = "".join(f"{text}\n{piece}\n" for piece in code)
    assert guess_language(mixed) == guess_language(f"{text}\n" * len(code))


def test_a_fence_that_is_never_closed_hides_no_language() -> None:
    """A mistake in the first lines leaves a deck in its language."""
    assert guess_language(f"```\n{ARABIC}") == "ar"


def test_the_beginning_of_a_long_deck_tells_its_language(tmp_path: Path) -> None:
    """A deck as long as a novel is not read to its end for that."""
    (tmp_path / "1.md").write_text(
        "1. 什么是门？\n\n   控制信息流动的结构。\n" * 20_000, encoding="utf-8"
    )
    (tmp_path / "2.md").write_text("1. What is a gate?\n\n   It lets pass.\n" * 40_000)
    assert open_standalone(tmp_path).project.deck.language == "zh-CN"


def test_scripts_are_told_by_unicode() -> None:
    """Letters in full and half width are of their scripts; marks, figures and emoji are of none."""
    letters = {"A": Script.LATIN, "Ａ": Script.LATIN, "ｱ": Script.KANA, "ー": Script.KANA}
    letters |= {"中": Script.HAN, "𠀀": Script.HAN, "豈": Script.HAN, "가": Script.HANGUL}
    letters |= {"ﷺ": Script.ARABIC, "א": Script.HEBREW, "ѣ": Script.CYRILLIC}
    assert {letter: script_of(letter) for letter in letters} == letters
    assert count_letters("1٣、。😀*é\u0301ก่") == {Script.LATIN: 1, Script.THAI: 1}


@given(st.text(st.characters() | st.sampled_from("aZ 中かᄀéЖ"), max_size=60))
def test_letters_are_counted_one_by_one(text: str) -> None:
    """Each letter of a text counts for its script, and nothing else does."""
    scripts = Counter(script_of(char) for char in text if char.isalpha())
    del scripts[None]
    assert count_letters(text) == scripts


RIGHT_TO_LEFT = "ar ar-EG AR he he-IL iw fa fa-AF ur yi ps ckb dv ug-Arab az-Arab pa-Arab-PK ar-x-a"
LEFT_TO_RIGHT = "en zh-CN ja ko ru ar-Latn he-Latn az az-Latn tr el hi mt ku bar"


def test_languages_run_one_way_or_the_other() -> None:
    """The script that a tag names counts; otherwise that of the language."""
    assert all(map(is_right_to_left, RIGHT_TO_LEFT.split()))
    assert not any(map(is_right_to_left, LEFT_TO_RIGHT.split()))


def types(language: str) -> list[NoteType]:
    """Return all note types of a deck in a language."""
    deck = Deck("demo", "Demo", "1.0.0", language, "A deck.")
    return [note_type(kind, deck) for kind in Kind]


def sides(language: str) -> list[str]:
    """Return what all cards of a deck in a language show on their sides."""
    templates = [template for type_ in types(language) for template in type_.templates]
    return [side for template in templates for side in (template.front, template.back)]


@pytest.mark.parametrize(
    ("language", "direction"), [("fa-IR", "rtl"), ("az-Arab", "rtl"), ("en", "ltr")]
)
def test_each_side_says_which_way_its_language_runs(language: str, direction: str) -> None:
    """Each side says so beside its language, since Anki's own page may run the other way."""
    for side in sides(language):
        assert f'lang="{language}" dir="{direction}">' in side


FONTS = {
    "ja": '"Hiragino Sans"',
    "ja-JP": '"Hiragino Sans"',
    "ko": '"Apple SD Gothic Neo"',
    "zh-TW": '"PingFang TC"',
    "zh-Hant-HK": '"PingFang TC"',
    "zh-HK": '"PingFang TC"',
    "zh-CN": '"PingFang SC"',
    "zh": '"PingFang SC"',
    "en": '"PingFang SC"',
}


@pytest.mark.parametrize("language", FONTS)
def test_a_deck_has_fonts_of_its_language_first(language: str) -> None:
    """Of the fonts with Chinese characters, those with the forms of a language's own come first."""
    for type_ in types(language):
        assert f"Roboto, {FONTS[language]}, " in type_.css
        assert type_.css.count('"PingFang SC"') == 1


def test_cards_of_other_languages_have_one_style() -> None:
    """The style sheet has no sides, only beginnings and ends, so there is one."""
    others = {*LEFT_TO_RIGHT.split(), *RIGHT_TO_LEFT.split()} - FONTS.keys()
    languages = sorted(others | {"en", "zh-CN"})
    css = (ROOT / "deckpress/note_types/card.css").read_text(encoding="utf-8")
    for type_ in (type_ for language in languages for type_ in types(language)):
        assert type_.css.startswith(css)
        assert type_.css == css or type_.stock_kind or type_.is_cloze
