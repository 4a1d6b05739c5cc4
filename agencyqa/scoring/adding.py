"""How criteria add up to the total: by their points, or by weights that share out the maximum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from agencyqa.scoring.grades import TOP_PERCENT
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.scheme import Criterion, Scheme
from agencyqa.scoring.units import round_half_up


def counts_in_maximum(criterion: Criterion) -> bool:
    return not criterion.bonus and criterion.weight != 0


def contributed_maxima(scheme: Scheme) -> dict[str, int]:
    """What each criterion can contribute to the maximum, in units; a bonus or an item without weight nothing.

    By weights each is the difference of two rounded sums, so that they add up to the maximum exactly.
    """
    criteria = [criterion for _, criterion in scheme.criteria()]
    if scheme.adding == "points":
        return {c.key: c.max_points if counts_in_maximum(c) else 0 for c in criteria}
    weights = [0 if c.bonus or c.weight is None else max(c.weight, 0) for c in criteria]
    whole = sum(weights)
    maxima: dict[str, int] = {}
    weight, before = 0, 0
    for criterion, each in zip(criteria, weights, strict=True):
        weight += each
        after = round_half_up(Fraction(scheme.max_points * weight, whole), 0) if whole else 0
        maxima[criterion.key] = after - before
        before = after
    return maxima


@dataclass(frozen=True)
class WeightParts:
    """Weights as small integers: what counts of each criterion times its part, added up and divided by ``whole``,
    is the total. ``weights`` is the sum of the form's own weights, which the maxima are shared out by."""

    parts: Mapping[str, int]
    whole: int
    weights: int


def weight_parts(scheme: Scheme) -> WeightParts:
    criteria = [c for _, c in scheme.criteria() if not c.bonus and c.weight]
    shares = {c.key: Fraction((c.weight or 0) * scheme.max_points, c.max_points) for c in criteria}
    weights = sum(c.weight or 0 for c in criteria)
    common = math.lcm(*(share.denominator for share in shares.values()), 1)
    factor = math.gcd(common * weights, *(int(share * common) for share in shares.values())) or 1
    parts = {key: int(share * common) // factor for key, share in shares.items()}
    return WeightParts(parts, common * weights // factor, weights)


def most_total(scheme: Scheme) -> int:
    """The cap on the total, which without one is the maximum: then no bonus lifts a sheet above it."""
    return scheme.max_points if scheme.total_cap is None else scheme.total_cap


def least_assessed(scheme: Scheme) -> int:
    """The least part of the maximum (units) that must be assessed for a total; never nothing."""
    return max(1, math.ceil(Fraction((scheme.least_assessed or 0) * scheme.max_points, TOP_PERCENT)))


def can_leave_out(scheme: Scheme, criterion: Criterion) -> bool:
    """Whether an answer, or the lack of any, can take the criterion out of the sheet's maximum."""
    return scheme.unanswered == "leave_out" or criterion.rule.can_be_left_out


def adding_problems(scheme: Scheme) -> list[Problem]:
    """Faults of weights, of the cap on the total, and of the part that must be assessed."""
    found: list[Problem] = []
    weights = 0
    for section, criterion in scheme.criteria():
        place = f"sections.{section.key}.criteria.{criterion.key}.weight"
        weight = criterion.weight
        if weight is not None and weight < 0:
            found.append(Problem(place, "negative", {"value": weight}))
        elif criterion.bonus or scheme.adding == "points":
            # 0 may stand in any scheme: it says that the item is shown and moves nothing.
            if weight:
                found.append(Problem(place, "bonus_with_weight" if criterion.bonus else "weight_without_use"))
        elif weight is None:
            found.append(Problem(place, "weight_missing"))
        else:
            weights += weight
    if scheme.adding == "weights" and scheme.sections and not weights:
        found.append(Problem("adding", "weights_all_zero"))
    if scheme.total_cap is not None and scheme.total_cap < scheme.max_points:
        params = {"cap": scheme.total_cap, "max_points": scheme.max_points}
        found.append(Problem("total_cap", "cap_below_max_points", params))
    if scheme.least_assessed is not None and not 0 < scheme.least_assessed <= TOP_PERCENT:
        found.append(Problem("least_assessed", "out_of_range", {"low": 1, "high": TOP_PERCENT}))
    return found
