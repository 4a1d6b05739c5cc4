"""Spot checks, findings and orders, as members of ``tasks.collect``; what is to be decided only for those who may."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.db import UtcDateTime
from agencyqa.engagements.models import Engagement
from agencyqa.inspections import order_policies
from agencyqa.inspections import policies as inspection_policies
from agencyqa.inspections.enums import CheckState, FindingState, OrderState
from agencyqa.inspections.models import Finding, RectificationAnswer, RectificationOrder, SpotCheck
from agencyqa.measures.reckoning import Reckoning
from agencyqa.objects.models import EvaluationObject
from agencyqa.reports.dashboards.rows import SOON, count
from agencyqa.reports.dashboards.tasks import Part, What, columns, numbered

Member = Select[*tuple[Any, ...]]
_AWAITS_ANSWER = (OrderState.ISSUED, OrderState.REJECTED)


def planned_checks(actor: Actor, reckoning: Reckoning) -> list[Member]:
    """Those of the next weeks, and those whose day has passed without a record."""
    late_before = reckoning.late_before
    planned = (inspection_policies.check_visible(actor), SpotCheck.state == CheckState.PLANNED)
    return [
        _checks(Part.LATE, *planned, SpotCheck.checked_on < late_before),
        _checks(Part.SOON, *planned, SpotCheck.checked_on.between(late_before, reckoning.day + SOON)),
    ]


def _checks(part: Part, *conditions: ColumnElement[bool]) -> Member:
    agency, bureau = aliased(Body), aliased(Body)
    return (
        select(
            *columns(
                part,
                What.CHECK,
                id=SpotCheck.id,
                title=sa.func.coalesce(EvaluationObject.name, ""),
                detail=numbered(SpotCheck.year, SpotCheck.number),
                agency=agency.name,
                who=bureau.name,
                due_on=SpotCheck.checked_on,
            )
        )
        .select_from(SpotCheck)
        .join(agency, agency.id == SpotCheck.agency_id)
        .join(bureau, bureau.id == SpotCheck.bureau_id)
        .outerjoin(Engagement, Engagement.id == SpotCheck.engagement_id)
        .outerjoin(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .where(*conditions)
        .order_by(SpotCheck.checked_on, SpotCheck.id)
    )


def _findings(part: Part, what: What, *conditions: ColumnElement[bool], **moments: Any) -> Member:
    agency, bureau = aliased(Body), aliased(Body)
    return (
        select(
            *columns(
                part,
                what,
                id=Finding.id,
                title=sa.func.coalesce(EvaluationObject.name, ""),
                detail=numbered(Finding.year, Finding.number),
                agency=agency.name,
                # A notice comes from the bureau's own inspectors, everything after it from the agency.
                who=bureau.name if what is What.NOTICE else agency.name,
                **moments,
            )
        )
        .select_from(Finding)
        .join(agency, agency.id == Finding.agency_id)
        .join(bureau, bureau.id == Finding.bureau_id)
        .outerjoin(Engagement, Engagement.id == Finding.engagement_id)
        .outerjoin(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .where(*conditions)
        .order_by(Finding.statement_due_on.is_(None), Finding.statement_due_on, Finding.id)
    )


def findings_of_bureau(actor: Actor, late_before: date) -> list[Member]:
    """To notify: found in a check that was recorded. To decide: the agency has spoken or let its term pass."""
    mine = (
        sa.true() if actor.has(Permission.FINDINGS_DECIDE) else sa.false(),
        inspection_policies.finding_visible(actor),
        Finding.bureau_id == actor.bureau_id,
    )
    recorded = select(SpotCheck.id).where(SpotCheck.state == CheckState.RECORDED)
    has_spoken = sa.or_(Finding.stated_at.is_not(None), Finding.statement_due_on < late_before)
    # Whoever wrote a finding does not decide on it.
    of_others = Finding.created_by_id.is_distinct_from(actor.user_id)
    return [
        _findings(
            Part.DECIDE,
            What.NOTICE,
            *mine,
            Finding.state == FindingState.DRAFT,
            Finding.spot_check_id.in_(recorded),
            since=Finding.created_at,
        ),
        _findings(
            Part.DECIDE,
            What.FINDING,
            *mine,
            Finding.state == FindingState.NOTIFIED,
            has_spoken,
            of_others,
            since=sa.func.coalesce(Finding.stated_at, Finding.notified_at, type_=UtcDateTime()),
        ),
    ]


def findings_to_answer(actor: Actor) -> Member:
    """The agency may still speak as long as nobody has decided, even after its term."""
    return _findings(
        Part.DECIDE,
        What.STATEMENT,
        inspection_policies.finding_visible(actor),
        Finding.state == FindingState.NOTIFIED,
        Finding.stated_at.is_(None),
        due_on=Finding.statement_due_on,
    )


def _orders(part: Part, what: What, *conditions: ColumnElement[bool], **moments: Any) -> Member:
    agency = aliased(Body)
    return (
        select(
            *columns(
                part,
                what,
                id=RectificationOrder.id,
                detail=numbered(RectificationOrder.year, RectificationOrder.number),
                agency=agency.name,
                who=agency.name,
                **moments,
            )
        )
        .select_from(RectificationOrder)
        .join(agency, agency.id == RectificationOrder.agency_id)
        .where(*conditions)
        .order_by(RectificationOrder.due_on, RectificationOrder.id)
    )


def late_orders(actor: Actor, late_before: date) -> Member:
    return _orders(
        Part.LATE,
        What.ORDER,
        order_policies.visible(actor),
        RectificationOrder.state.in_(_AWAITS_ANSWER),
        RectificationOrder.due_on < late_before,
        due_on=RectificationOrder.due_on,
    )


def soon_orders(actor: Actor, reckoning: Reckoning) -> list[Member]:
    """Answers that fall due in the next weeks, and what is to be looked at again on the spot by then."""
    day, next_weeks = reckoning.day, reckoning.day + SOON
    return [
        _orders(
            Part.SOON,
            What.ORDER,
            order_policies.visible(actor),
            RectificationOrder.state.in_(_AWAITS_ANSWER),
            RectificationOrder.due_on.between(reckoning.late_before, next_weeks),
            due_on=RectificationOrder.due_on,
        ),
        _orders(
            Part.SOON,
            What.RECHECK,
            order_policies.visible(actor),
            RectificationOrder.state == OrderState.VERIFIED,
            # Those of today stand among what is to be decided.
            RectificationOrder.recheck_on > day,
            RectificationOrder.recheck_on <= next_weeks,
            due_on=RectificationOrder.recheck_on,
        ),
    ]


def orders_of_bureau(actor: Actor, day: date) -> list[Member]:
    """Answers to verify, and what was to be looked at again on the spot by now."""
    mine = (
        sa.true() if actor.has(Permission.RECTIFICATIONS_VERIFY) else sa.false(),
        order_policies.visible(actor),
        RectificationOrder.bureau_id == actor.bureau_id,
    )
    answered = (
        select(sa.func.max(RectificationAnswer.submitted_at))
        .where(RectificationAnswer.order_id == RectificationOrder.id)
        .correlate(RectificationOrder)
        .scalar_subquery()
    )
    return [
        _orders(
            Part.DECIDE,
            What.VERIFICATION,
            *mine,
            RectificationOrder.state == OrderState.ANSWERED,
            since=answered,
        ),
        _orders(
            Part.DECIDE,
            What.RECHECK,
            *mine,
            RectificationOrder.state == OrderState.VERIFIED,
            RectificationOrder.recheck_on <= day,
            due_on=RectificationOrder.recheck_on,
        ),
    ]


def orders_to_answer(actor: Actor) -> Member:
    return _orders(
        Part.DECIDE,
        What.ORDER,
        order_policies.visible(actor),
        RectificationOrder.state.in_(_AWAITS_ANSWER),
        due_on=RectificationOrder.due_on,
    )


def late_figure(actor: Actor, late_before: date) -> sa.ScalarSelect[int]:
    """How many orders are overdue, as a part of the statement of a page."""
    return count(
        RectificationOrder,
        order_policies.visible(actor),
        RectificationOrder.state.in_(_AWAITS_ANSWER),
        RectificationOrder.due_on < late_before,
    )
