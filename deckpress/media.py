"""Pictures and sounds: which files the notes show, each under its name in Anki's flat folder."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from deckpress.diagnostics import (
    DeckError,
    Diagnostic,
    Diagnostics,
    Location,
    Severity,
    error,
    quote,
    reason_of,
    warning,
)
from deckpress.filesystem import (
    FileStatus,
    did_you_mean_file,
    is_inside,
    open_regular,
    read_regular,
    status_of,
)
from deckpress.languages import normalize
from deckpress.markdown import HTML, Token, is_to_be_drawn, location_of
from deckpress.markdown.html_tokens import Attribute, HtmlToken, read_html
from deckpress.media_formats import (
    PICTURES,
    SOUNDS,
    SUFFIXES,
    Finding,
    check_content,
    decode_data_url,
    is_data_url,
    media_type_of,
)
from deckpress.notes import Note

MAX_BYTES = 100_000_000
"""AnkiWeb takes no media file of 100 MB or more (`rslib/src/sync/media/mod.rs`)."""

_DIGEST = re.compile(r"-[0-9a-f]{12}(?=\.\w+$)")
"""What `_name` puts into a file's name, made of what the file holds."""
_MAX_STEM = 60
"""Characters of the author's file name kept in the name on the card; AnkiWeb takes 120 bytes."""
_MAX_BYTES_OF_NAME = 120
_TAKEN_OUT = re.compile(r"[\[\]<>:\"/?*^\\|\x00-\x1f\x7f\xa0]")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)", re.I)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")
_REMOTE = re.compile(r"(?:https?:)?//.", re.I)
_SOURCES = {"img": "src", "audio": "src", "video": "src", "source": "src", "object": "data"}
"""The elements of HTML that show or play a file, and which of their attributes says where it is."""
_SHOWING_FILES = HTML | {"image"}
_SOURCE_NAME = re.compile(r"\b(?:src|data)$", re.I)
_SOURCE_BEGIN = re.compile(r"\b(src|data)=", re.I)
_INSTEAD = "its description is shown instead"
_QUERY = re.compile(r"[?#]")
"""What an address ends at, seen as a path (RFC 3986, sections 3.4 and 3.5)."""
_SHOWN = 40
"""Characters that a message shows of an address that holds a file."""


@dataclass(frozen=True)
class MediaFile:
    """A file that notes show, as it was when they were read."""

    path: Path
    root: Path
    """The folder that it must stay in."""
    sha256: str
    status: FileStatus = field(default=(), compare=False)
    """What tells that it was not written since (`filesystem.status_of`)."""

    def read(self) -> bytes:
        """Return what it holds. Raises DeckError if that is something else by now."""
        try:
            data = read_regular(self.path, self.root, MAX_BYTES)
        except OSError as problem:
            message = f"cannot be read any more: {reason_of(problem)}"
            raise DeckError([error(Location(str(self.path)), message)]) from problem
        if hashlib.sha256(data).hexdigest() != self.sha256:
            message = "changed while the deck was built: build again"
            raise DeckError([error(Location(str(self.path)), message)])
        return data


@dataclass(frozen=True)
class Media:
    """The media files of a deck."""

    files: Mapping[str, MediaFile] = field(default_factory=dict)
    """The files on disk, by their names on the cards."""
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The name on the cards, by the Markdown file and the address written in it."""
    embedded: Mapping[str, bytes] = field(default_factory=dict)
    """What stood in the notes themselves, in `data:` addresses, by its names on the cards."""
    missing: frozenset[tuple[str, str]] = frozenset()
    """The Markdown file and the address of what is not there, where a deck may do without."""
    drawn: Mapping[str, bytes] = field(default_factory=dict)
    """The pictures that the build drew, by their names on the cards."""
    is_complete: bool = True
    """Whether all was there and could be read; what was said otherwise depends on other files."""
    passed: frozenset[Path] = frozenset()
    """Files that would be shown in the place of others, were they there."""

    def contents(self) -> dict[str, MediaFile | bytes]:
        """Return what each file holds, or which file on disk it is, by its name on the cards."""
        return {**self.files, **self.embedded, **self.drawn}


def find_media(
    notes: Iterable[Note],
    root: Path,
    diagnostics: Diagnostics,
    *,
    missing: Severity = Severity.ERROR,
) -> Media:
    """Return the files that the notes show, and add to `diagnostics` what is wrong with them.

    `missing` is how much it matters that a file is not there. A path is taken from the folder of
    its Markdown file, as on GitHub, and must stay below `root` (symbolic links followed). The name
    on a card holds a hash of the content, so that a changed picture reaches learners, and two files
    of one name do not clash.
    """
    finder = _Finder(root, missing, diagnostics)
    for note in notes:
        for url, where in references(note):
            finder.add(url, where)
    return Media(
        finder.files,
        finder.names,
        finder.embedded,
        frozenset(finder.missing),
        is_complete=finder.is_complete,
        passed=frozenset(finder.passed),
    )


def join_media(media: Iterable[Media], diagnostics: Diagnostics) -> Media:
    """Return the files of several Markdown files together.

    Two of one name that do not hold the same are added to `diagnostics`.
    """
    files: dict[str, MediaFile] = {}
    embedded: dict[str, bytes] = {}
    drawn: dict[str, bytes] = {}
    passed: set[Path] = set()
    for part in media:
        embedded |= part.embedded
        drawn |= part.drawn
        passed |= part.passed
        for name, file in part.files.items():
            diagnostics += _check_same(file, files.setdefault(name, file), Location(str(file.path)))
    return Media(files, {}, embedded, drawn=drawn, passed=frozenset(passed))


def _check_same(file: MediaFile, other: MediaFile, where: Location) -> Iterator[Diagnostic]:
    if other.sha256 != file.sha256:
        both = f"{file.path.name} would get the same name as {other.path}"
        yield error(where, f"{both}: rename one of them")


_Found = tuple[MediaFile | None, Finding | None]
"""A file, unless it cannot be shown, and what is wrong with it."""


class _Finder:
    """Looks up each file once, however many notes show it."""

    def __init__(self, root: Path, missing: Severity, diagnostics: Diagnostics) -> None:
        self._root, self._level_of_missing = root, missing
        self.files: dict[str, MediaFile] = {}
        self.embedded: dict[str, bytes] = {}
        self.names: dict[tuple[str, str], str] = {}
        self._diagnostics = diagnostics
        self.missing: set[tuple[str, str]] = set()
        self.passed: set[Path] = set()
        self._failed: dict[tuple[str, str], Finding] = {}

    @property
    def is_complete(self) -> bool:
        """Whether nothing was missing."""
        return not self._failed

    def add(self, url: str, where: Location) -> None:
        key = (where.file, url)
        if key in self.names:
            return
        if key in self._failed:
            self._report(key, self._failed[key], where)
        elif is_data_url(url):
            self._embed(key, where)
        elif _is_on_this_computer(url):
            self._add_file(key, where)
        elif _SCHEME.match(url) and not _REMOTE.match(url):
            self._diagnostics.append(error(where, no_address(url)))
        elif _SCHEME.match(url):
            message = f"{url} is not packed: cards will show it only while they are online"
            self._diagnostics.append(warning(where, message))
        else:
            self._add_file(key, where)

    def _report(self, key: tuple[str, str], finding: Finding, where: Location) -> None:
        kind = _kind_of(finding.what, key[1])
        self._diagnostics.append(Diagnostic(where, finding.what, finding.level, kind=kind))

    def _add_file(self, key: tuple[str, str], where: Location) -> None:
        file, finding = self._find(key[1], Path(where.file).parent)
        if finding and not file:
            self._failed[key] = finding
            if finding.level is not Severity.ERROR:
                self.missing.add(key)
        if finding:
            self._report(key, finding, where)
        if file:
            self._name(key, file, where)

    def _embed(self, key: tuple[str, str], where: Location) -> None:
        """Make a file of what an address holds itself; Anki would take it for one that is lost."""
        suffix, data, finding = _read_data_url(key[1])
        if finding:
            self._report(key, finding, where)
        if finding and finding.level is Severity.ERROR:
            self._failed[key] = finding
            return
        self.names[key] = _name("", hashlib.sha256(data).hexdigest(), f".{suffix}")
        self.embedded[self.names[key]] = data

    def _name(self, key: tuple[str, str], file: MediaFile, where: Location) -> None:
        name = _name(file.path.stem, file.sha256, file.path.suffix)
        self._diagnostics += _check_same(file, self.files.setdefault(name, file), where)
        self.names[key] = name

    def _find(self, url: str, folder: Path) -> _Found:
        """Return the file an address means, and what is wrong with it."""
        shown = unquote(url)
        if not shown.strip():
            return _not_shown("picture without an address: write ![alt](file.png)")
        if _is_on_this_computer(url):
            message = "is on this computer only: copy it into the project, and write its path"
            return self._not_there(f"{url} {message}")
        if Path(shown).is_absolute() or "\\" in shown:
            return self._not_there(f"{shown}: write the path from this file's folder, with /")
        path = self._first_there(_spellings(folder, url)) or folder / unquote(_without_query(url))
        if not is_inside(path, self._root):
            return self._not_there(f"{shown} is outside the project: copy it into the project")
        return self._open(path, shown)

    def _first_there(self, paths: Iterable[Path]) -> Path | None:
        """Return the first file that is there, and remember those before it that are not."""
        for path in dict.fromkeys(paths):
            if os.path.lexists(path):
                return path
            self.passed.add(path)
        return None

    def _open(self, path: Path, shown: str) -> _Found:
        try:
            return self._read(path, shown)
        except IsADirectoryError:
            return self._not_there(f"{shown} is a folder: write the path of a file in it")
        except (FileNotFoundError, NotADirectoryError):
            return self._not_there(f"{shown}: no such file{did_you_mean_file(path)}")
        except OSError as problem:
            return _not_shown(f"{shown} cannot be read: {reason_of(problem)}")

    def _not_there(self, message: str) -> _Found:
        """Return that an address leads to no file, as much as that matters."""
        if self._level_of_missing is Severity.ERROR:
            return _not_shown(message)
        return None, Finding(self._level_of_missing, f"{message} ({_INSTEAD})")

    def _read(self, path: Path, shown: str) -> _Found:
        """Return a file, and what is wrong with it. Raises what open_regular raises."""
        status = status_of(path)
        with open_regular(path, self._root) as file:
            suffix, size = path.suffix.lower(), os.fstat(file.fileno()).st_size
            if message := _check_file(suffix, size, shown):
                return _not_shown(message)
            data = file.read(MAX_BYTES)
        digest = hashlib.sha256(data).hexdigest()
        media_file = MediaFile(path, self._root, digest, status)
        finding = _check_data(data, suffix.removeprefix("."), shown)
        return (None if finding and finding.level is Severity.ERROR else media_file), finding


def _is_on_this_computer(url: str) -> bool:
    return url[:5].lower() == "file:"


def _kind_of(message: str, url: str) -> str:
    """Return a message without the names of files in it, which may be made of words."""
    return "" if is_data_url(url) else message.removeprefix(unquote(url)).split(", did you ")[0]


def _not_shown(message: str) -> _Found:
    return None, Finding(Severity.ERROR, message)


def _check_data(data: bytes, suffix: str, shown: str) -> Finding | None:
    """Return what is wrong with what a file holds, with its name."""
    finding = check_content(data, suffix)
    return finding and Finding(finding.level, f"{shown} {finding.what}")


def _read_data_url(url: str) -> tuple[str, bytes, Finding | None]:
    """Return how a file is named that an address holds, the file, and what is wrong with it."""
    shown = f"{url[:_SHOWN]}…" if len(url) > _SHOWN else url
    suffix = SUFFIXES.get(media_type_of(url), "")
    if not suffix:
        message = f"{shown} is no picture or sound: write the address of a file"
        return "", b"", Finding(Severity.ERROR, message)
    try:
        data = decode_data_url(url)
    except ValueError:
        message = f"{shown} cannot be decoded: write the picture into a file, and link that"
        return "", b"", Finding(Severity.ERROR, message)
    if message := _check_file(f".{suffix}", len(data), shown):
        return suffix, data, Finding(Severity.ERROR, message)
    finding = _check_data(data, suffix, shown)
    return suffix, data, None if finding and finding.level is Severity.HINT else finding


def _spellings(folder: Path, url: str) -> Iterator[Path]:
    """Yield the files an address may mean.

    `%20` is a space, but may also be three characters; so may `?raw=true`, which GitHub and other
    sites take for a question to them, and `#page`.
    """
    for name in (unquote(url), url, unquote(_without_query(url)), _without_query(url)):
        for form in (name, normalize("NFC", name), normalize("NFD", name)):
            yield folder / form


def _without_query(url: str) -> str:
    """Return an address up to its query or fragment; the whole if that is all of it."""
    return _QUERY.split(url, maxsplit=1)[0] or url


def _check_file(suffix: str, size: int, shown: str) -> str:
    """Return what is wrong with a file of a kind and a size in bytes, or nothing."""
    if suffix.removeprefix(".") not in PICTURES | SOUNDS:
        kind = suffix or "."
        return f"{shown}: Anki shows no {kind} files; convert it to PNG, JPEG, SVG or MP3"
    if size == 0:
        return f"{shown} is empty (0 bytes): replace it"
    if size >= MAX_BYTES:
        megabytes = round(size / 1_000_000)
        return f"{shown} has {megabytes} MB and AnkiWeb takes less than 100: make it smaller"
    return ""


def drawn_name(name: str, data: bytes) -> str:
    """Return the name in Anki of a picture that was drawn: its author's and a hash of its bytes."""
    return _name(name, hashlib.sha256(data).hexdigest(), ".png")


def _name(stem: str, digest: str, suffix: str) -> str:
    ascii_stem = normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_stem).strip("-")[:_MAX_STEM]
    return f"{slug or 'media'}-{digest[:12]}{suffix.lower()}"


def without_digest(name: str) -> str:
    """Return the name of a media file without what deckpress put there to tell contents apart."""
    return _DIGEST.sub("", name)


def is_sound(name: str) -> bool:
    """Return whether Anki plays a file of this name, rather than showing it."""
    return name.rpartition(".")[2].lower() in SOUNDS


def is_kept_by_anki(name: str) -> bool:
    """Return whether Anki leaves what it takes for a file's name as it is at import.

    It changes names alone (`rslib/src/media/files.rs`); a path, such as an address, is none.
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if len(parts) != 1 or name[0] in "./":
        return True
    is_long = len(name.encode()) > _MAX_BYTES_OF_NAME
    is_changed = _TAKEN_OUT.search(name) or _DEVICE.match(name) or name[-1] in ". "
    return not (is_changed or is_long) and unicodedata.is_normalized("NFC", name)


def no_address(url: str) -> str:
    """Return what to say of an address that Anki would change."""
    return f"{quote(url)} is no file and no web address: write https://… and so on"


def source_of(tag: HtmlToken) -> Attribute | None:
    """Return the attribute by which a tag shows or plays a file, if it does."""
    name = None if tag.is_end else _SOURCES.get(tag.name)
    matching = (attribute for attribute in tag.attributes if attribute.name == name)
    return next(matching, None) if name else None


def name_in(url: str) -> str:
    """Return the name of the file that an address ends with, for people; else the address."""
    return unquote(_without_query(url)).replace("\\", "/").rstrip("/").rpartition("/")[2] or url


def html_with_names(raw: str, names: Mapping[tuple[str, str], str], file: str) -> str:
    """Return the author's HTML with each local address replaced by the file's name on the cards.

    A `srcset` goes: Anki packs no file for it, and a browser would prefer it to the `src`.
    """
    written, end, is_named = "", 0, None
    for tag, attribute in _attributes(raw):
        text, source = raw[attribute.start : attribute.end], _SOURCES.get(tag.name)
        if attribute.name == "srcset":
            text = ""
        elif attribute.name == source and attribute.value:
            url = _without_quotes(raw[attribute.value_start : attribute.end])
            name = names.get((file, attribute.value), url).replace('"', "&quot;")
            text, is_named = f'{text[: len(source)]}="{name}"', tag
        elif source and is_named is not tag:
            text = _unlike_a_source(text, len(attribute.name))
        written, end = written + raw[end : attribute.start] + text, attribute.end
    return written + raw[end:]


def _unlike_a_source(attribute: str, length: int) -> str:
    """Return an attribute, with a name so long, in which Anki sees no name of a file.

    It takes the first `src=` or `data=` of a tag for one, also in `data-src=` and in `alt="src=…"`,
    and looks no further (`rslib/src/text.rs`, `HTML_MEDIA_TAGS`).
    """
    name, rest = attribute[:length], attribute[length:]
    apart = " " if _SOURCE_NAME.search(name) and rest.startswith("=") else ""
    return name + apart + _SOURCE_BEGIN.sub(r"\1&#61;", rest)


def _without_quotes(value: str) -> str:
    return value[1:-1] if value[:1] in ("'", '"') else value


def _attributes(raw: str) -> Iterator[tuple[HtmlToken, Attribute]]:
    return (
        (tag, attribute) for tag in read_html(raw) if not tag.is_end for attribute in tag.attributes
    )


def references(note: Note) -> Iterator[tuple[str, Location]]:
    """Yield what a note's pictures and sounds are written as, and where each stands."""
    file = note.location.file
    for token in note.tokens_of(_SHOWING_FILES):
        if token.type in HTML:
            for url in _html_sources(token):
                yield url, location_of(token, file)
        elif not is_to_be_drawn(token):
            yield token.url, location_of(token, file)


def _html_sources(token: Token) -> Iterator[str]:
    for tag, attribute in _attributes(token.raw):
        if _SOURCES.get(tag.name) == attribute.name:
            yield attribute.value
