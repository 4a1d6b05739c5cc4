"""The whole story of one rectification order, ready for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.inspections.enums import FindingState, OrderState
from agencyqa.inspections.models import RectificationOrder
from agencyqa.inspections.numbering import check_label, finding_label
from agencyqa.inspections.queries import orders as queries
from agencyqa.inspections.queries.orders import Surroundings
from agencyqa.measures.queries import provision_label, provision_summary


@dataclass(frozen=True)
class FindingLine:
    id: int
    label: str
    fault: str
    facts: str
    is_withdrawn: bool
    withdrawal_reason: str


@dataclass(frozen=True)
class AnswerBlock:
    """``row`` of the answer, its files, and the verdicts on it (a re-check is one too)."""

    row: Row[Any]
    files: Sequence[Row[Any]]
    reviews: Sequence[Row[Any]]


@dataclass(frozen=True)
class Event:
    at: datetime
    title: str
    by: str
    text: str = ""
    tone: str | None = None


@dataclass(frozen=True)
class OrderPage:
    label: str
    check_name: str
    around: Surroundings
    provision: str
    provision_text: str
    findings: Sequence[FindingLine]
    answers: Sequence[AnswerBlock]
    draft: AnswerBlock | None
    steps: Sequence[tuple[str, str, str | None]]
    events: Sequence[Event]


def order_page(session: Session, actor: Actor, order: RectificationOrder) -> OrderPage:
    around = queries.surroundings(session, order)
    files = queries.evidence_of(session, actor, order.id)
    reviews = queries.reviews_of(session, [order.id])
    blocks = [
        AnswerBlock(row, files.get(row.id, ()), [review for review in reviews if review.answer_id == row.id])
        for row in queries.answers_of(session, actor, [order.id])
    ]
    handed_in = [block for block in blocks if block.row.submitted_at is not None]
    cited = queries.provisions_by_id(session, [order.provision_id]).get(order.provision_id or 0)
    return OrderPage(
        label=queries.order_label(order.year, order.number),
        check_name=check_label(around.check_year, around.check_number),
        around=around,
        provision=provision_label(cited) if cited is not None else "",
        provision_text=provision_summary(cited) if cited is not None else "",
        findings=[_line(row) for row in queries.findings_of_orders(session, [order.id])],
        answers=handed_in,
        draft=next((block for block in blocks if block.row.submitted_at is None), None),
        steps=_steps(order),
        events=_in_order(
            [*_events(actor, order, around, handed_in, reviews), *_moves(session, order, around)]
        ),
    )


def _line(row: Row[Any]) -> FindingLine:
    return FindingLine(
        row.id,
        finding_label(row.year, row.number),
        queries.fault_name(row),
        row.facts,
        row.state is FindingState.WITHDRAWN,
        row.withdrawal_reason,
    )


def _steps(order: RectificationOrder) -> list[tuple[str, str, str | None]]:
    position = {
        OrderState.ISSUED: 1,
        OrderState.REJECTED: 1,
        OrderState.ANSWERED: 2,
        OrderState.VERIFIED: 3,
        OrderState.CLOSED: 4,
    }[order.state]
    names = [gettext("下达要求"), gettext("机构整改"), gettext("核查"), gettext("复查或办结")]
    return [
        (name, "done" if n < position else "current" if n == position else "todo", None)
        for n, name in enumerate(names)
    ]


def _events(
    actor: Actor,
    order: RectificationOrder,
    around: Surroundings,
    answers: Sequence[AnswerBlock],
    reviews: Sequence[Row[Any]],
) -> list[Event]:
    """A bureau learns who acted for the agency; of the bureau's side an agency learns the body."""

    def bureau(person: str | None) -> str:
        return (person if actor.is_bureau else None) or around.bureau

    def agency(person: str | None) -> str:
        if person and actor.is_bureau:
            return f"{person} · {around.agency}"
        return (person if actor.is_agency else None) or around.agency

    events = [Event(order.created_at, gettext("下达整改要求"), bureau(around.issued_by))]
    for block in answers:
        days = block.row.late_days
        title = gettext("逾期 %(days)s 个工作日提交整改情况", days=days) if days else gettext("提交整改情况")
        tone = "warning" if days else None
        events.append(Event(block.row.submitted_at, title, agency(block.row.submitted_by), tone=tone))
    events += [
        Event(
            row.reviewed_at,
            verdict_title(row.is_recheck, row.is_accepted),
            bureau(row.reviewed_by),
            row.note,
            "success" if row.is_accepted else "warning",
        )
        for row in reviews
    ]
    if order.closed_at is not None:
        events.append(
            Event(order.closed_at, gettext("办结"), bureau(around.closed_by), order.close_reason, "success")
        )
    return events


def _moves(session: Session, order: RectificationOrder, around: Surroundings) -> list[Event]:
    """How the calendar moved the term: the log alone keeps it."""
    rows = session.execute(
        select(AuditEntry.at, AuditEntry.detail)
        .where(
            AuditEntry.target_type == RectificationOrder.__tablename__,
            AuditEntry.target_id == order.id,
            AuditEntry.event == "inspections.order.due_moved",
        )
        .order_by(AuditEntry.sequence)
    )
    events = []
    for row in rows:
        before, after = row.detail["changes"]["due_on"]
        title = gettext("工作日历变动，期限由 %(before)s 改为 %(after)s", before=before, after=after)
        events.append(Event(row.at, title, around.bureau))
    return events


def _in_order(events: list[Event]) -> list[Event]:
    """Newest first."""
    return sorted(events, key=lambda event: event.at)[::-1]


def verdict_title(is_recheck: bool, is_accepted: bool) -> str:
    if is_recheck:
        return str(gettext("现场复查通过") if is_accepted else gettext("现场复查不通过"))
    return str(gettext("核查结论：通过") if is_accepted else gettext("核查结论：不通过，要求继续整改"))
