"""What a simulation reads: a year as arrays and the packed answers of its sheets. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased, contains_eager

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bureau_chain
from agencyqa.assessments import workflow
from agencyqa.assessments.enums import RoleMissing
from agencyqa.assessments.models import GradeTable, ScoreSheet, ShareTable
from agencyqa.assessments.policies import seen_by
from agencyqa.assessments.queries.rounds import newest_round
from agencyqa.assessments.queries.tables import (
    grade_table_in_force,
    plan_of_round,
    role_shares,
    year_rules_in_force,
)
from agencyqa.assessments.queries.year_facts import agency_facts, shares_on, year_facts
from agencyqa.assessments.simulation.full_year import FullYear
from agencyqa.assessments.simulation.year import SheetTotals, YearArrays
from agencyqa.assessments.year_plan import YearPlan, plan_from_data
from agencyqa.auth.actor import Actor
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.measures.policies import visible_versions
from agencyqa.objects.models import EvaluationObject
from agencyqa.scoring import RoleShare
from agencyqa.scoring.arrays import IntArray

# So many rows of answers are read and scored at once.
BLOCK = 50_000


@dataclass(frozen=True)
class YearRead:
    """``versions`` are the scheme versions of the year's sheets by id, with their schemes loaded; ``grades`` the
    stored grade of each sheet. ``without_shares`` are contract dates on which no shares were in force. ``is_plain``:
    no panels and no shares carried by others, so that the arrays alone can roll it up.
    """

    arrays: YearArrays
    versions: Mapping[int, SchemeVersion]
    grades: list[str | None]
    without_shares: tuple[date, ...]
    is_plain: bool = True


def years_with_sheets(session: Session, bureau_id: int) -> list[int]:
    """Years of the bureau in which anything was decided, newest first."""
    statement = (
        select(Engagement.assessment_year)
        .where(
            Engagement.bureau_id == bureau_id,
            sa.exists().where(
                ScoreSheet.engagement_id == Engagement.id, ScoreSheet.state.in_(workflow.DECIDED)
            ),
        )
        .distinct()
        .order_by(Engagement.assessment_year.desc())
    )
    return list(session.scalars(statement))


def rules_of_year(session: Session, bureau_id: int, year: int) -> tuple[YearPlan, GradeTable | None]:
    """How the newest round of the year weighs and grades; without one, how a new round would."""
    found = newest_round(session, bureau_id, year)
    if found is not None:
        return plan_of_round(session, found), session.get_one(GradeTable, found.grade_table_id)
    chain, last_day = bureau_chain(session, bureau_id), date(year, 12, 31)
    rules = year_rules_in_force(session, chain, last_day)
    plan = YearPlan() if rules is None else plan_from_data(rules.content)
    return plan, grade_table_in_force(session, chain, last_day)


def full_year(session: Session, bureau_id: int, year: int, arrays: YearArrays, plan: YearPlan) -> FullYear:
    """Everything that a round would be computed from."""
    facts = year_facts(session, bureau_id, year).counted
    agencies = sorted({fact.agency_id for fact in facts})
    return FullYear(arrays, facts, plan, agency_facts(session, bureau_id, year, agencies, plan))


def simulable_versions(
    session: Session, actor: Actor, also: Collection[int] = ()
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Schemes to simulate by: drafts and published versions of the own bureau, the shipped ones, and ``also``."""
    statement = (
        visible_versions(actor)
        .join(SchemeVersion.scheme)
        .where(
            sa.or_(
                Scheme.bureau_id.is_(None), Scheme.bureau_id == actor.bureau_id, SchemeVersion.id.in_(also)
            )
        )
        .with_only_columns(
            SchemeVersion.id,
            Scheme.title,
            Scheme.title_en,
            SchemeVersion.number,
            SchemeVersion.state,
            SchemeVersion.purpose,
        )
        .order_by(SchemeVersion.state, SchemeVersion.purpose, Scheme.id, SchemeVersion.number.desc())
    )
    return session.execute(statement).all()


def version_seen(session: Session, actor: Actor, version_id: int) -> SchemeVersion | None:
    statement = (
        visible_versions(actor)
        .where(SchemeVersion.id == version_id)
        .join(SchemeVersion.scheme)
        .options(contains_eager(SchemeVersion.scheme))
    )
    return session.scalars(statement).one_or_none()


def read_year(session: Session, bureau_id: int, year: int) -> YearRead:
    """The decided sheets and every engagement that counts, as ``queries.rounds.year_facts`` reads them."""
    tables: dict[int, int] = {}
    shares: list[tuple[RoleShare, ...]] = []
    without: set[date] = set()
    known: dict[date, ShareTable | None] = {}
    is_plain = True
    chain = bureau_chain(session, bureau_id)
    all_tables = session.scalars(select(ShareTable).where(ShareTable.bureau_id.in_(chain))).all()
    rows: list[Any] = []
    numbers: list[int] = []
    for row in session.execute(_engagements(bureau_id, year)):
        day = row.contract_signed_on
        if day not in known:
            known[day] = shares_on(all_tables, chain, day)
        held = known[day]
        if held is None:
            without.add(day)
            continue
        if held.id not in tables:
            tables[held.id] = len(shares)
            shares.append(role_shares(held))
            has_panel = any(share.panel is not None for share in shares[-1])
            is_plain = is_plain and held.role_missing is RoleMissing.WAIT and not has_panel
        rows.append(row)
        numbers.append(tables[held.id])
    agencies = sorted({(row.agency_order, row.agency_id, row.agency_name) for row in rows})
    place = {agency_id: number for number, (_, agency_id, _) in enumerate(agencies)}
    sheets = _sheets(session, bureau_id, year, np.array([row.id for row in rows], dtype=np.int64))
    roles = tuple(dict.fromkeys(row.scorer_role.value for row in sheets.rows))
    role_numbers = {role: number for number, role in enumerate(roles)}
    arrays = YearArrays(
        agencies=tuple((agency_id, name) for _, agency_id, name in agencies),
        engagement_ids=[row.id for row in rows],
        contracts=[row.contract_number for row in rows],
        objects=[row.object_name for row in rows],
        agency=np.array([place[row.agency_id] for row in rows], dtype=np.int64),
        fees=[row.fee for row in rows],
        shares=np.array(numbers, dtype=np.int64),
        share_tables=tuple(shares),
        roles=roles,
        sheet_ids=[row.id for row in sheets.rows],
        engagement=sheets.engagement,
        role=np.array([role_numbers[row.scorer_role.value] for row in sheets.rows], dtype=np.int64),
        version=np.array([row.scheme_version_id for row in sheets.rows], dtype=np.int64),
        sheets=SheetTotals(
            np.array([row.total or 0 for row in sheets.rows], dtype=np.int64),
            np.array([row.max_points for row in sheets.rows], dtype=np.int64),
            np.array([row.total is not None for row in sheets.rows], dtype=bool),
        ),
    )
    versions = _versions(session, {int(number) for number in np.unique(arrays.version)})
    return YearRead(arrays, versions, [row.grade for row in sheets.rows], tuple(sorted(without)), is_plain)


@dataclass(frozen=True)
class _Sheets:
    rows: list[Any]
    engagement: IntArray


def _sheets(session: Session, bureau_id: int, year: int, engagement_ids: IntArray) -> _Sheets:
    statement = _decided(bureau_id, year).with_only_columns(
        ScoreSheet.id,
        ScoreSheet.engagement_id,
        ScoreSheet.scorer_role,
        ScoreSheet.scheme_version_id,
        ScoreSheet.total,
        ScoreSheet.max_points,
        ScoreSheet.grade,
    )
    rows: list[Any] = list(session.execute(statement.order_by(ScoreSheet.id)))
    if not len(engagement_ids):
        return _Sheets([], np.zeros(0, dtype=np.int64))
    wanted = np.array([row.engagement_id for row in rows], dtype=np.int64)
    place = np.minimum(np.searchsorted(engagement_ids, wanted), len(engagement_ids) - 1)
    # The sheets of terminated engagements, and of those without shares, have no place.
    counted = engagement_ids[place] == wanted
    return _Sheets([row for row, kept in zip(rows, counted, strict=True) if kept], place[counted])


def answer_blocks(
    session: Session, bureau_id: int, year: int, arrays: YearArrays, version_ids: Collection[int]
) -> Iterator[tuple[int, IntArray, list[list[int | None]]]]:
    """(scheme version, positions of sheets, their packed answers), so many at once, for sheets of these versions."""
    ids = np.array(arrays.sheet_ids, dtype=np.int64)
    statement = _decided(bureau_id, year).where(ScoreSheet.scheme_version_id.in_(version_ids))
    statement = statement.with_only_columns(
        ScoreSheet.id, ScoreSheet.scheme_version_id, ScoreSheet.packed
    ).order_by(ScoreSheet.scheme_version_id, ScoreSheet.id)
    for part in session.execute(statement, execution_options={"yield_per": BLOCK}).partitions():
        by_version: dict[int, list[Any]] = {}
        for row in part:
            by_version.setdefault(row.scheme_version_id, []).append(row)
        for version_id, rows in by_version.items():
            wanted = np.array([row.id for row in rows], dtype=np.int64)
            place = np.minimum(np.searchsorted(ids, wanted), max(len(ids) - 1, 0))
            known = ids[place] == wanted if len(ids) else np.zeros(len(wanted), dtype=bool)
            if known.any():
                packed = [row.packed for row, kept in zip(rows, known, strict=True) if kept]
                yield version_id, place[known], packed


def _decided(bureau_id: int, year: int) -> Select[*tuple[Any, ...]]:
    return (
        select(ScoreSheet)
        .join(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .where(
            Engagement.bureau_id == bureau_id,
            Engagement.assessment_year == year,
            ScoreSheet.is_current,
            ScoreSheet.state.in_(workflow.DECIDED),
        )
    )


_Agency = aliased(Body)


def _engagements(bureau_id: int, year: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Engagement.id,
            Engagement.agency_id,
            Engagement.contract_number,
            Engagement.contract_signed_on,
            Engagement.fee,
            EvaluationObject.name.label("object_name"),
            _Agency.name.label("agency_name"),
            _Agency.sort_key.label("agency_order"),
        )
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(_Agency, _Agency.id == Engagement.agency_id)
        .where(
            Engagement.bureau_id == bureau_id,
            Engagement.assessment_year == year,
            Engagement.state != EngagementState.TERMINATED,
        )
        .order_by(Engagement.id)
    )


def _versions(session: Session, ids: Collection[int]) -> dict[int, SchemeVersion]:
    statement = (
        select(SchemeVersion)
        .join(SchemeVersion.scheme)
        .options(contains_eager(SchemeVersion.scheme))
        .where(SchemeVersion.id.in_(ids))
        .order_by(SchemeVersion.id)
    )
    return {version.id: version for version in session.scalars(statement)}


def sheets_seen(
    session: Session, actor: Actor, ids: Collection[int]
) -> Sequence[Row[ScoreSheet, SchemeVersion]]:
    """Those of the sheets that the actor may open, with their scheme versions."""
    statement = (
        select(ScoreSheet, SchemeVersion)
        .join(SchemeVersion, SchemeVersion.id == ScoreSheet.scheme_version_id)
        .where(seen_by(actor), ScoreSheet.id.in_(ids))
        .order_by(ScoreSheet.id)
    )
    return session.execute(statement).all()
