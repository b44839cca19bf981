"""A stranger's project is data: whatever lies in it, nothing runs, and nothing else is touched."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.commands import without_account, without_counts
from tests.support.forked_commands import Commands, Done, run_alone
from tests.support.projects import DECK_TOML, PIXEL, ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links, pipes and modes are Unix's here")

SECRET = "a private line that nobody else may read"
END = "the end of a command"
RUN = """\
import os, sys

END = sys.argv.pop()

def listen(event, arguments):
    if event in ("open", "os.listdir", "os.scandir", "os.remove", "os.rename", "shutil.rmtree"):
        path = arguments[0] if isinstance(arguments[0], (str, bytes)) else ""
        if private in os.path.realpath(os.fsdecode(path).replace("\\0", "")):
            print(event, path, file=opened, flush=True)

if __name__ == "__main__":
    opened, private = open(sys.argv[1], "a", encoding="utf-8"), sys.argv[2]
    sys.addaudithook(listen)
    sys.path.insert(0, sys.argv[3])
    from deckpress.cli import main
    for command in sys.argv[4:]:
        try:
            main(command.split(), "deckpress")
        except SystemExit:
            print(END)
            print(END, file=sys.stderr)
"""
"""Commands, one after the other, noting what they open, list and remove in a private folder."""


@dataclass(frozen=True)
class Place:
    """A stranger's project, and what lies beside it."""

    project: Path
    private: Path
    """A folder of the user's own, with a secret in each file."""

    def write(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def link(self, name: str, target: str) -> None:
        """Make a file of the project a link to something private."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(os.path.relpath(self.private / target, path.parent))

    def pipe(self, name: str) -> None:
        """Make a file of the project a named pipe."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        os.mkfifo(path)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


PICTURE = '1. q\n\n   ```diagram foo "alt"\n   | a |\n   a: x\n   ```\n'
PLOT = '1. q\n\n   ```plot foo "alt"\n   open("RAN", "w")\n   ```\n'
EVIL = "open({ran!r}, 'w')\nraise SystemExit(3)\n"


def modules(place: Place) -> None:
    """Put modules that Python, its libraries and deckpress import into the folder."""
    names = "click json multiprocessing pickle re random string mistune yaml deckpress matplotlib "
    names += "sitecustomize usercustomize encodings PIL numpy quickjs genanki sqlite3 ctypes anki"
    for name in names.split():
        place.write(f"{name}.py", EVIL.format(ran=str(place.project / "RAN")))
    notes = (f"1. q{number}\n\n   $x_{{{number}}}$\n" for number in range(1, 250))
    place.write("source/many.md", "\n".join(notes))
    place.write("source/picture.md", PICTURE)


def matplotlib_settings(place: Place) -> None:
    """Bring settings for the library that draws, and a picture to be drawn."""
    place.write("matplotlibrc", "backend: module://evil\nsavefig.dpi: broken\n[")
    place.write("evil.py", EVIL.format(ran=str(place.project / "RAN")))
    place.write("source/picture.md", PICTURE)


def posing_as_repository(place: Place) -> None:
    """Make source/ look like a bare repository whose configuration names a program."""
    (place.project / "source/objects").mkdir()
    (place.project / "source/refs").mkdir()
    place.write("source/HEAD", "ref: refs/heads/main\n")
    ran = place.project / "RAN"
    lines = ("[core]", "repositoryformatversion = 0", "bare = false", 'worktree = "."')
    place.write("source/config", "\n".join((*lines, f'fsmonitor = "touch {ran}; false"\n')))


def a_repository(place: Place) -> None:
    """Bring a repository whose own configuration names a program."""
    subprocess.run(["git", "init", "-q", place.project], check=True)
    ran = place.project / "RAN"
    subprocess.run(
        ["git", "-C", place.project, "config", "core.fsmonitor", f"touch {ran}; false"], check=True
    )


def paths_out(place: Place) -> None:
    """Name files outside in every way that Markdown and HTML have."""
    private = place.private / "photo.png"
    addresses = ["../../private/photo.png", "%2e%2e/%2e%2e/private/photo.png", str(private)]
    addresses += [
        f"file://{private}",
        "..\\..\\private\\photo.png",
        "../source/../../private/photo.png",
    ]
    images = "\n\n   ".join(f"![a]({address})" for address in addresses)
    tags = (f'<{tag} src="{address}">' for address in addresses for tag in ("img", "source"))
    html = "\n   ".join(tags)  # a line each: columns depend on the length of paths
    place.write(
        "source/notes.md", f"1. q\n\n   {images}\n\n   {html}\n\n   ![a](../../private/x.py)\n"
    )


def names_out(place: Place) -> None:
    """Have names of settings and blocks lead out of the folders that they are made into."""
    settings = DECK_TOML.replace('"demo"', '"../../private/demo"')
    place.write("source/deck.toml", settings.replace('"1.0.0"', '"../1.0.0"'))
    place.write("source/picture.md", PICTURE.replace("foo", "../../../private/foo"))


def yaml_objects(place: Place) -> None:
    """Ask YAML for objects, which are made by calling a function."""
    call = "!!python/object/apply:os.system ['touch RAN']"
    place.write("source/notes.md", f"---\ndeck: {call}\n---\n1. q\n\n   a\n")


def a_file_for(name: str, text: str) -> Callable[[Place], None]:
    """Return what writes one file."""
    return lambda place: place.write(name, text)


def linking(name: str, target: str, *more: tuple[str, str]) -> Callable[[Place], None]:
    """Return what makes a file a link to something private, beside files of the project."""

    def make(place: Place) -> None:
        for path, text in more:
            place.write(path, text)
        place.link(name, target)

    return make


def piping(name: str, *more: tuple[str, str]) -> Callable[[Place], None]:
    """Return what makes a file a named pipe, beside files of the project."""

    def make(place: Place) -> None:
        for path, text in more:
            place.write(path, text)
        place.pipe(name)

    return make


def replaced(name: str, target: str) -> Callable[[Place], None]:
    """Return what makes a folder of the project a link to a private one."""

    def make(place: Place) -> None:
        place.write("source/picture.md", PICTURE)
        shutil.rmtree(place.project / name, ignore_errors=True)
        place.link(name, target)

    return make


def a_device(place: Place) -> None:
    """Have a note, a picture and the lock be devices without an end."""
    for name in ("source/zero.md", "media/zero.png", "source/deck.lock"):
        (place.project / name).parent.mkdir(exist_ok=True)
        (place.project / name).symlink_to("/dev/zero")
    place.write("source/shows.md", "1. q\n\n   ![a](../media/zero.png)\n")


SHOWS = ("source/shows.md", "1. q2\n\n   ![a](../media/a.png)\n")
RUNS = ("source/runs.md", "1. q2\n\n   ![a](plot.py)\n")
DRAWN = "media/diagrams/foo-26e0e633a63d.png"
"""Where the picture of PICTURE lies."""
BLOCK = ("source/picture.md", PICTURE)

PROJECTS: dict[str, Callable[[Place], object]] = {
    "modules": modules,
    "settings of matplotlib": matplotlib_settings,
    "a plot": a_file_for("source/plot.md", PLOT),
    "YAML objects": yaml_objects,
    "source/ posing as a repository": posing_as_repository,
    "a repository": a_repository,
    "paths out": paths_out,
    "names out": names_out,
    "a linked note": linking("source/d.md", "diary.md"),
    "a linked deck.toml": linking("source/deck.toml", "deck.toml"),
    "a linked lock": linking("source/deck.lock", "diary.md"),
    "a linked picture": linking("media/a.png", "photo.png", SHOWS),
    "a linked plot": linking("source/plot.py", "x.py", RUNS),
    "a linked drawn picture": linking(DRAWN, "photo.png", BLOCK),
    "a linked package": linking("dist/demo-1.0.0.apkg", "photo.png"),
    "a linked changelog": linking("CHANGELOG.md", "diary.md"),
    "a linked media/diagrams": replaced("media/diagrams", "."),
    "a linked media": replaced("media", "."),
    "a linked dist": replaced("dist", "."),
    "a linked source": replaced("source", "source"),
    "a subfolder that is a link": linking("source/below", "."),
    "devices": a_device,
    "a pipe for a note": piping("source/p.md"),
    "a pipe for deck.toml": piping("source/deck.toml"),
    "a pipe for the lock": piping("source/deck.lock"),
    "a pipe for a picture": piping("media/a.png", SHOWS),
    "a pipe for a plot": piping("source/plot.py", RUNS),
    "a pipe for a drawn picture": piping(DRAWN, BLOCK),
    "a pipe for a package": piping("dist/demo-1.0.0.apkg"),
    "a pipe for a checksum": piping("dist/demo-1.0.0.apkg.sha256"),
    "a pipe for the changelog": piping("CHANGELOG.md"),
}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A project with one note, beside a folder of secrets."""
    place = Place(tmp_path / "project", tmp_path / "private")
    place.write("source/deck.toml", DECK_TOML)
    place.write("source/notes.md", "1. One?\n\n   Yes.\n")
    (place.private / "source").mkdir(parents=True)
    for name in ("diary.md", "x.py", "source/notes.md"):
        (place.private / name).write_text(f"1. What?\n\n   {SECRET}\n")
    for name in ("deck.toml", "source/deck.toml"):
        (place.private / name).write_text(DECK_TOML.replace("A deck for tests.", SECRET))
    (place.private / "photo.png").write_bytes(
        PIXEL[:-12] + chunk(b"tEXt", b"a\0" + SECRET.encode()) + PIXEL[-12:]
    )
    return place


ALONE = ("modules", "settings of matplotlib")
"""Projects with files that Python or a library may read when it starts or is imported."""


def run(place: Place, tmp_path: Path, start: Callable[..., Done], *commands: str) -> str:
    """Return what the first command says in the project's folder; all leave private files alone."""
    opened, script = tmp_path / "opened.txt", tmp_path / "bin/deckpress.py"
    opened.touch()
    script.parent.mkdir(exist_ok=True)  # as pip installs it: away from the folder that it is run in
    script.write_text(RUN)
    arguments = [str(opened), str(place.private), str(ROOT), *commands, END]
    done = start(arguments, {**os.environ, "PYTHONUTF8": "1"}, script)
    out, err = (stream.decode(errors="replace") for stream in (done.out, done.err))
    assert "Traceback" not in err
    assert SECRET not in out + err
    assert opened.read_text(encoding="utf-8") == ""
    assert out.count(END) == err.count(END) == len(commands)
    return out.partition(END)[0] + without_counts(err.partition(END)[0])


def contents(folder: Path) -> dict[str, bytes]:
    """Return what each file of a folder holds."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def unpacked(package: Path) -> bytes:
    """Return all that a package holds."""
    with zipfile.ZipFile(io.BytesIO(package.read_bytes())) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


EXPECTED = ROOT / "tests/cases/hostile_projects.json"
"""What `check` says of each project."""


@pytest.mark.parametrize("name", PROJECTS)
def test_a_strangers_project_is_data(
    name: str,
    place: Place,
    tmp_path: Path,
    commands: Commands,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is checked, built and compared: nothing runs, and nothing private is opened or written.

    What is not read is reported, with its place and what to do about it.
    """
    PROJECTS[name](place)
    before = contents(place.private)
    monkeypatch.chdir(place.project)
    start = run_alone if name in ALONE else commands.run
    output = run(place, tmp_path, start, "check", "build --prune", "diff")
    said = without_account(output.replace(str(place.private), "PRIVATE")).splitlines()
    known = json.loads(EXPECTED.read_text(encoding="utf-8"))
    if request.config.getoption("--accept"):
        known[name] = said
        text = json.dumps(
            {project: known[project] for project in PROJECTS}, indent=1, ensure_ascii=False
        )
        EXPECTED.write_text(text + "\n", encoding="utf-8")
    assert said == known[name]
    assert contents(place.private) == before
    assert not list(tmp_path.rglob("RAN"))
    for package in (place.project / "dist").glob("*.apkg"):
        if package.is_file() and not package.is_symlink():
            assert SECRET.encode() not in unpacked(package)
