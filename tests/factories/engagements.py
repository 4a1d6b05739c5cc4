"""Engagements for tests, written straight into the table: what the rules say is tested with the services."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency
from agencyqa.engagements.data import EngagementData
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import WorkKind
from agencyqa.objects.models import EvaluationObject
from tests.factories.accounts import NOW
from tests.factories.objects import make_object

SIGNED = date(2022, 3, 1)
DUE = date(2022, 6, 30)
_numbers = itertools.count(1)


def engagement_data(
    thing: EvaluationObject, commissioner: Body, unit: Body, agency: Agency | Body, **changes: Any
) -> EngagementData:
    """What a bureau officer enters; ``changes`` replaces any of it."""
    values: dict[str, Any] = {
        "object_id": thing.id,
        "commissioner_id": commissioner.id,
        "evaluated_unit_id": unit.id,
        "agency_id": agency.id,
        "principal_evaluator_id": None,
        "work_kind": WorkKind.EVALUATION,
        "contract_number": f"HT-{next(_numbers):05d}",
        "contract_signed_on": SIGNED,
        "due_on": DUE,
        "fee": 8_000_000,
    }
    return EngagementData(**{**values, **changes})


def make_engagement(
    session: Session,
    bureau: Body,
    agency: Agency | Body,
    department: Body,
    *,
    commissioner: Body | None = None,
    thing: EvaluationObject | None = None,
    contract_number: str | None = None,
    signed_on: date = SIGNED,
    due_on: date | None = None,
    completed_on: date | None = None,
    fee: int = 8_000_000,
    work_kind: WorkKind = WorkKind.EVALUATION,
    assessment_year: int | None = None,
    state: EngagementState = EngagementState.CONTRACTED,
    is_overdue: bool = False,
    principal_evaluator_id: int | None = None,
) -> Engagement:
    """The bureau commissions (unless ``commissioner`` does), the department is evaluated. ``fee`` in fen."""
    made = Engagement(
        bureau_id=bureau.id,
        object_id=(thing or make_object(session, bureau, department)).id,
        agency_id=agency.id,
        commissioner_id=(commissioner or bureau).id,
        evaluated_unit_id=department.id,
        principal_evaluator_id=principal_evaluator_id,
        work_kind=work_kind,
        is_clerical_only=False,
        contract_number=contract_number or f"HT-{next(_numbers):05d}",
        contract_signed_on=signed_on,
        due_on=due_on or max(DUE, signed_on),
        completed_on=completed_on,
        fee=fee,
        assessment_year=assessment_year or signed_on.year,
        state=state,
        is_overdue=is_overdue,
        note="",
        created_at=NOW,
    )
    session.add(made)
    session.flush()
    return made
