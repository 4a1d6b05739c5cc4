"""The sheets that can be compared: handed in, of one scheme version, two or more for the same engagement.

Whoever scored and in whatever role: what makes sheets comparable is that they fill in the same form on the same work.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body, User
from agencyqa.assessments import policies
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ScoreSheet
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.db import kept, read_rows
from agencyqa.engagements.models import Engagement
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.objects.models import EvaluationObject

# A draft may still change with every key stroke, and who sees the others' drafts is no longer independent.
HANDED_IN = (SheetState.SUBMITTED, SheetState.FINAL, SheetState.PUBLISHED)


def visible_to(actor: Actor) -> Select[ScoreSheet]:
    """The sheets whose agreement the actor may see: those of a supervising bureau, in their newest revision."""
    statement = policies.visible_to(actor).where(
        ScoreSheet.is_current, ScoreSheet.state.in_(HANDED_IN), ScoreSheet.total.is_not(None)
    )
    allowed = actor.is_bureau and actor.has(Permission.AGREEMENT_READ)
    return statement if allowed else statement.where(sa.false())


def _shared(actor: Actor) -> sa.Subquery:
    """Engagement and scheme version wherever at least two sheets meet."""
    return (
        visible_to(actor)
        .with_only_columns(ScoreSheet.engagement_id, ScoreSheet.scheme_version_id)
        .group_by(ScoreSheet.engagement_id, ScoreSheet.scheme_version_id)
        .having(sa.func.count(ScoreSheet.id) >= 2)
        .subquery()
    )


def comparisons(session: Session, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every year and scheme version with something to compare: the newest year and the most engagements first."""
    shared = _shared(actor)
    count = sa.func.count().label("engagements")
    return session.execute(
        select(
            Engagement.assessment_year.label("year"),
            SchemeVersion.id.label("version_id"),
            SchemeVersion.number,
            Scheme.title,
            Scheme.title_en,
            count,
        )
        .select_from(shared)
        .join(Engagement, Engagement.id == shared.c.engagement_id)
        .join(SchemeVersion, SchemeVersion.id == shared.c.scheme_version_id)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .group_by(
            Engagement.assessment_year,
            SchemeVersion.id,
            SchemeVersion.number,
            Scheme.title,
            Scheme.title_en,
        )
        .order_by(Engagement.assessment_year.desc(), count.desc(), SchemeVersion.id)
    ).all()


def compared_sheets(
    session: Session, actor: Actor, year: int, version_id: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The sheets of that year and version that have another beside them, by engagement."""
    shared = _shared(actor)
    agency, scorer = aliased(Body), aliased(Body)
    return session.execute(
        visible_to(actor)
        .join(
            shared,
            (shared.c.engagement_id == ScoreSheet.engagement_id)
            & (shared.c.scheme_version_id == ScoreSheet.scheme_version_id),
        )
        .join(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(agency, agency.id == Engagement.agency_id)
        .join(scorer, scorer.id == ScoreSheet.scorer_body_id)
        .outerjoin(User, User.id == ScoreSheet.submitted_by_id)
        .where(ScoreSheet.scheme_version_id == version_id, Engagement.assessment_year == year)
        .with_only_columns(
            ScoreSheet.id,
            ScoreSheet.engagement_id,
            ScoreSheet.scorer_body_id,
            ScoreSheet.submitted_by_id,
            ScoreSheet.packed,
            ScoreSheet.total,
            ScoreSheet.max_points,
            ScoreSheet.state,
            Engagement.contract_number,
            EvaluationObject.name.label("object_name"),
            agency.name.label("agency_name"),
            scorer.name.label("scorer_name"),
            User.display_name.label("person_name"),
        )
        .order_by(ScoreSheet.engagement_id, ScoreSheet.scorer_role, ScoreSheet.id)
    ).all()


def shared_totals(
    session: Session, actor: Actor, year: int, version_id: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Only the totals of ``compared_sheets``, by engagement."""
    shared = _shared(actor)
    return session.execute(
        visible_to(actor)
        .join(
            shared,
            (shared.c.engagement_id == ScoreSheet.engagement_id)
            & (shared.c.scheme_version_id == ScoreSheet.scheme_version_id),
        )
        .join(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .where(ScoreSheet.scheme_version_id == version_id, Engagement.assessment_year == year)
        .with_only_columns(ScoreSheet.id, ScoreSheet.engagement_id, ScoreSheet.total, ScoreSheet.max_points)
        .order_by(ScoreSheet.engagement_id, ScoreSheet.id)
    ).all()


def groups_beside(
    session: Session, actor: Actor, sheet_ids: Collection[int]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """These sheets and all that are compared with them: of the same engagement by the same version."""
    return read_rows(session, _groups_beside(actor), {"sheet_ids": list(sheet_ids)}).all()


@kept
def _groups_beside(actor: Actor) -> Select[*tuple[Any, ...]]:
    named = aliased(ScoreSheet)
    sheet_ids: sa.BindParameter[Any] = sa.bindparam("sheet_ids", expanding=True)
    return (
        visible_to(actor)
        .join(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .where(
            # The engagements are few and looked up first; asking every sheet would read them all.
            ScoreSheet.engagement_id.in_(sa.select(named.engagement_id).where(named.id.in_(sheet_ids))),
            sa.exists().where(
                named.id.in_(sheet_ids),
                named.engagement_id == ScoreSheet.engagement_id,
                named.scheme_version_id == ScoreSheet.scheme_version_id,
            ),
        )
        .with_only_columns(
            ScoreSheet.id,
            ScoreSheet.engagement_id,
            ScoreSheet.scheme_version_id.label("version_id"),
            Engagement.assessment_year.label("year"),
            ScoreSheet.total,
            ScoreSheet.max_points,
        )
        .order_by(ScoreSheet.engagement_id, ScoreSheet.id)
    )
