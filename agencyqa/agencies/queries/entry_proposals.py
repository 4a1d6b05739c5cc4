"""Proposals of an agency, about its profile and about everything else, as both sides read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import plain
from agencyqa.agencies.contents import may_hold
from agencyqa.agencies.enums import Matter, ProposalState
from agencyqa.agencies.models import (
    Appointment,
    Branch,
    Credential,
    Person,
    PersonRecord,
    ProfileProposal,
    Qualification,
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
    """The newest of the agency that the actor may see; those that wait come first and are never pushed out."""
    if not any(may_hold(session, agency_id, table) for table in (ProfileProposal, RecordProposal)):
        return []
    both = sa.union_all(
        _rows(visible_proposals(actor), ProfileProposal, sa.literal(""), agency_id),
        _rows(visible_record_proposals(actor), RecordProposal, RecordProposal.matter, agency_id),
    ).subquery()
    columns = both.c
    found = session.execute(
        select(both)
        .order_by(
            (columns.state == ProposalState.PROPOSED).desc(),
            columns.proposed_at.desc(),
            columns.matter,
            columns.id.desc(),
        )
        .limit(MOST)
    )
    return [
        ProposalRow(
            row.id, Matter(row.matter) if row.matter else None, row.proposed_at, row.reason, row.state
        )
        for row in found
    ]


def _rows(visible: Any, table: Any, matter: Any, agency_id: int) -> Any:
    matter = sa.cast(matter, sa.String(40)).label("matter")
    return visible.where(table.agency_id == agency_id).with_only_columns(
        table.id, matter, table.proposed_at, table.reason, table.state
    )


def subject_of(session: Session, matter: Matter, target: Any) -> str:
    """What the change is about, in the words of the record."""
    if isinstance(target, Appointment):
        return str(session.scalars(select(Person.name).where(Person.id == target.person_id)).one())
    if isinstance(target, Branch):
        return str(target.name)
    if isinstance(target, Qualification | Credential):
        return " · ".join(part for part in (_person_of(session, target), target.name, target.number) if part)
    if isinstance(target, PersonRecord):
        return f"{_person_of(session, target)} · {shown_day(target.decided_on)} · {target.authority}"
    if isinstance(target, Tie):
        body = session.scalar(select(Body.name).where(Body.id == target.body_id))
        whose = session.scalar(select(Person.name).where(Person.id == target.person_id))
        sides = " ".join(part for part in (body, target.other_name) if part)
        return f"{whose or gettext('机构本身')} · {sides} · {label_of(target.kind)}"
    return ""


def _person_of(session: Session, entry: Qualification | Credential | PersonRecord) -> str:
    if isinstance(entry, Qualification):
        return ""
    return str(session.scalars(select(Person.name).where(Person.id == entry.person_id)).one())


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
