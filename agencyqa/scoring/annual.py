"""The year of one agency: its engagements, weighted equally or by fee, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from agencyqa.scoring.engagement import MeasureScore, YearItem, measures_to_data
from agencyqa.scoring.exact import fraction_to_data
from agencyqa.scoring.grades import grade_for, grade_problems, grade_to_data, rounding_to_data
from agencyqa.scoring.problems import Problem, RollupError
from agencyqa.scoring.results import Issue
from agencyqa.scoring.scheme import GradeBand, Rounding
from agencyqa.scoring.units import round_half_up
from agencyqa.scoring.version import ENGINE_VERSION

Weights = Literal["equal", "fee"]


@dataclass(frozen=True)
class WeightedItem:
    """`weight` is the exact part of the year (all parts add up to 1), None while a fee is not known."""

    key: str
    weight: Fraction | None
    score: Fraction | None
    contribution: Fraction | None


@dataclass(frozen=True)
class AnnualResult:
    """Provisional while an engagement has no result or a needed fee is missing; then there is no score."""

    state: Literal["final", "provisional", "empty"]
    score: Fraction | None
    measures: Mapping[str, MeasureScore]
    items: tuple[WeightedItem, ...]
    missing: tuple[Issue, ...]
    rounded: int | None
    places: int | None
    grade: str | None
    trace: dict[str, Any] = field(repr=False)


def roll_up_year(
    items: Sequence[YearItem],
    weights: Weights = "equal",
    rounding: Rounding | None = None,
    grades: Sequence[GradeBand] = (),
) -> AnnualResult:
    """The weighted mean of the engagements. A score of 0 counts; a missing one is never left out in silence.

    An engagement whose fee is 0 has the weight 0, not 1, yet its result is still required: the year is not
    finished without it. `missing` holds issues whose `input` is the engagement's key.
    Raises RollupError for duplicate engagements, negative fees or fees that are all 0.
    """
    problems = grade_problems(grades, rounding) + _item_problems(items, weights)
    if problems:
        raise RollupError(problems)
    parts = _parts(items, weights)
    missing = [Issue("score_missing", item.key) for item in items if item.score is None]
    if weights == "fee":
        missing += [Issue("fee_missing", item.key) for item in items if item.fee is None]
    weighted = tuple(_weighted(item, part) for item, part in zip(items, parts, strict=True))
    is_final = bool(items) and not missing
    score = (
        sum((w.contribution for w in weighted if w.contribution is not None), Fraction(0))
        if is_final
        else None
    )
    measures = _measures(items, parts, is_final=is_final)
    state: Literal["final", "provisional", "empty"] = (
        "empty" if not items else "provisional" if missing else "final"
    )
    outcome = grade_for(score, grades, rounding) if score is not None and grades else None
    rounded = None if score is None or rounding is None else round_half_up(score, rounding.places)
    trace = {
        "engine": ENGINE_VERSION,
        "type": "annual",
        "state": state,
        "weights": weights,
        "missing": [{"code": issue.code, "key": issue.input} for issue in missing],
        "items": [_item_to_data(item, each) for item, each in zip(items, weighted, strict=True)],
        "measures": measures_to_data(measures),
        "score": fraction_to_data(score),
        "rounding": None if score is None else rounding_to_data(score, rounding),
        "grade": grade_to_data(outcome),
    }
    return AnnualResult(
        state=state,
        score=score,
        measures=measures,
        items=weighted,
        missing=tuple(missing),
        rounded=rounded,
        places=None if rounding is None else rounding.places,
        grade=None if outcome is None else outcome.key,
        trace=trace,
    )


def _item_problems(items: Sequence[YearItem], weights: Weights) -> list[Problem]:
    found: list[Problem] = []
    if weights not in ("equal", "fee"):
        found.append(Problem("weights", "unknown_weights"))
    seen: set[str] = set()
    for item in items:
        if item.key in seen:
            found.append(Problem(f"items.{item.key}", "duplicate_key", {"key": item.key}))
        seen.add(item.key)
        if item.fee is not None and item.fee < 0:
            found.append(Problem(f"items.{item.key}.fee", "negative", {"value": item.fee}))
        found += _measure_problems(item)
    if not found and items and weights == "fee" and all(item.fee == 0 for item in items):
        found.append(Problem("items", "weights_all_zero"))
    return found


def _measure_problems(item: YearItem) -> list[Problem]:
    if item.score is None:
        return []
    parts = [measure.score for measure in item.measures.values()]
    if (
        any(part is None for part in parts)
        or sum((p for p in parts if p is not None), Fraction(0)) != item.score
    ):
        return [Problem(f"items.{item.key}.measures", "measures_do_not_add_up", {"of": "total"})]
    return []


def _parts(items: Sequence[YearItem], weights: Weights) -> list[Fraction | None]:
    if weights == "equal":
        return [Fraction(1, len(items)) for _ in items]
    fees = [item.fee for item in items if item.fee is not None]
    if len(fees) < len(items):
        return [None] * len(items)
    return [Fraction(fee, sum(fees)) for fee in fees]


def _weighted(item: YearItem, part: Fraction | None) -> WeightedItem:
    contribution = None if part is None or item.score is None else part * item.score
    return WeightedItem(item.key, part, item.score, contribution)


def _measures(
    items: Sequence[YearItem], parts: Sequence[Fraction | None], *, is_final: bool
) -> dict[str, MeasureScore]:
    keys = dict.fromkeys(key for item in items for key in item.measures)
    # Without the sheets of an engagement nobody knows which measures it would have counted for.
    is_known = None not in parts and all(
        item.measures and all(measure.maximum is not None for measure in item.measures.values())
        for item in items
    )
    result: dict[str, MeasureScore] = {}
    for key in keys:
        maximum = score = Fraction(0)
        for item, part in zip(items, parts, strict=True):
            measure = item.measures.get(key)
            if measure is not None and part is not None:
                maximum += part * (measure.maximum or Fraction(0))
                score += part * (measure.score or Fraction(0))
        result[key] = MeasureScore(score if is_final else None, maximum if is_known else None)
    return result


def _item_to_data(item: YearItem, weighted: WeightedItem) -> dict[str, Any]:
    return {
        "key": item.key,
        "fee": item.fee,
        "weight": fraction_to_data(weighted.weight),
        "score": fraction_to_data(item.score),
        "contribution": fraction_to_data(weighted.contribution),
        "measures": measures_to_data(item.measures),
    }
