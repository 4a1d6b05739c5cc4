"""Who does a due run: the database decides, by a unique row and by comparing the claim it holds.

The rule for runs whose runner died: a run that is RUNNING longer than ``LOST_AFTER`` is lost. Any runner takes it up
again, up to ``MAX_ATTEMPTS`` times and as long as it is not older than ``WINDOW``; after that it has failed. A runner
that was only slow notices at its end that the claim is no longer its own and undoes its work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from agencyqa.jobs.enums import RunState
from agencyqa.jobs.models import JobRun

# Missed runs are caught up as far back as this: a day, and an hour or two of a late start.
WINDOW = timedelta(hours=26)
LOST_AFTER = timedelta(minutes=30)
MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class Claim:
    run_id: int
    job: str
    token: str


def claim_due(session: Session, job: str, due_at: datetime, *, now: datetime, runner: str) -> Claim | None:
    """The run, or None where somebody else has it. The caller commits before it starts to work."""
    token = uuid4().hex
    insert = postgresql.insert if session.connection().dialect.name == "postgresql" else sqlite.insert
    values = {
        "job": job,
        "due_at": due_at,
        "claimed_at": now,
        "claimed_by": runner,
        "claim": token,
        "attempts": 1,
        "state": RunState.RUNNING,
        "error_code": "",
        "error_params": {},
    }
    statement = insert(JobRun).values(values).on_conflict_do_nothing(index_elements=["job", "due_at"])
    run_id = session.execute(statement.returning(JobRun.id)).scalar_one_or_none()
    return None if run_id is None else Claim(run_id, job, token)


def lost_runs(session: Session, now: datetime) -> Sequence[Any]:
    """(id, job, due_at, attempts, claim) of the runs whose runner is taken for dead."""
    columns = (JobRun.id, JobRun.job, JobRun.due_at, JobRun.attempts, JobRun.claim)
    statement = sa.select(*columns).where(
        JobRun.state == RunState.RUNNING, JobRun.claimed_at < now - LOST_AFTER
    )
    return session.execute(statement.order_by(JobRun.due_at, JobRun.id)).all()


def take_over(session: Session, lost: Any, *, now: datetime, runner: str) -> Claim | None:
    """A lost run, or None where it was given up or somebody else was quicker. The caller commits."""
    if lost.attempts >= MAX_ATTEMPTS or lost.due_at < now - WINDOW:
        _change(session, lost.id, lost.claim, state=RunState.FAILED, finished_at=now, error_code="job_lost")
        return None
    token = uuid4().hex
    taken = _change(
        session,
        lost.id,
        lost.claim,
        claim=token,
        claimed_at=now,
        claimed_by=runner,
        attempts=lost.attempts + 1,
    )
    return Claim(lost.id, lost.job, token) if taken else None


def finish(session: Session, claim: Claim, **outcome: Any) -> bool:
    """Write the outcome; False where the run has meanwhile been given to somebody else."""
    return _change(session, claim.run_id, claim.token, **outcome)


def _change(session: Session, run_id: int, token: str, **values: Any) -> bool:
    """Only while the claim is still the one that was seen; the row lock makes others wait for the answer."""
    statement = (
        sa.update(JobRun)
        .where(JobRun.id == run_id, JobRun.claim == token, JobRun.state == RunState.RUNNING)
        .values(**values)
        .returning(JobRun.id)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).scalar_one_or_none() is not None
