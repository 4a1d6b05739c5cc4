"""Which checklist inspectors work with on a day, and the lists of the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bureau_chain
from agencyqa.auth.actor import Actor
from agencyqa.db import open_period
from agencyqa.inspections.models import Checklist
from agencyqa.inspections.policies import visible_checklists


def checklist_in_force(session: Session, bureau_id: int, day: date) -> Checklist | None:
    """The bureau's own list goes before its parent's, and that before the shipped one."""
    chain = bureau_chain(session, bureau_id)
    rank = sa.case({bureau: place for place, bureau in enumerate(chain)}, value=Checklist.bureau_id)
    return session.scalars(
        select(Checklist)
        .where(
            sa.or_(Checklist.bureau_id.in_(chain), Checklist.bureau_id.is_(None)),
            open_period(Checklist.valid_from, Checklist.valid_to, day),
        )
        .order_by(Checklist.bureau_id.is_(None), rank, Checklist.valid_from.desc(), Checklist.id.desc())
        .limit(1)
    ).first()


def checklist_rows(session: Session, actor: Actor) -> Sequence[Row[Checklist, str | None]]:
    """(list, bureau's name or None for the shipped one); own and newest first."""
    statement = (
        visible_checklists(actor)
        .outerjoin(Body, Body.id == Checklist.bureau_id)
        .with_only_columns(Checklist, Body.name)
        .order_by(
            Checklist.bureau_id.is_(None),
            Checklist.bureau_id != actor.bureau_id,
            Body.sort_key,
            Checklist.valid_from.desc(),
            Checklist.id.desc(),
        )
    )
    return session.execute(statement).all()
