"""The few words that a card says by itself, in the language of its deck."""

from __future__ import annotations

from collections.abc import Mapping

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


def labels_for(language: str) -> Mapping[str, str]:
    """Return the words for a BCP 47 language tag such as `zh-CN`; English if we have no other."""
    return _LABELS.get(language.split("-")[0].lower(), _LABELS["en"])
