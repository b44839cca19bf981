"""A project with a note of each kind, built now and then."""

from __future__ import annotations

from pathlib import Path

from deckpress.last_build import Summary
from deckpress.pipeline import build
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project

NOTES = """\
# Theme

1. What is a basic note? <!-- id=basic -->

   An answer with $a<b$ and ![a dot](dot.png).

   > [!TIP]
   > Look left.

2. What is reversed? <!-- id=both kind=reversed -->

   A note that asks both ways.

3. Type it <!-- id=typed kind=typed -->

   answer

4. A ==cloze== has {{c3::numbers::hint}}. <!-- id=cloze -->

   $$
   x = {{c2::\\frac{a}{b}}} \\\\
   y = {{c4::{{c5::z}} + 1}}
   $$

5. Listen ![](sound.mp3)

   ```python
   print("[sound:no.mp3]", "{{c1::no}}", r"\\(")
   ```

   | a | b |
   |---|---|
   | 1 | `x|y` |
"""


def build_at(project: Path, now: int) -> Summary:
    """Build a project at a time, in seconds since 1970."""
    opened, diagnostics = open_project(project)
    return build(prepare(opened, diagnostics, now), project / "dist")


def edit(project: Path, old: str, new: str, file: str = "notes.md") -> None:
    """Replace a text in one of a project's files."""
    path = project / "source" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
