"""Regular expressions that are compiled when they are first used, since most runs need few."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, cast


def lazy_pattern(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Return what has the methods of a compiled pattern; the functions of `re` do not take it."""
    return cast("re.Pattern[str]", _LazyPattern(pattern, flags))


class _LazyPattern:
    """Asks a pattern for each attribute that it does not have yet."""

    def __init__(self, pattern: str, flags: re.RegexFlag) -> None:
        self._arguments = pattern, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._compiled, name)
        setattr(self, name, value)  # from here on it has it, and this method is not asked
        return value

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(*self._arguments)
