"""Showing an evaluation to a further department of the territory, for a period."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.assignments import bring_forward, expect_assignment, overlaps
from agencyqa.audit.record import record as log
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, NotVisible
from agencyqa.evaluations.models import EvaluationRecord, RecordAssignment
from agencyqa.evaluations.notices import announce_assignment
from agencyqa.evaluations.policies import can_assign
from agencyqa.evaluations.services.access import expect_visible


def assign_record(
    actor: Actor,
    session: Session,
    record: EvaluationRecord,
    *,
    department_id: int,
    valid_from: date,
    valid_to: date | None,
    now: datetime,
) -> RecordAssignment:
    """Both days count; without an end until further notice. It goes for every submitted version of the engagement.

    Raise NotVisible, Forbidden, Invalid for a department of another territory, a party, or an overlapping period.
    """
    expect_visible(actor, session, record)
    if not can_assign(actor, record):
        raise Forbidden("only_bureau_assigns_evaluation")
    expect_assignment(
        session,
        department_id=department_id,
        bureau_id=record.bureau_id,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    # The engagement's row is the queue for two who assign at once.
    engagement = session.scalars(
        select(Engagement).where(Engagement.id == record.engagement_id).with_for_update(key_share=True)
    ).one()
    if department_id in {engagement.commissioner_id, engagement.evaluated_unit_id}:
        raise Invalid(department_id="party_sees_anyway")
    overlapping = session.scalar(
        select(RecordAssignment.id)
        .where(
            RecordAssignment.engagement_id == engagement.id,
            RecordAssignment.department_id == department_id,
            overlaps(RecordAssignment.valid_from, RecordAssignment.valid_to, valid_from, valid_to),
        )
        .limit(1)
    )
    if overlapping is not None:
        raise Invalid(department_id="evaluation_already_assigned")
    made = RecordAssignment(
        engagement_id=engagement.id,
        department_id=department_id,
        valid_from=valid_from,
        valid_to=valid_to,
        assigned_at=now,
        assigned_by_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    log(
        session, actor, "evaluations.assignment.added", made, now=now, bureau_id=record.bureau_id,
        engagement_id=engagement.id, department_id=department_id, valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    day = local_date(now)
    if valid_from <= day and (valid_to is None or valid_to >= day):
        announce_assignment(session, record, department_id, now=now)
    return made


def end_assignment(
    actor: Actor,
    session: Session,
    record: EvaluationRecord,
    assignment: RecordAssignment,
    *,
    last_day: date,
    now: datetime,
) -> None:
    """Bring the end forward: to yesterday, which ends it at once, or to a later day. The past is not rewritten.

    Raise NotVisible, Forbidden, WrongState for one that ended already, Invalid.
    """
    expect_visible(actor, session, record)
    if assignment.engagement_id != record.engagement_id:
        raise NotVisible()
    if not can_assign(actor, record):
        raise Forbidden("only_bureau_assigns_evaluation")
    before = bring_forward(actor, session, assignment, last_day, now)
    session.flush()
    log(
        session, actor, "evaluations.assignment.ended", assignment, now=now, bureau_id=record.bureau_id,
        changes={"valid_to": (before, last_day)}, department_id=assignment.department_id,
    )  # fmt: skip
