"""Texts that ask, numbers that order questions, and labels such as `Answer:`, in many languages."""

from __future__ import annotations

import re

_QUESTION_MARK = re.compile(r"[?？؟⸮;՞]\W*$|[?？؟]\s+\(|^\W*¿|か。$")
_QUESTION_WORD = re.compile(
    r"\W*(?:(?:\d+[.)、．:：]|q\d*[.:：)])\s*)?\W*(?:"
    r"(?:what|why|how|when|where|which|who|whose|is|are|does|do|can|could|should|explain|describe"
    r"|define|compare|list|name|give|write|implement|tell|difference|differentiate"
    r"|was|wie|warum|wann|welche[rs]?|wer|erkläre?n?|nenne?n?|beschreibe?n?"
    r"|qu(?:e|é|oi|el|elle|els|i|ién)|pourquoi|comment|cómo|como|cuál|cuáles|qual|quais|por|para"
    r"|что|как|какие|какой|какая|какое|почему|зачем|чем|где|когда|кто|сколько|ما|كيف|لماذا|מה|איך)"
    r"(?!\w)"
    r"|什么|为什么|如何|怎么|怎样|哪|谁|简述|解释|说说|谈谈|介绍|请|列举|描述|何|なぜ|どう|どの"
    r")",
    re.I,
)
_CHINESE_QUESTION = re.compile(r"什么|为什么|为何|如何|怎么|怎样|哪些|哪个|区别|吗$|呢$")
_NUMBER = re.compile(
    r"\W*(?:q|question|no|nr|№|quiz|frage|pregunta|pergunta|вопрос|билет|תרגיל|第|问|問|题|문제|질문|퀴즈)?"
    r"\s*#?\s*(\d+)\s*(?:[.)、．:：）\]-]|题|題|問|$)(?!\d)",
    re.I,
)
_SECTION_NUMBER = re.compile(r"\s*\d+\.\d")
_EXPLANATION_WORDS = (
    "explanations?|解析|解説|해설|풀이|erklärung|explicación|explicação|explication|объяснение"
)
_ONLY_ANSWER_WORDS = (
    "answers?|solutions?|answer key|correct answer|reply"
    "|答案|解答|回答|正确答案|答|正解|答え|정답|답변|답"
    "|antwort(?:en)?|lösung|réponses?|respuestas?|respostas?|solución|resposta"
    "|ответ|решение|відповідь|الإجابة|الجواب|תשובה|פתרון|risposta|soluzione|odpowiedź|antwoord|svar"
)
ANSWER_WORDS = f"{_ONLY_ANSWER_WORDS}|{_EXPLANATION_WORDS}"
QUESTION_WORDS = (
    "question|q|问题|问|問題|問|题目|质问|질문|문|frage|pregunta|pergunta|question|вопрос|питання"
    "|domanda|pytanie|vraag|fråga|سؤال|שאלה"
)
_SHOW = (
    r"(?:(?:click|tap|press)(?:\s+\w+)*\s+(?:to|for)\s+|view|show|see|reveal|check|expand|toggle|the"
    r"|查看|显示|点击|点我|参考|展开|ver|voir|показать|zeigen?|mostrar|보기|を見る|\s)*"
)
_ANSWER_LABEL = re.compile(
    rf"\W*{_SHOW}\s*(?:{ANSWER_WORDS})(?:\s+(?:to|for|zu)\s+\S+)?\s*(?:보기|を見る|\d+)?[^\w.。]*",
    re.I,
)
_ANSWER_WITH_TEXT = re.compile(rf"\W*(?:{_ONLY_ANSWER_WORDS})\W*[:：]\W*\w", re.I)
_EXPLANATION = re.compile(rf"\W*{_SHOW}\s*(?:{_EXPLANATION_WORDS})(?!\w)", re.I)
_LABEL_START = re.compile(rf"\W*{_SHOW}\s*(?:{ANSWER_WORDS})", re.I)
_ANSWER_TITLE = re.compile(rf"\W*(?:{ANSWER_WORDS})\s*(?:[:：]|$)", re.I)


def asks(text: str) -> bool:
    """Return whether a text is a question, by its mark or by the words that it begins with."""
    text = text.strip()
    return bool(
        _QUESTION_MARK.search(text) or _QUESTION_WORD.match(text) or _CHINESE_QUESTION.search(text)
    )


def is_numbered(text: str) -> bool:
    """Return whether a text begins with the number of a question, as in `3.`, `Q3:`, `第 3 题`."""
    return _NUMBER.match(text) is not None and not is_section_number(text)


def is_section_number(text: str) -> bool:
    """Return whether a text begins with the number of a section in a chapter, as in `2.1`."""
    return _SECTION_NUMBER.match(text) is not None


def is_answer_label(text: str) -> bool:
    """Return whether a text is nothing but a label of an answer, as `Answer:` or `查看答案`."""
    return len(text) < 80 and _ANSWER_LABEL.fullmatch(text) is not None


def is_answer_title(text: str) -> bool:
    """Return whether a heading is the title of an answer, as `Answer` or `答案: C`."""
    return _ANSWER_TITLE.match(text) is not None


def is_answer_with_text(text: str) -> bool:
    """Return whether a text begins with a label of an answer, and goes on, as in `Answer: B`."""
    return _ANSWER_WITH_TEXT.match(text) is not None


def is_explanation(text: str) -> bool:
    """Return whether a label or title is that of an explanation, which may follow an answer."""
    return _EXPLANATION.match(text) is not None


def may_be_label(start: str) -> bool:
    """Return whether a text that begins so may be a label, or the title, of an answer."""
    return _LABEL_START.match(start) is not None
