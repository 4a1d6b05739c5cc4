"""The gate before every write of this area: routes only show what this decides."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.engagements import policies as engagement_policies
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.policies import visible_to
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Invalid, NotVisible


def hold(session: Session, engagement_id: int) -> Engagement:
    """The engagement as it now is. Until the caller commits nobody else ends it or numbers its papers.

    Rows that only point to it may still be written: whoever writes one may hold a sheet that the caller wants next.
    """
    statement = select(Engagement).where(Engagement.id == engagement_id).with_for_update(key_share=True)
    return session.scalars(statement, execution_options={"populate_existing": True}).one()


def hold_engagement(actor: Actor, session: Session, engagement: Engagement) -> Engagement:
    """Raise NotVisible."""
    wanted = engagement_policies.visible_to(actor).where(Engagement.id == engagement.id)
    if session.scalar(wanted) is None:
        raise NotVisible()
    return hold(session, engagement.id)


def hold_deliverable(actor: Actor, session: Session, deliverable: Deliverable) -> Engagement:
    """The engagement of a deliverable, both read anew. Raise NotVisible."""
    if session.scalar(visible_to(actor).where(Deliverable.id == deliverable.id)) is None:
        raise NotVisible()
    engagement = hold(session, deliverable.engagement_id)
    session.refresh(deliverable)
    return engagement


def reason_of(text: str) -> str:
    if not text.strip():
        raise Invalid("invalid", reason="required")
    return text.strip()
