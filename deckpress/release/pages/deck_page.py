"""The page of a deck: what it is, some of its cards, what is new, and how it is imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from deckpress.diff.diff_html import escape_text
from deckpress.diff.note_changes import open_view
from deckpress.languages.i18n import count_cards, count_notes
from deckpress.project.addresses import update_page
from deckpress.release import hides_parts
from deckpress.release.pages import Entry, Site
from deckpress.release.pages.markup import Markup

_WAYS = {
    "page_on_computer": "page_on_computer_steps",
    "page_on_ankidroid": "page_on_ankidroid_steps",
    "page_on_ankimobile": "page_on_ankimobile_steps",
}
_MOST_TOPICS = 60
SCRIPTS = ("elements.js", "frames.js", "samples_data.js", "samples.js")
"""What shows the sample cards."""


def deck_page(site: Site) -> str:
    """Return the page that a link to the deck leads to."""
    markup = Markup(site, root="")
    return markup.page(
        site.deck.name,
        _header(markup),
        _samples(markup),
        markup.section(markup.say("page_contents"), _topics(markup)),
        markup.section(markup.say("page_import_title"), *_importing(markup), name="import"),
        _news(markup),
        markup.section(markup.say("page_earlier"), _history(markup)),
        scripts=SCRIPTS,
    )


def _header(markup: Markup) -> str:
    site = markup.site
    name = " › ".join(site.deck.name.split("::"))
    facts = "\n".join(f"<li>{fact}</li>" for fact in _facts(markup))
    return (
        f"<header>\n<h1{markup.lang}>{escape_text(name)}</h1>\n{markup.prose(site.deck.description)}\n"
        f'<ul class="facts">\n{facts}\n</ul>\n{markup.download()}\n</header>'
    )


def _facts(markup: Markup) -> Iterator[str]:
    deck, package = markup.site.deck, markup.site.package
    yield markup.heading_of(markup.site.newest)
    cards = sum(len(note.card_numbers) for note in package.notes)
    counts = (count_notes(len(package.notes)), count_cards(cards))
    yield escape_text(markup.translate("separator").join(map(markup.translate, counts)))
    yield from (escape_text(fact) for fact in (deck.author, deck.licence) if fact)
    if deck.homepage:
        yield f'<a href="{escape_text(deck.homepage)}">{markup.say("page_homepage")}</a>'


def _samples(markup: Markup) -> str:
    """Return where a script shows cards; without scripts there is nothing to be seen."""
    words = {"flip": "page_show_answer", "back": "page_show_question", "card": "page_sample_card"}
    said = " ".join(f'data-{name}="{markup.say(key)}"' for name, key in words.items())
    previous, following = markup.say("page_previous"), markup.say("page_next")
    return f"""<section id="samples" {said} hidden>
<h2>{markup.say("page_samples")}</h2>
<div id="stage"></div>
<p class="controls">
<button type="button" id="previous" aria-label="{previous}" title="{previous}">‹</button>
<span id="position" role="status"></span>
<button type="button" id="next" aria-label="{following}" title="{following}">›</button>
<button type="button" id="flip">{markup.say("page_show_answer")}</button>
</p>
<p id="link" role="status"></p>
</section>"""


def _topics(markup: Markup) -> str:
    """Return what the notes are about: the headings that they stand below, or their decks."""
    topics = _count_topics(markup.site)
    if len(topics) < 2:
        return ""
    rows = [_topic(markup, *topic) for topic in topics[:_MOST_TOPICS]]
    if left := len(topics) - len(rows):
        rows.append(f"<li>{markup.say('and_more', number=left)}</li>")
    return f'<ul class="topics">\n{"".join(rows)}</ul>'


def _topic(markup: Markup, name: str, count: int, below: Sequence[str]) -> str:
    other = markup.say("page_other_topics")
    title = f"<span{markup.lang}>{escape_text(name)}</span>" if name else other
    names = escape_text(markup.translate("separator").join(below))
    about = f" <small{markup.lang}>{names}</small>" if names else ""
    notes = escape_text(markup.translate(count_notes(count)))
    return f"<li><strong>{title}</strong> {notes}{about}</li>\n"


def _count_topics(site: Site) -> list[tuple[str, int, list[str]]]:
    """Return each topic with its notes' number, and the topics below it, in the deck's order."""
    view, root = open_view(site.package), f"{site.deck.name}::"
    counts, below = Counter[str](), dict[str, dict[str, None]]()
    for note in site.package.notes:
        parts = f"{note.deck}::".removeprefix(root).split("::")
        name, _, rest = " › ".join(filter(None, [*parts, view.read(note).context])).partition(" › ")
        counts[name] += 1
        below.setdefault(name, {}).update({rest.partition(" › ")[0]: None} if rest else {})
    return [(name, count, [*below[name]]) for name, count in counts.items()]


def _importing(markup: Markup) -> Iterator[str]:
    ways = (
        f"<dt>{markup.say(way)}</dt>\n<dd>{markup.say(steps)}</dd>" for way, steps in _WAYS.items()
    )
    yield f"<dl>\n{''.join(ways)}\n</dl>"
    yield markup.options()
    if hides_parts(markup.site.package.notes):
        yield f"<p>{markup.say('needs_occlusion')}</p>"
    yield f"<h3>{markup.say('page_update_title')}</h3>"
    yield f"<p>{markup.say('page_update_steps')}</p>\n<p>{markup.say('page_which_version')}</p>"


def _news(markup: Markup) -> str:
    """Return what is new since the version before, or that this is the first."""
    newest, update = markup.site.newest, markup.site.last_update
    title = markup.say("page_new_in", version=newest.version)
    parts = [markup.prose(newest.written)]
    if update:
        parts += (markup.warning(update), *markup.changes(update))
    return markup.section(title, *parts)


def _history(markup: Markup) -> str:
    return "\n".join(_past(markup, entry) for entry in markup.site.history[1:])


def _past(markup: Markup, entry: Entry) -> str:
    links = [f'<a href="{update_page(entry.version)}">{markup.say("page_have_it")}</a>']
    if entry.package:
        links.append(
            f'<a href="{escape_text(entry.package)}" download>{escape_text(entry.package)}</a>'
        )
    return (
        f"<article>\n<h3>{markup.heading_of(entry)}</h3>\n{markup.prose(entry.written)}\n"
        f'<p class="links">{" ".join(links)}</p>\n</article>'
    )
