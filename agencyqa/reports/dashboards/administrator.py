"""The page of the system administrator: accounts, jobs, refusals. No scores, and nothing that leads to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Invitation, User
from agencyqa.audit.models import AuditEntry
from agencyqa.audit.queries import EntryFilter, entry_rows
from agencyqa.audit.reading import EntryLine, entry_lines
from agencyqa.auth.actor import Actor
from agencyqa.jobs.enums import RunState
from agencyqa.jobs.models import JobRun
from agencyqa.jobs.queries import run_rows
from agencyqa.jobs.schedule import BY_NAME
from agencyqa.reports.dashboards.first_steps import Step, administrator_facts, administrator_steps
from agencyqa.reports.dashboards.rows import SHOWN, count, counts, file_faults

# How far back refusals are told, and failed jobs, of which a weekly one may be the last.
REFUSALS_SINCE = timedelta(hours=24)
FAILURES_SINCE = timedelta(days=7)


@dataclass(frozen=True)
class AdministratorPage:
    figures: Mapping[str, Any]
    without_password: Sequence[Row[*tuple[Any, ...]]]
    failures: list[tuple[Row[*tuple[Any, ...]], str]]
    refusals: list[EntryLine]
    steps: list[Step]


def administrator_page(session: Session, actor: Actor, now: datetime) -> AdministratorPage:
    refused = entry_rows(actor, EntryFilter(refused_only=True)).where(AuditEntry.at >= now - REFUSALS_SINCE)
    failed = run_rows(now, state=RunState.FAILED).where(JobRun.due_at >= now - FAILURES_SINCE)
    figures = counts(
        session,
        users=count(User, User.is_active.is_(True)),
        without_password=count(User, _is_without_password()),
        invitations=count(Invitation, _is_open(now)),
        failures=failed.with_only_columns(func.count()).scalar_subquery(),
        file_faults=file_faults(actor),
        refusals=refused.with_only_columns(func.count()).scalar_subquery(),
        **administrator_facts(),
    )
    runs = session.execute(failed.order_by(JobRun.due_at.desc(), JobRun.id.desc()).limit(SHOWN)).all()
    entries = session.execute(refused.order_by(AuditEntry.sequence.desc()).limit(SHOWN)).all()
    return AdministratorPage(
        figures,
        _without_password(session, now),
        [(run, str(BY_NAME[run.job].label) if run.job in BY_NAME else run.job) for run in runs],
        entry_lines(session, entries, actor),
        administrator_steps(figures),
    )


def _is_without_password() -> ColumnElement[bool]:
    return sa.and_(User.is_active, User.password_hash.is_(None))


def _is_open(now: datetime) -> ColumnElement[bool]:
    return sa.and_(Invitation.used_at.is_(None), Invitation.expires_at > now)


def _without_password(session: Session, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Accounts nobody can use yet, with the end of their newest open invitation; the oldest first."""
    invited_until = (
        select(func.max(Invitation.expires_at))
        .where(Invitation.user_id == User.id, _is_open(now))
        .correlate(User)
        .scalar_subquery()
        .label("invited_until")
    )
    return session.execute(
        select(User.id, User.username, User.display_name, User.created_at, invited_until)
        .where(_is_without_password())
        .order_by(User.created_at, User.id)
        .limit(SHOWN)
    ).all()
