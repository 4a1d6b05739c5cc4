"""``flask jobs …``: the runner as a process, one job at once, and the schedule."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from agencyqa.clock import SHANGHAI, utc_now
from agencyqa.jobs import runner
from agencyqa.jobs.enums import RunState
from agencyqa.jobs.registry import works_of
from agencyqa.jobs.schedule import SCHEDULE, next_due

group = AppGroup("jobs", help="Scheduled jobs.")


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


class _Stop:
    """Remembers that a signal came. It raises nothing: whoever is interrupted might swallow it."""

    def __init__(self) -> None:
        self.has_come = False

    def note(self, number: int, frame: FrameType | None) -> None:
        self.has_come = True


@group.command("run")
def run_command() -> None:
    """Do every job when it is due, until stopped. Several runners on one database share the work."""
    # A service manager stops with SIGTERM; the run at hand is finished first.
    stop = _Stop()
    signal.signal(signal.SIGTERM, stop.note)
    signal.signal(signal.SIGINT, stop.note)
    click.echo(f"Runner started with {len(works_of(_app()))} jobs. Stop it with Ctrl-C.")
    runner.run_for_ever(_app(), lambda: stop.has_come)


@group.command("once")
@click.argument("name")
def once_command(name: str) -> None:
    """Do the job NAME now. Exit status 1 when it fails."""
    if name not in works_of(_app()):
        raise click.ClickException(f"There is no job {name}. Known: {', '.join(sorted(works_of(_app())))}")
    outcome = runner.Runner(_app()).once(name)
    if outcome is None:
        raise click.ClickException(f"{name} was started by another runner at this moment.")
    if outcome.state is not RunState.DONE:
        click.echo(f"{name}: {outcome.state} {outcome.error_code}".rstrip(), err=True)
        sys.exit(1)
    rows = "" if outcome.affected is None else f", {outcome.affected} rows"
    click.echo(f"{name}: done{rows}")


@group.command("list")
def list_command() -> None:
    """Show the schedule and the next due times (Asia/Shanghai)."""
    now = utc_now()
    for job in SCHEDULE:
        due = f"{next_due(job, now).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        note = "" if job.name in works_of(_app()) else "  (not installed)"
        click.echo(f"{job.name:<42} {job.cron:<14} next {due}{note}")
