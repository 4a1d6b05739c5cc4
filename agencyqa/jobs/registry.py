"""Which function does a job of the schedule: handed in by the application, which alone knows every area."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.jobs.schedule import BY_NAME

# Gives the number of rows it changed, or None where that says nothing. Never commits.
Work = Callable[[Session, datetime], int | None]
_KEY = "agencyqa.jobs"


def register_jobs(app: Flask, jobs: Mapping[str, Work]) -> None:
    """Raise LookupError for a name that the schedule does not have."""
    unknown = sorted(set(jobs) - set(BY_NAME))
    if unknown:
        raise LookupError(f"not in the schedule: {', '.join(unknown)}")
    works_of(app).update(jobs)


def works_of(app: Flask) -> dict[str, Work]:
    works: dict[str, Work] = app.extensions.setdefault(_KEY, {})
    return works
