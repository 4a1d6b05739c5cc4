from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from agencyqa.jobs.registry import register_jobs, works_of
from agencyqa.jobs.schedule import BY_NAME, SCHEDULE, Job, last_due, next_due

# 02:30 in Shanghai is 18:30 UTC of the day before.
DAILY = BY_NAME["audit.verify_chain"]
HOURLY = Job("test.hourly", "15 * * * *", DAILY.label, DAILY.description)
NIGHTS = Job("test.mondays", "0 1 * * mon", DAILY.label, DAILY.description)


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2024, 7, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("job", "now", "due"),
    [
        (DAILY, at(1, 18, 29, 59), at(1, 18, 30)),
        (DAILY, at(1, 18, 30), at(2, 18, 30)),
        (HOURLY, at(1, 23, 15, 1), at(2, 0, 15)),
        (NIGHTS, at(1, 0), at(7, 17)),
    ],
)
def test_the_next_due_time_is_after_now(job: Job, now: datetime, due: datetime) -> None:
    assert next_due(job, now) == due


@pytest.mark.parametrize(
    ("job", "now", "due"),
    [
        (DAILY, at(2, 18, 29, 59), at(1, 18, 30)),
        (DAILY, at(2, 18, 30), at(2, 18, 30)),
        (DAILY, at(2, 18, 30, 1), at(2, 18, 30)),
        (HOURLY, at(2, 0, 14), at(1, 23, 15)),
        (NIGHTS, at(8, 19), at(7, 17)),
        (NIGHTS, at(8, 19, 0, 1), None),
    ],
)
def test_the_last_due_time_lies_within_the_window(job: Job, now: datetime, due: datetime | None) -> None:
    assert last_due(job, now, window=timedelta(hours=26)) == due


def test_names_are_those_of_areas_and_unique() -> None:
    assert len(BY_NAME) == len(SCHEDULE)
    assert {job.name.split(".")[0] for job in SCHEDULE} == {
        *(
            "engagements",
            "deliverables",
            "recusal",
            "duties",
            "assessments",
            "agencies",
            "inspections",
            "files",
            "database",
            "notifications",
        ),
        "audit",
    }


def test_only_jobs_of_the_schedule_can_be_handed_in() -> None:
    app = Flask("test")
    register_jobs(app, {DAILY.name: lambda session, now: None})
    with pytest.raises(LookupError, match=r"test\.unknown"):
        register_jobs(app, {"test.unknown": lambda session, now: None})
    assert list(works_of(app)) == [DAILY.name]
