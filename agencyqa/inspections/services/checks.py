"""Planning a spot check: its number, its inspectors, what each declares, and calling it off."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Registration
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, WrongState
from agencyqa.inspections import workflow
from agencyqa.inspections.conflicts import Target, known_conflicts
from agencyqa.inspections.enums import Channel, CheckAction, CheckState, FindingState
from agencyqa.inspections.models import Finding, Inspector, SpotCheck
from agencyqa.inspections.numbering import next_number, plain_number
from agencyqa.inspections.policies import can_inspect
from agencyqa.inspections.queries.checklists import checklist_in_force
from agencyqa.inspections.queries.inspectors import (
    inspector_choices,
    inspector_of,
    officer_memberships,
)
from agencyqa.inspections.services.access import RECUSAL, expect_check
from agencyqa.notifications.services import tell

MINIMUM_INSPECTORS = 2


@dataclass(frozen=True)
class PlanData:
    """Either the number of a contract of the bureau, or an agency of its register, or both if they agree."""

    contract_number: str
    agency_id: int | None
    checked_on: date
    channel: Channel
    purpose: str
    inspector_ids: Collection[int]
    form_token: str | None = None


def plan_check(actor: Actor, session: Session, data: PlanData, *, now: datetime) -> SpotCheck:
    """Raise Forbidden, Invalid or Refused. The number belongs to the year in which the check was entered."""
    if not can_inspect(actor) or actor.bureau_id is None:
        raise Forbidden()
    engagement, agency_id = _target(session, actor.bureau_id, data)
    checklist = checklist_in_force(session, actor.bureau_id, data.checked_on)
    if checklist is None:
        raise Invalid(checked_on="no_checklist")
    chosen = sorted(set(data.inspector_ids))
    names = dict(inspector_choices(session, actor.bureau_id, local_date(now)))
    if not set(chosen) <= names.keys():
        raise Invalid(inspector_ids="not_a_choice")
    if len(chosen) < MINIMUM_INSPECTORS:
        raise Invalid(inspector_ids=("too_few_inspectors", {"minimum": MINIMUM_INSPECTORS}))
    target = Target(actor.bureau_id, agency_id, engagement.id if engagement else None)
    for user_id in chosen:
        _refuse_known(session, user_id, names[user_id], target, now=now)
    year = local_date(now).year
    check = SpotCheck(
        bureau_id=actor.bureau_id,
        year=year,
        number=next_number(session, SpotCheck, actor.bureau_id, year),
        agency_id=agency_id,
        engagement_id=target.engagement_id,
        checked_on=data.checked_on,
        channel=data.channel,
        purpose=data.purpose,
        checklist_id=checklist.id,
        answers={},
        state=CheckState.PLANNED,
        created_at=now,
        created_by_id=actor.user_id,
        form_token=data.form_token,
    )
    session.add(check)
    session.flush()
    record(
        session,
        actor,
        "inspections.check.planned",
        check,
        now=now,
        bureau_id=check.bureau_id,
        number=plain_number(check.year, check.number),
        agency_id=agency_id,
        engagement_id=check.engagement_id,
        checked_on=data.checked_on,
        channel=data.channel,
        inspectors=[names[user_id] for user_id in chosen],
    )
    for user_id in chosen:
        session.add(Inspector(spot_check_id=check.id, user_id=user_id))
    session.flush()
    _tell_inspectors(session, check, chosen, now=now)
    return check


@dataclass(frozen=True)
class ChangeData:
    checked_on: date
    channel: Channel
    purpose: str


def change_plan(
    actor: Actor,
    session: Session,
    check: SpotCheck,
    data: ChangeData,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """A new day may fall under another checklist; answers given already hold the check to its own."""
    expect_check(actor, session, check, seen_version=seen_version)
    workflow.next_check_state(check.state, CheckAction.EDIT)
    before = {name: getattr(check, name) for name in ("checked_on", "channel", "purpose")}
    if not check.answers:
        checklist = checklist_in_force(session, check.bureau_id, data.checked_on)
        if checklist is None:
            raise Invalid(checked_on="no_checklist")
        check.checklist_id = checklist.id
    check.checked_on = data.checked_on
    check.channel = data.channel
    check.purpose = data.purpose
    session.flush()
    changes = {name: (old, getattr(check, name)) for name, old in before.items()}
    record(
        session,
        actor,
        "inspections.check.changed",
        check,
        now=now,
        bureau_id=check.bureau_id,
        changes=changes,
    )


def add_inspector(
    actor: Actor,
    session: Session,
    check: SpotCheck,
    user_id: int,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """In place of one who was taken off, or one more."""
    expect_check(actor, session, check, seen_version=seen_version)
    workflow.next_check_state(check.state, CheckAction.ADD_INSPECTOR)
    names = dict(inspector_choices(session, check.bureau_id, local_date(now)))
    if user_id not in names:
        raise Invalid(user_id="not_a_choice")
    if inspector_of(session, check.id, user_id) is not None:
        raise Invalid(user_id="inspector_named_already")
    _refuse_known(session, user_id, names[user_id], Target.of(check), now=now)
    session.add(Inspector(spot_check_id=check.id, user_id=user_id))
    session.flush()
    record(
        session,
        actor,
        "inspections.inspector.added",
        check,
        now=now,
        bureau_id=check.bureau_id,
        inspector=names[user_id],
    )
    _tell_inspectors(session, check, [user_id], now=now)


def declare(
    actor: Actor,
    session: Session,
    check: SpotCheck,
    *,
    has_conflict: bool,
    note: str,
    now: datetime,
) -> None:
    """Each inspector for himself, once. A conflict takes him off; what the system knows stops a 'none'."""
    expect_check(actor, session, check, seen_version=check.version)
    workflow.next_check_state(check.state, CheckAction.DECLARE)
    own = inspector_of(session, check.id, actor.user_id)
    if own is None:
        raise Forbidden("not_an_inspector")
    if own.declared_at is not None:
        raise WrongState("declared_already")
    if has_conflict and not note:
        raise Invalid(note="conflict_note_needed")
    if not has_conflict:
        _refuse_known(session, own.user_id, actor.user_name, Target.of(check), now=now)
    own.declared_at = now
    own.has_conflict = has_conflict
    own.conflict_note = note
    session.flush()
    record(
        session,
        actor,
        "inspections.inspector.declared",
        check,
        now=now,
        bureau_id=check.bureau_id,
        inspector=actor.user_name,
        has_conflict=has_conflict,
        conflict_note=note,
    )
    if has_conflict:
        _tell_taken_off(actor, session, check, now=now)


def cancel_check(
    actor: Actor,
    session: Session,
    check: SpotCheck,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Only while planned, and without a finding that is still open."""
    expect_check(actor, session, check, seen_version=seen_version)
    state = workflow.next_check_state(check.state, CheckAction.CANCEL)
    open_findings = select(Finding.id).where(
        Finding.spot_check_id == check.id, Finding.state != FindingState.DROPPED
    )
    if session.scalar(open_findings.limit(1)) is not None:
        raise WrongState("check_has_findings")
    if not reason:
        raise Invalid(reason="required")
    before, check.state = check.state, state
    check.cancel_reason = reason
    check.cancelled_at = now
    check.cancelled_by_id = actor.user_id
    session.flush()
    record(
        session,
        actor,
        "inspections.check.cancelled",
        check,
        now=now,
        bureau_id=check.bureau_id,
        changes={"state": (before, state)},
        reason=reason,
    )


def _target(session: Session, bureau_id: int, data: PlanData) -> tuple[Engagement | None, int]:
    if data.contract_number:
        engagement = session.scalars(
            # Held, so that the agency is not another one by the time the check is there.
            select(Engagement)
            .where(Engagement.bureau_id == bureau_id, Engagement.contract_number == data.contract_number)
            .with_for_update(key_share=True),
            execution_options={"populate_existing": True},
        ).one_or_none()
        if engagement is None:
            raise Invalid(contract_number="contract_unknown")
        if data.agency_id is not None and data.agency_id != engagement.agency_id:
            raise Invalid(agency_id="contract_of_another_agency")
        return engagement, engagement.agency_id
    if data.agency_id is None:
        raise Invalid(agency_id="check_needs_target")
    registered = select(Registration.id).where(
        Registration.agency_id == data.agency_id, Registration.bureau_id == bureau_id
    )
    if session.scalar(registered) is None:
        raise NotVisible()
    return None, data.agency_id


def _refuse_known(session: Session, user_id: int, name: str, target: Target, *, now: datetime) -> None:
    found = known_conflicts(session, user_id, target, local_date(now))
    if found:
        raise Refused("inspector_known_conflict", provision=RECUSAL, name=name, reason=found[0].text)


def _tell_inspectors(session: Session, check: SpotCheck, user_ids: Collection[int], *, now: datetime) -> None:
    """Each has to declare before the record can be closed."""
    tell(
        session,
        officer_memberships(session, check.bureau_id, user_ids, local_date(now)),
        "inspector_named",
        now=now,
        endpoint="inspections.show",
        endpoint_values={"check_id": check.id},
        number=plain_number(check.year, check.number),
        agency=_agency_name(session, check),
        checked_on=check.checked_on,
    )


def _tell_taken_off(actor: Actor, session: Session, check: SpotCheck, *, now: datetime) -> None:
    tell(
        session,
        officer_memberships(session, check.bureau_id, [check.created_by_id], local_date(now)),
        "inspector_taken_off",
        now=now,
        endpoint="inspections.show",
        endpoint_values={"check_id": check.id},
        number=plain_number(check.year, check.number),
        inspector=actor.user_name,
    )


def _agency_name(session: Session, check: SpotCheck) -> str:
    return session.scalars(select(Body.name).where(Body.id == check.agency_id)).one()
