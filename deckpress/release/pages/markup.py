"""What the pages of a release have in common: their frame, words, and the options of an import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from string import Template

from deckpress.diagnostics import file_size
from deckpress.diff.diff_html import DiffHtml, Words, escape_text, language_attributes
from deckpress.diff.sections import sections
from deckpress.languages.i18n import Translator, spoken_language
from deckpress.markdown.prose_html import line_html, prose_html
from deckpress.release.pages import Entry, Site, Update

_USUAL = {
    "page_option_progress": "page_off",
    "page_option_presets": "page_off",
    "page_option_merge": "page_off",
    "page_option_notes": "page_if_newer",
    "page_option_types": "page_if_newer",
}
"""What each of Anki's options of an import is left at."""
_MERGING: Mapping[str, str] = {"page_option_merge": "page_on", "page_option_notes": "page_always"}
"""What is other where note types have other fields or cards (`importing.rs` of Anki 26.09.3)."""
_BOXES = {"page_off": "☐", "page_on": "☑"}


class Markup:
    """Writes parts of the pages of one deck."""

    def __init__(self, site: Site, root: str) -> None:
        """Begin a page; `root` leads from it to the folder that holds them all."""
        self.site, self.root = site, root
        self.translate = Translator(site.deck.language)
        self.lang = language_attributes(site.deck.language)
        """The attributes of what is in the language of the deck."""

    def say(self, key: str, **values: object) -> str:
        """Return a phrase as HTML; in it, *…* is what Anki calls something."""
        return line_html(self.translate(key, **values))

    def page(self, title: str, *parts: str, scripts: tuple[str, ...] = ()) -> str:
        """Return a whole page."""
        named = (f'<script defer src="{self.root}pages/{name}"></script>' for name in scripts)
        return _template().substitute(
            language=escape_text(spoken_language(self.site.deck.language)),
            title=escape_text(title),
            root=self.root,
            scripts="\n".join(named),
            body="\n".join(part for part in parts if part),
        )

    def section(self, title: str, *parts: str, name: str = "") -> str:
        """Return a section with a heading; nothing if it has no parts."""
        body = "\n".join(part for part in parts if part)
        attribute = f' id="{name}"' if name else ""
        return f"<section{attribute}>\n<h2>{title}</h2>\n{body}\n</section>" if body else ""

    def prose(self, markdown: str) -> str:
        """Return what the author wrote, as HTML."""
        return f'<div class="prose"{self.lang}>{prose_html(markdown)}</div>' if markdown else ""

    def download(self) -> str:
        """Return the link to the newest package, and that to its checksum."""
        name = self.site.newest.package
        about = f"<small>{escape_text(name)} · {file_size(self.site.size)}</small>"
        href = escape_text(self.root + name)
        return (
            f'<p class="actions"><a class="download" href="{href}" download>'
            f"{self.say('page_download')} {about}</a>"
            f'<a href="{href}.sha256" download>{self.say("checksum_title")}</a></p>'
        )

    def options(self, *, merging: bool = False) -> str:
        """Return which of Anki's boxes are ticked."""
        others = _MERGING if merging else {}
        rows = (self._option(key, others.get(key, usual), usual) for key, usual in _USUAL.items())
        return (
            f"<p>{self.say('page_options')}</p>\n<table>\n{''.join(rows)}</table>\n"
            f"<p>{self.say('page_options_remembered')}</p>"
        )

    def _option(self, key: str, value: str, usual: str) -> str:
        box = f'<span aria-hidden="true">{_BOXES[value]}</span> ' if value in _BOXES else ""
        shown = f"<strong>{self.say(value)}</strong>" if value != usual else self.say(value)
        return f'<tr><th scope="row">{self.say(key)}</th><td>{box}{shown}</td></tr>\n'

    def changes(self, update: Update) -> Iterator[str]:
        """Yield what learners get, note by note."""
        words = Words(self.translate, for_learners=True, heading=3)
        page = DiffHtml(self.site.deck.language, update.shown, words)
        yield page.glyphs()
        yield from map(page.section, sections(update.diff, self.site.deck.language))

    def warning(self, update: Update) -> str:
        """Return what a learner may lose, if it may be."""
        if update.bump.part != "major":
            return ""
        reasons = update.bump.why(self.site.deck.language)
        said = escape_text(self.translate("progress_warning", reasons=reasons))
        return f'<p class="warning">{said}</p>'

    def heading_of(self, entry: Entry) -> str:
        """Return what a version is called, with its date."""
        date = f" <time>{escape_text(entry.date)}</time>" if entry.date else ""
        return f"{self.say('page_version', version=entry.version)}{date}"


def _template() -> Template:
    return Template(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
