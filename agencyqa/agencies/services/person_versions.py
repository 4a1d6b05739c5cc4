"""The dated versions of what is known of a person, written beside every change of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.agencies.models import PersonVersion
from agencyqa.agencies.person_facts import NAMES, Timeline, in_force, last_told, overlaid, timeline
from agencyqa.agencies.queries.person_facts import fact_versions
from agencyqa.auth.actor import Actor


def facts_told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those among them of which versions are kept."""
    return {name: value for name, value in values.items() if name in NAMES}


def versions_to_add(
    session: Session, person_id: int, told: Mapping[str, Any], since: date | None
) -> Timeline:
    """As ``person_facts.overlaid``; empty where all of it is known already."""
    return overlaid(_known(session, person_id), told, since)


def last_step(session: Session, person_id: int) -> dict[str, Any]:
    """As ``person_facts.last_told``."""
    return last_told(_known(session, person_id))


def _known(session: Session, person_id: int) -> Timeline:
    return timeline(fact_versions(session, [person_id])[person_id])


def keep_versions(
    actor: Actor,
    session: Session,
    person_id: int,
    agency_id: int,
    told: Mapping[str, Any],
    since: date | None,
    *,
    now: datetime,
    is_appointed: bool = False,
) -> None:
    """``is_appointed``: the agency is told from ``since`` on whatever holds then, so that it still knows it when the
    person has left. Two who write at once meet at the person's row, which the caller has changed before."""
    known = _known(session, person_id)
    added = overlaid(known, told, since)
    if is_appointed and known and since is not None and min(known) <= since:
        added = {since: in_force(known, since)} | added
    rows = [
        {
            "person_id": person_id,
            "agency_id": agency_id,
            "valid_from": day,
            "recorded_at": now,
            "recorded_by_id": actor.user_id,
            **asdict(facts),
        }
        for day, facts in sorted(added.items())
    ]
    if rows:
        session.execute(sa.insert(PersonVersion), rows)
