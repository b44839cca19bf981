"""What `push` does to a learner's collection, and what it says where it cannot."""

from __future__ import annotations

import json
import re
import shlex
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from anki.collection import Collection, ExportAnkiPackageOptions
from anki.decks import DeckId
from click.testing import CliRunner, Result

from deckpress.anki.connect import AnkiConnect as Asked
from deckpress.cli import main
from deckpress.diagnostics import DeckError
from tests.support.anki_collection import (
    check_collection,
    import_package,
    only_note,
    open_collection,
    schedule,
    study,
)
from tests.support.anki_connect import AnkiConnect, serve
from tests.support.cases import CASES
from tests.support.commands import without_counts
from tests.support.projects import DECK_TOML, PIXEL, ROOT

RECORDED = json.loads((CASES / "anki_connect.json").read_text())
PAGE = (ROOT / "docs/push.md").read_text(encoding="utf-8")
TWO = "1. One?\n\n   Yes.\n\n2. Two?\n\n   No.\n"
THREE = "1. One?\n\n   Yes, ![a dot](dot.png).\n\n2. Two?\n\n   No.\n\n3. Three?\n\n   Perhaps.\n"
OTHER_FIELDS = (
    'cells-031bf77e-1.0.0.apkg: the note type "cells-031bf77e: Q&A" has other fields in Anki ({}), '
    "and AnkiConnect would merge the two, which empties fields of your own where notes are "
    "updated, and brings missing ones back by a full sync: make the fields equal there "
    "(Tools > Manage Note Types)"
)


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Collection]:
    """An empty collection."""
    with open_collection(tmp_path / "anki") as collection:
        yield collection


@pytest.fixture
def anki(learner: Collection) -> AnkiConnect:
    """AnkiConnect, in an Anki that has the learner's collection open."""
    return AnkiConnect(learner)


@pytest.fixture
def url(anki: AnkiConnect) -> Iterator[str]:
    """Yield the address at which AnkiConnect answers."""
    with serve(anki.answer) as address:
        yield address


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two notes."""
    (tmp_path / "deck").mkdir()
    monkeypatch.chdir(tmp_path / "deck")
    Path("cells.md").write_text(TWO)
    Path("dot.png").write_bytes(PIXEL)
    return tmp_path / "deck"


def push(url: str, *arguments: str, **environment: str) -> Result:
    """Push a deck to an address."""
    command = ["push", *(arguments or ["cells.md"]), "--url", url]
    return CliRunner().invoke(main, command, env=environment)


def refusal(url: str, *arguments: str, **environment: str) -> str:
    """Return what a push that fails says, without the address before it."""
    run = push(url, *arguments, **environment)
    assert run.exit_code == 1
    return without_counts(run.stderr).removeprefix(f"{url}: ").removesuffix("\n")


def test_the_deck_is_built_and_imported(url: str, learner: Collection) -> None:
    """One command brings the notes from Markdown into Anki, and says how many are new."""
    run = push(url)
    assert (run.exit_code, run.stderr) == (0, "")
    assert run.stdout.splitlines()[-1] == (
        'cells-031bf77e-1.0.0.apkg  imported into Anki (profile "User 1"): 2 new, 0 updated, '
        "0 left as they were"
    )
    assert only_note(learner, "One")["Answer"] == "Yes."
    check_collection(learner)


def test_an_update_costs_the_learner_nothing(url: str, learner: Collection) -> None:
    """Schedules, presets, flags and edits of untouched notes stay; changed notes are updated."""
    push(url)
    cards = [study(learner, "One"), study(learner, "Two")]
    learner.set_user_flag_for_cards(3, [cards[0].id])
    note = only_note(learner, "Two")
    note["Answer"] = "mine"
    note.add_tag("mine")
    learner.update_note(note)
    preset = give_a_preset_of_its_own(learner, "cells", "mine")
    notes_before, rows = only_note(learner, "Two").mod, rows_of(learner)
    time.sleep(1.1)  # dates are in whole seconds
    Path("cells.md").write_text(THREE)

    assert push(url).stdout.endswith("1 new, 1 updated, 1 left as they were\n")

    assert 'src="dot-' in only_note(learner, "One")["Answer"]
    kept = only_note(learner, "Two")
    assert (kept["Answer"], kept.has_tag("mine"), kept.mod) == ("mine", True, notes_before)
    assert rows_of(learner)[:2] == rows
    assert [schedule(learner.get_card(card.id)) for card in cards] == list(map(schedule, cards))
    assert learner.decks.config_dict_for_deck_id(deck_id(learner, "cells"))["id"] == preset
    check_collection(learner)


def deck_id(collection: Collection, name: str) -> DeckId:
    """Return what Anki knows a deck by."""
    id_ = collection.decks.id_for_name(name)
    assert id_ is not None
    return id_


def give_a_preset_of_its_own(collection: Collection, deck: str, name: str) -> int:
    """Give a deck a new preset, and return what Anki knows that by."""
    preset = collection.decks.add_config(name)
    entry = collection.decks.get(deck_id(collection, deck))
    assert entry is not None
    collection.decks.set_config_id_for_deck_dict(entry, preset["id"])
    return int(preset["id"])


def rows_of(collection: Collection) -> list[tuple[object, ...]]:
    """Return all that Anki keeps of cards."""
    assert collection.db is not None
    return list(map(tuple, collection.db.all("select * from cards order by id")))


def test_a_package_is_imported_as_it_is(url: str, learner: Collection) -> None:
    """`push some.apkg` builds nothing, and a second time changes nothing."""
    CliRunner().invoke(main, ["cells.md", "--output", "out/some.apkg"])
    before = sorted(Path().rglob("*"))
    for counts in ("2 new, 0 updated, 0 left", "0 new, 0 updated, 2 left"):
        out = push(url, "out/some.apkg").stdout
        assert out.startswith("out/some.apkg  imported into Anki")
        assert counts in out
    assert sorted(Path().rglob("*")) == before
    assert learner.note_count() == 2


def test_what_the_page_tells_to_run_runs(url: str, folder: Path) -> None:
    """Each command of docs/push.md does what it says, in a project."""
    (folder / "notes.md").write_text(TWO)
    (folder / "source").mkdir()
    (folder / "source/deck.toml").write_text(DECK_TOML)
    (folder / "source/one.md").write_text("1. One?\n\n   Yes.\n")
    CliRunner().invoke(main, ["cells.md", "--output", "dist/old-1.0.0.apkg"])
    (block,) = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S)
    for command in block.splitlines():
        _, _, command, *arguments = shlex.split(command, comments=True)
        assert command == "push"
        assert CliRunner().invoke(main, ["push", *arguments, "--url", url]).exit_code == 0
    assert "dist/demo-1.0.0.apkg" in push(url, "--project", ".").stdout


def test_quiet_says_nothing(url: str) -> None:
    """`--quiet` leaves out all that is not wrong."""
    run = push(url, "cells.md", "--quiet")
    assert (run.exit_code, run.output) == (0, "")


def add_field(collection: Collection, name: str) -> None:
    """Add a field to the note type, as a learner may."""
    note_type = collection.models.by_name("cells-031bf77e: Q&A")
    assert note_type is not None
    collection.models.add_field(note_type, collection.models.new_field(name))
    collection.models.update_dict(note_type)


def test_fields_of_the_learners_own_are_not_emptied(url: str, learner: Collection) -> None:
    """Where AnkiConnect would empty a learner's fields, nothing is imported, with the reason."""
    push(url)
    add_field(learner, "Mine")
    note = only_note(learner, "One")
    note["Mine"] = "dear to me"
    learner.update_note(note)
    Path("cells.md").write_text(THREE)
    assert refusal(url) == OTHER_FIELDS.format("only there: Mine")
    assert only_note(learner, "One")["Mine"] == "dear to me"
    assert learner.note_count() == 2


def test_fields_that_the_learner_removed_do_not_come_back(url: str, learner: Collection) -> None:
    """Nor is a removed field brought back, which would cost a full sync and the update itself."""
    push(url)
    note_type = learner.models.by_name("cells-031bf77e: Q&A")
    assert note_type is not None
    learner.models.remove_field(note_type, note_type["flds"][-1])
    learner.models.update_dict(note_type)
    assert refusal(url) == OTHER_FIELDS.format("only here: Reserve 2")
    assert len(learner.models.by_name("cells-031bf77e: Q&A")["flds"]) == 8  # type: ignore[index]


def test_a_note_type_that_the_learner_named_or_painted_is_no_obstacle(
    url: str, learner: Collection
) -> None:
    """Another name, another card and another style stay, and the update comes."""
    push(url)
    note_type = learner.models.by_name("cells-031bf77e: Q&A")
    assert note_type is not None
    note_type["name"] = "mine"
    note_type["css"] += "/* mine */"
    template = learner.models.new_template("Backwards")
    template["qfmt"], template["afmt"] = "{{Answer}}", "{{Question}}"
    learner.models.add_template(note_type, template)
    learner.models.update_dict(note_type)
    assert learner.db is not None
    learner.db.execute("update notes set mod = mod - 100")
    Path("cells.md").write_text(THREE)
    assert push(url).stdout.endswith("1 new, 1 updated, 1 left as they were\n")
    mine = learner.models.by_name("mine")
    assert mine is not None
    assert mine["css"].endswith("/* mine */")
    assert len(mine["tmpls"]) == 2


def test_a_schedule_that_changed_is_told(url: str, anki: AnkiConnect, learner: Collection) -> None:
    """Should Anki ever touch cards that were there, push says so, and how to take it back."""
    push(url)
    assert learner.db is not None
    learner.db.execute("update cards set mod = mod - 100")
    anki.after_import = lambda collection: study(collection, "One")
    run = push(url)
    assert run.exit_code == 1
    assert without_counts(run.stderr) == (
        f"{url}: imported, but 1 of the 2 cards that were there have changed: unless you were "
        "studying them just then, take the import back (Edit > Undo in Anki; docs/push.md tells "
        "how)\n"
    )


def test_a_preset_that_comes_with_a_package_is_told(
    url: str, learner: Collection, tmp_path: Path
) -> None:
    """Where a package puts the learner's deck under its own preset, push says which it was."""
    push(url)
    with open_collection(tmp_path / "author") as author:
        import_package(author, Path("cells-031bf77e-1.0.0.apkg"))
        give_a_preset_of_its_own(author, "cells", "author's")
        options = ExportAnkiPackageOptions(with_deck_configs=True, with_scheduling=True)
        author.export_anki_package(out_path="theirs.apkg", options=options, limit=None)
    give_a_preset_of_its_own(learner, "cells", "mine")
    assert refusal(url, "theirs.apkg") == (
        'imported, but the deck "cells" has the package\'s preset "author\'s" now: choose "mine" '
        "again (the deck's Options in Anki)"
    )


def test_a_deck_with_errors_is_not_pushed(url: str, anki: AnkiConnect) -> None:
    """What cannot be built does not reach Anki."""
    Path("cells.md").write_text("1. One?\n\n   $\\nonsense$\n")
    assert refusal(url).startswith("cells.md:3:5: formula: undefined control sequence \\nonsense")
    assert anki.asked == ["version"]


def test_nothing_is_built_where_nobody_listens(folder: Path) -> None:
    """Without Anki, push says what is to be done, and leaves no file behind."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, so nobody else listens there, nor does this
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert refusal(address) == (
            "Anki is not running, or AnkiConnect is not installed: start Anki, and install the "
            "add-on 2055492159 there (Tools > Add-ons > Get Add-ons)"
        )
    assert sorted(path.name for path in folder.iterdir()) == ["cells.md", "dot.png"]


def test_the_key_comes_from_the_environment(url: str, anki: AnkiConnect) -> None:
    """ANKICONNECT_KEY opens an AnkiConnect that wants a key; without it, or with another: why."""
    where = "the apiKey in AnkiConnect's settings (Tools > Add-ons > Config)"
    anki.key = "sesame"
    assert push(url, ANKICONNECT_KEY="sesame").exit_code == 0
    assert refusal(url, ANKICONNECT_KEY="") == (
        f"AnkiConnect wants its key: set the environment variable ANKICONNECT_KEY to {where}"
    )
    anki.key = None
    assert refusal(url, ANKICONNECT_KEY="sesame") == (
        f"AnkiConnect does not take the key in ANKICONNECT_KEY: set it to {where}, or unset it "
        "if that is null"
    )


def test_a_proxy_is_for_the_web(url: str) -> None:
    """Anki is spoken to directly, whatever proxy the environment names."""
    assert push(url, http_proxy="http://127.0.0.1:1", no_proxy="").exit_code == 0


def test_a_profile_must_be_open() -> None:
    """While Anki shows its profiles, or is still starting, push says what it waits for."""
    with serve(AnkiConnect(None).answer) as url:
        run = push(url)
    assert run.exit_code == 1
    assert (
        without_counts(run.stderr)
        == f"{url}: no profile is open in Anki: open one, then push again\n"
    )


def test_anki_must_see_the_package(url: str, anki: AnkiConnect) -> None:
    """What Anki itself says is told word for word, and what to do if it sees other folders."""
    package = Path("cells-031bf77e-1.0.0.apkg").resolve()
    real = anki.answer

    def answer(body: bytes) -> bytes:
        return real(body.replace(b'"path": "/', b'"path": "/elsewhere/'))

    with serve(answer) as proxy:
        run = push(proxy)
    assert without_counts(run.stderr) == (
        f"{proxy}: importPackage went wrong in Anki: Failed to open '/elsewhere{package}': No such "
        "file or directory (os error 2); say by --output a folder that Anki sees under the same "
        "path\n"
    )


SOMETHING_ELSE = (
    "something else than AnkiConnect answers: say by --url which webBindPort is in AnkiConnect's "
    "settings (Tools > Add-ons > Config)"
)
TOO_OLD = "AnkiConnect is too old: update it (Tools > Add-ons > Check for Updates)"
ODD = "AnkiConnect answers otherwise than it should: update it (Tools > Add-ons)"


@pytest.mark.parametrize(
    ("answer", "status", "message"),
    [
        (b"", 404, SOMETHING_ELSE),
        (b"", 403, SOMETHING_ELSE),
        (b"<html>", 200, SOMETHING_ELSE),
        (b"\xff\xfe", 200, SOMETHING_ELSE),
        (b"6", 200, SOMETHING_ELSE),
        (b"[]", 200, SOMETHING_ELSE),
        (b'{"result": 6}', 200, SOMETHING_ELSE),
        (b'{"result": 5, "error": null}', 200, TOO_OLD),
        (b'{"result": null, "error": null}', 200, TOO_OLD),
        (b'{"result": null, "error": "unsupported action"}', 200, TOO_OLD),
        (b'{"result": null, "error": "it rains"}', 200, "version went wrong in Anki: it rains"),
    ],
)
def test_what_answers_must_be_ankiconnect(answer: bytes, status: int, message: str) -> None:
    """Whatever else listens there, or an AnkiConnect of long ago, is told for what it is."""
    with serve(lambda body: answer, status) as url:
        assert refusal(url) == message


@pytest.mark.parametrize("result", ["6", "[6]", "[[6]]", '{"notes": 6}', "true"])
def test_odd_answers_are_no_traceback(result: str) -> None:
    """An answer of another form than AnkiConnect's is an error with a message."""

    def answer(body: bytes) -> bytes:
        answered = "6" if json.loads(body)["action"] == "version" else result
        return f'{{"result": {answered}, "error": null}}'.encode()

    with serve(answer) as url:
        run = push(url, "cells.md", "--quiet")
    assert (run.exit_code, without_counts(run.stderr)) == (1, f"{url}: {ODD}\n")


@contextmanager
def speak(words: bytes | None) -> Iterator[str]:
    """Answer one connection by words that are no HTTP, or not at all; yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def talk() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(10_000)
                if words is None:
                    done.wait()
                else:
                    connection.sendall(words)

        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


def test_a_server_of_another_kind_is_told() -> None:
    """So is what speaks no HTTP, breaks off, or never answers."""
    with speak(b"SSH-2.0-OpenSSH\r\n") as url:
        assert refusal(url) == SOMETHING_ELSE
    broken = "broke off without an answer: see whether Anki is still running, then push again"
    with speak(b"") as url:
        assert refusal(url) == broken
    with speak(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{") as url:
        assert refusal(url) == broken


def test_an_anki_that_is_busy_is_not_waited_for_for_ever() -> None:
    """Who does not answer in time is told to be busy."""
    with speak(None) as url, pytest.raises(DeckError) as diagnostic:
        Asked(url).ask("version", patience=0.05)
    assert str(diagnostic.value) == (
        f"{url}: Anki does not answer: wait until it is done with what it does, then push again"
    )


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:8765", "localhost", "ftp://localhost", "http://", "http://a:b", "file:///etc"],
)
def test_an_address_must_be_one(url: str) -> None:
    """A mistyped --url is told with an example."""
    assert refusal(url) == "not an address: write it as http://127.0.0.1:8765"


def test_a_package_must_be_one(url: str, anki: AnkiConnect) -> None:
    """What is no package never reaches Anki."""
    Path("old.apkg").write_text("no zip")
    assert refusal(url, "old.apkg") == (
        "old.apkg: not an Anki package: export it from Anki as .apkg"
    )
    assert refusal(url, "odd.apkg") == 'odd.apkg: no such file, did you mean "old.apkg"?'
    assert set(anki.asked) == {"version"}


def test_the_stand_in_answers_as_the_add_on_did(learner: Collection) -> None:
    """What these tests rely on is what AnkiConnect answered within Anki 26.9.3."""
    for recorded in RECORDED:
        anki = AnkiConnect(None if recorded["when"] == "no profile is open" else learner)
        anki.key = "sesame" if recorded["when"] == "a key is set" else None
        answer = json.loads(anki.answer(json.dumps(recorded["question"]).encode()))
        assert answer == recorded["answer"], recorded["question"]
