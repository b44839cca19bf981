"""Wrong input is told of with its place and its remedy, by exit code 1, and nothing is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support.commands import run, without_account, without_counts
from tests.support.projects import DECK_TOML, PIXEL, config, snapshot, write

Files = Mapping[str, str | bytes]

NOTE = "1. One?\n\n   Yes.\n"


RESTORE = (
    "restore the file with git, or from a package built with it by --rebuild-lock FROM.apkg, "
    "since learners' progress hangs on it"
)
"""What every message about a damaged lock says to do."""

CASES: dict[str, tuple[Files, str]] = {
    "not UTF-8": (
        {"source/notes.md": "1. 一？\n\n   是".encode("gbk")},
        "source/notes.md:1: not UTF-8 (byte 6): save the file as UTF-8",
    ),
    "unclosed fence": (
        {"source/notes.md": "## One?\n\n```python\nx = 1\n\n## Two?\n\nYes.\n"},
        "source/notes.md:3: code fence is never closed: add a line ``` below the code",
    ),
    "unclosed fence of tildes": (
        {"source/notes.md": "## One?\n\nYes.\n\n~~~~\nx\n~~~\n\n1. Two?\n"},
        "source/notes.md:5: code fence is never closed: add a line ~~~~ below the code",
    ),
    "unclosed $$": (
        {"source/notes.md": "1. One?\n\n   So:\n   $$\n   x = 1\n\n   Yes.\n"},
        "source/notes.md:4:4: formula is never closed: "
        "add $$ (no blank line in between), or write \\$\\$",
    ),
    "unclosed $$ in a line": (
        {"source/notes.md": "1. One?\n\n   So 二 $$x = 1\n"},
        "source/notes.md:3:9: formula is never closed: "
        "add $$ (no blank line in between), or write \\$\\$",
    ),
    "unclosed brace in a formula": (
        {"source/notes.md": "1. One?\n\n   So $\\frac{a}{b$ and\n   $}$.\n"},
        "source/notes.md:3:16: formula: { is never closed: add }\n"
        "    \\frac{a}{b\n"
        "            ^\n"
        "source/notes.md:4:5: formula: } closes nothing: remove it, or add the { before it\n"
        "    }\n"
        "    ^",
    ),
    "unclosed cloze": (
        {"source/notes.md": "1. A {{c1::gap\n\n   and}} more.\n"},
        "source/notes.md:1:6: cloze {{c1::… is never closed: add }} in the same paragraph",
    ),
    "cloze number 0": (
        {"source/notes.md": "1. A {{c0::gap}} and {{c501::more}}\n"},
        "source/notes.md:1:6: cloze number 0: Anki makes cards for 1 to 500\n"
        "source/notes.md:1:22: cloze number 501: Anki makes cards for 1 to 500",
    ),
    "unclosed comment": (
        {"source/notes.md": "1. One?\n\n   Yes.\n\n   <!-- id=one\n"},
        "source/notes.md:5: HTML comment is never closed: add -->",
    ),
    "unknown attribute": (
        {"source/notes.md": "1. One? <!-- idd=one -->\n\n   Yes.\n"},
        'source/notes.md:1:9: unknown attribute "idd", did you mean "id"?',
    ),
    "unknown attribute like none": (
        {"source/notes.md": "1. One? <!-- colour=red -->\n\n   Yes.\n"},
        'source/notes.md:1:9: unknown attribute "colour" (known: id, tags, kind)',
    ),
    "unknown kind": (
        {"source/notes.md": "1. One?\n   <!-- kind=reverse -->\n\n   Yes.\n"},
        'source/notes.md:2: unknown kind "reverse", did you mean "reversed"?',
    ),
    "value with a blank": (
        {"source/notes.md": "1. One? <!-- id=the first -->\n\n   Yes.\n"},
        'source/notes.md:1:9: cannot read "first" among attributes: '
        'write name=value or name="two words"',
    ),
    "id with a blank": (
        {"source/notes.md": '1. One? <!-- id="the first" -->\n\n   Yes.\n'},
        'source/notes.md:1:9: id "the first" must be letters, digits, "-", "_", "." or ":", '
        "without blanks",
    ),
    "attribute given twice": (
        {"source/notes.md": "1. One? <!-- id=a --> <!-- id=b -->\n\n   Yes.\n"},
        'source/notes.md:1:23: attribute "id" is given twice: keep one',
    ),
    "attributes outside a note": (
        {"source/notes.md": "<!-- id=one -->\n\n1. One?\n\n   Yes.\n"},
        "source/notes.md:1: attributes outside a note: move the comment into the item it speaks of",
    ),
    "a kind against a cloze": (
        {"source/notes.md": "1. A {{c1::gap}} <!-- kind=typed -->\n\n   Yes.\n"},
        "source/notes.md:1:6: kind=typed but there is a cloze: remove one of the two",
    ),
    "kind=cloze without a cloze": (
        {"source/notes.md": "1. One? <!-- kind=cloze -->\n\n   Yes.\n"},
        "source/notes.md:1: kind=cloze but there is no cloze: write ==answer== or {{c1::answer}}",
    ),
    "typed answer of two lines": (
        {"source/notes.md": "1. One? <!-- kind=typed -->\n\n   Yes,\n   **no**.\n"},
        "source/notes.md:3: a typed answer must be one plain line, as the learner will type it",
    ),
    "bad front matter": (
        {"source/notes.md": "---\ntags: [a, b\n---\n" + NOTE},
        "source/notes.md:3:1: front matter: expected ',' or ']', but got '<stream end>'; "
        "is the value in quotes?",
    ),
    "nearly a form in front matter": (
        {"source/notes.md": "---\ntags: a\nnotes: bald\n---\n" + NOTE},
        'source/notes.md:3:8: front matter: unknown form "bald", did you mean "bold"?',
    ),
    "key twice in front matter": (
        {"source/notes.md": "---\ntags: a\ntags: b\n---\n" + NOTE},
        'source/notes.md:3:1: front matter: "tags" is given twice: keep one',
    ),
    "unknown form in front matter": (
        {"source/notes.md": "---\nnotes: lists\n---\n" + NOTE},
        'source/notes.md:2:8: front matter: unknown form "lists", did you mean "list"?',
    ),
    "front matter that is a list": (
        {"source/notes.md": "---\n- a\n- b\n---\n" + NOTE},
        "source/notes.md:2: front matter must be lines of the form name: value "
        "(or put a blank line below ---)",
    ),
    "bad TOML": (
        {"source/deck.toml": '[deck]\nid = "demo\n'},
        "source/deck.toml:2:11: not TOML: illegal character '\\n'",
    ),
    "a TOML key in Chinese without quotes": (
        {"source/deck.toml": "[terms]\n步长 = []\n"},
        'source/deck.toml:2:1: not TOML: invalid statement: put it in straight quotes, "…"',
    ),
    "a TOML key in Chinese quotes": (
        {"source/deck.toml": "[terms]\n“步长” = []\n"},
        'source/deck.toml:2:1: not TOML: invalid statement “: write straight quotes, "…"',
    ),
    "a full-width comma in TOML": (
        {"source/deck.toml": '[terms]\n"步长" = ["a"，"b"]\n'},
        "source/deck.toml:2:12: not TOML: unclosed array ，: write ,",
    ),
    "no [deck] table": (
        {"source/deck.toml": ""},
        "source/deck.toml: there is no [deck] table: "
        "add one with id, name, version, language, description",
    ),
    "unknown keys and missing ones, with a problem in the notes": (
        {
            "source/deck.toml": '[deck]\nid = "demo"\nnaem = "D"\nversion = 1\n[formula]\n',
            "source/notes.md": "1. One? <!-- kind=x -->\n\n   Yes.\n",
        },
        'source/deck.toml:1: [deck] lacks "name": add name = "…"\n'
        'source/deck.toml:1: [deck] lacks "language": add language = "…"\n'
        'source/deck.toml:1: [deck] lacks "description": add description = "…"\n'
        'source/deck.toml:3: unknown key "naem", did you mean "name"?\n'
        'source/deck.toml:4: "version" must be a text in quotes, "…"\n'
        'source/deck.toml:5: unknown table "formula", did you mean "formulas"?\n'
        'source/notes.md:1:9: unknown kind "x" (known: basic, reversed, typed, cloze)',
    ),
    "bad version": (
        {"source/deck.toml": config(version='"1.0"')},
        'source/deck.toml:4: version "1.0" must be three numbers, as in 1.0.0',
    ),
    "a version that could be written otherwise": (
        {"source/deck.toml": config(version='"1.02.0"')},
        'source/deck.toml:4: version "1.02.0" must be three numbers, as in 1.0.0',
    ),
    "a version in full-width digits": (
        {"source/deck.toml": config(version='"\N{FULLWIDTH DIGIT ONE}.0.0"')},
        'source/deck.toml:4: version "\N{FULLWIDTH DIGIT ONE}.0.0" must be three numbers, '
        "as in 1.0.0",
    ),
    "bad deck id": (
        {"source/deck.toml": config(id='"my deck"')},
        'source/deck.toml:2: id "my deck" must be letters, digits, "-", "_" or ".", '
        "as in nlp-interview",
    ),
    "a conflict in deck.toml": (
        {
            "source/deck.toml": config().replace(
                'version = "1.0.0"',
                '<<<<<<< HEAD\nversion = "1.1.0"\n=======\nversion = "1.0.1"\n>>>>>>> two',
            )
        },
        "source/deck.toml:4: a git merge left a conflict: keep the lines that are right, and "
        "remove those with <<<<<<<, =======, >>>>>>>",
    ),
    "a tag that a release sets": (
        {"source/notes.md": "1. One? <!-- tags=demo::changed::1.0.1 -->\n\n   Yes.\n"},
        'source/notes.md:1: tag "demo::changed::1.0.1" is one that a release sets: choose another',
    ),
    "a conflict in the notes": (
        {
            "source/notes.md": "1. One?\n\n<<<<<<< HEAD\n   Yes.\n=======\n   No.\n>>>>>>> two\n"
            "\n```\n<<<<<<< HEAD\n=======\n>>>>>>> two\n```\n"
        },
        "source/notes.md:3: a git merge left a conflict: keep the lines that are right, and remove "
        "those with <<<<<<<, =======, >>>>>>>",
    ),
    "a deck id that begins as a backup's name": (
        {"source/deck.toml": config(id='"backup-2026"')},
        'source/deck.toml:2: id "backup-2026" makes packages that Anki takes for backups, and puts '
        "in the place of all that a learner has: call it deck-backup-2026",
    ),
    "a homepage that is no address": (
        {"source/deck.toml": config(homepage='"github.com/me"')},
        'source/deck.toml:7: homepage "github.com/me" must be an address, as in https://… or '
        "mailto:you@…",
    ),
    "empty description": (
        {"source/deck.toml": config(description='" "')},
        'source/deck.toml:6: "description" is empty: write it',
    ),
    "bad deck name": (
        {"source/deck.toml": config(name='"A:: B"')},
        'source/deck.toml:3: deck name "A:: B" has an empty part or a blank beside "::": '
        "write A::B",
    ),
    "deck name of many parts": (
        {"source/deck.toml": config(name=f'"{"::".join("abcdefghijkl")}"')},
        'source/deck.toml:3: deck name "a::b::c::d::e::f::g::h::i::j::k::l" has 12 parts, and Anki '
        "takes 11: shorten it",
    ),
    "deck name of many parts in front matter": (
        {"source/notes.md": f"---\ndeck: {'::'.join('bcdefghijkl')}\n---\n{NOTE}"},
        'source/notes.md:4: deck name "Demo::b::c::d::e::f::g::h::i::j::k::l" has 12 parts, and '
        "Anki takes 11: shorten it",
    ),
    "attribute that never ends": (
        {"source/notes.md": f"1. q <!-- id=a {'b' * 5000} -->\n\n   a\n"},
        f'source/notes.md:1:6: cannot read "{"b" * 59}…" among attributes: write name=value or '
        'name="two words"',
    ),
    "Anki's own deck name": (
        {"source/deck.toml": config(name='"default"')},
        'source/deck.toml:3: deck name "Default" belongs to Anki: choose another',
    ),
    "tags that are no list": (
        {"source/deck.toml": config(tags='"a"')},
        'source/deck.toml:7: "tags" must be a list of texts, ["…"]',
    ),
    "unknown form": (
        {"source/deck.toml": config(notes='"heading"', level='"2"')},
        'source/deck.toml:7: unknown form "heading", did you mean "headings"?\n'
        'source/deck.toml:8: "level" must be a number from 1 to 6, without quotes',
    ),
    "unknown dialect": (
        {"source/deck.toml": config(dialect='"obsidain"')},
        'source/deck.toml:7: unknown dialect "obsidain", did you mean "obsidian"?',
    ),
    "form of the Obsidian dialect": (
        {"source/deck.toml": config(notes='"cards"')},
        'source/deck.toml:7: notes = "cards" needs dialect = "obsidian" as well',
    ),
    "unknown subdecks": (
        {"source/deck.toml": config(subdecks='"file"')},
        'source/deck.toml:7: unknown subdecks "file", did you mean "files"?',
    ),
    "html as a text": (
        {"source/deck.toml": 'html = "x"\n' + DECK_TOML},
        'source/deck.toml:1: "html" must be a table: [html]',
    ),
    "scripts as a text": (
        {"source/deck.toml": DECK_TOML + '[html]\nscripts = "true"\n'},
        'source/deck.toml:8: "scripts" must be true or false, without quotes',
    ),
    "a key of html that is none": (
        {"source/deck.toml": DECK_TOML + "[html]\nscript = true\n"},
        'source/deck.toml:8: unknown key "script", did you mean "scripts"?',
    ),
    "terms that are no table": (
        {"source/deck.toml": "terms = 1\n" + DECK_TOML},
        'source/deck.toml:1: "terms" must be a table: [terms]',
    ),
    "terms that say nothing, or two things": (
        {
            "source/deck.toml": DECK_TOML
            + "[terms]\n"
            + 'name = "n"\n"隐藏状态" = ["隐状态", 1]\n"词元" = []\n"单元" = [" "]\n"" = ["空"]\n'
            + 'cell = ["unit"]\nunit = ["gate"]\nneuron = ["node",\n  "node"]\nloss = ["gate"]\n'
        },
        'source/deck.toml:8: "name" must be a list of the words to avoid, ["…"]\n'
        'source/deck.toml:9: "隐藏状态" must be a list of the words to avoid, ["…"]\n'
        'source/deck.toml:10: "词元" avoids nothing, or an empty word: '
        "write words, or remove the line\n"
        'source/deck.toml:11: "单元" avoids nothing, or an empty word: '
        "write words, or remove the line\n"
        'source/deck.toml:12: "" avoids nothing, or an empty word: '
        "write words, or remove the line\n"
        'source/deck.toml:13: "unit" is both a term and avoided: choose one\n'
        'source/deck.toml:15: "node" is avoided twice: keep one\n'
        'source/deck.toml:17: "gate" is avoided twice: keep one',
    ),
    "terms of a strange shape": (
        {"source/deck.toml": DECK_TOML + '[terms.cell]\navoid = ["unit"]\n'},
        'source/deck.toml:7: "cell" must be a list of the words to avoid, ["…"]',
    ),
    "endless macro": (
        {
            "source/deck.toml": DECK_TOML + "[formulas.macros]\nR = '\\R x'\n",
            "source/notes.md": "1. One?\n\n   So $\\R$.\n",
        },
        "source/deck.toml:8: macro \\R: macros expand without end: does \\R use itself?",
    ),
    "macro without its argument": (
        {
            "source/deck.toml": DECK_TOML + "[formulas.macros]\nnorm = '\\lVert #1 \\rVert'\n",
            "source/notes.md": "1. One?\n\n   So $\\norm$.\n",
        },
        "source/notes.md:3:8: formula: macro \\norm takes 1 argument: {…} is missing\n"
        "    \\norm\n"
        "    ^",
    ),
    "duplicate id": (
        {
            "source/a.md": "1. One? <!-- id=one -->\n\n   Yes.\n",
            "source/notes.md": "1. Two? <!-- id=One -->\n\n   Yes.\n",
        },
        'source/notes.md:1: id "One" is taken by source/a.md:1: choose another',
    ),
    "duplicate question": (
        {"source/notes.md": "1. One?\n\n   Yes.\n\n2. **One?**\n\n   No.\n"},
        "source/notes.md:5: the same question as in source/notes.md:1: "
        "reword one, or give each an id, <!-- id=… -->",
    ),
    "duplicate question in another file": (
        {
            "source/a.md": "# One\n\n1. Two?\n\n   Yes.\n\n## Three\n\n1. Two?\n\n   No.\n",
            "source/notes.md": "One\n===\n\n1. Two?\n\n   Well.\n",
        },
        "source/notes.md:4: the same question as in source/a.md:3: "
        "reword one, or give each an id, <!-- id=… -->",
    ),
    "empty question": (
        {"source/notes.md": "1. One?\n\n   Yes.\n2. <!-- id=two -->\n3.\n"},
        "source/notes.md:4: question is empty: write it, or remove the item\n"
        "source/notes.md:5: question is empty: write it, or remove the item",
    ),
    "nothing to see": (
        {"source/notes.md": "1. <br>\n\n   Yes.\n\n2. Two? <!-- kind=reversed -->\n\n   <i></i>\n"},
        "source/notes.md:1: question shows nothing: write it, or remove the item\n"
        "source/notes.md:5: answer shows nothing: write it, or remove the item",
    ),
    "missing image": (
        {
            "source/notes.md": "1. One?\n\n   Yes ![](Dot.png) ![](no/dot.png)\n",
            "source/dot.png": PIXEL,
        },
        'source/notes.md:3:8: Dot.png: no such file, did you mean "dot.png"?\n'
        "source/notes.md:3:21: no/dot.png: no such file",
    ),
    "image outside the project": (
        {"source/notes.md": "1. One?\n\n   ![](../../etc/passwd) ![](/etc/passwd)\n"},
        "source/notes.md:3:4: ../../etc/passwd is outside the project: copy it into the project\n"
        "source/notes.md:3:26: /etc/passwd: write the path from this file's folder, with /",
    ),
    "image without an address": (
        {"source/notes.md": "1. One?\n\n   ![]()\n"},
        "source/notes.md:3:4: picture without an address: write ![alt](file.png)",
    ),
    "empty image": (
        {"source/notes.md": "1. One?\n\n   ![](dot.png)\n", "source/dot.png": b""},
        "source/notes.md:3:4: dot.png is empty (0 bytes): replace it",
    ),
    "a file that Anki does not show": (
        {"source/notes.md": "1. One?\n\n   ![](a.pdf)\n", "source/a.pdf": b"%PDF"},
        "source/notes.md:3:4: a.pdf: Anki shows no .pdf files; convert it to PNG, JPEG, SVG or MP3",
    ),
    "tag with a blank": (
        {
            "source/deck.toml": config(tags='["deep learning"]'),
            "source/notes.md": "---\ntags: [word  vectors, ok]\n---\n" + NOTE,
        },
        'source/deck.toml:7: tag "deep learning" holds a blank: write deep-learning\n'
        'source/notes.md:2:7: hint: front matter: tag "word  vectors" becomes word-vectors',
    ),
    "names with a character that nobody sees": (
        {
            "source/deck.toml": config(tags='["a\\u007fb"]'),
            "source/notes.md": '1. One? <!-- tags="c\x01d" -->\n\n   Yes.\n',
            "source/a\x01b.md": "1. Two?\n\n   Yes.\n",
        },
        'source/deck.toml:7: tag "ab" holds a character that nobody sees: write it anew\n'
        'source/notes.md:1:9: tag "cd" holds a character that nobody sees: write it anew',
    ),
    "tags that Anki would change": (
        {"source/notes.md": '1. One? <!-- tags="a::::b Leech" -->\n\n   Yes.\n'},
        'source/notes.md:1:9: tag "a::::b" has an empty part: write a::b\n'
        'source/notes.md:1:9: tag "Leech" is one that Anki itself sets: choose another',
    ),
    "deck names that clash": (
        {
            "source/a.md": "---\ndeck: Sub\n---\n" + NOTE,
            "source/notes.md": "---\ndeck: SUB\n---\n1. Two?\n\n   Yes.\n",
        },
        'source/notes.md:4: deck "Demo::SUB" is the same to Anki as "Demo::Sub": write both alike',
    ),
    "a language by its name": (
        {"source/deck.toml": config(language='"中文"')},
        'source/deck.toml:5: language "中文" must be a BCP 47 tag, as in en or zh-CN',
    ),
    "front matter that is never closed": (
        {"source/notes.md": "---\ndeck: Sub\n\n" + NOTE},
        "source/notes.md:1: front matter is never closed: add a line ---\n"
        "source/notes.md:2: hint: text above the first question is on no card (2 words, line 2): "
        "put it below a question, if learners should see it",
    ),
    "a cloze in a formula that is never closed": (
        {"source/notes.md": "1. One $x = {{c1::a}b}$?\n"},
        "source/notes.md:1:13: formula: cloze {{c1::… is never closed: add }} where it ends\n"
        "    x = {{c1::a}b}\n"
        "        ^",
    ),
    "no question with an answer": (
        {"source/notes.md": "1. One\n   and two.\n"},
        "source/notes.md: no note is left to pack: nothing is written\n"
        "source/notes.md:1: warning: question has no answer: it is left out of the deck; "
        "leave a blank line between question and answer",
    ),
    "a bad deck.toml says nothing of the lock": (
        {
            "source/deck.toml": config(version='"1"'),
            "source/deck.lock": '{"deckpress_lock": 1, "deck": "demo", "created": 1}\n',
        },
        'source/deck.toml:4: version "1" must be three numbers, as in 1.0.0',
    ),
    "no notes at all": (
        {"source/notes.md": "***\n"},
        "source/notes.md: no notes found: write questions as a numbered list, or as headings",
    ),
    "a lock with a conflict": (
        {"source/deck.lock": "<<<<<<< HEAD\n"},
        "source/deck.lock:1: a git merge left a conflict: remove the lines with <<<<<<<, =======, "
        '>>>>>>> and keep all others (a line "deck.lock merge=union" in .gitattributes lets git do '
        "that by itself)",
    ),
    "an empty lock": (
        {"source/deck.lock": ""},
        "source/deck.lock:1: damaged, its first line is lost: " + RESTORE,
    ),
    "a lock that is no JSON": (
        {"source/deck.lock": '{"deckpress_lock": 1, "deck": "demo", "created": 1}\nx\n'},
        "source/deck.lock:2: damaged, this line is not JSON: " + RESTORE,
    ),
    "a lock with a line cut short": (
        {"source/deck.lock": '{"deckpress_lock": 1, "deck": "demo", "created": 1}\n{"guid": 1}\n'},
        "source/deck.lock:2: damaged, look at guid, id, kind, question, fields, mod: " + RESTORE,
    ),
    "a lock of a later form": (
        {"source/deck.lock": '{"deckpress_lock": 99, "deck": "demo", "created": 1}\n'},
        "source/deck.lock:1: written by a later deckpress (form 99): upgrade deckpress",
    ),
    "a lock of another deck": (
        {"source/deck.lock": '{"deckpress_lock": 1, "deck": "other", "created": 1}\n'},
        'source/deck.lock:1: belongs to the deck "other", not "demo": a deck\'s id never changes',
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("command", ["build", "check"])
def test_wrong_input_is_told_and_nothing_is_written(name: str, command: str, project: Path) -> None:
    """Both commands tell all problems, sorted, with exit code 1; nothing is written."""
    files, message = CASES[name]
    write(project, files)
    before = snapshot(project)
    result = run(command)
    assert without_counts(result.stderr) == message + "\n"
    assert result.stdout == ""
    assert result.exit_code == 1
    assert snapshot(project) == before


def test_a_missing_file_is_told(project: Path) -> None:
    """A mistyped name brings up the file that was meant."""
    result = run("source/note.md")
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        without_counts(result.stderr) == 'source/note.md: no such file, did you mean "notes.md"?\n'
    )


def test_a_folder_without_a_project_is_told(tmp_path: Path) -> None:
    """Run in the wrong folder, the command says what it looked for and what to do."""
    result = run("--project", str(tmp_path))
    assert without_counts(result.stderr) == (
        f"{tmp_path}/source/deck.toml: no such file: "
        "name a Markdown file to build, or a project by --project DIR; init FOLDER makes one\n"
    )
    assert result.exit_code == 1


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    """A folder without Markdown is no deck, and neither is one with nothing but a README."""
    (tmp_path / "README.md").write_text(NOTE)
    result = run(str(tmp_path))
    assert without_counts(result.stderr) == (
        f"{tmp_path}: no Markdown files here (a README, or a name that begins with "
        '"_" or ".", is not read as notes): add one, such as notes.md\n'
    )
    assert result.exit_code == 1


def test_a_link_out_of_the_project_is_told(project: Path, tmp_path: Path) -> None:
    """A symbolic link does not carry a file from elsewhere into a package."""
    (tmp_path / "secret.png").write_bytes(PIXEL)
    (project / "source/dot.png").symlink_to(tmp_path / "secret.png")
    write(project, {"source/notes.md": "1. One?\n\n   ![](dot.png)\n"})
    result = run()
    assert without_counts(result.stderr) == (
        "source/notes.md:3:4: dot.png is outside the project: copy it into the project\n"
    )
    assert result.exit_code == 1


def test_a_file_of_100_mb_is_told(project: Path) -> None:
    """What AnkiWeb would not take is not packed."""
    with (project / "source/long.mp3").open("wb") as file:
        file.truncate(100_000_000)
    write(project, {"source/notes.md": "1. One?\n\n   ![](long.mp3)\n"})
    result = run()
    assert without_counts(result.stderr) == (
        "source/notes.md:3:4: long.mp3 has 100 MB and AnkiWeb takes less than 100: "
        "make it smaller\n"
    )
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda path: path.mkdir(parents=True), "cannot be written: it is a folder"),
        (lambda path: path.parent.write_text("a file"), "cannot be written: file exists"),
    ],
)
def test_an_output_that_cannot_be_written_is_told(
    prepare: Callable[[Path], object], message: str, project: Path
) -> None:
    """Neither the package nor the lock is written if one of them cannot be."""
    prepare(project / "out/demo.apkg")
    result = run("--output", "out/demo.apkg")
    assert without_counts(result.stderr) == f"out/demo.apkg: {message}\n"
    assert result.exit_code == 1
    assert not (project / "source/deck.lock").exists()
    assert not list(project.rglob(".demo*"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_told(project: Path) -> None:
    """A folder that may not be written to is named, with the system's own reason."""
    (project / "out").mkdir(mode=0o500)
    result = run("--output", "out")
    assert "cannot be written: permission denied" in result.stderr
    assert not (project / "source/deck.lock").exists()


WARNINGS: dict[str, tuple[Files, str]] = {
    "list 21 levels deep": (
        {"source/notes.md": f"1. A\n\n   {'- ' * 21}x\n"},
        "source/notes.md:3: warning: lists or quotes are nested more than 20 levels deep: "
        "what is deeper is shown as text\n",
    ),
    "emphasis 21 levels deep": (
        {"source/notes.md": f"1. A\n\n   {'*a ' * 21}{'b*' * 21}\n"},
        "source/notes.md:3:108: warning: nested more than 20 levels deep, and so shown as text: "
        "take out some levels\n",
    ),
    "an attribute that is none": (
        {"source/notes.md": "1. One? <!-- kind: typed -->\n\n   Yes. <!-- todo: more -->\n"},
        "source/notes.md:1:9: warning: read as a remark: "
        "attributes are written name=value, as in id=lstm\n",
    ),
    "a long page without questions": (
        {"source/notes.md": "word " * 201},
        "source/notes.md:1: hint: one note has 201 words: write questions, or choose what asks by "
        "notes: in the front matter\n",
    ),
    "a number without a blank": (
        {"source/notes.md": "1. One?\n\n   Yes.\n\n2. Two?\n\n   Yes.\n\n2.二？\n\n3、三？\n"},
        "source/notes.md:9: warning: looks like a numbered question: "
        "write 1. with a blank behind the dot\n"
        "source/notes.md:11: warning: looks like a numbered question: "
        "write 1. with a blank behind the dot\n",
    ),
    "a subfolder that is another deck's": (
        {"source/more/deck.toml": "", "source/more/notes.md": NOTE},
        "source/more: warning: not read: it has a deck.toml, and so is another deck\n",
    ),
    "a subfolder that is another project": (
        {"source/more/source/deck.toml": "", "source/more/CHANGELOG.md": NOTE},
        "source/more: warning: not read: it has a deck.toml, and so is another deck\n",
    ),
    "scripts in notes": (
        {
            "source/notes.md": "# A <b onclick=x>\n\n1. One?\n\n   <div>\n   a <script>x</script>\n"
            "   </div>\n",
            "source/deck.toml": DECK_TOML + "[html]\nscripts = false\n",
        },
        "source/notes.md:1:5: warning: onclick runs a script: "
        "remove it, or allow it by [html] scripts = true in deck.toml\n"
        "source/notes.md:6:6: warning: <script> runs a script: "
        "remove it, or allow it by [html] scripts = true in deck.toml\n",
    ),
    "scripts that are allowed": (
        {
            "source/notes.md": "1. One?\n\n   <b onclick=x>a</b> <i onclick=y>b</i>\n",
            "source/deck.toml": DECK_TOML + "[html]\nscripts = true\n",
        },
        "source/deck.toml:8: hint: notes run scripts or use the network, as this allows, "
        "in 2 places, the first is source/notes.md:3:4\n",
    ),
    "notation of other programs": (
        {"source/notes.md": "1. One?\n\n   [sound:a.mp3] and ![[b c.png]]\n"},
        "source/notes.md:3:4: warning: [sound:a.mp3] is shown as text: write ![](a.mp3)\n"
        "source/notes.md:3:22: warning: ![[b c.png]] is shown as text: write ![](<b c.png>), "
        "or dialect: obsidian in the front matter\n",
    ),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_doubtful_input_is_told_and_built(name: str, project: Path) -> None:
    """What may be a slip of the pen is told of with its remedy; the rest of the deck is built."""
    files, message = WARNINGS[name]
    write(project, files)
    result = run("--quiet")
    assert without_counts(result.stderr) == message
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_note_is_not_retired_without_a_word(project: Path) -> None:
    """A question that is gone is named, before and when its note is retired, with the way back."""
    run("--quiet")
    write(project, {"source/notes.md": "1. Something else?\n\n   No.\n"})
    told = (
        'retired: "One?" (if it was rewritten, write <!-- id=62b2f173 --> in its new wording)\n'
        "Learners find retired notes in Anki's browser, to delete them, by\n"
        '  ("ID:62b2f173") "note:demo\\: *"\n'
    )
    assert without_account(run("check").stdout) == "1 note, no problems\n" + told
    assert run("--strict").stdout.endswith(told)
    assert "retired" not in run().stdout
    write(project, {"source/notes.md": "1. Something else? <!-- id=62b2f173 -->\n\n   No.\n"})
    result = run()
    assert "(0 new, 1 changed, 0 unchanged)" in result.stdout
    assert 'back: "Something else?", retired, is the note it was\n' in result.stdout


def test_a_name_that_is_not_utf_8_is_told(project: Path) -> None:
    """A file that an old archive unpacked under a garbled name is told of, not tripped over."""
    (project / "source/notes.md").rename(project / "source" / os.fsdecode(b"\xb2\xe2.md"))
    result = run("check")
    assert without_counts(result.stderr).endswith(": its name is not UTF-8: rename the file\n")
    assert result.exit_code == 1


def test_a_lone_file_of_a_project_is_another_deck(project: Path) -> None:
    """Whoever builds one file of a project learns that its notes are not the project's."""
    result = run("source/notes.md", "--output", "out")
    assert without_counts(result.stderr) == (
        "source/notes.md: warning: built by itself its notes are other notes than in the "
        "project's deck\n"
    )


def test_warnings_stop_a_build_only_if_asked(project: Path) -> None:
    """An unanswered question is left out; `--strict` makes it an error."""
    write(project, {"source/notes.md": NOTE + "\n2. Two?\n"})
    warned = "source/notes.md:5: warning: question has no answer: it is left out of the deck\n"
    strict = run("--strict")
    assert strict.stderr == (
        f"{warned}1 warning: warnings count as errors because of --strict, nothing written\n"
    )
    assert strict.exit_code == 1
    assert not (project / "dist").exists()
    relaxed = run()
    assert (without_counts(relaxed.stderr), relaxed.exit_code) == (warned, 0)
    assert relaxed.stdout.startswith(
        "1 note (1 new, 0 changed, 0 unchanged), 1 card, 0 media files"
    )
