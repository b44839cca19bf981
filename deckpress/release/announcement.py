"""What a release says of itself: its notes for learners, and its section of the changelog."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version as version_of

from deckpress.diff import Diff, as_markdown
from deckpress.pipeline import Prepared
from deckpress.rehearse import Outcome, Rehearsal
from deckpress.release.suggestion import Suggestion


def changelog_entry(diff: Diff, prepared: Prepared, *, is_first: bool) -> str:
    """Return what the changelog says that the author did not write; headings are of level 3."""
    if not is_first:
        return as_markdown(diff)
    cards = sum(len(note.card_numbers()) for note in prepared.notes)
    return f"The first release: {len(prepared.notes)} notes, {cards} cards.\n"


def release_notes(
    prepared: Prepared,
    written: str,
    diff: Diff,
    loss: Suggestion | None,
    rehearsal: Rehearsal,
    sha256: str,
) -> str:
    """Return the notes of a release as Markdown.

    `written` is what the author wrote for it, `loss` why learners may lose progress, if they may;
    `sha256` is the package's.
    """
    deck = prepared.project.deck
    parts = [
        f"# {deck.name} {deck.version}",
        written,
        _warning(loss),
        as_markdown(diff).strip(),
        *_how_to_import(prepared),
        *_rehearsed(rehearsal),
        f"### Checksum\n\n```\n{sha256}  {prepared.project.package_name(deck.version)}\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _warning(loss: Suggestion | None) -> str:
    if loss is None:
        return ""
    reasons = "; ".join(loss.reasons)
    return f"> [!WARNING]\n> You may lose progress: {reasons}. Make a backup before you import."


def _how_to_import(prepared: Prepared) -> Iterator[str]:
    deck = prepared.project.deck
    package = prepared.project.package_name(deck.version)
    yield (
        f"### Import\n\nOpen `{package}` with Anki, on desktop or phone, and leave the options as "
        "Anki first sets them (*Update notes: If newer*, *Merge note types* off). Over an earlier "
        "version, your progress stays, and so does what you wrote on notes that this one does not "
        "change."
    )
    tags = {tag for note in prepared.notes for tag in note.tags}
    what = (("added", "new"), ("changed", "changed"))
    found = [
        f"- {word} notes: `tag:{tag}`"
        for each, word in what
        if (tag := f"{deck.id}::{each}::{deck.version}") in tags
    ]
    if found:
        yield "Anki's browser finds\n\n" + "\n".join(found)


def _rehearsed(rehearsal: Rehearsal) -> Iterator[str]:
    anki = version_of("anki")
    lines = [f"- {_told(outcome)}" for outcome in rehearsal.outcomes if outcome.old]
    if lines:
        yield f"### Rehearsed\n\nImported into Anki {anki} over\n\n" + "\n".join(lines)


def _told(outcome: Outcome) -> str:
    log, old = outcome.log, outcome.old
    assert old is not None
    return (
        f"`{old.name}`: {log.new} new, {log.updated} updated, {log.untouched} untouched; "
        f"{outcome.kept} of {outcome.cards} cards keep their schedule"
    )
