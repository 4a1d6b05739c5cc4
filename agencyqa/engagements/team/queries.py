from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import Person
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.team.enums import TeamRole
from agencyqa.engagements.team.models import TeamMember


@dataclass(frozen=True)
class Place:
    """One person's place in a team. ``load`` counts the running engagements in whose teams the person stands now."""

    id: int
    person_id: int
    name: str
    role: TeamRole
    valid_from: date
    valid_to: date | None
    reason: str
    end_reason: str
    load: int


def places_of(session: Session, engagement_id: int) -> list[Place]:
    """Everybody who is or was in the team: the present ones first, the principal evaluator before all."""
    other, running = sa.orm.aliased(TeamMember), sa.orm.aliased(Engagement)
    load = (
        select(sa.func.count(sa.distinct(other.engagement_id)))
        .join(running, running.id == other.engagement_id)
        .where(
            other.person_id == TeamMember.person_id,
            other.valid_to.is_(None),
            running.state == EngagementState.CONTRACTED,
        )
        .correlate(TeamMember)
        .scalar_subquery()
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
            load.label("load"),
        )
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.engagement_id == engagement_id)
        .order_by(
            TeamMember.valid_to.is_not(None),
            sa.case((TeamMember.role == TeamRole.PRINCIPAL_EVALUATOR, 0), else_=1),
            TeamMember.valid_from,
            TeamMember.id,
        )
    )
    return [Place(*row) for row in rows]


def members_on(session: Session, engagement_id: int, day: date) -> list[int]:
    """The people of the team on a day; whoever is to join later counts as there already."""
    statement = select(TeamMember.person_id).where(
        TeamMember.engagement_id == engagement_id,
        sa.or_(TeamMember.valid_to.is_(None), TeamMember.valid_to >= day),
    )
    return list(session.scalars(statement.order_by(TeamMember.id)))


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
