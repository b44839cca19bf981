"""A language is one file: whoever adds one writes that file, and nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckpress.check.typography import find_typos
from deckpress.languages import i18n
from deckpress.languages.i18n import Translator, labels_for, locales, question_words, read_locale
from deckpress.notes.styles.questions import any_of

TEXTS = ("cards", "fields", "releases")
"""The sections that a language may leave out."""
NEEDED = {"question", "answer", "explanation"}
"""What each language says of questions."""
ENGLISH = read_locale("en")
KINDS = ENGLISH["questions"].keys() - {"endings"}
"""The kinds of words that a text, or a part of it, may begin with."""
WORDS = [word for kind in sorted(KINDS) for word in question_words(kind)]
SAID = [(name, key) for name in TEXTS for key in ENGLISH[name]]


def test_a_language_has_no_sections_of_its_own() -> None:
    """A misspelt section is noticed, instead of being English for ever."""
    for language in locales():
        assert read_locale(language).keys() <= ENGLISH.keys(), language


@pytest.mark.parametrize("language", locales())
def test_a_section_has_the_keys_that_english_has(language: str) -> None:
    """A section is there as a whole or not at all; a kind of words that a language lacks is not."""
    sections = read_locale(language)
    for name in sections.keys() & {*TEXTS}:
        assert sections[name].keys() == ENGLISH[name].keys(), name
    assert NEEDED <= sections["questions"].keys() <= ENGLISH["questions"].keys()


def places(text: str) -> set[str | None]:
    """Return the names of a phrase's places."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(("section", "key"), SAID)
def test_a_translation_has_the_same_places(section: str, key: str) -> None:
    """No number and no name gets lost in a language."""
    for language in locales():
        if words := read_locale(language).get(section):
            assert places(words[key]) == places(ENGLISH[section][key]), language


@pytest.mark.parametrize("key", ENGLISH["releases"])
def test_chinese_phrases_are_typeset_as_notes_are(key: str) -> None:
    """The rules for the notes hold for what is said beside them."""
    chinese = re.sub(r"\{notes\}", "1 条笔记", read_locale("zh")["releases"][key])
    chinese = re.sub(r"\{\w+\}", "1", chinese)
    assert [*find_typos(chinese, "“”")] == []


@pytest.mark.parametrize("language", locales())
def test_words_of_questions_are_regular_expressions(language: str) -> None:
    """A word that does not compile is seen in the language that it is of."""
    for words in read_locale(language)["questions"].values():
        assert all(re.compile(word) for word in words)


@given(st.sampled_from(WORDS).flatmap(lambda word: st.from_regex(word, fullmatch=True)))
def test_a_word_is_found_behind_its_first_letter(text: str) -> None:
    """Whatever a word begins with, it is among the letters that are looked for first."""
    assert re.match(any_of(*KINDS), text)


def test_a_language_without_words_for_cards_has_english_ones() -> None:
    """German asks in its own words, and has English labels until somebody writes others."""
    assert read_locale("de").keys() == {"questions", "guess"}
    assert labels_for("de-AT") == labels_for("en") == labels_for("xx") == ENGLISH["cards"]
    assert Translator("de")("retired") == "Retired"
    assert Translator("de").field("Hint") == "Hint"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the locales, in which a test may write."""
    folder = tmp_path / "locales"
    shutil.copytree(i18n.LOCALES, folder)
    monkeypatch.setattr(i18n, "LOCALES", folder)
    locales.cache_clear()
    read_locale.cache_clear()
    yield folder
    locales.cache_clear()
    read_locale.cache_clear()


def test_a_new_language_is_a_new_file(folder: Path) -> None:
    """Nothing but the file says that a language is there."""
    english = (folder / "en.toml").read_text(encoding="utf-8")
    danish = english.replace('"Hint"', '"Vink"').replace('["question", ', '["spørgsmål", ')
    (folder / "da.toml").write_text(danish, encoding="utf-8")
    assert labels_for("da-DK")["hint"] == Translator("da").field("Hint") == "Vink"
    assert "spørgsmål" in question_words("question")
