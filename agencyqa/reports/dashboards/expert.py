"""The page of an expert: the sheets he is invited to score, and those he has scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.workflow import EDITABLE
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.measures.reckoning import Reckoning, reckon
from agencyqa.reports.dashboards.rows import (
    count,
    counts_beside,
    current_sheets,
    handed_in_sheets,
    next_sheets,
    sheets_to_fill,
)


@dataclass(frozen=True)
class ExpertPage:
    reckoning: Reckoning
    figures: Mapping[str, Any]
    sheets: Sequence[Row[*tuple[Any, ...]]]
    handed_in: Sequence[Row[*tuple[Any, ...]]]


def expert_page(session: Session, actor: Actor, now: datetime) -> ExpertPage:
    reckoning = reckon(session, local_date(now))
    figures, sheets = counts_beside(
        session,
        next_sheets(actor),
        to_score=count(ScoreSheet, sheets_to_fill(actor)),
        late=count(ScoreSheet, sheets_to_fill(actor), ScoreSheet.due_on < reckoning.late_before),
        next_due=select(func.min(ScoreSheet.due_on)).where(sheets_to_fill(actor)).scalar_subquery(),
        handed_in=count(ScoreSheet, current_sheets(actor), ScoreSheet.state.not_in(EDITABLE)),
    )
    return ExpertPage(reckoning, figures, sheets, handed_in_sheets(session, actor))
