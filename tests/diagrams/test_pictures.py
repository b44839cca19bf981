"""Pictures from build to build: drawn once, kept with the notes, and drawn again when need be."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from deckpress.anki.package_reader import read_package
from deckpress.cli import main
from deckpress.diagrams.image_store import READABLE
from deckpress.diagrams.palette import LABEL
from deckpress.diagrams.png import read_header
from tests.support.commands import Command, Run, without_counts
from tests.support.projects import DECK_TOML, PIXEL, ROOT

pytestmark = pytest.mark.usefixtures("kept_processes_draw")

CELL = 'diagram cell "A cell."\n| a b |\na -> b: so'
PLOT = 'plot line "A line."\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])'
FILE = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n"

NO_PROCESSES = """\
import sys
def refuse(event, arguments):
    if event in ("subprocess.Popen", "os.fork", "os.posix_spawn"):
        raise OSError("no process may be started")
sys.addaudithook(refuse)
"""
"""A module that Python runs at its start."""

Build = Callable[..., Run]


def fence(block: str) -> str:
    """Return a fence in a note's answer."""
    lines = [f"```{block}", "```"]
    return "\n".join("   " + line for line in "\n".join(lines).split("\n"))


def write(project: Path, *answers: str, name: str = "notes.md") -> None:
    """Write notes with these answers; one that is no line of text is a block."""
    notes = [
        f"{index}. Question {index}?\n\n{fence(answer) if chr(10) in answer else '   ' + answer}\n"
        for index, answer in enumerate(answers, 1)
    ]
    (project / "source" / name).write_text("\n".join(notes), encoding="utf-8")


def pictures(project: Path) -> dict[str, bytes]:
    """Return the pictures of a project by their names."""
    return {path.name: path.read_bytes() for path in project.glob("media/diagrams/*")}


def only_picture(project: Path) -> Path:
    """Return the only picture of a project."""
    (path,) = project.glob("media/diagrams/*")
    return path


def files(project: Path) -> dict[str, bytes]:
    """Return all files of a project by their paths."""
    return {
        str(path.relative_to(project)): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file()
    }


def package(project: Path) -> bytes:
    """Return the package that was built."""
    return (project / "dist/demo-1.0.0.apkg").read_bytes()


def answers(project: Path) -> list[str]:
    """Return the answers' fields in the package."""
    notes = read_package(project / "dist/demo-1.0.0.apkg").notes
    names = [[name for name, _ in note.note_type.fields] for note in notes]
    return [note.fields[at.index("Answer")] for note, at in zip(notes, names, strict=True)]


def dates(project: Path) -> dict[str, int]:
    """Return each note's date in the lock by its GUID."""
    lines = (project / "source/deck.lock").read_text(encoding="utf-8").splitlines()
    notes = [json.loads(line) for line in lines if '"guid"' in line]
    return {note["guid"]: note["mod"] for note in notes}


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """A user's own settings, with nothing in them."""
    return {"XDG_CONFIG_HOME": str(tmp_path / "settings")}


@pytest.fixture
def idle(tmp_path: Path) -> dict[str, str]:
    """An environment in which no process can be started, so that nothing is drawn."""
    folder = tmp_path / "idle"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(NO_PROCESSES)
    return {"PYTHONPATH": str(folder)}


@pytest.fixture
def deckpress(deckpress: Command) -> Command:
    """The command, in a process of its own only where that needs another start of Python.

    Its stderr is without the counts.
    """

    def run(*arguments: str | Path, **environment: str) -> Run:
        if "PYTHONPATH" in environment:
            apart = deckpress(*arguments, **environment)
            return replace(apart, err=without_counts(apart.err))
        done = CliRunner(env=environment).invoke(main, [*map(str, arguments)])
        return Run(done.exit_code, done.stdout, without_counts(done.stderr))

    return run


@pytest.fixture
def build(deckpress: Command, home: dict[str, str]) -> Build:
    """A build that must succeed."""

    def run(*arguments: str | Path, **environment: str) -> Run:
        done = deckpress(*arguments, **{**home, **environment})
        assert done.code == 0, done.err
        return done

    return run


@pytest.fixture(scope="module")
def first_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one diagram that has been built."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "source").mkdir()
    (folder / "source/deck.toml").write_text(DECK_TOML)
    write(folder, CELL)
    subprocess.run([sys.executable, ROOT / "build_deck.py", "--quiet"], cwd=folder, check=True)
    return folder


@pytest.fixture
def built(project: Path, first_build: Path) -> Path:
    """A project with one diagram that has been built, which is also the current folder."""
    shutil.copytree(first_build, project, dirs_exist_ok=True)
    return project


# From build to build


def test_the_first_build_draws_and_the_next_one_draws_nothing(
    project: Path, build: Build, idle: dict[str, str]
) -> None:
    """A picture is kept beside the notes, and taken from there without starting a process."""
    write(project, CELL, "Yes.")
    first = build()
    assert "1 picture drawn: keep media/diagrams with the notes" in first.out
    (name,) = pictures(project)
    assert re.fullmatch(r"cell-[0-9a-f]{12}\.png", name)
    before = files(project)
    for arguments in (["check"], ["--locked"]):
        assert "drawn" not in build(*arguments, **idle).out
    assert files(project) == before


def test_what_is_not_there_cannot_be_had_without_a_process(
    project: Path, deckpress: Command, idle: dict[str, str]
) -> None:
    """Where nothing can be drawn, a picture that is missing is an error, and its place is told."""
    write(project, CELL)
    done = deckpress(**idle)
    assert done.code == 1
    assert done.err.startswith("source/notes.md:3")
    assert "Traceback" not in done.err
    assert pictures(project) == {}


def test_a_copy_builds_the_same_package_from_the_pictures_it_has(
    built: Path, build: Build, idle: dict[str, str], tmp_path: Path
) -> None:
    """Who has the notes, the lock and the pictures needs nothing that draws."""
    copy = tmp_path / "elsewhere"
    shutil.copytree(built, copy, ignore=shutil.ignore_patterns("dist"))
    build("--project", copy, **idle)
    assert package(copy) == package(built)


def test_a_picture_that_is_drawn_again_is_the_same(built: Path, build: Build) -> None:
    """Lost pictures come back with the same bytes, so that no learner gets them anew."""
    before, packed = pictures(built), package(built)
    shutil.rmtree(built / "media")
    build()
    assert pictures(built) == before
    assert package(built) == packed


def test_a_changed_label_draws_its_picture_only(
    built: Path, build: Build, deckpress: Command
) -> None:
    """The picture that was is told of by `check`, and removed by `build --prune` alone."""
    (old,) = pictures(built)
    write(built, CELL, 'diagram other "Other."\n| a |')
    assert "1 picture drawn" in build().out
    write(built, CELL.replace("so", "then"), 'diagram other "Other."\n| a |')
    assert "1 picture drawn" in build().out
    assert len(pictures(built)) == 3
    hint = "hint: is drawn by no block any more: remove it by build --prune"
    assert deckpress("check").err == f"media/diagrams/{old}: {hint}\n"
    assert old in pictures(built)
    done = build("--prune")
    assert f"media/diagrams/{old}  removed" in done.out
    assert done.err == ""
    assert len(pictures(built)) == 2
    assert old not in pictures(built)


def test_what_somebody_made_is_never_removed(project: Path, build: Build) -> None:
    """Only names that a build gives are pruned; other files there stay, and are not told of."""
    write(project, CELL)
    folder = project / "media/diagrams"
    folder.mkdir(parents=True)
    own = ("photo.png", "cell.png", "cell-1.png", "cell-0123456789AB.png", "a-0123456789ab.jpg")
    for name in own:
        (folder / name).write_bytes(PIXEL)
    assert build("--prune").err == ""
    assert {*own} < pictures(project).keys()
    assert len(pictures(project)) == len(own) + 1


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda data: data[:-20],
    "one byte changed": lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
    "another file": lambda data: b"version https://git-lfs.github.com/spec/v1\n",
}


def test_a_damaged_picture_is_drawn_again(built: Path, build: Build) -> None:
    """What is no whole PNG counts as missing, whatever has become of it."""
    path = only_picture(built)
    data = path.read_bytes()
    for damage, spoil in DAMAGES.items():
        path.write_bytes(spoil(data))
        assert "1 picture drawn" in build().out, damage
        assert path.read_bytes() == data, damage


# What is wrong


def test_an_error_anywhere_writes_nothing(project: Path, deckpress: Command) -> None:
    """If one picture is wrong, none is kept, and there is neither lock nor package."""
    write(project, CELL, 'diagram wrong "Wrong."\n| a b |\na => b')
    before = files(project)
    done = deckpress()
    message = 'unknown arrow "=>", did you mean "->"?'
    assert (done.code, done.err) == (1, f"source/notes.md:12:6: {message}\n")
    assert files(project) == before


def test_what_only_looks_writes_nothing(project: Path, deckpress: Command) -> None:
    """A check draws what is missing to see whether that is possible, and keeps nothing."""
    write(project, CELL)
    before = files(project)
    assert deckpress("check").code == 0
    assert deckpress("--locked").code == 1
    assert files(project) == before


def test_a_check_tells_what_only_drawing_shows(project: Path, deckpress: Command) -> None:
    """What matplotlib cannot set is told before anything is built."""
    write(project, CELL.replace("so", "$\\sigmoid$"))
    done = deckpress("check")
    assert done.code == 1
    assert done.err.startswith("source/notes.md:5:13: ")
    assert "\\sigmoid" in done.err


def test_other_languages_without_a_name_stay_code(project: Path, deckpress: Command) -> None:
    """A deck about Mermaid shows Mermaid; a warning says how to have it drawn."""
    write(project, "mermaid\ngraph LR\na --> b", "dot\ndigraph { a -> b }")
    done = deckpress()
    expected = [
        f"source/notes.md:{line}: warning: shown as code, not as a picture: "
        f'to have it drawn, write ```{language} name "what it shows"'
        for line, language in ((3, "mermaid"), (10, "dot"))
    ]
    assert (done.code, done.err.splitlines()) == (0, expected)
    assert pictures(project) == {}
    assert all("<code" in answer for answer in answers(project))


# Python


def untrusted(place: str) -> str:
    """Return what is said of a plot that nobody trusts."""
    return (
        f"{place}: picture is not drawn yet, and its Python may not be run: read it, then say "
        "--run-code, or trust this folder's plots by build_deck.py trust\n"
    )


def test_a_plot_is_run_only_if_that_is_said(
    project: Path, deckpress: Command, build: Build, home: dict[str, str], idle: dict[str, str]
) -> None:
    """Python is run by `--run-code`, and not needed any more when its picture is there."""
    write(project, PLOT)
    done = deckpress(**home)
    assert (done.code, done.err) == (1, untrusted("source/notes.md:3"))
    assert pictures(project) == {}
    build("--run-code")
    assert only_picture(project).name.startswith("line-")
    build(**idle)


def test_a_check_may_run_plots_too(project: Path, build: Build) -> None:
    """What a plot would tell is told by `check --run-code`, and nothing is kept."""
    write(project, PLOT)
    before = files(project)
    build("check", "--run-code")
    assert files(project) == before


def test_trust_goes_for_this_code_in_this_folder(
    project: Path, deckpress: Command, build: Build, home: dict[str, str], tmp_path: Path
) -> None:
    """What was read and trusted is run; changed code is not, nor is the same code elsewhere."""
    write(project, PLOT)
    before = files(project)
    assert build("trust").out == "source/notes.md:3: trusted\n"
    assert files(project) == before
    copy = tmp_path / "elsewhere"
    shutil.copytree(project, copy)
    build()
    done = deckpress("--project", copy, **home)
    assert (done.code, done.err) == (1, untrusted(f"{copy}/source/notes.md:3"))
    write(project, PLOT.replace("[1, 2]", "[1, 3]"))
    done = deckpress(**home)
    assert (done.code, done.err) == (1, untrusted("source/notes.md:3"))


def test_trust_is_not_the_decks_to_give(
    project: Path, deckpress: Command, build: Build, tmp_path: Path
) -> None:
    """Another user of the same folder has to read its plots for themselves."""
    write(project, PLOT)
    build("trust")
    done = deckpress(XDG_CONFIG_HOME=str(tmp_path / "another"))
    assert (done.code, done.err) == (1, untrusted("source/notes.md:3"))


def test_trust_is_given_anew_as_a_whole(
    project: Path, deckpress: Command, build: Build, home: dict[str, str]
) -> None:
    """What is no longer in the deck when it is trusted again, is no longer trusted."""
    write(project, PLOT)
    build("trust")
    write(project, "Yes.")
    assert build("trust").out == "there are no plots to trust\n"
    write(project, PLOT)
    assert deckpress(**home).code == 1


def test_a_deck_with_errors_is_not_trusted(
    project: Path, deckpress: Command, home: dict[str, str], tmp_path: Path
) -> None:
    """Who cannot be shown all of a deck's plots does not trust it."""
    write(project, PLOT, 'plot "No name."\nx = 1')
    assert deckpress("trust", **home).code == 1
    assert not (tmp_path / "settings").exists()


def test_damaged_settings_trust_nothing(
    project: Path, deckpress: Command, home: dict[str, str], tmp_path: Path
) -> None:
    """A file of trusted plots that cannot be read is as good as none."""
    (tmp_path / "settings/deckpress").mkdir(parents=True)
    write(project, PLOT)
    for text in ("{", f'{{"{project}": 1}}'):
        (tmp_path / "settings/deckpress/trusted.json").write_text(text)
        done = deckpress(**home)
        assert (done.code, done.err) == (1, untrusted("source/notes.md:3"))


def test_a_mistake_in_a_plot_is_told_at_its_line(
    project: Path, deckpress: Command, home: dict[str, str]
) -> None:
    """Line and column are those of the author's file, indented as it is."""
    write(project, PLOT.replace("plt.plot", "plt.plto"))
    done = deckpress("--run-code", **home)
    assert done.code == 1
    assert done.err.startswith("source/notes.md:5:4: plot fails: ")
    assert 'did you mean "plot"?' in done.err


# Files of Python


def write_python(project: Path, text: str | bytes = FILE, name: str = "x.py") -> Path:
    """Write a plot into a file."""
    path = project / "source/figures" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_python_file_is_shown_as_its_picture(
    project: Path, build: Build, idle: dict[str, str]
) -> None:
    """`![…](figures/x.py)` is a picture, named after its file, within a line of text as well."""
    write_python(project)
    write(project, "See ![a line](figures/x.py) here.")
    build("--run-code")
    path = only_picture(project)
    assert path.name.startswith("x-")
    assert re.fullmatch(
        r'See <img class="drawn" src="x-[0-9a-f]{12}\.png" alt="a line" '
        r'width="331" height="238"> here\.',
        answers(project)[0],
    )
    build(**idle)


def test_a_python_file_is_the_same_with_either_end_of_line(
    project: Path, build: Build, idle: dict[str, str]
) -> None:
    """A checkout on Windows, or a byte order mark, has no picture drawn anew."""
    write_python(project)
    write(project, "![a line](figures/x.py)")
    build("--run-code")
    write_python(project, b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    build(**idle)


def test_one_file_may_be_shown_with_two_alt_texts(project: Path, build: Build) -> None:
    """Each place has its own words, and the picture is drawn once."""
    write_python(project)
    write(project, "![first](figures/x.py)", "![second](figures/x.py)")
    assert "1 picture drawn" in build("--run-code").out
    first, second = answers(project)
    assert 'alt="first"' in first
    assert 'alt="second"' in second


WRONG_FILES = {
    "![a](figures/y.py)": 'figures/y.py: no such file, did you mean "x.py"?',
    "![a](figures/quite-another.py)": "figures/quite-another.py: no such file",
    "![a](nowhere/x.py)": "nowhere/x.py: no such file",
    "![a](../../x.py)": "../../x.py is outside the project: copy it into the project",
    "![](figures/x.py)": "picture has no alt text: write ![what it shows](figures/x.py)",
    "![a](figures/latin.py)": "figures/latin.py cannot be read: it is not UTF-8 (byte 3)",
    "![a](figures/a.b.py)": 'figures/a.b.py: name the file by letters, digits, "-" and "_", '
    "since a picture is named so",
}


def test_wrong_python_files_are_told_of(
    project: Path, deckpress: Command, home: dict[str, str]
) -> None:
    """A file that cannot be a picture is told of at its place in the notes."""
    write_python(project)
    write_python(project, "# \xe9".encode("latin-1") + b"\n", "latin.py")
    write_python(project, FILE, "a.b.py")
    (project.parent / "x.py").write_text(FILE)
    write(project, *(f"So {answer}." for answer in WRONG_FILES))
    done = deckpress("--run-code", **home)
    messages = zip(range(3, 100, 4), WRONG_FILES.values(), strict=False)
    expected = [f"source/notes.md:{line}:7: {message}" for line, message in messages]
    assert (done.code, done.err.splitlines()) == (1, expected)


WRONG_CODE = {
    FILE.replace("plt.plot", "plt.plto"): "2:1: plot fails: ",
    "": "1:1: plot leaves no figure: ",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]\n": "2:9: plot is not Python: ",
}


@pytest.mark.parametrize("code", WRONG_CODE)
def test_a_mistake_in_a_python_file_is_told_there(
    code: str, project: Path, deckpress: Command, home: dict[str, str]
) -> None:
    """The place is a line of the file that is wrong, not of the notes."""
    write_python(project, code)
    write(project, "![a](figures/x.py)")
    done = deckpress("--run-code", **home)
    assert done.code == 1
    assert done.err.startswith(f"source/figures/x.py:{WRONG_CODE[code]}")


# On the card


def test_the_field_has_the_pictures_alt_and_size(project: Path, build: Build) -> None:
    """A card shows the picture in the block's place, at one CSS pixel a point."""
    write(project, CELL.replace("A cell.", "A <cell> & more."))
    build()
    path = only_picture(project)
    header = read_header(path.read_bytes())
    assert header
    (field,) = answers(project)
    size = f'width="{round(header.width / 2)}" height="{round(header.height / 2)}"'
    source = r'src="cell-[0-9a-f]{12}\.png"'
    alt = 'alt="A &lt;cell&gt; &amp; more."'
    assert re.fullmatch(rf'<img class="drawn" {source} {alt} {size}>', field)


def moved(by: str) -> str:
    """Return the block with something before each of its lines."""
    return "\n".join(by + line.strip() for line in fence(CELL).split("\n"))


PLACES = {
    "question": f"1. Which?\n\n{moved('   ')}\n\n   ---\n\n   Yes.\n",
    "list": f"1. In a list?\n\n   - So:\n\n{moved('     ')}\n",
    "footnote": f"1. In a footnote?[^a]\n\n   Yes.\n\n[^a]: See\n\n{moved('    ')}\n",
    "alert": f"1. In an alert?\n\n   Yes.\n\n   > [!TIP]\n{moved('   > ')}\n",
    "cloze": f"1. One ==two== three.\n\n{moved('   ')}\n",
    "bold": f"**In bold?**\n\n{moved('')}\n",
}


def test_a_picture_is_shown_wherever_a_block_may_stand(project: Path, build: Build) -> None:
    """Pictures are shown in questions, lists, footnotes, alerts and behind clozes."""
    (project / "source/notes.md").unlink()
    for place, text in PLACES.items():
        (project / f"source/{place}.md").write_text(text, encoding="utf-8")
    done = build()
    assert (done.err, "1 picture drawn" in done.out) == ("", True)
    notes = read_package(project / "dist/demo-1.0.0.apkg").notes
    shown = ["".join(note.fields).count('<img class="drawn" src="cell-') for note in notes]
    assert shown == [1] * len(PLACES)


def test_a_change_that_is_not_seen_is_no_change_for_learners(project: Path, build: Build) -> None:
    """Where a picture is drawn anew and looks the same, no note is sent anew."""
    write(project, CELL.replace("a -> b", "a -> b") + "\na: x\nb: y")
    build()
    fields, lock, names = answers(project), dates(project), set(pictures(project))
    write(project, CELL.replace("| a b |", "| c d |").replace("a -> b", "c -> d") + "\nc: x\nd: y")
    done = build()
    assert "1 picture drawn" in done.out
    assert "(0 new, 0 changed, 1 unchanged)" in done.out
    assert set(pictures(project)) > names
    assert (answers(project), dates(project)) == (fields, lock)


def test_a_note_stays_itself_when_its_picture_changes(project: Path, build: Build) -> None:
    """Learners keep their progress, and get the new picture."""
    write(project, CELL, "Yes.")
    build()
    before, fields = dates(project), answers(project)
    write(project, CELL.replace("so", "then"), "Yes.")
    assert "(0 new, 1 changed, 1 unchanged)" in build().out
    after = dates(project)
    assert after.keys() == before.keys()
    assert sorted(after[guid] > before[guid] for guid in after) == [False, True]
    assert len({*fields, *answers(project)}) == 3


WIDE = 'diagram wide "A wide picture."\n| ' + " ".join(f"node{index}" for index in range(9)) + " |"


def test_a_picture_too_wide_for_a_phone_is_told_of_each_time(
    project: Path, build: Build, deckpress: Command, idle: dict[str, str]
) -> None:
    """The warning does not depend on whether the picture is there; `--strict` keeps none."""
    write(project, WIDE)
    before = files(project)
    strict = deckpress("--strict")
    warning, because = strict.err.splitlines()
    assert re.fullmatch(
        r"source/notes\.md:3: warning: picture scrolls on a phone, where its letters would be "
        r"\d\.\d pixels high: it is \d{3} points wide and not \d{3}, "
        r"use more rows and fewer columns, or break labels by \\\\",
        warning,
    )
    assert (strict.code, because) == (
        1,
        "1 warning: warnings count as errors because of --strict, nothing written",
    )
    assert files(project) == before
    assert build().err == f"{warning}\n"
    assert build(**idle).err == f"{warning}\n"


def test_small_letters_of_a_plot_are_told_of(project: Path, build: Build) -> None:
    """However narrow a plot is, letters of a size that its author chose may be too small."""
    write(project, PLOT + "\nplt.figure(1).set_size_inches(3, 2)\nplt.xlabel('x', size=7)")
    warning = (
        "letters are 7 points high: make the smallest 12 points, or leave their size to the deck"
    )
    assert build("--run-code").err == f"source/notes.md:3: warning: {warning}\n"


def test_a_picture_scrolls_before_its_letters_are_too_small(project: Path, build: Build) -> None:
    """It is as wide on a phone as its letters need, in a box of its own; others fit."""
    write(project, WIDE, CELL)
    build()
    wide, fits = answers(project)
    shown = re.search(r'<span class="scroll" .* width="(\d+)" .* style="min-width: (\d+)px">', wide)
    assert shown
    natural, least = map(int, shown.groups())
    assert least == pytest.approx(natural * READABLE / LABEL, abs=1)
    assert "scroll" not in fits


def test_a_wide_picture_that_asks_is_a_picture_alone(project: Path, build: Build) -> None:
    """Anki's script draws the gaps over it, and makes it as narrow as the card."""
    write(project, WIDE.replace('picture."', 'picture." ask="node1"'))
    build()
    notes = read_package(project / "dist/demo-1.0.0.apkg").notes
    fields = [dict(zip(dict(note.note_type.fields), note.fields, strict=True)) for note in notes]
    (picture,) = (values["Image"] for values in fields if "Image" in values)
    assert re.fullmatch(r'<img style="--width: \d+px" class="drawn" [^<>]*>', picture)


# Files by themselves


def test_a_lone_file_has_its_pictures_beside_it(
    build: Build, tmp_path: Path, idle: dict[str, str]
) -> None:
    """One file builds with its pictures, and says nothing of those that belong to others."""
    for name in ("one", "two"):
        text = f"1. {name}?\n\n{fence(CELL.replace('cell', name).replace('so', name))}\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    for name in ("one", "two"):
        assert build(tmp_path / f"{name}.md").err == ""
    assert [name.partition("-")[0] for name in sorted(pictures(tmp_path))] == ["one", "two"]
    for arguments in (["check"], ["build", "--prune"]):
        assert build(*arguments, tmp_path / "one.md", **idle).err == ""
    assert len(pictures(tmp_path)) == 2


def test_a_lone_folder_knows_all_its_pictures(build: Build, tmp_path: Path) -> None:
    """A folder of files is a whole, in which pictures can be stale."""
    folder = tmp_path / "notes"
    folder.mkdir()
    text = f"1. One?\n\n{fence(CELL)}\n"
    (folder / "one.md").write_text(text, encoding="utf-8")
    build(folder)
    (folder / "one.md").write_text(text.replace("so", "then"), encoding="utf-8")
    assert "hint: is drawn by no block any more" in build(folder).err
    build("--prune", folder)
    assert len(pictures(folder)) == 1


def test_a_deck_that_cannot_be_read_whole_has_no_stale_pictures(
    built: Path, build: Build, deckpress: Command
) -> None:
    """While a block is wrong, its last picture is not said to be left over, nor removed."""
    before = pictures(built)
    write(built, CELL.replace("->", "=>"))
    done = deckpress("--prune")
    assert (done.code, "hint" in done.err) == (1, False)
    assert pictures(built) == before


def test_no_picture_of_the_authors_is_pruned(project: Path, deckpress: Command) -> None:
    """A picture that was not drawn is never removed, even if it is named like one that was."""
    (project / "media/diagrams").mkdir(parents=True)
    own = project / "media/diagrams/photo-0123456789ab.png"
    own.write_bytes(PIXEL)
    run = deckpress("--prune")
    assert (run.code, run.err) == (0, "")
    assert own.read_bytes() == PIXEL


def test_flowcharts_know_the_decks_macros(project: Path, deckpress: Command) -> None:
    """A TeX command of deck.toml means the same in the label of a flowchart as on a card."""
    macros = "[formulas.macros]\nR = '\\mathbb{R}'\n"
    (project / "source/deck.toml").write_text(DECK_TOML + macros)
    flowchart = 'flowchart LR\n     a["$$\\R$$"] --> b["$$\\S$$ $$\\T$$"]'
    block = f'```mermaid sets "Two sets"\n   {flowchart}\n   ```'
    (project / "source/notes.md").write_text(f"1. Sets?\n\n   {block}\n")
    lines = deckpress().err.splitlines()
    assert [line.partition("know ")[2].partition(":")[0] for line in lines] == ["\\T"]


def test_a_user_without_a_home_can_trust_nothing(project: Path) -> None:
    """Where nothing can be remembered, that is said, with the way out."""
    code = (
        "import os, pwd, runpy, sys\n"
        "def nobody(uid): raise KeyError(uid)\n"
        "pwd.getpwuid = nobody\n"
        "del os.environ['HOME'], os.environ['XDG_CONFIG_HOME']\n"
        f"sys.argv, sys.path[0] = ['build_deck.py', 'trust'], {str(ROOT)!r}\n"
        f"runpy.run_path({str(ROOT / 'build_deck.py')!r}, run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    expected = "user: has no home folder to remember in what is trusted: say --run-code\n"
    assert (done.returncode, without_counts(done.stderr)) == (1, expected)
