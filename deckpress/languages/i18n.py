"""What cards and release notes say by themselves, in the language of their deck."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "hint": "Hint",
        "extra": "Notes",
        "source": "Source",
        "report": "Report an error",
        "tip": "Tip",
        "note": "Note",
        "important": "Important",
        "warning": "Warning",
        "caution": "Caution",
    },
    "zh": {
        "hint": "提示",
        "extra": "补充",
        "source": "出处",
        "report": "报告错误",
        "tip": "技巧",
        "note": "说明",
        "important": "重要",
        "warning": "注意",
        "caution": "当心",
    },
    "ja": {
        "hint": "ヒント",
        "extra": "補足",
        "source": "出典",
        "report": "誤りを報告",
        "tip": "ヒント",
        "note": "補足",
        "important": "重要",
        "warning": "注意",
        "caution": "警告",
    },
}
_LANGUAGES = ("zh", "ja")
"""Those of the two columns below."""
PHRASES: Mapping[str, tuple[str, str]] = {
    # how many, and signs between words
    "{number} note": ("{number} 条笔记", "ノート {number} 件"),
    "{number} notes": ("{number} 条笔记", "ノート {number} 件"),
    "{number} card": ("{number} 张卡片", "カード {number} 枚"),
    "{number} cards": ("{number} 张卡片", "カード {number} 枚"),
    "{label}: ": ("{label}：", "{label}："),
    ", ": ("、", "、"),
    "; ": ("；", "；"),
    # sections of a diff
    "Added": ("新增", "追加"),
    "Reworded": ("改写的问题", "問題文の変更"),
    "Answer changed": ("改动的答案", "解答の変更"),
    "Pictures changed": ("更换的图片", "画像の変更"),
    "Tags": ("标签", "タグ"),
    "Other changes": ("其他改动", "その他の変更"),
    "Made anew": ("重做", "作り直し"),
    "Retired": ("退役", "廃止"),
    "Design": ("外观", "デザイン"),
    "Learners keep these notes until they delete them.": (
        "已经导入的笔记会一直保留，直到自己删除。",
        "読み込み済みのノートは、自分で削除するまで残ります。",
    ),
    "Other notes with the same question: learners would have both, and start anew.": (
        "问题相同，却是另外的笔记：新旧两条都会在，新的要从头学起。",
        "問題は同じでも別のノートです。新旧の両方が残り、新しい方は最初から学習することになります。",
    ),
    "They are found in Anki's browser by:": (
        "在 Anki 的“浏览”窗口里这样查找：",
        "Anki の「カード管理」で次のように検索できます：",
    ),
    # what differs in a note
    "Question": ("问题", "問題"),
    "Text": ("文字", "テキスト"),
    "Answer": ("答案", "解答"),
    "Hint": ("提示", "ヒント"),
    "Extra": ("补充", "補足"),
    "Context": ("所属主题", "見出し"),
    "Source": ("出处", "出典"),
    "only the formatting": ("只改了格式", "書式のみ"),
    "cloze {number}": ("填空 {number}", "穴埋め {number}"),
    "cloze {number} is gone": ("去掉了填空 {number}", "穴埋め {number} を削除"),
    "cloze {number} is new": ("新增填空 {number}", "穴埋め {number} を追加"),
    "deck": ("牌组", "デッキ"),
    "cards": ("卡片", "カード"),
    "note type (learners get no update)": (
        "笔记模板（已有的笔记不会更新）",
        "ノートタイプ（手元のノートは更新されません）",
    ),
    ", the same under another name": (
        "，内容相同，只换了文件名",
        "（内容は同じで、ファイル名のみ変更）",
    ),
    ", which the new package lacks": ("，新的牌组包里没有", "（新しいパッケージにありません）"),
    ", with other content": ("，内容不同", "（内容を変更）"),
    "+{added} −{gone} lines": ("+{added} −{gone} 行", "+{added} −{gone} 行"),
    # what differs in a note type, or in a deck
    "a new note type": ("新的笔记模板", "新しいノートタイプ"),
    "a note type that is gone": ("不再使用的笔记模板", "使われなくなったノートタイプ"),
    "its fields or cards are others: Anki takes no update for its notes": (
        "字段或卡片变了：Anki 不会更新它的笔记",
        "フィールドまたはカードが変わったため、Anki はこのノートタイプのノートを更新しません",
    ),
    "description": ("描述", "説明"),
    "name": ("名称", "名前"),
    "kind": ("种类", "種類"),
    "fields": ("字段", "フィールド"),
    "sort field": ("排序字段", "並べ替え用フィールド"),
    "name of card {card}": ("卡片 {card} 的名称", "カード {card} の名前"),
    "front of {card}": ("{card} 的正面", "{card} の表面"),
    "back of {card}": ("{card} 的背面", "{card} の裏面"),
    "style sheet": ("样式", "スタイル"),
    # why a version is what it is
    "{notes} made anew, so that learners start anew": (
        "{notes}重做，要从头学起",
        "{notes}が作り直され、最初から学習することになります",
    ),
    "{notes} of another note type, which Anki does not update": (
        "{notes}换了笔记模板，Anki 不会更新",
        "{notes}のノートタイプが変わり、Anki では更新されません",
    ),
    "{notes} that has lost a card (Tools > Empty Cards removes it)": (
        "{notes}少了已有的卡片（用“工具 > 清理空卡片”删除）",
        "{notes}から学習中のカードがなくなります（「ツール > 空のカードを確認」で削除）",
    ),
    "{notes} with a cloze that takes over the progress of another": (
        "{notes}中有填空接用另一个填空的进度",
        "{notes}で、穴埋めが別の穴埋めの進捗を引き継ぎます",
    ),
    'the note type "{name}" has other fields or cards': (
        "笔记模板“{name}”的字段或卡片变了",
        "ノートタイプ「{name}」のフィールドまたはカードが変わりました",
    ),
    'the deck "{old}" is called "{new}": rename it in Anki before you import': (
        "牌组“{old}”改名为“{new}”，请在导入之前先在 Anki 里改名",
        "デッキ「{old}」は「{new}」になります。インポートの前に Anki で名前を変更してください",
    ),
    "{notes} added": ("新增 {notes}", "{notes}を追加"),
    "{notes} with new cards": ("{notes}有新的卡片", "{notes}に新しいカード"),
    "{notes} in another deck": ("{notes}换了牌组", "{notes}のデッキを変更"),
    "{notes} retired": ("{notes}退役", "{notes}を廃止"),
    "{notes} corrected": ("{notes}有修正", "{notes}を修正"),
    "cards look otherwise": ("卡片的外观变了", "カードの見た目を変更"),
    "the deck's page says something else": ("牌组的描述变了", "デッキの説明を変更"),
    "nothing that learners see has changed": (
        "学习者看得到的都没有变",
        "学習者に見える変更はありません",
    ),
    # the notes of a release
    "The first release: {notes}, {cards}.": (
        "首次发布：{notes}，{cards}。",
        "初回リリース：{notes}、{cards}。",
    ),
    "You may lose progress: {reasons}. Make a backup before you import.": (
        "可能会失去学习进度：{reasons}。导入之前请先备份。",
        "学習進捗が失われることがあります：{reasons}。読み込む前にバックアップしてください。",
    ),
    "Import": ("导入", "読み込み"),
    "Open `{package}` with Anki, on desktop or phone, and leave the options as Anki first sets "
    "them (*Update notes: If newer*, *Merge note types* off).": (
        "在电脑或手机上用 Anki 打开 `{package}`，导入选项用 Anki 的默认值："
        "“更新笔记”选“仅在笔记较现有新时”，不勾选“合并笔记模板”。",
        "パソコンまたはスマートフォンの Anki で `{package}` を開き、読み込みオプションは Anki の"
        "初期設定のままにしてください（「ノートを更新」は「読み込み元の方が新しい場合」、"
        "「ノートタイプを統合する」はオフ）。",
    ),
    "Over an earlier version, your progress stays, and so does what you wrote on notes that this "
    "one does not change.": (
        "在旧版之上导入，学习进度不变；这一版没有改动的笔记，自己写在上面的内容也会保留。",
        "旧版に上書きして読み込んでも学習進捗はそのまま残り、"
        "この版で変更のないノートに自分で書いた内容も残ります。",
    ),
    "Anki's browser finds": (
        "在 Anki 的“浏览”窗口里这样查找：",
        "Anki の「カード管理」で次のように検索できます：",
    ),
    "new notes": ("新增的笔记", "追加されたノート"),
    "changed notes": ("改动的笔记", "変更されたノート"),
    "Rehearsed": ("导入预演", "読み込みの確認"),
    "Imported into Anki {anki} over": (
        "用 Anki {anki} 试过在这些旧版之上导入：",
        "Anki {anki} で、次の旧版に上書きして読み込みました：",
    ),
    "{new} new, {updated} updated, {untouched} untouched; {kept} of {cards} cards keep their "
    "schedule": (
        "新增 {new} 条，更新 {updated} 条，{untouched} 条不变；"
        "{cards} 张卡片中有 {kept} 张的排程不变",
        "新規 {new} 件、更新 {updated} 件、変更なし {untouched} 件。"
        "カード {cards} 枚中 {kept} 枚の学習予定はそのままです",
    ),
    "Checksum": ("校验和", "チェックサム"),
}
"""English → Chinese and Japanese, each with the same places in braces.

Anki's things are called what Anki calls them in zh_CN and ja_JP. Source: `anki.lang` of Anki
26.09.3, such as `qt_misc_browse` (浏览, カード管理), `importing_update_notes`,
`importing_update_if_newer`, `importing_merge_notetypes` and `notetypes_notetype`.
"""
Say = Callable[..., str]
"""Takes a phrase, or its English text and its values, and returns it in one language."""


def labels_for(language: str) -> Mapping[str, str]:
    """Return the words for a BCP 47 language tag such as `zh-CN`; English if we have no other."""
    return _LABELS.get(language.split("-")[0].lower(), _LABELS["en"])


@dataclass(frozen=True)
class Phrase:
    """What there is to say, put into a language only when it is told."""

    text: str
    """English, with names in braces where the values come."""
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    """Numbers, names, and phrases."""

    def told(self, language: str) -> str:
        """Return it in the language of a BCP 47 tag such as `zh-CN`."""
        values = {
            name: value.told(language) if isinstance(value, Phrase) else value
            for name, value in self.values.items()
        }
        text = _translate(self.text, language)
        return text.format(**values) if values else text  # a field's name may have braces

    def __str__(self) -> str:
        """Return it in English."""
        return self.told("en")


def phrase(text: str, **values: object) -> Phrase:
    """Return a phrase; `text` is English, and has a place in braces for each of the values."""
    return Phrase(text, values)


def speak(language: str) -> Say:
    """Return what tells phrases in the language of a BCP 47 tag."""

    def say(text: str | Phrase, **values: object) -> str:
        return (text if isinstance(text, Phrase) else Phrase(text, values)).told(language)

    return say


def count_notes(number: int) -> Phrase:
    """Return how many notes there are."""
    return phrase("{number} note" if number == 1 else "{number} notes", number=number)


def count_cards(number: int) -> Phrase:
    """Return how many cards there are."""
    return phrase("{number} card" if number == 1 else "{number} cards", number=number)


def _translate(text: str, language: str) -> str:
    tag = language.split("-")[0].lower()
    if tag not in _LANGUAGES or text not in PHRASES:
        return text
    return PHRASES[text][_LANGUAGES.index(tag)]
