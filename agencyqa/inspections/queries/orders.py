"""Reads of rectification orders: the list, the whole story of one, what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased, joinedload

from agencyqa.accounts.models import Body, User
from agencyqa.accounts.queries import bodies_called, bodies_found
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.db import kept
from agencyqa.inspections import order_policies, order_workflow
from agencyqa.inspections.enums import FindingState, OrderState
from agencyqa.inspections.models import (
    EvidenceFile,
    Finding,
    OrderReview,
    RectificationAnswer,
    RectificationOrder,
    SpotCheck,
)
from agencyqa.inspections.numbering import plain_number
from agencyqa.measures.models import FaultCode, MeasureVersion, Provision
from agencyqa.measures.texts import reader_language
from agencyqa.web.tables import Key, Order

_Agency = aliased(Body)
_Bureau = aliased(Body)

ORDERS: Mapping[str, Order] = {
    "-number": (
        Key(RectificationOrder.year, descending=True),
        Key(RectificationOrder.number, descending=True),
        Key(RectificationOrder.id, descending=True),
    ),
    "due": (Key(RectificationOrder.due_on), Key(RectificationOrder.id)),
    "agency": (Key(_Agency.sort_key), Key(RectificationOrder.id)),
}


def order_label(year: int, number: int) -> str:
    return str(gettext("整改%(number)s", number=plain_number(year, number)))


@kept
def order_rows(
    actor: Actor,
    *,
    state: OrderState | None = None,
    is_overdue: bool = False,
    agency_id: int | None = None,
    agency: str = "",
) -> Select[*tuple[Any, ...]]:
    """For ``paginate`` with ``ORDERS``."""
    findings = (
        select(sa.func.count(Finding.id))
        .where(Finding.order_id == RectificationOrder.id)
        .correlate(RectificationOrder)
        .scalar_subquery()
    )
    statement = (
        select(
            RectificationOrder.id,
            RectificationOrder.year,
            RectificationOrder.number,
            RectificationOrder.state,
            RectificationOrder.issued_on,
            RectificationOrder.due_on,
            RectificationOrder.is_due_provisional,
            RectificationOrder.is_overdue,
            RectificationOrder.recheck_on,
            _Agency.name.label("agency"),
            _Bureau.name.label("bureau"),
            SpotCheck.id.label("check_id"),
            SpotCheck.year.label("check_year"),
            SpotCheck.number.label("check_number"),
            findings.label("findings"),
        )
        .join(_Agency, _Agency.id == RectificationOrder.agency_id)
        .join(_Bureau, _Bureau.id == RectificationOrder.bureau_id)
        .join(SpotCheck, SpotCheck.id == RectificationOrder.spot_check_id)
        .where(order_policies.visible(actor))
    )
    if state is not None:
        statement = statement.where(RectificationOrder.state == state)
    if is_overdue:
        statement = statement.where(RectificationOrder.is_overdue)
    if agency_id is not None:
        statement = statement.where(RectificationOrder.agency_id == agency_id)
    if agency:
        statement = statement.where(RectificationOrder.agency_id.in_(bodies_called(agency, BodyKind.AGENCY)))
    return statement


def fault_name(row: Row[Any]) -> str:
    """The title of the fault in the reader's language; a code the catalogue has lost shows itself."""
    title = row.title_en if reader_language() == "en" else row.title
    return title or str(row.fault_code)


def agency_choices(
    session: Session, actor: Actor, *, part: str = "", only: int | None = None, limit: int | None = None
) -> list[tuple[int, str]]:
    """The agencies that have an order the actor may see, for the filter. See ``web.fields.Finder``."""
    return bodies_found(session, _ordered, actor, part=part, only=only, limit=limit)


def _ordered(actor: Actor) -> sa.ColumnElement[bool]:
    return Body.id.in_(select(RectificationOrder.agency_id).where(order_policies.visible(actor)))


def orders_of_check(session: Session, actor: Actor, check_id: int) -> Sequence[Row[Any]]:
    statement = order_rows(actor).where(RectificationOrder.spot_check_id == check_id)
    return session.execute(statement.order_by(RectificationOrder.id)).all()


def awaiting_answer(session: Session, actor: Actor, *, limit: int = 20) -> Sequence[Row[Any]]:
    """Orders on which the agency's answer is due, the most urgent first: for the agency's dashboard."""
    statement = order_rows(actor).where(RectificationOrder.state.in_(order_workflow.AWAITS_ANSWER))
    return session.execute(
        statement.order_by(RectificationOrder.due_on, RectificationOrder.id).limit(limit)
    ).all()


def awaiting_verdict(session: Session, actor: Actor, day: date, *, limit: int = 20) -> Sequence[Row[Any]]:
    """Answers to verify, and re-checks whose planned day has come: for the dashboard of the bureau that decides."""
    recheck_is_due = sa.and_(
        RectificationOrder.state == OrderState.VERIFIED, RectificationOrder.recheck_on <= day
    )
    statement = order_rows(actor).where(
        RectificationOrder.bureau_id == actor.bureau_id,
        sa.or_(RectificationOrder.state == OrderState.ANSWERED, recheck_is_due),
    )
    return session.execute(statement.order_by(RectificationOrder.id).limit(limit)).all()


def orderable_findings(session: Session, check_id: int) -> Sequence[Row[Any]]:
    """Final findings of a spot check that are under no order yet."""
    return session.execute(
        _finding_columns()
        .where(
            Finding.spot_check_id == check_id,
            Finding.state == FindingState.FINAL,
            Finding.order_id.is_(None),
        )
        .order_by(Finding.number, Finding.id)
    ).all()


def findings_of_orders(session: Session, order_ids: Collection[int]) -> Sequence[Row[Any]]:
    """The findings under these orders, withdrawn ones among them."""
    return session.execute(
        _finding_columns().where(Finding.order_id.in_(order_ids)).order_by(Finding.number, Finding.id)
    ).all()


def _finding_columns() -> Select[*tuple[Any, ...]]:
    return select(
        Finding.id,
        Finding.year,
        Finding.number,
        Finding.state,
        Finding.severity,
        Finding.facts,
        Finding.occurrences,
        Finding.order_id,
        Finding.fault_code,
        Finding.withdrawal_reason,
        FaultCode.title,
        FaultCode.title_en,
    ).outerjoin(FaultCode, FaultCode.code == Finding.fault_code)


def provisions_by_id(session: Session, ids: Collection[int | None]) -> dict[int, Provision]:
    """The rules as they were cited; a version entered later does not change what was cited then."""
    statement = (
        select(Provision)
        .where(Provision.id.in_({each for each in ids if each is not None}))
        .options(joinedload(Provision.measure_version).joinedload(MeasureVersion.measure))
    )
    return {provision.id: provision for provision in session.scalars(statement)}


@dataclass(frozen=True)
class Surroundings:
    """What an order's page says about where it stands."""

    agency: str
    bureau: str
    check_year: int
    check_number: int
    engagement_id: int | None
    issued_by: str
    closed_by: str


def surroundings(session: Session, order: RectificationOrder) -> Surroundings:
    issuer, closer = aliased(User), aliased(User)
    row = session.execute(
        select(
            _Agency.name.label("agency"),
            _Bureau.name.label("bureau"),
            SpotCheck.year,
            SpotCheck.number,
            SpotCheck.engagement_id,
            issuer.display_name.label("issued_by"),
            closer.display_name.label("closed_by"),
        )
        .select_from(RectificationOrder)
        .join(_Agency, _Agency.id == RectificationOrder.agency_id)
        .join(_Bureau, _Bureau.id == RectificationOrder.bureau_id)
        .join(SpotCheck, SpotCheck.id == RectificationOrder.spot_check_id)
        .outerjoin(issuer, issuer.id == RectificationOrder.issued_by_id)
        .outerjoin(closer, closer.id == RectificationOrder.closed_by_id)
        .where(RectificationOrder.id == order.id)
    ).one()
    return Surroundings(
        row.agency,
        row.bureau,
        row.year,
        row.number,
        row.engagement_id,
        row.issued_by or "",
        row.closed_by or "",
    )


def answers_of(session: Session, actor: Actor, order_ids: Collection[int]) -> Sequence[Row[Any]]:
    """Answers that the actor may see, of orders that the actor may see, in their order."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            RectificationAnswer.id,
            RectificationAnswer.order_id,
            RectificationAnswer.number,
            RectificationAnswer.text,
            RectificationAnswer.submitted_at,
            RectificationAnswer.due_on,
            RectificationAnswer.late_days,
            RectificationAnswer.is_lateness_provisional,
            User.display_name.label("submitted_by"),
        )
        .outerjoin(User, User.id == RectificationAnswer.submitted_by_id)
        .where(RectificationAnswer.order_id.in_(order_ids), order_policies.answer_visible(actor))
        .order_by(RectificationAnswer.order_id, RectificationAnswer.number)
    )
    return session.execute(statement).all()


def evidence_of(session: Session, actor: Actor, order_id: int) -> dict[int, list[Row[Any]]]:
    """The files of an order's answers by answer, as far as the actor may see them."""
    statement: Select[*tuple[Any, ...]] = (
        order_policies.visible_evidence(actor)
        .with_only_columns(
            EvidenceFile.id,
            EvidenceFile.answer_id,
            EvidenceFile.file_name,
            EvidenceFile.size,
            EvidenceFile.file_kind,
            EvidenceFile.note,
            EvidenceFile.added_at,
        )
        .where(RectificationOrder.id == order_id)
        .order_by(EvidenceFile.id)
    )
    files: dict[int, list[Row[Any]]] = {}
    for row in session.execute(statement):
        files.setdefault(row.answer_id, []).append(row)
    return files


def reviews_of(session: Session, order_ids: Collection[int]) -> Sequence[Row[Any]]:
    statement: Select[*tuple[Any, ...]] = (
        select(
            OrderReview.id,
            OrderReview.order_id,
            OrderReview.number,
            OrderReview.answer_id,
            OrderReview.is_recheck,
            OrderReview.is_accepted,
            OrderReview.note,
            OrderReview.due_on,
            OrderReview.reviewed_on,
            OrderReview.reviewed_at,
            User.display_name.label("reviewed_by"),
        )
        .outerjoin(User, User.id == OrderReview.reviewed_by_id)
        .where(OrderReview.order_id.in_(order_ids))
        .order_by(OrderReview.order_id, OrderReview.number)
    )
    return session.execute(statement).all()
