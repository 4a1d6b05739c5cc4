"""The list of a register: one row for each registration, so that a municipality reads its districts' rows too."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.agencies.credit_code import compact
from agencyqa.agencies.enums import AgencyKind, Lapse, PersonRole, Standing
from agencyqa.agencies.models import Agency, AgencyProfile, Appointment, Qualification, Registration
from agencyqa.agencies.policies import registration_visible
from agencyqa.agencies.validity import NEAR, ends_matter
from agencyqa.auth.actor import Actor
from agencyqa.db import open_period
from agencyqa.web.tables import Key

ORDER = (Key(Body.sort_key), Key(Registration.id))
Bureau = aliased(Body)


def register_rows(
    actor: Actor,
    *,
    day: date,
    q: str | None = None,
    kind: AgencyKind | None = None,
    standing: Standing | None = None,
    lapse: Lapse | None = None,
    bureau_id: int | None = None,
) -> Select[*tuple[Any, ...]]:
    """Rows of the list, without an order: page it with ``ORDER``. ``next_expiry`` is the nearest end that matters."""
    evaluators = (
        select(sa.func.count(Appointment.id))
        .where(
            Appointment.agency_id == Agency.id,
            Appointment.role == PersonRole.PRINCIPAL_EVALUATOR,
            open_period(Appointment.valid_from, Appointment.valid_to, day),
        )
        .correlate(Agency)
        .scalar_subquery()
    )
    next_expiry = (
        select(sa.func.min(Qualification.expires_on))
        .where(Qualification.agency_id == Agency.id, ends_matter())
        .correlate(Agency)
        .scalar_subquery()
    )
    statement = (
        select(
            Agency.id,
            Agency.credit_code,
            Body.name,
            AgencyProfile.kind,
            AgencyProfile.legal_representative,
            Registration.standing,
            Bureau.name.label("bureau"),
            evaluators.label("evaluators"),
            next_expiry.label("next_expiry"),
        )
        .select_from(Registration)
        .join(Agency, Agency.id == Registration.agency_id)
        .join(Body, Body.id == Agency.id)
        .join(AgencyProfile, sa.and_(AgencyProfile.agency_id == Agency.id, AgencyProfile.is_current))
        .join(Bureau, Bureau.id == Registration.bureau_id)
        .where(registration_visible(actor))
    )
    if q:
        matches = [Body.name.icontains(q, autoescape=True)]
        # A code is searched as it is stored, however it was typed.
        if code := compact(q):
            matches.append(Agency.credit_code.contains(code, autoescape=True))
        statement = statement.where(sa.or_(*matches))
    if kind is not None:
        statement = statement.where(AgencyProfile.kind == kind)
    if standing is not None:
        statement = statement.where(Registration.standing == standing)
    if bureau_id is not None:
        statement = statement.where(Registration.bureau_id == bureau_id)
    if lapse is not None:
        ends = select(Qualification.id).where(Qualification.agency_id == Agency.id, ends_matter())
        if lapse is Lapse.EXPIRED:
            ends = ends.where(Qualification.expires_on < day)
        else:
            ends = ends.where(Qualification.expires_on.between(day, day + NEAR))
        statement = statement.where(ends.correlate(Agency).exists())
    return statement


def export_rows(statement: Select[*tuple[Any, ...]]) -> Select[Any]:
    """The rows of ``register_rows`` with what a workbook shows besides, in the order of the list."""
    return statement.add_columns(
        AgencyProfile.founded_on,
        AgencyProfile.address,
        AgencyProfile.contact_name,
        AgencyProfile.contact_phone,
        AgencyProfile.contact_email,
        AgencyProfile.on_credit_platform,
    ).order_by(*(key.column for key in ORDER))


def bureau_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """The bureaus whose rows the actor may see, for the filter."""
    seen = select(Registration.bureau_id).where(registration_visible(actor))
    rows = session.execute(
        select(Body.id, Body.name).where(Body.id.in_(seen)).order_by(Body.sort_key, Body.id)
    )
    return [(row.id, row.name) for row in rows]
