"""The gate before every write: routes only show what this decides."""

from __future__ import annotations

from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.db import check_version
from agencyqa.engagements.locks import is_year_final
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import can_change, visible_to
from agencyqa.errors import Forbidden, NotVisible, WrongState


def expect_writable(
    actor: Actor, session: Session, engagement: Engagement, *, seen_version: int | None
) -> None:
    """Raise NotVisible, Forbidden or Stale."""
    if session.scalar(visible_to(actor).where(Engagement.id == engagement.id)) is None:
        raise NotVisible()
    if not can_change(actor, engagement):
        raise Forbidden()
    check_version(engagement, seen_version)


def expect_open_year(session: Session, engagement: Engagement) -> None:
    """Raise WrongState once the results of the engagement's year are final: an old result never moves."""
    if is_year_final(session, engagement.bureau_id, engagement.assessment_year, hold=True):
        raise WrongState("year_is_final", year=engagement.assessment_year)
