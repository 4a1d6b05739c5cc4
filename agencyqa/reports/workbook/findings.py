"""The sheet with every finding of the year that the reader may see, and whether a counted score sheet took it in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy import Row, select
from sqlalchemy.orm import Session, joinedload

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.enums import FindingState
from agencyqa.inspections.models import Finding, RectificationOrder
from agencyqa.inspections.numbering import finding_label
from agencyqa.inspections.policies import finding_visible
from agencyqa.measures.models import MeasureVersion, Provision
from agencyqa.measures.queries import provision_label
from agencyqa.measures.texts import code_title
from agencyqa.objects.models import EvaluationObject
from agencyqa.reports.workbook.content import Year
from agencyqa.reports.workbook.facts import FindingUses
from agencyqa.reports.workbook.marks import Marks
from agencyqa.spreadsheets.workbook import Column, Kind, Workbook
from agencyqa.web.labels import label_of

# Rows that the database hands over at once.
FETCHED = 500

_Row = Row[*tuple[Any, ...]]


def write_findings(
    book: Workbook, session: Session, actor: Actor, year: Year, marks: Marks, uses: FindingUses
) -> None:
    """Two statements, whatever their number."""
    sheet = marks.sheet(
        book,
        gettext("监督检查问题"),
        _columns(),
        gettext(
            "监督检查发现的问题，含尚未认定、不予认定和已撤销的；只有已认定的问题计入评分表。"
            "机构层面的问题列入年度结果，不计入评分表。"
        ),
    )
    provisions = _provisions(session, actor, year)
    for row in _rows(session, actor, year):
        sheet.write(_line(row, provisions, uses))


def _of_the_year(year: Year) -> sa.ColumnElement[bool]:
    """Those on an engagement go with it; those on an agency count in the year of the fact."""
    return sa.and_(
        Finding.bureau_id == year.round.bureau_id,
        sa.or_(
            Engagement.assessment_year == year.round.year,
            sa.and_(
                Finding.engagement_id.is_(None),
                Finding.fact_on.between(date(year.round.year, 1, 1), date(year.round.year, 12, 31)),
            ),
        ),
    )


def _rows(session: Session, actor: Actor, year: Year) -> Iterator[_Row]:
    statement = (
        select(
            Finding.id,
            Finding.year,
            Finding.number,
            Body.name.label("agency"),
            Finding.engagement_id,
            Engagement.contract_number,
            EvaluationObject.name.label("object"),
            Finding.fault_code,
            Finding.occurrences,
            Finding.severity,
            Finding.fact_on,
            Finding.facts,
            Finding.provision_id,
            Finding.provision_key,
            Finding.state,
            RectificationOrder.state.label("order_state"),
            RectificationOrder.due_on,
        )
        .join(Body, Body.id == Finding.agency_id)
        .join(Engagement, Engagement.id == Finding.engagement_id, isouter=True)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id, isouter=True)
        .join(RectificationOrder, RectificationOrder.id == Finding.order_id, isouter=True)
        .where(finding_visible(actor), _of_the_year(year))
        .order_by(Finding.year, Finding.number, Finding.id)
        .execution_options(yield_per=FETCHED)
    )
    yield from session.execute(statement)


def _provisions(session: Session, actor: Actor, year: Year) -> Mapping[int, str]:
    """How each provision that a finding cites is cited."""
    cited = (
        select(Finding.provision_id)
        .join(Engagement, Engagement.id == Finding.engagement_id, isouter=True)
        .where(finding_visible(actor), _of_the_year(year))
    )
    found = session.scalars(
        select(Provision)
        .where(Provision.id.in_(cited))
        .options(joinedload(Provision.measure_version).joinedload(MeasureVersion.measure))
    )
    return {each.id: f"{provision_label(each)} [{each.key}]" for each in found}


def _line(row: _Row, provisions: Mapping[int, str], uses: FindingUses) -> Sequence[object]:
    return (
        finding_label(row.year, row.number),
        row.agency,
        row.contract_number if row.engagement_id is not None else gettext("机构层面"),
        row.object,
        row.fault_code,
        code_title(row.fault_code),
        row.occurrences,
        label_of(row.severity),
        row.fact_on,
        row.facts,
        provisions.get(row.provision_id, row.provision_key),
        label_of(row.state),
        *_counted(row, uses),
        None if row.order_state is None else label_of(row.order_state),
        row.due_on,
    )


def _counted(row: _Row, uses: FindingUses) -> tuple[str, str | None]:
    """Whether it counted, and where. A sheet that is no part of the year counts for nothing here."""
    if row.engagement_id is None:
        return gettext("否"), gettext("列入机构年度结果") if row.state is FindingState.FINAL else None
    return uses.of(row.id, is_final=row.state is FindingState.FINAL)


def _columns() -> tuple[Column, ...]:
    return (
        Column("number", gettext("问题编号"), 16),
        Column("agency", gettext("第三方机构"), 30),
        Column("contract", gettext("合同编号"), 18),
        Column("object", gettext("评价对象"), 30),
        Column("code", gettext("问题代码"), 24),
        Column("title", gettext("问题类型"), 30),
        Column("occurrences", gettext("处数或次数"), 7, Kind.INT),
        Column("severity", gettext("程度"), 8),
        Column("fact_on", gettext("事实日期"), 12, Kind.DATE),
        Column("facts", gettext("问题事实"), 60, Kind.WRAP),
        Column("provision", gettext("依据"), 44),
        Column("state", gettext("状态"), 12),
        Column("counted", gettext("计入评分表"), 14),
        Column("where", gettext("计入何处"), 40),
        Column("order", gettext("整改状态"), 14),
        Column("due", gettext("整改期限"), 12, Kind.DATE),
    )
