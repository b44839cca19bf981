"""deck.toml with another version in it, and all else as its author wrote it."""

from __future__ import annotations


def with_version(text: str, version: str) -> str:
    """Return the text of a deck.toml that is sound, with another version."""
    import tomlkit  # here because only a release needs it

    settings = tomlkit.parse(text)
    settings["deck"]["version"] = version
    return tomlkit.dumps(settings)
