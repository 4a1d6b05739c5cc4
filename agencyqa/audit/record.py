"""How a service writes an audit entry: one call beside the change, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any

from flask import current_app, g, has_app_context
from sqlalchemy.orm import Session

from agencyqa.audit import events
from agencyqa.audit.chain import append
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor


def record(
    session: Session,
    actor: Actor,
    event: str,
    target: Any,
    *,
    now: datetime,
    bureau_id: int | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    **facts: Any,
) -> None:
    """``event`` is ``area.object.verb``; ``target`` a stored object; ``changes`` maps a field to (before, after).

    ``bureau_id`` decides which bureau's officers may read the entry; None leaves it to the administrator.
    """
    if target.id is None:
        session.flush()
    detail: dict[str, Any] = {name: plain(value) for name, value in facts.items()}
    if changes is not None:
        detail["changes"] = {
            name: [plain(before), plain(after)]
            for name, (before, after) in changes.items()
            if before != after
        }
    append(session, _entry(actor, event, target.__tablename__, target.id, detail, now, bureau_id))


def record_refusal(
    session: Session,
    actor: Actor | None,
    event: str,
    *,
    now: datetime,
    target_type: str = "request",
    target_id: int | None = None,
    **facts: Any,
) -> None:
    """A refused attempt. The caller has rolled back what failed and commits this on its own."""
    who = actor or Actor(None, "", None, None, None, None)
    detail = {name: plain(value) for name, value in facts.items()}
    entry = _entry(who, event, target_type, target_id, detail, now, who.bureau_id)
    entry.refused = True
    append(session, entry)


def _entry(
    actor: Actor,
    event: str,
    target_type: str,
    target_id: int | None,
    detail: dict[str, Any],
    now: datetime,
    bureau_id: int | None,
) -> AuditEntry:
    if has_app_context() and current_app.testing:
        events.require(event)
    return AuditEntry(
        at=now,
        event=event,
        refused=False,
        actor_user_id=actor.user_id,
        actor_membership_id=actor.membership_id,
        actor_body_id=actor.body_id,
        actor_name=actor.user_name,
        bureau_id=bureau_id,
        target_type=target_type,
        target_id=target_id,
        detail=detail,
        request_id=g.get("request_id", "") if has_app_context() else "",
    )


def plain(value: Any) -> Any:
    """JSON that reads the same for ever: dates as ISO text, fractions as 'n/d', everything else as it is."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"an audit entry cannot hold {type(value).__name__}")
