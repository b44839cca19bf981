"""The packages of a deck → the files of its pages, beside them.

`index.html` is the page of the deck. All else lies in the folder `pages`, with a list of what we
wrote, so that the next release may replace it, and touches nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from deckpress.anki import Package
from deckpress.anki.package_reader import read_media, read_package
from deckpress.anki.packages import version_of
from deckpress.diagnostics import DeckError, Location, error
from deckpress.diff import Diff
from deckpress.diff.compare import compare
from deckpress.diff.diff_html import Files, diff_style, formulas_in, pictures_in
from deckpress.filesystem import format_manifest, read_manifest, read_regular
from deckpress.formulas.engine import draw_formulas
from deckpress.preview.files import drawn_frame_files, page_files
from deckpress.project import Project
from deckpress.project.addresses import update_page
from deckpress.release import suggest_bump
from deckpress.release.changelog import section_of
from deckpress.release.pages import Entry, PageFiles, Site, Update
from deckpress.release.pages.deck_page import deck_page
from deckpress.release.pages.samples import (
    choose_samples,
    drawings_script,
    make_card,
    sample_media,
    samples_script,
)
from deckpress.release.pages.update_page import update_html
from deckpress.verify.verification import Outcome

_LIST = "pages/files.json"
_OURS = b'<meta name="generator" content="deckpress">'
"""In each page that a release writes."""
_INDEX = "index.html"
_OF_PREVIEW = ("elements.js", "frames.js")


class Released(NamedTuple):
    """What the pages are made of."""

    project: Project
    """With the version of the release."""
    versions: tuple[str, ...]
    """Of the releases before, the oldest first."""
    data: bytes
    """The package."""
    outcomes: Sequence[Outcome]
    """What learners of releases get by it, of those whose packages are there."""
    changelog: str
    """With its section for the release."""


def page_files_of(released: Released) -> PageFiles:
    """Return the pages of a release. Raises DeckError if files that we did not write are there."""
    folder = released.project.output
    written = dict(_files(released))
    written[_LIST] = format_manifest([*written, _LIST])
    before = read_manifest(folder / _LIST, folder) or frozenset()
    _check_ours(folder, written, before)
    gone = sorted(name for name in before - written.keys() if name.startswith("pages/"))
    paths = {folder / name: data for name, data in written.items()}
    return PageFiles(paths, tuple(folder / name for name in gone))


def _check_ours(folder: Path, names: Mapping[str, bytes], before: frozenset[str]) -> None:
    strange = [folder / name for name in names if _is_strange(folder / name, name in before)]
    message = (
        "was not written by a release, and is kept: move it elsewhere, or say pages = false "
        "below [release] in deck.toml"
    )
    if strange:
        raise DeckError([error(Location(str(path)), message) for path in strange])


def _is_strange(path: Path, is_listed: bool) -> bool:
    """Return whether a file is a person's: one that we did not write, or an index in its place."""
    if not is_listed or path.name != _INDEX:
        return path.exists() and not is_listed
    try:
        return _OURS not in read_regular(path, path.parent)
    except FileNotFoundError:
        return False


def _files(released: Released) -> Iterator[tuple[str, bytes]]:
    """Yield the files by their paths within the folder of the packages."""
    site = _site(released)
    notes = choose_samples(site.package)
    cards = [make_card(site.deck, note) for note in notes]
    yield _INDEX, deck_page(site).encode()
    for entry in site.history:
        yield update_page(entry.version), update_html(site, entry).encode()
    yield "pages/page.css", f"{_read('page.css')}{diff_style()}\n".encode()
    yield "pages/samples.js", _read("samples.js").encode()
    yield "pages/samples_data.js", samples_script(cards)
    for name in _OF_PREVIEW:
        yield f"pages/{name}", page_files()[name].read()
    for name, file in drawn_frame_files().items():
        yield f"pages/frame/{name}", file.read()
    yield "pages/frame/drawings.js", drawings_script(cards)
    for name, data in read_media(released.data, sample_media(notes)).items():
        yield f"pages/frame/media/{name}", data


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _site(released: Released) -> Site:
    package = read_package(released.data, media=True)
    pairs = ((outcome.old, outcome) for outcome in released.outcomes)
    outcomes = {str(version_of(old)): outcome for old, outcome in pairs if old}
    newest = _entry(released, released.project.deck.version)
    earlier = (
        _entry(released, version, package, outcomes.get(version))
        for version in reversed(released.versions)
    )
    return Site(released.project.deck, package, len(released.data), (newest, *earlier))


def _entry(
    released: Released, version: str, package: Package | None = None, outcome: Outcome | None = None
) -> Entry:
    update = _update(released, package, outcome) if package and outcome else None
    is_there = package is None or outcome is not None
    section = section_of(released.changelog, version)
    return Entry(
        version=version,
        date=section.date,
        written=section.written,
        package=released.project.package_name(version) if is_there else "",
        update=update,
    )


def _update(released: Released, package: Package, outcome: Outcome) -> Update:
    assert outcome.old
    diff = compare(read_package(outcome.old, media=True), package)
    return Update(diff, _shown(diff, outcome.old, released.data), suggest_bump(diff), outcome)


def _shown(diff: Diff, old: Path, new: bytes) -> Files:
    gone, come = pictures_in(diff)
    drawings = draw_formulas(formulas_in(diff, for_learners=True))
    return Files(drawings, read_media(old, gone), read_media(new, come))
