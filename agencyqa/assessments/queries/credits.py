"""Reads of credits: the entries of a bureau's year, also those that were withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, User
from agencyqa.agencies.models import Registration
from agencyqa.assessments.models import AgencyCredit
from agencyqa.auth.actor import Actor
from agencyqa.web.tables import Key, Order

ORDERS: Mapping[str, Order] = {
    "-day": (Key(AgencyCredit.occurred_on, descending=True), Key(AgencyCredit.id, descending=True))
}


def credits_seen_by(actor: Actor) -> Select[AgencyCredit]:
    """A bureau's own and its districts'; what an agency was credited it reads in its published result."""
    return select(AgencyCredit).where(AgencyCredit.bureau_id.in_(actor.bureau_ids))


def credit_rows(
    actor: Actor, *, year: int | None = None, agency_id: int | None = None
) -> Select[*tuple[Any, ...]]:
    """For ``paginate`` with ``ORDERS``."""
    statement = (
        select(
            AgencyCredit.id,
            AgencyCredit.bureau_id,
            AgencyCredit.year,
            AgencyCredit.occurred_on,
            AgencyCredit.points,
            AgencyCredit.reason,
            AgencyCredit.evidence,
            AgencyCredit.withdrawn_at,
            AgencyCredit.withdrawal_reason,
            Body.name.label("agency_name"),
            User.display_name.label("entered_by"),
        )
        .join(Body, Body.id == AgencyCredit.agency_id)
        .outerjoin(User, User.id == AgencyCredit.entered_by_id)
        .where(AgencyCredit.bureau_id.in_(actor.bureau_ids))
    )
    if year is not None:
        statement = statement.where(AgencyCredit.year == year)
    if agency_id is not None:
        statement = statement.where(AgencyCredit.agency_id == agency_id)
    return statement


def registered_agencies(session: Session, bureau_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Those in the bureau's register, by name, as choices."""
    return session.execute(
        select(Body.id, Body.name)
        .join(Registration, Registration.agency_id == Body.id)
        .where(Registration.bureau_id == bureau_id)
        .order_by(Body.sort_key, Body.id)
    ).all()
