"""The address of a link → whether it leads anywhere on a card."""

from __future__ import annotations

import re

_WEB = re.compile(r"(?:https?|mailto|tel|ftp):", re.I)


def is_followed(url: str) -> bool:
    """Say whether a learner gets to an address from a card, where no file lies beside the text."""
    return _WEB.match(url) is not None


def leads_nowhere(url: str) -> str:
    """Return what to say of an address that no learner gets to."""
    return f"link to {url} leads nowhere on a card: write a full address, https://…"
