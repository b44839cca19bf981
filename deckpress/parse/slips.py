"""What may be wrong with what stands in a line, said to its author."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deckpress.errors import Level, Problem, quote
from deckpress.notes import Token, location_of

_LEVELS = {
    "unclosed_math": Level.ERROR,
    "unclosed_cloze": Level.ERROR,
    "brackets": Level.HINT,
    "spaced_formula": Level.HINT,
}
"""Of what is more, or less, than a warning."""
_LEVELS_IN_HTML = {"brackets": Level.HINT, "spaced_formula": Level.HINT}


def find_slip(token: Token, file: str) -> Problem | None:
    """Return what is wrong with a token of a line, if something is."""
    kind = "picture_with_blank" if "needs_brackets" in token else token["type"]
    sentence = _SENTENCES.get(kind)
    if sentence is None or (kind == "foreign_media" and token["raw"].startswith("!")):
        return None
    levels = _LEVELS_IN_HTML if token.get("in_html") else _LEVELS
    where, level = location_of(token, file), levels.get(kind, Level.WARNING)
    return Problem(where, sentence(token), level, kind=kind)


def _say_stray_tex(token: Token) -> str:
    signs = "$$" if token["raw"].startswith("\\begin") else "$"
    return f"{token['raw']} stands outside any formula: put {signs} around it"


def _say_foreign_media(token: Token) -> str:
    url = token["attrs"]["url"]
    link = f"![](<{url}>)" if " " in url else f"![]({url})"
    return f"{token['raw']} is shown as text: write {link}"


def _dollar(token: Token) -> str:
    """Return how a dollar is written that is only a dollar; in HTML a backslash would be seen."""
    return "&#36;" if token.get("in_html") else r"\$"


def _say_brackets(token: Token) -> str:
    raw = token["raw"]
    remedies = {r"\(": "write $…$", r"\[": "write $$…$$"}
    remedy = remedies.get(raw[:2], r"write its words as \text{…}") + " if it is one"
    if token.get("in_html") or raw.startswith("$"):
        return f"{quote(raw)} is shown as it stands, and is no formula: {remedy}"
    return f"{quote(raw)} is shown in brackets, and is no formula: {remedy}"


_SENTENCES: Mapping[str, Callable[[Token], str]] = {
    "unclosed_math": lambda token: (
        "formula is never closed: add $$ (no blank line in between), or write " + _dollar(token) * 2
    ),
    "half_a_formula": lambda token: (
        f"$ has no partner: add the other $ of the formula, or write {_dollar(token)}"
    ),
    "prose_in_dollars": lambda token: (
        f"{quote(token['raw'])} is read as a formula: write {_dollar(token)} where none begins"
    ),
    "spaced_formula": lambda token: (
        f"read as a formula, though GitHub shows it as text for its spaces: write ${token['raw']}$"
    ),
    "spaced_math": lambda token: (
        f"no formula, since a blank stands within the $: write ${token['raw']}$"
    ),
    "math_before_digit": lambda token: (
        f"no formula, since a digit stands behind ${token['raw']}$: take it in"
    ),
    "tag_in_math": lambda token: (
        f"no formula, since the tag {token['raw']} stands in it: put spaces around <, or end the "
        "formula before it"
    ),
    "brackets": _say_brackets,
    "wide_dollar": lambda token: "full-width ＄ begins no formula: write $",
    "stray_tex": _say_stray_tex,
    "unclosed_cloze": lambda token: (
        f"cloze {token['raw']}… is never closed: add }}}} in the same paragraph"
    ),
    "near_cloze": lambda token: (
        f"{token['raw']} begins no cloze: write {{{{c{token['attrs']['number']}::answer}}}}"
    ),
    "too_deep": lambda token: (
        "nested more than 20 levels deep, and so shown as text: take out some levels"
    ),
    "unknown_html": lambda token: (
        f"{token['raw']} is no HTML element and is shown as text: "
        f"write `{token['raw']}` if it is code"
    ),
    "foreign_media": _say_foreign_media,
    "picture_with_blank": lambda token: (
        f"{token['attrs']['url']} has a blank, so GitHub shows no picture: "
        f"write ![…](<{token['attrs']['url']}>)"
    ),
}
"""By the type of the token."""
