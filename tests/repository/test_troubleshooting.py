"""docs/troubleshooting.md has the messages that there are, and no others."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.support.cases import CASES, read_cases
from tests.support.projects import ROOT
from tests.support.troubleshooting import PAGE, ROWS

_LEVEL = re.compile("(?:warning|hint): ")
_PLACE = re.compile(r"[^\s:]+\.(?:css|md|toml|lock|apkg)(?::\d+){0,2}: ")
_BEFORE_FORMULA_MESSAGE = re.compile(r"formula: |macro \\…: |with cloze … hidden, ")
_PUT_TOGETHER = {
    'unknown table "…"': 'unknown … "…"',
    "warning: formula: … shows ??? on a card": "shows ??? on a card",
}
"""What the code has for a row whose words it puts together."""


def as_pattern(row: str) -> re.Pattern[str]:
    """Return what a row stands for: all messages that begin so."""
    return re.compile(re.escape(row).replace("…", ".*"), re.S)


def texts_of(node: ast.AST) -> Iterator[str]:
    """Yield every text that a piece of code writes, with `…` where a value goes."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "quote":
        yield '"…"'
        return
    if isinstance(node, ast.JoinedStr):
        yield "".join("".join(texts_of(part)) or "…" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value.replace("\n", " ").replace("%1", "…")
    if not isinstance(node, ast.JoinedStr):
        for part in ast.iter_child_nodes(node):
            yield from texts_of(part)


def is_in_the_code(row: str, code: str) -> bool:
    """Return whether a text of the code, each on a line, begins like a row or a part of one."""
    message = _BEFORE_FORMULA_MESSAGE.sub("", _LEVEL.sub("", _PUT_TOGETHER.get(row, row)))
    if message in ("…", ""):  # any message of its kind
        return True
    rest = message.removeprefix("… ")  # what goes on from a file's name
    beginnings = "|".join(re.escape(part).replace("…", "[^\n]*") for part in (message, rest))
    return re.search(rf"(?:^|: |…)(?:{beginnings})", code, re.M) is not None


def messages() -> Iterator[str]:
    """Yield every message that the tests of wrong input hold, with its level."""
    texts = [
        case.expected
        for kind in ("errors", "warnings")
        for case in read_cases(f"messages/{kind}").values()
    ]
    texts += [path.read_text(encoding="utf-8") for path in sorted(CASES.rglob("*.txt"))]
    for line in "\n".join(texts).splitlines():
        if match := _PLACE.match(line):
            yield line[match.end() :]


def test_the_messages_of_the_page_are_in_the_code() -> None:
    """Nobody looks in vain for what the page promises."""
    modules = sorted((ROOT / "deckpress").rglob("*.py"))
    trees = (ast.parse(module.read_text(encoding="utf-8")) for module in modules)
    texts = [text for tree in trees for text in texts_of(tree) if " " in text]
    texts += (ROOT / "deckpress/formulas/tex_messages.toml").read_text(encoding="utf-8").split("'")
    code = "\n".join(texts)
    assert [row for row in ROWS if not is_in_the_code(row, code)] == []
    assert not is_in_the_code("there is no [deck] table: buy one", code)


def test_the_samples_of_messages_in_docs_are_as_the_page_has_them() -> None:
    """A message that a page shows is one that there is."""
    patterns = [as_pattern(row) for row in ROWS]
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGE.parent.glob("*.md"))
    samples = re.findall(r"^ *```text\n *(source/\S+: .+)$", pages, re.M)
    messages_shown = [sample.partition(": ")[2] for sample in samples]
    assert len(messages_shown) > 2
    assert [
        message
        for message in messages_shown
        if not any(pattern.match(message) for pattern in patterns)
    ] == []


def test_the_words_of_a_summary_are_told() -> None:
    """What the command says of an edit is in the table of the page on updating."""
    updating = (PAGE.parent / "updating.md").read_text(encoding="utf-8")
    code = (ROOT / "deckpress/lock/changes.py").read_text(encoding="utf-8")
    words = set(re.findall(r'Change\(\s*"([\w ]+)"', code))
    assert set(re.findall(r"^\| `([\w ]+)` \|", updating, re.M)) == words


def test_the_messages_of_wrong_input_are_on_the_page() -> None:
    """Whoever searches the page for a message finds it."""
    patterns = [as_pattern(row) for row in ROWS]
    all_messages = list(messages())
    assert len(all_messages) > 200
    assert [
        message
        for message in all_messages
        if not any(pattern.match(message) for pattern in patterns)
    ] == []
