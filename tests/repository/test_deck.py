"""The deck that this repository ships is complete and without a fault."""

from __future__ import annotations

import io
import re
import time

import pytest
from PIL import Image, ImageChops, ImageStat

from deckpress.diagnostics import Diagnostic
from deckpress.diagrams.image_store import draw_all
from deckpress.lock.store import BuildOptions
from deckpress.markdown import plain_text
from deckpress.notes.builder import parse_notes
from deckpress.pipeline import Prepared
from deckpress.pipeline.compile_files import read_blocks
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project
from tests.support.cases import CASES
from tests.support.projects import ROOT

TOPICS = {
    "LSTM structure": "lstm-structure",
    "GRU parameters": "gru-params",
    "why CNNs": "cnn-advantages",
    "convolution output size": "conv-output-size",
    "attention": "attention-three-uses",
    "siamese networks": "siamese",
    "fastText vs word2vec": "fasttext-vs-word2vec",
    "GloVe vs word2vec": "glove-vs-word2vec",
    "Doc2vec": "doc2vec",
    "LSTM vs GRU": "lstm-vs-gru",
    "why attention is scaled": "why-scale",
    "ELMo": "elmo",
    "GPT": "gpt",
    "BERT": "bert",
    "ERNIE": "ernie",
    "add vs concat of embeddings": "embedding-add-vs-concat",
    "dropout": "dropout",
}


@pytest.fixture(scope="module")
def deck() -> Prepared:
    """The deck as it would be built."""
    project, diagnostics = open_project(ROOT)
    return prepare(project, diagnostics, int(time.time()), options=BuildOptions(tells_all=True))


def test_nothing_is_wrong_with_the_deck(deck: Prepared) -> None:
    """The deck builds without an error or a warning."""
    assert deck.diagnostics == ()


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_its_note(topic: str, deck: Prepared) -> None:
    """Each of the 17 topics that the deck began with keeps its place in it."""
    assert TOPICS[topic] in {rendered.note.id for rendered in deck.rendered}


def test_the_deck_calls_things_as_its_glossary_says(deck: Prepared) -> None:
    """What the glossary for the deck's authors says to avoid is what `check` hints at."""
    readme = (ROOT / "source/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", readme.partition("## 术语")[2], re.M)
    glossary = {word: term for term, avoided in rows[2:] for word in avoided.split("、")}
    remedy = "write the same words into [terms] of deck.toml and into the glossary"
    assert deck.project.terms == glossary, remedy
    assert len(set(glossary.values())) > 20


def test_the_sample_for_the_deck_s_authors_is_right() -> None:
    """Who copies the sample of source/README.md has two notes, and nothing wrong."""
    readme = (ROOT / "source/README.md").read_text(encoding="utf-8")
    sample = readme.partition("```markdown\n")[2].partition("\n```")[0]
    notes, diagnostics, *_ = parse_notes(sample, "sample.md")
    assert ([note.kind.value for note in notes], diagnostics) == (["typed", "cloze"], [])


PICTURES = frozenset(
    "lstm-cell gru-cell convolution stride-padding attention-three-uses softmax-saturation siamese "
    "fasttext-ngrams glove-cooccurrence glove-weight pv-dm pv-dbow elmo-gpt-bert bert-input "
    "ernie-masking dropout bptt wavenet-dilation pre-post-ln sinusoidal electra".split()
)
"""What the deck explains by a picture."""


def test_what_is_hard_to_say_is_shown(deck: Prepared) -> None:
    """The deck's figures are on its cards, drawn already, so that a build runs no code."""
    shown = "".join(text for rendered in deck.rendered for text in rendered.fields.values())
    assert set(re.findall(r'class="drawn" src="([a-z-]+)-[0-9a-f]{12}\.png"', shown)) >= PICTURES
    assert deck.pictures == {}


def test_pictures_are_small_enough_for_a_phone(deck: Prepared) -> None:
    """No picture takes more than 60 kB, and none must be made smaller than can be read."""
    assert {name for name, data in deck.media.drawn.items() if len(data) > 60_000} == set()


def test_pictures_are_what_their_blocks_draw(deck: Prepared) -> None:
    """A picture that is drawn anew is the one that lies in the repository.

    Another matplotlib may set a letter a pixel further on; then only the look is the same.
    """
    diagnostics: list[Diagnostic] = []
    blocks = read_blocks(deck.project, diagnostics)
    for block, drawn in zip(blocks, draw_all(blocks), strict=True):
        kept = (deck.project.pictures / block.file_name).read_bytes()
        assert drawn.diagnostics == ()
        assert drawn.png == kept or looks_like(drawn.png, kept), block.name


def looks_like(drawn: bytes, kept: bytes) -> bool:
    """Return whether two pictures look the same from a distance."""
    images = [Image.open(io.BytesIO(data)).convert("RGB") for data in (drawn, kept)]
    widths = [image.width for image in images]
    small = [image.resize((80, 60)) for image in images]
    errors = ImageStat.Stat(ImageChops.difference(*small)).mean
    return abs(widths[0] - widths[1]) <= 0.03 * max(widths) and max(errors) < 4


def test_every_note_names_its_source_and_has_an_id(deck: Prepared) -> None:
    """Each claim can be looked up, and each note can be reworded without losing its learners."""
    for rendered in deck.rendered:
        assert rendered.fields["Source"], f"{rendered.note.location} has no footnote: add one"
        assert rendered.note.id, f"{rendered.note.location} has no id: add <!-- id=… -->"


def test_the_lock_knows_every_note(deck: Prepared) -> None:
    """Whoever builds a fresh checkout gives learners the GUIDs they have."""
    known, built = (
        {entry.guid: entry.id for entry in lock.notes if not entry.retired}
        for lock in (deck.before, deck.after)
    )
    assert built == known, "build the deck, and commit source/deck.lock"
    assert {note.guid for note in deck.notes} == known.keys()


def test_a_source_like_the_first_one_is_read_whole() -> None:
    """Indented bodies, `$$` right under a line, spaces at line ends, and a question left open."""
    text = (CASES / "first-source.md").read_text(encoding="utf-8")
    notes, diagnostics, *_ = parse_notes(text, "first-source.md")
    assert plain_text(notes[0].question) == "LSTM 单元怎样更新？"
    assert len(notes) == 5
    unanswered = text.splitlines().index("11. Dropout 怎么做？") + 1
    assert [str(diagnostic) for diagnostic in diagnostics] == [
        f"first-source.md:{unanswered}: warning: question has no answer: it is left out of the deck"
    ]
