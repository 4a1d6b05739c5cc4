"""Showing one agency's published annual result to one department, for a period."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.assignments import bring_forward, expect_assignment, overlaps
from agencyqa.accounts.queries import member_ids
from agencyqa.assessments import result_policies
from agencyqa.assessments.enums import RoundState
from agencyqa.assessments.models import AnnualResult, AssessmentRound, ResultAssignment
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.notifications.services import tell


def assign_result(
    actor: Actor,
    session: Session,
    result: AnnualResult,
    *,
    department_id: int,
    valid_from: date,
    valid_to: date | None,
    now: datetime,
) -> ResultAssignment:
    """Both days count; without an end until further notice. The department is told where it may look at once.

    Raise NotVisible, Forbidden, WrongState for a result that is not published or was superseded, Invalid.
    """
    _expect_assignable(actor, session, result)
    expect_assignment(
        session,
        department_id=department_id,
        bureau_id=result.bureau_id,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    # The result's row is the queue for two who assign it at once.
    session.execute(select(AnnualResult.id).where(AnnualResult.id == result.id).with_for_update())
    overlapping = session.scalar(
        select(ResultAssignment.id)
        .where(
            ResultAssignment.result_id == result.id,
            ResultAssignment.department_id == department_id,
            overlaps(ResultAssignment.valid_from, ResultAssignment.valid_to, valid_from, valid_to),
        )
        .limit(1)
    )
    if overlapping is not None:
        raise Invalid(department_id="already_assigned")
    assignment = _assign(actor, session, result, department_id, valid_from, valid_to, now)
    session.flush()
    return assignment


def end_assignment(
    actor: Actor, session: Session, assignment: ResultAssignment, *, last_day: date, now: datetime
) -> None:
    """Set the last day on which the department sees the result. See ``accounts.assignments.bring_forward``."""
    result = session.get(AnnualResult, assignment.result_id)
    if result is None or not _is_visible(actor, session, result):
        raise NotVisible()
    if not result_policies.can_assign(actor, result):
        raise Forbidden("only_bureau_assigns")
    before = bring_forward(actor, session, assignment, last_day, now)
    record(
        session, actor, "assessments.assignment.ended", assignment, now=now, bureau_id=result.bureau_id,
        changes={"valid_to": (before, last_day)}, department_id=assignment.department_id,
    )  # fmt: skip
    session.flush()


def carry_over(actor: Actor, session: Session, found: AssessmentRound, *, now: datetime) -> None:
    """Who was shown an agency's result of the revision before is shown the corrected one, for the rest of the time.

    The old assignments stay; what they show says that it was superseded.
    """
    today = local_date(now)
    older_round, older, newer = aliased(AssessmentRound), aliased(AnnualResult), aliased(AnnualResult)
    rows = session.execute(
        select(newer, ResultAssignment.department_id, ResultAssignment.valid_from, ResultAssignment.valid_to)
        .join(older, older.id == ResultAssignment.result_id)
        .join(older_round, older_round.id == older.round_id)
        .join(newer, sa.and_(newer.agency_id == older.agency_id, newer.round_id == found.id))
        .where(
            older_round.bureau_id == found.bureau_id,
            older_round.year == found.year,
            older_round.revision == found.revision - 1,
            sa.or_(ResultAssignment.valid_to.is_(None), ResultAssignment.valid_to >= today),
        )
        .order_by(ResultAssignment.id)
    )
    for result, department_id, valid_from, valid_to in rows.all():
        _assign(actor, session, result, department_id, max(valid_from, today), valid_to, now)
    session.flush()


def _assign(
    actor: Actor,
    session: Session,
    result: AnnualResult,
    department_id: int,
    valid_from: date,
    valid_to: date | None,
    now: datetime,
) -> ResultAssignment:
    assignment = ResultAssignment(
        result_id=result.id,
        department_id=department_id,
        valid_from=valid_from,
        valid_to=valid_to,
        assigned_by_id=actor.user_id,
        assigned_at=now,
    )
    session.add(assignment)
    session.flush()
    record(
        session, actor, "assessments.assignment.added", assignment, now=now, bureau_id=result.bureau_id,
        result_id=result.id, department_id=department_id, valid_from=valid_from, valid_to=valid_to,
    )  # fmt: skip
    day = local_date(now)
    if valid_from <= day and (valid_to is None or valid_to >= day):
        # A message names the agency, so it goes out only where the department may see the result already.
        tell(
            session,
            member_ids(session, department_id, day=day),
            "result_assigned",
            now=now,
            endpoint="assessments.result",
            endpoint_values={"result_id": result.id},
            year=result.year,
            agency=result.agency_name,
        )
    return assignment


def _expect_assignable(actor: Actor, session: Session, result: AnnualResult) -> None:
    if not _is_visible(actor, session, result):
        raise NotVisible()
    if not result_policies.can_assign(actor, result):
        raise Forbidden("only_bureau_assigns")
    state = session.scalar(select(AssessmentRound.state).where(AssessmentRound.id == result.round_id))
    if state is not RoundState.PUBLISHED:
        raise WrongState("result_not_published")
    if session.scalar(
        select(AnnualResult.id).where(AnnualResult.id == result.id, result_policies.is_superseded())
    ):
        raise WrongState("result_superseded")


def _is_visible(actor: Actor, session: Session, result: AnnualResult) -> bool:
    return session.scalar(result_policies.visible_to(actor).where(AnnualResult.id == result.id)) is not None
