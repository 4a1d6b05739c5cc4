"""What the rules of selection ask about, read from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.db import open_period
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.data import EngagementData
from agencyqa.engagements.facts import Exclusion, Picked
from agencyqa.engagements.models import Engagement
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
    """The selection that led to this contract, or is to lead to it: a decided one goes before one in the making.

    Where none waits for a contract that is new to this work, it is the one that has led to another contract already:
    one decision leads to one contract.
    """
    held = None if engagement_id is None else session.get_one(Engagement, engagement_id)
    is_new = held is None or (held.object_id, held.work_kind) != (data.object_id, data.work_kind)
    if held is None or is_new:
        return _first(session, data, _about(data, bureau_id))
    # What was signed without a selection is not caught up by a later one.
    return own_selection(session, held.id) if may_hold(session, held.id, Selection) else None


def own_selection(session: Session, engagement_id: int) -> Selection | None:
    """The one that led to this contract."""
    return session.scalars(select(Selection).where(Selection.engagement_id == engagement_id)).one_or_none()


def _about(data: EngagementData, bureau_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        Selection.state != SelectionState.CANCELLED,
        Selection.bureau_id == bureau_id,
        Selection.object_id == data.object_id,
        Selection.work_kind == data.work_kind,
    )


def _first(session: Session, data: EngagementData, wanted: sa.ColumnElement[bool]) -> Selection | None:
    order = {SelectionState.DECIDED: 0, SelectionState.DRAFT: 1}
    return session.scalars(
        select(Selection)
        .where(wanted)
        .order_by(
            sa.case(order, value=Selection.state, else_=2),
            # Several may be decided for one object; that of this agency is meant.
            sa.case((Selection.chosen_agency_id == data.agency_id, 0), else_=1),
            Selection.id,
        )
        .limit(1)
    ).first()


@dataclass(frozen=True)
class Pick:
    """``agency``: who was chosen instead; ``contract``: to which one the selection has led."""

    picked: Picked
    agency: str = ""
    contract: str = ""


def pick_of(session: Session, selection: Selection | None, agency_id: int, engagement_id: int | None) -> Pick:
    """How the agency stands to the selection, as the party of this contract or of one to come."""
    if selection is None:
        return Pick(Picked.NOBODY)
    if selection.state is SelectionState.DRAFT:
        return Pick(Picked.UNDECIDED)
    if selection.state is SelectionState.USED and selection.engagement_id != engagement_id:
        number = select(Engagement.contract_number).where(Engagement.id == selection.engagement_id)
        return Pick(Picked.SPENT, contract=session.scalars(number).one())
    if selection.chosen_agency_id == agency_id:
        return Pick(Picked.THIS)
    name = select(Body.name).where(Body.id == selection.chosen_agency_id)
    return Pick(Picked.ANOTHER, agency=session.scalars(name).one())
