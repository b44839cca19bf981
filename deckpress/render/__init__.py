"""A note → the HTML of its Anki fields: `render_note` is the way in."""

from deckpress.render.fields import RenderedNote, render_note
from deckpress.render.links import is_followed, leads_nowhere

__all__ = ["RenderedNote", "is_followed", "leads_nowhere", "render_note"]
