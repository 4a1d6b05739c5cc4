"""How a principal evaluator stands to the conditions in force, read from the register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.agencies.conditions import examine, unmet
from agencyqa.agencies.enums import ConditionOutcome, PersonRole
from agencyqa.agencies.models import Appointment
from agencyqa.agencies.queries import careers, conditions_in_force
from agencyqa.engagements.facts import Bringing, EvaluatorLink
from agencyqa.engagements.team.enums import TeamRole

Appointments = Sequence[Row[*tuple[Any, ...]]]


def evaluator_appointments(session: Session, person_id: int | None, agency_id: int) -> Appointments:
    """(valid_from, valid_to, note) of the person as principal evaluator of the agency at any time, newest first."""
    if person_id is None:
        return []
    return session.execute(
        select(Appointment.valid_from, Appointment.valid_to, Appointment.note)
        .where(
            Appointment.person_id == person_id,
            Appointment.agency_id == agency_id,
            Appointment.role == PersonRole.PRINCIPAL_EVALUATOR,
        )
        .order_by(Appointment.id.desc())
    ).all()


def evaluator_link(person_id: int | None, appointments: Appointments, day: date) -> EvaluatorLink:
    if person_id is None:
        return EvaluatorLink.NOT_NAMED
    if not appointments:
        return EvaluatorLink.NEVER
    return EvaluatorLink.APPOINTED if _on(appointments, day) else EvaluatorLink.OTHER_TIME


def _on(appointments: Appointments, day: date) -> Appointments:
    return [row for row in appointments if row.valid_from <= day and (row.valid_to or day) >= day]


def bringing_of(
    session: Session, person_id: int | None, appointments: Appointments, bureau_id: int, day: date
) -> Bringing | None:
    """None where nobody is named or no conditions are in force on the day."""
    conditions = conditions_in_force(session, bureau_id, day)
    if person_id is None or conditions is None:
        return None
    career = careers(session, [person_id], day)[person_id]
    results = examine(career, conditions, day)
    note = next((row.note for row in _on(appointments, day)), "")
    unknown = tuple(item.code for item in results if item.outcome is ConditionOutcome.UNKNOWN)
    return Bringing(unmet(results), unknown, note or "", career.assumed_from)


def members_on(team: Iterable[Any], day: date) -> list[int]:
    """The people of a team (the rows of ``members_of``) on a day; whoever is to join later counts as there already."""
    return [row.person_id for row in team if row.valid_to is None or row.valid_to >= day]


def leads_since(team: Iterable[Any], person_id: int | None) -> date | None:
    """From when the person has been principal evaluator of the team; None where he is not."""
    return next(
        (
            row.valid_from
            for row in team
            if row.person_id == person_id
            and row.role is TeamRole.PRINCIPAL_EVALUATOR
            and row.valid_to is None
        ),
        None,
    )
