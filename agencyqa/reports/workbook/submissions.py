"""The sheet with every deliverable of the year's engagements: when it was due, and when it came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.policies import visible
from agencyqa.engagements.models import Engagement
from agencyqa.objects.models import EvaluationObject
from agencyqa.reports.workbook.content import Year
from agencyqa.reports.workbook.marks import Marks
from agencyqa.spreadsheets.workbook import Column, Kind, Workbook
from agencyqa.web.labels import label_of

# Rows that the database hands over at once.
FETCHED = 1000

_Row = Row[*tuple[Any, ...]]
# As the work goes on, and not by the letters of the codes.
_KIND_ORDER = sa.case(
    {kind: position for position, kind in enumerate(DeliverableKind)}, value=Deliverable.kind
)


def write_submissions(book: Workbook, session: Session, actor: Actor, year: Year, marks: Marks) -> None:
    """One statement, whatever their number."""
    sheet = marks.sheet(
        book,
        gettext("提交时效"),
        _columns(),
        gettext(
            "逾期天数为期限届满次日至首次提交当日的法定工作日数，期限当日提交不算逾期。"
            "国务院尚未公布节假日安排的年份按周一至周五计，标为暂定。"
        ),
    )
    for row in _rows(session, actor, year):
        sheet.write(_line(row))


def _rows(session: Session, actor: Actor, year: Year) -> Iterator[_Row]:
    statement = (
        select(
            Body.name.label("agency"),
            Engagement.contract_number,
            EvaluationObject.name.label("object"),
            Deliverable.kind,
            Deliverable.number,
            Deliverable.title,
            Deliverable.is_required,
            Deliverable.due_on,
            Deliverable.is_due_provisional,
            Deliverable.due_reason,
            Deliverable.first_submitted_at,
            Deliverable.late_days,
            Deliverable.is_lateness_provisional,
            Deliverable.is_overdue,
            Deliverable.state,
        )
        .join(Engagement, Engagement.id == Deliverable.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(Body, Body.id == Deliverable.agency_id)
        .where(
            visible(actor),
            # What is not owed and never came is no row of anybody's work.
            sa.or_(Deliverable.is_required, Deliverable.first_submitted_at.is_not(None)),
            Engagement.bureau_id == year.round.bureau_id,
            Engagement.assessment_year == year.round.year,
        )
        .order_by(Body.sort_key, Body.id, Engagement.id, _KIND_ORDER, Deliverable.number, Deliverable.id)
        .execution_options(yield_per=FETCHED)
    )
    yield from session.execute(statement)


def _line(row: _Row) -> Sequence[object]:
    return (
        row.agency,
        row.contract_number,
        row.object,
        row.title or label_of(row.kind),
        gettext("是") if row.is_required else gettext("否"),
        row.due_on,
        row.first_submitted_at,
        row.late_days,
        label_of(row.state),
        _notes(row),
    )


def _notes(row: _Row) -> str | None:
    notes = []
    if row.is_due_provisional:
        notes.append(gettext("期限暂定"))
    if row.is_lateness_provisional:
        notes.append(gettext("逾期天数暂定"))
    if row.is_overdue and row.first_submitted_at is None:
        notes.append(gettext("逾期未提交"))
    if row.due_reason:
        notes.append(gettext("期限调整：%(reason)s", reason=row.due_reason))
    return gettext("；").join(notes) or None


def _columns() -> tuple[Column, ...]:
    return (
        Column("agency", gettext("第三方机构"), 30),
        Column("contract", gettext("合同编号"), 18),
        Column("object", gettext("评价对象"), 30),
        Column("kind", gettext("成果"), 18),
        Column("required", gettext("应交"), 7),
        Column("due", gettext("提交期限"), 12, Kind.DATE),
        Column("submitted", gettext("首次提交"), 17, Kind.MOMENT),
        Column("late", gettext("逾期工作日"), 11, Kind.INT),
        Column("state", gettext("状态"), 12),
        Column("notes", gettext("备注"), 36),
    )
