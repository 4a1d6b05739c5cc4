"""Rectification orders for tests, written straight into the tables: services are tested for the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.files.models import StoredFile
from agencyqa.inspections.enums import OrderState
from agencyqa.inspections.models import (
    EvidenceFile,
    Finding,
    OrderReview,
    RectificationAnswer,
    RectificationOrder,
    SpotCheck,
)
from agencyqa.measures.queries import provision_in_force
from tests.factories.accounts import NOW
from tests.factories.inspections import make_finding

ISSUED_ON = date(2022, 6, 15)
# Twenty-two working days after it.
DUE_ON = date(2022, 7, 15)
DEMAND = "补齐工作底稿，并完善内部复核制度。"
ANSWER = "已补齐全部工作底稿。"


def make_order(
    session: Session,
    check: SpotCheck,
    findings: Sequence[Finding] | None = None,
    *,
    state: OrderState = OrderState.ISSUED,
    demand: str = DEMAND,
    due_on: date = DUE_ON,
    is_overdue: bool = False,
    recheck_on: date | None = None,
    issued_by_id: int | None = None,
) -> RectificationOrder:
    """Over one new final finding unless ``findings`` names some. In a state past the first, with what led there."""
    year = ISSUED_ON.year
    last = session.scalar(
        select(func.max(RectificationOrder.number)).where(
            RectificationOrder.bureau_id == check.bureau_id, RectificationOrder.year == year
        )
    )
    provision = provision_in_force(session, "M2/violations", ISSUED_ON)
    made = RectificationOrder(
        bureau_id=check.bureau_id,
        year=year,
        number=(last or 0) + 1,
        spot_check_id=check.id,
        agency_id=check.agency_id,
        demand=demand,
        issued_on=ISSUED_ON,
        working_days=22,
        due_on=due_on,
        is_overdue=is_overdue,
        recheck_on=recheck_on,
        provision_id=provision.id if provision else None,
        provision_key="M2/violations",
        state=state,
        issued_by_id=issued_by_id,
        created_at=NOW,
        closed_at=NOW if state is OrderState.CLOSED else None,
        close_reason="整改到位" if state is OrderState.CLOSED else "",
    )
    session.add(made)
    session.flush()
    for finding in findings if findings is not None else [make_finding(session, check)]:
        finding.order_id = made.id
    session.flush()
    if state is not OrderState.ISSUED:
        answer = make_answer(session, made)
        if state is not OrderState.ANSWERED:
            make_review(session, answer, is_accepted=state is not OrderState.REJECTED)
    return made


def make_answer(
    session: Session,
    order: RectificationOrder,
    text: str = ANSWER,
    *,
    is_draft: bool = False,
    submitted_at: datetime = NOW,
    late_days: int = 0,
) -> RectificationAnswer:
    last = session.scalar(
        select(func.max(RectificationAnswer.number)).where(RectificationAnswer.order_id == order.id)
    )
    made = RectificationAnswer(
        order_id=order.id,
        number=(last or 0) + 1,
        text=text,
        created_at=NOW,
        submitted_at=None if is_draft else submitted_at,
        due_on=None if is_draft else order.due_on,
        late_days=None if is_draft else late_days,
    )
    session.add(made)
    session.flush()
    return made


def make_review(
    session: Session, answer: RectificationAnswer, *, is_accepted: bool = True, is_recheck: bool = False
) -> OrderReview:
    last = session.scalar(select(func.max(OrderReview.number)).where(OrderReview.order_id == answer.order_id))
    made = OrderReview(
        order_id=answer.order_id,
        number=(last or 0) + 1,
        answer_id=answer.id,
        is_recheck=is_recheck,
        is_accepted=is_accepted,
        note="材料齐全" if is_accepted else "仍缺复核记录",
        reviewed_on=ISSUED_ON,
        reviewed_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def make_answer_evidence(
    session: Session, answer: RectificationAnswer, stored: StoredFile, *, name: str = "整改照片.pdf"
) -> EvidenceFile:
    made = EvidenceFile(
        answer_id=answer.id,
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
