"""The lists of the bureau's page in one statement: who is late, what to decide, what falls due soon, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import Standing
from agencyqa.agencies.models import Registration
from agencyqa.agencies.policies import registration_visible
from agencyqa.assessments import result_policies
from agencyqa.assessments.enums import RoundState, SheetState
from agencyqa.assessments.models import AssessmentRound, ScoreSheet, SheetScorer
from agencyqa.assessments.queries.sheets import waits_for
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.models import Engagement
from agencyqa.measures.reckoning import Reckoning
from agencyqa.objects.models import EvaluationObject
from agencyqa.reports.dashboards.evidence import deliverables, independence, inspections, records, register
from agencyqa.reports.dashboards.rows import SOON, current_sheets, open_sheets, running
from agencyqa.reports.dashboards.tasks import Line, Part, What, collect, columns, of_engagements


def agenda(session: Session, actor: Actor, reckoning: Reckoning) -> Mapping[Part, list[Line]]:
    """Each list is limited and in the order of its urgency."""
    day, late_before = reckoning.day, reckoning.late_before
    members = [
        _to_publish(actor),
        _to_review(actor),
        _applications(actor),
        *register.to_decide(actor),
        independence.to_decide(actor),
        independence.to_agree(actor),
        independence.to_consent(actor),
        deliverables.to_accept(actor),
        *inspections.findings_of_bureau(actor, late_before),
        *inspections.orders_of_bureau(actor, day),
        _late_engagements(actor, late_before),
        _late_sheets(actor, late_before),
        _late_reviews(actor, late_before),
        deliverables.late(actor, late_before),
        inspections.late_orders(actor, late_before),
        *inspections.planned_checks(actor, reckoning),
        _soon(actor, reckoning),
        deliverables.soon(actor, reckoning),
        *inspections.soon_orders(actor, reckoning),
        records.wrong(actor),
    ]
    return collect(session, members, reckoning)


def _to_publish(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Computed years that the actor could publish: the lead of the bureau who scored no sheet of the year."""
    scored_in_year = sa.exists().where(
        SheetScorer.user_id == actor.user_id,
        SheetScorer.sheet_id == ScoreSheet.id,
        ScoreSheet.bureau_id == AssessmentRound.bureau_id,
        sa.or_(
            ScoreSheet.year == AssessmentRound.year,
            sa.exists()
            .where(
                Engagement.id == ScoreSheet.engagement_id, Engagement.assessment_year == AssessmentRound.year
            )
            .correlate(ScoreSheet, AssessmentRound),
        ),
    )
    may_publish = actor.is_lead and actor.has(Permission.RESULTS_PUBLISH)
    return (
        select(
            *columns(
                Part.DECIDE,
                What.ROUND,
                id=AssessmentRound.id,
                title=sa.cast(AssessmentRound.year, sa.String(10)),
                who=Body.name,
                since=AssessmentRound.computed_at,
            )
        )
        .join(Body, Body.id == AssessmentRound.bureau_id)
        .where(
            sa.true() if may_publish else sa.false(),
            result_policies.rounds_seen_by(actor),
            AssessmentRound.bureau_id == actor.bureau_id,
            AssessmentRound.state == RoundState.OPEN,
            AssessmentRound.computed_at.is_not(None),
            ~scored_in_year,
        )
        .order_by(AssessmentRound.computed_at, AssessmentRound.id)
    )


def _to_review(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Submitted sheets of the bureau on which the actor entered nothing."""
    scorer = aliased(Body)
    return (
        _sheets(Part.DECIDE, What.SHEET, scorer.name, since=ScoreSheet.submitted_at)
        .join(scorer, scorer.id == ScoreSheet.scorer_body_id)
        .where(current_sheets(actor), ScoreSheet.state == SheetState.SUBMITTED, waits_for(actor))
        .order_by(ScoreSheet.submitted_at, ScoreSheet.id)
    )


def _applications(actor: Actor) -> Select[*tuple[Any, ...]]:
    may_decide = actor.has(Permission.STANDING_DECIDE)
    return (
        select(
            *columns(
                Part.DECIDE,
                What.APPLICATION,
                id=Registration.agency_id,
                title=Body.name,
                who=Body.name,
                since=Registration.created_at,
            )
        )
        .join(Body, Body.id == Registration.agency_id)
        .where(
            sa.true() if may_decide else sa.false(),
            registration_visible(actor),
            Registration.bureau_id == actor.bureau_id,
            Registration.standing == Standing.APPLIED,
        )
        .order_by(Registration.created_at, Registration.id)
    )


def _late_engagements(actor: Actor, late_before: date) -> Select[*tuple[Any, ...]]:
    return _engagements(Part.LATE).where(running(actor), Engagement.due_on < late_before)


def _soon(actor: Actor, reckoning: Reckoning) -> Select[*tuple[Any, ...]]:
    next_weeks = Engagement.due_on.between(reckoning.late_before, reckoning.day + SOON)
    return _engagements(Part.SOON).where(running(actor), next_weeks)


def _late_sheets(actor: Actor, late_before: date) -> Select[*tuple[Any, ...]]:
    """Not submitted in time. The scorer is late, which may be the bureau itself."""
    scorer = aliased(Body)
    return (
        _sheets(Part.LATE, What.SHEET, scorer.name, due_on=ScoreSheet.due_on)
        .join(scorer, scorer.id == ScoreSheet.scorer_body_id)
        .where(open_sheets(actor), ScoreSheet.due_on < late_before)
        .order_by(ScoreSheet.due_on, ScoreSheet.id)
    )


def _late_reviews(actor: Actor, late_before: date) -> Select[*tuple[Any, ...]]:
    """Submitted, past the due date, and still not decided: here the bureau is late."""
    bureau = aliased(Body)
    return (
        _sheets(Part.LATE, What.REVIEW, bureau.name, due_on=ScoreSheet.due_on)
        .join(bureau, bureau.id == ScoreSheet.bureau_id)
        .where(
            current_sheets(actor), ScoreSheet.state == SheetState.SUBMITTED, ScoreSheet.due_on < late_before
        )
        .order_by(ScoreSheet.due_on, ScoreSheet.id)
    )


def _sheets(part: Part, what: What, who: Any, **moments: Any) -> Select[*tuple[Any, ...]]:
    """``detail`` is the year of a sheet about an agency, which has no object."""
    agency = aliased(Body)
    return (
        select(
            *columns(
                part,
                what,
                id=ScoreSheet.id,
                title=sa.func.coalesce(EvaluationObject.name, ""),
                detail=sa.func.coalesce(sa.cast(ScoreSheet.year, sa.String(10)), ""),
                agency=agency.name,
                who=who,
                **moments,
            )
        )
        .select_from(ScoreSheet)
        .outerjoin(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .outerjoin(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(agency, agency.id == sa.func.coalesce(Engagement.agency_id, ScoreSheet.agency_id))
    )


def _engagements(part: Part) -> Select[*tuple[Any, ...]]:
    rows = of_engagements(part, What.ENGAGEMENT, due_on=Engagement.due_on)
    return rows.order_by(Engagement.due_on, Engagement.id)
