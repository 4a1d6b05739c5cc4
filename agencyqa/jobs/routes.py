from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from agencyqa.auth.guards import requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.extensions import db
from agencyqa.jobs import queries
from agencyqa.jobs.enums import RunState
from agencyqa.jobs.registry import works_of
from agencyqa.jobs.schedule import BY_NAME, SCHEDULE, Job, next_due
from agencyqa.web.forms import ChoiceField, FilterForm, TextChoiceField
from agencyqa.web.messages import sentence
from agencyqa.web.tables import paginate

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


class RunFilter(FilterForm):
    job = TextChoiceField(_l("任务"), blank=_l("全部任务"))
    state = ChoiceField(_l("结果"), RunState, blank=_l("全部结果"))


@dataclass(frozen=True)
class RunLine:
    """A run as it is read: ``fault`` is a sentence, empty where nothing went wrong."""

    run: Any
    label: str
    state: RunState
    fault: str


@dataclass(frozen=True)
class JobLine:
    job: Job
    is_installed: bool
    next_due: datetime
    last: RunLine | None


@bp.get("/")
@requires(Permission.JOBS_READ)
def runs() -> ResponseReturnValue:
    now = utc_now()
    filters = RunFilter.read(choices={"job": [(job.name, str(job.label)) for job in SCHEDULE]})
    statement = queries.run_rows(now, job=filters.job.data, state=filters.state.data)
    page = paginate(db.session(), statement, queries.ORDER, request.args)
    newest = queries.newest_runs(db.session())
    works = works_of(current_app)
    jobs = [
        JobLine(
            job,
            job.name in works,
            next_due(job, now),
            _line(newest[job.name], now) if job.name in newest else None,
        )
        for job in SCHEDULE
    ]
    lines = [_line(row, now) for row in page.rows]
    return render_template("jobs/runs.html", jobs=jobs, lines=lines, page=page, filters=filters)


def _line(run: Row[Any], now: datetime) -> RunLine:
    job = BY_NAME.get(run.job)
    return RunLine(
        run,
        str(job.label) if job else run.job,
        queries.shown_state(run, now),
        sentence(run.error_code, **run.error_params) if run.error_code else "",
    )
