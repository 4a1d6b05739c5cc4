"""What an engagement owes: made with it, moved with its contract, ended with it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.clock import local_date
from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState, DueCause
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion, RequirementTable
from agencyqa.engagements.deliverables.policies import can_expect
from agencyqa.engagements.deliverables.requirements import (
    CONCLUSIONS,
    Requirement,
    expected_of,
    requirements_of,
    table_in_force,
)
from agencyqa.engagements.deliverables.services.access import hold_engagement
from agencyqa.engagements.deliverables.services.terms import (
    figures,
    is_by_hand,
    set_terms,
    settle_lateness,
    trace_move,
)
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.measures.workdays import WorkingCalendar, working_calendar

# What in an engagement decides what is owed and by when.
DECISIVE = frozenset({"contract_signed_on", "due_on", "work_kind", "is_clerical_only"})


def expect(actor: Actor, session: Session, engagement: Engagement, *, now: datetime) -> None:
    """Fill the list of an engagement from before there were lists. Raise NotVisible, Forbidden, WrongState."""
    engagement = hold_engagement(actor, session, engagement)
    if not can_expect(actor, engagement):
        raise Forbidden()
    if engagement.state is EngagementState.TERMINATED:
        raise WrongState("deliverable_engagement_terminated")
    ensure_expected(actor, session, engagement, now=now, with_past_dates=False)


def ensure_expected(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    *,
    now: datetime,
    calendar: WorkingCalendar | None = None,
    with_past_dates: bool = True,
) -> list[Deliverable]:
    """Make the list where there is none; the rows made. The caller holds the engagement.

    An engagement completed before there was a list owes nothing afterwards. Without ``with_past_dates`` a date that
    has passed already is left out: nobody could have handed in here by it.
    """
    if engagement.state is EngagementState.TERMINATED or _has_list(session, engagement.id):
        return []
    day = local_date(now)
    table = table_in_force(session, engagement.bureau_id, engagement.work_kind, engagement.contract_signed_on)
    calendar = calendar or working_calendar(session)
    made = []
    for item in expected_of(table, engagement):
        wanted = item if engagement.state is EngagementState.CONTRACTED else Requirement(item.kind, False)
        slot = _slot(engagement, item.kind, now)
        slot.requirement_table_id = None if table is None else table.id
        set_terms(session, slot, wanted, engagement, calendar)
        if not with_past_dates and slot.due_on is not None and slot.due_on < day:
            set_terms(session, slot, Requirement(item.kind, wanted.is_required), engagement, calendar)
        made.append(slot)
    session.add_all(made)
    session.flush()
    record(
        session,
        actor,
        "deliverables.list.made",
        engagement,
        now=now,
        bureau_id=engagement.bureau_id,
        requirement_table_id=None if table is None else table.id,
        required=[slot.kind for slot in made if slot.is_required],
        due_dates={slot.kind.value: slot.due_on for slot in made if slot.due_on is not None},
    )
    return made


def _slot(engagement: Engagement, kind: DeliverableKind, now: datetime) -> Deliverable:
    return Deliverable(
        bureau_id=engagement.bureau_id,
        agency_id=engagement.agency_id,
        engagement_id=engagement.id,
        kind=kind,
        number=1,
        title="",
        is_required=False,
        is_due_provisional=False,
        due_reason="",
        state=DeliverableState.EXPECTED,
        is_overdue=False,
        is_lateness_provisional=False,
        created_at=now,
    )


def _has_list(session: Session, engagement_id: int) -> bool:
    listed = select(Deliverable.id).where(
        Deliverable.engagement_id == engagement_id, Deliverable.kind != DeliverableKind.OTHER
    )
    return session.scalar(listed.limit(1)) is not None


def fill_open(session: Session, now: datetime) -> int:
    """Lists for all open engagements that have none; their number. A second call changes nothing."""
    without = (
        select(Engagement)
        .where(
            Engagement.state == EngagementState.CONTRACTED,
            ~exists().where(
                Deliverable.engagement_id == Engagement.id, Deliverable.kind != DeliverableKind.OTHER
            ),
        )
        .order_by(Engagement.id)
    )
    engagements = session.scalars(without).all()
    if not engagements:
        return 0
    calendar = working_calendar(session)
    actor = system_actor("deliverables")
    for engagement in engagements:
        ensure_expected(actor, session, engagement, now=now, calendar=calendar, with_past_dates=False)
    return len(engagements)


# ---------------------------------------------------------------------------- the engagement moves


def follow_contract(
    actor: Actor, session: Session, engagement: Engagement, changed: Collection[str], *, now: datetime
) -> bool:
    """After a change of the engagement: dates that follow the contract move, those set by hand stay.

    Raise Invalid where files were handed over already and the agency is to be another one. Whether any date moved.
    """
    slots = _slots(session, engagement.id)
    if "agency_id" in changed:
        _change_agency(session, engagement, slots)
    if not DECISIVE & set(changed) or not slots:
        return False
    calendar = working_calendar(session)
    items = _items_after(session, engagement, slots, changed)
    moved = False
    for slot in slots:
        item = items.get(slot.kind)
        if item is None or slot.kind is DeliverableKind.OTHER:
            continue
        before = figures(slot)
        if is_by_hand(slot):
            slot.is_required = item.is_required
        else:
            set_terms(session, slot, item, engagement, calendar)
            settle_lateness(slot, calendar, now)
        moved |= trace_move(actor, session, engagement, slot, before, DueCause.CONTRACT, now=now)
    return moved


def _items_after(
    session: Session, engagement: Engagement, slots: list[Deliverable], changed: Collection[str]
) -> dict[DeliverableKind, Requirement]:
    """The terms that were agreed stay; only while nothing was handed in may another table come to hold."""
    agreed = {
        slot.kind: Requirement(slot.kind, slot.is_required, slot.basis, slot.working_days) for slot in slots
    }
    untouched = all(slot.first_submitted_at is None for slot in slots)
    if untouched and {"work_kind", "contract_signed_on"} & set(changed):
        day = engagement.contract_signed_on
        table = table_in_force(session, engagement.bureau_id, engagement.work_kind, day)
        old = {slot.requirement_table_id for slot in slots if slot.requirement_table_id is not None}
        if table is not None and old != {table.id}:
            for slot in slots:
                slot.requirement_table_id = table.id
            return {item.kind: item for item in expected_of(table, engagement)}
    if "is_clerical_only" in changed:
        agreed.update(_conclusions(session, engagement, slots))
    return agreed


def _conclusions(
    session: Session, engagement: Engagement, slots: list[Deliverable]
) -> dict[DeliverableKind, Requirement]:
    """Draft and report are owed, or no longer, by the table under which the list was made."""
    table_id = next((slot.requirement_table_id for slot in slots if slot.requirement_table_id), None)
    table = None if table_id is None else session.get(RequirementTable, table_id)
    items = [] if table is None else requirements_of(table)
    if engagement.is_clerical_only:
        return {kind: Requirement(kind, False) for kind in CONCLUSIONS}
    return {item.kind: item for item in items if item.kind in CONCLUSIONS}


def _change_agency(session: Session, engagement: Engagement, slots: list[Deliverable]) -> None:
    """Files handed over by one agency never come into the sight of another."""
    uploaded = (
        select(DeliverableVersion.id)
        .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
        .where(Deliverable.engagement_id == engagement.id)
        .limit(1)
    )
    if session.scalar(uploaded) is not None:
        raise Invalid("invalid", agency_id="deliverable_agency_fixed")
    for slot in slots:
        slot.agency_id = engagement.agency_id


def close_list(session: Session, engagement: Engagement) -> None:
    """A terminated contract owes nothing any more; what was handed in late was late."""
    for slot in _slots(session, engagement.id):
        if slot.first_submitted_at is None:
            slot.is_overdue = False


def _slots(session: Session, engagement_id: int) -> list[Deliverable]:
    statement = (
        select(Deliverable)
        .where(Deliverable.engagement_id == engagement_id)
        .order_by(Deliverable.kind, Deliverable.number, Deliverable.id)
    )
    return list(session.scalars(statement))
