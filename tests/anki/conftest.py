"""What the tests of real Anki begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from anki.collection import Collection


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """An empty collection."""
    from tests.support.anki_collection import open_collection

    with open_collection(tmp_path / "anki") as opened:
        yield opened
