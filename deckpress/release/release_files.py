"""What a release writes: its notes for learners, its section of the changelog, and all files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version as version_of
from pathlib import Path

from deckpress.anki import PackageNote
from deckpress.anki.packages import bytes_digest, checksum_file, checksum_path, contents_digest
from deckpress.diagnostics import DeckError, Location, error, reason_of
from deckpress.diff import Diff
from deckpress.diff.diff_markdown import as_markdown
from deckpress.filesystem import is_inside, read_regular
from deckpress.git import find_conflicts
from deckpress.languages.i18n import Translator, count_cards, count_notes
from deckpress.lock import UNRELEASED, Lock, LockedNote, Release, digest_note
from deckpress.lock.dates import last_date
from deckpress.lock.lock_file import format_lock
from deckpress.notes.attributes import read_release_tags, release_tags
from deckpress.pipeline import Prepared
from deckpress.project import Project
from deckpress.project.names import PARTS
from deckpress.release import Draft, VersionBump, hides_parts
from deckpress.release.changelog import with_release, written_for
from deckpress.verify.verification import Outcome, Verification

_CHANGELOG = "CHANGELOG.md"


def changelog_entry(
    diff: Diff, prepared: Prepared, loss: VersionBump | None, *, is_first: bool
) -> str:
    """Return what the changelog says that the author did not write; headings are of level 3.

    `loss` is why learners may lose progress, if they may.
    """
    language = prepared.project.deck.language
    if not is_first:
        return f"{_warning(loss, language)}\n\n{as_markdown(diff, language)}".lstrip()
    notes = count_notes(len(prepared.notes))
    cards = count_cards(sum(len(note.card_numbers) for note in prepared.notes))
    translate = Translator(language)
    return translate("first_release", notes=notes, cards=cards) + "\n"


def release_notes(
    prepared: Prepared,
    written: str,
    diff: Diff,
    loss: VersionBump | None,
    verification: Verification,
    sha256: str,
) -> str:
    """Return the notes of a release as Markdown.

    `written` is what the author wrote for it, `loss` why learners may lose progress, if they may;
    `sha256` is the package's.
    """
    deck = prepared.project.deck
    package = prepared.project.package_name(deck.version)
    translate = Translator(deck.language)
    updates = [outcome for outcome in verification.outcomes if outcome.old]
    parts = [
        f"# {deck.name} {deck.version}",
        written,
        _warning(loss, deck.language),
        as_markdown(diff, deck.language).strip(),
        *_how_to_import(package, translate, is_first=not updates),
        translate("needs_occlusion") if hides_parts(prepared.notes) else "",
        *_how_to_find(prepared, translate),
        *_verified(updates, translate),
        f"### {translate('checksum_title')}\n\n```\n{sha256}  {package}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _warning(loss: VersionBump | None, language: str) -> str:
    if loss is None:
        return ""
    warning = Translator(language)("progress_warning", reasons=loss.why(language))
    return f"> [!WARNING]\n> {warning}"


def _how_to_import(package: str, translate: Translator, *, is_first: bool) -> Iterator[str]:
    yield f"### {translate('import_title')}"
    yield translate("import_steps", package=package)
    if not is_first:
        yield translate("import_over_earlier")


def _how_to_find(prepared: Prepared, translate: Translator) -> Iterator[str]:
    deck = prepared.project.deck
    tags = {tag for note in prepared.notes for tag in note.tags}
    what = (("added", translate("new_notes")), ("changed", translate("changed_notes")))
    searches = [
        f"- {translate('labelled', label=label)}`tag:{tag}`"
        for group, label in what
        if (tag := f"{deck.id}::{group}::{deck.version}") in tags
    ]
    if searches:
        yield translate("browser_finds") + "\n\n" + "\n".join(searches)


def _verified(updates: Sequence[Outcome], translate: Translator) -> Iterator[str]:
    if updates:
        yield f"### {translate('verified_title')}"
        over = translate("verified_over", anki=version_of("anki"))
        outcomes = (f"- {_corrections(outcome, translate)}" for outcome in updates)
        yield over + "\n\n" + "\n".join(outcomes)


def _corrections(outcome: Outcome, translate: Translator) -> str:
    log, old = outcome.log, outcome.old
    assert old is not None
    counts = translate(
        "verified_counts",
        new=log.new,
        updated=log.updated,
        untouched=log.untouched,
        kept=outcome.kept,
        cards=outcome.cards,
    )
    return translate("labelled", label=f"`{old.name}`") + counts


def with_version(text: str, version: str) -> str:
    """Return the text of a deck.toml that is sound, with another version."""
    import tomlkit  # here because only a release needs it

    settings = tomlkit.parse(text)
    settings["deck"]["version"] = version
    return tomlkit.dumps(settings)


def notes_of(draft: Draft, verification: Verification) -> str:
    """Return the release notes, with what the author wrote for them in the changelog."""
    written = written_for(read_changelog(draft.project), draft.version)
    sha256 = bytes_digest(draft.data)
    return release_notes(draft.deck, written, draft.diff, _loss(draft), verification, sha256)


def files_of(
    draft: Draft, notes: str, changelog: str, pages: Mapping[Path, bytes]
) -> Mapping[Path, bytes]:
    """Return what is written; the lock near the end, the checksum, which makes it a release, last.

    Cut short before the lock, the release is made again; after it, it is completed. `changelog` has
    the release's section, and `pages` are those that learners are led to.
    """
    project, package = draft.project, draft.package
    texts = {
        package.with_suffix(".md"): notes,
        _changelog(project): changelog,
        project.settings: with_version(_read(project.settings), draft.version),
        project.lock: _lock_with(draft),
    }
    return {
        **draft.deck.pictures,
        package: draft.data,
        **pages,
        **{path: text.encode() for path, text in texts.items()},
        checksum_path(package): checksum_file(draft.data, package.name),
    }


def changelog_with(draft: Draft, today: str) -> str:
    """Return the changelog with a section for the release; its lines end as they did.

    `today` is the day, as 2026-11-28.
    """
    entry = changelog_entry(draft.diff, draft.deck, _loss(draft), is_first=draft.last is None)
    text = with_release(read_changelog(draft.project), draft.version, today, entry)
    is_of_windows = "\r\n" in _read(_changelog(draft.project))
    return text.replace("\n", "\r\n") if is_of_windows else text


def _lock_with(draft: Draft) -> str:
    release = Release(draft.version, bytes_digest(draft.data), contents_digest(draft.data))
    after = draft.deck.after
    return format_lock(after._replace(releases=(*after.releases, release)))


def _loss(draft: Draft) -> VersionBump | None:
    """Return why learners may lose progress; None if they lose nothing."""
    is_loss = draft.bump is not None and draft.bump.part == PARTS[0]
    return draft.bump if is_loss else None


def _changelog(project: Project) -> Path:
    """Return where the deck's changelog lies: beside the packages, if there is one already."""
    beside = project.output / _CHANGELOG
    is_there = is_inside(beside, project.root) and beside.exists()
    return beside if is_there else project.root / _CHANGELOG


def read_changelog(project: Project) -> str:
    """Return the changelog. Raises DeckError if git left a conflict in it, or for no UTF-8."""
    path = _changelog(project)
    text = _read(path).replace("\r\n", "\n")
    if conflicts := list(find_conflicts(text, str(path))):
        raise DeckError(conflicts)
    return text


def _read(path: Path) -> str:
    """Return the text of a file; empty if there is none. Line ends are kept.

    Raises DeckError if it cannot be read, is not UTF-8, or leads out of its folder.
    """
    try:
        return read_regular(path, path.parent).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except OSError as problem:
        message = f"cannot be read: {reason_of(problem)}"
        raise DeckError([error(Location(str(path)), message)]) from problem
    except UnicodeDecodeError as problem:
        message = f"not UTF-8 (byte {problem.start + 1}): save the file as UTF-8"
        raise DeckError([error(Location(str(path)), message)]) from problem


def tag_release(prepared: Prepared, version: str) -> Prepared:
    """Return a deck whose notes have tags that say what is new or changed since the last release.

    Such notes are dated alike, as late as can be told from the lock alone, so that the release has
    the same dates wherever it is made: one second after the last build, or with what has changed
    since. A note that is as it was has its date of then. In a first release nothing is news, and
    nothing is dated anew. Notes that are gone are retired as of this version.
    """
    stamper = _Tagger(prepared.before, prepared.after, version)
    finished = {note.guid: note for note in prepared.notes}
    stamped = [stamper.stamp(entry, finished.get(entry.guid)) for entry in prepared.after.notes]
    notes = {note.guid: note for _, note in stamped if note}
    project = replace(prepared.project, deck=prepared.project.deck._replace(version=version))
    return prepared._replace(
        project=project,
        after=prepared.after._replace(notes=tuple(entry for entry, _ in stamped)),
        notes=tuple(notes[note.guid] for note in prepared.notes),
    )


class _Tagger:
    """Stamps the notes of a deck one by one."""

    def __init__(self, before: Lock, after: Lock, version: str) -> None:
        self._deck, self._version = after.deck, version
        self._is_first = after.last_release is None
        self._date = max(last_date(before) + 1, last_date(after))

    def stamp(
        self, entry: LockedNote, note: PackageNote | None
    ) -> tuple[LockedNote, PackageNote | None]:
        """Return what learners will have of a note, and the note; None for one that is gone."""
        if note is None:
            return self._retire(entry), None
        if not entry.is_pending:  # also if it was changed and changed back
            date = entry.released_mod
            return entry._replace(mod=date), note._replace(mod=date)
        if self._is_first:
            return entry._replace(released=entry.fields, released_mod=entry.mod), note
        news = self._news(entry)
        note = note._replace(tags=self._tags(note, news), mod=self._date)
        stored = digest_note(note.fields, note.tags)
        entry = entry._replace(added=news["added"], changed=news["changed"])
        entry = entry._replace(mod=self._date, released_mod=self._date)
        return entry._replace(fields=stored, released=stored), note

    def _retire(self, entry: LockedNote) -> LockedNote:
        """Return the entry of a note that is gone, if learners ever had it."""
        if entry.retired != UNRELEASED or not entry.released:
            return entry
        return entry._replace(retired=self._version, released="", released_mod=0)

    def _news(self, entry: LockedNote) -> dict[str, str]:
        what = "changed" if entry.released else "added"
        return {"added": entry.added, "changed": entry.changed, what: self._version}

    def _tags(self, note: PackageNote, news: Mapping[str, str]) -> tuple[str, ...]:
        own = [tag for tag in note.tags if not read_release_tags([tag], self._deck)]
        return tuple(sorted([*own, *release_tags(self._deck, **news)]))
