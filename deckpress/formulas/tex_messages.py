"""What MathJax says of a formula → what its author reads: where, what is wrong, what to do.

`replacements.toml` has what to write for what LaTeX has and Anki's MathJax has not.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from deckpress.diagnostics import TextDiagnostic
from deckpress.formulas import TexError
from deckpress.formulas.tex import TOKEN, Token, closes_group, opens_group, token_before

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
MACROS = "[formulas.macros] in deck.toml"
"""Where the deck's own commands belong."""
SENTENCES: Mapping[str, str] = {
    # what every author comes to
    "UndefinedControlSequence": "undefined control sequence %1",
    "UnknownEnv": 'unknown environment "%1"',
    "MissingArgFor": "%1 lacks an argument: add {…}",
    "MissingScript": "^ or _ has nothing behind it: add what is raised or lowered",
    "MissingOpenForSub": "_ cannot take what stands behind it: put braces around that, _{…}",
    "MissingOpenForSup": "^ cannot take what stands behind it: put braces around that, ^{…}",
    "DoubleExponent": "a second superscript: write {a^b}^c or a^{b^c}",
    "DoubleExponentPrime": "a prime behind a superscript: write a'^b or {a^b}'",
    "DoubleSubscripts": "a second subscript: write {a_b}_c or a_{b_c}",
    "CantUseHash1": r"# stands for an argument only in a macro: write \#",
    "MisplacedLimits": r"%1 must follow an operator, such as \sum",
    # brackets, braces and environments
    "ExtraLeftMissingRight": r"\left has no \right in its group: add \right), or \right. for none",
    "MissingLeftExtraRight": r"\right has no \left in its group: add \left(, or \left. for none",
    "CellTorn": r"\left and \right stand in different rows or cells: write \bigl( and \bigr)",
    "ExtraMiddle": r"\middle stands outside \left and \right: write \vert, or add both",
    "MissingOrUnrecognizedDelim": r"%1 needs a bracket behind it, such as ( or \{, or . for none",
    "ExtraOpenMissingClose": "{ is never closed: add }",
    "MissingCloseBrace": "{ is never closed: add }",
    "BraceTooLate": "{ is closed only behind %1: add } before that",
    "ExtraCloseMissingOpen": "what stands before } lacks an argument: add {…}",
    "ExtraCloseLooking": "} stands where %1 is missing: add %1 before it",
    "MissingCloseBracket": "[ behind %1 is never closed: add ]",
    "EnvBadEnd": r"\begin{%1} is ended by \end{%2}: make the two names equal",
    "EnvMissingEnd": r"\begin{%1} is never ended: add \end{%1}",
    "MissingBeginExtraEnd": r"\end{%1} ends nothing here: remove it, or add \begin{%1}",
    "InvalidEnv": r"%1 is no name of an environment: write \begin{aligned}",
    "ErroneousNestingEq": "an environment of equations stands within another: "
    "write aligned, gathered or split for the inner one",
    # rows and columns
    "MisplacedTab": r"& stands outside a table: write \&, or put it into aligned, cases or a"
    " matrix",
    "Misplaced": "%1 stands where it has no meaning: remove it",
    "BracketMustBeDimension": r"[…] behind %1 is the space to the next row, such as [1em]:"
    " write %1{} before a [ that is shown",
    "ExtraAlignTab": "a second & in a row, which takes one: remove it",
    "ExtraCasesAlignTab": "a second & in a row, which takes one: remove it",
    "XalignOverflow": "more columns than %2 was told of: raise its number",
    "PositiveIntegerArg": "%1 needs the number of its columns, such as {2}",
    "MultlineRowsOneCol": "a row of %1 has no &: remove it, or write aligned",
    "NotInAlignment": "%1 works only in aligned and the like: put the formula into it",
    "BetweenLines": "%1 must stand in a row of its own",
    "CommandAtTheBeginingOfLine": "%1 must stand at the beginning of its row",
    "CommandInMultlined": "%1 works only in multline and multlined: remove it",
    "CommandNotAllowedInEnv": "%1 has no place in %2: write align* or gather* in its place",
    "ColumnColorNotTop": "%1 must stand in the first row",
    "RowColorNotFirst": "%1 must stand at the beginning of its row",
    "UnsupportedTableColor": r"%1 works only in a table: write \colorbox",
    "UnsupportedHFill": r"%1 works only in a table: write \quad",
    "ArrowCutShort": "an arrow has its mark three times, as in @>>> or @>f>>: add what lacks",
    # what a command takes
    "AmbiguousUseOf": "%1 is used twice in one group: put braces around one of them",
    "MissingDimOrUnits": "%1 needs a length with its unit, such as 1em",
    "MissingBoxFor": "%1 must be followed by {…}",
    "MathNotTerminated": r"$ or \( in the text opens a formula that has no end: add $ or \)",
    "NoClosingDelim": "%1 is never closed: end it with the character that it began with",
    "TokenNotFoundForCommand": "%2 takes its arguments up to %1: add it",
    "BadMathStyleFor": "the fourth argument of %1 must be 0, 1, 2 or 3",
    "IllegalAlign": "%1 takes [l] or [r] only",
    "IntegerArg": "%1 needs a whole number",
    "NotANumber": "%1 needs a number",
    "BadUnicode": r"\unicode needs a number, such as \unicode{x263A}",
    "MultipleCommand": "a second %1: keep one",
    "MultipleMoveRoot": "a second %1: keep one",
    "MisplacedMoveRoot": r"%1 works only in the [ ] of \sqrt: remove it",
    "InvalidOption": "empheq has no option %1: write left=… or right=…",
    "InvalidMathMLAttr": "%1 is no attribute: write name=value",
    "NotMathMLToken": "%1 is no token: write mi, mn, mo or mtext",
    "UnknownAttrForElement": "%2 has no attribute %1: remove it",
    "InvalidBBoxProperty": "%1 is no color, padding (2px) or style (border: 1px solid)",
    "MultipleBBoxProperty": "%2 has two values of one kind: keep one",
    "InvalidDecimalNumber": "a color has numbers from 0 to 1, such as [rgb]{1,0.5,0}",
    "InvalidNumber": "a color of the model RGB has numbers from 0 to 255, such as {255,128,0}",
    "ModelArg1": "a color of the model %1 has three numbers, such as {0,0,0}",
    "ModelArg2": "a color of the model %1 has numbers from %2 to %3",
    "UndefinedColorModel": "color model %1 is unknown: write rgb, RGB or gray",
    "BadProofTree": r"a rule has fewer premises before it than it takes: add \AxiomC{$…$}",
    "IllegalProofCommand": r"a command of proofs stands outside \begin{prooftree}: add it",
    "IllegalUseOfCommand": r"%1 takes $… \fCenter …$: write so, or %1C{$…$}",
    "MhchemBugT": r"\bond takes -, =, #, ~, ... or ->, as in \bond{...}",
    # what a deck must not have, and what takes too much
    "Definition": f"%1 would hold for other cards as well, and not for all: use {MACROS}",
    "DefinitionOfOther": "%1 would hold for other cards as well, and not for all: ",
    "UnsafeLink": "%1 links to %2: a card may link to https://… only",
    "UnsafeStyle": "a style with %1 may load something from elsewhere: remove it",
    "MaxBufferSize": "too much for MathJax's buffer: divide it into several",
    "MaxMacroSub1": "commands expand without end: write the formula without them",
    "TooDeep": "nested too deep for MathJax: simplify it",
    "TooLarge": "takes more memory than a formula may: simplify it",
    "TooSlow": "takes MathJax longer than a formula may: simplify it",
}
"""`%1` to `%3` are the names that go with the error."""
OTHER_DEFINITIONS: Mapping[str, str] = {
    r"\definecolor": r"write the color where it is used, as in \color[rgb]{1,0.5,0}",
    r"\newenvironment": "write the environment out",
    r"\renewenvironment": "write the environment out",
    r"\newtagform": "remove it",
    r"\renewtagform": "remove it",
    r"\usetagform": "remove it",
    r"\mathtoolsset": "remove it",
    r"\unicode[…]": r"write \unicode{x263A}, and no font",
    r"\require": "write the formula without the package",
}
"""What to do about a command that defines something else than a command."""
FAILURES: Mapping[str, str] = {
    r"\prescript": r"\prescript fails in Anki's MathJax: write {}^{14}_{6}\mathrm{C}",
    r"\vdotswithin": r"\vdotswithin works only in aligned and the like: put the formula into it",
    r"\Axiom$": r"\Axiom fails in Anki's MathJax: write \AxiomC{$…$}",
    r"\begin{numcases}": r"numcases needs what stands before its brace: \begin{numcases}{f=}",
    r"\begin{subnumcases}": r"subnumcases needs what stands before its brace: {f=}",
}
"""What to do where MathJax 3.2.2 itself fails (a TypeError in it), by what the formula has."""
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
    closer = next((each.text for each, _ in _walk(tex) if each.start == start), "")
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
    for found in TOKEN.finditer(tex):
        token = Token(found.start(), found.group(0))
        yield token, opened
        if token.text == "{" or opens_group(token.text):
            opened.append(token)
        elif (token.text == "}" or closes_group(token.text)) and opened:
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
    return next((each[-1].start for each in opened if each), close)


def _command_before(tex: str, name: str, end: int) -> int:
    """Return where a command stands before a place: the last one that is no deeper in braces."""
    depth, inner = 0, end
    tokens = [found for found in TOKEN.finditer(tex) if found.start() <= end]
    for found in reversed(tokens):
        depth += (found.group(0) == "}") - (found.group(0) == "{")
        if re.match(rf"{re.escape(name)}(?![A-Za-z])", found.group(0)):
            if depth <= 0:
                return found.start()
            inner = found.start()
    return inner


def _last_unclosed(tex: str, opener: str, closer: str) -> int:
    """Return where the last one of an opener stands that nothing closes."""
    opened = [0]
    for found in TOKEN.finditer(tex):
        if found.group(0) == opener:
            opened.append(found.start())
        elif found.group(0) == closer and len(opened) > 1:
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


@cache
def _replacements() -> Mapping[str, Mapping[str, str]]:
    """Return the tables of `replacements.toml`, which few builds need."""
    return tomllib.loads(files(__package__).joinpath("replacements.toml").read_text("utf-8"))


@cache
def advice_on_commands() -> Mapping[str, str]:
    """Return what to do instead, by the name of a command that MathJax does not know."""
    return {
        **_written("commands"),
        **_written("often_defined", "{}, or define it under [formulas.macros] in deck.toml"),
        **_written("physics", "the physics package is not in Anki: {}"),
        **_by_name("command_advice"),
    }


@cache
def advice_on_environments() -> Mapping[str, str]:
    """Return what to do instead, by the name of an environment that MathJax does not know."""
    return _by_name("environment_advice")


def _written(table: str, advice: str = "{}") -> dict[str, str]:
    """Return `write …` for each name of a table, within other words."""
    return {name: advice.format(f"write {text}") for name, text in _replacements()[table].items()}


def _by_name(table: str) -> dict[str, str]:
    """Return advice by each of the names that it is for."""
    return {name: text for text, names in _replacements()[table].items() for name in names.split()}


def _unknown_command(tex_error: TexError, macros: Iterable[str]) -> str:
    name = tex_error.names[0].removeprefix("\\")
    said = _fill(SENTENCES[tex_error.error], tex_error.names)
    if advice := advice_on_commands().get(name):
        return f"{said}: {advice}"
    known = [*macros, *filter(None, [tex_error.nearest])]
    if near := difflib.get_close_matches(name, known, 1):
        return f"{said}. Did you mean \\{near[0]}?"
    return f"{said}: write it out, or define it under {MACROS}"


def _unknown_environment(tex_error: TexError) -> str:
    said = _fill(SENTENCES[tex_error.error], tex_error.names)
    if advice := advice_on_environments().get(tex_error.names[0]):
        return f"{said}: {advice}"
    if tex_error.nearest:
        return f'{said}. Did you mean "{tex_error.nearest}"?'
    return f"{said}: write aligned, cases or a matrix"


def _describe(tex_error: TexError, tex: str, start: int) -> str:
    error, names = tex_error.error, tex_error.names
    if error == "Definition" and names[0] in OTHER_DEFINITIONS:
        return _fill(SENTENCES["DefinitionOfOther"], names) + OTHER_DEFINITIONS[names[0]]
    if error == "MissingArgFor" and (taker := _command_just_before(tex, start)):
        return f"{names[0]} needs braces around it: write {taker}{{{names[0]}…}}"
    if error == "Misplaced" and names[0] == "&":
        error = "MisplacedTab"
    if error == "TokenNotFoundForCommand" and not names[1]:  # in a CD
        error = "ArrowCutShort"
    if error in _INTERNAL:
        known = (FAILURES[part] for part in FAILURES if part in tex)
        return next(known, f"MathJax itself fails ({tex_error.message}): write it otherwise")
    if error in SENTENCES:
        return _fill(SENTENCES[error], names)
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
