"""What a text is written in: its scripts, its language, and the side that it begins on."""

from deckpress.languages.guess import guess_language
from deckpress.languages.scripts import Script, count_letters, is_right_to_left

__all__ = ["Script", "count_letters", "guess_language", "is_right_to_left"]
