"""What may be wrong with what stands in a line, said to its author."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deckpress.errors import Problem, error, quote, warning
from deckpress.notes import Token, location_of

_ERRORS = frozenset({"unclosed_math", "unclosed_cloze"})


def find_slip(token: Token, file: str) -> Problem | None:
    """Return what is wrong with a token of a line, if something is."""
    kind = "picture_with_blank" if "needs_brackets" in token else token["type"]
    sentence = _SENTENCES.get(kind)
    if sentence is None:
        return None
    tell = error if kind in _ERRORS else warning
    return tell(location_of(token, file), sentence(token))


def _say_stray_tex(token: Token) -> str:
    signs = "$$" if token["raw"].startswith("\\begin") else "$"
    return f"{token['raw']} stands outside any formula: put {signs} around it"


def _say_foreign_media(token: Token) -> str:
    url = token["attrs"]["url"]
    link = f"![](<{url}>)" if " " in url else f"![]({url})"
    return f"{token['raw']} is shown as text: write {link}"


_SENTENCES: Mapping[str, Callable[[Token], str]] = {
    "unclosed_math": lambda token: (
        "formula is never closed: add $$ (no blank line in between), or write \\$\\$"
    ),
    "half_a_formula": lambda token: (
        "$ has no partner: add the other $ of the formula, or write \\$"
    ),
    "prose_in_dollars": lambda token: (
        f"{quote(token['raw'])} is read as a formula: write \\$ where none begins"
    ),
    "spaced_math": lambda token: (
        f"no formula, since a blank stands within the $: write ${token['raw']}$"
    ),
    "math_before_digit": lambda token: (
        f"no formula, since a digit stands behind ${token['raw']}$: take it in"
    ),
    "wide_dollar": lambda token: "full-width ＄ begins no formula: write $",
    "stray_tex": _say_stray_tex,
    "unclosed_cloze": lambda token: (
        f"cloze {token['raw']}… is never closed: add }}}} in the same paragraph"
    ),
    "near_cloze": lambda token: (
        f"{token['raw']} begins no cloze: write {{{{c{token['attrs']['number']}::answer}}}}"
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
