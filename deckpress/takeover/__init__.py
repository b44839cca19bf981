"""What learners have, learned from a package: of this deck (`rebuild`), or of another (`adopt`).

`origin` says which of the two it is. `field_text` reads a field, `field_words` reads it word by
word, and `layouts` finds out which field is which.
"""

from deckpress.takeover.adopt import Adoption, adopt
from deckpress.takeover.field_text import html_text, read_field
from deckpress.takeover.field_words import field_words, is_formula
from deckpress.takeover.layouts import Layout, find_layouts
from deckpress.takeover.origin import Origin, find_origin
from deckpress.takeover.rebuild import our_types, rebuild_lock

__all__ = [
    "Adoption",
    "Layout",
    "Origin",
    "adopt",
    "field_words",
    "find_layouts",
    "find_origin",
    "html_text",
    "is_formula",
    "our_types",
    "read_field",
    "rebuild_lock",
]
