"""How many examples a property test draws: few in the suite, thousands by hand, fewer where mutations are tried."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings

# AGENCYQA_TEST_EXAMPLES=50 draws fifty times as many; 1/4 is possible too.
TIMES = Fraction(os.environ.get("AGENCYQA_TEST_EXAMPLES") or 1)


def examples(number: int, **options: Any) -> settings:
    """Settings of a property test that draws so many examples in the suite."""
    return settings(
        max_examples=max(1, int(number * TIMES)),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        **options,
    )
