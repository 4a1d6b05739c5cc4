"""The year of one agency: its engagements, its agency-level form and its credits, exactly as the rules say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from agencyqa.scoring.engagement import MeasureScore, YearItem, measures_to_data, sheet_problems
from agencyqa.scoring.exact import fraction_to_data
from agencyqa.scoring.grades import grade_for, grade_to_data, rounding_to_data
from agencyqa.scoring.panel import RoleFigure, figure_of_sheet, sheet_to_data
from agencyqa.scoring.problems import Problem, RollupError
from agencyqa.scoring.results import Issue, SheetScore
from agencyqa.scoring.scheme import NO_MEASURE, GradeBand, Rounding
from agencyqa.scoring.units import round_half_up
from agencyqa.scoring.version import rollup_engine
from agencyqa.scoring.year_rules import (
    Credit,
    Weights,
    YearRules,
    credits_to_data,
    year_rules_problems,
    year_rules_to_data,
)
from agencyqa.scoring.year_total import YearTotal, capped_grade, year_total

State = Literal["final", "provisional", "empty", "too_few"]


@dataclass(frozen=True)
class WeightedItem:
    """`weight` is the exact part of the year (all parts add up to 1), None while a fee is not known."""

    key: str
    weight: Fraction | None
    score: Fraction | None
    contribution: Fraction | None


@dataclass(frozen=True)
class AnnualResult:
    """Provisional while an engagement has no result or a needed figure is missing; then there is no score.

    With too few engagements there is a score, but neither grade nor rank. `capped_by` names the vetoes that lowered
    the total or the grade; `reached` is the grade that the score reached before them.
    """

    state: State
    score: Fraction | None
    measures: Mapping[str, MeasureScore]
    items: tuple[WeightedItem, ...]
    missing: tuple[Issue, ...]
    rounded: int | None
    places: int | None
    grade: str | None
    trace: dict[str, Any] = field(repr=False)
    reached: str | None = None
    capped_by: tuple[str, ...] = ()


def roll_up_year(
    items: Sequence[YearItem],
    weights: Weights = "equal",
    rounding: Rounding | None = None,
    grades: Sequence[GradeBand] = (),
) -> AnnualResult:
    """The weighted mean of the engagements, without anything beside them; see ``score_year``."""
    return score_year(items, YearRules(weights=weights, rounding=rounding, grades=tuple(grades)))


def score_year(
    items: Sequence[YearItem],
    rules: YearRules,
    *,
    form: SheetScore | None = None,
    credits: Sequence[Credit] = (),
    raised: Collection[str] = (),
) -> AnnualResult:
    """A score of 0 counts; a missing one is never left out in silence.

    An engagement whose weight is 0 counts 0, not 1, yet its result is still required: the year is not finished
    without it. `form` is the agency-level sheet, `credits` what the year added to the account, `raised` the keys of the
    vetoes that are. `missing` holds issues whose `input` is the engagement's key, None for the agency-level form.
    Raises RollupError for contradictory rules, duplicate engagements, negative weights or weights that are all 0.
    """
    problems = year_rules_problems(rules) or _input_problems(items, rules, form, credits, raised)
    if problems:
        raise RollupError(problems)
    parts = _parts(items, rules.weights)
    weighted = tuple(_weighted(item, part) for item, part in zip(items, parts, strict=True))
    figure = figure_of_sheet(form)
    missing = _missing(items, rules, figure)
    state = _state(items, rules, missing)
    is_final = state in ("final", "too_few")
    total = year_total(items, parts, rules, figure, credits, raised) if is_final else None
    score = None if total is None else total.score
    steps = {} if total is None else total.steps
    measures = _measures(items, parts, rules, figure, total)
    outcome = None
    if score is not None and rules.grades and state == "final":
        outcome = grade_for(score, rules.grades, rules.rounding)
    grade, limit = (None, None) if outcome is None else capped_grade(outcome.key, rules, raised)
    grade_data = grade_to_data(outcome)
    if grade_data is not None and outcome is not None and limit is not None:
        grade_data |= {"key": grade, "reached": outcome.key, "capped_by": limit}
    rounding = rules.rounding
    capped = tuple(each["key"] for each in steps.get("vetoes", ()) if each["before"] != each["after"])
    trace = {
        "engine": rollup_engine(is_extended=not rules.is_plain),
        "type": "annual",
        "state": state,
        "weights": rules.weights,
        **({} if rules.is_plain else {"rules": year_rules_to_data(rules)}),
        "missing": [{"code": issue.code, "key": issue.input} for issue in missing],
        "items": [
            _item_to_data(item, each, rules.weights) for item, each in zip(items, weighted, strict=True)
        ],
        **({"form": sheet_to_data(form)} if rules.agency_share else {}),
        **({"credits": credits_to_data(credits)} if rules.base is not None else {}),
        **({"steps": steps} if steps else {}),
        "measures": measures_to_data(measures),
        "score": fraction_to_data(score),
        "rounding": None if score is None else rounding_to_data(score, rounding),
        "grade": grade_data,
    }
    return AnnualResult(
        state=state,
        score=score,
        measures=measures,
        items=weighted,
        missing=tuple(missing),
        rounded=None if score is None or rounding is None else round_half_up(score, rounding.places),
        places=None if rounding is None else rounding.places,
        grade=grade,
        trace=trace,
        reached=None if outcome is None else outcome.key,
        capped_by=capped + (() if limit is None or limit in capped else (limit,)),
    )


# ------------------------------------------------------------------------------------------------ its parts


def _measures(
    items: Sequence[YearItem],
    parts: Sequence[Fraction | None],
    rules: YearRules,
    figure: RoleFigure,
    total: YearTotal | None,
) -> dict[str, MeasureScore]:
    """In the order in which engagements, form, credits and vetoes name them."""
    share = rules.engagement_share
    own = items if share else ()
    # Without the sheets of an engagement nobody knows which measures it would have counted for.
    is_known = (None not in parts or not share) and all(
        item.measures and all(measure.maximum is not None for measure in item.measures.values())
        for item in own
    )
    if rules.agency_share:
        is_known = is_known and figure.measures is not None
    maxima: dict[str, Fraction] = dict.fromkeys((key for item in own for key in item.measures), Fraction(0))
    for item, part in zip(items, parts, strict=True):
        for key, measure in item.measures.items():
            if share and part is not None:
                maxima[key] += share * part * (measure.maximum or Fraction(0))
    if rules.agency_share:
        for key, (_, maximum) in (figure.measures or {}).items():
            maxima[key] = maxima.get(key, Fraction(0)) + rules.agency_share * maximum
    if rules.credit_share:
        maxima[NO_MEASURE] = maxima.get(NO_MEASURE, Fraction(0)) + rules.credit_share * 100
    for key in () if total is None else total.measures:
        maxima.setdefault(key, Fraction(0))
    return {
        key: MeasureScore(
            None if total is None else total.measures.get(key, Fraction(0)),
            maximum if is_known else None,
        )
        for key, maximum in maxima.items()
    }


def _missing(items: Sequence[YearItem], rules: YearRules, figure: RoleFigure) -> list[Issue]:
    missing: list[Issue] = []
    if rules.engagement_share:
        missing += [Issue("score_missing", item.key) for item in items if item.score is None]
        if rules.weights != "equal":
            code = "weight_missing" if rules.weights == "set" else f"{rules.weights}_missing"
            missing += [Issue(code, item.key) for item in items if _weight(item, rules.weights) is None]
    if rules.agency_share and figure.percent is None:
        missing.append(Issue("form_missing", None))
    return missing


def _state(items: Sequence[YearItem], rules: YearRules, missing: Sequence[Issue]) -> State:
    if not items and rules.engagement_share:
        return "empty"
    if missing:
        return "provisional"
    return "too_few" if len(items) < rules.least_engagements else "final"


def _weight(item: YearItem, weights: Weights) -> int | None:
    match weights:
        case "fee":
            return item.fee
        case "amount":
            return item.amount
        case "set":
            return item.weight
        case _:
            return 1


def _parts(items: Sequence[YearItem], weights: Weights) -> list[Fraction | None]:
    held = [_weight(item, weights) for item in items]
    known = [weight for weight in held if weight is not None]
    if len(known) < len(held) or not sum(known):
        return [None] * len(items)
    return [Fraction(weight, sum(known)) for weight in known]


def _weighted(item: YearItem, part: Fraction | None) -> WeightedItem:
    contribution = None if part is None or item.score is None else part * item.score
    return WeightedItem(item.key, part, item.score, contribution)


def _item_to_data(item: YearItem, weighted: WeightedItem, weights: Weights) -> dict[str, Any]:
    return {
        "key": item.key,
        "fee": item.fee,
        **({"amount": item.amount} if weights == "amount" else {}),
        **({"set": item.weight} if weights == "set" else {}),
        "weight": fraction_to_data(weighted.weight),
        "score": fraction_to_data(item.score),
        "contribution": fraction_to_data(weighted.contribution),
        "measures": measures_to_data(item.measures),
    }


# ----------------------------------------------------------------------------------------- what is refused


def _input_problems(
    items: Sequence[YearItem],
    rules: YearRules,
    form: SheetScore | None,
    credits: Sequence[Credit],
    raised: Collection[str],
) -> list[Problem]:
    found: list[Problem] = []
    seen: set[str] = set()
    for item in items:
        if item.key in seen:
            found.append(Problem(f"items.{item.key}", "duplicate_key", {"key": item.key}))
        seen.add(item.key)
        for name in ("fee", "amount", "weight"):
            value = getattr(item, name)
            if value is not None and value < 0:
                found.append(Problem(f"items.{item.key}.{name}", "negative", {"value": value}))
        found += _measure_problems(item)
    weights = [_weight(item, rules.weights) for item in items]
    if not found and items and rules.engagement_share and all(weight == 0 for weight in weights):
        found.append(Problem("items", "weights_all_zero"))
    found += sheet_problems(form, "form")
    if form is not None and not rules.agency_share:
        found.append(Problem("form", "form_without_share"))
    if credits and rules.base is None:
        found.append(Problem("credits", "credits_without_base"))
    known = {veto.key for veto in rules.vetoes}
    found += [Problem(f"vetoes.{key}", "unknown_veto") for key in sorted(set(raised) - known)]
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
