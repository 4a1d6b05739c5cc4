"""A district in which something of every kind waits for somebody."""

from __future__ import annotations

from datetime import date

from agencyqa.accounts.models import Body
from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState
from agencyqa.engagements.enums import EngagementState
from agencyqa.inspections.enums import CheckState, FindingState, OrderState
from tests.factories.accounts import NOW, user_of
from tests.factories.deliverables import make_deliverable
from tests.factories.evaluations import make_problem_answer, make_record, record_data, units
from tests.factories.inspections import make_finding, make_spot_check
from tests.factories.orders import make_order
from tests.integration.reports.world import District

K, S = DeliverableKind, DeliverableState
FAR = date(2022, 12, 31)


def fill(district: District, name: str) -> None:
    """One of everything that can wait for somebody; 一 commissioned by the department, 二 by the bureau itself."""
    session = district.session
    department = session.get_one(Body, district.department.id)
    bureau = session.get_one(Body, district.bureau.id)
    commissioned = district.engage(f"{name}一", commissioner=department, due_on=FAR)
    ordered = district.engage(f"{name}二", due_on=FAR)
    ended = district.engage(f"{name}已终止", state=EngagementState.TERMINATED)
    make_deliverable(session, commissioned, K.PLAN, due_on=date(2022, 7, 1))
    make_deliverable(session, commissioned, K.DRAFT, due_on=date(2022, 7, 20))
    make_deliverable(session, commissioned, K.WORK_PAPERS, due_on=FAR)
    make_deliverable(session, commissioned, K.REPORT, state=S.SUBMITTED, first_submitted_at=NOW)
    make_deliverable(session, ordered, K.PLAN, state=S.SUBMITTED, first_submitted_at=NOW)
    make_deliverable(session, ordered, K.DRAFT, state=S.RETURNED, first_submitted_at=NOW)
    make_deliverable(session, ordered, K.REPORT, state=S.ACCEPTED, first_submitted_at=NOW)
    make_deliverable(session, ended, K.REPORT, due_on=date(2022, 7, 1))
    author = user_of(session, district.reviewer)
    agency = district.agency
    recorded = make_spot_check(session, bureau, agency, commissioned)
    make_finding(session, recorded, state=FindingState.DRAFT)
    make_finding(session, recorded, state=FindingState.NOTIFIED)
    # Whoever wrote it does not decide on it.
    make_finding(session, recorded, state=FindingState.NOTIFIED, created_by=author)
    make_spot_check(session, bureau, agency, state=CheckState.PLANNED, checked_on=date(2022, 7, 4))
    planned = make_spot_check(
        session, bureau, agency, ordered, state=CheckState.PLANNED, checked_on=date(2022, 7, 15)
    )
    make_finding(session, planned, state=FindingState.DRAFT)
    make_order(session, recorded, [], due_on=date(2022, 7, 7))
    make_order(session, recorded, [], state=OrderState.REJECTED, due_on=date(2022, 8, 8))
    make_order(session, recorded, [], state=OrderState.ANSWERED)
    make_order(session, recorded, [], state=OrderState.VERIFIED, recheck_on=date(2022, 7, 9))
    make_order(session, recorded, [], state=OrderState.VERIFIED, recheck_on=FAR)
    make_order(session, recorded, [], state=OrderState.CLOSED)
    make_record(session, commissioned, record_data(department, stated_total=units(88)))
    promised = make_record(session, ordered)
    make_problem_answer(session, promised, rectify_by=date(2022, 7, 5))
    session.flush()
