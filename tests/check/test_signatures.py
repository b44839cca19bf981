"""A picture is known by its bytes: what a browser cannot show is reported, and all else is not."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from deckpress.diagnostics import Severity
from deckpress.media_formats import PICTURES, SOUNDS, check_content, decode_data_url, media_type_of
from deckpress.verify.verification import verify_package
from tests.support.browser import BROWSER, FLAGS
from tests.support.cases import CASES
from tests.support.commands import run
from tests.support.genanki_packages import Note, write_package
from tests.support.projects import PIXEL

FORMATS = {
    "PNG": "png",
    "JPEG": "jpg",
    "GIF": "gif",
    "WEBP": "webp",
    "BMP": "bmp",
    "ICO": "ico",
    "AVIF": "avif",
    "TIFF": "tif",
}


def picture(form: str, **options: object) -> bytes:
    """Return a picture as Pillow writes it, with a profile and a thumbnail's worth of noise."""
    image = Image.effect_noise((40, 30), 80).convert("P" if form == "GIF" else "RGB")
    data = io.BytesIO()
    image.save(data, form, **options)
    return data.getvalue()


def natural_widths(folder: Path, files: Mapping[str, tuple[str, bytes]]) -> dict[str, int]:
    """Return how wide a browser finds each picture, in pixels; 0 where it shows none."""
    if BROWSER is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    for index, (suffix, data) in enumerate(files.values()):
        (folder / f"{index}.{suffix}").write_bytes(data)
    images = "".join(
        f'<img src="{index}.{suffix}">' for index, (suffix, _) in enumerate(files.values())
    )
    script = "onload = () => document.title = [...document.images].map(i => i.naturalWidth)"
    page = folder / "page.html"
    page.write_text(f"<!doctype html><title></title>{images}<script>{script}</script>")
    command = [BROWSER, *FLAGS, "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    (title,) = re.findall("<title>(.*)</title>", done.stdout)
    return dict(zip(files, map(int, title.split(",")), strict=True))


def animation(form: str) -> bytes:
    """Return a picture of three frames."""
    frames = [Image.effect_noise((20, 20), 80).convert("P") for _ in range(3)]
    data = io.BytesIO()
    frames[0].save(data, form, save_all=True, append_images=frames[1:], loop=0)
    return data.getvalue()


WHOLE = {
    **{form: (suffix, picture(form)) for form, suffix in FORMATS.items() if form != "TIFF"},
    "progressive JPEG": ("jpeg", picture("JPEG", progressive=True, quality=90)),
    "JPEG with a profile": ("jpg", picture("JPEG", icc_profile=b"p" * 70_000, comment=b"\xff\xd9")),
    "JPEG with bytes behind it": ("jpg", picture("JPEG") + b"\0" * 100 + b"trailer"),
    "JPEG with filling": ("jpg", b"\xff\xd8\xff\xff\xff" + picture("JPEG")[3:]),
    "PNG with bytes behind it": ("png", picture("PNG") + b"behind"),
    "animated GIF": ("gif", animation("GIF")),
    "animated PNG": ("png", animation("PNG")),
    "animated WebP": ("webp", animation("WEBP")),
    "GIF without a trailer": ("gif", picture("GIF")[:-1]),
    "GIF with bytes behind it": ("gif", picture("GIF") + b"\0" * 9),
    "SVG": ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'>\n</svg>\n"),
    "SVG with all before it": (
        "svg",
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <html> --><!DOCTYPE svg>\n"
        b"<s:svg xmlns:s='http://www.w3.org/2000/svg'>\n</s:svg>",
    ),
    "SVG in UTF-16": (
        "svg",
        "<svg xmlns='http://www.w3.org/2000/svg'><text>é</text></svg>".encode("utf-16"),
    ),
    "empty SVG": ("svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>"),
    "PNG in capitals of another": ("ico", PIXEL),
    "MP3": ("mp3", b"ID3\4\0\0\0\0\0\0"),
    "MP3 without a tag": ("mp3", b"\xff\xfb\x90\x00" + bytes(400)),
    "sound of any kind": ("mp3", b"OggS" + bytes(40)),
    "video": ("mp4", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"),
    "page that only a template shows": ("html", b"<html>"),
    "font": ("woff2", b"wOF2"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_whole_is_not_reported(name: str) -> None:
    """Files that browsers show, and players play, pass, however programs write them."""
    suffix, data = WHOLE[name]
    finding = check_content(data, suffix)
    assert finding is None or finding.level is Severity.HINT


def test_what_is_not_reported_is_shown(tmp_path: Path) -> None:
    """A browser shows all that passes, and nothing of what is no picture."""
    shown = {name: sample for name, sample in WHOLE.items() if sample[0] in PICTURES}
    cases = [path for path in (CASES / "media/broken").iterdir() if path.suffix[1:] in PICTURES]
    shown |= {path.name: (path.suffix[1:], path.read_bytes()) for path in cases}
    widths = natural_widths(tmp_path, shown)
    findings = {name: check_content(data, suffix) for name, (suffix, data) in shown.items()}
    broken = {name for name, width in widths.items() if not width}
    assert [name for name in broken if not findings[name]] == []
    cut = {"cut.png", "cut.gif", "cut.webp"}
    errors = {
        name for name, finding in findings.items() if finding and finding.level is Severity.ERROR
    }
    assert errors - cut == broken - {"scan.tiff"}


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP"])
def test_any_beginning_of_a_picture_is_reported(form: str) -> None:
    """Wherever a download has stopped, the picture is cut off."""
    data = picture(form)
    shortest_whole = len(data) - (1 if form == "GIF" else 0)
    passed = [
        end
        for end in range(1, shortest_whole)
        if not (finding := check_content(data[:end], FORMATS[form]))
        or finding.level > Severity.ERROR
    ]
    assert passed == []


def test_any_beginning_of_a_jpeg_is_reported() -> None:
    """A JPEG without its end may still be shown, so that it is warned of."""
    data = picture("JPEG")
    levels = [
        finding and finding.level for finding in (check_content(data[:n], "jpg") for n in BEGINS)
    ]
    assert None not in levels
    assert levels == sorted(levels, key=lambda level: level or 0)


BEGINS = range(1, len(picture("JPEG")) - 40, 7)


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "webp", "svg", "mp3", "ogg", "woff2"])
def test_a_git_lfs_pointer_is_reported(suffix: str) -> None:
    """A checkout without LFS would ship every picture broken."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    finding = check_content(pointer, suffix)
    assert finding
    assert finding.what == "is a Git LFS pointer, and not the file itself: run git lfs pull"


@given(
    data=st.binary() | st.sampled_from([data for _, data in WHOLE.values()]),
    suffix=st.sampled_from(sorted(PICTURES | SOUNDS)),
    start=st.binary(max_size=12),
    cut=st.integers(0, 2000),
)
def test_any_bytes_are_looked_at(data: bytes, suffix: str, start: bytes, cut: int) -> None:
    """No file breaks the look at it, and what is reported of one goes on from its name."""
    finding = check_content((start + data)[:cut], suffix)
    assert finding is None or finding.what[0].islower()


URLS = {
    "data:image/png;base64,aGk=": ("image/png", b"hi"),
    "DATA:IMAGE/PNG;charset=x;BASE64,aGk": ("image/png", b"hi"),
    "data:image/png; base64 ,a G%6B\n=": ("image/png", b"hi"[:1] + b"i"),
    "data:image/svg+xml,%3Csvg/%3E": ("image/svg+xml", b"<svg/>"),
    "data:image/svg+xml;utf8,<svg a='é'/>": ("image/svg+xml", "<svg a='é'/>".encode()),
    "data:,x": ("", b"x"),
}


@pytest.mark.parametrize("url", URLS, ids=ascii)
def test_data_addresses_are_read_as_browsers_do(url: str) -> None:
    """Parameters, capitals, space and missing ends are forgiven."""
    assert (media_type_of(url), decode_data_url(url)) == URLS[url]


@pytest.mark.parametrize(
    "url", ["data:", "data:image/png;base64", "data:;base64,a", "data:;base64,*"]
)
def test_a_broken_data_address_is_refused(url: str) -> None:
    """What browsers show as a broken picture is no file."""
    with pytest.raises(ValueError, match=r"."):
        decode_data_url(url)


@given(st.text())
def test_any_data_address_is_read_or_refused(text: str) -> None:
    """Whatever stands in an address, it is bytes or a ValueError."""
    with suppress(ValueError):
        assert isinstance(decode_data_url(f"data:{text}"), bytes)


def test_the_first_bytes_are_looked_at_by_verify(tmp_path: Path) -> None:
    """Packages of any tool: a pointer, a page and a cut picture are no pictures to learners."""
    contents = {
        "a.png": b"version https://git-lfs.github.com/spec/v1\n",
        "b.jpg": b"version https://git-lfs.github.com/spec/v1\n",
        "c.png": b"<html>404",
        "d.png": PIXEL[:-4],
        "e.tif": picture("TIFF"),
        "f.png": PIXEL,
        "g.jpg": PIXEL,
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    shown = "".join(f'<img src="{name}">' for name in contents)
    path = tmp_path / "new.apkg"
    write_package(
        path, [Note("key", "Which?", shown)], media=[tmp_path / name for name in contents]
    )
    assert [
        str(diagnostic).removeprefix(f"{path}: ")
        for diagnostic in verify_package([], path).diagnostics
    ] == [
        '"a.png", "b.jpg" is a Git LFS pointer, and not the file itself: run git lfs pull '
        "(so 2 files)",
        '"c.png" is a web page: download the file itself',
        '"d.png" is cut off at its end: download or export it again',
        'warning: "e.tif" holds TIFF, which most devices do not show: convert it to PNG or JPEG',
    ]


def test_a_data_picture_is_packed(project: Path) -> None:
    """A picture that stood in the note is a file of the package, named by what it holds."""
    dot = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACADs="
    (project / "source/notes.md").write_text(f"1. One?\n\n   ![dot]({dot}) ![dot]({dot})\n")
    assert run("build").stdout.startswith("1 note (1 new, 0 changed, 0 unchanged), 1 card, 1 media")
    (outcome,) = verify_package([], project / "dist/demo-1.0.0.apkg").outcomes
    assert (outcome.media, outcome.diagnostics) == (1, ())
