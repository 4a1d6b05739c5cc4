"""What the commissioner says to what was handed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.db import check_version
from agencyqa.engagements.deliverables import workflow
from agencyqa.engagements.deliverables.enums import Decision, DeliverableAction
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.deliverables.notices import tell_agency, what_of
from agencyqa.engagements.deliverables.policies import can_decide
from agencyqa.engagements.deliverables.services.access import hold_deliverable, reason_of
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.hooks import tell_evidence_changed
from agencyqa.errors import Forbidden, WrongState

ACTIONS = {Decision.ACCEPTED: DeliverableAction.ACCEPT, Decision.RETURNED: DeliverableAction.RETURN}
CODES = {Decision.ACCEPTED: "deliverable_accepted", Decision.RETURNED: "deliverable_returned"}


def decide(
    actor: Actor,
    session: Session,
    deliverable: Deliverable,
    decision: Decision,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> DeliverableVersion:
    """On the newest version handed in; a return needs a reason.

    Decisions stand: what was accepted stays accepted, and a return is answered with a new version. Raise NotVisible,
    Forbidden, Stale, WrongState, Invalid.
    """
    engagement = hold_deliverable(actor, session, deliverable)
    if not can_decide(actor, engagement):
        raise Forbidden()
    check_version(deliverable, seen_version)
    if engagement.state is EngagementState.TERMINATED:
        raise WrongState("deliverable_engagement_terminated")
    before = deliverable.state
    state = workflow.next_state(before, ACTIONS[decision])
    text = reason_of(reason) if decision is Decision.RETURNED else reason.strip()
    version = session.scalars(
        select(DeliverableVersion)
        .where(
            DeliverableVersion.deliverable_id == deliverable.id,
            DeliverableVersion.submission_id.is_not(None),
        )
        .order_by(DeliverableVersion.number.desc())
        .limit(1)
    ).one()
    version.decision = decision
    version.decision_reason = text
    version.decided_at = now
    version.decided_by_id = actor.user_id
    deliverable.state = state
    session.flush()
    record(
        session,
        actor,
        f"deliverables.deliverable.{decision.value}",
        deliverable,
        now=now,
        bureau_id=deliverable.bureau_id,
        changes={"state": (before, state)},
        number=version.number,
        sha256=version.sha256,
        reason=text,
    )
    tell_agency(
        session,
        engagement,
        CODES[decision],
        now=now,
        what=what_of(deliverable),
        commissioner=actor.body_name,
        number=version.number,
    )
    tell_evidence_changed(session, engagement.id, now=now)
    return version
