"""Shares and rules of the year as they are stored, and what raises a veto."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from agencyqa.assessments.enums import RankGroups, WeightMode, YearWeights
from agencyqa.assessments.shares import shares_from_data, shares_to_data
from agencyqa.assessments.year_plan import PlanVeto, YearPlan, plain_plan, plan_from_data, plan_to_data
from agencyqa.scoring import GradeBand, Panel, RoleShare, Rounding

FULL = YearPlan(
    YearWeights.SET,
    3,
    Fraction(1, 3),
    600_000,
    Fraction(1, 7),
    1_000_000,
    0,
    (
        PlanVeto("lent", "出借名义", "Lent its name", 590_000, "poor", ("a", "b")),
        PlanVeto("false", "虚假", "", None, "fair", ("c",)),
    ),
    RankGroups.KIND,
)


@pytest.mark.parametrize("plan", [FULL, YearPlan()])
def test_rules_come_back_from_their_data(plan: YearPlan) -> None:
    assert plan_from_data(json.loads(json.dumps(plan_to_data(plan)))) == plan


def test_a_bureau_without_rules_has_the_weights_of_its_round_alone() -> None:
    for mode in WeightMode:
        rules = plain_plan(mode).rules([GradeBand("poor", 0)], Rounding(2))
        assert (rules.weights, rules.is_plain) == (mode.value, True)


def test_a_veto_names_the_findings_that_raise_it() -> None:
    findings = [
        {"fault": fault, "finding_id": number, "number": f"2026-{number:03}"}
        for number, fault in enumerate(("b", "x", "a"), start=1)
    ]
    assert FULL.raised(findings) == [
        {"veto": "lent", "findings": [1, 3], "numbers": ["2026-001", "2026-003"]}
    ]
    assert FULL.raised([]) == []


def test_shares_without_a_panel_keep_the_shape_they_always_had() -> None:
    shares = (
        RoleShare("bureau", 7, 10),
        RoleShare("expert", 3, 10, Panel("trimmed_mean", 2, 5, "leave_out")),
    )
    data = shares_to_data(shares)
    assert data[0] == ["bureau", 7, 10]
    assert shares_from_data(json.loads(json.dumps(data))) == shares
