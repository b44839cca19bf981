"""Projects made at random: of this repository's own texts, changed, and of a small grammar."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from tests.support.formulas import GOOD, WRONG
from tests.support.projects import DECK_TOML, PIXEL, ROOT

OUTSIDE = "../outside"
"""A folder beside the project, of which nothing may be read."""


@dataclass(frozen=True)
class Input:
    """A project, and which part of it is opened."""

    files: Mapping[str, bytes]
    """What each file holds, by its path."""
    standalone: str = ""
    """The Markdown file that is built by itself, or the folder of them; nothing for the project."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Where each link leads, by its path."""

    def show(self) -> str:
        """Return the input as text that a message can hold."""
        files = [f"--- {name}\n{data.decode(errors='replace')!r}" for name, data in self.texts()]
        return "\n".join(
            [f"opened: {self.standalone or 'the project'}, links: {self.links}", *files]
        )

    def texts(self) -> list[tuple[str, bytes]]:
        """Return the files, and not the pixel that lies beside most of them."""
        return [file for file in self.files.items() if file[1] != PIXEL]


def make_input(kind: str, seed: int, number: int) -> Input:
    """Return an input of a kind; the same for the same seed and number."""
    return KINDS[kind](Random(f"{seed} {kind} {number}"), number)


# What inputs are made of

_LONG = 400
"""How often a piece is repeated at the most."""

_TOKENS = r"""
* ** _ ~~ == ` `` ``` ~~~ $ $$ $$$ \ \\ \( \) \[ \] [ ] ![ ]( ) < > & | # > - + : {{c1::
{{c2::a::b}} {{ }} {{{ {{c0:: {{c501::x}} {{c1,2::y}} {{FrontSide}} {{#a}} :: [sound:
[sound:a.mp3] [latex] [/latex] [$] [$$] [anki:play:q:0] <anki-mathjax>a$ [^a] [^a]: [!TIP]
[!NOTE] [ ] [x] <div> </div> <b <img <br> <script>x</script> <!-- --> <!--> --> <details>
</details> <style> <svg/onload=x> <a/href=javascript:x> <![CDATA[ &amp; &#0; &#x1F; &#xD800;
&lt; &nbsp; data: data:image/png;base64,AAAA javascript: :// http://a.b/c ../outside/secret.png
../../outside/secret.png a.png file:///etc/passwd ![](a.png) ![](../../outside/secret.png)
![](a.png%00) ![[a.png]] [a](b) www.a.b a@b.c id=a kind=cloze kind=typed kind=reversed tags=a
tags="a,b" id= = " ' "" ''' , ; \ud800 \u0000 \x00 \U0010FFFF \uDC00\uD800 \\ud83d --- ...
<<<<<<< ======= >>>>>>> \frac \left( \right) \begin{align} \end{align} \text{ ^ _ { } & % \def
\label{a} #1 中文 한 か ß İ ſ 🐱 👨‍👩‍👧 ﬁ ， 。 「 」 “ ” ＄ K Å ⁿ é ́ ̸ ̣
"""
PIECES = (
    *_TOKENS.split(),
    *("\x00", "\x01", "\x07", "\x08", "\x0b", "\x0c", "\x1b[31m", "\x1f", "\x7f", "\x85", "\xa0"),
    *("\r", "\r\n", "\n", "\n\n", "\t", " ", "  ", "   ", "    ", "\n   ", "\n\n   ", "  \n   "),
    *("\u2028", "\u2029", "\u200b", "\u200d", "\u202e", "\u2066", "\u2069", "\u061c", "\ufeff"),
    *("\ufffe", "\uffff", "\ufffd", "\U000e0001", "\U0010ffff", "\u00ad", "\u3000"),
    *(
        "\n1. ",
        "\n2. q\n\n   a",
        "\n# ",
        "\n## ",
        "\n- ",
        "\n> ",
        "\n> [!TIP]\n> ",
        "\n|a|b|\n|-|-|\n",
    ),
    *(
        "\n   ```python\n   ",
        "\n   ```\n",
        "\n$$\n",
        "\n   $$\n   x\n   $$\n",
        "\n[a]: b\n",
        "\n***\n",
    ),
)
"""What is put into texts."""

_WORDS = (
    "what is a the loss x 词元 损失 *em* **b** `c` $x_1$ ==gap== {{c1::a}} [l](m) \\$5 a<b".split()
)


def mutate(text: str, chance: Random, others: Sequence[str] = ()) -> str:
    """Return a text with some parts of it changed, doubled, taken out or from another text."""
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 1, 2, 5, 20, 100)))
        how, piece = chance.randrange(12), chance.choice(PIECES)
        if how < 5:
            new = piece
        elif how == 5:
            new = "".join(chance.choices(PIECES, k=chance.randint(2, 6)))
        elif how == 6:
            new = piece * chance.choice((2, 3, 10, 50, chance.randrange(_LONG)))
        elif how == 7:
            new = text[start:end] * chance.choice((2, 2, 3, 20))
        elif how == 8 and others:
            other = chance.choice(others)
            new = other[chance.randrange(len(other) + 1) :][: chance.choice((5, 30, 200))]
        elif how == 9:
            new = chr(chance.choice((chance.randrange(256), chance.randrange(0xD7FF))))
        elif how == 10:
            new = text[start:end].swapcase()
        else:
            new = ""
        text = text[:start] + new + text[start if how < 6 and start % 2 else end :]
    return text


def _encode(text: str, chance: Random) -> bytes:
    """Return a text as UTF-8, now and then with bytes that are none."""
    data = text.encode("utf-8", "surrogatepass")
    if chance.randrange(200):
        return data
    index = chance.randrange(len(data) + 1)
    return (
        data[:index]
        + chance.choice((b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xfe\xff"))
        + data[index:]
    )


@cache
def seeds() -> tuple[str, ...]:
    """Return notes and other pieces of Markdown of this repository, each of moderate length."""
    cases = [path.read_text("utf-8", "replace") for path in _find("tests/cases", "*.md")]
    pages = [path.read_text("utf-8") for name in ("source", "docs") for path in _find(name, "*.md")]
    notes = [piece for page in pages for piece in re.split(r"\n(?=\d+\. |#)", page)]
    return tuple(text for text in cases + notes if 0 < len(text) < 2_500)


def _find(folder: str, pattern: str) -> list[Path]:
    return sorted((ROOT / folder).rglob(pattern))


@cache
def _formulas() -> tuple[str, ...]:
    """Return formulas of this repository's notes and tests."""
    texts = [*GOOD, *(tex for wrong_formula in WRONG for tex in wrong_formula.formulas)]
    for text in seeds():
        texts += re.findall(r"\$\$?([^$\n][^$]{0,200}?)\$", text)
    return tuple(texts)


@cache
def _blocks() -> tuple[tuple[str, str], ...]:
    """Return the blocks of this repository that describe pictures: language and content."""
    block = re.compile(r"^[ >]*```(diagram|mermaid|dot|plot)([^\n]*)\n(.*?)\n[ >]*```", re.M | re.S)
    paths = [*_find("docs", "*.md"), *_find("source", "*.md"), *_find("tests", "*.md")]
    paths += _find("tests", "test_*.py")
    texts = [path.read_text("utf-8", "replace") for path in paths]
    return tuple(
        (match[1], re.sub(r"(?m)^(   )", "", match[3]))
        for text in texts
        for match in block.finditer(text)
    )


def _note(chance: Random) -> str:
    """Return a note of the grammar."""
    question = _line(chance)
    return f"{chance.randint(1, 3)}. {question}\n\n" + _indent(_block(chance, 3), "   ")


def _line(chance: Random) -> str:
    words = [
        chance.choice(PIECES) if chance.randrange(6) == 0 else chance.choice(_WORDS)
        for _ in range(chance.randint(1, 9))
    ]
    return chance.choice(("", " ")).join(words) if chance.randrange(4) == 0 else " ".join(words)


def _block(chance: Random, depth: int) -> str:
    if not depth or chance.randrange(3) == 0:
        return _line(chance)
    inner = _block(chance, depth - 1)
    frame = chance.choice(_FRAMES)
    made = frame(inner)
    return f"{made}\n\n{_block(chance, depth - 1)}" if chance.randrange(2) else made


_FRAMES: tuple[Callable[[str], str], ...] = (
    lambda inner: _indent(inner, "> "),
    lambda inner: f"> [!TIP]\n{_indent(inner, '> ')}",
    lambda inner: "- " + _indent(inner, "  ")[2:],
    lambda inner: "1. " + _indent(inner, "   ")[3:],
    lambda inner: f"```python\n{inner}\n```",
    lambda inner: f"$$\n{inner}\n$$",
    lambda inner: f"<div>\n\n{inner}\n\n</div>",
    lambda inner: f"<details><summary>a</summary>\n\n{inner}\n\n</details>",
    lambda inner: f"x[^1]\n\n[^1]: {inner}",
    lambda inner: "| a | b |\n|---|---|\n| " + inner.replace("\n", " ") + " | c |",
    lambda inner: f"<!-- {inner} -->",
    lambda inner: f"## {inner}",
    lambda inner: f"==_{inner}_==",
    lambda inner: f"{{{{c1::{inner}::h}}}}",
    lambda inner: f'[{inner}](a.png "t")',
)


def _indent(text: str, indentation: str) -> str:
    return "\n".join(indentation + line for line in text.split("\n"))


# An input of each kind


def _lone(text: str, chance: Random, number: int) -> Input:
    name = f"n{number}.md"
    return Input({name: _encode(text, chance), "a.png": PIXEL}, name)


def _project(number: int, **files: bytes) -> Input:
    """Return a project of its own id, with other files, whose names have `_` where `.` belongs."""
    made = {
        "source/deck.toml": DECK_TOML.replace('"demo"', f'"d{number}"').encode(),
        "source/notes.md": b"1. One $\\R$?\n\n   Yes ![](a.png).\n\n2. ==Two== gaps\n",
        "source/a.png": PIXEL,
    }
    return Input(made | {f"source/{name.replace('_', '.')}": data for name, data in files.items()})


def _markdown(chance: Random, number: int) -> Input:
    how = chance.randrange(4)
    if how == 0:
        text = "\n\n".join(_note(chance) for _ in range(chance.randint(1, 3)))
    else:
        text = "\n\n".join(chance.choice(seeds()) for _ in range(chance.choice((1, 1, 1, 2))))
    return _lone(
        mutate(text, chance, seeds()) if how != 1 else text + _note(chance), chance, number
    )


def _settings(chance: Random, number: int) -> Input:
    base = DECK_TOML.replace('"demo"', f'"d{number}"')
    shipped = (ROOT / "source/deck.toml").read_text("utf-8").partition("[terms]")[2]
    terms = chance.sample(shipped.split("\n")[1:-1], 4)
    lines = [*_TOML_LINES, *terms]
    tables = [*chance.sample(_DECK_LINES, 1), *chance.sample(_TOML_TABLES, 1), "[terms]", *terms]
    text = base + "\n".join([*tables, *chance.choices(lines, k=chance.choice((0, 0, 0, 1)))]) + "\n"
    text = mutate(text, chance, lines) if chance.randrange(2) else text
    return _project(number, deck_toml=_encode(text, chance))


_DECK_LINES = (
    *('author = "A"', 'homepage = "https://github.com/a/b"', 'tags = ["a", "b::c"]', "tags = 1"),
    *('subdecks = "files"', 'licence = "MIT"', "tags = [1]", 'homepage = "x"', 'subdecks = "no"'),
)
_TOML_TABLES = (
    *("[formulas.macros]\nR = '\\mathbb{R}'\nE = '\\R^{#1}'", "[html]\nscripts = true"),
    *("[html]\nscripts = 1", "[formulas]\nmacros = 1", "[formulas.macros]\nR = '{'", "[x]\ny = 1"),
)
_TOML_LINES = (
    *('x = """a\nb"""', "date = 1979-05-27T07:32:00Z", "n = 0x" + "f" * 99, "f = inf", "a.b.c = 1"),
    *(
        'id = "\\ud800"',
        'language = "zh-CN"',
        'version = "1.0"',
        "l = [[[[]]]]",
        "t = {a = {b = 1}}",
    ),
    *("[[deck]]", 'name = "A::B::\\u0000"', "[deck]", 'author = "\\u202e"', "'\u0301' = ['b']"),
)


def _front_matter(chance: Random, number: int) -> Input:
    lines = chance.choices(_YAML_LINES, k=chance.randint(0, 5))
    front = "---\n" + "\n".join(lines) + chance.choice(("\n---\n", "\n---\n", "\n...\n", "\n"))
    front = mutate(front, chance, _YAML_LINES) if chance.randrange(3) else front
    return _lone(f"{front}\n{_note(chance)}\n\n## head\n\nanswer\n", chance, number)


_YAML_LINES = (
    *(
        "deck: a",
        "deck: A::B",
        "tags: a b",
        "tags: [a, b]",
        "tags:\n  - a\n  - b::c",
        "notes: list",
    ),
    *(
        "notes: headings",
        "notes: bold",
        "dialect: obsidian",
        "dialect: obsidian\nnotes: cards",
        "dialect: obsidian\nnotes: tagged",
        "deck: !!python/object:os.system x",
        "deck: &a [*a]",
        "a: b",
    ),
    *(
        "deck: |\n  a\n  b",
        "deck: >-\n  a",
        "tags: {a: b}",
        "? a\n: b",
        "deck: '\\0'",
        'deck: "\\0"',
    ),
    *(
        'deck: "\\ud800"',
        "tags: #a",
        "%YAML 9.9",
        "deck: 2001-01-01",
        "<<: *a",
        "- a",
        "tags: [" * 9,
    ),
    *(
        "deck: 1:30",
        "deck: no",
        "tags: a, b",
        "deck: ~",
        'tags: "a\\tb"',
        "deck:\ttab",
        "tags: 中文",
    ),
)


def _attributes(chance: Random, number: int) -> Input:
    words = chance.choices(_ATTRIBUTES, k=chance.randint(0, 4))
    comment = f"<!-- {' '.join(words)} -->"
    comment = mutate(comment, chance, _ATTRIBUTES) if chance.randrange(3) else comment
    place = chance.choice(("1. {q} {c}\n\n   {a}", "1. {q}\n   {c}\n\n   {a}", "## {q} {c}\n\n{a}"))
    text = place.format(q=_line(chance), c=comment, a=_line(chance))
    return _lone(f"{text}\n\n2. other {comment}\n\n   a\n", chance, number)


_ATTRIBUTES = (
    *(
        "id=a",
        "id=A",
        "id='a b'",
        'id="中文"',
        "kind=basic",
        "kind=cloze",
        "kind=typed",
        "kind=both",
    ),
    *(
        "kind=reversed",
        "tags=a",
        'tags="a b"',
        "tags=a,b",
        'tags="a::b c::::d"',
        "deck=x",
        "id=a id=a",
    ),
    *("skip", "=", "id", 'id="', "tags='", "id=--", "id=\\u0000", "kind=Cloze", "tags=a;b", "id=é"),
)


def _lock(chance: Random, number: int) -> Input:
    lines = _lock_lines()
    kept = [line for line in lines if chance.randrange(12)]
    text = "\n".join(kept + chance.choices(lines, k=chance.choice((0, 0, 1)))) + "\n"
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        places = list(re.finditer(r'(?<=: )(?:-?\d+|"[^"]*"|\{[^{}]*\}|true|false)', text))
        if places:
            match = chance.choice(places)
            text = text[: match.start()] + chance.choice(_JSON) + text[match.end() :]
    text = mutate(text, chance, lines) if chance.randrange(3) == 0 else text
    settings = DECK_TOML.encode()
    return _project(number, deck_lock=_encode(text, chance), deck_toml=settings)


_JSON = (
    *(
        "0",
        "-1",
        "1e999",
        "NaN",
        "9" * 30,
        "9" * 5000,
        '""',
        '"\\ud800"',
        '"\\u0000"',
        "null",
        "[]",
    ),
    *(
        "{}",
        "[" * 2000,
        '"1.0.0"',
        '"x"',
        "true",
        '{"1": "a"}',
        '{"c1": 5}',
        "1700000000",
        "99999999999",
    ),
)


@cache
def _lock_lines() -> tuple[str, ...]:
    """Return the lines of a lock, that of the project which is built with it."""
    from deckpress.formulas import skip_formula_check
    from deckpress.lock.lock_file import format_lock
    from deckpress.pipeline.prepare import prepare
    from deckpress.project.opening import open_project

    with tempfile.TemporaryDirectory() as folder:
        for name, data in _project(0).files.items():
            Path(folder, name).parent.mkdir(exist_ok=True)
            Path(folder, name).write_bytes(data.replace(b'"d0"', b'"demo"'))
        prepared = prepare(*open_project(Path(folder)), 1_700_000_000, typeset=skip_formula_check)
    return tuple(format_lock(prepared.after).splitlines())


def _pictures(chance: Random, number: int) -> Input:
    language, code = chance.choice(_blocks())
    code_blocks = [code for _, code in _blocks()]
    code = mutate(code, chance, code_blocks) if chance.randrange(8) else code
    info = chance.choice(
        ('p{n} "alt"', 'p{n} "alt"', "", "p{n}", '"alt"', 'p{n} "a" x', "../p 'a'")
    )
    info = mutate(info, chance) if chance.randrange(6) == 0 else info
    text = f"```{language} {info.replace('{n}', str(number))}\n{code}\n```"
    return _lone(f"1. q\n\n{_indent(text, '   ')}\n", chance, number)


def _formula(chance: Random, number: int) -> Input:
    made = []
    for index in range(chance.choice((1, 1, 2, 4))):
        tex = chance.choice(_formulas())
        tex = mutate(tex, chance, _formulas()) if chance.randrange(5) else tex
        frame = chance.choice(
            ("${}$", "$`{}`$", "\\({}\\)", "$$\n{}\n$$", "```math\n{}\n```", "=={}==")
        )
        frame = chance.choice((frame, frame, "$\\frac{{{{c1::{}}}}}{{2}}$", "<p>${}$</p>"))
        body = frame.replace("{{", "{").replace("}}", "}") if "frac" in frame else frame
        made.append(f"{index + 1}. q{index}\n\n{_indent(body.replace('{}', tex, 1), '   ')}\n")
    return _lone("\n".join(made), chance, number)


def _html(chance: Random, number: int) -> Input:
    parts = chance.choices(_HTML, k=chance.randint(1, 6))
    text = chance.choice(("", "\n", " ")).join(parts)
    text = mutate(text, chance, _HTML) if chance.randrange(4) else text
    frame = chance.choice(
        ("1. q {}\n\n   a\n", "1. q\n\n   {}\n", "## {}\n\n{}\n", "1. =={}== x\n")
    )
    return _lone(frame.replace("{}", text.replace("\n", "\n   ")), chance, number)


_HTML = (
    *(
        "<b>a</b>",
        "<i>",
        "</i>",
        "<div class='a'>",
        "</div>",
        "<p>",
        "a $x$ b",
        "\\(x\\)",
        "{{c1::a}}",
    ),
    *(
        '<img src="a.png">',
        "<img src=a.png onerror=x>",
        '<img srcset="a.png 2x">',
        "<audio src=a.png>",
    ),
    *("<script>alert(1)</script>", "<script>", "<style>b{}</style>", "<style>@import 'x'", "<svg>"),
    *(
        "<math><mi>x</mi></math>",
        "<![CDATA[x]]>",
        "<!DOCTYPE a>",
        "<?php x ?>",
        "<!-- c -->",
        "<!--",
    ),
    *(
        "<textarea>",
        "<title>",
        "<plaintext>",
        "<noscript>",
        "<template>",
        "<table><tr><td>a",
        "<br/>",
    ),
    *('<a href="javascript:x">a</a>', "<a href=b>", "<iframe srcdoc='<b>'>", "<object data=a.png>"),
    *(
        "<b a='",
        '<b a="',
        "<b a=b",
        "<b/a/b>",
        "<b\n>",
        "< b>",
        "</ b>",
        "<b\0>",
        "&lt;b&gt;",
        "&#60;b",
    ),
    *(
        "<pre>\n$x$\n</pre>",
        "<code>`</code>",
        "<details><summary>s</summary>\n\nx\n\n</details>",
        "<x-y>",
    ),
    *(
        "<input value='{{a}}'>",
        "<span title='[sound:a]'>",
        "<base href=x>",
        "<meta http-equiv=refresh>",
    ),
)


def _media(chance: Random, number: int) -> Input:
    name = "m" + chance.choice(_SUFFIXES)
    data = bytearray(chance.choice(_FIRST_BYTES) + bytes(chance.choices(range(256), k=40)))
    for _ in range(chance.choice((0, 1, 2, 4))):
        index = chance.randrange(len(data) + 1)
        data[index : index + chance.choice((0, 1, 4))] = chance.choice(
            (b"", b"\0", b"\xff\xff\xff\xff", b"<svg")
        )
    data = data[: chance.choice((len(data), len(data), chance.randrange(50)))]
    text = chance.choice(
        ("![]({})", "![a]({} 't')", '<img src="{}">', "![[{}]]", "<audio src='{}'>")
    )
    note = "1. q\n\n   " + text.replace("{}", name) + "\n"
    if chance.randrange(10) == 0:
        url = mutate("data:image/png;base64,iVBORw0KGgo=", chance)
        note += f"\n2. r\n\n   ![]({url})\n"
    return Input(
        {f"n{number}.md": note.encode("utf-8", "surrogatepass"), name: bytes(data)}, f"n{number}.md"
    )


_SUFFIXES = (
    *(
        ".png",
        ".jpg",
        ".gif",
        ".svg",
        ".webp",
        ".mp3",
        ".ogg",
        ".wav",
        ".mp4",
        ".webm",
        ".avif",
        ".ico",
    ),
    *(".PNG", ".tif", ".bmp", ".flac", ".opus", ".m4a", "", ".png.", ".html", ".apkg"),
)
_FIRST_BYTES = (
    *(
        PIXEL,
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        b"GIF89a\1\0\1\0",
        b"GIF87a",
    ),
    *(
        b"<svg xmlns='http://www.w3.org/2000/svg'><path/></svg>",
        b"<?xml version='1.0'?><!DOCTYPE svg [",
    ),
    *(
        b"RIFF\x24\0\0\0WEBPVP8 ",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"ID3\4\0\0\0\0\0\0",
        b"\xff\xfb\x90\0",
    ),
    *(
        b"OggS\0\2",
        b"\0\0\0\x20ftypisom",
        b"\0\0\0\x20ftypavif",
        b"\x1aE\xdf\xa3",
        b"fLaC\0\0\0\x22",
    ),
    *(
        b"\0\0\1\0\1\0",
        b"II*\0",
        b"MM\0*",
        b"BM",
        b"\xef\xbb\xbf<svg",
        b"\xff\xfe<\0s\0v\0g\0",
        b"PK\3\4",
    ),
    *(
        b"<!DOCTYPE html>",
        b"version https://git-lfs.github.com/spec/v1\n",
        b"\x1f\x8b",
        b"%PDF-1.7",
    ),
)


def _whole(chance: Random, number: int) -> Input:
    """Make a project with several things wrong, or odd, at once."""
    made = dict(_project(number).files)
    for _ in range(chance.randint(1, 4)):
        part = chance.choice(
            (_markdown, _settings, _front_matter, _attributes, _lock, _html, _media)
        )
        for name, data in part(chance, number).files.items():
            place = name if name.startswith("source/") else f"source/{name}"
            made[place.replace(f"n{number}", chance.choice(_NAMES))] = data
    links = {}
    if chance.randrange(3) == 0:
        links[chance.choice(_PLACES)] = chance.choice((*_TARGETS, "a.png", "notes.md", "."))
    if chance.randrange(6) == 0:
        made[chance.choice(_PLACES)] = chance.choice((b"", b"x", PIXEL, b"[", b"\xff"))
    kept = {name: data for name, data in made.items() if name not in links}
    return Input(
        kept, chance.choice(("", "", "", "source", "source/notes.md", "nothing.md")), links
    )


_TARGETS = (
    "/dev/zero",
    "/",
    "nowhere",
    OUTSIDE,
    f"{OUTSIDE}/secret.png",
    f"../{OUTSIDE}/secret.png",
)
_NAMES = (
    "a",
    "b",
    "01-ä",
    "-x",
    "中",
    "a b",
    "[x]",
    "a::b",
    "CON",
    ".h",
    "readme",
    "x" * 90,
    "#",
    "a'",
)
_PLACES = (
    *("source/deck.lock", "source/deck.toml", "source/notes.md", "source/a.png", "source/z.md"),
    *(
        "dist/d-1.0.0.apkg",
        "media/diagrams",
        "source/sub/b.md",
        "source/notes.lock",
        ".git",
        "media",
    ),
)

KINDS: Mapping[str, Callable[[Random, int], Input]] = {
    "markdown": _markdown,
    "settings": _settings,
    "front matter": _front_matter,
    "attributes": _attributes,
    "lock": _lock,
    "pictures": _pictures,
    "formulas": _formula,
    "html": _html,
    "media": _media,
    "projects": _whole,
}
"""What makes an input of each kind."""
