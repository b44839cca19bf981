"""What learners have, learned from a package: of this deck (`rebuild`), or of another (`adopt`).

`field_text` reads a field, and `layouts` finds out which field is which.
"""

from deckpress.takeover.adopt import Adoption, adopt
from deckpress.takeover.field_text import html_text
from deckpress.takeover.rebuild import rebuild_lock

__all__ = ["Adoption", "adopt", "html_text", "rebuild_lock"]
