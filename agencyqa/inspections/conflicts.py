"""What the system itself knows against an inspector, whatever he declares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies.models import Appointment, Person, Tie
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.models import SpotCheck
from agencyqa.web.messages import sentence

# How long after leaving a body somebody still counts as one of its people. No text we know of gives a figure; three
# years is what M2's "no major violation in the last three years" looks back, and errs on the side of recusal.
RECUSAL_YEARS = 3


@dataclass(frozen=True)
class Conflict:
    """``code`` is a sentence with the name of the body in ``body``."""

    code: str
    body: str

    @property
    def text(self) -> str:
        return sentence(self.code, body=self.body)


@dataclass(frozen=True)
class Target:
    """What is inspected, and by which bureau: all that a conflict depends on besides the person."""

    bureau_id: int
    agency_id: int
    engagement_id: int | None

    @classmethod
    def of(cls, check: SpotCheck) -> Target:
        return cls(check.bureau_id, check.agency_id, check.engagement_id)


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; of a leap day, the last of February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def known_conflicts(session: Session, user_id: int, target: Target, day: date) -> list[Conflict]:
    """In the order agency, parties of the engagement, ties; empty where nothing is known."""
    since = years_before(day, RECUSAL_YEARS)
    own = _bodies_of(session, user_id, since, day)
    found: list[Conflict] = []
    agency = session.scalars(select(Body.name).where(Body.id == target.agency_id)).one()
    if target.agency_id in own or _is_evaluator(session, user_id, target.agency_id, since, day):
        found.append(Conflict("conflict_of_agency", agency))
    if target.engagement_id is not None:
        parties = session.execute(
            select(Engagement.commissioner_id, Engagement.evaluated_unit_id).where(
                Engagement.id == target.engagement_id
            )
        ).one()
        # The bureau may commission its own evaluations; being one of its officers is no conflict then.
        sides = {parties.commissioner_id, parties.evaluated_unit_id} - {target.bureau_id}
        found += [Conflict("conflict_of_party", name) for body, name in own.items() if body in sides]
    tied = select(Tie.body_id).where(
        Tie.agency_id == target.agency_id,
        Tie.body_id.in_(own),
        Tie.withdrawn_at.is_(None),
        Tie.valid_from <= day,
        sa.or_(Tie.valid_to.is_(None), Tie.valid_to >= since),
    )
    for body_id in dict.fromkeys(session.scalars(tied.order_by(Tie.body_id, Tie.id))):
        if body_id is not None:
            found.append(Conflict("conflict_of_tie", own[body_id]))
    return found


def _bodies_of(session: Session, user_id: int, since: date, day: date) -> dict[int, str]:
    """Bodies of which the person is or was a member in the period, with their names."""
    rows = session.execute(
        select(Body.id, Body.name)
        .join(Membership, Membership.body_id == Body.id)
        .where(
            Membership.user_id == user_id,
            Membership.valid_from <= day,
            sa.or_(Membership.valid_to.is_(None), Membership.valid_to >= since),
        )
        .order_by(Body.id)
    )
    return {row.id: row.name for row in rows}


def _is_evaluator(session: Session, user_id: int, agency_id: int, since: date, day: date) -> bool:
    """Whether the register has the person, by a linked account, among the agency's people, whatever the role."""
    statement = (
        select(Appointment.id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Person.user_id == user_id,
            Appointment.agency_id == agency_id,
            Appointment.valid_from <= day,
            sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= since),
        )
        .limit(1)
    )
    return session.scalar(statement) is not None
