"""Code → HTML whose colours are classes, so that a card's style sheet can change them at night."""

from __future__ import annotations

import html
from functools import cache
from typing import Any

from deckpress.errors import did_you_mean, quote
from deckpress.process import processor_time

_SECONDS = 2.0
"""Of the processor, for a block of code; some of Pygments' lexers take the cube of its length."""
_LONGEST = 50_000
"""Characters of code with colours, also where the system keeps no limit of time."""


def highlight_code(code: str, language: str) -> tuple[str, str]:
    """Return code as a `<pre>`, and why it has no colours; nothing if it has them, or wants none.

    `language` is as written behind the fence, or empty.
    """
    body, message = _colour(code, language)
    name = f' class="language-{html.escape(language)}"' if language else ""
    return f'<pre class="code"><code{name}>{body}</code></pre>', message


def _colour(code: str, language: str) -> tuple[str, str]:
    plain, lexer = html.escape(code, quote=False), _lexer(language)
    if lexer is None:
        return plain, _explain_unknown(language)
    size, most = len(code), _LONGEST
    if size > most:
        return plain, f"code has {size:,} characters, where {most:,} is the limit{_PLAINLY}"
    import pygments

    try:
        with processor_time(_SECONDS):
            return pygments.highlight(code + "\n", lexer, _formatter()).rstrip("\n"), ""
    except TimeoutError:
        return plain, f"code takes Pygments too long to read{_PLAINLY}"


_PLAINLY = " (shown without colours)"


def _explain_unknown(language: str) -> str:
    if language in _PLAIN:
        return ""
    from pygments.lexers import get_all_lexers

    aliases = [alias for lexer in get_all_lexers(plugins=False) for alias in lexer[1]]
    return f"unknown language {quote(language)}{did_you_mean(language, aliases)}{_PLAINLY}"


_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none"})


@cache
def _lexer(language: str) -> Any:
    """Return Pygments' lexer; one for each language, since making one costs more than using it."""
    if language in _PLAIN:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language.lower(), stripnl=False)
    except ClassNotFound:
        return None


@cache
def _formatter() -> Any:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)
