"""Does the due runs: in a process of its own (``flask jobs run``) or in a thread of a single web process.

Any number of runners may work on one database. APScheduler only says when to look; what is due, and who does it, is
decided by rows (see ``claims``).
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from agencyqa.clock import SHANGHAI, utc_now
from agencyqa.db import reading
from agencyqa.errors import AgencyQAError
from agencyqa.extensions import db
from agencyqa.jobs import claims
from agencyqa.jobs.claims import Claim
from agencyqa.jobs.enums import RunState
from agencyqa.jobs.registry import works_of
from agencyqa.jobs.schedule import BY_NAME, SCHEDULE, last_due, trigger_of

log = logging.getLogger(__name__)

# APScheduler drops a call that is one second late unless it is told otherwise.
GRACE_SECONDS = 3600
SWEEP_MINUTES = 5
# How long it takes at most to notice that the process is to stop.
STOP_SECONDS = 0.2


@dataclass(frozen=True)
class Outcome:
    state: RunState
    affected: int | None = None
    error_code: str = ""


class Runner:
    """One of possibly many. ``clock`` is handed in, so that a test can be any day."""

    def __init__(self, app: Flask, clock: Callable[[], datetime] = utc_now) -> None:
        self.app = app
        self.clock = clock
        self.name = f"{socket.gethostname()[:80]}:{os.getpid()}:{threading.get_native_id()}"

    def look(self, job: str) -> Outcome | None:
        """Do the newest due run of a job, unless it is done already or in other hands."""
        now = self.clock()
        due_at = last_due(BY_NAME[job], now, window=claims.WINDOW)
        return None if due_at is None else self._claim_and_work(job, due_at, now)

    def sweep(self) -> int:
        """Catch up what was missed, take up what was lost; the number of runs done. A failure never stops the rest."""
        done = 0
        for job in SCHEDULE:
            try:
                if job.name in works_of(self.app) and self.look(job.name) is not None:
                    done += 1
            except Exception:
                log.exception("Could not look after the job %s", job.name)
        for claim in self._taken_over():
            self._work(claim)
            done += 1
        return done

    def once(self, job: str) -> Outcome | None:
        """Do a job at once, whatever the schedule says; None where it was started at this very instant elsewhere."""
        now = self.clock()
        return self._claim_and_work(job, now, now)

    def _claim_and_work(self, job: str, due_at: datetime, now: datetime) -> Outcome | None:
        # Each transaction has a context, and so a session, of its own.
        with self.app.app_context():
            claim = claims.claim_due(db.session(), job, due_at, now=now, runner=self.name)
            db.session.commit()
        return None if claim is None else self._work(claim)

    def _taken_over(self) -> list[Claim]:
        now = self.clock()
        with self.app.app_context():
            with reading():
                lost = claims.lost_runs(db.session(), now)
                db.session.rollback()
            taken = [
                claims.take_over(db.session(), run, now=now, runner=self.name)
                for run in lost
                if run.job in works_of(self.app)
            ]
            db.session.commit()
        return [claim for claim in taken if claim is not None]

    def _work(self, claim: Claim) -> Outcome:
        started = time.monotonic()
        try:
            outcome = self._work_and_finish(claim, started)
        except AgencyQAError as error:
            log.warning("The job %s failed: %s", claim.job, error)
            outcome = self._fail(claim, started, error.code, error.params)
        except Exception as error:
            # The stack is for the log; the page shows the kind of error only, as its text may hold data.
            log.exception("The job %s failed", claim.job)
            outcome = self._fail(claim, started, "job_error", {"kind": type(error).__name__})
        return outcome

    def _work_and_finish(self, claim: Claim, started: float) -> Outcome:
        """Work and outcome are one transaction: a run whose claim was lost meanwhile leaves nothing behind."""
        work = works_of(self.app)[claim.job]
        reads_only = BY_NAME[claim.job].reads_only
        with self.app.app_context():
            session = db.session()
            with reading() if reads_only else nullcontext():
                affected = work(session, self.clock())
                if reads_only:
                    session.rollback()
            outcome = Outcome(RunState.DONE, affected)
            if not self._finish(claim, outcome, started, {}):
                session.rollback()
                log.warning("The job %s took so long that its run was given away", claim.job)
                return Outcome(RunState.LOST)
            session.commit()
        return outcome

    def _fail(self, claim: Claim, started: float, code: str, params: dict[str, Any]) -> Outcome:
        outcome = Outcome(RunState.FAILED, error_code=code)
        plain = {
            name: value if isinstance(value, str | int) else str(value) for name, value in params.items()
        }
        with self.app.app_context():
            self._finish(claim, outcome, started, plain)
            db.session.commit()
        return outcome

    def _finish(self, claim: Claim, outcome: Outcome, started: float, params: dict[str, Any]) -> bool:
        return claims.finish(
            db.session(),
            claim,
            state=outcome.state,
            affected=outcome.affected,
            error_code=outcome.error_code,
            error_params=params,
            finished_at=self.clock(),
            duration_ms=round((time.monotonic() - started) * 1000),
        )


def schedule_on(scheduler: BaseScheduler, runner: Runner) -> None:
    """Fill a scheduler that has not been started: each job at its time, and at once and then regularly the rest."""
    # It tells of every job that it takes on and hands out; what became of the runs is on record.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    for job in SCHEDULE:
        if job.name in works_of(runner.app):
            scheduler.add_job(_safely, trigger_of(job), args=[runner.look, job.name], id=job.name)
    every = IntervalTrigger(minutes=SWEEP_MINUTES, timezone=SHANGHAI)
    scheduler.add_job(_safely, every, args=[runner.sweep], id="sweep", next_run_time=datetime.now(SHANGHAI))


def _safely(task: Callable[..., Any], *arguments: str) -> None:
    """A database that is away for a moment must not fill the log of APScheduler; the next sweep catches up."""
    try:
        task(*arguments)
    except Exception:
        log.exception("A look at the schedule failed")


def _options() -> dict[str, Any]:
    return {
        "timezone": SHANGHAI,
        # One at a time: a runner is no worker farm, and SQLite has a single writer.
        "executors": {"default": ThreadPoolExecutor(1)},
        "job_defaults": {"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_SECONDS},
    }


def run_for_ever(app: Flask, is_told_to_stop: Callable[[], bool]) -> None:
    """Block until the process is told to stop; a run that has begun is finished first.

    APScheduler works in a thread of its own: in the main one it would catch, and forget, whatever a signal raises
    while it hands out a run.
    """
    scheduler = BackgroundScheduler(daemon=True, **_options())
    schedule_on(scheduler, Runner(app))
    scheduler.start()
    while not is_told_to_stop():
        time.sleep(STOP_SECONDS)
    scheduler.shutdown(wait=True)


_lock = threading.Lock()
_KEY = "agencyqa.jobs.thread"


def init_app(app: Flask, *, thread: bool) -> None:
    """With ``thread`` the first request starts the runner: after a server has forked, once in each process."""
    if thread:
        app.before_request(lambda: ensure_thread(app))


def ensure_thread(app: Flask) -> None:
    if app.extensions.get(_KEY, (None,))[0] == os.getpid():
        return
    with _lock:
        if app.extensions.get(_KEY, (None,))[0] == os.getpid():
            return
        scheduler = BackgroundScheduler(daemon=True, **_options())
        schedule_on(scheduler, Runner(app))
        scheduler.start()
        app.extensions[_KEY] = (os.getpid(), scheduler)


def stop_thread(app: Flask) -> None:
    """End the thread of this process after the run at hand; nothing happens where there is none."""
    pid, scheduler = app.extensions.pop(_KEY, (None, None))
    if pid == os.getpid():
        scheduler.shutdown(wait=True)
