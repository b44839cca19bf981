r"""TeX → how it is read aloud, where that is short and can be taken for nothing else.

`x^2` is "x squared" and `\frac{a}{b}` "a over b", but `\frac{a+b}{c}` would be heard as a sum. What
stands behind a power, a fraction or a root, as in `x^ny`, would be heard as a part of it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from deckpress.languages.i18n import speech_words

_WORD = re.compile(r"\\(?:text|textrm|textbf|textit|operatorname)\s*\{([\w -]*)\}")
_TOKEN = re.compile(rf"{_WORD.pattern}|\\[A-Za-z]+|\\.|\d+(?:[.,]\d+)*|\s+|.", re.S)
_OPERATORS = {
    **dict.fromkeys(("+",), "plus"),
    **dict.fromkeys(("-", "\N{MINUS SIGN}"), "minus"),
    **dict.fromkeys((r"\pm", "±"), "plus_minus"),
    **dict.fromkeys((r"\cdot", r"\times", "·", "×"), "times"),
    "=": "equals",
    ",": "comma",
    **dict.fromkeys((r"\ne", r"\neq", "≠"), "unequal"),
    **dict.fromkeys((r"\approx", "≈"), "about"),
    **dict.fromkeys(("<", r"\lt"), "less"),
    **dict.fromkeys((">", r"\gt"), "greater"),
    **dict.fromkeys((r"\le", r"\leq", r"\leqslant", "≤"), "at_most"),
    **dict.fromkeys((r"\ge", r"\geq", r"\geqslant", "≥"), "at_least"),
}
"""The key, in the locales, of what is said of each sign."""
_SCRIPTS = re.compile(r"_?'?\^?")
"""What a thing may have, in the order in which it is read."""
_SPACES = frozenset({r"\,", r"\;", r"\:", r"\!", r"\ ", r"\quad", r"\qquad", "~", r"\displaystyle"})
_FONTS = frozenset(
    rf"\{name}" for name in "mathrm mathit mathbf mathsf boldsymbol mathbb mathnormal".split()
)
_GREEK = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma
tau upsilon phi chi psi omega""".split()
_VARIANTS = {"varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho"}


class _Said(NamedTuple):
    """A part of a formula in words."""

    words: str
    is_open: bool = False
    """Whether what came next would be heard as a part of it."""
    is_one: bool = True
    """Whether it is a single thing, and no sum or product."""


class _UnsayableError(Exception):
    """A formula has what is not read aloud."""


def say(tex: str, language: str) -> str | None:
    """Return how a formula is read aloud in the language of a BCP 47 tag; None if it is not.

    A character for private use stands for something that is said elsewhere.
    """
    try:
        return _Sayer(tex.strip().rstrip(".,;"), language).say()
    except _UnsayableError:
        return None


class _Sayer:
    """Reads a formula from its first token to its last."""

    def __init__(self, tex: str, language: str) -> None:
        tokens = (match[0] for match in _TOKEN.finditer(tex))
        self._tokens = [token for token in tokens if not _is_space(token)]
        self._words = speech_words(language)
        self._is_english = language.split("-")[0].lower() == "en"

    def say(self) -> str:
        said = self._read_until("")
        if not said.words:
            raise _UnsayableError
        return said.words

    def _next(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _take(self) -> str:
        if not self._tokens:
            raise _UnsayableError
        return self._tokens.pop(0)

    def _read_until(self, end: str) -> _Said:
        """Return all that stands before a token, and take that as well."""
        parts: list[_Said] = []
        is_operator = True
        while (token := self._next()) != end:
            if key := _OPERATORS.get(token):
                key = "negative" if key == "minus" and is_operator else key
                self._take()
                parts.append(_Said(self._say(key)))
                is_operator = True
                continue
            if parts and parts[-1].is_open and not is_operator:
                raise _UnsayableError
            parts.append(self._read_term())
            is_operator = False
        if end:
            self._take()
        is_one = len(parts) == 1
        return _Said(
            " ".join(part.words for part in parts).replace(" ,", ","),
            is_open=bool(parts) and parts[-1].is_open,
            is_one=is_one and parts[0].is_one,
        )

    def _read_term(self) -> _Said:
        """Return a thing with what hangs on it: indices, powers, arguments, a denominator."""
        token = self._next()
        said, marks = self._read_atom(), ""
        while (mark := self._next()) in ("^", "_", "'"):
            marks += self._take()
            said = self._with_script(said, mark)
        if not _SCRIPTS.fullmatch(marks):
            raise _UnsayableError
        if self._next() == "(" and token.isalpha() and len(token) == 1:
            self._take()
            inner = self._read_until(")")
            if not (inner.is_one or "," in inner.words):
                raise _UnsayableError
            said = _Said(self._say("of", said.words, inner.words), is_open=True)
        if self._next() == "/":
            self._take()
            said = self._divide(said, self._one(self._read_atom()))
        return said

    def _with_script(self, said: _Said, mark: str) -> _Said:
        if said.is_open:
            raise _UnsayableError
        if mark == "'":
            return _Said(self._say("prime", said.words))
        script = self._read_argument()
        if mark == "_":
            return _Said(self._say("sub", said.words, script.words), is_open=not script.is_one)
        if script.words in ("2", "3"):
            return _Said(self._say("squared" if script.words == "2" else "cubed", said.words))
        return _Said(self._say("power", said.words, self._exponent(script)), is_open=True)

    def _exponent(self, script: _Said) -> str:
        """Return what something is raised to; a number may have a sign."""
        sign = self._words.get("negative", "")
        bare = script.words.removeprefix(f"{sign} ") if sign else script.words
        if not script.is_one and " " in bare:
            raise _UnsayableError
        return script.words

    def _read_atom(self) -> _Said:
        token = self._take()
        if token == "{":
            return self._read_until("}")
        if token == r"\frac":
            return self._divide(self._read_argument(), self._one(self._read_argument()))
        if token == r"\sqrt":
            return _Said(self._say("root", self._one(self._read_argument()).words), is_open=True)
        if token in _FONTS:
            return self._one(self._read_argument())
        if word := _WORD.fullmatch(token):
            return _Said(word[1].strip())
        if token == r"\infty":
            return _Said(self._say("infinity"))
        if token == r"\%":
            return _Said("%")
        return _Said(self._name_of(token))

    def _name_of(self, token: str) -> str:
        """Return how a letter or a number is called."""
        if token.startswith("\\"):
            return self._greek(token[1:])
        is_gap = unicodedata.category(token[0]) == "Co"
        if not (token[0].isalnum() or is_gap):
            raise _UnsayableError
        return token

    def _greek(self, name: str) -> str:
        name = _VARIANTS.get(name, name)
        if name.lower() not in _GREEK:
            raise _UnsayableError
        if self._is_english:
            return name
        size = "SMALL" if name.islower() else "CAPITAL"
        letter = name.upper().replace("LAMBDA", "LAMDA")
        return unicodedata.lookup(f"GREEK {size} LETTER {letter}")

    def _read_argument(self) -> _Said:
        """Return what a command, or a mark, takes."""
        number = self._next()
        if number.isdecimal():  # of which TeX takes the first digit
            self._tokens[:1] = [*number]
        return self._read_atom()

    def _one(self, said: _Said) -> _Said:
        """Return a part of a formula if it is a single thing."""
        if not said.is_one:
            raise _UnsayableError
        return said

    def _divide(self, above: _Said, below: _Said) -> _Said:
        if not above.is_one or above.is_open:
            raise _UnsayableError
        return _Said(self._say("over", above.words, below.words), is_open=True)

    def _say(self, key: str, *values: str) -> str:
        if key == "comma":
            return ","
        if key not in self._words:
            raise _UnsayableError
        return self._words[key].format(*values)


def _is_space(token: str) -> bool:
    return token.isspace() or token in _SPACES
