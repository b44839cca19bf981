"""Fixtures of the tests of releases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deckpress.verify.verification import verify_package


@pytest.fixture(scope="module")
def anki_is_here() -> Iterator[None]:
    """Rehearse in this process: `test_verify_apart.py` holds that another one says the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("deckpress.release.plan.verify_isolated", verify_package)
        yield
