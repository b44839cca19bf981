"""A diff as one page of HTML that needs no network, or as parts of another, with formulas.

What the notes' authors wrote comes as text, never as HTML of theirs. `diff.css` is for them.
"""

from __future__ import annotations

import base64
import html
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template

from deckpress.anki.field_text import is_formula
from deckpress.diagnostics import without_controls
from deckpress.diff import Diff, MediaChange
from deckpress.diff.sections import Detail, Item, Section, count_lines, same, sections, summarise
from deckpress.diff.word_changes import Op, Piece, Pieces, shorten_run
from deckpress.formulas import Formula
from deckpress.formulas.engine import Drawings
from deckpress.languages import guess_language
from deckpress.languages.i18n import Translator
from deckpress.languages.scripts import is_right_to_left

MOST_BYTES = 30_000_000
"""Of all pictures on a page; those beyond are only named."""
_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "svg": "image/svg+xml",  # in an <img>, where a browser runs no scripts
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
}
_ELEMENTS = {Op.GONE: "del", Op.ADDED: "ins"}
FORMULA = re.compile(r"(\\\(.*?\\\)|\\\[.*?\\\])", re.S)
_LINES_AROUND = 2
_MOST_ITEMS = 200
"""Notes of a section that learners are shown; of the others the number is told."""


@dataclass(frozen=True)
class Files:
    """What is shown on a page besides its text."""

    drawings: Drawings = field(default_factory=Drawings)
    """The formulas of `formulas_in`; one that is not there is shown as TeX."""
    old_pictures: Mapping[str, bytes] = field(default_factory=dict)
    """What the pictures of `pictures_in` hold, by name."""
    new_pictures: Mapping[str, bytes] = field(default_factory=dict)


def as_html(diff: Diff, title: str, language: str, shown: Files | None = None) -> str:
    """Return a diff as a page by itself; `language` is the notes', a BCP 47 tag."""
    page, parts = DiffHtml(language, shown), sections(diff)
    return Template(_read("page.html")).substitute(
        title=escape_text(title),
        style=f"{_read('page.css').strip()}\n{diff_style()}",
        glyphs=page.glyphs(),
        summary=escape_text(summarise(parts, diff.unchanged)),
        sections="\n".join(map(page.section, parts)),
    )


def diff_style() -> str:
    """Return the style sheet of what `DiffHtml` writes."""
    return _read("diff.css").strip()


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def language_of(diff: Diff) -> str:
    """Return the BCP 47 tag of the language that most of the notes are in, told by letters."""
    notes = (*diff.added, *diff.retired, *(change.new for change in diff.changed))
    return guess_language("\n".join(note.title for note in notes))


def glyphs_svg(drawings: Drawings) -> str:
    """Return the outlines that drawings share, as an element for the page that shows them."""
    paths = (
        f'<path id="{escape_text(key)}" d="{escape_text(path)}"/>'
        for key, path in drawings.glyphs.items()
    )
    return f'<svg class="glyphs" aria-hidden="true"><defs>{"".join(paths)}</defs></svg>'


def formulas_in(diff: Diff, *, for_learners: bool = False) -> tuple[Formula, ...]:
    """Return the formulas that a page shows, to be drawn for it."""
    most = _MOST_ITEMS if for_learners else None
    items = (item for section in sections(diff) for item in section.items[:most])
    texts = (text for item in items for text in _texts(item))
    words = (word for text in texts for piece in text for word in piece.words)
    return tuple(dict.fromkeys(formula_of(word) for word in words if is_formula(word)))


def pictures_in(diff: Diff) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the pictures that a page shows, of the old package and the new."""
    changes = [media for change in diff.changed for media in change.media if not media.is_renamed]
    old = {media.old for media in changes if media.old and _type(media.old)}
    new = {media.new for media in changes if media.new and _type(media.new)}
    return frozenset(old), frozenset(new)


def _texts(item: Item) -> Iterator[Pieces]:
    yield from (item.title, _heading(item.group))
    yield from (detail.pieces for detail in item.details if not detail.by_line)


def _heading(group: str) -> Pieces:
    """Return the words of what notes are listed below, in which formulas are words as well."""
    return same(tuple(filter(None, FORMULA.split(group))))


def formula_of(word: str) -> Formula:
    """Return the formula that a word is, with its delimiters."""
    return Formula(word[2:-2], display=word[1] == "[")


def _type(name: str) -> str:
    return _TYPES.get(name.rpartition(".")[2].lower(), "")


def escape_text(text: str) -> str:
    """Return a text as HTML."""
    return html.escape(without_controls(text))


def language_attributes(language: str) -> str:
    """Return what an element says that is in a language, a BCP 47 tag: which, and its direction."""
    direction = ' dir="rtl"' if is_right_to_left(language) else ""
    return f' lang="{escape_text(language)}"{direction}'


@dataclass(frozen=True)
class Words:
    """Who reads the page, and in which words."""

    translate: Translator = field(default_factory=lambda: Translator("en"))
    for_learners: bool = False
    """Whether lines of style sheets and templates are only counted, and long lists cut short."""
    heading: int = 2
    """The level of the sections' headings."""


class DiffHtml:
    """Writes the sections of a diff, and keeps count of the pictures on the page."""

    def __init__(self, language: str, files: Files | None = None, words: Words | None = None):
        """Begin a page; `language` is the notes', a BCP 47 tag."""
        self._files, self._words = files or Files(), words or Words()
        self._lang = language_attributes(language)
        self._bytes_left = MOST_BYTES

    def glyphs(self) -> str:
        """Return the letters of all formulas, which stand on the page once."""
        return glyphs_svg(self._files.drawings)

    def section(self, section: Section) -> str:
        """Return a section with its heading."""
        translate, name = self._words.translate, f"h{self._words.heading}"
        title = f"{escape_text(section.title)} <small>{section.size}</small>"
        parts = [f"<section>\n<{name}>{title}</{name}>"]
        if section.meaning:
            parts.append(f'<p class="meaning">{escape_text(section.meaning)}</p>')
        shown = section.items[:_MOST_ITEMS] if self._words.for_learners else section.items
        for group, items in itertools.groupby(shown, lambda item: item.group):
            parts += (
                [f'<p class="group"{self._lang}>{self._pieces(_heading(group))}</p>']
                if group
                else []
            )
            parts += (self._item(item, section.is_listing) for item in items)
        if left := len(section.items) - len(shown):
            parts.append(
                f'<p class="meaning">{escape_text(translate("and_more", number=left))}</p>'
            )
        if section.search:
            parts.append(f'<p class="label">{escape_text(translate("browser_search"))}</p>')
            parts.append(f'<pre class="search">{escape_text(section.search)}</pre>')
        return "\n".join([*parts, "</section>"])

    def _item(self, item: Item, is_listing: bool) -> str:
        name = f"h{self._words.heading + 1}"
        title = f'<{name} class="title"{self._lang}>{self._pieces(item.title)}</{name}>'
        details = "\n".join(map(self._detail, item.details))
        if is_listing and details:
            answer = escape_text(self._words.translate.field("Answer"))
            details = f"<details><summary>{answer}</summary>\n{details}\n</details>"
        pictures = "".join(map(self._pictures, item.media))
        return f"<article>\n{title}\n{details}{pictures}\n</article>"

    def _detail(self, detail: Detail) -> str:
        label = f'<p class="label">{escape_text(detail.label)}</p>\n' if detail.label else ""
        if not detail.pieces:
            return label
        if detail.by_line and self._words.for_learners:
            counts = count_lines(detail.pieces, self._words.translate)
            return f'<p class="label">{escape_text(detail.label)} {escape_text(counts)}</p>'
        if detail.by_line:
            lines = "".join(map(_lines, shorten_run(detail.pieces, _LINES_AROUND)))
            return f'{label}<pre class="lines">{lines}</pre>'
        return f'{label}<div class="text"{self._lang}>{self._pieces(detail.pieces)}</div>'

    def _pieces(self, pieces: Pieces) -> str:
        return "".join(map(self._piece, pieces))

    def _piece(self, piece: Piece) -> str:
        text = "".join(
            "".join(map(self._drawn, group)) if is_tex else escape_text("".join(group))
            for is_tex, group in itertools.groupby(piece.words, is_formula)
        )
        name = _ELEMENTS.get(piece.how)
        kind = ' class="block"' if _is_block(piece) else ""
        return f"<{name}{kind}>{text}</{name}>" if name else text

    def _drawn(self, word: str) -> str:
        formula = formula_of(word)
        svg = self._files.drawings.svgs.get(formula)
        if svg is None:
            return f"<code>{escape_text(word)}</code>"
        kind = "tex display" if formula.display else "tex"
        label = f'role="img" aria-label="{escape_text(formula.tex)}"'
        return f'<span class="{kind}" {label}>{svg}</span>'

    def _pictures(self, change: MediaChange) -> str:
        before, now = map(self._words.translate, ("before", "now"))
        sides = (
            self._picture(change.old, self._files.old_pictures, "gone", before),
            self._picture(change.new, self._files.new_pictures, "new", now),
        )
        return f'<div class="pair">{"".join(sides)}</div>' if any(sides) else ""

    def _picture(
        self, name: str | None, pictures: Mapping[str, bytes], side: str, caption: str
    ) -> str:
        data = pictures.get(name or "")
        if name is None or not data or not _type(name) or len(data) > self._bytes_left:
            return ""
        self._bytes_left -= len(data)
        uri = f"data:{_type(name)};base64,{base64.b64encode(data).decode()}"
        said = escape_text(caption)
        image = f'<img src="{uri}" alt="{escape_text(name)}, {said}">'
        return f'<figure class="{side}">{image}<figcaption>{said}</figcaption></figure>'


def _is_block(piece: Piece) -> bool:
    """Return whether a piece is but formulas on lines of their own."""
    words = [word for word in piece.words if not word.isspace()]
    return all(is_formula(word) and formula_of(word).display for word in words)


def _lines(piece: Piece) -> str:
    lines = "".join(f"{escape_text(line.rstrip())}\n" for line in piece.words)
    name = _ELEMENTS.get(piece.how)
    return f"<{name}>{lines}</{name}>" if name else lines
