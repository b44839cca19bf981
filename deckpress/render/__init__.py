"""A note → the HTML of its Anki fields: `fields.render_note` is the way in.

`code` colours code, `raw_html` closes what an author's HTML leaves open, and `field_markup` writes
what Anki reads besides HTML.
"""
