"""Who sees which evaluation, and who may do what with it. Deny by default; everything starts from ``visible``."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today
from agencyqa.db import open_period
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations.enums import RecordState
from agencyqa.evaluations.models import EvaluationProblem, EvaluationRecord, RecordAssignment


def visible(actor: Actor, day: date | None = None) -> ColumnElement[bool]:
    """The condition behind ``visible_to``, for statements that read columns; ``day`` is today unless told."""
    if not actor.has(Permission.EVALUATIONS_READ) or actor.is_observer:
        return sa.false()
    if actor.is_agency:
        return EvaluationRecord.agency_id == actor.body_id
    is_submitted = EvaluationRecord.state == RecordState.SUBMITTED
    if actor.is_bureau:
        return sa.and_(is_submitted, EvaluationRecord.bureau_id.in_(actor.bureau_ids))
    if actor.is_department:
        party = select(Engagement.id).where(
            sa.or_(Engagement.commissioner_id == actor.body_id, Engagement.evaluated_unit_id == actor.body_id)
        )
        assigned = select(RecordAssignment.engagement_id).where(
            RecordAssignment.department_id == actor.body_id,
            open_period(RecordAssignment.valid_from, RecordAssignment.valid_to, day or today()),
        )
        return sa.and_(
            is_submitted,
            sa.or_(EvaluationRecord.engagement_id.in_(party), EvaluationRecord.engagement_id.in_(assigned)),
        )
    return sa.false()


def visible_to(actor: Actor) -> Select[EvaluationRecord]:
    """Agency: its own, drafts too. Submitted ones: the bureau (reading those of its districts), the parties, and a
    department to which the bureau shows them today. Observers: none."""
    return select(EvaluationRecord).where(visible(actor))


def is_author(actor: Actor, agency_id: int) -> bool:
    return actor.is_agency and actor.body_id == agency_id and actor.has(Permission.EVALUATIONS_WRITE)


def can_start(actor: Actor, engagement: Engagement) -> bool:
    """Clerical help ends in no report or conclusion in the agency's own name, so there is no record of it either."""
    return (
        is_author(actor, engagement.agency_id)
        and engagement.state is not EngagementState.TERMINATED
        and not engagement.is_clerical_only
    )


def can_edit(actor: Actor, record: EvaluationRecord, engagement: Engagement) -> bool:
    return (
        is_author(actor, record.agency_id)
        and record.state is RecordState.DRAFT
        and can_start(actor, engagement)
    )


def can_correct(actor: Actor, record: EvaluationRecord, engagement: Engagement) -> bool:
    """Whether a draft is under way already is asked by the service."""
    return (
        is_author(actor, record.agency_id)
        and record.state is RecordState.SUBMITTED
        and record.is_current
        and can_start(actor, engagement)
    )


def can_answer(actor: Actor, record: EvaluationRecord, problem: EvaluationProblem) -> bool:
    """The department to which the problem is addressed; one that was only shown the record answers nothing."""
    return (
        actor.is_department
        and actor.has(Permission.EVALUATIONS_ANSWER)
        and problem.department_id == actor.body_id
        and record.state is RecordState.SUBMITTED
        and record.is_current
    )


def can_assign(actor: Actor, record: EvaluationRecord) -> bool:
    """A municipal bureau reads its districts' records but assigns only its own."""
    return (
        actor.has(Permission.EVALUATIONS_ASSIGN)
        and actor.bureau_id is not None
        and actor.bureau_id == record.bureau_id
        and record.state is RecordState.SUBMITTED
    )


def sees_source_file(actor: Actor, record: EvaluationRecord) -> bool:
    """A workbook may hold more than the sheets that were read, so only its author and the bureau get it."""
    return actor.is_bureau or is_author(actor, record.agency_id)
