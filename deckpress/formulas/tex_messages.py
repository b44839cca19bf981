"""What MathJax says of a formula → what its author reads: where, what is wrong, what to do."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files

from deckpress.diagnostics import TextDiagnostic
from deckpress.formulas import TexError
from deckpress.formulas.tex import TOKEN, Token, nesting, token_before

_STUMBLES = frozenset(
    "ExtraCloseMissingOpen MissingBeginExtraEnd MissingLeftExtraRight MissingCloseBrace Misplaced"
    " MissingOpenForSub MissingOpenForSup".split()
)
"""Errors that may be due to something which is missing further back."""
_CLOSERS = re.compile(r"\}|&|\\\\|\\right|\\end\{.*")
_ROW_OR_CELL = frozenset({"&", r"\\"})
_AT_THE_BRACE = frozenset("ExtraCloseMissingOpen ExtraCloseLooking MissingCloseBrace".split())
_ALONE = {"MissingLeftExtraRight": r"\right", "ExtraMiddle": r"\middle"}
"""The command that stands without its partner."""
_TABLES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    files(__package__).joinpath("tex_messages.toml").read_text(encoding="utf-8")
)


def _by_name(advice: Mapping[str, str]) -> dict[str, str]:
    """Return advice by each of the names that it is for."""
    return {name: text for text, names in advice.items() for name in names.split()}


def _written(table: str, advice: str = "{}") -> dict[str, str]:
    """Return `write …` for each name of a table, within other words."""
    return {name: advice.format(f"write {text}") for name, text in _TABLES[table].items()}


ERRORS = _TABLES["errors"]
"""What MathJax's errors mean, by their ids; `%1` to `%3` are the names that go with an error."""
OTHER_DEFINITIONS = _TABLES["other_definitions"]
"""What to do about a command that defines something else than a command."""
FAILURES = _TABLES["failures"]
"""What to do where MathJax 3.2.2 itself fails (a TypeError in it), by what the formula has."""
COMMANDS: Mapping[str, str] = {
    **_written("commands"),
    **_written("often_defined", "{}, or define it under [formulas.macros] in deck.toml"),
    **_written("physics", "the physics package is not in Anki: {}"),
    **_by_name(_TABLES["command_advice"]),
}
"""What to do instead, by the name of a command that MathJax does not know."""

ENVIRONMENTS: Mapping[str, str] = _by_name(_TABLES["environment_advice"])
"""What to do instead, by the name of an environment that MathJax does not know."""
_INTERNAL = frozenset({"TypeError", "RangeError", "InternalError"})
"""JavaScript's errors, which come of a mistake of MathJax's own."""


def find_cause(tex_error: TexError, tex: str) -> tuple[TexError, int]:
    """Return what is really wrong, and how many characters of the formula stand before it."""
    start = _find_start(tex_error, tex)
    if tex_error.error in _STUMBLES and (missing := _find_missing(tex, start)):
        error, start, name = missing
        return TexError(error, tex_error.message, (name,), start + 1), start
    if tex_error.error == "Misplaced":
        return tex_error._replace(names=(token_before(tex, tex_error.end).text,)), start
    return tex_error, start


def _find_start(tex_error: TexError, tex: str) -> int:
    """Return where to look: at what was left open, or at the last thing that MathJax read."""
    if tex_error.error == "EnvMissingEnd":
        return _last_unclosed(
            tex, rf"\begin{{{tex_error.names[0]}}}", rf"\end{{{tex_error.names[0]}}}"
        )
    if tex_error.error == "ExtraLeftMissingRight":
        return _last_unclosed(tex, r"\left", r"\right")
    if tex_error.error in _ALONE:
        return max(tex.rfind(_ALONE[tex_error.error], 0, tex_error.end), 0)
    last = token_before(tex, tex_error.end)
    commands = [name for name in tex_error.names if name.startswith("\\") and name != "\\"]
    if commands and tex_error.error != "ExtraCloseLooking":
        return _command_before(tex, commands[-1], last.start)
    if last.text == "}" and tex_error.error not in _AT_THE_BRACE:
        return _opener_of(tex, last.start)
    return last.start


def _find_missing(tex: str, start: int) -> tuple[str, int, str] | None:
    r"""Return what is missing before a `}`, `&`, `\right` or `\end`: error, place and name."""
    closer = next((token.text for token, _ in _walk(tex) if token.start == start), "")
    if not _CLOSERS.fullmatch(closer):
        return None
    before = tex[:start].rstrip()
    if before.endswith(("^", "_")) and not before[:-1].endswith("\\"):
        return "MissingScript", len(before) - 1, before[-1]
    place, opener = _innermost(tex, start)
    if opener == r"\left" and closer not in (r"\right", r"\\"):
        return _torn_or_open(tex, place) if closer == "&" else ("ExtraLeftMissingRight", place, "")
    if closer == "&" and not opener and (torn := _first_torn(tex)) is not None:
        return _torn_or_open(tex, torn)
    if opener.startswith(r"\begin") and closer in ("}", r"\right"):
        return "EnvMissingEnd", place, opener[len(r"\begin{") : -1]
    if opener == "{" and closer not in ("}", "&", r"\\"):
        return "BraceTooLate", place, closer
    return None


def _torn_or_open(tex: str, left: int) -> tuple[str, int, str]:
    is_open = _innermost(tex, len(tex)).start == left
    return ("ExtraLeftMissingRight" if is_open else "CellTorn"), left, r"\left"


def _walk(tex: str) -> Iterator[tuple[Token, list[Token]]]:
    r"""Yield each token with the braces, `\left` and `\begin` that are open before it."""
    opened: list[Token] = []
    for match in TOKEN.finditer(tex):
        token = Token(match.start(), match.group(0))
        yield token, opened
        change = nesting(token.text)
        if change > 0:
            opened.append(token)
        elif change < 0 and opened:
            opened.pop()


def _innermost(tex: str, end: int) -> Token:
    """Return what is open at a place and was opened last; an empty token if nothing is."""
    states = [opened for _, opened in _walk(tex[:end])]  # one list, as it is at the end
    return states[-1][-1] if states and states[-1] else Token(0, "")


def _first_torn(tex: str) -> int | None:
    r"""Return where the first `\left` stands whose row or cell ends before its `\right`."""
    torn = (
        opened[-1].start
        for token, opened in _walk(tex)
        if token.text in _ROW_OR_CELL and opened and opened[-1].text == r"\left"
    )
    return next(torn, None)


def _opener_of(tex: str, close: int) -> int:
    """Return where the brace stands that a `}` closes."""
    opened = (opened for token, opened in _walk(tex) if token.start == close)
    return next((braces[-1].start for braces in opened if braces), close)


def _command_before(tex: str, name: str, end: int) -> int:
    """Return where a command stands before a place: the last one that is no deeper in braces."""
    depth, inner = 0, end
    tokens = [token for token in TOKEN.finditer(tex) if token.start() <= end]
    for token in reversed(tokens):
        depth += (token.group(0) == "}") - (token.group(0) == "{")
        if re.match(rf"{re.escape(name)}(?![A-Za-z])", token.group(0)):
            if depth <= 0:
                return token.start()
            inner = token.start()
    return inner


def _last_unclosed(tex: str, opener: str, closer: str) -> int:
    """Return where the last one of an opener stands that nothing closes."""
    opened = [0]
    for match in TOKEN.finditer(tex):
        if match.group(0) == opener:
            opened.append(match.start())
        elif match.group(0) == closer and len(opened) > 1:
            opened.pop()
    return opened[-1]


def explain(tex_error: TexError, tex: str, macros: Iterable[str] = ()) -> TextDiagnostic:
    """Return where a formula is wrong, why, and what to do.

    `macros` are the names of the deck's own commands, which may be what the author meant.
    """
    cause, start = find_cause(tex_error, tex)
    if cause.error == "UndefinedControlSequence":
        return TextDiagnostic(start, _unknown_command(cause, macros))
    if cause.error == "UnknownEnv":
        return TextDiagnostic(start, _unknown_environment(cause))
    return TextDiagnostic(start, _describe(cause, tex, start))


def _unknown_command(tex_error: TexError, macros: Iterable[str]) -> str:
    name = tex_error.names[0].removeprefix("\\")
    said = _fill(ERRORS[tex_error.error], tex_error.names)
    if advice := COMMANDS.get(name):
        return f"{said}: {advice}"
    known = [*macros, *filter(None, [tex_error.nearest])]
    if near := difflib.get_close_matches(name, known, 1):
        return f"{said}. Did you mean \\{near[0]}?"
    return f"{said}: write it out, or define it under [formulas.macros] in deck.toml"


def _unknown_environment(tex_error: TexError) -> str:
    said = _fill(ERRORS[tex_error.error], tex_error.names)
    if advice := ENVIRONMENTS.get(tex_error.names[0]):
        return f"{said}: {advice}"
    if tex_error.nearest:
        return f'{said}. Did you mean "{tex_error.nearest}"?'
    return f"{said}: write aligned, cases or a matrix"


def _describe(tex_error: TexError, tex: str, start: int) -> str:
    error, names = tex_error.error, tex_error.names
    if error == "Definition" and names[0] in OTHER_DEFINITIONS:
        return _fill(ERRORS["DefinitionOfOther"], names) + OTHER_DEFINITIONS[names[0]]
    if error == "MissingArgFor" and (taker := _command_just_before(tex, start)):
        return f"{names[0]} needs braces around it: write {taker}{{{names[0]}…}}"
    if error == "Misplaced" and names[0] == "&":
        error = "MisplacedTab"
    if error == "TokenNotFoundForCommand" and not names[1]:  # in a CD
        error = "ArrowCutShort"
    if error in _INTERNAL:
        known = (FAILURES[part] for part in FAILURES if part in tex)
        return next(known, f"MathJax itself fails ({tex_error.message}): write it otherwise")
    if error in ERRORS:
        return _fill(ERRORS[error], names)
    return f"{tex_error.message[:1].lower()}{tex_error.message[1:]}"


def _command_just_before(tex: str, start: int) -> str:
    r"""Return the command that takes the one at a place for its argument, as in `\hat\frac`."""
    before = token_before(tex, start)
    end = before.start + len(before.text)
    is_command = before.text[:1] == "\\" and before.text[1:].isalpha()
    return before.text if is_command and tex[end:start].isspace() | (end == start) else ""


def _fill(sentence: str, names: tuple[str, ...]) -> str:
    for number, name in enumerate(names, 1):
        sentence = sentence.replace(f"%{number}", name)
    return sentence
