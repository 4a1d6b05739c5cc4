"""What a bureau has of a crowd beside the work itself: papers, reports, inspections, evaluations, scores, the log."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from agencyqa.agencies.models import (
    AgencyProfile,
    Application,
    Credential,
    ProfileProposal,
    Registration,
    ReportYear,
    SelfReport,
    StandingChange,
)
from agencyqa.assessments.models import AgencyCredit
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations.models import EvaluationProblem, EvaluationRecord, ProblemAnswer
from agencyqa.inspections.models import Checklist, Finding, RectificationOrder, SpotCheck
from benchmarks.crowd import FIRST_DAY, NUMBERS, Crowd, Filler, padded, pick

YEARS = 10
n = NUMBERS.c.n


def fill_marks(filler: Filler, crowd: Crowd) -> None:
    for part in (_register, _applications, _reports, _evaluations, _inspections):
        part(filler, crowd)


def _register(filler: Filler, crowd: Crowd) -> None:
    standing = Registration.__table__.c
    filler.put(
        StandingChange,
        Registration.__table__,
        {
            "registration_id": standing.id,
            "number": 1,
            "action": "admit",
            "standing": standing.standing,
            "effective_on": FIRST_DAY,
            "reason": "符合条件",
            "decided_at": filler.moment(sa.literal(0)),
        },
    )
    filler.put(
        Credential,
        crowd.people,
        {
            "person_id": n + 1,
            "kind": pick(n, ("title", "licence")),
            "name": "高级会计师",
            "number": padded(n),
            "expires_on": filler.day(crowd.days - 200 + n % 1500),
        },
    )
    filler.put(
        AgencyCredit,
        crowd.agencies // 2,
        {
            "bureau_id": crowd.bureau_id,
            "agency_id": crowd.first_agency + n,
            "year": FIRST_DAY.year + n % YEARS,
            "occurred_on": filler.day(n % YEARS * 365),
            "points": 10_000,
            "reason": "获得表彰",
            "evidence": "文件",
            "entered_at": filler.moment(n % YEARS * 365),
        },
    )


def _profile() -> dict[str, Any]:
    columns = AgencyProfile.__table__.c
    names = ("name", "kind", "legal_representative", "address", "contact_name", "sectors")
    return {name: columns[name] for name in names}


def _applications(filler: Filler, crowd: Crowd) -> None:
    """One agency of ten has applied once more or wants its entry changed."""
    held = AgencyProfile.__table__.c
    filler.put(
        Application,
        AgencyProfile.__table__,
        {
            **_profile(),
            "bureau_id": crowd.bureau_id,
            "state": pick(held.id // 10, ("submitted", "admitted", "admitted", "refused", "draft")),
            "credit_code": sa.literal("91310000MB") + padded(held.id) + "00",
            "token_hash": sa.literal("d" * 58) + padded(held.id),
            "qualifications": [],
            "people": [],
            "created_at": held.recorded_at,
            "changed_at": held.recorded_at,
            "submitted_at": held.recorded_at,
        },
        held.id % 10 == 0,
    )
    filler.put(
        ProfileProposal,
        AgencyProfile.__table__,
        {
            **_profile(),
            "agency_id": held.agency_id,
            "bureau_id": crowd.bureau_id,
            "base_number": 1,
            "state": sa.case((held.id % 100 == 1, "proposed"), else_="confirmed"),
            "effective_on": filler.day(sa.literal(crowd.days - 20)),
            "reason": "迁址",
            "proposed_at": filler.moment(sa.literal(crowd.days - 30)),
        },
        held.id % 10 == 1,
    )


def _reports(filler: Filler, crowd: Crowd) -> None:
    filler.put(
        ReportYear,
        3,
        {
            "id": n + 1,
            "bureau_id": crowd.bureau_id,
            "year": crowd.today.year - 3 + n,
            "opened_on": filler.day(crowd.days - 900 + n * 365),
            "working_days": 95,
            "due_on": filler.day(crowd.days - 760 + n * 365),
            "is_due_provisional": False,
        },
    )
    newest = n % 3 == 2
    filler.put(
        SelfReport,
        3 * crowd.agencies,
        {
            "report_year_id": n % 3 + 1,
            "agency_id": crowd.first_agency + n // 3,
            "state": sa.case(
                (sa.and_(newest, n // 3 % 5 == 0), "due"),
                (sa.and_(newest, n // 3 % 5 == 1), "submitted"),
                else_="accepted",
            ),
            "first_submitted_on": filler.day(crowd.days - 800 + n % 3 * 365),
            "submitted_at": filler.moment(crowd.days - 800 + n % 3 * 365),
        },
    )


def _evaluations(filler: Filler, crowd: Crowd) -> None:
    """Every second engagement has a record with two problems, of which one in forty waits for its answer."""
    of = Engagement.__table__.c
    filler.put(
        EvaluationRecord,
        Engagement.__table__,
        {
            "id": of.id,
            "bureau_id": of.bureau_id,
            "agency_id": of.agency_id,
            "engagement_id": of.id,
            "object_id": of.object_id,
            "state": sa.case((of.state == "completed", "submitted"), else_="draft"),
            "stated_total": 850_000 + of.id % 100 * 1000,
            "stated_maximum": 1_000_000,
            "amount": of.fee * 100,
            "checks": [],
            "computed_total": 850_000 + of.id % 100 * 1000,
            "computed_maximum": 1_000_000,
            "computed_grade": "good",
            "created_at": of.created_at,
            "submitted_at": sa.case((of.state == "completed", of.created_at), else_=sa.null()),
        },
        of.id % 2 == 0,
        of.state != "terminated",
    )
    record = EvaluationRecord.__table__.c
    for position in (1, 2):
        filler.put(
            EvaluationProblem,
            EvaluationRecord.__table__.join(Engagement.__table__, of.id == record.engagement_id),
            {
                "record_id": record.id,
                "key": f"p{position}",
                "position": position,
                "kind": pick(record.id // 2, ("funds", "output", "implementation")),
                "facts": "部分资金支付依据不足",
                "amount": record.id % 90 * 10_000,
                "recommendation": "完善手续",
                "department_id": of.evaluated_unit_id,
            },
        )
        filler.put(
            ProblemAnswer,
            EvaluationRecord.__table__.join(Engagement.__table__, of.id == record.engagement_id),
            {
                "engagement_id": record.engagement_id,
                "problem_key": f"p{position}",
                "number": 1,
                "department_id": of.evaluated_unit_id,
                "state": sa.case((record.id % 40 == 2, "accepted"), else_="rectified"),
                "text": "已整改",
                "rectify_by": of.due_on,
                "rectified_on": sa.case((record.id % 40 == 2, sa.null()), else_=of.due_on),
                "answered_at": record.created_at,
            },
            record.state == "submitted",
            record.id % 40 != 4,
        )


def _inspections(filler: Filler, crowd: Crowd) -> None:
    checklist = filler.connection.scalar(sa.select(sa.func.min(Checklist.id)))
    # One engagement of twenty is looked at, in a small crowd every second one.
    step = 20 if crowd.engagements > 2000 else 2
    checks = crowd.engagements // step
    engagement = n * step + 2
    year = FIRST_DAY.year + n * YEARS // checks
    shared: dict[str, Any] = {"bureau_id": crowd.bureau_id, "year": year, "number": n + 1}
    filler.put(
        SpotCheck,
        checks,
        {
            **shared,
            "id": n + 1,
            "agency_id": crowd.agency(engagement - 1),
            "engagement_id": engagement,
            "checked_on": filler.day(crowd.start(engagement) + 30),
            "channel": "report_reading",
            "checklist_id": checklist,
            "answers": {},
            "state": sa.case((n > checks - 50, "planned"), else_="recorded"),
            "created_at": filler.moment(crowd.start(engagement)),
        },
    )
    filler.put(
        RectificationOrder,
        checks,
        {
            **shared,
            "id": n + 1,
            "spot_check_id": n + 1,
            "agency_id": crowd.agency(engagement - 1),
            "demand": "限期整改",
            "issued_on": filler.day(crowd.start(engagement) + 60),
            "working_days": 20,
            "due_on": filler.day(crowd.start(engagement) + 90),
            "provision_key": "M2/rectification",
            "state": sa.case(
                (n > checks - 100, "issued"),
                (n % 60 == 0, "answered"),
                (n % 60 == 1, "verified"),
                else_="closed",
            ),
            "recheck_on": filler.day(crowd.start(engagement) + 200),
            "created_at": filler.moment(crowd.start(engagement) + 60),
        },
    )
    filler.put(
        Finding,
        checks,
        {
            **shared,
            "spot_check_id": n + 1,
            "agency_id": crowd.agency(engagement - 1),
            "engagement_id": engagement,
            "fault_code": pick(n, ("report_late", "workpapers_missing")),
            "occurrences": 1,
            "severity": pick(n, ("minor", "ordinary", "serious")),
            "facts": "底稿不完整",
            "fact_on": filler.day(crowd.start(engagement) + 30),
            "provision_key": "M2/papers",
            "state": sa.case((n > checks - 80, "notified"), (n % 50 == 0, "draft"), else_="final"),
            "created_at": filler.moment(crowd.start(engagement) + 30),
            "notified_at": filler.moment(crowd.start(engagement) + 35),
            "statement_due_on": filler.day(crowd.start(engagement) + 50),
            "order_id": n + 1,
        },
    )
