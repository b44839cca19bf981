"""Which pictures and sounds a note shows, and which of them are others than before."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from deckpress.diff.values import MediaChange
from deckpress.media import without_digest

_REFERENCE = re.compile(
    r"<(?:img|audio|video|source|object)\b[^<>]*?\b(?:src|data)\s*=\s*"
    r"(?:\"(?P<double>[^\"<>]*)\"|'(?P<single>[^'<>]*)'|(?P<bare>[^\s\"'<>]+))"
    r"|\[sound:(?P<sound>[^\[\]<>]+)\]",
    re.I,
)
"""What Anki takes for a media file: `HTML_MEDIA_TAGS` in `rslib/src/text.rs`."""
_PICTURE = re.compile(r"<img\b[^<>]*>", re.I)
_SIZE = re.compile(r"\s(?:width|height)=\"\d+\"")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")

Digests = Mapping[str, str | None]


def media_in(fields: Iterable[str]) -> frozenset[str]:
    """Return the names of the media files that fields show, without those on the web."""
    return frozenset(
        name
        for field in fields
        if "<" in field or "[sound:" in field
        for name in map(_name, _REFERENCE.finditer(field))
        if not _ELSEWHERE.match(name)
    )


def _name(found: re.Match[str]) -> str:
    return html.unescape(next(each for each in found.groups() if each is not None))


def is_same_but_media(old: str, new: str) -> bool:
    """Say whether fields are the same HTML, but for other pictures, perhaps of another size."""
    if old == new:
        return True
    was, now = (_REFERENCE.sub(_blank, field) for field in (old, new))
    if was == now or media_in([old]) == media_in([new]):
        return was == now
    return _PICTURE.sub(_without_size, was) == _PICTURE.sub(_without_size, now)


def _without_size(picture: re.Match[str]) -> str:
    return _SIZE.sub("", picture[0])


def _blank(found: re.Match[str]) -> str:
    start, end = found.span(found.lastgroup or 0)
    return found.string[found.start() : start] + found.string[end : found.end()]


def compare_media(
    old: frozenset[str], new: frozenset[str], old_digests: Digests, new_digests: Digests
) -> tuple[MediaChange, ...]:
    """Return which files of a note are others, are gone or have come, sorted by name.

    A file under a new name is known by its content; or by its name without the hash of deckpress.
    """
    kept = old & new
    changes = [
        MediaChange(name, name) for name in kept if old_digests.get(name) != new_digests.get(name)
    ]
    gone, added = old - kept, new - kept
    by_content = list(_pair(gone, added, old_digests.get, new_digests.get))
    changes += [MediaChange(one, other, is_renamed=True) for one, other in by_content]
    gone -= {one for one, _ in by_content}
    added -= {other for _, other in by_content}
    by_name = list(_pair(gone, added, _stem, _stem))
    changes += [MediaChange(one, other) for one, other in by_name]
    changes += [MediaChange(one, None) for one in gone - {one for one, _ in by_name}]
    changes += [MediaChange(None, other) for other in added - {other for _, other in by_name}]
    told = (_tell_missing(change, new_digests) for change in changes) if new_digests else changes
    return tuple(sorted(told, key=lambda each: (each.new or each.old or "", each.new is None)))


def _tell_missing(change: MediaChange, digests: Digests) -> MediaChange:
    return replace(change, is_missing=bool(change.new) and digests.get(change.new or "") is None)


def _stem(name: str) -> str | None:
    stem = without_digest(name)
    return stem if stem != name else None


def _pair(
    gone: Iterable[str],
    added: Iterable[str],
    old_key: Callable[[str], str | None],
    new_key: Callable[[str], str | None],
) -> Iterator[tuple[str, str]]:
    """Yield names whose keys are equal, each name once, in their order."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for name in sorted(gone, reverse=True):
        if key := old_key(name):
            waiting[key].append(name)
    for name in sorted(added):
        if (key := new_key(name)) and waiting[key]:
            yield waiting[key].pop(), name
