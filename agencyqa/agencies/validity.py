"""When a qualification is valid, for one row and for statements alike."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from agencyqa.agencies.enums import QualificationState
from agencyqa.agencies.models import Qualification

# Days ahead at which an end is told, and from the first of which it shows as near.
THRESHOLDS = (90, 30, 7)
NEAR = timedelta(days=THRESHOLDS[0])


def qualification_state(
    expires_on: date | None, withdrawn_at: datetime | None, *, is_renewed: bool, day: date
) -> QualificationState:
    """The last day counts as valid."""
    if withdrawn_at is not None:
        return QualificationState.WITHDRAWN
    if is_renewed:
        return QualificationState.RENEWED
    if expires_on is None or expires_on > day + NEAR:
        return QualificationState.VALID
    return QualificationState.EXPIRED if expires_on < day else QualificationState.EXPIRING


def renewed() -> sa.ColumnElement[bool]:
    """The agency has entered the same qualification with a later end, so that this row's end no longer matters."""
    newer = aliased(Qualification)
    return (
        sa.select(newer.id)
        .where(
            newer.agency_id == Qualification.agency_id,
            newer.name == Qualification.name,
            newer.withdrawn_at.is_(None),
            Qualification.expires_on.is_not(None),
            sa.or_(newer.expires_on.is_(None), newer.expires_on > Qualification.expires_on),
        )
        .exists()
    )


def ends_matter() -> sa.ColumnElement[bool]:
    """Qualifications whose end is to be watched."""
    return sa.and_(
        Qualification.withdrawn_at.is_(None), Qualification.expires_on.is_not(None), sa.not_(renewed())
    )


def threshold_reached(expires_on: date, day: date) -> int | None:
    """The nearest threshold that has been reached, None before the first and after the end."""
    left = (expires_on - day).days
    reached = [threshold for threshold in THRESHOLDS if 0 <= left <= threshold]
    return min(reached) if reached else None
