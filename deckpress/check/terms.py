"""Prose, and what the deck calls things → each word that the deck avoids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from deckpress.check.prose import Prose
from deckpress.errors import Level, Problem, quote


def check_terms(prose: Iterable[Prose], terms: Mapping[str, str]) -> Iterator[Problem]:
    """Yield each word of the prose that is avoided; `terms` has what the deck says for it.

    Within one of the deck's own terms it is none, nor in parentheses behind its term.
    """
    explained = (f"{term}{open_}{word}" for word, term in terms.items() for open_ in ("（", " ("))
    words = _pattern_of({*terms, *terms.values(), *explained})
    for each in prose:
        for found in words.finditer(each.text):
            word = " ".join(found.group(0).split())
            if word in terms:
                message = f"{quote(word)}: this deck says {quote(terms[word])}"
                yield Problem(each.location(found.start()), message, Level.STYLE, kind=message)


def _pattern_of(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the longest of the words at a place; Latin letters stand in whole words."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(_whole, longest_first)))


def _whole(word: str) -> str:
    pattern = r"\s+".join(map(re.escape, word.split()))
    before = r"(?<![A-Za-z0-9_])" if re.match("[A-Za-z0-9_]", word.strip()) else ""
    behind = r"(?![A-Za-z0-9_])" if re.search("[A-Za-z0-9_]$", word.strip()) else ""
    return before + pattern + behind
