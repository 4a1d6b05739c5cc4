"""A few agencies side by side: the same facts of each, by one statement a fact."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import PersonRole, Standing
from agencyqa.agencies.hooks import grades, loads
from agencyqa.agencies.models import (
    Agency,
    AgencyDocument,
    AgencyProfile,
    Appointment,
    Branch,
    Qualification,
    Registration,
    Tie,
)
from agencyqa.agencies.policies import registration_visible, tie_visible, visible
from agencyqa.auth.actor import Actor
from agencyqa.db import open_period


@dataclass
class Compared:
    """``rules`` counts the kinds of internal rules that were handed in, not their versions."""

    id: int
    credit_code: str
    profile: AgencyProfile
    load: int
    standings: list[tuple[str, Standing]] = field(default_factory=list)
    people: dict[PersonRole, int] = field(default_factory=dict)
    qualifications: int = 0
    branches: int = 0
    ties: int = 0
    rules: int = 0
    grades: list[tuple[str, str]] = field(default_factory=list)


def comparison(session: Session, actor: Actor, ids: Collection[int], day: date) -> list[Compared]:
    """In the order of ``ids``; what the actor may not see is missing."""
    load = loads[0](actor) if loads else sa.literal(0)
    rows = session.execute(
        select(Agency.id, Agency.credit_code, AgencyProfile, load.label("load"))
        .join(AgencyProfile, sa.and_(AgencyProfile.agency_id == Agency.id, AgencyProfile.is_current))
        .where(visible(actor), Agency.id.in_(ids))
    )
    found = {row.id: Compared(row.id, row.credit_code, row.AgencyProfile, row.load) for row in rows}
    if not found:
        return []
    _standings(session, actor, found)
    people = session.execute(
        select(Appointment.agency_id, Appointment.role, sa.func.count().label("number"))
        .where(
            Appointment.agency_id.in_(found),
            open_period(Appointment.valid_from, Appointment.valid_to, day),
        )
        .group_by(Appointment.agency_id, Appointment.role)
    )
    for row in people:
        found[row.agency_id].people[row.role] = row.number
    valid = sa.or_(Qualification.expires_on.is_(None), Qualification.expires_on >= day)
    counts: dict[str, tuple[Any, tuple[Any, ...]]] = {
        "qualifications": (Qualification, (Qualification.withdrawn_at.is_(None), valid)),
        "branches": (Branch, (open_period(Branch.valid_from, Branch.valid_to, day),)),
        "ties": (
            Tie,
            (Tie.withdrawn_at.is_(None), open_period(Tie.valid_from, Tie.valid_to, day), tie_visible(actor)),
        ),
    }
    for name, (table, conditions) in counts.items():
        for agency_id, number in session.execute(
            select(table.agency_id, sa.func.count())
            .where(table.agency_id.in_(found), *conditions)
            .group_by(table.agency_id)
        ):
            setattr(found[agency_id], name, number)
    kinds = sa.func.count(sa.distinct(AgencyDocument.kind))
    rules = select(AgencyDocument.agency_id, kinds).where(AgencyDocument.agency_id.in_(found))
    for agency_id, number in session.execute(rules.group_by(AgencyDocument.agency_id)):
        found[agency_id].rules = number
    if grades:
        for agency_id, lines in grades[0].of_agencies(session, actor, list(found)).items():
            found[agency_id].grades = lines
    return [found[agency_id] for agency_id in ids if agency_id in found]


def _standings(session: Session, actor: Actor, found: dict[int, Compared]) -> None:
    rows = session.execute(
        select(Registration.agency_id, Body.name, Registration.standing)
        .join(Body, Body.id == Registration.bureau_id)
        .where(registration_visible(actor), Registration.agency_id.in_(found))
        .order_by(Body.sort_key, Body.id)
    )
    for row in rows:
        found[row.agency_id].standings.append((row.name, row.standing))
