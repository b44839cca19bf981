"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import deckpress
from deckpress.patterns import lazy_pattern

FOLDER = Path(deckpress.__file__).parent


def test_a_pattern_is_compiled_once_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is compiled before, nor again for another method; all behave as they do of any."""
    compiled: list[str] = []
    compile_now = re.compile

    def note(pattern: str, flags: re.RegexFlag) -> re.Pattern[str]:
        compiled.append(pattern)
        return compile_now(pattern, flags)

    monkeypatch.setattr(re, "compile", note)
    pattern = lazy_pattern("(?P<letter>[ab])c", re.I)
    assert compiled == []
    assert pattern.sub(r"\1", "AC, bc") == "A, b"
    assert [match["letter"] for match in pattern.finditer("AC, bc")] == ["A", "b"]
    assert (pattern.fullmatch("acc"), pattern.groups) == (None, 1)
    assert compiled == ["(?P<letter>[ab])c"]


def test_no_pattern_is_wrong() -> None:
    """What is compiled late is sound nevertheless."""
    lazy, found = type(lazy_pattern("")), 0
    for path in FOLDER.rglob("*.py"):
        if "= lazy_pattern(" in path.read_text(encoding="utf-8"):
            parts = path.relative_to(FOLDER.parent).with_suffix("").parts
            module = import_module(".".join(parts).removesuffix(".__init__"))
            patterns = [value for value in vars(module).values() if isinstance(value, lazy)]
            assert all(pattern.pattern for pattern in patterns)
            found += len(patterns)
    assert found
