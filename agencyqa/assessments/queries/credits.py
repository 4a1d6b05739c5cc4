"""Reads of credits: the entries of a bureau's year, also those that were withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, User
from agencyqa.accounts.queries import bodies_called, bodies_found
from agencyqa.agencies.models import Registration
from agencyqa.assessments.models import AgencyCredit
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.web.tables import Key, Order

ORDERS: Mapping[str, Order] = {
    "-day": (Key(AgencyCredit.occurred_on, descending=True), Key(AgencyCredit.id, descending=True))
}


def credits_seen_by(actor: Actor) -> Select[AgencyCredit]:
    """A bureau's own and its districts'; what an agency was credited it reads in its published result."""
    return select(AgencyCredit).where(AgencyCredit.bureau_id.in_(actor.bureau_ids))


def credit_rows(
    actor: Actor, *, year: int | None = None, agency_id: int | None = None, agency: str = ""
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
    if agency:
        statement = statement.where(AgencyCredit.agency_id.in_(bodies_called(agency, BodyKind.AGENCY)))
    return statement


def registered_agencies(
    session: Session,
    bureau_id: int | None,
    *,
    part: str = "",
    only: int | None = None,
    limit: int | None = None,
) -> list[tuple[int, str]]:
    """(id, name) of those in the bureau's register, by name. See ``web.fields.Finder``."""
    return bodies_found(session, _registered, bureau_id, part=part, only=only, limit=limit)


def _registered(bureau_id: int | None) -> ColumnElement[bool]:
    return Body.id.in_(select(Registration.agency_id).where(Registration.bureau_id == bureau_id))
