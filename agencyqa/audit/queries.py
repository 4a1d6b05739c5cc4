from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from agencyqa.audit.models import AuditEntry
from agencyqa.audit.policies import visible_to
from agencyqa.auth.actor import Actor
from agencyqa.clock import SHANGHAI
from agencyqa.db import kept
from agencyqa.web.tables import Key

ORDER = (Key(AuditEntry.sequence, descending=True),)


@dataclass(frozen=True)
class EntryFilter:
    """``actor_name`` is part of a name; the days are those of Asia/Shanghai, both included."""

    event: str | None = None
    actor_name: str | None = None
    target_type: str | None = None
    target_id: int | None = None
    refused_only: bool = False
    first_day: date | None = None
    last_day: date | None = None


@kept
def entry_rows(actor: Actor, wanted: EntryFilter) -> sa.Select[*tuple[Any, ...]]:
    """``detail`` as JSON text: most pages show entries that were put into words before."""
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.event:
        conditions.append(AuditEntry.event == wanted.event)
    if wanted.actor_name:
        conditions.append(AuditEntry.actor_name.contains(wanted.actor_name, autoescape=True))
    if wanted.target_type:
        conditions.append(AuditEntry.target_type == wanted.target_type)
    if wanted.target_id is not None:
        conditions.append(AuditEntry.target_id == wanted.target_id)
    if wanted.refused_only:
        conditions.append(AuditEntry.refused.is_(True))
    if wanted.first_day:
        conditions.append(AuditEntry.at >= _start_of(wanted.first_day))
    if wanted.last_day and wanted.last_day < date.max:
        conditions.append(AuditEntry.at < _start_of(wanted.last_day + timedelta(days=1)))
    return (
        visible_to(actor)
        .where(*conditions)
        .with_only_columns(
            AuditEntry.sequence,
            AuditEntry.at,
            AuditEntry.event,
            AuditEntry.refused,
            AuditEntry.actor_user_id,
            AuditEntry.actor_name,
            AuditEntry.target_type,
            AuditEntry.target_id,
            sa.cast(AuditEntry.detail, sa.Text).label("detail"),
            AuditEntry.hash,
        )
    )


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)
