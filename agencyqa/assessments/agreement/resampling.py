"""Repeatable chance: the same data draw the same samples on every machine and with every version of a library.

The seed is the SHA-256 of the data. It is spread into a stream by SHAKE-256 (FIPS 202), a published function; the
generators of Python and numpy promise no stable stream.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from agencyqa.assessments.agreement.figures import Ratings

_WORD = 4


def in_canonical_order(ratings: Ratings) -> Ratings:
    """Marks sorted inside each row and rows among themselves, so that neither order can move a figure."""
    ordered = np.sort(ratings, axis=1)
    return ordered[np.lexsort(ordered.T[::-1])]


def seed_of(ratings: Ratings) -> bytes:
    """Of ratings in canonical order. NaN has many bit patterns, so missing marks go in as their places."""
    missing = np.isnan(ratings)
    digest = hashlib.sha256(repr(ratings.shape).encode())
    digest.update(np.packbits(missing).tobytes())
    digest.update(np.where(missing, 0.0, ratings).astype("<f8").tobytes())
    return digest.digest()


def resample_counts(seed: bytes, units: int, replicates: int) -> NDArray[np.float64]:
    """How often each unit is drawn in each replicate of as many draws as there are units, with replacement."""
    stream = hashlib.shake_256(seed).digest(_WORD * units * replicates)
    words = np.frombuffer(stream, dtype="<u4").astype(np.uint64).reshape(replicates, units)
    # The high half of the product is a number below ``units``; the bias of at most units / 2**32 shows in no digit.
    drawn = ((words * np.uint64(units)) >> np.uint64(32)).astype(np.int64)
    places = drawn + np.arange(replicates, dtype=np.int64)[:, None] * units
    counts = np.bincount(places.ravel(), minlength=units * replicates)
    return counts.reshape(replicates, units).astype(np.float64)
