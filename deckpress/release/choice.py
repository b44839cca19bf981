"""Which version a release gets: the one that was asked for, or the one that follows."""

from __future__ import annotations

from deckpress.errors import DeckError, Location, did_you_mean, error
from deckpress.lock import Release
from deckpress.versions import PARTS, Version, is_version, read_version


def choose_version(wish: str, settings: str, last: Release | None, part: str) -> str:
    """Return the version of a release.

    `wish` is a version, one of PARTS, or empty. Without a wish it is the version of `settings`
    (deck.toml's), if that is not released, and otherwise the one after the `last` release in which
    `part` goes up. Raises DeckError for a wish that cannot be met.
    """
    before = read_version(last.version) if last else None
    version = _wished(wish, before) or _given(settings, before) or _after(before, part)
    if before and version <= before:
        raise _refuse(f"{version} goes backwards, {before} is released: say {before.next(part)}")
    return str(version)


def _wished(wish: str, before: Version | None) -> Version | None:
    if not wish:
        return None
    if is_version(wish):
        return read_version(wish)
    if wish not in PARTS:
        near = did_you_mean(wish, PARTS)
        message = f'"{wish}" is no version{near or ": say 1.2.3, major, minor or patch"}'
        raise _refuse(message)
    if before is None:
        raise _refuse(f'nothing is released yet that "{wish}" could count from: say 1.0.0')
    return before.next(wish)


def _given(settings: str, before: Version | None) -> Version | None:
    version = read_version(settings)
    return version if before is None or version > before else None


def _after(before: Version | None, part: str) -> Version:
    assert before is not None  # else the settings' version would have been chosen
    return before.next(part)


def _refuse(message: str) -> DeckError:
    return DeckError([error(Location("version"), message)])
