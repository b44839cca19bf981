"""What a picture or a sound is by its bytes, and whether it is whole; also in `data:` addresses."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from deckpress.diagnostics import Severity

_LFS = b"version https://git-lfs.github.com/spec/"
"""How the file begins that git keeps in the place of a large one (git-lfs, `docs/spec.md`)."""
_PAGE = re.compile(
    rb"\s*+(?:<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype html|html|head|body|script)\b", re.I | re.S
)
_SVG = re.compile(rb"<(?:[\w.-]+:)?svg[\s>/]")
_SVG_END = re.compile(rb"</(?:[\w.-]+:)?svg\s*>|<(?:[\w.-]+:)?svg\b[^<>]*/>")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_FIRST_BYTES = (
    ("PNG", rb"\x89PNG\r\n\x1a\n"),
    ("JPEG", rb"\xff\xd8\xff"),
    ("GIF", rb"GIF8[79]a"),
    ("WebP", rb"RIFF.{4}WEBP"),
    ("BMP", rb"BM"),
    ("ICO", rb"\x00\x00[\x01\x02]\x00"),
    ("AVIF", rb".{4}ftyp(?:.{4}){0,12}?avi[fs]"),
    ("HEIC", rb".{4}ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1)"),
    ("TIFF", rb"II[\x2a\x2b]\x00|MM\x00[\x2a\x2b]"),
    ("JPEG XL", rb"\xff\x0a|\x00\x00\x00\x0cJXL "),
    ("JPEG 2000", rb"\x00\x00\x00\x0cjP  "),
    ("PSD", rb"8BPS"),
    ("PDF", rb"%PDF-"),
    ("ZIP", rb"PK\x03\x04"),
    ("gzip", rb"\x1f\x8b"),
)
_KINDS = tuple((kind, re.compile(first, re.S)) for kind, first in _FIRST_BYTES)
_NAMES = {
    "PNG": ("png",),
    "JPEG": ("jpg", "jpeg"),
    "GIF": ("gif",),
    "WebP": ("webp",),
    "BMP": ("bmp",),
    "ICO": ("ico",),
    "AVIF": ("avif",),
    "SVG": ("svg",),
    "TIFF": ("tif", "tiff"),
}
"""How files of a kind are named; the other kinds are shown under no name."""
PICTURES = frozenset(name for names in _NAMES.values() for name in names)
"""How pictures are named that Anki shows: what browsers do, and TIFF, which only Apple's do."""
SOUNDS = frozenset(
    "mp3 ogg oga opus wav flac m4a aac mp4 webm mkv mov avi mpeg mpg ogv 3gp".split()
)
"""What Anki plays by `[sound:…]`, videos among them."""
_SPACE = b"http://www.w3.org/2000/svg"
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
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of the headers of frames (ITU T.81, table B.1)."""
_BASE64 = re.compile(r";\s*base64\s*\Z", re.I)


class Finding(NamedTuple):
    """What is wrong with a file's content."""

    level: Severity
    what: str
    """What goes on from the file's name."""


def check_content(data: bytes, suffix: str) -> Finding | None:
    """Return what is wrong with what a picture or a sound holds, or None.

    `suffix` is the end of its name, without the dot, in small letters. A sound of any name plays,
    so of sounds only what is certainly none is reported. Browsers look into pictures as well, but
    for SVG. Of other files only those are that git has not fetched.
    """
    if data.startswith(_LFS):
        what = "is a Git LFS pointer, and not the file itself: run git lfs pull"
        return Finding(Severity.ERROR, what)
    if suffix not in PICTURES | SOUNDS:
        return None
    if _PAGE.match(_plain(data)):
        return Finding(Severity.ERROR, "is a web page: download the file itself")
    kind = _kind_of(data)
    if suffix in PICTURES:
        return _check_picture(data, kind, suffix)
    return (
        Finding(Severity.ERROR, f"holds {kind}, and nothing to hear: replace it") if kind else None
    )


def _kind_of(data: bytes) -> str:
    """Return what kind of file it is by its first bytes, or nothing if they are not known."""
    known = next((kind for kind, first in _KINDS if first.match(data)), "")
    return known or ("SVG" if _looks_like_svg(data) else "")


def _looks_like_svg(data: bytes) -> bool:
    text = _plain(data)
    return text.lstrip().startswith(b"<") and _SVG.search(text) is not None


def _plain(data: bytes) -> bytes:
    """Return a text without its byte order mark, and with a byte for each letter of ASCII."""
    if data.startswith(_UTF_16):
        return data[2:].replace(b"\0", b"")
    return data.removeprefix(b"\xef\xbb\xbf")


def _check_picture(data: bytes, kind: str, suffix: str) -> Finding | None:
    if not kind:
        what = "is no picture that a browser knows: export it again, as PNG, JPEG or SVG"
        return Finding(Severity.ERROR, what)
    if kind not in _NAMES:
        return Finding(Severity.ERROR, _shown_by_few(kind))
    if (check := _WHOLE.get(kind)) and (finding := check(data)):
        return finding
    if kind == "TIFF":
        return Finding(Severity.WARNING, _shown_by_few(kind))
    if suffix not in _NAMES[kind]:
        level = Severity.ERROR if "SVG" in (kind, suffix.upper()) else Severity.HINT
        return Finding(level, f"holds {kind}: end its name in .{_NAMES[kind][0]}")
    return None


def _shown_by_few(kind: str) -> str:
    return f"holds {kind}, which most devices do not show: convert it to PNG or JPEG"


_NO_SPACE = Finding(Severity.ERROR, f'lacks xmlns="{_SPACE.decode()}" in its <svg>: add that')


_CUT_OFF = Finding(Severity.ERROR, "is cut off at its end: download or export it again")


_NO_END = Finding(
    Severity.WARNING, "lacks its end, and may be cut off: look at it, or export it again"
)


def _check_png(data: bytes) -> Finding | None:
    """Go from chunk to chunk up to IEND (section 5.3 of the PNG specification)."""
    index = 8
    while index + 12 <= len(data):
        if data[index + 4 : index + 8] == b"IEND":
            return None
        index += 12 + int.from_bytes(data[index : index + 4], "big")
    return _CUT_OFF


def _check_jpeg(data: bytes) -> Finding | None:
    """Look for the mark EOI behind the first scan; there it is nothing else (ITU T.81, B.1.1)."""
    index = 2
    while data[index : index + 1] == b"\xff" and data[index + 1 : index + 2] != b"\xda":
        if index + 4 > len(data):
            return _CUT_OFF
        is_filling = data[index + 1] == 0xFF
        index += 1 if is_filling else 2 + int.from_bytes(data[index + 2 : index + 4], "big")
    if index >= len(data):
        return _CUT_OFF
    return None if data.find(b"\xff\xd9", index) >= 0 else _NO_END


def _check_gif(data: bytes) -> Finding | None:
    """Go from block to block; pictures without a trailer are shown (GIF89a, appendix A)."""
    index = 13 + (_size_of_colours(data[10]) if len(data) > 10 else 0)
    has_picture = False
    while index < len(data) and data[index] in b"\x21\x2c":
        if data[index] == 0x2C:
            has_picture = True
            index += 9 + (_size_of_colours(data[index + 9]) if index + 9 < len(data) else 0)
        index += 2
        while index < len(data) and data[index]:
            index += 1 + data[index]
        index += 1
    return None if has_picture and index <= len(data) else _CUT_OFF


def _size_of_colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _check_webp(data: bytes) -> Finding | None:
    """Compare its length with the one that it says of itself (RFC 9649, section 2.4)."""
    return None if 8 + int.from_bytes(data[4:8], "little") <= len(data) else _CUT_OFF


def _check_svg(data: bytes) -> Finding | None:
    """Look for its end, and for the name space without which it is no picture (SVG 2, 5.1)."""
    text = _plain(data)
    if not _SVG_END.search(text):
        return _CUT_OFF
    return None if _SPACE in text else _NO_SPACE


_WHOLE: Mapping[str, Callable[[bytes], Finding | None]] = {
    "PNG": _check_png,
    "JPEG": _check_jpeg,
    "GIF": _check_gif,
    "WebP": _check_webp,
    "SVG": _check_svg,
}


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


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return the width and height of a picture as browsers show it, in pixels.

    None for a picture that says nothing of it, such as an SVG, or that is of a kind whose header
    is not read here.
    """
    read = _SIZES.get(_kind_of(data))
    size = read(data) if read else None
    return size if size and min(size) > 0 else None


def _big(data: bytes, start: int, length: int = 2) -> int:
    return int.from_bytes(data[start : start + length], "big")


def _little(data: bytes, start: int, length: int = 2) -> int:
    return int.from_bytes(data[start : start + length], "little")


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Go to the frame's header (ITU T.81, B.2.2); Exif may say that the picture is to be turned."""
    index, is_turned = 2, False
    while data[index : index + 1] == b"\xff" and index + 9 <= len(data):
        marker = data[index + 1]
        if marker in _JPEG_FRAMES:
            height, width = _big(data, index + 5), _big(data, index + 7)
            return (height, width) if is_turned else (width, height)
        if marker == 0xE1 and data[index + 4 : index + 10] == b"Exif\0\0":
            is_turned = _is_turned(data[index + 10 : index + 2 + _big(data, index + 2)])
        index += 1 if marker == 0xFF else 2 + _big(data, index + 2)
    return None


def _is_turned(exif: bytes) -> bool:
    """Return whether a picture lies on its side (Exif 2.32, section 4.6.4, Orientation)."""
    read = _little if exif.startswith(b"II") else _big
    start = read(exif, 4, 4)
    entries = (start + 2 + 12 * place for place in range(min(read(exif, start), 100)))
    values = (read(exif, entry + 8) for entry in entries if read(exif, entry) == 0x0112)
    return next(values, 1) in range(5, 9)


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """Read the first chunk, whose form says how the size is written (RFC 9649, 2.5 to 2.7)."""
    form = data[12:16]
    if form == b"VP8X":
        return _little(data, 24, 3) + 1, _little(data, 27, 3) + 1
    if form == b"VP8L":
        bits = _little(data, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _little(data, 26) & 0x3FFF, _little(data, 28) & 0x3FFF


_SIZES: Mapping[str, Callable[[bytes], tuple[int, int] | None]] = {
    "PNG": lambda data: (_big(data, 16, 4), _big(data, 20, 4)),
    "GIF": lambda data: (_little(data, 6), _little(data, 8)),
    "BMP": lambda data: (_little(data, 18, 4), _little(data, 22, 4)),
    "JPEG": _jpeg_size,
    "WebP": _webp_size,
}
