"""Spot checks and findings for tests, written straight into the tables: services are tested for the rules."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, User
from agencyqa.agencies.models import Agency
from agencyqa.engagements.models import Engagement
from agencyqa.files.models import StoredFile
from agencyqa.inspections.enums import Channel, CheckState, FindingState, Severity
from agencyqa.inspections.models import Checklist, EvidenceFile, Finding, Inspector, SpotCheck
from agencyqa.measures.enums import Tag
from agencyqa.measures.models import FaultCode
from agencyqa.measures.queries import provision_in_force
from tests.factories.accounts import NOW, make_user

CHECKED_ON = date(2022, 5, 10)
STATEMENT_DUE = date(2022, 6, 22)
ITEMS = [
    {
        "key": "contract",
        "text": "开展工作前已签订书面合同",
        "text_en": "A written contract was signed before work began",
        "provision": "CJ4/contract",
        "fault": "no_contract",
    },
    {
        "key": "papers",
        "text": "按指标编制工作底稿",
        "text_en": "Work papers are kept for each indicator",
        "provision": "CJ4/work_papers",
        "fault": "no_work_paper",
    },
]
FAULTS = {
    "no_contract": ("未签订合同", "No contract", "份", "CJ4/contract"),
    "no_work_paper": ("缺少工作底稿", "No work paper", "份", "CJ4/work_papers"),
    "no_evidence": ("评价结论缺少依据", "No evidence", "处", "CY6/traceable_source"),
    "text_error": ("文字差错", "Text error", "处", "RQF/content"),
}
_numbers = itertools.count(1)


def make_faults(session: Session) -> None:
    """The few codes these tests use, unless the shipped catalogue is loaded."""
    known = set(session.scalars(select(FaultCode.code)))
    for position, (code, (title, title_en, unit, provision)) in enumerate(FAULTS.items(), 1):
        if code not in known:
            session.add(
                FaultCode(
                    code=code,
                    position=position,
                    title=title,
                    title_en=title_en,
                    unit=unit,
                    unit_en="place",
                    provision_key=provision,
                    is_counted_by_system=False,
                    tag=Tag.INFERRED,
                )
            )
    session.flush()


def make_checklist(
    session: Session,
    bureau: Body | None = None,
    *,
    title: str = "抽查检查表",
    valid_from: date = date(2021, 9, 18),
    items: list[dict[str, Any]] | None = None,
) -> Checklist:
    made = Checklist(
        bureau_id=bureau.id if bureau else None,
        title=title,
        title_en="Checklist",
        valid_from=valid_from,
        items=items or ITEMS,
        source="测试用",
        tag=Tag.INFERRED,
        entered_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def make_spot_check(
    session: Session,
    bureau: Body,
    agency: Agency | Body,
    engagement: Engagement | None = None,
    *,
    state: CheckState = CheckState.RECORDED,
    inspectors: Sequence[User] | None = None,
    checked_on: date = CHECKED_ON,
    checklist: Checklist | None = None,
    created_by: User | None = None,
    year: int = NOW.year,
) -> SpotCheck:
    """Recorded, by two inspectors without a conflict who are people of no bureau unless ``inspectors`` names some."""
    people = list(inspectors) if inspectors is not None else [make_user(session), make_user(session)]
    recorded = state is CheckState.RECORDED
    made = SpotCheck(
        bureau_id=bureau.id,
        year=year,
        number=_next(session, SpotCheck, bureau, year),
        agency_id=agency.id,
        engagement_id=engagement.id if engagement else None,
        checked_on=checked_on,
        channel=Channel.FILES_ON_SITE,
        purpose="年度抽查",
        checklist_id=(checklist or make_checklist(session, bureau)).id,
        answers={item["key"]: {"answer": "yes", "note": ""} for item in ITEMS} if recorded else {},
        summary="总体规范" if recorded else "",
        state=state,
        created_at=NOW,
        created_by_id=created_by.id if created_by else None,
        recorded_at=NOW if recorded else None,
        recorded_by_id=people[0].id if recorded and people else None,
    )
    session.add(made)
    session.flush()
    for person in people:
        session.add(Inspector(spot_check_id=made.id, user_id=person.id, declared_at=NOW, has_conflict=False))
    session.flush()
    return made


def make_finding(
    session: Session,
    check: SpotCheck,
    *,
    state: FindingState = FindingState.FINAL,
    fault: str = "no_work_paper",
    occurrences: int = 1,
    severity: Severity = Severity.ORDINARY,
    facts: str = "抽查的 3 个指标没有工作底稿",
    fact_on: date = date(2022, 4, 1),
    created_by: User | None = None,
    decided_by: User | None = None,
    notified: bool | None = None,
) -> Finding:
    """Final, without a statement. ``notified`` says for a dropped one whether the agency had been told of it."""
    make_faults(session)
    was_notified = state is not FindingState.DRAFT if notified is None else notified
    if state is FindingState.DROPPED and notified is None:
        was_notified = False
    is_decided = state in {FindingState.FINAL, FindingState.DROPPED, FindingState.WITHDRAWN}
    key = session.scalars(select(FaultCode.provision_key).where(FaultCode.code == fault)).one()
    provision = provision_in_force(session, key, fact_on)
    made = Finding(
        bureau_id=check.bureau_id,
        year=check.year,
        number=_next(session, Finding, check.bureau_id, check.year),
        spot_check_id=check.id,
        agency_id=check.agency_id,
        engagement_id=check.engagement_id,
        fault_code=fault,
        occurrences=occurrences,
        severity=severity,
        facts=facts,
        fact_on=fact_on,
        provision_id=provision.id if provision else None,
        provision_key=key,
        state=state,
        created_at=NOW,
        created_by_id=created_by.id if created_by else None,
        notified_at=NOW - timedelta(days=20) if was_notified else None,
        statement_due_on=STATEMENT_DUE if was_notified else None,
        decided_at=NOW if is_decided else None,
        decided_by_id=decided_by.id if decided_by else None,
        decision_reason="事实清楚" if is_decided else "",
        withdrawn_at=NOW if state is FindingState.WITHDRAWN else None,
        withdrawal_reason="复核后撤销" if state is FindingState.WITHDRAWN else "",
    )
    session.add(made)
    session.flush()
    return made


def make_evidence(
    session: Session,
    finding: Finding,
    stored: StoredFile,
    *,
    name: str = "底稿照片.pdf",
    is_statement: bool = False,
) -> EvidenceFile:
    made = EvidenceFile(
        finding_id=finding.id,
        is_statement=is_statement,
        file_id=stored.id,
        file_name=name,
        sha256=stored.sha256,
        size=stored.size,
        file_kind=stored.kind,
        added_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def _next(session: Session, table: type[SpotCheck | Finding], bureau: Body | int, year: int) -> int:
    bureau_id = bureau if isinstance(bureau, int) else bureau.id
    statement = select(func.max(table.number)).where(table.bureau_id == bureau_id, table.year == year)
    return (session.scalar(statement) or 0) + 1
