"""Where a spreadsheet's binary numbers give the exact result, and where they do not.

Marks are integers of a ten-thousandth; sums and products of integers below 2**53 are exact. A quotient of such integers
is the nearest binary number, which decides every rounding except one beside a half. So what is rounded is first lifted
by ``LIFT``: an exact half, which binary may hold a little too low, then goes up as it must. A figure less than ``NEAR``
below a half would go up too, and so might an exact half over figures above 2**53, which lose digits: those rows say
so and hold no formula.

Half-up of a quotient of integers needs no lift: ``INT((2*a+b)/(2*b))``. Spreadsheets take what lies within 15 digits
of an integer for that integer, so it is exact as long as ``2*a+b`` is below ``WHOLE_BELOW``: otherwise the quotient
may stand nearer to the next integer than that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from agencyqa.scoring import Program, Rule
from agencyqa.scoring.adding import WeightParts, most_total
from agencyqa.scoring.rules.composite import Composite
from agencyqa.scoring.rules.ratio import Ratio
from agencyqa.scoring.rules.veto import Veto

EXACT_BELOW = 2**53
WHOLE_BELOW = 10**14
# Far above what a few thousand binary additions of figures up to 100 can lose, far below any figure that is told.
LIFT = "0.000000001"
NEAR = Fraction(2, 10**9)
_HALF = Fraction(1, 2)
# A quotient this near a half, by its own size, may land on the other side of it; exactly on it, binary holds it exactly
# as long as it holds what is divided.
_BESIDE = Fraction(1, 10**6)
_BESIDE_OF_ITS_SIZE = Fraction(1, 10**12)
# Parameters up to a hundred thousand points, times a count of five digits, and inputs up to this: all of it, and the
# sums of many of them, stay below what binary numbers hold exactly.
LARGEST_PARAMETER = 10**9
LARGEST_INPUT = 10**12
_LITERAL = re.compile(r"(?<![A-Z\d])\d+")


def rounds_alike(value: Fraction, places: int) -> bool:
    """Whether rounding ``value + LIFT`` in binary gives what half-up gives exactly."""
    power: int = 10**places
    below = _HALF - (value * power) % 1
    return not 0 < below <= NEAR * power


def half_up(over: str, under: str | int) -> str:
    """The formula of a quotient of two integers, a half going up."""
    return f"INT((2*{over}+{under})/(2*{under}))"


def scheme_fits(program: Program, templates: Mapping[str, str], weights: WeightParts | None) -> bool:
    """Whether every figure that a sheet of the scheme can hold stays exact. ``templates`` are those of its rules."""
    scheme = program.scheme
    literals = [most_total(scheme)]
    for _, criterion in scheme.criteria():
        literals += [criterion.max_points, *map(int, _LITERAL.findall(templates[criterion.key]))]
    inputs = [
        abs(edge) for specs in program.layout.values() for spec in specs for edge in (spec.low, spec.high)
    ]
    if max(literals) > LARGEST_PARAMETER or max(inputs, default=0) > LARGEST_INPUT:
        return False
    quotients = [
        (2 * veto.caps_total + 1) * scheme.max_points for veto in scheme.vetoes if veto.caps_total is not None
    ]
    if weights is not None:
        highest = sum(
            weights.parts.get(each.key, 0) * max(each.max_points, each.rule.bounds().high)
            for _, each in scheme.criteria()
        )
        quotients += [2 * highest + weights.whole, (2 * scheme.max_points + 1) * weights.weights]
    return max(quotients, default=0) < WHOLE_BELOW


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
    quotient = Fraction(product, under * unit)
    top = rule.points if rule.cap is None else rule.cap
    if quotient > 2 * Fraction(top, unit) + 1:
        # However it is rounded, the cap is what is left of it.
        return True
    distance = abs(quotient % 1 - _HALF)
    if distance == 0:
        return product < EXACT_BELOW
    return distance > max(_BESIDE, quotient * _BESIDE_OF_ITS_SIZE)


def _inside(values: Mapping[str, int | None], part: str) -> dict[str, int | None]:
    start = f"{part}."
    return {name.removeprefix(start): value for name, value in values.items() if name.startswith(start)}
