"""`data:` addresses, which hold a file themselves (RFC 2397): read as browsers read them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

SUFFIXES: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/svg+xml": "svg",
    "image/x-icon": "ico",
    "image/vnd.microsoft.icon": "ico",
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/flac": "flac",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
"""How a file is named, by the media type of an address."""

_BASE64 = re.compile(r";\s*base64\s*\Z", re.I)


def is_data_url(url: str) -> bool:
    """Return whether an address holds a file itself."""
    return url[:5].lower() == "data:"


def media_type_of(url: str) -> str:
    """Return the media type that an address names, in small letters, without its parameters."""
    return url[5:].partition(",")[0].partition(";")[0].strip().lower()


def decode_data_url(url: str) -> bytes:
    """Return what an address holds.

    Missing `=` at the end of base64, and space within it, are forgiven, as browsers do (Infra
    Standard, forgiving-base64). Raises ValueError if it cannot be read.
    """
    header, comma, body = url[5:].partition(",")
    if not comma:
        raise ValueError("there is no comma")
    data = unquote_to_bytes(body)
    if not _BASE64.search(header):
        return data
    packed = b"".join(data.split()).rstrip(b"=")
    return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
