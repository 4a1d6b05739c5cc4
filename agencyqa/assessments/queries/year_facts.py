"""Reads what a round is computed from: few statements, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bureau_chain
from agencyqa.agencies.models import AgencyProfile
from agencyqa.assessments.enums import RankGroups
from agencyqa.assessments.facts import findings_on_agencies
from agencyqa.assessments.models import (
    AgencyCredit,
    EngagementWeight,
    ScoreSheet,
    ShareTable,
    SheetSnapshot,
)
from agencyqa.assessments.queries.tables import role_shares
from agencyqa.assessments.year_facts import AgencyFact, CreditFact, EngagementFact, SheetFact
from agencyqa.assessments.year_plan import YearPlan
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.objects.models import EvaluationObject

_AgencyBody = aliased(Body)
_ScorerBody = aliased(Body)


@dataclass(frozen=True)
class YearFacts:
    """``counted`` are the engagements of the year; ``left_out`` those that were terminated.

    ``without_shares`` lists the contract dates on which no shares were in force; their engagements are in neither.
    """

    counted: tuple[EngagementFact, ...]
    left_out: tuple[dict[str, Any], ...]
    without_shares: tuple[date, ...]


def year_facts(session: Session, bureau_id: int, year: int) -> YearFacts:
    """Everything the year is computed from, in a handful of statements. The caller has asked the policies."""
    chain = bureau_chain(session, bureau_id)
    bureau_name = session.scalars(select(Body.name).where(Body.id == bureau_id)).one()
    tables = session.scalars(select(ShareTable).where(ShareTable.bureau_id.in_(chain))).all()
    sheets: dict[int, list[SheetFact]] = {}
    weights = _weights_set(session, bureau_id, year)
    of_year = sa.and_(Engagement.bureau_id == bureau_id, Engagement.assessment_year == year)
    for sheet_of, sheet in _sheets(session, of_year):
        sheets.setdefault(sheet_of, []).append(sheet)
    known: dict[date, ShareTable | None] = {}
    counted: list[EngagementFact] = []
    left_out: list[dict[str, Any]] = []
    missing: set[date] = set()
    for row in session.execute(_engagements(bureau_id, year)):
        if row.state is EngagementState.TERMINATED:
            left_out.append(
                {
                    "engagement_id": row.id,
                    "contract": row.contract_number,
                    "object": row.object_name,
                    "agency": row.agency_name,
                }
            )
            continue
        day = row.contract_signed_on
        if day not in known:
            known[day] = shares_on(tables, chain, day)
        held = known[day]
        if held is None:
            missing.add(day)
            continue
        counted.append(
            EngagementFact(
                engagement_id=row.id,
                agency_id=row.agency_id,
                agency_name=row.agency_name,
                agency_order=row.agency_order,
                contract=row.contract_number,
                object_name=row.object_name,
                fee=row.fee,
                signed_on=day,
                state=row.state,
                share_table_id=held.id,
                shares=role_shares(held),
                role_missing=held.role_missing,
                sheets=tuple(sheets.get(row.id, ())),
                bureau_id=bureau_id,
                bureau_name=bureau_name,
                amount=row.amount,
                weight=weights.get(row.id),
            )
        )
    return YearFacts(tuple(counted), tuple(left_out), tuple(sorted(missing)))


def _engagements(bureau_id: int, year: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Engagement.id,
            Engagement.agency_id,
            Engagement.contract_number,
            Engagement.contract_signed_on,
            Engagement.fee,
            Engagement.state,
            EvaluationObject.name.label("object_name"),
            EvaluationObject.amount,
            _AgencyBody.name.label("agency_name"),
            _AgencyBody.sort_key.label("agency_order"),
        )
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(_AgencyBody, _AgencyBody.id == Engagement.agency_id)
        .where(Engagement.bureau_id == bureau_id, Engagement.assessment_year == year)
        .order_by(Engagement.id)
    )


def agency_facts(
    session: Session, bureau_id: int, year: int, agency_ids: Collection[int], plan: YearPlan
) -> dict[int, AgencyFact]:
    """What concerns each agency as a whole, as far as the rules of the year ask for it."""
    forms: dict[int, SheetFact] = {}
    if plan.agency_share:
        of_year = sa.and_(
            ScoreSheet.bureau_id == bureau_id, ScoreSheet.year == year, ScoreSheet.agency_id.in_(agency_ids)
        )
        forms = dict(_sheets(session, of_year))
    credits: dict[int, list[CreditFact]] = {}
    if plan.base is not None:
        for row in session.scalars(_credits(bureau_id, year).where(AgencyCredit.agency_id.in_(agency_ids))):
            fact = CreditFact(row.id, row.occurred_on, row.points, row.reason, row.evidence)
            credits.setdefault(row.agency_id, []).append(fact)
    groups: dict[int, str] = {}
    if plan.groups is RankGroups.KIND:
        kinds = select(AgencyProfile.agency_id, AgencyProfile.kind).where(
            AgencyProfile.agency_id.in_(agency_ids), AgencyProfile.is_current
        )
        groups = {agency_id: kind.value for agency_id, kind in session.execute(kinds)}
    findings = findings_on_agencies(session, bureau_id, agency_ids, year) if plan.vetoes else {}
    return {
        agency_id: AgencyFact(
            forms.get(agency_id),
            tuple(credits.get(agency_id, ())),
            tuple(findings.get(agency_id, ())),
            groups.get(agency_id, ""),
        )
        for agency_id in agency_ids
    }


def _credits(bureau_id: int, year: int) -> Select[AgencyCredit]:
    return (
        select(AgencyCredit)
        .where(
            AgencyCredit.bureau_id == bureau_id,
            AgencyCredit.year == year,
            AgencyCredit.withdrawn_at.is_(None),
        )
        .order_by(AgencyCredit.agency_id, AgencyCredit.occurred_on, AgencyCredit.id)
    )


def _weights_set(session: Session, bureau_id: int, year: int) -> dict[int, int]:
    rows = session.execute(
        select(EngagementWeight.engagement_id, EngagementWeight.weight)
        .join(Engagement, Engagement.id == EngagementWeight.engagement_id)
        .where(Engagement.bureau_id == bureau_id, Engagement.assessment_year == year)
    )
    return dict(rows.all())


def _sheets(session: Session, of_year: ColumnElement[bool]) -> list[tuple[int, SheetFact]]:
    """Each with the engagement it scores, or the agency."""
    newest_hash = (
        select(SheetSnapshot.content_hash)
        .where(SheetSnapshot.sheet_id == ScoreSheet.id)
        .order_by(SheetSnapshot.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            ScoreSheet.id,
            ScoreSheet.engagement_id,
            ScoreSheet.scorer_role,
            ScoreSheet.revision,
            ScoreSheet.state,
            ScoreSheet.total,
            ScoreSheet.max_points,
            ScoreSheet.measure_totals,
            newest_hash,
            SchemeVersion.id,
            Scheme.key,
            SchemeVersion.number,
            SchemeVersion.is_reference,
            ScoreSheet.scorer_body_id,
            _ScorerBody.name,
            ScoreSheet.seat,
            ScoreSheet.agency_id,
        )
        .outerjoin(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .join(SchemeVersion, SchemeVersion.id == ScoreSheet.scheme_version_id)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .join(_ScorerBody, _ScorerBody.id == ScoreSheet.scorer_body_id)
        .where(of_year, ScoreSheet.is_current)
        .order_by(ScoreSheet.engagement_id, ScoreSheet.scorer_role, ScoreSheet.seat, ScoreSheet.id)
    )
    return [
        (agency_id or engagement_id, SheetFact(
            sheet_id=sheet_id,
            engagement_id=engagement_id,
            role=role.value,
            revision=revision,
            state=state,
            total=total,
            max_points=max_points,
            measures=measures,
            content_hash=content_hash,
            scheme_version_id=version_id,
            scheme=f"{scheme_key}/{number}",
            is_reference=is_reference,
            body_id=body_id,
            body_name=body_name,
            seat=seat,
        ))
        for (
            sheet_id, engagement_id, role, revision, state, total, max_points, measures, content_hash,
            version_id, scheme_key, number, is_reference, body_id, body_name, seat, agency_id,
        ) in rows
    ]  # fmt: skip


def shares_on(tables: Sequence[ShareTable], chain: Sequence[int], day: date) -> ShareTable | None:
    """The shares in force on a contract date: the nearest bureau's that has any."""
    open_then = [
        table
        for table in tables
        if table.valid_from <= day and (table.valid_to is None or table.valid_to >= day)
    ]
    return min(open_then, key=lambda each: chain.index(each.bureau_id), default=None)
