"""Where a spreadsheet's binary numbers give the exact result, and where they do not.

Marks are integers of a ten-thousandth; sums and products of integers below 2**53 are exact. A quotient of such integers
is the nearest binary number, which decides every rounding except one beside a half. So what is rounded is first lifted
by ``LIFT``: an exact half, which binary may hold a little too low, then goes up as it must. A figure less than ``NEAR``
below a half would go up too, and a product above 2**53 loses digits: those rows say so and hold no formula.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from agencyqa.scoring import Rule
from agencyqa.scoring.rules.composite import Composite
from agencyqa.scoring.rules.ratio import Ratio
from agencyqa.scoring.rules.veto import Veto

EXACT_BELOW = 2**53
# Far above what a few thousand binary additions of figures up to 100 can lose, far below any figure that is told.
LIFT = "0.000000001"
NEAR = Fraction(2, 10**9)
_HALF = Fraction(1, 2)
# A quotient this near a half may land on the other side of it; exactly on it, binary holds it exactly.
_BESIDE = Fraction(1, 10**6)


def rounds_alike(value: Fraction, places: int) -> bool:
    """Whether rounding ``value + LIFT`` in binary gives what half-up gives exactly."""
    power: int = 10**places
    below = _HALF - (value * power) % 1
    return not 0 < below <= NEAR * power


def is_exact(rule: Rule, values: Mapping[str, int | None]) -> bool:
    """Whether the rule's formula gives its mark in binary numbers too, for these inputs."""
    if isinstance(rule, Composite):
        return all(is_exact(part.rule, _inside(values, part.key)) for part in rule.parts)
    if isinstance(rule, Veto):
        return is_exact(rule.rule, values)
    if not isinstance(rule, Ratio):
        return True
    over, under = values.get("actual"), values.get("planned")
    if rule.direction == "lower":
        over, under = under, over
    if over is None or not under:
        return True
    product: int = rule.points * over
    unit: int = 10 ** (4 - rule.places)
    distance = abs(Fraction(product, under * unit) % 1 - _HALF)
    return product < EXACT_BELOW and (distance == 0 or distance > _BESIDE)


def _inside(values: Mapping[str, int | None], part: str) -> dict[str, int | None]:
    start = f"{part}."
    return {name.removeprefix(start): value for name, value in values.items() if name.startswith(start)}
