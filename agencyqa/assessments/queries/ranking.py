"""Reads of a year's ranking: a page of its rows, and the figures of the whole year above and below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from agencyqa.agencies.enums import AgencyKind
from agencyqa.assessments import result_policies
from agencyqa.assessments.enums import UNFINISHED
from agencyqa.assessments.models import AnnualResult, AssessmentRound
from agencyqa.auth.actor import Actor
from agencyqa.clock import today
from agencyqa.db import Json, kept
from agencyqa.web.tables import DEFAULT_SIZE, Key, Order

RANKING_ORDER: Order = (Key(AnnualResult.sort_position), Key(AnnualResult.id))


@dataclass(frozen=True)
class YearFigures:
    """Counts over all results of a round that the actor may see. ``grades``: None counts those without one."""

    grades: Mapping[str | None, int]
    agencies: int
    ranked: int
    # Those of the unranked for whom something may still come.
    provisional: int
    engagements: int
    missing: int
    has_groups: bool
    # Whether anywhere the rounded subtotals add up to another figure than the rounded score.
    has_differences: bool
    # Every measure under which an agency has a subtotal.
    measures: tuple[str, ...]


@kept
def ranking_rows(
    actor: Actor,
    round_id: int,
    *,
    q: str | None = None,
    grade: str | None = None,
    group: AgencyKind | None = None,
) -> Select[*tuple[Any, ...]]:
    """For ``paginate`` with ``RANKING_ORDER``: the results of one round as far as the actor may see them."""
    statement = select(
        AnnualResult.id,
        AnnualResult.agency_name,
        AnnualResult.rank,
        AnnualResult.rounded,
        AnnualResult.places,
        AnnualResult.grade,
        AnnualResult.state,
        AnnualResult.engagement_count,
        AnnualResult.missing_count,
        AnnualResult.measure_scores,
        AnnualResult.rank_group,
        AnnualResult.group_rank,
        AnnualResult.group_count,
    ).where(result_policies.seen_by(actor), AnnualResult.round_id == round_id)
    if q:
        statement = statement.where(AnnualResult.agency_name.icontains(q, autoescape=True))
    if grade is not None:
        statement = statement.where(AnnualResult.grade == grade)
    if group is not None:
        statement = statement.where(AnnualResult.rank_group == group.value)
    return statement


def whole_ranking(session: Session, actor: Actor, round_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """All rows at once, to print."""
    statement = ranking_rows(actor, round_id)
    return session.execute(statement.order_by(*(key.column for key in RANKING_ORDER))).all()


def place_of(session: Session, actor: Actor, round_id: int, result_id: int) -> tuple[int, int] | None:
    """Where in ``RANKING_ORDER`` the page begins that holds a result; None for the first page and what is not there.

    Positions count from 1 without a gap, so that turning the pages leads to the same ones.
    """
    position = session.scalar(
        select(AnnualResult.sort_position).where(
            result_policies.seen_by(actor), AnnualResult.round_id == round_id, AnnualResult.id == result_id
        )
    )
    before = 0 if position is None else (position - 1) // DEFAULT_SIZE * DEFAULT_SIZE
    return (before + 1, 0) if before else None


def year_figures(session: Session, actor: Actor, found: AssessmentRound) -> YearFigures:
    """Counted once for each computation of the year: only another one replaces the results, and it is told by the
    round. Of thousands of agencies that is most of what their page would take."""
    key = actor, today(), found.id, found.state, found.computed_at, found.results_digest
    figures = _counted.get(key)
    if figures is None:
        figures = _count(session, actor, found.id)
        if len(_counted) >= _MOST_COUNTED:
            _counted.clear()
        if found.results_digest:
            _counted[key] = figures
    return figures


_MOST_COUNTED = 200
_counted: dict[tuple[Any, ...], YearFigures] = {}


def _count(session: Session, actor: Actor, round_id: int) -> YearFigures:
    rows = session.execute(_figures(actor, round_id)).all()
    return YearFigures(
        grades={row.grade: row.agencies for row in rows},
        agencies=sum(row.agencies for row in rows),
        ranked=sum(row.ranked for row in rows),
        provisional=sum(row.provisional for row in rows),
        engagements=sum(row.engagements for row in rows),
        missing=sum(row.missing for row in rows),
        has_groups=any(row.grouped for row in rows),
        has_differences=any(row.has_differences for row in rows),
        measures=tuple(session.scalars(_keys(actor, round_id))),
    )


@kept
def _figures(actor: Actor, round_id: int) -> Select[*tuple[Any, ...]]:
    in_round = sa.and_(result_policies.seen_by(actor), AnnualResult.round_id == round_id)
    part = _parts()
    sum_of_parts = select(sa.func.coalesce(sa.func.sum(part.c.value["rounded"].as_integer()), 0))
    differs = AnnualResult.rounded != sum_of_parts.select_from(part).scalar_subquery()
    return (
        select(
            AnnualResult.grade,
            sa.func.count().label("agencies"),
            sa.func.count(AnnualResult.rank).label("ranked"),
            sa.func.sum(sa.case((AnnualResult.state.in_(UNFINISHED), 1), else_=0)).label("provisional"),
            sa.func.sum(AnnualResult.engagement_count).label("engagements"),
            sa.func.sum(AnnualResult.missing_count).label("missing"),
            sa.func.count(AnnualResult.group_count).label("grouped"),
            sa.func.max(sa.case((differs, 1), else_=0)).label("has_differences"),
        )
        .where(in_round)
        .group_by(AnnualResult.grade)
        .order_by(AnnualResult.grade)
    )


@kept
def _keys(actor: Actor, round_id: int) -> Select[tuple[str]]:
    part = _parts()
    return (
        select(part.c.key)
        .distinct()
        .select_from(AnnualResult)
        .join(part, sa.true())
        .where(result_policies.seen_by(actor), AnnualResult.round_id == round_id)
        .order_by(part.c.key)
    )


def _parts() -> Any:
    """Measure and subtotal of one result; both databases know the function by this name."""
    return sa.func.json_each(AnnualResult.measure_scores).table_valued("key", sa.column("value", Json))


def first_missing(session: Session, actor: Actor, round_id: int, count: int) -> list[Mapping[str, Any]]:
    """What is missing in the year, in the order of the ranking, no more than ``count`` of it."""
    found: list[Mapping[str, Any]] = []
    for missing in session.scalars(
        select(AnnualResult.missing)
        .where(
            result_policies.seen_by(actor), AnnualResult.round_id == round_id, AnnualResult.missing_count > 0
        )
        .order_by(*(key.column for key in RANKING_ORDER))
        .limit(count)
    ):
        found += missing
    return found[:count]
