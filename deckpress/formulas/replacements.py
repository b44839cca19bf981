"""What LaTeX has and Anki's MathJax 3.2.2 has not, and what to write in its place.

The tables are in `replacements.toml` beside this module.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files

_TABLES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    files(__package__).joinpath("replacements.toml").read_text(encoding="utf-8")
)


def _by_name(advice: Mapping[str, str]) -> dict[str, str]:
    """Return advice by each of the names that it is for."""
    return {name: text for text, names in advice.items() for name in names.split()}


def _written(table: str, advice: str = "{}") -> dict[str, str]:
    """Return `write …` for each name of a table, within other words."""
    return {name: advice.format(f"write {text}") for name, text in _TABLES[table].items()}


COMMANDS: Mapping[str, str] = {
    **_written("commands"),
    **_written("often_defined", "{}, or define it under [formulas.macros] in deck.toml"),
    **_written("physics", "the physics package is not in Anki: {}"),
    **_by_name(_TABLES["command_advice"]),
}
"""What to do instead, by the name of a command that MathJax does not know."""

ENVIRONMENTS: Mapping[str, str] = _by_name(_TABLES["environment_advice"])
"""What to do instead, by the name of an environment that MathJax does not know."""
