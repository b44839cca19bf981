"""The messages that docs/troubleshooting.md has."""

from __future__ import annotations

import re

from tests.support.projects import ROOT

PAGE = ROOT / "docs/troubleshooting.md"
ROWS = re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.M)
"""What the page says of messages; `…` stands for what differs."""
