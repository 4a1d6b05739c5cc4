"""The story of an engagement: what every area has to tell of it, newest first, as this reader may know it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError

from agencyqa.accounts.models import Body
from agencyqa.audit.events import field_label
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.hooks import TrailEntry, trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import can_read_contract
from agencyqa.web.messages import sentence

# Lines beyond these are folded away.
SHOWN = 12
# What only the readers of the contract know of.
_OF_CONTRACT = frozenset({"fee_fen", "note", "year_reason"})
_PREFIX = "engagements.engagement."


@dataclass(frozen=True)
class TrailLine:
    at: datetime
    text: str
    who: str
    tone: str
    href: str | None


@dataclass(frozen=True)
class TrailYear:
    year: int
    lines: list[TrailLine]


@dataclass(frozen=True)
class Trail:
    """``recent`` holds the newest lines, ``earlier`` the rest; each by calendar year, newest first."""

    recent: list[TrailYear]
    earlier: list[TrailYear]
    folded: int


def trail_of(
    session: Session, actor: Actor, engagement: Engagement, parties: Mapping[int, str] | None = None
) -> Trail:
    """``engagement`` is one that the actor may see; each source has kept back what is not for him.

    ``parties``: names of bodies that the caller knows already, by id.
    """
    entries = [entry for source in trail_sources for entry in source(session, actor, engagement)]
    # Sources tell in order, so of what happened at once the later word stays the later one.
    entries.reverse()
    entries.sort(key=lambda entry: entry.at, reverse=True)
    names = _body_names(session, entries, parties or {})
    lines = [_line(entry, actor, names) for entry in entries]
    earlier = lines[SHOWN:]
    return Trail(_by_year(lines[:SHOWN]), _by_year(earlier), len(earlier))


def _body_names(session: Session, entries: Iterable[TrailEntry], known: Mapping[int, str]) -> dict[int, str]:
    wanted = {entry.body_id for entry in entries if entry.body_id is not None} - known.keys()
    if not wanted:
        return dict(known)
    rows = session.execute(sa.select(Body.id, Body.name).where(Body.id.in_(wanted)))
    return {**known, **{row.id: row.name for row in rows}}


def _line(entry: TrailEntry, actor: Actor, names: Mapping[int, str]) -> TrailLine:
    return TrailLine(
        entry.at,
        sentence(f"trail.{entry.code}", **entry.params),
        _who(entry, actor, names),
        entry.tone,
        _address(entry),
    )


def _who(entry: TrailEntry, actor: Actor, names: Mapping[int, str]) -> str:
    """A bureau knows who acted for whom. Others know their own people, and of everybody else the body."""
    body = "" if entry.body_id is None else names.get(entry.body_id, "")
    if entry.body_id is not None and entry.body_id == actor.body_id:
        return entry.actor_name or body
    if not actor.is_bureau:
        return body
    if not entry.actor_name:
        return body
    return gettext("%(person)s（%(body)s）", person=entry.actor_name, body=body) if body else entry.actor_name


def _address(entry: TrailEntry) -> str | None:
    if not entry.endpoint:
        return None
    values: dict[str, Any] = dict(entry.endpoint_values)
    try:
        return url_for(entry.endpoint, **values)
    except BuildError:
        return None


def _by_year(lines: list[TrailLine]) -> list[TrailYear]:
    return [
        TrailYear(year, list(group))
        for year, group in groupby(lines, key=lambda line: local_date(line.at).year)
    ]


# ---------------------------------------------------------------------------------------------- the contract itself


def own_lines(session: Session, actor: Actor, engagement: Engagement) -> Iterator[TrailEntry]:
    """From the audit log, of which everybody concerned may know that and when, and the dates that changed."""
    rows = session.execute(
        sa.select(
            AuditEntry.at,
            AuditEntry.event,
            AuditEntry.actor_name,
            AuditEntry.actor_body_id,
            AuditEntry.detail,
        )
        .where(
            AuditEntry.target_type == Engagement.__tablename__,
            AuditEntry.target_id == engagement.id,
            AuditEntry.refused.is_(False),
        )
        .order_by(AuditEntry.sequence)
    ).all()
    if not any(row.event == f"{_PREFIX}created" for row in rows):
        yield TrailEntry(engagement.created_at, "engagement_created", body_id=engagement.bureau_id)
    # The due date as it stood then: later words move it.
    due_on, is_late = engagement.due_on, False
    hidden: frozenset[str] = frozenset() if can_read_contract(actor, engagement) else _OF_CONTRACT
    for row in rows:
        changes = row.detail.get("changes", {})
        due_on = _after(changes, "due_on") or due_on
        # Only what changed is written down; whether it was late is what was written last.
        is_late = changes.get("is_overdue", (None, is_late or row.event == f"{_PREFIX}overdue"))[1]
        yield from _told(row, changes, due_on, is_late=is_late, hidden=hidden)


def _told(
    row: Any, changes: Mapping[str, Any], due_on: date, *, is_late: bool, hidden: frozenset[str]
) -> Iterator[TrailEntry]:
    known = {"actor_name": row.actor_name, "body_id": row.actor_body_id}
    match row.event.removeprefix(_PREFIX):
        case "created":
            yield TrailEntry(row.at, "engagement_created", **known)
        case "changed":
            yield from _changed(row.at, dict(changes), known, hidden)
        case "completed":
            on = _after(changes, "completed_on")
            if is_late:
                yield TrailEntry(row.at, "engagement_completed_late", {"on": on}, tone="warning", **known)
            else:
                yield TrailEntry(row.at, "engagement_completed", {"on": on}, tone="success", **known)
        case "overdue":
            # Found by a job, which is nobody.
            yield TrailEntry(row.at, "engagement_overdue", {"due_on": due_on}, tone="danger")
        case "overdue_lifted":
            yield TrailEntry(row.at, "engagement_overdue_lifted", {"due_on": due_on})
        case "terminated":
            yield TrailEntry(row.at, "engagement_terminated", tone="warning", **known)
        case "reopened":
            yield TrailEntry(row.at, "engagement_reopened", tone="warning", **known)
        case "year_changed":
            before, after = changes["assessment_year"]
            yield TrailEntry(row.at, "engagement_year_changed", {"before": before, "after": after}, **known)


def _changed(
    at: datetime, changes: dict[str, Any], known: dict[str, Any], hidden: frozenset[str]
) -> Iterator[TrailEntry]:
    """The due date with its days; of anything else only that it was changed, if the reader sees it at all."""
    if "due_on" in changes:
        before, after = (date.fromisoformat(day) for day in changes.pop("due_on"))
        yield TrailEntry(at, "engagement_due_changed", {"before": before, "after": after}, **known)
    fields = [field_label(name) for name in changes if name != "is_overdue" and name not in hidden]
    if fields:
        yield TrailEntry(at, "engagement_changed", {"fields": fields}, **known)


def _after(changes: Mapping[str, Any], name: str) -> date | None:
    value = changes.get(name, (None, None))[1]
    return None if value is None else date.fromisoformat(value)


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if own_lines not in trail_sources:
        trail_sources.append(own_lines)
