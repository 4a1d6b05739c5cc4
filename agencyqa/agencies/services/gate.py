"""The question every write asks first."""

from __future__ import annotations

from sqlalchemy.orm import Session

from agencyqa.agencies.models import Agency, Registration
from agencyqa.agencies.policies import can_change, visible_to
from agencyqa.agencies.queries.record import own_registration
from agencyqa.auth.actor import Actor
from agencyqa.errors import Forbidden, NotVisible


def writable(session: Session, actor: Actor, agency_id: int) -> Registration:
    """The agency's row in the actor's own register. Raise NotVisible or Forbidden."""
    if session.scalar(visible_to(actor).where(Agency.id == agency_id)) is None:
        raise NotVisible()
    registration = own_registration(session, actor, agency_id)
    if registration is None or not can_change(actor, registration):
        raise Forbidden()
    return registration
