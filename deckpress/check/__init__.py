"""All notes → everything that is wrong with them together, and matters of style.

`prose` is what a learner reads, and `chinese` how Chinese is set. `shown_html` finds text that a
browser does not show, `active_html` what a browser would run, `media_checks` addresses at which
there is nothing on a card, and `formula_checks` what is wrong with formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from deckpress.check.shown_html import shows_anything
from deckpress.diagnostics import Diagnostic, Location, Severity, error, quote
from deckpress.markdown import FIRST_YEAR, Token
from deckpress.notes import Kind, Note, NoteText
from deckpress.notes.attributes import check_deck, check_tags, deck_name
from deckpress.project import Deck, Project

_WITHOUT_LISTS = frozenset("paragraph block_text heading table".split())


def check_lists(note: Note) -> Iterator[Diagnostic]:
    """Yield a hint for each list of a note that is none in its author's eyes, or not all of it.

    Markdown begins a list at any number with a dot, shows its mark in grey, and counts on by itself
    (CommonMark 0.31, section 5.3), so that of 1949., 1953. the second would be 1950.
    """
    for token, following in _ordered_lists(note.blocks()):
        start = token.start
        if start >= FIRST_YEAR or _is_alone(token, start, following):
            message = f"read as a list that begins with {start}: write {start}\\."
            yield _hint(note, token, message)
        for item in token.children:
            if (written := item.written) >= FIRST_YEAR:
                message = f"number {written}. is shown as {item.number}.: write {written}\\."
                yield _hint(note, item, message)


def _hint(note: Note, token: Token, message: str) -> Diagnostic:
    return Diagnostic(Location(note.location.file, token.line), message, Severity.HINT)


def _ordered_lists(blocks: Iterable[Token]) -> Iterator[tuple[Token, int]]:
    """Yield each list with numbers, and what a list before it would go on with."""
    following = 1
    for block in blocks:
        if block.type == "list" and block.ordered:
            yield block, following
            following = block.start + len(block.children)
        if block.children and block.type not in _WITHOUT_LISTS:
            yield from _ordered_lists(block.children)


def _is_alone(ordered: Token, start: int, following: int) -> bool:
    """Return whether a list has one item, and follows none that it would go on with."""
    items = ordered.children
    return len(items) == 1 and (start not in (1, following) or not items[0].children)


def check_notes(notes: Sequence[NoteText], project: Project) -> Iterator[Diagnostic]:
    """Yield each problem that shows only between notes."""
    yield from _check_ids(notes)
    yield from _check_questions(notes)
    yield from _check_deck_names(notes, project)


def check_note(note: Note, text: NoteText, deck: Deck) -> Iterator[Diagnostic]:
    """Yield what is wrong with the deck and the tags of a note, and with its lists."""
    yield from check_deck(text, deck)
    yield from check_tags(text, deck)
    yield from check_lists(note)


def check_rendered(note: Note, fields: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield what shows only in the finished fields: one of which a browser shows nothing."""
    if not note.occlusion and not shows_anything(fields["Question"]):
        yield error(note.location, "question shows nothing: write it, or remove the item")
    if note.answer and not shows_anything(fields["Answer"]):
        yield error(note.location, "answer shows nothing: write it, or remove the item")


def _check_ids(notes: Sequence[NoteText]) -> Iterator[Diagnostic]:
    first: dict[str, NoteText] = {}
    for note in notes:
        if note.id is None:
            continue
        other = first.setdefault(note.id.casefold(), note)
        if other is not note:
            yield error(
                note.location, f"id {quote(note.id)} is taken by {other.location}: choose another"
            )


def _check_questions(notes: Sequence[NoteText]) -> Iterator[Diagnostic]:
    """Two notes may look the same on their fronts only if an id tells each of them apart.

    The headings above are on the front; the file, which is not, does not tell them apart.
    """
    first: dict[tuple[str, str], NoteText] = {}
    for note in notes:
        other = first.setdefault((note.place, note.question_text), note)
        if other is not note and (note.id is None or other.id is None):
            is_picture = note.kind is Kind.OCCLUSION
            message = (
                f"the same picture asks in {other.location}: give each an id, behind its ask="
                if is_picture
                else f"the same question as in {other.location}: "
                "reword one, or give each an id, <!-- id=… -->"
            )
            yield error(note.location, message)


def _check_deck_names(notes: Sequence[NoteText], project: Project) -> Iterator[Diagnostic]:
    """Anki takes deck names that differ only in case for one (`rslib/src/decks/name.rs`)."""
    first: dict[str, str] = {}
    for note in notes:
        name = deck_name(note, project.deck)
        other = first.setdefault(name.casefold(), name)
        if other != name:
            message = f"deck {quote(name)} is the same to Anki as {quote(other)}: write both alike"
            yield error(note.location, message)


def check_style(notes: Iterable[Note], project: Project) -> Iterator[Diagnostic]:
    """Yield what a careful author would write otherwise; it stops no build."""
    is_chinese = project.deck.language.lower().partition("-")[0] == "zh"
    if not (is_chinese or project.terms):
        return
    from deckpress.check.prose import check_terms, read_prose  # 10 ms, and `typography` 25

    prose = [*read_prose(notes)]
    if is_chinese:
        from deckpress.check.typography import check_typography

        yield from check_typography(prose)
    if project.terms:
        yield from check_terms(prose, project.terms)
