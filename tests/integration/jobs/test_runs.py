"""The page of the runs, and the runner as a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.auth.roles import Role
from agencyqa.clock import utc_now
from agencyqa.jobs.enums import RunState
from agencyqa.jobs.models import JobRun
from tests.client import Client
from tests.databases import ROOT, SECRET_KEY, TestRun
from tests.factories.accounts import make_bureau, make_department, make_member, sign_in

JOB = "engagements.mark_overdue"


def make_run(
    session: Session, minutes_ago: int, state: RunState, error_code: str = "", job: str = JOB
) -> None:
    moment = utc_now() - timedelta(minutes=minutes_ago)
    session.add(
        JobRun(
            job=job,
            due_at=moment,
            claimed_at=moment,
            claimed_by="host:1:1",
            claim=uuid4().hex,
            attempts=1,
            state=state,
            error_code=error_code,
            error_params={"kind": "ValueError"} if error_code else {},
        )
    )
    session.flush()


def test_the_page_shows_schedule_and_records(client: Client, session: Session) -> None:
    make_run(session, 200, RunState.DONE)
    make_run(session, 100, RunState.FAILED, "job_error")
    make_run(session, 50, RunState.RUNNING)
    make_run(session, 5, RunState.RUNNING, job="audit.verify_chain")
    make_run(session, 4, RunState.DONE, job="a.former_job")
    sign_in(client, make_member(session, make_bureau(session), Role.SYSTEM_ADMINISTRATOR))
    text = client.page(client.get("/jobs/")).text
    for expected in (
        "标记逾期业务",
        "资质到期提醒",
        "程序出错（ValueError）",
        "a.former_job",
        "还没有执行过",
    ):
        assert expected in text
    shown = {}
    for state in RunState:
        page = client.page(client.get(f"/jobs/?state={state}"))
        shown[state] = page.text.count("host:1:1")
    assert shown == {RunState.RUNNING: 1, RunState.DONE: 2, RunState.FAILED: 1, RunState.LOST: 1}
    assert client.page(client.get("/jobs/?job=audit.verify_chain")).text.count("host:1:1") == 1


def test_records_are_paged(client: Client, session: Session) -> None:
    for number in range(51):
        make_run(session, number, RunState.DONE)
    sign_in(client, make_member(session, make_bureau(session), Role.BUREAU_SUPERVISOR))
    first = client.page(client.get("/jobs/"))
    following = next(href for _, href in first.links if "cursor=" in href)
    assert first.text.count("host:1:1") == 50
    assert client.page(client.get(following)).text.count("host:1:1") == 1


def test_the_page_is_closed_to_other_roles(client: Client, session: Session) -> None:
    department = make_department(session, make_bureau(session))
    sign_in(client, make_member(session, department, Role.DEPARTMENT_OFFICER))
    assert client.get("/jobs/").status_code == HTTPStatus.FORBIDDEN


def test_two_processes_do_each_due_run_once_and_stop_when_told(
    real_database: str, test_run: TestRun, tmp_path: Path
) -> None:
    environment = {"AGENCYQA_SECRET_KEY": SECRET_KEY, **test_run.environment(tmp_path, real_database)}
    command = [sys.executable, "-P", "-m", "flask", "--app", str(ROOT / "wsgi.py"), "jobs", "run"]
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    engine = sa.create_engine(real_database)
    done = sa.select(JobRun.job, JobRun.state, JobRun.attempts).where(JobRun.job == "audit.verify_chain")
    try:
        deadline = time.monotonic() + 90
        rows: list[Any] = []
        while time.monotonic() < deadline and not any(row[1] is RunState.DONE for row in rows):
            time.sleep(0.1)
            with engine.connect() as connection:
                rows = [tuple(row) for row in connection.execute(done)]
        # Both have looked at the schedule when both say that they run and one has done the run.
        outputs = []
        for process in processes:
            assert process.stdout is not None
            outputs.append(process.stdout.readline())
        for process in processes:
            process.send_signal(signal.SIGTERM)
        endings = [process.communicate(timeout=60)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()
        engine.dispose()
    assert rows == [("audit.verify_chain", RunState.DONE, 1)]
    assert [output.startswith("Runner started") for output in outputs] == [True, True]
    assert ([process.returncode for process in processes], endings) == ([0, 0], ["", ""])


TOLD_WHILE_HANDING_OUT = """
import signal
from apscheduler.executors.base import BaseExecutor
from flask.cli import main

submit = BaseExecutor.submit_job


def submit_and_stop(self, job, times):
    signal.raise_signal(signal.SIGTERM)
    return submit(self, job, times)


BaseExecutor.submit_job = submit_and_stop
main()
"""


def test_a_signal_that_comes_while_a_run_is_handed_out_is_not_lost(
    real_database: str, test_run: TestRun, tmp_path: Path
) -> None:
    """The scheduler catches everything at that moment, so nothing may be raised in its thread."""
    ended = subprocess.run(
        [sys.executable, "-P", "-c", TOLD_WHILE_HANDING_OUT, "--app", str(ROOT / "wsgi.py"), "jobs", "run"],
        cwd=ROOT,
        env={"AGENCYQA_SECRET_KEY": SECRET_KEY, **test_run.environment(tmp_path, real_database)},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("Runner started")
