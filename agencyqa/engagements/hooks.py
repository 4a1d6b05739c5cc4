"""What higher areas know about an engagement, or want to be told of, without being imported from here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.engagements.models import Engagement

# Ids of the engagements that the actor scores as an expert who was invited: he reads what was handed in there.
scored: list[Callable[[Actor], Select[int | None]]] = []

# Told in the transaction of the change that lateness, files, records or findings of an engagement are not what they
# were; score sheets that are still open take them in.
EvidenceListener = Callable[[Session, int, datetime], None]
evidence_listeners: list[EvidenceListener] = []


# Told in the transaction in which an engagement was terminated.
EndListener = Callable[[Actor, Session, Engagement, datetime], None]
end_listeners: list[EndListener] = []

# Told who has left the team of an engagement, in the transaction of the change.
LeaveListener = Callable[[Actor, Session, Engagement, frozenset[int], datetime], None]
leave_listeners: list[LeaveListener] = []


def tell_evidence_changed(session: Session, engagement_id: int, *, now: datetime) -> None:
    session.flush()
    for listener in evidence_listeners:
        listener(session, engagement_id, now)


@dataclass(frozen=True)
class TrailEntry:
    """One line of the story of an engagement. The sentence is ``trail.<code>`` of the message tables.

    ``actor_name`` is the person, ``body_id`` the body for which he acted. A bureau reads both; others read the names
    of their own people, and of anybody else only the body.
    """

    at: datetime
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    actor_name: str = ""
    body_id: int | None = None
    tone: str = "neutral"
    endpoint: str = ""
    endpoint_values: Mapping[str, int] = field(default_factory=dict)


def line_of(
    page: str,
    engagement: Engagement,
    at: datetime,
    code: str,
    who: str | None,
    body_id: int | None,
    *,
    tone: str = "neutral",
    **params: Any,
) -> TrailEntry:
    """A line that leads to ``page``, the endpoint of one of the engagement's own pages; ``who`` is the person."""
    return TrailEntry(
        at,
        code,
        params,
        actor_name=who or "",
        body_id=body_id,
        tone=tone,
        endpoint=page,
        endpoint_values={"engagement_id": engagement.id},
    )


# Each gives the lines that this actor may see of an engagement that the actor may see, in any order.
TrailSource = Callable[[Session, Actor, Engagement], Iterable[TrailEntry]]
trail_sources: list[TrailSource] = []
