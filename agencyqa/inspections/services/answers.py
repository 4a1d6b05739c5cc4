"""What an agency writes and hands in about a rectification order."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.files.models import StoredFile
from agencyqa.inspections import order_policies, order_workflow
from agencyqa.inspections.enums import OrderAction, OrderState
from agencyqa.inspections.models import EvidenceFile, RectificationAnswer, RectificationOrder
from agencyqa.inspections.numbering import plain_number
from agencyqa.inspections.services.order_notices import tell_bureau
from agencyqa.measures.workdays import working_calendar


def draft_of(session: Session, order: RectificationOrder) -> RectificationAnswer | None:
    """The answer the agency is writing. Only for those who may answer."""
    return session.scalars(
        select(RectificationAnswer).where(
            RectificationAnswer.order_id == order.id, RectificationAnswer.submitted_at.is_(None)
        )
    ).one_or_none()


def check_can_answer(actor: Actor, order: RectificationOrder) -> OrderState:
    """Raise Forbidden or WrongState before anything of an answer is read; else the state after handing in."""
    if not order_policies.can_answer(actor, order):
        raise Forbidden("only_agency_answers")
    return order_workflow.next_state(order.state, OrderAction.ANSWER)


def save_answer(
    actor: Actor,
    session: Session,
    order: RectificationOrder,
    text: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> RectificationAnswer:
    """Keep the text of the draft; ``seen_version`` is the draft's, None where the page showed none."""
    _hold(actor, session, order)
    draft = draft_of(session, order)
    before = "" if draft is None else draft.text
    if draft is None:
        draft = _begin_draft(session, order, now)
    else:
        check_version(draft, seen_version)
    draft.text = text.strip()
    session.flush()
    if draft.text != before:
        record(
            session,
            actor,
            "inspections.answer.saved",
            draft,
            now=now,
            order=plain_number(order.year, order.number),
            answer=draft.number,
        )
    return draft


def submit_answer(
    actor: Actor, session: Session, order: RectificationOrder, *, seen_version: int | None, now: datetime
) -> RectificationAnswer:
    """Hand in the draft, which stays as it is from then on. A late one is taken and marked."""
    state = _hold(actor, session, order)
    draft = draft_of(session, order)
    if draft is None:
        raise WrongState("nothing_to_submit")
    check_version(draft, seen_version)
    if not draft.text:
        raise Invalid("answer_text_missing")
    late = working_calendar(session).late_days(order.due_on, local_date(now))
    draft.submitted_at, draft.submitted_by_id = now, actor.user_id
    draft.due_on = order.due_on
    draft.late_days = late.days
    draft.is_lateness_provisional = late.is_provisional or order.is_due_provisional
    before, order.state = order.state, state
    order.is_overdue = False
    session.flush()
    record(
        session,
        actor,
        "inspections.answer.submitted",
        draft,
        now=now,
        bureau_id=order.bureau_id,
        changes={"state": (before, state)},
        order=plain_number(order.year, order.number),
        answer=draft.number,
        due_on=draft.due_on,
        late_days=draft.late_days,
    )
    agency = session.scalars(select(Body.name).where(Body.id == order.agency_id)).one()
    if late.days:
        tell_bureau(session, order, "order_answered_late", now=now, agency=agency, days=late.days)
    else:
        tell_bureau(session, order, "order_answered", now=now, agency=agency)
    return draft


def add_evidence(
    actor: Actor,
    session: Session,
    order: RectificationOrder,
    stored: StoredFile,
    file_name: str,
    *,
    note: str,
    now: datetime,
) -> EvidenceFile:
    """Put a file beside the draft, which is begun with the first file where there is none yet."""
    _hold(actor, session, order)
    draft = draft_of(session, order) or _begin_draft(session, order, now)
    session.flush()
    evidence = EvidenceFile(
        answer_id=draft.id,
        file_id=stored.id,
        file_name=file_name,
        sha256=stored.sha256,
        size=stored.size,
        file_kind=stored.kind,
        note=note,
        added_at=now,
        added_by_id=actor.user_id,
    )
    session.add(evidence)
    session.flush()
    record(
        session,
        actor,
        "inspections.evidence.added",
        evidence,
        now=now,
        order=plain_number(order.year, order.number),
        answer=draft.number,
        file_name=file_name,
        sha256=stored.sha256,
        size=stored.size,
    )
    return evidence


def withdraw_evidence(
    actor: Actor, session: Session, order: RectificationOrder, evidence: EvidenceFile, *, now: datetime
) -> None:
    """Take a wrong file off the draft. The second click of a double click changes nothing."""
    if not order_policies.can_answer(actor, order):
        raise Forbidden("only_agency_answers")
    answer = session.get(RectificationAnswer, evidence.answer_id) if evidence.answer_id else None
    session.refresh(order, with_for_update=True)
    if answer is not None:
        session.refresh(answer)
    if answer is None or answer.order_id != order.id:
        raise NotVisible()
    if answer.submitted_at is not None:
        raise WrongState("evidence_not_in_draft")
    if evidence.withdrawn_at is not None:
        return
    evidence.withdrawn_at = now
    session.flush()
    record(
        session,
        actor,
        "inspections.evidence.withdrawn",
        evidence,
        now=now,
        order=plain_number(order.year, order.number),
        answer=answer.number,
        file_name=evidence.file_name,
        sha256=evidence.sha256,
    )


def _hold(actor: Actor, session: Session, order: RectificationOrder) -> OrderState:
    """As ``check_can_answer``, on the newest state, which then stays until the end of the transaction.

    So a file that was long under way never reaches an answer handed in meanwhile, and two windows begin one draft.
    """
    if not order_policies.can_answer(actor, order):
        raise Forbidden("only_agency_answers")
    session.refresh(order, with_for_update=True)
    return check_can_answer(actor, order)


def _begin_draft(session: Session, order: RectificationOrder, now: datetime) -> RectificationAnswer:
    last = session.scalar(
        select(sa.func.max(RectificationAnswer.number)).where(RectificationAnswer.order_id == order.id)
    )
    draft = RectificationAnswer(order_id=order.id, number=(last or 0) + 1, text="", created_at=now)
    session.add(draft)
    return draft
