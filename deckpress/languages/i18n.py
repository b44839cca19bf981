"""Words of languages: what cards and release notes say, how questions are put, what is frequent.

Those of a language are a file in `locales`, called by the first part of its BCP 47 tag. `en.toml`
says what each of its words is; a language may leave out a section, in which it then says what
English does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

LOCALES = Path(__file__).parent / "locales"


@cache
def locales() -> tuple[str, ...]:
    """Return the languages that have words of their own."""
    return tuple(sorted(path.stem for path in LOCALES.glob("*.toml")))


@cache
def read_locale(language: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the sections of one of the `locales`."""
    import tomllib  # here because a build that changes nothing needs no words

    return tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))


def _section(name: str, language: str) -> Mapping[str, str]:
    """Return a section for a BCP 47 tag; the English one if the language has none."""
    base = language.split("-")[0].lower()
    sections = read_locale(base) if base in locales() else {}
    return sections.get(name) or read_locale("en")[name]


def labels_for(language: str) -> Mapping[str, str]:
    """Return the words on cards for a BCP 47 tag such as `zh-CN`."""
    return _section("cards", language)


def speech_words(language: str) -> Mapping[str, str]:
    """Return what a voice says for a BCP 47 tag; nothing if its language has no such words."""
    base = language.split("-")[0].lower()
    return read_locale(base).get("speech", {}) if base in locales() else {}


def question_words(kind: str) -> Sequence[str]:
    """Return what all languages have by a key of `[questions]`, as regular expressions."""
    questions = (read_locale(language).get("questions", {}) for language in locales())
    return [*dict.fromkeys(word for words in questions for word in words.get(kind, ()))]


@cache
def frequent_words() -> Mapping[str, Sequence[str]]:
    """Return the words that sentences are full of, of each language that is told by them."""
    guesses = ((language, read_locale(language).get("guess")) for language in locales())
    return {language: guess["frequent"] for language, guess in guesses if guess}


@dataclass(frozen=True)
class Phrase:
    """What there is to say, put into a language only when it is shown."""

    key: str
    """What the locales call it in `[releases]`; there it has names in braces for the values."""
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    """Numbers, names, and phrases."""

    def translate(self, language: str) -> str:
        """Return it in the language of a BCP 47 tag such as `zh-CN`."""
        values = {
            name: value.translate(language) if isinstance(value, Phrase) else value
            for name, value in self.values.items()
        }
        return _section("releases", language)[self.key].format(**values)

    def __str__(self) -> str:
        """Return it in English."""
        return self.translate("en")


def phrase(key: str, **values: object) -> Phrase:
    """Return the phrase of a key, which has a place in braces for each of the values."""
    return Phrase(key, values)


@dataclass(frozen=True)
class Translator:
    """Puts phrases into one language."""

    language: str
    """A BCP 47 tag."""

    def __call__(self, phrase: str | Phrase, **values: object) -> str:
        """Return a phrase, or that of a key and its values."""
        phrase = phrase if isinstance(phrase, Phrase) else Phrase(phrase, values)
        return phrase.translate(self.language)

    def field(self, name: str) -> str:
        """Return what a field is called; one that other tools made keeps its name."""
        return _section("fields", self.language).get(name, name)


def count_notes(number: int) -> Phrase:
    """Return how many notes there are."""
    return phrase("note_count_one" if number == 1 else "note_count_other", number=number)


def count_cards(number: int) -> Phrase:
    """Return how many cards there are."""
    return phrase("card_count_one" if number == 1 else "card_count_other", number=number)


def spoken_language(language: str) -> str:
    """Return the language that phrases come in for a BCP 47 tag: its own, or English."""
    base = language.split("-")[0].lower()
    is_spoken = base in locales() and "releases" in read_locale(base)
    return language if is_spoken else "en"
