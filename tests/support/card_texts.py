"""Templates, fields and filters of every kind, right and wrong, and notes made of them."""

from __future__ import annotations

from deckpress.anki import CardTemplate, NoteType, PackageNote

FIELDS = ("Front", "Back", "Empty", "Übung 中")
TYPE_NAMES = ("asked", "clozed")
"""The names of a note type for questions, and of one for clozes."""

FILTERS = ("", "tts en", *"text hint cloze cloze-only furigana kanji kana text:cloze".split())

TEMPLATES = (
    *("", "{{a\nb}}", " {{=<% %>=}}{{=<% %>=}}<%Front"),
    *"""\
{{Front}}
{{ Front }}
{{{Front}}}
{{Front
Front}}
static
{{}}
{{ }}
{{Nope}}
{{Front}}{{text:hint:Nope}}
{{#Nope}}{{/Nope}}
{{^Nope}}{{/Nope}}
{{#Front}}x
{{^Front}}x
{{/Front}}
{{#Front}}{{/Back}}
{{#Front}}{{/<b>}}
{{ # Front }}x{{/ Front}}{{Front}}
{{#Empty}}x{{/Empty}}{{^Empty}}y{{/Empty}}{{Front}}
{{#Front}}{{#Back}}{{Back}}{{/Back}}{{^Back}}{{Front}}{{/Back}}{{/Front}}
{{Empty}}
{{#Front}}{{^Front}}{{Nope}}{{/Front}}{{/Front}}
{{^Empty}}static{{/Empty}}
{{Front}}<!-- {{Nope}} {{/x}} -->
<!-- {{Front}}
<!-- {{Front}} {{x -->
{{<}}
{{Front}}{{Type}}{{Deck}}{{Subdeck}}{{Card}}{{CardFlag}}{{CardID}}|{{Tags}}
{{Tags}}
{{#Tags}}{{Front}}{{/Tags}}
{{#CardFlag}}{{Front}}{{/CardFlag}}
{{c1}}
{{c2}}
{{#c1}}c{{/c1}}{{#c2}}d{{/c2}}{{^c3}}e{{/c3}}{{Front}}
{{#c+01}}{{/c+01}}{{Front}}
{{#c4294967296}}{{/c4294967296}}
{{#c4294967295}}{{/c4294967295}}{{Front}}
{{:}}
{{#c}}{{/c}}
{{#c1x}}{{/c1x}}
{{foo:}}
{{:Front}}
{{text::Front}}
{{#}}{{/}}
{{FrontSide}}x
{{text:FrontSide}}{{Front}}
{{#FrontSide}}{{/FrontSide}}
{{^}}
{{foo:text:Front}}
{{text:foo:Front}}
{{hint:text:Front}}
{{text:hint:Front}}
{{type:Front}}
{{type:nc:Front}}
{{type:cloze:Front}}
{{type:nc:cloze:Front}}
{{type:text:Front}}
{{text:type:Front}}
{{type:Empty}}
{{type:}}
{{type:Nope}}
{{hint:Front}}
{{hint:Empty}}
{{hint:Übung 中}}{{Übung 中}}
{{Übung 中}}{{Front}}
{{tts en_US voices=A,B speed=1.5 x=y:Front}}
{{tts:Front}}
{{tts :Front}}
{{tts de:text:Front}}
{{tts en:cloze:Front}}
{{tts en cloze_blank=x:cloze:Front}}
{{cloze:Front}}
{{cloze-only:Front}}
{{text:cloze:Front}}
{{cloze:text:Front}}
{{furigana:Front}}
{{kanji:Front}}
{{kana:Front}}
{{furigana:furigana:Front}}
{{=<% %>=}}<%Front%><%#Back%>x<%/Back%>{{Front}}
""".splitlines(),
)

TEXTS = (
    *("", " ", "<BR/> <div>\n</DIV>", "\u200b", "{{c1::a<br>\"'é中\n</div>}}"),
    *(
        "{{c9::{{c9::{{c9::{{c9::{{c9::{{c9::{{c9::{{c9::{{c9::{{c9::{{c9::{{c9::{{c1::x}}}}}}}}}}}}}}}}}}}}}}}}}}}}",
    ),
    *("\\({{c1::<b>a</b>&lt;}}\\) \\[<i>{{c2::x}}</i>\\) <b>{{c1::n}}</b>",),
    *("{{c1::\\(a<b>c</b>\\)}}", "\\(<b>x</b> {{c1::a}}"),
    *("{{c1::a}}\\(\\[<b>x</b>\\)<b>y</b>\\]", "\\)<b>\\(</b>\\){{c1::x}}", "[sound:a\nb]"),
    *("[anki:a\nb=c]x[/anki:a]", "a[b\nc] d[e]", " x  y[z]", "x[\ny[z]", "a\nb[c]"),
    *(" [a] [b][c]", "<a\nb>c<", "&nbsp;x\xa0", "\xa0", "مرحبا {{c1::\u202bعالم\u202c}}"),
    *("\\1 \\g<0>",),
    *"""\
a
<br>
<div><br /></div>x
<div class=x></div>
&nbsp;
<p></p>
{{c1::a}}
{{c1::a::h}}
{{c1::a {{c2::b}} c::h}} {{c1::x}}
{{c1,2::a}}
{{c2,1,1,,0::a}}
{{c0::a}}{{c1::b}}
{{c01::a}}
{{c1::a
{{c2::a}}
a}} {{c1::b}}}}
{{c1:a}}{{c1::b}}
{{c99999::x::y}} {{c1::z}}
{{C1::x}}{{c1::b}}
{{c1::{{c99999::x}}::y}}
{{c,::x}} {{c1::b}}
{{c1::}}
{{c1::::h}}
{{c1::a::b::c}}
{{c1::a::h {{c2::b}} x::y}}
{{c501::x}}{{c1::y}}
{{c+1::x}}
{{c1::{{c1::{{c1::x}}}}}}
{{c00000000065536::x}}
[sound:a.mp3][sound:b&amp;c.mp3]
[sound:]
[sound:a[b]c]
[sound:x/y.mp3]
[anki:tts lang=en]<b>f</b><br>g[...]&amp;[/anki:tts]
[anki:tts voices=a]t[/anki:tts]
[anki:tts lang=en x=y speed=0.5 lang=de cloze_blank=]a[...]<p>b</p>[/anki:tts]
[SOUND:x]
[anki:foo a=b ]x[sound:y][/anki:foo]
[anki:foo  a="b c"]x[/anki:foo]
[anki:foo]x[sound:y]
[anki:foo a]x[/anki:foo]
[anki:foo a=b a=c]x[/anki:foo]
[anki:play:q:0]
[anki:[sound:x]
[anki:tts lang=en][anki:tts lang=de]x[/anki:tts][/anki:tts]
[anki:a b=[sound:x]
[anki: a=b]
[anki:tts lang="a b" voices=]x[/anki:tts]
[anki:x=y]z[/anki:x=y]
漢字[かんじ]を 食[た]べる
a&nbsp;b[c]
[a]
[a]b[c]
a[]b
a[]]b
<b>a[b]</b>
a[sound:b] c[d]
a[b[c]d]
a[b] >[c] d[e
<!-- a > -->b
<!-->b-->c
<!--a>b
<STYLE x>a</Style>b
<style>a
<style x
<script><style></script></style>x
&amp; &#65;&#x41; &eacute;
&nosuch; &amp;
&#X41;
&amp
&#0065;&#xd800;
&#x110000;
&;
&#xD7FF;
&#99999999999;
&Abreve;
שָׁלוֹם
[[type:Back]]
{{Back}}
{{c0::image-occlusion:rect:left=1}}{{c1::image-occlusion:rect:left=2}}{{c2::image-occlusion:a:b}}
{{c1::image-occlusion:a{{c2::y}}z::b}}{{c1::x{{c2::y}}image-occlusion:a::b}}
{{c1::{{c2::x}}image-occlusion:rect:left=4}}{{c1::image-occlusion:rect:{{c2::y}}:left=4}}
""".splitlines(),
)

SHAPES = (
    *("rect:left=.1:top=.2:width=.3:height=.4:oi=1:fill=#fff", "rect", "rect:", "circle:left=1"),
    *("ellipse:left=:top=.1", "ellipse:top=.1:rx=0:ry=2", "polygon:points=1,2 3,4:angle=0:oi=0"),
    *(
        "text:text=a\\:b:scale=1:fs=2",
        'text:text=a<b"c&amp;:x=1',
        "rect:a:left=1",
        "rect:left:top=1",
    ),
    *("rect:left=a\\b:top=1", "rect:left=1=2:top=1", "rect:height=0.0:width=0:scale=0:rx=0.00:ry="),
    *(
        "rect:=1:left=2",
        "rect:left=1:left=2",
        "rect:left=a\\\\:top=1",
        "rect:left=1::top=2",
        ":left=1",
    ),
    *(
        "rect:left=\\\\\\::top=1",
        "polygon:points=1 2,3 4,5,6 ,:top=1",
        "polygon:points=1:top=1",
        "",
    ),
)
"""What hides a part of a picture."""


def note_of(
    front: str, back: str, fields: tuple[str, ...], number: int = 0, *, is_cloze: bool = False
) -> PackageNote:
    """Return a note all of whose cards have the same templates."""
    template = CardTemplate("Card 1", None, front, back)
    note_type = NoteType(
        id=1,
        name=TYPE_NAMES[is_cloze],
        is_cloze=is_cloze,
        sort_field=0,
        fields=tuple((name, None) for name in FIELDS),
        templates=(template,) * (number + 1),
        css="",
    )
    texts = (*fields, *("",) * (len(FIELDS) - len(fields)))
    return PackageNote("guid", note_type, texts, ("a::b", "c"), 0, "", (number,))
