"""Messages of this area, to those who may see the record they lead to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations.models import EvaluationRecord, ProblemAnswer
from agencyqa.notifications.services import tell
from agencyqa.objects.models import EvaluationObject

_BUREAU = frozenset({Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD})
_READERS = _BUREAU | {Role.DEPARTMENT_OFFICER}


def announce_record(
    session: Session, engagement: Engagement, record: EvaluationRecord, *, now: datetime
) -> None:
    """To the parties and the bureau: an evaluation, or a correction of it, has been handed in."""
    bodies = {engagement.commissioner_id, engagement.evaluated_unit_id, record.bureau_id}
    code = "evaluation_submitted" if record.revision == 1 else "evaluation_corrected"
    tell(
        session,
        _members(session, bodies, _READERS, now),
        code,
        now=now,
        **_target(record),
        object=_object_name(session, record),
        agency=_body_name(session, record.agency_id),
        revision=record.revision,
    )


def announce_answer(
    session: Session, record: EvaluationRecord, actor: Actor, answer: ProblemAnswer, *, now: datetime
) -> None:
    """To the agency that found the problem and to the bureau."""
    members = {
        *_members(session, {record.agency_id}, {Role.AGENCY_MANAGER}, now),
        *_members(session, {record.bureau_id}, _BUREAU, now),
    }
    tell(
        session,
        members,
        "evaluation_problem_answered",
        now=now,
        **_target(record),
        object=_object_name(session, record),
        department=actor.body_name,
        state=answer.state,
    )


def announce_assignment(
    session: Session, record: EvaluationRecord, department_id: int, *, now: datetime
) -> None:
    tell(
        session,
        _members(session, {department_id}, {Role.DEPARTMENT_OFFICER}, now),
        "evaluation_assigned",
        now=now,
        **_target(record),
        object=_object_name(session, record),
    )


def _members(session: Session, bodies: Collection[int], roles: Collection[Role], now: datetime) -> list[int]:
    day = local_date(now)
    return sorted({each for body_id in bodies for each in member_ids(session, body_id, roles, day=day)})


def _target(record: EvaluationRecord) -> dict[str, Any]:
    return {"endpoint": "evaluations.show", "endpoint_values": {"record_id": record.id}}


def _object_name(session: Session, record: EvaluationRecord) -> str:
    statement = select(EvaluationObject.name).where(EvaluationObject.id == record.object_id)
    return session.scalars(statement).one()


def _body_name(session: Session, body_id: int) -> str:
    return session.scalars(select(Body.name).where(Body.id == body_id)).one()
