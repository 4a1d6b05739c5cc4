"""The agency of a page, and the gate of those that write."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import Select, bindparam, select

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency, Appointment, Registration
from agencyqa.agencies.policies import can_change, visible, visible_to
from agencyqa.agencies.queries import own_registration
from agencyqa.agencies.sealing import Keyring
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor
from agencyqa.db import kept, read_rows
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404


def load(agency_id: int) -> Agency:
    return one_or_404(visible_to(current_actor()).where(Agency.id == agency_id))


def load_to_change(agency_id: int) -> tuple[Agency, Registration]:
    """Raise NotVisible, or Forbidden where the agency does not stand in the actor's own register."""
    agency = load(agency_id)
    registration = own_registration(db.session(), current_actor(), agency_id)
    if registration is None or not can_change(current_actor(), registration):
        raise Forbidden()
    return agency, registration


def name_seen(agency_id: int) -> str:
    """For a page that needs no more of the agency. Raise NotVisible."""
    found = read_rows(db.session(), _name_seen(current_actor()), {"agency_id": agency_id}).one_or_none()
    if found is None:
        raise NotVisible()
    return str(found.name)


@kept
def _name_seen(actor: Actor) -> Select[str]:
    return (
        select(Body.name)
        .join(Agency, Agency.id == Body.id)
        .where(visible(actor), Agency.id == bindparam("agency_id"))
    )


def name_of(agency_id: int) -> str:
    return db.session.scalars(select(Body.name).where(Body.id == agency_id)).one()


def load_appointment(agency_id: int, appointment_id: int) -> Appointment:
    """For an agency that was loaded already."""
    return one_or_404(
        select(Appointment).where(Appointment.id == appointment_id, Appointment.agency_id == agency_id)
    )


def keyring() -> Keyring:
    """The keys of this installation for sensitive fields."""
    return Keyring(current_app.config["SETTINGS"].field_keys_now())
