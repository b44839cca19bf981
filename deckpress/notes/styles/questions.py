"""Texts that ask, numbers that order questions, and labels such as `Answer:`, in many languages."""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUESTION_MARK = re.compile(r"[?？؟⸮;՞]\W*$|[?？؟]\s+\(|^\W*¿")
_NO = r"\W*+(?:(?:no|nr|n)\b)?\W*+"
"""What stands before a number, as in `Question No. 3` and `n° 3`."""
_ITEM_NUMBER = re.compile(r"\W*+(?:\d+[.)、．:：]|q\d*[.:：)])\W*+")
_SECTION_NUMBER = re.compile(r"\s*\d+\.\d")
_SHOW = (
    r"\W*+(?:(?:(?:click|tap|press)(?:\s+\w+){0,5}?\s+(?:to|for)|view|show|see|reveal|check|expand"
    r"|toggle|the|查看|显示|点击|点我|参考|展开|ver|voir|показать|zeigen?|mostrar|보기|を見る)\s++)*+"
)
"""What stands before a label, as in `Click to show the answer`; it takes no step back."""
_SHOW_CJK = r"(?:查看|显示|点击|点我|参考|展开|보기|を見る|\s)*+"


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    question: str
    """Labels of questions, as in `Question 3:`."""
    answer: str
    """Labels of answers, as in `Answer:`."""
    explanation: str = ""
    """Labels of what explains an answer."""
    beginnings: str = ""
    """Words that a question, or a request, begins with; none that begins a sentence in another
    language."""
    endings: str = ""
    """What a question or a request ends with, or has in it, where words are not divided."""


WORDS = (
    Words(
        "question|quiz|q",
        "answers?|solutions?|answer keys?|(?:the )?(?:correct|right) (?:answer|option|choice)s?"
        "|reply",
        "explanations?",
        "what|why|how|when|where|which|who|whose|is|are|does|do|can|could|should|explain|describe"
        "|define|compare|list|name|give|write|implement|tell|difference|differentiate",
    ),
    Words(
        "问题|问|問題|問|题目|題目|题|題|质问",
        "(?:正确|参考|正確|參考)?答案|解答|回答|答",
        "解析|解释|解說",
        endings="什么|为什么|为何|如何|怎么|怎样|哪些|哪个|区别|吗$|呢$"
        "|^(?:哪|谁|简述|解释|说说|谈谈|介绍|请|列举|描述|何)",
    ),
    Words(
        "質問|設問|問",
        "正解|答え|解答|回答",
        "解説",
        endings="か。$|^(?:なぜ|どう|どの)|とは(?:何)?。?$|説明(?:せよ|しなさい|してください)。?$|述べよ。?$",
    ),
    Words(
        "질문|문제|문|퀴즈",
        "정답|답변|답",
        "해설|풀이",
        endings=r"(?:설명|말|말씀|서술|비교)(?:해|하여) ?(?:보세요|주세요|보시오|주시오|라)\W*$"
        r"|(?:설명|말|서술|비교)하(?:세요|시오|라)\W*$|무엇인가|이란\W*$",
    ),
    Words(
        "frage|aufgabe",
        "(?:richtige |korrekte )?antwort(?:en)?|lösung(?:en)?",
        "erklärung|erläuterung",
        "was|wie|warum|wann|welche[rs]?|wer|erkläre?n?|erläutern?|nenne?n?|beschreibe?n?|definieren?",
    ),
    Words(
        "question",
        "(?:la )?(?:bonne )?réponses?|(?:la )?réponse correcte|corrigé",
        "explication",
        "que|quoi|quel|quels|quelles?|qui|pourquoi|comment|combien|expliquez|décrivez|définissez"
        "|citez|donnez|nommez",
    ),
    Words(
        "pregunta",
        "respuestas?(?: correctas?)?|solución|correcta",
        "explicación",
        "qué|quién|cómo|cuál|cuáles|cuándo|cuánto|dónde|por qué|para qué|explica|explique|defina"
        "|describa|enumera|enumere|menciona|mencione",
    ),
    Words(
        "pergunta|questão",
        "respostas?(?: corretas?| certas?)?|gabarito|solução",
        "explicação",
        "o que|como|qual|quais|quem|quando|quanto|onde|por que|para que|explique|descreva"
        "|defina|cite",
    ),
    Words(
        "domanda",
        "risposta(?: corretta| esatta)?|soluzione",
        "spiegazione",
        "cosa|che cosa|perché|quando|dove|quale|quali|quanto|spiega|descrivi|definisci|elenca",
    ),
    Words(
        "вопрос|билет",
        "(?:правильный |верный )?ответ|решение",
        "объяснение|пояснение",
        "что|как|какие|какой|какая|какое|почему|зачем|чем|где|когда|кто|сколько|объясните|опишите"
        "|назовите|перечислите|расскажите",
    ),
    Words(
        "питання|запитання",
        "(?:правильна )?відповідь|розв['’]язок",
        "пояснення",
        "що|як|який|яка|які|яке|чому|навіщо|де|коли|хто|скільки|поясніть|опишіть|наведіть|назвіть",
    ),
    Words(
        "pytanie",
        "(?:poprawna |prawidłowa )?odpowied(?:ź|zi)|rozwiązanie",
        "wyjaśnienie",
        "czym|jak|jaki|jaka|jakie|dlaczego|kiedy|gdzie|ile|który|która|które|wyjaśnij|opisz|podaj"
        "|wymień|zdefiniuj",
    ),
    Words(
        "otázka",
        "(?:správná )?odpověď|řešení",
        "vysvětlení",
        "proč|kdy|kde|který|která|které|vysvětlete|popište|jaký|jaká|jaké",
    ),
    Words(
        "vraag",
        "(?:juiste |goede )?antwoord(?:en)?|oplossing",
        "uitleg",
        "waarom|hoe|wanneer|welke|beschrijf|noem|leg uit",
    ),
    Words("fråga", "(?:rätt )?svar|lösning", "förklaring", "varför|vilken|vilka|förklara|beskriv"),
    Words("kysymys", "(?:oikea )?vastaus|ratkaisu", "selitys", "mikä|miksi|miten|milloin|missä"),
    Words(
        "kérdés",
        "(?:a )?(?:helyes )?válasz|megoldás",
        "magyarázat",
        "miért|hogyan|mikor|melyik|hány",
    ),
    Words(
        "soru",
        "(?:doğru )?(?:cevap|yanıt)|çözüm",
        "açıklama",
        "nasıl|neden|niçin|hangi|kaç",
        endings=r"nedir\W*$|açıklayınız\W*$|yazınız\W*$",
    ),
    Words(
        "pertanyaan|soal",
        "(?:kunci )?jawaban(?: (?:yang )?benar)?",
        "penjelasan|pembahasan",
        "apa|apakah|mengapa|bagaimana|kapan|siapa|berapa|jelaskan|sebutkan",
    ),
    Words(
        "câu hỏi|câu",
        "(?:câu )?trả lời|đáp án(?: đúng)?|lời giải",
        "giải thích",
        "tại sao|vì sao|hãy|khi nào",
        endings=r"là gì\W*$|như thế nào\W*$",
    ),
    Words("السؤال|سؤال", "(?:ال)?إجابة(?: الصحيحة)?|(?:ال)?جواب", "شرح", "ما|كيف|لماذا|اشرح|عرف"),
    Words("שאלה|תרגיל", "תשובה|התשובה|פתרון", "הסבר", "מה|איך|למה|הסבר|הסבירו"),
    Words("پرسش|سوال", "پاسخ|جواب", "توضیح"),
    Words("प्रश्न|सवाल", "उत्तर|जवाब", "व्याख्या"),
    Words("întrebarea|întrebare", "răspuns(?:ul)?", "explicație"),
    Words("ερώτηση", "απάντηση|λύση", "εξήγηση"),
)


def any_of(attribute: str) -> str:
    """Return a regular expression for the words that languages have by an attribute's name."""
    words = filter(None, (getattr(each, attribute) for each in WORDS))
    return "|".join(words).replace(" ", r"\s+")


QUESTION_WORDS = any_of("question")


_ONLY_ANSWER_WORDS, _EXPLANATION_WORDS = any_of("answer"), any_of("explanation")


ANSWER_WORDS = f"{_ONLY_ANSWER_WORDS}|{_EXPLANATION_WORDS}"


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
