"""What can be simulated, for whom, and by what: years, their rules, schemes. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased, contains_eager, defer

from agencyqa.accounts.queries import bureau_chain
from agencyqa.assessments import workflow
from agencyqa.assessments.enums import RoundState
from agencyqa.assessments.models import (
    AssessmentRound,
    GradeTable,
    ScoreSheet,
    YearRuleTable,
)
from agencyqa.assessments.policies import seen_by
from agencyqa.assessments.queries.rounds import newest_round
from agencyqa.assessments.queries.tables import (
    grade_table_in_force,
    plan_of_round,
    year_rules_in_force,
)
from agencyqa.assessments.year_plan import YearPlan, plan_from_data
from agencyqa.auth.actor import Actor
from agencyqa.engagements.models import Engagement
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.measures.policies import visible_versions


@dataclass(frozen=True)
class PastYear:
    """A year in which anything was decided, with its newest round; ``is_published`` where any revision of it is.

    ``tables`` are the grades and rules of the round: held here, they need not be read again.
    """

    year: int
    round: AssessmentRound | None
    is_published: bool
    tables: tuple[GradeTable | None, YearRuleTable | None]


def past_years(session: Session, bureau_id: int) -> list[PastYear]:
    """Those of the bureau, newest first. The rounds' rules and grades are loaded with them, in one statement."""
    decided = sa.exists().where(
        ScoreSheet.engagement_id == Engagement.id, ScoreSheet.state.in_(workflow.DECIDED)
    )
    years = (
        select(Engagement.assessment_year.label("year"))
        .where(Engagement.bureau_id == bureau_id, decided)
        .distinct()
        .subquery()
    )
    other = aliased(AssessmentRound)
    of_year = sa.and_(other.bureau_id == bureau_id, other.year == years.c.year)
    newest = select(sa.func.max(other.revision)).where(of_year).scalar_subquery()
    published = sa.exists().where(of_year, other.state == RoundState.PUBLISHED)
    statement = (
        select(years.c.year, AssessmentRound, published, GradeTable, YearRuleTable)
        .select_from(years)
        .outerjoin(
            AssessmentRound,
            sa.and_(
                AssessmentRound.bureau_id == bureau_id,
                AssessmentRound.year == years.c.year,
                AssessmentRound.revision == newest,
            ),
        )
        .outerjoin(GradeTable, GradeTable.id == AssessmentRound.grade_table_id)
        .outerjoin(YearRuleTable, YearRuleTable.id == AssessmentRound.year_rules_id)
        .order_by(years.c.year.desc())
    )
    return [PastYear(row[0], row[1], bool(row[2]), (row[3], row[4])) for row in session.execute(statement)]


def usual_year(years: Sequence[PastYear]) -> int | None:
    """The newest one that is published: what is over is what other rules are tried on."""
    return next((each.year for each in years if each.is_published), years[0].year if years else None)


def rules_of_year(
    session: Session, bureau_id: int, year: int, found: AssessmentRound | None = None
) -> tuple[YearPlan, GradeTable | None]:
    """How the newest round of the year weighs and grades; without one, how a new round would.

    ``found`` is that round where it is known already.
    """
    found = found or newest_round(session, bureau_id, year)
    if found is not None:
        return plan_of_round(session, found), session.get_one(GradeTable, found.grade_table_id)
    chain, last_day = bureau_chain(session, bureau_id), date(year, 12, 31)
    rules = year_rules_in_force(session, chain, last_day)
    plan = YearPlan() if rules is None else plan_from_data(rules.content)
    return plan, grade_table_in_force(session, chain, last_day)


def simulable_versions(session: Session, actor: Actor) -> list[SchemeVersion]:
    """Schemes to simulate by: drafts and published versions of the own bureau, and the shipped ones."""
    statement = (
        visible_versions(actor)
        .join(SchemeVersion.scheme)
        .options(contains_eager(SchemeVersion.scheme), defer(SchemeVersion.content))
        .where(sa.or_(Scheme.bureau_id.is_(None), Scheme.bureau_id == actor.bureau_id))
        .order_by(SchemeVersion.state, SchemeVersion.purpose, Scheme.id, SchemeVersion.number.desc())
    )
    return list(session.scalars(statement))


def version_seen(session: Session, actor: Actor, version_id: int) -> SchemeVersion | None:
    statement = (
        visible_versions(actor)
        .where(SchemeVersion.id == version_id)
        .join(SchemeVersion.scheme)
        .options(contains_eager(SchemeVersion.scheme))
    )
    return session.scalars(statement).one_or_none()


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
