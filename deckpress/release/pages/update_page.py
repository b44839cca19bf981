"""The page for learners of one version: what the newest brings them, and which boxes they tick."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version as version_of

from deckpress.diff.diff_html import escape_text
from deckpress.languages.i18n import Phrase, phrase
from deckpress.notes.attributes import read_release_tags
from deckpress.project.names import read_version
from deckpress.release import count_phrases
from deckpress.release.pages import Entry, Site, Update
from deckpress.release.pages.markup import Markup


def update_html(site: Site, entry: Entry) -> str:
    """Return the page for learners who have the version of an entry."""
    markup = Markup(site, root="../")
    parts = _newest(markup) if entry is site.newest else _older(markup, entry)
    deck = escape_text(site.deck.name)
    name = f'<p class="deck"{markup.lang}><a href="../index.html">{deck}</a></p>'
    have = markup.translate("page_you_have", version=entry.version)
    title = f"{site.deck.name}{markup.translate('labelled', label='')}{have}"
    return markup.page(title, f"<header>\n{name}\n<h1>{escape_text(have)}</h1>", *parts)


def _newest(markup: Markup) -> Iterator[str]:
    yield f"<p>{markup.say('page_is_newest')}</p>\n</header>"


def _older(markup: Markup, entry: Entry) -> Iterator[str]:
    newest, update = markup.site.newest, entry.update
    yield f"<p>{markup.say('page_brings', version=newest.version)}</p>"
    if update:
        gains = (f"<li>{escape_text(markup.translate(gain))}</li>" for gain in _gains(update))
        yield f'<ul class="gains">\n{"".join(gains)}\n</ul>'
        yield markup.warning(update)
    else:
        yield f"<p>{markup.say('page_not_compared')}</p>"
    yield f"{markup.download()}\n</header>"
    yield markup.section(markup.say("page_how_title"), *_steps(markup, update))
    yield markup.section(markup.say("page_said_title"), *_said(markup, entry))
    if update:
        yield markup.section(markup.say("page_changes_title"), *markup.changes(update))
        yield markup.section(markup.say("page_find_title"), _searches(markup, entry))


def _gains(update: Update) -> Iterator[Phrase]:
    """Yield what a learner gets, in numbers, and what becomes of the schedule."""
    diff, outcome = update.diff, update.outcome
    counts = {
        "notes_added": len(diff.added),
        "notes_corrected": len(diff.changed),
        "notes_made_anew": len(diff.recreated),
        "notes_retired": len(diff.retired),
    }
    yield from count_phrases(counts)
    if diff.note_types:
        yield phrase("cards_restyled")
    yield phrase("page_kept", kept=outcome.kept, cards=outcome.cards, anki=version_of("anki"))


def _steps(markup: Markup, update: Update | None) -> Iterator[str]:
    merging = update is not None and update.needs_merge
    keys = ["page_step_before", "page_step_import"] if merging else ["page_step_import"]
    steps = [f"<li>{markup.say(key)}</li>" for key in keys]
    steps.append(f"<li>{markup.options(merging=merging)}</li>")
    if merging:
        yield f"<p>{markup.say('page_merge_reason')}</p>"
        steps.append(f"<li>{markup.say('page_step_after')}</li>")
    yield f"<ol>\n{''.join(steps)}\n</ol>"
    yield f'<p><a href="../index.html#import">{markup.say("page_import_title")}</a></p>'


def _said(markup: Markup, entry: Entry) -> Iterator[str]:
    """Yield what the author said of each version since."""
    for later in _since(markup.site, entry):
        if later.written:
            title = f"<h3>{markup.heading_of(later)}</h3>"
            yield f"<article>\n{title}\n{markup.prose(later.written)}\n</article>"


def _since(site: Site, entry: Entry) -> tuple[Entry, ...]:
    return site.history[: site.history.index(entry)]


def _searches(markup: Markup, entry: Entry) -> str:
    """Return what finds the notes in Anki's browser that have come or changed since a version."""
    deck_id, notes = markup.site.deck.id, markup.site.package.notes
    news = [read_release_tags(note.tags, deck_id) for note in notes]
    rows = []
    for group, label in (("added", "new_notes"), ("changed", "changed_notes")):
        versions = {read_version(tags[group]) for tags in news if group in tags}
        later = sorted(version for version in versions if version > read_version(entry.version))
        search = " OR ".join(f"tag:{deck_id}::{group}::{version}" for version in later)
        if search:
            rows.append(f"<dt>{markup.say(label)}</dt><dd><code>{escape_text(search)}</code></dd>")
    return f"<dl>\n{''.join(rows)}\n</dl>" if rows else ""
