"""The list of spot checks, the page of one, and the blocks on other pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body, User
from agencyqa.accounts.queries import bodies_called, bodies_found
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.db import kept
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.enums import Channel, CheckState
from agencyqa.inspections.models import Finding, Inspector, SpotCheck
from agencyqa.inspections.policies import check_visible, finding_visible
from agencyqa.web import contents
from agencyqa.web.tables import Key

Choices = list[tuple[int, str]]

ORDERS = {
    "-number": (
        Key(SpotCheck.year, descending=True),
        Key(SpotCheck.number, descending=True),
        Key(SpotCheck.id, descending=True),
    ),
    "-date": (Key(SpotCheck.checked_on, descending=True), Key(SpotCheck.id, descending=True)),
    "date": (Key(SpotCheck.checked_on), Key(SpotCheck.id)),
}
_AGENCY, _BUREAU = aliased(Body), aliased(Body)


@kept
def check_rows(
    actor: Actor,
    *,
    year: int | None = None,
    state: CheckState | None = None,
    agency_id: int | None = None,
    agency: str = "",
    channel: Channel | None = None,
) -> Select[*tuple[Any, ...]]:
    """Rows of the list, without an order: page it with ``ORDERS``."""
    statement = _rows(actor)
    if year is not None:
        statement = statement.where(SpotCheck.year == year)
    if state is not None:
        statement = statement.where(SpotCheck.state == state)
    if agency_id is not None:
        statement = statement.where(SpotCheck.agency_id == agency_id)
    if agency:
        statement = statement.where(SpotCheck.agency_id.in_(bodies_called(agency, BodyKind.AGENCY)))
    if channel is not None:
        statement = statement.where(SpotCheck.channel == channel)
    return statement


def rows_of_engagement(session: Session, actor: Actor, engagement_id: int) -> Sequence[Row[Any]]:
    """Newest first."""
    if not may_hold(session, engagement_id, SpotCheck):
        return []
    statement = _rows(actor).where(SpotCheck.engagement_id == engagement_id)
    return session.execute(statement.order_by(SpotCheck.checked_on.desc(), SpotCheck.id.desc())).all()


def rows_of_agency(session: Session, actor: Actor, agency_id: int, *, limit: int) -> Sequence[Row[Any]]:
    """The newest checks of the agency, on its engagements too."""
    if not contents.may_hold(session, "agency_id", agency_id, SpotCheck):
        return []
    statement = _rows(actor).where(SpotCheck.agency_id == agency_id)
    ordered = statement.order_by(SpotCheck.checked_on.desc(), SpotCheck.id.desc())
    return session.execute(ordered.limit(limit)).all()


def planned_rows(session: Session, actor: Actor, *, until: date, limit: int) -> Sequence[Row[Any]]:
    """Checks of the actor's bureau planned up to a day, overdue ones included, the most urgent first."""
    statement = _rows(actor).where(
        SpotCheck.state == CheckState.PLANNED,
        SpotCheck.bureau_id == actor.bureau_id,
        SpotCheck.checked_on <= until,
    )
    return session.execute(statement.order_by(SpotCheck.checked_on, SpotCheck.id).limit(limit)).all()


def undeclared_rows(session: Session, actor: Actor, *, limit: int) -> Sequence[Row[Any]]:
    """Planned checks for which the actor was named and has not declared yet."""
    waiting = select(Inspector.spot_check_id).where(
        Inspector.user_id == actor.user_id, Inspector.declared_at.is_(None)
    )
    statement = _rows(actor).where(SpotCheck.state == CheckState.PLANNED, SpotCheck.id.in_(waiting))
    return session.execute(statement.order_by(SpotCheck.checked_on, SpotCheck.id).limit(limit)).all()


def names_of(session: Session, check: SpotCheck) -> Row[*tuple[Any, ...]]:
    """``agency``, ``bureau``, ``contract_number`` and who entered and closed it; the caller asked the policy."""
    creator, recorder = aliased(User), aliased(User)
    return session.execute(
        select(
            _AGENCY.name.label("agency"),
            _BUREAU.name.label("bureau"),
            Engagement.contract_number,
            creator.display_name.label("created_by"),
            recorder.display_name.label("recorded_by"),
        )
        .select_from(SpotCheck)
        .join(_AGENCY, _AGENCY.id == SpotCheck.agency_id)
        .join(_BUREAU, _BUREAU.id == SpotCheck.bureau_id)
        .outerjoin(Engagement, Engagement.id == SpotCheck.engagement_id)
        .outerjoin(creator, creator.id == SpotCheck.created_by_id)
        .outerjoin(recorder, recorder.id == SpotCheck.recorded_by_id)
        .where(SpotCheck.id == check.id)
    ).one()


def agencies_seen(
    session: Session, actor: Actor, *, part: str = "", only: int | None = None, limit: int | None = None
) -> list[tuple[int, str]]:
    """Agencies of the checks the actor sees, for the filter. See ``web.fields.Finder``."""
    return bodies_found(session, _checked, actor, part=part, only=only, limit=limit)


def _checked(actor: Actor) -> sa.ColumnElement[bool]:
    return Body.id.in_(select(SpotCheck.agency_id).where(check_visible(actor)))


def _rows(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Findings are counted as far as the actor may see them."""
    findings = (
        select(sa.func.count())
        .select_from(Finding)
        .where(Finding.spot_check_id == SpotCheck.id, finding_visible(actor))
        .correlate(SpotCheck)
        .scalar_subquery()
    )
    return (
        select(
            SpotCheck.id,
            SpotCheck.bureau_id,
            SpotCheck.year,
            SpotCheck.number,
            SpotCheck.agency_id,
            SpotCheck.engagement_id,
            SpotCheck.checked_on,
            SpotCheck.channel,
            SpotCheck.state,
            _AGENCY.name.label("agency"),
            _BUREAU.name.label("bureau"),
            Engagement.contract_number,
            findings.label("findings"),
        )
        .join(_AGENCY, _AGENCY.id == SpotCheck.agency_id)
        .join(_BUREAU, _BUREAU.id == SpotCheck.bureau_id)
        .outerjoin(Engagement, Engagement.id == SpotCheck.engagement_id)
        .where(check_visible(actor))
    )
