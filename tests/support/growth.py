"""Texts that can be made as long as one likes, each of a construct that may cost much.

A reader that looks to the end of a text from every mark in it takes the square of the text's
length: a file of 100 kB then takes minutes. Each pattern here once did so in some parser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ANSWER: Final = "1. q\n\n   "
"""A question, and the beginning of its answer."""
NUMBER: Final = "¤"
"""What stands in a repeated piece for how often it has been repeated, from 0."""
DEPTH: Final = "↦"
"""The same, as so many indentations of two spaces."""


@dataclass(frozen=True)
class Pattern:
    """A text that grows: pieces repeated equally often, with others around them."""

    opener: str
    closer: str = ""
    middle: str = ""
    """What stands between the openers and the closers."""
    before: str = ANSWER
    after: str = "\n"

    def repeated(self, count: int) -> str:
        """Return the text with its pieces repeated so often."""
        opened, closed = _repeat(self.opener, count), _repeat(self.closer, count)
        return f"{self.before}{opened}{self.middle}{closed}{self.after}"

    def of_size(self, size: int) -> str:
        """Return the text at about so many characters."""
        return self.repeated(self.count(size))

    def count(self, size: int) -> int:
        """Return how often the pieces are repeated in a text of so many characters."""
        if DEPTH in self.opener:
            return int(size**0.5)
        piece = self.opener.replace(NUMBER, "1000") + self.closer.replace(NUMBER, "1000")
        return max(size // len(piece), 1)


def _repeat(piece: str, count: int) -> str:
    if NUMBER not in piece and DEPTH not in piece:
        return piece * count
    numbers = range(count)
    return "".join(
        piece.replace(NUMBER, str(index)).replace(DEPTH, "  " * index) for index in numbers
    )


def _block(language: str, first: str, opener: str, after: str = "") -> Pattern:
    before = f'{ANSWER}```{language} a "b"\n   {first}\n   '
    return Pattern(opener, before=before, after=f"{after}\n   ```\n")


def _question(opener: str, closer: str = "", middle: str = "") -> Pattern:
    return Pattern(opener, closer, middle, before="1. ")


def _file(opener: str, closer: str = "", middle: str = "", after: str = "\n") -> Pattern:
    return Pattern(opener, closer, middle, before="", after=after)


def _formula(opener: str, closer: str = "", middle: str = "") -> Pattern:
    return Pattern(opener, closer, middle, before=f"{ANSWER}$", after="$\n")


_VAULT: Final = "---\ndialect: obsidian\n---\n"


def _vault(opener: str, closer: str = "", middle: str = "", before: str = ANSWER) -> Pattern:
    return Pattern(opener, closer, middle, before=_VAULT + before)


PATTERNS: Final = {
    # lists, quotes, indentation
    "bullets on a line": Pattern("- ", middle="x"),
    "bullets nested": _file("   ↦- x\n"),
    "bullets nested with text behind": Pattern("↦   - x\n", middle="   y"),
    "quotes on a line": Pattern(">", middle=" x"),
    "quotes apart": Pattern("> ", middle="x"),
    "quotes and bullets": Pattern("> - ", middle="x"),
    "quotes over lines": Pattern("> a\n   "),
    "lazy lines of a quote": Pattern("a\n", middle="", before=f"{ANSWER}> "),
    "numbers on a line": Pattern("1. ", middle="x"),
    "numbers from the top": _file("1. ", middle="x"),
    "numbers that are high": _file("999999999. q\n\n   x\n"),
    "digits before a dot": Pattern("1", before=f"{ANSWER}x\n", after=". y\n"),
    "items of one list": Pattern("- x\n   "),
    "items of tasks": Pattern("- [ ] x\n   "),
    "items with empty lines": Pattern("- x\n\n   "),
    "empty items": Pattern("-\n   "),
    "lists one after the other": Pattern("- x\n\n   <!-- -->\n\n   "),
    "two marks in turn": Pattern("- x\n   * y\n   "),
    "definitions": Pattern(": x\n   "),
    "indented lines": Pattern("    x\n", before=f"{ANSWER}\n\n"),
    "lines of growing indentation": Pattern("↦x\n"),
    "spaces before a word": Pattern(" ", middle="x"),
    "tabs before a word": Pattern("\t", middle="x"),
    "spaces behind lines": Pattern("a" + " " * 50 + "\n   "),
    "spaces behind a word": _file(" ", after="\n1. q\n\n   x\n", middle=""),
    "spaces and tabs between words": Pattern(" \t", middle="b", before=f"{ANSWER}a"),
    "empty lines": Pattern("\n", middle="x"),
    "lines of a paragraph": Pattern("a\n   "),
    "lines that are not indented": Pattern("a\n"),
    "hard breaks": Pattern("a  \n   "),
    "form feeds": Pattern("\f\n"),
    "link definitions within a paragraph": Pattern("[a]: b\n   ", before=f"{ANSWER}x\n   "),
    # headings, rules
    "number signs": _file("#", after=" a\n\n1. q\n\n   x\n"),
    "headings": _file("# h¤\n\nx\n\n"),
    "headings ever deeper": _file("# a\n\n## b\n\n### c\n\n"),
    "heading with a tail": Pattern("#", before="# a ", after=" b\n\n1. q\n\n   x\n"),
    "heading with a tail apart": Pattern("# ", before="# a ", after="\n\n1. q\n\n   x\n"),
    "heading of spaces": Pattern(" ", before="# a", after="b\n\n1. q\n\n   x\n"),
    "underline": Pattern("=", before="a\n", after="\n\n1. q\n\n   x\n"),
    "underlined lines": _file("a\n", after="===\n\n1. q\n\n   x\n"),
    "rule of stars": Pattern("* ", before=f"{ANSWER}a\n\n   "),
    "rule of hyphens that is none": Pattern("- ", before=f"{ANSWER}a\n\n   ", after="x\n"),
    "rule of underscores that is none": Pattern("_", before=f"{ANSWER}a\n\n   ", after=" x\n"),
    "rules": Pattern("---\n\n   "),
    "bold questions": _file("**q¤**\n\nx\n\n"),
    # emphasis, marks
    "stars": Pattern("*"),
    "stars that open": Pattern("*a "),
    "pairs that open": Pattern("**a "),
    "stars and pairs that open": Pattern("*a **b "),
    "stars and underscores": Pattern("*a_ "),
    "underscores that open": Pattern("_a __b "),
    "stars that close": Pattern("a* "),
    "stars that could do both": Pattern("a**b"),
    "runs of three lengths": Pattern("a*b**c***"),
    "emphasis within emphasis": Pattern("*a ", "b*"),
    "bold within bold": Pattern("**a ", "b**"),
    "bold and emphasis in turn": Pattern("*a **b ", "b** a*"),
    "stars around a letter": Pattern("*", "*", "a"),
    "underscores around a letter": Pattern("_", "_", "a"),
    "emphasis behind emphasis": Pattern("*a* "),
    "opened stars and closed underscores": Pattern("*a ", "b_"),
    "struck": Pattern("~~a "),
    "tildes": Pattern("~"),
    "struck within struck": Pattern("~~a ", "b~~"),
    "marks that open": _question("==a "),
    "marks": Pattern("==a== "),
    "marks in a question": _question("==a== "),
    "marks within marks": _question("==a ", "b=="),
    "equals signs": _question("=", "=", "a"),
    # code
    "backticks": Pattern("`"),
    "backticks that open": Pattern("`a "),
    "one backtick and two": Pattern("`a``b "),
    "backticks, ever more": Pattern("↦`", middle="x"),
    "fences": Pattern("```\n   "),
    "fences of tildes": Pattern("~~~\n   "),
    "fences with words": Pattern("```a\n   ```\n\n   "),
    "long fence": Pattern("`", "`", "\n   x\n   "),
    "words behind a fence": Pattern("a ", before=f"{ANSWER}```", after="\n   x\n   ```\n"),
    "fence of no known language": Pattern("x", before=f"{ANSWER}```", after="\n   x\n   ```\n"),
    "lines of code": Pattern("a\n   ", before=f"{ANSWER}```python\n   ", after="```\n"),
    "directives of Mermaid": _block("mermaid", "flowchart LR", "%%{\n   "),
    "title of Mermaid": _block("mermaid", "---\n   title: a", " ", after="b\n   ---\n"),
    "comments of Graphviz": _block("dot", "digraph {", "/* "),
    "groups of a diagram": _block("diagram", "| a |", 'group "a": a\n   '),
    "caption of a diagram": Pattern(
        "x", before=f'{ANSWER}```diagram a "', after='"\n   | a |\n   ```\n'
    ),
    # dollars and TeX
    "dollars": Pattern("$"),
    "dollars that open": Pattern("$a "),
    "dollars within words": Pattern("a $b"),
    "dollars before a space": Pattern("$ a"),
    "formulas": Pattern("$a$ "),
    "formulas with spaces": Pattern("$ a $ "),
    "prices": Pattern("$5 "),
    "prices apart": Pattern("$5$6"),
    "double dollars": Pattern("$$a "),
    "dollars that are escaped": Pattern("\\$"),
    "dollars over lines": Pattern("$a\n   "),
    "wide dollars": Pattern("＄a"),
    "dollars and backticks": Pattern("$`a"),
    "dollars before digits": Pattern("$a$1"),
    "round formulas that open": Pattern("\\(a"),
    "round formulas": Pattern("\\(a\\) "),
    "round formulas, then their ends": Pattern("\\(a", "\\)"),
    "square formulas that open": Pattern("\\[a"),
    "square formulas, then their ends": Pattern("\\[a ", "\\]"),
    "commands without dollars": Pattern("\\alpha "),
    "environments without dollars": Pattern("\\begin{align}"),
    "backslashes": Pattern("\\"),
    "blocks of formulas that open": Pattern("$$\n   a\n\n   "),
    "blocks of formulas": Pattern("$$\n   a\n   $$\n\n   "),
    "square blocks that open": Pattern("\\[\n   a\n\n   "),
    "lines of a formula": Pattern("a\n   ", before=f"{ANSWER}$$\n   ", after="\n   $$\n"),
    "braces in a formula": _formula("{", "}"),
    "comments in a formula": _formula("%"),
    "comments over lines": _formula("%\n   "),
    "fences in a formula": _formula("\\left(", "\\right)"),
    "environments in a formula": _formula("\\begin{aligned}"),
    "environments and their ends": _formula("\\begin{aligned}", "\\end{aligned}"),
    "commands in a formula": _formula("\\alpha "),
    "raised within raised": _formula("a^{", "}"),
    "text in a formula": _formula("\\text{a $b$} "),
    "primes": _formula("'"),
    # clozes
    "clozes that open": _question("{{c1::"),
    "clozes within clozes": _question("{{c1::a", "}}"),
    "clozes": _question("{{c1::a}} "),
    "clozes of many numbers": _question("{{c¤::a}} "),
    "double braces": _question("{{"),
    "hints without an end": _question("{{c1::a::"),
    "clozes with one colon": _question("{{c1:a}} "),
    "braces within a cloze": _question("{{c1::a{", "}"),
    "clozes in a formula": Pattern("{{c1::a}} ", before="1. $", after="$\n"),
    "open clozes in a formula": Pattern("{{c1::", before="1. $", after="$\n"),
    "clozes within clozes in a formula": Pattern("{{c1::a", "}}", before="1. $", after="$\n"),
    "clozes in many formulas": _question("${{c1::a}}$ "),
    # links, pictures, addresses
    "brackets": Pattern("["),
    "pairs of brackets": Pattern("[", "]"),
    "links that open": Pattern("[a]("),
    "links to angles": Pattern("[a](<"),
    "links to parentheses": Pattern("[a]((", "))"),
    "links": Pattern("[a](http://b) "),
    "links within links": Pattern("[", "](b)", "a"),
    "links behind open brackets": Pattern("[ [a](http://b) "),
    "brackets behind addresses": Pattern(r"http://a\\[b "),
    "brackets of words behind addresses": Pattern(r"http://a\\[b ", after="\\]\n"),
    "pictures in a bracket in a cloze": Pattern("![](a.png)", before=f"{ANSWER}{{{{c1::["),
    "links in a bracket in a mark": Pattern("[a](b)", before=f"{ANSWER}==a ["),
    "spaces of a link in a cloze": Pattern(" ", before=f"{ANSWER}{{{{c1::[a](", after="b\n"),
    "pictures that open": Pattern("![a]("),
    "pictures within pictures": Pattern("![", "](b)", "a"),
    "titles that open": Pattern('[a](b "'),
    "titles in single quotes": Pattern("[a](b 'c "),
    "titles in parentheses": Pattern("[a](b (c "),
    "escapes in an address": Pattern("\\a", before=f"{ANSWER}[a](", after=")\n"),
    "steps of an address": Pattern("../", before=f"{ANSWER}![](", after=")\n"),
    "folders of an address": Pattern("a/", before=f"{ANSWER}![](", after=")\n"),
    "per cent signs in an address": Pattern("%41", before=f"{ANSWER}![](", after=")\n"),
    "pictures with a space": Pattern("![a](b c.png) "),
    "pictures with spaces": Pattern("![a](b c"),
    "references": Pattern("[a][b]", after="\n\n[b]: http://x\n"),
    "references to nothing": Pattern("[a][c]", after="\n\n[b]: http://x\n"),
    "brackets, and a definition": Pattern("[", "]", after="\n\n[b]: http://x\n"),
    "definitions of links": Pattern("[b¤]: http://x\n", before=f"{ANSWER}a\n\n"),
    "definitions that open": Pattern("[a]: <", before=f"{ANSWER}a\n\n"),
    "definitions with a title that opens": Pattern('[a¤]: b "c\n', before=f"{ANSWER}a\n\n"),
    "addresses": Pattern("http://a "),
    "addresses without spaces": Pattern("http://a"),
    "sites": Pattern("www.a."),
    "sites and addresses": Pattern("www.http://"),
    "parentheses behind an address": Pattern("(", before=f"{ANSWER}http://a"),
    "closed parentheses behind an address": Pattern(")", before=f"{ANSWER}http://a"),
    "marks behind an address": Pattern(".)", before=f"{ANSWER}http://a"),
    "addresses in angles": Pattern("<http://a"),
    "names in angles": Pattern("<a@b"),
    "dots before an at sign": Pattern("a.", after="@b\n"),
    "at signs": Pattern("a@"),
    "names and brackets": Pattern("a@b.c["),
    "sounds that open": Pattern("[sound:"),
    "sounds": Pattern("[sound:a.mp3]"),
    "wiki links that open": Pattern("![[a"),
    "wiki links": Pattern("![[a.png]] "),
    "old formulas of Anki": Pattern("[latex]"),
    # footnotes
    "footnotes that open": Pattern("[^"),
    "footnotes": Pattern("[^a]", after="\n\n[^a]: x\n"),
    "footnotes without a definition": Pattern("[^a¤]"),
    "definitions of footnotes": Pattern("[^a¤]: x\n", before=f"{ANSWER}x\n\n"),
    "footnotes of their own": Pattern("[^a¤]", "[^a¤]: x\n", "\n\n"),
    "footnotes of a footnote": Pattern("[^a] ", before=f"{ANSWER}[^a]\n\n[^a]: "),
    "lines of a footnote": Pattern("a\n", before=f"{ANSWER}[^a]\n\n[^a]: "),
    "footnotes in footnotes": Pattern("    [^a¤]: x\n", before=f"{ANSWER}x\n\n[^a]: y\n"),
    "many notes of one footnote": _file("1. q¤[^a]\n\n   x\n\n", after="[^a]: y\n"),
    # HTML
    "angles": Pattern("<"),
    "tags that open": Pattern("<a "),
    "attributes without an end": Pattern("b ", before=f"{ANSWER}<a "),
    "attributes with values": Pattern('b="c" ', before=f"{ANSWER}<a "),
    "values without an end": Pattern('<a b="'),
    "elements that open": Pattern("<b>"),
    "elements that close": Pattern("</b>"),
    "elements within elements": Pattern("<b>", "</b>", "x"),
    "two elements, wrongly paired": Pattern("<b><i>", "</b></i>", "x"),
    "blocks of elements": Pattern("<div>\n   "),
    "blocks of elements apart": Pattern("<div>\n\n   ", "</div>\n\n   "),
    "folded": Pattern("<details><summary>x</summary>\n\n   "),
    "comments that open": Pattern("<!--"),
    "comments": Pattern("<!-- a -->"),
    "comments in blocks": Pattern("<!-- a -->\n\n   "),
    "attributes of a note": Pattern("id=a ", before=f"{ANSWER}<!-- ", after="-->\n"),
    "attributes in quotes": Pattern('id="', before=f"{ANSWER}<!-- ", after="-->\n"),
    "unknown attributes": Pattern("a¤=b ", before=f"{ANSWER}<!-- ", after="-->\n"),
    "spaces in a comment": Pattern(" ", before=f"{ANSWER}<!-- ", after="x-->\n"),
    "instructions": Pattern("<?"),
    "sections of text": Pattern("<![CDATA["),
    "declarations": Pattern("<!A "),
    "pictures without an end": Pattern("<img "),
    "spaces in a picture": Pattern(" ", before=f"{ANSWER}<img"),
    "attributes of a picture": Pattern("a ", before=f"{ANSWER}<img ", after=">\n"),
    "sources of a picture": Pattern("srcset= ", before=f"{ANSWER}<img "),
    "sources without quotes": Pattern("<img src="),
    "names that are no elements": Pattern("<abc> "),
    "scripts that open": Pattern("<script>\n   "),
    "ampersands": Pattern("&"),
    "entities": Pattern("&amp;"),
    "entities that open": Pattern("&#x"),
    "digits of an entity": Pattern("1", before=f"{ANSWER}&#", after=";\n"),
    # tables
    "columns": Pattern("a|", before=f"{ANSWER}|", after="\n   |-|\n"),
    "rows": Pattern("|a|b|\n   ", before=f"{ANSWER}|a|b|\n   |-|-|\n   "),
    "pipes of a row": Pattern("|", before=f"{ANSWER}a|b\n   -|-\n   "),
    "escaped pipes of a row": Pattern("\\|", before=f"{ANSWER}a|b\n   -|-\n   "),
    "backticks of a row": Pattern("`|", before=f"{ANSWER}a|b\n   -|-\n   "),
    "dollars of a row": Pattern("$a|", before=f"{ANSWER}a|b\n   -|-\n   "),
    "hyphens of a table": Pattern("-", before=f"{ANSWER}|a\n   |"),
    "hyphens of a table apart": Pattern("- ", before=f"{ANSWER}a|b\n   "),
    "spaces of a table": Pattern(" ", before=f"{ANSWER}|a\n   |-", after="x\n"),
    "tables": Pattern("a|b\n   -|-\n\n   "),
    "headers of tables": Pattern("a|b\n   -|\n   "),
    # alerts, notes, letters
    "alerts": Pattern("> [!TIP]\n   > x\n\n   "),
    "alerts with text": Pattern("> [!TIP]aTeX\n   "),
    "alerts of no kind": Pattern("> [!ABC]\n   > x\n\n   "),
    "notes": _file("1. question number ¤\n\n   answer ¤¤\n\n"),
    "notes under one heading": _file("1. question number ¤\n\n   x\n\n"),
    "one note again and again": _file("1. same question\n\n   same answer\n\n"),
    "one question under many headings": _file("# heading ¤\n\n1. question\n\n   answer ¤\n\n"),
    "one answer again and again": _file("1. question ¤\n\n   same answer\n\n"),
    "text that is not indented": _file("1. q¤\n\nanswer\n\n"),
    "letters": Pattern("a"),
    "words": Pattern("a "),
    "Chinese": Pattern("中"),
    "Chinese and English": Pattern("中a"),
    "Chinese marks": Pattern("，。"),
    "accents": Pattern("\u0301", before=f"{ANSWER}a"),
    "accents of two kinds": Pattern("\u0301\u0323", before=f"{ANSWER}a"),
    "quotes": Pattern('"'),
    "quotes around Chinese": Pattern('"中'),
    "parentheses": Pattern("(", ")", "中"),
    "digits": Pattern("1"),
    "control characters": Pattern("\x01"),
    # the Obsidian dialect
    "links of a vault that open": _vault("[[a"),
    "links of a vault": _vault("[[a|b]] "),
    "parts of links of a vault": _vault("#a", before=f"{ANSWER}[[a", middle="]]"),
    "embeds that open": _vault("![[a"),
    "embeds of notes that are not there": _vault("![[a¤]]\n\n   "),
    "embeds of parts that are not there": _vault("![[#a¤]]\n\n   "),
    "embeds of headings": _vault("## a¤\n\n![[#a¤]]\n\n", before=""),
    "embeds of a file itself": _vault("![[notes]]\n\n   "),
    "embeds within a line": _vault("**![[a]]** "),
    "embeds of pictures": _vault("![[a.png|30]] "),
    "embeds and nothing else": _vault("![[a¤]]\n", before=""),
    "comments of a vault that open": _vault("%%a\n\n   %"),
    "comments of a vault": _vault("%% a %% "),
    "comments of a vault over lines": _vault("%%\na\n\nb\n%%\n\n", before=""),
    "percent signs": _vault("%"),
    "tags of a vault": _vault("#a/b "),
    "hashes": _vault("#"),
    "slashes of a tag": _vault("/a", before=f"{ANSWER}#a"),
    "lines of tags": _vault("#a/¤\n\nb¤::c\n\n", before=""),
    "callouts that ask": _vault("> [!question]- a¤\n> b\n\n", before=""),
    "callouts that ask below headings": _vault("# a¤\n> [!faq] b\n> c\n\n", before=""),
    "callouts in callouts": _vault("> ", middle="[!info] a", before=""),
    "kinds of a callout": _vault("[!a", before="> "),
    "cards on a line": _vault("a¤::b\n", before=""),
    "cards on a line, apart": _vault("a¤ ::: b\n\n", before=""),
    "cards in a list": _vault("- a¤::b\n", before=""),
    "cards of lines": _vault("a¤\n?\nb\n\n", before=""),
    "cards of lines without space between": _vault("a¤\n??\nb\n", before=""),
    "signs of a card": _vault("?\n", before=""),
    "colons": _vault(":", before=""),
    "colons in pairs": _vault("a::", before=""),
    "names joined by colons": _vault("a_b::", before="x "),
    "ids of blocks": _vault("a ^b¤\n\n", before=""),
    "carets": _vault(" ^a", before=f"{ANSWER}x"),
    "sizes": _vault("![a|30](https://a.b/c.png) "),
    "tagged paragraphs": Pattern(
        "a¤ #card\nb\n\n", before="---\ndialect: obsidian\nnotes: tagged\n---\n"
    ),
    "tagged headings": Pattern(
        "## a¤ #card\nb\n\n### c\n\n", before="---\ndialect: obsidian\nnotes: tagged\n---\n"
    ),
    "tagged items": Pattern(
        "- a¤ #card\n  - b\n", before="---\ndialect: obsidian\nnotes: tagged\n---\n"
    ),
    "links of a vault elsewhere": Pattern("[[a]] "),
    "links of a vault elsewhere that open": Pattern("[[a "),
    "comments of a vault elsewhere": Pattern("%%a%% "),
    "cards on a line elsewhere": Pattern("a¤ :: b\n\n   "),
    "names joined by colons elsewhere": Pattern("a::b "),
    "tags of a vault elsewhere": Pattern("#a/b "),
    "fences of Quarto": Pattern("::: {.a}\n   "),
    # front matter, merges
    "front matter that opens": _file("a\n", after=""),
    "front matter of many lines": Pattern("a¤: b\n", before="---\n", after="---\n1. q\n\n   x\n"),
    "tags of the front matter": Pattern(
        "a,", before="---\ntags: [", after="]\n---\n1. q\n\n   x\n"
    ),
    "brackets of the front matter": Pattern(
        "[", before="---\ntags: ", after="\n---\n1. q\n\n   x\n"
    ),
    "front matter that never ends": Pattern("a\n", before="---\n"),
    "conflicts that open": Pattern("<<<<<<< a\n", before=f"{ANSWER}x\n"),
    "conflicts without an end": Pattern(
        "<<<<<<< a\n=======\n", before=f"{ANSWER}x\n", after=">>>>>>> b\n"
    ),
    "definitions in a paragraph": _file("x\n[^¤]: y\n"),
    # what asks
    "headings without a text": _file("## a¤\n\n"),
    "headings with a text": _file("## a¤?\n\nx\n\n### b\n\ny\n\n"),
    "headings behind a list": Pattern("## a¤\n\nx\n\n", before="1. q\n\n   x\n\n"),
    "lists without questions": _file("x\n\n1. a\n2. b\n\n<!-- -->\n\n"),
    "numbers without spaces": _file("¤、a？\n\nx\n\n"),
    "bold lines": _file("**a¤?**\nx\n\n"),
    "lines of Q and A": _file("Q: a¤\nA: b\n"),
    "lines of Chinese": _file("问：甲¤\n答：乙\n"),
    "folds in a line": _file("<details><summary>a¤</summary>x</details>\n"),
    "folds that open": _file("<details><summary>a¤</summary>\n\n"),
    "Markdown within HTML": Pattern("**a [b](\n", before="## q\n<div>\n"),
    "bullets that ask": _file("- a¤?\n  - b\n"),
    "definitions in an item": Pattern(": x\n  ", before="- a?\n  ", after="\n- b?\n  : c\n"),
    "numbers before dashes": _file("¤ - a\n\n"),
    "quotes that ask in bold": _file("> **a¤?**\n\n<b>b¤?</b>\n\n"),
    "hints beside answers": _file(
        "<details><summary>Hint</summary>a</details>\n\n<details><summary>Answer</summary>b"
        "</details>\n\n"
    ),
    "ends of folds in a paragraph": _file("x</details>\n", after="\n<details>\n"),
    "labels of answers": Pattern("   Answer\n\n   x\n\n", before="1. q\n\n"),
    "rules in an item": Pattern("   ---\n\n   x\n\n", before="1. q\n\n"),
    "terms": _file("**a¤**: b\n", after="\n"),
    "rows that ask": Pattern("| a¤ | b |\n", before="---\nnotes: table\n---\n| a | b |\n|-|-|\n"),
    "terms by the front matter": Pattern("**a¤**: b\n", before="---\nnotes: terms\n---\n"),
    "links into the page": _file("[a¤](#a)\n\n"),
    "ends of conflicts": Pattern(">>>>>>> b\n", before=f"{ANSWER}x\n<<<<<<< a\n"),
}
"""By what they are made of."""

_DECK: Final = """\
[deck]
id = "a"
name = "A"
version = "1.0.0"
language = "zh-CN"
description = "A"
"""

SETTINGS: Final = {
    "unknown keys": Pattern('a¤ = "b"\n', before=_DECK),
    "unknown tables": Pattern("[a¤]\n", before=_DECK),
    "macros": Pattern("¤ = 'x'\n", before=f"{_DECK}[formulas.macros]\n"),
    "macros of letters": Pattern("a↦ = 'x'\n", before=f"{_DECK}[formulas.macros]\n"),
    "terms": Pattern('"a¤" = ["b¤"]\n', before=f"{_DECK}[terms]\n"),
    "words to avoid": Pattern('"b¤", ', before=f'{_DECK}[terms]\n"a" = [', after="]\n"),
    "tags": Pattern('"a", ', before=f"{_DECK}tags = [", after="]\n"),
    "lists in a list": Pattern("[", "]", before=f"{_DECK}tags = "),
    "tables in tables": Pattern("{a=", "}", "1", before=f"{_DECK}tags = "),
    "long name": Pattern("a", before='[deck]\nname = "', after='"\n'),
    "dots in a key": Pattern("a.", before=_DECK, after="a = 1\n"),
}
"""The same for deck.toml."""
