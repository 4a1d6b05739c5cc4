"""How a principal evaluator stands to the conditions in force, read from the register."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from agencyqa.agencies.conditions import examine, unmet
from agencyqa.agencies.enums import ConditionOutcome, PersonRole
from agencyqa.agencies.models import Appointment, Person
from agencyqa.agencies.queries import careers, conditions_in_force
from agencyqa.db import open_period
from agencyqa.engagements.facts import Bringing, EvaluatorLink
from agencyqa.engagements.team.enums import TeamRole
from agencyqa.engagements.team.models import TeamMember


def evaluator_link(session: Session, person_id: int | None, agency_id: int, day: date) -> EvaluatorLink:
    if person_id is None:
        return EvaluatorLink.NOT_NAMED
    then = open_period(Appointment.valid_from, Appointment.valid_to, day)
    found = session.scalars(select(then).where(*_as_evaluator(person_id, agency_id))).all()
    if not found:
        return EvaluatorLink.NEVER
    return EvaluatorLink.APPOINTED if any(found) else EvaluatorLink.OTHER_TIME


def bringing_of(
    session: Session, person_id: int | None, agency_id: int, bureau_id: int, day: date
) -> Bringing | None:
    """None where nobody is named or no conditions are in force on the day."""
    conditions = conditions_in_force(session, bureau_id, day)
    if person_id is None or conditions is None:
        return None
    person = session.get_one(Person, person_id)
    results = examine(careers(session, [person], day)[person_id], conditions, day)
    note = session.scalars(
        select(Appointment.note)
        .where(
            *_as_evaluator(person_id, agency_id),
            open_period(Appointment.valid_from, Appointment.valid_to, day),
        )
        .order_by(Appointment.id.desc())
        .limit(1)
    ).first()
    unknown = tuple(item.code for item in results if item.outcome is ConditionOutcome.UNKNOWN)
    return Bringing(unmet(results), unknown, note or "")


def leads_since(session: Session, engagement_id: int, person_id: int | None) -> date | None:
    """From when the person has been principal evaluator of the engagement; None where he is not."""
    return session.scalars(
        select(TeamMember.valid_from).where(
            TeamMember.engagement_id == engagement_id,
            TeamMember.person_id == person_id,
            TeamMember.role == TeamRole.PRINCIPAL_EVALUATOR,
            TeamMember.valid_to.is_(None),
        )
    ).first()


def _as_evaluator(person_id: int, agency_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Appointment.person_id == person_id,
        Appointment.agency_id == agency_id,
        Appointment.role == PersonRole.PRINCIPAL_EVALUATOR,
    )
