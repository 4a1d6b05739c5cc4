"""Data that comes with the programme: what principal evaluators must bring, until a bureau enters its own."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import EvaluatorCondition
from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.measures.enums import Tag

# 财监〔2021〕4号 as remembered, in force since 2021-08-01; the tag tells every reader that it awaits checking.
VALID_FROM = date(2021, 8, 1)
CONDITIONS = {
    "min_work_years": 5,
    "min_evaluation_years": 3,
    "needs_title_or_licence": True,
    "provision_key": "CJ4/principal_evaluator_conditions",
    "tag": Tag.REMEMBERED,
}


def load_reference_data(session: Session, now: datetime) -> int:
    """Add what is missing and return how many rows were added; a second call changes nothing."""
    shipped = select(EvaluatorCondition.id).where(
        EvaluatorCondition.bureau_id.is_(None), EvaluatorCondition.valid_from == VALID_FROM
    )
    if session.scalars(shipped).first() is not None:
        return 0
    row = EvaluatorCondition(valid_from=VALID_FROM, **CONDITIONS)
    session.add(row)
    session.flush()
    changes = {name: (None, value) for name, value in CONDITIONS.items()}
    actor = system_actor("reference data")
    record(session, actor, "agencies.conditions.loaded", row, now=now, changes=changes)
    return 1
