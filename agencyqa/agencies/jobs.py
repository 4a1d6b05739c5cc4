from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.enums import Standing
from agencyqa.agencies.models import Appointment, Credential, Person, Qualification, Registration
from agencyqa.agencies.validity import THRESHOLDS, ends_matter, threshold_reached
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import open_period
from agencyqa.notifications.services import tell


def warn_expiring_qualifications(session: Session, now: datetime) -> int:
    """Tell the agency's managers and the supervisors of its bureaus 90, 30 and 7 days before an end, once each.

    A day that was missed is made up for: what counts is the nearest threshold reached. Return the messages written.
    """
    day = local_date(now)
    ending = session.execute(
        select(
            Qualification.id,
            Qualification.agency_id,
            Qualification.name,
            Qualification.expires_on,
            Body.name.label("agency"),
        )
        .join(Body, Body.id == Qualification.agency_id)
        .where(ends_matter(), Qualification.expires_on.between(day, day + timedelta(days=THRESHOLDS[0])))
        .order_by(Qualification.expires_on, Qualification.id)
    ).all()
    readers = _Readers(session, day)
    count = _warn_of_credentials(session, readers, day, now)
    for row in ending:
        threshold = threshold_reached(row.expires_on, day)
        if threshold is None:
            continue
        count += tell(
            session,
            readers.of(row.agency_id),
            "qualification_expiring",
            now=now,
            endpoint="agencies.show",
            endpoint_values={"agency_id": row.agency_id},
            dedupe_key=f"qualification:{row.id}:{threshold}",
            agency=row.agency,
            qualification=row.name,
            expires_on=row.expires_on,
            days=(row.expires_on - day).days,
        )
    return count


def _warn_of_credentials(session: Session, readers: _Readers, day: date, now: datetime) -> int:
    """The same for titles and licences of the people who work for an agency now."""
    newer = aliased(Credential)
    is_renewed = (
        select(newer.id)
        .where(
            newer.person_id == Credential.person_id,
            newer.kind == Credential.kind,
            newer.name == Credential.name,
            newer.withdrawn_at.is_(None),
            sa.or_(newer.expires_on.is_(None), newer.expires_on > Credential.expires_on),
        )
        .exists()
    )
    ending = session.execute(
        select(
            Credential.id,
            Appointment.agency_id,
            Credential.name,
            Credential.expires_on,
            Person.name.label("person"),
            Body.name.label("agency"),
        )
        .join(Person, Person.id == Credential.person_id)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Body, Body.id == Appointment.agency_id)
        .where(
            Credential.withdrawn_at.is_(None),
            Credential.expires_on.between(day, day + timedelta(days=THRESHOLDS[0])),
            open_period(Appointment.valid_from, Appointment.valid_to, day),
            sa.not_(is_renewed),
        )
        .order_by(Credential.expires_on, Credential.id, Appointment.agency_id)
    ).all()
    count = 0
    for row in ending:
        count += tell(
            session,
            readers.of(row.agency_id),
            "credential_expiring",
            now=now,
            endpoint="agencies.show",
            endpoint_values={"agency_id": row.agency_id},
            dedupe_key=f"credential:{row.id}:{row.agency_id}:{threshold_reached(row.expires_on, day)}",
            agency=row.agency,
            person=row.person,
            credential=row.name,
            expires_on=row.expires_on,
            days=(row.expires_on - day).days,
        )
    return count


class _Readers:
    """Who is told about an agency; the people of a bureau are looked up once, not once per agency."""

    def __init__(self, session: Session, day: date) -> None:
        self.session = session
        self.day = day
        self.supervisors: dict[int, list[int]] = {}

    def of(self, agency_id: int) -> list[int]:
        managers = member_ids(self.session, agency_id, {Role.AGENCY_MANAGER}, day=self.day)
        bureaus = self.session.scalars(
            select(Registration.bureau_id)
            .where(Registration.agency_id == agency_id, Registration.standing != Standing.REMOVED)
            .order_by(Registration.bureau_id)
        )
        return [*managers, *(member for bureau_id in bureaus for member in self._of_bureau(bureau_id))]

    def _of_bureau(self, bureau_id: int) -> list[int]:
        if bureau_id not in self.supervisors:
            self.supervisors[bureau_id] = member_ids(
                self.session, bureau_id, {Role.BUREAU_SUPERVISOR}, day=self.day
            )
        return self.supervisors[bureau_id]


JOBS = {"agencies.warn_expiring_qualifications": warn_expiring_qualifications}
