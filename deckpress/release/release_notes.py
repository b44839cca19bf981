"""What a release says of itself: its notes for learners, and its section of the changelog."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.metadata import version as version_of

from deckpress.diff import Diff
from deckpress.diff.diff_markdown import as_markdown
from deckpress.languages.i18n import Say, count_cards, count_notes, speak
from deckpress.pipeline import Prepared
from deckpress.release import VersionBump
from deckpress.verify.verification import Outcome, Verification

MARK = "<!-- computed -->"
"""Stands between what the author wrote in a section and what a release puts below."""
_TITLE = "# Changelog"
_SECTION = re.compile(r"^##[ \t]+(?P<title>[^\n]*)$", re.M)
_OPEN = re.compile(r"\[?unreleased\]?", re.I)


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
    say = speak(language)
    return say("The first release: {notes}, {cards}.", notes=notes, cards=cards) + "\n"


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
    say = speak(deck.language)
    updates = [outcome for outcome in verification.outcomes if outcome.old]
    parts = [
        f"# {deck.name} {deck.version}",
        written,
        _warning(loss, deck.language),
        as_markdown(diff, deck.language).strip(),
        *_how_to_import(package, say, is_first=not updates),
        *_how_to_find(prepared, say),
        *_verified(updates, say),
        f"### {say('Checksum')}\n\n```\n{sha256}  {package}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _warning(loss: VersionBump | None, language: str) -> str:
    if loss is None:
        return ""
    told = speak(language)(
        "You may lose progress: {reasons}. Make a backup before you import.",
        reasons=loss.why(language),
    )
    return f"> [!WARNING]\n> {told}"


def _how_to_import(package: str, say: Say, *, is_first: bool) -> Iterator[str]:
    yield f"### {say('Import')}"
    yield say(
        "Open `{package}` with Anki, on desktop or phone, and leave the options as Anki first sets "
        "them (*Update notes: If newer*, *Merge note types* off).",
        package=package,
    )
    if not is_first:
        yield say(
            "Over an earlier version, your progress stays, and so does what you wrote on notes "
            "that this one does not change."
        )


def _how_to_find(prepared: Prepared, say: Say) -> Iterator[str]:
    deck = prepared.project.deck
    tags = {tag for note in prepared.notes for tag in note.tags}
    what = (("added", say("new notes")), ("changed", say("changed notes")))
    found = [
        f"- {say('{label}: ', label=label)}`tag:{tag}`"
        for each, label in what
        if (tag := f"{deck.id}::{each}::{deck.version}") in tags
    ]
    if found:
        yield say("Anki's browser finds") + "\n\n" + "\n".join(found)


def _verified(updates: Sequence[Outcome], say: Say) -> Iterator[str]:
    if updates:
        yield f"### {say('Rehearsed')}"
        over = say("Imported into Anki {anki} over", anki=version_of("anki"))
        yield over + "\n\n" + "\n".join(f"- {_corrections(outcome, say)}" for outcome in updates)


def _corrections(outcome: Outcome, say: Say) -> str:
    log, old = outcome.log, outcome.old
    assert old is not None
    told = say(
        "{new} new, {updated} updated, {untouched} untouched; {kept} of {cards} cards keep their "
        "schedule",
        new=log.new,
        updated=log.updated,
        untouched=log.untouched,
        kept=outcome.kept,
        cards=outcome.cards,
    )
    return say("{label}: ", label=f"`{old.name}`") + told


def written_for(changelog: str, version: str) -> str:
    """Return what the author wrote for a release: in its section, or in one called Unreleased."""
    start, end = _find(changelog, version)
    text = changelog[start:end].partition("\n")[2]
    return text.partition(MARK)[0].strip()


def with_release(changelog: str, version: str, date: str, computed: str) -> str:
    """Return a changelog with a section for a release, in place of the one that is open for it.

    What the author wrote there stays. `date` is the day, as 2026-11-28, `computed` Markdown with
    headings of level 3.
    """
    start, end = _find(changelog, version)
    parts = [f"## {version}, {date}", written_for(changelog, version), MARK, computed.strip()]
    section = "\n\n".join(part for part in parts if part)
    before, after = changelog[:start].rstrip() or _TITLE, changelog[end:].strip()
    return "\n\n".join(part for part in (before, section, after) if part) + "\n"


def _find(changelog: str, version: str) -> tuple[int, int]:
    """Return where the section for a release begins and ends; where it belongs if there is none."""
    found = list(_SECTION.finditer(changelog))
    starts = [*(each.start() for each in found), len(changelog)]
    for at, each in enumerate(found):
        if _is_for(each["title"], version):
            return starts[at], starts[at + 1]
    return starts[0], starts[0]


def _is_for(title: str, version: str) -> bool:
    """Say whether a section's title is a release's, written as 1.1.0, [1.1.0] or v1.1.0."""
    first = re.split(r"[\s,–—-]", title.strip(), maxsplit=1)[0]
    return bool(_OPEN.fullmatch(first)) or first.strip("[]").removeprefix("v") == version
