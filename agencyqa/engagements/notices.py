"""Messages to the parties of an engagement, written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.models import Engagement
from agencyqa.notifications.services import tell
from agencyqa.objects.models import EvaluationObject

# Who acts for an agency or department in its engagements; a bureau's own officers know what they entered.
PARTY_ROLES = frozenset({Role.AGENCY_MANAGER, Role.DEPARTMENT_OFFICER})


def announce(session: Session, engagement: Engagement, body_ids: Collection[int], *, now: datetime) -> None:
    """Tell the people of these parties that the engagement is there for them."""
    members = {
        member
        for body_id in body_ids
        for member in member_ids(session, body_id, PARTY_ROLES, day=local_date(now))
    }
    if not members:
        return
    agency = session.scalars(select(Body.name).where(Body.id == engagement.agency_id)).one()
    thing = session.scalars(
        select(EvaluationObject.name).where(EvaluationObject.id == engagement.object_id)
    ).one()
    tell(
        session,
        sorted(members),
        "engagement_created",
        now=now,
        endpoint="engagements.show",
        endpoint_values={"engagement_id": engagement.id},
        contract=engagement.contract_number,
        object=thing,
        agency=agency,
    )
