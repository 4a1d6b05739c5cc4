"""The nightly look at ties that begin to count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import Tie
from agencyqa.auth.actor import system_actor
from agencyqa.clock import local_date
from agencyqa.engagements.recusal.services import reopen_for_tie

# A night or a week without a run loses nothing.
LOOK_BACK = timedelta(days=10)


def recheck_ties(session: Session, now: datetime) -> int:
    """Ties that were declared ahead of their first day open the check when that day has come; each once."""
    day = local_date(now)
    begun = session.scalars(
        select(Tie)
        .where(
            Tie.valid_from.between(day - LOOK_BACK, day),
            Tie.body_id.is_not(None),
            Tie.withdrawn_at.is_(None),
        )
        .order_by(Tie.id)
    ).all()
    actor = system_actor("jobs")
    return sum(reopen_for_tie(actor, session, tie, now=now) for tie in begun)


JOBS: dict[str, Callable[[Session, datetime], int | None]] = {"recusal.recheck_ties": recheck_ties}
