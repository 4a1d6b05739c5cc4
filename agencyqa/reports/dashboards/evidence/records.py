"""Evaluation records with wrong figures, and problems to answer, as members of ``tasks.collect``."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from agencyqa.accounts.models import Body
from agencyqa.assessments.enums import RoundState
from agencyqa.assessments.models import AssessmentRound
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.db import UtcDateTime
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations import policies as evaluation_policies
from agencyqa.evaluations.enums import AnswerState, RecordState
from agencyqa.evaluations.models import EvaluationProblem, EvaluationRecord, ProblemAnswer
from agencyqa.objects.models import EvaluationObject
from agencyqa.reports.dashboards.rows import SOON
from agencyqa.reports.dashboards.tasks import Part, What, columns

Member = Select[*tuple[Any, ...]]


def wrong(actor: Actor) -> Member:
    """Submitted records whose figures do not fit, as long as their year is not published."""
    agency = aliased(Body)
    return (
        select(
            *columns(
                Part.FAULTS,
                What.RECORD,
                id=EvaluationRecord.id,
                title=EvaluationObject.name,
                detail=sa.cast(EvaluationRecord.fault_count, sa.String(10)),
                agency=agency.name,
                who=agency.name,
                since=EvaluationRecord.submitted_at,
            )
        )
        .select_from(EvaluationRecord)
        .join(Engagement, Engagement.id == EvaluationRecord.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == EvaluationRecord.object_id)
        .join(agency, agency.id == EvaluationRecord.agency_id)
        .where(*_is_wrong(actor))
        .order_by(EvaluationRecord.submitted_at, EvaluationRecord.id)
    )


def _is_wrong(actor: Actor) -> tuple[Any, ...]:
    published = sa.exists().where(
        AssessmentRound.bureau_id == Engagement.bureau_id,
        AssessmentRound.year == Engagement.assessment_year,
        AssessmentRound.state == RoundState.PUBLISHED,
    )
    return (
        evaluation_policies.visible(actor),
        EvaluationRecord.is_current,
        EvaluationRecord.state == RecordState.SUBMITTED,
        EvaluationRecord.fault_count > 0,
        ~published,
    )


def problems_of_department(actor: Actor, day: date) -> list[Member]:
    """Problems nobody has answered yet, and rectification promised but not reported; one line for each record."""
    mine = (
        sa.true() if actor.has(Permission.EVALUATIONS_ANSWER) else sa.false(),
        evaluation_policies.visible(actor, day),
        EvaluationRecord.is_current,
        EvaluationRecord.state == RecordState.SUBMITTED,
        EvaluationProblem.department_id == actor.body_id,
    )
    of_problem = sa.and_(
        ProblemAnswer.engagement_id == EvaluationRecord.engagement_id,
        ProblemAnswer.problem_key == EvaluationProblem.key,
    )
    later = aliased(ProblemAnswer)
    is_newest = ~sa.exists().where(
        later.engagement_id == ProblemAnswer.engagement_id,
        later.problem_key == ProblemAnswer.problem_key,
        later.number > ProblemAnswer.number,
    )
    promised = (
        ProblemAnswer.state.in_((AnswerState.ACCEPTED, AnswerState.PARTLY_ACCEPTED)),
        ProblemAnswer.rectified_on.is_(None),
        ProblemAnswer.rectify_by <= day + SOON,
        is_newest,
    )
    unanswered = _problems(
        What.PROBLEMS, since=sa.func.min(EvaluationRecord.submitted_at, type_=UtcDateTime())
    )
    open_ones = _problems(What.RECTIFICATION, due_on=sa.func.min(ProblemAnswer.rectify_by))
    return [
        unanswered.where(*mine, ~sa.exists().where(of_problem)).order_by(EvaluationRecord.id),
        open_ones.join(ProblemAnswer, of_problem)
        .where(*mine, *promised)
        .order_by(sa.func.min(ProblemAnswer.rectify_by), EvaluationRecord.id),
    ]


def _problems(what: What, **moments: Any) -> Member:
    agency = aliased(Body)
    return (
        select(
            *columns(
                Part.DECIDE,
                what,
                id=EvaluationRecord.id,
                title=EvaluationObject.name,
                detail=sa.cast(sa.func.count(EvaluationProblem.id), sa.String(10)),
                agency=agency.name,
                who=agency.name,
                **moments,
            )
        )
        .select_from(EvaluationProblem)
        .join(EvaluationRecord, EvaluationRecord.id == EvaluationProblem.record_id)
        .join(EvaluationObject, EvaluationObject.id == EvaluationRecord.object_id)
        .join(agency, agency.id == EvaluationRecord.agency_id)
        .group_by(EvaluationRecord.id, EvaluationObject.name, agency.name)
    )
