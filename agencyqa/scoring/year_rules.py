"""What a bureau's year is made of: weights, the agency-level form, accumulated credits, vetoes, grades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from agencyqa.scoring.exact import fraction_to_data
from agencyqa.scoring.grades import TOP_PERCENT, grade_problems
from agencyqa.scoring.params import is_of_type
from agencyqa.scoring.problems import Problem, errors_of
from agencyqa.scoring.rules.base import key_problems
from agencyqa.scoring.scheme import NO_MEASURE, GradeBand, Rounding

Weights = Literal["equal", "fee", "amount", "set"]
WEIGHTS = ("equal", "fee", "amount", "set")


@dataclass(frozen=True)
class YearVeto:
    """Raised, it caps the total (units of percent) or the grade, or both. What it cuts off is taken from `measure`."""

    key: str
    caps_total: int | None = None
    caps_grade: str | None = None
    measure: str = NO_MEASURE


@dataclass(frozen=True)
class Credit:
    """Points (units, also negative) that one event of the year added to the account of an agency."""

    key: str
    points: int
    measure: str = NO_MEASURE


@dataclass(frozen=True)
class YearRules:
    """The annual figure out of 100: engagements, agency-level form and credits, each with an exact share.

    `agency_share` is the part that the agency-level form gives, `credit_share` that of the credit account, and the
    engagements give the rest. `base` opens the account: base plus the credits of the year, not below `floor` and not
    above `cap` (units). Without `credit_share` the account is added to the figure of the rest, which it lifts to 100
    at most and lowers to 0 at most. With fewer than `least_engagements` there is a figure, but no grade and no rank.
    """

    weights: Weights = "equal"
    least_engagements: int = 1
    agency_share: Fraction = Fraction(0)
    base: int | None = None
    credit_share: Fraction = Fraction(0)
    cap: int | None = None
    floor: int | None = None
    vetoes: tuple[YearVeto, ...] = ()
    rounding: Rounding | None = None
    grades: tuple[GradeBand, ...] = ()

    @property
    def engagement_share(self) -> Fraction:
        return 1 - self.agency_share - self.credit_share

    @property
    def is_plain(self) -> bool:
        """Whether these are rules that a round could always have; their traces keep the bytes they had."""
        return (
            self.weights in ("equal", "fee")
            and self.least_engagements == 1
            and not self.agency_share
            and self.base is None
            and not self.vetoes
        )

    def bounds_of_account(self) -> tuple[int | None, int | None]:
        """A share of the figure is a share of 100 points, so its account lies between 0 and 100 in any case."""
        if not self.credit_share:
            return self.floor, self.cap
        return self.floor or 0, TOP_PERCENT if self.cap is None else self.cap


def year_rules_problems(rules: YearRules) -> list[Problem]:
    """Everything that is wrong with the rules, at once."""
    found = grade_problems(rules.grades, rules.rounding)
    if rules.weights not in WEIGHTS:
        found.append(Problem("weights", "unknown_weights"))
    if not is_of_type(rules.least_engagements, "count"):
        found.append(Problem("least_engagements", "not_a_count"))
    elif rules.least_engagements < 0:
        found.append(Problem("least_engagements", "negative", {"value": rules.least_engagements}))
    for name in ("agency_share", "credit_share"):
        share = getattr(rules, name)
        if not isinstance(share, (Fraction, int)) or isinstance(share, bool):
            found.append(Problem(name, "not_a_share"))
        elif not 0 <= share <= 1:
            found.append(Problem(name, "share_out_of_range"))
    if not errors_of(found) and rules.engagement_share < 0:
        found.append(Problem("agency_share", "shares_above_one"))
    found += _account_problems(rules)
    return found + _veto_problems(rules.vetoes, rules.grades)


def _account_problems(rules: YearRules) -> list[Problem]:
    figures = {name: getattr(rules, name) for name in ("base", "cap", "floor")}
    given = {name: value for name, value in figures.items() if value is not None}
    found = [
        Problem(name, "not_an_integer") for name, value in given.items() if not is_of_type(value, "points")
    ]
    if found:
        return found
    if rules.base is None:
        if rules.credit_share:
            found.append(Problem("credit_share", "credits_without_base"))
        return found + [Problem(name, "credits_without_base") for name in given]
    if rules.credit_share:
        found += [
            Problem(name, "out_of_range", {"low": 0, "high": TOP_PERCENT})
            for name, value in given.items()
            if not 0 <= value <= TOP_PERCENT
        ]
    low = rules.base if rules.floor is None else rules.floor
    high = rules.base if rules.cap is None else rules.cap
    if not low <= rules.base <= high:
        found.append(Problem("base", "base_outside_bounds", {"low": low, "high": high}))
    return found


def _veto_problems(vetoes: Sequence[YearVeto], grades: Sequence[GradeBand]) -> list[Problem]:
    found = key_problems([veto.key for veto in vetoes], "vetoes") if vetoes else []
    known = {band.key for band in grades}
    for veto in vetoes:
        place = f"vetoes.{veto.key}"
        if veto.caps_total is None and veto.caps_grade is None:
            found.append(Problem(place, "veto_without_effect"))
        if veto.caps_total is not None and not 0 <= veto.caps_total <= TOP_PERCENT:
            found.append(Problem(f"{place}.caps_total", "out_of_range", {"low": 0, "high": TOP_PERCENT}))
        if veto.caps_grade is not None and veto.caps_grade not in known:
            found.append(Problem(f"{place}.caps_grade", "unknown_grade", {"grades": sorted(known)}))
    return found


def year_rules_to_data(rules: YearRules) -> dict[str, Any]:
    """For a trace: what was agreed beyond weights, grades and rounding, which stand there anyway."""
    data: dict[str, Any] = {"least_engagements": rules.least_engagements}
    if rules.agency_share:
        data["agency_share"] = fraction_to_data(rules.agency_share)
    if rules.base is not None:
        data["base"] = rules.base
        data["credit_share"] = fraction_to_data(rules.credit_share) if rules.credit_share else None
        data["floor"], data["cap"] = rules.bounds_of_account()
    lows = {band.key: band.low for band in rules.grades}
    if rules.vetoes:
        data["vetoes"] = [
            {
                "key": veto.key,
                "caps_total": veto.caps_total,
                "caps_grade": veto.caps_grade,
                "grade_low": None if veto.caps_grade is None else lows[veto.caps_grade],
                "measure": veto.measure,
            }
            for veto in rules.vetoes
        ]
    return data


def credits_to_data(credits: Sequence[Credit]) -> list[Mapping[str, Any]]:
    return [{"key": each.key, "points": each.points, "measure": each.measure} for each in credits]
