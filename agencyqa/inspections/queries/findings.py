"""The list of findings, the page of one, and what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased, joinedload

from agencyqa.accounts.models import Body, User
from agencyqa.accounts.queries import bodies_called, bodies_found
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.db import kept
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.enums import FindingState, Severity
from agencyqa.inspections.models import EvidenceFile, Finding, SpotCheck
from agencyqa.inspections.policies import finding_visible, visible_evidence
from agencyqa.measures.models import FaultCode, MeasureVersion, Provision
from agencyqa.measures.queries import provision_label, provision_summary
from agencyqa.measures.texts import reader_language
from agencyqa.web import contents
from agencyqa.web.tables import Key

ORDERS = {
    "-number": (
        Key(Finding.year, descending=True),
        Key(Finding.number, descending=True),
        Key(Finding.id, descending=True),
    ),
    "due": (Key(Finding.statement_due_on, nullable=True), Key(Finding.id)),
}
_AGENCY, _BUREAU = aliased(Body), aliased(Body)


@dataclass(frozen=True)
class Cited:
    """A provision as the version in force on the day of the fact words it."""

    label: str
    summary: str
    measure: str


@kept
def finding_rows(
    actor: Actor,
    *,
    year: int | None = None,
    state: FindingState | None = None,
    severity: Severity | None = None,
    fault: str | None = None,
    agency_id: int | None = None,
    agency: str = "",
) -> Select[*tuple[Any, ...]]:
    """Rows of the list, without an order: page it with ``ORDERS``."""
    statement = _rows(actor)
    if year is not None:
        statement = statement.where(Finding.year == year)
    if state is not None:
        statement = statement.where(Finding.state == state)
    if severity is not None:
        statement = statement.where(Finding.severity == severity)
    if fault is not None:
        statement = statement.where(Finding.fault_code == fault)
    if agency_id is not None:
        statement = statement.where(Finding.agency_id == agency_id)
    if agency:
        statement = statement.where(Finding.agency_id.in_(bodies_called(agency, BodyKind.AGENCY)))
    return statement


def rows_of_check(session: Session, actor: Actor, check_id: int) -> Sequence[Row[Any]]:
    statement = _rows(actor).where(Finding.spot_check_id == check_id)
    return session.execute(statement.order_by(Finding.year, Finding.number, Finding.id)).all()


def rows_of_engagement(session: Session, actor: Actor, engagement_id: int) -> Sequence[Row[Any]]:
    if not may_hold(session, engagement_id, Finding):
        return []
    statement = _rows(actor).where(Finding.engagement_id == engagement_id)
    return session.execute(statement.order_by(Finding.year, Finding.number, Finding.id)).all()


def rows_of_agency(session: Session, actor: Actor, agency_id: int, *, limit: int) -> Sequence[Row[Any]]:
    """The newest findings in the agency's work that the actor sees."""
    if not contents.may_hold(session, "agency_id", agency_id, Finding):
        return []
    statement = _rows(actor).where(Finding.agency_id == agency_id)
    ordered = statement.order_by(Finding.year.desc(), Finding.number.desc(), Finding.id.desc())
    return session.execute(ordered.limit(limit)).all()


def names_of(session: Session, finding: Finding) -> Row[*tuple[Any, ...]]:
    """Names of all who took part, the check's number and the contract's; the caller asked the policy."""
    creator, stater, decider, withdrawer = (aliased(User) for _ in range(4))
    return session.execute(
        select(
            _AGENCY.name.label("agency"),
            _BUREAU.name.label("bureau"),
            Engagement.contract_number,
            SpotCheck.year.label("check_year"),
            SpotCheck.number.label("check_number"),
            SpotCheck.state.label("check_state"),
            creator.display_name.label("created_by"),
            stater.display_name.label("stated_by"),
            decider.display_name.label("decided_by"),
            withdrawer.display_name.label("withdrawn_by"),
        )
        .select_from(Finding)
        .join(SpotCheck, SpotCheck.id == Finding.spot_check_id)
        .join(_AGENCY, _AGENCY.id == Finding.agency_id)
        .join(_BUREAU, _BUREAU.id == Finding.bureau_id)
        .outerjoin(Engagement, Engagement.id == Finding.engagement_id)
        .outerjoin(creator, creator.id == Finding.created_by_id)
        .outerjoin(stater, stater.id == Finding.stated_by_id)
        .outerjoin(decider, decider.id == Finding.decided_by_id)
        .outerjoin(withdrawer, withdrawer.id == Finding.withdrawn_by_id)
        .where(Finding.id == finding.id)
    ).one()


def evidence_of(session: Session, actor: Actor, finding_id: int) -> Sequence[Row[EvidenceFile, str | None]]:
    """(file, who added it) in the order of their coming, as far as the actor may see them."""
    return session.execute(
        visible_evidence(actor, finding_id)
        .outerjoin(User, User.id == EvidenceFile.added_by_id)
        .with_only_columns(EvidenceFile, User.display_name)
        .order_by(EvidenceFile.id)
    ).all()


def cited_by(session: Session, finding: Finding) -> Cited | None:
    """The very provision that was stored with the finding, so that a later version changes nothing."""
    provision = session.scalars(
        select(Provision)
        .where(Provision.id == finding.provision_id)
        .options(joinedload(Provision.measure_version).joinedload(MeasureVersion.measure))
    ).one_or_none()
    if provision is None:
        return None
    return Cited(
        provision_label(provision),
        provision_summary(provision),
        provision.measure_version.measure.key,
    )


def agencies_seen(
    session: Session, actor: Actor, *, part: str = "", only: int | None = None, limit: int | None = None
) -> list[tuple[int, str]]:
    """Agencies of the findings the actor sees, for the filter. See ``web.fields.Finder``."""
    return bodies_found(session, _with_findings, actor, part=part, only=only, limit=limit)


def _with_findings(actor: Actor) -> sa.ColumnElement[bool]:
    return Body.id.in_(select(Finding.agency_id).where(finding_visible(actor)))


def _rows(actor: Actor) -> Select[*tuple[Any, ...]]:
    title = FaultCode.title_en if reader_language() == "en" else FaultCode.title
    unit = FaultCode.unit_en if reader_language() == "en" else FaultCode.unit
    return (
        select(
            Finding.id,
            Finding.bureau_id,
            Finding.year,
            Finding.number,
            Finding.spot_check_id,
            Finding.agency_id,
            Finding.engagement_id,
            Finding.fault_code,
            sa.func.coalesce(title, Finding.fault_code).label("fault"),
            unit.label("unit"),
            Finding.occurrences,
            Finding.severity,
            Finding.facts,
            Finding.fact_on,
            Finding.state,
            Finding.stated_at,
            Finding.statement_due_on,
            Finding.is_statement_due_provisional,
            _AGENCY.name.label("agency"),
            _BUREAU.name.label("bureau"),
            Engagement.contract_number,
        )
        .join(_AGENCY, _AGENCY.id == Finding.agency_id)
        .join(_BUREAU, _BUREAU.id == Finding.bureau_id)
        .outerjoin(Engagement, Engagement.id == Finding.engagement_id)
        .outerjoin(FaultCode, FaultCode.code == Finding.fault_code)
        .where(finding_visible(actor))
    )
