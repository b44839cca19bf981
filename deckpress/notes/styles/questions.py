"""Texts that ask, numbers that order questions, and labels such as `Answer:`, in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from deckpress.languages.i18n import question_words
from deckpress.languages.scripts import is_cjk
from deckpress.patterns import lazy_pattern

_QUESTION_MARK = lazy_pattern(r"[?？؟⸮;՞]\W*$|[?？؟]\s+\(|^\W*¿")
_NO = r"\W*+(?:(?:no|nr|n)\b)?\W*+"
"""What stands before a number, as in `Question No. 3` and `n° 3`."""
_ITEM_NUMBER = r"\W*+(?:\d+[.)、．:：]|q\d*[.:：)])\W*+"
_NUMBER_OF_ITEM = lazy_pattern(_ITEM_NUMBER)
_SECTION_NUMBER = lazy_pattern(r"\s*\d+\.\d")
_GROUP = re.compile(r"\(\?:([^()]*)\)(\??)")


def any_of(*kinds: str) -> str:
    """Return a regular expression for the words of all languages that are of some kinds.

    It looks at the first letter before: hardly a text begins with that of any word.
    """
    words = [word for kind in kinds for word in question_words(kind)]
    letters = "".join(sorted(set().union(*map(_first_letters, words))))
    return f"(?=[{letters}])(?:{_join(words)})"


def _first_letters(word: str) -> set[str]:
    """Return what a word begins with; `(?:the )?(?:right )?answer` with one of three letters."""
    group = _GROUP.match(word)
    if not group:
        return {word[0]}
    letters = {part[0] for part in group[1].split("|")}
    return letters | _first_letters(word[group.end() :]) if group[2] else letters


def _join(words: Iterable[str]) -> str:
    return "|".join(words).replace(" ", r"\s+")


_SHOW = rf"\W*+(?:(?:{any_of('show')})\s++)*+"
"""What stands before a label, as in `Click to show the answer`; it takes no step back."""
_SHOW_CJK = rf"(?:{_join(word for word in question_words('show') if is_cjk(word[0]))}|\s)*+"
"""The same where words are not divided."""
_BEFORE_NUMBER = any_of("question", "number_prefixes")
_BEHIND_NUMBER = any_of("number_suffixes")
_ONLY_ANSWER_WORDS, _EXPLANATION_WORDS = any_of("answer"), any_of("explanation")
_ANSWER_WORDS = any_of("answer", "explanation")
_BEGINNING = lazy_pattern(rf"(?:{_ITEM_NUMBER})?+\W*+(?:{any_of('beginnings')})(?!\w)")
_ENDING = lazy_pattern(_join(question_words("endings")))
_NUMBER = lazy_pattern(
    rf"\W*+(?:{_BEFORE_NUMBER})?{_NO}(\d++)\s*(?:[.)、．:：）\]-]|{_BEHIND_NUMBER}|$)(?!\d)"
)
_ONLY_NUMBER = lazy_pattern(
    rf"\W*+(?:{_BEFORE_NUMBER})\W*+{_NO}\d+\W*(?:{_BEHIND_NUMBER})?\W*|\W*\d{{1,3}}\W*"
)
_KEY_TITLE = lazy_pattern(
    rf"\W*+(?:\d+[.)]\s*)?(?:the\s+)?(?:{_ONLY_ANSWER_WORDS})(?:\s+(?:key|sheet|keys))?\W*"
)
_LABEL_NUMBER = lazy_pattern(
    rf"\W*+(?:{_ANSWER_WORDS}|{_BEFORE_NUMBER})?{_NO}(\d{{1,6}})(?!\d|\.\d)"
)
_ANSWER_LABEL = lazy_pattern(
    rf"{_SHOW}{_SHOW_CJK}(?:{_ANSWER_WORDS})(?:\s+(?:{any_of('answer_to')})\s+\S+)?"
    rf"\s*(?:{any_of('shown')}|\d+)?[^\w.。]*"
)
_ANSWER_WITH_TEXT = lazy_pattern(rf"\W*+(?:{_ONLY_ANSWER_WORDS})[^\w:：]*+[:：]\W*+\w")
_EXPLANATION = lazy_pattern(rf"{_SHOW}{_SHOW_CJK}(?:{_EXPLANATION_WORDS})(?!\w)")
_LABEL_START = lazy_pattern(rf"{_SHOW}{_SHOW_CJK}(?:{_ANSWER_WORDS})")
_ANSWER_TITLE = lazy_pattern(rf"\W*+(?:{_ANSWER_WORDS})\s*(?:\d+\s*)?(?:[:：]|$)")


def asks(text: str) -> bool:
    """Return whether a text is a question, by its mark or by the words that it begins with."""
    text = text.strip().lower()
    if _QUESTION_MARK.search(text) or _BEGINNING.match(text):
        return True
    number = _NUMBER_OF_ITEM.match(text)
    return _ENDING.search(text[number.end() :] if number else text) is not None


def is_numbered(text: str) -> bool:
    """Return whether a text begins with the number of a question, as in `3.`, `Q3:`, `第 3 题`."""
    return _NUMBER.match(text.lower()) is not None and not is_section_number(text)


def is_only_number(text: str) -> bool:
    """Return whether a text is nothing but the number of a question, as `Question 3`."""
    return _ONLY_NUMBER.fullmatch(text.lower()) is not None


def number_of(text: str) -> int | None:
    """Return the number that a text begins with, as in `3.`, `Question 3`, `Answer 3: …`."""
    label = _LABEL_NUMBER.match(text.lower())
    return int(label[1]) if label else None


def is_key_title(text: str) -> bool:
    """Return whether a heading is the title of the answers of all questions, as `Answer Key`."""
    return _KEY_TITLE.fullmatch(text.lower()) is not None


def is_section_number(text: str) -> bool:
    """Return whether a text begins with the number of a section in a chapter, as in `2.1`."""
    return _SECTION_NUMBER.match(text) is not None


def is_answer_label(text: str) -> bool:
    """Return whether a text is nothing but a label of an answer, as `Answer:` or `查看答案`."""
    return len(text) < 80 and _ANSWER_LABEL.fullmatch(text.lower()) is not None


def is_answer_title(text: str) -> bool:
    """Return whether a heading is the title of an answer, as `Answer` or `答案: C`."""
    return _ANSWER_TITLE.match(text.lower()) is not None


def is_answer_with_text(text: str) -> bool:
    """Return whether a text begins with a label of an answer, and goes on, as in `Answer: B`."""
    return _ANSWER_WITH_TEXT.match(text.lower()) is not None


def is_explanation(text: str) -> bool:
    """Return whether a label or title is that of an explanation, which may follow an answer."""
    return _EXPLANATION.match(text.lower()) is not None


def may_be_label(start: str) -> bool:
    """Return whether a text that begins so may be a label, or the title, of an answer."""
    return _LABEL_START.match(start.lower()) is not None
