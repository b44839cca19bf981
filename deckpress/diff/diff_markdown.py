"""A diff as Markdown that GitHub shows: the notes of a release."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator

from deckpress.anki.field_text import is_formula
from deckpress.diagnostics import without_controls
from deckpress.diff import Diff
from deckpress.diff.sections import Detail, Item, Section, count_lines, sections
from deckpress.diff.word_changes import Op, Piece, Pieces, shorten_run
from deckpress.languages.i18n import Translator, count_notes

_AROUND = 12
"""Words shown beside a change."""
_LONGEST = 120
"""Words shown of a question, or of a piece of an answer."""
_NAMED = 5
"""Up to so many notes that share a change are named; of more, such as below a renamed heading, only
the number is told."""
_FOLDED = 20
"""From so many items on, a list is folded, and its items stand in groups."""
_TAGS = {Op.SAME: ("", ""), Op.GONE: ("<del>", "</del>"), Op.ADDED: ("<ins>", "</ins>")}
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~$&]")
"""What may mean something in GitHub's Markdown, wherever it stands."""
_START = re.compile(r"^(\d*)([.)+-](?=\s|$))")
"""What would begin a list in a list."""
_MENTION = re.compile(r"@(?=\w)|#(?=\d)")
"""What GitHub would make a link to a person or an issue, though it is escaped."""


def as_markdown(diff: Diff, language: str = "en") -> str:
    """Return a diff as Markdown: a heading of level 3 for each kind of change, empty for none.

    Formulas are written as GitHub sets them. Whole answers are not shown, only what differs in
    them; a long list of notes is folded. `language` is a BCP 47 tag; it is English in one that we
    have no words of.
    """
    translate = Translator(language)
    parts = ["\n".join(_section(section, translate)) for section in sections(diff, language)]
    return "\n\n".join(parts) + "\n" * (not diff.is_empty)


def _section(section: Section, translate: Translator) -> Iterator[str]:
    yield f"### {section.title}\n"
    if section.meaning:
        yield f"{section.meaning}\n"
    if section.is_listing and len(section.items) >= _FOLDED:
        yield from _folded(section, translate)
    else:
        for item in section.items:
            yield from _item(item, section, translate)
    if section.search:
        yield f"\n{translate('browser_search')}\n"
        yield f"```\n{section.search}\n```"


def _folded(section: Section, translate: Translator) -> Iterator[str]:
    yield f"<details>\n<summary>{translate(count_notes(len(section.items)))}</summary>"
    for group, items in itertools.groupby(section.items, lambda item: item.group):
        yield f"\n**{_escape(group)}**\n" if group else ""
        for item in items:
            yield from _item(item, section, translate)
    yield "\n</details>"


def _item(item: Item, section: Section, translate: Translator) -> Iterator[str]:
    if item.is_shared and len(item.details) > _NAMED:
        yield f"- {_pieces(item.title)} ({translate(count_notes(len(item.details)))})"
        return
    yield f"- {_pieces(item.title)}"
    for detail in item.details if not section.is_listing else ():
        yield f"  - {_detail(detail, translate)}"


def _detail(detail: Detail, translate: Translator) -> str:
    if not detail.pieces:
        return _escape(detail.label)
    label = translate("labelled", label=_escape(detail.label)) if detail.label else ""
    if detail.by_line:
        return label + count_lines(detail.pieces, translate)
    return label + _pieces(shorten_run(detail.pieces, _AROUND))


def _pieces(pieces: Pieces) -> str:
    return _START.sub(r"\1\\\2", "".join(map(_piece, pieces)).strip())


def _piece(piece: Piece) -> str:
    before, after = _TAGS[piece.how]
    words = piece.words[:_LONGEST]
    parts = (
        "".join(map(_formula, group)) if is_tex else _escape("".join(group))
        for is_tex, group in itertools.groupby(words, is_formula)
    )
    end = "…" if len(words) < len(piece.words) else ""
    return f"{before}{''.join(parts)}{end}{after}"


def _formula(word: str) -> str:
    """Return a formula as GitHub takes it; one with a backtick, which would end it, as code."""
    tex = " ".join(without_controls(word[2:-2]).split())
    return f"``{tex}``" if "`" in tex else f"$`{tex}`$"


def _escape(text: str) -> str:
    """Return a text on one line in which no sign means anything to GitHub."""
    line = _SPECIAL.sub(_entity, re.sub(r"\s+", " ", without_controls(text)))
    return _MENTION.sub(r"\g<0><!-- -->", line)


def _entity(match: re.Match[str]) -> str:
    return html.escape(match[0]) if match[0] in "&<>" else f"\\{match[0]}"
