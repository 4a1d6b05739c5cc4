"""Which account a person of the register signs in with: what he declares there, he declares himself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import Appointment, Person
from agencyqa.agencies.queries import agency_accounts
from agencyqa.agencies.services.gate import writable
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.errors import Invalid, WrongState


def link_account(
    actor: Actor, session: Session, appointment: Appointment, user_id: int | None, *, now: datetime
) -> None:
    """By the bureau, so that nobody of an agency makes himself somebody else. ``None`` takes the account away.

    Raise NotVisible, Forbidden, WrongState for who has left, and Invalid for an account that is not of the agency or
    is another person's; of two who give one account at once the second gets an IntegrityError.
    """
    registration = writable(session, actor, appointment.agency_id)
    person = session.scalars(select(Person).where(Person.id == appointment.person_id).with_for_update()).one()
    session.refresh(person)
    if appointment.valid_to is not None and appointment.valid_to < local_date(now):
        raise WrongState("appointment_over")
    if user_id is not None:
        accounts = agency_accounts(session, appointment.agency_id, local_date(now))
        if user_id not in {each.id for each in accounts}:
            raise Invalid(user_id="not_a_choice")
        other = session.scalars(select(Person.id).where(Person.user_id == user_id)).one_or_none()
        if other not in {None, person.id}:
            raise Invalid(user_id="account_of_another_person")
    before = person.user_id
    if before == user_id:
        return
    person.user_id = user_id
    session.flush()
    record(
        session,
        actor,
        "agencies.person.account_linked",
        person,
        now=now,
        bureau_id=registration.bureau_id,
        changes={"user_id": (before, user_id)},
        agency_id=appointment.agency_id,
    )
