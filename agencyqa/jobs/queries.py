from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.jobs.claims import LOST_AFTER
from agencyqa.jobs.enums import RunState
from agencyqa.jobs.models import JobRun
from agencyqa.web.tables import Key

ORDER = (Key(JobRun.due_at, descending=True), Key(JobRun.id, descending=True))
_COLUMNS = (
    JobRun.id,
    JobRun.job,
    JobRun.due_at,
    JobRun.claimed_at,
    JobRun.claimed_by,
    JobRun.attempts,
    JobRun.duration_ms,
    JobRun.state,
    JobRun.affected,
    JobRun.error_code,
    JobRun.error_params,
)


def run_rows(now: datetime, *, job: str | None = None, state: RunState | None = None) -> sa.Select[Any]:
    """All run records, which hold no data of any body; ``state`` may be LOST."""
    statement = sa.select(*_COLUMNS)
    if job:
        statement = statement.where(JobRun.job == job)
    if state is None:
        return statement
    if state in {RunState.RUNNING, RunState.LOST}:
        is_lost = JobRun.claimed_at < now - LOST_AFTER
        wanted = is_lost if state is RunState.LOST else sa.not_(is_lost)
        return statement.where(JobRun.state == RunState.RUNNING, wanted)
    return statement.where(JobRun.state == state)


def newest_runs(session: Session) -> dict[str, sa.Row[Any]]:
    """The latest run of each job, by name."""
    latest = sa.select(JobRun.job, sa.func.max(JobRun.due_at).label("due_at")).group_by(JobRun.job).subquery()
    statement = sa.select(*_COLUMNS).join(
        latest, sa.and_(JobRun.job == latest.c.job, JobRun.due_at == latest.c.due_at)
    )
    return {row.job: row for row in session.execute(statement)}


def shown_state(run: sa.Row[Any], now: datetime) -> RunState:
    state: RunState = run.state
    overdue: timedelta = now - run.claimed_at
    return RunState.LOST if state is RunState.RUNNING and overdue > LOST_AFTER else state
