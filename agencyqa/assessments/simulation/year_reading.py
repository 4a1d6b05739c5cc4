"""A year as arrays, and the packed answers of its sheets, read for a simulation. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased, contains_eager

from agencyqa.accounts.models import Body
from agencyqa.assessments import workflow
from agencyqa.assessments.enums import RoleMissing
from agencyqa.assessments.models import (
    EngagementWeight,
    ScoreSheet,
    ShareTable,
)
from agencyqa.assessments.queries.tables import (
    role_shares,
)
from agencyqa.assessments.queries.year_facts import agency_facts, shares_on
from agencyqa.assessments.simulation.year import NO_ENGAGEMENT, PLAIN, Beside, SheetTotals, YearArrays
from agencyqa.assessments.year_plan import YearPlan
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.objects.models import EvaluationObject
from agencyqa.scoring import RoleShare
from agencyqa.scoring.arrays import IntArray

# So many rows of answers are read and scored at once.
BLOCK = 50_000
# Bureaus above a bureau; a circle of parents must not be an endless one.
HIGHEST = 8


@dataclass(frozen=True)
class YearRead:
    """``versions`` are the scheme versions of the year's sheets by id, with their schemes loaded; ``grades`` the
    stored grade of each sheet. ``without_shares`` are contract dates on which no shares were in force. ``packed`` are
    the answers of each sheet, where they were read.
    """

    arrays: YearArrays
    versions: Mapping[int, SchemeVersion]
    grades: list[str | None]
    without_shares: tuple[date, ...]
    packed: list[list[int | None] | None] | None = None


def read_year(
    session: Session,
    bureau_id: int,
    year: int,
    plan: YearPlan = PLAIN,
    *,
    known_versions: Iterable[SchemeVersion] = (),
    answers_of: Purpose | None = None,
) -> YearRead:
    """The decided sheets and every engagement that counts, as ``queries.year_facts`` reads them, and what the rules
    of the year ask for beside them.

    ``answers_of``: the packed answers of the sheets of this role come with them, which is one statement less for a
    page; very many are better read in ``answer_blocks``.
    """
    tables: dict[int, int] = {}
    shares: list[tuple[RoleShare, ...]] = []
    role_missing: list[RoleMissing] = []
    without: set[date] = set()
    known: dict[date, ShareTable | None] = {}
    chain, all_tables = _share_tables(session, bureau_id)
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
            role_missing.append(held.role_missing)
        rows.append(row)
        numbers.append(tables[held.id])
    agencies = sorted({(row.agency_order, row.agency_id, row.agency_name) for row in rows})
    place = {agency_id: number for number, (_, agency_id, _) in enumerate(agencies)}
    has_panel = any(share.panel is not None for table in shares for share in table)
    ids = np.array([row.id for row in rows], dtype=np.int64)
    columns = _columns_of_sheets(answers_of)
    sheets = _sheets(session, bureau_id, year, ids, columns, has_panel=has_panel)
    forms = _forms(session, bureau_id, year, place, columns) if plan.agency_share else []
    roles = tuple(dict.fromkeys(row.scorer_role.value for row in [*sheets.rows, *sheets.waiting]))
    role_numbers = {role: number for number, role in enumerate(roles)}
    held_sheets = [*sheets.rows, *forms]
    facts = agency_facts(session, bureau_id, year, list(place), replace(plan, agency_share=Fraction(0)))
    raised = {key: {each["veto"] for each in plan.raised(fact.findings)} for key, fact in facts.items()}
    order = [agency_id for _, agency_id, _ in agencies]
    nowhere = np.full(len(forms), NO_ENGAGEMENT, dtype=np.int64)
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
        sheet_ids=[row.id for row in held_sheets],
        engagement=np.r_[sheets.engagement, nowhere],
        role=np.r_[
            np.array([role_numbers[row.scorer_role.value] for row in sheets.rows], dtype=np.int64), nowhere
        ],
        version=np.array([row.scheme_version_id for row in held_sheets], dtype=np.int64),
        sheets=SheetTotals(
            np.array([row.total or 0 for row in held_sheets], dtype=np.int64),
            np.array([row.max_points for row in held_sheets], dtype=np.int64),
            np.array([row.total is not None for row in held_sheets], dtype=bool),
        ),
        beside=Beside(
            role_missing=tuple(each.value for each in role_missing),
            amounts=[row.amount for row in rows],
            set_weights=[row.set_weight for row in rows],
            seat=np.array([row.seat for row in held_sheets], dtype=np.int64),
            form_of=np.r_[
                np.full(len(sheets.rows), -1, dtype=np.int64),
                np.array([place[row.agency_id] for row in forms], dtype=np.int64),
            ],
            waiting=tuple(
                (int(at), role_numbers[row.scorer_role.value])
                for at, row in zip(sheets.waits_in, sheets.waiting, strict=True)
            ),
            credits=[sum(each.points for each in facts[agency_id].credits) for agency_id in order],
            raised={veto.key: [veto.key in raised[agency_id] for agency_id in order] for veto in plan.vetoes},
            groups=[facts[agency_id].group for agency_id in order],
        ),
    )
    versions = _versions(session, {int(number) for number in np.unique(arrays.version)}, known_versions)
    grades = [row.grade for row in held_sheets]
    packed = [row.packed for row in held_sheets] if answers_of is not None else None
    return YearRead(arrays, versions, grades, tuple(sorted(without)), packed)


def _share_tables(session: Session, bureau_id: int) -> tuple[list[int], list[ShareTable]]:
    """The tables of the bureau and of those above it, and these bureaus, the nearest first."""
    chain = select(Body.id, sa.literal(0).label("height")).where(Body.id == bureau_id).cte(recursive=True)
    above = select(Body.parent_id, chain.c.height + 1).join(chain, Body.id == chain.c.id)
    chain = chain.union_all(above.where(Body.parent_id.is_not(None), chain.c.height < HIGHEST))
    statement = (
        select(ShareTable)
        .join(chain, chain.c.id == ShareTable.bureau_id)
        .order_by(chain.c.height, ShareTable.id)
    )
    tables = list(session.scalars(statement))
    return list(dict.fromkeys(table.bureau_id for table in tables)), tables


@dataclass(frozen=True)
class _Sheets:
    """``waiting`` are the seats of panels without a decided sheet; ``waits_in`` the positions of their engagements."""

    rows: list[Any]
    engagement: IntArray
    waiting: list[Any]
    waits_in: IntArray


_OF_SHEET = (
    ScoreSheet.id,
    ScoreSheet.engagement_id,
    ScoreSheet.agency_id,
    ScoreSheet.scorer_role,
    ScoreSheet.scheme_version_id,
    ScoreSheet.total,
    ScoreSheet.max_points,
    ScoreSheet.grade,
    ScoreSheet.seat,
    ScoreSheet.state,
)


def _columns_of_sheets(answers_of: Purpose | None) -> tuple[Any, ...]:
    if answers_of is None:
        return _OF_SHEET
    return (*_OF_SHEET, sa.case((ScoreSheet.scorer_role == answers_of, ScoreSheet.packed)).label("packed"))


def _sheets(
    session: Session,
    bureau_id: int,
    year: int,
    engagement_ids: IntArray,
    columns: tuple[Any, ...],
    *,
    has_panel: bool,
) -> _Sheets:
    statement = _of_engagements(bureau_id, year, _DECIDED | (ScoreSheet.seat > 0) if has_panel else _DECIDED)
    found: list[Any] = list(session.execute(statement.with_only_columns(*columns).order_by(ScoreSheet.id)))
    nothing = np.zeros(0, dtype=np.int64)
    if not len(engagement_ids):
        return _Sheets([], nothing, [], nothing)
    wanted = np.array([row.engagement_id for row in found], dtype=np.int64)
    place = np.minimum(np.searchsorted(engagement_ids, wanted), len(engagement_ids) - 1)
    # The sheets of terminated engagements, and of those without shares, have no place.
    counted = engagement_ids[place] == wanted
    decided = np.array([row.state in workflow.DECIDED for row in found], dtype=bool)
    return _Sheets(
        [found[at] for at in np.flatnonzero(counted & decided)],
        place[counted & decided],
        [found[at] for at in np.flatnonzero(counted & ~decided)],
        place[counted & ~decided],
    )


def _forms(
    session: Session, bureau_id: int, year: int, agency_ids: Collection[int], columns: tuple[Any, ...]
) -> list[Any]:
    """The decided sheets about agencies as a whole, of those that have engagements in the year."""
    statement = _of_agencies(bureau_id, year).with_only_columns(*columns).order_by(ScoreSheet.id)
    return [row for row in session.execute(statement) if row.agency_id in agency_ids]


def answer_blocks(
    session: Session, bureau_id: int, year: int, arrays: YearArrays, versions: Mapping[int, SchemeVersion]
) -> Iterator[tuple[int, IntArray, list[list[int | None]]]]:
    """(scheme version, positions of sheets, their packed answers), so many at once, for sheets of these versions,
    which are all of one purpose.
    """
    ids = np.array(arrays.sheet_ids, dtype=np.int64)
    order = np.argsort(ids, kind="stable")
    of_agencies = any(not version.purpose.is_of_engagement for version in versions.values())
    statement = (_of_agencies if of_agencies else _of_engagements)(bureau_id, year)
    statement = statement.where(ScoreSheet.scheme_version_id.in_(list(versions)))
    statement = statement.with_only_columns(
        ScoreSheet.id, ScoreSheet.scheme_version_id, ScoreSheet.packed
    ).order_by(ScoreSheet.scheme_version_id, ScoreSheet.id)
    for part in session.execute(statement, execution_options={"yield_per": BLOCK}).partitions():
        by_version: dict[int, list[Any]] = {}
        for row in part:
            by_version.setdefault(row.scheme_version_id, []).append(row)
        for version_id, rows in by_version.items():
            wanted = np.array([row.id for row in rows], dtype=np.int64)
            place = order[np.minimum(np.searchsorted(ids, wanted, sorter=order), max(len(ids) - 1, 0))]
            known = ids[place] == wanted if len(ids) else np.zeros(len(wanted), dtype=bool)
            if known.any():
                packed = [row.packed for row, kept in zip(rows, known, strict=True) if kept]
                yield version_id, place[known], packed


_DECIDED = ScoreSheet.state.in_(workflow.DECIDED)


def _of_engagements(
    bureau_id: int, year: int, state: ColumnElement[bool] = _DECIDED
) -> Select[*tuple[Any, ...]]:
    return (
        select(ScoreSheet)
        .join(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .where(
            Engagement.bureau_id == bureau_id,
            Engagement.assessment_year == year,
            ScoreSheet.is_current,
            state,
        )
    )


def _of_agencies(bureau_id: int, year: int) -> Select[*tuple[Any, ...]]:
    return select(ScoreSheet).where(
        ScoreSheet.bureau_id == bureau_id,
        ScoreSheet.year == year,
        ScoreSheet.agency_id.is_not(None),
        ScoreSheet.is_current,
        _DECIDED,
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
            EvaluationObject.amount,
            EngagementWeight.weight.label("set_weight"),
            EvaluationObject.name.label("object_name"),
            _Agency.name.label("agency_name"),
            _Agency.sort_key.label("agency_order"),
        )
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(_Agency, _Agency.id == Engagement.agency_id)
        .outerjoin(EngagementWeight, EngagementWeight.engagement_id == Engagement.id)
        .where(
            Engagement.bureau_id == bureau_id,
            Engagement.assessment_year == year,
            Engagement.state != EngagementState.TERMINATED,
        )
        .order_by(Engagement.id)
    )


def _versions(
    session: Session, ids: Collection[int], known: Iterable[SchemeVersion]
) -> dict[int, SchemeVersion]:
    found = {version.id: version for version in known if version.id in ids}
    missing = set(ids) - set(found)
    if missing:
        statement = (
            select(SchemeVersion)
            .join(SchemeVersion.scheme)
            .options(contains_eager(SchemeVersion.scheme))
            .where(SchemeVersion.id.in_(missing))
        )
        found |= {version.id: version for version in session.scalars(statement)}
    return dict(sorted(found.items()))
