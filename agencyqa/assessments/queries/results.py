"""Reads of annual results. Every statement here starts from what the actor may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.assessments import policies, result_policies
from agencyqa.assessments.enums import RoundState
from agencyqa.assessments.models import (
    AnnualResult,
    AssessmentRound,
    GradeTable,
    ResultAssignment,
    ScoreSheet,
)
from agencyqa.auth.actor import Actor
from agencyqa.db import kept
from agencyqa.engagements import policies as engagement_policies
from agencyqa.engagements.models import Engagement
from agencyqa.measures.models import Measure
from agencyqa.web.tables import Key, Order

ORDERS: Mapping[str, Order] = {
    "-year": (
        Key(AnnualResult.year, descending=True),
        Key(AnnualResult.bureau_id),
        Key(AnnualResult.round_id, descending=True),
        Key(AnnualResult.sort_position),
        Key(AnnualResult.id),
    ),
    "-score": (Key(AnnualResult.rounded, descending=True, nullable=True), Key(AnnualResult.id)),
    "score": (Key(AnnualResult.rounded, nullable=True), Key(AnnualResult.id)),
}


@dataclass(frozen=True)
class FoundResult:
    """One result with what a page about it needs to say."""

    result: AnnualResult
    round: AssessmentRound
    grades: GradeTable
    bureau_name: str
    is_superseded: bool


@kept
def result_rows(
    actor: Actor,
    *,
    q: str | None = None,
    year: int | None = None,
    bureau_id: int | None = None,
    with_superseded: bool = False,
) -> Select[*tuple[Any, ...]]:
    """For ``paginate`` with ``ORDERS``: the results the actor may see, each in its newest published revision.

    A bureau also gets those of its open rounds.
    """
    statement = (
        select(
            AnnualResult.id,
            AnnualResult.year,
            AnnualResult.agency_name,
            AnnualResult.rank,
            AnnualResult.ranked_count,
            AnnualResult.rounded,
            AnnualResult.places,
            AnnualResult.grade,
            AnnualResult.state,
            AnnualResult.is_reference,
            AnnualResult.engagement_count,
            AnnualResult.round_id,
            AssessmentRound.state.label("round_state"),
            AssessmentRound.revision,
            AssessmentRound.published_at,
            GradeTable.bands,
            Body.name.label("bureau_name"),
            result_policies.is_superseded().label("is_superseded"),
        )
        .join(AssessmentRound, AssessmentRound.id == AnnualResult.round_id)
        .join(GradeTable, GradeTable.id == AssessmentRound.grade_table_id)
        .join(Body, Body.id == AnnualResult.bureau_id)
        .where(result_policies.seen_by(actor))
    )
    if not with_superseded:
        statement = statement.where(~result_policies.is_superseded())
    if q:
        statement = statement.where(AnnualResult.agency_name.icontains(q, autoescape=True))
    if year is not None:
        statement = statement.where(AnnualResult.year == year)
    if bureau_id is not None:
        statement = statement.where(AnnualResult.bureau_id == bureau_id)
    return statement


def workbook_results(session: Session, actor: Actor, round_id: int) -> Sequence[AnnualResult]:
    """The results of one round in the order of its ranking as whole rows, with inputs and traces, for an export."""
    statement = (
        result_policies.visible_to(actor)
        .where(AnnualResult.round_id == round_id)
        .order_by(AnnualResult.sort_position, AnnualResult.id)
    )
    return session.scalars(statement).all()


def one_result(session: Session, actor: Actor, result_id: int) -> FoundResult | None:
    """None where it does not exist for the actor."""
    row = session.execute(
        select(AnnualResult, AssessmentRound, GradeTable, Body.name, result_policies.is_superseded())
        .join(AssessmentRound, AssessmentRound.id == AnnualResult.round_id)
        .join(GradeTable, GradeTable.id == AssessmentRound.grade_table_id)
        .join(Body, Body.id == AnnualResult.bureau_id)
        .where(result_policies.seen_by(actor), AnnualResult.id == result_id)
    ).one_or_none()
    return None if row is None else FoundResult(row[0], row[1], row[2], row[3], bool(row[4]))


def other_revisions(session: Session, actor: Actor, result: AnnualResult) -> Sequence[Row[*tuple[Any, ...]]]:
    """The agency's results of the same bureau and year in every revision the actor may see, newest first."""
    return session.execute(
        select(
            AnnualResult.id,
            AnnualResult.rounded,
            AnnualResult.places,
            AnnualResult.rank,
            AssessmentRound.revision,
            AssessmentRound.state,
            AssessmentRound.reason,
            AssessmentRound.published_at,
        )
        .join(AssessmentRound, AssessmentRound.id == AnnualResult.round_id)
        .where(
            result_policies.seen_by(actor),
            AnnualResult.agency_id == result.agency_id,
            AnnualResult.bureau_id == result.bureau_id,
            AnnualResult.year == result.year,
        )
        .order_by(AssessmentRound.revision.desc(), AnnualResult.id)
    ).all()


def superseding_revision(session: Session, found: AssessmentRound) -> int | None:
    """The newest published revision of the year, if it is later than this one."""
    return session.scalar(
        select(sa.func.max(AssessmentRound.revision)).where(
            AssessmentRound.bureau_id == found.bureau_id,
            AssessmentRound.year == found.year,
            AssessmentRound.revision > found.revision,
            AssessmentRound.state == RoundState.PUBLISHED,
        )
    )


def visible_engagements(session: Session, actor: Actor, ids: Collection[int]) -> frozenset[int]:
    statement = select(Engagement.id).where(engagement_policies.visible(actor), Engagement.id.in_(ids))
    return frozenset(session.scalars(statement))


def visible_sheets(
    session: Session, actor: Actor, engagement_ids: Collection[int], also: Collection[int] = ()
) -> frozenset[int]:
    """The sheets of these engagements, in all revisions, and those of ``also``, that the actor may open."""
    statement = select(ScoreSheet.id).where(
        policies.seen_by(actor),
        sa.or_(ScoreSheet.engagement_id.in_(engagement_ids), ScoreSheet.id.in_(also)),
    )
    return frozenset(session.scalars(statement))


def measure_titles(session: Session, keys: Collection[str], language: str) -> dict[str, str]:
    rows = session.execute(
        select(Measure.key, Measure.title, Measure.title_en, Measure.title_is_ours).where(
            Measure.key.in_(keys)
        )
    )
    titles: dict[str, str] = {}
    for key, title, title_en, is_ours in rows:
        titles[key] = title_en if language == "en" else title if is_ours else f"《{title}》"
    return titles


def assignments_of(session: Session, result_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """To whom the bureau shows a result, newest first; for the bureau's own pages only."""
    return session.execute(
        select(
            ResultAssignment.id,
            ResultAssignment.valid_from,
            ResultAssignment.valid_to,
            ResultAssignment.assigned_at,
            Body.name.label("department"),
        )
        .join(Body, Body.id == ResultAssignment.department_id)
        .where(ResultAssignment.result_id == result_id)
        .order_by(ResultAssignment.valid_from.desc(), ResultAssignment.id.desc())
    ).all()
