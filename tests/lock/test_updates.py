"""What a learner keeps when an author edits a deck: each edit an author may make, in real Anki.

A learner has imported the first release, studied every card, and written and tagged on every note.
Then the author edits, and the next release comes.
"""

from __future__ import annotations

import json
import re
import shutil
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from anki.collection import Collection

import deckpress.note_types
from deckpress.diagnostics import DeckError, has_errors
from deckpress.lock import LockedNote
from deckpress.lock.store import BuildOptions
from deckpress.pipeline import Prepared, build
from deckpress.pipeline.prepare import prepare
from deckpress.project import Project
from deckpress.project.opening import open_project, open_standalone
from tests.support.anki_collection import (
    import_package,
    only_card,
    open_collection,
    schedule,
    study,
)
from tests.support.cases import CASES, read_case
from tests.support.projects import DECK_TOML, PIXEL
from tests.support.typesetting import typeset_once

FIRST = 1_760_000_000
"""When the first release is built, in seconds since 1970."""

FILES: Mapping[str, str | bytes] = {
    **read_case(CASES / "updates/course.case").texts,
    "gates.png": PIXEL + b"gates",
    "kernel.png": PIXEL + b"kernel",
}
NOTES = 18
UNTOUCHED = (0, 0, NOTES)
ONE_UPDATED = (0, 1, NOTES - 1)
ONE_UPDATED_OF_19 = (0, 1, NOTES)
ONE_NEW_ONE_GONE = (1, 0, NOTES - 1)


class Author:
    """Edits the files of a project, as one does with an editor."""

    def __init__(self, project: Path, patch: pytest.MonkeyPatch) -> None:
        self.source, self.patch = project / "source", patch

    def path_of(self, text: str) -> Path:
        """Return the one file that a text stands in."""
        paths = [path for path in self.source.iterdir() if path.suffix in (".md", ".toml")]
        (path,) = (path for path in paths if text in path.read_text(encoding="utf-8"))
        return path

    def replace(self, old: str, new: str) -> None:
        """Replace a text that stands once in one of the files."""
        path = self.path_of(old)
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def cut(self, question: str) -> str:
        """Take the item of a question out of its list, and return it."""
        path = self.path_of(question)
        text = path.read_text(encoding="utf-8")
        match = re.search(rf"^\d+\. {re.escape(question)}.*?(?=^\d+\. |\Z)", text, re.M | re.S)
        assert match
        path.write_text(text.replace(match.group(0), ""), encoding="utf-8")
        return match.group(0).rstrip("\n") + "\n\n"

    def id_of(self, question: str) -> str:
        """Return the id by which the lock knows the note that asks a question."""
        rows = (self.source / "deck.lock").read_text(encoding="utf-8").splitlines()
        (row,) = (row for row in map(json.loads, rows) if row.get("question") == question)
        return LockedNote(**row).author_id


Edit = Callable[[Author], object]
Obey = Callable[[Author, str], object]
"""Does what an error says."""


def change(texts: Mapping[str, str]) -> Edit:
    """Replace each text by another."""

    def edit(author: Author) -> None:
        for old, new in texts.items():
            author.replace(old, new)

    return edit


def swap(here: str, there: str) -> Edit:
    """Let two texts change places."""
    between = "\N{SNOWMAN}"

    def edit(author: Author) -> None:
        for old, new in ((here, between), (there, here), (between, there)):
            author.replace(old, new)

    return edit


def all_of(*edits: Edit) -> Edit:
    """Do several things for one release."""

    def edit(author: Author) -> None:
        for single in edits:
            single(author)

    return edit


def delete(question: str) -> Edit:
    """Take a note out of its list."""
    return lambda author: author.cut(question)


def move(question: str, file: str, head: str = "") -> Edit:
    """Put a note at the end of a file; one that is not there yet begins with a head."""

    def edit(author: Author) -> None:
        item, path = author.cut(question), author.source / file
        before = path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" if path.exists() else head
        path.write_text(before + item, encoding="utf-8")

    return edit


def rename(old: str, new: str) -> Edit:
    """Give a file another name."""
    return lambda author: (author.source / old).rename(author.source / new)


def write(file: str, content: str | bytes) -> Edit:
    """Give a file other content."""
    return lambda author: write_files(author.source, {file: content})


def restore(file: str) -> Edit:
    """Write a file as it was in the first release."""
    return write(file, FILES[file])


def rewrite(change: Callable[[str], str], files: str = "*.md") -> Edit:
    """Change the whole text of files."""

    def edit(author: Author) -> None:
        for path in author.source.glob(files):
            path.write_bytes(change(path.read_text(encoding="utf-8")).encode())

    return edit


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def redesign(text: str, *files: str) -> Edit:
    """Add a text to files of deckpress itself: its style sheet, or templates."""

    def edit(author: Author) -> None:
        read = deckpress.note_types._read_file
        author.patch.setattr(
            deckpress.note_types,
            "_read_file",
            lambda name: read(name) + (text if name in files else ""),
        )

    return edit


def name_fields(*names: str) -> Edit:
    """Let deckpress itself give its note types fields of these names."""
    return lambda author: author.patch.setattr(deckpress.note_types, "_FIELDS", names)


def reword_with_its_id(old: str, new: str) -> Edit:
    """Reword a question, with the id in it that the lock knows it by."""
    return lambda author: author.replace(old, f"{new} <!-- id={author.id_of(old)} -->")


def write_offered_id(old: str, new: str) -> Obey:
    """Replace a text by another, in which a `%` stands for the first id that an error offers."""

    def obey(author: Author, message: str) -> None:
        match = re.search(r"<!-- id=\S+ -->", message)
        assert match, message
        author.replace(old, new.replace("%", match.group(0)))

    return obey


def as_headings(text: str) -> str:
    """Return a file in list form in headings form."""
    return re.sub(r"^ {3}", "", re.sub(r"^\d+\. ", "## ", text, flags=re.M), flags=re.M)


def as_list(text: str) -> str:
    """Return a file in headings form in list form."""
    text = re.sub(r"^(?!#|\[\^|$)", "   ", text, flags=re.M)
    return re.sub(r"^## ", "1. ", text, flags=re.M)


def loosen(text: str) -> str:
    """Return a file in list form with more spaces: empty lines, longer indents, ends of lines."""
    text = re.sub(r"^(\d+)\. ", r"\1.  ", re.sub(r"^ {3}", "    ", text, flags=re.M), flags=re.M)
    return "\n\n" + text.replace("\n\n", " \n\n \n\n") + "\n\n"


@dataclass(frozen=True)
class Scenario:
    """An edit, and what comes of it."""

    edit: Edit
    log: tuple[int, int, int]
    """How many notes Anki takes for new, updated and duplicate."""
    changes: str = ""
    """A word for each change that the author is told of, in order."""
    same: Mapping[str, str] = field(default_factory=dict)
    """Questions before, and what the same notes ask now, where the log leaves that open."""
    shows: str = ""
    """A text that stands on a note that is new or updated."""
    warned: tuple[str, ...] = ()
    """A piece of each warning."""
    earlier: Edit | None = None
    """An edit that was released before."""
    skips: bool = False
    """Whether the learner did not import that release."""
    refused: str = ""
    """A piece of the error that the edit leads to."""
    obey: Obey = lambda author, message: None
    options: BuildOptions = field(default_factory=BuildOptions)
    empty: tuple[str, ...] = ()
    """The clozes whose cards stay, empty."""
    twins: int = 0
    """How many notes ask what another one asks."""
    also: Callable[[Collection], object] = lambda collection: True
    """Says whether what is peculiar to the edit is as it should be."""


def note_types_show(text: str) -> Callable[[Collection], bool]:
    """Return the question whether each of the deck's note types has a text."""

    def look(collection: Collection) -> bool:
        types = [model for model in collection.models.all() if model["name"].startswith("course")]
        return len(types) == 4 and all(text in json.dumps(model) for model in types)

    return look


def description_shows(text: str) -> Callable[[Collection], bool]:
    """Return the question whether the deck's page has a text."""
    return lambda collection: text in (collection.decks.by_name("Course") or {})["desc"]


def deck_of(search: str, name: str) -> Callable[[Collection], bool]:
    """Return the question whether the one card that a search finds is in a deck."""
    return lambda collection: collection.decks.name(only_card(collection, search).did) == name


GATES = "LSTM 有哪三个门？"
VANISHING = "什么是梯度消失？"
VANISHING_SHORT = "何谓梯度消失？"
FAR = "离得远的时刻因此几乎收不到梯度，网络也就学不到长距离的依赖。"
GRU = "GRU 与 LSTM 相比少了什么？"
CLIPPING = "为什么要做梯度裁剪（gradient clipping）？"
BIDIRECTIONAL = "双向循环网络怎样工作？"
BOTH_WAYS = "一个网络从左到右读，另一个从右到左读，每个时刻把两边的隐藏状态拼接起来。"
PADDING = "What does padding do?"
ZEROS = "It adds zeros around the input, so that the output can be as large as the input."
MARKS = "Attention computes a ==weighted sum== of the ==values==."
BLOCK = (
    "A transformer block has {{c1::self-attention}} and a {{c2::feed-forward network::two layers}}."
)
ADAM = "Which optimiser keeps two moving averages?"
FORCING = "1. What is teacher forcing?\n\n   Training on the true token, not the predicted one.\n\n"
SHIFT = "1. 什么是归一化？ <!-- id=clipping -->\n\n   减去均值，再除以标准差。\n\n"
DESCRIPTION = 'description = "A course in two languages."'
IN_FILES = change({DESCRIPTION: f'{DESCRIPTION}\nsubdecks = "files"'})
FIELDS = deckpress.note_types._FIELDS

WORDS: Mapping[str, Scenario] = {
    "a typo mended in a question does not cost its progress": Scenario(
        change({PADDING: "What does the padding do?"}),
        ONE_UPDATED,
        changes="reworded",
        shows="What does the padding do?",
    ),
    "a question reworded above the same answer is the same note": Scenario(
        change({VANISHING: "RNN 为何记性不好？"}), ONE_UPDATED, changes="reworded"
    ),
    "a short answer is enough for a question that is mended": Scenario(
        change({ADAM: "Which optimizer keeps two moving averages?"}),
        ONE_UPDATED,
        changes="reworded",
    ),
    "a short answer is not enough for a question that is another one": Scenario(
        change({ADAM: "Who was the first man in the Bible?"}), ONE_NEW_ONE_GONE, changes="retired"
    ),
    "a rewritten answer reaches learners on the note they have": Scenario(
        change({FAR: "导数的连乘越接近零。"}), ONE_UPDATED, shows="导数的连乘越接近零。"
    ),
    "a typo mended in a question and some words in its answer make no new note": Scenario(
        change({VANISHING: "什么是梯度的消失？", "要反复乘以": "要一次次乘以"}),
        ONE_UPDATED,
        changes="reworded",
    ),
    "another question with another answer is a new note, and the old one is told of": Scenario(
        change({BIDIRECTIONAL: "何为注意力？", BOTH_WAYS: "按相关程度对值加权求和。"}),
        ONE_NEW_ONE_GONE,
        changes="retired",
        shows="何为注意力？",
    ),
    "the id that is told of carries a note through a new question and answer": Scenario(
        all_of(
            reword_with_its_id(BIDIRECTIONAL, "何为双向？"), change({BOTH_WAYS: "正反各读一遍。"})
        ),
        ONE_UPDATED,
        changes="reworded",
        shows="正反各读一遍。",
    ),
    "questions that change places take their progress along": Scenario(
        swap(VANISHING, BIDIRECTIONAL), (0, 2, NOTES - 2), changes="answer-moved answer-moved"
    ),
    "questions that change places below ids leave their progress to the ids": Scenario(
        swap(CLIPPING, GATES),
        (0, 2, NOTES - 2),
        changes="reworded reworded",
        same={CLIPPING: GATES, GATES: CLIPPING},
    ),
    "a full-width mark made half-width in a question is a mended typo": Scenario(
        change({VANISHING: VANISHING.replace("？", "?")}),
        ONE_UPDATED,
        changes="reworded",
        warned=('hint: half-width "?": write "？"',),
    ),
    "marks made full-width in a question and its answer make no new note": Scenario(
        change({PADDING: PADDING.replace("?", "？"), ZEROS: ZEROS.replace(",", "，")}),
        ONE_UPDATED,
        changes="reworded",
    ),
    "bold type in a question updates its note": Scenario(
        change({PADDING: "What does **padding** do?"}), ONE_UPDATED, shows="<strong>padding"
    ),
    "a hint that comes later updates its note": Scenario(
        change({BOTH_WAYS: f"{BOTH_WAYS}\n\n   > [!TIP]\n   > 两个方向。"}),
        ONE_UPDATED,
        shows="两个方向。",
    ),
    "background that comes later updates its note": Scenario(
        change({BOTH_WAYS: f"{BOTH_WAYS}\n\n   > [!NOTE]\n   > 不能用于逐词生成。"}),
        ONE_UPDATED,
        shows="不能用于逐词生成。",
    ),
    "a footnote that comes later updates its note": Scenario(
        change({ZEROS: f"{ZEROS}[^guide]"}), ONE_UPDATED, shows="<sup"
    ),
    "a footnote worded anew updates the note that refers to it": Scenario(
        change({"Dumoulin and Visin,": "V. Dumoulin and F. Visin,"}),
        ONE_UPDATED,
        shows="V. Dumoulin",
    ),
    "a formula spelt otherwise updates its note": Scenario(
        change({"\\tilde h_t": "\\tilde{h}_t"}), ONE_UPDATED, shows="\\tilde{h}_t"
    ),
    "a formula between other delimiters changes nothing": Scenario(
        change({"$\\theta$": "\\(\\theta\\)"}), UNTOUCHED
    ),
    "a macro for what stood in a formula changes nothing": Scenario(
        change(
            {
                "z_t \\odot \\tilde h_t": "z_t \\odot \\new",
                DESCRIPTION: f"{DESCRIPTION}\n\n[formulas.macros]\nnew = '\\tilde h_t'",
            }
        ),
        UNTOUCHED,
    ),
    "a note's tag updates it alone": Scenario(
        change({"id=clipping": 'id=clipping tags="hard"'}), ONE_UPDATED
    ),
    "a file's tag updates all its notes": Scenario(
        change({"tags: [words]": "tags: [words, glossary]"}), (0, 4, NOTES - 4)
    ),
    "an edit that is like several notes is refused until an id says which it is": Scenario(
        change({"A transformer block has": "Each block of a transformer consists of"}),
        ONE_UPDATED,
        changes="reworded",
        refused="not sure which note this was",
        obey=write_offered_id("two layers}}.", "two layers}}. %"),
    ),
}

PLACES: Mapping[str, Scenario] = {
    "notes in another order are untouched": Scenario(move(VANISHING, "01-rnn.md"), UNTOUCHED),
    "two notes that change places are untouched": Scenario(
        all_of(move(CLIPPING, "01-rnn.md"), move(GRU, "01-rnn.md")), UNTOUCHED
    ),
    "a note put in between is new, and leaves the others untouched": Scenario(
        change({f"2. {VANISHING}": f"{FORCING}2. {VANISHING}"}),
        (1, 0, NOTES),
        shows="What is teacher forcing?",
    ),
    "two new notes may have the same answer": Scenario(
        change({f"2. {VANISHING}": f"{FORCING}{FORCING.replace('What', 'Who')}2. {VANISHING}"}),
        (2, 0, NOTES),
    ),
    "a new note may have the answer of an old one": Scenario(
        change({f"2. {VANISHING}": f"2. RNN 有何弱点？\n\n   {BOTH_WAYS}\n\n2. {VANISHING}"}),
        (1, 0, NOTES),
    ),
    "a note that is deleted stays with its learners": Scenario(
        delete(VANISHING), (0, 0, NOTES - 1), changes="retired"
    ),
    "a note that comes back is the note it was": Scenario(
        restore("01-rnn.md"), UNTOUCHED, changes="back", earlier=delete(VANISHING)
    ),
    "a note that comes back with another answer is the note it was": Scenario(
        all_of(restore("01-rnn.md"), change({FAR: "于是学不到。"})),
        ONE_UPDATED,
        changes="back",
        earlier=delete(VANISHING),
    ),
    "a retired note's question is free for a note of another kind": Scenario(
        change({f"3. {GRU}": f"3. {VANISHING} <!-- kind=reversed -->\n\n   {FAR}\n\n3. {GRU}"}),
        ONE_NEW_ONE_GONE,
        earlier=delete(VANISHING),
    ),
    "a learner who skips a release gets its edits with the next": Scenario(
        change({FAR: "于是学不到。"}),
        (0, 2, NOTES - 2),
        earlier=change({BOTH_WAYS: "正反各读一遍。"}),
        skips=True,
    ),
    "a learner who skips a release never meets what was only in it": Scenario(
        restore("01-rnn.md"),
        UNTOUCHED,
        changes="retired",
        earlier=change({f"2. {VANISHING}": f"{FORCING}2. {VANISHING}"}),
        skips=True,
    ),
    "other numbers in a list change nothing": Scenario(
        rewrite(lambda text: re.sub(r"^\d\. ", "7. ", text, flags=re.M)), UNTOUCHED
    ),
    "1) for 1. changes nothing": Scenario(
        rewrite(lambda text: re.sub(r"^(\d)\. ", r"\1) ", text, flags=re.M)), UNTOUCHED
    ),
    "a list written as headings changes nothing": Scenario(
        rewrite(as_headings, "01-rnn.md"), UNTOUCHED
    ),
    "headings written as a list change nothing": Scenario(
        rewrite(as_list, "02-convolution.md"), UNTOUCHED
    ),
    "a file's new number changes nothing": Scenario(rename("01-rnn.md", "09-rnn.md"), UNTOUCHED),
    "another ending of a file's name changes nothing": Scenario(
        rename("01-rnn.md", "01-rnn.markdown"), UNTOUCHED
    ),
    "a file's new name updates the tags of its notes": Scenario(
        rename("02-convolution.md", "02-cnn.md"), (0, 4, NOTES - 4), changes="moved"
    ),
    "a file split in two updates the tags of what is in the second": Scenario(
        all_of(
            move(CLIPPING, "05-training.md", "# 循环网络\n\n"),
            move(BIDIRECTIONAL, "05-training.md"),
        ),
        (0, 2, NOTES - 2),
        changes="moved",
    ),
    "a file that is deleted retires its notes, and no others": Scenario(
        lambda author: (author.source / "04-words.md").unlink(),
        (0, 0, NOTES - 4),
        changes="retired " * 4,
    ),
    "a note in another file is the same note": Scenario(
        move(VANISHING, "03-attention.md"), ONE_UPDATED, changes="moved"
    ),
    "a note reworded in another file is the same note": Scenario(
        all_of(change({VANISHING: VANISHING_SHORT}), move(VANISHING_SHORT, "03-attention.md")),
        ONE_UPDATED,
        changes="reworded moved",
    ),
    "cards stay where learners have them when their subdeck has another name": Scenario(
        change({"deck: Words": "deck: Vocabulary"}),
        UNTOUCHED,
        changes="moved",
        also=deck_of("ID:naïve-bayes card:1", "Course::Words"),
    ),
    "a file that goes into a subdeck leaves learners' cards where they are": Scenario(
        rewrite("---\ndeck: Attention\n---\n{}".format, "03-attention.md"),
        UNTOUCHED,
        changes="moved",
        also=deck_of("ID:scaled card:1", "Course"),
    ),
    "a subdeck for each file leaves learners' cards where they are": Scenario(
        IN_FILES, UNTOUCHED, changes="moved moved moved", also=deck_of("ID:clipping", "Course")
    ),
    "a note that comes with a subdeck for each file goes into its file's": Scenario(
        all_of(IN_FILES, change({f"2. {VANISHING}": f"{FORCING}2. {VANISHING}"})),
        (1, 0, NOTES),
        changes="moved moved moved",
        also=deck_of("teacher", "Course::01-rnn"),
    ),
    "a heading worded anew updates the notes below it": Scenario(
        change({"# Convolution\n": "# Convolutional networks\n"}), (0, 4, NOTES - 4)
    ),
    "a heading between notes updates the notes below it": Scenario(
        change({f"4. {CLIPPING}": f"## 训练\n\n4. {CLIPPING}"}), (0, 2, NOTES - 2)
    ),
    "a heading of another level changes nothing": Scenario(
        change({"# 循环网络": "## 循环网络"}), UNTOUCHED
    ),
    "a note split in two keeps its progress where its question is": Scenario(
        change({FAR: f"\n6. 为什么 RNN 学不到长距离的依赖？\n\n   {FAR}"}),
        (1, 1, NOTES - 1),
        changes="split",
        same={VANISHING: VANISHING},
    ),
    "two notes made one keep the progress of the question that stays": Scenario(
        all_of(delete(BIDIRECTIONAL), change({FAR: f"{FAR}{BOTH_WAYS}"})),
        (0, 1, NOTES - 2),
        changes="merged",
        same={VANISHING: VANISHING},
    ),
}

IDS: Mapping[str, Scenario] = {
    "an id given later changes nothing": Scenario(
        change({VANISHING: f"{VANISHING} <!-- id=vanishing -->"}), UNTOUCHED
    ),
    "an id given in one release carries its note through the next": Scenario(
        change(
            {
                f"{VANISHING} <": "梯度为何变小？ <",
                "误差沿时间反向传播时，": "连乘：",
                FAR: "如此。",
            }
        ),
        ONE_UPDATED,
        changes="reworded",
        earlier=change({VANISHING: f"{VANISHING} <!-- id=vanishing -->"}),
    ),
    "another id above the same question changes nothing": Scenario(
        change({"id=clipping": "id=gradient-clipping"}), UNTOUCHED
    ),
    "an id that goes back to what it was changes nothing": Scenario(
        change({"id=gradient-clipping": "id=clipping"}),
        UNTOUCHED,
        earlier=change({"id=clipping": "id=gradient-clipping"}),
    ),
    "a new note may have the id that another one had, wherever it stands": Scenario(
        change({f"1. {GATES}": f"{SHIFT}1. {GATES}"}),
        (1, 0, NOTES),
        earlier=change({"id=clipping": "id=gradient-clipping"}),
    ),
    "an id that is removed leaves its note what it was": Scenario(
        change({" <!-- id=clipping -->": ""}), UNTOUCHED
    ),
    "an id written on another note takes its progress along, once that one is called new": Scenario(
        change({" <!-- id=clipping -->": "", VANISHING: f"{VANISHING} <!-- id=clipping -->"}),
        (1, 1, NOTES - 2),
        changes="reworded split retired",
        refused=f'id "clipping" is that of "{CLIPPING}" in',
        obey=write_offered_id(CLIPPING, f"{CLIPPING} %"),
        same={CLIPPING: VANISHING},
    ),
    "an id on two notes is refused": Scenario(
        change({VANISHING: f"{VANISHING} <!-- id=clipping -->"}),
        UNTOUCHED,
        refused='id "clipping" is taken by',
        obey=lambda author, message: author.replace(f"{VANISHING} <!-- id=clipping -->", VANISHING),
    ),
    "a question asked twice is refused until ids tell the notes apart": Scenario(
        change({f"3. {GRU}": f"3. {VANISHING}\n\n   越远的梯度越小。\n\n4. {GRU}"}),
        (1, 0, NOTES),
        refused="the same question as in",
        obey=lambda author, message: change(
            {
                f"{index}. {VANISHING}": f"{index}. {VANISHING} <!-- id=far-{index} -->"
                for index in (2, 3)
            }
        )(author),
        twins=1,
    ),
}

LOOKS: Mapping[str, Scenario] = {
    "a new style sheet reaches learners without touching a note": Scenario(
        redesign("/* later */", "card.css"), UNTOUCHED, also=note_types_show("/* later */")
    ),
    "a new template reaches learners without touching a note": Scenario(
        redesign(
            "<p>Well done.</p>", *(f"{kind}_back.html" for kind in "question typed cloze".split())
        ),
        UNTOUCHED,
        also=note_types_show("Well done."),
    ),
    "a field's new name reaches learners without touching a note": Scenario(
        name_fields(*FIELDS[:-1], "Mnemonic"), UNTOUCHED, also=note_types_show("Mnemonic")
    ),
    "a field that is added is refused, since learners would get no update": Scenario(
        name_fields(*FIELDS, "Mnemonic"),
        UNTOUCHED,
        refused='its field "Mnemonic" was added since the last build',
        obey=lambda author, message: author.patch.undo(),
    ),
    "a field that is removed is refused, since learners would get no update": Scenario(
        name_fields(*FIELDS[:-1]),
        UNTOUCHED,
        refused='its field "Reserve 2" was removed since the last build',
        obey=lambda author, message: author.patch.undo(),
    ),
    "a picture that changes under its name reaches learners": Scenario(
        write("gates.png", PIXEL + b"other gates"), ONE_UPDATED
    ),
    "a picture's new name makes no new note": Scenario(
        all_of(rename("gates.png", "lstm.png"), change({"(gates.png)": "(lstm.png)"})),
        ONE_UPDATED,
        shows="lstm-",
    ),
    "a picture that is removed updates its note": Scenario(
        change({"![A kernel](kernel.png)": ""}), ONE_UPDATED
    ),
    "a picture's other words update its note": Scenario(
        change({"![A kernel]": "![A small kernel]"}), ONE_UPDATED, shows="A small kernel"
    ),
}

CLOZES: Mapping[str, Scenario] = {
    "a cloze with a new number is a card beside the old ones": Scenario(
        change({"A transformer block": "A {{c3::transformer}} block"}),
        ONE_UPDATED,
        shows="{{c3::transformer}}",
    ),
    "a mark before others leaves them their numbers": Scenario(
        change({MARKS: MARKS.replace("Attention", "==Attention==")}),
        ONE_UPDATED,
        shows="{{c3::Attention}} computes a {{c1::weighted sum}} of the {{c2::values}}",
    ),
    "marks in another order keep their numbers": Scenario(
        change({MARKS: "Attention computes of the ==values== a ==weighted sum==."}),
        ONE_UPDATED,
        changes="reworded",
        shows="{{c2::values}} a {{c1::weighted sum}}",
    ),
    "a mark that is split keeps its number in its greater part": Scenario(
        change({"==weighted sum==": "==weighted== ==sum=="}),
        ONE_UPDATED,
        changes="cloze-changed",
        shows="{{c1::weighted}} {{c3::sum}} of the {{c2::values}}",
    ),
    "a mark's words may change under its number": Scenario(
        change({"==weighted sum==": "==weighted average=="}),
        ONE_UPDATED,
        changes="reworded cloze-changed",
        shows="{{c1::weighted average}} of the {{c2::values}}",
    ),
    "a mark that is corrected to something else keeps its card": Scenario(
        change({"==values==": "==rows of a matrix=="}),
        ONE_UPDATED,
        changes="reworded cloze-changed",
        shows="{{c1::weighted sum}} of the {{c2::rows of a matrix}}",
    ),
    "a cloze with a number that is corrected keeps its card": Scenario(
        change({"{{c1::self-attention}}": "{{c1::a gate}}"}),
        ONE_UPDATED,
        changes="reworded cloze-changed",
        shows="{{c1::a gate}}",
    ),
    "a mark written with its number changes nothing": Scenario(
        change({"==values==": "{{c2::values}}"}), UNTOUCHED
    ),
    "a cloze that is removed leaves one empty card, which the author is told of": Scenario(
        change({"==values==": "values"}), ONE_UPDATED, changes="cloze-gone", empty=("values",)
    ),
    "a cloze that comes back has its card": Scenario(
        change({"of the values": "of the ==values=="}),
        ONE_UPDATED,
        shows="{{c2::values}}",
        earlier=change({"==values==": "values"}),
    ),
    "a mark after one that is gone does not get its card": Scenario(
        change({"computes a": "==computes== a"}),
        ONE_UPDATED,
        shows="{{c3::computes}}",
        earlier=change({"==weighted sum==": "weighted sum"}),
        empty=("weighted sum",),
    ),
    "numbers that the author exchanges are warned of": Scenario(
        change({BLOCK: BLOCK.replace("c1", "c0").replace("c2", "c1").replace("c0", "c2")}),
        ONE_UPDATED,
        warned=('"self-attention" was cloze 1', '"feed-forward network" was cloze 2'),
    ),
    "a number that a mark had is warned of": Scenario(
        change({MARKS: MARKS.replace("Attention", "{{c2::Attention}}")}),
        ONE_UPDATED,
        warned=('"values" was cloze 2 and is now cloze 3',),
    ),
    "a number that a cloze had which is gone is warned of": Scenario(
        change({"A transformer": "A {{c2::transformer}}"}),
        ONE_UPDATED,
        warned=('cloze 2 was "feed-forward network" once',),
        earlier=change({"{{c2::feed-forward network::two layers}}": "feed-forward network"}),
    ),
    "a cloze's words may change without an answer to know the note by": Scenario(
        change({"feed-forward network": "feed-forward layer"}),
        ONE_UPDATED,
        changes="reworded cloze-changed",
    ),
    "a cloze in a formula may change under its number": Scenario(
        change({"\\sqrt{d_k}": "\\sqrt{d}"}),
        ONE_UPDATED,
        changes="reworded cloze-changed",
        shows="{{c2::\\sqrt{d} }}",
    ),
    "a formula may change around its clozes": Scenario(
        change({"\\mathrm{softmax}": "\\operatorname{softmax}", " <!-- id=scaled -->": ""}),
        ONE_UPDATED,
        changes="reworded",
        shows="\\operatorname",
    ),
    "a gap in code that is corrected keeps its card": Scenario(
        change({"{{c1::k.T}}": "{{c1::np.swapaxes(k, 0, 1)}}"}),
        ONE_UPDATED,
        changes="reworded cloze-changed",
    ),
    "code may change around its gaps": Scenario(
        change({"output = weights": "mixed = weights"}), ONE_UPDATED, changes="reworded"
    ),
    "a gap in code that is removed leaves one empty card": Scenario(
        change({"{{c1::k.T}}": "k.T"}), ONE_UPDATED, changes="cloze-gone", empty=("k.T",)
    ),
    "a hint in a cloze updates its note": Scenario(
        change({"==values==": "{{c2::values::what?}}"}), ONE_UPDATED, shows="{{c2::values::what?}}"
    ),
}

KINDS: Mapping[str, Scenario] = {
    "a note to be asked both ways is refused until an id makes it a new one": Scenario(
        change({PADDING: f"{PADDING} <!-- kind=reversed -->"}),
        ONE_NEW_ONE_GONE,
        changes="retired",
        refused="kind changed from basic to reversed",
        obey=write_offered_id(f"{PADDING} <!--", f"{PADDING} % <!--"),
    ),
    "a note to be asked one way is refused until an id makes it a new one": Scenario(
        change({"id=naïve-bayes kind=reversed": "id=naïve-bayes"}),
        ONE_NEW_ONE_GONE,
        changes="retired",
        refused="kind changed from reversed to basic",
        obey=write_offered_id("<!-- id=naïve-bayes -->", "%"),
    ),
    "a note that gets clozes is refused until an id makes it a new one": Scenario(
        change({BIDIRECTIONAL: "双向循环网络==怎样==工作？"}),
        ONE_NEW_ONE_GONE,
        changes="retired",
        refused="kind changed from basic to cloze",
        obey=write_offered_id("==工作？", "==工作？ %"),
    ),
    "a note that loses its clozes is refused until an id makes it a new one": Scenario(
        change({MARKS: MARKS.replace("==", "")}),
        ONE_NEW_ONE_GONE,
        changes="retired",
        refused="kind changed from cloze to basic",
        obey=write_offered_id(" of the values.", " of the values. %"),
    ),
    "a note that has its old kind again is the note it was": Scenario(
        change({f"{PADDING} <!-- id=zeros kind=reversed -->": PADDING}),
        UNTOUCHED,
        changes="back retired",
        earlier=change({PADDING: f"{PADDING} <!-- id=zeros kind=reversed -->"}),
    ),
    "a kind that is spelt out changes nothing": Scenario(
        change(
            {VANISHING: f"{VANISHING} <!-- kind=basic -->", MARKS: f"{MARKS} <!-- kind=cloze -->"}
        ),
        UNTOUCHED,
    ),
}

SETTINGS: Mapping[str, Scenario] = {
    "a deck's new name is refused, or else leaves learners' cards where they are": Scenario(
        change({'name = "Course"': 'name = "Lessons"'}),
        UNTOUCHED,
        refused='the deck was "Course" and is now "Lessons"',
        changes="renamed",
        options=BuildOptions(allow_deck_rename=True),
        also=deck_of("ID:clipping", "Course"),
    ),
    "a deck's name in other letters is the same deck": Scenario(
        change({'name = "Course"': 'name = "COURSE"'}), UNTOUCHED
    ),
    "a new version and description reach learners without touching a note": Scenario(
        change({'"1.0.0"': '"1.1.0"', "in two languages": "in two tongues"}),
        UNTOUCHED,
        also=description_shows("A course in two tongues.\n\ncourse 1.1.0"),
    ),
    "a tag of the deck updates every note": Scenario(
        change({DESCRIPTION: f'{DESCRIPTION}\ntags = ["exam"]'}), (0, NOTES, 0)
    ),
    "another language of the deck changes no note": Scenario(
        change({'"zh-CN"': '"en"'}), UNTOUCHED, also=note_types_show('lang=\\"en\\"')
    ),
    "another id of the deck is refused, since it would be another deck": Scenario(
        change({'id = "course"': 'id = "courses"'}),
        UNTOUCHED,
        refused="a deck's id never changes",
        obey=lambda author, message: restore("deck.toml")(author),
    ),
}

SPELLINGS: Mapping[str, Scenario] = {
    "decomposed letters, as macOS writes them, change nothing": Scenario(
        rewrite(lambda text: unicodedata.normalize("NFD", text)), UNTOUCHED
    ),
    "Windows' ends of lines change nothing": Scenario(
        rewrite(lambda text: text.replace("\n", "\r\n")), UNTOUCHED
    ),
    "a byte order mark changes nothing": Scenario(rewrite("\ufeff{}".format), UNTOUCHED),
    "more empty lines, longer indents and spaces at lines' ends change nothing": Scenario(
        rewrite(loosen, "0[13]*.md"), UNTOUCHED
    ),
    "no empty line at the end of a file changes nothing": Scenario(rewrite(str.strip), UNTOUCHED),
    "an author's remark changes nothing": Scenario(
        change({VANISHING: f"{VANISHING} <!-- look it up -->"}), UNTOUCHED
    ),
    "the form of a file in its front matter changes nothing": Scenario(
        rewrite("---\nnotes: headings\n---\n{}".format, "02*.md"), UNTOUCHED
    ),
}

ASKING = change(
    {"(gates.png)": '(gates.png) <!-- ask="A: rect 0% 0% 20% 20%; B: rect 50% 0% 9% 9%" -->'}
)
"""A picture that asks, of which the learner has the cards."""

PICTURES: Mapping[str, Scenario] = {
    "a gap that is moved keeps its card": Scenario(
        change({"A: rect 0%": "A: rect 10%"}),
        ONE_UPDATED_OF_19,
        shows="{{c1::image-occlusion:rect:left=.1:",
        earlier=ASKING,
    ),
    "a gap that is added is one card more, wherever it stands": Scenario(
        change({'ask="A:': 'ask="C: ellipse 50% 50% 5% 5%; A:'}),
        ONE_UPDATED_OF_19,
        shows="{{c3::image-occlusion:ellipse:",
        earlier=ASKING,
    ),
    "gaps in another order keep their cards": Scenario(
        change({"A: rect": "B : rect", "B: rect": "A: rect", "B : rect": "B: rect"}),
        ONE_UPDATED_OF_19,
        shows="{{c2::image-occlusion:rect:left=0:",
        earlier=ASKING,
    ),
    "a gap that is removed leaves one empty card, which the author is told of": Scenario(
        change({"; B: rect 50% 0% 9% 9%": ""}),
        ONE_UPDATED_OF_19,
        changes="cloze-gone",
        earlier=ASKING,
        empty=("B",),
    ),
    "all gaps may be hidden at once": Scenario(
        change({'9%" -->': '9%" hide=all -->'}), ONE_UPDATED_OF_19, shows=":oi=1", earlier=ASKING
    ),
    "the question above a picture that asks may be reworded": Scenario(
        change({GATES: "LSTM 的三个门是什么？"}),
        (0, 2, NOTES - 1),
        changes="reworded",
        earlier=ASKING,
    ),
    "a picture that asks may get another name": Scenario(
        all_of(rename("gates.png", "lstm.png"), change({"(gates.png)": "(lstm.png)"})),
        (0, 2, NOTES - 1),
        earlier=all_of(ASKING, change({'ask="': 'id=gates ask="'})),
        changes="reworded",
    ),
    "a picture that asks may stand in another file": Scenario(
        move(GATES, "04-more.md", "# More\n\n"), (0, 2, NOTES - 1), changes="moved", earlier=ASKING
    ),
    "a picture that asks no more is retired, and the note that it stood in stays": Scenario(
        restore("01-rnn.md"), (0, 0, NOTES), changes="retired", earlier=ASKING
    ),
}

SCENARIOS: Mapping[str, Scenario] = {
    **WORDS,
    **PLACES,
    **IDS,
    **LOOKS,
    **CLOZES,
    **PICTURES,
    **KINDS,
    **SETTINGS,
    **SPELLINGS,
}


@dataclass(frozen=True)
class Course:
    """A project, and a learner who has worked with its first release."""

    project: Path
    anki: Path
    learned: int
    """When the learner was last at work, in seconds since 1970."""


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The first release and its learner, made once, to be copied for each scenario."""
    folder = tmp_path_factory.mktemp("course")
    write_files(folder / "project/source", FILES)
    with open_collection(folder / "anki") as collection:
        prepared, log = publish(folder / "project", FIRST, collection)
        assert (prepared.diagnostics, log) == ((), {"new": NOTES})
        study_and_edit_everything(collection)
    return Course(folder / "project", folder / "anki", int(time.time()))


@pytest.fixture
def course(first: Course, tmp_path: Path) -> Course:
    """A copy of the first release and its learner."""
    shutil.copytree(first.project, tmp_path / "project")
    shutil.copytree(first.anki, tmp_path / "anki")
    return Course(tmp_path / "project", tmp_path / "anki", first.learned)


def study_and_edit_everything(collection: Collection) -> None:
    """Let each card have a schedule of its own, and each note a learner's words and tag."""
    cards = list(collection.find_cards(""))
    for index, card_id in enumerate(cards):
        collection.sched.set_due_date([card_id], f"{index + 1}!")
        collection.set_user_flag_for_cards(index % 5, [card_id])
    collection.sched.suspend_cards(cards[3:4])
    for note_id in collection.find_notes(""):
        note = collection.get_note(note_id)
        note["Extra"] = "my own words"
        note.tags.append("mine")
        collection.update_note(note)


def release(project: Path, now: int, options: BuildOptions | None = None) -> Prepared:
    """Build a project at a time, in seconds since 1970."""
    opened, diagnostics = open_project(project)
    told = (options or BuildOptions())._replace(tells_all=True)
    prepared = prepare(opened, diagnostics, now, options=told, typeset=typeset_once)
    build(prepared, package_of(project))
    return prepared


def package_of(project: Path) -> Path:
    """Return where the package of a project is written, whatever its version."""
    return project / "dist" / "course.apkg"


def publish(
    project: Path, now: int, collection: Collection, options: BuildOptions | None = None
) -> tuple[Prepared, dict[str, int]]:
    """Build a project at a time, and let the learner import it; return the log's counts as well."""
    prepared = release(project, now, options)
    return prepared, import_package(collection, package_of(project))


@dataclass(frozen=True)
class Snapshot:
    """All that a learner has: rows of Anki's tables."""

    notes: Mapping[str, tuple[object, ...]]
    """By GUID."""
    cards: Mapping[int, tuple[object, ...]]
    reviews: tuple[tuple[object, ...], ...]
    note_types: frozenset[int]

    @staticmethod
    def of(collection: Collection) -> Snapshot:
        """Return what is in a collection now."""
        assert collection.db
        return Snapshot(
            {row[1]: tuple(row) for row in collection.db.all("select * from notes")},
            {row[0]: tuple(row) for row in collection.db.all("select * from cards")},
            tuple(map(tuple, collection.db.all("select * from revlog"))),
            frozenset(model.id for model in collection.models.all_names_and_ids()),
        )

    def card_numbers(self) -> set[tuple[object, object]]:
        """Return the note's id and the number of each card."""
        return {(row[1], row[3]) for row in self.cards.values()}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_an_edit_reaches_learners_and_takes_nothing_from_them(
    scenario: Scenario, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Learners get what the author changed, and keep all that is theirs."""
    author, now = Author(course.project, monkeypatch), course.learned + 60
    with open_collection(course.anki) as collection:
        release_earlier(scenario, author, now, collection)
        before = Snapshot.of(collection)
        scenario.edit(author)
        check_refused(scenario, author, now + 60)
        prepared, log = publish(course.project, now + 60, collection, scenario.options)
        after = Snapshot.of(collection)
        names = ("new", "updated", "duplicate")
        assert log == {
            name: count for name, count in zip(names, scenario.log, strict=True) if count
        }
        check_changes(scenario, prepared)
        check_kept(before, after, prepared)
        check_arrived(scenario, before, after, prepared)
        assert scenario.also(collection)
        check_another_build_changes_nothing(course.project, now + 86_400, collection)
        check_sound(scenario, collection, prepared)


def release_earlier(scenario: Scenario, author: Author, now: int, collection: Collection) -> None:
    """Make the release that came before, if there was one."""
    if scenario.earlier is None:
        return
    scenario.earlier(author)
    release(author.source.parent, now)
    if not scenario.skips:
        import_package(collection, package_of(author.source.parent))


def check_refused(scenario: Scenario, author: Author, now: int) -> None:
    """Assert that an edit that must not be built writes nothing; then do what the error says."""
    if not scenario.refused:
        return
    project = author.source.parent
    files = read_files(project)
    with pytest.raises(DeckError, match=re.escape(scenario.refused)) as refusal:
        release(project, now)
    assert read_files(project) == files
    scenario.obey(author, str(refusal.value))


def read_files(folder: Path) -> dict[Path, bytes]:
    """Return every file below a folder with its bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def check_changes(scenario: Scenario, prepared: Prepared) -> None:
    """Assert what the author is told, and which notes are the ones they were."""
    words = [change.what.replace(" ", "-") for change in prepared.changes]
    assert words == scenario.changes.split()
    assert len(prepared.retired) == words.count("retired") + words.count("merged")
    diagnostics = "\n".join(map(str, prepared.diagnostics))
    assert len(prepared.diagnostics) == len(scenario.warned), diagnostics
    assert all(piece in diagnostics for piece in scenario.warned), diagnostics
    before = {entry.question: entry.guid for entry in prepared.before.notes}
    after = {entry.question: entry.guid for entry in prepared.after.notes if not entry.retired}
    assert all(before[old] == after[new] for old, new in scenario.same.items())


def check_kept(before: Snapshot, after: Snapshot, prepared: Prepared) -> None:
    """Assert that every card, and every note that the author left alone, is as it was."""
    assert {id_: after.cards.get(id_) for id_ in before.cards} == before.cards
    assert after.reviews == before.reviews
    assert after.note_types == before.note_types
    dates = {note.guid: note.mod for note in prepared.notes}
    for guid, row in before.notes.items():
        if dates.get(guid, 0) <= mod_of(row):
            assert after.notes[guid] == row


def mod_of(row: tuple[object, ...]) -> int:
    """Return when a note last changed, from its row."""
    assert isinstance(row[3], int)
    return row[3]


def check_arrived(
    scenario: Scenario, before: Snapshot, after: Snapshot, prepared: Prepared
) -> None:
    """Assert that new and updated notes have their text, tags and cards, and none is double."""
    new, updated, _ = scenario.log
    came = [
        note for note in prepared.notes if after.notes[note.guid] != before.notes.get(note.guid)
    ]
    assert (len(came), len(after.notes)) == (new + updated, len(before.notes) + new)
    for note in came:
        row = after.notes[note.guid]
        assert (row[6], set(str(row[5]).split())) == ("\x1f".join(note.fields), set(note.tags))
    assert any(scenario.shows in "\n".join(note.fields) for note in came) or not scenario.shows
    questions = [re.sub(r"<[^>]+>|\{\{c\d+::|\}\}", "", note.fields[0]) for note in prepared.notes]
    assert len(questions) - len(set(questions)) == scenario.twins
    packed = {
        (after.notes[note.guid][0], index) for note in prepared.notes for index in note.card_numbers
    }
    assert after.card_numbers() == before.card_numbers() | packed


def check_another_build_changes_nothing(project: Path, now: int, collection: Collection) -> None:
    """Assert that a build without edits writes the same files, and that importing them is idle."""
    before, files = Snapshot.of(collection), read_files(project)
    again, log = publish(project, now, collection)
    assert (again.changes, log) == ((), {"duplicate": len(again.notes)})
    assert read_files(project) == files
    assert Snapshot.of(collection) == before


def check_sound(scenario: Scenario, collection: Collection, prepared: Prepared) -> None:
    """Assert that Anki finds nothing to mend, and no empty card but those of clozes that went."""
    assert empty_clozes(collection, prepared.after.notes) == scenario.empty
    assert list(collection.media.check().missing) == []
    assert not [model.name for model in collection.models.all_names_and_ids() if "+" in model.name]
    count = collection.card_count()
    report, is_sound = collection.fix_integrity()
    assert is_sound, report
    assert collection.card_count() == count


def empty_clozes(collection: Collection, entries: Iterable[LockedNote]) -> tuple[str, ...]:
    """Return what the empty cards of a collection once asked for."""
    gone = {entry.guid: entry.gone_clozes for entry in entries}
    ids = [card_id for note in collection.get_empty_cards().notes for card_id in note.card_ids]
    cards = map(collection.get_card, ids)
    return tuple(gone[card.note().guid][str(card.ord + 1)] for card in cards)


GROWING_LIST = """\
1. RNN 的结构？

    每个时刻读入一个向量，与上一时刻的隐藏状态一起算出新的隐藏状态：
    $$
    h^{<t>} = \\tanh (W_h [h^{<t-1>}, x^{<t>}] + b_h) \\\\
    y^{<t>} = W_y h^{<t>}
    $$

2. 池化层输出 size？

    给定 n×n 输入，f×f 窗口，stride s，输出的边长为：
    $$
    \\lfloor \\frac{n-f}{s} \\rfloor
    $$
   \x20
3. 词袋模型

    只数每个词出现了几次，不看次序。两种常见的改进：

    - TF-IDF：降低到处都出现的词的权重
    - Ngram：把相邻的几个词合在一起数
"""
GROWN = """\
   \x20
4. 为何要做层归一化？

    让每一层输入的均值和方差稳定，训练更快。

5. ALBERT：

    各层共享参数，并把词向量分解成两个小矩阵。
"""


def test_a_list_that_grows_at_its_end_keeps_what_was_learned(tmp_path: Path) -> None:
    """A mended formula is an update, the questions at the end are new, and the rest is idle."""
    source = tmp_path / "interview.md"
    source.write_text(GROWING_LIST, encoding="utf-8")
    with open_collection(tmp_path / "anki") as collection:
        assert build_and_import(open_standalone(source)[0], FIRST, collection) == {"new": 3}
        learned = [study(collection, f"Question:*{word}*") for word in ("结构", "size", "词袋")]
        mended = GROWING_LIST.replace("\\rfloor\n", "\\rfloor + 1\n")
        source.write_text(mended + GROWN, encoding="utf-8")
        log = build_and_import(open_standalone(source)[0], FIRST + 60, collection)
        assert log == {"new": 2, "updated": 1, "duplicate": 2}
        kept = [collection.get_card(card.id) for card in learned]
        assert list(map(schedule, kept)) == list(map(schedule, learned))
        assert "\\rfloor + 1" in kept[1].note()["Answer"]


def build_and_import(project: Project, now: int, collection: Collection) -> dict[str, int]:
    """Build a project that has no faults, and import it; return the log's counts."""
    prepared = prepare(project, (), now)
    assert not has_errors(prepared.diagnostics, strict=True)
    return import_package(collection, build(prepared, project.output).package)


def write_questions(project: Path, ids: Iterable[str], deck: str = "demo") -> Project:
    """Write a project that has a note for each id, and open it."""
    items = (f"1. What of {id_}? <!-- id={id_} -->\n\n   {id_}, of course.\n\n" for id_ in ids)
    settings = DECK_TOML.replace('"demo"', f'"{deck}"').replace('"Demo"', f'"{deck.title()}"')
    write_files(project / "source", {"deck.toml": settings, "notes.md": "".join(items)})
    return open_project(project)[0]


def ids_found(collection: Collection, search: str) -> set[tuple[str, str]]:
    """Return the GUIDs and IDs of the notes that a search finds."""
    notes = map(collection.get_note, collection.find_notes(search))
    return {(note.guid, note["ID"]) for note in notes}


RETIRED = ("a_b", "c:d", "e.f", "门.一", "re:g", "_h", "tag:demo", "é", "OR")
KEPT = ("axb", "a__b", "c", "d", "exf", "门", "门一", "g", "hh", "h", "e", "e.f.g", "and")


def test_the_search_that_is_told_finds_the_retired_notes_and_no_others(tmp_path: Path) -> None:
    """Learners may delete all that the search finds, whatever letters and marks are in ids."""
    with open_collection(tmp_path / "anki") as collection:
        project = write_questions(tmp_path / "project", (*RETIRED, *KEPT))
        build_and_import(project, FIRST, collection)
        project = write_questions(tmp_path / "project", KEPT)
        prepared = prepare(project, (), FIRST + 60)
        retired = ids_found(collection, prepared.search)
        assert retired == {(entry.guid, entry.id) for entry in prepared.retired}
        assert {id_ for _, id_ in retired} == set(RETIRED)


def test_the_search_that_is_told_finds_no_note_of_another_deck(tmp_path: Path) -> None:
    """A learner of two decks that have ids in common loses no note of the other one."""
    with open_collection(tmp_path / "anki") as collection:
        other_deck = write_questions(tmp_path / "other", ("bert", "gpt"), "other")
        build_and_import(other_deck, FIRST, collection)
        build_and_import(write_questions(tmp_path / "one", ("bert", "elmo")), FIRST, collection)
        prepared = prepare(write_questions(tmp_path / "one", ("elmo",)), (), FIRST + 60)
        retired = ids_found(collection, prepared.search)
        assert retired == {(entry.guid, entry.id) for entry in prepared.retired}


def test_an_id_in_another_case_is_the_same_id(tmp_path: Path) -> None:
    """Anki's search does not tell case, so no two IDs of a deck differ in case only."""
    text = "1. Which cell forgets? <!-- id=lstm -->\n\n   The one with a gate for it.\n"
    with open_collection(tmp_path / "anki") as collection:
        build_and_import(write_questions(tmp_path, ("LSTM",)), FIRST, collection)
        write_files(tmp_path / "source", {"notes.md": text})
        project, _ = open_project(tmp_path)
        assert build_and_import(project, FIRST + 60, collection) == {"updated": 1}


def test_more_retired_notes_than_anki_can_search_for_are_found_by_several_searches(
    tmp_path: Path,
) -> None:
    """A search of a thousand terms is an error in Anki, so the deck gives two."""
    names = [f"n{number}" for number in range(1001)]
    with open_collection(tmp_path / "anki") as collection:
        build_and_import(write_questions(tmp_path, names), FIRST, collection)
        prepared = prepare(write_questions(tmp_path, names[-1:]), (), FIRST + 60)
        first, second = prepared.search.splitlines()
        note_ids = [*collection.find_notes(first), *collection.find_notes(second)]
        assert len(set(note_ids)) == 1000 == len(prepared.retired)
