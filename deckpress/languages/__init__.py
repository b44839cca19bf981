"""The language that most of a text is in, and how Unicode writes the same text.

`scripts` says what the letters of a script are, and `i18n` has the words of languages, each a file
in `locales`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from deckpress.languages.i18n import frequent_words
from deckpress.languages.scripts import Script, count_letters

_ACCENT = re.compile(r"[^\w\s\x00-\u02ff]")
"""What may be an accent: none is a letter."""
_MANY = 100
"""So many accents in a row that their order costs more than the text. (Unicode's Stream-Safe Text
Format, UAX #15, section 13, has 30 at most.)"""
_PILE = re.compile(rf"{_ACCENT.pattern}{{{_MANY},}}")
_SELDOM = 200
"""One letter in so many may be of a name in another language."""
_MUCH_ENGLISH: Mapping[str, int] = {"zh-CN": 10, "ja": 2, "ko": 2}
"""Words of Latin letters for each character, from which on a text is no longer of a language. Notes
in these are full of English terms; an English text has but a few names in them."""
_FAIR_SHARE = 5
"""Chinese characters for each kana, from which on a text is Chinese."""
_ENOUGH, _OFTEN, _CLEARLY = 10, 10, 3
"""So many frequent words, one in so many words, and so many times those of the next language."""
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_NO_PROSE = re.compile(
    r"`[^`\n]+`|\$\$[^$]+\$\$|\$[^$\n]+\$|\]\([^()\s]*|h(?<=\bh)ttps?://[^\s<>()]+|<[^<>]*>|&\w+;"
)
"""Code, formulas, addresses and HTML; each piece ends at the first sign that it cannot hold. Each
begins with a certain character, since Python skips what no piece begins with, in a quarter of the
time."""
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_WORD = re.compile("[A-Za-z]+")


def normalize(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """Return what `unicodedata.normalize` does.

    That puts the accents of a letter in order by moving each past all that belong behind it. Here
    those of a pile are in order before.
    """
    if _ACCENT.search(text[_MANY - 1 :: _MANY]):  # as one of so many in a row would be found
        text = _PILE.sub(lambda pile: _in_order(pile.group(0)), text)
    return unicodedata.normalize(form, text)


def _in_order(marks: str) -> str:
    """Return accents in Unicode's canonical order: sorted by their classes between others."""
    ordered: list[str] = []
    run: list[str] = []
    for mark in "".join(unicodedata.normalize("NFD", mark) for mark in marks):
        if not unicodedata.combining(mark):
            ordered += [*sorted(run, key=unicodedata.combining), mark]
            run = []
        else:
            run.append(mark)
    return "".join([*ordered, *sorted(run, key=unicodedata.combining)])


_BY_SCRIPT: Mapping[Script, str] = {
    Script.ARABIC: "ar",
    Script.ARMENIAN: "hy",
    Script.BENGALI: "bn",
    Script.CYRILLIC: "ru",
    Script.DEVANAGARI: "hi",
    Script.ETHIOPIC: "am",
    Script.GEORGIAN: "ka",
    Script.GREEK: "el",
    Script.GUJARATI: "gu",
    Script.GURMUKHI: "pa",
    Script.HEBREW: "he",
    Script.KANNADA: "kn",
    Script.KHMER: "km",
    Script.LAO: "lo",
    Script.MALAYALAM: "ml",
    Script.MYANMAR: "my",
    Script.SINHALA: "si",
    Script.TAMIL: "ta",
    Script.TELUGU: "te",
    Script.THAANA: "dv",
    Script.THAI: "th",
}


_OWN_LETTERS: Mapping[Script, Mapping[str, str]] = {
    Script.ARABIC: {"ur": "ٹڈڑےں", "fa": "پچژگ"},
    Script.CYRILLIC: {"be": "ў", "kk": "әғқңұ", "mk": "ѓќѕ", "sr": "ђћјљњџ", "uk": "іїєґ"},
}
"""Letters that a script's most written language lacks; a language stands above one that has fewer
of its own, as Urdu has those of Persian."""


def guess_language(text: str) -> str:
    """Return the BCP 47 tag of the language that a text's letters belong to.

    A few names in Chinese do not make an English text Chinese, and code, formulas, addresses and
    HTML are of no language. Without any letters it is English.
    """
    prose = _NO_PROSE.sub(" ", "\n".join(_without_fences(text.splitlines())))
    letters = count_letters(prose)
    characters = sum(letters[script] for script in (Script.HAN, Script.KANA, Script.HANGUL))
    script = max(_BY_SCRIPT, key=lambda script: letters[script])
    if letters[script] > max(letters[Script.LATIN], characters):
        return _of_script(script, letters[script], prose.lower())
    if characters:
        language = _of_characters(letters)
        most = _MUCH_ENGLISH[language] * characters
        if most >= letters[Script.LATIN] or most >= len(_LATIN_WORD.findall(prose)):
            return language
    return _of_latin(prose)


def _without_fences(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines outside fences, which hold code, formulas or pictures.

    Those of a fence that is never closed are among them, since it may have been a mistake.
    """
    fence = ""
    inside: list[str] = []
    for line in lines:
        marks = _FENCE.match(line)
        if fence and marks and marks[1].startswith(fence):
            fence = ""
        elif fence:
            inside.append(line)
        elif marks:
            fence, inside = marks[1], []
        else:
            yield line
    if fence:
        yield from inside


def _of_script(script: Script, letters: int, text: str) -> str:
    """Return the language of a text with so many letters of a script, by which of them it has."""
    for language, own in _OWN_LETTERS.get(script, {}).items():
        if _SELDOM * sum(map(text.count, own)) > letters:
            return language
    return _BY_SCRIPT[script]


def _of_characters(letters: Mapping[Script, int]) -> str:
    """Return the language of a text in Chinese characters, kana or Hangul."""
    han, kana, hangul = (letters[script] for script in (Script.HAN, Script.KANA, Script.HANGUL))
    if hangul > han + kana:
        return "ko"
    return "ja" if _FAIR_SHARE * kana >= han else "zh-CN"


def _of_latin(text: str) -> str:
    """Return the language of a text in Latin letters: English, unless another is beyond doubt."""
    words = Counter(_WORD.findall(text.lower()))
    counts = {
        language: sum(words[word] for word in frequent)
        for language, frequent in frequent_words().items()
    }
    best, second = sorted(counts, key=lambda language: counts[language], reverse=True)[:2]
    needed = max(_ENOUGH, words.total() / _OFTEN, _CLEARLY * counts[second])
    return best if counts[best] >= needed else "en"
