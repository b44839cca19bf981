"""The element names of HTML; other words in angle brackets are text that the author meant to show.

Source: the index of elements of the HTML Living Standard, with the presentational elements that
GitHub still renders, and the shapes of SVG.
"""

from __future__ import annotations

_HTML = """
a abbr acronym address area article aside audio b bdi bdo big blockquote body br button canvas
caption center cite code col colgroup data datalist dd del details dfn dialog div dl dt em embed
fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe
img input ins kbd label legend li link main map mark menu meta meter nav noscript object ol optgroup
option output p param picture pre progress q rb rp rt rtc ruby s samp script search section select
slot small source span strike strong style sub summary sup svg table tbody td template textarea
tfoot th thead time title tr track tt u ul var video wbr
"""
_SVG = """
animate circle clipPath defs desc ellipse filter foreignObject g line linearGradient marker mask
path pattern polygon polyline radialGradient rect stop symbol text textPath tspan use
"""
_NAMES = frozenset((_HTML + _SVG).split())


def is_html_element(name: str) -> bool:
    """Say whether a browser knows an element of this name, written `name` or `NAME`.

    A word with one capital, as in `List<Object>`, is a name from a program.
    """
    return name in _NAMES or (len(name) > 1 and name.isupper() and name.lower() in _NAMES)
