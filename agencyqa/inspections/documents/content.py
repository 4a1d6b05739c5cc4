"""What stands in the printed record of a spot check and in a rectification order, as plain texts.

One tree of texts serves the Word template, the PDF and the list of placeholders. An agency's copy holds what the
agency may see: findings it was told of, its orders, never a draft. Official papers are Chinese for every reader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body, User
from agencyqa.agencies.models import Agency
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.models import Engagement
from agencyqa.i18n import SOURCE_LOCALE
from agencyqa.inspections import policies
from agencyqa.inspections.enums import Answer, CheckState, FindingState
from agencyqa.inspections.models import Checklist, Finding, Inspector, RectificationOrder, SpotCheck
from agencyqa.inspections.numbering import check_label, finding_label
from agencyqa.inspections.order_page import verdict_title
from agencyqa.inspections.queries import orders as order_queries
from agencyqa.inspections.queries.faults import faults_by_code, unit_of
from agencyqa.measures.models import Provision
from agencyqa.measures.queries import provision_label, provision_summary, provisions_cited
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.labels import label_of

NOTHING = "—"
# Characters that no XML document may hold, and those that turn the direction of a line.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)

Texts = dict[str, Any]


def record_content(session: Session, actor: Actor, check: SpotCheck, now: datetime) -> Texts:
    """The texts of a spot check's record, shaped as ``schema.RECORD``. ``check`` was loaded as visible to the actor."""
    with force_locale(SOURCE_LOCALE):
        found = _findings(session, actor, check)
        orders = order_queries.orders_of_check(session, actor, check.id)
        labels = {row.id: order_queries.order_label(row.year, row.number) for row in orders}
        texts: Texts = {
            **_heading(session, check),
            "inspectors": [{"name": name} for name in _inspectors(session, check)],
            "items": _items(session, check),
            "findings": _finding_texts(session, found, labels),
            "orders": _orders(session, actor, [row.id for row in orders]),
            "printed_on": _day(local_date(now)),
        }
        return clean(texts)


def order_content(session: Session, actor: Actor, order: RectificationOrder, now: datetime) -> Texts:
    """The texts of a rectification order as it was issued, with findings withdrawn since then marked."""
    with force_locale(SOURCE_LOCALE):
        around = order_queries.surroundings(session, order)
        cited = order_queries.provisions_by_id(session, [order.provision_id]).get(order.provision_id or 0)
        return clean(
            {
                "number": order_queries.order_label(order.year, order.number),
                "bureau": around.bureau,
                "agency": around.agency,
                "check": check_label(around.check_year, around.check_number),
                "demand": order.demand,
                "issued_on": _day(order.issued_on),
                "due_on": _due(order.due_on, order.is_due_provisional),
                "working_days": str(order.working_days),
                "provision": provision_label(cited) if cited else NOTHING,
                "provision_text": provision_summary(cited) if cited else "",
                "findings": [
                    {
                        "number": finding_label(row.year, row.number),
                        "fault": order_queries.fault_name(row),
                        "facts": row.facts,
                        "severity": label_of(row.severity),
                        "is_withdrawn": "已撤销" if row.state is FindingState.WITHDRAWN else "",
                    }
                    for row in order_queries.findings_of_orders(session, [order.id])
                ],
                "printed_on": _day(local_date(now)),
            }
        )


def clean(texts: Texts) -> Texts:
    """The same tree with every text free of what cannot be printed."""
    return {name: _clean(each) for name, each in texts.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return clean(value)
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return _UNPRINTABLE.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))


def _heading(session: Session, check: SpotCheck) -> Texts:
    bureau, agency, unit, commissioner = aliased(Body), aliased(Body), aliased(Body), aliased(Body)
    row = session.execute(
        select(
            bureau.name.label("bureau"),
            agency.name.label("agency"),
            Agency.credit_code,
            Engagement.contract_number,
            EvaluationObject.name.label("object"),
            unit.name.label("unit"),
            commissioner.name.label("commissioner"),
        )
        .select_from(SpotCheck)
        .join(bureau, bureau.id == SpotCheck.bureau_id)
        .join(agency, agency.id == SpotCheck.agency_id)
        .join(Agency, Agency.id == SpotCheck.agency_id)
        .outerjoin(Engagement, Engagement.id == SpotCheck.engagement_id)
        .outerjoin(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .outerjoin(unit, unit.id == Engagement.evaluated_unit_id)
        .outerjoin(commissioner, commissioner.id == Engagement.commissioner_id)
        .where(SpotCheck.id == check.id)
    ).one()
    return {
        "number": check_label(check.year, check.number),
        "bureau": row.bureau,
        "agency": row.agency,
        "credit_code": row.credit_code,
        "contract": row.contract_number or "机构整体",
        "object": row.object or NOTHING,
        "commissioner": row.commissioner or NOTHING,
        "evaluated_unit": row.unit or NOTHING,
        "checked_on": _day(check.checked_on),
        "channel": label_of(check.channel),
        "purpose": check.purpose or NOTHING,
        "summary": check.summary or NOTHING,
        "state": label_of(check.state),
        "recorded_on": _day(local_date(check.recorded_at)) if check.recorded_at else NOTHING,
    }


def _inspectors(session: Session, check: SpotCheck) -> list[str]:
    """Those who carried it out: not who declared a conflict, and once it is recorded not who never declared."""
    took_part = (
        Inspector.has_conflict.is_(False)
        if check.state is CheckState.RECORDED
        else Inspector.has_conflict.is_not(True)
    )
    return list(
        session.scalars(
            select(User.display_name)
            .join(Inspector, Inspector.user_id == User.id)
            .where(Inspector.spot_check_id == check.id, took_part)
            .order_by(Inspector.id)
        )
    )


def _items(session: Session, check: SpotCheck) -> list[Texts]:
    checklist = session.get_one(Checklist, check.checklist_id)
    keys = {item["provision"] for item in checklist.items if item.get("provision")}
    cited = provisions_cited(session, keys, check.checked_on)
    texts = []
    for number, item in enumerate(checklist.items, start=1):
        answer = check.answers.get(item["key"]) or {}
        provision = cited.get(item.get("provision") or "")
        texts.append(
            {
                "number": str(number),
                "text": item["text"],
                "provision": provision_label(provision) if provision else "",
                "answer": label_of(Answer(answer.get("answer") or Answer.LEFT)),
                "note": answer.get("note") or "",
            }
        )
    return texts


def _findings(session: Session, actor: Actor, check: SpotCheck) -> Sequence[Finding]:
    """A finding dropped before the agency was told of it is no part of the record."""
    statement = (
        policies.visible_findings(actor)
        .where(
            Finding.spot_check_id == check.id,
            (Finding.state != FindingState.DROPPED) | Finding.notified_at.is_not(None),
        )
        .order_by(Finding.number, Finding.id)
    )
    return session.scalars(statement).all()


def _finding_texts(session: Session, findings: Sequence[Finding], orders: dict[int, str]) -> list[Texts]:
    faults = faults_by_code(session, {finding.fault_code for finding in findings})
    stored = order_queries.provisions_by_id(session, [finding.provision_id for finding in findings])
    texts = []
    for finding in findings:
        fault = faults.get(finding.fault_code)
        provision: Provision | None = stored.get(finding.provision_id or 0)
        texts.append(
            {
                "number": finding_label(finding.year, finding.number),
                "fault": fault.title if fault else finding.fault_code,
                "severity": label_of(finding.severity),
                "occurrences": f"{finding.occurrences} {unit_of(fault) if fault else ''}".strip(),
                "facts": finding.facts,
                "fact_on": _day(finding.fact_on),
                "provision": provision_label(provision) if provision else "（待核对）",
                "provision_text": provision_summary(provision) if provision else "",
                "state": label_of(finding.state),
                "statement": finding.statement if finding.stated_at else "未陈述",
                "stated_on": _day(local_date(finding.stated_at)) if finding.stated_at else NOTHING,
                "decision": _decision(finding),
                "decided_on": _day(local_date(finding.decided_at)) if finding.decided_at else NOTHING,
                "order": orders.get(finding.order_id or 0, ""),
            }
        )
    return texts


def _decision(finding: Finding) -> str:
    if finding.state is FindingState.WITHDRAWN:
        return f"已撤销：{finding.withdrawal_reason}"
    if finding.decided_at is None:
        return "尚未认定"
    return f"{label_of(finding.state)}：{finding.decision_reason}".rstrip("：")


def _orders(session: Session, actor: Actor, order_ids: Sequence[int]) -> list[Texts]:
    """Answers handed in only: a draft is not part of any record, the agency's own copy included."""
    answers = [
        row for row in order_queries.answers_of(session, actor, order_ids) if row.submitted_at is not None
    ]
    reviews = order_queries.reviews_of(session, order_ids)
    findings = order_queries.findings_of_orders(session, order_ids)
    orders = session.scalars(
        select(RectificationOrder).where(RectificationOrder.id.in_(order_ids)).order_by(RectificationOrder.id)
    )
    return [
        {
            "number": order_queries.order_label(order.year, order.number),
            "issued_on": _day(order.issued_on),
            "due_on": _due(order.due_on, order.is_due_provisional),
            "state": label_of(order.state),
            "demand": order.demand,
            "findings": "、".join(
                finding_label(row.year, row.number) for row in findings if row.order_id == order.id
            ),
            "answers": [_answer(row, reviews) for row in answers if row.order_id == order.id],
            "closed_on": _day(local_date(order.closed_at)) if order.closed_at else NOTHING,
            "close_reason": order.close_reason,
        }
        for order in orders
    ]


def _answer(row: Row[Any], reviews: Sequence[Row[Any]]) -> Texts:
    late = f"逾期 {row.late_days} 个工作日" if row.late_days else ""
    if late and row.is_lateness_provisional:
        late += "（暂定）"
    return {
        "number": str(row.number),
        "submitted_on": _day(local_date(row.submitted_at)),
        "late": late,
        "text": row.text,
        "verdicts": [
            {
                "title": verdict_title(review.is_recheck, review.is_accepted),
                "on": _day(review.reviewed_on),
                "note": review.note,
            }
            for review in reviews
            if review.answer_id == row.id
        ],
    }


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _due(day: date, is_provisional: bool) -> str:
    return _day(day) + ("（暂定，以公布的节假日安排为准）" if is_provisional else "")
