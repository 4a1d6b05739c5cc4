"""A simulated year by all that a year can have: panels, forms on agencies, credits, vetoes. Pure.

Slower than the arrays of ``year``, and the very functions that a real round is computed with.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from agencyqa.assessments.annual import AgencyYear, years_of_agencies
from agencyqa.assessments.enums import YearWeights
from agencyqa.assessments.simulation.year import (
    AgencyLine,
    EngagementScores,
    SheetTotals,
    YearArrays,
    YearResult,
    YearRules,
)
from agencyqa.assessments.year_facts import AgencyFact, EngagementFact, SheetFact
from agencyqa.assessments.year_plan import YearPlan
from agencyqa.scoring import RoleShare, fraction_from_data

# Weights that the arrays know, where nothing else of the year is out of the usual.
PLAIN_WEIGHTS = frozenset({YearWeights.EQUAL, YearWeights.FEE})


def is_plain(plan: YearPlan) -> bool:
    """Whether there is nothing in the rules but weights that the arrays know."""
    return plan == YearPlan(weights=plan.weights) and plan.weights in PLAIN_WEIGHTS


@dataclass(frozen=True)
class FullYear:
    """The facts of the year, whose totals a simulation replaces."""

    year: YearArrays
    facts: Sequence[EngagementFact]
    plan: YearPlan
    agencies: Mapping[int, AgencyFact]

    def roll_up(self, sheets: SheetTotals, rules: YearRules) -> YearResult:
        """As ``year.roll_up``."""
        places = {sheet_id: place for place, sheet_id in enumerate(self.year.sheet_ids)}
        facts = [
            replace(
                fact,
                shares=fact.shares if rules.shares is None else _shares(rules.shares, fact.shares),
                sheets=tuple(_sheet(sheet, sheets, places) for sheet in fact.sheets),
            )
            for fact in self.facts
        ]
        plan = replace(self.plan, weights=YearWeights(rules.weights))
        years = years_of_agencies(facts, plan, rules.grades, rules.rounding, self.agencies)
        position = {agency_id: number for number, (agency_id, _) in enumerate(self.year.agencies)}
        return YearResult(
            self._engagements(years),
            tuple(
                AgencyLine(
                    position[each.agency_id],
                    each.score,
                    each.rounded,
                    each.rank,
                    each.grade,
                    each.engagement_count,
                )
                for each in years
            ),
        )

    def _engagements(self, years: Sequence[AgencyYear]) -> EngagementScores:
        scores: dict[int, Fraction | None] = {
            int(item["key"]): fraction_from_data(item["score"])
            for each in years
            for item in each.trace["items"]
        }
        found = [scores.get(engagement_id) for engagement_id in self.year.engagement_ids]
        common = math.lcm(1, *(score.denominator for score in found if score is not None))
        numerators = [
            0 if score is None else score.numerator * (common // score.denominator) for score in found
        ]
        return EngagementScores(
            np.array(numerators, dtype=object),
            common,
            np.array([each is not None for each in found], dtype=bool),
        )


def _shares(wanted: Sequence[RoleShare], own: Sequence[RoleShare]) -> tuple[RoleShare, ...]:
    """Other shares; that a role is a panel stays."""
    panels = {share.role: share.panel for share in own}
    return tuple(replace(share, panel=panels.get(share.role)) for share in wanted)


def _sheet(sheet: SheetFact, sheets: SheetTotals, places: Mapping[int, int]) -> SheetFact:
    place = places.get(sheet.sheet_id)
    if place is None:
        return sheet
    total = int(sheets.total[place]) if sheets.known[place] else None
    maximum = int(sheets.maximum[place])
    if (total, maximum) == (sheet.total, sheet.max_points):
        return sheet
    # Only totals are simulated, so all of one may lie in one part.
    return replace(sheet, total=total, max_points=maximum, measures={"": [total, maximum]})
