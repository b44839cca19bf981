"""A diff as one page of HTML that needs no network: for reading a change before it goes out."""

from __future__ import annotations

import base64
import html
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template

from deckpress.anki.field_text import is_formula
from deckpress.diagnostics import without_controls
from deckpress.diff import Diff, MediaChange
from deckpress.diff.sections import Detail, Item, Section, sections, summarise
from deckpress.diff.word_changes import Op, Piece, Pieces, shorten_run
from deckpress.formulas import Formula
from deckpress.formulas.engine import Drawings
from deckpress.languages import guess_language
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
_LINES_AROUND = 2


@dataclass(frozen=True)
class Files:
    """What is shown on a page besides its text."""

    drawings: Drawings = field(default_factory=Drawings)
    """The formulas of `formulas_in`; one that is not there is shown as TeX."""
    old_pictures: Mapping[str, bytes] = field(default_factory=dict)
    """What the pictures of `pictures_in` hold, by name."""
    new_pictures: Mapping[str, bytes] = field(default_factory=dict)


def as_html(diff: Diff, title: str, language: str, shown: Files | None = None) -> str:
    """Return a diff as a page by itself; `language` is the notes', a BCP 47 tag.

    What the notes' authors wrote comes as text, never as HTML of theirs.
    """
    page = _Page(language, shown or Files())
    parts = sections(diff)
    body = "\n".join(map(page.section, parts))
    paths = page.files.drawings.glyphs.items()
    glyphs = "".join(f'<path id="{_text(key)}" d="{_text(path)}"/>' for key, path in paths)
    return Template(_read("page.html")).substitute(
        title=_text(title),
        style=_read("page.css").strip(),
        glyphs=glyphs,
        summary=_text(summarise(parts, diff.unchanged)),
        sections=body,
    )


def _read(name: str) -> str:
    return files(__name__.rpartition(".")[0]).joinpath(name).read_text(encoding="utf-8")


def formulas_in(diff: Diff) -> tuple[Formula, ...]:
    """Return the formulas that a page shows, to be drawn for it."""
    items = (item for section in sections(diff) for item in section.items)
    texts = (text for item in items for text in _texts(item))
    words = (word for text in texts for piece in text for word in piece.words)
    return tuple(dict.fromkeys(_formula(word) for word in words if is_formula(word)))


def pictures_in(diff: Diff) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the pictures that a page shows, of the old package and the new."""
    changes = [media for change in diff.changed for media in change.media if not media.is_renamed]
    old = {media.old for media in changes if media.old and _type(media.old)}
    new = {media.new for media in changes if media.new and _type(media.new)}
    return frozenset(old), frozenset(new)


def language_of(diff: Diff) -> str:
    """Return the BCP 47 tag of the language that most of the notes are in, told by letters."""
    notes = (*diff.added, *diff.retired, *(change.new for change in diff.changed))
    return guess_language("\n".join(note.title for note in notes))


def _texts(item: Item) -> Iterator[Pieces]:
    yield item.title
    yield from (detail.pieces for detail in item.details if not detail.by_line)


def _formula(word: str) -> Formula:
    return Formula(word[2:-2], display=word[1] == "[")


def _type(name: str) -> str:
    return _TYPES.get(name.rpartition(".")[2].lower(), "")


def _text(text: str) -> str:
    return html.escape(without_controls(text))


class _Page:
    """Writes the parts of a page, and keeps count of the pictures on it."""

    def __init__(self, language: str, shown: Files) -> None:
        self.files = shown
        direction = ' dir="rtl"' if is_right_to_left(language) else ""
        self._lang = f' lang="{_text(language)}"{direction}'
        self._bytes_left = MOST_BYTES

    def section(self, section: Section) -> str:
        """Return a section with its heading."""
        parts = [f"<section>\n<h2>{_text(section.title)} <small>{section.size}</small></h2>"]
        if section.meaning:
            parts.append(f'<p class="meaning">{_text(section.meaning)}</p>')
        for group, items in itertools.groupby(section.items, lambda item: item.group):
            parts += [f'<p class="group"{self._lang}>{_text(group)}</p>'] if group else []
            parts += (self._item(item, section.is_listing) for item in items)
        if section.search:
            parts.append('<p class="label">They are found in Anki\'s browser by</p>')
            parts.append(f'<pre class="search">{_text(section.search)}</pre>')
        return "\n".join([*parts, "</section>"])

    def _item(self, item: Item, is_listing: bool) -> str:
        title = f'<h3 class="title"{self._lang}>{self._pieces(item.title)}</h3>'
        details = "\n".join(map(self._detail, item.details))
        if is_listing and details:
            details = f"<details><summary>Answer</summary>\n{details}\n</details>"
        pictures = "".join(map(self._pictures, item.media))
        return f"<article>\n{title}\n{details}{pictures}\n</article>"

    def _detail(self, detail: Detail) -> str:
        label = f'<p class="label">{_text(detail.label)}</p>\n' if detail.label else ""
        if not detail.pieces:
            return label
        if detail.by_line:
            lines = "".join(map(_lines, shorten_run(detail.pieces, _LINES_AROUND)))
            return f'{label}<pre class="lines">{lines}</pre>'
        return f'{label}<div class="text"{self._lang}>{self._pieces(detail.pieces)}</div>'

    def _pieces(self, pieces: Pieces) -> str:
        return "".join(map(self._piece, pieces))

    def _piece(self, piece: Piece) -> str:
        text = "".join(
            "".join(map(self._drawn, group)) if is_tex else _text("".join(group))
            for is_tex, group in itertools.groupby(piece.words, is_formula)
        )
        name = _ELEMENTS.get(piece.how)
        kind = ' class="block"' if _is_block(piece) else ""
        return f"<{name}{kind}>{text}</{name}>" if name else text

    def _drawn(self, word: str) -> str:
        formula = _formula(word)
        svg = self.files.drawings.svgs.get(formula)
        if svg is None:
            return f"<code>{_text(word)}</code>"
        kind = "tex display" if formula.display else "tex"
        label = f'role="img" aria-label="{_text(formula.tex)}"'
        return f'<span class="{kind}" {label}>{svg}</span>'

    def _pictures(self, change: MediaChange) -> str:
        sides = (
            self._picture(change.old, self.files.old_pictures, "gone", "before"),
            self._picture(change.new, self.files.new_pictures, "new", "now"),
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
        image = f'<img src="{uri}" alt="{_text(name)}, {caption}">'
        return f'<figure class="{side}">{image}<figcaption>{caption}</figcaption></figure>'


def _is_block(piece: Piece) -> bool:
    """Return whether a piece is but formulas on lines of their own."""
    words = [word for word in piece.words if not word.isspace()]
    return all(is_formula(word) and _formula(word).display for word in words)


def _lines(piece: Piece) -> str:
    lines = "".join(f"{_text(line.rstrip())}\n" for line in piece.words)
    name = _ELEMENTS.get(piece.how)
    return f"<{name}>{lines}</{name}>" if name else lines
