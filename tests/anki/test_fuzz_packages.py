"""No damage to a package is stumbled over, whoever made it and wherever the damage is."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.damaged_packages import run


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_a_damaged_package_is_read_or_refused(seed: int) -> None:
    """In little time and memory: zip, pages, schema, values, lists and note types are damaged.

    For many more, `python -m benchmarks.fuzz_packages`.
    """
    bad = [damaged for damaged in run(seed, 20) if not damaged.is_good]
    assert [(damaged.change, damaged.kind, damaged.details) for damaged in bad] == []


def test_the_same_seed_is_the_same_damage() -> None:
    """What was found once can be looked at again."""
    assert [damaged.data for damaged in run(5, 3)] == [damaged.data for damaged in run(5, 3)]
