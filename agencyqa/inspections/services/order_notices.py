"""Messages about rectification orders, written in the transaction of the change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.inspections.models import RectificationOrder
from agencyqa.inspections.numbering import plain_number
from agencyqa.notifications.services import tell

# Those who answer for the agency's practice; its other staff read the page.
AGENCY_ROLES = frozenset({Role.AGENCY_MANAGER, Role.PRINCIPAL_EVALUATOR})
BUREAU_ROLES = frozenset({Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD})


def tell_agency(
    session: Session,
    order: RectificationOrder,
    code: str,
    *,
    now: datetime,
    dedupe_key: str | None = None,
    **params: Any,
) -> None:
    members = member_ids(session, order.agency_id, AGENCY_ROLES, day=local_date(now))
    _tell(session, members, order, code, now=now, dedupe_key=dedupe_key, **params)


def tell_bureau(
    session: Session,
    order: RectificationOrder,
    code: str,
    *,
    now: datetime,
    dedupe_key: str | None = None,
    **params: Any,
) -> None:
    members = member_ids(session, order.bureau_id, BUREAU_ROLES, day=local_date(now))
    _tell(session, members, order, code, now=now, dedupe_key=dedupe_key, **params)


def _tell(
    session: Session,
    members: list[int],
    order: RectificationOrder,
    code: str,
    *,
    now: datetime,
    dedupe_key: str | None,
    **params: Any,
) -> None:
    tell(
        session,
        members,
        code,
        now=now,
        endpoint="inspections.order",
        endpoint_values={"order_id": order.id},
        dedupe_key=dedupe_key,
        number=plain_number(order.year, order.number),
        **params,
    )
