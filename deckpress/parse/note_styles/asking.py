"""Texts that ask, numbers that order questions, and labels such as `Answer:`, in many languages."""

from __future__ import annotations

import re

from deckpress.parse.note_styles.words import any_of

QUESTION_WORDS = any_of("question")
_ONLY_ANSWER_WORDS, _EXPLANATION_WORDS = any_of("answer"), any_of("explanation")
ANSWER_WORDS = f"{_ONLY_ANSWER_WORDS}|{_EXPLANATION_WORDS}"

_QUESTION_MARK = re.compile(r"[?？؟⸮;՞]\W*$|[?？؟]\s+\(|^\W*¿")
_NO = r"\W*+(?:(?:no|nr|n)\b)?\W*+"
"""What stands before a number, as in `Question No. 3` and `n° 3`."""
_ITEM_NUMBER = re.compile(r"\W*+(?:\d+[.)、．:：]|q\d*[.:：)])\W*+")
_BEGINNING = re.compile(rf"(?:{_ITEM_NUMBER.pattern})?+\W*+(?:{any_of('beginnings')})(?!\w)")
_ENDING = re.compile(any_of("endings"))
_NUMBER = re.compile(
    rf"\W*+(?:{QUESTION_WORDS}|第)?{_NO}(\d++)\s*(?:[.)、．:：）\]-]|题|題|問|$)(?!\d)"
)
_ONLY_NUMBER = re.compile(
    rf"\W*+(?:{QUESTION_WORDS}|第)\W*+{_NO}\d+\W*(?:题|題|問)?\W*|\W*\d{{1,3}}\W*"
)
_KEY_TITLE = re.compile(
    rf"\W*+(?:\d+[.)]\s*)?(?:the\s+)?(?:{_ONLY_ANSWER_WORDS})(?:\s+(?:key|sheet|keys))?\W*"
)
_LABEL_NUMBER = re.compile(
    rf"\W*+(?:{ANSWER_WORDS}|{QUESTION_WORDS}|第)?{_NO}(\d{{1,6}})(?!\d|\.\d)"
)
_SECTION_NUMBER = re.compile(r"\s*\d+\.\d")
_SHOW = (
    r"\W*+(?:(?:(?:click|tap|press)(?:\s+\w+){0,5}?\s+(?:to|for)|view|show|see|reveal|check|expand"
    r"|toggle|the|查看|显示|点击|点我|参考|展开|ver|voir|показать|zeigen?|mostrar|보기|を見る)\s++)*+"
)
"""What stands before a label, as in `Click to show the answer`; it takes no step back."""
_SHOW_CJK = r"(?:查看|显示|点击|点我|参考|展开|보기|を見る|\s)*+"
_ANSWER_LABEL = re.compile(
    rf"{_SHOW}{_SHOW_CJK}(?:{ANSWER_WORDS})(?:\s+(?:to|for|zu)\s+\S+)?\s*(?:보기|を見る|\d+)?[^\w.。]*"
)
_ANSWER_WITH_TEXT = re.compile(rf"\W*+(?:{_ONLY_ANSWER_WORDS})[^\w:：]*+[:：]\W*+\w")
_EXPLANATION = re.compile(rf"{_SHOW}{_SHOW_CJK}(?:{_EXPLANATION_WORDS})(?!\w)")
_LABEL_START = re.compile(rf"{_SHOW}{_SHOW_CJK}(?:{ANSWER_WORDS})")
_ANSWER_TITLE = re.compile(rf"\W*+(?:{ANSWER_WORDS})\s*(?:\d+\s*)?(?:[:：]|$)")


def asks(text: str) -> bool:
    """Return whether a text is a question, by its mark or by the words that it begins with."""
    text = text.strip().lower()
    if _QUESTION_MARK.search(text) or _BEGINNING.match(text):
        return True
    number = _ITEM_NUMBER.match(text)
    return _ENDING.search(text[number.end() :] if number else text) is not None


def is_numbered(text: str) -> bool:
    """Return whether a text begins with the number of a question, as in `3.`, `Q3:`, `第 3 题`."""
    return _NUMBER.match(text.lower()) is not None and not is_section_number(text)


def is_only_number(text: str) -> bool:
    """Return whether a text is nothing but the number of a question, as `Question 3`."""
    return _ONLY_NUMBER.fullmatch(text.lower()) is not None


def number_of(text: str) -> int | None:
    """Return the number that a text begins with, as in `3.`, `Question 3`, `Answer 3: …`."""
    found = _LABEL_NUMBER.match(text.lower())
    return int(found[1]) if found else None


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
