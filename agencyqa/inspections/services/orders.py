"""Ordering an agency to put findings right, and judging what it did about them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.inspections import order_policies, order_workflow
from agencyqa.inspections.enums import CheckState, FindingState, OrderAction, OrderState
from agencyqa.inspections.models import (
    Finding,
    OrderReview,
    RectificationAnswer,
    RectificationOrder,
    SpotCheck,
)
from agencyqa.inspections.numbering import next_number, plain_number
from agencyqa.inspections.services.access import expect_impartial
from agencyqa.inspections.services.order_notices import tell_agency
from agencyqa.measures.queries import provision_in_force
from agencyqa.measures.workdays import working_calendar

# Practice gives about a month; no text fixes it, so it is only what the form proposes.
USUAL_WORKING_DAYS = 22
LONGEST_TERM = 250
# The rules an order can rest on; the first is proposed.
BASES = ("M2/violations", "CJ4/handling")


@dataclass(frozen=True)
class OrderData:
    finding_ids: Collection[int]
    demand: str
    working_days: int
    provision_key: str


@dataclass(frozen=True)
class RecheckData:
    """``due_on`` is the new term where the re-check failed."""

    is_passed: bool
    note: str
    reviewed_on: date
    due_on: date | None = None


def issue_order(
    actor: Actor, session: Session, check: SpotCheck, data: OrderData, *, now: datetime
) -> RectificationOrder:
    """Raise Invalid where a chosen finding is not final, of another spot check, or under an order already."""
    if not order_policies.can_issue(actor, check):
        raise Forbidden("only_own_bureau_orders")
    expect_impartial(actor, session, check, now=now)
    if check.state is not CheckState.RECORDED:
        raise WrongState("wrong_state")
    if not data.demand.strip():
        raise Invalid(demand="required")
    if not 1 <= data.working_days <= LONGEST_TERM:
        raise Invalid(working_days="not_a_number")
    day = local_date(now)
    provision = provision_in_force(session, data.provision_key, day) if data.provision_key in BASES else None
    if provision is None:
        raise Invalid(provision_key="order_provision_not_in_force")
    # The number's lock is taken first: it also makes a second click wait and then find its findings taken.
    number = next_number(session, RectificationOrder, check.bureau_id, day.year)
    findings = _findings_to_order(session, check, data.finding_ids)
    due = working_calendar(session).add(day, data.working_days)
    order = RectificationOrder(
        bureau_id=check.bureau_id,
        year=day.year,
        number=number,
        spot_check_id=check.id,
        agency_id=check.agency_id,
        demand=data.demand.strip(),
        issued_on=day,
        working_days=data.working_days,
        due_on=due.on,
        is_due_provisional=due.is_provisional,
        provision_id=provision.id,
        provision_key=provision.key,
        state=OrderState.ISSUED,
        issued_by_id=actor.user_id,
        created_at=now,
    )
    session.add(order)
    session.flush()
    for finding in findings:
        finding.order_id = order.id
    session.flush()
    record(
        session,
        actor,
        "inspections.order.issued",
        order,
        now=now,
        bureau_id=order.bureau_id,
        order=plain_number(order.year, order.number),
        findings=[plain_number(finding.year, finding.number) for finding in findings],
        working_days=order.working_days,
        due_on=order.due_on,
        provision_key=order.provision_key,
    )
    bureau = session.scalars(select(Body.name).where(Body.id == order.bureau_id)).one()
    tell_agency(session, order, "order_issued", now=now, bureau=bureau, due_on=order.due_on)
    return order


def verify_answer(
    actor: Actor,
    session: Session,
    order: RectificationOrder,
    *,
    note: str,
    recheck_on: date | None,
    seen_version: int | None,
    now: datetime,
) -> OrderReview:
    """Accept the answer at hand; ``recheck_on`` plans a look on the spot."""
    state = _begin(actor, session, order, OrderAction.VERIFY, seen_version, now)
    if recheck_on is not None and recheck_on < local_date(now):
        raise Invalid(recheck_on="recheck_date_past")
    review = _review(actor, session, order, is_accepted=True, note=note, now=now)
    order.recheck_on = recheck_on
    _move(actor, session, order, "verified", state, now=now, note=note, recheck_on=recheck_on)
    tell_agency(session, order, "order_verified", now=now)
    return review


def reject_answer(
    actor: Actor,
    session: Session,
    order: RectificationOrder,
    *,
    note: str,
    due_on: date,
    seen_version: int | None,
    now: datetime,
) -> OrderReview:
    """The agency answers again until the new term; what it handed in stays as it is."""
    state = _begin(actor, session, order, OrderAction.REJECT, seen_version, now, {OrderState.ANSWERED})
    _check_rejection(note, due_on, now)
    review = _review(actor, session, order, is_accepted=False, note=note, due_on=due_on, now=now)
    _set_term(session, order, due_on)
    _move(actor, session, order, "rejected", state, now=now, note=note, due_on=due_on)
    tell_agency(session, order, "order_rejected", now=now, due_on=due_on)
    return review


def record_recheck(
    actor: Actor,
    session: Session,
    order: RectificationOrder,
    data: RecheckData,
    *,
    seen_version: int | None,
    now: datetime,
) -> OrderReview:
    """What was seen on the spot after an answer was accepted: the order is closed, or the agency's turn again."""
    action = OrderAction.CLOSE if data.is_passed else OrderAction.REJECT
    state = _begin(actor, session, order, action, seen_version, now, {OrderState.VERIFIED})
    last = _last_review(session, order)
    if data.reviewed_on > local_date(now):
        raise Invalid(reviewed_on="reviewed_in_future")
    if data.reviewed_on < last.reviewed_on:
        raise Invalid(reviewed_on="reviewed_before_verified")
    due_on = None if data.is_passed else data.due_on
    if not data.is_passed:
        if due_on is None:
            raise Invalid(due_on="new_due_missing")
        _check_rejection(data.note, due_on, now)
    review = _review(
        actor,
        session,
        order,
        is_accepted=data.is_passed,
        note=data.note,
        due_on=due_on,
        reviewed_on=data.reviewed_on,
        now=now,
    )
    if due_on is not None:
        _set_term(session, order, due_on)
    else:
        _close(actor, order, now)
    _move(
        actor,
        session,
        order,
        "rechecked",
        state,
        now=now,
        note=data.note,
        is_accepted=data.is_passed,
        reviewed_on=data.reviewed_on,
        due_on=due_on,
    )
    if due_on is None:
        tell_agency(session, order, "order_closed", now=now)
    else:
        tell_agency(session, order, "order_rejected", now=now, due_on=due_on)
    return review


def close_order(
    actor: Actor,
    session: Session,
    order: RectificationOrder,
    *,
    reason: str,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Close an accepted rectification without a look on the spot, or an order none of whose findings stands."""
    is_lifted = order.state is not OrderState.VERIFIED
    state = _begin(
        actor, session, order, OrderAction.LIFT if is_lifted else OrderAction.CLOSE, seen_version, now
    )
    if not reason.strip():
        raise Invalid(reason="required")
    if is_lifted and standing_findings(session, order):
        raise WrongState("order_still_has_findings")
    order.close_reason = reason.strip()
    _close(actor, order, now)
    _move(actor, session, order, "closed", state, now=now, reason=order.close_reason)
    tell_agency(session, order, "order_closed", now=now)


def expect_judge(actor: Actor, session: Session, order: RectificationOrder, *, now: datetime) -> None:
    """Whoever issued the order may judge the answer too; a person with a conflict of interest may not.

    Raise Forbidden, or Refused for a conflict that the system knows.
    """
    if not order_policies.can_verify(actor, order):
        raise Forbidden("only_own_bureau_verifies")
    expect_impartial(actor, session, session.get_one(SpotCheck, order.spot_check_id), now=now)


def standing_findings(session: Session, order: RectificationOrder) -> int:
    """How many findings under the order were not withdrawn."""
    statement = select(sa.func.count(Finding.id)).where(
        Finding.order_id == order.id, Finding.state != FindingState.WITHDRAWN
    )
    return session.scalar(statement) or 0


def _findings_to_order(session: Session, check: SpotCheck, finding_ids: Collection[int]) -> list[Finding]:
    if not finding_ids:
        raise Invalid(finding_ids="order_needs_findings")
    statement = (
        select(Finding)
        .where(
            Finding.id.in_(finding_ids),
            Finding.spot_check_id == check.id,
            Finding.state == FindingState.FINAL,
            Finding.order_id.is_(None),
        )
        .order_by(Finding.number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    findings = list(session.scalars(statement))
    if len(findings) != len(set(finding_ids)):
        raise Invalid(finding_ids="finding_not_open_for_order")
    return findings


def _begin(
    actor: Actor,
    session: Session,
    order: RectificationOrder,
    action: OrderAction,
    seen_version: int | None,
    now: datetime,
    states: Collection[OrderState] = frozenset(OrderState),
) -> OrderState:
    """The state the order will be in. The row is held, so that of two verdicts at once one is too late."""
    expect_judge(actor, session, order, now=now)
    session.refresh(order, with_for_update=True)
    state = order_workflow.next_state(order.state, action)
    if order.state not in states:
        raise WrongState("order_not_answered" if order.state is OrderState.ISSUED else "wrong_state")
    check_version(order, seen_version)
    return state


def _check_rejection(note: str, due_on: date, now: datetime) -> None:
    if not note.strip():
        raise Invalid(note="required")
    if due_on <= local_date(now):
        raise Invalid(due_on="new_due_not_later")


def _set_term(session: Session, order: RectificationOrder, due_on: date) -> None:
    """A day that was named is certain, whatever the calendar knows of its year."""
    order.due_on, order.is_due_provisional, order.is_overdue = due_on, False, False
    order.recheck_on = None


def _close(actor: Actor, order: RectificationOrder, now: datetime) -> None:
    order.closed_at, order.closed_by_id, order.is_overdue = now, actor.user_id, False


def _last_answer_id(session: Session, order: RectificationOrder) -> int:
    return session.scalars(
        select(RectificationAnswer.id)
        .where(RectificationAnswer.order_id == order.id, RectificationAnswer.submitted_at.is_not(None))
        .order_by(RectificationAnswer.number.desc())
        .limit(1)
    ).one()


def _last_review(session: Session, order: RectificationOrder) -> OrderReview:
    return session.scalars(
        select(OrderReview)
        .where(OrderReview.order_id == order.id)
        .order_by(OrderReview.number.desc())
        .limit(1)
    ).one()


def _review(
    actor: Actor,
    session: Session,
    order: RectificationOrder,
    *,
    is_accepted: bool,
    note: str,
    now: datetime,
    due_on: date | None = None,
    reviewed_on: date | None = None,
) -> OrderReview:
    """``reviewed_on`` is given for a look on the spot only."""
    last = session.scalar(select(sa.func.max(OrderReview.number)).where(OrderReview.order_id == order.id))
    review = OrderReview(
        order_id=order.id,
        number=(last or 0) + 1,
        answer_id=_last_answer_id(session, order),
        is_recheck=reviewed_on is not None,
        is_accepted=is_accepted,
        note=note.strip(),
        due_on=due_on,
        reviewed_on=reviewed_on or local_date(now),
        reviewed_at=now,
        reviewed_by_id=actor.user_id,
    )
    session.add(review)
    return review


def _move(
    actor: Actor,
    session: Session,
    order: RectificationOrder,
    event: str,
    state: OrderState,
    *,
    now: datetime,
    **facts: object,
) -> None:
    before, order.state = order.state, state
    session.flush()
    record(
        session,
        actor,
        f"inspections.order.{event}",
        order,
        now=now,
        bureau_id=order.bureau_id,
        changes={"state": (before, state)},
        order=plain_number(order.year, order.number),
        **facts,
    )
