"""The pictures and sounds that a note shows, by a path or by their names alone."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote as quote_url
from urllib.parse import unquote as unquote_url

from deckpress.notes import Token
from deckpress.parse.obsidian.tidy import split_size
from deckpress.parse.obsidian.vault import Vault

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")


def is_media(target: str) -> bool:
    """Return whether a name is that of a picture, a sound or the like, and of no note."""
    suffix = target.partition("#")[0].rpartition("/")[2].rpartition(".")[2]
    if "." not in target:
        return False
    return suffix.isalnum() and suffix.isascii() and len(suffix) < 5 and suffix.lower() != "md"


@dataclass
class Pictures:
    """Those of one file, and of the notes that it shows."""

    file: str
    vault: Vault

    def show(self, embed: Token, path: Path) -> tuple[Token, str]:
        """Return the picture that an embed of a note stands for, and what is doubtful about it."""
        target = embed["attrs"]["target"]
        found = self.vault.find(target, path)
        url = self._url(found.path) if found.path else quote_url(target)
        alt, size = split_size(embed["attrs"]["alias"])
        children = [{"type": "text", "raw": alt}] if alt else []
        place = {"line": embed["line"], "column": embed["column"]}
        picture = {"type": "image", "children": children, "attrs": {"url": url, **size}, **place}
        return picture, found.message if found.path else ""

    def move(self, image: Token, path: Path, *, is_embedded: bool) -> None:
        """Let a picture's address count from the file's folder; by its name it is found, too."""
        url = image["attrs"]["url"]
        if _SCHEME.match(url) or url.startswith(("/", "#")) or not url.strip():
            return
        target = unquote_url(url)
        found = self.vault.find(target, path)
        if found.path and (is_embedded or found.path != path.parent / target):
            image["attrs"]["url"] = self._url(found.path)

    def _url(self, path: Path) -> str:
        """Return the address of a file as the one that shows it would write it."""
        return quote_url(Path(os.path.relpath(path, Path(self.file).parent)).as_posix())
