"""The releases of this repository's deck: whole, known to the lock, and safe to update to."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from deckpress.anki import Package
from deckpress.anki.package_reader import read_package
from deckpress.anki.packages import bytes_digest, packages_in, released_in
from deckpress.diff.compare import compare
from deckpress.lock.lock_file import read_lock
from deckpress.verify.verification import verify_package
from tests.support.anki_collection import import_package, open_collection
from tests.support.projects import ROOT

DIST = ROOT / "dist"
DECK = "nlp-interview"
RELEASES = {str(version): path for version, path in released_in(DIST, DECK).items()}
UPDATES = list(combinations(RELEASES, 2))

package = cache(read_package)


def differences(old: str, new: str) -> tuple[int, int, int]:
    """Return how many notes a release has more, otherwise, and the same as another one."""
    diff = compare(read(old), read(new))
    return len(diff.added), len(diff.changed), diff.unchanged


def read(version: str) -> Package:
    """Return what a release holds."""
    return package(RELEASES[version])


def test_the_lock_knows_each_release() -> None:
    """No release has other bytes than those that learners were given."""
    lock = read_lock(ROOT / "source/deck.lock", DECK, 0)
    sealed = {version: bytes_digest(path.read_bytes()) for version, path in RELEASES.items()}
    assert {release.version: release.sha256 for release in lock.releases} == sealed
    assert list(sealed)[:2] == ["1.0.0", "1.1.0"]
    assert list(packages_in(DIST, DECK).values()) == list(RELEASES.values())


@pytest.mark.parametrize("version", RELEASES)
def test_a_release_says_what_it_is(version: str) -> None:
    """Its notes lie beside it, and the changelog has its section."""
    assert RELEASES[version].with_suffix(".md").read_text().startswith("# 深度学习与 NLP 面试 ")
    assert f"\n## {version}, 20" in (DIST / "CHANGELOG.md").read_text()


@pytest.mark.parametrize(("old", "new"), UPDATES)
def test_no_learner_loses_anything_by_an_update(old: str, new: str) -> None:
    """From each release to each later one: schedules, words and tags of learners stay."""
    rehearsal = verify_package([RELEASES[old]], RELEASES[new])
    assert rehearsal.diagnostics == ()
    outcome = rehearsal.outcomes[1]
    added, changed, unchanged = differences(old, new)
    assert (
        outcome.log.new,
        outcome.log.updated,
        outcome.log.untouched,
        outcome.log.conflicting,
    ) == (added, changed, unchanged, 0)
    assert outcome.kept == outcome.cards > 0
    assert outcome.written_kept == outcome.written == unchanged


@pytest.mark.parametrize(("old", "new"), list(zip(RELEASES, list(RELEASES)[1:], strict=False)))
def test_learners_find_what_a_release_brought(old: str, new: str, tmp_path: Path) -> None:
    """The tags of a release find just the notes that it added, and those that it changed."""
    added, changed, _ = differences(old, new)
    with open_collection(tmp_path) as collection:
        import_package(collection, RELEASES[new])
        assert len(collection.find_notes(f"tag:{DECK}::added::{new}")) == added
        assert len(collection.find_notes(f"tag:{DECK}::changed::{new}")) == changed
