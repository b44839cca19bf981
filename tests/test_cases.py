"""Every file in `cases/` becomes the notes written beside it.

`cases/NAME.md` is the input; `cases/NAME.txt` holds each note's kind, line and fields, and every
message, as the author would see them. `pytest --accept` writes the second; read the diff.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from deckpress.pipeline import Prepared, prepare
from deckpress.project import open_lone_source

CASES = Path(__file__).parent / "cases"
NAMES = sorted(str(path.relative_to(CASES).with_suffix("")) for path in CASES.rglob("*.md"))


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case's Markdown gives just the fields and messages that stand beside it."""
    monkeypatch.chdir((CASES / name).parent)
    project, problems = open_lone_source(Path(Path(name).name + ".md"))
    seen = show(prepare(project, problems, now=1_700_000_000))
    expected = CASES / f"{name}.txt"
    if request.config.getoption("--accept"):
        expected.write_text(seen, encoding="utf-8")
    assert seen == expected.read_text(encoding="utf-8")


def test_there_are_cases_enough() -> None:
    """The corpus is not lost by a moved folder."""
    assert len(NAMES) >= 60


def show(prepared: Prepared) -> str:
    """Return notes and messages as text: fields in order, their further lines under a bar."""
    lines = []
    for at, rendered in enumerate(prepared.rendered, 1):
        note = rendered.note
        lines.append(f"[{at}] {note.kind}, line {note.location.line}")
        for name, text in rendered.fields.items():
            if text:
                first, *more = text.split("\n")
                lines += [f"{name}: {first}", *(f"| {line}" for line in more)]
        lines.append("")
    return "\n".join([*lines, *map(str, prepared.problems)]).rstrip("\n") + "\n"
