"""A note's fields → the text that a voice reads, with formulas and pictures in words.

What is no speech is left out: code, but for single words, sounds, footnotes, and the readings above
Chinese characters, which a voice knows. The deletions of a cloze note stay as they are, so that
Anki hides them on the front.

Anki takes tags out of what it reads, decodes entities (`rslib/src/text.rs`, `strip_html_for_tts`),
and ends at `[/anki:tts]` (`rslib/src/card_rendering/parser.rs`): `[` is written as an entity.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from deckpress.diagnostics import Diagnostic, Severity
from deckpress.formulas.cloze_marks import unmark
from deckpress.formulas.deletions import Deletion, all_deletions, split_deletions, without_deletions
from deckpress.formulas.macros import ExpandedFormula
from deckpress.formulas.spoken import say
from deckpress.markdown import FORMULAS, Token, location_in, location_of, walk
from deckpress.markdown.html_tokens import HtmlToken, TokenKind, read_html
from deckpress.note_types import SPOKEN
from deckpress.notes import Kind, Note
from deckpress.project import Speech

_SILENT = frozenset("audio code object pre rp rt script style sup svg textarea video".split())
"""Elements of which nothing is read, if `_is_silent`; of `code`, words are."""
_BREAKS = frozenset(
    "blockquote br center dd details div dl dt h1 h2 h3 h4 h5 h6 hr li ol p section summary table"
    " td th tr ul".split()
)
"""Elements between which a voice pauses."""
_COMMAND = re.compile(
    r"\\[(\[](?P<tex>.*?)\\[)\]]|(?P<sound>\[sound:[^\]]*\])"
    r"|(?P<open>\{\{c\d+::)|(?P<close>\}\})|(?P<hint>::)",
    re.S,
)
"""What stands in the text of a field and is no text; each formula has its end."""
_CODE_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_MARK = re.compile(r"\{\{c\d+::|\}\}")
_NEEDLESS = re.compile(r" +(?=[.,;:!?，。；：！？])|[,:，：；、] *(?=[.?!。？！]|$)")
"""Spaces before marks, and marks before others, where something between was left out."""
_ENTITIES = {ord(mark): f"&#{ord(mark)};" for mark in "[{}:"}
_GAPS = range(0xE000, 0xF900)
"""The characters for private use, each of which stands for a deletion of a formula."""
_GAP = re.compile(f"[{chr(_GAPS[0])}-{chr(_GAPS[-1])}]")
_LEFT_OUT = "formula is not read aloud, since its words could mean another: say it in the text"


def spoken_fields(kind: Kind, fields: Mapping[str, str], speech: Speech | None) -> dict[str, str]:
    """Return what is read aloud of a note, by the names of the fields that hold it.

    `fields` are what the note shows. The answer of a cloze note is all of its text.
    """
    spoken = dict.fromkeys(SPOKEN.values(), "")
    if speech is None:
        return spoken
    for field in speech.fields:
        is_whole = kind is Kind.CLOZE and field == "Answer"
        shown = [fields["Question"], fields["Answer"]] if is_whole else [fields[field]]
        clozes = kind is Kind.CLOZE and field == "Question"
        spoken[SPOKEN[field]] = _speak("<br>".join(shown), speech.language, clozes=clozes)
    return spoken


def check_spoken(
    note: Note, formulas: Mapping[str, ExpandedFormula], speech: Speech | None
) -> Iterator[Diagnostic]:
    """Yield a hint for each formula of a note that is left out of what is read aloud."""
    if speech is None or note.kind is Kind.OCCLUSION:
        return
    for token in _spoken_tokens(note, speech):
        for formula in (token, *token.formulas) if token.type in FORMULAS else token.formulas:
            parts = split_deletions(formulas[formula.raw].tex.text)
            if not _is_said(parts, speech.language):
                file = note.location.file
                where = location_in(formula, 0, file) if formula.rows else location_of(token, file)
                yield Diagnostic(where, _LEFT_OUT, Severity.HINT)


def _spoken_tokens(note: Note, speech: Speech) -> Iterator[Token]:
    is_whole = note.kind is Kind.CLOZE and "Answer" in speech.fields
    if "Question" in speech.fields or is_whole:
        yield from walk(note.question)
    if "Answer" in speech.fields:
        yield from walk(note.answer)


def _speak(field: str, language: str, *, clozes: bool) -> str:
    """Return what is read aloud of a field; with `clozes`, its deletions stay."""
    lines = "".join(_Speaker(language, clozes=clozes).speak(field)).split("\n")
    spaced = (" ".join(line.split()) for line in lines)
    sentences = [_without_needless(line) for line in spaced if line]
    stop = "。" if language[:2] in ("ja", "zh") else "."
    return " ".join([*(_stopped(line, stop) for line in sentences[:-1]), *sentences[-1:]])


def _without_needless(line: str) -> str:
    return _NEEDLESS.sub("", line)


def _stopped(line: str, stop: str) -> str:
    """Return a line with a stop at its end, at which a voice pauses, unless it has a mark there."""
    bare = html.unescape(_MARK.sub("", line)).rstrip()
    return line + stop if bare[-1:].isalnum() or bare.endswith((")", "）")) else line


class _Speaker:
    """Reads the pieces of a field, from its first to its last."""

    def __init__(self, language: str, *, clozes: bool) -> None:
        self._language, self._clozes = language, clozes
        self._silent: list[str] = []
        """The element of which nothing is read, and those of its name within it."""
        self._depth = 0
        self._is_hint = False

    def speak(self, field: str) -> Iterator[str]:
        """Yield what is read; lines end where a voice pauses."""
        for piece in read_html(field):
            if piece.kind is TokenKind.TAG:
                yield self._pass(piece)
            elif piece.kind is TokenKind.TEXT and not self._silent:
                yield from self._read(piece.raw.replace("\n", " "))
            elif self._silent == ["code"] and _CODE_WORD.fullmatch(piece.raw):
                yield piece.raw

    def _pass(self, tag: HtmlToken) -> str:
        """Go into an element, or out of it, and return what is read of its tag."""
        if tag.is_end and self._silent[-1:] == [tag.name]:
            self._silent.pop()
        elif not tag.is_end and (self._silent[:1] == [tag.name] or self._begins_silence(tag)):
            self._silent.append(tag.name)
        elif tag.name == "img" and not self._silent:
            alt = next((each.value for each in tag.attributes if each.name == "alt"), "")
            alt = alt.replace("\n", " ")
            return f" {html.escape(alt, quote=False).translate(_ENTITIES)} "
        return "\n" if tag.name in _BREAKS else ""

    def _begins_silence(self, tag: HtmlToken) -> bool:
        is_footnote = any(each[:2] == ("class", "footnote") for each in tag.attributes)
        return not self._silent and tag.name in _SILENT and (tag.name != "sup" or is_footnote)

    def _read(self, text: str) -> Iterator[str]:
        end = 0
        for match in _COMMAND.finditer(text):
            yield self._text(text[end : match.start()])
            yield self._command(match)
            end = match.end()
        yield self._text(text[end:])

    def _text(self, text: str) -> str:
        return "" if self._is_hint and not self._clozes else text.replace("[", "&#91;")

    def _command(self, match: re.Match[str]) -> str:
        """Return what is read of a formula, a sound, or what marks a deletion."""
        if match["tex"] is not None:
            return self._formula(match["tex"])
        if match["sound"]:
            return ""
        if match["open"]:
            self._depth += 1
        elif not self._depth:  # and so it is text
            return match[0]
        elif match["close"]:
            self._depth, self._is_hint = self._depth - 1, False
        else:
            self._is_hint = True
        return match[0] if self._clozes else ""

    def _formula(self, tex: str) -> str:
        tex = unmark(html.unescape(tex), in_cloze=bool(self._depth))
        parts = split_deletions(tex)
        if not self._clozes:
            return _say(without_deletions(parts), self._language) or ""
        return _say_parts(parts, self._language)


def _say(tex: str, language: str) -> str | None:
    said = say(tex, language)
    return said and html.escape(said, quote=False)


def _say_parts(parts: Sequence[str | Deletion], language: str) -> str:
    """Return how a formula is said, with its deletions; if it is not, its gaps alone."""
    said, gaps = _say_around(parts, language), [*_gaps_in(parts)]
    if said is None:
        return " ".join(_write_gap(gap, "") for gap in all_deletions(parts))
    return _GAP.sub(lambda mark: _say_gap(gaps[ord(mark[0]) - _GAPS[0]], language), said)


def _say_gap(gap: Deletion, language: str) -> str:
    return _write_gap(gap, _say_parts(gap.content, language))


def _write_gap(gap: Deletion, said: str) -> str:
    hint = html.escape(gap.hint, quote=False).translate(_ENTITIES)
    return f"{{{{c{gap.number}::{said}{'::' if hint else ''}{hint}}}}}"


def _gaps_in(parts: Sequence[str | Deletion]) -> Iterator[Deletion]:
    return (part for part in parts if isinstance(part, Deletion))


def _say_around(parts: Sequence[str | Deletion], language: str) -> str | None:
    """Return how a formula is said, with a character for private use for each of its deletions."""
    marks = iter(_GAPS)
    tex = "".join(part if isinstance(part, str) else chr(next(marks)) for part in parts)
    return _say(tex, language)


def _is_said(parts: Sequence[str | Deletion], language: str) -> bool:
    return _say_around(parts, language) is not None and all(
        _is_said(gap.content, language) for gap in _gaps_in(parts)
    )
