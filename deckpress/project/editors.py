"""The addresses that open a place of a file in an author's editor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

EDITORS: Mapping[str, str] = {
    "vscode": "vscode://file{file}:{line}:{column}",
    "vscodium": "vscodium://file{file}:{line}:{column}",
    "cursor": "cursor://file{file}:{line}:{column}",
    "zed": "zed://file{file}:{line}:{column}",
    "idea": "idea://open?file={file}&line={line}&column={column}",
    "textmate": "txmt://open?url=file://{file}&line={line}&column={column}",
}
"""By the names that deck.toml may say, from the handbooks of these editors."""
_ADDRESS = re.compile(
    r"(?!(?:javascript|vbscript|data|blob|about|file|https?|wss?|ftp):)[a-z][a-z0-9+.-]*:\S*\{file\}\S*",
    re.I,
)
"""Of an editor, and of nothing that a browser would open by itself."""


def is_editor_address(pattern: str) -> bool:
    """Return whether a pattern is an address that opens a file in an editor."""
    return _ADDRESS.fullmatch(pattern) is not None


def editor_address(pattern: str, file: Path, line: int, column: int) -> str:
    """Return the address that opens a place; line and column are counted from 1, 0 if unknown."""
    path = file.resolve().as_posix()
    path = path if path.startswith("/") else f"/{path}"
    values = {"file": quote(path), "line": str(max(line, 1)), "column": str(max(column, 1))}
    return re.sub(r"\{(file|line|column)\}", lambda name: values[name[1]], pattern)
