"""The annual figure as it grows: engagements, form, credits, vetoes; each step under the measure it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from agencyqa.scoring.engagement import YearItem
from agencyqa.scoring.exact import fraction_to_data
from agencyqa.scoring.panel import RoleFigure
from agencyqa.scoring.scheme import NO_MEASURE
from agencyqa.scoring.units import SCALE
from agencyqa.scoring.year_rules import Credit, YearRules, YearVeto

TOP = Fraction(100)


@dataclass
class YearTotal:
    """`measures` add up to `score`. `steps` is what a trace shows beside the engagements."""

    score: Fraction = Fraction(0)
    measures: dict[str, Fraction] = field(default_factory=dict)
    steps: dict[str, Any] = field(default_factory=dict)

    def move(self, by: Fraction, measure: str) -> None:
        if by:
            self.measures[measure] = self.measures.get(measure, Fraction(0)) + by
            self.score += by


def year_total(
    items: Sequence[YearItem],
    parts: Sequence[Fraction | None],
    rules: YearRules,
    form: RoleFigure,
    credits: Sequence[Credit],
    raised: Collection[str],
) -> YearTotal:
    """Only for a year of which everything is known. `parts` are the weights of the engagements."""
    total = YearTotal()
    for item, part in zip(items, parts, strict=True):
        for key, measure in item.measures.items():
            total.move(rules.engagement_share * (part or 0) * (measure.score or 0), key)
    if not rules.is_plain:
        total.steps["engagements"] = _share_to_data(rules.engagement_share, total.score)
    if rules.agency_share:
        before = total.score
        for key, (score, _) in (form.measures or {}).items():
            total.move(rules.agency_share * (score or 0), key)
        total.steps["form"] = _share_to_data(rules.agency_share, total.score - before)
    if rules.base is not None:
        total.steps["credits"] = _credit(total, rules, rules.base, credits)
    vetoes = [_veto(total, veto) for veto in rules.vetoes if veto.key in raised]
    if vetoes:
        total.steps["vetoes"] = vetoes
    return total


def _credit(total: YearTotal, rules: YearRules, base: int, credits: Sequence[Credit]) -> dict[str, Any]:
    """Base and credits, held within floor and cap; what the bounds cut off belongs to no measure."""
    account = YearTotal()
    account.move(Fraction(base, SCALE), NO_MEASURE)
    for credit in credits:
        account.move(Fraction(credit.points, SCALE), credit.measure)
    everything = account.score
    low, high = rules.bounds_of_account()
    account.move(_within(everything, low, high) - everything, NO_MEASURE)
    before = total.score
    for key, part in account.measures.items():
        total.move((rules.credit_share or 1) * part, key)
    step = {
        "sum": fraction_to_data(everything),
        "account": fraction_to_data(account.score),
        "contribution": fraction_to_data(total.score - before),
    }
    if not rules.credit_share:
        # Credits on top lift nobody above 100; a figure that stood above it already stays where it is.
        bounded = min(max(total.score, Fraction(0)), max(TOP, before))
        total.move(bounded - total.score, NO_MEASURE)
        step["bounded"] = fraction_to_data(bounded)
    return step


def _within(value: Fraction, low: int | None, high: int | None) -> Fraction:
    if low is not None:
        value = max(value, Fraction(low, SCALE))
    return value if high is None else min(value, Fraction(high, SCALE))


def _veto(total: YearTotal, veto: YearVeto) -> dict[str, Any]:
    before = total.score
    if veto.caps_total is not None:
        total.move(min(before, Fraction(veto.caps_total, SCALE)) - before, veto.measure)
    return {"key": veto.key, "before": fraction_to_data(before), "after": fraction_to_data(total.score)}


def capped_grade(grade: str, rules: YearRules, raised: Collection[str]) -> tuple[str, str | None]:
    """The grade after the vetoes, and the veto that lowered it; of several the lowest, then the first."""
    lows = {band.key: band.low for band in rules.grades}
    lowest: tuple[str, str | None] = (grade, None)
    for veto in rules.vetoes:
        cap = veto.caps_grade
        if veto.key in raised and cap is not None and lows[cap] < lows[lowest[0]]:
            lowest = (cap, veto.key)
    return lowest


def _share_to_data(share: Fraction, contribution: Fraction) -> dict[str, Any]:
    return {"share": fraction_to_data(share), "contribution": fraction_to_data(contribution)}
