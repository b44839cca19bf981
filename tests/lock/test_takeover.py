"""Learners keep their progress when a deck comes to deckpress from elsewhere, or loses its lock."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import genanki
import pytest
from anki.collection import (
    Collection,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)
from anki.models import ChangeNotetypeRequest
from click.testing import CliRunner

from deckpress.anki.field_text import html_text
from deckpress.cli import main
from deckpress.lock import Lock, LockedNote
from deckpress.lock.lock_file import read_lock
from deckpress.media import Media
from deckpress.notes.builder import parse_notes
from deckpress.project.opening import open_standalone
from tests.support.anki_collection import (
    check_collection,
    import_package,
    only_note,
    open_collection,
)
from tests.support.commands import Command, Run, without_account, without_counts
from tests.support.locks import fields_of
from tests.support.projects import DECK_TOML, PIXEL, ROOT

LONG_AGO = 1_700_000_000
"""When the old decks were made, in seconds since 1970."""

ALWAYS = 1
"""What `Update notes: Always` is in an import's options."""


# The text of a field

QUESTIONS = (
    "2019. What happened?",
    "- [x] done\n   - [ ] not yet",
    "3. a\n   4. b\n      - c",
    "Is $a<b$ and `c&d`, **bold** _or_ ~~struck~~ [a link](https://example.com)?",
    "求$\\hat{y}$的值，其中 $x$、$y$ 为输入；“$z$”呢？",
    "A formula on its own line:\n   $$\n   a = b \\\\\n   c = d\n   $$\n   and more?",
    "Rows:\n   $$\n   \\begin{aligned}\n   a &= b \\\\\n   &= c\n   \\end{aligned}\n   $$",
    "Code?\n\n   ```python\n   print(r'\\(x\\)', \"$x$\", 1 < 2)  # {{c1::no}}\n   ```\n\n   More.",
    "A list?\n\n   - one\n   - two\n     1. a\n     2. b\n\n   - [x] done\n   - [ ] open",
    "A table?\n\n   | a | b |\n   |---|:-:|\n   | 1 | `x` |\n\n   > A quote\n   > of two lines.",
    "With a footnote[^a] and another[^b]?",
    "A call-out?\n\n   > [!WARNING]\n   > Mind the gap.",
    "Two  \n   lines, \\\n   three, &amp; entities &lt;b&gt; &copy; and \\(this\\) is TeX?",
    "Literal \\\\(x\\\\) and [latex]x[/latex] and \\$5 and $6 and {{c}} and }}?",
    "H<sub>2</sub>O and <kbd>Ctrl</kbd>?",
    "Picture ![of a dot](dot.png) and ![](dot.png)?",
    "e\u0301 composed, ｆｕｌｌ ｗｉｄｔｈ, 中文\n   换行，kana かな?",
    "A ==mark== and {{c3::a number::and a hint}}, ==$x$== and {{c5::outer {{c6::inner}} end}}.",
    "TeX {{c1::$\\frac{a}{b_{i}}$ and $\\hat{x_{t}}$}} ends with braces {{c2::f{x}}}.",
    "In a formula $y = {{c1::\\sqrt{d_k} }} + {{c2::{{c3::z}} x::hint}}$, $\\text{a::b}$.",
    "Display:\n   $$\n   a = {{c1::b}} \\\\\n   c = {{c2::d_{i_{j}} + 1}}\n   $$",
    "Code {{c1::`a::b` and `}}`}}\n\n   ```cpp\n   std::cout << 1;\n   ```\n\n   {{c2::end}}.",
)
"""Everything that may stand in a question."""

FOREIGN = {
    "What is <b>entropy</b>?": "What is entropy?",
    "<div>One</div><div>two<br>three&nbsp;four</div>": "One two three four",
    "<p>a<p>b<li>c": "a b c",
    "Broken <b and <i>more</b></i></div> &lt;x&gt; &amp &#20013; &nosuch;": (
        "Broken <b and more <x> & 中 &nosuch;"
    ),
    "a < b and b > c, <3": "a < b and b > c, <3",
    "\\(x^2\\) and \\[y &lt; 1\\] and [$]z[/$] and [$$]w[/$$]": "x^2 and y < 1 and z and w",
    "[latex]$f$ is \\textbf{g}[/latex]": "f is \\textbf{g}",
    "$f$ and $$g$$ for $5 and $6": "f and g for $5 and $6",
    "unclosed \\(x and \\[y and [latex]z": "unclosed \\(x and \\[y and [latex]z",
    "escaped \\(a \\\\) b\\)": "escaped a \\\\) b",
    "<code>f(\\(x\\))</code>": "f(\\(x\\))",
    "<pre>a<br>\\(b\\)</pre>\\(c\\)": "a \\(b\\) c",
    "listen [sound:a b.mp3] <img src=\"x.png\"> <img alt='two words' src=y.png>": (
        "listen a b.mp3 x.png two words"
    ),
    "<style>.card { color: red }</style>shown<script>hidden()</script>": "shown",
    "a<!-- b > c -->d <!-- never closed": "ad",
    "cafe\u0301\u200b \x07bell": "café\u200b bell",
    '<a href="a>b" title=\'>\'>link</a> <a href="never closed>text</a>': "link text",
    "": "",
}
"""Fields as other tools leave them, and what a reader reads in them."""

CLOZES = (
    "{{c1::a}} and {{c2::b::hint}} }} c",
    "{{c1::outer {{c2::inner::hint}} end::hint}}",
    "{{c1::a::hint {{c2::b}} more}}",
    "{{c1::a::b::c}}",
    "{{c1,2::both}} x",
    "{{c1::<b>x</b>::<i>y</i>}} {{c 1::no}} {{C1::no}}",
    "{{c1::std:&#58;vector}} {{c1::&#125;}}",
)
"""Deletions, well and badly formed."""

NASTY = (
    *("<", "<a ", '<a b="', "<a b='x\"", "<!--", "&", "{{c1::", "{{c1::a}}", "}}", "::"),
    *("\\(", "\\[", "[latex]", "[sound:", "$a", "\\({{c1::", "<code>", "<img alt="),
)
"""What, repeated often enough, takes a careless reader the square of its length."""


def question_and_field(markdown: str) -> tuple[str, str]:
    """Return a question's text, and its field as deckpress writes it."""
    text = f"1. {markdown}\n\n   Yes.\n\n[^a]: Here.\n[^b]: There.\n"
    (note,), *_ = parse_notes(text, "notes.md")
    media = Media(names={("notes.md", "dot.png"): "dot-0123456789ab.png"})
    return note.question_text, fields_of(note, media)["Question"]


@pytest.mark.parametrize("markdown", QUESTIONS)
def test_a_field_that_deckpress_wrote_reads_as_its_question(markdown: str) -> None:
    """The question that a released field holds is the one that its author wrote."""
    question, html = question_and_field(markdown)
    assert html_text(html, is_ours=True) == question


def test_every_question_of_the_deck_is_read_back_from_its_field() -> None:
    """Whatever the first deck asks is found again in its package."""
    for path in sorted((ROOT / "source").glob("*.md")):
        for note in parse_notes(path.read_text(encoding="utf-8"), str(path))[0]:
            html = fields_of(note)["Question"]
            assert html_text(html, is_ours=True) == note.question_text


@pytest.mark.parametrize("html", FOREIGN)
def test_a_field_of_another_tool_is_read_as_a_reader_reads_it(html: str) -> None:
    """Whatever tags, entities and formulas a tool writes, what counts is what a card shows."""
    assert html_text(html) == FOREIGN[html]


def test_deletions_are_read_as_anki_reads_them(tmp_path: Path) -> None:
    """A cloze field reads as the back of its card does in Anki."""
    with open_collection(tmp_path / "anki") as collection:
        cloze = collection.models.by_name("Cloze")
        assert cloze
        for text in CLOZES:
            note = collection.new_note(cloze)
            note["Text"] = text
            back = re.sub(r"<style>.*?</style>", "", note.ephemeral_card().answer(), flags=re.S)
            assert html_text(text) == html_text(back)


def test_a_field_of_any_content_is_read_in_linear_time() -> None:
    """A field of 200 kB takes a moment, whatever is in it: the square of it would be minutes."""
    nested = "{{c1::" * 60_000 + "a" * 500_000 + "}}" * 60_000
    for html in (*(piece * (200_000 // len(piece)) for piece in NASTY), nested):
        started = time.perf_counter()
        html_text(html)
        assert time.perf_counter() - started < 3, html[:20]


def test_a_field_with_an_endless_number_is_read() -> None:
    """A cloze number of thousands of digits is none."""
    digits = "1" * 5000
    assert html_text(f"{{{{c{digits}::a}}}} \\({{{{c{digits}::b}}}}\\)").startswith("{{c1")


# Decks of other tools


@dataclass(frozen=True)
class Old:
    """A note type of another tool, and how its notes look as deckpress' own."""

    model: genanki.Model
    fields: Sequence[str]
    """The texts of a note's fields; `#` is what it is about."""
    markdown: str = ""
    """The same note as its author writes it now; `#` is what it is about."""


def make_model(
    number: int, name: str, fields: str, *templates: str, is_cloze: bool = False, sorts_by: int = 0
) -> genanki.Model:
    """Return a note type; each template is a front and a back with `---` between."""
    sides = [template.split("---") for template in templates]
    return genanki.Model(
        1_600_000_000 + number,
        name,
        fields=[{"name": field} for field in fields.split(", ")],
        templates=[
            {"name": f"Card {index}", "qfmt": front, "afmt": back}
            for index, (front, back) in enumerate(sides, 1)
        ],
        model_type=genanki.Model.CLOZE if is_cloze else genanki.Model.FRONT_BACK,
        sort_field_index=sorts_by,
    )


FORWARD = "{{Front}}---{{FrontSide}}<hr id=answer>{{Back}}"
BACKWARD = "{{Back}}---{{FrontSide}}<hr id=answer>{{Front}}"
BASIC = make_model(1, "Old Basic", "Front, Back", FORWARD)
REVERSED = make_model(2, "Old both ways", "Front, Back", FORWARD, BACKWARD)
CLOZE = make_model(
    3,
    "Old Cloze",
    "Text, Back Extra",
    "{{cloze:Text}}---{{cloze:Text}}<br>{{Back Extra}}",
    is_cloze=True,
)

THINGS = ("gravity-between-masses", "entropy-of-closed-systems", "attention-over-values")
"""What notes are about; also their GUIDs."""
QUESTION, ANSWER = "How does # come about?", "All about #, which is told of in a few words."
AS_BASIC = f"1. {QUESTION}\n\n   {ANSWER}\n"
AS_CLOZE = f"1. How # comes about, ==nobody== knows ==at all==.\n\n   {ANSWER}\n"

OLD_TYPES = {
    "basic": Old(BASIC, (QUESTION, ANSWER), AS_BASIC),
    "reversed": Old(
        REVERSED, (QUESTION, ANSWER), AS_BASIC.replace("?", "? <!-- kind=reversed -->")
    ),
    "typed": Old(
        make_model(
            4,
            "Old typed",
            "Key, Front, Back",
            "{{type:Back}} {{Front}}---{{Front}}<hr>{{type:Back}}",
        ),
        ("#", QUESTION, ANSWER),
        AS_BASIC.replace("?", "? <!-- kind=typed -->"),
    ),
    "cloze": Old(
        CLOZE,
        ("How # comes about, {{c2::<b>nobody</b>::who?}} knows {{c1::at all}}.", ANSWER),
        AS_CLOZE,
    ),
    "an ID first, as AnkiConnect's tools have": Old(
        make_model(
            5,
            "Obsidian",
            "ID, Front, Back, Link",
            "{{#Link}}{{Link}}{{/Link}} {{Front}}---{{#ID}}{{ID}}{{/ID}} {{FrontSide}} {{Back}}",
        ),
        ("id of #", QUESTION, ANSWER, "obsidian://open"),
        AS_BASIC,
    ),
    "a topic shown above the question": Old(
        make_model(
            6,
            "Topical",
            "Topic, Asks, Explains, Spoken",
            "{{Topic}}: {{Asks}}---{{Topic}}: {{Asks}} {{tts en_US:Spoken}} {{Explains}}",
            sorts_by=1,
        ),
        ("Physics", QUESTION, ANSWER, "Speak of it"),
        AS_BASIC,
    ),
    "everything under a condition": Old(
        make_model(
            7, "Conditional", "Key, Q/A, A", "{{#Q/A}}{{ Q/A }}{{/Q/A}}---{{#A}}{{hint:A}}{{/A}}"
        ),
        ("key of #", QUESTION, ANSWER),
        AS_BASIC,
    ),
    "a title above the cloze": Old(
        make_model(
            8,
            "Titled",
            "Title, Body, More",
            "{{Title}}: {{type:cloze:Body}}---{{Title}}: {{cloze:Body}} {{More}}",
            is_cloze=True,
        ),
        ("Laws", "How # comes about, {{c1::nobody}} knows {{c2::at all}}.", ANSWER),
        AS_CLOZE,
    ),
    "only one field": Old(
        make_model(9, "Single", "Front", "{{Front}}---{{FrontSide}}"), (QUESTION,), AS_BASIC
    ),
    "no field on the front": Old(
        make_model(10, "Odd", "Key, Front", "<script></script>---", sorts_by=1),
        ("Key", QUESTION),
        AS_BASIC,
    ),
    "deckpress' own, of a deck with another id": Old(
        make_model(
            11,
            "other: Q&A",
            "Question, Answer, Hint, Extra, Context, Source, ID, Reserve 1, Reserve 2",
            "{{#Context}}{{Context}}{{/Context}}{{Question}}---{{Question}}<hr>{{Answer}}",
        ),
        (QUESTION, ANSWER, "", "", "Physics", "", "#", "", ""),
        AS_BASIC,
    ),
}
"""Note types as they are found in shared decks."""

REWORDED = {
    "by question": ((), ()),
    "by answer": (("How does # come about?", "Why # is"), ("How # comes", "Why # comes to be and")),
    "by likeness": (
        ("comes about", "came about"),
        ("come about", "come abuot"),
        (ANSWER, ANSWER + " Read on in the book that explains all of it, page by page."),
    ),
}
"""What an author may have changed since, by how the notes are found in spite of it."""

Rows = Mapping[str, tuple[genanki.Model, Sequence[str]]]
"""The note type and the fields of each note, by its GUID."""


def write_old(
    path: Path, rows: Rows, decks: Sequence[str] = ("Old",), made_at: float = LONG_AGO
) -> Path:
    """Write a package as a script with genanki does, the notes dealt out to its decks."""
    made = [genanki.Deck(2_000_000_000 + index, name) for index, name in enumerate(decks)]
    for index, (guid, (model, fields)) in enumerate(rows.items()):
        made[index % len(made)].add_note(genanki.Note(model, list(fields), guid=guid, tags=["old"]))
    genanki.Package(made).write_to_file(str(path), timestamp=made_at)
    return path


def run(*arguments: str) -> Run:
    """Run the command in the current folder."""
    done = CliRunner().invoke(main, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return Run(done.exit_code, done.stdout, without_counts(done.stderr))


def adopt(path: str, *options: str) -> list[str]:
    """Build with `--adopt`, and return what is told of it."""
    done = run("--adopt", path, *options)
    assert (done.code, done.err) == (0, "")
    return [line for line in done.out.splitlines() if re.match(r"(not )?adopted: ", line)]


def lock_of(project: Path) -> Lock:
    """Return a project's lock."""
    return read_lock(project / "source/deck.lock", "demo", 0)


def entries_of(project: Path) -> dict[str, LockedNote]:
    """Return what a lock knows of each note that is in the deck, by its question."""
    return {entry.question: entry for entry in lock_of(project).notes if not entry.retired}


def guids_of(project: Path) -> dict[str, str]:
    """Return the GUID of each note that is in the deck, by its question."""
    return {question: entry.guid for question, entry in entries_of(project).items()}


def write_notes(project: Path, text: str) -> None:
    """Write a project's only file of notes."""
    (project / "source/notes.md").write_text(text, encoding="utf-8")


def list_notes(*notes: Sequence[str]) -> str:
    """Return questions and answers as a numbered list."""
    return "".join(
        f"{index}. {asked}\n\n     {answer}\n\n" for index, (asked, answer) in enumerate(notes, 1)
    )


def snapshot(folder: Path) -> dict[Path, bytes]:
    """Return every file below a folder with its bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# What a learner has and does


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """An empty collection."""
    with open_collection(tmp_path / "anki") as opened:
        yield opened


Cards = Mapping[int, Sequence[int]]
"""The rows of cards by their ids."""


def study_all(collection: Collection) -> Cards:
    """Make progress on every card, each its own, and return the rows of the cards."""
    for index, card_id in enumerate(sorted(collection.find_cards("")), 10):
        collection.sched.set_due_date([card_id], str(index))
    return cards_of(collection)


def cards_of(collection: Collection) -> Cards:
    """Return all of each card's row but when it was written, by the card's id."""
    assert collection.db
    columns = "id, nid, did, ord, type, queue, due, ivl, factor, reps, lapses, flags, data"
    return {row[0]: row for row in collection.db.all(f"select {columns} from cards")}


def import_always(collection: Collection, package: Path) -> dict[str, int]:
    """Import a package with `Update notes: Always`; return the log's counts."""
    collection.models._clear_cache()
    options = ImportAnkiPackageOptions(update_notes=ALWAYS)  # type: ignore[arg-type]
    request = ImportAnkiPackageRequest(package_path=str(package), options=options)
    log = collection.import_anki_package(request).log
    names = ("new", "updated", "duplicate", "conflicting")
    return {name: len(getattr(log, name)) for name in names if len(getattr(log, name))}


def change_note_type(collection: Collection, search: str, name: str) -> None:
    """Change the type of notes as the dialog of Anki's browser first proposes it."""
    notes = collection.find_notes(search)
    new = collection.models.by_name(name)
    assert new
    info = collection.models.change_notetype_info(
        old_notetype_id=collection.get_note(notes[0]).mid, new_notetype_id=new["id"]
    )
    request = ChangeNotetypeRequest()
    request.CopyFrom(info.input)
    request.note_ids.extend(notes)
    collection.models.change_notetype_of_notes(request)


def questions_in(collection: Collection) -> list[str]:
    """Return the first field of every note, sorted."""
    return sorted(collection.get_note(note).fields[0] for note in collection.find_notes(""))


OLD_ROWS: Rows = {
    "equal": (BASIC, ("What is <b>entropy</b>?", "The mean surprise of a random variable.")),
    "chinese": (BASIC, ("什么是隐藏状态 \\(h_t\\)？", "一种向量，<br>每一步都读入上一步的状态。")),
    "typo": (BASIC, ("What is a convolutoin?", "A kernel slides over the input, and sums.")),
    "reworded": (BASIC, ("Tell me about it", "Activations are set to zero at random, each time.")),
    "dropped": (BASIC, ("Who made the perceptron?", "Frank Rosenblatt, in 1957.")),
    "both": (REVERSED, ("Equivariance", "If the input moves, the output moves with it.")),
    "cloze": (CLOZE, ("{{c2::Keys}} meet {{c1::queries::what?}}.", "In attention.")),
}
"""What learners have."""

NOTES = """\
1. What is a convolution?

   A kernel slides over the input and sums.

2. How does dropout work? <!-- id=dropout -->

   Activations are set to zero at random, each time.

3. Equivariance <!-- kind=reversed -->

   If the input moves, the output moves with it.

4. ==Keys== meet ==queries==.

   In attention.

5. What is entropy?

   The mean surprise of a random variable.

6. 什么是隐藏状态 $h_t$？

   一种向量，每一步都读入上一步的状态。

7. What is new here?

   A note that nobody has.
"""
"""What their author writes now: some reworded, one dropped, one new."""

ADOPT_OUTPUT = """\
adopted: 6 of 7 notes of old.apkg: 4 by question, 1 by answer, 1 by likeness
adopted: "What is a convolutoin?" → "What is a convolution?", known by likeness
adopted: "Tell me about it" → "How does dropout work?", known by answer
not adopted: "Who made the perceptron?" (if a note is it, write <!-- id=ID --> in it, and adopt \
again)
adopted: with learners these notes have another note type, so Anki leaves their text and schedule \
as they are, and logs them as conflicting; to get this deck's text, a learner imports, selects \
them in the browser, chooses Notes > Change Note Type ("Old Basic" to "demo: Q&A", \
"Old both ways" to "demo: Q&A both ways", "Old Cloze" to "demo: cloze deletion"), and imports \
again with Update notes: Always
"""

ADOPTED = {
    "What is entropy?": "equal",
    "什么是隐藏状态 h_t？": "chinese",
    "What is a convolution?": "typo",
    "How does dropout work?": "reworded",
    "Equivariance": "both",
    "Keys meet queries.": "cloze",
}
"""The GUIDs that the old notes go on with."""


@pytest.fixture
def old(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose notes were in another tool's package, which lies there as `old.apkg`.

    It is built an hour after the package, and so before a learner does anything.
    """
    monkeypatch.setattr(time, "time", lambda: LONG_AGO + 3600)
    write_notes(project, NOTES)
    return write_old(project / "old.apkg", OLD_ROWS, ("Old", "Old::第二"))


def test_the_command_tells_what_it_took_over(old: Path, project: Path, deckpress: Command) -> None:
    """Each note of the old package is told of, and those that were found keep their GUIDs."""
    done = deckpress("--adopt", "old.apkg")
    output = re.sub("id=[0-9a-f]{8} ", "id=ID ", done.out)
    assert output.startswith("7 notes (7 new, 0 changed, 0 unchanged), 9 cards, 0 media files\n")
    assert output.endswith(ADOPT_OUTPUT)
    assert (done.code, done.err) == (0, "")
    guids = guids_of(project)
    new = guids.pop("What is new here?")
    assert guids == ADOPTED
    assert new not in OLD_ROWS


def test_check_tells_the_same_and_writes_nothing(old: Path, project: Path) -> None:
    """`check --adopt` shows what would be taken over, before anything is."""
    before = snapshot(project)
    output = without_account(run("check", "--adopt", "old.apkg").out)
    assert snapshot(project) == before
    assert output.startswith("7 notes, no problems\nadopted: 6 of 7 notes of old.apkg: ")
    assert output.splitlines()[1:] == adopt("old.apkg")


def test_to_adopt_again_changes_nothing(old: Path, project: Path) -> None:
    """A second `--adopt` finds all that it took over before, and leaves it alone."""
    adopt("old.apkg")
    before = snapshot(project)
    first, *rest = adopt("old.apkg")
    assert first == "adopted: 0 of 7 notes of old.apkg; 6 of them this deck has already"
    assert [line.split(" (")[0] for line in rest] == ['not adopted: "Who made the perceptron?"']
    assert snapshot(project) == before
    write_notes(project, NOTES.split("6. ")[0])
    assert adopt("old.apkg")[0] == first


def test_later_builds_need_no_old_package(old: Path, project: Path) -> None:
    """The lock remembers what was taken over; an edit updates the note as it would any other."""
    adopt("old.apkg")
    old.unlink()
    write_notes(project, NOTES.replace("What is entropy?", "What does entropy measure?"))
    done = run()
    assert "(0 new, 1 changed, 6 unchanged)" in done.out
    assert guids_of(project)["What does entropy measure?"] == "equal"


PACKAGE = Path("dist/demo-1.0.0.apkg")


def test_a_learner_keeps_cards_and_schedule_and_gets_no_doubles(
    old: Path, collection: Collection
) -> None:
    """Who does nothing but import keeps the old notes as they are, and gets the new ones."""
    assert import_package(collection, old) == {"new": 7}
    assert collection.card_count() == 9
    cards, questions = study_all(collection), questions_in(collection)
    adopt("old.apkg")
    for _ in range(2):
        log = import_package(collection, PACKAGE)
    assert log == {"duplicate": 1, "conflicting": 6}
    assert cards.items() <= cards_of(collection).items()
    assert len(cards_of(collection)) == len(cards) + 1
    assert questions_in(collection) == sorted([*questions, "What is new here?"])


def test_a_learner_who_changes_the_note_types_gets_the_new_text(
    old: Path, project: Path, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way that `--adopt` tells leads to the new text on the same cards, with their schedule."""
    import_package(collection, old)
    cards = study_all(collection)
    line = adopt("old.apkg")[-1]
    assert import_package(collection, PACKAGE) == {"new": 1, "conflicting": 6}
    for before, after in re.findall('"([^"]+)" to "([^"]+)"', line):
        change_note_type(collection, f'note:"{before}" -perceptron', after)
    assert import_always(collection, PACKAGE) == {"updated": 6, "duplicate": 1}
    assert cards.items() <= cards_of(collection).items()
    assert len(cards_of(collection)) == len(cards) + 1
    for question in ("What is entropy?", "How does dropout work?", "Equivariance"):
        assert only_note(collection, f'Question:"{question}"').note_type()["name"][:5] == "demo:"  # type: ignore[index]
    check_collection(collection)
    monkeypatch.setattr(time, "time", lambda: LONG_AGO + 7200)
    write_notes(project, NOTES.replace("mean surprise", "expected surprise"))
    run()
    assert import_package(collection, PACKAGE) == {"updated": 1, "duplicate": 6}
    assert cards.items() <= cards_of(collection).items()


def test_cloze_numbers_stay_with_their_text(old: Path, collection: Collection) -> None:
    """A `==mark==` gets the number that the old note asked it by, so that it keeps its card."""
    adopt("old.apkg")
    import_package(collection, PACKAGE)
    assert only_note(collection, "Text:*queries*")["Text"] == "{{c2::Keys}} meet {{c1::queries}}."


def test_a_deletion_of_two_numbers_goes_on_with_the_first(project: Path) -> None:
    """What newer Anki writes as `{{c2,3::…}}` keeps a number that learners know it by."""
    write_old(project / "old.apkg", {"old": (CLOZE, ("{{c2,3::Keys}} and {{c1::queries}}.", ""))})
    write_notes(project, "1. ==Keys== and ==queries==.\n")
    adopt("old.apkg")
    (entry,) = lock_of(project).notes
    assert (entry.guid, entry.clozes) == ("old", {"2": "Keys", "1": "queries"})
    assert entry.gone_clozes == {"3": "Keys"}


def write_of_each(text: str) -> str:
    """Return a numbered list with a note about each of the things."""
    return "\n".join(
        text.replace("1.", f"{index}.").replace("#", thing) for index, thing in enumerate(THINGS, 1)
    )


@pytest.mark.parametrize("way", REWORDED)
@pytest.mark.parametrize("name", OLD_TYPES)
def test_notes_of_any_type_are_found(name: str, way: str, project: Path) -> None:
    """Wherever a note type keeps its question and its answer, a note is known by them."""
    kind = OLD_TYPES[name]
    markdown = kind.markdown
    for before, after in filter(None, REWORDED[way]):
        markdown = markdown.replace(before, after)
    if way == "by answer" and ANSWER not in kind.fields:
        return
    rows = {
        thing: (kind.model, [field.replace("#", thing) for field in kind.fields])
        for thing in THINGS
    }
    write_old(project / "old.apkg", rows)
    write_notes(project, write_of_each(markdown))
    lines = adopt("old.apkg")
    assert lines[0] == f"adopted: 3 of 3 notes of old.apkg: 3 {way}"
    assert not [line for line in lines if line.startswith("not")]
    assert all(guid in question for question, guid in guids_of(project).items())


def test_the_field_that_most_questions_are_in_is_the_question(project: Path) -> None:
    """A topic that the browser sorts by is not taken for the question that stands below it."""
    model = make_model(20, "Sorted", "Topic, Asks, Explains", "{{Topic}} {{Asks}}---{{Explains}}")
    rows = {
        thing: (model, ("Physics", QUESTION.replace("#", thing), ANSWER.replace("#", thing)))
        for thing in THINGS
    }
    write_old(project / "old.apkg", rows)
    last = f"How does {THINGS[2]} come abuot?"
    asked = [*(QUESTION.replace("#", thing) for thing in THINGS[:2]), last]
    answers = [
        f"{ANSWER.replace('#', thing)} Read on in the book, page by page." for thing in THINGS
    ]
    write_notes(project, list_notes(*zip(asked, answers, strict=True)))
    line = adopt("old.apkg")[0]
    assert line == "adopted: 3 of 3 notes of old.apkg: 2 by question, 1 by likeness"


def test_an_id_that_deckpress_gave_in_another_deck_is_known_again(project: Path) -> None:
    """A deck that got a new id keeps its notes by theirs; an id that is in use here is left."""
    kind = OLD_TYPES["deckpress' own, of a deck with another id"]
    rows = {
        thing: (kind.model, [field.replace("#", thing) for field in kind.fields])
        for thing in THINGS
    }
    write_old(project / "old.apkg", rows)
    own = (f"Mine? <!-- id={THINGS[0]} -->", "It is mine.")
    write_notes(project, list_notes(own))
    run()
    mine = guids_of(project)
    asked = [
        (f"Reworded {index}? <!-- id={thing} -->", "Yes.") for index, thing in enumerate(THINGS)
    ]
    write_notes(project, list_notes(own, *asked[1:]))
    assert adopt("old.apkg")[0] == "adopted: 2 of 3 notes of old.apkg: 2 by id"
    assert guids_of(project) == mine | {"Reworded 1?": THINGS[1], "Reworded 2?": THINGS[2]}


def test_no_note_takes_over_by_the_id_of_an_unchanged_one(project: Path) -> None:
    """A note of the old deck that is still there keeps its GUID, though another has its id."""
    kind = OLD_TYPES["deckpress' own, of a deck with another id"]
    rows = {
        thing: (kind.model, [field.replace("#", thing) for field in kind.fields])
        for thing in THINGS
    }
    write_old(project / "old.apkg", rows)
    asked, answered = (text.replace("#", THINGS[1]) for text in (QUESTION, ANSWER))
    write_notes(project, list_notes((f"New? <!-- id={THINGS[1]} -->", "Yes."), (asked, answered)))
    done = run("--adopt", "old.apkg")
    assert done.code == 1
    assert done.err.startswith(
        f'source/notes.md:1: id "{THINGS[1]}" is that of "{asked}" in source/notes.md:'
    )


def test_a_deck_that_anki_exported_is_taken_over(
    project: Path, collection: Collection, tmp_path: Path
) -> None:
    """A package made by Anki itself, in its newest form, gives its GUIDs as any other."""
    basic = collection.models.by_name("Basic")
    deck = collection.decks.id("Mine")
    assert basic
    assert deck
    for asked in ("One?", "Two?"):
        note = collection.new_note(basic)
        note["Front"], note["Back"] = asked, "Yes."
        collection.add_note(note, deck)
    collection.export_anki_package(
        out_path=str(project / "old.apkg"),
        options=ExportAnkiPackageOptions(legacy=False, with_scheduling=True),
        limit=None,
    )
    assert adopt("old.apkg")[0] == "adopted: 1 of 2 notes of old.apkg: 1 by question"
    assert guids_of(project) == {"One?": only_note(collection, "Front:One?").guid}


# What is not clear, and what is not there


GATES: Rows = {
    "left": (BASIC, ("What does the left gate of a cell do?", "It lets through what is true.")),
    "right": (BASIC, ("What does the right gate of a cell do?", "It lets through what is right.")),
}
LIGHT, SHINES = "What does the light gate of a cell do?", "It lets through what is bright."


@pytest.mark.parametrize("choice", [*GATES, "new"])
def test_a_doubt_is_an_error_whose_comment_settles_it(choice: str, project: Path) -> None:
    """Where two old notes are as like, nothing is written until the author says which it is."""
    write_old(project / "old.apkg", GATES)
    write_notes(project, list_notes((LIGHT, SHINES)))
    before = snapshot(project)
    done = run("--adopt", "old.apkg")
    assert done.code == 1
    assert done.err.startswith("source/notes.md:1: not sure which note this was: write <!-- id=")
    assert snapshot(project) == before
    choices = re.findall(
        r"(<!-- id=\S+ -->) if it is (new|\"What does the (?:left|right))", done.err
    )
    comments = {what.split()[-1]: comment for comment, what in choices}
    assert comments.keys() == {*GATES, "new"}
    write_notes(project, list_notes((f"{LIGHT} {comments[choice]}", SHINES)))
    adopt("old.apkg")
    guid = guids_of(project)[LIGHT]
    assert guid == choice if choice in GATES else guid not in GATES


def test_two_notes_that_are_like_one_are_a_doubt(project: Path) -> None:
    """One old note goes to one note: where two may be it, their author is asked."""
    write_old(project / "old.apkg", {"old": (BASIC, ("What does the gate of a cell do?", "A."))})
    asked = ("What does the gate of one cell do?", "What does the gate of any cell do?")
    write_notes(project, list_notes(*((question, "B.") for question in asked)))
    done = run("--adopt", "old.apkg")
    assert done.code == 1
    comments = re.findall("write (<!-- id=.* -->) in the one that is", done.err)
    assert len(comments) == 2
    write_notes(project, list_notes((f"{asked[0]} {comments[0]}", "B."), (asked[1], "B.")))
    assert adopt("old.apkg")[0] == "adopted: 1 of 1 notes of old.apkg: 1 by id"
    assert guids_of(project)[asked[0]] == "old"


def test_a_note_that_was_said_to_be_new_is_new(project: Path) -> None:
    """The author's word stands, also when all others that are like it have found their notes."""
    write_old(project / "old.apkg", GATES)
    write_notes(project, list_notes((LIGHT, SHINES)))
    (new,) = re.findall("(<!-- id=[^ ]+ -->) if it is new", run("--adopt", "old.apkg").err)
    write_notes(project, list_notes((f"{LIGHT} {new}", SHINES), GATES["right"][1]))
    assert adopt("old.apkg")[0] == "adopted: 1 of 2 notes of old.apkg: 1 by question"
    assert guids_of(project)[LIGHT] not in GATES
    lose_lock(project)
    PACKAGE.unlink()
    write_notes(project, list_notes((LIGHT, SHINES), GATES["right"][1]))
    assert adopt("old.apkg")[0].endswith(": 1 by question, 1 by likeness")


def test_a_note_with_an_id_is_new_where_it_stays_in_doubt(project: Path) -> None:
    """An author who gave ids is not asked to trade them for others."""
    write_old(project / "old.apkg", GATES)
    write_notes(project, list_notes((f"{LIGHT} <!-- id=light -->", SHINES)))
    assert adopt("old.apkg")[0] == "adopted: 0 of 2 notes of old.apkg"


def test_the_clock_of_the_other_tool_does_not_matter(project: Path) -> None:
    """Notes that were made in the future are dated by this build."""
    rows: Rows = {"old": (BASIC, ("One?", "Yes."))}
    write_old(project / "old.apkg", rows, made_at=4_000_000_000)
    assert adopt("old.apkg")[0] == "adopted: 1 of 1 notes of old.apkg: 1 by question"
    assert lock_of(project).notes[0].mod <= time.time()


def test_an_older_lock_is_brought_up_to_date_by_a_newer_release(project: Path) -> None:
    """Where git brought back an old lock, notes of a later release are known by that release.

    No two notes get one GUID, and learners have nothing to do, since the note type is the same.
    """
    run()
    lock = project / "source/deck.lock"
    older = lock.read_bytes()
    answer = "Because they are to be a release that the lock knows nothing of."
    write_notes(
        project, list_notes(("One?", "Yes."), ("Law says a.", answer), ("Whyever?", answer[8:]))
    )
    run()
    newer = guids_of(project)
    shutil.move(PACKAGE, "release.apkg")
    lock.write_bytes(older)
    notes = (("One?", "Yes."), ("Law says a!", answer), ("Whyever not?", answer[8:]))
    write_notes(project, list_notes(*notes) + "4. Law says ==a==.\n")
    lines = adopt("release.apkg")
    assert lines[0] == (
        "adopted: 1 of 3 notes of release.apkg: 1 by answer; 2 of them this deck has already"
    )
    assert lines[1:] == ['adopted: "Whyever?" → "Whyever not?", known by answer']
    guids = guids_of(project)
    assert guids["Whyever not?"] == newer["Whyever?"]
    assert len(set(guids.values())) == len(guids) == 4


def test_an_id_of_the_authors_own_does_not_hide_a_note(project: Path) -> None:
    """A note with an id is found by its likeness too: before this, no learner had that id."""
    write_old(project / "old.apkg", OLD_ROWS)
    asked = "What is a convolution? <!-- id=convolution -->"
    write_notes(project, list_notes((asked, "A kernel slides over the input and sums.")))
    assert adopt("old.apkg")[0] == "adopted: 1 of 7 notes of old.apkg: 1 by likeness"
    (entry,) = lock_of(project).notes
    assert (entry.guid, entry.id, entry.key) == ("typo", "convolution", "")


def test_the_id_that_is_offered_makes_a_note_the_old_one_even_after_a_build(project: Path) -> None:
    """What was missed the first time can be taken over later; the note made meanwhile retires."""
    write_old(project / "old.apkg", OLD_ROWS)
    write_notes(project, list_notes(("Who was first?", "Rosenblatt.")))
    lines = "\n".join(adopt("old.apkg"))
    assert lines.startswith("adopted: 0 of 7 notes of old.apkg\nnot adopted: ")
    (comment,) = re.findall('"Who made the perceptron[?]" .*(<!-- .* -->)', lines)
    write_notes(project, list_notes((f"Who was first? {comment}", "Rosenblatt.")))
    assert adopt("old.apkg")[0] == "adopted: 1 of 7 notes of old.apkg: 1 by id"
    assert guids_of(project) == {"Who was first?": "dropped"}
    lock = lock_of(project)
    assert [bool(entry.retired) for entry in lock.notes].count(True) == 1
    run()
    assert lock_of(project) == lock


def test_a_note_that_the_lock_knows_keeps_its_guid(project: Path) -> None:
    """Learners of this deck come first: what they have is not traded for what others have."""
    run()
    before = guids_of(project)
    write_old(project / "old.apkg", {"old": (BASIC, ("One?", "Yes."))})
    assert adopt("old.apkg")[0] == "adopted: 0 of 1 notes of old.apkg"
    assert guids_of(project) == before


def test_nothing_in_common_is_told_and_no_error(project: Path) -> None:
    """A package that no note is like changes nothing, and is said to."""
    write_old(project / "old.apkg", OLD_ROWS)
    lines = adopt("old.apkg", "--strict")
    assert lines[0] == "adopted: 0 of 7 notes of old.apkg"
    assert len(lines) == 8
    assert all(line.startswith("not adopted: ") for line in lines[1:])


def test_a_question_of_a_cloze_note_is_found_among_cloze_notes_only(project: Path) -> None:
    """A note does not come by a GUID of another kind, whose cards would be others."""
    rows: Rows = {
        "basic": (BASIC, ("Apples fall from trees.", "Newton saw one.")),
        "cloze": (CLOZE, ("Is {{c1::light}} a wave?", "It is.")),
    }
    write_old(project / "old.apkg", rows)
    write_notes(project, "1. Apples ==fall== from trees.\n\n2. Is light a wave?\n\n   It is.\n")
    assert adopt("old.apkg")[0] == "adopted: 0 of 2 notes of old.apkg"


@pytest.mark.parametrize(
    ("model", "old", "now", "this", "that"),
    [
        (
            *(CLOZE, "Is {{c1::light}} a wave?", "Is it a wave? #\n\n   It is."),
            *("not a cloze note", "a cloze note"),
        ),
        (BASIC, "Is light a wave?", "It ==is== a wave. #", "a cloze note", "not a cloze note"),
    ],
)
def test_an_id_of_a_note_whose_cards_do_not_fit_is_refused(
    model: genanki.Model, old: str, now: str, this: str, that: str, project: Path
) -> None:
    """Who writes a cloze note's id into another note, or the reverse, is told why it cannot be."""
    write_old(project / "old.apkg", {"old": (model, (old, "Photons."))})
    write_notes(project, f"1. {now}\n".replace("#", ""))
    output = run("check", "--adopt", "old.apkg").out
    (comment,) = re.findall("<!-- id=.* -->", output)
    write_notes(project, f"1. {now}\n".replace("#", comment))
    done = run("--adopt", "old.apkg")
    assert (done.code, done.err) == (
        1,
        f'source/notes.md:1: this is {this}, and "Is light a wave?" in old.apkg is {that}, '
        "so its cards do not fit: remove the id\n",
    )


def test_second_cards_that_would_be_lost_are_warned_of(project: Path) -> None:
    """Who has both directions is told of before learners lose one of them."""
    write_old(project / "old.apkg", {"both": (REVERSED, ("One?", "Yes."))})
    done = run("--adopt", "old.apkg")
    assert done.code == 0
    assert done.err == (
        "source/notes.md:1: warning: learners have 2 cards of this note, and kind=basic has 1: "
        "the others go, with their progress, when learners change the note type; "
        "write <!-- kind=reversed --> to keep the second\n"
    )


def test_doubles_in_the_old_package_are_no_doubt(project: Path) -> None:
    """Of old notes that nothing tells apart one lives on; two answers to a question are two."""
    rows: Rows = {
        "first": (BASIC, ("One?", "Yes.")),
        "again": (BASIC, ("One?", "<i>Yes.</i>")),
        "other": (BASIC, ("Two?", "It takes two for a tango.")),
        "another": (BASIC, ("Two?", "There are two of them, since one is not enough.")),
        "empty": (BASIC, ("<img>", "")),
        "blank": (BASIC, (" ", "")),
    }
    write_old(project / "old.apkg", rows)
    answer = "There are two of them, since one is not enough."
    write_notes(project, list_notes(("One?", "Yes."), ("Two?", answer)))
    lines = adopt("old.apkg")
    assert lines[0] == "adopted: 2 of 6 notes of old.apkg: 2 by question"
    assert 'not adopted: "One?", which the package has twice' in lines
    assert len([line for line in lines if line.startswith("not adopted: a note without text")]) == 2
    assert guids_of(project) == {"One?": "first", "Two?": "another"}


def test_of_two_notes_with_one_guid_it_is_the_one_that_anki_updates(
    project: Path, collection: Collection
) -> None:
    """A GUID that a careless script gave twice stands for the note that an update would reach."""
    deck = genanki.Deck(5, "Old")
    for asked in ("One?", "Two?"):
        deck.add_note(genanki.Note(BASIC, [asked, "Yes."], guid="same"))
    deck.add_note(genanki.Note(BASIC, ["Three?", "Yes."], guid=""))
    genanki.Package(deck).write_to_file("old.apkg", timestamp=LONG_AGO)
    write_notes(project, list_notes(("One?", "Yes."), ("Two?", "Yes."), ("Three?", "Yes.")))
    assert adopt("old.apkg")[0] == "adopted: 1 of 1 notes of old.apkg: 1 by question"
    assert guids_of(project)["Two?"] == "same"
    import_package(collection, Path("old.apkg"))
    later: Rows = {"same": (BASIC, ("Updated?", "Yes."))}
    import_package(collection, write_old(project / "later.apkg", later, made_at=LONG_AGO + 60))
    assert questions_in(collection) == ["One?", "Three?", "Updated?"]


def test_a_release_of_this_very_deck_gives_nothing_new(project: Path) -> None:
    """What the lock knows is not adopted; where the lock is lost, the right option is named."""
    run()
    shutil.move(PACKAGE, "release.apkg")
    assert adopt("release.apkg") == [
        "adopted: 0 of 1 notes of release.apkg; 1 of them this deck has already"
    ]
    (project / "source/deck.lock").unlink()
    PACKAGE.unlink()
    done = run("--adopt", "release.apkg")
    assert (done.code, done.err) == (
        1,
        "release.apkg: is a package of this deck, whose lock is lost: say --rebuild-lock "
        "release.apkg instead of --adopt\n",
    )


def test_markup_in_the_source_is_no_part_of_the_question(project: Path) -> None:
    """HTML that the author wrote counts for what it shows, as it does in the old package."""
    rows: Rows = {"water": (BASIC, ("What is H<sub>2</sub>O?<br>Say.", "Wet."))}
    write_old(project / "old.apkg", rows)
    write_notes(project, list_notes(("What is <b>H</b><sub>2</sub>O?<br>Say.", "Wet.")))
    assert adopt("old.apkg")[0] == "adopted: 1 of 1 notes of old.apkg: 1 by question"


def test_a_lone_file_takes_over_a_deck_as_well(old: Path, project: Path) -> None:
    """A Markdown file without a project adopts, and gets its lock back, as a project does."""
    shutil.move(project / "source/notes.md", "demo.md")
    done = run("demo.md", "--adopt", "old.apkg")
    assert "adopted: 6 of 7 notes of old.apkg: " in done.out
    before = snapshot(project)
    Path("demo.lock").unlink()
    (package,) = map(str, Path().glob("demo-*-1.0.0.apkg"))
    assert f"is lost, though {package} was built with it" in run("demo.md").err
    assert run("demo.md", "--rebuild-lock", package).code == 0
    assert snapshot(project) == before


def test_the_package_that_is_taken_over_is_kept(old: Path, project: Path) -> None:
    """Learners' own package is not what the deck is built into."""
    before = old.read_bytes()
    done = run("--adopt", "old.apkg", "--output", "old.apkg")
    assert (done.code, done.err.splitlines()[-1]) == (
        1,
        "old.apkg: is the package whose notes live on: name another file by --output, and keep it",
    )
    assert old.read_bytes() == before


def test_a_package_of_another_tool_is_no_lost_lock(old: Path, project: Path) -> None:
    """It may have the name that ours would have; its notes say that it is another's."""
    shutil.move(project / "source/notes.md", "demo.md")
    name = open_standalone(Path("demo.md"))[0].package_name("1.0.0")
    shutil.move(old, name)
    before = Path(name).read_bytes()
    done = run("demo.md")
    assert (done.code, done.err.splitlines()[-1]) == (
        1,
        f"{name}: was not built from this deck, and is kept: name another file by "
        f"--output; if this deck takes its place, say --adopt {name} with the first build as well",
    )
    assert Path(name).read_bytes() == before
    done = run("demo.md", "--adopt", name, "--output", "out")
    assert f"adopted: 6 of 7 notes of {name}: " in done.out


def test_a_damaged_lock_stops_a_takeover(old: Path, project: Path) -> None:
    """Nothing is adopted past a lock that cannot be read; both can be mended in one build."""
    adopt("old.apkg")
    shutil.move(PACKAGE, "release.apkg")
    (project / "source/deck.lock").write_text("damaged")
    before = snapshot(project)
    done = run("--adopt", "old.apkg")
    assert done.code == 1
    assert done.err.startswith("source/deck.lock:1: damaged, ")
    assert snapshot(project) == before
    lines = adopt("old.apkg", "--rebuild-lock", "release.apkg")
    assert lines[0] == "adopted: 0 of 7 notes of old.apkg; 6 of them this deck has already"


BAD_PACKAGES = {
    "no file": (None, "old.apkg: no such file"),
    "no package": (b"Front\tBack\n", "old.apkg: not an Anki package: export it from Anki as .apkg"),
    "cut off": (
        b"PK\3\4 and so on",
        "old.apkg: the package is damaged: export or download it again",
    ),
    "empty": (b"", "old.apkg: not an Anki package: export it from Anki as .apkg"),
}
"""What is no package, and what is said of it."""


@pytest.mark.parametrize("option", ["--adopt", "--rebuild-lock"])
@pytest.mark.parametrize("name", BAD_PACKAGES)
def test_a_package_that_cannot_be_read_stops_the_build(
    name: str, option: str, project: Path
) -> None:
    """A wrong or broken file is told of, and nothing is written."""
    content, message = BAD_PACKAGES[name]
    if content is not None:
        (project / "old.apkg").write_bytes(content)
    before = snapshot(project)
    done = run(option, "old.apkg")
    assert (done.code, done.out, done.err) == (1, "", f"{message}\n")
    assert snapshot(project) == before


# A lock that was lost

FIRST = """\
---
deck: Part::One
---
# Theme

1. What is a basic note? <!-- id=basic -->

   An answer with $a<b$ and ![a dot](dot.png).

   > [!TIP]
   > Look left.

2. What is $x^2$,[^source] and what is <kbd>&</kbd> for \\$5 or $6?

   A square, and an entity.

3. 双向 <!-- kind=reversed -->

   两个方向都问。

[^source]: A book.
"""
SECOND = """\
1. Type it <!-- kind=typed id=typed -->

   answer

2. A ==cloze== has ==numbers== and {{c7::a jump}}, $y = {{c4::\\sqrt{d_k} }}$.

   Behind it.

3. Which rows?
   $$
   a = b \\\\
   c = d
   $$

   These.
"""
TOML = DECK_TOML + 'subdecks = "files"\n'


def write_rich(project: Path, first: str = FIRST, second: str = SECOND) -> None:
    """Write a project with notes of all kinds, with ids and without, in subdecks."""
    (project / "source/deck.toml").write_text(TOML)
    (project / "source/dot.png").write_bytes(PIXEL)
    write_notes(project, first)
    (project / "source/02-more.md").write_text(second, encoding="utf-8")


@pytest.fixture
def rich(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rich project that was released a while ago; an id and a deck were added since."""
    monkeypatch.setattr(time, "time", lambda: LONG_AGO)
    write_rich(project, second=SECOND.replace(" and {{c7::a jump}}", ""))
    assert run("--quiet") == Run(0, "", "")
    monkeypatch.setattr(time, "time", lambda: LONG_AGO + 60)
    write_rich(project, FIRST.replace("双向 <!--", "双向 <!-- id=both"))
    assert run("--quiet") == Run(0, "", "")
    monkeypatch.setattr(time, "time", lambda: LONG_AGO + 7200)
    return project


def lose_lock(project: Path) -> None:
    """Remove a project's lock."""
    (project / "source/deck.lock").unlink()


def test_a_lost_lock_stops_the_build_and_the_way_back_is_named(rich: Path) -> None:
    """Nobody starts afresh by mistake: the message says which package brings the lock back."""
    lose_lock(rich)
    before = snapshot(rich)
    done = run()
    assert (done.code, done.out, done.err) == (
        1,
        "",
        f"source/deck.lock: is lost, though {PACKAGE} was built with it: restore it with git, or "
        f"by --rebuild-lock {PACKAGE}; if nobody has the deck, remove the package\n",
    )
    assert snapshot(rich) == before


def test_a_rebuilt_lock_is_the_lock_that_was_lost(rich: Path) -> None:
    """Lock and package have the same bytes as before: every GUID, ID, date and cloze number."""
    before = snapshot(rich)
    lose_lock(rich)
    done = run("--rebuild-lock", str(PACKAGE))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("6 notes (0 new, 0 changed, 6 unchanged), 10 cards, 1 media file\n")
    assert len(without_account(done.out).splitlines()) == 2
    assert snapshot(rich) == before


@pytest.mark.parametrize(
    "head",
    [
        '{"deckpress_lock": 99, "deck": "demo", "created": 1}\n',
        '{"deckpress_lock": 2, "deck": "other", "name": "O", "created": 1}\n',
        "<<<<<<< HEAD\n",
    ],
)
def test_a_lock_that_can_be_saved_is_not_replaced(head: str, rich: Path) -> None:
    """A later deckpress', another deck's, or a merge's lock is no lost one, whatever is asked."""
    lock = rich / "source/deck.lock"
    lock.write_text(head)
    assert run("--rebuild-lock", "dist/demo-1.0.0.apkg").code == 1
    assert lock.read_text() == head


def test_a_lost_lock_is_noticed_wherever_the_package_goes(rich: Path) -> None:
    """Packages in dist/ tell of a lost lock also if the next one is to go elsewhere."""
    (rich / "source/deck.lock").unlink()
    done = run("--output", "elsewhere")
    assert done.code == 1
    assert done.err.startswith("source/deck.lock: is lost, though dist/demo-1.0.0.apkg was built")


@pytest.mark.parametrize("damage", [b"", b"\xff", b"{}\n", b'{"deckpress_lock": 2}\n'])
def test_a_damaged_lock_can_be_replaced(damage: bytes, rich: Path) -> None:
    """What cannot be read any more is made again; the message about it says how."""
    before = snapshot(rich)
    (rich / "source/deck.lock").write_bytes(damage)
    assert run("check").code == 1
    assert run("--rebuild-lock", str(PACKAGE)).code == 0
    assert snapshot(rich) == before


def test_a_whole_lock_is_not_replaced(rich: Path) -> None:
    """A lock that can be read knows more than any package, and is left alone."""
    before = snapshot(rich)
    done = run("--rebuild-lock", str(PACKAGE))
    assert (done.code, done.err) == (
        1,
        "source/deck.lock: is whole, and knows more than a package: remove it first if you mean "
        "to lose it\n",
    )
    assert snapshot(rich) == before


def test_edits_made_since_find_their_notes(rich: Path, collection: Collection) -> None:
    """Whatever was edited before the loss was seen, each note is the one that learners have."""
    import_package(collection, PACKAGE)
    cards, before = study_all(collection), guids_of(rich)
    lose_lock(rich)
    first = FIRST.replace("and what is", "and waht is")
    first = first.replace("An answer with", "A better answer with")
    second = SECOND.replace("==cloze== has ==numbers==", "==clozed text== has ==numbers==")
    second = second.split("3. Which")[0] + "3. Brand new?\n\n   Yes, this is.\n"
    write_rich(rich, first, second)
    done = run("--rebuild-lock", str(PACKAGE))
    assert "(1 new, 3 changed, 2 unchanged)" in done.out
    assert 'retired: "Which rows?" (if it was rewritten, ' in done.out
    after = guids_of(rich)
    assert len(set(after.values()) - set(before.values())) == 1
    asked = "What is x^2, and what is <kbd>&</kbd> for $5 or $6?"
    assert after[asked.replace("and what", "and waht")] == before[asked]
    assert import_package(collection, PACKAGE) == {"new": 1, "updated": 3, "duplicate": 2}
    text = only_note(collection, "ID:* Text:*numbers*")["Text"]
    assert text.startswith("A {{c1::clozed text}} has {{c2::numbers}} and {{c7::a jump}}")
    assert cards.items() <= cards_of(collection).items()


def test_what_no_package_holds_is_what_is_lost(rich: Path) -> None:
    """Retired notes are forgotten, since no package holds them."""
    (rich / "source/deck.toml").write_text(TOML.replace("1.0.0", "1.1.0"))
    write_rich_without = SECOND.split("3. Which")[0]
    (rich / "source/02-more.md").write_text(write_rich_without, encoding="utf-8")
    run()
    before = lock_of(rich)
    lose_lock(rich)
    (rich / "source/deck.toml").write_text(TOML.replace("1.0.0", "2.0.0"))
    assert run("--rebuild-lock", "dist/demo-1.1.0.apkg").code == 0
    after = lock_of(rich)
    assert (before.created, before.name, before.note_types) == (
        after.created,
        after.name,
        after.note_types,
    )
    assert [bool(entry.retired) for entry in before.notes].count(True) == 1
    assert {(entry.guid, entry.id, entry.mod, entry.key) for entry in after.notes} == {
        (entry.guid, entry.id, entry.mod, entry.key) for entry in before.notes if not entry.retired
    }


def test_a_learners_export_brings_a_lock_back(rich: Path, collection: Collection) -> None:
    """Where no release is left, what a learner exports will do, with the copies that they made."""
    before = {entry.guid: entry.id for entry in lock_of(rich).notes}
    import_package(collection, PACKAGE)
    original = only_note(collection, "ID:basic")
    copy = collection.new_note(collection.models.get(original.mid))  # type: ignore[arg-type]
    copy.fields = list(original.fields)
    elsewhere = collection.decks.id("Mine::Deep")
    assert elsewhere
    collection.add_note(copy, elsewhere)
    collection.set_deck(original.card_ids(), elsewhere)
    options = ExportAnkiPackageOptions(legacy=False, with_media=True)
    collection.export_anki_package(out_path=str(rich / "mine.apkg"), options=options, limit=None)
    lose_lock(rich)
    done = run("--rebuild-lock", "mine.apkg")
    assert "(0 new, 0 changed, 6 unchanged)" in done.out
    assert "Deep" not in done.out
    assert {entry.guid: entry.id for entry in lock_of(rich).notes} == before


def test_a_deck_that_was_renamed_since_is_told_of(rich: Path) -> None:
    """A rebuilt lock knows the deck's name of old, whatever deck.toml says by now."""
    lose_lock(rich)
    (rich / "source/deck.toml").write_text(TOML.replace('"Demo"', '"Other"'))
    done = run("--rebuild-lock", str(PACKAGE))
    assert done.code == 1
    assert 'the deck was "Demo" and is now "Other"' in done.err


def test_a_deck_whose_notes_are_all_in_one_subdeck_keeps_its_name(project: Path) -> None:
    """What lies above the notes' decks is the deck's name, as deck.toml has it."""
    write_notes(project, "---\ndeck: Part\n---\n1. One?\n\n   Yes.\n")
    run()
    before = snapshot(project)
    lose_lock(project)
    assert run("--rebuild-lock", str(PACKAGE)).code == 0
    assert snapshot(project) == before


def test_a_package_of_another_deck_is_refused(rich: Path) -> None:
    """Another deck's notes are no way back, and the lock stays as it is."""
    lose_lock(rich)
    write_old(rich / "old.apkg", OLD_ROWS)
    before = snapshot(rich)
    done = run("--rebuild-lock", "old.apkg")
    assert (done.code, done.err) == (
        1,
        'old.apkg: its note type "Old Basic" is none of the deck "demo": '
        "name a package that was built from this deck\n",
    )
    assert snapshot(rich) == before


def test_an_adopted_deck_comes_back_with_its_guids(old: Path, project: Path) -> None:
    """A lock that was lost after a takeover is made again, the old GUIDs with it."""
    adopt("old.apkg")
    before = snapshot(project)
    lose_lock(project)
    assert run("--rebuild-lock", str(PACKAGE)).code == 0
    assert snapshot(project) == before
