"""A note → the HTML of its Anki fields: one small function for each kind of token.

`code` writes code in its colours, `field_markup` what Anki reads besides HTML, `occlusion` where
the gaps of a picture are, and `raw_html` closes what an author's HTML leaves open. `speech` says
what a voice reads of the fields.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import NamedTuple

from deckpress.diagnostics import Diagnostics, Location, warning
from deckpress.formulas.macros import ExpandedFormula
from deckpress.formulas.math_field import to_field
from deckpress.languages.i18n import labels_for
from deckpress.markdown import Token, is_to_be_drawn, language_of, location_of, plain_text
from deckpress.media import Media, html_with_names, is_sound
from deckpress.note_types import SPOKEN
from deckpress.notes import AskingPicture, Kind, Note, NoteText
from deckpress.render.code import find_gaps, highlight_code
from deckpress.render.field_markup import (
    deletion,
    formula,
    hint,
    link_numbers,
    nowrap,
    sound,
    write_commands,
)
from deckpress.render.occlusion import check_occlusion, shapes_of, size_of
from deckpress.render.raw_html import RawHtml, describe_missing

_FIRST_MARK = 10**9
"""What stands for the number of a note's first mark: none that Anki or an author would write."""
_WITH_MARKS = ("Question", SPOKEN["Question"], "Occlusion", "Gaps")
"""The fields that may have marks."""
_UNNUMBERED = re.compile(r"\{\{c1(\d{9})::")
_WEB = re.compile(r"(?:https?|mailto|tel|ftp):", re.I)
_OPEN_MATH = re.compile(r"\\[\x00-\x08\x0b-\x1f\x7f]*([(\[])")
"""What would begin a formula once Anki has dropped the control characters."""
_UNFOLDED = 2
"""How many sources stand open at the foot of a card."""
_CODE = re.compile(r"(<code>.*?</code>)", re.S)
_SPACES = re.compile(r"\s+")
_UNSEEN = re.compile("[\u200b\u2060\ufeff]")
"""Spaces without a width."""


def is_followed(url: str) -> bool:
    """Return whether an address leads somewhere from a card, where no file lies beside the text."""
    return _WEB.match(url) is not None


def leads_nowhere(url: str) -> str:
    """Return what to say of an address that no learner gets to."""
    return f"link to {url} leads nowhere on a card: write a full address, https://…"


class RenderedNote(NamedTuple):
    """A note as Anki stores it, without what only the lock knows: its GUID, ID and dates."""

    note: NoteText
    fields: Mapping[str, str]
    """The HTML of each field by its name: Question, Answer, Hint, Extra, Context, Source; the text
    that is read aloud of the first two (`speech`); and of a picture that asks also Occlusion,
    Image, Gaps and Comments.

    A mark stands in it without its number until `with_numbers`."""

    def with_numbers(self, note: NoteText) -> RenderedNote:
        """Return the same with the numbers that the marks have in a note's text."""
        numbers = [cloze.number for cloze in note.clozes if cloze.is_mark]
        if not numbers:
            return self if note is self.note else self._replace(note=note)
        numbered = {
            name: _UNNUMBERED.sub(lambda mark: f"{{{{c{numbers[int(mark[1])]}::", html)
            for name, html in self.fields.items()
            if name in _WITH_MARKS
        }
        return RenderedNote(note, {**self.fields, **numbered})

    def stored(self, note_id: str) -> dict[str, str]:
        """Return the fields of all note types, by the names that these have for them."""
        shown = self.fields
        renamed = {"Text": "Question", "Header": "Question", "Back Extra": "Answer"}
        return {**shown, **{name: shown[of] for name, of in renamed.items()}, "ID": note_id}


def render_note(
    note: Note,
    media: Media,
    formulas: Mapping[str, ExpandedFormula],
    language: str,
    diagnostics: Diagnostics,
) -> dict[str, str]:
    """Return a note's fields (`RenderedNote.fields`), and add to `diagnostics` what is doubtful.

    `media` has the names of the files it shows, `formulas` its formulas with macros written out, by
    what the author wrote, and `language` is the BCP 47 tag of the words that call-outs are headed
    with.
    """
    renderer = _Renderer(note, media, formulas, language, diagnostics)
    answer = renderer.field(note.answer)
    return {
        **(renderer.occlusion(note.occlusion) if note.occlusion else {}),
        "Question": renderer.field(note.question, clozes=note.kind is Kind.CLOZE),
        "Answer": _typeable(answer) if note.kind is Kind.TYPED else answer,
        "Hint": renderer.field(note.hint),
        "Extra": renderer.field(note.extra),
        "Context": renderer.context(note.context),
        "Source": renderer.sources(note.footnotes),
    }


def _typeable(answer: str) -> str:
    """Return a typed answer in which each space, outside code, is the one that a learner types."""
    pieces = _CODE.split(answer)
    pieces[::2] = [_SPACES.sub(" ", _UNSEEN.sub("", piece)) for piece in pieces[::2]]
    return "".join(pieces).strip()


class _Renderer:
    """Renders the tokens of one note."""

    def __init__(
        self,
        note: Note,
        media: Media,
        formulas: Mapping[str, ExpandedFormula],
        language: str,
        diagnostics: Diagnostics,
    ) -> None:
        self.file = note.location.file
        self.media, self.formulas, self.labels = media, formulas, labels_for(language)
        self.clozes = False
        """Whether the field being rendered may hold deletions."""
        self.cloze_depth = 0
        self.marks = count(_FIRST_MARK)
        self.diagnostics = diagnostics
        self.html = RawHtml(self.file, diagnostics)

    def field(self, blocks: Sequence[Token], *, clozes: bool = False) -> str:
        """Return the HTML of a field; a paragraph that is all of it stands without its `<p>`."""
        if not blocks:
            return ""
        self.clozes, self.html = clozes, RawHtml(self.file, self.diagnostics)
        is_line = len(blocks) == 1 and blocks[0].type == "paragraph"
        text = self.inline(blocks[0]) if is_line else self.blocks(blocks)
        text += self.html.close()
        return write_commands(self.without_missing(text))

    def context(self, headings: Iterable[Sequence[Token]]) -> str:
        """Return the headings on one line; tags that do not pair are not reported."""
        self.clozes, self.html = False, RawHtml(self.file, [])
        texts = (self.line(heading).strip() for heading in headings)
        return write_commands(self.without_missing(" › ".join(text for text in texts if text)))

    def sources(self, footnotes: Sequence[Sequence[Token]]) -> str:
        """Return the footnotes as a list, which is folded if long, or a single one by itself."""
        texts = [link_numbers(self.field(footnote)) for footnote in footnotes]
        if len(texts) < 2:
            return "".join(texts)
        listed = "<ol>" + "".join(f"<li>{text}</li>" for text in texts) + "</ol>"
        if len(texts) <= _UNFOLDED:
            return listed
        label = html.escape(f"{self.labels['source']} ({len(texts)})")
        return f'<details><summary class="sources-title">{label}</summary>{listed}</details>'

    def occlusion(self, occlusion: AskingPicture) -> dict[str, str]:
        """Return the fields by which Anki hides the parts of a picture.

        The ids of a diagram's parts are no words for learners, who see their labels.
        """
        picture, hides_all = occlusion.picture, occlusion.hides_all
        size = size_of(picture, self.media, self.file)
        name = self.media.names.get((self.file, picture.url), "")
        self.diagnostics += (problems := [*check_occlusion(occlusion, size, name)])
        gaps, shapes = [], []
        for number, gap in enumerate(occlusion.gaps, _FIRST_MARK):
            text = self.text(gap.name)
            shown = f"<span hidden>{text}</span>" if gap.is_id else text
            gaps.append(deletion(number, shown))
            told = () if problems else shapes_of(gap, size, hides_all=hides_all)
            shapes += [f"{{{{c{number}::{shape}}}}}" for shape in told]
        is_block = picture.type == "paragraph"
        return {
            "Occlusion": "<br>".join(shapes),
            "Image": self.picture(picture.children[0] if is_block else picture),
            "Gaps": write_commands("<br>".join(gaps)),
            "Comments": write_commands(self.text(occlusion.name)),
        }

    def picture(self, picture: Token) -> str:
        """Return a picture by itself, which tells the style sheet how wide it is to be.

        Anki's own sheet sets a width, so that the attribute is not looked at.
        """
        shown = self.field([picture.replace(least_width=0)])  # Anki's script fits it to the card
        if not picture.width:
            return shown
        return shown.replace("<img ", f'<img style="--width: {picture.width}px" ', 1)

    def without_missing(self, text: str) -> str:
        """Return a field's HTML with words in the place of the files that are not there."""
        if not self.media.missing:
            return text
        urls = {url for file, url in self.media.missing if file == self.file}
        return describe_missing(text, urls, self.text) if urls else text

    def blocks(self, tokens: Iterable[Token]) -> str:
        return "\n".join(filter(None, map(self.render, tokens)))

    def inline(self, token: Token) -> str:
        return self.line(token.children).strip()

    def line(self, tokens: Iterable[Token]) -> str:
        """Return the HTML of what stands within a line."""
        return "".join(map(self.render, nowrap(tokens)))

    def render(self, token: Token) -> str:
        return _RENDERERS[token.type](self, token)

    def text(self, raw: str) -> str:
        """Return text as HTML in which nothing is typeset."""
        return _OPEN_MATH.sub(self._ignored, html.escape(raw, quote=False))

    def _ignored(self, match: re.Match[str]) -> str:
        return f'<span class="mathjax_ignore">{self.hide_formulas(match[0])}</span>'

    def code(self, raw: str) -> str:
        """Return text that MathJax does not look at, as HTML."""
        return self.hide_formulas(html.escape(raw, quote=False))

    def attribute(self, raw: str) -> str:
        """Return the value of an attribute."""
        return self.hide_formulas(html.escape(raw))

    def hide_formulas(self, text: str) -> str:
        r"""Return HTML that MathJax does not look at, in which Anki sees no formula either.

        Anki takes all markup, its own for gaps too, from between `\(` and `\)` on a cloze card
        (`rslib/src/cloze.rs`, `strip_html_inside_mathjax`).
        """
        return _OPEN_MATH.sub(r"&#92;\1", text) if self.clozes else text

    def where(self, token: Token) -> Location:
        return location_of(token, self.file)

    def formula(self, token: Token, *, display: bool) -> str:
        if self.html.without_mathjax:
            name = self.html.without_mathjax.name
            message = (
                f"formula within <{name}> is shown as it is written: end the element before it"
            )
            self.diagnostics.append(warning(self.where(token), message))
        tex = self.formulas[token.raw].tex.text
        inside = self.cloze_depth > 0
        return formula(to_field(tex, display=display, in_cloze=inside, clozes=self.clozes))

    def author_html(self, html: str) -> str:
        """Return HTML of the author's, with the names that files have on cards."""
        return self.hide_formulas(html_with_names(html, self.media.names, self.file))

    def formula_in_html(self, token: Token) -> str:
        """Return a formula that stands in HTML, where no deletion counts."""
        tex, display = self.formulas[token.raw].tex.text, token.type == "display_math"
        return formula(to_field(tex, display=display, in_cloze=False, clozes=False))


def _tag(name: str) -> Callable[[_Renderer, Token], str]:
    def render(renderer: _Renderer, token: Token) -> str:
        inner = renderer.line(token.children)
        return f"<{name}>{inner}</{name}>"

    return render


def _text(renderer: _Renderer, token: Token) -> str:
    return renderer.text(token.raw)


def _codespan(renderer: _Renderer, token: Token) -> str:
    return f"<code>{renderer.code(token.raw)}</code>"


def _paragraph(renderer: _Renderer, token: Token) -> str:
    inner = renderer.inline(token)
    if inner and token.is_title:
        inner = f"<strong>{inner}</strong>"
    return f"<p>{inner}</p>" if inner else ""


def _block_text(renderer: _Renderer, token: Token) -> str:
    return renderer.inline(token)


def _heading(renderer: _Renderer, token: Token) -> str:
    level = token.level
    return f"<h{level}>{renderer.inline(token)}</h{level}>"


def _block_code(renderer: _Renderer, token: Token) -> str:
    language = language_of(token)
    code, gaps = find_gaps(token.children) if token.children else (token.raw, ())
    shown, message = highlight_code(code.rstrip("\n"), language, gaps if renderer.clozes else ())
    if message and not is_to_be_drawn(token):
        renderer.diagnostics.append(warning(renderer.where(token), message))
    return renderer.hide_formulas(shown)


def _block_math(renderer: _Renderer, token: Token) -> str:
    return f'<div class="formula">{renderer.formula(token, display=True)}</div>'


def _display_math(renderer: _Renderer, token: Token) -> str:
    return renderer.formula(token, display=True)


def _inline_math(renderer: _Renderer, token: Token) -> str:
    return renderer.formula(token, display=False)


def _together(renderer: _Renderer, token: Token) -> str:
    inner = "".join(map(renderer.render, token.children))
    return f'<span class="together">{inner}</span>' if len(token.children) > 1 else inner


def _list(renderer: _Renderer, token: Token) -> str:
    name = "ol" if token.ordered else "ul"
    start = f' start="{token.start}"' if token.start != 1 else ""
    return f"<{name}{start}>" + "".join(map(renderer.render, token.children)) + f"</{name}>"


def _list_item(renderer: _Renderer, token: Token) -> str:
    inner = renderer.blocks(token.children)
    if token.checked is None:
        return f"<li>{inner}</li>"
    checked = " checked" if token.checked else ""
    return f'<li class="task"><input type="checkbox" disabled{checked}> {inner}</li>'


def _block_quote(renderer: _Renderer, token: Token) -> str:
    return f"<blockquote>{renderer.blocks(token.children)}</blockquote>"


def _alert(renderer: _Renderer, token: Token) -> str:
    name, blocks = token.name, token.children
    label = html.escape(token.label or renderer.labels[name])
    if blocks and blocks[0].is_title:
        label, blocks = renderer.inline(blocks[0]), blocks[1:]
    title = f'<p class="callout-title">{label}</p>'
    return f'<div class="callout {name}">{title}\n{renderer.blocks(blocks)}</div>'


def _table(renderer: _Renderer, token: Token) -> str:
    rows = "".join(map(renderer.render, token.children))
    return f'<div class="scroll"><table>{rows}</table></div>'


def _table_head(renderer: _Renderer, token: Token) -> str:
    return f"<thead>{_table_row(renderer, token)}</thead>"


def _table_row(renderer: _Renderer, token: Token) -> str:
    return "<tr>" + "".join(map(renderer.render, token.children)) + "</tr>"


def _table_cell(renderer: _Renderer, token: Token) -> str:
    name = "th" if token.head else "td"
    align = token.align
    style = f' style="text-align:{align}"' if align else ""
    return f"<{name}{style}>{renderer.inline(token)}</{name}>"


def _link(renderer: _Renderer, token: Token) -> str:
    inner = renderer.line(token.children)
    url = token.url
    if is_followed(url):
        return f'<a href="{renderer.attribute(url)}">{inner}</a>'
    renderer.diagnostics.append(warning(renderer.where(token), leads_nowhere(url)))
    return inner


def _image(renderer: _Renderer, token: Token) -> str:
    url = token.url
    name = renderer.media.names.get((renderer.file, url), url)
    if is_sound(name) and name != url:
        return sound(name)
    alt = renderer.attribute(plain_text(token.children))
    title = token.title
    titled = f' title="{renderer.attribute(title)}"' if title else ""
    sizes = {"width": token.width, "height": token.height}
    sized = "".join(f' {name}="{size}"' for name, size in sizes.items() if size)
    return f'<img src="{html.escape(name)}" alt="{alt}"{titled}{sized}>'


def _picture(renderer: _Renderer, token: Token) -> str:
    alt = renderer.attribute(token.raw)
    size = f'width="{token.width}" height="{token.height}"'
    shown = f'<img class="drawn" src="{token.url}" alt="{alt}" {size}'
    if not token.least_width:
        return f"{shown}>"
    least = f'style="min-width: {token.least_width}px"'
    return f'<span class="scroll" style="display: block">{shown} {least}></span>'


def _html(renderer: _Renderer, token: Token) -> str:
    written, html = [], ""
    for piece in renderer.html.mend(token):
        if isinstance(piece, str):
            html += piece
        else:
            written += [renderer.author_html(html), renderer.formula_in_html(piece)]
            html = ""
    return "".join([*written, renderer.author_html(html)]).strip("\n")


def _cloze(renderer: _Renderer, token: Token) -> str:
    if not renderer.clozes:  # a heading that is a cloze note, seen from the notes below it
        shown = [child for child in token.children if child.type != "cloze_hint"]
        return f"<mark>{renderer.line(shown)}</mark>"
    number = next(renderer.marks) if token.is_mark else token.number
    renderer.cloze_depth += 1
    inner = renderer.line(token.children)
    renderer.cloze_depth -= 1
    return deletion(number, inner)


def _cloze_hint(renderer: _Renderer, token: Token) -> str:
    text = renderer.inline(token)
    return hint(text) if text else ""


def _footnote_ref(renderer: _Renderer, token: Token) -> str:
    number = token.number
    return f'<sup class="footnote">{number}</sup>' if number else ""


_RENDERERS: Mapping[str, Callable[[_Renderer, Token], str]] = {
    "text": _text,
    "unclosed_math": _text,
    "unclosed_cloze": _text,
    "near_cloze": _text,
    "foreign_media": _text,
    "unknown_html": _text,
    "comment": lambda renderer, token: "",
    "softbreak": lambda renderer, token: "\n",
    "linebreak": lambda renderer, token: "<br>",
    "thematic_break": lambda renderer, token: "<hr>",
    "codespan": _codespan,
    "strong": _tag("strong"),
    "emphasis": _tag("em"),
    "strikethrough": _tag("del"),
    "mark": _tag("mark"),
    "paragraph": _paragraph,
    "block_text": _block_text,
    "heading": _heading,
    "block_code": _block_code,
    "block_math": _block_math,
    "display_math": _display_math,
    "inline_math": _inline_math,
    "together": _together,
    "list": _list,
    "list_item": _list_item,
    "block_quote": _block_quote,
    "alert": _alert,
    "embedded": lambda renderer, token: renderer.blocks(token.children),
    "table": _table,
    "table_head": _table_head,
    "table_body": lambda renderer, token: (
        f"<tbody>{''.join(map(renderer.render, token.children))}</tbody>"
    ),
    "table_row": _table_row,
    "table_cell": _table_cell,
    "link": _link,
    "image": _image,
    "picture": _picture,
    "inline_html": _html,
    "block_html": _html,
    "cloze": _cloze,
    "cloze_hint": _cloze_hint,
    "footnote_ref": _footnote_ref,
}
