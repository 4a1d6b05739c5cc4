"""Proposals of an agency, about its profile and about everything else, as both sides read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import plain
from agencyqa.agencies.enums import Matter, ProposalState
from agencyqa.agencies.models import (
    Appointment,
    Branch,
    Person,
    ProfileProposal,
    RecordProposal,
    Tie,
)
from agencyqa.agencies.policies import visible_proposals, visible_record_proposals
from agencyqa.auth.actor import Actor
from agencyqa.web.formats import day as shown_day
from agencyqa.web.formats import points
from agencyqa.web.labels import label_of

MOST = 20


@dataclass(frozen=True)
class ProposalRow:
    """``matter`` is None for one about the profile."""

    id: int
    matter: Matter | None
    proposed_at: datetime
    reason: str
    state: ProposalState


def proposals_of(session: Session, actor: Actor, agency_id: int) -> list[ProposalRow]:
    """The newest of the agency that the actor may see; those that wait come first."""
    found = [
        ProposalRow(item.id, None, item.proposed_at, item.reason, item.state)
        for item in session.scalars(
            visible_proposals(actor)
            .where(ProfileProposal.agency_id == agency_id)
            .order_by(ProfileProposal.id.desc())
            .limit(MOST)
        )
    ]
    entries = visible_record_proposals(actor).where(RecordProposal.agency_id == agency_id)
    # Waiting ones are never pushed out by what is settled.
    is_waiting = (RecordProposal.state == ProposalState.PROPOSED).desc()
    found += [
        ProposalRow(item.id, item.matter, item.proposed_at, item.reason, item.state)
        for item in session.scalars(entries.order_by(is_waiting, RecordProposal.id.desc()).limit(MOST))
    ]
    found.sort(key=lambda row: (row.proposed_at, row.id), reverse=True)
    found.sort(key=lambda row: row.state is not ProposalState.PROPOSED)
    return found


def subject_of(session: Session, matter: Matter, target: Appointment | Tie | Branch | None) -> str:
    """What the change is about, in the words of the record."""
    if isinstance(target, Appointment):
        return str(session.scalars(select(Person.name).where(Person.id == target.person_id)).one())
    if isinstance(target, Branch):
        return str(target.name)
    if isinstance(target, Tie):
        body = session.scalar(select(Body.name).where(Body.id == target.body_id))
        whose = session.scalar(select(Person.name).where(Person.id == target.person_id))
        sides = " ".join(part for part in (body, target.other_name) if part)
        return f"{whose or gettext('机构本身')} · {sides} · {label_of(target.kind)}"
    return ""


def value_text(session: Session, name: str, value: Any) -> str:
    """A field of what a matter takes, as it is read; "" for one that is empty."""
    if value is None or value == "":
        return ""
    if name == "body_id":
        return str(session.scalar(select(Body.name).where(Body.id == value)) or "")
    if name == "person_id":
        return str(session.scalar(select(Person.name).where(Person.id == value)) or "")
    if name == "share":
        return f"{points(value * 100)}%"
    if isinstance(value, bool):
        return str(gettext("是") if value else gettext("否"))
    if isinstance(value, StrEnum):
        return str(label_of(value))
    return str(shown_day(value)) if isinstance(value, date) else str(value)


def loaded(kind: type[Any], values: dict[str, Any]) -> Any:
    """What was proposed, or was seen then, as the dataclass it was made from."""
    return plain.load(kind, values)
