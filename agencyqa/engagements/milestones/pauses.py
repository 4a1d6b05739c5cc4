"""Reads the pauses of terms. Imports no service, so that whoever counts a date may ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import User
from agencyqa.engagements.milestones.models import TermPause
from agencyqa.measures.workdays import Pause


def pauses_of(session: Session, deliverable_id: int | None) -> list[Pause]:
    """Those that are over, in order; a deliverable that was not stored yet has none."""
    if deliverable_id is None:
        return []
    rows = session.execute(
        select(TermPause.began_on, TermPause.ended_on)
        .where(TermPause.deliverable_id == deliverable_id, TermPause.ended_on.is_not(None))
        .order_by(TermPause.id)
    )
    return [(row.began_on, row.ended_on) for row in rows]


def lasting_pause(session: Session, deliverable_id: int) -> TermPause | None:
    return session.scalars(
        select(TermPause)
        .where(TermPause.deliverable_id == deliverable_id, TermPause.ended_on.is_(None))
        .order_by(TermPause.id)
    ).one_or_none()


_BEGINNER, _ENDER = aliased(User), aliased(User)


def pause_rows(session: Session, deliverable_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """For pages, the newest first; the caller has asked who may know of them."""
    return session.execute(
        select(
            TermPause.deliverable_id,
            TermPause.began_on,
            TermPause.begun_at,
            TermPause.ended_on,
            TermPause.reason,
            TermPause.authority,
            TermPause.ending,
            _BEGINNER.display_name.label("begun_by"),
            _ENDER.display_name.label("ended_by"),
        )
        .outerjoin(_BEGINNER, _BEGINNER.id == TermPause.begun_by_id)
        .outerjoin(_ENDER, _ENDER.id == TermPause.ended_by_id)
        .where(TermPause.deliverable_id.in_(deliverable_ids))
        .order_by(TermPause.deliverable_id, TermPause.id.desc())
    ).all()
