"""Spot checks, findings and rectification orders: what the agency answers, and what the bureau then decides."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from agencyqa.db import UtcDateTime
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Member, Scope, item, numbered
from agencyqa.inspections import order_policies
from agencyqa.inspections import policies as inspection_policies
from agencyqa.inspections.enums import CheckState, FindingState, OrderState
from agencyqa.inspections.models import Finding, RectificationAnswer, RectificationOrder, SpotCheck


def inspection_duties(scope: Scope) -> list[Member]:
    return [_checks(scope), *_findings(scope), *_orders(scope)]


def _checks(scope: Scope) -> Member:
    return select(
        *item(
            Duty.CHECK,
            id=SpotCheck.id,
            bureau_id=SpotCheck.bureau_id,
            body_id=SpotCheck.bureau_id,
            engagement_id=SpotCheck.engagement_id,
            agency_id=SpotCheck.agency_id,
            detail=numbered(SpotCheck.year, SpotCheck.number),
            due_on=SpotCheck.checked_on,
        )
    ).where(scope.sees(inspection_policies.check_visible), SpotCheck.state == CheckState.PLANNED)


def _findings(scope: Scope) -> list[Member]:
    seen = scope.sees(inspection_policies.finding_visible)
    recorded = sa.exists().where(
        SpotCheck.id == Finding.spot_check_id, SpotCheck.state == CheckState.RECORDED
    )
    told = Finding.state == FindingState.NOTIFIED
    has_spoken = sa.or_(
        Finding.stated_at.is_not(None), Finding.statement_due_on < scope.reckoning.late_before
    )
    return [
        # The agency may still speak as long as nobody has decided, even after its term.
        _finding(Duty.STATEMENT, Finding.agency_id, due_on=Finding.statement_due_on).where(
            seen, told, Finding.stated_at.is_(None)
        ),
        _finding(Duty.NOTICE, Finding.bureau_id, since=Finding.created_at).where(
            seen, Finding.state == FindingState.DRAFT, recorded
        ),
        _finding(
            Duty.FINDING,
            Finding.bureau_id,
            since=sa.func.coalesce(Finding.stated_at, Finding.notified_at, type_=UtcDateTime()),
        ).where(seen, told, has_spoken),
    ]


def _finding(duty: Duty, body_id: Any, **moments: Any) -> Member:
    return select(
        *item(
            duty,
            id=Finding.id,
            bureau_id=Finding.bureau_id,
            body_id=body_id,
            engagement_id=Finding.engagement_id,
            agency_id=Finding.agency_id,
            detail=numbered(Finding.year, Finding.number),
            **moments,
        )
    )


def _orders(scope: Scope) -> list[Member]:
    seen, order = scope.sees(order_policies.visible), RectificationOrder
    answered = (
        select(sa.func.max(RectificationAnswer.submitted_at))
        .where(RectificationAnswer.order_id == order.id)
        .correlate(order)
        .scalar_subquery()
    )
    return [
        _order(Duty.ORDER, order.agency_id, due_on=order.due_on).where(
            seen, order.state.in_((OrderState.ISSUED, OrderState.REJECTED))
        ),
        _order(Duty.VERIFICATION, order.bureau_id, since=answered).where(
            seen, order.state == OrderState.ANSWERED
        ),
        _order(Duty.RECHECK, order.bureau_id, due_on=order.recheck_on).where(
            seen, order.state == OrderState.VERIFIED
        ),
    ]


def _order(duty: Duty, body_id: Any, **moments: Any) -> Member:
    return select(
        *item(
            duty,
            id=RectificationOrder.id,
            bureau_id=RectificationOrder.bureau_id,
            body_id=body_id,
            agency_id=RectificationOrder.agency_id,
            detail=numbered(RectificationOrder.year, RectificationOrder.number),
            **moments,
        )
    )
