"""Release notes speak the language of their deck, and call things what Anki calls them there."""

from __future__ import annotations

import ast
import re
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version as version_of
from pathlib import Path

import pytest
from anki._backend import RustBackend, Translations
from click.testing import CliRunner

from deckpress.anki import CardTemplate, PackageDeck
from deckpress.cli import main
from deckpress.diff import Diff
from deckpress.diff.compare import compare
from deckpress.diff.diff_markdown import as_markdown
from deckpress.languages.i18n import (
    Translator,
    count_cards,
    count_notes,
    labels_for,
    phrase,
    read_locale,
)
from deckpress.note_types import SPOKEN, field_names
from deckpress.notes import Kind
from tests.support.packages import BASIC, OURS, note, ours, package
from tests.support.projects import DECK_TOML, ROOT

EXPECTED = ROOT / "tests/release_notes"
LANGUAGES = ("en", "zh-CN", "ja")
KEYS = read_locale("en")["releases"].keys()
NOTES = """\
1. One? <!-- id=one -->

   Yes, one.

2. Two? <!-- id=two -->

   Yes, two.

3. The ==cat== and the ==dog==. <!-- id=animals -->
"""
MORE = """\
1. One? <!-- id=one -->

   Yes, number one.

2. Two? <!-- id=other kind=reversed -->

   Yes, two.

3. The ==cat== and the dog. <!-- id=animals -->

4. Four? <!-- id=four -->

   Yes, four.
"""


def check_text(text: str, name: str, request: pytest.FixtureRequest) -> None:
    """Compare a text with the file that says what it should be, or accept it."""
    path = EXPECTED / name
    if request.config.getoption("--accept"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each of the languages that we have words of."""
    return str(request.param)


def test_release_notes_are_in_the_decks_language(
    language: str, project: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Learners read notes and changelog in their language; the author is told in English."""
    settings = DECK_TOML.replace('"en"', f'"{language}"')
    Path("source/deck.toml").write_text(settings, encoding="utf-8")
    first_lines = []
    for index, text in enumerate((NOTES, MORE)):
        monkeypatch.setattr("time.time", lambda index=index: 1_790_000_000 + 100 * index)
        Path("source/notes.md").write_text(text, encoding="utf-8")
        done = CliRunner().invoke(main, ["release"])
        assert done.exit_code == 0
        first_lines.append(done.stdout.partition("\n")[0])
    assert first_lines[1] == (
        "major: 1 note made anew, so that learners start anew; 1 note that has lost "
        "a card (Tools > Empty Cards removes it)"
    )
    for version in ("1.0.0", "2.0.0"):
        notes = Path(f"dist/demo-{version}.md").read_text(encoding="utf-8")
        check_text(_without_machine(notes), f"demo-{version}.{language}.md", request)
    changelog = Path("CHANGELOG.md").read_text(encoding="utf-8")
    check_text(_without_machine(changelog), f"changelog.{language}.md", request)


def _without_machine(text: str) -> str:
    """Return a text without what hangs on the day, Anki's version, and zlib."""
    text = re.sub(r"\b[0-9a-f]{64}\b|\b20\d\d-\d\d-\d\d\b", "…", text)
    return text.replace(version_of("anki"), "…")


@pytest.fixture(scope="module")
def some_of_everything() -> Diff:
    """All that may differ and is told in words of ours."""
    cloze = OURS._replace(id=4, name="demo: cloze deletion", is_cloze=True)
    held: dict[str, str | None] = {"a-0123456789ab.png": "1", "b.png": "1", "c.png": "1"}
    old = package(
        note("hint", "Hint?", "So.", "old", "see", "", "", "hint", note_type=OURS),
        ours("cloze", "{{c1::cats}} purr", "")._replace(note_type=cloze),
        ours("moved", "Moved?", "So."),
        note("typed", "Typed?", "So.", note_type=BASIC),
        ours("named", "Named?", '<img src="a-0123456789ab.png">'),
        ours("other", "Other?", '<img src="b.png">'),
        ours("lost", "Lost?", '<img src="c.png">'),
        ours("was", "Anew?", "Before."),
        ours("gone", "Gone?", "So."),
        media=held,
    )
    new = package(
        note("hint", "Hint?", "So.", "new", "<b>see</b>", "", "", "hint", note_type=OURS),
        ours("cloze", "{{c1::dogs}} purr", "")._replace(note_type=cloze, card_numbers=(0, 1)),
        ours("moved", "Moved?", "So.")._replace(deck="Deck::2"),
        ours("typed", "Typed?", "So."),
        ours("named", "Named?", '<img src="a2-0123456789ab.png">'),
        ours("other", "Other?", '<img src="b.png">'),
        ours("lost", "Lost?", '<img src="c.png">'),
        ours("now", "Anew?", "After."),
        *(ours(f"n{index}", f"New {index}?", "So.") for index in range(20)),
        note("basic", "Basic?", note_type=BASIC._replace(id=9, name="Other")),
        media={"a2-0123456789ab.png": "1", "b.png": "2", "c.png": None},
    )
    looks = OURS._replace(
        css=".card { color: red }\n",
        templates=(CardTemplate("Question", 1, "{{Question}}!", "{{Answer}}!"),),
    )
    types = [looks if note_type.id == OURS.id else note_type for note_type in new.note_types]
    decks = (PackageDeck("Deck", "About more"),)
    return compare(old, replace(new, note_types=tuple(types), decks=decks))


def test_each_change_is_told_in_the_decks_language(
    language: str, some_of_everything: Diff, request: pytest.FixtureRequest
) -> None:
    """Titles, what they mean, labels and counts: only names and what the author wrote stay."""
    check_text(as_markdown(some_of_everything, language), f"diff.{language}.md", request)


def test_other_languages_are_told_in_english(some_of_everything: Diff) -> None:
    """A deck in a language that we have no words of has English release notes, as cards have."""
    english = as_markdown(some_of_everything)
    assert as_markdown(some_of_everything, "fr") == as_markdown(some_of_everything, "en") == english
    assert as_markdown(some_of_everything, "ZH") == as_markdown(some_of_everything, "zh-CN")


ANKI = {
    "qt_misc_browse": "browser_search",
    "importing_update_notes": "import_steps",
    "importing_update_if_newer": "import_steps",
    "importing_merge_notetypes": "import_steps",
    "qt_misc_empty_cards": "notes_without_card",
    "notetypes_notetype": "note_type_added",
    "notetypes_fields": "fields",
    "notetypes_text_field": "Text",
    "decks_deck": "deck",
    "notetypes_cards": "cards",
    "editing_tags": "tags_changed",
    "scheduling_description": "description",
    "card_templates_template_styling": "style_sheet",
    "browsing_answer": "Answer",
    "browsing_question": "Question",
    "importing_also_import_progress": "page_option_progress",
    "importing_with_deck_configs": "page_option_presets",
    "importing_update_notetypes": "page_option_types",
    "importing_update_always": "page_always",
    "studying_show_answer": "page_show_answer",
    "sync_upload_to_ankiweb": "page_step_after",
}
"""Anki's names of its own translation, and the phrases and fields that say them."""


@pytest.mark.parametrize(("language", "locale"), [("zh", "zh_CN"), ("ja", "ja_JP")])
def test_things_are_called_what_anki_calls_them(language: str, locale: str) -> None:
    """What a learner is told to look for stands on the screen in just these words."""
    backend = RustBackend(langs=[locale])
    anki = Translations(weakref.ref(backend))
    words = {**read_locale(language)["releases"], **read_locale(language)["fields"]}
    for name, key in ANKI.items():
        assert getattr(anki, name)().rstrip("….") in words[key], key


def test_cards_and_release_notes_use_the_same_words() -> None:
    """A field is called what it is called on the card."""
    for language in ("zh", "ja"):
        translate, labels = Translator(language), labels_for(language)
        words = [translate.field(name) for name in ("Hint", "Extra", "Source")]
        assert words == [labels["hint"], labels["extra"], labels["source"]]


def test_a_count_has_its_plural() -> None:
    """English tells one from many, and a phrase within a phrase is told in the same language."""
    assert [str(count_notes(number)) for number in (0, 1, 2)] == ["0 notes", "1 note", "2 notes"]
    added = phrase("notes_added", notes=count_notes(1))
    assert [added.translate(language) for language in LANGUAGES] == [
        "1 note added",
        "新增 1 条笔记",
        "ノート 1 件を追加",
    ]


def test_a_name_with_braces_is_told_as_it_is() -> None:
    """What other tools call their fields is no phrase with places in it."""
    assert Translator("zh").field("a {field}") == "a {field}"
    assert Translator("zh")("labelled", label="{x}") == "{x}："


def nodes() -> Iterator[ast.AST]:
    """Yield all that is written in the packages that say phrases."""
    for name in ("diff", "release"):
        for module in (ROOT / "deckpress" / name).rglob("*.py"):
            yield from ast.walk(ast.parse(module.read_text(encoding="utf-8")))


def texts(some: Iterable[ast.AST]) -> set[str]:
    """Return the texts among nodes."""
    constants = (node.value for node in some if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def test_nothing_is_said_without_a_translation() -> None:
    """A sentence that is new in a release's notes is new in each of the languages."""
    calls = (node for node in nodes() if isinstance(node, ast.Call))
    saying = [call for call in calls if getattr(call.func, "id", "") in ("translate", "phrase")]
    assert len(saying) > 20
    said = {text for call in saying for text in texts(call.args)}
    counted = {text for text in texts(nodes()) if re.fullmatch(r"notes_\w+", text)}
    assert said | counted <= KEYS


def test_no_translation_is_left_over() -> None:
    """Whoever translates has no words before them that nobody says."""
    counts = {count(number).key for count in (count_notes, count_cards) for number in (1, 2)}
    assert not KEYS - texts(nodes()) - counts
    assert read_locale("en")["fields"].keys() <= {
        *field_names(),
        *field_names(Kind.OCCLUSION),
        "Text",
        *SPOKEN.values(),
    }
