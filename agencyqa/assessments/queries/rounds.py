"""Reads of annual rounds, and of the facts a round is computed from: few statements, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.assessments import result_policies
from agencyqa.assessments.annual import digest
from agencyqa.assessments.enums import RoundState
from agencyqa.assessments.models import (
    AgencyCredit,
    AnnualResult,
    AssessmentRound,
    EngagementWeight,
    GradeTable,
    ScoreSheet,
    ShareTable,
)
from agencyqa.auth.actor import Actor
from agencyqa.engagements.locks import year_locks
from agencyqa.engagements.models import Engagement
from agencyqa.inspections.enums import FindingState
from agencyqa.inspections.models import Finding
from agencyqa.web.tables import Key

_AgencyBody = aliased(Body)
_ScorerBody = aliased(Body)

ROUND_ORDER = (
    Key(AssessmentRound.year, descending=True),
    Key(AssessmentRound.bureau_id),
    Key(AssessmentRound.revision, descending=True),
    Key(AssessmentRound.id),
)


# Lists and pages


def round_rows(
    actor: Actor, *, year: int | None = None, bureau_id: int | None = None, state: RoundState | None = None
) -> Select[*tuple[Any, ...]]:
    """For ``paginate`` with ``ROUND_ORDER``. Counts are of results that the actor may see with the round."""
    counts = (
        select(
            AnnualResult.round_id,
            sa.func.count().label("agencies"),
            sa.func.sum(AnnualResult.engagement_count).label("engagements"),
            sa.func.sum(sa.case((AnnualResult.rank.is_(None), 1), else_=0)).label("unranked"),
        )
        .where(result_policies.seen_by(actor))
        .group_by(AnnualResult.round_id)
        .subquery()
    )
    statement = (
        select(
            AssessmentRound.id,
            AssessmentRound.year,
            AssessmentRound.revision,
            AssessmentRound.state,
            AssessmentRound.weight_mode,
            AssessmentRound.year_rules_id,
            AssessmentRound.computed_at,
            AssessmentRound.published_at,
            Body.name.label("bureau_name"),
            counts.c.agencies,
            counts.c.engagements,
            counts.c.unranked,
        )
        .join(Body, Body.id == AssessmentRound.bureau_id)
        .outerjoin(counts, counts.c.round_id == AssessmentRound.id)
        .where(result_policies.rounds_seen_by(actor))
    )
    if year is not None:
        statement = statement.where(AssessmentRound.year == year)
    if bureau_id is not None:
        statement = statement.where(AssessmentRound.bureau_id == bureau_id)
    if state is not None:
        statement = statement.where(AssessmentRound.state == state)
    return statement


def round_with_names(
    session: Session, actor: Actor, round_id: int
) -> tuple[AssessmentRound, GradeTable, str] | None:
    """The round with its grades and the name of its bureau; None where it does not exist for the actor."""
    row = session.execute(
        select(AssessmentRound, GradeTable, Body.name)
        .join(GradeTable, GradeTable.id == AssessmentRound.grade_table_id)
        .join(Body, Body.id == AssessmentRound.bureau_id)
        .where(result_policies.rounds_seen_by(actor), AssessmentRound.id == round_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def revisions_of(session: Session, actor: Actor, found: AssessmentRound) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every revision of the bureau's year that the actor may see, newest first."""
    return session.execute(
        select(
            AssessmentRound.id,
            AssessmentRound.revision,
            AssessmentRound.state,
            AssessmentRound.reason,
            AssessmentRound.created_at,
            AssessmentRound.published_at,
        )
        .where(
            result_policies.rounds_seen_by(actor),
            AssessmentRound.bureau_id == found.bureau_id,
            AssessmentRound.year == found.year,
        )
        .order_by(AssessmentRound.revision.desc())
    ).all()


def newest_round(session: Session, bureau_id: int, year: int) -> AssessmentRound | None:
    return session.scalars(
        select(AssessmentRound)
        .where(AssessmentRound.bureau_id == bureau_id, AssessmentRound.year == year)
        .order_by(AssessmentRound.revision.desc())
        .limit(1)
    ).one_or_none()


def published_round(session: Session, actor: Actor, bureau_id: int, year: int) -> AssessmentRound | None:
    """The newest published revision that the actor may see."""
    return session.scalars(
        result_policies.visible_rounds(actor)
        .where(
            AssessmentRound.bureau_id == bureau_id,
            AssessmentRound.year == year,
            AssessmentRound.state == RoundState.PUBLISHED,
        )
        .order_by(AssessmentRound.revision.desc())
        .limit(1)
    ).one_or_none()


def is_year_final(session: Session, bureau_id: int, year: int, *, hold: bool = False) -> bool:
    """Published, and not taken up again for a correction. ``hold``: the answer stays true until the caller commits.

    Without holding, an engagement could still change while its year is being published, and the publication not see
    it.
    """
    statement = (
        select(AssessmentRound.state)
        .where(AssessmentRound.bureau_id == bureau_id, AssessmentRound.year == year)
        .order_by(AssessmentRound.revision.desc())
        .limit(1)
    )
    state = session.scalar(statement.with_for_update(read=True) if hold else statement)
    return state is RoundState.PUBLISHED


if is_year_final not in year_locks:
    year_locks.append(is_year_final)


def inputs_stamp(session: Session, bureau_id: int, year: int) -> str:
    """Changes whenever an engagement, a current sheet of the year or the shares do. One cheap statement for every page.

    Versions only grow, so that two changes cannot cancel each other, and rows that come or go change the sums of
    their ids. Publication does not rest on it: that compares the results themselves.
    """
    row = session.execute(_STAMP, {"bureau_id": bureau_id, "year": year}).one()
    # PostgreSQL adds up in decimals, SQLite in integers.
    *figures, findings, versions, forms, form_versions, credits, withdrawn, weights = (
        int(figure or 0) for figure in row
    )
    # Without findings on agencies, forms and credits the stamp is the one it was before there were any.
    newer = [forms, form_versions, credits, withdrawn, weights]
    if any(newer):
        return digest([*figures, findings, versions, *newer])
    return digest([*figures, findings, versions] if findings else figures)


# A table of shares is only ever added. A bureau without tables of its own goes by those of the bureau above.
_SHARES = (
    select(sa.func.count())
    .select_from(ShareTable)
    .where(
        sa.or_(
            ShareTable.bureau_id == sa.bindparam("bureau_id"),
            ShareTable.bureau_id.in_(select(Body.parent_id).where(Body.id == sa.bindparam("bureau_id"))),
        )
    )
    .scalar_subquery()
)

# A final finding on an agency is listed with its year; one that is withdrawn leaves the list and changes its version.
_FINDINGS = sa.and_(
    Finding.bureau_id == sa.bindparam("bureau_id"),
    Finding.engagement_id.is_(None),
    Finding.state.in_({FindingState.FINAL, FindingState.WITHDRAWN}),
    sa.extract("year", Finding.fact_on) == sa.bindparam("year"),
)

_FORMS = sa.and_(
    ScoreSheet.bureau_id == sa.bindparam("bureau_id"),
    ScoreSheet.year == sa.bindparam("year"),
    ScoreSheet.is_current,
)
_CREDITS = sa.and_(
    AgencyCredit.bureau_id == sa.bindparam("bureau_id"), AgencyCredit.year == sa.bindparam("year")
)

_STAMP = (
    select(
        _SHARES,
        sa.func.count(),
        sa.func.count(ScoreSheet.id),
        sa.func.sum(Engagement.id),
        sa.func.sum(Engagement.version),
        sa.func.sum(Engagement.id * Engagement.version),
        sa.func.sum(ScoreSheet.id),
        sa.func.sum(ScoreSheet.version),
        sa.func.sum(ScoreSheet.id * ScoreSheet.version),
        select(sa.func.count(Finding.id)).where(_FINDINGS).scalar_subquery(),
        select(sa.func.sum(Finding.id * Finding.version)).where(_FINDINGS).scalar_subquery(),
        select(sa.func.count(ScoreSheet.id)).where(_FORMS).correlate(None).scalar_subquery(),
        select(sa.func.sum(ScoreSheet.id * ScoreSheet.version))
        .where(_FORMS)
        .correlate(None)
        .scalar_subquery(),
        select(sa.func.count(AgencyCredit.id)).where(_CREDITS).scalar_subquery(),
        select(sa.func.count(AgencyCredit.withdrawn_at)).where(_CREDITS).scalar_subquery(),
        select(sa.func.sum(EngagementWeight.id * EngagementWeight.weight))
        .where(
            EngagementWeight.engagement_id.in_(
                select(Engagement.id)
                .where(
                    Engagement.bureau_id == sa.bindparam("bureau_id"),
                    Engagement.assessment_year == sa.bindparam("year"),
                )
                .correlate(None)
            )
        )
        .scalar_subquery(),
    )
    .select_from(Engagement)
    .outerjoin(ScoreSheet, sa.and_(ScoreSheet.engagement_id == Engagement.id, ScoreSheet.is_current))
    .where(
        Engagement.bureau_id == sa.bindparam("bureau_id"), Engagement.assessment_year == sa.bindparam("year")
    )
)


def locked_sheets(session: Session, bureau_id: int, year: int) -> list[ScoreSheet]:
    """The current sheets of the year, by id, which nobody else may change until the caller commits."""
    statement = (
        select(ScoreSheet)
        .outerjoin(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .where(
            ScoreSheet.bureau_id == bureau_id,
            sa.or_(Engagement.assessment_year == year, ScoreSheet.year == year),
            ScoreSheet.is_current,
        )
        .order_by(ScoreSheet.id)
        .with_for_update(of=ScoreSheet)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))
