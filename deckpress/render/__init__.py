"""A note → the HTML of its Anki fields: `render_note` is the way in."""

from deckpress.render.fields import RenderedNote, render_note

__all__ = ["RenderedNote", "render_note"]
