"""What rectification orders add to the pages of a spot check and of an engagement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import User
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.hooks import TrailEntry, trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.extensions import db
from agencyqa.inspections import order_policies
from agencyqa.inspections.enums import CheckState
from agencyqa.inspections.models import RectificationOrder, SpotCheck
from agencyqa.inspections.numbering import plain_number
from agencyqa.inspections.panels import check_panels
from agencyqa.inspections.queries import orders as queries
from agencyqa.web.panels import rendered


def orders_panel(actor: Actor, check: SpotCheck) -> Markup | str:
    """The orders of a spot check that the actor may see, and the way to a new one."""
    if not actor.has(Permission.INSPECTIONS_READ):
        return ""
    session = db.session()
    rows = queries.orders_of_check(session, actor, check.id)
    can_issue = (
        order_policies.can_issue(actor, check)
        and check.state is CheckState.RECORDED
        and not order_policies.has_conflict(session, actor, check.id)
        and bool(queries.orderable_findings(session, check.id))
    )
    return rendered(
        "inspections/order_of_check.html",
        rows=rows,
        check=check,
        can={
            "issue": can_issue,
            "print": check.state is not CheckState.CANCELLED,
            "change_template": order_policies.can_change_template(actor)
            and actor.bureau_id == check.bureau_id,
        },
        label=queries.order_label,
    )


def order_trail(session: Session, actor: Actor, engagement: Engagement) -> list[TrailEntry]:
    """What happened to the orders of an engagement's spot checks, as far as the actor may see them."""
    if not may_hold(session, engagement.id, SpotCheck):
        return []
    statement = (
        order_policies.visible_to(actor)
        .join(SpotCheck, SpotCheck.id == RectificationOrder.spot_check_id)
        .where(SpotCheck.engagement_id == engagement.id)
        .order_by(RectificationOrder.id)
    )
    orders = {order.id: order for order in session.scalars(statement)}
    if not orders:
        return []
    names = _names(session, orders.values())
    lines = []
    for order in orders.values():
        lines.append(_line(order, order.created_at, "order_issued", names.get(order.issued_by_id), "warning"))
        if order.closed_at is not None:
            lines.append(
                _line(order, order.closed_at, "order_closed", names.get(order.closed_by_id), "success")
            )
    for row in queries.answers_of(session, actor, orders):
        if row.submitted_at is not None:
            order, is_late = orders[row.order_id], bool(row.late_days)
            lines.append(
                _line(
                    order,
                    row.submitted_at,
                    "order_answered_late" if is_late else "order_answered",
                    row.submitted_by,
                    "warning" if is_late else "info",
                    body_id=order.agency_id,
                    days=row.late_days,
                )
            )
    lines += [
        _line(
            orders[row.order_id],
            row.reviewed_at,
            _verdict(row.is_recheck, row.is_accepted),
            row.reviewed_by,
            "success" if row.is_accepted else "warning",
        )
        for row in queries.reviews_of(session, orders)
    ]
    return lines


def _line(
    order: RectificationOrder,
    at: datetime,
    code: str,
    person: str | None,
    tone: str,
    *,
    body_id: int | None = None,
    days: int | None = None,
) -> TrailEntry:
    """By default the bureau acted."""
    return TrailEntry(
        at,
        code,
        {"number": plain_number(order.year, order.number), "days": days},
        actor_name=person or "",
        body_id=order.bureau_id if body_id is None else body_id,
        tone=tone,
        endpoint="inspections.order",
        endpoint_values={"order_id": order.id},
    )


def _names(session: Session, orders: Iterable[RectificationOrder]) -> dict[int | None, str]:
    people = {each for order in orders for each in (order.issued_by_id, order.closed_by_id) if each}
    if not people:
        return {}
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_(people)))
    return {row.id: row.display_name for row in rows}


def _verdict(is_recheck: bool, is_accepted: bool) -> str:
    if is_recheck:
        return "order_recheck_passed" if is_accepted else "order_recheck_failed"
    return "order_verified" if is_accepted else "order_rejected"


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if orders_panel not in check_panels:
        check_panels.append(orders_panel)
    if order_trail not in trail_sources:
        trail_sources.append(order_trail)
