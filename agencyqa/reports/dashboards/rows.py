"""What every dashboard counts and lists. Each condition starts from the policy of the area it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.assessments import policies as sheet_policies
from agencyqa.assessments.models import AnnualResult, ScoreSheet
from agencyqa.assessments.queries.results import result_rows
from agencyqa.assessments.queries.sheets import waits_for
from agencyqa.assessments.workflow import EDITABLE
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements import policies as engagement_policies
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.queries import due_rows
from agencyqa.files.models import FileFault
from agencyqa.objects.models import EvaluationObject

# A dashboard shows the most urgent rows and links to the list that has all of them.
SHOWN = 8
# The one list of an agency or department is its work of the day.
TASKS_SHOWN = 12
SOON = timedelta(days=30)


def running(actor: Actor) -> ColumnElement[bool]:
    return sa.and_(engagement_policies.visible(actor), Engagement.state == EngagementState.CONTRACTED)


def current_sheets(actor: Actor) -> ColumnElement[bool]:
    return sa.and_(sheet_policies.seen_by(actor), ScoreSheet.is_current)


def open_sheets(actor: Actor) -> ColumnElement[bool]:
    """Current sheets that somebody still has to fill in, as far as the actor sees them."""
    return sa.and_(current_sheets(actor), ScoreSheet.state.in_(EDITABLE))


def sheets_to_fill(actor: Actor) -> ColumnElement[bool]:
    """Those whose next step is to be scored by the actor's own body."""
    return sa.and_(open_sheets(actor), waits_for(actor))


def count(table: type[Any], *conditions: ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return select(sa.func.count()).select_from(table).where(*conditions).scalar_subquery()


def counts(session: Session, **figures: sa.ScalarSelect[Any]) -> dict[str, Any]:
    """All figures of a dashboard in one statement."""
    row = session.execute(select(*(figure.label(name) for name, figure in figures.items()))).one()
    return dict(row._mapping)


def counts_beside(
    session: Session, listed: Select[*tuple[Any, ...]], **figures: sa.ScalarSelect[Any]
) -> tuple[dict[str, Any], list[Row[*tuple[Any, ...]]]]:
    """All figures and the rows of one list, in its order and in one statement; ``listed`` has no column of a figure."""
    totals = select(*(figure.label(name) for name, figure in figures.items())).subquery("figures")
    place = sa.func.row_number().over(order_by=listed._order_by_clauses).label("place")
    numbered = listed.add_columns(place).subquery("listed")
    whole = select(totals, *numbered.c).select_from(totals).outerjoin(numbered, sa.true())
    rows = session.execute(whole.order_by(numbered.c.place)).all()
    found = {name: getattr(rows[0], name) for name in figures}
    # Where the list is empty its columns are.
    return found, [row for row in rows if row.place is not None]


def next_engagements(session: Session, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """Running engagements, late ones included, the most urgent first."""
    return session.execute(due_rows(actor, until=date.max, limit=SHOWN)).all()


def next_sheets(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Those that wait for the actor to score, next due first; without a due date last."""
    return (
        _sheet_rows()
        .where(sheets_to_fill(actor))
        .order_by(ScoreSheet.due_on.is_(None), ScoreSheet.due_on, ScoreSheet.id)
        .limit(SHOWN)
    )


def handed_in_sheets(session: Session, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """Those the actor scored, the newest first, with what became of them."""
    return session.execute(
        _sheet_rows()
        .where(current_sheets(actor), ScoreSheet.state.not_in(EDITABLE))
        .order_by(ScoreSheet.submitted_at.desc(), ScoreSheet.id.desc())
        .limit(SHOWN)
    ).all()


def _sheet_rows() -> Select[*tuple[Any, ...]]:
    agency = aliased(Body)
    return (
        select(
            ScoreSheet.id,
            ScoreSheet.state,
            ScoreSheet.scorer_role,
            ScoreSheet.due_on,
            ScoreSheet.submitted_at,
            ScoreSheet.total,
            ScoreSheet.max_points,
            EvaluationObject.name.label("object"),
            agency.name.label("agency"),
        )
        .join(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(agency, agency.id == Engagement.agency_id)
    )


def newest_results(session: Session, actor: Actor) -> Sequence[Row[*tuple[Any, ...]]]:
    """Annual results that the actor may see in their newest published revision, newest year first."""
    statement = result_rows(actor).order_by(
        AnnualResult.year.desc(), AnnualResult.bureau_id, AnnualResult.sort_position, AnnualResult.id
    )
    return session.execute(statement.limit(SHOWN)).all()


def file_faults(actor: Actor) -> sa.ScalarSelect[int]:
    """Files belong to no bureau; whoever may look after the store is told of all."""
    may = sa.true() if actor.has(Permission.FILES_CHECK) else sa.false()
    return count(FileFault, may, FileFault.ended_at.is_(None))
