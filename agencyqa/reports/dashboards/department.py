"""The page of a department or unit: its own sheets, its own engagements, the results it was shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from agencyqa.assessments import result_policies
from agencyqa.assessments.models import AnnualResult, ScoreSheet
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.duties.items import Scope
from agencyqa.duties.queries import Item, next_of_engagements
from agencyqa.engagements.models import Engagement
from agencyqa.measures.reckoning import Reckoning, reckon
from agencyqa.reports.dashboards.evidence import deliverables, independence, records
from agencyqa.reports.dashboards.rows import (
    TASKS_SHOWN,
    count,
    counts_beside,
    newest_results,
    next_engagements,
    next_sheets,
    running,
    sheets_to_fill,
)
from agencyqa.reports.dashboards.tasks import Line, Part, collect


@dataclass(frozen=True)
class DepartmentPage:
    reckoning: Reckoning
    figures: Mapping[str, Any]
    tasks: list[Line]
    sheets: Sequence[Row[*tuple[Any, ...]]]
    engagements: Sequence[Row[*tuple[Any, ...]]]
    # By engagement: what happens next in it, and whose turn it is.
    steps: Mapping[int, Item]
    results: Sequence[Row[*tuple[Any, ...]]]


def department_page(session: Session, actor: Actor, now: datetime) -> DepartmentPage:
    reckoning = reckon(session, local_date(now))
    day = reckoning.day
    figures, sheets = counts_beside(
        session,
        next_sheets(actor),
        to_fill=count(ScoreSheet, sheets_to_fill(actor)),
        late=count(ScoreSheet, sheets_to_fill(actor), ScoreSheet.due_on < reckoning.late_before),
        next_due=select(func.min(ScoreSheet.due_on)).where(sheets_to_fill(actor)).scalar_subquery(),
        to_accept=deliverables.to_accept_figure(actor),
        running=count(Engagement, running(actor)),
        results=count(AnnualResult, result_policies.seen_by(actor, day), ~result_policies.is_superseded()),
    )
    engagements = next_engagements(session, actor)
    return DepartmentPage(
        reckoning,
        figures,
        _tasks(session, actor, reckoning),
        sheets,
        engagements,
        next_of_engagements(session, Scope(actor, reckoning), [row.id for row in engagements]),
        newest_results(session, actor),
    )


def _tasks(session: Session, actor: Actor, reckoning: Reckoning) -> list[Line]:
    """Rectification by its due date, then what waits to be accepted or answered, the longest first."""
    members = [
        deliverables.to_accept(actor),
        deliverables.to_comment(actor),
        independence.to_agree(actor),
        independence.to_consent(actor),
        *records.problems_of_department(actor, reckoning.day),
    ]
    return collect(session, members, reckoning, shown=TASKS_SHOWN)[Part.DECIDE]
