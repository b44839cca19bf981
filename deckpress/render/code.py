"""Code → HTML whose colours are classes, so that a card's style sheet can change them at night."""

from __future__ import annotations

import html
from functools import cache
from typing import Any

from deckpress.errors import did_you_mean, quote


def highlight_code(code: str, language: str) -> str:
    """Return code as a `<pre>`; `language` as written behind the fence, or empty.

    A language that Pygments does not know is shown without colours; see `unknown_language`.
    """
    lexer = _lexer(language)
    if lexer is None:
        body = html.escape(code, quote=False)
    else:
        import pygments

        body = pygments.highlight(code + "\n", lexer, _formatter()).rstrip("\n")
    name = f' class="language-{html.escape(language)}"' if language else ""
    return f'<pre class="code"><code{name}>{body}</code></pre>'


def unknown_language(language: str) -> str | None:
    """Return what to say to the author of a language that is not known; None where it is."""
    if _lexer(language) is not None or language in _PLAIN:
        return None
    from pygments.lexers import get_all_lexers

    aliases = [alias for lexer in get_all_lexers(plugins=False) for alias in lexer[1]]
    near = did_you_mean(language, aliases)
    return f"unknown language {quote(language)}{near} (shown without colours)"


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
