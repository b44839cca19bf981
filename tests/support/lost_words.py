"""Random documents whose words each stand once, and what becomes of the words."""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import assume

from deckpress.diagnostics import Severity
from deckpress.formulas import skip_formula_check
from deckpress.pipeline import Prepared
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_standalone
from tests.support.observed_builds import draw_nothing

WORD = re.compile(r"\bw\d+\b")
"""A word that stands once in a random document."""
BLOCKS = (
    *(f"{'#' * level} {{}} {{}}{mark}" for level in range(1, 7) for mark in ("", "?")),
    *("## 1. {}", "### 2. {}?", "{}\n===", "{}\n---", "#### Answer: {}", "#### Example"),
    *("{} {}", "{}\n{}", "{}:", "{}?", "**{}**", "**{}?**", "**{}?**\n{}", "**{}:** {}", "*{}* {}"),
    *("1. {}?\n\n   {}", "1. {}\n2. {}", "2. {}?\n\n   {}\n\n   - {}", "3. {}\n   {}", "7) {}"),
    *(
        "1. {}?\n\n   {}\n\n   ---\n\n   {}",
        "1. ### {}\n\n   > {}",
        "- {}\n- {}: {}",
        "* {}\n\n  {}",
    ),
    *(
        "- {}?\n  - {}\n- {}?\n\n  {}",
        "- {}\n  : {}\n- {}?\n  :\n- {}?\n  : {}\n  - {}",
        "4 - {}?\n{}",
    ),
    *("<b>{}?</b>\n\n{}", "<b>{}</b>\n<br>\n{}", "> **{}?**\n>\n> {}", "> **{}?**\n> {}", "!!! {}"),
    *("1.{}？", "2、{}", "- [x] {}", "- **{}**: {}", "**{}** (n): {}\n**{}**: {}"),
    *("Q: {}\nA: {}", "Q: {}", "**A:** {}", "问：{}\n答：{}", "Answer", "**Solution:**"),
    *(
        "| {} | {} |\n|---|---|\n| {} | {} |",
        "| {} | {} | {} |\n|-|-|-|\n| {} | {} |",
        "| | {} |\n|-|-|\n| | {} |",
    ),
    *("> {}", "> [!NOTE]\n> {}", "> [!TIP]\n> {}", "> [!WARNING]\n> {}\n>\n> {}", "> {}\n{}"),
    *("```\n{}\n```", "    {}", "~~~ python\n{}\n\n{}\n~~~", "---", "***"),
    *("[{}](#x)", "- [{}](#x)\n- [{}](#y)", "[{}](https://a.example) · [{}](b.md)"),
    *(
        "![{}](https://a.example/b.png)",
        "<div>\n{}\n</div>",
        "<p>{}</p>\n\n{}",
        "<br>",
        "<a name='x'></a>",
    ),
    *(
        "<details><summary>{}</summary>{}</details>",
        "<details>\n<summary>{}?</summary>\n\n{}\n\n</details>",
    ),
    *(
        "<details><summary>Answer</summary>\n\n{}\n</details>",
        "<details>\n\n{}\n\n# {}\n\n</details>",
    ),
    *("<details><summary>{}</summary>\n\n- {}\n</b></details>\n\n{}", "<details>", "</details>"),
    *(
        "<details><summary>Answer</summary>{}</details>\n<details><summary>{}</summary>{}</details>",
    ),
    *(
        "<details><summary>Hint</summary>{}</details>\n\n<details><summary>Answer</summary>\n\n{}"
        "\n\n</details>",
        "<details><summary>Solution 1</summary>{}</details>",
        "<details><summary>{}?</summary>\n\n{}",
        "1. {}?\n\n   {}\n\n   <details><summary>Answer</summary>{}</details>\n\n   "
        "<details><summary>{}</summary>{}</details>",
    ),
    *(
        "{}[^a]\n\n[^a]: {}",
        "[^b]: {}",
        "{} =={}== {}",
        "{{{{c1::{}}}}} {}",
        "<div>\n3. {}\n</div>",
    ),
)


def lost_words(text: str) -> list[tuple[str, str]]:
    """Return the words of a random document that are in no field and on no reported line.

    Each comes with its line.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.md"
        path.write_text(text, encoding="utf-8")
        prepared = build(path)
    assume("defined twice" not in str(prepared.diagnostics))  # an error: nothing is written
    shown = set(WORD.findall(fields_of(prepared)))
    reported = set(reported_lines(prepared))
    return [
        (line, word)
        for number, line in enumerate(text.split("\n"), 1)
        for word in WORD.findall(line)
        if word not in shown and number not in reported
    ]


def build(path: Path) -> Prepared:
    """Return a file as it is before it is packed, without MathJax and pictures."""
    return prepare(
        *open_standalone(path), 1_700_000_000, typeset=skip_formula_check, draw=draw_nothing
    )


def fields_of(prepared: Prepared) -> str:
    """Return what Anki stores of all notes, character references decoded, and their own tags."""
    fields = (field for rendered in prepared.rendered for field in rendered.fields.values())
    tags = (tag for rendered in prepared.rendered for tag in rendered.note.tags)
    return html.unescape(" ".join((*fields, *tags)))


def reported_lines(prepared: Prepared) -> Iterator[int]:
    """Yield the lines that are reported as left out, or as wrong."""
    for account in prepared.accounts:
        for lines in (lines for omission in account.omissions for lines in omission.lines):
            yield from range(lines.first, lines.last + 1)
    diagnostics = (
        diagnostic for diagnostic in prepared.diagnostics if diagnostic.severity is Severity.ERROR
    )
    yield from (diagnostic.location.line for diagnostic in diagnostics)
