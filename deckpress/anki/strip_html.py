"""HTML → the text that Anki takes from it, for speech, typed answers and the filter `text`.

It knows less than a browser does: what is between `<` and the next `>` is a tag, of entities there
are those of HTML 4, and where a text has one that is none, all of its entities stay as they are.

Sources: `rslib/src/text.rs` (`strip_html`, `decode_entities`, `strip_html_for_tts`) and the crate
htmlescape 0.3, which Anki 26.09 reads and writes entities with; tried with 26.09.3.
"""

from __future__ import annotations

import re
from html.entities import name2codepoint

_MARKUP = re.compile(r"<(?P<kind>!--|style|script)?", re.I | re.A)
_ENDS = {
    "!--": re.compile("-->"),
    "style": re.compile("</style>", re.I | re.A),
    "script": re.compile("</script>", re.I | re.A),
}
"""Where what begins so ends; its text is no text of the card."""
_BREAK = re.compile(
    r"</?(?:br|address|article|aside|blockquote|canvas|dd|div|dl|dt|fieldset|figcaption|figure"
    r"|footer|form|h[1-6]|header|hr|li|main|nav|noscript|ol|output|p|pre|section|table|tfoot|ul"
    r"|video)>",
    re.I | re.A,
)
_ENTITY = re.compile(r"&(?:#(?P<decimal>[0-9]+)|#x(?P<hex>[0-9A-Fa-f]+)|(?P<name>[^#;][^;]*)|);")
_SURROGATES = range(0xD800, 0xE000)
_MINIMAL = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}
_ESCAPES = {**_MINIMAL, ord("'"): "&#x27;"}
_ATTRIBUTE = {
    **{code: f"&#x{code:02X};" for code in range(256) if not (code < 128 and chr(code).isalnum())},
    **_MINIMAL,
}


def escape(text: str) -> str:
    """Return a text as HTML (htmlescape's `encode_minimal`)."""
    return text.translate(_ESCAPES)


def escape_attribute(text: str) -> str:
    """Return a text as the value of an attribute (htmlescape's `encode_attribute`)."""
    return text.translate(_ATTRIBUTE)


def strip_html(html: str) -> str:
    """Return the text of some HTML."""
    return decode_entities(strip_tags(html))


def strip_html_for_speech(html: str) -> str:
    """Return the text of some HTML, with a space for each bare tag that breaks a line."""
    return strip_html(_BREAK.sub(" ", html))


def strip_tags(html: str) -> str:
    """Remove tags, comments, styles and scripts, and leave entities as they are."""
    if "<" not in html:
        return html
    pieces, index, ends = [], 0, dict(_ENDS)
    while markup := _MARKUP.search(html, index):
        end = _end_of_markup(html, markup, ends)
        if not end:
            break
        pieces.append(html[index : markup.start()])
        index = end
    return "".join([*pieces, html[index:]])


def _end_of_markup(html: str, markup: re.Match[str], ends: dict[str, re.Pattern[str]]) -> int:
    """Return where a tag, or an element without text, ends; 0 if that and all behind it is text.

    An end that is not there is not looked for again: it is taken out of `ends`.
    """
    kind = (markup["kind"] or "").lower()
    tag_end = html.find(">", markup.end()) + 1
    if tag_end and kind in ends:
        end = ends[kind].search(html, markup.end() if kind == "!--" else tag_end)
        if end:
            return end.end()
        del ends[kind]
    return tag_end


def decode_entities(html: str) -> str:
    """Return HTML without tags as text; as it is if one of its entities is none."""
    if "&" not in html:
        return html
    pieces, index = [], 0
    while (start := html.find("&", index)) >= 0:
        entity = _ENTITY.match(html, start)
        character = _decode(entity) if entity else ""
        if not entity or not character:
            return html
        pieces += [html[index:start], character]
        index = entity.end()
    return "".join([*pieces, html[index:]]).replace("\xa0", " ")


def _decode(entity: re.Match[str]) -> str:
    """Return the character that an entity is for; empty if there is none."""
    if entity["name"]:
        code = name2codepoint.get(entity["name"], -1)
    else:
        digits, base = (entity["decimal"], 10) if entity["decimal"] else (entity["hex"] or "", 16)
        digits = digits.lstrip("0") or digits[:1]
        code = int(digits, base) if 0 < len(digits) < 10 else -1
    return chr(code) if 0 <= code < 0x110000 and code not in _SURROGATES else ""
