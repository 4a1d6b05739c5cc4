from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body, User
from agencyqa.agencies.enums import PersonRole
from agencyqa.agencies.models import Appointment, Person
from agencyqa.auth.actor import Actor
from agencyqa.clock import today
from agencyqa.db import open_period
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.team.enums import TeamRole
from agencyqa.engagements.team.models import TeamChange, TeamMember
from agencyqa.engagements.team.policies import change_visible
from agencyqa.web.once import is_one_page, once


@dataclass(frozen=True)
class Place:
    """One person's place in a team. ``load`` counts the running engagements in whose teams the person stands now.

    ``is_employed``: whether the person works for the agency today, in whatever part.
    """

    id: int
    person_id: int
    name: str
    role: TeamRole
    valid_from: date
    valid_to: date | None
    reason: str
    end_reason: str
    load: int
    is_employed: bool


@once
def places_of(session: Session, engagement_id: int, day: date) -> list[Place]:
    """Everybody who is or was in the team: the present ones first, the principal evaluator before all."""
    employed = select(Appointment.id).where(
        Appointment.person_id == TeamMember.person_id,
        Appointment.agency_id == Engagement.agency_id,
        open_period(Appointment.valid_from, Appointment.valid_to, day),
    )
    rows = session.execute(
        select(
            TeamMember.id,
            TeamMember.person_id,
            Person.name,
            TeamMember.role,
            TeamMember.valid_from,
            TeamMember.valid_to,
            TeamMember.reason,
            TeamMember.end_reason,
            _load(TeamMember.person_id).label("load"),
            employed.exists().label("is_employed"),
        )
        .join(Engagement, Engagement.id == TeamMember.engagement_id)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.engagement_id == engagement_id)
        .order_by(
            TeamMember.valid_to.is_not(None),
            sa.case((TeamMember.role == TeamRole.PRINCIPAL_EVALUATOR, 0), else_=1),
            TeamMember.valid_from,
            TeamMember.id,
        )
    )
    return [Place(**row) for row in rows.mappings()]


def members_of(session: Session, engagement_id: int) -> Sequence[Any]:
    """(person_id, name, role, valid_from, valid_to) of every place there is or was in the team, in their order."""
    if is_one_page():
        # Its panel wants to know more of each, so they are read for both.
        return sorted(places_of(session, engagement_id, today()), key=lambda place: place.id)
    return session.execute(
        select(TeamMember.person_id, Person.name, TeamMember.role, TeamMember.valid_from, TeamMember.valid_to)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.engagement_id == engagement_id)
        .order_by(TeamMember.id)
    ).all()


def engagements_with(session: Session, person_id: int, bureau_id: int) -> list[Engagement]:
    """Running engagements of a bureau in whose team the person stands now."""
    statement = (
        select(Engagement)
        .join(TeamMember, TeamMember.engagement_id == Engagement.id)
        .where(
            TeamMember.person_id == person_id,
            TeamMember.valid_to.is_(None),
            Engagement.bureau_id == bureau_id,
            Engagement.state == EngagementState.CONTRACTED,
        )
        .order_by(Engagement.id)
    )
    return list(session.scalars(statement).unique())


_OTHER, _RUNNING = aliased(TeamMember), aliased(Engagement)


def _load(person_id: Any) -> sa.ScalarSelect[int]:
    """In how many running engagements the person of the row stands in the team now."""
    other, running = _OTHER, _RUNNING
    return (
        select(sa.func.count(sa.distinct(other.engagement_id)))
        .join(running, running.id == other.engagement_id)
        .where(
            other.person_id == person_id,
            other.valid_to.is_(None),
            running.state == EngagementState.CONTRACTED,
        )
        .correlate(TeamMember, Person)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class Candidate:
    """Somebody who works for the agency today and could join."""

    person_id: int
    name: str
    role: PersonRole
    load: int


def candidates_of(session: Session, engagement: Engagement, day: date) -> list[Candidate]:
    inside = select(TeamMember.person_id).where(
        TeamMember.engagement_id == engagement.id, TeamMember.valid_to.is_(None)
    )
    rows = session.execute(
        select(Person.id, Person.name, Appointment.role, _load(Person.id).label("load"))
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.agency_id == engagement.agency_id,
            open_period(Appointment.valid_from, Appointment.valid_to, day),
            Person.id.not_in(inside),
        )
        .order_by(Person.name, Person.id, Appointment.id)
    )
    return [Candidate(*row) for row in rows]


def changes_of(session: Session, actor: Actor, engagement_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """(change, joins, leaves, body that proposed, who decided), the newest first."""
    if not may_hold(session, engagement_id, TeamChange):
        return []
    joins, leaves, body, decider = aliased(Person), aliased(Person), aliased(Body), aliased(User)
    return session.execute(
        select(
            TeamChange,
            joins.name.label("joins"),
            leaves.name.label("leaves"),
            body.name.label("proposed_by"),
            decider.display_name.label("decided_by"),
        )
        .outerjoin(joins, joins.id == TeamChange.joins_id)
        .outerjoin(leaves, leaves.id == TeamChange.leaves_id)
        .join(body, body.id == TeamChange.proposed_by_body_id)
        .outerjoin(decider, decider.id == TeamChange.decided_by_id)
        .where(change_visible(actor), TeamChange.engagement_id == engagement_id)
        .order_by(TeamChange.proposed_at.desc(), TeamChange.id.desc())
    ).all()
