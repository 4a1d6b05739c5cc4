"""Proposals and yearly reports, for the page of an agency and for the bureau's list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.contents import may_hold
from agencyqa.agencies.enums import INTERNAL_RULES, ReportState, Standing
from agencyqa.agencies.models import (
    AgencyDocument,
    Branch,
    Qualification,
    Registration,
    ReportYear,
    SelfReport,
    Tie,
)
from agencyqa.agencies.policies import visible_reports
from agencyqa.agencies.queries.people import people_counts
from agencyqa.auth.actor import Actor
from agencyqa.db import open_period
from agencyqa.measures.reckoning import Reckoning
from agencyqa.web.tables import Key

REPORT_ORDER = (Key(Body.sort_key), Key(SelfReport.id))
OPEN = (ReportState.DUE, ReportState.RETURNED)


def record_of(session: Session, agency_id: int, day: date) -> dict[str, Any]:
    """What the record of an agency shows on a day, in figures; the report keeps it as it was."""

    def count(table: Any, *conditions: Any) -> int:
        statement = (
            select(sa.func.count()).select_from(table).where(table.agency_id == agency_id, *conditions)
        )
        return session.scalars(statement).one()

    valid = (
        Qualification.withdrawn_at.is_(None),
        sa.or_(Qualification.expires_on.is_(None), Qualification.expires_on >= day),
    )
    rules = (
        select(AgencyDocument.kind)
        .where(AgencyDocument.agency_id == agency_id, AgencyDocument.kind.in_(INTERNAL_RULES))
        .distinct()
    )
    people = people_counts(session, agency_id, day)
    return {
        **{role.value: number for role, number in people.items()},
        "qualifications": count(Qualification, *valid),
        "branches": count(Branch, open_period(Branch.valid_from, Branch.valid_to, day)),
        "ties": count(Tie, Tie.withdrawn_at.is_(None), open_period(Tie.valid_from, Tie.valid_to, day)),
        "rules": sorted(session.scalars(rules)),
    }


def reports_of(session: Session, actor: Actor, agency_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    if not may_hold(session, agency_id, SelfReport):
        return []
    statement = (
        visible_reports(actor)
        .join(Body, Body.id == ReportYear.bureau_id)
        .where(SelfReport.agency_id == agency_id)
        .with_only_columns(
            SelfReport.id,
            SelfReport.state,
            SelfReport.first_submitted_on,
            ReportYear.year,
            ReportYear.due_on,
            ReportYear.is_due_provisional,
            Body.name.label("bureau"),
        )
        .order_by(ReportYear.year.desc(), Body.sort_key, SelfReport.id)
    )
    return session.execute(statement).all()


def report_rows(
    actor: Actor,
    year: ReportYear,
    *,
    reckoning: Reckoning,
    state: ReportState | None = None,
    is_late: bool = False,
) -> Select[*tuple[Any, ...]]:
    """The reports of one year, without an order: page them with ``REPORT_ORDER``."""
    statement = (
        visible_reports(actor)
        .join(Body, Body.id == SelfReport.agency_id)
        .where(SelfReport.report_year_id == year.id)
        .with_only_columns(
            SelfReport.id,
            SelfReport.agency_id,
            SelfReport.state,
            SelfReport.first_submitted_on,
            Body.name,
        )
    )
    if state is not None:
        statement = statement.where(SelfReport.state == state)
    if is_late:
        waiting = sa.and_(SelfReport.first_submitted_on.is_(None), sa.literal(reckoning.is_late(year.due_on)))
        late_from = reckoning.calendar.late_from(year.due_on)
        statement = statement.where(sa.or_(waiting, SelfReport.first_submitted_on >= late_from))
    return statement


def report_years(session: Session, bureau_id: int | None) -> list[ReportYear]:
    """Newest first."""
    statement = select(ReportYear).where(ReportYear.bureau_id == bureau_id)
    return list(session.scalars(statement.order_by(ReportYear.year.desc())))


def registered_bureaus(session: Session, agency_id: int) -> list[tuple[int, str]]:
    """Where an agency may put a proposal."""
    rows = session.execute(
        select(Body.id, Body.name)
        .join(Registration, Registration.bureau_id == Body.id)
        .where(Registration.agency_id == agency_id, Registration.standing != Standing.REMOVED)
        .order_by(Body.sort_key, Body.id)
    )
    return [(row.id, row.name) for row in rows]
