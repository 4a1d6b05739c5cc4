"""What the rules of selection ask about, read from the tables."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.db import open_period
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.data import EngagementData
from agencyqa.engagements.facts import Exclusion, Picked
from agencyqa.engagements.selection.enums import SelectionState
from agencyqa.engagements.selection.models import AgencyExclusion, Selection


def exclusions_on(session: Session, agency_id: int, bureau_id: int, day: date) -> tuple[Exclusion, ...]:
    """What keeps the agency out in this bureau on the day."""
    rows = session.execute(
        select(AgencyExclusion.id, AgencyExclusion.valid_to, AgencyExclusion.reason)
        .where(
            AgencyExclusion.agency_id == agency_id,
            AgencyExclusion.bureau_id == bureau_id,
            AgencyExclusion.withdrawn_at.is_(None),
            open_period(AgencyExclusion.valid_from, AgencyExclusion.valid_to, day),
        )
        .order_by(AgencyExclusion.valid_to.desc(), AgencyExclusion.id)
    )
    return tuple(Exclusion(row.id, row.valid_to, row.reason) for row in rows)


def selection_for(
    session: Session, data: EngagementData, bureau_id: int, engagement_id: int | None
) -> Selection | None:
    """The selection that led to this contract, or is to lead to it: a decided one goes before one in the making."""
    if engagement_id is not None and not may_hold(session, engagement_id, Selection):
        return None
    mine = sa.false() if engagement_id is None else Selection.engagement_id == engagement_id
    waiting = sa.and_(
        Selection.engagement_id.is_(None),
        Selection.state.in_((SelectionState.DECIDED, SelectionState.DRAFT)),
        Selection.bureau_id == bureau_id,
        Selection.object_id == data.object_id,
        Selection.work_kind == data.work_kind,
    )
    return session.scalars(
        select(Selection)
        # What was signed without a selection is not caught up by a later one.
        .where(mine if engagement_id is not None else waiting)
        .order_by(
            sa.case((Selection.state == SelectionState.DECIDED, 0), else_=1),
            # Several may be decided for one object; that of this agency is meant.
            sa.case((Selection.chosen_agency_id == data.agency_id, 0), else_=1),
            Selection.id,
        )
        .limit(1)
    ).first()


def picked_in(session: Session, selection: Selection | None, agency_id: int) -> tuple[Picked, str]:
    """How the agency stands to the selection, and the name of who was chosen."""
    if selection is None:
        return Picked.NOBODY, ""
    if selection.state is SelectionState.DRAFT:
        return Picked.UNDECIDED, ""
    if selection.chosen_agency_id == agency_id:
        return Picked.THIS, ""
    name = session.scalars(select(Body.name).where(Body.id == selection.chosen_agency_id)).one()
    return Picked.ANOTHER, name
