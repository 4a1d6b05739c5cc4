from __future__ import annotations

import hashlib

import numpy as np

from agencyqa.assessments.agreement.resampling import in_canonical_order, resample_counts, seed_of
from tests.unit.assessments.agreement.data import KRIPPENDORFF, N


def test_a_sample_has_as_many_draws_as_there_are_units() -> None:
    counts = resample_counts(b"seed", 11, 200)
    assert counts.shape == (200, 11)
    assert counts.sum(axis=1).tolist() == [11.0] * 200
    # Every unit is drawn about as often as every other.
    assert (abs(counts.sum(axis=0) - 200) < 60).all()


def test_the_draws_follow_from_the_published_stream() -> None:
    """By hand: each word of SHAKE-256 of the seed, times the number of units, above 2**32."""
    stream = hashlib.shake_256(b"seed").digest(20)
    expected = [0.0] * 5
    for place in range(0, 20, 4):
        expected[int.from_bytes(stream[place : place + 4], "little") * 5 >> 32] += 1
    assert resample_counts(b"seed", 5, 1).tolist() == [expected]


def test_the_seed_changes_with_any_mark() -> None:
    ordered = in_canonical_order(KRIPPENDORFF)
    changed = ordered.copy()
    changed[0, 0] += 1
    missing = ordered.copy()
    missing[0, 0] = N
    assert len({seed_of(ordered), seed_of(changed), seed_of(missing)}) == 3
    assert seed_of(ordered) == seed_of(in_canonical_order(KRIPPENDORFF[::-1, ::-1]))
    assert np.array_equal(ordered, in_canonical_order(ordered), equal_nan=True)
