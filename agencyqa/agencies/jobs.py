from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.enums import Standing
from agencyqa.agencies.models import Qualification, Registration
from agencyqa.agencies.validity import THRESHOLDS, ends_matter, threshold_reached
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
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
    count = 0
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
