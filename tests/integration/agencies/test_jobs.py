from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import Standing
from agencyqa.agencies.jobs import warn_expiring_qualifications
from agencyqa.agencies.services import withdraw_qualification
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.notifications.models import InboxMessage
from tests.factories.accounts import NOW, make_bureau, make_member
from tests.factories.agencies import make_agency, make_qualification, officer_of

END = date(2022, 12, 31)


def before_end(days: int) -> datetime:
    return NOW + (END - timedelta(days) - local_date(NOW))


def told(session: Session) -> list[tuple[int, int]]:
    """(membership, days left) of every message of this job."""
    rows = session.execute(
        select(InboxMessage.membership_id, InboxMessage.params)
        .where(InboxMessage.code == "qualification_expiring")
        .order_by(InboxMessage.id)
    )
    return [(row.membership_id, row.params["days"]) for row in rows]


def test_each_reader_is_told_once_at_each_threshold(session: Session) -> None:
    one, two, three = (
        make_bureau(session, name) for name in ("长宁区财政局", "静安区财政局", "徐汇区财政局")
    )
    agency = make_agency(session, one, "甲咨询有限公司")
    make_agency(session, two, "甲咨询有限公司", credit_code=agency.credit_code, standing=Standing.REMOVED)
    make_agency(session, three, "乙咨询有限公司")
    manager = make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER).id
    supervisor = make_member(session, one, Role.BUREAU_SUPERVISOR).id
    # None of these has a part in it: other roles, a bureau that removed the agency, one that never had it.
    make_member(session, session.get_one(Body, agency.id), Role.AGENCY_STAFF)
    make_member(session, one, Role.SYSTEM_ADMINISTRATOR)
    make_member(session, two, Role.BUREAU_SUPERVISOR)
    make_member(session, three, Role.BUREAU_SUPERVISOR)
    make_qualification(session, one, agency, expires_on=END)
    written = [
        warn_expiring_qualifications(session, before_end(days))
        for days in (91, 90, 89, 31, 30, 29, 7, 6, 0, -1)
    ]
    assert written == [0, 2, 0, 0, 2, 0, 2, 0, 0, 0]
    assert told(session) == [
        (member, days) for days in (90, 30, 7) for member in sorted((manager, supervisor))
    ]


def test_what_was_missed_is_told_once(session: Session) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau)
    make_member(session, bureau, Role.BUREAU_SUPERVISOR)
    make_qualification(session, bureau, agency, expires_on=END)
    assert warn_expiring_qualifications(session, before_end(5)) == 1
    assert warn_expiring_qualifications(session, before_end(4)) == 0


def test_renewed_and_withdrawn_ones_warn_nobody(session: Session) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau)
    make_member(session, bureau, Role.BUREAU_SUPERVISOR)
    make_qualification(session, bureau, agency, "甲证", expires_on=END)
    make_qualification(session, bureau, agency, "甲证", expires_on=END + timedelta(1000))
    wrong = make_qualification(session, bureau, agency, "乙证", expires_on=END)
    withdraw_qualification(officer_of(bureau), session, wrong, reason="录错", now=NOW)
    make_qualification(session, bureau, agency, "丙证")
    assert warn_expiring_qualifications(session, before_end(7)) == 0
