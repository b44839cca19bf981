"""A project whose files are edited at random, and all that a build of it gives."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from deckpress.formulas import skip_formula_check
from deckpress.lock.lock_file import format_lock
from deckpress.lock.store import BuildOptions
from deckpress.pipeline import Prepared, pack
from deckpress.pipeline.compile_files import Compiler
from deckpress.pipeline.prepare import prepare
from deckpress.project.opening import open_project
from tests.support.projects import DECK_TOML, NOON, PIXEL, config, write

PIECES = (
    "What is an LSTM?\n\n   A network with **gates** and $x^2$.",
    "How does it forget?\n\n   By a gate.[^a] See ![a dot](dot.png).",
    "The {{c1::gate}} is ==open== and ==shut==.",
    "Which one?\n\n   It is ==this one==.",
    'Why?\n\n   ```python\n   x = {"a": 1}\n   ```',
    "Where to?\n\n   [nowhere](there.md) <b onclick=x>bold</b>",
    "What is shown?\n\n   ![[two]] and ![[dot.png]]",
    "Which list?\n\n   2019. A year\n   2. Two",
    "What is missing?\n\n   ![none](none.png)",
    "What is a wrong formula?\n\n   $\\frac{x$ and $R^n$ \\R",
    "What is typed? <!-- kind=typed tags=t id=typed -->\n\n   An  answer.",
    "什么是门？\n\n   控制信息流动的结构,就是门。",
    'Which?\n\n   ![a dot](dot.png) <!-- ask="Left: rect 0% 0% 50% 100%; All: rect 0 0 1 1" -->',
)
"""Notes that depend on one another, on the lock, and on other files."""
NAMES = ("one.md", "two.md", "sub/three.md", "four.md")
FRONT = (
    "",
    "---\ndialect: obsidian\n---\n",
    "---\ntags: [t]\n---\n",
    "---\nnotes: headings\n---\n",
)
CONFIGS = (
    DECK_TOML,
    config(language='"zh-CN"'),
    config(version='"1.1.0"'),
    config(tags='["all"]', subdecks='"folders"'),
    DECK_TOML + "\n[formulas.macros]\nR = '\\mathbb{R}'\n",
)
Edit = tuple[str, int, int]
edits = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "change", "drop", "front", "picture", "config", "remove"]),
        st.integers(0, len(NAMES) - 1),
        st.integers(0, 59),
    ),
    min_size=1,
    max_size=8,
)


class Author:
    """Edits the files of a project, one change after the other."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._files: dict[str, tuple[str, list[str]]] = {
            name: (FRONT[index == 3], [PIECES[index]]) for index, name in enumerate(NAMES)
        }
        write(root, {"source/deck.toml": DECK_TOML, "source/dot.png": PIXEL})
        for name in NAMES:
            self._write(name)

    def edit(self, edit: Edit) -> list[Path]:
        """Make a change, and return the files that it may be in."""
        what, which, how = edit
        name = NAMES[which]
        front, notes = self._files.get(name, ("", []))
        if what == "add":
            notes.insert(how % (len(notes) + 1), PIECES[how % len(PIECES)])
        elif what == "change" and notes:
            notes[how % len(notes)] = notes[how % len(notes)].replace("a", f"a{how}", 1)
        elif what == "drop" and notes:
            del notes[how % len(notes)]
        elif what == "front":
            front = FRONT[how % len(FRONT)]
        elif what == "picture":
            path = self._root / "source" / ("dot.png" if how % 2 else "none.png")
            path.write_bytes(PIXEL + b"a" * how)
        elif what == "config":
            write(self._root, {"source/deck.toml": CONFIGS[how % len(CONFIGS)]})
        self._files[name] = (front, notes)
        if what == "remove" and which != 0:
            (self._root / "source" / name).unlink(missing_ok=True)
            del self._files[name]
        else:
            self._write(name)
        other = {"config": "deck.toml", "picture": "dot.png"}.get(what, name)
        return [self._root / "source" / name, self._root / "source" / other]

    def _write(self, name: str) -> None:
        front, notes = self._files[name]
        items = "\n\n".join(f"{index}. {note}" for index, note in enumerate(notes, 1))
        write(self._root, {f"source/{name}": f"{front}{items}\n\n[^a]: Gers.\n"})


def look(root: Path, compiler: Compiler | None, now: int = NOON) -> tuple[Prepared, object]:
    """Return a project prepared, and all that its author and learners get of it."""
    prepared = prepare(
        *open_project(root),
        now,
        options=BuildOptions(tells_all=True),
        typeset=skip_formula_check,
        compiler=compiler,
    )
    return prepared, all_of(prepared)


def all_of(prepared: Prepared) -> object:
    """Return all that author and learners get of a project."""
    is_sound = not prepared.has_errors(strict=False)
    return (
        list(map(str, prepared.diagnostics)),
        format_lock(prepared.after),
        prepared.accounts,
        prepared.changes,
        pack(prepared).data if is_sound else b"",
    )
