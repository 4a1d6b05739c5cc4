"""A bureau's own checklist from a day on. Checks keep the list they were made with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import day_before
from agencyqa.errors import Forbidden, Invalid
from agencyqa.inspections.checklist_format import Item
from agencyqa.inspections.models import Checklist
from agencyqa.inspections.policies import can_inspect
from agencyqa.inspections.queries.faults import offered_codes
from agencyqa.measures.enums import Tag
from agencyqa.measures.queries import provisions_in_force


@dataclass(frozen=True)
class ItemData:
    """``row`` is the row of the form, to say where something is wrong."""

    row: int
    text: str
    provision: str | None
    fault: str | None


@dataclass(frozen=True)
class ChecklistData:
    title: str
    valid_from: date
    source: str
    items: Sequence[ItemData]
    form_token: str | None = None


def enter_checklist(actor: Actor, session: Session, data: ChecklistData, *, now: datetime) -> Checklist:
    """The list before it ends the day before. Raise Forbidden or Invalid (fields ``text_<row>`` and so on)."""
    if not can_inspect(actor) or actor.bureau_id is None:
        raise Forbidden()
    session.execute(select(Body.id).where(Body.id == actor.bureau_id).with_for_update(key_share=True))
    last = session.scalars(
        select(Checklist)
        .where(Checklist.bureau_id == actor.bureau_id)
        .order_by(Checklist.valid_from.desc(), Checklist.id.desc())
        .limit(1)
    ).first()
    _check(session, data, last)
    if last is not None and last.valid_to is None:
        last.valid_to = day_before(data.valid_from)
    items = [
        Item(f"item-{number}", each.text, "", each.provision or "", each.fault)
        for number, each in enumerate(data.items, 1)
    ]
    row = Checklist(
        bureau_id=actor.bureau_id,
        title=data.title,
        valid_from=data.valid_from,
        items=[item.stored() for item in items],
        source=data.source,
        # The bureau answers for what it enters, so nobody has to check it again.
        tag=Tag.CONFIRMED,
        entered_at=now,
        entered_by_id=actor.user_id,
        form_token=data.form_token,
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        "inspections.checklist.entered",
        row,
        now=now,
        bureau_id=actor.bureau_id,
        title=data.title,
        valid_from=data.valid_from,
        items=[item.stored() for item in items],
        source=data.source,
    )
    return row


def _check(session: Session, data: ChecklistData, last: Checklist | None) -> None:
    problems: dict[str, str | tuple[str, dict[str, object]]] = {}
    if last is not None and data.valid_from <= last.valid_from:
        problems["valid_from"] = ("checklist_before_last", {"day": last.valid_from})
    if not data.items:
        problems["text_0"] = "checklist_empty"
    keys = {item.provision for item in data.items if item.provision}
    in_force = provisions_in_force(session, keys, data.valid_from)
    codes = offered_codes(session)
    for item in data.items:
        if not item.text:
            problems[f"text_{item.row}"] = "required"
        if item.provision is None:
            problems[f"provision_{item.row}"] = "required_choice"
        elif item.provision not in in_force:
            problems[f"provision_{item.row}"] = "cited_provision_not_in_force"
        if item.fault is not None and item.fault not in codes:
            problems[f"fault_{item.row}"] = "not_a_choice"
    if problems:
        raise Invalid("invalid", **problems)
