"""Texts that ask, numbers that order questions, and labels such as `Answer:`, in many languages."""

from __future__ import annotations

import re

from deckpress.parse.note_styles.words import any_of

QUESTION_WORDS = any_of("question")
_ONLY_ANSWER_WORDS, _EXPLANATION_WORDS = any_of("answer"), any_of("explanation")
ANSWER_WORDS = f"{_ONLY_ANSWER_WORDS}|{_EXPLANATION_WORDS}"

_QUESTION_MARK = re.compile(r"[?？؟⸮;՞]\W*$|[?？؟]\s+\(|^\W*¿")
_BEGINNING = re.compile(
    rf"\W*(?:(?:\d+[.)、．:：]|q\d*[.:：)])\s*)?\W*(?:{any_of('beginnings')})(?!\w)"
)
_ENDING = re.compile(any_of("endings"))
_ITEM_NUMBER = re.compile(r"\W*(?:\d+[.)、．:：]|q\d*[.:：)])\s*\W*")
_NUMBER = re.compile(
    rf"\W*(?:{QUESTION_WORDS}|no|nr|n°|№|第)?"
    r"\s*(?:n°|#)?\s*(\d+)\s*(?:[.)、．:：）\]-]|题|題|問|$)(?!\d)"
)
_SECTION_NUMBER = re.compile(r"\s*\d+\.\d")
_SHOW = (
    r"(?:(?:click|tap|press)(?:\s+\w+)*\s+(?:to|for)\s+|view|show|see|reveal|check|expand|toggle|the"
    r"|查看|显示|点击|点我|参考|展开|ver|voir|показать|zeigen?|mostrar|보기|を見る|\s)*"
)
_ANSWER_LABEL = re.compile(
    rf"\W*{_SHOW}\s*(?:{ANSWER_WORDS})(?:\s+(?:to|for|zu)\s+\S+)?\s*(?:보기|を見る|\d+)?[^\w.。]*"
)
_ANSWER_WITH_TEXT = re.compile(rf"\W*(?:{_ONLY_ANSWER_WORDS})\W*[:：]\W*\w")
_EXPLANATION = re.compile(rf"\W*{_SHOW}\s*(?:{_EXPLANATION_WORDS})(?!\w)")
_LABEL_START = re.compile(rf"\W*{_SHOW}\s*(?:{ANSWER_WORDS})")
_ANSWER_TITLE = re.compile(rf"\W*(?:{ANSWER_WORDS})\s*(?:[:：]|$)")


def asks(text: str) -> bool:
    """Return whether a text is a question, by its mark or by the words that it begins with."""
    text = text.strip().lower()
    if _QUESTION_MARK.search(text) or _BEGINNING.match(text):
        return True
    number = _ITEM_NUMBER.match(text.lower())
    return _ENDING.search(text[number.end() :] if number else text) is not None


def is_numbered(text: str) -> bool:
    """Return whether a text begins with the number of a question, as in `3.`, `Q3:`, `第 3 题`."""
    return _NUMBER.match(text.lower()) is not None and not is_section_number(text)


def is_section_number(text: str) -> bool:
    """Return whether a text begins with the number of a section in a chapter, as in `2.1`."""
    return _SECTION_NUMBER.match(text.lower()) is not None


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
