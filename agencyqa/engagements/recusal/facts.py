"""What the rules of recusal ask about: ties, neighbours and other work, read from the tables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Person
from agencyqa.agencies.queries import ties_on
from agencyqa.auth.roles import BodyKind
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.facts import ClientWork, EarlierWork, TieFact
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.terms import months_before
from agencyqa.engagements.team.models import TeamMember
from agencyqa.objects.models import EvaluationObject


def ties_of(
    session: Session,
    agency_id: int,
    people: Collection[int],
    bodies: Collection[int],
    *,
    signed_on: date,
    day: date,
    months: int | None,
) -> tuple[TieFact, ...]:
    """With these bodies only: in force at some time between contract and ``day``, or over for at most ``months``."""
    since = signed_on if months is None else months_before(signed_on, months)
    rows = ties_on(session, agency_id, people, day, since=since)
    return tuple(
        TieFact(
            tie.body_id,
            tie.body,
            tie.kind,
            tie.id,
            tie.person,
            tie.other_name,
            tie.valid_from,
            tie.valid_to,
        )
        for tie in rows
        if tie.body_id is not None and tie.body_id in bodies
    )


@dataclass(frozen=True)
class Surroundings:
    """``parents`` of the departments among the bodies that were asked for; ``near`` are the departments directly
    above or below one of these. A bureau stands above all and is not meant."""

    parents: dict[int, int | None]
    near: frozenset[int]

    def are_related(self, one: int, other: int) -> bool:
        """Whether one of these departments stands directly above the other."""
        known = self.parents
        return one in known and other in known and (known[one] == other or known[other] == one)


_ABOVE = aliased(Body)


def surroundings_of(session: Session, bodies: Collection[int]) -> Surroundings:
    rows = session.execute(
        select(Body.id, Body.parent_id, _ABOVE.kind)
        .outerjoin(_ABOVE, _ABOVE.id == Body.parent_id)
        .where(
            Body.kind == BodyKind.DEPARTMENT,
            sa.or_(
                Body.id.in_(bodies), sa.and_(Body.parent_id.in_(bodies), Body.parent_id != Body.bureau_id)
            ),
        )
    ).all()
    parents = {row.id: row.parent_id for row in rows if row.id in bodies}
    above = {row.parent_id for row in rows if row.id in bodies and row.kind is BodyKind.DEPARTMENT}
    return Surroundings(parents, frozenset({row.id for row in rows} | above) - frozenset(bodies))


_OBJECT, _MEMBER, _PERSON = aliased(EvaluationObject), aliased(TeamMember), aliased(Person)


def earlier_work(
    session: Session,
    thing: EvaluationObject,
    agency_id: int,
    people: Collection[int],
    *,
    day: date,
    months: int,
    besides: int | None,
) -> tuple[EarlierWork, ...]:
    """About the same object of the same bureau in any budget year: by the agency, and by these people elsewhere."""
    other, member, person = _OBJECT, _MEMBER, _PERSON
    by_people = sa.and_(member.engagement_id == Engagement.id, member.person_id.in_(people))
    rows = session.execute(
        select(
            Engagement.id,
            Engagement.contract_number,
            Engagement.work_kind,
            Engagement.is_clerical_only,
            Engagement.contract_signed_on,
            Engagement.agency_id,
            other.budget_year,
            person.name,
        )
        .join(other, other.id == Engagement.object_id)
        .outerjoin(member, sa.and_(by_people, Engagement.agency_id != agency_id))
        .outerjoin(person, person.id == member.person_id)
        .where(
            other.bureau_id == thing.bureau_id,
            other.code == thing.code,
            Engagement.state != EngagementState.TERMINATED,
            Engagement.contract_signed_on <= day,
            Engagement.contract_signed_on >= months_before(day, months),
            sa.true() if besides is None else Engagement.id != besides,
            sa.or_(Engagement.agency_id == agency_id, member.id.is_not(None)),
        )
        .order_by(Engagement.contract_signed_on.desc(), Engagement.id.desc(), person.name)
        .distinct()
    )
    return tuple(
        EarlierWork(
            row.id,
            row.contract_number,
            row.work_kind,
            row.is_clerical_only,
            row.contract_signed_on,
            row.budget_year == thing.budget_year,
            row.name or "",
        )
        for row in rows
    )


def work_for_unit(
    session: Session, bureau_id: int, agency_id: int, unit_id: int, *, day: date, besides: int | None
) -> tuple[ClientWork, ...]:
    """What the evaluated unit itself has commissioned from the agency and was under way on the day."""
    rows = session.execute(
        select(Engagement.id, Engagement.contract_number)
        .where(
            Engagement.bureau_id == bureau_id,
            Engagement.agency_id == agency_id,
            Engagement.commissioner_id == unit_id,
            Engagement.contract_signed_on <= day,
            Engagement.state != EngagementState.TERMINATED,
            sa.or_(Engagement.completed_on.is_(None), Engagement.completed_on >= day),
            sa.true() if besides is None else Engagement.id != besides,
        )
        .order_by(Engagement.contract_signed_on.desc(), Engagement.id.desc())
    )
    return tuple(ClientWork(row.id, row.contract_number) for row in rows)
