"""The nightly look at the due dates of contracts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.services.lateness import take_back_overdue
from agencyqa.measures.reckoning import reckon
from agencyqa.notifications.services import tell


def mark_overdue(session: Session, now: datetime) -> int:
    """Mark open engagements that are late since a working day; the due date counts in full. Tells once per due date.

    A mark that does not hold is taken away, so that every running engagement is settled both ways: also one that was
    marked by calendar days. Return how many were marked or relieved.
    """
    actor = system_actor("jobs")
    relieved = take_back_overdue(session, actor, now)
    reckoning = reckon(session, local_date(now))
    day = reckoning.day
    late = session.execute(
        sa.select(Engagement, Body.name)
        .join(Body, Body.id == Engagement.agency_id)
        .where(
            Engagement.state == EngagementState.CONTRACTED,
            Engagement.is_overdue.is_(False),
            Engagement.due_on < reckoning.late_before,
        )
        .order_by(Engagement.id)
    ).all()
    if not late:
        return relieved
    for engagement, agency in late:
        record(
            session,
            actor,
            "engagements.engagement.overdue",
            engagement,
            now=now,
            bureau_id=engagement.bureau_id,
            due_on=engagement.due_on,
        )
        members = [
            *member_ids(session, engagement.agency_id, {Role.AGENCY_MANAGER}, day=day),
            *member_ids(session, engagement.bureau_id, {Role.BUREAU_SUPERVISOR}, day=day),
        ]
        tell(
            session,
            members,
            "engagement_overdue",
            now=now,
            endpoint="engagements.show",
            endpoint_values={"engagement_id": engagement.id},
            dedupe_key=f"engagement:{engagement.id}:overdue:{engagement.due_on}",
            contract=engagement.contract_number,
            agency=agency,
            due_on=engagement.due_on,
        )
    # A statement of its own leaves the version alone: who is editing at night must not get a conflict.
    session.execute(
        sa.update(Engagement)
        .where(Engagement.id.in_([engagement.id for engagement, _ in late]))
        .values(is_overdue=True)
        .execution_options(synchronize_session="evaluate")
    )
    return relieved + len(late)


JOBS: dict[str, Callable[[Session, datetime], int | None]] = {"engagements.mark_overdue": mark_overdue}
