"""The tables of this area, checked with a pencil."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest

from agencyqa.engagements.deliverables import receipts, workflow
from agencyqa.engagements.deliverables.enums import (
    Basis,
    DeliverableAction,
    DeliverableKind,
    DeliverableState,
)
from agencyqa.engagements.deliverables.models import RequirementTable
from agencyqa.engagements.deliverables.requirements import SHIPPED, Requirement, expected_of, requirements_of
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.errors import WrongState

A, S, K, E = DeliverableAction, DeliverableState, DeliverableKind, EngagementState


def test_only_these_steps_lead_on() -> None:
    steps = {
        (state, action): workflow.STEPS.get((state, action)) for state in DeliverableState for action in A
    }
    assert {step: end for step, end in steps.items() if end is not None} == {
        (S.EXPECTED, A.UPLOAD): S.EXPECTED,
        (S.EXPECTED, A.SUBMIT): S.SUBMITTED,
        (S.SUBMITTED, A.UPLOAD): S.SUBMITTED,
        (S.SUBMITTED, A.SUBMIT): S.SUBMITTED,
        (S.SUBMITTED, A.ACCEPT): S.ACCEPTED,
        (S.SUBMITTED, A.RETURN): S.RETURNED,
        (S.RETURNED, A.UPLOAD): S.RETURNED,
        (S.RETURNED, A.SUBMIT): S.SUBMITTED,
    }
    with pytest.raises(WrongState, match="deliverable_wrong_state"):
        workflow.next_state(S.ACCEPTED, A.RETURN)


def test_after_completion_only_what_was_returned_and_rectification() -> None:
    def open_in(engagement: EngagementState) -> set[tuple[DeliverableKind, DeliverableState]]:
        return {(kind, state) for kind in K for state in S if workflow.is_open(engagement, kind, state)}

    taking = {S.EXPECTED, S.SUBMITTED, S.RETURNED}
    assert open_in(E.CONTRACTED) == {(kind, state) for kind in K for state in taking}
    assert open_in(E.COMPLETED) == {(kind, S.RETURNED) for kind in K} | {
        (K.RECTIFICATION_REPORT, state) for state in taking
    }
    assert open_in(E.TERMINATED) == set()


@pytest.mark.parametrize(
    ("engagement", "kind", "state", "code"),
    [
        (E.TERMINATED, K.REPORT, S.RETURNED, "deliverable_engagement_terminated"),
        (E.COMPLETED, K.REPORT, S.EXPECTED, "deliverable_engagement_completed"),
        (E.CONTRACTED, K.REPORT, S.ACCEPTED, "deliverable_wrong_state"),
    ],
)
def test_a_closed_deliverable_says_why(
    engagement: EngagementState, kind: DeliverableKind, state: DeliverableState, code: str
) -> None:
    with pytest.raises(WrongState) as error:
        workflow.expect_open(engagement, kind, state)
    assert error.value.code == code


def test_clerical_help_owes_no_report_and_an_unknown_table_nothing() -> None:
    table = RequirementTable(items=[item.as_json() for item in SHIPPED], valid_from=date(2000, 1, 1))
    assert requirements_of(table) == list(SHIPPED)
    further = Requirement(K.RECTIFICATION_REPORT, False)
    assert expected_of(table, Engagement(is_clerical_only=False)) == [*SHIPPED, further]
    assert expected_of(table, Engagement(is_clerical_only=True)) == [
        Requirement(K.PLAN, True, Basis.CONTRACT_SIGNED, 15),
        Requirement(K.WORK_PAPERS, True, Basis.CONTRACT_DUE, 0),
        Requirement(K.DRAFT, False),
        Requirement(K.REPORT, False),
        further,
    ]
    owed = [item for item in expected_of(None, Engagement(is_clerical_only=False)) if item.is_required]
    assert owed == []


def test_a_receipt_is_hashed_the_same_whatever_the_order_of_its_keys() -> None:
    receipt = {"number": 1, "files": [{"name": "报告.pdf", "size": 3}], "note": ""}
    other = {"note": "", "files": [{"size": 3, "name": "报告.pdf"}], "number": 1}
    data = '{"files":[{"name":"报告.pdf","size":3}],"note":"","number":1}'.encode()
    assert receipts.canonical(receipt) == receipts.canonical(other) == data
    assert receipts.digest(receipt) == hashlib.sha256(data).hexdigest()
    assert json.loads(receipts.canonical(receipt)) == receipt
