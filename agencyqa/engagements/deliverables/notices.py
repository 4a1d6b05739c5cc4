"""Messages to the parties, written in the transaction of the change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.models import Engagement
from agencyqa.notifications.services import tell

# Who answers for the agency; its staff find everything on the page.
AGENCY_ROLES = frozenset({Role.AGENCY_MANAGER, Role.PRINCIPAL_EVALUATOR})
# A commissioner is a department or the bureau itself.
RECEIVING_ROLES = frozenset({Role.DEPARTMENT_OFFICER, Role.BUREAU_SUPERVISOR})


def what_of(deliverable: Deliverable) -> DeliverableKind | str:
    """How a message names it: by its kind, or by the title the agency gave to one of no kind."""
    return deliverable.title or deliverable.kind


def agency_members(session: Session, engagement: Engagement, day: date) -> list[int]:
    return member_ids(session, engagement.agency_id, AGENCY_ROLES, day=day)


def receivers(session: Session, engagement: Engagement, day: date) -> list[int]:
    """The commissioner's people and the bureau's."""
    bodies = {engagement.commissioner_id, engagement.bureau_id}
    return [
        member for body in sorted(bodies) for member in member_ids(session, body, RECEIVING_ROLES, day=day)
    ]


def tell_agency(
    session: Session,
    engagement: Engagement,
    code: str,
    *,
    now: datetime,
    dedupe_key: str | None = None,
    **params: Any,
) -> int:
    return _tell(
        session,
        agency_members(session, engagement, local_date(now)),
        engagement,
        code,
        now=now,
        dedupe_key=dedupe_key,
        **params,
    )


def tell_receivers(
    session: Session,
    engagement: Engagement,
    code: str,
    *,
    now: datetime,
    dedupe_key: str | None = None,
    **params: Any,
) -> int:
    return _tell(
        session,
        receivers(session, engagement, local_date(now)),
        engagement,
        code,
        now=now,
        dedupe_key=dedupe_key,
        **params,
    )


def tell_unit(session: Session, engagement: Engagement, code: str, *, now: datetime, **params: Any) -> int:
    """The evaluated unit, where it speaks to the draft; nothing else that is handed in asks it for anything."""
    unit = engagement.evaluated_unit_id
    members = member_ids(session, unit, {Role.DEPARTMENT_OFFICER}, day=local_date(now))
    return _tell(
        session, members, engagement, code, now=now, dedupe_key=None, endpoint="opinions.show", **params
    )


def _tell(
    session: Session,
    members: list[int],
    engagement: Engagement,
    code: str,
    *,
    now: datetime,
    dedupe_key: str | None,
    endpoint: str = "deliverables.of_engagement",
    **params: Any,
) -> int:
    return tell(
        session,
        members,
        code,
        now=now,
        endpoint=endpoint,
        endpoint_values={"engagement_id": engagement.id},
        dedupe_key=dedupe_key,
        contract=engagement.contract_number,
        **params,
    )
