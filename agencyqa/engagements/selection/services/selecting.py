"""Finding an agency: who was asked, what they offered, who was chosen and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Registration
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.engagements.checks import examine
from agencyqa.engagements.data import EngagementData
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.refusals import CommissionRefused
from agencyqa.engagements.ruling import Check, kept
from agencyqa.engagements.selection.enums import SelectionAction, SelectionMethod, SelectionState
from agencyqa.engagements.selection.models import Selection, SelectionCandidate
from agencyqa.engagements.selection.policies import can_change, can_select, visible_selections
from agencyqa.engagements.selection.workflow import next_state
from agencyqa.errors import Forbidden, Invalid, NotVisible
from agencyqa.measures.enums import WorkKind
from agencyqa.objects.models import EvaluationObject

CONSTRAINTS = {"uq_selection_candidates_selection_id_agency_id": ("agency_id", "selection_candidate_twice")}


@dataclass(frozen=True)
class SelectionData:
    """``held_on``: the day of opening the offers, or of the meeting; standing and exclusions are those of this day."""

    object_id: int
    work_kind: WorkKind
    commissioner_id: int
    evaluated_unit_id: int
    method: SelectionMethod
    held_on: date
    method_reason: str = ""


@dataclass(frozen=True)
class CandidateData:
    """``offer`` in fen, ``score`` in ten-thousandths of a point; None where there is none."""

    agency_id: int
    offer: int | None = None
    score: int | None = None
    note: str = ""


def begin_selection(actor: Actor, session: Session, data: SelectionData, *, now: datetime) -> Selection:
    """Raise Forbidden, Invalid."""
    if not can_select(actor) or actor.bureau_id is None:
        raise Forbidden()
    _check(session, data, actor.bureau_id, now)
    values = {**asdict(data), "method_reason": data.method_reason.strip()}
    selection = Selection(
        bureau_id=actor.bureau_id,
        state=SelectionState.DRAFT,
        created_at=now,
        created_by_id=actor.user_id,
        **values,
    )
    session.add(selection)
    session.flush()
    _log(actor, session, selection, "begun", now, **values)
    return selection


def enter_candidate(
    actor: Actor,
    session: Session,
    selection: Selection,
    data: CandidateData,
    *,
    seen_version: int | None,
    now: datetime,
) -> SelectionCandidate:
    """Whoever took part is entered, also one that cannot be chosen: then the record says why.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid; an agency entered twice comes as IntegrityError.
    """
    _writable(actor, session, selection, seen_version)
    next_state(selection.state, SelectionAction.EDIT)
    registered = select(Registration.id).where(
        Registration.agency_id == data.agency_id, Registration.bureau_id == selection.bureau_id
    )
    problems: dict[str, str] = {}
    if session.scalar(registered) is None:
        problems["agency_id"] = "not_a_choice"
    for name in ("offer", "score"):
        value = getattr(data, name)
        if value is not None and value < 0:
            problems[name] = "negative"
    if problems:
        raise Invalid("invalid", **problems)
    candidate = SelectionCandidate(
        selection_id=selection.id,
        entered_at=now,
        entered_by_id=actor.user_id,
        **{**asdict(data), "note": data.note.strip()},
    )
    session.add(candidate)
    _touch(selection)
    session.flush()
    record(
        session,
        actor,
        "selection.candidate.entered",
        candidate,
        now=now,
        bureau_id=selection.bureau_id,
        selection_id=selection.id,
        agency_id=data.agency_id,
        offer_fen=data.offer,
        score=data.score,
        note=candidate.note,
    )
    return candidate


def remove_candidate(
    actor: Actor,
    session: Session,
    selection: Selection,
    candidate: SelectionCandidate,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Entered by mistake; only while nothing is decided. The log keeps what stood there."""
    _writable(actor, session, selection, seen_version)
    next_state(selection.state, SelectionAction.EDIT)
    record(
        session,
        actor,
        "selection.candidate.removed",
        candidate,
        now=now,
        bureau_id=selection.bureau_id,
        selection_id=selection.id,
        agency_id=candidate.agency_id,
        offer_fen=candidate.offer,
        score=candidate.score,
    )
    session.delete(candidate)
    _touch(selection)
    session.flush()


def decide_selection(
    actor: Actor,
    session: Session,
    selection: Selection,
    agency_id: int,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Every candidate is examined as if it were given the contract on the day; what keeps one out is kept with it.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid, and CommissionRefused where the chosen one is kept out.
    """
    _writable(actor, session, selection, seen_version)
    state = next_state(selection.state, SelectionAction.DECIDE)
    candidates = session.scalars(
        select(SelectionCandidate)
        .where(SelectionCandidate.selection_id == selection.id)
        .order_by(SelectionCandidate.id)
    ).all()
    problems: dict[str, str] = {}
    if agency_id not in {candidate.agency_id for candidate in candidates}:
        problems["agency_id"] = "not_a_choice"
    if not reason.strip():
        problems["reason"] = "required"
    if problems:
        raise Invalid("invalid", **problems)
    stops = {
        candidate.agency_id: hard_stops(session, selection, candidate.agency_id, now)
        for candidate in candidates
    }
    if stops[agency_id]:
        raise CommissionRefused(stops[agency_id])
    for candidate in candidates:
        candidate.findings = [kept(check) for check in stops[candidate.agency_id]]
    selection.chosen_agency_id, selection.reason = agency_id, reason.strip()
    selection.decided_at, selection.decided_by_id = now, actor.user_id
    _move(actor, session, selection, state, "decided", now, agency_id=agency_id, reason=reason.strip())


def cancel_selection(
    actor: Actor,
    session: Session,
    selection: Selection,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """It came to nothing: nobody was found, or the chosen one did not sign."""
    _writable(actor, session, selection, seen_version)
    state = next_state(selection.state, SelectionAction.CANCEL)
    if not reason.strip():
        raise Invalid("invalid", reason="required")
    selection.reason = reason.strip() if not selection.reason else f"{selection.reason}\n{reason.strip()}"
    _move(actor, session, selection, state, "cancelled", now, reason=reason.strip())


def use_selection(
    actor: Actor, session: Session, selection: Selection, engagement: Engagement, *, now: datetime
) -> None:
    """The contract was entered by the gate, which has asked whether it is that of the chosen agency."""
    state = next_state(selection.state, SelectionAction.USE)
    selection.engagement_id = engagement.id
    _move(actor, session, selection, state, "used", now, engagement_id=engagement.id)


def release_selection(
    actor: Actor, session: Session, selection: Selection, engagement: Engagement, *, now: datetime
) -> None:
    """The contract that had taken it was corrected: it is about other work."""
    state = next_state(selection.state, SelectionAction.RELEASE)
    selection.engagement_id = None
    _move(actor, session, selection, state, "released", now, engagement_id=engagement.id)


def hard_stops(session: Session, selection: Selection, agency_id: int, now: datetime) -> list[Check]:
    """What would refuse a contract with this agency on the day of the selection."""
    data = EngagementData(
        object_id=selection.object_id,
        commissioner_id=selection.commissioner_id,
        evaluated_unit_id=selection.evaluated_unit_id,
        agency_id=agency_id,
        principal_evaluator_id=None,
        work_kind=selection.work_kind,
        contract_number="",
        contract_signed_on=selection.held_on,
        due_on=selection.held_on,
        fee=0,
        # Whether it only helps is a matter of the contract.
        is_clerical_only=selection.work_kind.is_on_negative_list,
    )
    checks = examine(session, data, selection.bureau_id, today=local_date(now), is_selecting=True)
    return [check for check in checks if check.is_hard_stop]


def _check(session: Session, data: SelectionData, bureau_id: int, now: datetime) -> None:
    problems: dict[str, str] = {}
    own = select(EvaluationObject.id).where(
        EvaluationObject.id == data.object_id, EvaluationObject.bureau_id == bureau_id
    )
    if session.scalar(own) is None:
        problems["object_id"] = "not_a_choice"
    wanted = Body.id.in_({data.commissioner_id, data.evaluated_unit_id})
    of_bureau = sa.and_(Body.kind == BodyKind.DEPARTMENT, Body.bureau_id == bureau_id)
    departments = set(session.scalars(select(Body.id).where(wanted, of_bureau)))
    if data.commissioner_id != bureau_id and data.commissioner_id not in departments:
        problems["commissioner_id"] = "not_a_choice"
    if data.evaluated_unit_id not in departments:
        problems["evaluated_unit_id"] = "not_a_choice"
    if data.held_on > local_date(now):
        problems["held_on"] = "day_in_future"
    if data.method is SelectionMethod.DIRECT and not data.method_reason.strip():
        problems["method_reason"] = "required"
    if problems:
        raise Invalid("invalid", **problems)


def _writable(actor: Actor, session: Session, selection: Selection, seen_version: int | None) -> None:
    if session.scalar(visible_selections(actor).where(Selection.id == selection.id)) is None:
        raise NotVisible()
    if not can_change(actor, selection):
        raise Forbidden()
    check_version(selection, seen_version)


def _touch(selection: Selection) -> None:
    """The version moves with every candidate, so that nobody decides from a list that has changed."""
    sa.orm.attributes.flag_modified(selection, "state")


def _move(
    actor: Actor,
    session: Session,
    selection: Selection,
    state: SelectionState,
    event: str,
    now: datetime,
    **facts: Any,
) -> None:
    before, selection.state = selection.state, state
    session.flush()
    _log(actor, session, selection, event, now, changes={"state": (before, state)}, **facts)


def _log(
    actor: Actor, session: Session, selection: Selection, event: str, now: datetime, **facts: Any
) -> None:
    record(
        session,
        actor,
        f"selection.selection.{event}",
        selection,
        now=now,
        bureau_id=selection.bureau_id,
        **facts,
    )
