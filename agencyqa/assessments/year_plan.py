"""The rules of a bureau's year as dated data, and what raises their vetoes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from agencyqa.assessments.enums import RankGroups, WeightMode, YearWeights
from agencyqa.scoring import GradeBand, Rounding, YearRules, YearVeto


@dataclass(frozen=True)
class PlanVeto:
    """Raised by every final finding on the agency itself that has one of these fault codes."""

    key: str
    label: str
    label_en: str
    caps_total: int | None
    caps_grade: str | None
    faults: tuple[str, ...]


@dataclass(frozen=True)
class YearPlan:
    """``rules`` without grades and rounding, which the round's table of grades gives. Marks are units."""

    weights: YearWeights = YearWeights.EQUAL
    least_engagements: int = 1
    agency_share: Fraction = Fraction(0)
    base: int | None = None
    credit_share: Fraction = Fraction(0)
    cap: int | None = None
    floor: int | None = None
    vetoes: tuple[PlanVeto, ...] = ()
    groups: RankGroups = RankGroups.NONE

    def rules(self, grades: Sequence[GradeBand], rounding: Rounding) -> YearRules:
        return YearRules(
            self.weights.value,
            self.least_engagements,
            self.agency_share,
            self.base,
            self.credit_share,
            self.cap,
            self.floor,
            tuple(YearVeto(each.key, each.caps_total, each.caps_grade) for each in self.vetoes),
            rounding,
            tuple(grades),
        )

    def raised(self, findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Which vetoes the findings on an agency raise, each with the findings that do, in the order of the rules."""
        known = list(findings)
        found: list[dict[str, Any]] = []
        for veto in self.vetoes:
            by = [each for each in known if each["fault"] in veto.faults]
            if by:
                found.append(
                    {
                        "veto": veto.key,
                        "findings": [each["finding_id"] for each in by],
                        "numbers": [each["number"] for each in by],
                    }
                )
        return found


def plain_plan(mode: WeightMode) -> YearPlan:
    """A round of a bureau without rules of its own."""
    return YearPlan(weights=YearWeights(mode.value))


def plan_to_data(plan: YearPlan) -> dict[str, Any]:
    return {
        "weights": plan.weights.value,
        "least_engagements": plan.least_engagements,
        "agency_share": [plan.agency_share.numerator, plan.agency_share.denominator],
        "base": plan.base,
        "credit_share": [plan.credit_share.numerator, plan.credit_share.denominator],
        "cap": plan.cap,
        "floor": plan.floor,
        "vetoes": [
            {
                "key": each.key,
                "label": each.label,
                "label_en": each.label_en,
                "caps_total": each.caps_total,
                "caps_grade": each.caps_grade,
                "faults": list(each.faults),
            }
            for each in plan.vetoes
        ],
        "groups": plan.groups.value,
    }


def plan_from_data(data: Mapping[str, Any]) -> YearPlan:
    return YearPlan(
        YearWeights(data["weights"]),
        data["least_engagements"],
        Fraction(*data["agency_share"]),
        data["base"],
        Fraction(*data["credit_share"]),
        data["cap"],
        data["floor"],
        tuple(
            PlanVeto(
                each["key"],
                each["label"],
                each["label_en"],
                each["caps_total"],
                each["caps_grade"],
                tuple(each["faults"]),
            )
            for each in data["vetoes"]
        ),
        RankGroups(data["groups"]),
    )
