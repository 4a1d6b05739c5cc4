"""The morning look at what is due: who is told that something falls due, is late, or waits too long for the bureau."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership
from agencyqa.accounts.queries import member_ids
from agencyqa.auth.actor import system_actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Scope, WholeHouse
from agencyqa.duties.kinds import KINDS
from agencyqa.duties.models import DutyTerm
from agencyqa.duties.narrowings import is_due_from, is_due_until
from agencyqa.duties.queries import Item, Listing
from agencyqa.duties.terms import LONGEST, Terms, terms_of
from agencyqa.duties.waiting import Scales
from agencyqa.measures.reckoning import reckon
from agencyqa.measures.workdays import WorkingCalendar
from agencyqa.notifications.services import tell

# A reminder of n working days never lies further ahead than this, the longest holiday included.
LOOK_AHEAD = timedelta(days=LONGEST * 2)
# What was overdue long before is no news when the job first runs.
LOOK_BACK = timedelta(days=60)
# These have a job of their own that reminds of them a fixed number of days before. The key is the same, so that
# a bureau may ask for an earlier word, and nobody gets two.
SHARED_KEYS = {Duty.DELIVERABLE: "deliverable", Duty.ORDER: "order"}
# The lateness of everything else is marked, logged and told by the area it belongs to.
TOLD_WHEN_LATE = (Duty.MILESTONE, Duty.SELF_REPORT, Duty.RECTIFICATION, Duty.CHECK, Duty.RECHECK)
BUREAU_ROLES = frozenset({Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD})


def remind(session: Session, now: datetime) -> int:
    """Each occasion is told once: of a due date that moved, anew. How many messages were written."""
    day = local_date(now)
    terms, reckoning = terms_of(session), reckon(session, day)
    calendar = reckoning.calendar
    people = _People(session, day)
    listing = Listing(WholeHouse(system_actor("jobs"), reckoning))
    first, last = day - LOOK_BACK, day + _furthest(session)
    dated = listing.rows(is_due_from, is_due_until)
    written = 0
    for item in listing.items(session.execute(dated, {"due_from": first, "due_until": last})):
        written += _tell_of(session, item, terms, calendar, people, now)
    return written + _tell_bureaus(session, listing, terms, calendar, people, now)


def _furthest(session: Session) -> timedelta:
    """Most bureaus remind a few days before, so most of the house need not be looked at."""
    longest = session.scalar(select(sa.func.max(DutyTerm.working_days)).where(DutyTerm.duty.is_(None)))
    return min(LOOK_AHEAD, timedelta(days=20 + 2 * (longest or 0)))


def _tell_of(
    session: Session,
    item: Item,
    terms: Terms,
    calendar: WorkingCalendar,
    people: _People,
    now: datetime,
) -> int:
    assert item.due_on is not None
    day = local_date(now)
    if item.due_on >= day:
        # Working days from tomorrow to the due date.
        if calendar.late_days(day, item.due_on).days > terms.reminder(item.bureau_id, day):
            return 0
        prefix = SHARED_KEYS.get(item.duty)
        key = f"duty:{item.key}" if prefix is None else f"{prefix}:{item.id}"
        return _tell(session, item, "duty_due_soon", f"{key}:soon:{item.due_on}", people.of(item), now)
    if item.duty not in TOLD_WHEN_LATE or not calendar.late_days(item.due_on, day).days:
        return 0
    return _tell(
        session, item, "duty_overdue", f"duty:{item.key}:overdue:{item.due_on}", people.of(item), now
    )


def _waits_for_limited_bureau(scope: Scope, columns: Any) -> sa.ColumnElement[bool]:
    """What has no date of its own, where the bureau set itself a limit."""
    limited = select(DutyTerm.bureau_id).where(DutyTerm.duty.is_not(None))
    return sa.and_(
        columns.body_id == columns.bureau_id, columns.bureau_id.in_(limited), columns.due_on.is_(None)
    )


def _tell_bureaus(
    session: Session,
    listing: Listing,
    terms: Terms,
    calendar: WorkingCalendar,
    people: _People,
    now: datetime,
) -> int:
    """Supervisors and lead of a bureau that is over a limit it set for itself."""
    statement = listing.rows(_waits_for_limited_bureau)
    scales = Scales(terms, calendar, listing.scope.day)
    written = 0
    for item in listing.items(session.execute(statement)):
        found = scales.weigh(item)
        if found.limit is None or not found.late:
            continue
        written += _tell(
            session,
            item,
            "waiting_overdue",
            f"waiting:{item.key}:{found.due_on}",
            people.in_body(item.body_id, BUREAU_ROLES),
            now,
            due_on=found.due_on,
            days=found.limit,
        )
    return written


class _People:
    """Who of a body is told, looked up once for each body."""

    def __init__(self, session: Session, day: date) -> None:
        self.session = session
        self.day = day
        self._known: dict[tuple[int, frozenset[Role]], list[int]] = {}

    def in_body(self, body_id: int, roles: frozenset[Role]) -> list[int]:
        key = (body_id, roles)
        if key not in self._known:
            self._known[key] = member_ids(self.session, body_id, roles, day=self.day)
        return self._known[key]

    def of(self, item: Item) -> list[int]:
        """Those of the body whose turn it is; of what was put to one person, that person."""
        found = self.in_body(item.body_id, KINDS[item.duty].roles)
        if item.user_id is None:
            return found
        own = select(Membership.id).where(Membership.id.in_(found), Membership.user_id == item.user_id)
        return list(self.session.scalars(own))


def _tell(
    session: Session, item: Item, code: str, key: str, members: list[int], now: datetime, **params: object
) -> int:
    kind = KINDS[item.duty]
    return tell(
        session,
        members,
        code,
        now=now,
        endpoint=kind.endpoint,
        endpoint_values={name: getattr(item, column) for name, column in kind.arguments.items()},
        dedupe_key=key,
        **{"duty": item.duty, "title": item.title, "due_on": item.due_on} | params,
    )


JOBS: dict[str, Callable[[Session, datetime], int | None]] = {"duties.remind": remind}
