"""Runs are done exactly once, by however many runners; every test with real commits on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.errors import AgencyQAError
from agencyqa.extensions import db
from agencyqa.jobs import claims, runner
from agencyqa.jobs.enums import RunState
from agencyqa.jobs.models import JobRun
from agencyqa.jobs.registry import Work, works_of
from agencyqa.jobs.runner import Outcome, Runner
from agencyqa.jobs.schedule import SCHEDULE
from tests.conftest import dispose, make_app
from tests.databases import TestRun
from tests.factories.accounts import make_bureau

JOB = "engagements.mark_overdue"
READING = "audit.verify_chain"
# 08:00 in Shanghai, after every job of the day.
MORNING = datetime(2024, 7, 2, 0, 0, tzinfo=UTC)
DUE = datetime(2024, 7, 1, 16, 10, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def give(app: Flask, **works: Work) -> None:
    """The application does these jobs, ``__`` standing for a dot, and no others."""
    works_of(app).clear()
    works_of(app).update({name.replace("__", "."): work for name, work in works.items()})


def make_a_body(session: Session, now: datetime) -> int:
    make_bureau(session, f"局 {now:%H:%M}")
    return 1


def runs(app: Flask, *columns: Any) -> list[Any]:
    with app.app_context():
        statement = sa.select(*(columns or (JobRun.job, JobRun.state, JobRun.affected)))
        return [tuple(row) for row in db.session().execute(statement.order_by(JobRun.due_at, JobRun.id))]


def bodies(app: Flask) -> int:
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(Body)) or 0


def test_a_due_run_is_done_once_and_recorded(real_app: Flask, clock: Clock) -> None:
    give(real_app, engagements__mark_overdue=make_a_body)
    one, other = Runner(real_app, clock), Runner(real_app, clock)
    assert one.look(JOB) == Outcome(RunState.DONE, 1)
    assert [one.look(JOB), other.look(JOB), other.sweep()] == [None, None, 0]
    columns = (
        JobRun.job,
        JobRun.due_at,
        JobRun.claimed_at,
        JobRun.finished_at,
        JobRun.state,
        JobRun.affected,
    )
    assert runs(real_app, *columns) == [(JOB, DUE, MORNING, MORNING, RunState.DONE, 1)]
    assert bodies(real_app) == 1
    clock.now += timedelta(days=1)
    assert other.look(JOB) == Outcome(RunState.DONE, 1)
    assert bodies(real_app) == 2


@pytest.fixture
def second_app(real_database: str, test_run: TestRun) -> Iterator[Flask]:
    """Another process as far as the database can tell: an application with connections of its own."""
    made = make_app(test_run, real_database)
    yield made
    dispose(made)


def test_two_runners_at_once_share_the_runs(real_app: Flask, second_app: Flask, clock: Clock) -> None:
    done: list[str] = []

    def work(name: str) -> Work:
        def do(session: Session, now: datetime) -> int:
            make_bureau(session, name)
            time.sleep(0.02)
            done.append(name)
            return 1

        return do

    for app in (real_app, second_app):
        works_of(app).clear()
        works_of(app).update({job.name: work(job.name) for job in SCHEDULE if not job.reads_only})
    start = threading.Barrier(4)

    def sweep(app: Flask) -> None:
        start.wait()
        Runner(app, clock).sweep()

    threads = [threading.Thread(target=sweep, args=(app,)) for app in (real_app, second_app) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = sorted(job.name for job in SCHEDULE if not job.reads_only)
    assert sorted(done) == expected
    assert sorted(runs(real_app)) == [(name, RunState.DONE, 1) for name in expected]
    assert bodies(real_app) == len(expected)


def test_missed_runs_are_caught_up_once_and_old_ones_are_not(real_app: Flask, clock: Clock) -> None:
    give(real_app, engagements__mark_overdue=make_a_body)
    Runner(real_app, clock).sweep()
    clock.now += timedelta(days=5)
    assert [Runner(real_app, clock).sweep() for _ in range(2)] == [1, 0]
    assert runs(real_app, JobRun.due_at) == [(DUE,), (DUE + timedelta(days=5),)]


def test_a_failure_undoes_the_work_and_is_told_without_the_stack(
    real_app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(session: Session, now: datetime) -> int:
        make_a_body(session, now)
        raise ValueError("secret figure 87.5")

    def refuse(session: Session, now: datetime) -> int:
        make_a_body(session, now)
        raise AgencyQAError("audit_chain_missing", sequence=7, entries=6)

    def break_rule(session: Session, now: datetime) -> int:
        session.execute(sa.text("INSERT INTO bodies (id) VALUES (1)"))
        return 1

    give(
        real_app,
        engagements__mark_overdue=fail,
        assessments__mark_overdue=refuse,
        agencies__warn_expiring_qualifications=break_rule,
        audit__verify_chain=lambda session, now: 4,
    )
    assert Runner(real_app, clock).sweep() == 4
    found = runs(real_app, JobRun.job, JobRun.state, JobRun.affected, JobRun.error_code, JobRun.error_params)
    assert sorted(found) == [
        (
            "agencies.warn_expiring_qualifications",
            RunState.FAILED,
            None,
            "job_error",
            {"kind": "IntegrityError"},
        ),
        (
            "assessments.mark_overdue",
            RunState.FAILED,
            None,
            "audit_chain_missing",
            {"sequence": 7, "entries": 6},
        ),
        (READING, RunState.DONE, 4, "", {}),
        (JOB, RunState.FAILED, None, "job_error", {"kind": "ValueError"}),
    ]
    assert bodies(real_app) == 0
    assert "secret figure 87.5" in caplog.text


# ------------------------------------------------------------------------------------------------ lost runs


def die(session: Session, now: datetime) -> int:
    """A killed process neither finishes nor records its end."""
    raise SystemExit


def test_a_lost_run_is_taken_up_again_after_its_time(real_app: Flask, clock: Clock) -> None:
    give(real_app, engagements__mark_overdue=die)
    with pytest.raises(SystemExit):
        Runner(real_app, clock).look(JOB)
    give(real_app, engagements__mark_overdue=make_a_body)
    other = Runner(real_app, clock)
    clock.now += claims.LOST_AFTER
    assert (other.sweep(), runs(real_app)) == (0, [(JOB, RunState.RUNNING, None)])
    clock.now += timedelta(seconds=1)
    assert (other.sweep(), other.sweep()) == (1, 0)
    assert runs(real_app, JobRun.state, JobRun.affected, JobRun.attempts) == [(RunState.DONE, 1, 2)]


def test_a_run_lost_again_and_again_has_failed(real_app: Flask, clock: Clock) -> None:
    give(real_app, engagements__mark_overdue=die)
    for _ in range(claims.MAX_ATTEMPTS):
        with pytest.raises(SystemExit):
            Runner(real_app, clock).sweep()
        clock.now += claims.LOST_AFTER + timedelta(seconds=1)
    assert Runner(real_app, clock).sweep() == 0
    columns = (JobRun.state, JobRun.attempts, JobRun.error_code)
    assert runs(real_app, *columns) == [(RunState.FAILED, claims.MAX_ATTEMPTS, "job_lost")]


def test_an_old_lost_run_is_given_up(real_app: Flask, clock: Clock) -> None:
    give(real_app, engagements__mark_overdue=die)
    with pytest.raises(SystemExit):
        Runner(real_app, clock).look(JOB)
    give(real_app, engagements__mark_overdue=make_a_body)
    clock.now += timedelta(days=2)
    assert Runner(real_app, clock).sweep() == 1
    columns = (JobRun.due_at, JobRun.state, JobRun.error_code)
    assert runs(real_app, *columns) == [
        (DUE, RunState.FAILED, "job_lost"),
        (DUE + timedelta(days=2), RunState.DONE, ""),
    ]


def test_a_slow_runner_that_lost_its_claim_leaves_nothing_behind(
    real_app: Flask, second_app: Flask, clock: Clock
) -> None:
    """It begins, is taken for dead, and comes back after another one did the work."""

    def slow(session: Session, now: datetime) -> int:
        # Nothing is written yet, so the other one need not wait, on SQLite either.
        clock.now += claims.LOST_AFTER + timedelta(seconds=1)
        assert Runner(second_app, clock).sweep() == 1
        make_bureau(session, "too late")
        return 1

    give(real_app, engagements__mark_overdue=slow)
    give(second_app, engagements__mark_overdue=make_a_body)
    assert Runner(real_app, clock).look(JOB) == Outcome(RunState.LOST)
    assert runs(real_app, JobRun.state, JobRun.attempts) == [(RunState.DONE, 2)]
    assert bodies(real_app) == 1


def test_only_one_of_two_takes_a_lost_run(real_app: Flask, second_app: Flask, clock: Clock) -> None:
    give(real_app, engagements__mark_overdue=die)
    with pytest.raises(SystemExit):
        Runner(real_app, clock).look(JOB)
    clock.now += claims.LOST_AFTER + timedelta(seconds=1)
    with real_app.app_context():
        (lost,) = claims.lost_runs(db.session(), clock.now)
    taken = []
    for app in (real_app, second_app):
        with app.app_context():
            taken.append(claims.take_over(db.session(), lost, now=clock.now, runner="test"))
            db.session().commit()
    assert [claim is not None for claim in taken] == [True, False]


# ------------------------------------------------------------------------------------------------ reading, scheduling


def test_a_reading_job_lets_others_write_meanwhile(real_app: Flask, second_app: Flask, clock: Clock) -> None:
    def read(session: Session, now: datetime) -> int:
        count = session.scalar(sa.select(sa.func.count()).select_from(Body)) or 0
        with second_app.app_context():
            make_bureau(db.session(), "written meanwhile")
            db.session().commit()
        return count

    give(real_app, audit__verify_chain=read)
    assert Runner(real_app, clock).look(READING) == Outcome(RunState.DONE, 0)
    assert (runs(real_app), bodies(real_app)) == ([(READING, RunState.DONE, 0)], 1)


def test_the_thread_starts_with_the_first_request_and_only_once(real_app: Flask) -> None:
    done = threading.Event()
    threads: set[str] = set()

    def work(session: Session, now: datetime) -> None:
        threads.add(threading.current_thread().name)
        done.set()

    give(real_app, engagements__mark_overdue=work)
    runner.init_app(real_app, thread=True)
    try:
        client = real_app.test_client()
        assert not done.is_set()
        for _ in range(3):
            client.get("/healthz")
        assert done.wait(10)
        assert threading.current_thread().name not in threads
    finally:
        runner.stop_thread(real_app)
    assert runs(real_app) == [(JOB, RunState.DONE, None)]
    runner.stop_thread(real_app)


def test_the_commands_list_do_and_refuse(real_app: Flask) -> None:
    def fail(session: Session, now: datetime) -> int:
        raise ValueError("x")

    give(real_app, engagements__mark_overdue=make_a_body, assessments__mark_overdue=fail)
    invoke = real_app.test_cli_runner().invoke
    listed = invoke(args=["jobs", "list"]).output.splitlines()
    assert [line.split()[0] for line in listed] == [job.name for job in SCHEDULE]
    installed = {"engagements.mark_overdue", "assessments.mark_overdue"}
    assert ["not installed" in line for line in listed] == [job.name not in installed for job in SCHEDULE]
    assert invoke(args=["jobs", "once", JOB]).output == f"{JOB}: done, 1 rows\n"
    failed = invoke(args=["jobs", "once", "assessments.mark_overdue"])
    assert (failed.exit_code, "failed job_error" in failed.output) == (1, True)
    unknown = invoke(args=["jobs", "once", "nothing"])
    assert (unknown.exit_code, "There is no job nothing" in unknown.output) == (1, True)
    assert bodies(real_app) == 1
