"""The rules as a table: what is changed in a proper engagement, and what each day's rules make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from agencyqa.agencies.enums import Standing, TieKind
from agencyqa.engagements.enums import Outcome
from agencyqa.engagements.facts import EvaluatorLink, Facts, TieFact
from agencyqa.engagements.rules import PROVISIONS, examine, notes, refusals
from agencyqa.engagements.ruling import Check
from agencyqa.measures.enums import WorkKind

BUREAU, EDUCATION, HEALTH, SCHOOL = 1, 2, 3, 4
ALL = frozenset(PROVISIONS)
NONE: frozenset[str] = frozenset()

PROPER = Facts(
    contract_signed_on=date(2022, 3, 1),
    due_on=date(2022, 6, 30),
    today=date(2022, 6, 15),
    fee=8_000_000,
    commissioner_id=BUREAU,
    evaluated_unit_id=SCHOOL,
    department_id=EDUCATION,
    work_kind=WorkKind.EVALUATION,
    is_clerical_only=False,
    standing=Standing.REGISTERED,
    evaluator=EvaluatorLink.APPOINTED,
)


def tie(body_id: int) -> TieFact:
    return TieFact(body_id, f"单位{body_id}", TieKind.SHAREHOLDING)


def told(checks: tuple[Check, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(check.code, check.field, check.provisions) for check in checks]


def test_a_proper_engagement_passes_every_rule() -> None:
    assert [(check.code, check.outcome) for check in examine(PROPER, ALL)] == [
        ("rule_own_evaluation", Outcome.PASSED),
        ("rule_independence", Outcome.PASSED),
        ("rule_people", Outcome.PASSED),
        ("rule_for_unit", Outcome.PASSED),
        ("rule_standing", Outcome.PASSED),
        ("rule_excluded", Outcome.PASSED),
        ("rule_negative_list", Outcome.PASSED),
        ("rule_evaluator", Outcome.PASSED),
    ]


INDEPENDENCE = ("M1/independence", "CY6/recusal")
STANDING = ("M1/selection_on_merit", "M2/practice_rules")

CASES: list[tuple[dict[str, Any], str, str, tuple[str, ...]]] = [
    (
        {"commissioner_id": SCHOOL},
        "commissioner_evaluates_itself",
        "evaluated_unit_id",
        ("CY6/own_evaluation",),
    ),
    ({"ties": (tie(BUREAU),)}, "tie_with_commissioner", "agency_id", INDEPENDENCE),
    ({"ties": (tie(SCHOOL),)}, "tie_with_evaluated_unit", "agency_id", INDEPENDENCE),
    ({"ties": (tie(EDUCATION),)}, "tie_with_department", "agency_id", INDEPENDENCE),
    ({"standing": None}, "agency_not_registered_then", "agency_id", STANDING),
    ({"standing": Standing.APPLIED}, "agency_not_in_good_standing", "agency_id", STANDING),
    ({"standing": Standing.SUSPENDED}, "agency_not_in_good_standing", "agency_id", STANDING),
    ({"standing": Standing.REMOVED}, "agency_not_in_good_standing", "agency_id", STANDING),
    (
        {"work_kind": WorkKind.SELF_EVALUATION},
        "work_on_negative_list",
        "work_kind",
        ("CY6/negative_list",),
    ),
    ({"work_kind": WorkKind.MONITORING}, "work_on_negative_list", "work_kind", ("CY6/negative_list",)),
    ({"work_kind": WorkKind.OBJECTIVE_SETTING}, "work_on_negative_list", "work_kind", ("CY6/negative_list",)),
    (
        {"evaluator": EvaluatorLink.OTHER_TIME},
        "evaluator_not_appointed_then",
        "principal_evaluator_id",
        ("CJ4/principal_evaluator",),
    ),
]


@pytest.mark.parametrize(("changes", "code", "field", "provisions"), CASES, ids=[case[1] for case in CASES])
def test_what_a_measure_forbids_is_refused_with_its_provisions(
    changes: dict[str, Any], code: str, field: str, provisions: tuple[str, ...]
) -> None:
    assert told(refusals(examine(replace(PROPER, **changes), ALL))) == [(code, field, provisions)]


@pytest.mark.parametrize(("changes", "code", "field", "provisions"), CASES, ids=[case[1] for case in CASES])
def test_before_any_rule_was_in_force_the_same_facts_are_only_noted(
    changes: dict[str, Any], code: str, field: str, provisions: tuple[str, ...]
) -> None:
    then = replace(PROPER, contract_signed_on=date(2018, 5, 2), due_on=date(2018, 9, 30), **changes)
    checks = examine(then, NONE)
    assert refusals(checks) == ()
    assert [(check.code, check.outcome) for check in notes(checks)] == [(code, Outcome.NO_RULE)]


def test_only_the_provision_in_force_is_cited() -> None:
    """Between the opinions of early 2021 and the municipal measure of September, recusal was the only rule."""
    tied = replace(PROPER, ties=(tie(BUREAU),))
    assert told(refusals(examine(tied, {"CY6/recusal"}))) == [
        ("tie_with_commissioner", "agency_id", ("CY6/recusal",))
    ]


MISTAKES: list[tuple[dict[str, Any], str, str]] = [
    ({"due_on": date(2022, 2, 28)}, "due_before_contract", "due_on"),
    ({"contract_signed_on": date(2022, 6, 16)}, "signed_in_future", "contract_signed_on"),
    ({"completed_on": date(2022, 2, 28)}, "completed_before_contract", "contract_signed_on"),
    ({"fee": -1}, "negative", "fee"),
    ({"evaluator": EvaluatorLink.NEVER}, "evaluator_of_another_agency", "principal_evaluator_id"),
]


@pytest.mark.parametrize("in_force", [ALL, NONE], ids=["2022", "2018"])
@pytest.mark.parametrize(("changes", "code", "field"), MISTAKES, ids=[case[1] for case in MISTAKES])
def test_a_mistake_of_input_needs_no_provision(
    changes: dict[str, Any], code: str, field: str, in_force: frozenset[str]
) -> None:
    refused = refusals(examine(replace(PROPER, **changes), in_force))
    assert told(refused) == [(code, field, ())]
    assert [check.is_mistake for check in refused] == [True]


@pytest.mark.parametrize(
    "changes",
    [
        {"due_on": date(2022, 3, 1)},
        {"contract_signed_on": date(2022, 6, 15)},
        {"completed_on": date(2022, 3, 1)},
        {"fee": 0},
        {"work_kind": WorkKind.SELF_EVALUATION, "is_clerical_only": True},
        {"work_kind": WorkKind.RESEARCH},
        {"ties": (tie(HEALTH),)},
    ],
)
def test_the_edges_are_allowed(changes: dict[str, Any]) -> None:
    assert refusals(examine(replace(PROPER, **changes), ALL)) == ()


def test_a_parent_that_commissions_its_unit_is_warned_not_refused() -> None:
    checks = examine(replace(PROPER, commissioner_id=EDUCATION, is_related=True), ALL)
    assert refusals(checks) == ()
    assert [(check.code, check.outcome, check.provisions) for check in notes(checks)] == [
        ("commissioner_related_to_unit", Outcome.WARNING, ("CY6/own_evaluation",))
    ]


def test_no_principal_evaluator_yet_is_warned() -> None:
    checks = examine(replace(PROPER, evaluator=EvaluatorLink.NOT_NAMED), ALL)
    assert [(check.code, check.outcome) for check in notes(checks)] == [
        ("evaluator_not_named", Outcome.WARNING)
    ]


def test_everything_that_is_wrong_is_told_at_once_and_each_tie_once() -> None:
    wrong = replace(
        PROPER,
        commissioner_id=SCHOOL,
        ties=(tie(SCHOOL), tie(EDUCATION)),
        standing=Standing.SUSPENDED,
        work_kind=WorkKind.MONITORING,
        evaluator=EvaluatorLink.OTHER_TIME,
        due_on=date(2022, 1, 1),
        fee=-5,
    )
    assert [check.code for check in refusals(examine(wrong, ALL))] == [
        "commissioner_evaluates_itself",
        "tie_with_commissioner",
        "tie_with_department",
        "agency_not_in_good_standing",
        "work_on_negative_list",
        "evaluator_not_appointed_then",
        "due_before_contract",
        "negative",
    ]
