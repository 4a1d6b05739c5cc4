"""The dated versions of what is known of people."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import PersonVersion
from agencyqa.agencies.person_facts import (
    NAMES,
    FactVersion,
    PersonFacts,
    facts_of,
    in_force,
    known_until,
    timeline,
)

_FACTS = tuple(getattr(PersonVersion, name) for name in NAMES)


def fact_versions(session: Session, people: Collection[int]) -> dict[int, list[FactVersion]]:
    """By the id of the person, in the order of their entry."""
    found: dict[int, list[FactVersion]] = {person_id: [] for person_id in people}
    rows = session.execute(
        select(
            PersonVersion.person_id,
            PersonVersion.agency_id,
            PersonVersion.valid_from,
            PersonVersion.recorded_at,
            *_FACTS,
        )
        .where(PersonVersion.person_id.in_(people))
        .order_by(PersonVersion.id)
    )
    for row in rows:
        found[row.person_id].append(
            FactVersion(row.valid_from, facts_of(row), row.recorded_at, row.agency_id)
        )
    return found


def facts_when_left(session: Session, agency_id: int, rows: Iterable[Any]) -> dict[int, PersonFacts]:
    """By the id of the appointment, for rows of ``people_rows`` about who left: what the agency learnt of him until
    then, as it stood on his last day."""
    left = {row.id: (row.person_id, row.valid_to) for row in rows}
    versions = fact_versions(session, {person_id for person_id, _ in left.values()})
    return {
        appointment_id: in_force(timeline(known_until(versions[person_id], until, agency_id)), until)
        for appointment_id, (person_id, until) in left.items()
    }
