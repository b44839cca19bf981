"""What languages call questions and answers, and the words by which their questions begin and end.

Each is part of a regular expression in small letters; `|` stands between words, and a space for
any number of them.
"""

from __future__ import annotations

from dataclasses import dataclass


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
