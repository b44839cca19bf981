r"""The files below `tests/cases/`: an input and what comes of it, side by side.

`NAME.md` has `NAME.txt` beside it, see tests/notes/test_cases.py. `NAME.case` holds both, and more:

    the name of the case
    === source/notes.md
    1. One?
    === source/deck.lock (escaped)
    \xff\
    === messages
    source/deck.lock: damaged, it is not UTF-8

Each text goes from below its heading to above the next one. If the heading says `(escaped)`, `\xff`
is a byte, in the heading too, and a `\` at the end of a line takes this end away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.projects import ROOT

CASES = ROOT / "tests/cases"
NAMES = sorted(str(path.relative_to(CASES).with_suffix("")) for path in CASES.rglob("*.md"))
"""The cases of Markdown, by their paths without an ending."""

_HEADING = re.compile(r"^=== (\S.*)\n", re.M)
_ESCAPED = " (escaped)"
_ESCAPE = re.compile(rb"\\(?:x([0-9a-f]{2})|\n)")
_NOT_PLAIN = re.compile(rb"[^\t\n -~]|\\(?=x[0-9a-f]{2}|\n|\Z)|^=(?=== )", re.M)


@dataclass(frozen=True)
class Case:
    """A file of several texts."""

    path: Path
    name: str
    texts: dict[str, bytes]
    """By their headings."""

    def __getitem__(self, heading: str) -> str:
        """Return the text below a heading."""
        return self.texts[heading].decode()

    @property
    def files(self) -> dict[str, bytes]:
        """All texts but the last one, such as the files of a project."""
        return dict(list(self.texts.items())[:-1])

    def below(self, folder: str) -> dict[str, bytes]:
        """The files in a folder of the case, by their paths within it."""
        start = f"{folder}/"
        return {
            name.removeprefix(start): text
            for name, text in self.texts.items()
            if name.startswith(start)
        }

    @property
    def expected(self) -> str:
        """The last text: what comes of the others."""
        return self[list(self.texts)[-1]]

    def accept(self, outcome: str) -> None:
        """Write what has come of the case into its file, as what is expected from now on."""
        texts = {**self.texts, list(self.texts)[-1]: outcome.encode()}
        self.path.write_text(format_case(self.name, texts), encoding="utf-8", newline="\n")


Check = Callable[[Case, str], None]
"""Compares what came of a case with what is expected; the fixture `check_case` is one."""


def read_cases(folder: str) -> dict[str, Case]:
    """Return the cases of several texts in a folder below `cases/`, by their names."""
    cases = [read_case(path) for path in sorted((CASES / folder).glob("*.case"))]
    assert cases
    by_name = {case.name: case for case in cases}
    assert len(by_name) == len(cases), "two cases have one name"
    return by_name


def read_case(path: Path) -> Case:
    """Return the case that a file holds."""
    return Case(path, *parse_case(path.read_text(encoding="utf-8")))


def parse_case(text: str) -> tuple[str, dict[str, bytes]]:
    """Return the name of a case and its texts by their headings."""
    name, *texts = _HEADING.split(text)
    return name.strip(), dict(map(_parse_text, texts[::2], texts[1::2]))


def _parse_text(heading: str, text: str) -> tuple[str, bytes]:
    if not heading.endswith(_ESCAPED):
        return heading, text.encode()
    return _unescape(heading.removesuffix(_ESCAPED)).decode(), _unescape(text)


def _unescape(text: str) -> bytes:
    return _ESCAPE.sub(lambda match: bytes.fromhex((match[1] or b"").decode()), text.encode())


def format_case(name: str, texts: dict[str, bytes]) -> str:
    """Return the file of a case; texts are escaped that would not be read as they are."""
    return f"{name}\n" + "".join(map(_format_text, texts, texts.values()))


def _format_text(heading: str, text: bytes) -> str:
    if _is_plain(heading.encode()) and _is_plain(text) and text[-1:] in (b"", b"\n"):
        return f"=== {heading}\n{text.decode()}"
    end = "" if text.endswith(b"\n") else "\\\n"
    return f"=== {_escape(heading.encode())}{_ESCAPED}\n{_escape(text)}{end}"


def _is_plain(text: bytes) -> bool:
    try:
        shown = re.sub(r"[\t\n]", "", text.decode())
    except UnicodeDecodeError:
        return False
    return shown.isprintable() and not _HEADING.search(text.decode())


def _escape(text: bytes) -> str:
    return _NOT_PLAIN.sub(lambda match: b"\\x" + match[0].hex().encode(), text).decode()
