"""What an agency asks its commissioner for: held while it is decided, and settled once, on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.engagements.contracts.enums import SubcontractState
from agencyqa.engagements.contracts.models import Subcontract
from agencyqa.engagements.deliverables.services.access import hold_engagement
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.team.enums import ChangeState
from agencyqa.engagements.team.models import TeamChange
from agencyqa.errors import NotVisible


def hold(
    actor: Actor,
    session: Session,
    request: TeamChange | Subcontract,
    visible: Select[TeamChange] | Select[Subcontract],
) -> Engagement:
    """Its engagement, held; ``request`` is read anew. Raise NotVisible where ``visible`` does not hold it."""
    if session.scalar(visible.where(type(request).id == request.id)) is None:
        raise NotVisible()
    engagement = hold_engagement(actor, session, session.get_one(Engagement, request.engagement_id))
    session.refresh(request)
    return engagement


def settle(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    request: TeamChange | Subcontract,
    state: ChangeState | SubcontractState,
    event: str,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Move to ``state``, which the table of its area allowed, and record ``event`` with the reason."""
    changes: dict[str, Any] = {"state": (request.state, state)}
    request.state = state
    request.decision_reason = reason
    request.decided_at, request.decided_by_id = now, actor.user_id
    session.flush()
    record(
        session,
        actor,
        event,
        request,
        now=now,
        bureau_id=engagement.bureau_id,
        changes=changes,
        engagement_id=engagement.id,
        decision_reason=reason,
    )
